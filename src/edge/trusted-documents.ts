import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionNode, type FragmentDefinitionNode, getOperationAST, Kind, parse, print, visit } from 'graphql';
import { PROJECT_FOLDER } from '../../config/environment.js';
import type { Caller } from '../access/caller.js';
import { DocumentNotTrusted } from '../common/errors.js';

/**
 * Who asks: the console and the command line. Each has a folder `documents`, one operation or one fragment a file, and the manifest that is made of them
 * (`npm run documents`).
 */
export type Asker = 'web' | 'cli';
export const manifestFile = (asker: Asker): string => join(PROJECT_FOLDER, asker, 'documents.json');

/** What a request may say of its document: its text, or its id. */
export interface DocumentRequest {
  query?: unknown;
  documentId?: unknown;
}

/**
 * The documents that the hub knows, by id. Whoever comes with a session's cookie asks nothing but those of the console, so that a page which
 * was tampered with cannot ask more than the console does. A unit's system names these or those of the command line; free text it may send
 * only if its connection allows it.
 */
export class TrustedDocuments {
  constructor(
    private readonly texts: ReadonlyMap<string, string>,
    private readonly ofCommandLine: ReadonlyMap<string, string>,
  ) {}

  /** The text to execute. Throws DocumentNotTrusted for an unknown id, for id and text together, and for text from who may not send any. */
  textFor({ query, documentId }: DocumentRequest, caller: Caller | undefined): unknown {
    if (documentId === undefined || documentId === null) {
      if (caller?.session || caller?.token?.isBoundToDocuments) throw new DocumentNotTrusted();
      return query;
    }
    const isAlone = query === undefined || query === null;
    const text = isAlone && typeof documentId === 'string' ? this.known(documentId, caller) : undefined;
    if (text === undefined) throw new DocumentNotTrusted();
    return text;
  }

  private known(id: string, caller: Caller | undefined): string | undefined {
    return this.texts.get(id) ?? (caller?.token ? this.ofCommandLine.get(id) : undefined);
  }

  /** The id of each document of the console by the name of its operation, for pages that the server writes. */
  ids(): Record<string, string> {
    return Object.fromEntries([...this.texts].map(([id, text]) => [nameOf(text) ?? '', id]));
  }
}

/** `sha256:` and the hexadecimal SHA-256 of a document's text. */
export function documentId(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The manifest of the sources, each printed by graphql-js with the fragments that it spreads, in the order of their names. */
export function manifestOfSources(asker: Asker): Record<string, string> {
  const sources = join(PROJECT_FOLDER, asker, 'documents');
  const documents = readdirSync(sources)
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => parse(readFileSync(join(sources, name), 'utf8')));
  const fragments = documents.flatMap(({ definitions }) => definitions.filter(isFragment));
  const texts = documents
    .filter(({ definitions }) => !definitions.every(isFragment))
    .map((document) => {
      const spread = new Set<string>();
      visit(document, { FragmentSpread: ({ name }) => void spread.add(name.value) });
      return print({
        kind: Kind.DOCUMENT,
        definitions: [...document.definitions, ...fragments.filter(({ name }) => spread.has(name.value))],
      });
    });
  return Object.fromEntries(texts.map((text) => [documentId(text), text]));
}

const isFragment = (definition: DefinitionNode): definition is FragmentDefinitionNode =>
  definition.kind === Kind.FRAGMENT_DEFINITION;

/** The manifest as it stands in the repository. */
export function readManifest(asker: Asker): Map<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(manifestFile(asker), 'utf8')) as Record<string, string>));
}

function nameOf(text: string): string | undefined {
  return getOperationAST(parse(text))?.name?.value;
}
