import type { Command } from 'commander';
import { DIGEST, type Digest } from '../../protocol/digest.js';
import { type KeySet, readKeySet } from '../../protocol/key-set.js';
import type { Cli, Outcome } from '../cli.js';
import { example, several, wholeNumber } from '../command.js';
import { EXIT, Failure, refusing } from '../failures.js';
import { PUBLIC, readText, writeWhole } from '../files.js';
import { draftKeySet, type KeySetChanges, payloadOf } from '../key-set-draft.js';
import { keySetLines } from '../key-set-lines.js';
import { hasProfile, readProfile } from '../profile.js';

export function defineBuild(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison keyset build --agency VN-CUS --hub-id hub.example --seq 1 --root root.pub.json \\',
    '  --key unit:VN-CUS-AS:sig:alert,request,oral,answer,feedback,consent,note,recall=unit.pub.json --key unit:VN-CUS-AS:auth=client.pub.json \\',
    '  --out keyset-1.payload.json',
    'liaison keyset build --agency VN-CUS --previous keyset-1.json --key unit:VN-CUS-HP:auth=new.pub.json --out keyset-2.payload.json',
  )
    .requiredOption('--agency <code>', cli.text('cli.option.agency'))
    .option('--hub-id <id>', cli.text('cli.keyset.hubId'))
    .option('--seq <number>', cli.text('cli.keyset.seq'), wholeNumber(1, 1_000_000))
    .option('--prev <digest>', cli.text('cli.keyset.prev'))
    .option('--previous <file>', cli.text('cli.keyset.previous'))
    .option('--root <file>', cli.text('cli.keyset.rootFile'), several)
    .option('--threshold <number>', cli.text('cli.keyset.threshold'), wholeNumber(1, 4))
    .option('--enrol-threshold <number>', cli.text('cli.keyset.enrolThreshold'), wholeNumber(1, 2))
    .option('--key <holder:use[:kinds]=file>', cli.text('cli.keyset.keySpec'), several)
    .option('--days <number>', cli.text('cli.keyset.days'), wholeNumber(1, 731), 365)
    .option('--remove <kid>', cli.text('cli.keyset.remove'), several)
    .option('--revoke <kid=reason>', cli.text('cli.keyset.revoke'), several)
    .option('--out <file>', cli.text('cli.keyset.out'))
    .action(cli.runs((options: Options) => build(cli, options)));
}

interface Options {
  agency: string;
  hubId?: string;
  seq?: number;
  prev?: string;
  previous?: string;
  root?: string[];
  threshold?: number;
  enrolThreshold?: number;
  key?: string[];
  days: number;
  remove?: string[];
  revoke?: string[];
  out?: string;
}

async function build(cli: Cli, options: Options): Promise<Outcome> {
  const { agency, out, days, threshold, enrolThreshold, root = [], key = [], remove = [], revoke = [] } = options;
  const hub = options.hubId ?? (hasProfile(cli.home) ? readProfile(cli.home).hubId : undefined);
  if (hub === undefined) throw new Failure(EXIT.usage, 'cli.failure.noHubId');
  const previous = options.previous === undefined ? undefined : await readPrevious(options.previous, hub, agency);
  const base = { hub, agency, ...place(options, previous) };
  const changes = { roots: root, keys: key, remove, revoke, days, ...given({ threshold, enrolThreshold }) };
  const fields = await draftKeySet(base, previous, changes);
  const { text, digest } = await payloadOf(fields);
  const document = { file: out ?? null, agency, seq: fields.seq, digest, payload: text };
  if (out === undefined) return { document, lines: [text] };
  writeWhole(out, text, PUBLIC);
  return {
    document,
    lines: [...(await keySetLines(cli, fields)), cli.text('cli.keyset.built', { file: out, digest })],
  };
}

/** What was said on the command line. */
function given(options: { threshold: number | undefined; enrolThreshold: number | undefined }): Partial<KeySetChanges> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function readPrevious(file: string, hub: string, agency: string): Promise<KeySet> {
  const set = await refusing(async () => readKeySet(readText(file).trim(), { hub }));
  if (set.agency === agency) return set;
  throw new Failure(EXIT.usage, 'cli.failure.otherAgency', { agency });
}

/** The place in the chain: after the set that was given, or as it was said. */
function place({ seq, prev }: Options, previous: KeySet | undefined): { seq: number; prev: Digest | null } {
  if (previous) return { seq: previous.seq + 1, prev: previous.digest };
  const number = seq ?? 1;
  const isFirst = number === 1;
  if (isFirst !== (prev === undefined) || (prev !== undefined && !DIGEST.test(prev))) {
    throw new Failure(EXIT.usage, 'cli.failure.badPlace');
  }
  return { seq: number, prev: (prev as Digest | undefined) ?? null };
}
