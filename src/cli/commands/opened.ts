import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import type { Access } from '../client-models.js';
import { example, wholeNumber } from '../command.js';
import { connect } from '../profile.js';
import { table } from '../rendering.js';
import { idOf, objectName } from '../object-argument.js';

/** Lists who opened, exported or found an object, newest first. */
export function define(command: Command, cli: Cli): void {
  const id = '5d0c8d0e-6f1f-4b5c-9f0e-2b1f4a3c7d11';
  example(command, cli, `liaison opened ${id}`, `liaison opened ${id} --own`)
    .argument('<object>', cli.text('cli.object.name'), objectName)
    .option('--own', cli.text('cli.opened.own'))
    .option('--first <number>', cli.text('cli.inbox.first'), wholeNumber(1, 100), 20)
    .option('--after <cursor>', cli.text('cli.inbox.after'))
    .action(cli.runs((object: string, options: Options) => opened(cli, object, options)));
}

interface Options {
  own?: boolean;
  first: number;
  after?: string;
}

async function opened(cli: Cli, name: string, { own = false, ...options }: Options): Promise<Outcome> {
  const { client } = await connect(cli);
  const page = await client.accesses(await idOf(client, name), { by: own ? 'OWN' : 'OTHERS', ...options });
  const head = (['at', 'act', 'unit', 'officer', 'purpose'] as const).map((name) => cli.text(`cli.opened.${name}`));
  const rows = page.nodes.map((access) => cells(cli, access));
  const more = page.hasNextPage ? [cli.text('cli.inbox.more', { cursor: page.endCursor ?? '' })] : [];
  const lines = rows.length === 0 ? [cli.text('cli.opened.nobody')] : table([head, ...rows]);
  return { document: page, lines: [...lines, ...more] };
}

function cells(
  cli: Cli,
  { at, act, agency, unit, officer, officerTitleEn, officerTitleVi, purpose }: Access,
): string[] {
  const title = cli.language === 'vi' ? officerTitleVi : officerTitleEn;
  return [
    at.slice(0, 19).replace('T', ' '),
    cli.text(`cli.opened.act.${act}`),
    `${unit} (${agency})`,
    [officer ?? cli.text('cli.opened.system'), ...(title === null ? [] : [`(${title})`])].join(' '),
    purpose,
  ];
}
