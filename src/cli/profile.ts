import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Cli } from './cli.js';
import { HubClient } from './client.js';
import { EXIT, Failure } from './failures.js';
import { readRecord, writeJson } from './files.js';
import { readPrivateKey } from './key-files.js';

/** Who works from a folder, and with which hub. */
export interface Profile {
  /** Address of the hub, as the hub knows it. */
  hub: string;
  /** Identity of the hub: part of everything that is signed for it. */
  hubId: string;
  agency: string;
  unit: string;
  /** File of the sign-in key. */
  clientKey: string;
  /** File of the signing key; its public half when a security module signs. */
  signingKey: string;
  /** exec:command, when a security module signs. */
  signer?: string;
}

const MEMBERS = ['hub', 'hubId', 'agency', 'unit', 'clientKey', 'signingKey'] as const;

/** The profile in the party's folder, with the places of its key files made whole. */
export function readProfile(home: string): Profile {
  const file = profileFile(home);
  if (!existsSync(file)) throw new Failure(EXIT.usage, 'cli.failure.noProfile', { home });
  const record = readRecord(file);
  if (MEMBERS.some((name) => typeof record[name] !== 'string'))
    throw new Failure(EXIT.usage, 'cli.failure.badProfile', { file });
  const profile = record as unknown as Profile;
  return {
    ...profile,
    clientKey: resolve(home, profile.clientKey),
    signingKey: resolve(home, profile.signingKey),
  };
}

/** Key files inside the folder are named from there, so that the folder can be moved. */
export function writeProfile(home: string, profile: Profile): string {
  const file = profileFile(home);
  const { clientKey, signingKey } = profile;
  writeJson(file, { ...profile, clientKey: placeIn(home, clientKey), signingKey: placeIn(home, signingKey) });
  return file;
}

export function hasProfile(home: string): boolean {
  return existsSync(profileFile(home));
}

/** Why something is read; for personal details both are asked for. */
export interface Reasons {
  purpose?: string;
  case?: string;
}

/** A client for the profile's unit. */
export async function connect(cli: Cli, reasons: Reasons = {}): Promise<{ client: HubClient; profile: Profile }> {
  const profile = readProfile(cli.home);
  return { client: await clientFor(cli, profile, reasons), profile };
}

export async function clientFor(
  cli: Cli,
  { hub, unit, clientKey }: Pick<Profile, 'hub' | 'unit' | 'clientKey'>,
  { purpose, case: caseRef }: Reasons = {},
): Promise<HubClient> {
  const { privateJwk } = await readPrivateKey(clientKey, 'client');
  const { language } = cli;
  return new HubClient({
    url: hub,
    unit,
    clientKey: privateJwk,
    language,
    ...(purpose === undefined ? {} : { purpose }),
    ...(caseRef === undefined ? {} : { caseRef }),
  });
}

function profileFile(home: string): string {
  return join(home, 'profile.json');
}

function placeIn(home: string, file: string): string {
  const place = relative(home, file);
  return place.startsWith('..') ? file : place;
}
