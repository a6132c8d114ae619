import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { CallerSession } from '../../access/caller.js';
import { Conflict, Forbidden, NotFound } from '../../common/errors.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { issueLink, linkAddress } from './enrolment-links.js';
import { checkDevice } from './input.js';
import { markHoldersChanged } from './issuers/issuer-subjects.js';
import { CREDENTIAL_ID } from './passkeys.js';
import { recordAct } from './record-act.js';
import { inTransaction } from './transaction.js';

/** One of an officer's own passkeys. */
export interface OwnPasskey {
  /** Credential id, base64url. */
  id: string;
  /** What its holder calls the device; null for the one of the enrolment. */
  device: string | null;
  /** What the browser called itself when it was made. */
  userAgent: string;
  madeAt: Date;
  usedAt: Date | null;
  isApproved: boolean;
}

const LINK_MINUTES = 5;
/** How long a passkey that was added waits to be approved. */
const APPROVAL_MINUTES = 15;
/** As many passkeys as an account has. */
const MOST = 5;

/**
 * Further passkeys of one account. Its holder makes a link, opens it at the other device and makes a passkey there, which signs in nowhere
 * until the holder has approved it where the link came from: whoever only got hold of the link gets nothing. An account that signs in by
 * password or at a national service has none to begin with, and adds none. A recovery by administrators takes the place of all.
 */
@Injectable()
export class OwnPasskeys {
  constructor(
    private readonly pool: Pool,
    private readonly hub: HubIdentity,
  ) {}

  /** The account's passkeys, the first one first. */
  async own({ accountId }: CallerSession): Promise<OwnPasskey[]> {
    const { rows } = await this.pool.query<OwnPasskey>(OWN, [accountId, APPROVAL_MINUTES]);
    return rows;
  }

  /** Makes a link for one further passkey, in place of any such link before. Throws InvalidInput, Forbidden without a passkey, Conflict. */
  async link(session: CallerSession, device: string): Promise<{ address: string; expiresAt: Date }> {
    const name = checkDevice(device, '/device');
    return this.change(session, async (tx) => {
      const count = await approvedOf(tx, session);
      if (count === 0) throw new Forbidden('error.noPasskeyToAddTo');
      if (count >= MOST) throw new Conflict('error.tooManyPasskeys', { params: { most: MOST } });
      const run = (text: string, values: unknown[]): Promise<unknown> => tx.query(text, values);
      const token = await issueLink(run, session.accountId, { device: name, minutes: LINK_MINUTES });
      return {
        address: linkAddress(this.hub.publicUrl, token),
        expiresAt: new Date(Date.now() + LINK_MINUTES * 60_000),
      };
    });
  }

  /** Lets a passkey sign in that was made with such a link. Throws NotFound. */
  approve(session: CallerSession, id: string): Promise<OwnPasskey> {
    return this.change(session, async (tx) => {
      const { rowCount } = await tx.query(APPROVE, [checkId(id), session.accountId, APPROVAL_MINUTES]);
      if (rowCount !== 1) throw new NotFound();
      await recordAct(tx, 'passkey.approved', session.accountId);
      const { rows } = await tx.query<OwnPasskey>(OWN, [session.accountId, APPROVAL_MINUTES]);
      return rows.find((passkey) => passkey.id === id)!;
    });
  }

  /** Removes a passkey, and ends the officer's other sessions, begun or about to begin, which it may have begun. Throws NotFound; Conflict for the last one. */
  remove(session: CallerSession, id: string): Promise<void> {
    return this.change(session, async (tx) => {
      await tx.query(FORGET_WAITING_KEYS, [checkId(id), session.accountId]);
      const { rowCount } = await tx.query('DELETE FROM auth.passkey WHERE credential_id = $1 AND account_id = $2', [
        checkId(id),
        session.accountId,
      ]);
      if (rowCount !== 1) throw new NotFound();
      if ((await approvedOf(tx, session)) === 0) throw new Conflict('error.lastPasskey');
      await markHoldersChanged(tx, session.accountId);
      await tx.query('DELETE FROM auth.console_session WHERE account_id = $1 AND id <> $2', [
        session.accountId,
        session.id,
      ]);
      await recordAct(tx, 'passkey.removed', session.accountId);
    });
  }

  /** One change at a time to an account's passkeys, by a session that a recovery has not ended meanwhile. */
  private change<T>(session: CallerSession, work: (tx: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, async (tx) => {
      await tx.query('SELECT FROM auth.account WHERE id = $1 FOR UPDATE', [session.accountId]);
      const { rowCount } = await tx.query('SELECT FROM auth.console_session WHERE id = $1 FOR UPDATE', [session.id]);
      if (rowCount !== 1) throw new NotFound();
      return work(tx);
    });
  }
}

function checkId(id: string): string {
  if (!CREDENTIAL_ID.test(id)) throw new NotFound();
  return id;
}

async function approvedOf(tx: PoolClient, { accountId }: CallerSession): Promise<number> {
  const text = 'SELECT count(*)::int AS count FROM auth.passkey WHERE account_id = $1 AND approved_at IS NOT NULL';
  return (await tx.query<{ count: number }>(text, [accountId])).rows[0]!.count;
}

const OWN = `
  SELECT credential_id AS id, device, user_agent AS "userAgent", made_at AS "madeAt", used_at AS "usedAt",
    approved_at IS NOT NULL AS "isApproved"
  FROM auth.passkey WHERE account_id = $1 AND (approved_at IS NOT NULL OR made_at > now() - make_interval(mins => $2))
  ORDER BY made_at, credential_id`;

/** Keys that only this passkey would open, and no administrator has admitted yet. */
const FORGET_WAITING_KEYS = `
  DELETE FROM auth.person_key p WHERE credential_id = $1 AND account_id = $2
    AND NOT EXISTS (SELECT FROM hub.agency_key k WHERE k.kid = p.kid)`;

const APPROVE = `
  UPDATE auth.passkey SET approved_at = now()
  WHERE credential_id = $1 AND account_id = $2 AND approved_at IS NULL AND made_at > now() - make_interval(mins => $3)`;
