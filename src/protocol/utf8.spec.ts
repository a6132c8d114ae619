import { expect, it } from '@jest/globals';
import { refusalOf } from './testing.js';
import { decodeUtf8, encodeUtf8, isWellFormed } from './utf8.js';

it('text becomes UTF-8 and comes back, with a byte order mark', () => {
  const text = '\ufeffđã đến ທ້າວ 😀';
  expect(Buffer.from(encodeUtf8(text))).toEqual(Buffer.from(text));
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

it('half a character cannot be said in UTF-8', async () => {
  expect(['😀', '\ud83d', '\ude00', 'a\ude00\ud83d'].map(isWellFormed)).toEqual([true, false, false, false]);
  expect(await refusalOf(() => encodeUtf8('a\ud83d'))).toBe('SURROGATE');
});

it('bytes that are not UTF-8 are refused, not replaced', async () => {
  expect(await refusalOf(() => decodeUtf8(Uint8Array.of(0xff)))).toBe('UTF8');
});
