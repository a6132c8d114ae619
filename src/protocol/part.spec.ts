import { describe, expect, it } from '@jest/globals';
import { canonicalize } from './canonical.js';
import { digestOf, sha256 } from './digest.js';
import { checkPart, makePart } from './part.js';
import { faultOf, refusalOf } from './testing.js';

/** The refusal of a text as the part that it is quoted to be. */
const refusal = async (text: string) => {
  const expected = { name: 'nominal', sha256: sha256(text) };
  return refusalOf(() => checkPart(text, expected));
};

/** What is wrong, and where, with a part that is quoted truly and has these members changed. */
const faultIn = (part: object) => {
  const text = canonicalize({ v: 1, name: 'nominal', salt: 'A'.repeat(43), data: null, ...part });
  return faultOf(() => checkPart(text, { name: 'nominal', sha256: sha256(text) }));
};

const DATA = { person: { name: 'ທ້າວ ສົມຊາຍ', born: '1980-02-01' } };

describe('digests', () => {
  it('are those of FIPS 180', async () => {
    expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('are not taken of a string that UTF-8 cannot say', async () => {
    expect(await refusalOf(() => digestOf('\ud800'))).toBe('SURROGATE');
  });
});

describe('parts', () => {
  it('give back their data', async () => {
    const part = await makePart('nominal', DATA);
    expect(await checkPart(part.text, part)).toEqual(DATA);
  });

  it('have a hash that tells nothing: two of the same data differ', async () => {
    const [one, two] = [await makePart('nominal', DATA), await makePart('nominal', DATA)];
    expect(one.sha256).not.toBe(two.sha256);
    expect(one.text).toMatch(/"salt":"[A-Za-z0-9_-]{43}"/);
  });

  it('are refused when a byte, the name or the expectation differs', async () => {
    const part = await makePart('nominal', DATA);
    expect(await refusalOf(() => checkPart(part.text.replace('1980', '1981'), part))).toBe('PART');
    expect(await refusalOf(() => checkPart(part.text, { ...part, name: 'means' }))).toBe('PART');
    expect(await refusalOf(() => checkPart(part.text, { ...part, sha256: 'ab'.repeat(32) }))).toBe('PART');
  });

  it('are refused when they are quoted truly but badly made', async () => {
    const salt = 'A'.repeat(43);
    expect(await refusal(canonicalize({ v: 1, name: 'nominal', salt, data: null }))).toBe('accepted');
    expect(await refusal(canonicalize({ v: 1, name: 'nominal', salt: 'AAAA', data: null }))).toBe('PART');
    expect(await refusal(canonicalize({ v: 2, name: 'nominal', salt, data: null }))).toBe('SHAPE');
    expect(await refusal(canonicalize({ v: 1, name: 'nominal', salt, data: null, more: 1 }))).toBe('SHAPE');
    expect(await refusal(JSON.stringify({ v: 1, name: 'nominal', salt, data: null }))).toBe('NOT_CANONICAL');
    expect(await refusalOf(() => makePart('../nominal', {}))).toBe('SHAPE');
  });

  it('say where they are badly made', async () => {
    expect(await faultIn({ v: 2 })).toBe('SHAPE /v');
    expect(await faultIn({ name: 'means' })).toBe('PART /name');
    expect(await faultIn({ salt: 'A'.repeat(44) })).toBe('PART /salt');
    expect(await faultIn({ salt: 1 })).toBe('SHAPE /salt');
    expect(await faultIn({ salt: 'AB' })).toBe('B64');
    expect(await faultIn({ more: 1 })).toBe('SHAPE /more');
    expect(await faultOf(() => makePart('../nominal', {}))).toBe('SHAPE /name');
  });
});
