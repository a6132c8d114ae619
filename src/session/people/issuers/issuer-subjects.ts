import type { PoolClient } from 'pg';
import { Forbidden, Unauthenticated } from '../../../common/errors.js';
import type { Identity } from '../identity.js';
import { recordAct } from '../record-act.js';
import { isAdministrator } from '../role-rights.js';

/** An account, and the link by which an issuer's subject is its holder; null where the issuer is the hub. */
export interface Holder {
  accountId: string;
  issuerId: string | null;
}

/** A trusted issuer spoke for an agency that is not its own. Answered like any unknown subject; the operator is told. */
export class ForeignAgency extends Forbidden {
  constructor(
    readonly issuerId: string,
    readonly agencyId: string,
  ) {
    super('error.issuerRefused');
  }
}

/**
 * The account of an identity: its issuer's subject must have been linked to it, and the issuer speak for the account's agency now.
 * Nothing else in a token leads to an account. Throws Forbidden; ForeignAgency for an agency of others.
 */
export async function holderOf(tx: PoolClient, identity: Identity): Promise<Holder> {
  const { rows } = await tx.query<Holder & { agencyId: string; isOwn: boolean }>(
    `SELECT l.account_id AS "accountId", i.id AS "issuerId", a.agency_id AS "agencyId", a.agency_id = ANY (i.agencies) AS "isOwn"
     FROM auth.trusted_issuer i JOIN auth.issuer_subject l ON l.issuer_id = i.id JOIN auth.account a ON a.id = l.account_id
     WHERE i.issuer = $1 AND l.subject = $2 AND i.suspended_at IS NULL`,
    [identity.issuer, identity.subject],
  );
  const [found] = rows;
  if (!found) throw new Forbidden('error.issuerRefused');
  if (!found.isOwn) throw new ForeignAgency(found.issuerId!, found.agencyId);
  return { accountId: found.accountId, issuerId: found.issuerId };
}

/**
 * Makes this subject the account's holder in place of whatever it signed in with before. Throws Forbidden when the subject holds another
 * account already, and for an administrator who did not prove a passkey there: it would administer nothing, and its passkey were forgotten.
 * Whether the issuer speaks for the account's agency `holderOf` asks, before anything is committed.
 */
export async function linkSubject(tx: PoolClient, identity: Identity, accountId: string): Promise<void> {
  await forgetHolders(tx, accountId);
  const { rows } = await tx.query<{ id: string; roles: string[] }>(
    `SELECT i.id, o.roles
     FROM auth.trusted_issuer i CROSS JOIN auth.officer_in_force o
     WHERE i.issuer = $1 AND i.suspended_at IS NULL AND o.account_id = $2`,
    [identity.issuer, accountId],
  );
  const [found] = rows;
  if (!found) throw new Unauthenticated('error.issuerRefused');
  if (identity.acr === 'aal2' && isAdministrator(found.roles)) throw new Forbidden('error.needsPasskey');
  const { rowCount } = await tx.query(
    'INSERT INTO auth.issuer_subject (issuer_id, subject, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [found.id, identity.subject, accountId],
  );
  if (rowCount !== 1) throw new Forbidden('error.issuerRefused');
}

/**
 * Whether the account's holders are the same as when this identity was proven at the hub's own provider, which may have been minutes ago.
 * An ID token tells whole seconds: what was proven in the second of the change is not believed.
 */
export async function isStillHolder(tx: PoolClient, { subject, authTime }: Identity): Promise<boolean> {
  const { rowCount } = await tx.query(
    'SELECT FROM auth.account WHERE id = $1 AND (holders_changed_at IS NULL OR holders_changed_at < $2) FOR SHARE',
    [subject, authTime],
  );
  return rowCount === 1;
}

/** From now on nothing counts that was proven of the account before. */
export async function markHoldersChanged(tx: PoolClient, accountId: string): Promise<void> {
  await tx.query('UPDATE auth.account SET holders_changed_at = $2 WHERE id = $1', [accountId, new Date()]);
}

/**
 * Enrolment and recovery begin with this, and it is their event for the log: passkeys, password, links to issuers and sessions of the
 * account end, and so does what was proposed or begun in them, which may have been a thief's.
 */
export async function forgetHolders(tx: PoolClient, accountId: string): Promise<void> {
  await markHoldersChanged(tx, accountId);
  for (const table of ['passkey', 'password', 'issuer_subject', 'console_session']) {
    await tx.query(`DELETE FROM auth.${table} WHERE account_id = $1`, [accountId]);
  }
  // Asked for, and in no set yet: an administrator would take it for the officer's own.
  await tx.query(
    'DELETE FROM auth.person_key p WHERE account_id = $1 AND NOT EXISTS (SELECT FROM hub.agency_key k WHERE k.kid = p.kid)',
    [accountId],
  );
  await tx.query('DELETE FROM auth.admission WHERE proposed_by = $1', [accountId]);
  await tx.query('SELECT cmd.void_changes(a.agency_id, a.officer) FROM auth.account a WHERE a.id = $1', [accountId]);
  await tx.query('DELETE FROM auth.enrolment_link WHERE account_id = $1 AND adds IS NOT NULL', [accountId]);
  await recordAct(tx, 'officer.enrolled', accountId);
}
