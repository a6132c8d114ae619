/**
 * Number of a chemical substance in the CAS registry: two to seven digits, two digits, a check digit, with dashes between them.
 * Check digit: the digits before it, counted from the right, weigh 1, 2, 3 …; the last digit of the sum (unverified).
 */
export function parseCasNumber(text: string): string | null {
  const cas = text.normalize('NFKC').trim();
  if (!/^[1-9]\d{1,6}-\d{2}-\d$/.test(cas)) return null;
  const digits = cas.replaceAll('-', '');
  const sum = Array.from(digits.slice(0, -1))
    .toReversed()
    .reduce((total, digit, i) => total + Number(digit) * (i + 1), 0);
  return sum % 10 === Number(digits.at(-1)) ? cas : null;
}
