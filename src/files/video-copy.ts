import { fileTypeFromBuffer } from 'file-type';
import { type Box, boxesIn, boxOf, HEADER_BYTES, isLargeHeader, StreamReader } from './mp4-boxes.js';

/**
 * Videos (ISO/IEC 14496-12 and -14) without what they tell beside picture and sound: place, time, camera, owner, comments, previews, programs.
 * The copy is as long as the original, for places in a video are counted from its beginning: every box without which it can be shown stays
 * where it is, every other one, known or not, becomes `free` space of zeros. Nothing is decoded. What stands within the coded picture and
 * sound (`mdat`) is not touched.
 */

/** Bytes of a video that its copy does not have: these stand in their place, or zeros. */
export interface Overwrite {
  from: number;
  to: number;
  bytes?: Buffer;
}

export const VIDEO = 'video/mp4';

/** The tables of two hours; they are the only thing that is held in memory. */
const MAX_MOVIE_BYTES = 16 * 1024 * 1024;
const MAX_BOXES = 2_000;
const MAX_BRANDS_BYTES = 256;
const FREE = Buffer.from('free');

/** Boxes without which a video cannot be shown, by the box that they are in; each is there once at most, but for tracks. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak'],
  trak: ['tkhd', 'edts', 'mdia'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['vmhd', 'smhd', 'dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'ctts', 'stss', 'stsz', 'stsc', 'stco', 'co64'],
};
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak'],
  trak: ['tkhd', 'mdia'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'stsz', 'stsc'],
};
/** Where a dashboard camera has written the places among the samples, which stay as they are. */
const PLACES = 'gps ';
/** Fragments (8.8) have a movie of their own each: a file of them is not taken. */
const OF_FRAGMENTS = new Set(['moof', 'mvex', 'mfra', 'sidx', 'styp']);

/** How long a box with times is, in versions 0 and 1 (8.2.2, 8.3.2, 8.4.2). */
const TIMED: Readonly<Record<string, readonly number[]>> = { mvhd: [100, 112], tkhd: [84, 96], mdhd: [24, 36] };
/** How long a box of tables is for each entry (8.6.1, 8.6.2, 8.7.4, 8.7.5). */
const ENTRY_BYTES: Readonly<Record<string, number>> = { stts: 8, ctts: 8, stss: 4, stsc: 12, stco: 4, co64: 8 };
const FIXED: Readonly<Record<string, number>> = { vmhd: 12, smhd: 8 };

/** How a track's samples are coded, what of their description is said in numbers, and which of these a program may write freely. */
const CODINGS = {
  vide: {
    types: ['avc1', 'avc3', 'hvc1', 'hev1', 'av01', 'vp09', 'mp4v'],
    length: 78,
    free: [
      [8, 24],
      [42, 74], // compressorname
    ],
  },
  soun: { types: ['mp4a', 'Opus', 'ac-3', 'ec-3'], length: 28, free: [[10, 16]] },
} as const;
/** What a decoder has to know before the first sample, with its length where that is always the same. */
const SETTINGS: Readonly<Record<string, number | 'any'>> = {
  avcC: 'any',
  hvcC: 'any',
  av1C: 'any',
  vpcC: 'any',
  esds: 'any',
  dOps: 'any',
  dac3: 'any',
  dec3: 'any',
  pasp: 8,
  clap: 32,
  colr: 11, // as numbers; a colour profile is longer
  mdcv: 24,
  clli: 4,
};

/**
 * Reads a video of so many bytes, and gives what has to be overwritten in its copy, in the order of the file. Throws unless
 *
 * - `ftyp` is the first box and says that it is an MP4 file; boxes fill the file to its last byte, and each what it is in
 * - there is one `moov` of at most 16 MB and some `mdat`; the file is not fragmented
 * - every track is of pictures or of sound, not of places or texts, in a known coding, and lies in this file
 * - nothing says that places stand among the samples
 */
