import { Argument, type Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { type Composable, COMPOSERS, type Composition } from '../client-models.js';
import { example, several } from '../command.js';
import type { HubClient } from '../client.js';
import { EXIT, Failure } from '../failures.js';
import { checkFaithful } from '../faithful.js';
import { writeCompositions } from '../file-formats.js';
import { besides, readRecord } from '../files.js';
import { connect, type Profile } from '../profile.js';
import { previewLines } from '../rendering.js';
import { checkComposition } from '../sign-composition.js';
import { tellerOf, uploadAll } from '../uploading.js';

/** Has the hub check an input and write the texts to sign, and checks what the hub wrote. Nothing is sent to anyone yet. */
export function define(command: Command, cli: Cli): void {
  const kinds = Object.keys(COMPOSERS);
  example(command, cli, 'liaison compose alert alert.json --out alert.composition.json')
    .addArgument(new Argument('<kind>', cli.text('cli.compose.kind')).choices(kinds))
    .argument('<input>', cli.text('cli.compose.input'))
    .option('--attach <file>', cli.text('cli.compose.attach'), several)
    .option('--out <file>', cli.text('cli.compose.out'))
    .option('--purpose <code>', cli.text('cli.option.purpose'))
    .action(cli.runs((kind: Composable, input: string, options: Options) => compose(cli, kind, input, options)));
}

interface Options {
  attach?: string[];
  out?: string;
  purpose?: string;
}

async function compose(cli: Cli, kind: Composable, inputFile: string, options: Options): Promise<Outcome> {
  const { client, profile } = await connect(cli, options);
  const input = await withFiles(cli, client, readRecord(inputFile), options.attach ?? []);
  const compositions = await client.compose(kind, input);
  const lines = compositions.flatMap(({ to, preview }) => previewLines(cli, to, preview));
  const described = compositions.map(({ to, id, digest, preview }) => ({ to, id, digest, preview }));
  if (compositions.some(({ text }) => text === null)) {
    const document = { file: null, compositions: described };
    return { document, lines: [...lines, cli.text('cli.compose.refused')], exitCode: EXIT.refused };
  }
  const added = await checkAll({ kind, input }, compositions, profile);
  const file = options.out ?? besides(inputFile, 'composition');
  writeCompositions(file, kind, compositions);
  const note = added.length === 0 ? [] : [cli.text('cli.compose.added', { members: added.join(', ') })];
  const done = cli.text('cli.compose.done', { count: compositions.length, file });
  return { document: { file, added, compositions: described }, lines: [...lines, ...note, done] };
}

/** The input with these files attached after those that it names. */
async function withFiles(cli: Cli, client: HubClient, input: Record<string, unknown>, files: string[]) {
  if (files.length === 0) return input;
  const named = Array.isArray(input['attachments']) ? (input['attachments'] as unknown[]) : [];
  const uploaded = await uploadAll(client, files, { tell: tellerOf(cli) });
  cli.progress();
  for (const { file, state } of uploaded) {
    if (state !== 'CLEAN') throw new Failure(EXIT.refused, `cli.upload.${state}`, { file });
  }
  return { ...input, attachments: [...named, ...uploaded.map(({ attachment }) => attachment.sha256)] };
}

async function checkAll(
  asked: { kind: Composable; input: Record<string, unknown> },
  compositions: readonly Composition[],
  profile: Profile,
): Promise<string[]> {
  const expected = { hub: profile.hubId, agency: profile.agency, unit: profile.unit };
  const added = await Promise.all(
    compositions.map(async (composition) => {
      const { envelope, parts } = await checkComposition(composition, expected);
      return checkFaithful(asked, envelope, parts);
    }),
  );
  return [...new Set(added.flat())];
}
