import { parseCountry } from './country.js';
import { tidy } from './tidy.js';

/**
 * UN/LOCODE of a port, airport or place (UNECE recommendation 16): country and three characters, letters or the digits 2–9.
 * Shape only; whether the place exists is the business of the table. It is not always the airport's IATA code.
 */
export function parseUnLocode(text: string): string | null {
  const code = tidy(text);
  return /^[A-Z]{2}[A-Z2-9]{3}$/.test(code) && parseCountry(code.slice(0, 2)) ? code : null;
}
