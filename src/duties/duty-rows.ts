import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { DutyKind } from './deadlines.js';
import type { DutySide } from './duty-codes.js';

/** A row of hub.duty that is still open, with the request that it belongs to. */
export interface DutyRow {
  id: string;
  kind: DutyKind;
  owed_by: string;
  owed_to: string;
  urgency: string;
  profile: string;
  hours: number;
  started_at: Date;
  due_at: Date;
  /** Microseconds too, for the page mark. */
  due: string;
  reason: 'RECEIPT' | 'RAISED' | 'AUTHORISATION_NOTICE' | 'POSTPONEMENT';
  paused_at: Date | null;
  request: string;
  ref: string;
}

/** Where a page begins: after this duty. */
export type DutyMark = readonly [due: string, id: string];

const COLUMN = { BY_US: 'owed_by', TO_US: 'owed_to' } as const;

/** Open duties in the order in which they fall due. One index holds them so, whoever asks. */
export function readDuties(
  tx: EntityManager,
  side: DutySide,
  { agencyId, after, limit }: { agencyId: string; after: DutyMark | null; limit: number },
): Promise<DutyRow[]> {
  const text = `SELECT d.id, d.kind, d.owed_by, d.owed_to, d.urgency, d.profile, d.hours, d.started_at, d.due_at, d.due_at::text AS due,
      d.reason, d.paused_at, o.id AS request, r.ref
    FROM hub.duty d JOIN hub.request r ON r.root_seq = d.root_seq JOIN hub.object o ON o.seq = r.current_seq
    WHERE d.${COLUMN[side]} = $1 AND d.settled_at IS NULL AND (d.due_at, d.id) > ($2::timestamptz, $3::bigint)
    ORDER BY d.due_at, d.id LIMIT $4`;
  const [due, id] = after ?? ['-infinity', '0'];
  return prepared<DutyRow>(tx, `duties-${side}`, text, [agencyId, due, id, limit]);
}
