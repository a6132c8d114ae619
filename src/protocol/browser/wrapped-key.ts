/**
 * An officer's signing key in a browser, kept where no thief of the hub or of the disk can use it (security.md 2.7): the private half is
 * wrapped under a key that only the officer's passkey can derive (WebAuthn level 3, section 10.1.4, extension `prf`).
 *
 * passkey → 32 bytes (prf) → HKDF-SHA-256 (RFC 5869) → AES-256-GCM over PKCS #8 → 12 bytes of nonce and the ciphertext
 */
import type { CryptoKey } from 'jose';
import { decodeBase64url, encodeBase64url } from '../base64url.js';
import { canonicalize } from '../canonical.js';
import { checkPublicKey, type KeyUse, provePossession, type PublicJwk, thumbprint } from '../keys.js';
import { encodeUtf8 } from '../utf8.js';

/** For whom and for which hub a key is. */
export interface KeyPlace {
  hub: string;
  agency: string;
}

/** A key that was just made: what may leave the browser, and the key itself, which cannot. */
export interface NewKey {
  kid: string;
  jwk: PublicJwk;
  /** Proof of possession for the place and use. */
  proof: string;
  /** The private half for the hub to keep, base64url; null for a key that stays in this browser. */
  wrapped: string | null;
  privateKey: CryptoKey;
}

const NONCE_BYTES = 12;
const USAGES: ['sign', 'verify'] = ['sign', 'verify'];

/** What the passkey is asked to derive from: one label, so that any page of the hub gets the same bytes. */
export const PRF_INPUT = encodeUtf8('liaison person key v1');

/**
 * Makes an Ed25519 key. With the passkey's 32 bytes it is wrapped for the hub to keep; without (an authenticator that has no `prf`) it can
 * only be kept by this browser. The key that is returned cannot be exported either way.
 */
export async function makeKey(place: KeyPlace, use: KeyUse, prf: Uint8Array<ArrayBuffer> | null): Promise<NewKey> {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, prf !== null, USAGES)) as unknown as {
    privateKey: CryptoKey;
    publicKey: CryptoKey;
  };
  const { kty, crv, x } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const jwk = checkPublicKey({ kty, crv, x });
  const kid = await thumbprint(jwk);
  const proof = await provePossession(pair.privateKey, { ...place, use, kid });
  if (prf === null) return { kid, jwk, proof, wrapped: null, privateKey: pair.privateKey };
  const wrapped = await wrap(pair.privateKey, kid, place, prf);
  return { kid, jwk, proof, wrapped, privateKey: await unwrapKey(wrapped, kid, place, prf) };
}

/** The key back from what the hub kept, for signing alone. Rejects when the bytes, the place or the passkey are others. */
export async function unwrapKey(
  wrapped: string,
  kid: string,
  place: KeyPlace,
  prf: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  const bytes = decodeBase64url(wrapped);
  const [iv, ciphertext] = [bytes.slice(0, NONCE_BYTES), bytes.slice(NONCE_BYTES)];
  const wrapping = await wrappingKey(prf, 'unwrapKey');
  const algorithm = { name: 'AES-GCM', iv, additionalData: bound(kid, place) };
  return crypto.subtle.unwrapKey('pkcs8', ciphertext, wrapping, algorithm, { name: 'Ed25519' }, false, ['sign']);
}

async function wrap(key: CryptoKey, kid: string, place: KeyPlace, prf: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const wrapping = await wrappingKey(prf, 'wrapKey');
  const algorithm = { name: 'AES-GCM', iv, additionalData: bound(kid, place) };
  const ciphertext = await crypto.subtle.wrapKey('pkcs8', key, wrapping, algorithm);
  return encodeBase64url(Uint8Array.of(...iv, ...new Uint8Array(ciphertext)));
}

async function wrappingKey(prf: Uint8Array<ArrayBuffer>, usage: 'wrapKey' | 'unwrapKey'): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', prf, 'HKDF', false, ['deriveKey']);
  const derivation = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: encodeUtf8('liaison wrapped key v1'),
  };
  return crypto.subtle.deriveKey(derivation, secret, { name: 'AES-GCM', length: 256 }, false, [usage]);
}

/** A wrapped key opens only as the key of this hub, agency and id. */
function bound(kid: string, { hub, agency }: KeyPlace): Uint8Array<ArrayBuffer> {
  return encodeUtf8(canonicalize({ v: 1, kind: 'wrapped-key', hub, agency, kid }));
}
