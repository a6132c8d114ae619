import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { documentLimits } from '../../src/edge/document-limits.js';
import { documentId, manifestFile, manifestOfSources, readManifest } from '../../src/edge/trusted-documents.js';

const schema = buildSchema(readFileSync(join(PROJECT_FOLDER, 'schema.graphql'), 'utf8'));

describe.each([
  ['the console', 'web'],
  ['the command line', 'cli'],
] as const)('the documents of %s', (_, asker) => {
  it('stand in the manifest as they are printed', () => {
    const manifest = `${JSON.stringify(manifestOfSources(asker), null, 2)}\n`;
    if (process.env['UPDATE_DOCUMENTS']) writeFileSync(manifestFile(asker), manifest);
    expect(readFileSync(manifestFile(asker), 'utf8')).toBe(manifest);
  });

  it.each([...readManifest(asker)])(
    '%s is what its id says, one named operation that the schema and the limits allow',
    (id, text) => {
      expect(documentId(text)).toBe(id);
      const document = parse(text);
      expect(getOperationAST(document)?.name?.value).toMatch(/^[A-Z]/);
      expect(validate(schema, document, [...specifiedRules, documentLimits])).toEqual([]);
    },
  );

  it('have names of their own', () => {
    const names = [...readManifest(asker).values()].map((text) => getOperationAST(parse(text))!.name!.value);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('the command line has no document that it never asks for', () => {
  const client = ['client.ts', 'client-models.ts'].map((name) =>
    readFileSync(join(PROJECT_FOLDER, 'src/cli', name), 'utf8'),
  );
  const names = [...readManifest('cli').values()].map((text) => getOperationAST(parse(text))!.name!.value);
  expect(names.filter((name) => !client.join('').includes(`'${name}'`))).toEqual([]);
});
