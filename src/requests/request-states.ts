/**
 * How a request for assistance moves (domain.md 3.2): one object, two sides. The table is data. Checks before signing, the acts that the
 * console offers, docs/state-machines.md, and PostgreSQL (cmd.request_transition, filled from here by a migration) all read the same rows.
 * A change of the table needs a migration that fills it anew; a test compares the two.
 */
export const REQUEST_STATES = [
  'RECEIVED',
  'ACCEPTED',
  'CLARIFICATION_NEEDED',
  'AWAITING_AUTHORISATION',
  'PARTIALLY_ANSWERED',
  'POSTPONED',
  'CONSULTATION',
  'TRANSFERRED',
  'ANSWERED',
  'REFUSED',
  'WITHDRAWN',
  'LAPSED',
  'CLOSED',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/**
 * What one object of a thread does (`actOf`). REQUEST opens the thread; most kinds of an answer have the same names here. LAPSE alone is no
 * object: it is what the hub does when the time for a clarification is over.
 */
export const REQUEST_ACTS = [
  'REQUEST',
  'ACKNOWLEDGEMENT',
  'CLARIFICATION_REQUEST',
  'TRANSFER_NOTICE',
  'DELAY_NOTICE',
  'AUTHORISATION_NOTICE',
  'INTERIM',
  'FINAL',
  'NEGATIVE',
  'PARTIAL_REFUSAL',
  'REFUSAL',
  'PARTIAL_POSTPONEMENT',
  'POSTPONEMENT',
  'REVISION',
  'WITHDRAWAL',
  'LAPSE',
  'PROGRESS_REPORT',
  'CLOSING',
] as const;
export type RequestAct = (typeof REQUEST_ACTS)[number];

/** The administration that asks, or the one that is asked. */
export type RequestSide = 'REQUESTER' | 'REQUESTED';

export interface RequestMove {
  from: RequestState;
  act: RequestAct;
  /** CLOCK: the hub itself, when the time is over. */
  by: RequestSide | 'CLOCK';
  /** RESUMED: the state to which the request returns from waiting. */
  to: RequestState | 'RESUMED';
  /** With a state that waits: where the request returns to. KEPT: where it would have returned before. */
  resume: RequestState | 'KEPT' | null;
}

/** States that end by the request returning to where it stood. */
export const WAITING: readonly RequestState[] = [
  'CLARIFICATION_NEEDED',
  'AWAITING_AUTHORISATION',
  'POSTPONED',
  'CONSULTATION',
];

function asked(
  from: RequestState,
  act: RequestAct,
  to: RequestMove['to'],
  resume: RequestMove['resume'] = null,
): RequestMove {
  return { from, act, by: 'REQUESTED', to, resume };
}

function asking(
  from: RequestState,
  act: RequestAct,
  to: RequestMove['to'],
  resume: RequestMove['resume'] = null,
): RequestMove {
  return { from, act, by: 'REQUESTER', to, resume };
}

/** What ends the work of the requested side. */
function ends(from: RequestState): RequestMove[] {
  return [asked(from, 'FINAL', 'ANSWERED'), asked(from, 'NEGATIVE', 'ANSWERED'), asked(from, 'REFUSAL', 'REFUSED')];
}

/** What can be done while the requested side is at work, or has not begun. */
function working(from: 'RECEIVED' | 'ACCEPTED' | 'PARTIALLY_ANSWERED'): RequestMove[] {
  // Whoever waits for a court or for the end of an investigation has accepted the request.
  const accepted = from === 'RECEIVED' ? 'ACCEPTED' : from;
  return [
    asked(from, 'CLARIFICATION_REQUEST', 'CLARIFICATION_NEEDED', from),
    asked(from, 'DELAY_NOTICE', from),
    asked(from, 'AUTHORISATION_NOTICE', 'AWAITING_AUTHORISATION', accepted),
    asked(from, 'INTERIM', 'PARTIALLY_ANSWERED'),
    asked(from, 'PARTIAL_REFUSAL', 'PARTIALLY_ANSWERED'),
    asked(from, 'PARTIAL_POSTPONEMENT', 'PARTIALLY_ANSWERED'),
    asked(from, 'POSTPONEMENT', 'POSTPONED', accepted),
    ...ends(from),
    asking(from, 'REVISION', from),
    asking(from, 'WITHDRAWAL', 'WITHDRAWN'),
  ];
}

export const REQUEST_MOVES: readonly RequestMove[] = [
  asked('RECEIVED', 'ACKNOWLEDGEMENT', 'ACCEPTED'),
  asked('RECEIVED', 'TRANSFER_NOTICE', 'TRANSFERRED'),
  ...working('RECEIVED'),

  asked('ACCEPTED', 'TRANSFER_NOTICE', 'TRANSFERRED'),
  ...working('ACCEPTED'),

  ...working('PARTIALLY_ANSWERED'),

  // Asking for clarification does not stop interim measures (Naples II, Article 9).
  asked('CLARIFICATION_NEEDED', 'INTERIM', 'CLARIFICATION_NEEDED', 'PARTIALLY_ANSWERED'),
  asking('CLARIFICATION_NEEDED', 'REVISION', 'RESUMED'),
  asking('CLARIFICATION_NEEDED', 'WITHDRAWAL', 'WITHDRAWN'),
  { from: 'CLARIFICATION_NEEDED', act: 'LAPSE', by: 'CLOCK', to: 'LAPSED', resume: null },

  // Neither does waiting for a court. An acknowledgement tells that the work goes on.
  asked('AWAITING_AUTHORISATION', 'ACKNOWLEDGEMENT', 'RESUMED'),
  asked('AWAITING_AUTHORISATION', 'DELAY_NOTICE', 'AWAITING_AUTHORISATION', 'KEPT'),
  asked('AWAITING_AUTHORISATION', 'AUTHORISATION_NOTICE', 'AWAITING_AUTHORISATION', 'KEPT'),
  asked('AWAITING_AUTHORISATION', 'INTERIM', 'AWAITING_AUTHORISATION', 'PARTIALLY_ANSWERED'),
  asked('AWAITING_AUTHORISATION', 'PARTIAL_REFUSAL', 'AWAITING_AUTHORISATION', 'PARTIALLY_ANSWERED'),
  ...ends('AWAITING_AUTHORISATION'),
  asking('AWAITING_AUTHORISATION', 'REVISION', 'AWAITING_AUTHORISATION', 'KEPT'),
  asking('AWAITING_AUTHORISATION', 'WITHDRAWAL', 'WITHDRAWN'),

  // The requesting side consults by offering a new version: less, or later (Naples II, Article 28).
  asked('POSTPONED', 'ACKNOWLEDGEMENT', 'RESUMED'),
  asked('POSTPONED', 'DELAY_NOTICE', 'POSTPONED', 'KEPT'),
  asked('POSTPONED', 'INTERIM', 'PARTIALLY_ANSWERED'),
  ...ends('POSTPONED'),
  asking('POSTPONED', 'REVISION', 'CONSULTATION', 'KEPT'),
  asking('POSTPONED', 'WITHDRAWAL', 'WITHDRAWN'),

  asked('CONSULTATION', 'ACKNOWLEDGEMENT', 'RESUMED'),
  asked('CONSULTATION', 'DELAY_NOTICE', 'CONSULTATION', 'KEPT'),
  asked('CONSULTATION', 'INTERIM', 'PARTIALLY_ANSWERED'),
  asked('CONSULTATION', 'POSTPONEMENT', 'POSTPONED', 'KEPT'),
  ...ends('CONSULTATION'),
  asking('CONSULTATION', 'REVISION', 'CONSULTATION', 'KEPT'),
  asking('CONSULTATION', 'WITHDRAWAL', 'WITHDRAWN'),

  asking('TRANSFERRED', 'CLOSING', 'CLOSED'),
  // The matter goes on at the requesting side; the last report is still owed.
  asking('ANSWERED', 'PROGRESS_REPORT', 'ANSWERED'),
  asking('ANSWERED', 'CLOSING', 'CLOSED'),
  asking('REFUSED', 'CLOSING', 'CLOSED'),
];

/** As much of an answer as says what it does. */
export interface ActingAnswer {
  kind: string;
  authorisation?: { status: string };
  refusal?: { scope: string };
}

/**
 * What an answer does. A notice of delay that names an authorisation which is still to come makes the request wait for it; a postponement
 * of some questions does not postpone the others. The same in SQL: cmd.answer_act.
 */
export function actOf({ kind, authorisation, refusal }: ActingAnswer): RequestAct {
  if (kind === 'DELAY_NOTICE' && (authorisation?.status === 'NEEDED' || authorisation?.status === 'ASKED'))
    return 'AUTHORISATION_NOTICE';
  if (kind === 'POSTPONEMENT' && refusal?.scope === 'QUESTIONS') return 'PARTIAL_POSTPONEMENT';
  return kind as RequestAct;
}

/** Whether this side may do this while the request stands so. */
export function mayAct(state: RequestState, act: RequestAct, side: RequestSide): boolean {
  return REQUEST_MOVES.some((move) => move.from === state && move.act === act && move.by === side);
}

/** Everything that this side may do while the request stands so. */
export function permittedActs(state: RequestState, side: RequestSide): RequestAct[] {
  return REQUEST_ACTS.filter((act) => mayAct(state, act, side));
}
