import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { HubUnreachable } from '../client-errors.js';
import type { HubClient } from '../client.js';
import type { Change } from '../client-models.js';
import { example, wholeNumber } from '../command.js';
import { readRecord, writeJson } from '../files.js';
import { connect } from '../profile.js';
import { summaryLine } from '../rendering.js';

const WAIT_SECONDS = 25;
const LONGEST_PAUSE_MS = 30_000;

/** The feed of changes; with --follow it goes on and remembers how far it came. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison changes --follow', 'liaison changes --after CURSOR --json')
    .option('--after <cursor>', cli.text('cli.changes.after'))
    .option('--first <number>', cli.text('cli.inbox.first'), wholeNumber(1, 100), 100)
    .option('--follow', cli.text('cli.changes.follow'))
    .action(async (options: Options) => {
      const { client } = await connect(cli);
      if (options.follow) return follow(cli, client, options);
      cli.print(await once(cli, client, options));
    });
}

interface Options {
  after?: string;
  first: number;
  follow?: boolean;
}

async function once(cli: Cli, client: HubClient, { first, after }: Options): Promise<Outcome> {
  const page = await client.changes({ first, ...(after === undefined ? {} : { after }) });
  const key = page.hasMore ? 'cli.changes.more' : 'cli.changes.end';
  const lines = page.changes.map((change) => changeLine(cli, change));
  return { document: page, lines: [...lines, cli.text(key, { cursor: page.endCursor })] };
}

/** Until Ctrl-C. With --json each change is a line of its own. The mark is kept after its changes were printed, never before. */
async function follow(cli: Cli, client: HubClient, { first, after: given }: Options): Promise<void> {
  const file = join(cli.home, 'feed.json');
  let after = given ?? markIn(file);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  for (let failures = 0; ;) {
    try {
      const page = await client.changes({
        first,
        waitSeconds: WAIT_SECONDS,
        ...(after === undefined ? {} : { after }),
      });
      for (const change of page.changes) {
        process.stdout.write(`${cli.isJson ? JSON.stringify(change) : changeLine(cli, change)}\n`);
      }
      after = page.endCursor;
      writeJson(file, { after });
      failures = 0;
    } catch (error) {
      if (!(error instanceof HubUnreachable)) throw error;
      const pause = Math.min(1_000 * 2 ** failures++, LONGEST_PAUSE_MS);
      const { url, reason } = error;
      process.stderr.write(`${cli.text('cli.changes.retry', { url, reason, seconds: pause / 1_000 })}\n`);
      await sleep(pause);
    }
  }
}

function markIn(file: string): string | undefined {
  const after = existsSync(file) ? readRecord(file)['after'] : undefined;
  return typeof after === 'string' ? after : undefined;
}

function changeLine(cli: Cli, { act, objectId, object }: Change): string {
  return object ? `${act} ${summaryLine(cli, object)}` : cli.text('cli.changes.gone', { act, id: objectId });
}
