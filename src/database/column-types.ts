import { types } from 'pg';

const TIMESTAMPTZ = 1184;
const TEXT_ARRAY = 1009 as typeof TIMESTAMPTZ; // pg's list of types has no arrays

/**
 * How the server's connections read columns: as pg does, but for times and lists of words, which it takes apart sign by sign. That was a
 * twentieth of what a page costs.
 */
export const COLUMN_TYPES: { getTypeParser: typeof types.getTypeParser } = {
  getTypeParser: ((oid: number, format: 'text') => {
    const isText = (format as string) !== 'binary';
    if (isText && oid === TIMESTAMPTZ) return readTime;
    if (isText && oid === TEXT_ARRAY) return readWords;
    return types.getTypeParser(oid, format);
  }) as typeof types.getTypeParser,
};

const readAnyTime = types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date | number;
const readAnyWords = types.getTypeParser(TEXT_ARRAY, 'text') as (text: string) => (string | null)[];

/** The instant that PostgreSQL writes as 2026-11-22 03:04:05.678+00. Of other zones, and of infinity, pg makes what it does. */
export function readTime(text: string): Date | number {
  return text[4] === '-' && text.endsWith('+00')
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : readAnyTime(text);
}

/** The words that PostgreSQL writes as {VN-CUS,TH-CUS}. What is quoted, nested, empty or not there is left to pg. */
export function readWords(text: string): (string | null)[] {
  return /^\{[\w:-]+(,[\w:-]+)*\}$/.test(text) && !/null/i.test(text)
    ? text.slice(1, -1).split(',')
    : readAnyWords(text);
}
