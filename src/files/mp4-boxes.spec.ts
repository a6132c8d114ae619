import { describe, expect, it } from '@jest/globals';
import { boxesIn, StreamReader } from './mp4-boxes.js';
import { box, largeBox } from './video.example.js';

async function* stream(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

describe('the boxes of a file', () => {
  const found = (bytes: Buffer): string[] => [...boxesIn(bytes, 0, bytes.length)].map(({ type }) => type);

  it('lie one after the other', () => {
    expect(found(Buffer.concat([box('ftyp', 'x'), largeBox('mdat', Buffer.alloc(3)), box('free')]))).toEqual([
      'ftyp',
      'mdat',
      'free',
    ]);
  });

  it.each([
    ['no size', 0],
    ['a size less than its header', 7],
    ['a size beyond the end', 10],
  ])('do not have %s', (_, size) => {
    const odd = box('free', 'x');
    odd.writeUInt32BE(size);
    expect(() => found(odd)).toThrow('A box does not fit');
  });

  it('do not have a size of more than numbers can tell', () => {
    expect(() => found(largeBox('mdat', Buffer.alloc(3), 2n ** 63n))).toThrow('A box does not fit');
  });
});

describe('a stream that is read in order', () => {
  it('gives what was asked for, however it comes, and says when it ends too early', async () => {
    const reader = new StreamReader(stream(Buffer.from('ab'), Buffer.from('cdef'), Buffer.from('gh')));
    expect(String(await reader.read(3))).toBe('abc');
    await reader.skip(4);
    expect(String(await reader.read(1))).toBe('h');
    await expect(reader.read(1)).rejects.toThrow('The stream ends too early');
    await expect(reader.skip(1)).rejects.toThrow('The stream ends too early');
  });
});
