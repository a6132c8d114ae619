import { tidy } from './tidy.js';

/**
 * Maritime Mobile Service Identity of a ship (ITU-R M.585): nine digits, the first three tell the country of the radio licence and begin
 * with 2 to 7 (unverified). There is no check digit and the radio can be reprogrammed: low trust.
 */
export function parseMmsi(text: string): string | null {
  const digits = tidy(text);
  return /^[2-7]\d{8}$/.test(digits) ? digits : null;
}
