import { ProtocolError } from './errors.js';
import { matching } from './shape.js';

/** Whole seconds since 1970 (NumericDate, RFC 7519 section 2), rounded down. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** RFC 3339 in UTC with whole seconds and `Z`, the only form of time in a payload. */
export function formatTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** A timestamp of that form which names a real date. Throws SHAPE. */
export function checkTimestamp(value: unknown, pointer: string): string {
  const text = matching(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, pointer);
  const date = new Date(text);
  // There was no year 0.
  const isReal = !Number.isNaN(date.getTime()) && formatTimestamp(date) === text && !text.startsWith('0000');
  if (!isReal) throw new ProtocolError('SHAPE', pointer);
  return text;
}
