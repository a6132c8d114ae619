import { describe, expect, it } from '@jest/globals';
import en from '../common/messages/en.json' with { type: 'json' };
import { reasonAgainst } from './request-conflicts.js';
import {
  type ActingAnswer,
  actOf,
  mayAct,
  permittedActs,
  REQUEST_ACTS,
  REQUEST_MOVES,
  REQUEST_STATES,
  type RequestAct,
  type RequestSide,
  type RequestState,
  WAITING,
} from './request-states.js';

const ANSWERS = [
  'CLARIFICATION_REQUEST',
  'DELAY_NOTICE',
  'AUTHORISATION_NOTICE',
  'INTERIM',
  'FINAL',
  'NEGATIVE',
  'PARTIAL_REFUSAL',
  'REFUSAL',
  'PARTIAL_POSTPONEMENT',
  'POSTPONEMENT',
] as const;
const [ASKING_BACK, ...OTHERS] = ANSWERS;
const CHANGES = ['REVISION', 'WITHDRAWAL'] as const;

/** domain.md 3.2, written out once more by hand. */
const LEGAL: Record<RequestState, Record<RequestSide, RequestAct[]>> = {
  RECEIVED: {
    REQUESTED: ['ACKNOWLEDGEMENT', ASKING_BACK, 'TRANSFER_NOTICE', ...OTHERS],
    REQUESTER: [...CHANGES],
  },
  ACCEPTED: { REQUESTED: [ASKING_BACK, 'TRANSFER_NOTICE', ...OTHERS], REQUESTER: [...CHANGES] },
  CLARIFICATION_NEEDED: { REQUESTED: ['INTERIM'], REQUESTER: [...CHANGES] },
  AWAITING_AUTHORISATION: {
    REQUESTED: [
      'ACKNOWLEDGEMENT', 'DELAY_NOTICE', 'AUTHORISATION_NOTICE', 'INTERIM', 'FINAL', 'NEGATIVE', 'PARTIAL_REFUSAL', 'REFUSAL',
    ], // prettier-ignore
    REQUESTER: [...CHANGES],
  },
  PARTIALLY_ANSWERED: { REQUESTED: [...ANSWERS], REQUESTER: [...CHANGES] },
  POSTPONED: {
    REQUESTED: ['ACKNOWLEDGEMENT', 'DELAY_NOTICE', 'INTERIM', 'FINAL', 'NEGATIVE', 'REFUSAL'],
    REQUESTER: [...CHANGES],
  },
  CONSULTATION: {
    REQUESTED: ['ACKNOWLEDGEMENT', 'DELAY_NOTICE', 'INTERIM', 'FINAL', 'NEGATIVE', 'REFUSAL', 'POSTPONEMENT'],
    REQUESTER: [...CHANGES],
  },
  TRANSFERRED: { REQUESTED: [], REQUESTER: ['CLOSING'] },
  ANSWERED: { REQUESTED: [], REQUESTER: ['PROGRESS_REPORT', 'CLOSING'] },
  REFUSED: { REQUESTED: [], REQUESTER: ['CLOSING'] },
  WITHDRAWN: { REQUESTED: [], REQUESTER: [] },
  LAPSED: { REQUESTED: [], REQUESTER: [] },
  CLOSED: { REQUESTED: [], REQUESTER: [] },
};

const everyMove = REQUEST_STATES.flatMap((state) =>
  (['REQUESTED', 'REQUESTER'] as const).flatMap((side) => REQUEST_ACTS.map((act) => [state, side, act] as const)),
);

