/** The files that go from compose to sign and from sign to submit. They may hold personal details: mode 0600. */
import type { Composable, Composition, SignedText } from './client-models.js';
import { EXIT, Failure } from './failures.js';
import { readRecord, writeJson } from './files.js';

interface CompositionsFile {
  v: 1;
  kind: 'compositions';
  of: Composable;
  compositions: Composition[];
}

interface SignedFile {
  v: 1;
  kind: 'signed';
  objects: (SignedText & { id: string; to: string[] })[];
}

export function writeCompositions(file: string, of: Composable, compositions: Composition[]): void {
  const content: CompositionsFile = { v: 1, kind: 'compositions', of, compositions };
  writeJson(file, content);
}

/** Only the frame is checked here; each composition is judged when it is signed. */
export function readCompositions(file: string): Composition[] {
  return list(file, 'compositions', 'compositions', ({ to, signing, parts }) =>
    [to, signing, parts].every(Array.isArray),
  );
}

export function writeSigned(file: string, objects: SignedFile['objects']): void {
  const content: SignedFile = { v: 1, kind: 'signed', objects };
  writeJson(file, content);
}

export function readSigned(file: string): SignedFile['objects'] {
  return list(file, 'signed', 'objects', ({ text, parts }) => typeof text === 'string' && Array.isArray(parts));
}

function list<T>(
  file: string,
  kind: string,
  member: string,
  isWhole: (entry: Record<string, unknown>) => boolean,
): T[] {
  const record = readRecord(file);
  const entries = record[member];
  const isRight = record['v'] === 1 && record['kind'] === kind && Array.isArray(entries);
  if (!isRight || !(entries as unknown[]).every((entry) => isWhole((entry ?? {}) as Record<string, unknown>))) {
    throw new Failure(EXIT.usage, 'cli.failure.wrongFile', { file, kind });
  }
  return entries as T[];
}
