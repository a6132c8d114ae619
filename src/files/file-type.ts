import { buffer } from 'node:stream/consumers';
import { fileTypeFromBuffer } from 'file-type';
import { withoutMetadata } from './image-copy.js';
import { checkOfficeFile } from './office-file.js';
import { type Overwrite, overwritten, readVideo, VIDEO } from './video-copy.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** The spectrum of a substance, as laboratories exchange it (IUPAC, JCAMP-DX 4.24 and later): lines of text. */
const SPECTRUM = 'chemical/x-jcamp-dx';

/** The types of file that the hub takes, with the ending that a stored one is given. Everything else is refused, other archives too. */
export const FILE_TYPES: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  [VIDEO]: 'mp4',
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  [SPECTRUM]: 'jdx',
  [`${OFFICE}.spreadsheetml.sheet`]: 'xlsx',
  [`${OFFICE}.wordprocessingml.document`]: 'docx',
};

export function isTaken(mediaType: string): boolean {
  return Object.hasOwn(FILE_TYPES, mediaType);
}

const MEGABYTE = 1024 * 1024;
/** How long a file may be that is sent in one request. */
export const MAX_WHOLE_BYTES = 25 * MEGABYTE;
/** How long a part of a file may be, and how short one that is not the last. */
export const MAX_APPEND_BYTES = 8 * MEGABYTE;
export const MIN_APPEND_BYTES = MEGABYTE / 4;

/** How long a file of this type may be. */
export function maxBytes(mediaType: string): number {
  return mediaType === VIDEO ? 200 * MEGABYTE : MAX_WHOLE_BYTES;
}

/** Content that is not what it was declared to be. */
export class NotOfThatType extends Error {}

/**
 * Whether the content is of the declared type: by its own bytes, never by a name. A file that could also be read as another type, such
 * as a PDF with a page of HTML around it, is of neither. Gives the bytes for recipients: an image or a video without its metadata, any
 * other file as it is. Throws NotOfThatType.
 */
export async function inspect(content: Buffer, declared: string): Promise<Buffer> {
  if (declared === VIDEO) {
    return buffer(overwritten(only(content), await inspectVideo(only(content), content.length)));
  }
  try {
    const copy = withoutMetadata(declared, content); // first, because it bounds how much there is to look at
    await check(content, declared);
    return copy;
  } catch (error) {
    throw new NotOfThatType(declared, { cause: error });
  }
}

/**
 * The same of a video of so many bytes, which is too long to be held: what has to be overwritten in the copy for recipients. Throws
 * NotOfThatType, and passes on what the content throws.
 */
export async function inspectVideo(content: AsyncIterable<Buffer>, size: number): Promise<Overwrite[]> {
  let fault: unknown;
  async function* watched(): AsyncGenerator<Buffer> {
    try {
      yield* content;
    } catch (error) {
      fault = error;
      throw error;
    }
  }
  try {
    return await readVideo(watched(), size);
  } catch (error) {
    throw fault ?? new NotOfThatType(VIDEO, { cause: error });
  }
}

async function* only(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

async function check(content: Buffer, declared: string): Promise<void> {
  const found = await fileTypeFromBuffer(content);
  const isOfType = found ? found.mime === declared : declared === 'text/csv' || declared === SPECTRUM;
  if (!isTaken(declared) || !isOfType) throw new Error('Another type');
  if (declared === 'text/csv') checkTable(content);
  else if (declared === SPECTRUM) checkSpectrum(content);
  else if (declared === 'application/pdf') checkPdf(content);
  else if (declared.startsWith(OFFICE)) await checkOfficeFile(content);
}

/** What a browser would take for a page, wherever it stands. */
const HTML = /<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed)[\s>/]/i;
/** Marks by which programs know what is not a table; none of them has bytes that text cannot have. */
const OTHER_TEXT = /^\s*(?:%PDF|%!PS|#!|##TITLE=|\{\\rtf|<|MZ|PK)/;
/** Every control character but tab, line feed and carriage return. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Text without another type's mark. */
function checkTable(content: Buffer): void {
  if (OTHER_TEXT.test(textOf(content))) throw new Error('Not a plain table');
}

/** JCAMP-DX 4.24, section 4: the title is the first thing in the file, the version follows, the end is the last. */
function checkSpectrum(content: Buffer): void {
  const text = textOf(content);
  const [title = '', second = ''] = text.split(/\r?\n(?=##)/, 2);
  const isHeaded = title.startsWith('##TITLE=') && /^##JCAMP-(?:DX|CS)=\s*\d/.test(second);
  const lines = text.trimEnd();
  if (!isHeaded || !lines.startsWith('##END=', lines.lastIndexOf('\n') + 1)) throw new Error('Not a spectrum');
}

/** UTF-8 without control characters or markup. */
function textOf(content: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  if (CONTROL.test(text) || HTML.test(text)) throw new Error('Not plain text');
  return text;
}

/** ISO 32000-2 7.5: the header is the first thing in the file, the end mark the last. */
function checkPdf(content: Buffer): void {
  const text = content.toString('latin1');
  if (!/^%PDF-[12]\.\d/.test(text) || !/%%EOF\s*$/.test(text.slice(-1024))) throw new Error('More than a PDF file');
  if (HTML.test(text)) throw new Error('A page of HTML');
}
