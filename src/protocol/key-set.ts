/**
 * An agency's key set: which keys sign, open, sign in or enrol for it (security.md 2.5). The agency's roots sign it, so no
 * hub can add a key. One set refers to the one before it; the first is signed by the roots pinned at enrolment. Checked:
 *
 * - every key is fit for registration (keys.ts), its `kid` its thumbprint, one key one place: never twice, never a root
 * - its holder proved to have it, for this hub, agency and use: nobody registers another's key
 * - units' keys live at most 24 months, persons' 12; signing keys name their kinds
 * - no root signs a set that still names a root which was first named more than five years before: it is time for a new one
 * - sequence numbers without gap, `prev` the digest of the predecessor, time not running backwards
 * - signed by the threshold of the old roots and of the new ones, and by every root that is new; or, where nothing changes but
 *   persons' signing keys, by as many enrolment keys as `enrolThreshold` says (enrolment.ts)
 * - the threshold never sinks; a key never changes use, holder or start; a revocation is never withdrawn
 */
import { canonicalize, pointerTo, type JsonObject, type JsonValue } from './canonical.js';
import { DIGEST, type Digest } from './digest.js';
import { checkEnrolment, checkStillInForce } from './enrolment.js';
import { AGENCY, OBJECT_KINDS, PERSON, UNIT } from './envelope.js';
import { ProtocolError } from './errors.js';
import { readJws, verifySignature, type ReadJws } from './jws.js';
import { checkPossession, checkPublicKey, type KeyUse, thumbprint, type PublicJwk } from './keys.js';
import { asList, asString, constant, distinct, exactly, matching, whole } from './shape.js';
import { endOfUse, type RegisteredKey, type Revocation } from './signed-object.js';
import { signObject, type Signer } from './signing.js';
import { secondsOf } from './timestamp.js';

/** A key as it stands in its agency's set. */
export interface KeyEntry extends Omit<RegisteredKey, 'agency'> {
  /** The key's own signature over `possessionChallenge`, base64url. */
  proof: string;
}

/** What a key set says. `prev` is the digest of the payload before it, null in the first; `seq` counts from 1. */
export interface KeySetFields {
  hub: string;
  agency: string;
  seq: number;
  prev: Digest | null;
  roots: PublicJwk[];
  threshold: number;
  /** How many holders of enrolment keys must sign a change of persons' keys: 1 or 2. */
  enrolThreshold: number;
  keys: KeyEntry[];
}

/** A key set that was read: its fields, its own digest, the ids of its roots and of its signers, when it was signed (seconds since 1970). */
export interface KeySet extends KeySetFields {
  digest: Digest;
  rootKids: string[];
  signedBy: string[];
  iat: number;
}

/** What a set is built from: one holder of an enrolment key suffices unless two are asked for. */
export type KeySetDraft = Omit<KeySetFields, 'enrolThreshold'> & Partial<Pick<KeySetFields, 'enrolThreshold'>>;

/** What a signature is worth when its object was received: security.md 2.5, last table. */
export type Verdict = 'VALID' | 'VALID_RETIRED' | 'DISPUTED' | 'INVALID';

const KIND = 'keyset';
const MEMBERS = ['v', 'kind', 'hub', 'agency', 'seq', 'prev', 'roots', 'threshold', 'enrolThreshold', 'keys'];
const KEY_MEMBERS = ['kid', 'jwk', 'use', 'holder', 'kinds', 'nbf', 'exp', 'revoked', 'proof'];
const HOLDER = new RegExp(`${PERSON.source}|^unit:${UNIT.source.slice(1)}`);
const DAY = 86_400;
const UNIT_LIFETIME = 731 * DAY;
const PERSON_LIFETIME = 366 * DAY;
const ROOT_LIFETIME = 1827 * DAY;
const MAX_ROOTS = 4;
const MAX_ENROL_THRESHOLD = 2;
const MAX_KEYS = 2000;
const CLOCK_SKEW = 300;

