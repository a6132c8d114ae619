/**
 * Images without what they tell beside the picture: camera, place, time, owner, comments, previews, colour profiles (which name
 * screens and their users) and whatever follows the end of the picture. Only the segments without which the picture cannot be decoded
 * are taken over, byte for byte; nothing is decoded, so no decoder can be attacked, and a picture keeps every pixel. The same image
 * gives the same copy everywhere. A picture that a camera turned by a mark is shown unturned.
 */

/** This image without metadata; the same bytes when it had none. Throws for an image whose structure does not hold. */
export function withoutMetadata(mediaType: string, image: Buffer): Buffer {
  switch (mediaType) {
    case 'image/jpeg':
      return Buffer.concat(few(jpegSegments(image)));
    case 'image/png':
      return Buffer.concat(few(pngChunks(image)));
    case 'image/webp':
      return webp(few(webpChunks(image)));
    default:
      return image;
  }
}

/** A photograph has some hundred. Of empty ones 25 MB would hold millions, each an object in memory. */
const MAX_SEGMENTS = 20_000;

function few(segments: Iterable<Buffer>): Buffer[] {
  const kept: Buffer[] = [];
  for (const segment of segments) {
    if (kept.push(segment) > MAX_SEGMENTS) throw new Error('Too many segments');
  }
  return kept;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;

/** ITU-T T.81 annex B: markers, each with a segment that says its own length; after SOS the coded picture up to the next marker. */
function* jpegSegments(image: Buffer): Generator<Buffer> {
  if (image.readUInt16BE(0) !== 0xff00 + SOI) throw new Error('Not a JPEG image');
  yield image.subarray(0, 2);
  for (let at = 2; ;) {
    if (image.readUInt8(at) !== 0xff) throw new Error('A marker was expected');
    const marker = image.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === EOI) return yield image.subarray(at, at + 2);
    const end = at + 2 + image.readUInt16BE(at + 2);
    if (end > image.length || end < at + 4) throw new Error('A segment is longer than the image');
    const segment = image.subarray(at, end);
    if (marker === APP0) yield* jfif(segment);
    else if (isForDecoding(marker, segment)) yield segment;
    at = end;
    if (marker !== SOS) continue;
    at = endOfCoded(image, at);
    yield image.subarray(end, at);
  }
}

/** Tables, frames and scans (C0 to CF, DA to DF); Adobe's segment says how colours are coded. APPn and comments are not for decoding. */
function isForDecoding(marker: number, segment: Buffer): boolean {
  if (marker === APP14) return segment.toString('latin1', 4, 9) === 'Adobe';
  return marker >= 0xc0 && marker <= 0xdf;
}

/** JFIF's segment without a preview; its extensions hold nothing but previews. */
function* jfif(segment: Buffer): Generator<Buffer> {
  if (segment.toString('latin1', 4, 9) !== 'JFIF\0' || segment.length < 18) return;
  const bare = Buffer.from(segment.subarray(0, 18));
  bare.writeUInt16BE(16, 2);
  bare.writeUInt16BE(0, 16);
  yield bare;
}

/** Coded data ends at a marker that is neither a stuffed byte (FF00) nor a restart marker. */
function endOfCoded(image: Buffer, start: number): number {
  for (let at = image.indexOf(0xff, start); at >= 0 && at + 1 < image.length; at = image.indexOf(0xff, at + 1)) {
    const next = image.readUInt8(at + 1);
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw new Error('The image has no end');
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** PNG (third edition) section 11: what decides how pixels look. */
const PNG_KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'cICP',
  'sBIT',
  'bKGD',
  'pHYs',
]);

function* pngChunks(image: Buffer): Generator<Buffer> {
  if (!image.subarray(0, 8).equals(PNG_SIGNATURE)) throw new Error('Not a PNG image');
  yield PNG_SIGNATURE;
  for (let at = 8; ;) {
    const end = at + 12 + image.readUInt32BE(at);
    const type = image.toString('latin1', at + 4, at + 8);
    if (end > image.length) throw new Error('A chunk is longer than the image');
    if (at === 8 && type !== 'IHDR') throw new Error('The image has no header');
    if (PNG_KEPT.has(type)) yield image.subarray(at, end);
    if (type === 'IEND') return;
    at = end;
  }
}

const WEBP_KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH']);
/** RFC 9649 section 2.7.1: flags of VP8X. */
const WEBP_ALPHA = 0x10;
const WEBP_ANIMATION = 0x02;

function* webpChunks(image: Buffer): Generator<Buffer> {
  const isWebp = image.toString('latin1', 0, 4) === 'RIFF' && image.toString('latin1', 8, 12) === 'WEBP';
  const fileEnd = 8 + image.readUInt32LE(4);
  if (!isWebp || fileEnd > image.length) throw new Error('Not a whole WebP image');
  for (let at = 12; at < fileEnd;) {
    const size = image.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (end > fileEnd) throw new Error('A chunk is longer than the image');
    const type = image.toString('latin1', at, at + 4);
    if (type === 'VP8X') yield extendedHeader(image.subarray(at, end));
    else if (WEBP_KEPT.has(type)) yield image.subarray(at, end);
    at = end;
  }
}

function extendedHeader(chunk: Buffer): Buffer {
  if ((chunk.readUInt8(8) & WEBP_ANIMATION) !== 0) throw new Error('Moving images are not taken');
  const header = Buffer.from(chunk);
  header[8] = chunk.readUInt8(8) & WEBP_ALPHA;
  return header;
}

function webp(chunks: readonly Buffer[]): Buffer {
  if (!chunks.some((chunk) => chunk.toString('latin1', 0, 3) === 'VP8' && chunk[3] !== 0x58)) {
    throw new Error('The image has no picture');
  }
  const body = Buffer.concat(chunks);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, body]);
}
