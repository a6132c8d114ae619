import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';

/**
 * What one agency lacks keeps nobody else from being told: one without any unit that speaks, or with a mailbox that came later. What a task led
 * to bears the clearance of what is known when it ends, and a question for consent ends when it goes out of sight.
 */
export class TellInAnyCase1795300219000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const change of CHANGED) await runner.query(rewritten(change.name, change.before, change.after));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const change of CHANGED.toReversed()) await runner.query(rewritten(change.name, change.after, change.before));
  }
}

const CHANGED = [
  {
    // Where no unit of the agency speaks any more the notice is for the unit itself, and is dropped when it is sent.
    name: 'cmd.told_for(text)',
    before: 'ELSE cmd.head_unit(u.agency_id) END',
    after: 'ELSE COALESCE(cmd.head_unit(u.agency_id), u.id) END',
  },
  {
    // Once a day while there is no mailbox; a mailbox that was entered meanwhile gets it.
    name: 'cmd.make_notices(integer)',
    before: "AND n.problem = 'NO_ADDRESS') THEN",
    after: `AND n.problem = 'NO_ADDRESS'
            AND EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = v_to AND u.mailbox IS NULL)) THEN`,
  },
  {
    // What it led to may tell of a later version.
    name: 'cmd.end_task(uuid, text, text)',
    before: 'UPDATE agency.task x SET ended_at = cmd.now(), outcome = p_outcome, result = p_result WHERE x.id = p_id;',
    after: `UPDATE agency.task x SET ended_at = cmd.now(), outcome = p_outcome, result = p_result,
        clearance = GREATEST(x.clearance, (SELECT o.clearance FROM hub.object o
          WHERE o.thread_seq = x.thread_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq) ORDER BY o.seq DESC LIMIT 1))
      WHERE x.id = p_id RETURNING x.* INTO task;`,
  },
  {
    name: 'cmd.open_consent(bigint)',
    before: 'd.urgency, v_now, v_now + pg_catalog.make_interval(hours => d.hours)',
    after: `d.urgency, v_now,
        LEAST(v_now + pg_catalog.make_interval(hours => d.hours), (cmd.handling_of(sent.text)->>'expiresAt')::timestamptz)`,
  },
  {
    name: 'cmd.owe_consent(hub.consent)',
    before: "c.asked_at, c.due_at, 'CONSENT'",
    after: `c.asked_at, c.due_at,
        CASE WHEN c.due_at < c.asked_at + pg_catalog.make_interval(hours => d.hours) THEN 'END_OF_SIGHT' ELSE 'CONSENT' END`,
  },
];
