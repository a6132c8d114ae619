import type { EntityManager } from 'typeorm';
import { CAN_SIGN_IN, OBTAIN_ACCOUNT } from '../session/people/accounts.js';
import { issueLink } from '../session/people/enrolment-links.js';
import { ADMINISTRATORS } from '../session/people/role-rights.js';

/** Why the operator may not make a link for this officer. */
export class LinkRefused extends Error {
  constructor(readonly reason: 'unknown' | 'notAdministrator' | 'enrolled') {
    super(reason);
  }
}

/**
 * Makes the single-use link with which an agency's first administrators enrol, as the operator's role hub_migrate. The operator has no
 * access to content, so it enrols nobody who has: those are enrolled by two administrators of their agency, who also recover a third.
 * Throws LinkRefused for an officer who is unknown, has content or can sign in already. The token.
 */
export async function makeOfficerLink(tx: EntityManager, agency: string, officer: string): Promise<string> {
  const [known] = await tx.query<{ roles: string[]; enrolled: boolean }[]>(
    `SELECT o.roles, EXISTS (SELECT FROM auth.account a WHERE a.agency_id = o.agency_id AND a.officer = o.pseudonym
                             AND ${CAN_SIGN_IN}) AS enrolled
     FROM agency.officer o WHERE o.agency_id = $1 AND o.pseudonym = $2`,
    [agency, officer],
  );
  if (!known) throw new LinkRefused('unknown');
  const { roles } = known;
  if (roles.length === 0 || !roles.every((role) => ADMINISTRATORS.includes(role)))
    throw new LinkRefused('notAdministrator');
  if (known.enrolled) throw new LinkRefused('enrolled');
  const [account] = await tx.query<{ id: string }[]>(OBTAIN_ACCOUNT, [agency, officer]);
  return issueLink((text, values) => tx.query(text, values), account!.id);
}
