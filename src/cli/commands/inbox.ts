import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import type { ListOptions } from '../client-models.js';
import { example, wholeNumber } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { connect } from '../profile.js';
import { summaryLine } from '../rendering.js';

const FIELDS = {
  ref: 'REFERENCE',
  partner: 'PARTNER',
  container: 'CONTAINER',
  bl: 'BILL_OF_LADING',
  awb: 'AIR_WAYBILL',
  imo: 'IMO',
} as const;

/** Lists what was received, or sent, newest first. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison inbox --kind alert', 'liaison inbox --find container=CSQU3054383')
    .option('--outbox', cli.text('cli.inbox.outbox'))
    .option('--first <number>', cli.text('cli.inbox.first'), wholeNumber(1, 100), 20)
    .option('--after <cursor>', cli.text('cli.inbox.after'))
    .option('--kind <kind>', cli.text('cli.inbox.kind'))
    .option('--find <field=value>', cli.text('cli.inbox.find', { fields: Object.keys(FIELDS).join(', ') }))
    .action(cli.runs((options: Options) => inbox(cli, options)));
}

interface Options {
  outbox?: boolean;
  first: number;
  after?: string;
  kind?: string;
  find?: string;
}

async function inbox(cli: Cli, { outbox, find, ...options }: Options): Promise<Outcome> {
  const lookUp = find === undefined ? {} : { lookUp: lookUpOf(find) };
  const { client } = await connect(cli);
  const list: ListOptions = { box: outbox ? 'outbox' : 'inbox', ...options, ...lookUp };
  const page = await client.list(list);
  const empty = page.nodes.length === 0 ? [cli.text('cli.inbox.empty')] : [];
  const more = page.hasNextPage ? [cli.text('cli.inbox.more', { cursor: page.endCursor ?? '' })] : [];
  return { document: page, lines: [...page.nodes.map((summary) => summaryLine(cli, summary)), ...empty, ...more] };
}

function lookUpOf(find: string): { field: string; value: string } {
  const [, name = '', value = ''] = /^([a-z]+)=(.+)$/s.exec(find) ?? [];
  if (Object.hasOwn(FIELDS, name)) return { field: FIELDS[name as keyof typeof FIELDS], value };
  throw new Failure(EXIT.usage, 'cli.failure.badFind', { fields: Object.keys(FIELDS).join(', ') });
}
