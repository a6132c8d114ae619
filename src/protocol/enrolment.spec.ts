import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Digest } from './digest.js';
import { OBJECT_KINDS } from './envelope.js';
import { generateKey, type KeyPair } from './keys.js';
import { buildKeySet, keysInForce, readKeySet, verifyKeySetChain, type KeyEntry, type KeySetDraft } from './key-set.js';
import { aKeySet, anEntry, DAY, faultOf, HUB, NOW, refusalOf, SECONDS } from './testing.js';

const KINDS = ['alert', 'answer'];
const FIRST = SECONDS - 20 * DAY;
const SECOND = SECONDS - 10 * DAY;

let root: KeyPair;
let enrol: KeyPair;
let otherEnrol: KeyPair;
let old: KeyPair;
let unit: KeyPair;
let officer: KeyPair;
let stranger: KeyPair;
let base: KeyEntry[];
let first: string;
let digest: Digest;

const anEnrolmentKey = (pair: KeyPair, changes: Partial<KeyEntry> = {}) =>
  anEntry(pair, { use: 'enrol', holder: 'p:admin1', kinds: KINDS, ...changes });
const aPersonKey = (pair: KeyPair, changes: Partial<KeyEntry> = {}) =>
  anEntry(pair, { holder: 'p:officer', kinds: ['alert'], nbf: SECOND, ...changes });
const revoked = (at = SECOND, reason: 'superseded' | 'keyCompromise' = 'superseded') => ({
  at,
  invalidFrom: at,
  reason,
});
/** The second set, with these keys, signed by enrolment keys. */
const next = (keys: KeyEntry[], signers = [enrol], changes: Partial<KeySetDraft> = {}, iat = SECOND) =>
  aKeySet([root], { seq: 2, prev: digest, keys, ...changes }, signers, iat);
const verdict = async (texts: string[], publishedAt?: Date) =>
  refusalOf(() => verifyKeySetChain(texts, [root.publicJwk], { hub: HUB, ...(publishedAt && { publishedAt }) }));
const tried = (keys: KeyEntry[], ...rest: [KeyPair[]?, Partial<KeySetDraft>?, number?]) =>
  refusalOf(async () => verifyKeySetChain([first, await next(keys, ...rest)], [root.publicJwk], { hub: HUB }));

beforeAll(async () => {
  [root, enrol, otherEnrol, old, unit, officer, stranger] = (await Promise.all(
    Array.from({ length: 7 }, () => generateKey()),
  )) as [KeyPair, KeyPair, KeyPair, KeyPair, KeyPair, KeyPair, KeyPair];
  base = [anEntry(unit), anEnrolmentKey(enrol), aPersonKey(old, { holder: 'p:old', nbf: SECONDS - 30 * DAY })];
  first = await aKeySet([root], { keys: base });
  digest = (await readKeySet(first, { hub: HUB })).digest;
});