/** The signed text of a key set. Throws what reading it would throw. */
export async function buildKeySet(fields: KeySetDraft, signers: Signer[]): Promise<string> {
  const { hub, agency, seq, prev, roots, threshold, enrolThreshold = 1, keys } = fields;
  const payload = { v: 1, kind: KIND, hub, agency, seq, prev, roots, threshold, enrolThreshold, keys };
  const text = await signObject(payload, ...signers);
  await readKeySet(text, { hub });
  return text;
}

/** Reads one key set; whose signatures it bears is for `verifyKeySetChain`. Throws the codes of jws.ts and of the list above. */
export async function readKeySet(text: string, rules: { hub: string; now?: Date }): Promise<KeySet> {
  return (await read(text, rules)).set;
}

/**
 * Verifies an agency's key sets from the first (`seq` 1) to the last against the roots pinned at enrolment, which must be
 * exactly the first set's roots. `publishedAt` is the present of whoever takes the last set in as new. Throws KEYSET_SEQ, KEYSET_PREV,
 * KEYSET_ROOT, KEYSET_THRESHOLD, KEY_LIFETIME, KEY_REUSED, KEY_REVOKED, FROM, IAT, SIGNATURE, or what `readKeySet` or `checkEnrolment` throws.
 */
export async function verifyKeySetChain(
  texts: readonly string[],
  pinnedRoots: readonly PublicJwk[],
  rules: { hub: string; now?: Date; publishedAt?: Date },
): Promise<KeySet[]> {
  const pinned = await Promise.all(pinnedRoots.map(thumbprint));
  const chain: KeySet[] = [];
  const passed = new Set<string>();
  for (const text of texts) {
    const previous = chain.at(-1);
    const next = await read(text, rules, passed, previous);
    if (previous) checkSuccession(chain, previous, next.set);
    if (!previous) checkFirst(next.set, pinned);
    if (previous && !isByRoots(next.set, previous)) {
      const signers = checkEnrolment(previous, next.set, next.signed.signatures);
      if (rules.publishedAt && text === texts.at(-1)) {
        checkStillInForce(signers, next.signed.signatures, rules.publishedAt);
      }
      await verifyBy(next.signed, signers);
    } else {
      checkSigners(next.signed, next.set, previous ?? next.set);
      checkAgeOfRoots(chain, next.set);
      await verifyBy(next.signed, await Promise.all([...(previous?.roots ?? []), ...next.set.roots].map(named)));
    }
    chain.push(next.set);
  }
  return chain;
}

/** The keys of a set, each with its agency. */
export function keysOf(set: KeySet): RegisteredKey[] {
  return set.keys.map((entry) => {
    const { proof: _, ...key } = entry;
    return { ...key, agency: set.agency };
  });
}

/**
 * The keys of the set in force at a past time, each with what later sets say of its revocation. A revocation counts from
 * the signing of the first set that carries it: dated back, it could undo what was already received.
 */
export function keysInForce(chain: readonly KeySet[], at: Date): RegisteredKey[] {
  const inForce = chain.findLast((set) => set.iat <= secondsOf(at) + CLOCK_SKEW);
  const revocations = new Map<string, Revocation>();
  for (const set of chain) {
    for (const { kid, revoked } of set.keys) {
      const since = revocations.get(kid)?.at ?? set.iat;
      if (revoked) revocations.set(kid, { ...revoked, at: Math.max(revoked.at, since) });
    }
  }
  return inForce ? keysOf(inForce).map((key) => ({ ...key, revoked: revocations.get(key.kid) ?? null })) : [];
}

/**
 * What a signature with this key is worth, made at `iat` (claimed, seconds since 1970) and received at `receivedAt` (proven).
 * A retired key stays VALID_RETIRED for what was received before its end; a compromise puts in doubt what was received
 * from `invalidFrom` on, retirement what claims to be older than its end but was received after it.
 */
