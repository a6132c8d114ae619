/**
 * How a request for assistance moves (domain.md 3.2): one object, two sides. The table is data. Checks before signing, the acts that the
 * console offers, and PostgreSQL (cmd.request_transition, filled from here by a migration) all read the same rows. A change of the table
 * needs a migration that fills it anew; a test compares the two.
 *
 * Deadlines, postponement, transfer and consent add rows later.
 */
export const REQUEST_STATES = [
  'RECEIVED',
  'ACCEPTED',
  'CLARIFICATION_NEEDED',
  'PARTIALLY_ANSWERED',
  'ANSWERED',
  'REFUSED',
  'WITHDRAWN',
  'CLOSED',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** What one object of a thread does. REQUEST opens the thread; the kinds of an answer have the same names here. */
export const REQUEST_ACTS = [
  'REQUEST',
  'ACKNOWLEDGEMENT',
  'CLARIFICATION_REQUEST',
  'INTERIM',
  'FINAL',
  'NEGATIVE',
  'REFUSAL',
  'REVISION',
  'WITHDRAWAL',
  'CLOSING',
] as const;
export type RequestAct = (typeof REQUEST_ACTS)[number];

/** The administration that asks, or the one that is asked. */
export type RequestSide = 'REQUESTER' | 'REQUESTED';

export interface RequestMove {
  from: RequestState;
  act: RequestAct;
  by: RequestSide;
  /** RESUMED: the state to which a given clarification returns. */
  to: RequestState | 'RESUMED';
  /** With CLARIFICATION_NEEDED: where a given clarification leads. */
  resume: RequestState | null;
}

function asked(from: RequestState, act: RequestAct, to: RequestState, resume: RequestState | null = null): RequestMove {
  return { from, act, by: 'REQUESTED', to, resume };
}

function asking(from: RequestState, act: RequestAct, to: RequestMove['to']): RequestMove {
  return { from, act, by: 'REQUESTER', to, resume: null };
}

export const REQUEST_MOVES: readonly RequestMove[] = [
  asked('RECEIVED', 'ACKNOWLEDGEMENT', 'ACCEPTED'),
  asked('RECEIVED', 'CLARIFICATION_REQUEST', 'CLARIFICATION_NEEDED', 'RECEIVED'),
  asked('RECEIVED', 'INTERIM', 'PARTIALLY_ANSWERED'),
  asked('RECEIVED', 'FINAL', 'ANSWERED'),
  asked('RECEIVED', 'NEGATIVE', 'ANSWERED'),
  asked('RECEIVED', 'REFUSAL', 'REFUSED'),
  asking('RECEIVED', 'REVISION', 'RECEIVED'),
  asking('RECEIVED', 'WITHDRAWAL', 'WITHDRAWN'),

  asked('ACCEPTED', 'CLARIFICATION_REQUEST', 'CLARIFICATION_NEEDED', 'ACCEPTED'),
  asked('ACCEPTED', 'INTERIM', 'PARTIALLY_ANSWERED'),
  asked('ACCEPTED', 'FINAL', 'ANSWERED'),
  asked('ACCEPTED', 'NEGATIVE', 'ANSWERED'),
  asked('ACCEPTED', 'REFUSAL', 'REFUSED'),
  asking('ACCEPTED', 'REVISION', 'ACCEPTED'),
  asking('ACCEPTED', 'WITHDRAWAL', 'WITHDRAWN'),

  // Asking for clarification does not stop interim measures (Naples II, Article 9).
  asked('CLARIFICATION_NEEDED', 'INTERIM', 'CLARIFICATION_NEEDED', 'PARTIALLY_ANSWERED'),
  asking('CLARIFICATION_NEEDED', 'REVISION', 'RESUMED'),
  asking('CLARIFICATION_NEEDED', 'WITHDRAWAL', 'WITHDRAWN'),

  asked('PARTIALLY_ANSWERED', 'CLARIFICATION_REQUEST', 'CLARIFICATION_NEEDED', 'PARTIALLY_ANSWERED'),
  asked('PARTIALLY_ANSWERED', 'INTERIM', 'PARTIALLY_ANSWERED'),
  asked('PARTIALLY_ANSWERED', 'FINAL', 'ANSWERED'),
  asked('PARTIALLY_ANSWERED', 'NEGATIVE', 'ANSWERED'),
  asked('PARTIALLY_ANSWERED', 'REFUSAL', 'REFUSED'),
  asking('PARTIALLY_ANSWERED', 'REVISION', 'PARTIALLY_ANSWERED'),
  asking('PARTIALLY_ANSWERED', 'WITHDRAWAL', 'WITHDRAWN'),

  asking('ANSWERED', 'CLOSING', 'CLOSED'),
  asking('REFUSED', 'CLOSING', 'CLOSED'),
];

/** Whether this side may do this while the request stands so. */
export function mayAct(state: RequestState, act: RequestAct, side: RequestSide): boolean {
  return REQUEST_MOVES.some((move) => move.from === state && move.act === act && move.by === side);
}

/** Everything that this side may do while the request stands so. */
export function permittedActs(state: RequestState, side: RequestSide): RequestAct[] {
  return REQUEST_ACTS.filter((act) => mayAct(state, act, side));
}
