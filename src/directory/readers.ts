import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';

/** One unit behind an addressee, and how many of its officers will be able to read. */
export interface ReadingUnit {
  agency_id: string;
  unit_id: string;
  place: string | null;
  name_en: string;
  name_vi: string;
  officers: number;
  /** Officers who are not cleared for the marking, and see nothing of it. */
  uncleared: number;
  /** Among those who read: officers who are not given personal details. */
  without_nominal: number;
}

/** A unit of another service at the same place. */
export interface NeighbouringUnit {
  agency_id: string;
  unit_id: string;
  name_en: string;
  name_vi: string;
  /** Null for a service that may not be written to under the agreement. */
  officers: number | null;
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

/** The units whose officers will see what is sent with this clearance to these agencies, or to just this unit. */
export function readReadingUnits(
  tx: EntityManager,
  addressee: string,
  agencies: readonly string[],
  clearance: number,
): Promise<ReadingUnit[]> {
  return prepared<ReadingUnit>(
    tx,
    'reading-units',
    `SELECT u.agency_id, u.id AS unit_id, u.place, u.name_en, u.name_vi, COALESCE(c.officers, 0) AS officers,
            COALESCE(c.uncleared, 0) AS uncleared, COALESCE(c.without_nominal, 0) AS without_nominal
     FROM hub.unit u
     LEFT JOIN cmd.reader_counts(ARRAY(SELECT x.id FROM hub.unit x WHERE x.agency_id = ANY ($2::text[])), $3) c ON c.unit_id = u.id
     WHERE u.agency_id = ANY ($2::text[]) AND u.valid_from <= hub.now() AND (u.valid_until IS NULL OR u.valid_until > hub.now())
       AND (NOT EXISTS (SELECT 1 FROM hub.unit t WHERE t.id = $1) OR u.id = $1)
     ORDER BY u.id LIMIT 500`,
    [addressee, agencies, clearance],
  );
}

/**
 * The units of other services at these places, whose officers sit beside the readers and see nothing. How many they are is told of the
 * agreement's parties alone: nothing is told of the staff of a service to which one may not write.
 */
export function readNeighbouringUnits(
  tx: EntityManager,
  places: readonly string[],
  reading: readonly string[],
  parties: readonly string[],
): Promise<NeighbouringUnit[]> {
  return prepared<NeighbouringUnit>(
    tx,
    'neighbouring-units',
    `SELECT u.agency_id, u.id AS unit_id, u.name_en, u.name_vi,
            CASE WHEN u.agency_id = ANY ($3::text[]) THEN COALESCE(c.officers, 0) END AS officers
     FROM hub.unit u
     LEFT JOIN cmd.reader_counts(
       ARRAY(SELECT x.id FROM hub.unit x WHERE x.place = ANY ($1::text[]) AND x.agency_id = ANY ($3::text[])), 0) c ON c.unit_id = u.id
     WHERE u.place = ANY ($1::text[]) AND u.agency_id <> ALL ($2::text[])
       AND u.valid_from <= hub.now() AND (u.valid_until IS NULL OR u.valid_until > hub.now())
     ORDER BY u.id LIMIT 100`,
    [places, reading, parties],
  );
}
