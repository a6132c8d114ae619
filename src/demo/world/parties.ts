import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord, writeJson } from '../../cli/files.js';
import { readPrivateKey, writeKey } from '../../cli/key-files.js';
import { writeProfile } from '../../cli/profile.js';
import { writeHomeTrust } from '../../cli/trust-store.js';
import { OBJECT_KINDS } from '../../protocol/envelope.js';
import { buildKeySet, type KeyEntry } from '../../protocol/key-set.js';
import { generateKey, type KeyPair, type PublicJwk, provePossession } from '../../protocol/keys.js';
import { secondsOf } from '../../protocol/timestamp.js';
import { AGENCIES, agencyOfUnit, type WorldAgency } from './directory.js';

/** A unit with its keys and its folder, which serves `liaison --home` as it is. */
export interface WorldParty {
  agency: string;
  unit: string;
  home: string;
  signing: KeyPair;
  client: KeyPair;
}

/** An agency's root and the key sets that it has signed. */
export interface WorldTrust {
  agency: WorldAgency;
  root: PublicJwk;
  keySets: string[];
}

export interface WorldParties {
  trust: WorldTrust[];
  parties: Map<string, WorldParty>;
}

const KEY_AGE_DAYS = 30;
const KEY_LIFE_DAYS = 700;
const DAY_SECONDS = 86_400;

/** Where the demonstration keeps its files. */
export function demoFolder(dataFolder: string): string {
  return join(dataFolder, 'demo');
}

/** The folder of a unit or an agency: data/demo/TH-CUS-LCB. */
export function homeOf(dataFolder: string, code: string): string {
  return join(demoFolder(dataFolder), code);
}

/**
 * The keys of every agency and unit: made at the first start, read afterwards. Key sets are signed thirty days back, because what the
 * units sign is up to two days old.
 */
export async function obtainParties(dataFolder: string, hubId: string): Promise<WorldParties> {
  const all = await Promise.all(AGENCIES.map((agency) => obtainAgency(dataFolder, hubId, agency)));
  return {
    trust: all.map(({ trust }) => trust),
    parties: new Map(all.flatMap(({ parties }) => parties.map((party) => [party.unit, party]))),
  };
}

/** Writes profile.json and roots.json of every unit: with which hub it works, and whom it trusts. */
export function writeProfiles(
  { trust, parties }: WorldParties,
  { url, hubId, hubKeys }: { url: string; hubId: string; hubKeys: PublicJwk[] },
): void {
  const roots = Object.fromEntries(trust.map(({ agency, root }) => [agency.agency.id, [root]]));
  for (const { agency, unit, home } of parties.values()) {
    writeProfile(home, { hub: url, hubId, agency, unit, ...keyFilesOf(home) });
    writeHomeTrust(home, { hub: hubId, roots, hubKeys });
  }
}

async function obtainAgency(
  dataFolder: string,
  hubId: string,
  agency: WorldAgency,
): Promise<{ trust: WorldTrust; parties: WorldParty[] }> {
  const home = homeOf(dataFolder, agency.agency.id);
  const keySetsFile = join(home, 'key-sets.json');
  // The key sets are written last: without them, nothing of the agency has been used yet.
  if (!existsSync(keySetsFile)) await makeAgency(dataFolder, hubId, agency, keySetsFile);

  const { hub, keySets } = readRecord(keySetsFile) as { hub: string; keySets: string[] };
  if (hub !== hubId) {
    throw new Error(
      `The keys in ${demoFolder(dataFolder)} were made for the hub ${hub}, not ${hubId}: begin with a fresh folder`,
    );
  }
  const root = await readPrivateKey(rootFileOf(home), 'root');
  const parties = await Promise.all(agency.units.map(({ id }) => readParty(dataFolder, id)));
  return { trust: { agency, root: root.publicJwk, keySets }, parties };
}

async function makeAgency(dataFolder: string, hubId: string, agency: WorldAgency, keySetsFile: string): Promise<void> {
  const { id } = agency.agency;
  for (const code of [id, ...agency.units.map((unit) => unit.id)]) {
    rmSync(homeOf(dataFolder, code), { recursive: true, force: true });
  }
  const root = await generateKey();
  writeKey(rootFileOf(homeOf(dataFolder, id)), 'root', root);
  const parties = await Promise.all(agency.units.map((unit) => makeParty(dataFolder, unit.id)));

  const signedAt = secondsOf(new Date()) - KEY_AGE_DAYS * DAY_SECONDS;
  const keys = await Promise.all(
    parties.flatMap(({ unit, signing, client }) => [
      entryOf(hubId, signing, unit, 'sig', signedAt),
      entryOf(hubId, client, unit, 'auth', signedAt),
    ]),
  );
  const keySet = await buildKeySet(
    { hub: hubId, agency: id, seq: 1, prev: null, roots: [root.publicJwk], threshold: 1, keys },
    [{ ...root, iat: signedAt }],
  );
  writeJson(keySetsFile, { hub: hubId, keySets: [keySet] });
}

async function makeParty(dataFolder: string, unit: string): Promise<WorldParty> {
  const home = homeOf(dataFolder, unit);
  const [signing, client] = await Promise.all([generateKey(), generateKey()]);
  const { signingKey, clientKey } = keyFilesOf(home);
  writeKey(signingKey, 'unit', signing);
  writeKey(clientKey, 'client', client);
  return { agency: agencyOfUnit(unit), unit, home, signing, client };
}

async function readParty(dataFolder: string, unit: string): Promise<WorldParty> {
  const home = homeOf(dataFolder, unit);
  const { signingKey, clientKey } = keyFilesOf(home);
  const [signing, client] = await Promise.all([
    readPrivateKey(signingKey, 'unit'),
    readPrivateKey(clientKey, 'client'),
  ]);
  return { agency: agencyOfUnit(unit), unit, home, signing, client };
}

async function entryOf(
  hub: string,
  { kid, publicJwk, privateJwk }: KeyPair,
  unit: string,
  use: 'sig' | 'auth',
  nbf: number,
): Promise<KeyEntry> {
  return {
    kid,
    jwk: publicJwk,
    use,
    holder: `unit:${unit}`,
    kinds: use === 'sig' ? [...OBJECT_KINDS] : [],
    nbf,
    exp: nbf + KEY_LIFE_DAYS * DAY_SECONDS,
    revoked: null,
    proof: await provePossession(privateJwk, { hub, agency: agencyOfUnit(unit), use, kid }),
  };
}

function keyFilesOf(home: string): { signingKey: string; clientKey: string } {
  return { signingKey: join(home, 'unit.key.json'), clientKey: join(home, 'client.key.json') };
}

function rootFileOf(home: string): string {
  return join(home, 'root.key.json');
}
