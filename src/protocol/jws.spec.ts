import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeBase64url } from './base64url.js';
import { canonicalize } from './canonical.js';
import { type JwsRules, readJws } from './jws.js';
import { generateKey, type KeyPair } from './keys.js';
import { assemble, signObject } from './signing.js';
import { aHeader, anEnvelope, faultOf, HUB, NOW, SECONDS, signRaw } from './testing.js';

const RULES: JwsRules = { hub: HUB, kinds: ['note', 'alert'], now: NOW };
const SIGNATURE = 'A'.repeat(86);
const PAYLOAD = encodeBase64url(Buffer.from(canonicalize(anEnvelope())));

let one: KeyPair;
let other: KeyPair;

beforeAll(async () => {
  one = await generateKey();
  other = await generateKey('ES256');
});

const fault = (text: string, rules = RULES) => faultOf(() => readJws(text, rules));
const faultIn = (outer: unknown) => fault(canonicalize(outer));
const member = (header: object) => ({
  protected: encodeBase64url(Buffer.from(canonicalize(header))),
  signature: SIGNATURE,
});
/** Of a text whose second signature has this header. */
const faultInHeader = (changes: object) =>
  fault(assemble(canonicalize(anEnvelope()), [member(aHeader(one)), member(aHeader(other, changes))]));

/** A text that begins like a good one and has exactly so many bytes. */
const ofBytes = async (bytes: number, filler: string) => {
  const text = await signObject(anEnvelope(), { ...one, iat: SECONDS });
  const left = bytes - Buffer.byteLength(text);
  return (
    text + filler.repeat(Math.floor(left / Buffer.byteLength(filler))) + ' '.repeat(left % Buffer.byteLength(filler))
  );
};

describe('what is no signed text says where', () => {
  it.each<[string, unknown, string]>([
    ['a payload that is a number', { payload: 1, signatures: [] }, 'SHAPE /payload'],
    ['signatures in an object', { payload: PAYLOAD, signatures: {} }, 'SHAPE /signatures'],
    ['no signature', { payload: PAYLOAD, signatures: [] }, 'SIG_COUNT /signatures'],
    ['five signatures', { payload: PAYLOAD, signatures: [1, 2, 3, 4, 5] }, 'SIG_COUNT /signatures'],
    ['an unknown member', { payload: PAYLOAD, signatures: [], x: 1 }, 'SHAPE /x'],
    ['a signature that is text', { payload: PAYLOAD, signatures: ['x'] }, 'SHAPE /signatures/0'],
    [
      'a header that is no text',
      { payload: PAYLOAD, signatures: [{ protected: 1, signature: SIGNATURE }] },
      'SHAPE /signatures/0/protected',
    ],
    [
      'a signature without its bytes',
      {
        payload: PAYLOAD,
        signatures: [
          { protected: 'AA', signature: SIGNATURE },
          { protected: 'AA', signature: null },
        ],
      },
      'SHAPE /signatures/1/signature',
    ],
  ])('%s', async (_, outer, expected) => {
    expect(await faultIn(outer)).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['another algorithm', { alg: 'HS256' }, 'ALG /signatures/1'],
    ['a type of nothing here', { typ: 'liaison-request+jws' }, 'TYP /signatures/1'],
    ['another content type', { cty: 'application/json' }, 'TYP /signatures/1'],
    ['the type of another kind', { typ: 'liaison-note+jws' }, 'KIND /kind'],
    ['another hub', { hub: 'test.example' }, 'HUB /signatures/1'],
    ['no time', { iat: '1' }, 'IAT /signatures/1'],
    ['a time to come', { iat: SECONDS + 301 }, 'IAT /signatures/1'],
    ['a key without id', { kid: 'x' }, 'KID /signatures/1'],
    ['critical extensions', { crit: [] }, 'CRIT /signatures/1'],
    ['an unknown member', { nonce: 'x' }, 'HEADER_UNKNOWN /signatures/1'],
  ])('a header with %s', async (_, changes, expected) => {
    expect(await faultInHeader(changes)).toBe(expected);
    expect(await faultInHeader({})).toBe('accepted');
  });

  it('a header that is a list, a payload for another hub', async () => {
    expect(await fault(await signRaw(canonicalize(anEnvelope()), '[]', one))).toBe('SHAPE /signatures/0');
    expect(await fault(await signRaw('[]', aHeader(one), one))).toBe('SHAPE ');
    const elsewhere = canonicalize(anEnvelope({ hub: 'test.example' }));
    expect(await fault(await signRaw(elsewhere, aHeader(one), one))).toBe('HUB /hub');
  });
});

describe('a signed text', () => {
  it('may be as old as its kind and the place of its signature allow', async () => {
    const asked: [string, boolean][] = [];
    const maxAge = (kind: string, isLast: boolean) => {
      asked.push([kind, isLast]);
      return isLast ? 10 : 20;
    };
    const aged = async (first: number, last: number) => {
      const signers = [
        { ...one, iat: SECONDS - first },
        { ...other, iat: SECONDS - last },
      ];
      return fault(await signObject(anEnvelope(), ...signers), { ...RULES, maxAge });
    };
    expect(await aged(20, 10)).toBe('accepted');
    expect(asked).toEqual([
      ['alert', false],
      ['alert', true],
    ]);
    expect(await aged(21, 10)).toBe('IAT /signatures/0');
    expect(await aged(20, 11)).toBe('IAT /signatures/1');
  });

  it('has any age and time where nothing says when it is', async () => {
    const signed = await signObject(anEnvelope(), { ...one, iat: SECONDS + 3600 });
    const { now: _, ...timeless } = RULES;
    expect(await fault(signed, timeless)).toBe('accepted');
    expect(await fault(signed)).toBe('IAT /signatures/0');
    expect(await fault(await signObject(anEnvelope(), { ...one, iat: 0 }))).toBe('accepted');
    expect(await fault(await signObject(anEnvelope(), { ...one, iat: -1 }), timeless)).toBe('IAT /signatures/0');
  });

  it('has at most a million bytes, whatever a character takes', async () => {
    expect(await fault(await ofBytes(1_000_000, ' '))).toBe('NOT_CANONICAL');
    expect(await fault(await ofBytes(1_000_001, ' '))).toBe('SIZE');
    expect(await fault(await ofBytes(1_000_000, 'đ'))).toBe('JSON');
    expect(await fault(await ofBytes(1_000_001, 'đ'))).toBe('SIZE');
  });

  it('gives back each signature with its header, in their order', async () => {
    const signed = await signObject(anEnvelope(), { ...one, iat: SECONDS }, { ...other, iat: SECONDS });
    const { signatures } = JSON.parse(signed) as { signatures: object[] };
    const read = await readJws(signed, RULES);
    expect(read.signatures).toEqual([
      { ...aHeader(one), ...signatures[0] },
      { ...aHeader(other), ...signatures[1] },
    ]);
    expect(read.text).toBe(signed);
  });
});
