/**
 * An answer without the time in its errors, the one thing that differs between two answers that must be the same. It has to be there, in
 * its form and in its place, to be taken out.
 */
export function withoutServerTime(text: string): string {
  return text.replaceAll(
    /("retryable":(?:true|false)(?:,"retryAfter":\d+)?),"serverTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g,
    '$1',
  );
}
