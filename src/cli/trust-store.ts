import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Trust } from '../protocol/bundle.js';
import { checkPublicKey, type PublicJwk, thumbprint } from '../protocol/keys.js';
import { EXIT, Failure, refusing } from './failures.js';
import { readRecord, writeJson } from './files.js';

/** What a party trusts, as it stands in roots.json: roots by agency and the hub's receipt keys, each compared by people. */
export interface PinnedTrust extends Trust {
  /** The hub that the receipt keys belong to. */
  hub: string | null;
}

/** The trust of a party's folder; nothing when there is none yet. */
export function readHomeTrust(home: string): Promise<PinnedTrust> {
  const file = trustFile(home);
  return existsSync(file) ? readTrust(file) : Promise.resolve({ hub: null, roots: {}, hubKeys: [] });
}

/** Reads a file of pinned keys, checking each key anew. */
export async function readTrust(file: string): Promise<PinnedTrust> {
  const { hub = null, roots, hubKeys } = readRecord(file);
  const isWhole = (hub === null || typeof hub === 'string') && isRecord(roots) && Array.isArray(hubKeys);
  if (!isWhole || !Object.values(roots).every(Array.isArray))
    throw new Failure(EXIT.usage, 'cli.failure.badTrust', { file });
  return refusing(() => ({
    hub,
    roots: Object.fromEntries(
      Object.entries(roots).map(([agency, jwks]) => [agency, (jwks as unknown[]).map(checkPublicKey)]),
    ),
    hubKeys: hubKeys.map(checkPublicKey),
  }));
}

export function writeHomeTrust(home: string, { hub, roots, hubKeys }: PinnedTrust): string {
  const file = trustFile(home);
  writeJson(file, { hub, roots, hubKeys });
  return file;
}

export function trustFile(home: string): string {
  return join(home, 'roots.json');
}

/** Whether two lists hold the same keys, in whatever order. */
export async function sameKeys(some: readonly PublicJwk[], others: readonly PublicJwk[]): Promise<boolean> {
  return (await kidsOf(some)) === (await kidsOf(others));
}

async function kidsOf(jwks: readonly PublicJwk[]): Promise<string> {
  return (await Promise.all(jwks.map(thumbprint))).toSorted().join();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
