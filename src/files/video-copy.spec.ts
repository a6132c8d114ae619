import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SECRET } from './files.example.js';
import { inspect, inspectVideo, NotOfThatType } from './file-type.js';
import { overwritten, readVideo, VIDEO } from './video-copy.js';
import { aPhoneVideo, aVideo, box, largeBox, type Place, PLACES, type VideoOptions, words } from './video.example.js';

/** The content in pieces of so many bytes, as a store gives it. */
async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function copyOf(video: Buffer, size = 1000): Promise<Buffer> {
  return buffer(overwritten(inPieces(video, size), await readVideo(inPieces(video, size), video.length)));
}

const filmIn = (video: Buffer): Buffer => {
  const at = video.indexOf('mdat');
  return video.subarray(at - 4, at - 4 + video.readUInt32BE(at - 4));
};

describe('the copy of a video', () => {
  it('is not made of one that says it has more codings than it has', async () => {
    const video = aVideo();
    video.writeUInt32BE(2, video.indexOf('stsd') + 8);
    await expect(readVideo(inPieces(video, 64), video.length)).rejects.toThrow('Not so many descriptions');
  });

  it('is not made of one with a track of something else', async () => {
    const video = aVideo({ handlers: ['vide', 'meta'] });
    await expect(readVideo(inPieces(video, 64), video.length)).rejects.toThrow('neither picture nor sound');
  });

  it('is the very same bytes when there was nothing beside picture and sound', async () => {
    expect((await inspect(aVideo(), VIDEO)).equals(aVideo())).toBe(true);
    const large = Buffer.concat([aVideo().subarray(0, 32), largeBox('mdat', Buffer.alloc(9)), aVideo().subarray(32)]);
    expect((await inspect(large, VIDEO)).equals(large)).toBe(true);
  });

  it('has the places of the original, and nothing of what a telephone wrote', async () => {
    const video = aPhoneVideo();
    const copy = await inspect(video, VIDEO);
    expect(video.toString('latin1').split(SECRET).length).toBeGreaterThan(50);
    expect(copy.length).toBe(video.length);
    expect(copy.includes('Officer')).toBe(false);
    expect(copy.includes(words(3_900_000_000))).toBe(false);
    expect(copy.includes('udta') || copy.includes('meta') || copy.includes('uuid') || copy.includes('made')).toBe(
      false,
    );
    expect(filmIn(copy).equals(filmIn(video))).toBe(true);
  });

  it('is a video with nothing beside it, from which no further copy differs', async () => {
    const copy = await inspect(aPhoneVideo(), VIDEO);
    expect((await inspect(copy, VIDEO)).equals(copy)).toBe(true);
  });

  it('is the same however the original comes', async () => {
    const video = aPhoneVideo();
    const whole = await inspect(video, VIDEO);
    for (const size of [1, 2, 3, 7, 64, 100_000]) expect((await copyOf(video, size)).equals(whole)).toBe(true);
  });

  it('F1 has no byte of whatever was put into a box that it does not need, at whatever depth', async () => {
    const marked = fc.uint8Array({ minLength: 12, maxLength: 40 }).filter((bytes) => new Set(bytes).size > 6);
    const type = fc.constantFrom('udta', 'meta', 'uuid', 'free', 'skip', 'made', '\xa9xyz', 'tref', 'sgpd', 'iods');
    const note = fc.record({ place: fc.constantFrom(...PLACES), type, depth: fc.nat(5), secret: marked });
    await fc.assert(
      fc.asyncProperty(fc.array(note, { minLength: 1, maxLength: 8 }), fc.uint8Array(), async (notes, film) => {
        const more: Partial<Record<Place, Buffer[]>> = {};
        for (const { place, type: outer, depth, secret } of notes) {
          let content = box('data', Buffer.from(secret));
          for (let i = 0; i < depth; i += 1) content = box('ilst', content);
          more[place] = [...(more[place] ?? []), box(outer, content)];
        }
        const video = aVideo({ more, film: Buffer.from(film) });
        const copy = await copyOf(video, 97);
        const plain = aVideo({ film: Buffer.from(film) });
        for (const { secret } of notes) {
          // Where the film or the tables happen to hold the same bytes they stay.
          if (!plain.includes(Buffer.from(secret))) expect(copy.includes(Buffer.from(secret))).toBe(false);
        }
        expect(copy.length).toBe(video.length);
        expect(filmIn(copy).equals(filmIn(video))).toBe(true);
      }),
    );
  });
});

/** A video with this box at the end of the file. */
const endingWith = (more: Buffer): Buffer => Buffer.concat([aVideo(), more]);
const within = (place: Place, more: Buffer): Buffer => aVideo({ more: { [place]: [more] } });
const made = (options: VideoOptions): Buffer => aVideo(options);

/** A video in which the first box of this type says that it has this size. */
function sized(type: string, size: number): Buffer {
  const video = aVideo();
  video.writeUInt32BE(size, video.indexOf(type) - 4);
  return video;
}

async function* failing(): AsyncGenerator<Buffer> {
  yield aVideo().subarray(0, 100);
  throw new Error('no answer');
}

/** Boxes in boxes. */
function nested(depth: number): Buffer {
  let content = box('trak');
  for (let i = 0; i < depth; i += 1) content = box('trak', content);
  return content;
}

