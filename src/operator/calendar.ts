import type { EntityManager } from 'typeorm';

/** When an agency works: what clocks that count working days go by. What is absent stays as it was. */
export interface CalendarEnrolment {
  /** Name of the IANA time zone database, such as Asia/Ho_Chi_Minh; at first UTC. */
  timeZone?: string;
  /** ISO 8601 days of the week on which nobody works, 1 being Monday; at first 6 and 7. */
  weekend?: number[];
  /** Days besides weekends on which the agency does not work. They take the place of all that are known from the first of them on. */
  holidays?: HolidayEnrolment[];
}

export interface HolidayEnrolment {
  /** 2027-02-05 */
  day: string;
  nameEn: string;
  nameVi: string;
}

const ZONE = /^[A-Za-z_]+(\/[A-Za-z_+-]+)*$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Records when an agency works. Clocks that run keep their time: both sides have been told it. */
export async function recordCalendar(
  tx: EntityManager,
  agencyId: string,
  { timeZone, weekend, holidays = [] }: CalendarEnrolment,
): Promise<void> {
  const faults = [
    ...(timeZone !== undefined && !isTimeZone(timeZone) ? [`${timeZone} is no time zone`] : []),
    ...(weekend !== undefined && !isWeekend(weekend) ? ['weekend is no list of up to six days from 1 to 7'] : []),
    ...holidays.filter(({ day }) => !isDay(day)).map(({ day }) => `${day} is no day`),
  ];
  if (faults.length > 0) throw new Error(`The calendar of ${agencyId}: ${faults.join(', ')}. Nothing was changed.`);
  await tx.query(
    'UPDATE hub.agency SET time_zone = COALESCE($2, time_zone), weekend = COALESCE($3, weekend) WHERE id = $1',
    [agencyId, timeZone ?? null, weekend ?? null],
  );
  if (holidays.length === 0) return;
  const first = holidays.map(({ day }) => day).toSorted()[0];
  await tx.query('DELETE FROM hub.holiday WHERE agency_id = $1 AND day >= $2', [agencyId, first]);
  await tx.query(
    `INSERT INTO hub.holiday (agency_id, day, name_en, name_vi)
     SELECT $1, (x->>'day')::date, x->>'nameEn', x->>'nameVi' FROM jsonb_array_elements($2::jsonb) x`,
    [agencyId, JSON.stringify(holidays)],
  );
}

function isTimeZone(name: string): boolean {
  if (!ZONE.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}

function isWeekend(days: readonly number[]): boolean {
  return (
    Array.isArray(days) && new Set(days).size < 7 && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7)
  );
}

function isDay(day: string): boolean {
  return DAY.test(day) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
