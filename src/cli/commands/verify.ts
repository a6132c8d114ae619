import type { Command } from 'commander';
import { type Bundle, verifyBundle } from '../../protocol/bundle.js';
import { ProtocolError } from '../../protocol/errors.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT } from '../failures.js';
import { readJson } from '../files.js';
import { readTrust, trustFile } from '../trust-store.js';
import { attachmentLines, isGood, verdictLine } from '../verdicts.js';

/** Judges a bundle with pinned keys alone. Opens no connection: nothing that this file imports can. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison verify bundle.json --roots roots.json')
    .argument('<bundle>', cli.text('cli.verify.file'))
    .option('--roots <file>', cli.text('cli.verify.roots'))
    .action(cli.runs((file: string, { roots }: { roots?: string }) => verify(cli, file, roots ?? trustFile(cli.home))));
}

async function verify(cli: Cli, file: string, roots: string): Promise<Outcome> {
  const trust = await readTrust(roots);
  // The shape is checked by verifyBundle.
  const bundle = readJson(file) as Bundle;
  const verdicts = await verifyBundle(bundle, trust);
  if (trust.hub !== null && bundle.hub !== trust.hub) throw new ProtocolError('HUB', '/hub');
  const good = verdicts.filter(isGood).length;
  const isAllGood = good === verdicts.length && good > 0;
  const counts = { good, count: verdicts.length, hub: bundle.hub };
  return {
    document: { valid: isAllGood, hub: bundle.hub, objects: verdicts },
    lines: [
      ...verdicts.flatMap((judged) => [verdictLine(cli, judged), ...attachmentLines(cli, judged)]),
      cli.text(
        isAllGood ? 'cli.verify.allGood' : verdicts.length === 0 ? 'cli.verify.empty' : 'cli.verify.notAll',
        counts,
      ),
    ],
    exitCode: isAllGood ? EXIT.ok : EXIT.verification,
  };
}
