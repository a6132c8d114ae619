import { createHash } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { FILE_TYPES } from '../../files/file-type.js';
import { SHA256 } from '../../protocol/digest.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { PRIVATE, writeNew } from '../files.js';
import { connect, type Reasons } from '../profile.js';
import { idOf, objectName } from '../object-argument.js';

/** Fetches a file that an object names, and compares it with the digest that was signed. Never opens it. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, `liaison download 5d0c8d0e-6f1f-4b5c-9f0e-2b1f4a3c7d11 ${'0a1b2c3d'.repeat(8)} --out photo.jpg`)
    .argument('<object>', cli.text('cli.object.name'), objectName)
    .argument('<sha256>', cli.text('cli.download.sha256'), digest)
    .option('--out <file>', cli.text('cli.download.out'))
    .option('--purpose <code>', cli.text('cli.option.purpose'))
    .option('--case <number>', cli.text('cli.option.case'))
    .action(cli.runs((name: string, sha256: string, options: Options) => download(cli, name, sha256, options)));
}

interface Options extends Reasons {
  out?: string;
}

function digest(value: string): string {
  if (SHA256.test(value)) return value;
  throw new InvalidArgumentError('SHA-256');
}

async function download(cli: Cli, name: string, sha256: string, options: Options): Promise<Outcome> {
  const { client } = await connect(cli, options);
  const { content, mediaType } = await client.download(await idOf(client, name), sha256);
  const isOriginal = createHash('sha256').update(content).digest('hex') === sha256;
  // Of an image the hub gives a copy without metadata; no other file may differ from what was signed.
  if (!isOriginal && !mediaType.startsWith('image/')) throw new Failure(EXIT.verification, 'cli.download.altered');
  const file = options.out ?? `${sha256.slice(0, 16)}.${FILE_TYPES[mediaType] ?? 'bin'}`;
  writeNew(file, content, PRIVATE);
  return {
    document: { file, mediaType, size: content.length, isOriginal },
    lines: [cli.text(isOriginal ? 'cli.download.original' : 'cli.download.copy', { file })],
  };
}
