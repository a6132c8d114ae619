import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** Small real files for tests, each with the metadata that real ones carry. */

/** What must never reach a recipient. */
export const SECRET = 'Officer Nguyen, 21.0285N 105.8542E';

const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////' +
    '////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAIAAgDASIAAhEB' +
    'AxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAYEAEAAwEAAAAAAAAAAAAAAAAAAQMycf/EABUBAQEAAAAAAAAAAAAAAAAAAAEC/8QAFxEBAAMAAAAA' +
    'AAAAAAAAAAAAAAECMf/aAAwDAQACEQMRAD8AhdiOgCFW1//Z',
  'base64',
);
const WEBP = Buffer.from(
  'UklGRlwAAABXRUJQVlA4WAoAAAAQAAAABwAABwAAQUxQSBEAAAABDzD/ERECIIgU/6EeIvofAgBWUDggJAAAAHABAJ0BKggACAAHQJYlqAJ0AUAAAP7a' +
    'JeIB8vye7OmHWYAAAA==',
  'base64',
);

export const aJpeg = (): Buffer => Buffer.from(JPEG);

/** The same picture as a camera writes it: place and owner in an Exif segment and a comment, another file after the end. */
export function aCameraJpeg(secret = SECRET): Buffer {
  const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0MM\0*'), Buffer.from(secret)]));
  return Buffer.concat([
    JPEG.subarray(0, 20),
    exif,
    segment(0xfe, Buffer.from(secret)),
    JPEG.subarray(20),
    Buffer.from(secret),
  ]);
}

export const aWebp = (): Buffer => Buffer.from(WEBP);

export function aCameraWebp(): Buffer {
  const exif = Buffer.from(SECRET.padEnd(SECRET.length + (SECRET.length % 2)));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(exif.length);
  const webp = Buffer.concat([WEBP, Buffer.from('EXIF'), size, exif]);
  webp.writeUInt32LE(webp.length - 8, 4);
  webp[20]! |= 0x08;
  return webp;
}

/** A picture of one red pixel. */
export const aPng = (): Buffer => png([]);

export function aCameraPng(): Buffer {
  const text = Buffer.from(`Author\0${SECRET}`);
  return Buffer.concat([
    png([
      ['tEXt', text],
      ['eXIf', text],
    ]),
    Buffer.from(SECRET),
  ]);
}

export function aPdf(more = ''): Buffer {
  return Buffer.from(`%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n${more}trailer\n<< /Root 1 0 R >>\n%%EOF\n`);
}

/** A spectrum of three points, JCAMP-DX 4.24. */
export const aSpectrum = (): Buffer =>
  Buffer.from(
    [
      '##TITLE= Tablet 3, infrared',
      '##JCAMP-DX= 4.24',
      '##DATA TYPE= INFRARED SPECTRUM',
      '##XUNITS= 1/CM',
      '##YUNITS= ABSORBANCE',
      '##FIRSTX= 450.0',
      '##LASTX= 452.0',
      '##NPOINTS= 3',
      '##XYDATA= (X++(Y..Y))',
      '450.0 12 15 11',
      '##END=',
      '',
    ].join('\n'),
  );
export const aCsv = (): Buffer => Buffer.from('container;weight\nCSQU3054383;12500\n');

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';

export function aDocx(entries: ZipEntries = {}, type = WORD): Buffer {
  return aZip({
    '[Content_Types].xml': contentTypes('/word/document.xml', type),
    'word/document.xml': '<w:document/>',
    ...entries,
  });
}

export function anXlsx(entries: ZipEntries = {}): Buffer {
  return aZip({
    '[Content_Types].xml': contentTypes('/xl/workbook.xml', SHEET),
    'xl/workbook.xml': '<workbook/>',
    ...entries,
  });
}

/** The entries of a relationship part that leads to this target. */
export function relationship(type: string, target: string): string {
  const base = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return `<Relationships><Relationship Id="r1" Type="${base}/${type}" Target="${target}" TargetMode="External"/></Relationships>`;
}

export type ZipEntries = Record<string, string | Buffer>;

/** A ZIP file (APPNOTE 4.3) of these entries. */
export function aZip(entries: ZipEntries): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4); // deflate
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), shared, place, Buffer.from(name));
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, list, Buffer.from('PK\x05\x06'), end]);
}

function contentTypes(part: string, type: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Types><Override PartName="${part}" ContentType="${type}"/></Types>`;
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function png(more: readonly (readonly [string, Buffer])[]): Buffer {
  const header = Buffer.from('00000001000000010802000000', 'hex');
  const chunks = [
    ['IHDR', header],
    ...more,
    ['IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))],
    ['IEND', Buffer.alloc(0)],
  ] as const;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...chunks.map(([type, content]) => chunk(type, content)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
