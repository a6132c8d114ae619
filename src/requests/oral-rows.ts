import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { prepared } from '../access/prepared.js';
import { Conflict, InvalidInput, NotFound, type Problem } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';
import type { Incoming } from '../exchange/object-kind.js';
import type { RequestBody } from './body/request-body.js';
import type { OralState } from './oral-states.js';

/** A row of hub.oral_request: a request made by word of mouth, and where it stands. */
export interface OralRow {
  seq: string;
  /** Who was asked, and noted it. */
  from_agency: string;
  /** Who asked. */
  to_agency: string;
  state: OralState;
  due_at: Date;
  /** The first version of the request in writing. */
  request_seq: string | null;
  request_id: string | null;
}

const SELECT = `SELECT n.seq, n.from_agency, n.to_agency, n.state, d.due_at, n.request_seq, q.id AS request_id
  FROM hub.object o JOIN hub.oral_request n ON n.seq = o.seq JOIN hub.duty d ON d.thread_seq = n.seq AND d.kind = 'CONFIRM'
    LEFT JOIN hub.object q ON q.seq = n.request_seq`;

/** The note of this id, if the caller sees it; the earliest if two agencies chose the same id. */
export async function readOral(tx: EntityManager, id: string): Promise<OralRow | undefined> {
  return (await prepared<OralRow>(tx, 'oral', `${SELECT} WHERE o.id = $1 ORDER BY n.seq LIMIT 1`, [id]))[0];
}

export const NOTED = '/body/oralRequest/noted';
const NO_LINK: Problem = { pointer: NOTED, rule: 'link', key: 'problem.oralLink' };

/**
 * Whether a request in writing may confirm the note that it names: one between the same two sides that still waits, or that an earlier
 * version of this request has confirmed. A note of others is answered like one that is not there.
 */
export async function problemsOfConfirmation(
  tx: EntityManager,
  { envelope, body, supersedes }: Incoming<RequestBody>,
): Promise<Problem[]> {
  const id = body.oralRequest?.noted;
  if (id === undefined) return [];
  const text = `${SELECT} WHERE o.id = $1 AND n.from_agency = $2 AND n.to_agency = $3`;
  const [note] = await prepared<OralRow>(tx, 'oral-between', text, [id, body.requestedAuthority, envelope.from]);
  if (!note) return [NO_LINK];
  if (note.state === 'ORAL_RECEIVED' || (supersedes && note.request_seq === supersedes.thread_seq)) return [];
  throw new Conflict(REASONS[note.state], { sub: 'ORAL_STATE', pointer: NOTED });
}

/** Why a note cannot be confirmed, and what can be done instead. */
const REASONS: Record<Exclude<OralState, 'ORAL_RECEIVED'>, MessageKey> = {
  CONFIRMED: 'error.oralConfirmed',
  LAPSED: 'error.oralLapsed',
  WITHDRAWN: 'error.oralWithdrawn',
};

/** Begins the time to confirm a note, in the transaction that accepts it. */
export async function noteOral(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'note-oral', text: 'SELECT cmd.note_oral($1)', values: [seq] }, (fault) =>
    fault === 'ADDRESSEE'
      ? new InvalidInput([{ pointer: '/to', rule: fault, key: 'problem.addresseeClosed' }])
      : new NotFound(),
  );
}

/** What PostgreSQL refuses of a confirmation after the checks have passed; undefined for any other fault. */
export function confirmationRefusal(fault: string): Error | undefined {
  if (fault === 'ORAL_LINK') return new InvalidInput([NO_LINK]);
  return fault === 'ORAL_STATE' ? new Conflict('error.oralMovedOn', { sub: fault, pointer: NOTED }) : undefined;
}
