import type { Command } from 'commander';
import { envelopeIn, makeBundle } from '../bundle-maker.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { writeJson } from '../files.js';
import { connect, type Reasons } from '../profile.js';
import { idOf, objectNames } from '../object-argument.js';
import { attachmentLines } from '../verdicts.js';

/** Writes a bundle: objects with receipts, parts and the senders' key sets, for verification without any hub. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison export 5d0c8d0e-6f1f-4b5c-9f0e-2b1f4a3c7d11 --out bundle.json')
    .argument('<object...>', cli.text('cli.export.ids'), objectNames)
    .requiredOption('--out <file>', cli.text('cli.export.out'))
    .option('--without-parts', cli.text('cli.export.withoutParts'))
    .option('--alone', cli.text('cli.export.alone'))
    .option('--purpose <code>', cli.text('cli.option.purpose'))
    .option('--case <number>', cli.text('cli.option.case'))
    .action(cli.runs((names: string[], options: Options) => exportBundle(cli, names, options)));
}

interface Options extends Reasons {
  out: string;
  withoutParts?: boolean;
  alone?: boolean;
}

async function exportBundle(cli: Cli, names: string[], options: Options): Promise<Outcome> {
  const { client, profile } = await connect(cli, options);
  const ids = await Promise.all(names.map((name) => idOf(client, name)));
  const { withoutParts = false, alone = false } = options;
  const request = { ids, hub: profile.hubId, withParts: !withoutParts, isFollowing: !alone, forExport: true };
  const { bundle, opened } = await makeBundle(client, request);
  writeJson(options.out, bundle);
  const objects = opened.map(({ id, kind, from, digest, text }) => {
    return { id, kind, from, digest, attachments: envelopeIn(text)?.attachments ?? [] };
  });
  const hasParts = bundle.objects.some(({ parts }) => parts.some(({ text }) => text !== null));
  return {
    document: { file: options.out, hub: bundle.hub, objects, agencies: Object.keys(bundle.keySets), hasParts },
    lines: [
      ...objects.flatMap(({ id, kind, from, attachments }) => [
        cli.text('cli.export.object', { id, kind, from }),
        ...attachmentLines(cli, { attachments }),
      ]),
      cli.text('cli.export.done', { count: objects.length, file: options.out }),
      ...(hasParts ? [cli.text('cli.export.personal')] : []),
    ],
  };
}
