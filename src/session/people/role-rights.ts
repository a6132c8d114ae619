import type { Permission } from '../../access/permission.js';

/** What a role gives its holder: operations, and whether personal details may be seen, if the officer is cleared for them. */
interface Rights {
  permissions: readonly Permission[];
  nominal: boolean;
}

const BASE: readonly Permission[] = ['directory.read', 'session.own'];
const READS: readonly Permission[] = [...BASE, 'objects.read'];
const RELEASES: readonly Permission[] = [...READS, 'objects.submit'];

/**
 * The rights of each role (domain.md 4.8). Only who releases for the administration may send. Administrators of agency and hub see no
 * content; a regional liaison office and a partner organisation see no personal details.
 */
const RIGHTS: Readonly<Record<string, Rights>> = {
  FIELD_OFFICER: { permissions: READS, nominal: true },
  PCU_MEMBER: { permissions: READS, nominal: true },
  ANALYST: { permissions: READS, nominal: true },
  CASE_OWNER: { permissions: READS, nominal: true },
  OCU_OFFICER: { permissions: READS, nominal: true },
  NCP_OFFICER: { permissions: RELEASES, nominal: true },
  RELEASER: { permissions: RELEASES, nominal: true },
  RILO_LIAISON: { permissions: READS, nominal: false },
  PARTNER_READER: { permissions: READS, nominal: false },
  DATA_PROTECTION: { permissions: READS, nominal: true },
  AUDITOR: { permissions: BASE, nominal: false },
  AGENCY_ADMIN: { permissions: [...BASE, 'officers.enrol', 'keys.publish'], nominal: false },
  SYSTEM_ADMIN: { permissions: BASE, nominal: false },
};

/** Roles without any content: the only ones that the operator may bring in (an agency's administrators enrol the others). */
export const ADMINISTRATORS: readonly string[] = ['AGENCY_ADMIN', 'SYSTEM_ADMIN'];

/** What these roles give together. A role that is not in the table gives nothing. */
export function rightsOf(roles: readonly string[]): { permissions: ReadonlySet<Permission>; nominal: boolean } {
  const rights = roles.flatMap((role) => (Object.hasOwn(RIGHTS, role) ? [RIGHTS[role]!] : []));
  return {
    permissions: new Set(rights.flatMap(({ permissions }) => permissions)),
    nominal: rights.some(({ nominal }) => nominal),
  };
}
