import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';

/** The time zone of an agency: a name of the IANA time zone database. */
export async function readTimeZone(tx: EntityManager, agencyId: string): Promise<string> {
  const text = 'SELECT a.time_zone FROM hub.agency a WHERE a.id = $1';
  return (await prepared<{ time_zone: string }>(tx, 'time-zone', text, [agencyId]))[0]!.time_zone;
}
