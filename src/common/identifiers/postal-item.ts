import { parseCountry } from './country.js';
import { tidy, weightedSum } from './tidy.js';

/**
 * Postal item identifier, UPU standard S10: two letters of the service, eight digits, a check digit, the country.
 * Check digit: the digits weigh 8, 6, 4, 2, 3, 5, 9, 7; 11 − sum modulo 11, where 10 is written 0 and 11 is written 5 (unverified; run
 * against real numbers).
 */
export function parsePostalItem(text: string): string | null {
  const item = tidy(text);
  if (!/^[A-Z]{2}\d{9}[A-Z]{2}$/.test(item) || !parseCountry(item.slice(11))) return null;
  const check = 11 - (weightedSum(item.slice(2, 10), [8, 6, 4, 2, 3, 5, 9, 7]) % 11);
  const digit = check === 10 ? 0 : check === 11 ? 5 : check;
  return digit === Number(item[10]) ? item : null;
}
