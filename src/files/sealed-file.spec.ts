import { randomBytes } from 'node:crypto';
import { buffer as gather } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { AlteredFile } from './file-place.js';
import { seal, sealedSize, unseal } from './sealed-file.js';

const key = randomBytes(32);
const BLOCK = 64 * 1024;
const STORED_BLOCK = BLOCK + 16;

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const open = (stored: Buffer, name = 'a', under = key): Promise<Buffer> =>
  gather(unseal(under, name, chunked(stored, 1000)));

describe('a sealed file', () => {
  it.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 200_000])(
    'of %i bytes is read as it was written',
    async (size) => {
      const content = randomBytes(size);
      const stored = await gather(seal(key, 'a', chunked(content, 7777)));
      expect(stored.length).toBe(size + 16 * Math.max(1, Math.ceil(size / BLOCK)));
      expect(sealedSize(size)).toBe(stored.length);
      expect((await open(stored)).equals(content)).toBe(true);
    },
  );

  it('is refused with another key or name, altered, cut off, prolonged, or with its blocks exchanged', async () => {
    const stored = await gather(seal(key, 'a', [Buffer.alloc(3 * BLOCK, 5)]));
    const altered = Buffer.from(stored);
    altered[BLOCK + 500]! ^= 1;
    const block = (number: number): Buffer => stored.subarray(number * STORED_BLOCK, (number + 1) * STORED_BLOCK);
    expect(block(0).equals(block(1))).toBe(false);
    for (const broken of [
      altered,
      stored.subarray(0, -1),
      stored.subarray(0, 2 * STORED_BLOCK),
      Buffer.alloc(0),
      Buffer.concat([stored, block(2)]),
      Buffer.concat([block(1), block(0), block(2)]),
      Buffer.concat([block(0), block(2)]),
    ]) {
      await expect(open(broken)).rejects.toThrow(AlteredFile);
    }
    await expect(open(stored, 'b')).rejects.toThrow(AlteredFile);
    await expect(open(stored, 'a', randomBytes(32))).rejects.toThrow(AlteredFile);
  });
});
