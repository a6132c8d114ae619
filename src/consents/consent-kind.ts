import type { EntityManager } from 'typeorm';
import { Conflict, Forbidden, type Problem } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';
import { readAddressees } from '../directory/readers.js';
import type { Incoming, ObjectKind } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { ConsentBody } from './body/consent-body.js';
import { type ConsentRow, moveConsent, openConsent, readConsentsOf, sideOf } from './consent-rows.js';
import { actOf, type ConsentState, permittedActs } from './consent-states.js';

/**
 * A consent asked for, given, refused or taken back. The question answers the object that it is about, and goes to its sender alone; what
 * the sender says goes back to who asked, and names the question, a revocation the grant. So no other reader of the object learns of it.
 */
export const CONSENT_KIND: ObjectKind<ConsentBody> = {
  kind: 'consent',
  body: ConsentBody,
  isHiddenByRecall: false,
  parts: {},
  headline: ({ urgency }) => ({ ref: null, title: null, urgency: urgency ?? null }),
  // Giving takes two persons; to ask, to refuse and to take back are no risk to what the provider keeps.
  tier: ({ act }) => (act === 'GRANT' ? 'T2' : 'T1'),
  terms: () => [],
  check: async (tx, incoming) => {
    const problems: Problem[] = incoming.supersedes
      ? [{ pointer: '/supersedes', rule: 'alone', key: 'problem.consentAlone' }]
      : [];
    const checked = incoming.body.act === 'ASK' ? await checkQuestion(tx, incoming) : await checkReply(tx, incoming);
    return [...problems, ...checked];
  },
  project: (tx, seq, { body }) => (body.act === 'ASK' ? openConsent(tx, seq) : moveConsent(tx, seq)),
};

async function checkQuestion(
  tx: EntityManager,
  { envelope, body, inReplyTo: target }: Incoming<ConsentBody>,
): Promise<Problem[]> {
  if (!target || target.kind === 'consent' || target.kind === 'recall' || target.from_agency === envelope.from) {
    return [{ pointer: '/inReplyTo', rule: 'target', key: 'problem.consentTarget' }];
  }
  if (target.recalled_by_seq !== null) throw new Conflict('error.recalled', { sub: 'RECALLED' });
  if (target.superseded_by_seq !== null) throw new Conflict('error.superseded', { sub: 'SUPERSEDED' });
  const problems = problemsOfAddressee(envelope.to, target);
  if (body.targetId !== target.id) problems.push(quotation('targetId'));
  if (body.targetDigest !== target.digest) problems.push(quotation('targetDigest'));
  return [...problems, ...(await problemsOfReader(tx, body, target))];
}

/** Whom the object is to be passed on to: somebody in the directory, and not the agency that sent it. */
async function problemsOfReader(tx: EntityManager, body: ConsentBody, target: ObjectRow): Promise<Problem[]> {
  if (!body.forAgency) return [];
  if (body.forAgency === target.from_agency) {
    return [{ pointer: '/body/forAgency', rule: 'other', key: 'problem.consentReader' }];
  }
  const [reader] = await readAddressees(tx, [body.forUnit ?? body.forAgency]);
  if (reader?.is_known && reader.successor === null) return [];
  const pointer = body.forUnit ? '/body/forUnit' : '/body/forAgency';
  return [{ pointer, rule: 'known', key: 'problem.addresseeClosed' }];
}

async function checkReply(tx: EntityManager, { envelope, body, inReplyTo }: Incoming<ConsentBody>): Promise<Problem[]> {
  const consent = inReplyTo?.kind === 'consent' ? (await readConsentsOf(tx, [inReplyTo.seq]))[0] : undefined;
  const named = body.act === 'REVOKE' ? consent?.answer_seq : consent?.ask_seq;
  if (!consent || named !== inReplyTo!.seq) {
    return [{ pointer: '/inReplyTo', rule: 'link', key: 'problem.consentLink' }];
  }
  const side = sideOf(consent, envelope.from);
  if (side !== 'PROVIDER') throw new Forbidden('error.consentNotYours');
  if (!permittedActs(consent.state, side).includes(actOf(body))) {
    throw new Conflict(REASONS[consent.state], { sub: 'CONSENT_STATE' });
  }
  const problems = problemsOfAddressee(envelope.to, { from_agency: consent.from_agency, from_unit: consent.ask_unit });
  if (body.expiresAt !== undefined && !(body.expiresAt > envelope.createdAt)) {
    problems.push({ pointer: '/body/expiresAt', rule: 'after', key: 'problem.after', params: { other: 'createdAt' } });
  }
  return [...problems, ...problemsOfScope(body, consent)];
}

/** An answer speaks of what was asked, no more and no less. */
function problemsOfScope(body: ConsentBody, consent: ConsentRow): Problem[] {
  const asked = {
    targetId: consent.object_id,
    targetDigest: consent.object_digest,
    for: consent.for_what,
    forAgency: consent.for_agency ?? undefined,
    forUnit: consent.for_unit ?? undefined,
  };
  const names = Object.keys(asked) as (keyof typeof asked)[];
  return names.filter((name) => body[name] !== asked[name]).map(quotation);
}

function quotation(name: string): Problem {
  return { pointer: `/body/${name}`, rule: 'quoted', key: 'problem.consentScope' };
}

function problemsOfAddressee(
  to: readonly string[],
  { from_agency, from_unit }: Pick<ObjectRow, 'from_agency' | 'from_unit'>,
): Problem[] {
  if (to.length === 1 && [from_agency, from_unit].includes(to[0]!)) return [];
  return [{ pointer: '/to', rule: 'otherSide', key: 'problem.consentSide' }];
}

/** Why an answer or a revocation comes at the wrong time, and what can be done instead. */
const REASONS: Record<ConsentState, MessageKey> = {
  ASKED: 'error.consentMovedOn',
  GRANTED: 'error.consentAnswered',
  GRANTED_WITH_CONDITIONS: 'error.consentAnswered',
  DENIED: 'error.consentDenied',
  REVOKED: 'error.consentRevoked',
  EXPIRED: 'error.consentExpired',
};
