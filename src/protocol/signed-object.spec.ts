import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FlattenedSign, flattenedVerify, generalVerify, type GeneralJWS, type JWSHeaderParameters } from 'jose';
import { p256 } from '@noble/curves/nist.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { canonicalize } from './canonical.js';
import { generateKey, rawSign, type KeyPair } from './keys.js';
import { issueReceipt } from './receipt.js';
import { readSignedObject, verifySignatures, type RegisteredKey } from './signed-object.js';
import { assemble, prepare, signObject } from './signing.js';
import { aHeader, anEnvelope, aRegisteredKey, DAY, faultOf, HUB, NOW, refusalOf, SECONDS, signRaw } from './testing.js';

interface Outer {
  payload: string;
  signatures: { protected: string; signature: string }[];
}

let author: KeyPair;
let releaser: KeyPair;
let p256Key: KeyPair;
let registered: Map<string, RegisteredKey>;
let text: string;

const outerOf = (signed: string) => JSON.parse(signed) as Outer;
const headerOf = (signed: string) =>
  JSON.parse(new TextDecoder().decode(decodeBase64url(outerOf(signed).signatures[0]!.protected))) as object;
const ingress = async (signed: string, keys = registered, now = NOW) => {
  const read = await readSignedObject(signed, { hub: HUB, now });
  await verifySignatures(read, keys, { at: now });
  return read;
};
const refusal = (signed: string, keys = registered, now = NOW) => refusalOf(() => ingress(signed, keys, now));
const withOuter = (change: (outer: Outer) => unknown) => JSON.stringify(change(outerOf(text)));
const withSignature = (change: (signature: string) => string) =>
  withOuter(({ payload, signatures: [one] }) => ({
    payload,
    signatures: [{ protected: one!.protected, signature: change(one!.signature) }],
  }));
const signedPayload = (payload: string | Uint8Array) => signRaw(payload, aHeader(author), author);
const feedback = (days: number) =>
  signObject(anEnvelope({ kind: 'feedback' }), { ...author, iat: SECONDS - days * DAY });
const signedHeader = (header: object | string) => signRaw(canonicalize(anEnvelope()), header, author);

beforeAll(async () => {
  author = await generateKey();
  releaser = await generateKey();
  p256Key = await generateKey('ES256');
  registered = new Map([
    [author.kid, aRegisteredKey(author)],
    [releaser.kid, aRegisteredKey(releaser, { holder: 'p:c1' })],
    [p256Key.kid, aRegisteredKey(p256Key)],
  ]);
  text = await signObject(anEnvelope(), { ...author, iat: SECONDS });
});

