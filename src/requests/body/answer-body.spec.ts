import { describe, expect, it } from '@jest/globals';
import { brokenRules, spoilt, type Overrides } from '../../exchange/body/body.example.js';
import { AnswerBody } from './answer-body.js';
import { unansweredQuestions, unknownQuestions } from './questions.js';
import { anAnswerBody, aRefusalBody, aRequestBody } from './request-body.example.js';

/** An answer that only says what its kind needs. */
const bare = (overrides: Overrides<AnswerBody>): AnswerBody => aRefusalBody({ refusal: undefined, ...overrides });
const answered = (questionNo: number, result: 'ANSWERED' | 'NEGATIVE' | 'PARTLY' = 'ANSWERED') => ({
  questionNo,
  result,
  text: 'Yes.',
});
const partialRefusal = (questionNos: number[]): AnswerBody =>
  bare({
    kind: 'PARTIAL_REFUSAL',
    refusal: { ground: 'R03', reasonText: 'A trade secret.', scope: 'QUESTIONS', questionNos },
  });

describe('answer', () => {
  it.each([
    ['final', anAnswerBody()],
    ['final, when everything was said before', bare({ kind: 'FINAL' })],
    ['acknowledgement', bare({ kind: 'ACKNOWLEDGEMENT' })],
    ['clarification', bare({ kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } })],
    [
      'transfer',
      bare({ kind: 'TRANSFER_NOTICE', transfer: { authority: 'Coast guard', country: 'PH', forwarded: true } }),
    ],
    [
      'delay',
      bare({
        kind: 'DELAY_NOTICE',
        delay: { expectedAt: '2026-12-10T00:00:00Z', reason: 'A judge has to decide.' },
        authorisation: { status: 'ASKED', at: '2026-11-25T00:00:00Z' },
      }),
    ],
    ['interim', bare({ kind: 'INTERIM', results: [answered(1, 'PARTLY')] })],
    ['negative without results', bare({ kind: 'NEGATIVE' })],
    ['negative with results', bare({ kind: 'NEGATIVE', results: [answered(1, 'NEGATIVE')] })],
    ['refusal', aRefusalBody()],
    ['refusal R01, reasons withheld', aRefusalBody({ refusal: { ground: 'R01', scope: 'ALL' } })],
    ['refusal R09, reasons withheld', aRefusalBody({ refusal: { ground: 'R09', scope: 'ALL' } })],
    ['partial refusal', partialRefusal([2])],
    [
      'postponement',
      bare({
        kind: 'POSTPONEMENT',
        refusal: {
          ground: 'R08',
          reasonText: 'A raid is planned.',
          scope: 'ALL',
          consultUntil: '2026-12-10T00:00:00Z',
        },
      }),
    ],
    [
      'question refused, reasons withheld',
      bare({ kind: 'FINAL', results: [{ questionNo: 1, result: 'REFUSED', ground: 'R09' }] }),
    ],
  ])('%s is valid', (_, body) => {
    expect(brokenRules(AnswerBody, body)).toEqual([]);
  });

  it.each(['requestRef', 'answerSeq', 'language', 'kind'] as const)('needs %s', (member) => {
    expect(brokenRules(AnswerBody, bare({ kind: 'ACKNOWLEDGEMENT', [member]: undefined }))).toEqual([
      `/${member} required`,
    ]);
  });

  it.each<[string, unknown, string[]]>([
    ['interim without results', bare({ kind: 'INTERIM' }), ['/results required']],
    [
      'acknowledgement with results',
      bare({ kind: 'ACKNOWLEDGEMENT', results: [answered(1)] }),
      ['/results unexpected'],
    ],
    [
      'negative with a find',
      bare({ kind: 'NEGATIVE', results: [answered(1), answered(2, 'NEGATIVE')] }),
      ['/results allNegative'],
    ],
    ['question answered twice', anAnswerBody({ results: [answered(1), answered(1)] }), ['/results uniqueBy']],
    [
      'answer without words',
      spoilt(anAnswerBody(), { results: [{ questionNo: 1, result: 'ANSWERED' }] }),
      ['/results/0/text required'],
    ],
    [
      'refused question with an answer',
      spoilt(anAnswerBody(), { results: [{ questionNo: 1, result: 'REFUSED', ground: 'R09', text: 'No.' }] }),
      ['/results/0/text unexpected'],
    ],
    [
      'question refused without a ground',
      spoilt(anAnswerBody(), { results: [{ questionNo: 1, result: 'REFUSED' }] }),
      ['/results/0/ground required'],
    ],
    [
      'question refused without a reason',
      spoilt(anAnswerBody(), { results: [{ questionNo: 1, result: 'REFUSED', ground: 'R03' }] }),
      ['/results/0/reasonText required'],
    ],
    [
      'ground of a question that is answered',
      spoilt(anAnswerBody(), { results: [{ ...answered(1), ground: 'R03', reasonText: 'Secret.' }] }),
      ['/results/0/ground unexpected'],
    ],
    [
      'reason without a ground',
      spoilt(anAnswerBody(), { results: [{ ...answered(1), reasonText: 'Secret.' }] }),
      ['/results/0/reasonText unexpected'],
    ],
    ['clarification of nothing', bare({ kind: 'CLARIFICATION_REQUEST' }), ['/clarification required']],
    ['transfer to nobody', bare({ kind: 'TRANSFER_NOTICE' }), ['/transfer required']],
    ['delay without a date', bare({ kind: 'DELAY_NOTICE' }), ['/delay required']],
    [
      'delay in another kind',
      bare({ kind: 'FINAL', delay: { expectedAt: '2026-12-10T00:00:00Z', reason: 'Late.' } }),
      ['/delay unexpected'],
    ],
    ['refusal without a ground', bare({ kind: 'REFUSAL' }), ['/refusal required']],
    [
      'refusal without a reason',
      aRefusalBody({ refusal: { ground: 'R11', scope: 'ALL' } }),
      ['/refusal/reasonText required'],
    ],
    ['ground in another kind', anAnswerBody({ refusal: { ground: 'R01', scope: 'ALL' } }), ['/refusal unexpected']],
    [
      'unknown ground',
      spoilt(aRefusalBody(), { refusal: { ground: 'R18', reasonText: 'No.', scope: 'ALL' } }),
      ['/refusal/ground code'],
    ],
    [
      'refusal of some questions',
      aRefusalBody({ refusal: { ground: 'R01', scope: 'QUESTIONS', questionNos: [1] } }),
      ['/refusal/scope scope'],
    ],
    [
      'partial refusal of all',
      bare({ kind: 'PARTIAL_REFUSAL', refusal: { ground: 'R01', scope: 'ALL' } }),
      ['/refusal/scope scope'],
    ],
    [
      'scope without numbers',
      bare({ kind: 'PARTIAL_REFUSAL', refusal: { ground: 'R01', scope: 'QUESTIONS' } }),
      ['/refusal/questionNos required'],
    ],
    ['numbers that are none', partialRefusal([1, 0]), ['/refusal/questionNos/1 questionNos']],
    ['number twice', partialRefusal([1, 1]), ['/refusal/questionNos questionNos']],
    [
      'postponed without a date to consult',
      bare({ kind: 'POSTPONEMENT', refusal: { ground: 'R08', reasonText: 'A raid.', scope: 'ALL' } }),
      ['/refusal/consultUntil consultation'],
    ],
    [
      'authorisation without a date',
      bare({ kind: 'ACKNOWLEDGEMENT', authorisation: { status: 'GRANTED' } }),
      ['/authorisation/at required'],
    ],
    [
      'document twice',
      anAnswerBody({
        documents: [
          { attachmentNo: 1, description: 'A', certified: true },
          { attachmentNo: 1, description: 'B', certified: true },
        ],
      }),
      ['/documents uniqueBy'],
    ],
    ['empty condition', anAnswerBody({ conditions: ['Return it.', ''] }), ['/conditions/1 textList']],
  ])('refuses: %s', (_, body, broken) => {
    expect(brokenRules(AnswerBody, body)).toEqual(broken);
  });
});

