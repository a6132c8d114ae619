import type { AnswerBody } from './answer-body.js';

/** As much of a request as its questions. */
interface Questions {
  questions: readonly { no: number }[];
}

/**
 * Numbers of the questions that are still open once `answer` has been given after `earlierAnswers` (in any order). A FINAL answer may
 * leave none. A later result of a question replaces the earlier one, so a question that was settled can be opened again by PARTLY.
 */
export function unansweredQuestions(
  request: Questions,
  earlierAnswers: readonly AnswerBody[],
  answer: AnswerBody,
): number[] {
  const open = new Set(request.questions.map(({ no }) => no));
  for (const each of [...earlierAnswers].sort((a, b) => a.answerSeq - b.answerSeq).concat(answer))
    apply(each, open, request);
  return [...open].sort((a, b) => a - b);
}

/** Numbers that an answer gives a result for, or refuses, although the request has no such question. */
export function unknownQuestions(request: Questions, answer: AnswerBody): number[] {
  const known = new Set(request.questions.map(({ no }) => no));
  const named = [
    ...(answer.results?.map(({ questionNo }) => questionNo) ?? []),
    ...(answer.refusal?.questionNos ?? []),
  ];
  return [...new Set(named)].filter((no) => !known.has(no)).sort((a, b) => a - b);
}

function apply(answer: AnswerBody, open: Set<number>, request: Questions): void {
  const { kind, refusal, results = [] } = answer;
  if (kind === 'REFUSAL' || kind === 'NEGATIVE') return open.clear();
  if (kind === 'PARTIAL_REFUSAL') refusal?.questionNos?.forEach((no) => open.delete(no));
  for (const { questionNo, result } of results) {
    if (result !== 'PARTLY') open.delete(questionNo);
    else if (request.questions.some(({ no }) => no === questionNo)) open.add(questionNo);
  }
}
