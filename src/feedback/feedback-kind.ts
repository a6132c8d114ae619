import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { AlertBody } from '../alerts/body/alert-body.js';
import type { Problem } from '../common/errors.js';
import { selectorsOf } from '../exchange/body/selectors.js';
import type { ObjectKind } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { payloadOf } from '../exchange/payload.js';
import type { Envelope } from '../protocol/envelope.js';
import { checkReport } from '../requests/request-report.js';
import { moveRequest } from '../requests/request-threads.js';
import { FeedbackBody } from './body/feedback-body.js';
import { takeFeedback } from './feedback-rows.js';

/** What came of an alert, from an addressee to its sender; or of an answer, from who asked to who was asked. */
export const FEEDBACK_KIND: ObjectKind<FeedbackBody> = {
  kind: 'feedback',
  body: FeedbackBody,
  isHiddenByRecall: false,
  parts: {},
  headline: () => ({ ref: null, title: null, urgency: null }),
  tier: ({ stage, disposition, notActionableReason }) =>
    stage === 'RECEIVED' || stage === 'TASKED' || isNil(disposition, notActionableReason) ? 'T0' : 'T1',
  terms: (body) => selectorsOf('feedback', body),
  check: async (tx, { envelope, body, inReplyTo, supersedes }) => {
    if (supersedes !== null) return [{ pointer: '/supersedes', rule: 'alone', key: 'problem.feedbackAlone' }];
    if (inReplyTo?.kind === 'alert' && inReplyTo.from_agency !== envelope.from) {
      return problemsOfAlert(tx, inReplyTo, envelope, body);
    }
    if (inReplyTo?.kind === 'request') {
      const isLast = body.stage === 'CLOSED';
      return checkReport(tx, inReplyTo, { envelope, targetRef: body.targetRef, isLast });
    }
    return [{ pointer: '/inReplyTo', rule: 'notSupported', key: 'problem.feedbackTarget' }];
  },
  project: (tx, seq, { inReplyTo }) => (inReplyTo?.kind === 'request' ? moveRequest(tx, seq) : takeFeedback(tx, seq)),
};

/** Nothing found, not arrived, too late: said in passing, or it is not said at all. */
function isNil(disposition: FeedbackBody['disposition'], reason: FeedbackBody['notActionableReason']): boolean {
  return disposition === 'CHECKED_NIL' || disposition === 'NOT_ARRIVED' || reason === 'TOO_LATE';
}

/** A report on an alert goes to who sent it and nobody else, quotes its reference, and speaks of its own indicators. */
async function problemsOfAlert(
  tx: EntityManager,
  alert: ObjectRow,
  envelope: Envelope,
  body: FeedbackBody,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const goesBack = envelope.to.length === 1 && [alert.from_agency, alert.from_unit].includes(envelope.to[0]!);
  if (!goesBack) problems.push({ pointer: '/to', rule: 'sender', key: 'problem.alertSender' });
  if (body.targetRef !== alert.ref) {
    problems.push({ pointer: '/body/targetRef', rule: 'sameRef', key: 'problem.alertRef' });
  }
  const known = await readIndicators(tx, alert.seq);
  for (const [index, { id }] of (body.indicatorOutcomes ?? []).entries()) {
    if (known.has(id)) continue;
    problems.push({ pointer: `/body/indicatorOutcomes/${index}/id`, rule: 'indicator', key: 'problem.indicator' });
  }
  return problems;
}

async function readIndicators(tx: EntityManager, seq: string): Promise<Set<string>> {
  const text = 'SELECT o.text FROM hub.object o WHERE o.seq = $1';
  const [row] = await prepared<{ text: string }>(tx, 'object-text', text, [seq]);
  const body = row && (payloadOf(row.text).body as unknown as AlertBody);
  return new Set(body?.indicators.map(({ id }) => id));
}
