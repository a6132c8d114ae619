import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import type { AdministeredUnitModel } from './administered-unit.models.js';

/** The units of an agency as its administrators see them. */
@Injectable()
export class UnitsService {
  constructor(private readonly database: ScopedDatabase) {}

  /** The units of the administrator's own agency. */
  own(caller: Caller): Promise<AdministeredUnitModel[]> {
    return this.database.as(caller, (tx) => tx.query<AdministeredUnitModel[]>(OWN_UNITS, [caller.agencyId]));
  }
}

const OWN_UNITS = `
  SELECT u.id AS unit, COALESCE(u.suspended_by, '') IN ('AGENCY', 'BOTH') AS "isSuspended",
    u.suspended_at IS NOT NULL AND COALESCE(u.suspended_by, 'OPERATOR') IN ('OPERATOR', 'BOTH') AS "isSuspendedByOperator",
    CASE WHEN c.unit_id IS NOT NULL THEN json_build_object(
      'clearance', CASE c.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END, 'maySeeNominal', c.may_see_nominal,
      'scopes', c.scopes, 'addressees', c.addressees, 'networks', c.networks, 'adhoc', c.adhoc, 'isSuspended', c.suspended_at IS NOT NULL,
      'validUntil', to_char(c.valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) END AS connection
  FROM hub.unit u LEFT JOIN cmd.own_connections() c ON c.unit_id = u.id
  WHERE u.agency_id = $1 ORDER BY u.id`;
