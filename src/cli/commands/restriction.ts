import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { idOf, objectName } from '../object-argument.js';
import { printable } from '../printable.js';
import { connect } from '../profile.js';

/** Shows the provider's own condition on an object (H3), and says on demand that it was read. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison restriction VN-ALR-2026-KXQWPD --acknowledge')
    .argument('<object>', cli.text('cli.object.name'), objectName)
    .option('--acknowledge', cli.text('cli.restriction.acknowledge'))
    .action(
      cli.runs((name: string, { acknowledge }: { acknowledge?: boolean }) => restriction(cli, name, acknowledge)),
    );
}

async function restriction(cli: Cli, name: string, isToBeAcknowledged = false): Promise<Outcome> {
  const { client } = await connect(cli);
  const id = await idOf(client, name);
  const found = await client.restriction(id);
  if (!found) return { document: null, lines: [cli.text('cli.restriction.none')] };
  const shown = isToBeAcknowledged ? await client.acknowledgeRestriction(id, found.digest) : found;
  const { text, acknowledgedAt } = shown;
  const state = acknowledgedAt === null ? 'cli.restriction.unread' : 'cli.restriction.read';
  return {
    document: shown,
    lines: [...text.split('\n').map(printable), cli.text(state, { at: acknowledgedAt ?? '' })],
  };
}
