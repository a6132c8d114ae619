import { documentId, readManifest } from '../../src/edge/trusted-documents.js';

/** The documents that the tests' hubs trust: those of the console, and whatever a test has its browser ask. */
export const CONSOLE_DOCUMENTS = new Map(readManifest('web'));

/** The id of a document that from now on is trusted. */
export function trusted(query: string): string {
  const id = documentId(query);
  CONSOLE_DOCUMENTS.set(id, query);
  return id;
}
