/** Proofs of possession: a key that is registered for an agency says itself that it is meant for it. */
import { encodeBase64url } from '../protocol/base64url.js';
import { type KeyUse, possessionChallenge } from '../protocol/keys.js';
import type { Cli } from './cli.js';
import { EXIT, Failure } from './failures.js';
import type { KeyRole, Possession } from './key-files.js';
import { hasProfile, readProfile } from './profile.js';

/** The agency and the hub that a key is for. */
export interface Place {
  hub: string;
  agency: string;
}

/** As the options say, or as the profile knows. */
export function placeOf(cli: Cli, options: { agency?: string | undefined; hubId?: string | undefined }): Place {
  const profile = hasProfile(cli.home) ? readProfile(cli.home) : undefined;
  const hub = options.hubId ?? profile?.hubId;
  const agency = options.agency ?? profile?.agency;
  if (hub === undefined || agency === undefined) throw new Failure(EXIT.usage, 'cli.failure.noPlace');
  return { hub, agency };
}

export function useOf(role: KeyRole): KeyUse {
  if (role === 'enrol') return 'enrol';
  return role === 'client' ? 'auth' : 'sig';
}

/** The proof for a key, by whoever holds its private half. */
export async function possessionOf(
  kid: string,
  use: KeyUse,
  place: Place,
  sign: (text: string) => Promise<Uint8Array>,
): Promise<Possession> {
  return { ...place, use, proof: encodeBase64url(await sign(possessionChallenge({ ...place, use, kid }))) };
}
