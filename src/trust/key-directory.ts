import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { RegisteredKey } from '../protocol/signed-object.js';

interface KeyRow extends Omit<RegisteredKey, 'agency' | 'nbf' | 'exp'> {
  agency_id: string;
  nbf: string;
  exp: string;
}

const COLUMNS = 'k.kid, k.jwk, k.agency_id, k.holder, k.use, k.kinds, k.nbf, k.exp, k.revoked';

/** The keys of these ids that stand in their agency's newest key set. */
export async function readKeys(tx: EntityManager, kids: readonly string[]): Promise<Map<string, RegisteredKey>> {
  const text = `SELECT ${COLUMNS} FROM hub.agency_key k WHERE k.kid = ANY ($1::text[]) AND k.in_set`;
  const rows = await prepared<KeyRow>(tx, 'keys-by-kid', text, [kids]);
  return new Map(rows.map((row) => [row.kid, registered(row)]));
}

/** The keys with which this unit may sign objects of this kind now; revoked and expired ones are left out. */
export async function readSigningKeys(
  tx: EntityManager,
  unit: string,
  kind: string,
  now: Date,
): Promise<RegisteredKey[]> {
  const text = `SELECT ${COLUMNS} FROM hub.agency_key k
    WHERE k.holder = $1 AND k.use = 'sig' AND $2 = ANY (k.kinds) AND k.in_set AND k.revoked IS NULL
      AND k.nbf <= $3 AND k.exp > $3 ORDER BY k.exp DESC`;
  const seconds = Math.floor(now.getTime() / 1000);
  return (await prepared<KeyRow>(tx, 'signing-keys', text, [`unit:${unit}`, kind, seconds])).map(registered);
}

/** An agency's key sets as signed, oldest first. */
export async function readKeySetChain(tx: EntityManager, agencyId: string): Promise<string[]> {
  const text = 'SELECT s.text FROM hub.key_set s WHERE s.agency_id = $1 ORDER BY s.number';
  return (await prepared<{ text: string }>(tx, 'key-set-chain', text, [agencyId])).map((row) => row.text);
}

function registered({ agency_id, nbf, exp, ...row }: KeyRow): RegisteredKey {
  return { ...row, agency: agency_id, nbf: Number(nbf), exp: Number(exp) };
}
