import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import type { AdministeredUnitModel, ConnectionModel } from './administered-unit.models.js';

/** The units of an agency as its administrators see them. */
@Injectable()
export class UnitsService {
  constructor(private readonly database: ScopedDatabase) {}

  /** The units of the administrator's own agency. */
  own(caller: Caller): Promise<AdministeredUnitModel[]> {
    return this.database.as(caller, async (tx) => {
      const rows = await tx.query<UnitRow[]>(OWN_UNITS, [caller.agencyId]);
      return rows.map((row) => ({
        ...row,
        connection: row.connection && { ...row.connection, ...inWords(row.connection) },
      }));
    });
  }
}

type UnitRow = Omit<AdministeredUnitModel, 'connection'> & {
  connection: (Omit<ConnectionModel, 'clearance'> & { clearance: number }) | null;
};

function inWords({ clearance }: { clearance: number }): Pick<ConnectionModel, 'clearance'> {
  return { clearance: clearance === 0 ? 'UNCLASSIFIED' : 'RESTRICTED' };
}

const OWN_UNITS = `
  SELECT u.id AS unit, COALESCE(u.suspended_by, '') IN ('AGENCY', 'BOTH') AS "isSuspended",
    u.suspended_at IS NOT NULL AND COALESCE(u.suspended_by, 'OPERATOR') IN ('OPERATOR', 'BOTH') AS "isSuspendedByOperator",
    CASE WHEN c.unit_id IS NOT NULL THEN json_build_object('clearance', c.clearance, 'maySeeNominal', c.may_see_nominal,
      'scopes', c.scopes, 'addressees', c.addressees, 'isSuspended', c.suspended_at IS NOT NULL,
      'validUntil', to_char(c.valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) END AS connection
  FROM hub.unit u LEFT JOIN cmd.own_connections() c ON c.unit_id = u.id
  WHERE u.agency_id = $1 ORDER BY u.id`;
