import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { LetterDirection } from './register-codes.js';
import type { Letter, LetterStep, MatterLetter, OutsidePartner } from './letter.models.js';

const LETTER = `l.seq, l.root_id AS "rootId", l.partner_id AS "partnerId", l.id, 'UNSIGNED' AS assurance, l.ref, l.national_ref AS "nationalRef",
  l.partner_ref AS "partnerRef", l.direction, l.medium, l.kind,
  CASE WHEN l.closed_at IS NOT NULL THEN 'CLOSED' WHEN l.kind <> 'REQUEST' THEN 'FILED' WHEN l.answered_at IS NULL THEN 'OPEN' ELSE 'ANSWERED' END AS state,
  l.dated::text AS dated, l.at, l.subject, l.summary, l.urgency,
  (SELECT w.wording FROM agency.letter_wording w WHERE w.letter_id = l.id ORDER BY w.version DESC LIMIT 1) AS wording,
  CASE l.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END AS classification, l.agreement_id AS agreement, l.article,
  l.assistance_type AS "assistanceType", l.answer_kind AS "answerKind", l.ground, l.expected_at AS "expectedAt", l.reply_to AS "inReplyTo",
  l.unit_id AS unit, l.file_id IS NOT NULL AS "hasScan", l.answered_at AS "answeredAt", l.closed_at AS "closedAt", l.closed_as AS "closedAs",
  l.closed_because AS "closedBecause", l.registered_at AS "registeredAt"`;

const PARTNER = `p.id, p.name_en AS "nameEn", p.name_vi AS "nameVi", p.name_own AS "nameOwn", p.country, p.address, p.mailbox, p.language,
  p.agreement_id AS agreement`;

/** The most that is shown of one matter, and of one list without pages. */
const MOST = 200;
/** How many letters may bear the same number. */
const MOST_OF_A_NUMBER = 20;

export function readLetters(tx: EntityManager, ids: readonly string[]): Promise<Letter[]> {
  return prepared(tx, 'letters', `SELECT ${LETTER} FROM agency.letter l WHERE l.id = ANY ($1::uuid[])`, [ids]);
}

export interface LetterPage {
  direction: LetterDirection | null;
  partner: string | null;
  /** The caller's own: letters of another unit alone are not in its sight. */
  unitId: string;
  clearance: number;
  /** The page begins after this one. */
  before: string | null;
  limit: number;
}

/**
 * A page of letters, what was registered last first: of what every unit sees and of what the caller's sees alone, of both directions or one,
 * each from an index that holds it so, merged. It costs the same however many there are.
 */
export function readLetterPage(tx: EntityManager, page: LetterPage): Promise<Letter[]> {
  const { direction, partner, unitId, clearance, before, limit } = page;
  return prepared(
    tx,
    `letter-page-${partner === null ? 'all' : 'partner'}`,
    `SELECT ${LETTER} FROM (
       SELECT x.seq FROM unnest(ARRAY['', $1]) s CROSS JOIN unnest($2::text[]) d
         CROSS JOIN generate_series(0, $5::integer) c CROSS JOIN LATERAL (
         SELECT i.seq FROM agency.letter i WHERE i.agency_id = (SELECT cmd.my_agency()) AND i.scope = s AND i.direction = d AND i.clearance = c
           ${partner === null ? '' : 'AND i.partner_id = $6'} AND i.seq < $3 ORDER BY i.seq DESC LIMIT $4) x
       ORDER BY x.seq DESC LIMIT $4) v
     JOIN agency.letter l ON l.seq = v.seq ORDER BY l.seq DESC`,
    [
      unitId,
      direction === null ? ['IN', 'OUT'] : [direction],
      before ?? '9223372036854775807',
      limit,
      clearance,
      ...(partner === null ? [] : [partner]),
    ],
  );
}

