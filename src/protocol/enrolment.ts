/**
 * What an agency's enrolment keys may do to its key set without the roots (security.md 2.5): add, renew and revoke the keys with
 * which persons sign. So the roots stay in their safe when an officer comes or loses a phone. Checked:
 *
 * - every signer is an enrolment key of the set before, not revoked there, in its time, and signs after that set was signed
 * - as many different holders signed as `enrolThreshold` wants
 * - roots, thresholds and every key but persons' signing keys stand exactly as before; nothing is left out
 * - what is added or renewed may sign only kinds that each signer lists, begins while each signer lives, and is no signer's own
 * - a key that is revoked signs no more from the set's signing on, and stays exactly as it was revoked: what could never be changed again
 *   must not lie in the future
 *
 * That no key changes hands or outlives its rule, and that no revocation is withdrawn, key-set.ts checks for every set.
 */
import { canonicalize, pointerTo } from './canonical.js';
import { PERSON } from './envelope.js';
import { ProtocolError } from './errors.js';
import type { ReadSignature } from './jws.js';
import type { KeyEntry, KeySet } from './key-set.js';
import { endOfUse } from './signed-object.js';
import { secondsOf } from './timestamp.js';

const CLOCK_SKEW = 300;
/** How long after it was signed a set by enrolment keys may be published: else it could be dated back at will. */
const TIME_TO_PUBLISH = 86_400;

/** Whether this is a key with which a person signs objects: the only sort that an enrolment key can bring in. */
export function isPersonKey({ use, holder }: Pick<KeyEntry, 'use' | 'holder'>): boolean {
  return use === 'sig' && PERSON.test(holder);
}

/**
 * The enrolment keys that signed `next`, which follows `previous`. Throws KEYSET_ROOT for a signer that is none in the set
 * before, KEY_REVOKED, KEY_NOT_YET, KEY_EXPIRED, IAT, KEYSET_THRESHOLD, and for what they may not change KEYSET_ENROL or KEY_KIND.
 */
export function checkEnrolment(previous: KeySet, next: KeySet, signatures: readonly ReadSignature[]): KeyEntry[] {
  const signers = checkSigners(previous, signatures);
  if (new Set(signers.map(({ holder }) => holder)).size < previous.enrolThreshold) {
    throw new ProtocolError('KEYSET_THRESHOLD');
  }
  checkChanges(previous, next, signers);
  return signers;
}

/** The enrolment keys that signed, be they enough or not. Throws what `checkEnrolment` throws for a signer. */
export function checkSigners(previous: KeySet, signatures: readonly ReadSignature[]): KeyEntry[] {
  const known = new Map(previous.keys.map((key) => [key.kid, key]));
  return signatures.map((signature) => checkSigner(previous, known.get(signature.kid), signature));
}

/** Throws KEYSET_ENROL or KEY_KIND for what the holders of these enrolment keys may not change. */
export function checkChanges(previous: KeySet, next: KeySet, signers: readonly KeyEntry[]): void {
  const known = new Map(previous.keys.map((key) => [key.kid, key]));
  if (canonicalize(frameOf(previous)) !== canonicalize(frameOf(next))) throw new ProtocolError('KEYSET_ENROL');
  const kept = new Set(next.keys.map(({ kid }) => kid));
  if (previous.keys.some(({ kid }) => !kept.has(kid))) throw new ProtocolError('KEYSET_ENROL', '/keys');
  next.keys.forEach((key, i) =>
    checkChange(known.get(key.kid), key, { signers, iat: next.iat }, pointerTo('/keys', i)),
  );
}

/** Throws KEY_EXPIRED or IAT when these signatures are too old for their set to be published now. */
export function checkStillInForce(signers: readonly KeyEntry[], signatures: readonly ReadSignature[], now: Date): void {
  const present = secondsOf(now);
  if (signers.some(({ exp }) => present >= exp)) throw new ProtocolError('KEY_EXPIRED');
  if (signatures.some(({ iat }) => iat < present - TIME_TO_PUBLISH)) throw new ProtocolError('IAT');
}

function checkSigner(previous: KeySet, key: KeyEntry | undefined, { iat }: ReadSignature): KeyEntry {
  if (key?.use !== 'enrol') throw new ProtocolError('KEYSET_ROOT');
  if (key.revoked) throw new ProtocolError('KEY_REVOKED');
  if (iat < key.nbf) throw new ProtocolError('KEY_NOT_YET');
  if (iat >= key.exp) throw new ProtocolError('KEY_EXPIRED');
  if (iat < previous.iat) throw new ProtocolError('IAT');
  return key;
}

/** What of a set only the roots may change, besides its keys. */
function frameOf({ roots, threshold, enrolThreshold }: KeySet): object {
  return { roots, threshold, enrolThreshold };
}

function checkChange(
  before: KeyEntry | undefined,
  key: KeyEntry,
  { signers, iat }: { signers: readonly KeyEntry[]; iat: number },
  pointer: string,
): void {
  if (before && canonicalize(before) === canonicalize(key)) return;
  if (!isPersonKey(key) || before?.revoked) throw new ProtocolError('KEYSET_ENROL', pointer);
  // Whoever revokes a key changes nothing else of it, and may do so to the own.
  if (before && key.revoked && canonicalize({ ...before, revoked: key.revoked }) === canonicalize(key)) {
    if (endOfUse(key.revoked) > iat + CLOCK_SKEW) throw new ProtocolError('KEYSET_ENROL', `${pointer}/revoked`);
    return;
  }
  if (signers.some(({ kinds }) => key.kinds.some((kind) => !kinds.includes(kind)))) {
    throw new ProtocolError('KEY_KIND', `${pointer}/kinds`);
  }
  if (signers.some(({ holder }) => holder === key.holder)) throw new ProtocolError('KEYSET_ENROL', `${pointer}/holder`);
  if (!before && signers.some(({ nbf, exp }) => key.nbf < nbf || key.nbf >= exp)) {
    throw new ProtocolError('KEYSET_ENROL', `${pointer}/nbf`);
  }
}
