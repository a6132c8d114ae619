import { describe, expect, it } from '@jest/globals';
import en from '../common/messages/en.json' with { type: 'json' };
import { reasonAgainst } from './request-conflicts.js';
import {
  mayAct,
  permittedActs,
  REQUEST_ACTS,
  REQUEST_MOVES,
  REQUEST_STATES,
  type RequestAct,
  type RequestSide,
  type RequestState,
} from './request-states.js';

const ANSWERS = ['CLARIFICATION_REQUEST', 'INTERIM', 'FINAL', 'NEGATIVE', 'REFUSAL'] as const;

/** domain.md 3.2, written out once more by hand. */
const LEGAL: Record<RequestState, Record<RequestSide, RequestAct[]>> = {
  RECEIVED: { REQUESTED: ['ACKNOWLEDGEMENT', ...ANSWERS], REQUESTER: ['REVISION', 'WITHDRAWAL'] },
  ACCEPTED: { REQUESTED: [...ANSWERS], REQUESTER: ['REVISION', 'WITHDRAWAL'] },
  CLARIFICATION_NEEDED: { REQUESTED: ['INTERIM'], REQUESTER: ['REVISION', 'WITHDRAWAL'] },
  PARTIALLY_ANSWERED: { REQUESTED: [...ANSWERS], REQUESTER: ['REVISION', 'WITHDRAWAL'] },
  ANSWERED: { REQUESTED: [], REQUESTER: ['CLOSING'] },
  REFUSED: { REQUESTED: [], REQUESTER: ['CLOSING'] },
  WITHDRAWN: { REQUESTED: [], REQUESTER: [] },
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

  it('returns from a clarification to where the request stood', () => {
    const into = REQUEST_MOVES.filter(({ to }) => to === 'CLARIFICATION_NEEDED');
    expect(into.map(({ from, act, resume }) => [from, act, resume])).toEqual([
      ['RECEIVED', 'CLARIFICATION_REQUEST', 'RECEIVED'],
      ['ACCEPTED', 'CLARIFICATION_REQUEST', 'ACCEPTED'],
      ['CLARIFICATION_NEEDED', 'INTERIM', 'PARTIALLY_ANSWERED'],
      ['PARTIALLY_ANSWERED', 'CLARIFICATION_REQUEST', 'PARTIALLY_ANSWERED'],
    ]);
    expect(REQUEST_MOVES.filter(({ resume, to }) => resume !== null && to !== 'CLARIFICATION_NEEDED')).toEqual([]);
    expect(REQUEST_MOVES.filter(({ to }) => to === 'RESUMED').map(({ from }) => from)).toEqual([
      'CLARIFICATION_NEEDED',
    ]);
  });

  it('leads nowhere after a withdrawal or the last feedback, and everywhere else to an end', () => {
    const ends = REQUEST_STATES.filter((state) => REQUEST_MOVES.every(({ from }) => from !== state));
    expect(ends).toEqual(['WITHDRAWN', 'CLOSED']);
    const reachable = new Set(REQUEST_MOVES.map(({ to }) => to));
    expect(REQUEST_STATES.filter((state) => !reachable.has(state))).toEqual([]);
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
    ['CLOSED', 'ACKNOWLEDGEMENT', 'error.requestClosed'],
    ['REFUSED', 'FINAL', 'error.requestRefused'],
    ['ANSWERED', 'INTERIM', 'error.requestAnswered'],
    ['ACCEPTED', 'ACKNOWLEDGEMENT', 'error.requestAcknowledged'],
    ['CLARIFICATION_NEEDED', 'FINAL', 'error.requestAwaitsClarification'],
    ['RECEIVED', 'CLOSING', 'error.requestNotAnswered'],
    ['CLOSED', 'CLOSING', 'error.requestClosed'],
  ])('%s, %s', (state, act, key) => {
    expect(reasonAgainst(state, act)).toBe(key);
  });
});
