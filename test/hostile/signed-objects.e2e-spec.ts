import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { p256 } from '@noble/curves/nist.js';
import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.js';
import { canonicalize } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope, ObjectLink } from '../../src/protocol/envelope.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import type { KeyEntry } from '../../src/protocol/key-set.js';
import { makePart } from '../../src/protocol/part.js';
import { signObject } from '../../src/protocol/signing.js';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { aRecallBody, someNominalData } from '../../src/exchange/body/body.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { aHandling } from '../support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from '../support/hub.js';
import {
  addKeys,
  aHeader,
  anAlert,
  anEntry,
  aReference,
  fingerprint,
  newestKeySet,
  nextKeySet,
  nowSeconds,
  publish,
  signAs,
  submitText,
  SUBMIT_TEXT,
  verdictOf,
} from './hostile.js';

const DAY = 86_400;

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let kh: Party;
let agreement: string;
/** Further keys of VN-CUS-AS: one more that signs, and those that may not. */
let keys: Record<'second' | 'expired' | 'early' | 'revoked' | 'enc' | 'other' | 'person', KeyPair>;
/** A genuine alert from VN-CUS to TH-CUS, accepted before the attacks. */
let genuine: { envelope: Envelope; text: string; receipt: string };

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  kh = await t.enrol('KH-CUS-HQ', { alg: 'ES256' });
  agreement = await t.agree([vn, th, la, kh]);
  const [second, expired, early, revoked, enc, other, person] = await Promise.all(
    Array.from({ length: 7 }, () => generateKey()),
  );
  keys = {
    second: second!,
    expired: expired!,
    early: early!,
    revoked: revoked!,
    enc: enc!,
    other: other!,
    person: person!,
  };
  const now = nowSeconds();
  await addKeys(vn, [
    anEntry(vn, keys.second),
    anEntry(vn, keys.expired, { nbf: now - 10 * DAY, exp: now - 60 }),
    anEntry(vn, keys.early, { nbf: now + 600, exp: now + 10 * DAY }),
    anEntry(vn, keys.revoked, { revoked: { at: now - 60, invalidFrom: now - 60, reason: 'superseded' } }),
    anEntry(vn, keys.enc, { use: 'enc', kinds: [] }),
    anEntry(vn, keys.other, { kinds: ['answer', 'seizure'] }),
    anEntry(vn, keys.person, { holder: 'p:officer1' }),
  ]);
  const envelope = toThailand();
  const text = await signAs(vn.signing, envelope);
  const answer = await submitText(vn, text);
  expect(answer.errors).toBeUndefined();
  genuine = { envelope, text, receipt: answer.data!.submit.receipt };
});
afterAll(() => t.stop());

function toThailand(changes: Partial<Envelope> = {}): Envelope {
  return anAlert(vn, ['TH-CUS'], agreement, changes);
}

/** Whether a submission is refused with this verdict, leaving every row of every table as it was. */
async function expectRefusal(party: Party, text: string, verdict: string, parts: object[] = []): Promise<void> {
  const before = await fingerprint(t.database);
  const answer = await submitText(party, text, parts);
  expect({ verdict: verdictOf(answer), data: answer.data }).toEqual({ verdict, data: null });
  expect(await fingerprint(t.database)).toEqual(before);
}

interface Outer {
  payload: string;
  signatures: { protected: string; signature: string }[];
}
const outerOf = (text: string): Outer => JSON.parse(text) as Outer;

/** A fresh genuine text, its outer object changed after signing. */
async function changed(change: (outer: Outer) => unknown): Promise<string> {
  return JSON.stringify(change(outerOf(await signAs(vn.signing, toThailand()))));
}
const withSignature = (change: (signature: string) => string): Promise<string> =>
  changed(({ payload, signatures: [one] }) => ({
    payload,
    signatures: [{ protected: one!.protected, signature: change(one!.signature) }],
  }));
const withHeader = (changes: object): Promise<string> => signAs(vn.signing, toThailand(), aHeader(vn.signing, changes));
const withPayload = (payload: string | Uint8Array): Promise<string> => signAs(vn.signing, payload);
const hostileKey = async (name: keyof typeof keys): Promise<string> => signAs(keys[name], toThailand());

type Attack = [name: string, make: () => Promise<string> | string, sub: string];

