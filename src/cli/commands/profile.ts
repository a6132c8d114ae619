import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { PublicJwk } from '../../protocol/keys.js';
import type { Cli, Outcome } from '../cli.js';
import { example, several } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { fingerprintOf } from '../fingerprint.js';
import { readEitherKey, readPrivateKey, readPublicKey } from '../key-files.js';
import { clientFor, hasProfile, type Profile, writeProfile } from '../profile.js';
import { readHomeTrust, sameKeys, writeHomeTrust } from '../trust-store.js';

/** Makes the party's folder: who works here, with which hub and keys. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison profile --hub http://localhost:3000 --agency VN-CUS --unit VN-CUS-AS --client client.key.json --signing unit.key.json',
  )
    .requiredOption('--hub <url>', cli.text('cli.profile.hub'))
    .requiredOption('--agency <code>', cli.text('cli.option.agency'))
    .requiredOption('--unit <code>', cli.text('cli.profile.unit'))
    .requiredOption('--client <file>', cli.text('cli.profile.client'))
    .requiredOption('--signing <file>', cli.text('cli.profile.signing'))
    .option('--signer <exec>', cli.text('cli.option.signer'))
    .option('--hub-id <id>', cli.text('cli.profile.hubId'))
    .option('--hub-key <file>', cli.text('cli.profile.hubKey'), several)
    .option('--replace', cli.text('cli.option.replace'))
    .action(cli.runs((options: Options) => makeProfile(cli, options)));
}

interface Options {
  hub: string;
  agency: string;
  unit: string;
  client: string;
  signing: string;
  signer?: string;
  hubId?: string;
  hubKey?: string[];
  replace?: boolean;
}

async function makeProfile(cli: Cli, options: Options): Promise<Outcome> {
  const { home } = cli;
  if (hasProfile(home) && !options.replace) throw new Failure(EXIT.usage, 'cli.failure.hasProfile', { home });
  const { agency, unit, signer } = options;
  const files = { clientKey: resolve(options.client), signingKey: resolve(options.signing) };
  if (signer === undefined) await readPrivateKey(files.signingKey, 'unit');
  else await readEitherKey(files.signingKey, 'unit');
  const party = { hub: hubAddress(options.hub), agency, unit, ...files };
  const { hubId, hubKeys } = await meetHub(cli, party, options);

  const known = await readHomeTrust(home);
  const isSame = known.hubKeys.length === 0 || (known.hub === hubId && (await sameKeys(known.hubKeys, hubKeys)));
  if (!isSame && !options.replace) throw new Failure(EXIT.verification, 'cli.failure.otherHubKeys');
  const profile: Profile = { ...party, hubId, ...(signer === undefined ? {} : { signer }) };
  const file = writeProfile(home, profile);
  writeHomeTrust(home, { ...known, hub: hubId, hubKeys });
  const fingerprints = await Promise.all(hubKeys.map(fingerprintOf));
  return {
    document: { file, ...profile, hubKeys: fingerprints },
    lines: [
      cli.text('cli.profile.done', { unit, hub: profile.hub, hubId, file }),
      ...fingerprints.map((fingerprint) => cli.text('cli.profile.hubFingerprint', { fingerprint })),
    ],
  };
}

/** Asks the hub who it is and whom it takes us for, unless the operator has told everything by another way. */
async function meetHub(
  cli: Cli,
  party: Omit<Profile, 'hubId'>,
  { hubId, hubKey }: Options,
): Promise<{ hubId: string; hubKeys: PublicJwk[] }> {
  const given = hubKey && (await Promise.all(hubKey.map(async (file) => (await readPublicKey(file)).publicJwk)));
  if (hubId !== undefined && given) {
    await readPrivateKey(party.clientKey, 'client');
    return { hubId, hubKeys: given };
  }
  const client = await clientFor(cli, party);
  const me = await client.me();
  const { agency, unit } = me;
  if (agency !== party.agency || unit !== party.unit)
    throw new Failure(EXIT.usage, 'cli.failure.otherParty', { agency, unit });
  if (hubId !== undefined && me.hub !== hubId)
    throw new Failure(EXIT.verification, 'cli.failure.otherHub', { hub: me.hub });
  return { hubId: me.hub, hubKeys: given ?? (await client.hubKeys()) };
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Tokens and personal details travel: over anything but this machine only with TLS. */
function hubAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isSafe) throw new Failure(EXIT.usage, 'cli.failure.badHub', { address });
  return address.replace(/\/+$/, '');
}
