/** The next key set of an agency, drawn up from the one before and from what the command line says. Nothing is signed here. */
import { canonicalize } from '../protocol/canonical.js';
import { digestOf, type Digest } from '../protocol/digest.js';
import { type KeyEntry, type KeySet, type KeySetFields, readKeySet } from '../protocol/key-set.js';
import { generateKey, type KeyUse } from '../protocol/keys.js';
import type { Revocation } from '../protocol/signed-object.js';
import { signObject } from '../protocol/signing.js';
import { EXIT, Failure, refusing } from './failures.js';
import { type KeyRole, readProof, readPublicKey } from './key-files.js';

/** What changes against the set before. */
export interface KeySetChanges {
  roots: string[];
  /** `unit:VN-CUS-AS:sig:alert,request=unit.pub.json` */
  keys: string[];
  /** Ids of keys to leave out. */
  remove: string[];
  /** `kid=reason` */
  revoke: string[];
  threshold?: number;
  enrolThreshold?: number;
  days: number;
}

const DAY = 86_400;
const ROLES: Partial<Record<KeyUse, KeyRole>> = { sig: 'unit', auth: 'client', enrol: 'enrol' };
const KEY = /^(unit:[A-Z0-9-]+|p:[A-Za-z0-9_-]+):(sig|enc|auth|enrol)(?::([a-z]+(?:,[a-z]+)*))?=(.+)$/s;
const REVOCATION = /^([\w-]{43})=(superseded|cessation|keyCompromise)$/;

/** The fields of the next set. `previous` is the set before it, when there is one. */
export async function draftKeySet(
  base: Pick<KeySetFields, 'hub' | 'agency' | 'seq' | 'prev'>,
  previous: KeySet | undefined,
  { roots, keys, remove, revoke, threshold, enrolThreshold, days }: KeySetChanges,
): Promise<KeySetFields> {
  const now = Math.floor(Date.now() / 1000);
  const entries = new Map((previous?.keys ?? []).map((entry) => [entry.kid, entry]));
  for (const kid of remove) if (!entries.delete(kid)) throw new Failure(EXIT.usage, 'cli.failure.noSuchKey', { kid });
  for (const spec of keys) {
    const entry = await readEntry(spec, base, now, days);
    // A key never changes its start, or old signatures would lose their ground.
    entries.set(entry.kid, { ...entry, nbf: entries.get(entry.kid)?.nbf ?? entry.nbf });
  }
  for (const spec of revoke) {
    const { kid, revoked } = readRevocation(spec, now);
    const entry = entries.get(kid);
    if (!entry) throw new Failure(EXIT.usage, 'cli.failure.noSuchKey', { kid });
    entries.set(kid, { ...entry, revoked });
  }
  const given = await Promise.all(roots.map(async (file) => (await readPublicKey(file, 'root')).publicJwk));
  const { hub, agency, seq, prev } = base;
  return {
    hub,
    agency,
    seq,
    prev,
    roots: given.length > 0 ? given : (previous?.roots ?? []),
    threshold: threshold ?? previous?.threshold ?? 1,
    enrolThreshold: enrolThreshold ?? previous?.enrolThreshold ?? 1,
    keys: [...entries.values()],
  };
}

/** The payload to sign, after every check that does not need the roots' signatures; and its digest, the `prev` of the next. */
export async function payloadOf(fields: KeySetFields): Promise<{ text: string; digest: Digest }> {
  const payload = { v: 1, kind: 'keyset', ...fields };
  await refusing(async () => {
    // Read as a signed set, under a key that is thrown away: reading judges form, not signers.
    await readKeySet(await signObject(payload, await generateKey()), { hub: fields.hub });
  });
  const text = canonicalize(payload);
  return { text, digest: digestOf(text) };
}

async function readEntry(
  spec: string,
  { hub, agency }: Pick<KeySetFields, 'hub' | 'agency'>,
  now: number,
  days: number,
): Promise<KeyEntry> {
  const [, holder, use, kinds, file] = KEY.exec(spec) ?? [];
  if (holder === undefined || file === undefined) throw new Failure(EXIT.usage, 'cli.failure.badKeySpec', { spec });
  const role = ROLES[use as KeyUse];
  const { publicJwk: jwk, kid } = await readPublicKey(file, role);
  return {
    kid,
    jwk,
    use: use as KeyUse,
    holder,
    kinds: kinds?.split(',') ?? [],
    nbf: now,
    exp: now + days * DAY,
    revoked: null,
    proof: readProof(file, { hub, agency, use: use as KeyUse }),
  };
}

/** In effect from now on. For a compromise that lies back, the agency dates `invalidFrom` in the payload by hand. */
function readRevocation(spec: string, now: number): { kid: string; revoked: Revocation } {
  const [, kid, reason] = REVOCATION.exec(spec) ?? [];
  if (kid === undefined) throw new Failure(EXIT.usage, 'cli.failure.badRevocation', { spec });
  return { kid, revoked: { at: now, invalidFrom: now, reason: reason as Revocation['reason'] } };
}
