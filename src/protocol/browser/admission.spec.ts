import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateKey, type KeyPair } from '../keys.js';
import { type KeyEntry, type KeySet, type KeySetDraft, verifyKeySetChain } from '../key-set.js';
import { aKeySet, anEntry, DAY, HUB, refusalOf, SECONDS } from '../testing.js';
import { admitting, newestSet, readColleaguesSet, revoking, signSet } from './admission.js';
import { makeKey, type NewKey } from './wrapped-key.js';

const PLACE = { hub: HUB, agency: 'VN-CUS' };

let root: KeyPair;
let enrol: NewKey;
let officer: NewKey;
let first: string;

beforeAll(async () => {
  root = await generateKey();
  enrol = await makeKey(PLACE, 'enrol', new Uint8Array(32));
  officer = await makeKey(PLACE, 'sig', new Uint8Array(32));
  const pair = { kid: enrol.kid, publicJwk: enrol.jwk, privateJwk: { ...enrol.jwk, d: '' } };
  const entry = anEntry(pair, { use: 'enrol', holder: 'p:admin1', kinds: ['alert'], proof: enrol.proof });
  first = await aKeySet([root], { keys: [entry] });
});

const chain = (texts: string[], rootKids: string[] | null = null) => ({
  ...PLACE,
  texts,
  known: rootKids && { rootKids },
});
const waiting = () => ({ ...officer, kinds: ['alert'], officer: 'p:officer' });

describe('an administrator’s browser', () => {
  it('admits an officer’s key and revokes it, without the root', async () => {
    const admitted = await signSet(
      admitting(await newestSet(chain([first])), waiting(), SECONDS),
      enrol,
      enrol.privateKey,
      SECONDS,
    );
    const newest = await newestSet(chain([first, admitted], [root.kid]));
    const draft = revoking(newest, officer.kid, 'keyCompromise', SECONDS + 1);
    const revoked = await signSet(draft!, enrol, enrol.privateKey, SECONDS + 1);
    const sets = await verifyKeySetChain([first, admitted, revoked], [root.publicJwk], { hub: HUB });
    expect(sets.map(({ keys }) => keys.find(({ kid }) => kid === officer.kid)?.revoked?.reason)).toEqual([
      undefined,
      undefined,
      'keyCompromise',
    ]);
  });

  it('revokes no key that is not in the set or is revoked there already', async () => {
    const entry = anEntry(root, { kid: officer.kid, jwk: officer.jwk, holder: 'p:officer' });
    const set = { ...(await newestSet(chain([first]))), keys: [entry] };
    expect(revoking(set, enrol.kid, 'cessation', SECONDS)).toBeNull();
    const revoked = { at: SECONDS, invalidFrom: SECONDS, reason: 'cessation' } as const;
    expect(revoking(set, officer.kid, 'cessation', SECONDS)).not.toBeNull();
    expect(revoking({ ...set, keys: [{ ...entry, revoked }] }, officer.kid, 'keyCompromise', SECONDS)).toBeNull();
  });

  it('signs nothing upon a chain without the set that it has seen, or with another in its place', async () => {
    const admit = async (iat: number): Promise<string> =>
      signSet(admitting(await newestSet(chain([first])), waiting(), iat), enrol, enrol.privateKey, iat);
    const [second, other] = [await admit(SECONDS), await admit(SECONDS + 1)];
    const { seq, digest } = await newestSet(chain([first, second]));
    const known = { rootKids: [root.kid], newest: { seq, digest } };
    expect((await newestSet({ ...chain([first, second]), known })).seq).toBe(2);
    expect(await refusalOf(() => newestSet({ ...chain([first]), known }))).toBe('KEYSET_SEQ');
    expect(await refusalOf(() => newestSet({ ...chain([first, other]), known }))).toBe('KEYSET_SEQ');
    const older = { rootKids: [root.kid], newest: { seq: 1, digest: (await newestSet(chain([first]))).digest } };
    expect((await newestSet({ ...chain([first, second]), known: older })).seq).toBe(2);
  });

  it('signs nothing upon a chain of other roots, of another agency, or with a gap', async () => {
    const stranger = await generateKey();
    const theirs = await aKeySet([stranger], {});
    expect(await refusalOf(() => newestSet(chain([theirs], [root.kid])))).toBe('KEYSET_ROOT');
    expect(await refusalOf(() => newestSet({ ...chain([first]), agency: 'TH-CUS' }))).toBe('FROM');
    expect(await refusalOf(() => newestSet(chain([first, first])))).toBe('KEYSET_SEQ');
    expect(await refusalOf(() => newestSet(chain([])))).toBe('JSON');
  });
});

