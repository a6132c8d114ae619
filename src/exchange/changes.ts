import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { OBJECT_COLUMNS, type ObjectRow } from './object-record.js';

/** A place in the feed: the writing transaction, then the object, then the act. */
export interface FeedPosition {
  xid: string;
  seq: string;
  act: string;
}

/** One thing that changed in what the caller may see. `object` is null for a tombstone. */
export interface ChangeRow extends FeedPosition {
  object_id: string;
  object: ObjectRow | null;
}

export const FEED_START: FeedPosition = { xid: '0', seq: '0', act: '' };

/** The place after everything that `readChanges` would give at this moment. */
export async function readFeedEnd(tx: EntityManager): Promise<FeedPosition> {
  const text = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid';
  const [end] = await prepared<{ xid: string }>(tx, 'feed-end', text);
  return { xid: end!.xid, seq: '0', act: '' };
}

type JoinedRow = FeedPosition & { object_id: string; is_visible: boolean } & ObjectRow;

/**
 * The next changes after `position`, in commit order. Rows of a transaction are read only when every transaction before it has
 * ended (its id lies below the snapshot's xmin), so nothing that commits late is skipped. Like a page, the feed merges the
 * newest of each audience and costs audiences × `limit`.
 */
export async function readChanges(
  tx: EntityManager,
  position: FeedPosition,
  limit: number,
  clearance: number,
): Promise<{ rows: ChangeRow[]; isLast: boolean; end: FeedPosition }> {
  const lowest = clearance === 0 ? 'AND c.clearance = 0' : '';
  const joined = await prepared<JoinedRow>(
    tx,
    `changes${clearance === 0 ? '-unclassified' : ''}`,
    `SELECT v.xid::text AS xid, v.act, v.object_id, o.seq IS NOT NULL AS is_visible, ${OBJECT_COLUMNS}, v.seq FROM (
       SELECT DISTINCT x.xid, x.seq, x.act, x.object_id FROM hub.membership m CROSS JOIN LATERAL (
         SELECT c.xid, c.seq, c.act, c.object_id FROM hub.change c
         WHERE c.audience_id = m.audience_id AND (c.xid, c.seq, c.act) > ($1::xid8, $2::bigint, $3) ${lowest}
           AND c.xid < pg_snapshot_xmin(pg_current_snapshot()) AND c.seq >= m.since_seq AND c.seq < m.until_seq
         ORDER BY c.xid, c.seq, c.act LIMIT $4) x
       ORDER BY x.xid, x.seq, x.act LIMIT $4) v
     LEFT JOIN hub.object o ON o.seq = v.seq ORDER BY v.xid, v.seq, v.act`,
    [position.xid, position.seq, position.act, limit],
  );
  const rows = joined
    // A release that is over again by now says nothing; its tombstone follows.
    .filter((row) => row.act !== 'RELEASED' || row.is_visible)
    .map(({ xid, seq, act, object_id, is_visible, ...object }) => ({
      xid,
      seq,
      act,
      object_id,
      object: act === 'RELEASED' && is_visible ? { ...object, seq } : null,
    }));
  return { rows, isLast: joined.length < limit, end: joined.at(-1) ?? position };
}