const ATTACKS: Attack[] = [
  [
    'S2 the id of an accepted object with other content',
    () => signAs(vn.signing, toThailand({ id: genuine.envelope.id })),
    'ID_REUSED',
  ],
  [
    'S3 a payload byte changed after signing',
    () =>
      changed(({ payload, signatures }) => ({
        payload: encodeBase64url(
          Buffer.from(Buffer.from(payload, 'base64url').toString().replace('pallets', 'pallet5')),
        ),
        signatures,
      })),
    'SIGNATURE',
  ],
  ['S4 signature with ==', () => withSignature((signature) => `${signature}==`), 'B64'],
  ['S4 signature with a newline', () => withSignature((signature) => `${signature}\n`), 'B64'],
  [
    'S4 signature with an inner space',
    () => withSignature((signature) => `${signature.slice(0, 9)} ${signature.slice(9)}`),
    'B64',
  ],
  [
    'S4 signature with altered trailing bits',
    () => withSignature((signature) => signature.slice(0, -1) + stray(signature.at(-1)!)),
    'B64',
  ],
  ['S4 an empty signature', () => withSignature(() => ''), 'B64'],
  ['S5 a pretty-printed payload', () => withPayload(JSON.stringify(sorted(toThailand()), null, 2)), 'NOT_CANONICAL'],
  ['S5 an unsorted payload', () => withPayload(JSON.stringify(toThailand())), 'NOT_CANONICAL'],
  [
    'S5 a pretty-printed outer object',
    async () => JSON.stringify(outerOf(await signAs(vn.signing, toThailand())), null, 1),
    'NOT_CANONICAL',
  ],
  [
    'S6 a member twice in the payload',
    () => withPayload(canonicalize(toThailand()).replace('"v":1', '"v":1,"v":1')),
    'NOT_CANONICAL',
  ],
  [
    'S6 a member twice in the header',
    () => signAs(vn.signing, toThailand(), canonicalize(aHeader(vn.signing)).replace('{', '{"alg":"none",')),
    'NOT_CANONICAL',
  ],
  [
    'S6 two payloads for two parsers',
    async () => (await signAs(vn.signing, toThailand())).replace('{', `{"payload":"${outerOf(genuine.text).payload}",`),
    'NOT_CANONICAL',
  ],
  ['S7 a byte order mark', () => withPayload(`\ufeff${canonicalize(toThailand())}`), 'JSON'],
  ['S7 bytes that are not UTF-8', () => withPayload(Uint8Array.of(0x7b, 0xff, 0x7d)), 'UTF8'],
  ['S7 a lone surrogate', () => withPayload(String.raw`{"a":"\ud800"}`), 'SURROGATE'],
  ['S8 1.5', () => withPayload('{"a":1.5}'), 'NUMBER'],
  ['S8 2^53+1', () => withPayload('{"a":9007199254740993}'), 'NUMBER'],
  ['S8 -0', () => withPayload('{"a":-0}'), 'NUMBER'],
  ['S8 1e400', () => withPayload('{"a":1e400}'), 'NUMBER'],
  ['S9 200 levels deep', () => withPayload(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`), 'DEPTH'],
  ['S9 an array as payload', () => withPayload('[]'), 'SHAPE'],
  ['S9 null as payload', () => withPayload('null'), 'SHAPE'],
  ['S9 an empty payload', () => withPayload(''), 'B64'],
  ['S9 no text at all', () => '', 'JSON'],
  ['S9 null', () => 'null', 'SHAPE'],
  ['S9 more than 1 MB', () => ' '.repeat(1_000_001), 'SIZE'],
  ['S9 an unknown member', () => signAs(vn.signing, { ...toThailand(), extra: 1 }), 'SHAPE'],
  [
    'S9 __proto__ as a member',
    () => withPayload(canonicalize(JSON.parse(`{"__proto__":{"from":"VN-CUS"},"kind":"alert","hub":"${HUB_ID}"}`))),
    'SHAPE',
  ],
  ['S10 alg none', () => withHeader({ alg: 'none' }), 'ALG'],
  ['S10 alg EdDSA', () => withHeader({ alg: 'EdDSA' }), 'ALG'],
  ['S10 the algorithm of another kind of key', () => withHeader({ alg: 'ES256' }), 'ALG'],
  ['S10 HS256 with the public key as secret', () => hmacForgery(), 'ALG'],
  ['S11 jwk in the header', async () => withHeader({ jwk: (await generateKey()).publicJwk }), 'HEADER_UNKNOWN'],
  ['S11 jku', () => withHeader({ jku: 'https://evil.example/keys' }), 'HEADER_UNKNOWN'],
  ['S11 x5u', () => withHeader({ x5u: 'https://evil.example/cert' }), 'HEADER_UNKNOWN'],
  ['S11 x5c', () => withHeader({ x5c: ['MIIB'] }), 'HEADER_UNKNOWN'],
  ['S11 b64: false', () => withHeader({ b64: false }), 'HEADER_UNKNOWN'],
  ['S12 crit', () => withHeader({ crit: ['b64'], b64: false }), 'CRIT'],
  [
    'S13 an unprotected header',
    () =>
      changed(({ payload, signatures: [one] }) =>
        sorted({ payload, signatures: [sorted({ ...one!, header: { alg: 'none' } })] }),
      ),
    'SHAPE',
  ],
  ['S13 one more outer member', () => changed((outer) => sorted({ ...outer, extra: 1 })), 'SHAPE'],
  ['S13 the flattened form', () => changed(({ payload, signatures: [one] }) => ({ payload, ...one! })), 'SHAPE'],
  ['S13 the compact form', async () => compact(await signAs(vn.signing, toThailand())), 'JSON'],
  ['S14 no signature', () => changed(({ payload }) => ({ payload, signatures: [] })), 'SIG_COUNT'],
  [
    'S14 the same signature twice',
    () => changed(({ payload, signatures: [one] }) => ({ payload, signatures: [one, one] })),
    'KID_DUP',
  ],
  [
    'S14 99 signatures',
    () => changed(({ payload, signatures: [one] }) => ({ payload, signatures: Array(99).fill(one) })),
    'SIG_COUNT',
  ],
  ['S15 a good and a bad signature', () => twoSignatures(true), 'SIGNATURE'],
  ['S15 a bad and a good signature', () => twoSignatures(false), 'SIGNATURE'],
  ['S16 the type of a token', () => withHeader({ typ: 'at+jwt' }), 'TYP'],
  ['S16 the type of a key set', () => withHeader({ typ: 'liaison-keyset+jws' }), 'TYP'],
  ['S16 the type of another kind', () => withHeader({ typ: 'liaison-request+jws' }), 'KIND'],
  ['S16 the kind of another type', () => signAs(vn.signing, toThailand({ kind: 'request' })), 'KIND'],
  [
    'S16 a kind that nobody has registered',
    () => signAs(vn.signing, toThailand({ kind: 'seizure' }), aHeader(vn.signing, { typ: 'liaison-seizure+jws' })),
    'KEY_KIND',
  ],
  [
    'S16 a kind that nobody has registered, though the key may sign it',
    () => signAs(keys.other, toThailand({ kind: 'seizure' }), aHeader(keys.other, { typ: 'liaison-seizure+jws' })),
    'KIND',
  ],
  ['S17 made for another hub, by its header', () => withHeader({ hub: 'production.example' }), 'HUB'],
  [
    'S17 made for another hub, by its payload',
    () => signAs(vn.signing, toThailand({ hub: 'production.example' })),
    'HUB',
  ],
  ['S18 signed in an hour', () => withHeader({ iat: nowSeconds() + 3600 }), 'IAT'],
  ['S18 signed 80 hours ago', () => withHeader({ iat: nowSeconds() - 80 * 3600 }), 'IAT'],
  ['S18 signed at a string', () => withHeader({ iat: String(nowSeconds()) }), 'IAT'],
  ['S19 an unknown key', async () => signAs(await generateKey(), toThailand()), 'KEY_UNKNOWN'],
  ['S19 a path and SQL as kid', () => withHeader({ kid: `../../x' OR 1=1--` }), 'KID'],
  ['S19 __proto__ as kid', () => withHeader({ kid: '__proto__' }), 'KID'],
  [
    "S20 another agency's object signed with one's own key",
    () => signAs(vn.signing, { ...toThailand(), from: 'TH-CUS', unit: 'TH-CUS-LCB' }),
    'FROM',
  ],
  [
    "S20 another agency's kid with one's own signature",
    () => signAs(vn.signing, toThailand(), aHeader(th.signing)),
    'FROM',
  ],
  [
    "S20 one's own kid with a stranger's signature",
    async () => signAs(await generateKey(), toThailand(), aHeader(vn.signing)),
    'SIGNATURE',
  ],
  ['S20 another unit of the same agency', () => signAs(vn.signing, toThailand({ unit: 'VN-CUS-HP' })), 'UNIT'],
  ['S20 signed jointly with another agency', () => signObject(toThailand(), vn.signing, th.signing), 'FROM'],
  ['S21 an expired key', () => hostileKey('expired'), 'KEY_EXPIRED'],
  ['S21 a key that is not yet valid', () => hostileKey('early'), 'KEY_NOT_YET'],
  ['S21 a revoked key', () => hostileKey('revoked'), 'KEY_REVOKED'],
  ['S21 a sealing key', () => hostileKey('enc'), 'KEY_USE'],
  ['S21 a sign-in key', () => signAs(vn.client, toThailand()), 'KEY_USE'],
  ['S21 a root key', () => signAs(vn.root, toThailand()), 'KEY_UNKNOWN'],
  ['S21 a key that may not sign this kind', () => hostileKey('other'), 'KEY_KIND'],
  [
    'S28 an attachment',
    () =>
      signAs(vn.signing, toThailand({ attachments: [{ sha256: 'a'.repeat(64), size: '1', mediaType: 'image/png' }] })),
    'ATTACHMENT',
  ],
  ['S29 a receipt of the hub', () => genuine.receipt, 'TYP'],
  ['S29 a key set', async () => nextKeySet(vn), 'TYP'],
];

describe('hostile signed objects', () => {
  it.each(ATTACKS)('%s', async (_, make, sub) => {
    await expectRefusal(vn, await make(), `BAD_SIGNED_OBJECT/${sub}`);
  });

  it('the object from which they differ in one thing is accepted', async () => {
    expect(verdictOf(await submitText(vn, await signAs(vn.signing, toThailand())))).toBe('accepted');
    expect(verdictOf(await submitText(vn, await signObject(toThailand(), vn.signing, keys.second)))).toBe('accepted');
  });

  it('S1 a replay changes nothing and gets the first receipt', async () => {
    const before = await fingerprint(t.database);
    for (let i = 0; i < 3; i += 1) {
      const answer = await submitText(vn, genuine.text);
      expect(answer.data?.submit).toMatchObject({ id: genuine.envelope.id, receipt: genuine.receipt, repeated: true });
    }
    // Another signature over the same payload is the same object.
    const again = await submitText(vn, await signAs(keys.second, genuine.envelope, aHeader(keys.second)));
    expect(again.data?.submit).toMatchObject({ receipt: genuine.receipt, repeated: true });
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('S1 the same object from many at once is stored once, with one receipt', async () => {
    const text = await signAs(vn.signing, toThailand());
    const answers = await Promise.all(Array.from({ length: 12 }, () => submitText(vn, text)));
    expect(answers.map(verdictOf)).toEqual(answers.map(() => 'accepted'));
    expect(new Set(answers.map((answer) => answer.data!.submit.receipt)).size).toBe(1);
    expect(answers.filter((answer) => !answer.data!.submit.repeated)).toHaveLength(1);
  });

  it('S2 two contents under one id at once: one is accepted', async () => {
    const id = randomUUID();
    const texts = await Promise.all(Array.from({ length: 6 }, () => signAs(vn.signing, toThailand({ id }))));
    const verdicts = (await Promise.all(texts.map((text) => submitText(vn, text)))).map(verdictOf);
    expect(verdicts.sort()).toEqual([...Array<string>(5).fill('BAD_SIGNED_OBJECT/ID_REUSED'), 'accepted']);
  });

  it("S20 another agency's genuine text is no such object, whether the hub has it or not", async () => {
    const before = await fingerprint(t.database);
    const unsent = await signAs(vn.signing, toThailand());
    const nowhere = await la.askRaw('query { object(id: "00000000-0000-4000-8000-000000000000") { id } }');
    const answers = await Promise.all(
      [genuine.text, unsent].map((object) => la.askRaw(SUBMIT_TEXT, { object, parts: [] })),
    );
    expect(answers[0]).toBe(answers[1]);
    // Also to the addressee, who can read it; and word for word what any missing object gets.
    expect(await th.askRaw(SUBMIT_TEXT, { object: genuine.text, parts: [] })).toBe(answers[0]);
    const wordsOf = (text: string): unknown => {
      const [error] = (JSON.parse(text) as { errors: { message: string; extensions: object }[] }).errors;
      return { message: error!.message, extensions: error!.extensions };
    };
    expect(wordsOf(answers[0]!)).toEqual(wordsOf(nowhere));
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('S25 an ES256 signature mirrored to (r, n−s) is a replay, not a new object', async () => {
    const text = await signAs(kh.signing, anAlert(kh, ['TH-CUS'], agreement));
    const first = await submitText(kh, text);
    const before = await fingerprint(t.database);
    const mirrored = mirror(text);
    expect(mirrored).not.toBe(text);
    const second = await submitText(kh, mirrored);
    expect(second.data?.submit).toEqual({ ...first.data!.submit, repeated: true });
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('S25 the mirrored signature first, and the original is the replay', async () => {
    const text = await signAs(kh.signing, anAlert(kh, ['TH-CUS'], agreement));
    const first = await submitText(kh, mirror(text));
    const second = await submitText(kh, text);
    expect(second.data?.submit).toEqual({ ...first.data!.submit, repeated: true });
  });
});

describe('links to other objects', () => {
  const linkTo = async (envelope: Envelope): Promise<ObjectLink> => ({
    id: envelope.id,
    digest: digestOf(canonicalize(envelope)),
  });
  const aRecall = (from: Party, of: Envelope, link: ObjectLink): Promise<string> => {
    const body = aRecallBody() as unknown as JsonObject;
    const envelope = anAlert(from, of.to, agreement, { kind: 'recall', inReplyTo: link, body });
    return signAs(from.signing, envelope, aHeader(from.signing, { typ: 'liaison-recall+jws' }));
  };
  const sent = async (from: Party, to: string[]): Promise<Envelope> => {
    const envelope = anAlert(from, to, agreement);
    expect(verdictOf(await submitText(from, await signAs(from.signing, envelope)))).toBe('accepted');
    return envelope;
  };
  const version = (from: Party, before: Envelope, supersedes: ObjectLink): Promise<string> =>
    signAs(from.signing, anAlert(from, before.to, agreement, { supersedes, body: before.body }));

  it('S26 a reply whose digest is not that of the object', async () => {
    const target = await sent(vn, ['TH-CUS']);
    const { id } = await linkTo(target);
    const wrong = { id, digest: (await linkTo(genuine.envelope)).digest };
    await expectRefusal(vn, await aRecall(vn, target, wrong), 'BAD_SIGNED_OBJECT/LINK');
    await expectRefusal(vn, await version(vn, target, wrong), 'BAD_SIGNED_OBJECT/LINK');
  });

  it('S30 a new version of what another agency sent: hidden, seen and missing are one answer', async () => {
    const target = await sent(vn, ['TH-CUS']);
    const missing = { id: randomUUID(), digest: (await linkTo(target)).digest };
    const answers = [];
    for (const [party, link] of [
      [la, await linkTo(target)],
      [th, await linkTo(target)],
      [la, missing],
      [th, missing],
    ] as const) {
      const before = await fingerprint(t.database);
      const object = await signAs(party.signing, anAlert(party, ['VN-CUS'], agreement, { supersedes: link }));
      answers.push(await party.askRaw(SUBMIT_TEXT, { object, parts: [] }));
      expect(await fingerprint(t.database)).toEqual(before);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('LINK');
  });

  it('S30 a new version or a second recall of what has been recalled', async () => {
    const target = await sent(vn, ['TH-CUS']);
    expect(verdictOf(await submitText(vn, await aRecall(vn, target, await linkTo(target))))).toBe('accepted');
    await expectRefusal(vn, await version(vn, target, await linkTo(target)), 'CONFLICT/RECALLED');
    await expectRefusal(vn, await aRecall(vn, target, await linkTo(target)), 'CONFLICT/RECALLED');
  });

  it('threats 43 a second successor of one version, one after the other and at once', async () => {
    const target = await sent(vn, ['TH-CUS']);
    const texts = await Promise.all([1, 2, 3, 4].map(async () => version(vn, target, await linkTo(target))));
    const verdicts = (await Promise.all(texts.map((text) => submitText(vn, text)))).map(verdictOf);
    expect(verdicts.sort()).toEqual([...Array<string>(3).fill('CONFLICT/SUPERSEDED'), 'accepted']);
    await expectRefusal(vn, await version(vn, target, await linkTo(target)), 'CONFLICT/SUPERSEDED');
    await expectRefusal(vn, await aRecall(vn, target, await linkTo(target)), 'CONFLICT/SUPERSEDED');
  });

  it('a recall of what another agency sent, by its addressee and by a stranger', async () => {
    const target = await sent(vn, ['TH-CUS']);
    const link = await linkTo(target);
    await expectRefusal(
      th,
      await aRecall(th, { ...target, to: ['VN-CUS'] }, link),
      'BAD_USER_INPUT//inReplyTo recallable',
    );
    await expectRefusal(la, await aRecall(la, { ...target, to: ['VN-CUS'] }, link), 'BAD_SIGNED_OBJECT/LINK');
    const seen = await th.ask<{ alert: { state: string } }>('query($id: ID!) { alert(id: $id) { state } }', {
      id: target.id,
    });
    expect(seen.data?.alert.state).toBe('RELEASED');
  });

  it('a recall or a version that goes to others than the object did', async () => {
    const target = await sent(vn, ['TH-CUS']);
    const link = await linkTo(target);
    await expectRefusal(
      vn,
      await aRecall(vn, { ...target, to: ['LA-CUS'] }, link),
      'BAD_USER_INPUT//to RECALL_ADDRESSEES',
    );
    await expectRefusal(
      vn,
      await version(vn, { ...target, to: ['TH-CUS', 'LA-CUS'] }, link),
      'BAD_USER_INPUT//to SUPERSEDES_ADDRESSEES',
    );
  });
});

describe('what an object carries', () => {
  const nominal = async (): Promise<{ envelope: Envelope; text: string }> => {
    const part = await makePart('nominal', someNominalData());
    const envelope = toThailand({
      parts: [{ name: part.name, sha256: part.sha256 }],
      body: aPersonAlertBody({ ref: aReference('VN') }) as unknown as JsonObject,
    });
    return { envelope, text: part.text };
  };

  it('must come with exactly its parts', async () => {
    const { envelope, text } = await nominal();
    const object = await signAs(vn.signing, envelope);
    const refused = 'BAD_SIGNED_OBJECT/PART';
    await expectRefusal(vn, object, refused);
    await expectRefusal(vn, object, refused, [{ name: 'nominal', text: text.replace('Savannakhet', 'Savannakhet2') }]);
    await expectRefusal(vn, object, refused, [{ name: 'other', text }]);
    await expectRefusal(vn, object, refused, [
      { name: 'nominal', text },
      { name: 'nominal', text },
    ]);
    await expectRefusal(vn, await signAs(vn.signing, toThailand()), refused, [{ name: 'nominal', text }]);
    expect(verdictOf(await submitText(vn, object, [{ name: 'nominal', text }]))).toBe('accepted');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'G18 has no part %s, which every object of JavaScript has',
    async (name) => {
      const { text, sha256 } = await makePart(name, {});
      const object = await signAs(vn.signing, toThailand({ parts: [{ name, sha256 }] }));
      await expectRefusal(vn, object, 'BAD_SIGNED_OBJECT/PART', [{ name, text }]);
    },
  );

  it('may be neither above the clearance of who sends it nor outside an agreement', async () => {
    const low = await t.enrol('PH-CUS-MNL', { clearance: 0 });
    const theirs = await t.agree([low, th]);
    const restricted = { handling: aHandling(theirs, { classification: 'RESTRICTED' }) as JsonObject };
    await expectRefusal(low, await signAs(low.signing, anAlert(low, ['TH-CUS'], theirs, restricted)), 'FORBIDDEN');
    const elsewhere = await t.agree([th, la]);
    await expectRefusal(
      vn,
      await signAs(vn.signing, anAlert(vn, ['TH-CUS'], elsewhere)),
      'BAD_USER_INPUT//handling/legalBasis AGREEMENT',
    );
    await expectRefusal(
      vn,
      await signAs(vn.signing, anAlert(vn, ['TH-CUS'], 'NO-SUCH-ONE')),
      'BAD_USER_INPUT//handling/legalBasis AGREEMENT',
    );
    await expectRefusal(
      vn,
      await signAs(vn.signing, anAlert(vn, ['PH-CUS'], agreement)),
      'BAD_USER_INPUT//handling/legalBasis AGREEMENT',
    );
    await expectRefusal(
      vn,
      await signAs(vn.signing, anAlert(vn, ['VN-CUS'], agreement)),
      'BAD_USER_INPUT//to/0 ADDRESSEE',
    );
    await expectRefusal(
      vn,
      await signAs(vn.signing, anAlert(vn, ['ZZ-CUS'], agreement)),
      'BAD_USER_INPUT//to/0 ADDRESSEE',
    );
  });

  it('is addressed to a hidden community as to a missing one', async () => {
    const theirs = await t.community([th, la]);
    const hidden = await submitText(vn, await signAs(vn.signing, anAlert(vn, [theirs], agreement)));
    const missing = `community:${randomUUID()}`;
    const nowhere = await submitText(vn, await signAs(vn.signing, anAlert(vn, [missing], agreement)));
    expect(JSON.stringify(hidden).replaceAll(theirs, '')).toBe(JSON.stringify(nowhere).replaceAll(missing, ''));
    expect(verdictOf(hidden)).toBe('BAD_USER_INPUT//to/0 ADDRESSEE');
  });
});

describe('hostile key sets', () => {
  const expectNoSet = async (party: Party, text: string, verdict: string): Promise<void> => {
    const before = await fingerprint(t.database);
    expect(verdictOf(await publish(party, text))).toBe(verdict);
    expect(await fingerprint(t.database)).toEqual(before);
  };
  const withKey = async (x: string): Promise<string> => {
    const { fields } = await newestKeySet(th);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
    const { calculateJwkThumbprint } = await import('jose');
    const kid = await calculateJwkThumbprint(jwk);
    const pair = { kid, publicJwk: jwk, privateJwk: { ...jwk, d: '' } };
    return nextKeySet(th, { keys: [...fields.keys, anEntry(th, pair, { proof: 'none' })] });
  };
  const point = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

  it.each([
    ['the neutral element', `01${'00'.repeat(31)}`, 'KEY_SMALL_ORDER'],
    ['a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'KEY_SMALL_ORDER'],
    ['a non-canonical encoding', `ee${'ff'.repeat(30)}7f`, 'KEY_POINT'],
    ['a value that is no point', `02${'00'.repeat(31)}`, 'KEY_POINT'],
  ])('S22 %s as a key', async (_, hex, sub) => {
    await expectNoSet(th, await withKey(point(hex)), `BAD_SIGNED_OBJECT/${sub}`);
  });

  it('S22 a private key, and a key under the id of another', async () => {
    const { fields } = await newestKeySet(th);
    const pair = await generateKey();
    const other = await generateKey();
    const secret = { ...anEntry(th, pair), jwk: pair.privateJwk } as never;
    await expectNoSet(th, await nextKeySet(th, { keys: [...fields.keys, secret] }), 'BAD_SIGNED_OBJECT/KEY_PRIVATE');
    const misnamed = anEntry(th, pair, { kid: other.kid });
    await expectNoSet(th, await nextKeySet(th, { keys: [...fields.keys, misnamed] }), 'BAD_SIGNED_OBJECT/KID');
  });

  it("S23 another agency's key, in one's own set and for oneself", async () => {
    const { fields } = await newestKeySet(th);
    const copied = (await newestKeySet(vn)).fields.keys.find(({ kid }) => kid === vn.signing.kid)!;
    const stolen = anEntry(th, vn.signing, { proof: copied.proof });
    const lent = anEntry(th, vn.signing); // with the help of its holder
    for (const [entry, verdict] of [
      [stolen, 'BAD_SIGNED_OBJECT/KEY_POSSESSION'],
      [lent, 'CONFLICT/KEY_REUSED'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- each must find the hub as the one before left it
      await expectNoSet(th, await nextKeySet(th, { keys: [...fields.keys, entry] }), verdict);
    }
    const claimed = anEntry(vn, await generateKey());
    await expectNoSet(th, await nextKeySet(th, { keys: [...fields.keys, claimed] }), 'BAD_SIGNED_OBJECT/SHAPE');
  });

  it('S23 a key without proof of possession', async () => {
    const { fields } = await newestKeySet(th);
    const { proof: _, ...bare } = anEntry(th, await generateKey());
    const keys = [...fields.keys, bare as KeyEntry];
    await expectNoSet(th, await nextKeySet(th, { keys }), 'BAD_SIGNED_OBJECT/SHAPE');
  });

  it('S23 a key set for another agency, signed by oneself or truly theirs', async () => {
    await expectNoSet(th, await nextKeySet(vn, {}, [th.root]), 'BAD_SIGNED_OBJECT/FROM');
    await expectNoSet(th, await nextKeySet(vn), 'BAD_SIGNED_OBJECT/FROM');
    await expectNoSet(th, await nextKeySet(th, { agency: 'VN-CUS', keys: [] }), 'BAD_SIGNED_OBJECT/FROM');
  });

  it('S24 a gap, a repetition with other content, a wrong predecessor', async () => {
    const { fields } = await newestKeySet(th);
    await expectNoSet(th, await nextKeySet(th, { seq: fields.seq + 2 }), 'BAD_SIGNED_OBJECT/KEYSET_SEQ');
    await expectNoSet(th, await nextKeySet(th, { seq: fields.seq }), 'BAD_SIGNED_OBJECT/KEYSET_SEQ');
    await expectNoSet(th, await nextKeySet(th, { prev: digestOf('other') }), 'BAD_SIGNED_OBJECT/KEYSET_PREV');
    await expectNoSet(th, await nextKeySet(th, { prev: null }), 'BAD_SIGNED_OBJECT/KEYSET_PREV');
    await expectNoSet(th, await nextKeySet(th, { hub: 'production.example' }), 'BAD_SIGNED_OBJECT/HUB');
  });

  it('S24 other roots, no root, a signing key as root', async () => {
    const stranger = await generateKey();
    await expectNoSet(th, await nextKeySet(th, {}, [stranger]), 'BAD_SIGNED_OBJECT/KEYSET_ROOT');
    await expectNoSet(
      th,
      await nextKeySet(th, { roots: [stranger.publicJwk] }, [stranger]),
      'BAD_SIGNED_OBJECT/KEYSET_THRESHOLD',
    );
    await expectNoSet(th, await nextKeySet(th, { roots: [stranger.publicJwk] }), 'BAD_SIGNED_OBJECT/KEYSET_ROOT');
    await expectNoSet(th, await nextKeySet(th, {}, [th.signing]), 'BAD_SIGNED_OBJECT/KEYSET_ROOT');
    await expectNoSet(th, await nextKeySet(th, {}, [{ ...stranger, kid: th.root.kid }]), 'BAD_SIGNED_OBJECT/SIGNATURE');
  });

  it('S24 a lowered threshold, too few roots, a withdrawn revocation', async () => {
    const my = await t.enrol('MY-CUS-KUL');
    const second = await generateKey();
    const roots = [my.root.publicJwk, second.publicJwk];
    await expectNoSet(my, await nextKeySet(my, { roots, threshold: 2 }), 'BAD_SIGNED_OBJECT/KEYSET_ROOT');
    const raised = await publish(my, await nextKeySet(my, { roots, threshold: 2 }, [my.root, second]));
    expect(raised.data?.publishKeySet.seq).toBe(2);
    await expectNoSet(
      my,
      await nextKeySet(my, { threshold: 1 }, [my.root, second]),
      'BAD_SIGNED_OBJECT/KEYSET_THRESHOLD',
    );
    await expectNoSet(my, await nextKeySet(my, {}, [my.root]), 'BAD_SIGNED_OBJECT/KEYSET_THRESHOLD');

    const { fields } = await newestKeySet(vn);
    const restored = fields.keys.map((key) => ({ ...key, revoked: null }));
    await expectNoSet(vn, await nextKeySet(vn, { keys: restored }), 'BAD_SIGNED_OBJECT/KEY_REVOKED');
  });

  it('S24, threats 43 an older key set again changes nothing', async () => {
    const answer = await vn.ask<{ keySets: string[] }>('{ keySets(agency: "VN-CUS") }');
    const before = await fingerprint(t.database);
    expect(verdictOf(await publish(vn, answer.data!.keySets[0]!))).toBe('accepted');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('a chain of key sets', () => {
  it('comes in pages of a hundred, or of about a megabyte', async () => {
    const my = await t.enrol('ID-CUS-HQ');
    // Long as a set of 2,000 keys, and many as of years.
    await t.database.sql(
      `INSERT INTO hub.key_set (agency_id, number, digest, text, published_at)
       SELECT 'ID-CUS', n, n::text, CASE WHEN n BETWEEN 3 AND 5 THEN rpad(n::text, 600000, 'x') ELSE n::text END, now()
       FROM generate_series(2, 250) n`,
    );
    const after = async (number: number): Promise<string[]> => {
      const query = 'query($after: Int!) { keySets(agency: "ID-CUS", after: $after) }';
      return (await my.ask<{ keySets: string[] }>(query, { after: number })).data!.keySets;
    };
    const pages: number[] = [];
    const seen: string[] = [];
    for (;;) {
      const page = await after(seen.length);
      if (page.length === 0) break;
      pages.push(page.length);
      seen.push(...page);
    }
    expect(pages).toEqual([4, 100, 100, 46]);
    expect(seen.slice(1).map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 249 }, (_, i) => i + 2),
    );
    expect(await after(2_147_483_647)).toEqual([]);
  });
});

/** Members in canonical order, so that the form is not what is refused. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compact(text: string): string {
  const { payload, signatures } = outerOf(text);
  return `${signatures[0]!.protected}.${payload}.${signatures[0]!.signature}`;
}

async function twoSignatures(goodFirst: boolean): Promise<string> {
  const envelope = toThailand();
  const { payload, signatures } = outerOf(await signObject(envelope, vn.signing));
  const other = outerOf(await signObject(toThailand(), keys.second)).signatures;
  const both = goodFirst ? [...signatures, ...other] : [...other, ...signatures];
  return JSON.stringify({ payload, signatures: both });
}

async function hmacForgery(): Promise<string> {
  const { payload, signatures } = outerOf(await withHeader({ alg: 'HS256' }));
  const secret = Buffer.from(vn.signing.publicJwk.x, 'base64url');
  const signature = createHmac('sha256', secret).update(`${signatures[0]!.protected}.${payload}`).digest('base64url');
  return JSON.stringify({ payload, signatures: [{ protected: signatures[0]!.protected, signature }] });
}

function mirror(text: string): string {
  const { payload, signatures } = outerOf(text);
  const bytes = decodeBase64url(signatures[0]!.signature);
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).toString('hex')}`);
  const mirrored = Buffer.from((p256.Point.Fn.ORDER - s).toString(16).padStart(64, '0'), 'hex');
  const signature = encodeBase64url(Uint8Array.from([...bytes.subarray(0, 32), ...mirrored]));
  return JSON.stringify({ payload, signatures: [{ protected: signatures[0]!.protected, signature }] });
}

/** The next spelling of the same six bits' leading two, which a lax decoder reads as the same byte. */
function stray(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) + 1]!;
}
