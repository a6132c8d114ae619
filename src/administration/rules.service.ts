import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';

/** What an agency demands of its own officers. */
export interface Rules {
  nominalStepUp: boolean;
}

/** An agency's own rules as its administrators see them. */
@Injectable()
export class RulesService {
  constructor(private readonly database: ScopedDatabase) {}

  /** The rules of the administrator's own agency; without a record none demands anything. */
  own(caller: Caller): Promise<Rules> {
    return this.database.as(caller, async (tx) => {
      const text = 'SELECT nominal_step_up AS "nominalStepUp" FROM agency.signing_rule WHERE agency_id = $1';
      const [rules] = await tx.query<Rules[]>(text, [caller.agencyId]);
      return rules ?? { nominalStepUp: false };
    });
  }
}
