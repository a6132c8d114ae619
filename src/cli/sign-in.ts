import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { algorithmOf, type PrivateJwk, thumbprint } from '../protocol/keys.js';

const ASSERTION_SECONDS = 60;

/** The form by which a unit's system asks for a token: client_credentials with private_key_jwt (RFC 7523 section 2.2). */
export async function tokenRequest(hubUrl: string, unit: string, key: PrivateJwk): Promise<URLSearchParams> {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: unit,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await clientAssertion(hubUrl, unit, key),
  });
}

/**
 * The audience is built from the address that the user gave, never from what the other side says of itself: a false hub
 * could otherwise be handed an assertion for the true one.
 */
async function clientAssertion(hubUrl: string, unit: string, { d, ...publicJwk }: PrivateJwk): Promise<string> {
  const alg = algorithmOf(publicJwk);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg, kid: await thumbprint(publicJwk) })
    .setIssuer(unit)
    .setSubject(unit)
    .setAudience(`${hubUrl}/oidc`)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .sign(await importJWK({ ...publicJwk, d }, alg));
}
