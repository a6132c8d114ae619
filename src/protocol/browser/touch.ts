/**
 * One touch of the officer's passkey (WebAuthn level 3, sections 5.1.4 and 10.1.4) gives both: the answer to a challenge, which for an
 * object is its digest, and the bytes that open the officer's signing key.
 */
import type { Digest } from '../digest.js';
import { decodeBase64url } from '../base64url.js';
import { PRF_INPUT } from './wrapped-key.js';

/** What a touch gave. `prf` is null where the authenticator has none. */
export interface Touch {
  /** AuthenticationResponseJSON, as `submit` takes it. */
  assertion: string;
  credentialId: string;
  prf: Uint8Array<ArrayBuffer> | null;
}

interface Answer {
  id: string;
  getClientExtensionResults(): { prf?: { results?: { first?: ArrayBuffer } } };
  toJSON(): { clientExtensionResults?: object };
}

/** What of a browser's `navigator` is used. */
export interface Authenticators {
  credentials: { get(options: object): Promise<Answer | null> };
}

/** The challenge that stands for an object: the 32 bytes of its SHA-256. */
export function challengeOf(digest: Digest): Uint8Array<ArrayBuffer> {
  const hex = digest.slice('sha256:'.length);
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Asks for a touch, of one of these passkeys (ids, base64url). Rejects as the browser does when there is none. */
export async function touch(
  { credentials }: Authenticators,
  challenge: Uint8Array<ArrayBuffer>,
  credentialIds: readonly string[],
): Promise<Touch> {
  const allowCredentials = credentialIds.map((id) => ({ type: 'public-key', id: decodeBase64url(id) }));
  const answer = await credentials.get({
    publicKey: {
      challenge,
      allowCredentials,
      userVerification: 'required',
      extensions: { prf: { eval: { first: PRF_INPUT } } },
    },
  });
  if (!answer) throw new Error('The authenticator gave no answer');
  const first = answer.getClientExtensionResults().prf?.results?.first;
  return { assertion: assertionOf(answer), credentialId: answer.id, prf: first ? new Uint8Array(first) : null };
}

/** The answer without what the extensions gave: those bytes open the key and must not leave the browser. */
function assertionOf(answer: Answer): string {
  return JSON.stringify({ ...answer.toJSON(), clientExtensionResults: {} });
}
