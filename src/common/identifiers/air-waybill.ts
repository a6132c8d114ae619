import { tidy } from './tidy.js';

/**
 * Master air waybill number (IATA resolution 600a): three digits of the airline, seven of the serial, a check digit.
 * Check digit: the serial modulo 7, so 7, 8 and 9 never occur.
 */
export function parseAirWaybill(text: string): string | null {
  const digits = tidy(text);
  if (!/^\d{11}$/.test(digits)) return null;
  return Number(digits.slice(3, 10)) % 7 === Number(digits[10]) ? digits : null;
}
