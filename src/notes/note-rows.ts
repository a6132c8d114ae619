import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { OpenedRow } from '../exchange/object-pages.js';
import { OBJECT_COLUMNS } from '../exchange/object-record.js';

export interface NotePage {
  /** The object that began the thread. */
  threadSeq: string;
  /** Notes above this seq; null begins at the oldest. */
  after: string | null;
  /** How many rows to read. */
  limit: number;
}

/** The notes of a thread that the caller may see, oldest first, with their signed texts. */
export function readNotes(tx: EntityManager, page: NotePage): Promise<OpenedRow[]> {
  const { text, values } = notePageStatement(page);
  return prepared<OpenedRow>(tx, 'note-page', text, values);
}

/** The statement behind `readNotes`. It walks the index of this thread's notes, whatever else the caller sees. */
export function notePageStatement({ threadSeq, after, limit }: NotePage): { text: string; values: unknown[] } {
  return {
    text: `SELECT ${OBJECT_COLUMNS}, o.text, o.receipt FROM hub.object o
     WHERE o.kind = 'note' AND o.thread_seq = $1 AND o.seq > $2 ORDER BY o.seq LIMIT $3`,
    values: [threadSeq, after ?? '0', limit],
  };
}
