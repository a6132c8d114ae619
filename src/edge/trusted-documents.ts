import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOperationAST, parse, print } from 'graphql';
import { PROJECT_FOLDER } from '../../config/environment.js';
import type { Caller } from '../access/caller.js';
import { DocumentNotTrusted } from '../common/errors.js';

/** What the console asks, one operation a file; and the manifest that is made of them (`npm run documents`). */
const SOURCES = join(PROJECT_FOLDER, 'web/documents');
export const MANIFEST = join(PROJECT_FOLDER, 'web/documents.json');

/** What a request may say of its document: its text, or its id. */
export interface DocumentRequest {
  query?: unknown;
  documentId?: unknown;
}

/**
 * The documents of the console, by id. Whoever comes with a session's cookie asks nothing but these, so that a page which was tampered
 * with cannot ask more than the console does. A unit's system may name them too; free text it may send unless its connection forbids it.
 */
export class TrustedDocuments {
  constructor(private readonly texts: ReadonlyMap<string, string>) {}

  /** The text to execute. Throws DocumentNotTrusted for an unknown id, for id and text together, and for text from who may not send any. */
  textFor({ query, documentId }: DocumentRequest, caller: Caller | undefined): unknown {
    if (documentId === undefined || documentId === null) {
      if (caller?.session || caller?.token?.isBoundToDocuments) throw new DocumentNotTrusted();
      return query;
    }
    const isAlone = query === undefined || query === null;
    const text = isAlone && typeof documentId === 'string' ? this.texts.get(documentId) : undefined;
    if (text === undefined) throw new DocumentNotTrusted();
    return text;
  }

  /** The id of each document by the name of its operation, for pages that the server writes. */
  ids(): Record<string, string> {
    return Object.fromEntries([...this.texts].map(([id, text]) => [nameOf(text) ?? '', id]));
  }
}

/** `sha256:` and the hexadecimal SHA-256 of a document's text. */
export function documentId(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The manifest of the sources, each printed by graphql-js, in the order of their names. */
export function manifestOfSources(): Record<string, string> {
  const texts = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => print(parse(readFileSync(join(SOURCES, name), 'utf8'))));
  return Object.fromEntries(texts.map((text) => [documentId(text), text]));
}

/** The manifest as it stands in the repository. */
export function readManifest(): Map<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, string>));
}

function nameOf(text: string): string | undefined {
  return getOperationAST(parse(text))?.name?.value;
}
