import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import ts from 'typescript';
import { PROJECT_FOLDER } from '../../config/environment.js';
import en from '../../src/common/messages/en.json' with { type: 'json' };
import vi from '../../src/common/messages/vi.json' with { type: 'json' };
import type { Phrase } from '../../src/common/messages/messages.js';
import { Handling } from '../../src/exchange/body/handling.js';
import { nestedIn } from '../../src/exchange/body/rules/nested.js';
import type { RuleContext } from '../../src/exchange/body/rules/rule.js';
import { ObjectKinds } from '../../src/exchange/object-kind.js';
import { startTestHub, type TestHub } from '../support/hub.js';

/* Whoever writes a rule writes its sentence in both languages, and fills it. */

type BodyClass = new () => object;
const CATALOGUES: Record<string, Record<string, string>> = { en, vi };

/** What is wrong with a phrase in either language: no sentence, or other placeholders than what is filled in. */
function faultsOf({ key, params = {} }: Phrase): string[] {
  const inside = Object.values(params).flatMap((value) => (typeof value === 'object' ? faultsOf(value) : []));
  return [...inside, ...Object.keys(CATALOGUES).flatMap((language) => faultOf(language, key, Object.keys(params)))];
}

function faultOf(language: string, key: string, given: string[]): string[] {
  const wanted = [...(CATALOGUES[language]![key] ?? '{no sentence}').matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
  const differs = wanted.toSorted().join() !== given.toSorted().join();
  return differs ? [`${language} ${key}: wants ${wanted.join()}, is given ${given.join()}`] : [];
}

/** The rules on the members of a class. */
function rulesOf(bodyClass: BodyClass): { place: string; context: RuleContext | undefined }[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(bodyClass, '', true, false)
    .filter(({ type }) => type === ValidationTypes.CUSTOM_VALIDATION)
    .map(({ propertyName, name, context }) => ({ place: `${bodyClass.name}.${propertyName} ${name}`, context }));
}

describe('the rules of the bodies', () => {
  let t: TestHub;
  beforeAll(async () => {
    t = await startTestHub();
  });
  afterAll(() => t.stop());

  /** Every class that the hub checks a submission against, with the records inside. */
  function bodyClasses(): BodyClass[] {
    const kinds = t.hub.app.get(ObjectKinds).all();
    const found = new Set<BodyClass>([
      Handling,
      ...kinds.flatMap(({ body, parts }) => [body, ...Object.values(parts)]),
    ]);
    for (const bodyClass of found) nestedIn(bodyClass).forEach(({ type }) => found.add(type()));
    return [...found];
  }

  it('each have their sentence in both languages, with everything filled in', () => {
    const rules = bodyClasses().flatMap(rulesOf);
    const faults = rules.flatMap(({ place, context }) =>
      (context ? faultsOf(context.phrase) : ['no sentence']).map((fault) => `${place}: ${fault}`),
    );
    expect(faults).toEqual([]);
    expect(new Set(rules.map(({ context }) => context?.phrase.key)).size).toBeGreaterThan(30);
    expect(bodyClasses().length).toBeGreaterThan(30);
  });

  it('have one name each on a member: class-validator would give two of one name the same sentence', () => {
    const places = bodyClasses().flatMap((bodyClass) => rulesOf(bodyClass).map(({ place }) => place));
    expect(places.filter((place, i) => places.indexOf(place) !== i)).toEqual([]);
  });
});

it('a problem that is written in the code fills the placeholders of its sentence, and no others', () => {
  const written = sources().flatMap((file) => problemsIn(file));
  expect(written.flatMap(({ key, params }) => Object.keys(CATALOGUES).flatMap((l) => faultOf(l, key, params)))).toEqual(
    [],
  );
  expect(new Set(written.map(({ key }) => key))).toEqual(
    new Set(Object.keys(en).filter((key) => IS_PROBLEM.test(key))),
  );
});

const IS_PROBLEM = /^problem\./;

function sources(): string[] {
  const folder = join(PROJECT_FOLDER, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** Every key of a problem in a source text, with the names that the `params` beside it fill in. */
function problemsIn(text: string): { key: string; params: string[] }[] {
  const found: { key: string; params: string[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && IS_PROBLEM.test(node.text))
      found.push({ key: node.text, params: filledBeside(node) });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

/** Names in the `params: { … }` of the record in which a `key: '…'` stands; none for a key that stands elsewhere. */
function filledBeside({ parent }: ts.StringLiteral): string[] {
  if (!ts.isPropertyAssignment(parent) || parent.name.getText() !== 'key') return [];
  const params = parent.parent.properties.find((each) => each.name?.getText() === 'params');
  if (!params || !ts.isPropertyAssignment(params) || !ts.isObjectLiteralExpression(params.initializer)) return [];
  return params.initializer.properties.map((each) => each.name?.getText() ?? each.getText());
}
