/**
 * Text of others as it may stand on a terminal: control characters could move the cursor or change what stands above, and
 * marks of direction could turn words round.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}');
}

/** A value as JSON over several lines, each of them printable. */
export function printableJson(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split('\n').map(printable);
}
