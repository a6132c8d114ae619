import type { Command } from 'commander';
import { readKeySet, verifyKeySetChain } from '../../protocol/key-set.js';
import type { PublicJwk } from '../../protocol/keys.js';
import type { Cli, Outcome } from '../cli.js';
import { example, several } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { fingerprintOf, sameFingerprint } from '../fingerprint.js';
import { readPublicKey } from '../key-files.js';
import { connect } from '../profile.js';
import { readHomeTrust, sameKeys, writeHomeTrust } from '../trust-store.js';

/** Writes down whom to trust: an agency's roots, or the hub's receipt keys, compared by two people over a second channel. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison pin --agency TH-CUS --root th.root.pub.json',
    'liaison pin --agency TH-CUS --fingerprint "3f2a 91bc 07d4 …"',
  )
    .option('--agency <code>', cli.text('cli.pin.agency'))
    .option('--root <file>', cli.text('cli.pin.root'), several)
    .option('--hub-key <file>', cli.text('cli.pin.hubKey'), several)
    .option('--fingerprint <hex>', cli.text('cli.pin.fingerprint'), several)
    .option('--replace', cli.text('cli.option.replace'))
    .action(cli.runs((options: Options) => pin(cli, options)));
}

interface Options {
  agency?: string;
  root?: string[];
  hubKey?: string[];
  fingerprint?: string[];
  replace?: boolean;
}

async function pin(cli: Cli, { agency, root, hubKey, fingerprint, replace = false }: Options): Promise<Outcome> {
  const trust = await readHomeTrust(cli.home);
  if (agency === undefined && hubKey) {
    const keys = await readAll(hubKey);
    await checkSame(trust.hubKeys, keys, replace);
    return done(cli, null, keys, writeHomeTrust(cli.home, { ...trust, hubKeys: keys }));
  }
  if (agency === undefined || (root === undefined) === (fingerprint === undefined)) {
    throw new Failure(EXIT.usage, 'cli.failure.pinWhat');
  }
  const keys = root ? await readAll(root) : await fetchRoots(cli, agency, fingerprint!);
  await checkSame(trust.roots[agency] ?? [], keys, replace);
  const roots = { ...trust.roots, [agency]: keys };
  return done(cli, agency, keys, writeHomeTrust(cli.home, { ...trust, roots }));
}

function readAll(files: readonly string[]): Promise<PublicJwk[]> {
  return Promise.all(files.map(async (file) => (await readPublicKey(file)).publicJwk));
}

/** The roots of the agency's first key set, as the hub has them, if they are exactly the ones whose fingerprints were read out. */
async function fetchRoots(cli: Cli, agency: string, typed: readonly string[]): Promise<PublicJwk[]> {
  const { client, profile } = await connect(cli);
  const chain = await client.keySets(agency);
  const { roots } = await readKeySet(chain[0] ?? '', { hub: profile.hubId });
  const fingerprints = await Promise.all(roots.map(fingerprintOf));
  const isMet = fingerprints.every((fingerprint) => typed.some((each) => sameFingerprint(each, fingerprint)));
  if (!isMet || typed.length !== roots.length) {
    // The hub's own is not shown: whoever is in a hurry would copy it, and with it a hub that lies.
    throw new Failure(EXIT.verification, 'cli.failure.otherFingerprint', { agency });
  }
  const [first] = await verifyKeySetChain(chain, roots, { hub: profile.hubId });
  if (first?.agency !== agency) throw new Failure(EXIT.verification, 'cli.failure.otherAgency', { agency });
  return roots;
}

/** What was compared by people is not replaced in passing. */
async function checkSame(known: readonly PublicJwk[], keys: readonly PublicJwk[], replace: boolean): Promise<void> {
  if (replace || known.length === 0 || (await sameKeys(known, keys))) return;
  throw new Failure(EXIT.refused, 'cli.failure.pinnedOther');
}

async function done(cli: Cli, agency: string | null, keys: readonly PublicJwk[], file: string): Promise<Outcome> {
  const fingerprints = await Promise.all(keys.map(fingerprintOf));
  const name = agency ?? cli.text('cli.pin.theHub');
  return {
    document: { agency, fingerprints, file },
    lines: [cli.text('cli.pin.done', { name, file }), ...fingerprints.map((fingerprint) => `  ${fingerprint}`)],
  };
}
