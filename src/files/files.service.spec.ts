import { describe, expect, it } from '@jest/globals';
import { exactly } from './files.service.js';

describe('exactly so many bytes', () => {
  /** Ten chunks of ten bytes, and how many of them were taken. */
  function aSource(): { content: AsyncGenerator<Buffer>; taken: () => number } {
    let taken = 0;
    const content = (async function* (): AsyncGenerator<Buffer> {
      for (; taken < 10; taken += 1) yield Buffer.alloc(10);
    })();
    return { content, taken: () => taken };
  }
  const read = async (bytes: number, content: AsyncIterable<Buffer>): Promise<number> => {
    let read = 0;
    for await (const chunk of exactly(bytes, content)) read += chunk.length;
    return read;
  };

  it('pass on', async () => {
    expect(await read(100, aSource().content)).toBe(100);
  });

  it('are refused at the first byte too many, and nothing more is read', async () => {
    const { content, taken } = aSource();
    await expect(read(25, content)).rejects.toMatchObject({ details: { sub: 'LENGTH' } });
    expect(taken()).toBe(2);
  });

  it('are refused at their end when they are fewer', async () => {
    await expect(read(101, aSource().content)).rejects.toMatchObject({ details: { sub: 'LENGTH' } });
  });
});