describe('an enrolment key', () => {
  it('adds a person’s key, of kinds that it lists, without the roots', async () => {
    expect(await tried([...base, aPersonKey(officer)])).toBe('accepted');
    expect(await tried([...base, aPersonKey(officer, { kinds: KINDS })])).toBe('accepted');
  });

  it('renews a person’s key within its twelve months, narrows it and revokes it', async () => {
    const changed = (changes: Partial<KeyEntry>) => [base[0]!, base[1]!, { ...base[2]!, ...changes }];
    expect(await tried(changed({ exp: base[2]!.nbf + 366 * DAY }))).toBe('accepted');
    expect(await tried(changed({ kinds: ['answer'] }))).toBe('accepted');
    expect(await tried(changed({ revoked: revoked() }))).toBe('accepted');
    expect(await tried(changed({ revoked: revoked(SECOND, 'keyCompromise') }))).toBe('accepted');
  });

  it('revokes also a key of kinds that it does not list, and its own holder’s', async () => {
    const keys = [anEntry(unit), anEnrolmentKey(enrol), aPersonKey(old, { holder: 'p:admin1', kinds: ['seizure'] })];
    const before = await aKeySet([root], { keys });
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    const after = (changes: Partial<KeyEntry>) =>
      next([keys[0]!, keys[1]!, { ...keys[2]!, ...changes }], [enrol], { prev });
    expect(await verdict([before, await after({ revoked: revoked() })])).toBe('accepted');
    expect(await verdict([before, await after({ revoked: revoked(), exp: keys[2]!.exp + DAY })])).toBe('KEY_KIND');
  });

  it('is judged by the set before: one that the same set brings or widens has no right yet', async () => {
    const added = [...base, anEnrolmentKey(otherEnrol, { holder: 'p:admin2' })];
    expect(await tried([...added, aPersonKey(officer)], [otherEnrol])).toBe('KEYSET_ROOT');
  });

  it('counts once for each holder where two must sign', async () => {
    const keys = (holder: string) => [...base, anEnrolmentKey(otherEnrol, { holder })];
    for (const [holder, signers, expected] of [
      ['p:admin2', [enrol, otherEnrol], 'accepted'],
      ['p:admin2', [enrol], 'KEYSET_THRESHOLD'],
      ['p:admin1', [enrol, otherEnrol], 'KEYSET_THRESHOLD'],
    ] as const) {
      const before = await aKeySet([root], { keys: keys(holder), enrolThreshold: 2 });
      const prev = (await readKeySet(before, { hub: HUB })).digest;
      const after = await next([...keys(holder), aPersonKey(officer)], [...signers], { prev, enrolThreshold: 2 });
      expect([holder, signers.length, await verdict([before, after])]).toEqual([holder, signers.length, expected]);
    }
  });

  it('adds no key of its own holder, and none that begins outside its time, also beside another that may', async () => {
    const { nbf, exp } = base[1]!;
    const keys = [...base, anEnrolmentKey(otherEnrol, { holder: 'p:admin2', nbf: nbf + DAY, exp: exp - DAY })];
    const before = await aKeySet([root], { keys });
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    for (const [changes, expected] of [
      [{}, 'accepted'],
      [{ holder: 'p:admin1' }, 'KEYSET_ENROL'],
      [{ holder: 'p:admin2' }, 'KEYSET_ENROL'],
      [{ nbf }, 'KEYSET_ENROL'],
      [{ nbf: exp - 1, exp: exp + DAY }, 'KEYSET_ENROL'],
    ] as const) {
      const after = await next([...keys, aPersonKey(officer, changes)], [enrol, otherEnrol], { prev });
      expect([changes, await verdict([before, after])]).toEqual([changes, expected]);
    }
  });

  it('must list the kinds itself, also beside another that does', async () => {
    const keys = [...base, anEnrolmentKey(otherEnrol, { holder: 'p:admin2', kinds: ['alert'] })];
    const before = await aKeySet([root], { keys });
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    const after = await next([...keys, aPersonKey(officer, { kinds: KINDS })], [enrol, otherEnrol], { prev });
    expect(await verdict([before, after])).toBe('KEY_KIND');
  });

  it.each<[string, () => KeyEntry[], string]>([
    ['adds a unit’s key', () => [...base, anEntry(officer, { nbf: SECOND })], 'KEYSET_ENROL'],
    ['adds a sign-in key of a unit', () => [...base, anEntry(officer, { use: 'auth', kinds: [] })], 'KEYSET_ENROL'],
    ['adds an enrolment key', () => [...base, anEnrolmentKey(officer, { holder: 'p:x' })], 'KEYSET_ENROL'],
    ['adds a person’s sealing key', () => [...base, aPersonKey(officer, { use: 'enc', kinds: [] })], 'KEYSET_ENROL'],
    ['adds a key of another kind', () => [...base, aPersonKey(officer, { kinds: ['alert', 'consent'] })], 'KEY_KIND'],
    ['adds its own holder’s key', () => [...base, aPersonKey(officer, { holder: 'p:admin1' })], 'KEYSET_ENROL'],
    [
      'adds a key dated back before itself',
      () => [...base, aPersonKey(officer, { nbf: SECONDS - 31 * DAY })],
      'KEYSET_ENROL',
    ],
    [
      'adds a key for after its own end',
      () => [...base, aPersonKey(officer, { nbf: SECONDS + 300 * DAY, exp: SECONDS + 310 * DAY })],
      'KEYSET_ENROL',
    ],
    [
      'adds a key for thirteen months',
      () => [...base, aPersonKey(officer, { exp: SECOND + 395 * DAY })],
      'KEY_LIFETIME',
    ],
    [
      'widens a person’s key beyond its kinds',
      () => [base[0]!, base[1]!, { ...base[2]!, kinds: ['note'] }],
      'KEY_KIND',
    ],
    [
      'renews a person’s key beyond a year',
      () => [base[0]!, base[1]!, { ...base[2]!, exp: base[2]!.nbf + 367 * DAY }],
      'KEY_LIFETIME',
    ],
    ['hands a person’s key to another', () => [base[0]!, base[1]!, { ...base[2]!, holder: 'p:other' }], 'KEY_REUSED'],
    ['makes a unit’s key a person’s', () => [{ ...base[0]!, holder: 'p:other' }, base[1]!, base[2]!], 'KEY_REUSED'],
    ['lengthens a unit’s key', () => [{ ...base[0]!, exp: base[0]!.exp + DAY }, base[1]!, base[2]!], 'KEYSET_ENROL'],
    ['revokes a unit’s key', () => [{ ...base[0]!, revoked: revoked() }, base[1]!, base[2]!], 'KEYSET_ENROL'],
    ['widens itself', () => [base[0]!, { ...base[1]!, kinds: [...OBJECT_KINDS] }, base[2]!], 'KEYSET_ENROL'],
    ['lengthens itself', () => [base[0]!, { ...base[1]!, exp: base[1]!.exp + DAY }, base[2]!], 'KEYSET_ENROL'],
    ['revokes an enrolment key', () => [base[0]!, { ...base[1]!, revoked: revoked() }, base[2]!], 'KEYSET_ENROL'],
    ['leaves out a person’s key', () => base.slice(0, 2), 'KEYSET_ENROL'],
    ['leaves out a unit’s key', () => base.slice(1), 'KEYSET_ENROL'],
    ['leaves out itself', () => [base[0]!, base[2]!], 'KEYSET_ENROL'],
  ])('S24 is refused when it %s', async (_, keys, sub) => {
    expect(await tried(keys())).toBe(sub);
  });

  it.each<[string, () => KeyEntry[], string]>([
    ['an enrolment key', () => [...base, anEnrolmentKey(officer, { holder: 'p:x' })], 'KEYSET_ENROL /keys/3'],
    ['a key of another kind', () => [...base, aPersonKey(officer, { kinds: ['consent'] })], 'KEY_KIND /keys/3/kinds'],
    ['its own', () => [...base, aPersonKey(officer, { holder: 'p:admin1' })], 'KEYSET_ENROL /keys/3/holder'],
    ['one from before', () => [...base, aPersonKey(officer, { nbf: SECONDS - 31 * DAY })], 'KEYSET_ENROL /keys/3/nbf'],
    ['none', () => base.slice(0, 2), 'KEYSET_ENROL /keys'],
    ['one that lacks a proof', () => [...base, aPersonKey(officer, { proof: 'AA' })], 'KEY_POSSESSION /keys/3/proof'],
  ])('is told where it went too far: %s', async (_, keys, fault) => {
    expect(
      await faultOf(async () => verifyKeySetChain([first, await next(keys())], [root.publicJwk], { hub: HUB })),
    ).toBe(fault);
  });

  it('adds keys that begin in its own first second, and none that begin in the second in which it ends', async () => {
    const { nbf, exp } = base[1]!;
    expect(await tried([...base, aPersonKey(officer, { nbf, exp: SECOND + DAY })])).toBe('accepted');
    expect(await tried([...base, aPersonKey(officer, { nbf: exp - 1, exp: exp + DAY })])).toBe('accepted');
    expect(await tried([...base, aPersonKey(officer, { nbf: exp, exp: exp + DAY })])).toBe('KEYSET_ENROL');
  });

  it('S24 is refused when it changes roots or thresholds', async () => {
    const keys = [...base, aPersonKey(officer)];
    expect(await tried(keys, [enrol], { roots: [stranger.publicJwk] })).toBe('KEYSET_ENROL');
    expect(await tried(keys, [enrol], { roots: [root.publicJwk, stranger.publicJwk] })).toBe('KEYSET_ENROL');
    expect(await tried(keys, [enrol], { enrolThreshold: 2 })).toBe('KEYSET_ENROL');
    expect(await tried(keys, [enrol], { roots: [root.publicJwk, enrol.publicJwk] })).toBe('KEY_REUSED');
  });

  it('S24 is no help to a root: a set that both sign is the roots’ alone', async () => {
    expect(await tried([...base, aPersonKey(officer)], [root, enrol])).toBe('KEYSET_ROOT');
    expect(await tried([...base, aPersonKey(officer)], [root])).toBe('accepted');
  });

  it('S24 is refused beside a signer that is no enrolment key, and alone a signer that is none', async () => {
    const keys = [...base, aPersonKey(officer)];
    for (const signers of [[unit], [old], [stranger], [enrol, unit], [enrol, stranger]]) {
      expect(await tried(keys, signers)).toBe('KEYSET_ROOT');
    }
    expect(await tried(keys, [{ ...stranger, kid: enrol.kid }])).toBe('SIGNATURE');
  });

  it('S24 cannot open a chain, and cannot stand in it after its time', async () => {
    expect(await verdict([await aKeySet([root], { keys: base }, [enrol])])).toBe('KEYSET_ROOT');
    for (const [changes, sub] of [
      [{ revoked: revoked(FIRST) }, 'KEY_REVOKED'],
      [{ revoked: revoked(SECONDS + DAY) }, 'KEY_REVOKED'],
      [{ exp: SECOND }, 'KEY_EXPIRED'],
      [{ nbf: SECOND + 1 }, 'KEY_NOT_YET'],
      [{ nbf: SECOND }, 'accepted'],
    ] as const) {
      const keys = [base[0]!, anEnrolmentKey(enrol, changes), base[2]!];
      const before = await aKeySet([root], { keys });
      const prev = (await readKeySet(before, { hub: HUB })).digest;
      const after = await next([...keys, aPersonKey(officer)], [enrol], { prev });
      expect(await verdict([before, after])).toBe(sub);
    }
  });

  it('S24 cannot withdraw, soften or deepen a revocation', async () => {
    const keys = [base[0]!, base[1]!, { ...base[2]!, revoked: revoked(FIRST, 'keyCompromise') }];
    const before = await aKeySet([root], { keys });
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    for (const [change, sub] of [
      [null, 'KEY_REVOKED'],
      [revoked(FIRST), 'KEYSET_ENROL'],
      [revoked(SECOND, 'keyCompromise'), 'KEYSET_ENROL'],
    ] as const) {
      const after = await next([base[0]!, base[1]!, { ...base[2]!, revoked: change }], [enrol], { prev });
      expect(await verdict([before, after])).toBe(sub);
    }
  });

  it('S24 cannot date a set back: it is published within a day and in its time', async () => {
    const keys = [...base, aPersonKey(officer)];
    const signed = await next(keys);
    const after = (seconds: number) => new Date((SECOND + seconds) * 1000);
    expect(await verdict([first, signed], after(DAY))).toBe('accepted');
    expect(await verdict([first, signed], after(DAY + 1))).toBe('IAT');
    const { exp } = base[1]!;
    expect(await verdict([first, signed], new Date((exp - 1) * 1000))).toBe('IAT');
    expect(await verdict([first, signed], new Date(exp * 1000))).toBe('KEY_EXPIRED');
    expect(await verdict([first, await next(keys, [enrol], {}, FIRST - 1)])).toBe('IAT');
    // Whoever reads the chain years later has no use for that.
    expect(await verdict([first, signed])).toBe('accepted');
  });

  it('S24 counts the day of the last set only, and of the oldest of its signatures', async () => {
    const { exp } = base[1]!;
    const keys = [...base, anEnrolmentKey(otherEnrol, { holder: 'p:admin2', exp: exp - DAY })];
    const before = await aKeySet([root], { keys });
    const fields = { hub: HUB, agency: 'VN-CUS', seq: 2, roots: [root.publicJwk], threshold: 1 };
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    const added = [...keys, aPersonKey(officer)];
    const signers = [
      { ...enrol, iat: SECOND + DAY },
      { ...otherEnrol, iat: SECOND },
    ];
    const second = await buildKeySet({ ...fields, prev, keys: added }, signers);
    const at = (seconds: number) => new Date(seconds * 1000);
    expect(await verdict([before, second], at(SECOND + DAY))).toBe('accepted');
    expect(await verdict([before, second], at(SECOND + DAY + 1))).toBe('IAT');
    expect(await verdict([before, second], at(exp - DAY))).toBe('KEY_EXPIRED');
    const last = { seq: 3, prev: (await readKeySet(second, { hub: HUB })).digest, keys: added };
    const third = await aKeySet([root], last, [root], SECOND + 5 * DAY);
    expect(await verdict([before, second, third], at(SECOND + 5 * DAY))).toBe('accepted');
    const byEnrolment = { ...last, keys: [...added.slice(0, -1), { ...added.at(-1)!, revoked: revoked() }] };
    const fourth = await aKeySet([root], byEnrolment, [enrol], SECOND + 5 * DAY);
    expect(await verdict([before, second, fourth], at(SECOND + 5 * DAY))).toBe('accepted');
    expect(await verdict([before, second, fourth], at(SECOND + 6 * DAY + 1))).toBe('IAT');
  });

  it('S24 is refused when one of two signed before the set that it follows', async () => {
    const keys = [...base, anEnrolmentKey(otherEnrol, { holder: 'p:admin2' })];
    const before = await aKeySet([root], { keys });
    const prev = (await readKeySet(before, { hub: HUB })).digest;
    const fields = { hub: HUB, agency: 'VN-CUS', seq: 2, prev, roots: [root.publicJwk], threshold: 1 };
    const signedAt = (iat: number) =>
      buildKeySet({ ...fields, keys: [...keys, aPersonKey(officer)] }, [
        { ...enrol, iat: SECOND },
        { ...otherEnrol, iat },
      ]);
    expect(await verdict([before, await signedAt(FIRST)])).toBe('accepted');
    expect(await verdict([before, await signedAt(FIRST - 1)])).toBe('IAT');
  });

  it('has its changes in force like those of the roots', async () => {
    const chain = [first, await next([...base.slice(0, 2), { ...base[2]!, revoked: revoked() }, aPersonKey(officer)])];
    const sets = await verifyKeySetChain(chain, [root.publicJwk], { hub: HUB });
    const found = new Map(keysInForce(sets, NOW).map((key) => [key.kid, key.revoked]));
    expect([found.get(officer.kid), found.get(old.kid)?.at]).toEqual([null, SECOND]);
    expect(sets[1]!.signedBy).toEqual([enrol.kid]);
  });
});

it('S24 whatever an enrolment key changes of others’ keys, it is refused', async () => {
  const anotherValue: { [Member in keyof KeyEntry]?: fc.Arbitrary<KeyEntry[Member]> } = {
    exp: fc.integer({ min: SECONDS, max: SECONDS + 300 * DAY }),
    kinds: fc.uniqueArray(fc.constantFrom(...OBJECT_KINDS), { minLength: 1 }),
    revoked: fc.record({
      at: fc.nat(),
      invalidFrom: fc.constant(0),
      reason: fc.constantFrom('superseded', 'cessation'),
    }),
  };
  const change = fc.oneof(
    ...Object.entries(anotherValue).map(([member, values]) =>
      fc.tuple(fc.constant(member), values as fc.Arbitrary<unknown>),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 1), change, async (at, [member, value]) => {
      fc.pre(JSON.stringify(base[at]![member as keyof KeyEntry]) !== JSON.stringify(value));
      const keys = base.map((key, i) => (i === at ? { ...key, [member]: value } : key));
      expect(await tried(keys)).toBe('KEYSET_ENROL');
    }),
    { numRuns: 40 },
  );
});
