import type { Permission } from '../../access/permission.js';

/** What a role gives its holder, and who gives it. */
export interface Role {
  permissions: readonly Permission[];
  /** Personal details: for an officer who is cleared for them, not by this role, or never, whatever other roles there are. */
  nominal: 'IF_CLEARED' | 'NO' | 'NEVER';
  /** Two administrators of the officer's agency, or the operator alone, in the enrolment of the agency. */
  givenBy: 'AGENCY' | 'OPERATOR';
}

/** What every officer who is signed in may do. */
export const BASE: readonly Permission[] = ['directory.read', 'session.own'];
const READS: readonly Permission[] = [...BASE, 'objects.read'];
/** Whoever may be given work. */
const WORKS: readonly Permission[] = [...READS, 'desk.work'];
const RELEASES: readonly Permission[] = [...WORKS, 'objects.submit'];
const ADMINISTERS: readonly Permission[] = [...BASE, 'officers.enrol', 'keys.publish', 'agency.administer'];
const OPERATES: readonly Permission[] = [...BASE, 'officers.enrol', 'hub.administer'];

/**
 * The rights of each role (domain.md 4.8): the one table that the hub decides by, that docs/roles.md is written from, and whose every cell
 * is tried on a running hub (test/rules/roles). Only who releases for the administration may send. Administrators of agency and hub see
 * no content; a regional liaison office and a partner organisation see no personal details. Operator, regional liaison office and
 * coordination unit are three, which no agency appoints, and the database lets no officer be two of them.
 */
export const ROLES: Readonly<Record<string, Role>> = {
  FIELD_OFFICER: { permissions: WORKS, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  PCU_MEMBER: { permissions: WORKS, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  ANALYST: { permissions: WORKS, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  CASE_OWNER: { permissions: WORKS, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  OCU_OFFICER: { permissions: WORKS, nominal: 'IF_CLEARED', givenBy: 'OPERATOR' },
  NCP_OFFICER: { permissions: RELEASES, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  RELEASER: { permissions: RELEASES, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  RILO_LIAISON: { permissions: READS, nominal: 'NEVER', givenBy: 'OPERATOR' },
  PARTNER_READER: { permissions: READS, nominal: 'NEVER', givenBy: 'AGENCY' },
  DATA_PROTECTION: { permissions: READS, nominal: 'IF_CLEARED', givenBy: 'AGENCY' },
  AUDITOR: { permissions: BASE, nominal: 'NO', givenBy: 'AGENCY' },
  AGENCY_ADMIN: { permissions: ADMINISTERS, nominal: 'NO', givenBy: 'AGENCY' },
  SYSTEM_ADMIN: { permissions: OPERATES, nominal: 'NO', givenBy: 'OPERATOR' },
};

/** Roles whose officers may be given work. */
export const ROLES_THAT_WORK: readonly string[] = Object.keys(ROLES).filter((role) =>
  ROLES[role]!.permissions.includes('desk.work'),
);

/** Roles whose officers may send for their unit. */
export const ROLES_THAT_SEND: readonly string[] = Object.keys(ROLES).filter((role) =>
  ROLES[role]!.permissions.includes('objects.submit'),
);

/** Roles without any content: the only ones that the operator may bring in (an agency's administrators enrol the others). */
export const ADMINISTRATORS: readonly string[] = ['AGENCY_ADMIN', 'SYSTEM_ADMIN'];

/** Whether one of them administers: such an officer needs a passkey. */
export const isAdministrator = (roles: readonly string[]): boolean =>
  roles.some((role) => ADMINISTRATORS.includes(role));

/** What these roles give together. A role that is not in the table gives nothing. */
export function rightsOf(roles: readonly string[]): { permissions: ReadonlySet<Permission>; nominal: boolean } {
  const held = roles.flatMap((role) => (Object.hasOwn(ROLES, role) ? [ROLES[role]!] : []));
  return {
    permissions: new Set(held.flatMap(({ permissions }) => permissions)),
    nominal: held.some(({ nominal }) => nominal === 'IF_CLEARED') && !held.some(({ nominal }) => nominal === 'NEVER'),
  };
}
