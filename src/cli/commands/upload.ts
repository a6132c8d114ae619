import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT } from '../failures.js';
import { connect } from '../profile.js';
import { attachmentText } from '../rendering.js';
import { tellerOf, uploadAll, type UploadedFile } from '../uploading.js';

/** Uploads files, to be attached to objects by their digests. Nobody else sees them before. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison upload photo.jpg packing-list.pdf')
    .argument('<file...>', cli.text('cli.upload.files'))
    .option('--original', cli.text('cli.upload.original'))
    .action(cli.runs((files: string[], options: { original?: boolean }) => upload(cli, files, options)));
}

async function upload(cli: Cli, files: string[], { original = false }: { original?: boolean }): Promise<Outcome> {
  const { client } = await connect(cli);
  const uploaded = await uploadAll(client, files, { isOriginal: original, tell: tellerOf(cli) });
  cli.progress();
  const isAllClean = uploaded.every(({ state }) => state === 'CLEAN');
  return {
    document: { files: uploaded },
    lines: uploaded.flatMap((each) => linesFor(cli, each)),
    exitCode: isAllClean ? EXIT.ok : EXIT.refused,
  };
}

function linesFor(cli: Cli, { file, state, attachment, isStripped }: UploadedFile): string[] {
  if (state !== 'CLEAN') return [cli.text(`cli.upload.${state}`, { file })];
  return [
    cli.text('cli.field.attachment', { value: attachmentText(attachment) }),
    ...(isStripped ? [cli.text('cli.upload.stripped', { file })] : []),
  ];
}
