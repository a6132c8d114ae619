import { Forbidden, type Problem } from '../common/errors.js';
import { selectorsOf } from '../exchange/body/selectors.js';
import type { Incoming, ObjectKind } from '../exchange/object-kind.js';
import { FeedbackBody } from './body/feedback-body.js';
import { checkMove } from './request-conflicts.js';
import { moveRequest, readThread, sideOf } from './request-threads.js';

/** What came of a request: its last report, CLOSED, which closes it. Reports on alerts and before the last one are refused. */
export const FEEDBACK_KIND: ObjectKind<FeedbackBody> = {
  kind: 'feedback',
  body: FeedbackBody,
  isHiddenByRecall: false,
  parts: {},
  headline: () => ({ ref: null, title: null, urgency: null }),
  tier: ({ stage, disposition, notActionableReason }) =>
    stage === 'RECEIVED' || stage === 'TASKED' || isNil(disposition, notActionableReason) ? 'T0' : 'T1',
  terms: (body) => selectorsOf('feedback', body),
  check: async (tx, incoming) => {
    const { envelope, body, inReplyTo } = incoming;
    const problems = problemsOfLinks(incoming);
    if (inReplyTo?.kind !== 'request' || problems.length > 0) return problems;

    const thread = await readThread(tx, inReplyTo.thread_seq);
    const side = sideOf(thread, envelope.from);
    if (side !== 'REQUESTER') throw new Forbidden('error.requestNotYours');
    checkMove(thread, inReplyTo, 'CLOSING', side);
    const isSameTo = envelope.to.length === 1 && envelope.to[0] === inReplyTo.recipients[0];
    if (!isSameTo) problems.push({ pointer: '/to', rule: 'requested', key: 'problem.requested' });
    if (body.targetRef !== thread.ref) {
      problems.push({ pointer: '/body/targetRef', rule: 'sameRef', key: 'problem.requestRef' });
    }
    return problems;
  },
  project: (tx, seq) => moveRequest(tx, seq),
};

/** Nothing found, not arrived, too late: said in passing, or it is not said at all. */
function isNil(disposition: FeedbackBody['disposition'], reason: FeedbackBody['notActionableReason']): boolean {
  return disposition === 'CHECKED_NIL' || disposition === 'NOT_ARRIVED' || reason === 'TOO_LATE';
}

function problemsOfLinks({ inReplyTo, supersedes, body }: Incoming<FeedbackBody>): Problem[] {
  const problems: Problem[] = [];
  if (inReplyTo?.kind !== 'request') {
    problems.push({ pointer: '/inReplyTo', rule: 'notSupported', key: 'problem.feedbackTarget' });
  }
  if (body.stage !== 'CLOSED') {
    problems.push({ pointer: '/body/stage', rule: 'notSupported', key: 'problem.feedbackStage' });
  }
  if (supersedes !== null) {
    problems.push({ pointer: '/supersedes', rule: 'alone', key: 'problem.feedbackAlone' });
  }
  return problems;
}
