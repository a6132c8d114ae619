import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { readSigned } from '../file-formats.js';
import { keepObject } from '../object-store.js';
import { connect } from '../profile.js';
import { checkReceiptFor } from '../receipt-check.js';
import { readHomeTrust } from '../trust-store.js';

/** Sends signed objects, verifies each receipt with the pinned key of the hub, and keeps both. Safe to repeat. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison submit alert.signed.json')
    .argument('<signed>', cli.text('cli.submit.file'))
    .action(cli.runs((file: string) => submit(cli, file)));
}

async function submit(cli: Cli, file: string): Promise<Outcome> {
  const objects = readSigned(file);
  const { client, profile } = await connect(cli);
  const { hubKeys } = await readHomeTrust(cli.home);
  if (hubKeys.length === 0) throw new Failure(EXIT.verification, 'cli.failure.noHubKey');

  const sent = [];
  for (const { text, parts } of objects) {
    // In order and one by one: what was kept says how far it came.
    const { receipt, repeated } = await client.submit({ text, parts });
    const { id, receivedAt } = await checkReceiptFor(text, receipt, hubKeys, profile.hubId);
    sent.push({ id, receivedAt, repeated, file: keepObject(cli.home, id, { text, parts, receipt }) });
  }
  return {
    document: { submitted: sent },
    lines: sent.map(({ repeated, ...params }) =>
      cli.text(repeated ? 'cli.submit.repeated' : 'cli.submit.done', params),
    ),
  };
}
