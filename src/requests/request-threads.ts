import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { prepared } from '../access/prepared.js';
import { Conflict, InvalidInput, NotFound } from '../common/errors.js';
import { confirmationRefusal } from './oral-rows.js';
import type { RequestAct, RequestSide, RequestState } from './request-states.js';

/** How one question of a request stands. The first three still wait: INTERIM is answered in part. */
export type QuestionState = 'OPEN' | 'INTERIM' | 'POSTPONED' | 'ANSWERED' | 'NEGATIVE' | 'REFUSED';

/** Whether a question still waits for its answer. */
export function isOpen({ state }: { state: QuestionState }): boolean {
  return state === 'OPEN' || state === 'INTERIM' || state === 'POSTPONED';
}

/** A row of hub.request: where a request stands. */
export interface ThreadRow {
  root_seq: string;
  current_seq: string;
  from_agency: string;
  to_agency: string;
  ref: string;
  state: RequestState;
  urgency: string;
  needed_by: Date;
  questions: number;
  questions_open: number;
  answers: number;
}

export interface QuestionRow {
  no: number;
  state: QuestionState;
  answer_seq: string | null;
}

const COLUMNS = `r.root_seq, r.current_seq, r.from_agency, r.to_agency, r.ref, r.state, r.urgency, r.needed_by, r.questions,
  r.questions_open, r.answers`;

/** The thread to which an object belongs, if the caller may see its newest version. Throws NotFound. */
export async function readThread(tx: EntityManager, threadSeq: string): Promise<ThreadRow> {
  const text = `SELECT ${COLUMNS} FROM hub.request r WHERE r.root_seq = $1`;
  const [thread] = await prepared<ThreadRow>(tx, 'request-thread', text, [threadSeq]);
  if (!thread) throw new NotFound();
  return thread;
}

/** The thread of a request, by the id of any of its versions; the earliest if two agencies chose the same id. */
export async function readThreadOf(tx: EntityManager, id: string): Promise<ThreadRow | undefined> {
  const [row] = await prepared<ThreadRow>(
    tx,
    'request-thread-of',
    `SELECT ${COLUMNS} FROM hub.object o JOIN hub.request r ON r.root_seq = o.thread_seq
     WHERE o.id = $1 AND o.kind = 'request' ORDER BY o.seq LIMIT 1`,
    [id],
  );
  return row;
}

/** The threads of these objects, with what each object does in its thread. */
export function readThreadsOf(
  tx: EntityManager,
  seqs: readonly string[],
): Promise<(ThreadRow & { seq: string; act: RequestAct })[]> {
  return prepared(
    tx,
    'request-threads-of',
    `SELECT ${COLUMNS}, a.seq, a.act FROM hub.request_act a JOIN hub.request r ON r.root_seq = a.root_seq
     WHERE a.seq = ANY ($1::bigint[])`,
    [seqs],
  );
}

/** The questions of a thread in their order. */
export function readQuestions(tx: EntityManager, rootSeq: string): Promise<QuestionRow[]> {
  const text = 'SELECT q.no, q.state, q.answer_seq FROM hub.request_question q WHERE q.root_seq = $1 ORDER BY q.no';
  return prepared<QuestionRow>(tx, 'request-questions', text, [rootSeq]);
}

/** The side on which an agency stands; null for one that only sees the thread, such as a successor. */
export function sideOf(thread: ThreadRow, agencyId: string): RequestSide | null {
  if (thread.from_agency === agencyId) return 'REQUESTER';
  return thread.to_agency === agencyId ? 'REQUESTED' : null;
}

/** Begins the thread of a request, in the transaction that accepts it. */
export async function openRequest(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'open-request', text: 'SELECT cmd.open_request($1)', values: [seq] }, refusalOf);
}

/** Lets an accepted object take its effect on its request; PostgreSQL decides, under a lock, whether it still may. */
export async function moveRequest(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'move-request', text: 'SELECT cmd.move_request($1)', values: [seq] }, refusalOf);
}

/** What the commands refused, in the API's words. The checks before have passed, so another act has come in between. */
function refusalOf(fault: string): Error {
  switch (fault) {
    case 'LINK':
      return new NotFound();
    case 'SUPERSEDED':
      return new Conflict('error.superseded', { sub: fault });
    case 'ADDRESSEE':
      return new InvalidInput([{ pointer: '/to', rule: fault, key: 'problem.otherSide' }]);
    default:
      return confirmationRefusal(fault) ?? new Conflict('error.requestMovedOn', { sub: fault });
  }
}
