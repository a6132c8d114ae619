import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { RegisteredKey, Revocation } from '../protocol/signed-object.js';

interface KeyRow extends Omit<RegisteredKey, 'agency' | 'nbf' | 'exp'> {
  agency_id: string;
  is_blocked: boolean;
  nbf: string;
  exp: string;
}

const COLUMNS =
  'k.kid, k.jwk, k.agency_id, k.holder, k.use, k.kinds, k.nbf, k.exp, k.revoked, b.kid IS NOT NULL AS is_blocked';
const KEYS = 'hub.agency_key k LEFT JOIN hub.blocked_key b ON b.kid = k.kid';

/** The keys of these ids that stand in their agency's newest key set. One of the caller's agency that is stopped reads as revoked. */
export async function readKeys(tx: EntityManager, kids: readonly string[]): Promise<Map<string, RegisteredKey>> {
  const text = `SELECT ${COLUMNS} FROM ${KEYS} WHERE k.kid = ANY ($1::text[]) AND k.in_set`;
  const rows = await prepared<KeyRow>(tx, 'keys-by-kid', text, [kids]);
  return new Map(rows.map((row) => [row.kid, registered(row)]));
}

/** The keys with which this holder, `unit:<code>` or a person `p:…` of the caller's agency, may sign objects of this kind now. */
export async function readSigningKeys(
  tx: EntityManager,
  holder: string,
  kind: string,
  now: Date,
): Promise<RegisteredKey[]> {
  const text = `SELECT ${COLUMNS} FROM ${KEYS}
    WHERE k.holder = $1 AND k.agency_id = cmd.my_agency() AND b.kid IS NULL AND k.use = 'sig' AND $2 = ANY (k.kinds) AND k.in_set AND k.revoked IS NULL
      AND k.nbf <= $3 AND k.exp > $3 ORDER BY k.exp DESC`;
  const seconds = Math.floor(now.getTime() / 1000);
  return (await prepared<KeyRow>(tx, 'signing-keys', text, [holder, kind, seconds])).map(registered);
}

/** Whether one of these keys of the caller's agency was stopped. */
export async function isAnyBlocked(tx: EntityManager, kids: readonly string[]): Promise<boolean> {
  const text = 'SELECT 1 FROM hub.blocked_key b WHERE b.kid = ANY ($1::text[])';
  return (await prepared(tx, 'blocked-keys', text, [kids])).length > 0;
}

/** Whether one of these enrolment keys is an officer's who administers the caller's agency no more. Of who is no officer the roots decide. */
export async function isAnyOfFormerAdministrator(tx: EntityManager, kids: readonly string[]): Promise<boolean> {
  const text = `SELECT 1 FROM hub.agency_key k JOIN agency.officer o ON o.agency_id = k.agency_id AND o.pseudonym = k.holder
    WHERE k.kid = ANY ($1::text[]) AND k.agency_id = cmd.my_agency() AND k.use = 'enrol'
      AND (o.valid_until <= $2 OR NOT 'AGENCY_ADMIN' = ANY (o.roles) OR o.pseudonym = ANY (cmd.shut_out(ARRAY[o.pseudonym])))`;
  return (await prepared(tx, 'former-administrators', text, [kids, new Date()])).length > 0;
}

/** An agency's key sets as signed, oldest first. */
export async function readKeySetChain(tx: EntityManager, agencyId: string): Promise<string[]> {
  const text = 'SELECT s.text FROM hub.key_set s WHERE s.agency_id = $1 ORDER BY s.number';
  return (await prepared<{ text: string }>(tx, 'key-set-chain', text, [agencyId])).map((row) => row.text);
}

/** A page of them after this one: a hundred, or fewer when they are long. None is left when none comes. */
export async function readKeySetPage(tx: EntityManager, agencyId: string, after: number): Promise<string[]> {
  const text = `SELECT p.text FROM (
      SELECT s.text, s.number, sum(octet_length(s.text)) OVER (ORDER BY s.number) - octet_length(s.text) AS before
      FROM (SELECT x.text, x.number FROM hub.key_set x WHERE x.agency_id = $1 AND x.number > $2 ORDER BY x.number LIMIT 100) s) p
    WHERE p.before < 1048576 ORDER BY p.number`;
  return (await prepared<{ text: string }>(tx, 'key-set-page', text, [agencyId, after])).map((row) => row.text);
}

/** How a key reads that was stopped: it signs nothing more, whatever the clock says. */
const STOPPED: Revocation = { at: 0, invalidFrom: 0, reason: 'cessation' };

function registered({ agency_id, nbf, exp, is_blocked, ...row }: KeyRow): RegisteredKey {
  return { ...row, revoked: is_blocked ? STOPPED : row.revoked, agency: agency_id, nbf: Number(nbf), exp: Number(exp) };
}
