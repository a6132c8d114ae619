import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { Conflict, type Problem } from '../common/errors.js';
import { NominalAttachments } from '../exchange/body/nominal-attachments.js';
import { NominalData } from '../exchange/body/nominal-data.js';
import { selectorsOf } from '../exchange/body/selectors.js';
import type { Incoming, ObjectKind } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { payloadOf } from '../exchange/payload.js';
import { canonicalize } from '../protocol/canonical.js';
import { RequestBody } from './body/request-body.js';
import { termsOfQuestions } from './body/standard-question.js';
import { problemsOfConfirmation } from './oral-rows.js';
import { checkMove } from './request-conflicts.js';
import { moveRequest, openRequest, readQuestions, readThread } from './request-threads.js';

const TITLE_LENGTH = 120;

/** A request for assistance, or its next version: a correction, or a clarification that was asked for. */
export const REQUEST_KIND: ObjectKind<RequestBody> = {
  kind: 'request',
  body: RequestBody,
  isHiddenByRecall: false,
  parts: { nominal: NominalData, nominalAttachments: NominalAttachments },
  headline: ({ ref, object, urgency }) => ({ ref, title: titleOf(object), urgency }),
  terms: (body) => [...selectorsOf('request', body), ...termsOfQuestions(body.questions)],
  check: async (tx, incoming) => {
    const problems = [...problemsOfLinks(incoming), ...problemsOfParties(incoming)];
    if (incoming.supersedes && problems.length === 0) await checkVersion(tx, incoming, incoming.supersedes);
    return [...problems, ...(await problemsOfConfirmation(tx, incoming))];
  },
  project: (tx, seq, { supersedes }) => (supersedes ? moveRequest(tx, seq) : openRequest(tx, seq)),
};

/** The agency that an addressee belongs to: TH-CUS for TH-CUS-LCB. */
export function agencyOf(addressee: string): string {
  return addressee.split('-').slice(0, 2).join('-');
}

function titleOf(text: string): string {
  const characters = Array.from(text.split('\n')[0]!);
  return characters.length <= TITLE_LENGTH ? characters.join('') : `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`;
}

function problemsOfLinks({ inReplyTo, supersedes, body }: Incoming<RequestBody>): Problem[] {
  const problems: Problem[] = [];
  if (inReplyTo !== null) {
    problems.push({ pointer: '/inReplyTo', rule: 'alone', key: 'problem.requestAlone' });
  }
  if (supersedes !== null && supersedes.kind !== 'request') {
    problems.push({ pointer: '/supersedes', rule: 'request', key: 'problem.replacesRequest' });
  } else if (supersedes !== null && supersedes.ref !== body.ref) {
    problems.push({ pointer: '/body/ref', rule: 'sameRef', key: 'problem.sameRef' });
  }
  return problems;
}

/** A request has one addressee. An answer from somebody in a community would bind nobody. */
export function problemsOfAddressee(to: readonly string[]): Problem[] {
  if (to.length === 1 && !to[0]!.startsWith('community:')) return [];
  return [{ pointer: '/to', rule: 'oneAddressee', key: 'problem.oneAddressee' }];
}

function problemsOfParties({ envelope, body }: Incoming<RequestBody>): Problem[] {
  const [to = ''] = envelope.to;
  const { agreement } = envelope.handling['legalBasis'] as { agreement: string };
  const rules: [boolean, Problem][] = [
    [
      body.requestedAuthority === agencyOf(to),
      { pointer: '/body/requestedAuthority', rule: 'addressee', key: 'problem.addresseeAgency' },
    ],
    [
      body.requesting.authority === envelope.from,
      { pointer: '/body/requesting/authority', rule: 'sender', key: 'problem.senderAgency' },
    ],
    [
      body.requesting.unit === envelope.unit,
      { pointer: '/body/requesting/unit', rule: 'sender', key: 'problem.senderUnit' },
    ],
    [
      body.legalBasis.agreement === agreement,
      { pointer: '/body/legalBasis/agreement', rule: 'sameAgreement', key: 'problem.sameAgreement' },
    ],
  ];
  const broken = rules.filter(([holds]) => !holds).map(([, problem]) => problem);
  return [...problemsOfAddressee(envelope.to), ...broken];
}

/** A new version comes while the matter is open, and leaves questions alone that have had an answer. */
async function checkVersion(tx: EntityManager, { body }: Incoming<RequestBody>, before: ObjectRow): Promise<void> {
  const thread = await readThread(tx, before.thread_seq);
  checkMove(thread, before, 'REVISION', 'REQUESTER'); // the exchange has checked that the version before is the sender's own

  const earlier = await readBody(tx, before.seq);
  const answered = (await readQuestions(tx, thread.root_seq)).filter(({ state }) => state !== 'OPEN');
  const changed = answered.some(({ no }) => asked(earlier, no) !== asked(body, no));
  if (changed)
    throw new Conflict('error.requestQuestionAnswered', { sub: 'QUESTION_ANSWERED', pointer: '/body/questions' });
}

/** A question as one text, to compare with. */
function asked({ questions }: RequestBody, no: number): string {
  return canonicalize(questions[no - 1] ?? null);
}

/** The body of a request of the caller's own, to compare with; nothing of it leaves. */
async function readBody(tx: EntityManager, seq: string): Promise<RequestBody> {
  const [row] = await prepared<{ text: string }>(
    tx,
    'request-text',
    'SELECT o.text FROM hub.object o WHERE o.seq = $1',
    [seq],
  );
  return payloadOf(row!.text).body as unknown as RequestBody;
}