export async function readVideo(content: AsyncIterable<Buffer>, size: number): Promise<Overwrite[]> {
  const reader = new StreamReader(content);
  const counts: Record<string, number> = { ftyp: 0, moov: 0, mdat: 0 };
  const parts = new Parts();
  for (let at = 0; at < size;) {
    const short = await reader.read(HEADER_BYTES);
    const header = isLargeHeader(short) ? Buffer.concat([short, await reader.read(HEADER_BYTES)]) : short;
    const box = boxOf(header, at, size);
    const length = box.end - box.contentAt;
    if ((at === 0) !== (box.type === 'ftyp')) throw new Error('The type is not the first thing in the file, and once');
    counts[box.type] = (counts[box.type] ?? 0) + 1;
    parts.count(box);
    if (box.type === 'ftyp') await checkBrands(header, await reader.read(atMost(length, MAX_BRANDS_BYTES)));
    else if (box.type === 'moov') new Movie(await reader.read(atMost(length, MAX_MOVIE_BYTES)), box, parts).read();
    else {
      if (box.type !== 'mdat') parts.blank(box);
      await reader.skip(length);
    }
    at = box.end;
  }
  if (counts['moov'] !== 1 || counts['mdat'] === 0) throw new Error('Not one movie');
  return parts.overwrites;
}

/** The content with these bytes overwritten, which are in order and apart. */
export async function* overwritten(
  content: AsyncIterable<Buffer>,
  overwrites: readonly Overwrite[],
): AsyncGenerator<Buffer> {
  let at = 0;
  let next = 0;
  for await (const chunk of content) {
    const copy = Buffer.from(chunk);
    const end = at + copy.length;
    for (let each = overwrites[next]; each && each.from < end; each = overwrites[next]) {
      const [from, to] = [Math.max(each.from, at), Math.min(each.to, end)];
      if (each.bytes) each.bytes.copy(copy, from - at, from - each.from, to - each.from);
      else copy.fill(0, from - at, to - at);
      if (each.to > end) break;
      next += 1;
    }
    at = end;
    yield copy;
  }
}

/** What was found so far, by offsets in the file. */
class Parts {
  readonly overwrites: Overwrite[] = [];
  private boxes = 0;

  count({ type }: Box): void {
    this.boxes += 1;
    if (this.boxes > MAX_BOXES) throw new Error('Too many boxes');
    if (OF_FRAGMENTS.has(type)) throw new Error('A fragmented file');
    if (type === PLACES) throw new Error('Places among the samples');
  }

  /** Makes a box free space, with nothing in it. */
  blank({ at, contentAt, end }: Box, base = 0): void {
    this.overwrites.push({ from: base + at + 4, to: base + at + 8, bytes: FREE });
    this.zero(base + contentAt, base + end);
  }

  zero(from: number, to: number): void {
    if (to > from) this.overwrites.push({ from, to });
  }
}

/** The content of `moov`, in which offsets are counted from its own beginning. */
class Movie {
  private readonly base: number;

  constructor(
    private readonly bytes: Buffer,
    { contentAt }: Box,
    private readonly parts: Parts,
  ) {
    this.base = contentAt;
  }

  read(): void {
    this.readInside({ type: 'moov', at: 0, contentAt: 0, end: this.bytes.length });
  }

  /** `handler` is what the track around it is of. */
  private readInside(parent: Box, handler?: string): void {
    const boxes = [...this.counted(parent.contentAt, parent.end)];
    const of = parent.type === 'mdia' ? this.handlerAmong(boxes) : handler;
    const seen: string[] = [];
    for (const box of boxes) {
      if (!KEPT[parent.type]!.includes(box.type)) {
        this.parts.blank(box, this.base);
        continue;
      }
      if (box.type !== 'trak' && seen.includes(box.type)) throw new Error('A box is there twice');
      seen.push(box.type);
      if (KEPT[box.type]) this.readInside(box, of);
      else this.readLeaf(box, of);
    }
    const missing = (NEEDED[parent.type] ?? []).filter((type) => !seen.includes(type));
    if (missing.length > 0) throw new Error(`Without ${missing.join()}`);
  }

  private *counted(from: number, to: number): Generator<Box> {
    for (const box of boxesIn(this.bytes, from, to)) {
      this.parts.count(box);
      yield box;
    }
  }

  private handlerAmong(boxes: readonly Box[]): string {
    const box = boxes.find(({ type }) => type === 'hdlr');
    const handler = box && this.contentOf(box).toString('latin1', 8, 12);
    if (handler !== 'vide' && handler !== 'soun') throw new Error('A track that is neither picture nor sound');
    return handler;
  }

