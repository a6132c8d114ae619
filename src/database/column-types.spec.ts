import { describe, expect, it } from '@jest/globals';
import { types } from 'pg';
import { COLUMN_TYPES, readTime, type readWords } from './column-types.js';

const TIMESTAMPTZ = types.builtins.TIMESTAMPTZ;
const TEXT_ARRAY = 1009 as typeof TIMESTAMPTZ;

describe('a time from PostgreSQL', () => {
  it.each([
    ['2026-11-22 03:04:05+00', '2026-11-22T03:04:05.000Z'],
    ['2026-11-22 03:04:05.6+00', '2026-11-22T03:04:05.600Z'],
    ['2026-11-22 03:04:05.678+00', '2026-11-22T03:04:05.678Z'],
    ['2026-11-22 03:04:05.678912+00', '2026-11-22T03:04:05.678Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
    ['2026-11-22 10:04:05.678+07', '2026-11-22T03:04:05.678Z'],
    ['2026-11-22 08:34:05.678+05:30', '2026-11-22T03:04:05.678Z'],
    ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000Z'],
  ])('%s is %s, as pg reads it', (text, instant) => {
    const read = COLUMN_TYPES.getTypeParser(TIMESTAMPTZ, 'text') as typeof readTime;
    expect((read(text) as Date).toISOString()).toBe(instant);
    expect(read(text)).toEqual(types.getTypeParser(TIMESTAMPTZ, 'text')(text));
  });

  it('that never comes is left to pg', () => {
    expect(readTime('infinity')).toBe(Number.POSITIVE_INFINITY);
    expect(readTime('0044-03-15 00:00:00+00 BC')).toEqual(
      types.getTypeParser(TIMESTAMPTZ, 'text')('0044-03-15 00:00:00+00 BC'),
    );
  });
});

describe('a list of words from PostgreSQL', () => {
  it.each([
    '{}',
    '{VN-CUS}',
    '{VN-CUS,community:7d0c9d2e-0000-4000-8000-000000000000}',
    '{NULL,VN-CUS}',
    '{"NULL",null}',
    '{"a,b","c\\"d","e\\\\f"," "}',
    '{{a,b},{c,d}}',
    '[2:3]={a,b}',
    '{Hải Phòng,Đà Nẵng}',
  ])('%s is what pg reads', (text) => {
    const read = COLUMN_TYPES.getTypeParser(TEXT_ARRAY, 'text') as typeof readWords;
    expect(read(text)).toEqual(types.getTypeParser(TEXT_ARRAY, 'text')(text));
  });
});

describe('every other column', () => {
  it('is read by pg', () => {
    for (const oid of Object.values(types.builtins).filter((each) => each !== TIMESTAMPTZ)) {
      expect(COLUMN_TYPES.getTypeParser(oid, 'text')).toBe(types.getTypeParser(oid, 'text'));
    }
  });
});
