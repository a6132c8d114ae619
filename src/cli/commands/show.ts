import type { Command } from 'commander';
import type { BundleNote, ObjectVerdict } from '../../protocol/bundle.js';
import { verifyBundle } from '../../protocol/bundle.js';
import type { Envelope } from '../../protocol/envelope.js';
import { envelopeIn, makeBundle } from '../bundle-maker.js';
import type { Cli, Outcome } from '../cli.js';
import type { Opened } from '../client-models.js';
import { example } from '../command.js';
import { EXIT } from '../failures.js';
import { printableJson } from '../printable.js';
import { connect, type Reasons } from '../profile.js';
import { envelopeLines } from '../rendering.js';
import { readHomeTrust } from '../trust-store.js';
import { idOf, objectName } from '../object-argument.js';
import { isGood, verdictLine } from '../verdicts.js';

/** Opens an object and verifies it here, with pinned keys. Personal details are asked for, and printed, only on demand. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison show 5d0c8d0e-6f1f-4b5c-9f0e-2b1f4a3c7d11',
    'liaison show VN-ALR-2026-KXQWPD --nominal',
  )
    .argument('<object>', cli.text('cli.object.name'), objectName)
    .option('--nominal', cli.text('cli.show.nominal'))
    .option('--purpose <code>', cli.text('cli.option.purpose'))
    .option('--case <number>', cli.text('cli.option.case'))
    .action(cli.runs((name: string, options: Options) => show(cli, name, options)));
}

interface Options extends Reasons {
  nominal?: boolean;
}

/** A single object quotes others that were not asked for, and parts that were left closed: nothing to be warned of. */
const EXPECTED: readonly BundleNote[] = ['IN_REPLY_TO_ABSENT', 'SUPERSEDES_ABSENT'];

async function show(cli: Cli, name: string, { nominal = false, ...reasons }: Options): Promise<Outcome> {
  const { client, profile } = await connect(cli, reasons);
  const request = {
    ids: [await idOf(client, name)],
    hub: profile.hubId,
    withParts: nominal,
    isFollowing: false,
    forExport: false,
  };
  const { bundle, opened } = await makeBundle(client, request);
  const trust = await readHomeTrust(cli.home);
  const [judged] = await verifyBundle(bundle, trust);
  const object = opened[0]!;
  const isPinned = Object.hasOwn(trust.roots, object.from);
  // makeBundle has read it; the hub's own summary of it is not shown.
  const envelope = envelopeIn(object.text)!;
  const { parts, ...summary } = object;
  return {
    document: { ...summary, envelope, parts: partsOf(envelope, parts, nominal), verification: judged, isPinned },
    lines: [
      ...verification(cli, judged!, object.from, isPinned, nominal),
      ...envelopeLines(cli, envelope, judged?.digest ?? ''),
      ...printableJson(envelope.body),
      ...(nominal ? parts.flatMap((part) => partLines(cli, part)) : []),
    ],
    exitCode: isGood(judged!) ? EXIT.ok : EXIT.verification,
  };
}

function verification(cli: Cli, judged: ObjectVerdict, from: string, isPinned: boolean, nominal: boolean): string[] {
  if (!isPinned) return [cli.text('cli.show.notPinned', { agency: from })];
  return [verdictLine(cli, judged, nominal ? EXPECTED : [...EXPECTED, 'PART_WITHHELD'])];
}

function partsOf(envelope: Envelope, parts: Opened['parts'], nominal: boolean): object[] {
  return nominal ? parts : envelope.parts.map(({ name }) => ({ name }));
}

function partLines(cli: Cli, { name, text, withheld }: Opened['parts'][number]): string[] {
  if (withheld === 'CASE_REF') return [cli.text('cli.show.caseRef', { name })];
  if (text === null) return [cli.text('cli.show.withheld', { name, reason: withheld ?? '' })];
  const { data } = JSON.parse(text) as { data: unknown };
  return [cli.text('cli.show.part', { name }), ...printableJson(data)];
}