describe('threats 5 the moves of a request', () => {
  it.each(everyMove)('%s: %s %s', (state, side, act) => {
    expect(mayAct(state, act, side)).toBe(LEGAL[state][side].includes(act));
  });

  it.each(REQUEST_STATES)('offers each side of a request that is %s what it may do', (state) => {
    expect(permittedActs(state, 'REQUESTED')).toEqual(LEGAL[state].REQUESTED);
    expect(permittedActs(state, 'REQUESTER')).toEqual(LEGAL[state].REQUESTER);
  });

  it('names each move once', () => {
    const names = REQUEST_MOVES.map(({ from, act, by }) => `${from} ${act} ${by}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('returns from waiting to where the request stood, and remembers that while it waits', () => {
    const into = REQUEST_MOVES.filter(
      ({ from, to }) => !WAITING.includes(from) && WAITING.includes(to as RequestState),
    );
    expect(into.map(({ from, to, resume }) => [to, from, resume])).toEqual([
      ['CLARIFICATION_NEEDED', 'RECEIVED', 'RECEIVED'],
      ['AWAITING_AUTHORISATION', 'RECEIVED', 'ACCEPTED'],
      ['POSTPONED', 'RECEIVED', 'ACCEPTED'],
      ['CLARIFICATION_NEEDED', 'ACCEPTED', 'ACCEPTED'],
      ['AWAITING_AUTHORISATION', 'ACCEPTED', 'ACCEPTED'],
      ['POSTPONED', 'ACCEPTED', 'ACCEPTED'],
      ['CLARIFICATION_NEEDED', 'PARTIALLY_ANSWERED', 'PARTIALLY_ANSWERED'],
      ['AWAITING_AUTHORISATION', 'PARTIALLY_ANSWERED', 'PARTIALLY_ANSWERED'],
      ['POSTPONED', 'PARTIALLY_ANSWERED', 'PARTIALLY_ANSWERED'],
    ]);
    for (const { from, act, to, resume } of REQUEST_MOVES) {
      const waits = WAITING.includes(to as RequestState);
      expect([from, act, resume !== null]).toEqual([from, act, waits]);
      if (resume === 'KEPT' || to === 'RESUMED') expect([from, act, WAITING.includes(from)]).toEqual([from, act, true]);
    }
    // What was given while it waited is not forgotten when it goes on.
    const given = REQUEST_MOVES.filter(
      ({ to, resume }) => WAITING.includes(to as RequestState) && resume === 'PARTIALLY_ANSWERED',
    );
    expect(given.filter(({ from }) => WAITING.includes(from)).map(({ from, act }) => `${from} ${act}`)).toEqual([
      'CLARIFICATION_NEEDED INTERIM',
      'AWAITING_AUTHORISATION INTERIM',
      'AWAITING_AUTHORISATION PARTIAL_REFUSAL',
    ]);
  });

  it('leads nowhere after a withdrawal, a lapse or the last feedback, and everywhere else to an end', () => {
    const ends = REQUEST_STATES.filter((state) => REQUEST_MOVES.every(({ from }) => from !== state));
    expect(ends).toEqual(['WITHDRAWN', 'LAPSED', 'CLOSED']);
    const reachable = new Set(REQUEST_MOVES.map(({ to }) => to));
    expect(REQUEST_STATES.filter((state) => !reachable.has(state))).toEqual([]);
  });
});

describe('what an answer does', () => {
  it.each<[ActingAnswer, RequestAct]>([
    [{ kind: 'FINAL', authorisation: { status: 'ASKED' } }, 'FINAL'],
    [{ kind: 'DELAY_NOTICE' }, 'DELAY_NOTICE'],
    [{ kind: 'DELAY_NOTICE', authorisation: { status: 'NEEDED' } }, 'AUTHORISATION_NOTICE'],
    [{ kind: 'DELAY_NOTICE', authorisation: { status: 'ASKED' } }, 'AUTHORISATION_NOTICE'],
    [{ kind: 'DELAY_NOTICE', authorisation: { status: 'GRANTED' } }, 'DELAY_NOTICE'],
    [{ kind: 'DELAY_NOTICE', authorisation: { status: 'DENIED' } }, 'DELAY_NOTICE'],
    [{ kind: 'POSTPONEMENT', refusal: { scope: 'ALL' } }, 'POSTPONEMENT'],
    [{ kind: 'POSTPONEMENT', refusal: { scope: 'QUESTIONS' } }, 'PARTIAL_POSTPONEMENT'],
    [{ kind: 'PARTIAL_REFUSAL', refusal: { scope: 'QUESTIONS' } }, 'PARTIAL_REFUSAL'],
  ])('%j: %s', (answer, act) => {
    expect(actOf(answer)).toBe(act);
  });
});

describe('the reason against a move at the wrong time', () => {
  it.each(everyMove.filter(([state, side, act]) => !mayAct(state, act, side)))(
    '%s: %s %s has a sentence',
    (state, _, act) => {
      expect(en[reasonAgainst(state, act)]).toMatch(/\.$/);
    },
  );

  it.each<[RequestState, RequestAct, string]>([
    ['WITHDRAWN', 'FINAL', 'error.requestWithdrawn'],
    ['LAPSED', 'REVISION', 'error.requestLapsed'],
    ['LAPSED', 'CLOSING', 'error.requestLapsed'],
    ['CLOSED', 'ACKNOWLEDGEMENT', 'error.requestClosed'],
    ['REFUSED', 'FINAL', 'error.requestRefused'],
    ['ANSWERED', 'INTERIM', 'error.requestAnswered'],
    ['ACCEPTED', 'ACKNOWLEDGEMENT', 'error.requestAcknowledged'],
    ['CLARIFICATION_NEEDED', 'FINAL', 'error.requestAwaitsClarification'],
    ['AWAITING_AUTHORISATION', 'POSTPONEMENT', 'error.requestAwaitsAuthorisation'],
    ['POSTPONED', 'CLARIFICATION_REQUEST', 'error.requestPostponed'],
    ['CONSULTATION', 'TRANSFER_NOTICE', 'error.requestPostponed'],
    ['TRANSFERRED', 'FINAL', 'error.requestTransferred'],
    ['POSTPONED', 'CLOSING', 'error.requestNotAnswered'],
    ['RECEIVED', 'CLOSING', 'error.requestNotAnswered'],
    ['CLOSED', 'CLOSING', 'error.requestClosed'],
  ])('%s, %s', (state, act, key) => {
    expect(reasonAgainst(state, act)).toBe(key);
  });
});