describe('the second of two administrators', () => {
  let second: NewKey;
  let other: KeyPair;
  let keys: KeyEntry[];
  let base: string;
  let newest: KeySet;

  const entryOf = (key: NewKey, changes: Partial<KeyEntry>): KeyEntry =>
    anEntry(root, { kid: key.kid, jwk: key.jwk, proof: key.proof, nbf: SECONDS - 20 * DAY, ...changes });

  beforeAll(async () => {
    second = await makeKey(PLACE, 'enrol', new Uint8Array(32));
    other = await generateKey();
    const admin = { use: 'enrol', kinds: ['alert'] } as const;
    keys = [
      entryOf(enrol, { ...admin, kinds: ['alert'], holder: 'p:admin1' }),
      entryOf(second, { ...admin, kinds: ['alert'], holder: 'p:admin2' }),
      anEntry(other, { holder: 'p:other', kinds: ['alert'] }),
    ];
    base = await aKeySet([root], { keys, enrolThreshold: 2 });
    newest = await newestSet(chain([base]));
  });

  const read = (text: string, now = SECONDS) => readColleaguesSet(newest, text, now);
  const admitted = (set = newest, time = SECONDS) =>
    signSet(admitting(set, waiting(), time), enrol, enrol.privateKey, time);
  /** The next set with these changes, as the first of them would sign it. */
  const changed = (changes: Partial<KeySetDraft>, signers = [root]) =>
    aKeySet([root], { seq: 2, prev: newest.digest, enrolThreshold: 2, keys, ...changes }, signers, SECONDS);
  /** The same, signed with the first administrator's enrolment key. */
  const changedByColleague = async (changes: Partial<KeySetDraft>): Promise<string> => {
    const { payload, signatures: _ } = JSON.parse(await changed(changes)) as { payload: string; signatures: object };
    const text = Buffer.from(payload, 'base64url').toString();
    const draft = {
      ...admitting(newest, waiting(), SECONDS),
      text,
      payload: JSON.parse(text) as { kind: 'keyset'; hub: string },
    };
    return signSet(draft, enrol, enrol.privateKey, SECONDS);
  };
  const revokedAt = (reason: 'superseded' | 'keyCompromise') => ({ at: SECONDS, invalidFrom: SECONDS, reason });

  it('reads which keys come in and which are revoked, adds a signature, and the set is good', async () => {
    const handedOn = await admitted();
    expect(await refusalOf(() => newestSet(chain([base, handedOn])))).toBe('KEYSET_THRESHOLD');
    const set = await read(handedOn);
    expect(set).toMatchObject({
      added: [{ holder: 'p:officer', kinds: ['alert'] }],
      revoked: [],
      signedBy: ['p:admin1'],
    });
    const both = await signSet(set, second, second.privateKey, SECONDS + 1);
    const next = await newestSet(chain([base, both]));
    expect(next.signedBy).toEqual([enrol.kid, second.kid]);
    const draft = revoking(next, officer.kid, 'keyCompromise', SECONDS + 2)!;
    const later = await signSet(draft, second, second.privateKey, SECONDS + 2);
    expect(await readColleaguesSet(next, later, SECONDS + 2)).toMatchObject({
      added: [],
      revoked: [{ holder: 'p:officer', revoked: { reason: 'keyCompromise' } }],
      signedBy: ['p:admin2'],
    });
  });

  it('signs no set that follows another, of another agency, or that is no set', async () => {
    const earlier = { ...newest, digest: `sha256:${'0'.repeat(64)}` } as const;
    expect(await refusalOf(async () => read(await admitted({ ...newest, seq: 7 })))).toBe('KEYSET_SEQ');
    expect(await refusalOf(async () => read(await admitted(earlier)))).toBe('KEYSET_PREV');
    expect(await refusalOf(() => read(base))).toBe('KEYSET_SEQ');
    const elsewhere = await admitted();
    expect(await refusalOf(() => readColleaguesSet({ ...newest, agency: 'TH-CUS' }, elsewhere, SECONDS))).toBe('FROM');
    expect(await refusalOf(() => read('{}'))).toBe('SHAPE');
  });

  it('signs no set whose signature is not an enrolment key’s, not genuine, or too old', async () => {
    expect(await refusalOf(async () => read(await changed({})))).toBe('KEYSET_ROOT');
    const text = await admitted();
    const forged = await signSet(admitting(newest, waiting(), SECONDS), enrol, second.privateKey, SECONDS);
    expect(await refusalOf(() => read(forged))).toBe('SIGNATURE');
    expect(await refusalOf(() => read(text, SECONDS + DAY))).toBe('accepted');
    expect(await refusalOf(() => read(text, SECONDS + DAY + 1))).toBe('IAT');
    expect(await refusalOf(() => read(text, SECONDS - 301))).toBe('IAT');
  });

  it('signs no set that changes anything besides the keys of persons that come in or are revoked', async () => {
    const [, , person] = keys as [KeyEntry, KeyEntry, KeyEntry];
    const stranger = await generateKey();
    const unit = anEntry(stranger, { nbf: SECONDS });
    const dead = anEntry(stranger, {
      holder: 'p:new',
      kinds: ['alert'],
      nbf: SECONDS,
      revoked: revokedAt('superseded'),
    });
    const own = anEntry(stranger, { holder: 'p:admin1', kinds: ['alert'], nbf: SECONDS });
    const wide = anEntry(stranger, { holder: 'p:new', kinds: ['answer'], nbf: SECONDS });
    const others = keys.slice(0, 2);
    const tried = (changes: Partial<KeySetDraft>) => refusalOf(async () => read(await changedByColleague(changes)));
    expect(await tried({ keys: [...others, { ...person, revoked: revokedAt('superseded') }] })).toBe('accepted');
    const newcomer = anEntry(stranger, { holder: 'p:new', kinds: ['alert'], nbf: SECONDS });
    const both = [...others, { ...person, revoked: revokedAt('superseded') }, newcomer];
    expect(await tried({ keys: both })).toBe('accepted');
    // A revocation that lies in the future could never be brought forward.
    const late = (skew: number) => ({ at: SECONDS + skew, invalidFrom: SECONDS, reason: 'cessation' as const });
    expect(await tried({ keys: [...others, { ...person, revoked: late(300) }] })).toBe('accepted');
    expect(await tried({ keys: [...others, { ...person, revoked: late(301) }] })).toBe('KEYSET_ENROL');
    expect(await tried({ keys })).toBe('KEYSET_ENROL');
    expect(await tried({ keys: others })).toBe('KEYSET_ENROL');
    expect(await tried({ enrolThreshold: 1 })).toBe('KEYSET_ENROL');
    expect(await tried({ keys: [...keys, unit] })).toBe('KEYSET_ENROL');
    expect(await tried({ keys: [...keys, dead] })).toBe('KEYSET_ENROL');
    expect(await tried({ keys: [...keys, own] })).toBe('KEYSET_ENROL');
    expect(await tried({ keys: [...keys, wide] })).toBe('KEY_KIND');
    expect(await tried({ keys: [...others, { ...person, exp: person.exp - 1 }] })).toBe('KEYSET_ENROL');
    const narrowed = { ...person, exp: person.exp - 1, revoked: revokedAt('keyCompromise') };
    expect(await tried({ keys: [...others, narrowed] })).toBe('KEYSET_ENROL');
    const [first, ...rest] = keys as [KeyEntry, ...KeyEntry[]];
    expect(await tried({ keys: [{ ...first, revoked: revokedAt('superseded') }, ...rest] })).toBe('KEYSET_ENROL');
  });
});
