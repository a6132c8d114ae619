import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { CaseRefRequired, NotFound, RestrictionUnread } from '../common/errors.js';

/** How a reader comes to an object's text: to read it here, or to take it elsewhere. */
export type Opening = 'object.opened' | 'object.exported';

/** What a reader does with an object; its owner sees each. A hit is an object found by an identifier that its reader looked up. */
export type AccessEvent = Opening | 'object.hit' | 'nominal.viewed' | 'file.downloaded';

/**
 * Records what the caller does with these objects, in the caller's transaction: for the log, for their owners, and for the caller's own
 * agency. Answers with the rows that are still in sight; only these are recorded, and only these may be shown. Throws RestrictionUnread
 * where the provider's own condition on one of them has not been read, and CaseRefRequired for personal details of others without `caseRef`, the
 * caller's own number of the case for which they are wanted.
 */
export async function recordAccess<Row extends { seq: string }>(
  tx: EntityManager,
  event: AccessEvent,
  rows: readonly Row[],
  caseRef: string | null = null,
): Promise<Row[]> {
  if (rows.length === 0) return [];
  const statement = {
    name: 'record-access',
    text: 'SELECT cmd.record_access($1, $2, $3) AS seen',
    values: [event, rows.map(({ seq }) => seq), caseRef],
  };
  const [answer] = await command<{ seen: string[] }>(tx, statement, refusalOf);
  const seen = new Set(answer!.seen);
  return rows.filter(({ seq }) => seen.has(seq));
}

function refusalOf(fault: string, detail?: string): Error {
  if (fault === 'RESTRICTION') return new RestrictionUnread(detail);
  return fault === 'CASE_REF' ? new CaseRefRequired() : new NotFound();
}
