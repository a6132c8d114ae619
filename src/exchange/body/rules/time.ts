import { rule } from './rule.js';

const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const LOCAL_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a value is an instant written `2026-11-22T02:15:00Z` and nothing else: UTC, whole seconds, no leap second. */
export function isUtcTime(value: unknown): value is string {
  return typeof value === 'string' && UTC_TIME.test(value) && isInCalendar(value, value.replace('Z', '.000Z'));
}

/** Whether a value is a date of the calendar written `2026-11-22`. */
export function isLocalDate(value: unknown): value is string {
  return typeof value === 'string' && LOCAL_DATE.test(value) && isInCalendar(value, `${value}T00:00:00.000Z`);
}

/** There was no year 0, and PostgreSQL knows none. */
function isInCalendar(text: string, iso: string): boolean {
  const time = new Date(text);
  return !text.startsWith('0000') && !Number.isNaN(time.getTime()) && time.toISOString() === iso;
}

/** An instant, RFC 3339 in UTC with whole seconds. One way to write it, so that one content has one text. */
export function UtcTime(): PropertyDecorator {
  return rule({
    name: 'utcTime',
    key: 'problem.utcTime',
    holds: isUtcTime,
    schema: { type: 'string', format: 'date-time', pattern: UTC_TIME.source },
  });
}

/** A day where the thing happens, RFC 3339 full-date. */
export function LocalDate(): PropertyDecorator {
  return rule({
    name: 'localDate',
    key: 'problem.localDate',
    holds: isLocalDate,
    schema: { type: 'string', format: 'date', pattern: LOCAL_DATE.source },
  });
}

/** A date of which the day, or month and day, may be unknown: `1984`, `1984-05`, `1984-05-17`. */
export function PartialDate(): PropertyDecorator {
  const pattern = /^\d{4}(-\d{2}(-\d{2})?)?$/;
  return rule({
    name: 'partialDate',
    key: 'problem.partialDate',
    holds: (value) =>
      typeof value === 'string' && pattern.test(value) && isLocalDate(value + '0000-01-01'.slice(value.length)),
    schema: { type: 'string', pattern: pattern.source },
  });
}

/** Must be later than another time of the same record. Silent when either is malformed: that is another rule's business. */
export function After(other: string): PropertyDecorator {
  return rule({
    name: 'after',
    key: 'problem.after',
    params: { other },
    holds: (value, record) => {
      const earlier = (record as Record<string, unknown>)[other];
      return !isUtcTime(value) || !isUtcTime(earlier) || Date.parse(value) > Date.parse(earlier);
    },
  });
}

/** Must be no more than so many days after another time of the same record. */
export function WithinDaysOf(other: string, days: number): PropertyDecorator {
  return rule({
    name: 'withinDays',
    key: 'problem.withinDays',
    params: { days, other },
    holds: (value, record) => {
      const earlier = (record as Record<string, unknown>)[other];
      return !isUtcTime(value) || !isUtcTime(earlier) || Date.parse(value) - Date.parse(earlier) <= days * 86_400_000;
    },
  });
}
