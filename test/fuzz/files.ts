import { createHash } from 'node:crypto';
import {
  aCameraJpeg,
  aCameraPng,
  aCameraWebp,
  aCsv,
  aDocx,
  aJpeg,
  anXlsx,
  aPdf,
  aPng,
  aSpectrum,
  aWebp,
  aZip,
  relationship,
} from '../../src/files/files.example.js';
import { FILE_TYPES } from '../../src/files/file-type.js';
import { aPhoneVideo, aVideo } from '../../src/files/video.example.js';
import type { Attempt } from './attempts.js';
import { type Dice, headerSafe, mutated, oddText } from './dice.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const WORD = `${OFFICE}.wordprocessingml.document`;
const SHEET = `${OFFICE}.spreadsheetml.sheet`;

/** Genuine files of each type that is taken. */
const GENUINE: readonly [type: string, make: () => Buffer][] = [
  ['image/jpeg', aJpeg],
  ['image/jpeg', aCameraJpeg],
  ['image/png', aPng],
  ['image/png', aCameraPng],
  ['image/webp', aWebp],
  ['image/webp', aCameraWebp],
  ['video/mp4', aVideo],
  ['video/mp4', aPhoneVideo],
  ['application/pdf', aPdf],
  ['text/csv', aCsv],
  ['chemical/x-jcamp-dx', aSpectrum],
  [WORD, aDocx],
  [SHEET, anXlsx],
];

const OTHER_TYPES = ['image/svg+xml', 'application/zip', 'x', 'text/csv; charset=x', '', ...Object.keys(FILE_TYPES)];

/** Anything for POST /files: a genuine file that was damaged, an office file made of odd entries, or nothing of the kind. */
export function aFile(dice: Dice): Attempt {
  const [type, make] = dice.pick(GENUINE);
  const [kind, content] = dice.pick<() => [string, Buffer]>([
    () => [type, damaged(dice, make())],
    () => [type, damaged(dice, make())],
    () => anOfficeFile(dice),
    () => [type, Buffer.from(mutated(dice, make().toString('latin1').slice(0, 2_000)))],
  ])();
  const digest = createHash('sha256').update(content).digest('base64');
  return {
    name: 'a file',
    method: 'POST',
    path: '/files',
    headers: {
      'content-type': dice.chance(90) ? kind : dice.pick(OTHER_TYPES),
      'content-digest': dice.chance(90) ? `sha-256=:${digest}:` : headerSafe(oddText(dice)),
      ...(dice.chance(10) ? { 'content-disposition': headerSafe(oddText(dice)) } : {}),
    },
    body: new Uint8Array(content),
    isSignedIn: true,
  };
}

/** The bytes with some of them changed, cut out, doubled or made into a large number: lengths and offsets are what parsers trust. */
function damaged(dice: Dice, genuine: Buffer): Buffer {
  let bytes = genuine;
  for (let i = 0, count = dice.roll(4); i < count; i += 1) {
    const at = dice.roll(Math.max(1, bytes.length));
    const length = dice.pick([1, 2, 4, 16, 64]);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    bytes = dice.pick([
      () => Buffer.concat([head, Buffer.from([dice.roll(256)]), tail.subarray(1)]),
      () => Buffer.concat([head, tail.subarray(length)]),
      () => Buffer.concat([head, tail.subarray(0, length), tail]),
      () => Buffer.concat([head, Buffer.alloc(length, dice.pick([0, 0xff, 0x7f, 0x80])), tail.subarray(length)]),
      () => Buffer.concat([head, Buffer.alloc(length, dice.roll(256)), tail]),
      () => head,
    ])();
  }
  return bytes;
}

const NAMES = [
  '[Content_Types].xml',
  '[CONTENT_TYPES].XML',
  '_rels/.rels',
  'word/_rels/document.xml.rels',
  'word/document.xml',
  'xl/workbook.xml',
  'word/vbaProject.bin',
  '../outside.xml',
  '/absolute',
  'word\\document.xml',
  'a'.repeat(300),
];

/** An office file with further entries, or its own replaced by odd ones; sometimes damaged as well. */
function anOfficeFile(dice: Dice): [string, Buffer] {
  const entries = Object.fromEntries(
    dice.some(0, 5, () => [dice.chance(85) ? dice.pick(NAMES) : `${headerSafe(oddText(dice))}.rels`, anEntry(dice)]),
  );
  const [type, make] = dice.pick([
    [WORD, aDocx],
    [SHEET, anXlsx],
    [WORD, aZip],
  ] as const);
  const content = make(entries);
  return [type, dice.chance(30) ? damaged(dice, content) : content];
}

function anEntry(dice: Dice): string | Buffer {
  return dice.pick<() => string | Buffer>([
    () => '<w:document/>',
    () => relationship(dice.pick(['hyperlink', 'attachedTemplate', 'oleObject', oddText(dice)]), oddText(dice)),
    () => mutated(dice, relationship('hyperlink', 'https://hub.example/')),
    () => '<a>'.repeat(dice.pick([10, 1_000, 80_000])),
    () => `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`,
    () => `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(100)}">]><a>&x;</a>`,
    () => `<a ${'b="&#0;" '.repeat(dice.roll(20))}/>`,
    () => Buffer.alloc(dice.pick([0, 1, 300_000, 3_000_000])),
    () => Buffer.from([0xff, 0xfe, 0x3c, 0x00]),
    () => oddText(dice),
  ])();
}