export function judgeAt(key: RegisteredKey, iat: number, receivedAt: Date): Verdict {
  const { nbf, exp, revoked } = key;
  const received = secondsOf(receivedAt);
  if (iat < nbf || iat >= exp) return 'INVALID';
  if (!revoked) return received < exp ? 'VALID' : 'VALID_RETIRED';
  const end = endOfUse(revoked);
  if (received < end) return 'VALID_RETIRED';
  return revoked.reason !== 'keyCompromise' && iat >= end ? 'INVALID' : 'DISPUTED';
}

/**
 * `passed` remembers keys that were found good, because checking a point costs milliseconds and sets repeat their keys. For the same reason
 * nothing of a set is looked at that nobody signed whom the set before knows.
 */
async function read(
  text: string,
  rules: { hub: string; now?: Date },
  passed = new Set<string>(),
  previous?: KeySet,
): Promise<{ signed: ReadJws; set: KeySet }> {
  const signed = await readJws(text, { ...rules, kinds: [KIND] });
  const payload = exactly(signed.payload, MEMBERS);
  constant(payload['v'], 1, '/v');
  const hub = rules.hub;
  const agency = matching(payload['agency'], AGENCY, '/agency');
  const seq = whole(payload['seq'], 1, '/seq');
  if (payload['prev'] !== null) matching(payload['prev'], DIGEST, '/prev');
  if (whole(payload['enrolThreshold'], 1, '/enrolThreshold') > MAX_ENROL_THRESHOLD) {
    throw new ProtocolError('SHAPE', '/enrolThreshold');
  }
  const roots = asList(payload['roots'], 1, MAX_ROOTS, '/roots').map((jwk, i) =>
    checkJwk(jwk, pointerTo('/roots', i), passed),
  );
  if (whole(payload['threshold'], 1, '/threshold') > roots.length) throw new ProtocolError('SHAPE', '/threshold');
  const rootKids = await Promise.all(roots.map(thumbprint));
  if (previous?.agency === agency) await checkSomeKnownSigner(signed, previous, rootKids);
  else if (previous) throw new ProtocolError('FROM', '/agency');
  const keys = asList(payload['keys'], 0, MAX_KEYS, '/keys');
  for (const [i, key] of keys.entries()) await checkEntry(key, { hub, agency }, pointerTo('/keys', i), passed);
  const fields = payload as unknown as KeySetFields;
  checkOnePlaceEach([...rootKids, ...fields.keys.map(({ kid }) => kid)]);
  const iat = Math.max(...signed.signatures.map((signature) => signature.iat));
  const { prev, threshold, enrolThreshold } = fields;
  const signedBy = signed.signatures.map(({ kid }) => kid);
  const { digest } = signed;
  const set = {
    hub,
    agency,
    seq,
    prev,
    roots,
    threshold,
    enrolThreshold,
    keys: fields.keys,
    digest,
    rootKids,
    signedBy,
    iat,
  };
  return { signed, set };
}

function checkJwk(value: JsonValue, pointer: string, passed: Set<string>): PublicJwk {
  const text = canonicalize(value);
  if (passed.has(text)) return value as PublicJwk;
  const jwk = located(pointer, () => checkPublicKey(value));
  exactly(value, Object.keys(jwk), pointer);
  passed.add(text);
  return jwk;
}

async function checkEntry(
  value: JsonValue,
  place: { hub: string; agency: string },
  pointer: string,
  passed: Set<string>,
): Promise<void> {
  const entry = exactly(value, KEY_MEMBERS, pointer);
  const jwk = checkJwk(entry['jwk'] ?? null, `${pointer}/jwk`, passed);
  if (entry['kid'] !== (await thumbprint(jwk))) throw new ProtocolError('KID', `${pointer}/kid`);
  checkUse(entry, pointer);
  checkLifetime(entry, isUnitOf(place.agency, entry['holder'], `${pointer}/holder`), pointer);
  checkRevocation(entry['revoked'] ?? null, `${pointer}/revoked`);
  await checkProof(entry, jwk, place, pointer, passed);
}

