import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { Caller, CallerSession } from '../../access/caller.js';
import { Forbidden, NotFound } from '../../common/errors.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { CAN_SIGN_IN, OBTAIN_ACCOUNT } from './accounts.js';
import { issueLink, LINK_MINUTES, linkAddress } from './enrolment-links.js';
import { recordAct } from './record-act.js';
import { inTransaction } from './transaction.js';

/** An officer of the administrator's agency, as far as enrolment is concerned. */
export interface Enrollable {
  officer: string;
  unit: string;
  titleEn: string;
  titleVi: string;
  roles: string[];
  clearance: string;
  maySeeNominal: boolean;
  validUntil: Date | null;
  isEnrolled: boolean;
  isSuspended: boolean;
}

/** A proposal that waits for a second administrator. */
export interface Admission {
  id: string;
  officer: string;
  proposedBy: string;
  expiresAt: Date;
}

const PROPOSAL_HOURS = 24;

/**
 * Enrolment and recovery of an agency's officers by two of its administrators: one proposes, another makes the link at the desk. A new
 * link takes the place of whatever the officer had (security.md 5.3). Another agency's officers do not exist here; nor do the hub's
 * administrators, who are stronger, for an agency's: they enrol and recover each other, and nobody else.
 */
@Injectable()
export class Admissions {
  constructor(
    private readonly pool: Pool,
    private readonly hub: HubIdentity,
  ) {}

  async officers({ agencyId, session }: Caller): Promise<Enrollable[]> {
    const { rows } = await this.pool.query<Enrollable>(
      `SELECT o.pseudonym AS officer, o.unit_id AS unit, o.title_en AS "titleEn", o.title_vi AS "titleVi", o.roles,
         CASE o.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END AS clearance, o.may_see_nominal AS "maySeeNominal",
         o.valid_until AS "validUntil",
         EXISTS (SELECT FROM auth.account a WHERE a.agency_id = o.agency_id AND a.officer = o.pseudonym AND ${CAN_SIGN_IN}) AS "isEnrolled",
         EXISTS (SELECT FROM auth.account a WHERE a.agency_id = o.agency_id AND a.officer = o.pseudonym
                 AND a.suspended_at IS NOT NULL) AS "isSuspended"
       FROM agency.officer o WHERE o.agency_id = $1 AND (o.valid_until IS NULL OR o.valid_until > now()) AND ${PEER} = $2
       ORDER BY o.unit_id, o.pseudonym`,
      [agencyId, isOperator(session!)],
    );
    return rows;
  }

  /** The agency's proposals that wait. */
  async waiting({ agencyId, session }: Caller): Promise<Admission[]> {
    const { rows } = await this.pool.query<Admission>(`${WAITING} ORDER BY d.expires_at, d.id`, [
      agencyId,
      isOperator(session!),
    ]);
    return rows;
  }

  /** Proposes to enrol or recover an officer; the same again begins its time anew. Throws NotFound. */
  async propose({ agencyId, session }: Caller, officer: string): Promise<Admission> {
    return inTransaction(this.pool, async (tx) => {
      const peer = await tx.query(
        `SELECT FROM agency.officer o WHERE o.agency_id = $1 AND o.pseudonym = $2 AND ${PEER} = $3`,
        [agencyId, officer, isOperator(session!)],
      );
      if (peer.rowCount === 0) throw new NotFound();
      const account = await tx.query<{ id: string }>(OBTAIN_ACCOUNT, [agencyId, officer]);
      const accountId = account.rows[0]!.id;
      if (accountId === session!.accountId) throw new Forbidden('error.needsAnother');
      await tx.query(
        `INSERT INTO auth.admission (account_id, proposed_by, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3))
         ON CONFLICT (account_id) DO UPDATE SET id = gen_random_uuid(), proposed_by = excluded.proposed_by, expires_at = excluded.expires_at`,
        [accountId, session!.accountId, PROPOSAL_HOURS],
      );
      await recordAct(tx, 'admission.proposed', session!.accountId, accountId);
      const { rows } = await tx.query<Admission>(`${WAITING} AND d.account_id = $3`, [
        agencyId,
        isOperator(session!),
        accountId,
      ]);
      return rows[0]!;
    });
  }

  /** Makes the link for what another administrator proposed. Throws NotFound, Forbidden for the proposer and for whom it is. */
  approve(caller: Caller, id: string): Promise<{ address: string; expiresAt: Date }> {
    const { session } = caller;
    return inTransaction(this.pool, async (tx) => {
      const proposal = await take(tx, caller, id);
      if ([proposal.accountId, proposal.proposedBy].includes(session!.accountId))
        throw new Forbidden('error.needsAnother');
      await recordAct(tx, 'admission.approved', session!.accountId, proposal.accountId);
      const token = await issueLink((text, values) => tx.query(text, values), proposal.accountId);
      return {
        address: linkAddress(this.hub.publicUrl, token),
        expiresAt: new Date(Date.now() + LINK_MINUTES * 60_000),
      };
    });
  }

  /** Drops what an administrator proposed, oneself or another. Throws NotFound. */
  decline(caller: Caller, id: string): Promise<void> {
    return inTransaction(this.pool, async (tx) => {
      const { accountId } = await take(tx, caller, id);
      await recordAct(tx, 'admission.declined', caller.session!.accountId, accountId);
    });
  }
}

/** Takes a proposal of the administrator's agency out of those that wait, for this transaction to decide. Throws NotFound. */
async function take(
  tx: PoolClient,
  { agencyId, session }: Caller,
  id: string,
): Promise<{ accountId: string; proposedBy: string }> {
  const { rows } = await tx.query<{ accountId: string; proposedBy: string }>(
    `DELETE FROM auth.admission d USING auth.account a, agency.officer o
     WHERE d.id = $1 AND a.id = d.account_id AND a.agency_id = $2 AND d.expires_at > now()
       AND o.agency_id = a.agency_id AND o.pseudonym = a.officer AND ${PEER} = $3 AND ${PROPOSER_IS_ADMINISTRATOR}
     RETURNING d.account_id AS "accountId", d.proposed_by AS "proposedBy"`,
    [id, agencyId, isOperator(session!)],
  );
  if (!rows[0]) throw new NotFound();
  return rows[0];
}

/** What somebody proposed who is no administrator any more, for instance because the account was taken over, does not count. */
const PROPOSER_IS_ADMINISTRATOR = `EXISTS (
  SELECT FROM auth.officer_in_force f WHERE f.account_id = d.proposed_by AND f.roles && '{AGENCY_ADMIN,SYSTEM_ADMIN}')`;

/** Whether an officer is one of the hub's administrators: to be compared with who asks. */
const PEER = `(o.roles @> '{SYSTEM_ADMIN}')`;

function isOperator({ roles }: CallerSession): boolean {
  return roles.includes('SYSTEM_ADMIN');
}

const WAITING = `
  SELECT d.id, a.officer, p.officer AS "proposedBy", d.expires_at AS "expiresAt"
  FROM auth.admission d JOIN auth.account a ON a.id = d.account_id JOIN auth.account p ON p.id = d.proposed_by
  JOIN agency.officer o ON o.agency_id = a.agency_id AND o.pseudonym = a.officer
  WHERE a.agency_id = $1 AND ${PEER} = $2 AND d.expires_at > now() AND ${PROPOSER_IS_ADMINISTRATOR}`;