describe('a video is refused', () => {
  it.each<[string, Buffer]>([
    ['F1 with a page after it', endingWith(Buffer.from('<html><script>alert(1)</script></html>'))],
    ['F1 with a page before it', Buffer.concat([Buffer.from('<script>1</script>\n'), aVideo()])],
    ['F1 with a page as its brand', made({ brand: '<scr' })],
    ['F1 with a byte after it', endingWith(Buffer.from('\0'))],
    ['F1 with a box of size 0, up to the end of the file', endingWith(Buffer.concat([words(0), Buffer.from('free')]))],
    ['F1 with a box of size 7', endingWith(Buffer.concat([words(7), Buffer.from('free')]))],
    ['F1 with a large size of 2^63', endingWith(largeBox('free', Buffer.alloc(8), 2n ** 63n))],
    ['F1 with a large size of 2^64-1', endingWith(largeBox('free', Buffer.alloc(8), 2n ** 64n - 1n))],
    ['F1 with a large size of 15', endingWith(largeBox('free', Buffer.alloc(8), 15n))],
    ['F1 with half a large size', endingWith(Buffer.concat([words(1), Buffer.from('free'), words(0)]))],
    ['F1 with a box that overlaps the next', sized('mvhd', 109)],
    ['F1 with a box that is longer than its parent', sized('stsd', 4_000)],
    ['F1 with a box of size 0 within another', sized('tkhd', 0)],
    ['F1 with a movie of 4 GB', sized('moov', 0xffffffff)],
    ['F1 with 100 brands', Buffer.concat([box('ftyp', 'isom', words(512), 'isom'.repeat(100)), aVideo().subarray(32)])],
    ['F1 with a movie of 17 MB', within('moov', box('free', Buffer.alloc(17 * 2 ** 20)))],
    ['F1 with boxes nested without end', within('moov', nested(1_500))],
    ['F1 with 3 000 boxes', within('moov', Buffer.concat(Array.from({ length: 3_000 }, () => box('free'))))],
    ['F1 with 3 000 boxes after it', endingWith(Buffer.concat(Array.from({ length: 3_000 }, () => box('free'))))],
    ['with a second movie', Buffer.concat([aVideo(), aVideo().subarray(aVideo().indexOf('moov') - 4)])],
    ['with a second type', Buffer.concat([aVideo(), aVideo().subarray(0, 32)])],
    ['without a movie', aVideo().subarray(0, aVideo().indexOf('moov') - 4)],
    ['without a film', Buffer.concat([aVideo().subarray(0, 32), aVideo().subarray(aVideo().indexOf('moov') - 4)])],
    ['that is cut off', aVideo().subarray(0, -1)],
    ['that is empty', Buffer.alloc(0)],
    ['that is QuickTime', made({ brand: 'qt  ' })],
    ['that is sound alone by its brand', made({ brand: 'M4A ' })],
    ['that is an image', made({ brand: 'heic' })],
    ['that is in fragments', endingWith(box('moof'))],
    ['that announces fragments', within('moov', box('mvex'))],
    ['without tracks', made({ handlers: [] })],
    ['with a track of places', made({ handlers: ['vide', 'meta'] })],
    ['with a track of texts', made({ handlers: ['vide', 'text'] })],
    ['with a track of time codes', made({ handlers: ['vide', 'tmcd'] })],
    ['with samples of another file', made({ reference: box('url ', words(0), 'https://example.org/\0') })],
    ['with samples of this file and an address', made({ reference: box('url ', words(1), 'https://example.org/\0') })],
    [
      'F1 with references without end',
      made({ reference: Buffer.concat(Array.from({ length: 3_000 }, () => box('url ', words(1)))) }),
    ],
    ['with places among its samples', within('moov', box('gps ', words(1, 1, 48, 64)))],
    ['with samples by name', made({ reference: box('urn ', words(1)) })],
    ['in an unknown coding', made({ coding: 'rtp ' })],
    ['that is encrypted', made({ coding: 'encv' })],
    ['with a table twice', within('stbl', box('stts', words(0, 0)))],
    ['with a table that is longer than its entries', within('stbl', box('ctts', words(0, 0), SECRET))],
    ['with a table that is shorter than its entries', within('stbl', box('stss', words(0, 1_000_000_000)))],
    ['with an empty table', within('stbl', box('ctts'))],
    ['that says it has another version of times', aVideo({ times: words(0) })],
  ])('%s', async (_, content) => {
    await expect(inspect(content, VIDEO)).rejects.toThrow(NotOfThatType);
  });

  it('that is cut off anywhere', async () => {
    const video = aVideo();
    for (let length = 0; length < video.length; length += 1) {
      await expect(inspectVideo(inPieces(video.subarray(0, length), 64), length)).rejects.toThrow(NotOfThatType);
    }
  });

  it('but what its store says is passed on', async () => {
    await expect(inspectVideo(failing(), aVideo().length)).rejects.toThrow('no answer');
  });

  it('F1 before a film of any length is in memory', async () => {
    const piece = Buffer.alloc(1024 * 1024);
    const head = Buffer.concat([
      aVideo().subarray(0, 32),
      largeBox('mdat', Buffer.alloc(0), BigInt(16 + 200 * 2 ** 20)),
    ]);
    const tail = aVideo().subarray(aVideo().indexOf('moov') - 4);
    async function* long(): AsyncGenerator<Buffer> {
      yield head;
      for (let i = 0; i < 200; i += 1) yield piece;
      yield tail;
    }
    const before = process.memoryUsage().arrayBuffers;
    const overwrites = await readVideo(long(), head.length + 200 * piece.length + tail.length);
    expect(overwrites.every(({ from }) => from > 200 * piece.length)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });
});
