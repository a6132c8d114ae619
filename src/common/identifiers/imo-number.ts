import { tidy, weightedSum } from './tidy.js';

/**
 * Ship identification number of the International Maritime Organization (resolution A.1117(30)): seven digits, "IMO" before them or not.
 * Check digit: the first six digits weigh 7, 6, 5, 4, 3, 2; the last digit of the sum. The check is weak (7625811 and 7605811 both
 * pass), so compare the ship's name and flag too.
 */
export function parseImoNumber(text: string): string | null {
  const digits = tidy(text).replace(/^IMO/, '');
  if (!/^\d{7}$/.test(digits)) return null;
  return weightedSum(digits, [7, 6, 5, 4, 3, 2]) % 10 === Number(digits[6]) ? digits : null;
}
