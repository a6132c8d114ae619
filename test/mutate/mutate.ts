import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { type Mutation, mutationsOf } from './mutations.js';
import { type Trace, trace } from './trace.js';
import { Workshop } from './workshop.js';

const USAGE = `npm run mutate [-- --only <regular expression>] [--list] [--again] [--jobs <number>]

Takes out each right, policy, limit and check, one at a time, in a copy of the project, and names the test that fails. Goes on where
it was stopped (test/mutate/noticed.json); --again begins anew. Begins with a run of all tests that tells which of them come to which check
(data/mutate-trace.json). Fails when a mutation survives.
`;

/** So many outcomes are kept at a time, once the tests that noticed them have been seen in this run to pass without a change. */
const BATCH = 5;
/** Begins the whole hub: where it passes, tests can be run. */
const FIRST_TEST = 'test/rules/operations.e2e-spec.ts';
/** In the repository, so that what is added later is all that has to be tried. */
const STATE = join(PROJECT_FOLDER, 'test/mutate/noticed.json');
const TRACE = join(PROJECT_FOLDER, 'data/mutate-trace.json');
/** So many test files that come to a check are tried one by one, the soonest first, before all others. */
const SOONEST = 4;

/** The test that noticed each mutation that has been noticed. */
type Outcomes = Record<string, string>;

/** All mutations are first tried on the tests that are most likely to notice them; what is left then on all others, which takes long. */
interface Round {
  /** The tests for a mutation, in the order in which they are tried. */
  testsOf: (mutation: Mutation, traced: readonly string[]) => string[][];
  unnoticed: string;
  /** Whether a test must fail twice to count: far from the mutation, a failure may be the machine's. */
  isDoubted: boolean;
}

const ROUNDS: readonly Round[] = [
  { testsOf: nearTests, unnoticed: 'not noticed nearby, waits for the other tests', isDoubted: false },
  { testsOf: farTests, unnoticed: 'SURVIVED', isDoubted: true },
];

async function main(words: readonly string[]): Promise<number> {
  const { values, isUnderstood } = optionsOf(words);
  if (!isUnderstood) {
    process.stderr.write(USAGE);
    return 2;
  }
  const only = new RegExp(values.only ?? '');
  const mutations = mutationsOf(PROJECT_FOLDER).filter(({ id }) => only.test(id));
  if (values.list) {
    process.stdout.write(mutations.map(({ id }) => `${id}\n`).join(''));
    return 0;
  }
  const outcomes: Outcomes = values.again ? {} : (read(STATE) ?? {});
  let left = mutations.filter(({ id }) => typeof outcomes[id] !== 'string');
  let done = mutations.length - left.length;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  const environment = await startDatabase();
  const sound = new Set<string>();
  const work = async (
    { testsOf, unnoticed, isDoubted }: Round,
    queue: Mutation[],
    survivors: Mutation[],
    traces: Trace,
  ): Promise<void> => {
    const workshop = Workshop.open(stop.signal);
    try {
      workshop.rewrite([...new Set(mutations.map(({ file }) => file))]);
      await checkUnchanged(workshop, [FIRST_TEST], environment);
      while (queue.length > 0) {
        const noticed: Outcomes = {};
        for (const mutation of queue.splice(0, BATCH)) {
          const tests = testsOf(mutation, traces[mutation.id] ?? []);
          const killer = await judge(workshop, mutation, { tests, isDoubted }, environment);
          if (killer === undefined) survivors.push(mutation);
          else noticed[mutation.id] = killer;
          if (killer !== undefined) done += 1;
          process.stdout.write(`${done}/${mutations.length} ${mutation.id}\n    ${killer ?? unnoticed}\n`);
        }
        const unseen = [...new Set(Object.values(noticed).map(fileOf))].filter((file) => !sound.has(file));
        await checkUnchanged(workshop, unseen, environment);
        for (const file of unseen) sound.add(file);
        write(STATE, sorted(Object.assign(outcomes, noticed)));
      }
    } finally {
      workshop.close();
    }
  };
  try {
    const kept = values.again ? undefined : read<Trace>(TRACE);
    const traces = kept ?? (await traceAll(mutationsOf(PROJECT_FOLDER), environment, stop.signal));
    for (const round of ROUNDS) {
      const survivors: Mutation[] = [];
      const workers = Array.from({ length: Number(values.jobs ?? 1) }, () => work(round, left, survivors, traces));
      const failed = (await Promise.allSettled(workers)).find((end) => end.status === 'rejected');
      if (failed && !stop.signal.aborted) throw failed.reason;
      if (stop.signal.aborted) break;
      left = survivors;
    }
  } finally {
    await globalStep('teardown');
  }
  if (stop.signal.aborted) {
    process.stderr.write(`Stopped after ${done} of ${mutations.length}; the same command goes on.\n`);
    return 130;
  }
  process.stdout.write(`${mutations.length} mutations, ${left.length} survived\n`);
  for (const { id } of left) process.stdout.write(`${id}\n`);
  return left.length === 0 ? 0 : 1;
}

