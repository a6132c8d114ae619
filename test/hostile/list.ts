import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { NAMES_A_ROW, type Row, ROWS, rowsNamedIn } from './rows.js';

const USAGE = `npm run hostile                            runs every test that names a hostile row
npm run hostile -- --list                  the same, then prints each row with its tests and their results, or its later surface
npm run hostile -- --list --result <file>  prints the list from what "jest --json --outputFile <file>" has written
`;

/** What of jest's JSON we read. */
interface JestResult {
  testResults: {
    name: string;
    assertionResults: { ancestorTitles: string[]; title: string; fullName: string; status: string }[];
  }[];
}

interface NamedTest {
  file: string;
  name: string;
  status: string;
}

/** Runs the suite, or reads a result, and says what is wrong with the list: one line each, none when all is well. */
function main(words: readonly string[]): number {
  const at = words.indexOf('--result');
  const isList = words.includes('--list');
  if (words.some((word, i) => word !== '--list' && word !== '--result' && (at === -1 || i !== at + 1))) {
    process.stderr.write(USAGE);
    return 2;
  }
  const tests = testsByRow(at === -1 ? run() : read(words[at + 1] ?? ''));
  if (isList) for (const row of ROWS) process.stdout.write(`${described(row, tests.get(row.id) ?? [])}\n`);
  const faults = faultsOf(tests);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  const results = ROWS.map((row) => (row.later ? 'later' : resultOf(tests.get(row.id) ?? [])));
  const count = (wanted: string): number => results.filter((result) => result === wanted).length;
  process.stdout.write(`${ROWS.length} rows: ${count('passed')} passed, ${count('failed')} failed, `);
  process.stdout.write(`${count('missing')} without test, ${count('later')} later\n`);
  return faults.length === 0 ? 0 : 1;
}

function run(): JestResult {
  const folder = mkdtempSync(join(tmpdir(), 'liaison-hostile-'));
  const outputFile = join(folder, 'result.json');
  try {
    const jest = [join(PROJECT_FOLDER, 'node_modules/jest/bin/jest.js'), '--json', '--outputFile', outputFile];
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    // What jest prints of the JSON on standard output stands in the file as well; its progress goes to standard error.
    spawnSync(process.execPath, [...flags, ...jest, '--testNamePattern', NAMES_A_ROW], {
      cwd: PROJECT_FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return read(outputFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file: string): JestResult {
  return JSON.parse(readFileSync(file, 'utf8')) as JestResult;
}

/** The tests that were run, by each row that they or the groups around them name. */
function testsByRow({ testResults }: JestResult): Map<string, NamedTest[]> {
  const byRow = new Map<string, NamedTest[]>();
  for (const { name: file, assertionResults } of testResults) {
    for (const { ancestorTitles, title, fullName, status } of assertionResults) {
      if (status === 'pending') continue; // the pattern left it out
      for (const id of new Set([...ancestorTitles, title].flatMap(rowsNamedIn))) {
        byRow.set(id, [...(byRow.get(id) ?? []), { file: relative(PROJECT_FOLDER, file), name: fullName, status }]);
      }
    }
  }
  return byRow;
}

function resultOf(tests: readonly NamedTest[]): string {
  if (tests.length === 0) return 'missing';
  return tests.every(({ status }) => status === 'passed') ? 'passed' : 'failed';
}

function described({ id, input, later }: Row, tests: readonly NamedTest[]): string {
  const lines = tests.map(({ status, file, name }) => `    ${status}  ${file}: ${name}`);
  const rest = later && tests.length === 0 ? [`    later: ${later}`] : lines.length === 0 ? ['    NO TEST'] : lines;
  return [`${id}  ${input}`, ...rest].join('\n');
}

function faultsOf(tests: ReadonlyMap<string, readonly NamedTest[]>): string[] {
  const known = new Set(ROWS.map(({ id }) => id));
  return [
    ...[...tests.keys()].filter((id) => !known.has(id)).map((id) => `${id} is named by a test and is not in the list`),
    ...ROWS.flatMap(({ id, later }) => {
      const result = resultOf(tests.get(id) ?? []);
      if (later) return result === 'missing' ? [] : [`${id} has a test; take away its "later: ${later}"`];
      return result === 'passed' ? [] : [`${id} has ${result === 'missing' ? 'no test' : 'failed'}`];
    }),
  ];
}

process.exit(main(process.argv.slice(2)));
