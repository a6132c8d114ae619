import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalize, type JsonObject } from './canonical.js';
import type { Digest } from './digest.js';
import type { ProtocolError } from './errors.js';
import { generateKey, type KeyPair, type PublicJwk } from './keys.js';
import {
  buildKeySet,
  judgeAt,
  keysInForce,
  keysOf,
  readKeySet,
  verifyKeySetChain,
  type KeyEntry,
  type KeySetFields,
} from './key-set.js';
import type { Revocation } from './signed-object.js';
import { signObject } from './signing.js';
import {
  aHeader,
  aKeySet,
  anEntry,
  aRegisteredKey,
  DAY,
  faultOf,
  HUB,
  NOW,
  refusalOf,
  SECONDS,
  signRaw,
} from './testing.js';

let root: KeyPair;
let newRoot: KeyPair;
let third: KeyPair;
let unit: KeyPair;
let person: KeyPair;
let stranger: KeyPair;
let firstText: string;
let firstDigest: Digest;

const FIRST_SIGNED = SECONDS - 20 * DAY;
const read = (text: string) => readKeySet(text, { hub: HUB, now: NOW });
const chain = (texts: string[], roots: KeyPair[] = [root]) =>
  verifyKeySetChain(
    texts,
    roots.map(({ publicJwk }) => publicJwk),
    { hub: HUB },
  );
const refusal = (texts: string[], roots?: KeyPair[]) => refusalOf(() => chain(texts, roots));
const chainFault = (...texts: string[]) => faultOf(() => chain(texts));
/** What is wrong with a set whose one key is the unit's with these members changed. */
const entryFault = (changes: object) => faultOf(() => aKeySet([root], { keys: [{ ...anEntry(unit), ...changes }] }));
const jwksOf = (...pairs: KeyPair[]) => pairs.map(({ publicJwk }) => publicJwk);
/** The set after the first, signed ten days ago. */
const second = (changes: Partial<KeySetFields> = {}, signers = [root], iat = SECONDS - 10 * DAY) =>
  aKeySet([root], { seq: 2, prev: firstDigest, keys: [anEntry(unit)], ...changes }, signers, iat);
/** The first set of two roots, which sign at these times. */
const signedAt = (first: number, last: number) =>
  buildKeySet(
    { hub: HUB, agency: 'VN-CUS', seq: 1, prev: null, roots: jwksOf(root, newRoot), threshold: 2, keys: [] },
    [
      { ...root, iat: first },
      { ...newRoot, iat: last },
    ],
  );
const revokedAt = (at: number, reason: Revocation['reason'] = 'superseded', invalidFrom = at) => ({
  at,
  invalidFrom,
  reason,
});

beforeAll(async () => {
  [root, newRoot, third, unit, person, stranger] = await Promise.all([
    generateKey(),
    generateKey('ES256'),
    generateKey(),
    generateKey(),
    generateKey('ES256'),
    generateKey(),
  ]);
  firstText = await aKeySet([root], { keys: [anEntry(unit)] });
  firstDigest = (await read(firstText)).digest;
});

