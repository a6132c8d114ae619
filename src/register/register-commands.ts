import type { EntityManager } from 'typeorm';
import { type Command, command } from '../access/command.js';
import { Conflict, Forbidden, InvalidInput, NotFound, type Problem } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';

/** Runs a command on the register. PostgreSQL decides under the caller's rights and a lock. */
export function registerCommand<Row>(tx: EntityManager, statement: Command): Promise<Row[]> {
  return command<Row>(tx, statement, refusalOf);
}

function refusalOf(fault: string): Error {
  const problem = registerProblem(fault);
  if (problem) return new InvalidInput([{ ...problem, pointer: `/input${problem.pointer}` }]);
  if (fault === 'LINK') return new NotFound();
  const key = CONFLICTS[fault];
  return key ? new Conflict(key, { sub: fault }) : new Forbidden();
}

/** What is wrong with the input, where the fault is one of the input. */
export function registerProblem(fault: string): Problem | undefined {
  const known = PROBLEMS[fault];
  return known && { pointer: known.pointer, rule: fault, key: known.key };
}

const PROBLEMS: Record<string, { pointer: string; key: MessageKey }> = {
  CLEARANCE: { pointer: '/classification', key: 'problem.letterClearance' },
  LETTER_TIME: { pointer: '/at', key: 'problem.letterTime' },
  AGREEMENT: { pointer: '/agreement', key: 'problem.letterAgreement' },
  ANSWERS_REQUEST: { pointer: '/inReplyTo', key: 'problem.answersRequest' },
  ANSWERS_NUMBER: { pointer: '/answersNumber', key: 'problem.answersNumber' },
  REPLY_SIGHT: { pointer: '/inReplyTo', key: 'problem.replySight' },
  SCAN: { pointer: '/scan', key: 'problem.scan' },
};

const CONFLICTS: Record<string, MessageKey> = {
  REGISTERED_BEFORE: 'error.registeredBefore',
  LETTER_CLOSED: 'error.letterClosed',
  REPLIED: 'error.letterReplied',
  CLOSES_REQUEST: 'error.closesRequest',
  PARTNER_BEFORE: 'error.partnerBefore',
};
