import { type Command, Option } from 'commander';
import { wordsFor } from '../../common/codes/words.js';
import type { Cli, Outcome } from '../cli.js';
import type { Duty } from '../client-models.js';
import type { HubClient } from '../client.js';
import { example, wholeNumber } from '../command.js';
import { connect } from '../profile.js';

/** Lists what is owed, what is due first standing first. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison duties', 'liaison duties --to-us --partner TH-CUS', 'liaison duties --totals')
    .option('--to-us', cli.text('cli.duties.toUs'))
    .option('--partner <agency>', cli.text('cli.duties.partner'))
    .option('--unit <unit>', cli.text('cli.duties.unit'))
    .addOption(new Option('--totals', cli.text('cli.duties.totals')).conflicts(['partner', 'unit', 'after']))
    .option('--first <number>', cli.text('cli.inbox.first'), wholeNumber(1, 100), 20)
    .option('--after <cursor>', cli.text('cli.inbox.after'))
    .action(cli.runs((options: Options) => duties(cli, options)));
}

interface Options {
  toUs?: boolean;
  totals?: boolean;
  partner?: string;
  unit?: string;
  first: number;
  after?: string;
}

async function duties(cli: Cli, { toUs = false, totals: isTotal = false, ...options }: Options): Promise<Outcome> {
  const { client } = await connect(cli);
  const owed = toUs ? 'TO_US' : 'BY_US';
  if (isTotal) return totals(cli, client, owed);
  const page = await client.duties({ owed, ...options });
  const empty = page.nodes.length === 0 ? [cli.text('cli.duties.none')] : [];
  const more = page.hasNextPage ? [cli.text('cli.inbox.more', { cursor: page.endCursor ?? '' })] : [];
  return { document: page, lines: [...page.nodes.flatMap((duty) => linesOf(cli, duty)), ...empty, ...more] };
}

async function totals(cli: Cli, client: HubClient, owed: 'BY_US' | 'TO_US'): Promise<Outcome> {
  const document = await client.dutyTotals(owed);
  const lines = document.totals.map(({ partner, unit, open, overdue, firstDueAt }) =>
    [partner, unit, cli.text('cli.duties.counted', { open, overdue, day: firstDueAt.slice(0, 10) })]
      .filter((part) => part !== null)
      .join('  '),
  );
  const { open, overdue, isComplete } = document;
  const all = open === 0 ? 'cli.duties.none' : isComplete ? 'cli.duties.inAll' : 'cli.duties.inAllAtLeast';
  return { document, lines: [...lines, cli.text(all, { open, overdue })] };
}

function linesOf(cli: Cli, duty: Duty): string[] {
  const { kind, ref, object, owedBy, owedByUnit, owedTo, owedToUnit, isOverdue, isPaused, because } = duty;
  const state = isOverdue ? cli.text('cli.duties.overdue') : isPaused ? cli.text('cli.duties.paused') : '';
  const what = wordsFor(cli.language, 'DutyKind', kind);
  const sides = cli.text('cli.duties.sides', { by: owedByUnit ?? owedBy, to: owedToUnit ?? owedTo });
  return [
    [state, `${what}: ${ref}`, sides, object].filter((part) => part !== '' && part !== null).join('  '),
    `  ${because}`,
  ];
}