describe('a key set', () => {
  it('was signed when the last of its roots signed', async () => {
    expect((await read(await signedAt(SECONDS - 2 * DAY, SECONDS - DAY))).iat).toBe(SECONDS - DAY);
    expect((await read(await signedAt(SECONDS - DAY, SECONDS - 2 * DAY))).iat).toBe(SECONDS - DAY);
  });

  it('gives back its fields, its digest, and its keys with their agency', async () => {
    const set = await read(firstText);
    expect(set).toMatchObject({ hub: HUB, agency: 'VN-CUS', seq: 1, prev: null, threshold: 1, iat: FIRST_SIGNED });
    expect(set.rootKids).toEqual([root.kid]);
    expect(keysOf(set)).toEqual([aRegisteredKey(unit)]);
  });

  it('may hold persons’ keys, sign-in keys, sealing keys and enrolment keys', async () => {
    const keys = [
      anEntry(unit),
      anEntry(person, { holder: 'p:7f3c', exp: SECONDS + 330 * DAY }),
      anEntry(third, { use: 'auth', kinds: [] }),
      anEntry(newRoot, { use: 'enc', kinds: [] }),
      anEntry(stranger, { use: 'enrol', holder: 'p:ad', kinds: ['note'] }),
    ];
    expect(await refusalOf(() => aKeySet([root], { keys }))).toBe('accepted');
  });

  it.each<[string, (entry: KeyEntry) => unknown, string, string]>([
    ['a kid that is not the thumbprint', (entry) => ({ ...entry, kid: stranger.kid }), 'KID', '/kid'],
    ['a private key', (entry) => ({ ...entry, jwk: unit.privateJwk }), 'KEY_PRIVATE', '/jwk'],
    ['an unknown member in the key', (entry) => ({ ...entry, jwk: { ...entry.jwk, use: 'sig' } }), 'SHAPE', '/jwk/use'],
    ['a point of small order', (entry) => ({ ...entry, jwk: smallOrder }), 'KEY_SMALL_ORDER', '/jwk'],
    ['an unknown use', (entry) => ({ ...entry, use: 'any' }), 'SHAPE', '/use'],
    ['an unknown kind', (entry) => ({ ...entry, kinds: ['keyset'] }), 'SHAPE', '/kinds/0'],
    ['a kind twice', (entry) => ({ ...entry, kinds: ['alert', 'alert'] }), 'SHAPE', '/kinds'],
    ['a signing key for no kind', (entry) => ({ ...entry, kinds: [] }), 'SHAPE', '/kinds'],
    ['a sealing key for a kind', (entry) => ({ ...entry, use: 'enc' }), 'SHAPE', '/kinds'],
    ['a unit of another agency', (entry) => ({ ...entry, holder: 'unit:LA-CUS-VTE' }), 'SHAPE', '/holder'],
    ['a holder without sort', (entry) => ({ ...entry, holder: 'VN-CUS-AS' }), 'SHAPE', '/holder'],
    ['a unit’s key for 25 months', (entry) => ({ ...entry, exp: entry.nbf + 760 * DAY }), 'KEY_LIFETIME', '/exp'],
    [
      'a person’s key for 13 months',
      (entry) => ({ ...entry, holder: 'p:a', exp: entry.nbf + 395 * DAY }),
      'KEY_LIFETIME',
      '/exp',
    ],
    [
      'an enrolment key for 13 months',
      (entry) => ({ ...entry, use: 'enrol', exp: entry.nbf + 395 * DAY }),
      'KEY_LIFETIME',
      '/exp',
    ],
    ['a key that ends before it begins', (entry) => ({ ...entry, exp: entry.nbf }), 'KEY_LIFETIME', '/exp'],
    ['a time that is a string', (entry) => ({ ...entry, nbf: '0' }), 'SHAPE', '/nbf'],
    [
      'an unknown reason',
      (entry) => ({ ...entry, revoked: { at: 1, invalidFrom: 1, reason: 'x' } }),
      'SHAPE',
      '/revoked/reason',
    ],
    [
      'a compromise to come',
      (entry) => ({ ...entry, revoked: revokedAt(1, 'keyCompromise', 2) }),
      'SHAPE',
      '/revoked/invalidFrom',
    ],
    ['an unknown member', (entry) => ({ ...entry, name: 'x' }), 'SHAPE', '/name'],
    ['S23 no proof of possession', (entry) => ({ ...entry, proof: undefined }), 'SHAPE', '/proof'],
    [
      'S23 a proof by another key',
      (entry) => ({ ...entry, proof: anEntry(stranger, {}).proof }),
      'KEY_POSSESSION',
      '/proof',
    ],
    [
      'S23 a proof for another agency',
      () => anEntry(unit, { proof: anEntry(unit, {}, 'LA-CUS').proof }),
      'KEY_POSSESSION',
      '/proof',
    ],
    [
      'S23 a proof for another use',
      (entry) => ({ ...entry, use: 'enrol', exp: entry.nbf + DAY }),
      'KEY_POSSESSION',
      '/proof',
    ],
    ['null', () => null, 'SHAPE', ''],
  ])('S22 is refused with %s', async (_, change, sub, pointer) => {
    const attempt = aKeySet([root], { keys: [change(anEntry(unit)) as KeyEntry] });
    const fault = await attempt.then(
      () => 'accepted',
      ({ sub, pointer }: ProtocolError) => ({ sub, pointer }),
    );
    expect(fault).toEqual({ sub, pointer: `/keys/0${pointer}` });
  });

  it('is refused when one key has two places', async () => {
    const twice = [anEntry(unit), anEntry(unit, { use: 'auth', kinds: [] })];
    expect(await refusalOf(() => aKeySet([root], { keys: twice }))).toBe('KEY_REUSED');
    expect(await refusalOf(() => aKeySet([root], { keys: [anEntry(root)] }))).toBe('KEY_REUSED');
    expect(await refusalOf(() => aKeySet([root], { roots: jwksOf(root, root), threshold: 2 }))).toBe('KEY_REUSED');
  });

  it.each<[string, Partial<Record<keyof KeySetFields, unknown>>, string]>([
    ['a threshold that cannot be met', { threshold: 2 }, 'SHAPE /threshold'],
    ['no threshold', { threshold: 0 }, 'SHAPE /threshold'],
    ['no threshold for enrolment', { enrolThreshold: 0 }, 'SHAPE /enrolThreshold'],
    ['three holders for one enrolment', { enrolThreshold: 3 }, 'SHAPE /enrolThreshold'],
    ['no root', { roots: [] }, 'SHAPE /roots'],
    ['a root that is no key', { roots: [{ kty: 'RSA' }] }, 'ALG /roots/0'],
    ['a sequence number 0', { seq: 0 }, 'SHAPE /seq'],
    ['half a sequence number', { seq: 1.5 }, 'NUMBER /seq'],
    ['half a digest', { prev: 'sha256:' }, 'SHAPE /prev'],
    ['half an agency', { agency: 'vn' }, 'SHAPE /agency'],
    ['keys in an object', { keys: {} }, 'SHAPE /keys'],
    ['2 001 keys', { keys: Array.from({ length: 2_001 }, () => null) }, 'SHAPE /keys'],
  ])('is refused with %s', async (_, changes, fault) => {
    expect(await faultOf(() => aKeySet([root], changes as Partial<KeySetFields>))).toBe(fault);
  });

  it('is refused with five roots, in another version, or with a member too many', async () => {
    const roots = await Promise.all(Array.from({ length: 5 }, () => generateKey()));
    expect(await faultOf(() => aKeySet(roots.slice(0, 4)))).toBe('accepted');
    expect(await faultOf(() => aKeySet([root], { roots: jwksOf(...roots) }))).toBe('SHAPE /roots');
    const payload = await payloadOf(firstText);
    const header = aHeader(root, { typ: 'liaison-keyset+jws', iat: FIRST_SIGNED });
    const fault = (changes: object) =>
      faultOf(async () => read(await signRaw(canonicalize({ ...payload, ...changes }), header, root)));
    expect(await fault({ v: 2 })).toBe('SHAPE /v');
    expect(await fault({ more: 1 })).toBe('SHAPE /more');
  });

  it('lets keys live exactly as long as may be, and two holders be asked for', async () => {
    const keys = [
      anEntry(unit, { nbf: SECONDS, exp: SECONDS + 731 * DAY }),
      anEntry(person, { holder: 'p:a', nbf: SECONDS, exp: SECONDS + 366 * DAY }),
      anEntry(third, { use: 'enrol', nbf: SECONDS, exp: SECONDS + 366 * DAY }),
    ];
    expect(await faultOf(() => aKeySet([root], { keys, enrolThreshold: 2 }))).toBe('accepted');
    for (const [i, key] of keys.entries()) {
      const longer = keys.with(i, { ...key, exp: key.exp + 1 });
      expect(await faultOf(() => aKeySet([root], { keys: longer }))).toBe(`KEY_LIFETIME /keys/${i}/exp`);
    }
  });

  it('says of each time and of each part of a revocation where it is wrong', async () => {
    const revoked = revokedAt(1);
    expect(await entryFault({ exp: null })).toBe('SHAPE /keys/0/exp');
    expect(await entryFault({ nbf: -1 })).toBe('SHAPE /keys/0/nbf');
    expect(await entryFault({ kinds: {} })).toBe('SHAPE /keys/0/kinds');
    expect(await entryFault({ use: 'signing' })).toBe('SHAPE /keys/0/use');
    expect(await entryFault({ use: 'resig' })).toBe('SHAPE /keys/0/use');
    expect(await entryFault({ kinds: ['alerts'] })).toBe('SHAPE /keys/0/kinds/0');
    expect(await entryFault({ kinds: ['analert'] })).toBe('SHAPE /keys/0/kinds/0');
    expect(await entryFault({ jwk: null })).toBe('SHAPE /keys/0/jwk');
    expect(await entryFault({ proof: 1 })).toBe('SHAPE /keys/0/proof');
    expect(await entryFault({ proof: 'AB' })).toBe('B64 /keys/0/proof');
    expect(await entryFault({ revoked: 'superseded' })).toBe('SHAPE /keys/0/revoked');
    expect(await entryFault({ revoked: { ...revoked, at: '1' } })).toBe('SHAPE /keys/0/revoked/at');
    expect(await entryFault({ revoked: { ...revoked, invalidFrom: -1 } })).toBe('SHAPE /keys/0/revoked/invalidFrom');
    expect(await entryFault({ revoked: { ...revoked, reason: 'cessations' } })).toBe('SHAPE /keys/0/revoked/reason');
    expect(await entryFault({ revoked: { ...revoked, reason: 'nosuperseded' } })).toBe('SHAPE /keys/0/revoked/reason');
    expect(await entryFault({ revoked: { ...revoked, by: 'x' } })).toBe('SHAPE /keys/0/revoked/by');
    expect(await entryFault({ revoked: revokedAt(1, 'superseded', 2) })).toBe('accepted');
    expect(await entryFault({ revoked: revokedAt(1, 'keyCompromise', 1) })).toBe('accepted');
  });

  it('is refused under another type, for another hub, or from the future', async () => {
    const payload = canonicalize(await payloadOf(firstText));
    const typed = (changes: object) => signRaw(payload, aHeader(root, { typ: 'liaison-keyset+jws', ...changes }), root);
    expect(await refusalOf(async () => read(await typed({})))).toBe('accepted');
    expect(await refusalOf(async () => read(await typed({ typ: 'liaison-alert+jws' })))).toBe('TYP');
    expect(await refusalOf(async () => read(await typed({ hub: 'test.example' })))).toBe('HUB');
    expect(await refusalOf(async () => read(await typed({ iat: SECONDS + 301 })))).toBe('IAT');
  });
});

