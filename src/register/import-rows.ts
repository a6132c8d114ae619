import { randomUUID } from 'node:crypto';
import type { Problem } from '../common/errors.js';
import { validateBody } from '../exchange/body/validate.js';
import { freshReference } from '../exchange/reference.js';
import { LetterRowInput } from './letter.inputs.js';
import { detailProblems } from './letter-problems.js';
import { LETTER_CODE, type LetterDirection } from './register-codes.js';

/** The most rows that one call takes. */
export const MOST_ROWS = 100;

/** What is wrong with a row of an old register; what its letters meet in the register is found there. */
export function rowProblems(row: object): Problem[] {
  const result = validateBody(LetterRowInput, row);
  if ('problems' in result) return result.problems;
  const { value } = result;
  return [...detailProblems(value, value), ...numberProblems(value), ...answerProblems(value)];
}

/** The same rows twice are registered once, by their numbers. An answer without one is known by its request. */
function numberProblems({ direction, nationalRef, partnerRef, answersNumber }: LetterRowInput): Problem[] {
  const isNumbered = nationalRef !== undefined || (direction === 'IN' && partnerRef !== undefined);
  if (isNumbered || answersNumber !== undefined) return [];
  return [{ pointer: '/nationalRef', rule: 'required', key: 'problem.rowNumber' }];
}

function answerProblems({ answer }: LetterRowInput): Problem[] {
  if (answer?.answerKind !== 'POSTPONEMENT') return [];
  return [{ pointer: '/answer/answerKind', rule: 'unexpected', key: 'problem.rowPostpones' }];
}

/** A letter as the register's command takes it. */
type NewLetter = Record<string, unknown>;

/** The letters of a row that keeps its rules: the letter itself, and after a request the answer of which the row tells. */
export function lettersOf(row: LetterRowInput, agencyId: string, now: Date): NewLetter[] {
  const named = (): NewLetter => ({ id: randomUUID(), ref: freshReference(agencyId, LETTER_CODE, now) });
  const { answer, ...letter } = row;
  if (!answer) return [{ ...letter, ...named() }];
  const { partner, medium, subject, classification } = row;
  const direction: LetterDirection = row.direction === 'IN' ? 'OUT' : 'IN';
  const reply = {
    direction,
    kind: 'ANSWER',
    partner,
    medium,
    subject,
    classification,
    dated: answer.dated,
    at: momentOfDay(answer.dated, now),
    answerKind: answer.answerKind,
    [direction === 'OUT' ? 'nationalRef' : 'partnerRef']: answer.number,
    answersNumber: row.nationalRef ?? row.partnerRef,
    answersDated: row.dated,
  };
  return [letter, reply].map((each) => ({ ...each, ...named() }));
}

/** A moment of a day of which no more is known: noon in UTC, so that it is the same day nearly everywhere, but never in the future. */
export function momentOfDay(day: string, now: Date): string {
  const noon = new Date(`${day}T12:00:00Z`);
  const isToday = noon > now && now.toISOString().startsWith(day);
  return (isToday ? now : noon).toISOString().replace(/\.\d+Z$/, 'Z');
}
