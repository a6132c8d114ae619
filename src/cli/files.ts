import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXIT, Failure } from './failures.js';

/** Only its owner may read the file: keys, and whatever may hold personal details. */
export const PRIVATE = 0o600;
export const PUBLIC = 0o644;

export function readText(file: string): string {
  return readBytes(file).toString('utf8');
}

export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new Failure(EXIT.usage, code === 'ENOENT' ? 'cli.failure.noFile' : 'cli.failure.unreadable', { file, code });
  }
}

/** The JSON in a file. The parser's own message is not passed on: it quotes the content. */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Failure(EXIT.usage, 'cli.failure.notJson', { file });
  }
}

/** The JSON object in a file. */
export function readRecord(file: string): Record<string, unknown> {
  const value = readJson(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Failure(EXIT.usage, 'cli.failure.notRecord', { file });
}

/** Writes the whole file or nothing, replacing an older one. */
export function writeWhole(file: string, text: string, mode = PRIVATE): void {
  makeFolder(dirname(file));
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.new`);
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}

export function writeJson(file: string, value: unknown, mode = PRIVATE): void {
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** Writes a file that must not be there yet: a key or a document that is overwritten cannot be brought back. */
export function writeNew(file: string, content: string | Buffer, mode: number): void {
  makeFolder(dirname(file));
  try {
    writeFileSync(file, content, { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Failure(EXIT.usage, 'cli.failure.exists', { file });
  }
}

/** Refuses a file that others may read or write, as ssh does with keys. */
export function checkPrivate(file: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? PRIVATE;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new Failure(EXIT.usage, 'cli.failure.openKey', { file, mode: (mode & 0o777).toString(8).padStart(4, '0') });
}

/** `alert.json` with another ending, such as `alert.signed.json`. */
export function besides(file: string, ending: string): string {
  return `${file.replace(/(\.composition|\.signed|\.key|\.payload)?\.json$/, '')}.${ending}.json`;
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
