import { DUTY_KINDS, type DutyKind } from '../duties/deadlines.js';
import { REQUEST_ACTS, type RequestAct } from './request-states.js';

/**
 * What an act does to a duty. OPEN begins its clock; SETTLE ends it; PAUSE stops it while the other side owes a clarification, and RESUME
 * lets it go on; DEFER sets the time that the act names instead of the one that ran; VOID ends it without anything being done.
 */
export type DutyEffect = 'OPEN' | 'SETTLE' | 'PAUSE' | 'RESUME' | 'DEFER' | 'VOID';

export interface DutyRule {
  act: RequestAct;
  duty: DutyKind;
  effect: DutyEffect;
}

/** Acts by which the requested side shows that it has taken the request up. */
const TAKING_UP: readonly RequestAct[] = REQUEST_ACTS.filter(
  (act) => !['REQUEST', 'REVISION', 'WITHDRAWAL', 'CLOSING'].includes(act),
);

function rule(duty: DutyKind, effect: DutyEffect, ...acts: RequestAct[]): DutyRule[] {
  return acts.map((act) => ({ act, duty, effect }));
}

/**
 * The clocks of a request (domain.md 3.3): they start on receipt, stand still only while the requester owes a clarification, and go on
 * while the requested side waits for its own people; a court's authorisation and a postponement name a time of their own.
 */
export const DUTY_RULES: readonly DutyRule[] = [
  ...rule('ACKNOWLEDGE', 'OPEN', 'REQUEST'),
  ...rule('ACKNOWLEDGE', 'SETTLE', ...TAKING_UP),
  ...rule('ANSWER', 'OPEN', 'REQUEST'),
  ...rule('ANSWER', 'PAUSE', 'CLARIFICATION_REQUEST'),
  ...rule('ANSWER', 'RESUME', 'REVISION'),
  ...rule('ANSWER', 'DEFER', 'AUTHORISATION_NOTICE', 'POSTPONEMENT'),
  ...rule('ANSWER', 'SETTLE', 'FINAL', 'NEGATIVE', 'REFUSAL', 'TRANSFER_NOTICE'),
  ...rule('REPORT', 'OPEN', 'FINAL', 'NEGATIVE'),
  ...rule('REPORT', 'SETTLE', 'CLOSING'),
  ...DUTY_KINDS.flatMap((duty) => rule(duty, 'VOID', 'WITHDRAWAL')),
];
