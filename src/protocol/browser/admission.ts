/**
 * Admitting officers' keys in an administrator's browser: the next key set, signed with the enrolment key. The chain before it is verified
 * here from the agency's first set, whose roots the administrator compared once, so that no hub can slip a key into what is signed.
 */
import type { CryptoKey } from 'jose';
import { encodeBase64url } from '../base64url.js';
import { canonicalize } from '../canonical.js';
import { digestOf, type Digest } from '../digest.js';
import { ProtocolError } from '../errors.js';
import { type KeyEntry, type KeySet, readKeySet, verifyKeySetChain } from '../key-set.js';
import { algorithmOf, rawSign } from '../keys.js';
import { assemble, prepare, typeOf } from '../signing.js';

/** A key that waits, as the hub lists it. */
export interface WaitingKey extends Pick<KeyEntry, 'kid' | 'jwk' | 'kinds' | 'proof'> {
  /** Pseudonym of its holder. */
  officer: string;
}

/** What the next set is drawn up from. */
export interface Chain {
  hub: string;
  agency: string;
  /** The signed sets, oldest first. */
  texts: readonly string[];
  /** Ids of the roots that this browser knows for the agency; null the first time. */
  rootKids: readonly string[] | null;
}

/** The next set, unsigned. */
export interface Draft {
  payload: { kind: string; hub: string };
  text: string;
  digest: Digest;
}

const DAY = 86_400;
const YEAR = 365 * DAY;

/** The newest set of a chain that leads there from the known roots. Throws KEYSET_ROOT for other roots, and what the chain throws. */
export async function newestSet({ hub, agency, texts, rootKids }: Chain): Promise<KeySet> {
  const first = await readKeySet(texts[0] ?? '', { hub });
  if (rootKids && rootKids.toSorted().join() !== first.rootKids.toSorted().join())
    throw new ProtocolError('KEYSET_ROOT');
  const newest = (await verifyKeySetChain(texts, first.roots, { hub })).at(-1)!;
  if (newest.agency !== agency) throw new ProtocolError('FROM');
  return newest;
}

/** The set after `newest`, with this key for a year from `now` (seconds since 1970), or for as long as the enrolment key allows. */
export function admitting(newest: KeySet, { kid, jwk, kinds, proof, officer }: WaitingKey, now: number): Draft {
  const entry: KeyEntry = {
    kid,
    jwk,
    kinds,
    proof,
    use: 'sig',
    holder: officer,
    nbf: now,
    exp: now + YEAR,
    revoked: null,
  };
  return draftOf(newest, [...newest.keys, entry]);
}

/** The set after `newest`, in which this key is revoked from `now` on. */
export function revoking(newest: KeySet, kid: string, reason: 'cessation' | 'keyCompromise', now: number): Draft {
  const revoked = { at: now, invalidFrom: now, reason };
  return draftOf(
    newest,
    newest.keys.map((key) => (key.kid === kid ? { ...key, revoked } : key)),
  );
}

/** The signed text of a draft, at `now`. */
export async function signSet(
  draft: Draft,
  signer: Pick<KeyEntry, 'kid' | 'jwk'>,
  key: CryptoKey,
  now: number,
): Promise<string> {
  const { payload, text } = draft;
  const header = {
    alg: algorithmOf(signer.jwk),
    hub: payload.hub,
    iat: now,
    kid: signer.kid,
    typ: typeOf(payload.kind),
  };
  const { protected: protectedHeader, signingInput } = prepare(payload, header);
  const signature = encodeBase64url(await rawSign(key, signingInput));
  return assemble(text, [{ protected: protectedHeader, signature }]);
}

function draftOf(newest: KeySet, keys: KeyEntry[]): Draft {
  const { hub, agency, seq, digest, roots, threshold, enrolThreshold } = newest;
  const payload = {
    v: 1,
    kind: 'keyset',
    hub,
    agency,
    seq: seq + 1,
    prev: digest,
    roots,
    threshold,
    enrolThreshold,
    keys,
  };
  const text = canonicalize(payload);
  return { payload, text, digest: digestOf(text) };
}
