import { Conflict } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { mayAct, type RequestAct, type RequestSide, type RequestState } from './request-states.js';
import type { ThreadRow } from './request-threads.js';

/** Throws unless this side may do this now, and to the newest version: `target` is the version that the act names. */
export function checkMove(thread: ThreadRow, target: ObjectRow, act: RequestAct, side: RequestSide): void {
  if (!mayAct(thread.state, act, side)) throw new Conflict(reasonAgainst(thread.state, act), { sub: 'REQUEST_STATE' });
  if (thread.current_seq !== target.seq) throw new Conflict('error.superseded', { sub: 'SUPERSEDED' });
}

/** Why an act comes at the wrong time, and what can be done instead. */
export function reasonAgainst(state: RequestState, act: RequestAct): MessageKey {
  const isOver = state === 'WITHDRAWN' || state === 'LAPSED' || state === 'CLOSED';
  if ((act === 'CLOSING' || act === 'PROGRESS_REPORT') && !isOver) return 'error.requestNotAnswered';
  if (act === 'ACKNOWLEDGEMENT' && (state === 'ACCEPTED' || state === 'PARTIALLY_ANSWERED')) {
    return 'error.requestAcknowledged';
  }
  return REASONS[state];
}

const REASONS: Record<RequestState, MessageKey> = {
  RECEIVED: 'error.requestMovedOn',
  ACCEPTED: 'error.requestMovedOn',
  CLARIFICATION_NEEDED: 'error.requestAwaitsClarification',
  AWAITING_AUTHORISATION: 'error.requestAwaitsAuthorisation',
  PARTIALLY_ANSWERED: 'error.requestMovedOn',
  POSTPONED: 'error.requestPostponed',
  CONSULTATION: 'error.requestPostponed',
  TRANSFERRED: 'error.requestTransferred',
  ANSWERED: 'error.requestAnswered',
  REFUSED: 'error.requestRefused',
  WITHDRAWN: 'error.requestWithdrawn',
  LAPSED: 'error.requestLapsed',
  CLOSED: 'error.requestClosed',
};
