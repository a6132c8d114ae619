import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { prepared } from '../access/prepared.js';
import { Conflict, ConsentRequired, Forbidden, InvalidInput, NotFound, RestrictionUnread } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';
import { sharingRefusal } from '../exchange/approvals.js';
import type { ConsentUse } from './consent-codes.js';
import type { ConsentSide, ConsentState } from './consent-states.js';

/** A row of hub.consent: one question, and where it stands now. */
export interface ConsentRow {
  ask_seq: string;
  /** Id of the object that asked. */
  ask_id: string;
  ask_unit: string;
  object_seq: string;
  object_id: string;
  object_digest: string;
  from_agency: string;
  to_agency: string;
  for_what: ConsentUse;
  for_agency: string | null;
  for_unit: string | null;
  urgency: string;
  state: ConsentState;
  asked_at: Date;
  due_at: Date;
  answer_seq: string | null;
  /** Id of the object that answered. */
  answer_id: string | null;
  codes: string[];
  conditions: string | null;
  expires_at: Date | null;
  revoke_seq: string | null;
  passed_on_at: Date | null;
}

const COLUMNS = `c.ask_seq, q.id AS ask_id, q.from_unit AS ask_unit, c.object_seq, c.object_id, c.object_digest, c.from_agency, c.to_agency,
  c.for_what, c.for_agency, c.for_unit, c.urgency, cmd.consent_state(c.state, c.due_at, c.expires_at) AS state, c.asked_at, c.due_at,
  c.answer_seq, x.id AS answer_id, c.codes, c.conditions, c.expires_at, c.revoke_seq, c.passed_on_at`;
const FROM = 'FROM hub.consent c JOIN hub.object q ON q.seq = c.ask_seq LEFT JOIN hub.object x ON x.seq = c.answer_seq';

/** The consent to which each of these objects belongs, with the object's seq. */
export function readConsentsOf(tx: EntityManager, seqs: readonly string[]): Promise<(ConsentRow & { seq: string })[]> {
  return prepared(
    tx,
    'consents-of',
    `SELECT ${COLUMNS}, s.seq ${FROM} CROSS JOIN LATERAL unnest(ARRAY[c.ask_seq, c.answer_seq, c.revoke_seq]) s(seq)
     WHERE (c.ask_seq = ANY ($1::bigint[]) OR c.answer_seq = ANY ($1::bigint[]) OR c.revoke_seq = ANY ($1::bigint[]))
       AND s.seq = ANY ($1::bigint[])`,
    [seqs],
  );
}

/** The consent to which the object of this id belongs: the question, its answer, or a revocation. */
export async function readConsent(tx: EntityManager, id: string): Promise<ConsentRow | undefined> {
  const text = "SELECT o.seq FROM hub.object o WHERE o.id = $1 AND o.kind = 'consent' ORDER BY o.seq LIMIT 1";
  const [object] = await prepared<{ seq: string }>(tx, 'consent-object', text, [id]);
  return object && (await readConsentsOf(tx, [object.seq]))[0];
}

const MOST = 100;

/** The newest consents about one object, for the side on which the caller's agency stands; what policies demand anyway leads to an index. */
export function readConsentsAbout(tx: EntityManager, objectSeq: string, side: ConsentSide): Promise<ConsentRow[]> {
  const own = side === 'ASKER' ? 'AND c.from_agency = cmd.my_agency()' : '';
  return prepared(
    tx,
    `consents-about-${side}`,
    `SELECT ${COLUMNS} ${FROM} WHERE c.object_seq = $1 ${own} ORDER BY c.ask_seq DESC LIMIT ${MOST}`,
    [objectSeq],
  );
}

/** A row of hub.onward: that an object was passed on. */
export interface OnwardRow {
  to_party: string;
  by_agency: string;
  at: Date;
  until: Date | null;
  codes: string[];
  conditions: string | null;
}

/** To whom an object was passed on, as far as the caller is concerned by it; the newest first. */
export function readOnward(tx: EntityManager, objectSeq: string): Promise<OnwardRow[]> {
  return prepared(
    tx,
    'onward',
    `SELECT w.to_party, w.by_agency, w.at, w.until, w.codes, w.conditions FROM hub.onward w
     WHERE w.object_seq = $1 ORDER BY w.consent_seq DESC LIMIT ${MOST}`,
    [objectSeq],
  );
}

/** The side on which an agency stands; row-level security shows a consent to no third. */
export function sideOf({ from_agency }: Pick<ConsentRow, 'from_agency'>, agencyId: string): ConsentSide {
  return from_agency === agencyId ? 'ASKER' : 'PROVIDER';
}

/** Begins the consent that an object asks for, in the transaction that accepts it. */
export async function openConsent(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'open-consent', text: 'SELECT cmd.open_consent($1)', values: [seq] }, refusalOf);
}

/** Lets an answer or a revocation take its effect; PostgreSQL decides, under a lock, whether it still may. */
export async function moveConsent(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'move-consent', text: 'SELECT cmd.move_consent($1)', values: [seq] }, refusalOf);
}

/** Passes an object on. PostgreSQL finds the consent, or throws ConsentRequired. */
export async function shareOnward(
  tx: EntityManager,
  { object, consent, to, keys }: { object: string; consent: string | null; to: string; keys: object },
): Promise<void> {
  const values = [object, consent, to, JSON.stringify(keys)];
  await command(tx, { name: 'share-onward', text: 'SELECT cmd.share_onward($1, $2, $3, $4)', values }, refusalOf);
}

/** What the commands refused, in the API's words. */
function refusalOf(fault: string, detail?: string): Error {
  switch (fault) {
    case 'LINK':
      return new NotFound();
    case 'CONSENT_REQUIRED':
      return new ConsentRequired();
    case 'CEILING':
      return sharingRefusal('CLASSIFICATION');
    case 'RESTRICTION':
      return new RestrictionUnread(detail);
    case 'ADDRESSEE':
      return new InvalidInput([{ pointer: '/to', rule: fault, key: 'problem.addresseeClosed' }]);
    case 'FORBIDDEN':
      return new Forbidden();
    default:
      return new Conflict(CONFLICTS[fault] ?? 'error.consentMovedOn', { sub: fault });
  }
}

const CONFLICTS: Record<string, MessageKey> = {
  RECALLED: 'error.recalled',
  SUPERSEDED: 'error.superseded',
  AGREEMENT: 'error.agreementEnded',
};
