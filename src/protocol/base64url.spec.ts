import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { base64url } from 'jose';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { refusalOf } from './testing.js';

describe('base64url', () => {
  it('gives back every non-empty byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(Array.from(decodeBase64url(encodeBase64url(bytes)))).toEqual(Array.from(bytes));
      }),
    );
  });

  it.each([
    ['padding', 'AA=='],
    ['a newline', 'AAAA\n'],
    ['an inner newline', 'AA\nAA'],
    ['an inner space', 'AA AA'],
    ['altered trailing bits', 'AB'],
    ['the alphabet of plain base64', '+/+/'],
    ['a length that cannot be', 'AAAAA'],
    ['nothing at all', ''],
  ])('refuses %s', async (_, text) => {
    expect(await refusalOf(() => decodeBase64url(text))).toBe('B64');
  });

  it('is needed: jose alone accepts altered trailing bits', () => {
    expect(base64url.decode('AB')).toEqual(base64url.decode('AA'));
  });

  it('accepts exactly one spelling of any bytes', () => {
    const spelling = fc.string({
      unit: fc.constantFrom(...Array.from('ABCDwxyz0189-_+/= \n')),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(spelling, (text) => {
        let bytes: Uint8Array;
        try {
          bytes = decodeBase64url(text);
        } catch {
          return;
        }
        expect(encodeBase64url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
