import type pg from 'pg';
import type { KeyPair } from '../../src/protocol/keys.js';

/** Lets a benchmark's unit sign in with a key that stands in the table without a key set. */
export async function openConnection(client: pg.Client, unit: string, key: KeyPair): Promise<void> {
  const agency = unit.split('-').slice(0, 2).join('-');
  await client.query(
    'INSERT INTO auth.connection (unit_id, clearance, adhoc) VALUES ($1, 1, true) ON CONFLICT DO NOTHING',
    [unit],
  );
  await client.query(
    `INSERT INTO hub.agency_key (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
     VALUES ($1, $2, $3, 'auth', '{}', $4, 0, 4000000000, NULL, true) ON CONFLICT DO NOTHING`,
    [key.kid, agency, `unit:${unit}`, JSON.stringify(key.publicJwk)],
  );
}
