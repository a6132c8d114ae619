import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import type { AgencyStanding } from './agency-standing.models.js';

/** What the operator sees of agencies. */
@Injectable()
export class AgenciesService {
  constructor(private readonly database: ScopedDatabase) {}

  /** Every agency and unit, and whether it takes part. */
  standings(caller: Caller): Promise<AgencyStanding[]> {
    return this.database.as(caller, (tx) => tx.query<AgencyStanding[]>(STANDINGS));
  }
}

const STANDINGS = `
  SELECT g.id AS agency, g.suspended_at AS "suspendedAt", COALESCE(n.administrators, 0) AS administrators,
    (SELECT COALESCE(json_agg(json_build_object('unit', u.id,
       'isSuspended', u.suspended_at IS NOT NULL AND COALESCE(u.suspended_by, 'OPERATOR') IN ('OPERATOR', 'BOTH'),
       'isSuspendedByAgency', COALESCE(u.suspended_by, '') IN ('AGENCY', 'BOTH')) ORDER BY u.id), '[]')
     FROM hub.unit u WHERE u.agency_id = g.id) AS units
  FROM hub.agency g LEFT JOIN cmd.administrator_counts() n ON n.agency_id = g.id
  ORDER BY g.id`;
