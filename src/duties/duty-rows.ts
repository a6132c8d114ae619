import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { DeadlineName, DeadlineUnit, DutyKind, DutyReason } from './deadlines.js';
import type { DutySide } from './duty-codes.js';

/** A row of hub.duty that is still open, with the newest version of what it is about, or the letter. */
export interface DutyRow {
  id: string;
  /** Null for a letter of the agency's own register. */
  thread_seq: string | null;
  letter_id: string | null;
  kind: DutyKind;
  owed_by: string;
  owed_by_unit: string | null;
  owed_to: string;
  owed_to_unit: string | null;
  urgency: string;
  /** The deadline that runs; null where an object named the time. */
  deadline: DeadlineName | null;
  amount: number | null;
  unit: DeadlineUnit | null;
  started_at: Date;
  due_at: Date;
  /** Microseconds too, for the page mark. */
  due: string;
  reason: DutyReason;
  paused_at: Date | null;
  reminded: number;
  object: string | null;
  /** letter for one of the register. */
  object_kind: string;
  ref: string;
}

/** Where a page begins: after this duty. */
export type DutyMark = readonly [due: string, id: string];

export interface DutyPage {
  side: DutySide;
  agencyId: string;
  /** The caller's own: what others of its agency alone were sent is not in its sight. */
  unitId: string;
  /** With this other agency only. */
  partner: string | null;
  /** Of this unit of the caller's agency only. Not with a partner. */
  unit: string | null;
  after: DutyMark | null;
  limit: number;
}

/** Where the two sides of a duty stand, seen from one of them. */
export const DUTY_COLUMNS = {
  BY_US: { own: 'owed_by', scope: 'owed_by_scope', partner: 'owed_to', unit: 'owed_by_unit' },
  TO_US: { own: 'owed_to', scope: 'owed_to_scope', partner: 'owed_by', unit: 'owed_to_unit' },
} as const;

/**
 * Open duties in the order in which they fall due. What every unit of the agency sees and what the caller's unit alone sees are merged, each
 * from an index that holds it so: a page costs the same however much others of the agency owe.
 */
export function readDuties(tx: EntityManager, page: DutyPage): Promise<DutyRow[]> {
  const { name, text, values } = dutyPageStatement(page);
  return prepared<DutyRow>(tx, name, text, values);
}

/**
 * The statement behind `readDuties`, one plan for each combination of filters and size. It hides from the planner whose duties are asked
 * for, and tells it how many: else it would plan anew each time, which takes longer than the page.
 */
export function dutyPageStatement({ side, agencyId, unitId, partner, unit, after, limit }: DutyPage): {
  name: string;
  text: string;
  values: unknown[];
} {
  const column = DUTY_COLUMNS[side];
  const filter = partner !== null ? 'partner' : unit !== null ? 'unit' : null;
  const [due, id] = after ?? ['-infinity', '0'];
  return {
    name: `duties-${side}-${filter ?? 'all'}-${limit}`,
    text: `SELECT v.*, v.due_at::text AS due, o.id AS object, COALESCE(o.kind, 'letter') AS object_kind, COALESCE(o.ref, l.ref, (SELECT COALESCE(t.ref, c.object_id::text)
          FROM hub.consent c LEFT JOIN hub.object t ON t.seq = c.object_seq WHERE c.ask_seq = v.object_seq)) AS ref FROM (
        SELECT x.* FROM unnest(ARRAY['', $2]) s CROSS JOIN LATERAL (
          SELECT d.id, d.thread_seq, d.kind, d.owed_by, d.owed_by_unit, d.owed_to, d.owed_to_unit, d.urgency, d.deadline, d.amount, d.unit, d.started_at,
            d.due_at, d.reason, d.paused_at, d.reminded, d.object_seq, d.letter_id
          FROM hub.duty d
          WHERE d.${column.own} = (SELECT $1) AND d.${column.scope} = s AND d.settled_at IS NULL
            ${filter === null ? '' : `AND d.${column[filter]} = (SELECT $5)`} AND (d.due_at, d.id) > ($3::timestamptz, $4::bigint)
          ORDER BY d.due_at, d.id LIMIT ${limit}) x
        ORDER BY x.due_at, x.id LIMIT ${limit}) v
      LEFT JOIN hub.object o ON o.seq = v.object_seq LEFT JOIN agency.letter l ON l.id = v.letter_id ORDER BY v.due_at, v.id`,
    values: [agencyId, unitId, due, id, ...(filter === null ? [] : [partner ?? unit])],
  };
}