describe('a chain of key sets', () => {
  it('leads from the pinned root to the last set', async () => {
    const sets = await chain([firstText, await second()]);
    expect(sets.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('leads to new roots that old and new signed, and on from them', async () => {
    const changed = await second({ roots: jwksOf(newRoot) }, [root, newRoot]);
    const { digest } = await read(changed);
    const after = await aKeySet([newRoot], { seq: 3, prev: digest }, [newRoot], SECONDS - 5 * DAY);
    expect(await refusal([firstText, changed, after])).toBe('accepted');
    const byOldRoot = await aKeySet([newRoot], { seq: 3, prev: digest }, [root], SECONDS - 5 * DAY);
    expect(await refusal([firstText, changed, byOldRoot])).toBe('KEYSET_ROOT');
  });

  it('is refused for roots that are not the pinned ones', async () => {
    expect(await refusal([firstText], [stranger])).toBe('KEYSET_ROOT');
    expect(await refusal([firstText], [])).toBe('KEYSET_ROOT');
    expect(await refusal([firstText], [root, stranger])).toBe('KEYSET_ROOT');
    expect(await refusal([await aKeySet([root, stranger])])).toBe('KEYSET_ROOT');
    expect(await refusal([await aKeySet([root], {}, [stranger])])).toBe('KEYSET_ROOT');
  });

  it('is refused when a signature of a root does not verify', async () => {
    const payload = canonicalize(await payloadOf(firstText));
    const header = aHeader(root, { typ: 'liaison-keyset+jws', iat: FIRST_SIGNED });
    expect(await refusal([await signRaw(payload, header, stranger)])).toBe('SIGNATURE');
    expect(await refusal([await signRaw(payload, header, root)])).toBe('accepted');
  });

  it('is not looked into when nobody signed it whom the set before knows', async () => {
    const dear = { seq: 2, prev: firstDigest, keys: [null] };
    const payload = canonicalize({ ...(await payloadOf(firstText)), ...dear });
    const headerOf = (key: KeyPair) => aHeader(key, { typ: 'liaison-keyset+jws', iat: FIRST_SIGNED });
    expect(await refusal([firstText, await signRaw(payload, headerOf(stranger), stranger)])).toBe('KEYSET_ROOT');
    expect(await refusal([firstText, await signRaw(payload, headerOf(root), stranger)])).toBe('SIGNATURE');
    expect(await refusal([firstText, await signRaw(payload, headerOf(root), root)])).toBe('SHAPE');
  });

  it('S24 gap, repetition or missing beginning', async () => {
    expect(await refusal([firstText, await second({ seq: 3 })])).toBe('KEYSET_SEQ');
    expect(await refusal([firstText, firstText])).toBe('KEYSET_SEQ');
    expect(await refusal([await second()])).toBe('KEYSET_SEQ');
    expect(await refusal([await aKeySet([root], { prev: firstDigest })])).toBe('KEYSET_PREV');
  });

  it('S24 wrong prev', async () => {
    const other = await aKeySet([root], { keys: [] });
    expect(await refusal([other, await second()])).toBe('KEYSET_PREV');
    expect(await refusal([firstText, await second({ prev: null })])).toBe('KEYSET_PREV');
  });

  it('S24 old root only, or new root only', async () => {
    expect(await refusal([firstText, await second({ roots: jwksOf(newRoot) }, [root])])).toBe('KEYSET_ROOT');
    expect(await refusal([firstText, await second({ roots: jwksOf(root, newRoot) }, [root])])).toBe('KEYSET_ROOT');
    expect(await refusal([firstText, await second({ roots: jwksOf(newRoot) }, [newRoot])])).toBe('KEYSET_THRESHOLD');
  });

  it('S24 lowered threshold, even when all roots sign', async () => {
    const roots = [root, newRoot];
    const first = await aKeySet(roots, { threshold: 2 });
    const { digest } = await read(first);
    const next = (threshold: number, signers = roots) =>
      aKeySet(roots, { seq: 2, prev: digest, threshold }, signers, SECONDS - 10 * DAY);
    expect(await refusal([first, await next(2)], roots)).toBe('accepted');
    expect(await refusal([first, await next(1)], roots)).toBe('KEYSET_THRESHOLD');
    expect(await refusal([first, await next(2, [root])], roots)).toBe('KEYSET_THRESHOLD');
    expect(await refusal([await aKeySet(roots, { threshold: 2 }, [root])], roots)).toBe('KEYSET_THRESHOLD');
  });

  it('S24 roots that one of two old ones brings in do not stand for the other', async () => {
    const roots = [root, newRoot];
    const first = await aKeySet(roots, { threshold: 2 });
    const { digest } = await read(first);
    const next = (signers: KeyPair[]) =>
      aKeySet(
        [root, third],
        { seq: 2, prev: digest, threshold: 2, roots: jwksOf(root, third) },
        signers,
        SECONDS - 10 * DAY,
      );
    expect(await refusal([first, await next([root, third])], roots)).toBe('KEYSET_THRESHOLD');
    expect(await refusal([first, await next([root, newRoot, third])], roots)).toBe('accepted');
  });

  it('S24 raised threshold is signed by as many as it now needs', async () => {
    const roots = [root, newRoot, third];
    const first = await aKeySet(roots, { threshold: 1 }, [root]);
    const { digest } = await read(first);
    const next = (signers: KeyPair[]) =>
      aKeySet(roots, { seq: 2, prev: digest, threshold: 2 }, signers, SECONDS - 10 * DAY);
    expect(await refusal([first, await next([root])], roots)).toBe('KEYSET_THRESHOLD');
    expect(await refusal([first, await next([root, third])], roots)).toBe('accepted');
  });

  it('names no root for more than five years, and the old one signs for the new', async () => {
    const fiveYears = FIRST_SIGNED + 1827 * DAY;
    const after = (changes: Partial<KeySetFields>, signers: KeyPair[], iat = fiveYears + 1) =>
      second({ keys: [], ...changes }, signers, iat);
    expect(await chainFault(firstText, await after({}, [root], fiveYears))).toBe('accepted');
    expect(await chainFault(firstText, await after({}, [root]))).toBe('KEY_LIFETIME /roots/0');
    const both = { roots: jwksOf(newRoot, root) };
    expect(await chainFault(firstText, await after(both, [root, newRoot]))).toBe('KEY_LIFETIME /roots/1');
    const renewed = await after({ roots: jwksOf(newRoot) }, [root, newRoot]);
    expect(await chainFault(firstText, renewed)).toBe('accepted');
    const { digest } = await readKeySet(renewed, { hub: HUB });
    const returned = { seq: 3, prev: digest, ...both };
    expect(await chainFault(firstText, renewed, await after(returned, [root, newRoot]))).toBe('KEY_LIFETIME /roots/1');
  });

  it('S23 is refused when a later set adds a key without its holder’s proof', async () => {
    const unproven = anEntry(stranger, { proof: anEntry(stranger, {}, 'LA-CUS').proof });
    const payload = { ...(await payloadOf(await second())), keys: [anEntry(unit), unproven] } as never;
    const text = await signObject(payload, { ...root, iat: SECONDS - 10 * DAY });
    expect(await chainFault(firstText, text)).toBe('KEY_POSSESSION /keys/1/proof');
  });

  it('is refused when it changes agency or runs back in time', async () => {
    const elsewhere = anEntry(unit, { holder: 'unit:LA-CUS-VTE' }, 'LA-CUS');
    expect(await refusal([firstText, await second({ agency: 'LA-CUS', keys: [elsewhere] })])).toBe('FROM');
    expect(await refusal([firstText, await second({}, [root], FIRST_SIGNED - 1)])).toBe('IAT');
  });

  it('is refused when a key changes hands, use or start, even after a pause', async () => {
    const changes: Partial<KeyEntry>[] = [
      { holder: 'unit:VN-CUS-HP' },
      { use: 'auth', kinds: [] },
      { nbf: SECONDS - 29 * DAY },
    ];
    const pause = await second({ keys: [] });
    const { digest } = await read(pause);
    const refusals = changes.map(async (each) => {
      const keys = [anEntry(unit, each)];
      const at = SECONDS - 5 * DAY;
      return [
        await refusal([firstText, await second({ keys })]),
        await refusal([firstText, pause, await aKeySet([root], { seq: 3, prev: digest, keys }, [root], at)]),
      ];
    });
    expect(await Promise.all(refusals)).toEqual(changes.map(() => ['KEY_REUSED', 'KEY_REUSED']));
  });

  it('is refused when a root becomes a key or a key a root', async () => {
    const demoted = await second({ roots: jwksOf(newRoot), keys: [anEntry(root)] }, [root, newRoot]);
    const promoted = await second({ roots: jwksOf(root, unit), keys: [] }, [root, unit]);
    expect(await refusal([firstText, demoted])).toBe('KEY_REUSED');
    expect(await refusal([firstText, promoted])).toBe('KEY_REUSED');
  });

  it('is refused when a revocation is withdrawn', async () => {
    const revoking = await second({ keys: [anEntry(unit, { revoked: revokedAt(SECONDS - 10 * DAY) })] });
    const { digest } = await read(revoking);
    const third = await aKeySet([root], { seq: 3, prev: digest, keys: [anEntry(unit)] }, [root], SECONDS - DAY);
    expect(await refusal([firstText, revoking])).toBe('accepted');
    expect(await refusal([firstText, revoking, third])).toBe('KEY_REVOKED');
  });
});

describe('a chain that breaks says where', () => {
  it('in what becomes of a key, of a root and of the agency', async () => {
    const elsewhere = anEntry(unit, { holder: 'unit:LA-CUS-VTE' }, 'LA-CUS');
    const demoted = await second({ roots: jwksOf(newRoot), keys: [anEntry(root)] }, [root, newRoot]);
    const promoted = await second({ roots: jwksOf(root, unit), keys: [] }, [root, unit]);
    const handed = [anEntry(stranger), anEntry(unit, { holder: 'unit:VN-CUS-HP' })];
    expect(await chainFault(firstText, await second({ agency: 'LA-CUS', keys: [elsewhere] }))).toBe('FROM /agency');
    expect(await chainFault(firstText, demoted)).toBe('KEY_REUSED /keys');
    expect(await chainFault(firstText, promoted)).toBe('KEY_REUSED /roots');
    expect(await chainFault(firstText, await second({ keys: handed }))).toBe('KEY_REUSED /keys/1');
  });

  it('in a revocation that is withdrawn', async () => {
    const revoking = await second({ keys: [anEntry(unit, { revoked: revokedAt(SECONDS - 10 * DAY) })] });
    const { digest } = await read(revoking);
    const after = await aKeySet([root], { seq: 3, prev: digest, keys: [anEntry(unit)] }, [root], SECONDS - DAY);
    expect(await chainFault(firstText, revoking, after)).toBe('KEY_REVOKED /keys/0');
  });

  it('not where a set is signed in the second of the one before', async () => {
    expect(await chainFault(firstText, await second({}, [root], FIRST_SIGNED))).toBe('accepted');
  });
});

describe('the keys in force at a past time', () => {
  it('are those of the set that was signed last before it', async () => {
    const sets = await chain([firstText, await second({ keys: [anEntry(unit), anEntry(stranger)] })]);
    const kidsAt = (seconds: number) => keysInForce(sets, new Date(seconds * 1000)).map(({ kid }) => kid);
    expect(kidsAt(FIRST_SIGNED - DAY)).toStrictEqual([]);
    expect(kidsAt(FIRST_SIGNED - 301)).toStrictEqual([]);
    expect(kidsAt(FIRST_SIGNED - 300)).toEqual([unit.kid]);
    expect(kidsAt(SECONDS - 15 * DAY)).toEqual([unit.kid]);
    expect(kidsAt(SECONDS)).toEqual([unit.kid, stranger.kid]);
  });

  it('know of later revocations, which cannot be dated back before they were signed', async () => {
    const revoked = revokedAt(SECONDS - 19 * DAY);
    const sets = await chain([firstText, await second({ keys: [anEntry(unit, { revoked })] })]);
    const [key] = keysInForce(sets, new Date((SECONDS - 15 * DAY) * 1000));
    expect(key!.revoked).toEqual({ ...revoked, at: SECONDS - 10 * DAY });
  });
});

describe('judgeAt', () => {
  const hour = 3600;
  it.each<[string, Partial<KeyEntry>, number, number, string]>([
    ['valid at iat and at the logged time', {}, 0, 0, 'VALID'],
    ['expired between iat and the logged time', { exp: SECONDS + hour }, 0, hour, 'VALID_RETIRED'],
    ['expired at iat', { exp: SECONDS }, 0, 0, 'INVALID'],
    ['not yet valid at iat', { nbf: SECONDS + 1 }, 0, hour, 'INVALID'],
    ['in its first second at iat', { nbf: SECONDS }, 0, 0, 'VALID'],
    ['superseded after it was logged', { revoked: revokedAt(SECONDS + hour) }, 0, 0, 'VALID_RETIRED'],
    ['ceased after it was logged', { revoked: revokedAt(SECONDS + hour, 'cessation') }, 0, 0, 'VALID_RETIRED'],
    ['superseded between iat and the logged time', { revoked: revokedAt(SECONDS + hour) }, 0, hour, 'DISPUTED'],
    ['superseded before iat', { revoked: revokedAt(SECONDS) }, 0, 0, 'INVALID'],
    ['superseded, said to reach back', { revoked: revokedAt(SECONDS + hour, 'superseded', 0) }, 0, 0, 'VALID_RETIRED'],
    [
      'compromised from after it was logged',
      { revoked: revokedAt(SECONDS + DAY, 'keyCompromise', SECONDS + 1) },
      0,
      0,
      'VALID_RETIRED',
    ],
    [
      'compromised from when it was logged',
      { revoked: revokedAt(SECONDS + DAY, 'keyCompromise', SECONDS) },
      0,
      0,
      'DISPUTED',
    ],
    [
      'compromised from before, iat dated back',
      { revoked: revokedAt(SECONDS, 'keyCompromise', SECONDS - 1) },
      -DAY,
      0,
      'DISPUTED',
    ],
    ['compromised and known to be', { revoked: revokedAt(SECONDS - DAY, 'keyCompromise') }, 0, 0, 'DISPUTED'],
  ])('%s', (_, changes, iat, logged, verdict) => {
    const receivedAt = new Date((SECONDS + logged) * 1000);
    expect(judgeAt(aRegisteredKey(unit, changes), SECONDS + iat, receivedAt)).toBe(verdict);
  });
});

const smallOrder: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };

async function payloadOf(text: string): Promise<JsonObject> {
  const { payload } = JSON.parse(text) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as JsonObject;
}

it('is the same text from signObject', async () => {
  const payload = (await payloadOf(firstText)) as never;
  expect(await signObject(payload, { ...root, iat: FIRST_SIGNED })).toBe(firstText);
});
