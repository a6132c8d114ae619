import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { AccessEvent } from './record-access.js';

/** One act on an object. The title is there for the officer's own agency alone: row security hides other agencies' officers. */
export interface AccessRow {
  id: string;
  event: AccessEvent;
  agency_id: string;
  unit_id: string;
  officer: string | null;
  title_en: string | null;
  title_vi: string | null;
  purpose: string;
  /** For which of its cases; there for the reader's own agency alone. */
  case_ref: string | null;
  at: Date;
}

export interface AccessPageRequest {
  /** The caller's agency. */
  agencyId: string;
  objectSeq: string;
  /** Acts of agencies other than the object's owner, or of the caller's own. */
  by: 'OTHERS' | 'OWN';
  /** Acts with an id below this one; null begins at the newest. */
  before: string | null;
  /** How many rows to read. */
  limit: number;
}

/** What was done with an object, newest first. Of others' acts its owner sees all, and everybody else none. */
export function readAccessPage(tx: EntityManager, page: AccessPageRequest): Promise<AccessRow[]> {
  const { name, text, values } = accessPageStatement(page);
  return prepared<AccessRow>(tx, name, text, values);
}

/** Each condition leads an index of its own, so that a page costs the same however often, and by whom, the object was opened. */
const CONDITIONS: Record<AccessPageRequest['by'], string> = {
  OTHERS: 'a.owner_agency = $1 AND a.agency_id <> a.owner_agency',
  OWN: 'a.agency_id = $1',
};

const END_OF_TIME = '9223372036854775807';

/** The statement behind `readAccessPage`. */
export function accessPageStatement({ agencyId, objectSeq, by, before, limit }: AccessPageRequest): {
  name: string;
  text: string;
  values: unknown[];
} {
  return {
    name: `access-page-${by.toLowerCase()}`,
    text: `SELECT a.id, a.event, a.agency_id, a.unit_id, a.officer, f.title_en, f.title_vi, a.purpose, c.case_ref, a.at FROM (
       SELECT * FROM audit.access a WHERE ${CONDITIONS[by]} AND a.object_seq = $2 AND a.id < $3 ORDER BY a.id DESC LIMIT $4) a
     LEFT JOIN agency.case_use c ON c.access_id = a.id
     LEFT JOIN agency.officer f ON f.agency_id = a.agency_id AND f.pseudonym = a.officer
     ORDER BY a.id DESC`,
    values: [agencyId, objectSeq, before ?? END_OF_TIME, limit],
  };
}
