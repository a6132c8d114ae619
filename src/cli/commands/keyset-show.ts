import type { Command } from 'commander';
import { readKeySet, verifyKeySetChain } from '../../protocol/key-set.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { keySetLines } from '../key-set-lines.js';
import { connect } from '../profile.js';
import { readHomeTrust } from '../trust-store.js';

/** Shows an agency's newest key set, after verifying the whole chain against the pinned roots. */
export function defineShow(command: Command, cli: Cli): void {
  example(command, cli, 'liaison keyset show --agency TH-CUS')
    .requiredOption('--agency <code>', cli.text('cli.option.agency'))
    .action(cli.runs(({ agency }: { agency: string }) => show(cli, agency)));
}

async function show(cli: Cli, agency: string): Promise<Outcome> {
  const { client, profile } = await connect(cli);
  const chain = await client.keySets(agency);
  const pinned = (await readHomeTrust(cli.home)).roots[agency];
  const rules = { hub: profile.hubId };
  const newest = pinned
    ? (await verifyKeySetChain(chain, pinned, rules)).at(-1)!
    : await readKeySet(chain.at(-1)!, rules);
  if (newest.agency !== agency) throw new Failure(EXIT.verification, 'cli.failure.otherAgency', { agency });
  const remark = cli.text(pinned ? 'cli.keyset.verified' : 'cli.keyset.notPinned', { agency, count: chain.length });
  return {
    document: { verified: pinned !== undefined, newest, chain },
    lines: [...(await keySetLines(cli, newest)), remark],
    exitCode: pinned ? EXIT.ok : EXIT.verification,
  };
}
