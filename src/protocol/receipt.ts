/**
 * The hub's receipt: a signed statement that it received one object from one agency at one time, and which keys had signed.
 * It fixes the time by which those signatures are judged for ever. Its type keeps it from being taken for an object.
 */
import { DIGEST, type Digest } from './digest.js';
import { AGENCY } from './envelope.js';
import { ProtocolError } from './errors.js';
import { readJws, verifySignature, type ReadJws } from './jws.js';
import { KID, thumbprint, type PublicJwk } from './keys.js';
import { constant, distinct, exactly, matching } from './shape.js';
import { signObject, type Signer } from './signing.js';
import { checkTimestamp, formatTimestamp, secondsOf } from './timestamp.js';

/** What a receipt says. `kids` are the object's signers in their order; a demonstration hub's clock may be simulated. */
export interface Receipt {
  v: 1;
  kind: 'receipt';
  hub: string;
  objectDigest: Digest;
  kids: string[];
  from: string;
  /** RFC 3339, UTC, whole seconds. */
  receivedAt: string;
  clock: 'wall' | 'simulated';
}

const MEMBERS = ['v', 'kind', 'hub', 'objectDigest', 'kids', 'from', 'receivedAt', 'clock'];

/** The signed text of a receipt, JWS General JSON of type `liaison-receipt+jws`; `iat` is `receivedAt`. */
export function issueReceipt(
  hubKey: Signer,
  fields: Omit<Receipt, 'v' | 'kind' | 'receivedAt'> & { receivedAt: Date },
): Promise<string> {
  const { hub, objectDigest, kids, from, clock } = fields;
  const receivedAt = formatTimestamp(fields.receivedAt);
  const receipt: Receipt = { v: 1, kind: 'receipt', hub, objectDigest, kids, from, receivedAt, clock };
  return signObject(receipt, { ...hubKey, iat: secondsOf(fields.receivedAt) });
}

/** The receipt for the object with this digest. Throws RECEIPT, KEY_UNKNOWN, SIGNATURE or the codes of jws.ts. */
export async function verifyReceipt(
  text: string,
  hubPublicJwks: readonly PublicJwk[],
  expected: { hub: string; objectDigest: Digest },
): Promise<Receipt> {
  const receipt = await openReceipt(text, hubPublicJwks, expected.hub);
  if (receipt.objectDigest !== expected.objectDigest) throw new ProtocolError('RECEIPT', '/objectDigest');
  return receipt;
}

/** A genuine receipt of this hub for whatever object. The caller must compare `objectDigest`, `kids` and `from` itself. */
export async function openReceipt(text: string, hubPublicJwks: readonly PublicJwk[], hub: string): Promise<Receipt> {
  const read = await readJws(text, { hub, kinds: ['receipt'] });
  const receipt = checkReceipt(read);
  const jwks = new Map(await Promise.all(hubPublicJwks.map(async (jwk) => [await thumbprint(jwk), jwk] as const)));
  const keys = read.signatures.map(({ kid }) => jwks.get(kid));
  if (keys.includes(undefined)) throw new ProtocolError('KEY_UNKNOWN');
  await Promise.all(keys.map((jwk, i) => verifySignature(read, read.signatures[i]!, jwk!)));
  return receipt;
}

function checkReceipt({ payload, signatures }: ReadJws): Receipt {
  const receipt = exactly(payload, MEMBERS);
  constant(receipt['v'], 1, '/v');
  matching(receipt['objectDigest'], DIGEST, '/objectDigest');
  distinct(receipt['kids'], KID, 1, 4, '/kids');
  matching(receipt['from'], AGENCY, '/from');
  matching(receipt['clock'], /^(wall|simulated)$/, '/clock');
  const received = secondsOf(new Date(checkTimestamp(receipt['receivedAt'], '/receivedAt')));
  if (signatures.some(({ iat }) => iat !== received)) throw new ProtocolError('RECEIPT', '/receivedAt');
  return payload as unknown as Receipt;
}
