import { Conflict, Forbidden, type Problem } from '../common/errors.js';
import { NominalAttachments } from '../exchange/body/nominal-attachments.js';
import { NominalData } from '../exchange/body/nominal-data.js';
import { selectorsOf } from '../exchange/body/selectors.js';
import type { Incoming, ObjectKind } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { AnswerBody } from './body/answer-body.js';
import { unansweredQuestions, unknownQuestions } from './body/questions.js';
import { checkMove } from './request-conflicts.js';
import { actOf } from './request-states.js';
import {
  isOpen,
  moveRequest,
  type QuestionRow,
  readQuestions,
  readThread,
  sideOf,
  type ThreadRow,
} from './request-threads.js';

/** An answer to a request, of any kind: it acknowledges, asks back, answers or refuses. */
export const ANSWER_KIND: ObjectKind<AnswerBody> = {
  kind: 'answer',
  body: AnswerBody,
  isHiddenByRecall: false,
  parts: { nominal: NominalData, nominalAttachments: NominalAttachments },
  headline: () => ({ ref: null, title: null, urgency: null }),
  tier: ({ kind }) => (kind === 'ACKNOWLEDGEMENT' || kind === 'DELAY_NOTICE' ? 'T0' : 'T1'),
  terms: (body) => selectorsOf('answer', body),
  check: async (tx, incoming) => {
    const { envelope, body, inReplyTo } = incoming;
    const problems = problemsOfLinks(incoming);
    if (inReplyTo?.kind !== 'request' || problems.length > 0) return problems;

    const thread = await readThread(tx, inReplyTo.thread_seq);
    const side = sideOf(thread, envelope.from);
    if (side !== 'REQUESTED') throw new Forbidden('error.requestNotYours');
    checkMove(thread, inReplyTo, actOf(body), side);
    if (body.answerSeq <= thread.answers) {
      throw new Conflict('error.requestMovedOn', { sub: 'ANSWER_SEQ', pointer: '/body/answerSeq' });
    }
    return [
      ...problemsOfTimes(incoming),
      ...problemsOfMatch(incoming, inReplyTo, thread),
      ...problemsOfQuestions(body, await readQuestions(tx, thread.root_seq)),
    ];
  },
  project: (tx, seq) => moveRequest(tx, seq),
};

function problemsOfLinks({ inReplyTo, supersedes }: Incoming<AnswerBody>): Problem[] {
  const problems: Problem[] = [];
  if (inReplyTo?.kind !== 'request') {
    problems.push({ pointer: '/inReplyTo', rule: 'request', key: 'problem.receivedRequest' });
  }
  if (supersedes !== null) {
    problems.push({ pointer: '/supersedes', rule: 'alone', key: 'problem.answerAlone' });
  }
  return problems;
}

const LONGEST_MS = 366 * 86_400_000;

/** A time that moves a clock lies ahead, and within a year: no clock is put off for ever. */
function problemsOfTimes({ envelope, body }: Incoming<AnswerBody>): Problem[] {
  const named: [pointer: string, time: string | undefined][] = [
    ['/body/refusal/consultUntil', body.refusal?.consultUntil],
    ['/body/delay/expectedAt', body.delay?.expectedAt],
    ['/body/clarification/dueAt', body.clarification?.dueAt],
  ];
  const written = Date.parse(envelope.createdAt);
  return named.flatMap(([pointer, time]) => {
    const ahead = time === undefined ? 1 : Date.parse(time) - written;
    return ahead > 0 && ahead <= LONGEST_MS
      ? []
      : [{ pointer, rule: 'withinYear', key: 'problem.withinYear' as const }];
  });
}

/** An answer goes back to the agency or unit that asked, quotes its reference, and is the next in order. */
function problemsOfMatch({ envelope, body }: Incoming<AnswerBody>, request: ObjectRow, thread: ThreadRow): Problem[] {
  const problems: Problem[] = [];
  const goesBack = envelope.to.length === 1 && [request.from_agency, request.from_unit].includes(envelope.to[0]!);
  if (!goesBack) {
    problems.push({ pointer: '/to', rule: 'requester', key: 'problem.requester' });
  }
  if (body.requestRef !== thread.ref) {
    problems.push({ pointer: '/body/requestRef', rule: 'sameRef', key: 'problem.requestRef' });
  }
  if (body.answerSeq > thread.answers + 1) {
    problems.push({
      pointer: '/body/answerSeq',
      rule: 'next',
      key: 'problem.next',
      params: { number: thread.answers + 1 },
    });
  }
  for (const [index, { attachmentNo }] of (body.documents ?? []).entries()) {
    if (attachmentNo <= envelope.attachments.length) continue;
    problems.push({ pointer: `/body/documents/${index}/attachmentNo`, rule: 'attachment', key: 'problem.attachment' });
  }
  return problems;
}

function problemsOfQuestions(body: AnswerBody, questions: readonly QuestionRow[]): Problem[] {
  const unknown = unknownQuestions({ questions }, body);
  if (unknown.length > 0) {
    return [
      {
        pointer: '/body/results',
        rule: 'question',
        key: 'problem.question',
        params: { numbers: unknown.join(', ') },
      },
    ];
  }
  if (body.refusal?.questionNos) return problemsOfScope(body, body.refusal.questionNos, questions);
  if (body.kind !== 'FINAL') return [];
  const open = remaining(body, questions);
  if (open.length === 0) return [];
  return [
    {
      pointer: '/body/results',
      rule: 'allSettled',
      key: 'problem.allSettled',
      params: { numbers: open.join(', ') },
    },
  ];
}

/** Only what is open can be refused or postponed; and a partial refusal after which nothing is open is a final answer. */
function problemsOfScope(body: AnswerBody, nos: readonly number[], questions: readonly QuestionRow[]): Problem[] {
  const settled = questions.filter((question) => nos.includes(question.no) && !isOpen(question)).map(({ no }) => no);
  if (settled.length > 0) {
    return [
      {
        pointer: '/body/refusal/questionNos',
        rule: 'open',
        key: 'problem.settledQuestions',
        params: { numbers: settled.join(', ') },
      },
    ];
  }
  const isEnd = body.kind === 'PARTIAL_REFUSAL' && remaining(body, questions).length === 0;
  return isEnd ? [{ pointer: '/body/kind', rule: 'partial', key: 'problem.nothingLeft' }] : [];
}

/** Numbers of the questions that are open after this answer. */
function remaining(body: AnswerBody, questions: readonly QuestionRow[]): number[] {
  return unansweredQuestions({ questions }, [standing(body, questions)], body);
}

/** How the questions stand after the earlier answers, as one answer. */
function standing(body: AnswerBody, questions: readonly QuestionRow[]): AnswerBody {
  const settled = questions.filter((question) => !isOpen(question));
  return {
    ...body,
    kind: 'INTERIM',
    answerSeq: 0,
    results: settled.map(({ no, state }) => ({ questionNo: no, result: state as 'ANSWERED' | 'NEGATIVE' | 'REFUSED' })),
  };
}
