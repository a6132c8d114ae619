import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import type { OutsidePartner } from '../client-models.js';
import { example } from '../command.js';
import { readRecord } from '../files.js';
import { printable } from '../printable.js';
import { connect } from '../profile.js';

/** Lists the administrations that are not on the hub, or writes one down. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison partner', 'liaison partner elbonia.json')
    .argument('[file]', cli.text('cli.partner.file'))
    .option('--id <id>', cli.text('cli.partner.id'))
    .action(cli.runs((file: string | undefined, { id }: { id?: string }) => partner(cli, file, id)));
}

async function partner(cli: Cli, file: string | undefined, id: string | undefined): Promise<Outcome> {
  const { client } = await connect(cli);
  if (file !== undefined) {
    const kept = await client.keepOutsidePartner(readRecord(file), id);
    return { document: kept, lines: [lineOf(kept)] };
  }
  const partners = await client.outsidePartners();
  const lines = partners.length === 0 ? [cli.text('cli.partner.none')] : partners.map(lineOf);
  return { document: partners, lines };
}

function lineOf({ id, country, nameEn, nameVi }: OutsidePartner): string {
  return [id, country, nameEn, nameVi].map(printable).join('  ');
}
