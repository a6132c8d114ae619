import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { TaskOutcome, TaskSide } from './desk-codes.js';
import type { Task } from './matter.models.js';
import { MOST } from './matter-rows.js';

export interface TaskRow {
  id: string;
  /** Of the alert or the request that it is for; null where it is for a letter. */
  thread_seq: string | null;
  letter_id: string | null;
  unit_id: string;
  text: string;
  due_at: Date;
  /** Microseconds too, for the page mark. */
  due: string;
  by_unit: string;
  by_officer: string | null;
  given_at: Date;
  ended_at: Date | null;
  outcome: TaskOutcome | null;
  result: string | null;
}

const COLUMNS = `x.id, x.thread_seq, x.letter_id, x.unit_id, x.text, x.due_at, x.due_at::text AS due, x.by_unit, x.by_officer, x.given_at, x.ended_at,
  x.outcome, x.result`;

/** Where a page of tasks begins: after this one. */
export type TaskMark = readonly [due: string, id: string];

/** Open tasks of a unit, or those that it gave, in the order in which they fall due. */
export function readOpenTasks(
  tx: EntityManager,
  { side, unit, after, limit }: { side: TaskSide; unit: string; after: TaskMark | null; limit: number },
): Promise<TaskRow[]> {
  const column = side === 'GIVEN_TO_US' ? 'unit_id' : 'by_unit';
  const [due, id] = after ?? ['-infinity', '00000000-0000-0000-0000-000000000000'];
  return prepared(
    tx,
    `tasks-${side}`,
    `SELECT ${COLUMNS} FROM agency.task x WHERE x.agency_id = (SELECT cmd.my_agency()) AND x.${column} = $1 AND x.ended_at IS NULL
       AND (x.due_at, x.id) > ($2::timestamptz, $3::uuid) ORDER BY x.due_at, x.id LIMIT $4`,
    [unit, due, id, limit],
  );
}

/** The tasks of each of these matters, the newest first. */
export function readTasks(tx: EntityManager, threadSeqs: readonly string[]): Promise<TaskRow[]> {
  return prepared(
    tx,
    'tasks-of-matters',
    `SELECT y.* FROM unnest($1::bigint[]) t(thread) CROSS JOIN LATERAL (
       SELECT ${COLUMNS} FROM agency.task x WHERE x.agency_id = cmd.my_agency() AND x.thread_seq = t.thread
       ORDER BY x.given_at DESC, x.id LIMIT ${MOST}) y ORDER BY y.given_at DESC, y.id`,
    [threadSeqs],
  );
}

/** The tasks for each of these letters, the newest first. */
export function readLetterTasks(tx: EntityManager, letterIds: readonly string[]): Promise<TaskRow[]> {
  const text = `SELECT y.* FROM unnest($1::uuid[]) t(letter) CROSS JOIN LATERAL (
       SELECT ${COLUMNS} FROM agency.task x WHERE x.letter_id = t.letter ORDER BY x.given_at DESC, x.id LIMIT ${MOST}) y
     ORDER BY y.given_at DESC, y.id`;
  return prepared(tx, 'tasks-of-letters', text, [letterIds]);
}

export async function readTask(tx: EntityManager, id: string): Promise<TaskRow | undefined> {
  const text = `SELECT ${COLUMNS} FROM agency.task x WHERE x.agency_id = cmd.my_agency() AND x.id = $1`;
  return (await prepared<TaskRow>(tx, 'task', text, [id]))[0];
}

/** A task as the API shows it. */
export function taskOf(row: TaskRow, now: Date): Task {
  return {
    threadSeq: row.thread_seq,
    letterId: row.letter_id,
    id: row.id,
    unit: row.unit_id,
    text: row.text,
    dueAt: row.due_at,
    isOverdue: row.ended_at === null && row.due_at <= now,
    byUnit: row.by_unit,
    byOfficer: row.by_officer,
    givenAt: row.given_at,
    outcome: row.outcome,
    result: row.result,
    endedAt: row.ended_at,
  };
}
