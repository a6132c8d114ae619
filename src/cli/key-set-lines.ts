import type { KeySetFields } from '../protocol/key-set.js';
import { formatTimestamp } from '../protocol/timestamp.js';
import type { Cli } from './cli.js';
import { fingerprintOf } from './fingerprint.js';

/** What a key set says, for the person who signs it or relies on it. */
export async function keySetLines(
  cli: Cli,
  { hub, agency, seq, prev, threshold, roots, keys }: KeySetFields,
): Promise<string[]> {
  const fingerprints = await Promise.all(roots.map(fingerprintOf));
  return [
    cli.text('cli.keyset.title', { agency, seq, hub, prev: prev ?? '–', threshold, count: roots.length }),
    ...fingerprints.map((fingerprint) => `  ${cli.text('cli.keyset.root', { fingerprint })}`),
    ...keys.map(({ kid, holder, use, kinds, exp, revoked }) => {
      const until = formatTimestamp(new Date(exp * 1000)).slice(0, 10);
      const line = cli.text('cli.keyset.key', { kid, holder, use, kinds: kinds.join(','), until });
      return `  ${line}${revoked ? ` ${cli.text('cli.keyset.revoked', { reason: revoked.reason })}` : ''}`;
    }),
  ];
}