async function checkProof(
  { kid, use, proof }: JsonObject,
  jwk: PublicJwk,
  place: { hub: string; agency: string },
  pointer: string,
  passed: Set<string>,
): Promise<void> {
  const claim = { ...place, use: use as KeyUse, kid: kid as string };
  const text = asString(proof ?? null, `${pointer}/proof`);
  const found = canonicalize({ ...claim, proof: text });
  if (passed.has(found)) return;
  await checkPossession(jwk, claim, text).catch((error: unknown) => {
    throw error instanceof ProtocolError ? new ProtocolError(error.sub, `${pointer}/proof`) : error;
  });
  passed.add(found);
}

/** Signing and enrolment keys name the kinds they are for; the others have none. */
function checkUse({ use, kinds }: JsonObject, pointer: string): void {
  matching(use, /^(sig|enc|auth|enrol)$/, `${pointer}/use`);
  const isForKinds = use === 'sig' || use === 'enrol';
  const known = new RegExp(`^(${OBJECT_KINDS.join('|')})$`);
  distinct(kinds, known, isForKinds ? 1 : 0, isForKinds ? OBJECT_KINDS.length : 0, `${pointer}/kinds`);
}

/** Whether the holder is a unit, which must be one of this agency's; otherwise it is a person. */
function isUnitOf(agency: string, holder: unknown, pointer: string): boolean {
  const text = matching(holder, HOLDER, pointer);
  if (PERSON.test(text)) return false;
  if (!text.startsWith(`unit:${agency}-`)) throw new ProtocolError('SHAPE', pointer);
  return true;
}

function checkLifetime(entry: JsonObject, isUnit: boolean, pointer: string): void {
  const lifetime = whole(entry['exp'], 0, `${pointer}/exp`) - whole(entry['nbf'], 0, `${pointer}/nbf`);
  const longest = isUnit && entry['use'] !== 'enrol' ? UNIT_LIFETIME : PERSON_LIFETIME;
  if (lifetime <= 0 || lifetime > longest) throw new ProtocolError('KEY_LIFETIME', `${pointer}/exp`);
}

function checkRevocation(value: JsonValue, pointer: string): void {
  if (value === null) return;
  const revocation = exactly(value, ['at', 'invalidFrom', 'reason'], pointer);
  const at = whole(revocation['at'], 0, `${pointer}/at`);
  const invalidFrom = whole(revocation['invalidFrom'], 0, `${pointer}/invalidFrom`);
  const reason = matching(revocation['reason'], /^(superseded|cessation|keyCompromise)$/, `${pointer}/reason`);
  if (reason === 'keyCompromise' && invalidFrom > at) throw new ProtocolError('SHAPE', `${pointer}/invalidFrom`);
}

function checkOnePlaceEach(kids: string[]): void {
  if (new Set(kids).size !== kids.length) throw new ProtocolError('KEY_REUSED');
}

function checkFirst(set: KeySet, pinned: string[]): void {
  if (set.seq !== 1) throw new ProtocolError('KEYSET_SEQ');
  if (set.prev !== null) throw new ProtocolError('KEYSET_PREV');
  if (set.rootKids.toSorted().join() !== pinned.toSorted().join()) throw new ProtocolError('KEYSET_ROOT');
}

function checkSuccession(chain: KeySet[], previous: KeySet, next: KeySet): void {
  if (next.seq !== previous.seq + 1) throw new ProtocolError('KEYSET_SEQ');
  if (next.prev !== previous.digest) throw new ProtocolError('KEYSET_PREV');
  if (next.iat < previous.iat) throw new ProtocolError('IAT');
  if (next.threshold < previous.threshold) throw new ProtocolError('KEYSET_THRESHOLD');
  const entries = new Map(chain.flatMap((set) => set.keys.map((key) => [key.kid, key] as const)));
  const roots = new Set(chain.flatMap((set) => set.rootKids));
  if (next.rootKids.some((kid) => entries.has(kid))) throw new ProtocolError('KEY_REUSED', '/roots');
  if (next.keys.some(({ kid }) => roots.has(kid))) throw new ProtocolError('KEY_REUSED', '/keys');
  next.keys.forEach((key, i) => checkContinuity(entries.get(key.kid), key, pointerTo('/keys', i)));
}

