import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { message } from '../../common/messages/messages.js';
import type { Cli, Outcome } from '../cli.js';
import type { HubClient } from '../client.js';
import { HubRefused } from '../client-errors.js';
import type { ImportedRow } from '../client-models.js';
import { example } from '../command.js';
import { EXIT } from '../failures.js';
import { type Mapping, readMapping, readRegister, type ReadRow } from '../old-register.js';
import { printable } from '../printable.js';
import { connect } from '../profile.js';

/** Takes over the letters of an agency's old register. What is in it already is not registered twice, so it can be run again. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison import register.xlsx --map mapping.json --dry-run')
    .argument('<file>', cli.text('cli.import.file'))
    .requiredOption('--map <file>', cli.text('cli.import.map'))
    .option('--dry-run', cli.text('cli.import.dryRun'))
    .action(cli.runs((file: string, options: Options) => importRegister(cli, file, options)));
}

interface Options {
  map: string;
  dryRun?: boolean;
}

/** What became of a row of the file. */
type Outcomes = Map<ReadRow, ImportedRow>;

const ROWS_AT_ONCE = 50;
/** How long is waited when the hub asks for patience, and how often. */
const PATIENCE = { seconds: 20, times: 15 };

async function importRegister(cli: Cli, file: string, { map, dryRun = false }: Options): Promise<Outcome> {
  const mapping = readMapping(map);
  const { client } = await connect(cli);
  const rows = await readRegister(file, mapping, await client.outsidePartners());
  const outcomes: Outcomes = new Map();
  for (const read of rows.filter(({ problems }) => problems.length > 0)) {
    const problems = read.problems.map(({ pointer, rule, key, params }) => {
      return { field: pointer.slice(1), rule, message: message(key, cli.language, params) };
    });
    outcomes.set(read, { state: 'REFUSED', problems });
  }
  const sound = rows.filter(({ problems }) => problems.length === 0);
  for (let from = 0; from < sound.length; from += ROWS_AT_ONCE) {
    cli.progress(cli.text('cli.import.progress', { done: from, all: sound.length }));
    const some = sound.slice(from, from + ROWS_AT_ONCE);
    const imported = await patiently(() => take(client, some, dryRun));
    for (const [place, read] of some.entries()) outcomes.set(read, imported[place]!);
  }
  cli.progress();
  if (dryRun) believeRowsAbove(rows, outcomes);
  return tellOf(cli, rows, outcomes, { dryRun, mapping });
}

function take(client: HubClient, rows: readonly ReadRow[], dryRun: boolean): Promise<ImportedRow[]> {
  return client.importLetters(
    rows.map(({ row }) => row),
    dryRun,
  );
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let time = 1; ; time++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HubRefused) || error.code !== 'RATE_LIMITED' || time > PATIENCE.times) throw error;
      await sleep(PATIENCE.seconds * 1000);
    }
  }
}

/** Of a dry run nothing stays from one call to the next: the request that a row answers may be one of an earlier call. */
function believeRowsAbove(rows: readonly ReadRow[], outcomes: Outcomes): void {
  const asked = new Set<string>();
  for (const read of rows) {
    const { row } = read;
    const outcome = outcomes.get(read)!;
    const isMissing = outcome.problems.every(({ rule }) => rule === 'ANSWERS_NUMBER');
    if (
      outcome.state === 'REFUSED' &&
      isMissing &&
      asked.has(`${String(row['partner'])} ${String(row['answersNumber'])}`)
    ) {
      outcomes.set(read, { state: 'NEW', problems: [] });
    }
    if (outcome.state === 'REFUSED' || row['kind'] !== 'REQUEST') continue;
    for (const number of [row['nationalRef'], row['partnerRef']])
      asked.add(`${String(row['partner'])} ${String(number)}`);
  }
}

function tellOf(
  cli: Cli,
  rows: readonly ReadRow[],
  outcomes: Outcomes,
  { dryRun, mapping }: { dryRun: boolean; mapping: Mapping },
): Outcome {
  const count = (state: ImportedRow['state']): number =>
    [...outcomes.values()].filter((outcome) => outcome.state === state).length;
  const counts = { new: count('NEW'), known: count('KNOWN'), refused: count('REFUSED') };
  const refused = rows
    .map((read) => ({ row: read.number, problems: outcomes.get(read)!.problems }))
    .filter(({ problems }) => problems.length > 0);
  const lines = refused.flatMap(({ row, problems }) =>
    problems.map(({ field, message: words }) => {
      const column = printable(mapping.columns[field.replace('/', '.')] ?? field);
      return cli.text('cli.import.row', { row, column, words });
    }),
  );
  const told = cli.text(dryRun ? 'cli.import.wouldBe' : 'cli.import.done', { ...counts });
  const exitCode = refused.length > 0 ? EXIT.refused : EXIT.ok;
  return { document: { dryRun, ...counts, rows: refused }, lines: [...lines, told], exitCode };
}
