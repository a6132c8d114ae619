import { algorithmOf, type PublicJwk } from '../../../protocol/keys.js';
import type { KeyRequest } from '../person-keys.js';

/** A file that a page offers to be saved: its name, and an address that holds it whole. */
export interface OfferedFile {
  name: string;
  address: string;
}

/** The public half of a key that waits, as `liaison keyset build --key` takes it: with its holder's proof that it is meant for this place and use. */
export function publicKeyFile(
  { kid, jwk, use, proof }: KeyRequest,
  place: { hub: string; agency: string },
): OfferedFile {
  const key = JSON.parse(jwk) as PublicJwk;
  const content = { ...key, kid, alg: algorithmOf(key), possession: { ...place, use, proof } };
  return {
    name: `${use}-${kid.slice(0, 8)}.pub.json`,
    address: `data:application/json,${encodeURIComponent(`${JSON.stringify(content, null, 2)}\n`)}`,
  };
}
