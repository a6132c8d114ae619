import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';

/** One unit behind an addressee, and how many of its officers will be able to read. */
export interface ReadingUnit {
  addressee: string;
  agency_id: string;
  unit_id: string;
  name_en: string;
  name_vi: string;
  officers: number;
}

/** Whether the caller may address this, and who it reaches today if it has been dissolved. */
export interface Addressee {
  to: string;
  is_known: boolean;
  successor: string | null;
  agencies: string[];
}

/** Looks up addressees as cmd.submit will: agencies, units in force or with a successor, communities of the caller. */
export function readAddressees(tx: EntityManager, to: readonly string[]): Promise<Addressee[]> {
  return prepared<Addressee>(
    tx,
    'addressees',
    `SELECT t.value AS to, cmd.audience_of(t.value) IS NOT NULL AS is_known,
            COALESCE((SELECT u.successor_id FROM hub.unit u WHERE u.id = t.value AND u.valid_until <= hub.now()),
                     (SELECT a.successor_id FROM hub.agency a WHERE a.id = t.value AND a.valid_until <= hub.now())) AS successor,
            COALESCE(cmd.reading_agencies(ARRAY[t.value]), '{}') AS agencies
     FROM unnest($1::text[]) WITH ORDINALITY t(value, place) ORDER BY t.place`,
    [to],
  );
}

/** The units whose officers will see what is sent to these agencies, or to just these units. */
export function readReadingUnits(
  tx: EntityManager,
  addressee: string,
  agencies: readonly string[],
): Promise<ReadingUnit[]> {
  return prepared<ReadingUnit>(
    tx,
    'reading-units',
    `SELECT $1::text AS addressee, u.agency_id, u.id AS unit_id, u.name_en, u.name_vi, COALESCE(c.officers, 0) AS officers
     FROM hub.unit u
     LEFT JOIN cmd.reader_counts(ARRAY(SELECT x.id FROM hub.unit x WHERE x.agency_id = ANY ($2::text[]))) c ON c.unit_id = u.id
     WHERE u.agency_id = ANY ($2::text[]) AND u.valid_from <= hub.now() AND (u.valid_until IS NULL OR u.valid_until > hub.now())
       AND (NOT EXISTS (SELECT 1 FROM hub.unit t WHERE t.id = $1) OR u.id = $1)
     ORDER BY u.id LIMIT 500`,
    [addressee, agencies],
  );
}
