import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type pg from 'pg';
import type { KeyPair } from '../../src/protocol/keys.js';

/** Lets a benchmark's unit sign in with a key that stands in the table without a key set. */
export async function openConnection(client: pg.Client, unit: string, key: KeyPair): Promise<void> {
  const agency = unit.split('-').slice(0, 2).join('-');
  await client.query('INSERT INTO auth.connection (unit_id, clearance) VALUES ($1, 1) ON CONFLICT DO NOTHING', [unit]);
  await client.query(
    `INSERT INTO hub.agency_key (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
     VALUES ($1, $2, $3, 'auth', '{}', $4, 0, 4000000000, NULL, true) ON CONFLICT DO NOTHING`,
    [key.kid, agency, `unit:${unit}`, JSON.stringify(key.publicJwk)],
  );
}

export async function tokenFor(url: string, unit: string, key: KeyPair): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'Ed25519', kid: key.kid })
    .setIssuer(unit)
    .setSubject(unit)
    .setAudience(`${url}/oidc`)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(await importJWK(key.privateJwk, 'Ed25519'));
  const response = await fetch(`${url}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: unit,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const { access_token } = (await response.json()) as { access_token?: string };
  if (!access_token) throw new Error(`No token for ${unit}`);
  return access_token;
}
