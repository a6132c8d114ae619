import type { EntityManager } from 'typeorm';
import { Forbidden, type Problem } from '../common/errors.js';
import type { ObjectRow } from '../exchange/object-record.js';
import type { Envelope } from '../protocol/envelope.js';
import { checkMove } from './request-conflicts.js';
import { readThread, sideOf } from './request-threads.js';

/** As much of a report on what an answer led to as its request needs to know. */
export interface Report {
  envelope: Envelope;
  targetRef: string;
  isLast: boolean;
}

/** What is wrong with a report on this request: it comes from who asked, after the answer, and goes to who was asked. */
export async function checkReport(
  tx: EntityManager,
  request: ObjectRow,
  { envelope, targetRef, isLast }: Report,
): Promise<Problem[]> {
  const thread = await readThread(tx, request.thread_seq);
  const side = sideOf(thread, envelope.from);
  if (side !== 'REQUESTER') throw new Forbidden('error.requestNotYours');
  checkMove(thread, request, isLast ? 'CLOSING' : 'PROGRESS_REPORT', side);
  const problems: Problem[] = [];
  const isSameTo = envelope.to.length === 1 && envelope.to[0] === request.recipients[0];
  if (!isSameTo) problems.push({ pointer: '/to', rule: 'requested', key: 'problem.requested' });
  if (targetRef !== thread.ref) {
    problems.push({ pointer: '/body/targetRef', rule: 'sameRef', key: 'problem.requestRef' });
  }
  return problems;
}