/** Letters that bear this number, one's own or the partner's; the newest first. */
export function readNumberedLetters(tx: EntityManager, number: string): Promise<Letter[]> {
  const under = (column: string): string => `(SELECT i.id FROM agency.letter i
    WHERE i.agency_id = (SELECT cmd.my_agency()) AND i.${column} = $1 ORDER BY i.seq DESC LIMIT ${MOST_OF_A_NUMBER})`;
  return prepared(
    tx,
    'letters-numbered',
    `SELECT ${LETTER} FROM (${under('national_ref')} UNION ${under('partner_ref')}) n JOIN agency.letter l ON l.id = n.id
     ORDER BY l.seq DESC LIMIT ${MOST_OF_A_NUMBER}`,
    [number],
  );
}

/** The letters of each of these matters, in the order in which they came and went. */
export async function readMatters(tx: EntityManager, rootIds: readonly string[]): Promise<MatterLetter[][]> {
  const text = `SELECT r.id AS root, m.* FROM unnest($1::uuid[]) r(id) CROSS JOIN LATERAL (
      SELECT l.id, l.ref, l.direction, l.kind, l.dated::text AS dated, l.at, l.subject, l.answer_kind AS "answerKind"
      FROM agency.letter l WHERE l.root_id = r.id ORDER BY l.at, l.seq LIMIT ${MOST}) m`;
  const rows = await prepared<MatterLetter & { root: string }>(tx, 'letters-of-matters', text, [rootIds]);
  return rootIds.map((root) => rows.filter((row) => row.root === root));
}

export function readPartners(tx: EntityManager, ids: readonly string[]): Promise<OutsidePartner[]> {
  const text = `SELECT ${PARTNER} FROM agency.outside_partner p WHERE p.id = ANY ($1::uuid[])`;
  return prepared(tx, 'outside-partners', text, [ids]);
}

/** Administrations that are not on the hub, by their English name. */
export function readAllPartners(tx: EntityManager, country: string | null): Promise<OutsidePartner[]> {
  const text = `SELECT ${PARTNER} FROM agency.outside_partner p WHERE p.agency_id = (SELECT cmd.my_agency())
    AND ($1::text IS NULL OR p.country = $1) ORDER BY p.name_en, p.id LIMIT ${MOST}`;
  return prepared(tx, 'all-outside-partners', text, [country]);
}

type StepRow = Omit<LetterStep, 'changes'> & { letter: string; before: Record<string, unknown> | null };

/** What was done with each of these letters, the first first. */
export async function readLetterSteps(tx: EntityManager, ids: readonly string[]): Promise<LetterStep[][]> {
  const text = `SELECT i.id AS letter, s.* FROM unnest($1::uuid[]) i(id) CROSS JOIN LATERAL (
      SELECT s.act, s.at, s.by_unit AS "byUnit", s.by_officer AS "byOfficer", s.note, s.to_unit AS "toUnit", s.before
      FROM agency.letter_step s WHERE s.letter_id = i.id ORDER BY s.id LIMIT ${MOST}) s`;
  const rows = await prepared<StepRow>(tx, 'letter-steps', text, [ids]);
  return ids.map((id) => rows.filter(({ letter }) => letter === id).map(stepOf));
}

function stepOf({ act, at, byUnit, byOfficer, note, toUnit, before }: StepRow): LetterStep {
  const changes = Object.entries(before ?? {}).map(([column, was]) => ({
    field: FIELDS[column] ?? column,
    before: wordsOf(column, was),
  }));
  return { act, at, byUnit, byOfficer, note, toUnit, changes };
}

/** Columns whose names differ from those of the fields. */
const FIELDS: Record<string, string> = {
  national_ref: 'nationalRef',
  partner_ref: 'partnerRef',
  clearance: 'classification',
  agreement_id: 'agreement',
  assistance_type: 'assistanceType',
  expected_at: 'expectedAt',
  file_id: 'scan',
};

function wordsOf(column: string, value: unknown): string | null {
  if (value === null || value === undefined || column === 'file_id') return null; // The hub's name of a file says nothing.
  if (column === 'clearance') return value === 0 ? 'UNCLASSIFIED' : 'RESTRICTED';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
