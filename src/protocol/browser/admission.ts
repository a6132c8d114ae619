/**
 * Admitting and revoking officers' keys in an administrator's browser: the next key set, signed with the enrolment key, or with those of two
 * administrators, of whom the second reads what the first has signed. The chain before it is verified
 * here from the agency's first set, whose roots the administrator compared once, so that no hub can slip a key into what is signed.
 */
import type { CryptoKey } from 'jose';
import { encodeBase64url } from '../base64url.js';
import { canonicalize } from '../canonical.js';
import { digestOf, type Digest } from '../digest.js';
import { checkChanges, checkSigners, checkStillInForce } from '../enrolment.js';
import { ProtocolError } from '../errors.js';
import { readJws, verifySignature } from '../jws.js';
import { type KeyEntry, type KeySet, readKeySet, verifyKeySetChain } from '../key-set.js';
import { algorithmOf, rawSign } from '../keys.js';
import { assemble, prepare, type SignatureMember, typeOf } from '../signing.js';

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
  /** What this browser knows of the agency; null the first time. */
  known: Known | null;
}

/** What a browser remembers of a chain: its roots, and the newest set that it has seen. A hub may add to it, and never go back. */
export interface Known {
  rootKids: readonly string[];
  newest?: { seq: number; digest: Digest };
}

/** The next set, with what signatures it has. */
export interface Draft {
  payload: { kind: string; hub: string };
  text: string;
  digest: Digest;
  signatures: readonly SignatureMember[];
}

/** The next set as a colleague has signed it. */
export interface ColleaguesSet extends Draft {
  /** Pseudonyms of those who signed it. */
  signedBy: string[];
  /** Keys that come in. */
  added: KeyEntry[];
  /** Keys that are revoked. */
  revoked: KeyEntry[];
}

const DAY = 86_400;
const YEAR = 365 * DAY;

/**
 * The newest set of a chain that leads there from the known roots. Throws KEYSET_ROOT for other roots, KEYSET_SEQ for a chain without the
 * set that was seen last or with another in its place, and what the chain throws.
 */
export async function newestSet({ hub, agency, texts, known }: Chain): Promise<KeySet> {
  const first = await readKeySet(texts[0] ?? '', { hub });
  if (known && known.rootKids.toSorted().join() !== first.rootKids.toSorted().join())
    throw new ProtocolError('KEYSET_ROOT');
  const sets = await verifyKeySetChain(texts, first.roots, { hub });
  const seen = known?.newest;
  if (seen && sets[seen.seq - 1]?.digest !== seen.digest) throw new ProtocolError('KEYSET_SEQ');
  const newest = sets.at(-1)!;
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

/** The set after `newest`, in which this key is revoked from `now` on. Null where there is nothing to revoke: a colleague was first. */
export function revoking(
  newest: KeySet,
  kid: string,
  reason: 'cessation' | 'keyCompromise',
  now: number,
): Draft | null {
  if (!newest.keys.some((key) => key.kid === kid && !key.revoked)) return null;
  const revoked = { at: now, invalidFrom: now, reason };
  return draftOf(
    newest,
    newest.keys.map((key) => (key.kid === kid ? { ...key, revoked } : key)),
  );
}

/**
 * Reads the set after `newest` that a colleague signed at most a day before `now`. Throws KEYSET_SEQ or KEYSET_PREV for a set that follows
 * another, KEYSET_ENROL or KEY_KIND for any change besides keys of persons that come in or are revoked, which are all that a signer is shown;
 * and what reading, the signers and their signatures throw.
 */
export async function readColleaguesSet(newest: KeySet, text: string, now: number): Promise<ColleaguesSet> {
  const { hub, agency } = newest;
  const next = await readKeySet(text, { hub });
  const signed = await readJws(text, { hub, kinds: ['keyset'], now: new Date(now * 1000) });
  if (next.agency !== agency) throw new ProtocolError('FROM');
  if (next.seq !== newest.seq + 1) throw new ProtocolError('KEYSET_SEQ');
  if (next.prev !== newest.digest) throw new ProtocolError('KEYSET_PREV');
  const signers = checkSigners(newest, signed.signatures);
  checkStillInForce(signers, signed.signatures, new Date(now * 1000));
  await Promise.all(signed.signatures.map((each, i) => verifySignature(signed, each, signers[i]!.jwk)));
  checkChanges(newest, next, signers);
  return {
    ...changesOf(newest, next),
    payload: { ...signed.payload, kind: 'keyset', hub },
    text: signed.payloadText,
    digest: signed.digest,
    signatures: signed.signatures,
    signedBy: signers.map(({ holder }) => holder),
  };
}

/** Throws KEYSET_ENROL where a key is changed otherwise, or none at all. */
function changesOf(newest: KeySet, next: KeySet): Pick<ColleaguesSet, 'added' | 'revoked'> {
  const known = new Map(newest.keys.map((key) => [key.kid, key]));
  const added = next.keys.filter(({ kid }) => !known.has(kid));
  const changed = next.keys.filter((key) => {
    const before = known.get(key.kid);
    return before && canonicalize(before) !== canonicalize(key);
  });
  const isOtherwise = changed.some(
    (key) => canonicalize({ ...known.get(key.kid), revoked: key.revoked }) !== canonicalize(key),
  );
  if (isOtherwise || added.some(({ revoked }) => revoked) || added.length + changed.length === 0) {
    throw new ProtocolError('KEYSET_ENROL', '/keys');
  }
  return { added, revoked: changed };
}

/** The text of a draft with the signatures that it has and this one, made at `now`. */
export async function signSet(
  draft: Draft,
  signer: Pick<KeyEntry, 'kid' | 'jwk'>,
  key: CryptoKey,
  now: number,
): Promise<string> {
  const { payload, text, signatures } = draft;
  const header = {
    alg: algorithmOf(signer.jwk),
    hub: payload.hub,
    iat: now,
    kid: signer.kid,
    typ: typeOf(payload.kind),
  };
  const { protected: protectedHeader, signingInput } = prepare(payload, header);
  const signature = encodeBase64url(await rawSign(key, signingInput));
  return assemble(text, [...signatures, { protected: protectedHeader, signature }]);
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
  return { payload, text, digest: digestOf(text), signatures: [] };
}
