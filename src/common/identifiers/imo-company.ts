import { tidy, weightedSum } from './tidy.js';

/**
 * Number of a shipping company or registered owner (IMO resolution MSC.160(78)): seven digits. It tells who stands behind a ship.
 * Check digit: the first six digits weigh 8, 6, 4, 2, 9, 7; (11 − sum modulo 11) modulo 10.
 */
export function parseImoCompany(text: string): string | null {
  const digits = tidy(text).replace(/^IMO/, '');
  if (!/^\d{7}$/.test(digits)) return null;
  const check = (11 - (weightedSum(digits, [8, 6, 4, 2, 9, 7]) % 11)) % 10;
  return check === Number(digits[6]) ? digits : null;
}
