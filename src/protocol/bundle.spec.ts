import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkBundle, verifyBundle, type Bundle, type BundledObject, type Trust } from './bundle.js';
import type { Digest } from './digest.js';
import type { Envelope } from './envelope.js';
import { generateKey, type KeyPair } from './keys.js';
import { readKeySet, type KeyEntry } from './key-set.js';
import { makePart } from './part.js';
import { issueReceipt } from './receipt.js';
import { readSignedObject, type Revocation } from './signed-object.js';
import { signObject } from './signing.js';
import { aKeySet, anEntry, anEnvelope, DAY, faultOf, HUB, NOW, SECONDS } from './testing.js';

const REQUEST = 'b5a1c2c4-6f0f-4c58-9d52-6e0a4d3b7f10';
const ANSWER = 'c5a1c2c4-6f0f-4c58-9d52-6e0a4d3b7f10';

let root: KeyPair;
let hubKey: KeyPair;
let unit: KeyPair;
let foreign: KeyPair;
let foreignRoot: KeyPair;
let keySets: Bundle['keySets'];
let trust: Trust;

const bundleOf = (objects: BundledObject[], changes: Partial<Bundle> = {}): Bundle => ({
  v: 1,
  kind: 'bundle',
  hub: HUB,
  objects,
  keySets,
  hubKeys: [],
  ...changes,
});

/** A signed object with its receipt, received at NOW. */
async function anObject(
  changes: Partial<Envelope> = {},
  signers = [unit],
  receivedAt = NOW,
): Promise<BundledObject & { digest: Digest }> {
  const iat = Math.floor(receivedAt.getTime() / 1000);
  const envelope = anEnvelope(changes);
  const text = await signObject(envelope, ...signers.map((pair) => ({ ...pair, iat })));
  const { digest } = await readSignedObject(text, { hub: HUB, now: receivedAt });
  const kids = signers.map(({ kid }) => kid);
  const receipt = await issueReceipt(hubKey, {
    hub: HUB,
    objectDigest: digest,
    kids,
    from: envelope.from,
    receivedAt,
    clock: 'wall',
  });
  return { text, parts: [], receipt, digest };
}

const bundled = ({ text, parts, receipt }: BundledObject): BundledObject => ({ text, parts, receipt });
const judged = (objects: BundledObject[], changes?: Partial<Bundle>, trusted = trust) =>
  verifyBundle(bundleOf(objects.map(bundled), changes), trusted);
/** The key set of VN-CUS, then one signed a day after NOW that changes the unit's key. */
async function withLater(changes: Partial<KeyEntry>): Promise<Partial<Bundle>> {
  const first = keySets['VN-CUS']![0]!;
  const { digest } = await readKeySet(first, { hub: HUB });
  const later = { seq: 2, prev: digest, keys: [anEntry(unit, changes)] };
  return { keySets: { ...keySets, 'VN-CUS': [first, await aKeySet([root], later, [root], SECONDS + DAY)] } };
}

beforeAll(async () => {
  [root, hubKey, unit, foreign, foreignRoot] = await Promise.all([
    generateKey(),
    generateKey(),
    generateKey(),
    generateKey('ES256'),
    generateKey(),
  ]);
  const laos = {
    agency: 'LA-CUS',
    keys: [anEntry(foreign, { holder: 'unit:LA-CUS-VTE', kinds: ['request', 'alert'] }, 'LA-CUS')],
  };
  keySets = {
    'VN-CUS': [await aKeySet([root], { keys: [anEntry(unit)] })],
    'LA-CUS': [await aKeySet([foreignRoot], laos)],
  };
  trust = {
    roots: { 'VN-CUS': [root.publicJwk], 'LA-CUS': [foreignRoot.publicJwk] },
    hubKeys: [hubKey.publicJwk],
  };
});

