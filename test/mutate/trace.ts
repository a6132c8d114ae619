import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALWAYS, type Mutation, NEVER } from './mutations.js';
import type { Workshop } from './workshop.js';

/** The test files in which each check refuses, those first that come to it soonest. */
export type Trace = Record<string, string[]>;

/**
 * Runs all tests once with a word in every check that can be taken out, so that a mutation is tried on the tests that it can matter to.
 * Says nothing of limits, rights and the database's refusals.
 */
export async function trace(
  workshop: Workshop,
  mutations: readonly Mutation[],
  environment: NodeJS.ProcessEnv,
): Promise<Trace> {
  const checks = mutations.filter(({ replacement }) => replacement === NEVER || replacement === ALWAYS);
  const folder = mkdtempSync(join(tmpdir(), 'liaison-trace-'));
  try {
    for (const file of new Set(checks.map((check) => check.file))) {
      workshop.write(file, withWords(workshop.read(file), file, checks));
    }
    await workshop.runAll({ ...environment, LIAISON_TRACE_FOLDER: folder });
    return heard(folder, checks);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withWords(text: string, file: string, checks: readonly Mutation[]): string {
  const inFile = [...checks.entries()].filter(([, check]) => check.file === file);
  return inFile
    .toSorted(([, a], [, b]) => b.start - a.start)
    .reduce((rest, [number, { start, end, replacement }]) => {
      const asked = rest.slice(start, end);
      const word = wordOf(number);
      const told = replacement === NEVER ? `((${asked}) && ${word})` : `((${asked}) || !${word})`;
      return rest.slice(0, start) + told + rest.slice(end);
    }, text);
}

/** An expression that is true, and says that the check of this number has come to refuse, and when. */
function wordOf(number: number): string {
  const line = `\`${number} \${process.hrtime()[0]}\\n\``;
  const file = `(process.env.LIAISON_TRACE ?? '/dev/null')`;
  return `(process.getBuiltinModule('node:fs').appendFileSync(${file}, ${line}) === undefined)`;
}

function heard(folder: string, checks: readonly Mutation[]): Trace {
  const soonest = checks.map(() => new Map<string, number>());
  for (const name of readdirSync(folder)) {
    const [begun, ...lines] = readFileSync(join(folder, name), 'utf8').trim().split('\n');
    for (const line of lines) {
      const [number, second] = line.split(' ').map(Number) as [number, number];
      const test = decodeURIComponent(name);
      const passed = second - Number(begun);
      soonest[number]!.set(test, Math.min(passed, soonest[number]!.get(test) ?? Infinity));
    }
  }
  return Object.fromEntries(
    checks.map(({ id }, number) => [id, [...soonest[number]!].toSorted(([, a], [, b]) => a - b).map(([test]) => test)]),
  );
}
