/**
 * Verification of a signed object at ingress, and of an old one years later (security.md 2.4). `readSignedObject` is steps
 * 1 to 4, which need no keys (jws.ts lists them). `verifySignatures` is steps 5 and 6, for every signature:
 *
 * - the key stands in the key set, is for signing, may sign this kind, and `nbf ≤ iat < exp`
 * - the key is not revoked
 * - the key belongs to the agency `from`, and a unit's key to the unit that speaks
 * - last of all, the header's algorithm is the key's and the signature verifies; every one must
 *
 * Left to the hub: that the caller is `from`, persons' membership of the unit, four eyes, replay, and the body.
 */
import { checkEnvelope, OBJECT_KINDS, type Envelope, type ObjectKind } from './envelope.js';
import { ProtocolError } from './errors.js';
import { readJws, verifySignature, type ReadJws, type ReadSignature } from './jws.js';
import type { KeyUse, PublicJwk } from './keys.js';
import { secondsOf } from './timestamp.js';

/** The end of a key before `exp`: stated at `at`, in effect from `invalidFrom`; both in seconds since 1970. */
export interface Revocation {
  at: number;
  invalidFrom: number;
  reason: 'superseded' | 'cessation' | 'keyCompromise';
}

/** A key as an agency's key set registers it. `holder` is `unit:<code>` or a person `p:…`; times in seconds since 1970. */
export interface RegisteredKey {
  kid: string;
  jwk: PublicJwk;
  agency: string;
  holder: string;
  use: KeyUse;
  kinds: string[];
  nbf: number;
  exp: number;
  revoked: Revocation | null;
}

/** A signed object that passed the profile and the envelope's checks, its signatures unverified. */
export interface ReadObject extends ReadJws {
  envelope: Envelope;
  /** Whether this is feedback written without connection that came after more than 72 hours. */
  isLate: boolean;
}

/** What `readSignedObject` expects. */
export interface ObjectRules {
  /** Identity of this hub. */
  hub: string;
  /** The present; for an old object the `receivedAt` of its receipt. */
  now: Date;
  /** The kinds accepted here, all unless given. */
  kinds?: readonly ObjectKind[];
}

/** What `verifySignatures` expects. */
export interface SignatureRules {
  /** The present; for an old object the `receivedAt` of its receipt. */
  at: Date;
  /** Lets revoked keys pass, because the caller judges them afterwards with `judgeAt`. */
  isHistory?: boolean;
}

const HOUR = 3600;
const MAX_AGE = { last: 72 * HOUR, lastOfFeedback: 7 * 24 * HOUR, earlier: 30 * 24 * HOUR };

/** Reads a signed object. Throws the code of the first check of steps 1 to 4 that fails, then SHAPE for the envelope. */
export async function readSignedObject(text: string, rules: ObjectRules): Promise<ReadObject> {
  const read = await readJws(text, { ...rules, kinds: rules.kinds ?? OBJECT_KINDS, maxAge });
  const envelope = checkEnvelope(read.payload);
  const isLate = secondsOf(rules.now) - read.signatures.at(-1)!.iat > MAX_AGE.last;
  return { ...read, envelope, isLate };
}

/** Verifies every signature of an object and returns the signers' keys in the same order. Throws the first fault's code. */
export async function verifySignatures(
  read: ReadObject,
  keysByKid: ReadonlyMap<string, RegisteredKey>,
  rules: SignatureRules,
): Promise<RegisteredKey[]> {
  const keys = read.signatures.map((signature) =>
    checkKey(read.envelope, signature, keysByKid.get(signature.kid), rules),
  );
  await Promise.all(keys.map((key, i) => verifySignature(read, read.signatures[i]!, key.jwk)));
  return keys;
}

/** The second from which a revoked key signs no more. Only a compromise reaches back before it was stated. */
export function endOfUse({ at, invalidFrom, reason }: Revocation): number {
  return reason === 'keyCompromise' ? Math.min(at, invalidFrom) : Math.max(at, invalidFrom);
}

/** An author signs on Friday and the releaser on Tuesday; feedback may have been written out of reach of any network. */
function maxAge(kind: string, isLast: boolean): number {
  if (!isLast) return MAX_AGE.earlier;
  return kind === 'feedback' ? MAX_AGE.lastOfFeedback : MAX_AGE.last;
}

function checkKey(
  envelope: Envelope,
  { iat }: ReadSignature,
  key: RegisteredKey | undefined,
  { at, isHistory = false }: SignatureRules,
): RegisteredKey {
  if (!key) throw new ProtocolError('KEY_UNKNOWN');
  if (key.use !== 'sig') throw new ProtocolError('KEY_USE');
  if (!key.kinds.includes(envelope.kind)) throw new ProtocolError('KEY_KIND');
  if (iat < key.nbf) throw new ProtocolError('KEY_NOT_YET');
  if (iat >= key.exp) throw new ProtocolError('KEY_EXPIRED');
  if (!isHistory && isRevoked(key, at)) throw new ProtocolError('KEY_REVOKED');
  if (key.agency !== envelope.from) throw new ProtocolError('FROM', '/from');
  if (key.holder.startsWith('unit:') && key.holder !== `unit:${envelope.unit}`)
    throw new ProtocolError('UNIT', '/unit');
  return key;
}

function isRevoked({ revoked }: RegisteredKey, at: Date): boolean {
  return revoked !== null && secondsOf(at) >= endOfUse(revoked);
}