describe('unansweredQuestions', () => {
  const request = aRequestBody();
  const first = (overrides: Overrides<AnswerBody>): AnswerBody => bare({ kind: 'INTERIM', answerSeq: 1, ...overrides });
  const last = (overrides: Overrides<AnswerBody>): AnswerBody => bare({ kind: 'FINAL', answerSeq: 3, ...overrides });

  it.each<[string, AnswerBody[], AnswerBody, number[]]>([
    ['all in one answer', [], anAnswerBody(), []],
    ['one left open', [], last({ results: [answered(1)] }), [2]],
    ['nothing said', [], last({}), [1, 2]],
    ['the rest', [first({ results: [answered(1)] })], last({ results: [answered(2, 'NEGATIVE')] }), []],
    ['only a part of one', [first({ results: [answered(1)] })], last({ results: [answered(2, 'PARTLY')] }), [2]],
    ['opened again', [first({ results: [answered(1), answered(2)] })], last({ results: [answered(1, 'PARTLY')] }), [1]],
    [
      'settled, then earlier parts listed last',
      [bare({ kind: 'INTERIM', answerSeq: 2, results: [answered(1)] }), first({ results: [answered(1, 'PARTLY')] })],
      last({ results: [answered(2)] }),
      [],
    ],
    ['refused in part before', [partialRefusal([2])], last({ results: [answered(1)] }), []],
    ['everything refused', [], aRefusalBody(), []],
    ['nothing found', [], bare({ kind: 'NEGATIVE' }), []],
    ['postponed', [], bare({ kind: 'POSTPONEMENT', refusal: { ground: 'R08', scope: 'ALL' } }), [1, 2]],
    ['a question that is none', [], last({ results: [answered(1), answered(7, 'PARTLY')] }), [2]],
  ])('%s', (_, earlier, answer, open) => {
    expect(unansweredQuestions(request, earlier, answer)).toEqual(open);
  });

  it('finds results for questions that were not asked', () => {
    expect(unknownQuestions(request, anAnswerBody())).toEqual([]);
    expect(unknownQuestions(request, last({ results: [answered(7), answered(1)] }))).toEqual([7]);
    expect(unknownQuestions(request, partialRefusal([2, 9]))).toEqual([9]);
  });
});
