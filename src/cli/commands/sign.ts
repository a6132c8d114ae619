import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { readCompositions, writeSigned } from '../file-formats.js';
import { besides } from '../files.js';
import { hasProfile, type Profile, readProfile } from '../profile.js';
import { printableJson } from '../printable.js';
import { openSigner } from '../raw-signers.js';
import { envelopeLines } from '../rendering.js';
import {
  checkComposition,
  type CheckedComposition,
  type RawSigner,
  signComposition,
  signingTime,
} from '../sign-composition.js';

/** Shows what the bytes say, then signs them, all on this machine. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'liaison sign alert.composition.json --out alert.signed.json',
    'liaison sign alert.composition.json --key unit.pub.json --signer exec:"pkcs11-tool --sign -m EDDSA --id 01"',
  )
    .argument('<composition>', cli.text('cli.sign.file'))
    .option('--key <file>', cli.text('cli.sign.key'))
    .option('--signer <exec>', cli.text('cli.option.signer'))
    .option('--out <file>', cli.text('cli.sign.out'))
    .option('--text', cli.text('cli.sign.text'))
    .option('--yes', cli.text('cli.option.yes'))
    .action(cli.runs((file: string, options: Options) => sign(cli, file, options)));
}

interface Options {
  key?: string;
  signer?: string;
  out?: string;
  text?: boolean;
  yes?: boolean;
}

async function sign(cli: Cli, file: string, options: Options): Promise<Outcome> {
  const profile = hasProfile(cli.home) ? readProfile(cli.home) : undefined;
  const signer = await signerFor(options, profile);
  const checked = await readChecked(file, profile);
  const lines = checked.flatMap((each) => [
    ...envelopeLines(cli, each.envelope, each.digest, signingTime(each, signer)),
    ...(options.text ? printableJson(each.envelope) : []),
  ]);
  const wasShown = await cli.confirm(lines, { isGiven: options.yes ?? false });

  const objects = [];
  for (const each of checked) {
    // One after the other: a security module has one place to ask for a PIN.
    objects.push({ id: each.envelope.id, to: each.envelope.to, ...(await signComposition(each, signer)) });
  }
  const out = options.out ?? besides(file, 'signed');
  writeSigned(out, objects);
  const signed = checked.map(({ envelope: { kind, id, from, unit, to, handling, body }, digest }) => {
    return { kind, id, from, unit, to, handling, title: body['title'] ?? null, digest };
  });
  const done = cli.text('cli.sign.done', { count: objects.length, kid: signer.kid, file: out });
  return { document: { file: out, kid: signer.kid, signed }, lines: [...(wasShown ? [] : lines), done] };
}

function signerFor({ key, signer }: Options, profile: Profile | undefined): Promise<RawSigner> {
  if (key !== undefined) return openSigner(key, 'unit', signer);
  if (profile) return openSigner(profile.signingKey, 'unit', signer ?? profile.signer);
  throw new Failure(EXIT.usage, 'cli.failure.noSigningKey');
}

function readChecked(file: string, profile: Profile | undefined): Promise<CheckedComposition[]> {
  const expected = profile ? { hub: profile.hubId, agency: profile.agency, unit: profile.unit } : {};
  return Promise.all(readCompositions(file).map((composition) => checkComposition(composition, expected)));
}
