import { Argument, type Command, Option } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { fingerprintOfKid } from '../fingerprint.js';
import { type KeyRole, writeKey } from '../key-files.js';
import { type Algorithm, generateKey } from '../../protocol/keys.js';

/** Makes a key on this machine. The private half never leaves it. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison keygen unit --out unit.key.json',
    'liaison keygen client --out client.key.json --alg ES256',
  )
    .addArgument(new Argument('<role>', cli.text('cli.keygen.role')).choices(['root', 'unit', 'client']))
    .requiredOption('--out <file>', cli.text('cli.keygen.out'))
    .addOption(
      new Option('--alg <algorithm>', cli.text('cli.keygen.alg')).choices(['Ed25519', 'ES256']).default('Ed25519'),
    )
    .action(cli.runs((role: KeyRole, options: { out: string; alg: Algorithm }) => keygen(cli, role, options)));
}

async function keygen(cli: Cli, role: KeyRole, { out, alg }: { out: string; alg: Algorithm }): Promise<Outcome> {
  const pair = await generateKey(alg);
  const publicFile = writeKey(out, role, pair);
  const fingerprint = fingerprintOfKid(pair.kid);
  return {
    document: { role, alg, kid: pair.kid, fingerprint, privateFile: out, publicFile },
    lines: [cli.text('cli.keygen.done', { file: out, publicFile, kid: pair.kid, fingerprint })],
  };
}
