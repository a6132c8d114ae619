import { SECRET } from './files.example.js';

/** A small video for tests, box by box: one track of pictures and one of sound, with what telephones write beside them. */

export function box(type: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((each) => Buffer.from(each as string, 'latin1')));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** The same with its size in 64 bits. */
export function largeBox(type: string, content: Buffer, size = BigInt(16 + content.length)): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, 'latin1');
  head.writeBigUInt64BE(size, 8);
  return Buffer.concat([head, content]);
}

export const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
  return bytes;
};

const TIMES = words(3_900_000_000, 3_900_000_001);
const FILM = Buffer.from('the coded picture and sound; <script> is not looked for here');

/** Further boxes, by the box at whose end they stand; `file` is the file itself, and `video` and `sound` the descriptions of samples. */
export type Additions = Partial<Record<Place, Buffer[]>>;
export const PLACES = ['file', 'moov', 'trak', 'edts', 'mdia', 'minf', 'dinf', 'stbl', 'video', 'sound'] as const;
export type Place = (typeof PLACES)[number];

export interface VideoOptions {
  more?: Additions;
  /** What the tracks are of. */
  handlers?: readonly string[];
  /** What the cameras call their tracks and codings. */
  name?: string;
  times?: Buffer;
  film?: Buffer;
  brand?: string;
  reference?: Buffer;
  coding?: string;
}

/** A video in which there is nothing to take out. */
export function aVideo({
  more = {},
  handlers = ['vide', 'soun'],
  name = '',
  times = words(0, 0),
  film = FILM,
  brand = 'isom',
  reference = box('url ', words(1)),
  coding = 'avc1',
}: VideoOptions = {}): Buffer {
  const at = (place: Place): Buffer[] => more[place] ?? [];
  const description = (handler: string): Buffer => {
    if (handler === 'soun') {
      return box('mp4a', Buffer.alloc(28), box('esds', words(0), 'AAC'), ...at('sound'));
    }
    const numbers = Buffer.alloc(78);
    numbers.write(name.slice(0, 32), 42, 'latin1');
    return box(coding, numbers, box('avcC', 'H264'), box('pasp', words(1, 1)), ...at('video'));
  };
  const track = (handler: string): Buffer =>
    box(
      'trak',
      box('tkhd', words(0), times, Buffer.alloc(72)),
      box('edts', box('elst', words(0, 1, 1, 0, 0x10000)), ...at('edts')),
      box(
        'mdia',
        box('mdhd', words(0), times, Buffer.alloc(12)),
        box('hdlr', words(0, 0), handler, Buffer.alloc(12), `${name}\0`),
        box(
          'minf',
          handler === 'soun' ? box('smhd', Buffer.alloc(8)) : box('vmhd', Buffer.alloc(12)),
          box('dinf', box('dref', words(0, 1), reference), ...at('dinf')),
          box(
            'stbl',
            box('stsd', words(0, 1), description(handler)),
            box('stts', words(0, 1, 1, 1)),
            box('stsz', words(0, 0, 1, film.length)),
            box('stsc', words(0, 1, 1, 1, 1)),
            box('stco', words(0, 1, 40)),
            ...at('stbl'),
          ),
          ...at('minf'),
        ),
        ...at('mdia'),
      ),
      ...at('trak'),
    );
  return Buffer.concat([
    box('ftyp', brand, words(512), 'isomiso2avc1mp41'),
    box('mdat', film),
    box('moov', box('mvhd', words(0), times, Buffer.alloc(88)), ...handlers.map(track), ...at('moov')),
    ...at('file'),
  ]);
}

/** The same as a telephone writes it: place, time and owner wherever there is room for them. */
export function aPhoneVideo(secret = SECRET, film = FILM): Buffer {
  const notes = [
    box('udta', box('\xa9xyz', secret)),
    box('meta', words(0), secret),
    box('uuid', Buffer.alloc(16, 7), secret),
    box('free', secret),
    box('made', secret),
  ];
  const more = Object.fromEntries(PLACES.map((place) => [place, notes]));
  return aVideo({ more, name: secret, times: TIMES, film });
}
