import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { InvalidInput } from '../common/errors.js';
import { ConsoleSessions } from '../session/people/console-sessions.js';
import { stateOf } from './administered-state.js';
import { SessionLimitsInput } from './administered.inputs.js';
import type { ChangeModel } from './change.models.js';
import { ChangesService } from './changes.service.js';
import type { SessionLimits } from './session-limits.models.js';

/** How long sessions of an agency's officers last: as its administrators say, and never longer than the hub's own limits. */
@Injectable()
export class SessionLimitsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly changes: ChangesService,
    private readonly sessions: ConsoleSessions,
  ) {}

  /** What holds for the administrator's own agency. */
  own(caller: Caller): Promise<SessionLimits> {
    const most = this.sessions.limits;
    return this.database.as(caller, async (tx) => {
      const [own] = await tx.query<SessionLimits[]>(
        `SELECT LEAST(r.idle_minutes, $1) AS "idleMinutes", LEAST(r.hours, $2) AS hours, $1 AS "mostIdleMinutes", $2 AS "mostHours"
         FROM (SELECT) x LEFT JOIN agency.session_rule r ON r.agency_id = $3`,
        [most.idleMinutes, most.hours, caller.agencyId],
      );
      return own!;
    });
  }

  /** Changes them for every session at its next request. Throws InvalidInput for more than the hub allows, and what `change` throws. */
  change(caller: Caller, input: SessionLimitsInput): Promise<ChangeModel> {
    const state = stateOf(SessionLimitsInput, input, ['idleMinutes', 'hours']);
    const { idleMinutes, hours } = this.sessions.limits;
    const beyond = Object.entries({ idleMinutes, hours }).filter(([name, most]) => Number(state[name] ?? 0) > most);
    if (beyond.length > 0) {
      throw new InvalidInput(
        beyond.map(([name, max]) => {
          return {
            pointer: `/input/${name}`,
            rule: 'wholeNumber',
            key: 'problem.wholeNumber',
            params: { min: 1, max },
          };
        }),
      );
    }
    return this.changes.change(caller, 'SESSIONS', caller.agencyId, state);
  }
}
