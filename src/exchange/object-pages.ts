import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { type Opening, recordAccess } from '../audit/record-access.js';
import type { Handling } from './body/handling.js';
import { OBJECT_COLUMNS, type ObjectRow } from './object-record.js';
import { payloadOf } from './payload.js';

export interface PageRequest {
  /** The caller's own sent objects, or what others released to it. */
  box: 'inbox' | 'outbox';
  /** Objects below this seq; null begins at the newest. */
  before: string | null;
  /** How many rows to read. */
  limit: number;
  /** An exact term such as container:CSQU3054383, or null for all. */
  term: string | null;
  /** The caller's clearance, so that the lowest walks an index without restricted rows. */
  clearance: number;
}

const END_OF_TIME = '9223372036854775807';

/**
 * The newest objects released to the caller. Starts from releases, never from objects: for each of the caller's audiences the
 * newest `limit` live releases (or terms), merged. The cost is audiences × page, however many rows the caller may see. The
 * conditions that row-level security checks anyway are repeated so that its indexes can serve them.
 */
export function readObjectPage(tx: EntityManager, page: PageRequest): Promise<ObjectRow[]> {
  const { name, text, values } = objectPageStatement(page);
  return prepared<ObjectRow>(tx, name, text, values);
}

/** The statement behind `readObjectPage`, one plan for each combination of filters. */
export function objectPageStatement(page: PageRequest): { name: string; text: string; values: unknown[] } {
  const byTerm = page.term !== null;
  const isLowest = page.clearance === 0;
  const filter = `${byTerm ? 'AND r.term = $4' : ''} ${isLowest ? 'AND r.clearance = 0' : ''}`;
  return {
    name: `object-page${byTerm ? '-by-term' : ''}${isLowest ? '-unclassified' : ''}`,
    text: `SELECT ${OBJECT_COLUMNS} FROM (
       SELECT DISTINCT x.seq FROM hub.membership m CROSS JOIN LATERAL (
         SELECT r.seq FROM ${byTerm ? 'hub.release_term' : 'hub.release'} r
         WHERE r.audience_id = m.audience_id AND r.live ${filter} AND r.seq < LEAST($1::bigint, m.until_seq) AND r.seq >= m.since_seq
         ORDER BY r.seq DESC LIMIT $2) x
       WHERE m.outbox = $3
       ORDER BY x.seq DESC LIMIT $2) v
     JOIN hub.object o ON o.seq = v.seq ORDER BY v.seq DESC`,
    values: [page.before ?? END_OF_TIME, page.limit, page.box === 'outbox', ...(byTerm ? [page.term] : [])],
  };
}

/** The object of this id that the caller may see; the earliest if two agencies chose the same id. */
export async function readObject(tx: EntityManager, id: string): Promise<ObjectRow | undefined> {
  const text = `SELECT ${OBJECT_COLUMNS} FROM hub.object o WHERE o.id = $1 ORDER BY o.seq LIMIT 1`;
  return (await prepared<ObjectRow>(tx, 'object-by-id', text, [id]))[0];
}

/** Under which conditions an object was sent, to compare with; nothing of it leaves. */
export async function readHandling(tx: EntityManager, seq: string): Promise<Handling> {
  const text = 'SELECT o.text FROM hub.object o WHERE o.seq = $1';
  const [row] = await prepared<{ text: string }>(tx, 'object-text', text, [seq]);
  return payloadOf(row!.text).handling as unknown as Handling;
}

/** An object with its signed text and the hub's receipt. */
export type OpenedRow = ObjectRow & { text: string; receipt: string };

/** Like `readObject`, with the signed text and the receipt, and the opening recorded in the same transaction. */
export async function openObject(
  tx: EntityManager,
  id: string,
  kind: string | null,
  opening: Opening = 'object.opened',
): Promise<OpenedRow | undefined> {
  const rows = await prepared<OpenedRow>(
    tx,
    'object-opened',
    `SELECT ${OBJECT_COLUMNS}, o.text, o.receipt FROM hub.object o
     WHERE o.id = $1 AND ($2::text IS NULL OR o.kind = $2) ORDER BY o.seq LIMIT 1`,
    [id, kind],
  );
  return (await recordAccess(tx, opening, rows))[0];
}