/** Else old signatures would pass to another unit, or a compromised key come back. */
function checkContinuity(earlier: KeyEntry | undefined, key: KeyEntry, pointer: string): void {
  if (!earlier) return;
  if (key.use !== earlier.use || key.holder !== earlier.holder || key.nbf !== earlier.nbf) {
    throw new ProtocolError('KEY_REUSED', pointer);
  }
  if (earlier.revoked && !key.revoked) throw new ProtocolError('KEY_REVOKED', pointer);
}

function checkSigners({ signatures }: ReadJws, next: KeySet, previous: KeySet): void {
  const signers = signatures.map(({ kid }) => kid);
  const signedBy = (roots: string[]) => roots.filter((kid) => signers.includes(kid)).length;
  const added = next.rootKids.filter((kid) => !previous.rootKids.includes(kid));
  if (signers.some((kid) => !next.rootKids.includes(kid) && !previous.rootKids.includes(kid))) {
    throw new ProtocolError('KEYSET_ROOT');
  }
  if (signedBy(added) !== added.length) throw new ProtocolError('KEYSET_ROOT');
  if (signedBy(previous.rootKids) < previous.threshold || signedBy(next.rootKids) < next.threshold) {
    throw new ProtocolError('KEYSET_THRESHOLD');
  }
}

/**
 * The old root's last act is to sign the set that names the new one. Enrolment keys' sets are taken all the same: a lost phone is blocked
 * also when a root is overdue.
 */
function checkAgeOfRoots(chain: readonly KeySet[], next: KeySet): void {
  next.rootKids.forEach((kid, i) => {
    const first = chain.find(({ rootKids }) => rootKids.includes(kid)) ?? next;
    if (next.iat > first.iat + ROOT_LIFETIME) throw new ProtocolError('KEY_LIFETIME', pointerTo('/roots', i));
  });
}

/** A set that any root signed is judged as the roots' own; enrolment keys have no part in it. */
function isByRoots(next: KeySet, previous: KeySet): boolean {
  return next.signedBy.some((kid) => previous.rootKids.includes(kid) || next.rootKids.includes(kid));
}

async function named(jwk: PublicJwk): Promise<{ kid: string; jwk: PublicJwk }> {
  return { kid: await thumbprint(jwk), jwk };
}

/** Throws KEYSET_ROOT, or KEYSET_THRESHOLD for new roots alone, where no root or enrolment key of the set before signed; SIGNATURE. */
async function checkSomeKnownSigner(
  signed: ReadJws,
  { roots, keys }: KeySet,
  newRootKids: readonly string[],
): Promise<void> {
  const known = [...(await Promise.all(roots.map(named))), ...keys.filter(({ use }) => use === 'enrol')];
  const signatures = signed.signatures.filter(({ kid }) => known.some((key) => key.kid === kid));
  if (signatures.length === 0) {
    const isByNewRoots = signed.signatures.every(({ kid }) => newRootKids.includes(kid));
    throw new ProtocolError(isByNewRoots ? 'KEYSET_THRESHOLD' : 'KEYSET_ROOT');
  }
  await verifyBy({ ...signed, signatures }, known);
}

async function verifyBy(signed: ReadJws, keys: readonly { kid: string; jwk: PublicJwk }[]): Promise<void> {
  const byKid = new Map(keys.map(({ kid, jwk }) => [kid, jwk]));
  await Promise.all(signed.signatures.map((each) => verifySignature(signed, each, byKid.get(each.kid)!)));
}

function located<Result>(pointer: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof ProtocolError ? new ProtocolError(error.sub, pointer) : error;
  }
}
