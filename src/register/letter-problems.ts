import type { Problem } from '../common/errors.js';
import type { LetterDetailsInput } from './letter.inputs.js';
import type { Letter } from './letter.models.js';

/** What cannot be changed of a letter and says what else may be written of it. */
type Fixed = Pick<Letter, 'direction' | 'kind'> & { answerKind?: Letter['answerKind'] | undefined };

const REFUSES: readonly unknown[] = ['PARTIAL_REFUSAL', 'REFUSAL', 'POSTPONEMENT'];

/** What is written of a letter and does not belong to one of its sort, or is missing. */
export function detailProblems({ direction, kind, answerKind }: Fixed, details: LetterDetailsInput): Problem[] {
  const { wording, assistanceType, ground, expectedAt, at } = details;
  const problems: Problem[] = [];
  if (wording !== undefined && direction !== 'OUT') {
    problems.push({
      pointer: '/wording',
      rule: 'unexpected',
      key: 'problem.onlyWhen',
      params: { when: { key: 'when.letterOut' } },
    });
  }
  if (assistanceType !== undefined && kind !== 'REQUEST') {
    problems.push({
      pointer: '/assistanceType',
      rule: 'unexpected',
      key: 'problem.onlyWhen',
      params: { when: { key: 'when.letterAsks' } },
    });
  }
  if (ground !== undefined && !REFUSES.includes(answerKind)) {
    problems.push({
      pointer: '/ground',
      rule: 'unexpected',
      key: 'problem.onlyWhen',
      params: { when: { key: 'when.refusing' } },
    });
  }
  if (expectedAt === undefined && answerKind === 'POSTPONEMENT') {
    problems.push({
      pointer: '/expectedAt',
      rule: 'required',
      key: 'problem.requiredWhen',
      params: { when: { key: 'when.letterPostpones' } },
    });
  }
  if (expectedAt !== undefined && answerKind !== 'POSTPONEMENT') {
    problems.push({
      pointer: '/expectedAt',
      rule: 'unexpected',
      key: 'problem.onlyWhen',
      params: { when: { key: 'when.letterPostpones' } },
    });
  }
  if (typeof expectedAt === 'string' && expectedAt <= at) {
    problems.push({ pointer: '/expectedAt', rule: 'after', key: 'problem.after', params: { other: 'at' } });
  }
  return problems;
}