describe('a good signed object', () => {
  it('is accepted, with its envelope, exact payload and digest', async () => {
    const read = await ingress(text);
    expect(read.envelope).toEqual(anEnvelope());
    expect(read.payloadText).toBe(canonicalize(anEnvelope()));
    expect(read.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(read.signatures).toEqual([expect.objectContaining({ kid: author.kid, alg: 'Ed25519', iat: SECONDS })]);
    expect(read.text).toBe(text);
    expect(read.isLate).toBe(false);
  });

  it('is accepted with four signatures, and the signers come in their order', async () => {
    const more = await generateKey();
    const keys = new Map([...registered, [more.kid, aRegisteredKey(more)]]);
    const order = [releaser, author, p256Key, more];
    const signed = await signObject(anEnvelope(), ...order.map((pair) => ({ ...pair, iat: SECONDS })));
    const read = await readSignedObject(signed, { hub: HUB, now: NOW });
    const signers = await verifySignatures(read, keys, { at: NOW });
    expect(signers.map(({ kid }) => kid)).toEqual(order.map(({ kid }) => kid));
  });

  it('verifies with jose as it stands', async () => {
    await generalVerify(outerOf(text) as GeneralJWS, author.publicJwk, { algorithms: ['Ed25519'] });
    const { payload, signatures } = outerOf(await signObject(anEnvelope(), { ...p256Key, iat: SECONDS }));
    await flattenedVerify({ payload, ...signatures[0]! }, p256Key.publicJwk, { algorithms: ['ES256'] });
  });

  it('may have been signed by jose', async () => {
    const payload = canonicalize(anEnvelope());
    const byJose = await new FlattenedSign(Buffer.from(payload))
      .setProtectedHeader(JSON.parse(canonicalize(aHeader(author))) as JWSHeaderParameters)
      .sign(author.privateJwk);
    const signed = assemble(payload, [{ protected: byJose.protected!, signature: byJose.signature }]);
    expect(await refusal(signed)).toBe('accepted');
  });

  it('can be put together from prepare, a foreign signer and assemble', async () => {
    const iat = SECONDS;
    const first = prepare(anEnvelope(), { alg: 'Ed25519', hub: HUB, iat, kid: author.kid, typ: 'liaison-alert+jws' });
    const signature = encodeBase64url(await rawSign(author.privateJwk, first.signingInput));
    expect(assemble(first.text, [{ protected: first.protected, signature }])).toBe(text);
  });

  it('may gain a releaser who has only its text', async () => {
    const { payloadText, signatures } = await readSignedObject(text, { hub: HUB, now: NOW });
    const theirs = outerOf(await signObject(JSON.parse(payloadText) as never, { ...releaser, iat: SECONDS }));
    const both = await ingress(assemble(payloadText, [...signatures, ...theirs.signatures]));
    expect(both.digest).toBe((await ingress(text)).digest);
  });

  it('may say its content type, but only truly', async () => {
    expect(await refusal(await signedHeader(aHeader(author, { cty: 'application/liaison-alert+json' })))).toBe(
      'accepted',
    );
    expect(await refusal(await signedHeader(aHeader(author, { cty: 'application/liaison-note+json' })))).toBe('TYP');
  });
});

describe('hostile signed objects', () => {
  it('S3 payload byte changed', async () => {
    const payload = canonicalize(anEnvelope({ purpose: 'PREVENT_DETECU' }));
    expect(await refusal(withOuter((outer) => ({ ...outer, payload: encodeBase64url(Buffer.from(payload)) })))).toBe(
      'SIGNATURE',
    );
  });

  it.each<[string, (signature: string) => string]>([
    ['with ==', (signature) => `${signature}==`],
    ['with a newline', (signature) => `${signature}\n`],
    ['with an inner newline', (signature) => `${signature.slice(0, 9)}\n${signature.slice(9)}`],
    ['with an inner space', (signature) => `${signature.slice(0, 9)} ${signature.slice(9)}`],
    ['with altered trailing bits', (signature) => signature.slice(0, -1) + stray(signature.at(-1)!)],
    ['empty', () => ''],
  ])('S4 signature %s', async (_, change) => {
    expect(await refusalOf(() => readSignedObject(withSignature(change), { hub: HUB, now: NOW }))).toBe('B64');
  });

  it('S4 payload or header in another spelling', async () => {
    expect(await refusal(withOuter((outer) => ({ ...outer, payload: `${outer.payload}=` })))).toBe('B64');
    const inHeader = withOuter(({ payload, signatures: [one] }) => ({
      payload,
      signatures: [{ protected: `${one!.protected}=`, signature: one!.signature }],
    }));
    expect(await refusal(inHeader)).toBe('B64');
  });

  it.each<[string, () => string | Uint8Array, string]>([
    ['S5 pretty-printed payload', () => JSON.stringify(anEnvelope(), null, 2), 'NOT_CANONICAL'],
    ['S5 unsorted payload', () => JSON.stringify(anEnvelope()), 'NOT_CANONICAL'],
    [
      'S6 duplicate member in payload',
      () => canonicalize(anEnvelope()).replace('"v":1', '"v":1,"v":1'),
      'NOT_CANONICAL',
    ],
    ['S7 byte order mark', () => `\ufeff${canonicalize(anEnvelope())}`, 'JSON'],
    ['S7 invalid UTF-8', () => Uint8Array.of(0x7b, 0xff, 0x7d), 'UTF8'],
    ['S7 lone surrogate', () => String.raw`{"a":"\ud800"}`, 'SURROGATE'],
    ['S8 1.5', () => '{"a":1.5}', 'NUMBER'],
    ['S8 2^53+1', () => '{"a":9007199254740993}', 'NUMBER'],
    ['S8 -0', () => '{"a":-0}', 'NUMBER'],
    ['S8 1e400', () => '{"a":1e400}', 'NUMBER'],
    ['S9 200 levels deep', () => `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, 'DEPTH'],
    ['S9 array as payload', () => '[]', 'SHAPE'],
    ['S9 null as payload', () => 'null', 'SHAPE'],
    ['S9 payload that is not JSON', () => 'alert', 'JSON'],
    ['S9 unknown member in payload', () => canonicalize({ ...anEnvelope(), x: 1 }), 'SHAPE'],
  ])('%s', async (_, payload, code) => {
    expect(await refusal(await signedPayload(payload()))).toBe(code);
  });

  it('S6 duplicate or unsorted members in the protected header', async () => {
    const header = canonicalize(aHeader(author));
    expect(await refusal(await signedHeader(header.replace('{', '{"alg":"ES256",')))).toBe('NOT_CANONICAL');
    expect(await refusal(await signedHeader(JSON.stringify({ typ: 'x', ...aHeader(author) })))).toBe('NOT_CANONICAL');
    expect(await refusal(await signedHeader('[]'))).toBe('SHAPE');
  });

  it('S6 duplicate member or spaces in the outer object, where two parsers could see two payloads', async () => {
    const { payload } = outerOf(await signObject(anEnvelope({ purpose: 'OTHER' }), { ...author, iat: SECONDS }));
    expect(await refusal(text.replace('{', `{"payload":"${payload}",`))).toBe('NOT_CANONICAL');
    expect(await refusal(JSON.stringify(outerOf(text), null, 1))).toBe('NOT_CANONICAL');
  });

  it('S9 nothing, null, deep nesting, a lone surrogate, or more than 1 MB', async () => {
    expect(await refusal('')).toBe('JSON');
    expect(await refusal('null')).toBe('SHAPE');
    expect(await refusal('['.repeat(400_000) + ']'.repeat(400_000))).toBe('SHAPE');
    expect(await refusal('"\ud800"')).toBe('SURROGATE');
    expect(await refusal(' '.repeat(1_000_001))).toBe('SIZE');
    expect(await refusal('€'.repeat(400_000))).toBe('SIZE');
    const large = anEnvelope({ body: { text: 'x'.repeat(800_000) } });
    expect(await refusal(await signObject(large, { ...author, iat: SECONDS }))).toBe('SIZE');
  });

  it('S10 alg none, EdDSA, HS256 with the public key as secret, or none at all', async () => {
    for (const alg of ['none', 'None', 'EdDSA', 'HS256', 'RS256', 'ES384', '', null, ['Ed25519'], 'ed25519']) {
      expect(await refusal(await signedHeader(aHeader(author, { alg })))).toBe('ALG');
    }
    const { alg: _, ...without } = aHeader(author) as Record<string, unknown>;
    expect(await refusal(await signedHeader(without))).toBe('ALG');
    const secret = await crypto.subtle.importKey(
      'raw',
      Buffer.from(author.publicJwk.x, 'base64url'),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const { payload, signatures } = outerOf(await signedHeader(aHeader(author, { alg: 'HS256' })));
    const mac = await crypto.subtle.sign('HMAC', secret, Buffer.from(`${signatures[0]!.protected}.${payload}`));
    const signature = encodeBase64url(new Uint8Array(mac));
    const forged = JSON.stringify({ payload, signatures: [{ protected: signatures[0]!.protected, signature }] });
    expect(await refusal(forged)).toBe('ALG');
  });

  it('S10 the header names the algorithm of another kind of key', async () => {
    expect(await refusal(await signedHeader(aHeader(author, { alg: 'ES256' })))).toBe('ALG');
    const wrong = await signRaw(canonicalize(anEnvelope()), aHeader(p256Key, { alg: 'Ed25519' }), p256Key);
    expect(await refusal(wrong)).toBe('ALG');
  });

  it.each<[string, object]>([
    ['jwk', { jwk: { kty: 'OKP' } }],
    ['jku', { jku: 'https://evil.example/keys' }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['b64: false', { b64: false }],
    ['zip', { zip: 'DEF' }],
    ['an unknown member', { nonce: 'x' }],
    ['__proto__', JSON.parse('{"__proto__":{"alg":"none"}}') as object],
  ])('S11 header with %s', async (_, extra) => {
    const members = Object.entries({ ...aHeader(author) }).concat(Object.entries(extra));
    expect(await refusal(await signedHeader(canonicalize(Object.fromEntries(members))))).toBe('HEADER_UNKNOWN');
  });

  it('S12 crit', async () => {
    expect(await refusal(await signedHeader(aHeader(author, { crit: ['b64'], b64: false })))).toBe('CRIT');
    expect(await refusal(await signedHeader(aHeader(author, { crit: [] })))).toBe('CRIT');
  });

  it('S13 unprotected header, extra outer member, flattened or compact form', async () => {
    const { payload, signatures } = outerOf(text);
    const [one] = signatures;
    const shapes = [
      { payload, signatures: [{ header: { alg: 'Ed25519' }, ...one! }] },
      { payload, signatures, extra: 1 },
      { payload, signatures, ...one! },
      { payload, ...one! },
      { signatures },
      { payload: 5, signatures },
      { payload, signatures: {} },
      { payload, signatures: [null] },
      { payload, signatures: [{ protected: one!.protected }] },
      [text],
    ];
    const refusals = await Promise.all(shapes.map((shape) => refusal(JSON.stringify(shape))));
    expect(refusals).toEqual(shapes.map(() => 'SHAPE'));
    expect(await refusal(`${one!.protected}.${payload}.${one!.signature}`)).toBe('JSON');
  });

  it('S14 no signature, 5 and 99 signatures, the same signature twice', async () => {
    const { payload, signatures } = outerOf(text);
    const times = (count: number) => JSON.stringify({ payload, signatures: Array(count).fill(signatures[0]) });
    expect(await refusal(times(0))).toBe('SIG_COUNT');
    expect(await refusal(times(5))).toBe('SIG_COUNT');
    expect(await refusal(times(99))).toBe('SIG_COUNT');
    expect(await refusal(times(2))).toBe('KID_DUP');
  });

  it('S14 two different signatures by one key', async () => {
    const twice = await signObject(anEnvelope(), { ...author, iat: SECONDS }, { ...author, iat: SECONDS - 1 });
    expect(await refusal(twice)).toBe('KID_DUP');
  });

  it('S15 one good and one bad signature, in either order', async () => {
    const good = outerOf(text).signatures[0]!;
    const other = outerOf(await signObject(anEnvelope({ purpose: 'X' }), { ...releaser, iat: SECONDS })).signatures[0]!;
    const payload = canonicalize(anEnvelope());
    expect(await refusal(assemble(payload, [good, other]))).toBe('SIGNATURE');
    expect(await refusal(assemble(payload, [other, good]))).toBe('SIGNATURE');
  });

  it('S16 typ of a token, alert text under another type, kind unlike typ', async () => {
    expect(await refusal(await signedHeader(aHeader(author, { typ: 'at+jwt' })))).toBe('TYP');
    expect(await refusal(await signedHeader(aHeader(author, { typ: 'liaison-keyset+jws' })))).toBe('TYP');
    expect(await refusal(await signedHeader(aHeader(author, { typ: 'liaison-__proto__+jws' })))).toBe('TYP');
    expect(await refusal(await signedHeader(aHeader(author, { typ: 'liaison-request+jws' })))).toBe('KIND');
    expect(await refusal(await signedPayload(canonicalize(anEnvelope({ kind: 'request' }))))).toBe('KIND');
  });

  it('S16 a kind that is not expected here', async () => {
    const rules = { hub: HUB, now: NOW, kinds: ['answer'] as const };
    expect(await refusalOf(() => readSignedObject(text, rules))).toBe('TYP');
  });

  it('S17 other hub in header or in payload', async () => {
    expect(await refusal(await signedHeader(aHeader(author, { hub: 'test.example' })))).toBe('HUB');
    expect(await refusal(await signedPayload(canonicalize(anEnvelope({ hub: 'test.example' }))))).toBe('HUB');
    const elsewhere = await signObject(anEnvelope({ hub: 'test.example' }), { ...author, iat: SECONDS });
    expect(await refusal(elsewhere)).toBe('HUB');
  });

  it.each([
    ['+1 h', SECONDS + 3600, 'IAT'],
    ['+5 min', SECONDS + 300, 'accepted'],
    ['+5 min 1 s', SECONDS + 301, 'IAT'],
    ['−72 h', SECONDS - 72 * 3600, 'accepted'],
    ['−72 h 1 s', SECONDS - 72 * 3600 - 1, 'IAT'],
    ['−80 h', SECONDS - 80 * 3600, 'IAT'],
    ['as string', String(SECONDS), 'IAT'],
    ['negative', -1, 'IAT'],
    ['null', null, 'IAT'],
  ])('S18 iat %s', async (_, iat, code) => {
    expect(await refusal(await signedHeader(aHeader(author, { iat })))).toBe(code);
  });

  it('S18 an author may sign up to 30 days before the releaser, who must be fresh', async () => {
    const early = (days: number) => ({ ...author, iat: SECONDS - days * DAY });
    const key = aRegisteredKey(author, { nbf: SECONDS - 90 * DAY });
    const keys = new Map([...registered, [author.kid, key]]);
    expect(await refusal(await signObject(anEnvelope(), early(30), { ...releaser, iat: SECONDS }), keys)).toBe(
      'accepted',
    );
    expect(await refusal(await signObject(anEnvelope(), early(31), { ...releaser, iat: SECONDS }), keys)).toBe('IAT');
    expect(await refusal(await signObject(anEnvelope(), { ...releaser, iat: SECONDS }, early(4)), keys)).toBe('IAT');
  });

  it('S18 feedback may be seven days old and is then marked late', async () => {
    expect((await ingress(await feedback(7))).isLate).toBe(true);
    expect((await ingress(await feedback(3))).isLate).toBe(false);
    expect(await refusal(await feedback(8))).toBe('IAT');
  });

  it('S18 an old object is fresh at the time of its receipt', async () => {
    const tenYearsOn = new Date(NOW.getTime() + 3650 * DAY * 1000);
    expect(await refusal(text, registered, tenYearsOn)).toBe('IAT');
    expect(await refusal(text, registered, NOW)).toBe('accepted');
  });

  it('S19 kid unknown, a path, SQL, __proto__', async () => {
    const stranger = await generateKey();
    expect(await refusal(await signRaw(canonicalize(anEnvelope()), aHeader(stranger), stranger))).toBe('KEY_UNKNOWN');
    for (const kid of [`../../x' OR 1=1--`, '__proto__', 'constructor', '', `${author.kid}A`, 5, null, [author.kid]]) {
      expect(await refusal(await signedHeader(aHeader(author, { kid })))).toBe('KID');
    }
  });

  it('S20 agency B signs an object that says it is from A; A’s kid with B’s signature', async () => {
    const foreign = await generateKey();
    const key = aRegisteredKey(foreign, { agency: 'LA-CUS', holder: 'unit:LA-CUS-VTE' });
    const keys = new Map([...registered, [foreign.kid, key]]);
    expect(await refusal(await signRaw(canonicalize(anEnvelope()), aHeader(foreign), foreign), keys)).toBe('FROM');
    const theirs = await signRaw(canonicalize(anEnvelope()), aHeader(foreign), foreign);
    expect(await faultOf(() => ingress(theirs, keys))).toBe('FROM /from');
    expect(await refusal(await signRaw(canonicalize(anEnvelope()), aHeader(author), foreign), keys)).toBe('SIGNATURE');
    const joint = await signObject(anEnvelope(), { ...author, iat: SECONDS }, { ...foreign, iat: SECONDS });
    expect(await refusal(joint, keys)).toBe('FROM');
  });

  it('S20 a unit speaks for another unit of its agency', async () => {
    const signed = await signObject(anEnvelope({ unit: 'VN-CUS-HP' }), { ...author, iat: SECONDS });
    expect(await faultOf(() => ingress(signed))).toBe('UNIT /unit');
    const byPerson = await signObject(anEnvelope({ unit: 'VN-CUS-HP' }), { ...releaser, iat: SECONDS });
    expect(await refusal(byPerson)).toBe('accepted');
  });

  it.each<[string, Partial<RegisteredKey>, string]>([
    ['expired', { exp: SECONDS }, 'KEY_EXPIRED'],
    ['in its last second', { exp: SECONDS + 1 }, 'accepted'],
    ['not yet valid', { nbf: SECONDS + 1 }, 'KEY_NOT_YET'],
    ['in its first second', { nbf: SECONDS }, 'accepted'],
    ['for sealing', { use: 'enc' }, 'KEY_USE'],
    ['for signing in', { use: 'auth' }, 'KEY_USE'],
    ['for enrolment', { use: 'enrol' }, 'KEY_USE'],
    ['not for this kind', { kinds: ['answer'] }, 'KEY_KIND'],
    ['for no kind', { kinds: [] }, 'KEY_KIND'],
    ['revoked in this second', { revoked: { at: SECONDS, invalidFrom: SECONDS, reason: 'cessation' } }, 'KEY_REVOKED'],
    ['revoked', { revoked: { at: SECONDS - 1, invalidFrom: SECONDS - 1, reason: 'superseded' } }, 'KEY_REVOKED'],
    [
      'compromised',
      { revoked: { at: SECONDS + 60, invalidFrom: SECONDS - DAY, reason: 'keyCompromise' } },
      'KEY_REVOKED',
    ],
    [
      'revoked from tomorrow',
      { revoked: { at: SECONDS - 1, invalidFrom: SECONDS + DAY, reason: 'cessation' } },
      'accepted',
    ],
  ])('S21 key %s', async (_, changes, code) => {
    const keys = new Map([[author.kid, aRegisteredKey(author, changes)]]);
    expect(await refusal(text, keys)).toBe(code);
  });

  it('S25 ES256 signature replaced by (r, n−s) verifies and has the same digest', async () => {
    const signed = await signObject(anEnvelope(), { ...p256Key, iat: SECONDS });
    const { payload, signatures } = outerOf(signed);
    const bytes = decodeBase64url(signatures[0]!.signature);
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).toString('hex')}`);
    const mirrored = Buffer.from((p256.Point.Fn.ORDER - s).toString(16).padStart(64, '0'), 'hex');
    const signature = encodeBase64url(Uint8Array.from([...bytes.subarray(0, 32), ...mirrored]));
    const other = JSON.stringify({ payload, signatures: [{ protected: signatures[0]!.protected, signature }] });
    expect(other).not.toBe(signed);
    expect((await ingress(other)).digest).toBe((await ingress(signed)).digest);
  });

  it('S29 a receipt is refused as an object', async () => {
    const receipt = await issueReceipt(author, {
      hub: HUB,
      objectDigest: (await ingress(text)).digest,
      kids: [author.kid],
      from: 'VN-CUS',
      receivedAt: NOW,
      clock: 'wall',
    });
    expect(await refusal(receipt)).toBe('TYP');
  });

  it('is refused before any signature is verified: the faults of keys come first', async () => {
    const unsigned = withSignature(() => 'A'.repeat(86));
    expect(await refusal(unsigned)).toBe('SIGNATURE');
    expect(await refusal(unsigned, new Map())).toBe('KEY_UNKNOWN');
  });

  it('threats 41 is refused after any change of a single byte', async () => {
    const bytes = new TextEncoder().encode(text);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, difference]) => {
        const changed = bytes.with(at, bytes[at]! ^ difference);
        expect(await refusal(new TextDecoder().decode(changed))).not.toBe('accepted');
      }),
      { numRuns: 1500 },
    );
  });

  it('threats 41 is refused after any single byte is taken away, doubled or swapped with its neighbour', async () => {
    const variants = Array.from({ length: text.length - 1 }, (_, i) => [
      text.slice(0, i) + text.slice(i + 1),
      text.slice(0, i + 1) + text.slice(i),
      text.slice(0, i) + text[i + 1]! + text[i]! + text.slice(i + 2),
    ]);
    const changed = variants.flat().filter((variant) => variant !== text);
    const refusals = await Promise.all(changed.map((variant) => refusal(variant)));
    expect(refusals).not.toContain('accepted');
  });
});

type Example = [header: string, payload: string, signature: string];

describe('examples of the standards', () => {
  const A1: Example = [
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9',
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ];
  const A2: Example = [
    'eyJhbGciOiJSUzI1NiJ9',
    A1[1],
    'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1' +
      'dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzD' +
      'wusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  ];
  const A4: Example = [
    'eyJhbGciOiJFZERTQSJ9',
    'RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  ];
  const examples: [string, Example, string][] = [
    ['RFC 7515 A.1, HS256', A1, 'NOT_CANONICAL'],
    ['RFC 7515 A.2, RS256', A2, 'NOT_CANONICAL'],
    ['RFC 8037 A.4, EdDSA', A4, 'JSON'],
  ];

  it.each(examples)(
    '%s: refused by its payload in General JSON form, and in compact form',
    async (_, example, code) => {
      const [header, payload, signature] = example;
      expect(await refusal(JSON.stringify({ payload, signatures: [{ protected: header, signature }] }))).toBe(code);
      expect(await refusal(example.join('.'))).toBe('JSON');
    },
  );

  it.each(examples)('%s: refused by its algorithm over a payload of ours', async (_, [header, , signature]) => {
    const original: unknown = JSON.parse(new TextDecoder().decode(decodeBase64url(header)));
    const members = { protected: encodeBase64url(Buffer.from(canonicalize(original))), signature };
    expect(await refusal(assemble(canonicalize(anEnvelope()), [members]))).toBe('ALG');
  });
});

it('the header is exactly what the profile lists', () => {
  expect(Object.keys(headerOf(text))).toEqual(['alg', 'hub', 'iat', 'kid', 'typ']);
});

/** The next spelling of the same six bits' leading two, which a lax decoder reads as the same byte. */
function stray(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) + 1]!;
}