describe('a bundle', () => {
  it('is verified years later without hub or network', async () => {
    const alert = await anObject();
    expect(await judged([alert])).toEqual([
      {
        id: anEnvelope().id,
        kind: 'alert',
        from: 'VN-CUS',
        digest: alert.digest,
        attachments: [],
        verdict: 'VALID',
        notes: [],
      },
    ]);
  });

  it('survives being written and read', async () => {
    const text = JSON.stringify(bundleOf([bundled(await anObject())]));
    expect(await verifyBundle(checkBundle(JSON.parse(text)), trust)).toEqual([
      expect.objectContaining({ verdict: 'VALID' }),
    ]);
  });

  it('holds a conversation of two agencies, linked by digest', async () => {
    const request = await anObject(
      { id: REQUEST, kind: 'request', from: 'LA-CUS', unit: 'LA-CUS-VTE', to: ['VN-CUS'] },
      [foreign],
    );
    const inReplyTo = { id: REQUEST, digest: request.digest };
    const answer = await anObject({ id: ANSWER, kind: 'answer', inReplyTo });
    expect(await judged([answer, request])).toEqual([
      expect.objectContaining({ verdict: 'VALID', notes: [] }),
      expect.objectContaining({ verdict: 'VALID', notes: [] }),
    ]);
    expect(await judged([answer])).toEqual([
      expect.objectContaining({ verdict: 'VALID', notes: ['IN_REPLY_TO_ABSENT'] }),
    ]);
  });

  it('S26 refuses an answer whose link is not to that request', async () => {
    const request = await anObject(
      { id: REQUEST, kind: 'request', from: 'LA-CUS', unit: 'LA-CUS-VTE', to: ['VN-CUS'] },
      [foreign],
    );
    const otherDigest = await anObject({
      id: ANSWER,
      kind: 'answer',
      inReplyTo: { id: REQUEST, digest: `sha256:${'0'.repeat(64)}` },
    });
    const otherId = await anObject({
      id: ANSWER,
      kind: 'answer',
      inReplyTo: { id: anEnvelope().id, digest: request.digest },
    });
    const refusedLink = { id: ANSWER, kind: 'answer', from: 'VN-CUS', verdict: 'INVALID', error: 'LINK' };
    expect((await judged([request, otherDigest]))[1]).toMatchObject({ ...refusedLink, digest: otherDigest.digest });
    expect((await judged([request, otherId]))[1]).toMatchObject({ ...refusedLink, digest: otherId.digest });
  });

  it('links to no object that is INVALID, and looks for no links of one', async () => {
    const request = await anObject(
      { id: REQUEST, kind: 'request', from: 'LA-CUS', unit: 'LA-CUS-VTE', to: ['VN-CUS'] },
      [foreign],
    );
    const inReplyTo = { id: REQUEST, digest: request.digest };
    const answer = await anObject({ id: ANSWER, kind: 'answer', inReplyTo });
    const { receipt } = await anObject();
    const [invalid, unlinked] = await judged([{ ...request, receipt }, answer]);
    expect(invalid).toMatchObject({ verdict: 'INVALID', error: 'RECEIPT' });
    expect(unlinked).toMatchObject({ verdict: 'VALID', notes: ['IN_REPLY_TO_ABSENT'] });
    expect(await judged([{ ...answer, receipt }])).toEqual([
      expect.objectContaining({ verdict: 'INVALID', error: 'RECEIPT', notes: [] }),
    ]);
  });

  it('lets an object supersede only its own sender’s', async () => {
    const first = await anObject();
    const supersedes = { id: anEnvelope().id, digest: first.digest };
    const next = await anObject({ id: ANSWER, supersedes });
    const theirs = await anObject({ id: REQUEST, from: 'LA-CUS', unit: 'LA-CUS-VTE', supersedes }, [foreign]);
    const [, own, foreignVersion] = await judged([first, next, theirs]);
    expect(own).toMatchObject({ verdict: 'VALID', notes: [] });
    expect(foreignVersion).toMatchObject({ verdict: 'VALID', notes: ['SUPERSEDES_ABSENT'] });
  });

  it('S2 refuses two contents under one id', async () => {
    const both = await judged([await anObject(), await anObject({ purpose: 'OTHER' })]);
    expect(both.map(({ error }) => error)).toEqual(['ID_REUSED', 'ID_REUSED']);
    const [same] = [await anObject()];
    expect((await judged([same, same])).map(({ verdict }) => verdict)).toEqual(['VALID', 'VALID']);
  });

  it('checks the parts that are there and notes those that are not', async () => {
    const part = await makePart('nominal', { name: 'A' });
    const object = await anObject({ parts: [{ name: part.name, sha256: part.sha256 }] });
    const withParts = async (parts: BundledObject['parts']) => (await judged([{ ...object, parts }]))[0];
    expect(await withParts([{ name: 'nominal', text: part.text }])).toMatchObject({ verdict: 'VALID', notes: [] });
    expect(await withParts([{ name: 'nominal', text: null }])).toMatchObject({
      verdict: 'VALID',
      notes: ['PART_WITHHELD'],
    });
    expect(await withParts([])).toMatchObject({ verdict: 'VALID', notes: ['PART_WITHHELD'] });
    const other = await makePart('nominal', { name: 'A' });
    expect(await withParts([{ name: 'nominal', text: other.text }])).toMatchObject({
      verdict: 'INVALID',
      error: 'PART',
    });
    expect(await withParts([{ name: 'means', text: part.text }])).toMatchObject({ verdict: 'INVALID', error: 'PART' });
    const twice = [
      { name: 'nominal', text: part.text },
      { name: 'nominal', text: null },
    ];
    expect(await withParts(twice)).toMatchObject({ verdict: 'INVALID', error: 'PART' });
  });

  it('threats 42 trusts no root, hub key or key set of its own', async () => {
    const object = await anObject();
    const one = async (changes: Partial<Bundle>, trusted: Trust) => (await judged([object], changes, trusted))[0];
    const ownHubKeys = { hubKeys: [hubKey.publicJwk] };
    expect(await one(ownHubKeys, { ...trust, hubKeys: [] })).toMatchObject({
      verdict: 'INVALID',
      error: 'KEY_UNKNOWN',
    });
    expect(await one({}, { ...trust, roots: {} })).toMatchObject({ verdict: 'INVALID', error: 'KEYSET_ROOT' });
    expect(await one({ keySets: {} }, trust)).toMatchObject({ verdict: 'INVALID', error: 'KEY_UNKNOWN' });
    const swapped = { keySets: { 'VN-CUS': keySets['LA-CUS']! } };
    expect(await one(swapped, trust)).toMatchObject({ verdict: 'INVALID', error: 'KEYSET_ROOT' });
    const renamed = { ...trust, roots: { 'VN-CUS': [foreignRoot.publicJwk] } };
    expect(await one(swapped, renamed)).toMatchObject({ verdict: 'INVALID', error: 'FROM' });
    const proto = { keySets: JSON.parse('{"__proto__":["x"]}') as Bundle['keySets'] };
    expect(await one(proto, trust)).toMatchObject({ verdict: 'INVALID', error: 'KEY_UNKNOWN' });
  });

  it('refuses another object’s receipt, signers that it does not name, and another hub', async () => {
    const [one, other] = [await anObject(), await anObject({ id: ANSWER })];
    const joint = await anObject({}, [unit, foreign]);
    expect((await judged([{ ...one, receipt: other.receipt }]))[0]).toMatchObject({ error: 'RECEIPT' });
    expect((await judged([{ ...one, receipt: joint.receipt }]))[0]).toMatchObject({ error: 'RECEIPT' });
    expect((await judged([one], { hub: 'demo.example' }))[0]).toMatchObject({
      error: 'HUB',
      verdict: 'INVALID',
      id: null,
    });
    expect((await judged([{ ...one, text: '{}' }]))[0]).toMatchObject({
      error: 'SHAPE',
      digest: null,
      attachments: [],
    });
  });

  it('refuses a receipt that names another sender', async () => {
    const { text, digest } = await anObject();
    const fields = { hub: HUB, objectDigest: digest, kids: [unit.kid], receivedAt: NOW, clock: 'wall' } as const;
    const receipt = await issueReceipt(hubKey, { ...fields, kids: [...fields.kids], from: 'LA-CUS' });
    expect((await judged([{ text, parts: [], receipt }]))[0]).toMatchObject({ verdict: 'INVALID', error: 'RECEIPT' });
  });

  it('takes two parts of one object', async () => {
    const both = [await makePart('nominal', { name: 'A' }), await makePart('means', {})];
    const object = await anObject({ parts: both.map(({ name, sha256 }) => ({ name, sha256 })) });
    const parts = both.map(({ name, text }) => ({ name, text }));
    expect((await judged([{ ...object, parts }]))[0]).toMatchObject({ verdict: 'VALID', notes: [] });
  });

  it('refuses an object by another agency’s key', async () => {
    expect((await judged([await anObject({}, [foreign])]))[0]).toMatchObject({ error: 'KEY_UNKNOWN' });
  });

  it('judges what was received before the key set that lists the signer as INVALID', async () => {
    const early = new Date((SECONDS - 21 * DAY) * 1000);
    expect((await judged([await anObject({}, [unit], early)]))[0]).toMatchObject({ error: 'KEY_UNKNOWN' });
  });

  it.each<[string, Revocation, object]>([
    [
      'retires',
      { at: SECONDS + DAY, invalidFrom: SECONDS + DAY, reason: 'superseded' },
      { verdict: 'VALID_RETIRED', notes: ['KEY_RETIRED'] },
    ],
    [
      'retires, dated back',
      { at: SECONDS - DAY, invalidFrom: SECONDS - DAY, reason: 'cessation' },
      { verdict: 'VALID_RETIRED' },
    ],
    [
      'reports stolen since later',
      { at: SECONDS + DAY, invalidFrom: SECONDS + 1, reason: 'keyCompromise' },
      { verdict: 'VALID_RETIRED', notes: ['KEY_COMPROMISED', 'KEY_RETIRED'] },
    ],
    [
      'reports stolen since earlier',
      { at: SECONDS + DAY, invalidFrom: SECONDS - DAY, reason: 'keyCompromise' },
      { verdict: 'DISPUTED', notes: ['KEY_COMPROMISED'] },
    ],
  ])('keeps its word about a key that a later set %s', async (_, revoked, expected) => {
    expect((await judged([await anObject()], await withLater({ revoked })))[0]).toMatchObject(expected);
  });

  it('notes a compromise of one of two signers', async () => {
    const second = await generateKey();
    const revoked: Revocation = { at: SECONDS + DAY, invalidFrom: SECONDS + 1, reason: 'keyCompromise' };
    const first = await aKeySet([root], { keys: [anEntry(unit), anEntry(second)] });
    const { digest: prev } = await readKeySet(first, { hub: HUB });
    const keys = [anEntry(unit), anEntry(second, { revoked })];
    const later = await aKeySet([root], { seq: 2, prev, keys }, [root], SECONDS + DAY);
    const changes = { keySets: { ...keySets, 'VN-CUS': [first, later] } };
    expect((await judged([await anObject({}, [unit, second])], changes))[0]).toMatchObject({
      verdict: 'VALID_RETIRED',
      notes: ['KEY_COMPROMISED', 'KEY_RETIRED'],
    });
  });

  it('judges a signature by a key already retired as INVALID', async () => {
    const revoked: Revocation = { at: SECONDS + DAY, invalidFrom: SECONDS + DAY, reason: 'superseded' };
    const late = await anObject({}, [unit], new Date((SECONDS + 2 * DAY) * 1000));
    expect((await judged([late], await withLater({ revoked })))[0]).toMatchObject({
      verdict: 'INVALID',
      error: 'KEY_REVOKED',
    });
  });

  it('keeps old objects valid when the key may sign less later', async () => {
    expect((await judged([await anObject()], await withLater({ kinds: ['answer'] })))[0]).toMatchObject({
      verdict: 'VALID',
    });
  });

  it('marks late feedback and a simulated clock', async () => {
    const receivedAt = NOW;
    const text = await signObject(anEnvelope({ kind: 'feedback' }), { ...unit, iat: SECONDS - 5 * DAY });
    const { digest: objectDigest } = await readSignedObject(text, { hub: HUB, now: NOW });
    const fields = {
      hub: HUB,
      objectDigest,
      kids: [unit.kid],
      from: 'VN-CUS',
      receivedAt,
      clock: 'simulated' as const,
    };
    const receipt = await issueReceipt(hubKey, fields);
    expect((await judged([{ text, parts: [], receipt }]))[0]).toMatchObject({ notes: ['LATE', 'CLOCK_SIMULATED'] });
  });

  it.each<[string, object, string]>([
    ['another version', { v: 2 }, '/v'],
    ['another kind', { kind: 'receipt' }, '/kind'],
    ['an unknown member', { more: 1 }, '/more'],
    ['objects that are no list', { objects: {} }, '/objects'],
    ['an object that is text', { objects: [{ text: '', parts: [], receipt: '' }, ''] }, '/objects/1'],
    ['an object without receipt', { objects: [{ text: '', parts: [] }] }, '/objects/0/receipt'],
    ['a receipt that is null', { objects: [{ text: '', parts: [], receipt: null }] }, '/objects/0/receipt'],
    ['an object whose text is null', { objects: [{ text: null, parts: [], receipt: '' }] }, '/objects/0/text'],
    ['parts that are no list', { objects: [{ text: '', parts: {}, receipt: '' }] }, '/objects/0/parts'],
    [
      'a part without text',
      { objects: [{ text: '', receipt: '', parts: [{ name: 'a', text: null }, { name: 'b' }] }] },
      '/objects/0/parts/1/text',
    ],
    [
      'a part that is a number',
      { objects: [{ text: '', receipt: '', parts: [{ name: 'a', text: 1 }] }] },
      '/objects/0/parts/0/text',
    ],
    [
      'a part without name',
      { objects: [{ text: '', receipt: '', parts: [{ name: null, text: '' }] }] },
      '/objects/0/parts/0/name',
    ],
    ['key sets in a list', { keySets: [] }, '/keySets'],
    ['an agency without key set', { keySets: { 'VN-CUS': [] } }, '/keySets/VN-CUS'],
    ['a key set that is no text', { keySets: { 'VN-CUS': ['', 1] } }, '/keySets/VN-CUS/1'],
    ['hub keys that are no list', { hubKeys: {} }, '/hubKeys'],
    ['no hub', { hub: '' }, '/hub'],
  ])('is no bundle with %s, and it says where', async (_, changes, pointer) => {
    const wrong = { ...bundleOf([]), ...changes };
    expect(await faultOf(() => verifyBundle(wrong, trust))).toBe(`SHAPE ${pointer}`);
  });
});
