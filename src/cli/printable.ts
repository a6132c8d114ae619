import { visible } from '../common/visible-text.js';

/**
 * Text of others as it may stand on a terminal: control characters could move the cursor or change what stands above, and
 * marks of direction could turn words round.
 */
export const printable = visible;

/** A value as JSON over several lines, each of them printable. */
export function printableJson(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split('\n').map(printable);
}
