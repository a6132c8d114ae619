import type { EntityManager } from 'typeorm';
import { type Command, command } from '../access/command.js';
import { prepared } from '../access/prepared.js';
import { Conflict, Forbidden, NotFound } from '../common/errors.js';
import type { SignatureMember } from '../protocol/signing.js';
import type { DraftState } from './draft-states.js';
import type { Draft } from './draft.models.js';

export interface DraftRow {
  id: string;
  author: string;
  state: DraftState;
  object_id: string;
  kind: string;
  recipients: string[];
  digest: string;
  text: string | null;
  signature: SignatureMember | null;
  ref: string | null;
  title: string | null;
  urgency: string | null;
  note: string | null;
  decided_by: string | null;
  kept_at: Date;
  /** Microseconds too, for the page mark. */
  kept: string;
  handed_in_at: Date | null;
  ended_at: Date | null;
}

/** A part of a draft as it is sealed for its own agency. */
export interface DraftPartRow {
  name: string;
  iv: Buffer;
  ciphertext: Buffer;
  wrapped: Buffer;
}

const COLUMNS = `d.id, d.author, d.state, d.object_id, d.kind, d.recipients, d.digest, d.text, d.signature, d.ref, d.title, d.urgency, d.note,
  d.decided_by, d.kept_at, d.kept_at::text AS kept, d.handed_in_at, d.ended_at`;

/** Where a page of drafts begins: after this one. */
export type DraftMark = readonly [kept: string, id: string];

/** A draft in the caller's sight. */
export async function readDraft(tx: EntityManager, id: string): Promise<DraftRow | undefined> {
  return (await prepared<DraftRow>(tx, 'draft', `SELECT ${COLUMNS} FROM agency.draft d WHERE d.id = $1`, [id]))[0];
}

/** Drafts in the caller's sight, in this state or in any. */
export function readDrafts(
  tx: EntityManager,
  { unit, state, after, limit }: { unit: string; state: DraftState | null; after: DraftMark | null; limit: number },
): Promise<DraftRow[]> {
  const text = `SELECT ${COLUMNS} FROM agency.draft d WHERE d.unit_id = $1 AND ($2::text IS NULL OR d.state = $2)
    AND (d.kept_at, d.id) < ($3::timestamptz, $4::uuid) ORDER BY d.kept_at DESC, d.id DESC LIMIT $5`;
  const [kept, id] = after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  return prepared(tx, 'drafts', text, [unit, state, kept, id, limit]);
}

/** The parts of a draft that the caller is cleared for. */
export function readDraftParts(tx: EntityManager, id: string): Promise<DraftPartRow[]> {
  const text = 'SELECT p.name, p.iv, p.ciphertext, p.wrapped FROM agency.draft_part p WHERE p.draft_id = $1';
  return prepared(tx, 'draft-parts', text, [id]);
}

/** Runs a command on a draft. PostgreSQL decides under the caller's rights and a lock. */
export function draftCommand<Row>(tx: EntityManager, statement: Command): Promise<Row[]> {
  return command<Row>(tx, statement, refusalOf);
}

function refusalOf(fault: string): Error {
  switch (fault) {
    case 'LINK':
      return new NotFound();
    case 'DRAFT_STATE':
      return new Conflict('error.draftMovedOn', { sub: fault });
    case 'DRAFTS_FULL':
      return new Conflict('error.draftsFull', { sub: fault });
    case 'OWN_DRAFT':
      return new Forbidden('error.ownDraft', { sub: fault });
    case 'NOT_AUTHOR':
      return new Forbidden('error.notAuthor', { sub: fault });
    default:
      return new Forbidden();
  }
}

/** A draft as the API shows it. */
export function draftOf(row: DraftRow): Draft {
  return {
    row,
    id: row.id,
    state: row.state,
    object: row.object_id,
    kind: row.kind,
    to: row.recipients,
    ref: row.ref,
    title: row.title,
    urgency: row.urgency,
    author: row.author,
    text: row.text,
    digest: row.digest,
    note: row.note,
    decidedBy: row.decided_by,
    keptAt: row.kept_at,
    handedInAt: row.handed_in_at,
    endedAt: row.ended_at,
  };
}
