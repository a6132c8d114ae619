import type { DeadlineName, DutyKind } from '../duties/deadlines.js';
import { type DutyEffect, type DutyRule, ruleOf } from '../duties/duty-rule.js';
import { REQUEST_ACTS, type RequestAct } from './request-states.js';

/** Acts by which the requested side shows that it has taken the request up. */
const TAKING_UP: readonly RequestAct[] = REQUEST_ACTS.filter(
  (act) => !['REQUEST', 'REVISION', 'WITHDRAWAL', 'LAPSE', 'PROGRESS_REPORT', 'CLOSING'].includes(act),
);

function rules(duty: DutyKind, effect: DutyEffect, ...acts: RequestAct[]): DutyRule[] {
  return acts.map((act) => ruleOf('REQUEST', act, duty, effect));
}

function begins(duty: DutyKind, owes: DutyRule['owes'], deadline: DeadlineName, ...acts: RequestAct[]): DutyRule[] {
  return rules(duty, 'OPEN', ...acts).map((rule) => ({ ...rule, owes, deadline, from: 'RECEIPT' }));
}

/**
 * The clocks of a request (domain.md 3.3): they start on receipt, stand still only while the requester owes a clarification, and go on
 * while the requested side waits for its own people; a court's authorisation and a postponement name a time of their own. A request that
 * is not made clear in its time lapses (cmd.lapse_requests), which ends whatever is owed.
 */
export const REQUEST_DUTY_RULES: readonly DutyRule[] = [
  ...begins('ACKNOWLEDGE', 'ADDRESSEE', 'ACKNOWLEDGE', 'REQUEST'),
  ...rules('ACKNOWLEDGE', 'RAISE', 'REVISION').map((rule) => ({ ...rule, deadline: 'ACKNOWLEDGE' as const })),
  ...rules('ACKNOWLEDGE', 'SETTLE', ...TAKING_UP),
  ...begins('ANSWER', 'ADDRESSEE', 'ANSWER', 'REQUEST'),
  ...rules('ANSWER', 'PAUSE', 'CLARIFICATION_REQUEST'),
  ...rules('ANSWER', 'RESUME', 'REVISION'),
  ...rules('ANSWER', 'RAISE', 'REVISION').map((rule) => ({ ...rule, deadline: 'ANSWER' as const })),
  ...rules('ANSWER', 'DEFER', 'AUTHORISATION_NOTICE', 'POSTPONEMENT'),
  ...rules('ANSWER', 'SETTLE', 'FINAL', 'NEGATIVE', 'REFUSAL', 'TRANSFER_NOTICE'),
  // However short a time the requested side names: a request does not lapse before the deadline of the agreement.
  ...begins('CLARIFY', 'SENDER', 'CLARIFY', 'CLARIFICATION_REQUEST').map((rule) => ({
    ...rule,
    effect: 'REOPEN' as const,
    from: 'RECEIPT_OR_NAMED' as const,
  })),
  ...rules('CLARIFY', 'SETTLE', 'REVISION'),
  ...begins('REPORT', 'SENDER', 'REPORT_ON_ANSWER', 'FINAL', 'NEGATIVE'),
  ...rules('REPORT', 'RENEW', 'PROGRESS_REPORT').map((rule) => ({ ...rule, deadline: 'NEXT_REPORT' as const })),
  ...rules('REPORT', 'SETTLE', 'CLOSING'),
  ...(['ACKNOWLEDGE', 'ANSWER', 'CLARIFY', 'REPORT'] as const).flatMap((duty) => rules(duty, 'VOID', 'WITHDRAWAL')),
];
