/**
 * Signing what a hub composed, without trusting the hub. Before a key is used:
 *
 * - the text is canonical and a well-formed envelope, and its digest and parts are the ones shown
 * - it is for the hub, agency and unit that the caller expects
 * - the protected header is exactly the one that this text and this key call for
 *
 * and afterwards the signature verifies.
 */
import { canonicalize, parseCanonical } from '../protocol/canonical.js';
import { decodeBase64url, encodeBase64url } from '../protocol/base64url.js';
import { digestOf } from '../protocol/digest.js';
import { checkEnvelope, type Envelope } from '../protocol/envelope.js';
import { ProtocolError } from '../protocol/errors.js';
import { type Algorithm, algorithmOf, type PublicJwk, rawVerify } from '../protocol/keys.js';
import { checkParts } from '../protocol/part.js';
import { assemble, type Prepared, prepare, typeOf } from '../protocol/signing.js';
import { encodeUtf8 } from '../protocol/utf8.js';
import type { Composition, SignedText } from './client-models.js';

/** Makes raw signatures: a key file, a security module, anything that never gives its key away. */
export interface RawSigner {
  kid: string;
  publicJwk: PublicJwk;
  /** 64 raw bytes over the UTF-8 of the signing input. */
  sign(signingInput: string): Promise<Uint8Array>;
}

/** What the signer knows of itself; a composition for anyone else is refused. */
export interface Expected {
  hub?: string;
  agency?: string;
  unit?: string;
}

/** A composition whose text was read and found to be what it says. */
export interface CheckedComposition {
  envelope: Envelope;
  text: string;
  digest: string;
  parts: Composition['parts'];
  signing: Composition['signing'];
}

/** Nothing can be signed: it was refused, or this key is not asked for. */
export class NothingToSign extends Error {
  override readonly name = 'NothingToSign';

  constructor(readonly reason: 'REFUSED' | 'KEY_NOT_ASKED') {
    super(reason);
  }
}

/** Reads the very bytes that are to be signed. Throws a ProtocolError for anything that is not as it says. */
export async function checkComposition(composition: Composition, expected: Expected = {}): Promise<CheckedComposition> {
  const { text, id, to, digest, parts, signing } = composition;
  if (text === null) throw new NothingToSign('REFUSED');
  const envelope = checkEnvelope(parseCanonical(encodeUtf8(text)));
  if (expected.hub !== undefined && envelope.hub !== expected.hub) throw new ProtocolError('HUB', '/hub');
  if (expected.agency !== undefined && envelope.from !== expected.agency) throw new ProtocolError('FROM', '/from');
  if (expected.unit !== undefined && envelope.unit !== expected.unit) throw new ProtocolError('UNIT', '/unit');
  const real = digestOf(text);
  if (envelope.id !== id || real !== digest) throw new ProtocolError('ID_REUSED', '/id');
  if (canonicalize(envelope.to) !== canonicalize(to)) throw new ProtocolError('SHAPE', '/to');
  await checkParts(envelope.parts, parts);
  return { envelope, text, digest: real, parts, signing };
}

/** Signs a checked composition with one key and gives the signed object, ready to be submitted. */
export async function signComposition(checked: CheckedComposition, signer: RawSigner): Promise<SignedText> {
  const { protected: header, signingInput } = toSign(checked, signer);
  const signature = await signer.sign(signingInput);
  if (signature.length !== 64 || !(await rawVerify(signer.publicJwk, signingInput, signature))) {
    throw new ProtocolError('SIGNATURE');
  }
  const text = assemble(checked.text, [{ protected: header, signature: encodeBase64url(signature) }]);
  return { text, parts: checked.parts };
}

/** When the signature will say that it was made: the hub's time, seconds since 1970. */
export function signingTime({ signing }: CheckedComposition, { kid }: Pick<RawSigner, 'kid'>): number {
  const request = signing.find((each) => each.kid === kid);
  if (!request) throw new NothingToSign('KEY_NOT_ASKED');
  const { iat } = parseCanonical(decodeBase64url(request.protected)) as { iat?: unknown };
  if (typeof iat !== 'number') throw new ProtocolError('IAT');
  return iat;
}

/** Everything in the header but the time follows from text and key; what the hub sent must be just that. */
function toSign(checked: CheckedComposition, { kid, publicJwk }: RawSigner): Prepared {
  const { envelope, signing } = checked;
  const iat = signingTime(checked, { kid });
  const alg: Algorithm = algorithmOf(publicJwk);
  const own = prepare(envelope, { alg, hub: envelope.hub, iat, kid, typ: typeOf(envelope.kind) });
  const request = signing.find((each) => each.kid === kid);
  if (own.text !== checked.text) throw new ProtocolError('NOT_CANONICAL');
  if (own.protected !== request?.protected) throw new ProtocolError('HEADER_UNKNOWN');
  if (own.signingInput !== request.signingInput) throw new ProtocolError('SIGNATURE');
  return own;
}
