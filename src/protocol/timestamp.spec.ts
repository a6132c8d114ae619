import { expect, it } from '@jest/globals';
import { faultOf } from './testing.js';
import { checkTimestamp, formatTimestamp, secondsOf } from './timestamp.js';

it('seconds are whole and rounded down, also before 1970', () => {
  expect(secondsOf(new Date(1999))).toBe(1);
  expect(secondsOf(new Date(-1))).toBe(-1);
});

it('a timestamp is written without fractions of a second', () => {
  expect(formatTimestamp(new Date('2026-11-22T02:15:00.999Z'))).toBe('2026-11-22T02:15:00Z');
});

it.each(['2026-11-22T02:15:00Z', '2028-02-29T23:59:59Z', '0001-01-01T00:00:00Z'])(
  'the timestamp %s is good',
  (text) => {
    expect(checkTimestamp(text, '/x')).toBe(text);
  },
);

it.each([
  ['milliseconds', '2026-11-22T02:15:00.000Z'],
  ['another zone', '2026-11-22T02:15:00+00:00'],
  ['no zone', '2026-11-22T02:15:00'],
  ['small letters', '2026-11-22t02:15:00z'],
  ['a day that does not exist', '2026-02-29T00:00:00Z'],
  ['a month that does not exist', '2026-13-01T00:00:00Z'],
  ['an hour that does not exist', '2026-11-22T24:00:00Z'],
  ['the year 0, which PostgreSQL does not know', '0000-01-01T00:00:00Z'],
  ['a year of six digits', '+010000-01-01T00:00Z'],
  ['a space before', ' 2026-11-22T02:15:00Z'],
  ['a line end', '2026-11-22T02:15:00Z\n'],
  ['a number', 1_790_043_300],
])('a timestamp with %s is refused, and it says where', async (_, value) => {
  expect(await faultOf(() => checkTimestamp(value, '/at'))).toBe('SHAPE /at');
});