interface Options {
  only?: string;
  jobs?: string;
  list?: boolean;
  again?: boolean;
}

function optionsOf(words: readonly string[]): { values: Options; isUnderstood: boolean } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        only: { type: 'string' },
        jobs: { type: 'string' },
        list: { type: 'boolean' },
        again: { type: 'boolean' },
      },
    });
    return { values, isUnderstood: values.jobs === undefined || /^[1-9]$/.test(values.jobs) };
  } catch {
    return { values: {}, isUnderstood: false };
  }
}

/** Starts one PostgreSQL with its migrated template for all mutations, as each run of the tests does for itself; where tests find it. */
async function startDatabase(): Promise<NodeJS.ProcessEnv> {
  await globalStep('setup');
  const { LIAISON_TEST_DATABASE, LIAISON_TEST_SECRETS } = process.env;
  delete process.env['LIAISON_TEST_DATABASE'];
  return { LIAISON_TEST_DATABASE, LIAISON_TEST_SECRETS };
}

async function globalStep(name: 'setup' | 'teardown'): Promise<void> {
  const file = pathToFileURL(join(PROJECT_FOLDER, `test/support/global-${name}.mjs`));
  await ((await import(file.href)) as { default: () => Promise<void> }).default();
}

function fileOf(outcome: string): string {
  return /^(\S+\.ts): /.exec(outcome)?.[1] ?? FIRST_TEST;
}

/** A test that fails with nothing taken out notices nothing: the machine is what is wrong, or the database. */
async function checkUnchanged(
  workshop: Workshop,
  tests: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const failure = tests.length === 0 ? undefined : await workshop.failureOfUnchanged(tests, environment);
  if (failure !== undefined) throw new Error(`A test fails with nothing taken out: ${failure}`);
}

/** The test that notices the mutation. */
async function judge(
  workshop: Workshop,
  mutation: Mutation,
  { tests, isDoubted }: { tests: string[][]; isDoubted: boolean },
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  for (const group of tests) {
    const killer = await workshop.killer(mutation, group, environment);
    if (killer === undefined) continue;
    if (!isDoubted || (await workshop.killer(mutation, [fileOf(killer)], environment)) !== undefined) return killer;
  }
  return undefined;
}