  private readLeaf(box: Box, handler = ''): void {
    const content = this.contentOf(box);
    const { length } = content;
    if (TIMED[box.type]) this.readTimed(box, content);
    else if (box.type === 'hdlr') this.readHandler(box);
    else if (box.type === 'dref') checkReferences(this.bytes, box);
    else if (box.type === 'stsd') this.readDescriptions(box, content, CODINGS[handler as keyof typeof CODINGS]);
    else if (length !== lengthOf(box.type, content)) throw new Error('A table of another length');
  }

  /** When it was made and changed. */
  private readTimed({ type, contentAt }: Box, content: Buffer): void {
    const version = content.readUInt8(0);
    if (content.length !== TIMED[type]![version]) throw new Error('Times of another form');
    this.zero(contentAt + 4, contentAt + 4 + (version === 1 ? 16 : 8));
  }

  /** 8.4.3: after the kind of track comes a name, which programs and cameras write. */
  private readHandler({ contentAt, end }: Box): void {
    this.zero(contentAt + 4, contentAt + 8);
    this.zero(contentAt + 12, end);
  }

  /** 8.5.2: how the samples are coded, in one or several ways. */
  private readDescriptions(
    { contentAt, end }: Box,
    content: Buffer,
    coding: (typeof CODINGS)[keyof typeof CODINGS],
  ): void {
    const entries = [...this.counted(contentAt + 8, end)];
    if (entries.length === 0 || entries.length !== content.readUInt32BE(4)) throw new Error('Not so many descriptions');
    for (const entry of entries) {
      const settingsAt = entry.contentAt + coding.length;
      const isKnown = (coding.types as readonly string[]).includes(entry.type) && settingsAt <= entry.end;
      // QuickTime's longer descriptions of sound have another version here.
      if (!isKnown || this.bytes.readUInt16BE(entry.contentAt + 8) !== 0) throw new Error('An unknown coding');
      for (const [from, to] of coding.free) this.zero(entry.contentAt + from, entry.contentAt + to);
      for (const box of this.counted(settingsAt, entry.end)) {
        const length = SETTINGS[box.type];
        if (length !== 'any' && length !== box.end - box.contentAt) this.parts.blank(box, this.base);
      }
    }
  }

  private contentOf({ contentAt, end }: Box): Buffer {
    return this.bytes.subarray(contentAt, end);
  }

  private zero(from: number, to: number): void {
    this.parts.zero(this.base + from, this.base + to);
  }
}

function atMost(length: number, limit: number): number {
  if (length > limit) throw new Error('A box is too long');
  return length;
}

/** 4.3: four letters each. By them the type is told from its relatives: QuickTime, sound alone, images. */
async function checkBrands(header: Buffer, brands: Buffer): Promise<void> {
  const found = await fileTypeFromBuffer(Buffer.concat([header, brands]));
  const [major, others] = [brands.toString('latin1', 0, 4), brands.toString('latin1', 8)];
  if (found?.mime !== VIDEO || !/^([\w .+-]{4})+$/.test(major + others)) throw new Error('Another type');
}

/** 8.7.2: the samples are in this file, and nowhere else. */
function checkReferences(bytes: Buffer, { contentAt, end }: Box): void {
  const { type, contentAt: at, end: to } = boxOf(bytes.subarray(contentAt + 8, end), contentAt + 8, end);
  const isHere = type === 'url ' && to === at + 4 && to === end && bytes.readUInt32BE(at) === 1;
  if (!isHere || bytes.readUInt32BE(contentAt + 4) !== 1) throw new Error('Samples of another file');
}

/** How long the content of a table with so many entries is. */
function lengthOf(type: string, content: Buffer): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return fixed;
  if (type === 'stsz') return 12 + (content.readUInt32BE(4) === 0 ? 4 * content.readUInt32BE(8) : 0);
  const entryBytes = type === 'elst' ? (content.readUInt8(0) === 1 ? 20 : 12) : ENTRY_BYTES[type]!;
  return 8 + entryBytes * content.readUInt32BE(4);
}
