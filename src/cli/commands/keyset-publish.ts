import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { readText } from '../files.js';
import { connect } from '../profile.js';

export function definePublish(command: Command, cli: Cli): void {
  example(command, cli, 'liaison keyset publish keyset-2.json')
    .argument('<file>', cli.text('cli.keyset.publishFile'))
    .action(cli.runs((file: string) => publish(cli, file)));
}

async function publish(cli: Cli, file: string): Promise<Outcome> {
  const keySet = readText(file).trim();
  const { client } = await connect(cli);
  const published = await client.publishKeySet(keySet);
  return { document: published, lines: [cli.text('cli.keyset.published', { ...published })] };
}