async function traceAll(
  mutations: readonly Mutation[],
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<Trace> {
  process.stdout.write('All tests run once, to see which of them come to which check.\n');
  const workshop = Workshop.open(stop);
  try {
    const traces = await trace(workshop, mutations, environment);
    write(TRACE, traces);
    return traces;
  } catch (error) {
    if (stop.aborted) return {};
    throw error;
  } finally {
    workshop.close();
  }
}

function nearTests(mutation: Mutation, traced: readonly string[]): string[][] {
  if (traced.length > 0) return soonest(mutation, traced).map((test) => [test]);
  let left = testFiles();
  const groups = likelyTests(mutation).map((pattern) => {
    const tests = left.filter((test) => pattern.test(test));
    left = left.filter((test) => !tests.includes(test));
    return tests;
  });
  return groups.filter((tests) => tests.length > 0);
}

/** Of the test files that come to a check those that are about it, and then those that come to it soonest. */
function soonest(mutation: Mutation, traced: readonly string[]): string[] {
  const isAbout = (test: string): boolean => likelyTests(mutation).some((pattern) => pattern.test(test));
  return [...traced.filter(isAbout), ...traced.filter((test) => !isAbout(test))].slice(0, SOONEST);
}

/** Those that came to the check when that was last looked at, and then all others, which may be newer. */
function farTests(mutation: Mutation, traced: readonly string[]): string[][] {
  const near = new Set(nearTests(mutation, traced).flat());
  const left = testFiles().filter((test) => !near.has(test));
  const groups = [left.filter((test) => traced.includes(test)), left.filter((test) => !traced.includes(test))];
  return groups.filter((tests) => tests.length > 0);
}

/** Which tests in test/ and its folders try what stands in which sources: the first row that fits. */
const TOPICS: readonly (readonly [sources: RegExp, tests: RegExp])[] = [
  [/sharing-rules|approvals/, /sharing-rules|drafts/],
  [/drafts/, /drafts|draft-notices|sharing-rules/],
  [/administration/, /administration|session-limits|agency-budgets|side-doors|machines/],
  [/issuers/, /issuer/],
  [/passwords|codes|waiting-room/, /passwords|people-sign-in/],
  [
    /person-keys|signing-by-people|confirmations|signatories|assertions/,
    /person-keys|signing-by-people|side-doors|nominal-step-up/,
  ],
  [/session\/people\/sign-in/, /people|issuers|sign-in/],
  [/trust\/key-sets/, /person-keys|questions|signed-objects/],
  [/session\/people|operator\/officer-link/, /people|passkeys|session-limits|side-doors/],
  [/create-provider|authenticator|identify-callers/, /sign-in|issuers|side-doors/],
  [/session|connection-limits|unit-systems/, /sign-in|connection-limits|machines/],
  [/create-access|case-ref/, /object-access|nominal/],
  [/feedback|duties|in-sight|standstill|request-report/, /feedback|duties|requests/],
  [/operator\/(calendar|agreements)/, /clocks/],
  [/^src\/operator/, /enrolment|cli|issuers|machines/],
  [/edge\/connections|sockets/, /(edge|sockets|files)|changed/],
  [/edge\/(limits|mount-edge)/, /files|(edge|agency|people)/],
  [/^src\/(edge|common|demo)/, /(edge|documents|agency|texts|forced)|errors|demo-world/],
  [/files|attachments|uploads/, /files|nominal-attachments|file-places/],
  [/restrictions/, /restrictions/],
  [/act-|acts/, /acts/],
  [/consents/, /consents/],
  [/register|letter/, /register/],
  [/desk/, /desk|notes|register/],
  [/notices|reach-who/, /notices|roster|desk/],
  [/notes|inherited-handling/, /notes/],
  [/oral/, /oral/],
  [/requests/, /requests|questions|notes|duties/],
  [/exchange\/change-hints/, /changed/],
  [/exchange\/submissions/, /signing-by-people|exchange|sharing-rules/],
  [/^src\/(access|database)/, /context|operation|access|row-security/],
  [/exchange|alerts|trust|protocol|audit/, /(signed-objects|access|forced)|exchange|alerts|object-access/],
];

/** Where a mutation is most likely to be noticed, quick tests first. */
function likelyTests({ file, id }: Mutation): RegExp[] {
  if (/(open to everybody|another right|passkey|public)( #\d)?$/.test(id)) return [/^test\/rules\/(operations|roles)/];
  if (/ (USING|WITH CHECK) whoever/.test(id)) return [/^test\/floor\/context/, /^test\/floor\//];
  const [, topic] = TOPICS.find(([sources]) => sources.test(file)) ?? [];
  const commands = file.startsWith('migrations/') ? [/^test\/floor\/commands/, /^test\/floor\/context/] : [];
  const own = new RegExp(`^${file.replace(/\.ts$/, '')}\\.spec\\.ts$`);
  const beside = new RegExp(`^${dirname(file)}/.*spec\\.ts$`);
  const about = topic ? [new RegExp(`^test/((hostile|floor|rules)/)?(${topic.source})`)] : [];
  return [...commands, own, beside, /^test\/floor\/meanwhile/, ...about];
}

function testFiles(): string[] {
  return ['src', 'config', 'test'].flatMap((folder) =>
    readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(folder === 'test' ? '.e2e-spec.ts' : '.spec.ts'))
      .map((file) => join(folder, file)),
  );
}

function read<Kept extends object>(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

/** Of mutations that there still are, in one order. */
function sorted(outcomes: Outcomes): Outcomes {
  const known = new Set(mutationsOf(PROJECT_FOLDER).map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(outcomes)
      .filter(([id]) => known.has(id))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function write(file: string, kept: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
}

process.exitCode = await main(process.argv.slice(2));
