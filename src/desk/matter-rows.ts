import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { OBJECT_COLUMNS, type ObjectRow } from '../exchange/object-record.js';
import type { MatterAct } from './desk-codes.js';

/** A thread as one's own agency works on it, with the newest version of its alert or request. */
export interface MatterRow extends ObjectRow {
  national_ref: string | null;
  holder: string | null;
  held_since: Date | null;
  /** Microseconds too, for the page mark. */
  held: string | null;
  holder_unit: string | null;
  holder_title_en: string | null;
  holder_title_vi: string | null;
}

const COLUMNS = `${OBJECT_COLUMNS}, m.national_ref, m.holder, m.held_since, m.held_since::text AS held, f.unit_id AS holder_unit,
  f.title_en AS holder_title_en, f.title_vi AS holder_title_vi`;

const OFFICER = 'LEFT JOIN agency.officer f ON f.agency_id = cmd.my_agency() AND f.pseudonym = m.holder';

/** The newest version that the caller sees; a matter that nobody has touched has no row of its own. */
const NEWEST = `CROSS JOIN LATERAL (SELECT * FROM hub.object o
  WHERE o.thread_seq = t.thread_seq AND o.kind IN ('alert', 'request') ORDER BY o.seq DESC LIMIT 1) o`;

const OWN = 'LEFT JOIN agency.matter m ON m.agency_id = cmd.my_agency() AND m.thread_seq = t.thread_seq';

/** The matters of these threads, as far as the caller sees what they are about. */
export function readMatters(tx: EntityManager, threadSeqs: readonly string[]): Promise<MatterRow[]> {
  return prepared(
    tx,
    'matters',
    `SELECT ${COLUMNS} FROM unnest($1::bigint[]) t(thread_seq) ${NEWEST} ${OWN} ${OFFICER}`,
    [threadSeqs],
  );
}

/** The matter to which an object belongs that the caller sees; the earliest if two agencies chose the same id. */
export async function readMatterOf(tx: EntityManager, id: string): Promise<MatterRow | undefined> {
  const text = 'SELECT o.thread_seq FROM hub.object o WHERE o.id = $1 ORDER BY o.seq LIMIT 1';
  const [object] = await prepared<{ thread_seq: string }>(tx, 'thread-of', text, [id]);
  return object && (await readMatters(tx, [object.thread_seq]))[0];
}

/** Where a page of matters begins: after this one. */
export type MatterMark = readonly [since: string, threadSeq: string];

/** Matters that an officer holds, or that those hold for whom he or she stands in now; what was taken last stands first. */
export function readHeldMatters(
  tx: EntityManager,
  { officer, after, limit }: { officer: string; after: MatterMark | null; limit: number },
): Promise<MatterRow[]> {
  const [since, seq] = after ?? ['infinity', '0'];
  return prepared(
    tx,
    'matters-held',
    `SELECT ${COLUMNS} FROM (
       SELECT x.* FROM (SELECT $1::text AS holder UNION SELECT s.officer FROM agency.stand_in s WHERE s.agency_id = cmd.my_agency()
           AND s.stand_in = $1 AND s.valid_from <= cmd.now() AND s.valid_until > cmd.now()) h
         CROSS JOIN LATERAL (SELECT m.thread_seq, m.held_since FROM agency.matter m
           WHERE m.agency_id = (SELECT cmd.my_agency()) AND m.holder = h.holder AND (m.held_since, m.thread_seq) < ($2::timestamptz, $3::bigint)
           ORDER BY m.held_since DESC, m.thread_seq DESC LIMIT $4) x
       ORDER BY x.held_since DESC, x.thread_seq DESC LIMIT $4) t ${NEWEST} ${OWN} ${OFFICER}
     ORDER BY t.held_since DESC, t.thread_seq DESC`,
    [officer, since, seq, limit],
  );
}

const MOST_OF_A_NUMBER = 20;

/** Matters that the caller's agency keeps under this number. */
export function readNumberedMatters(tx: EntityManager, nationalRef: string): Promise<MatterRow[]> {
  return prepared(
    tx,
    'matters-numbered',
    `SELECT ${COLUMNS} FROM (SELECT m.thread_seq FROM agency.matter m
       WHERE m.agency_id = (SELECT cmd.my_agency()) AND m.national_ref = $1 ORDER BY m.thread_seq DESC LIMIT ${MOST_OF_A_NUMBER}) t
     ${NEWEST} ${OWN} ${OFFICER} ORDER BY t.thread_seq DESC`,
    [nationalRef],
  );
}

export interface StepRow {
  thread: string;
  act: MatterAct;
  at: Date;
  by_unit: string;
  by_officer: string | null;
  to_unit: string | null;
  to_officer: string | null;
  note: string | null;
}

/** The most that is shown of one matter. */
export const MOST = 100;

/** What was done with each of these matters, the newest first. */
export function readSteps(tx: EntityManager, threadSeqs: readonly string[]): Promise<StepRow[]> {
  return prepared(
    tx,
    'matter-steps',
    `SELECT t.thread, x.* FROM unnest($1::bigint[]) t(thread) CROSS JOIN LATERAL (
       SELECT s.id, s.act, s.at, s.by_unit, s.by_officer, s.to_unit, s.to_officer, s.note FROM agency.matter_step s
       WHERE s.agency_id = cmd.my_agency() AND s.thread_seq = t.thread ORDER BY s.id DESC LIMIT ${MOST}) x ORDER BY x.id DESC`,
    [threadSeqs],
  );
}

/** Units that were given these matters. */
export function readUnits(
  tx: EntityManager,
  threadSeqs: readonly string[],
): Promise<{ thread: string; unit: string; at: Date }[]> {
  return prepared(
    tx,
    'matter-units',
    `SELECT t.thread, x.* FROM unnest($1::bigint[]) t(thread) CROSS JOIN LATERAL (
       SELECT d.unit_id AS unit, d.at FROM agency.distribution d
       WHERE d.agency_id = cmd.my_agency() AND d.thread_seq = t.thread ORDER BY d.at, d.unit_id LIMIT ${MOST}) x ORDER BY x.at, x.unit`,
    [threadSeqs],
  );
}

/** How many identifiers of one object are looked up. */
const MOST_TERMS = 20;

/** The identifiers under which an object is found; its partners are none. */
export async function readTerms(tx: EntityManager, objectSeq: string): Promise<string[]> {
  const rows = await prepared<{ term: string }>(
    tx,
    'terms-of',
    `SELECT DISTINCT t.term FROM hub.release_term t WHERE t.seq = $1 AND t.term NOT LIKE 'partner:%' ORDER BY t.term LIMIT ${MOST_TERMS}`,
    [objectSeq],
  );
  return rows.map(({ term }) => term);
}
