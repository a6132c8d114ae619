import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { ROWS, rowsNamedIn } from '../hostile/rows.js';

/** Every string of every test file that begins with the name of a row: titles, and the tables that titles are made of. */
const named = new Map<string, string[]>();
for (const file of ['src', 'test', 'config'].flatMap((folder) => testFilesUnder(join(PROJECT_FOLDER, folder)))) {
  for (const text of stringsOf(file)) {
    for (const id of rowsNamedIn(text)) {
      named.set(id, [...(named.get(id) ?? []), `${relative(PROJECT_FOLDER, file)}: ${text}`]);
    }
  }
}

describe('the list of hostile inputs', () => {
  it('has each row once', () => {
    const ids = ROWS.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.flatMap((id) => rowsNamedIn(`${id} `))).toEqual(ids);
  });

  it('has a test for each row whose surface exists', () => {
    expect(ROWS.filter(({ id, later }) => later === undefined && !named.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('calls no row later that has a test', () => {
    const early = ROWS.filter(({ id, later }) => later !== undefined && named.has(id));
    expect(early.map(({ id, later }) => ({ id, later, tests: named.get(id) }))).toEqual([]);
  });

  it('has every row that a test names', () => {
    const known = new Set(ROWS.map(({ id }) => id));
    expect([...named].filter(([id]) => !known.has(id))).toEqual([]);
  });

  it.each([
    ['S4 signature with ==', ['S4']],
    ['D6, D7 joining', ['D6', 'D7']],
    ['A14, threats 24 and 25 a flood', ['A14', 'threats 24', 'threats 25']],
    ['threats 44a and S3 a check', ['threats 44a', 'S3']],
    ['S4', []],
    ['S44x is none', []],
    ['P-256 is a curve', []],
    ['a title about S4', []],
  ])('reads the names in %s', (title, ids) => {
    expect(rowsNamedIn(title)).toEqual(ids);
  });
});

function testFilesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('spec.ts') && file !== 'rules/hostile-rows.e2e-spec.ts')
    .map((file) => join(folder, file));
}

function stringsOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}
