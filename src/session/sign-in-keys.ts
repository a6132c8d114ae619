import type { JWK } from 'jose';
import { freshSecret, type SecretsFolder } from '../database/secrets.js';
import { generateKey } from '../protocol/keys.js';

/** The provider's own keys: with which it signs access tokens, and its cookies once it has any. */
export interface SignInKeys {
  jwks: { keys: JWK[] };
  cookieKeys: string[];
}

export function obtainSignInKeys(secrets: SecretsFolder): Promise<SignInKeys> {
  return secrets.obtain('oidc', async () => {
    const { privateJwk, kid } = await generateKey('Ed25519');
    return { jwks: { keys: [{ ...privateJwk, kid, use: 'sig', alg: 'Ed25519' }] }, cookieKeys: [freshSecret()] };
  });
}

/** The secret behind the nonces for proofs of possession; 256 bits, base64url. */
export async function obtainNonceSecret(secrets: SecretsFolder): Promise<string> {
  return (await secrets.obtain('dpop-nonce', () => ({ secret: freshSecret() }))).secret;
}

/** The public halves, for whoever verifies. */
export function publicKeysOf({ jwks }: SignInKeys): { keys: JWK[] } {
  return { keys: jwks.keys.map(({ kid, kty, crv, x, use, alg }) => ({ kid, kty, crv, x, use, alg })) };
}
