import { type Command, Option } from 'commander';
import type { KeyUse } from '../../protocol/keys.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { type KeyRole, writePossession } from '../key-files.js';
import { placeOf, possessionOf } from '../possession.js';
import { openSigner } from '../raw-signers.js';

/** Proves that one holds a key that was made elsewhere (a security module), or means it for another hub. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison prove unit.pub.json --agency VN-CUS --hub-id hub.example --signer exec:"pkcs11-tool --sign -m EDDSA --id 01"',
  )
    .argument('<key>', cli.text('cli.prove.key'))
    .addOption(
      new Option('--use <use>', cli.text('cli.prove.use')).choices(['sig', 'auth', 'enc', 'enrol']).default('sig'),
    )
    .option('--agency <code>', cli.text('cli.option.agency'))
    .option('--hub-id <id>', cli.text('cli.keyset.hubId'))
    .option('--signer <exec>', cli.text('cli.option.signer'))
    .action(cli.runs((file: string, options: Options) => prove(cli, file, options)));
}

interface Options {
  use: KeyUse;
  agency?: string;
  hubId?: string;
  signer?: string;
}

/** The role of the key file from which a key of this use comes. */
function roleOf(use: KeyUse): KeyRole {
  if (use === 'enrol') return 'enrol';
  return use === 'auth' ? 'client' : 'unit';
}

async function prove(cli: Cli, file: string, options: Options): Promise<Outcome> {
  const { use } = options;
  const place = placeOf(cli, options);
  const signer = await openSigner(file, roleOf(use), options.signer);
  const possession = await possessionOf(signer.kid, use, place, (text) => signer.sign(text));
  const publicFile = writePossession(file, signer.publicJwk, possession);
  return {
    document: { publicFile, kid: signer.kid, ...possession },
    lines: [cli.text('cli.prove.done', { publicFile, use, ...place })],
  };
}
