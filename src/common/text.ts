/**
 * Characters that are refused in every text: control characters (a long text may have line feeds), separators of lines and paragraphs, the
 * byte order mark, and the invisible controls of writing direction that make a text read differently from what was signed.
 */
// oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
const REFUSED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/;

/** Whether a text is well-formed Unicode, not blank, without blanks at its ends, without refused characters, and at most `max` characters. */
export function isText(value: unknown, max: number, lines: boolean): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 2 * max) return false;
  if (!value.isWellFormed() || value !== value.trim() || REFUSED.test(value)) return false;
  return (lines || !value.includes('\n')) && Array.from(value).length <= max;
}
