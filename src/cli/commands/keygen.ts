import { Argument, type Command, Option } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { fingerprintOfKid } from '../fingerprint.js';
import { type KeyRole, writeKey } from '../key-files.js';
import { placeOf, possessionOf, useOf } from '../possession.js';
import { type Algorithm, generateKey, rawSign } from '../../protocol/keys.js';

/** Makes a key on this machine. The private half never leaves it. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison keygen root --out root.key.json',
    'liaison keygen unit --out unit.key.json --agency VN-CUS --hub-id hub.example',
    'liaison keygen client --out client.key.json --agency VN-CUS --hub-id hub.example --alg ES256',
  )
    .addArgument(new Argument('<role>', cli.text('cli.keygen.role')).choices(['root', 'unit', 'client', 'enrol']))
    .requiredOption('--out <file>', cli.text('cli.keygen.out'))
    .option('--agency <code>', cli.text('cli.option.agency'))
    .option('--hub-id <id>', cli.text('cli.keyset.hubId'))
    .addOption(
      new Option('--alg <algorithm>', cli.text('cli.keygen.alg')).choices(['Ed25519', 'ES256']).default('Ed25519'),
    )
    .action(cli.runs((role: KeyRole, options: Options) => keygen(cli, role, options)));
}

interface Options {
  out: string;
  agency?: string;
  hubId?: string;
  alg: Algorithm;
}

async function keygen(cli: Cli, role: KeyRole, { out, agency, hubId, alg }: Options): Promise<Outcome> {
  const place = role === 'root' ? undefined : placeOf(cli, { agency, hubId });
  const pair = await generateKey(alg);
  const possession =
    place && (await possessionOf(pair.kid, useOf(role), place, (text) => rawSign(pair.privateJwk, text)));
  const publicFile = writeKey(out, role, pair, possession);
  const fingerprint = fingerprintOfKid(pair.kid);
  return {
    document: { role, alg, kid: pair.kid, fingerprint, privateFile: out, publicFile },
    lines: [cli.text('cli.keygen.done', { file: out, publicFile, kid: pair.kid, fingerprint })],
  };
}
