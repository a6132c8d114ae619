import type { Problem } from '../common/errors.js';
import type { Incoming, ObjectKind } from '../exchange/object-kind.js';
import { OralBody } from './body/oral-body.js';
import { noteOral } from './oral-rows.js';
import { problemsOfAddressee } from './request-kind.js';

/** The note of a request that came by word of mouth: from who was asked, to who asked. A wrong one is recalled. */
export const ORAL_KIND: ObjectKind<OralBody> = {
  kind: 'oral',
  body: OralBody,
  isHiddenByRecall: false,
  parts: {},
  headline: ({ ref, urgency }) => ({ ref, title: null, urgency }),
  terms: () => [],
  check: async (_tx, incoming) => problemsOf(incoming),
  project: (tx, seq) => noteOral(tx, seq),
};

function problemsOf({ envelope, body, inReplyTo, supersedes }: Incoming<OralBody>): Problem[] {
  const problems = problemsOfAddressee(envelope.to);
  if (inReplyTo) problems.push({ pointer: '/inReplyTo', rule: 'alone', key: 'problem.oralAlone' });
  if (supersedes) problems.push({ pointer: '/supersedes', rule: 'alone', key: 'problem.oralAlone' });
  if (body.at > envelope.createdAt) problems.push({ pointer: '/body/at', rule: 'past', key: 'problem.oralTime' });
  return problems;
}
