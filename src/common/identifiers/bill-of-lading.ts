import { tidy } from './tidy.js';

/**
 * Number of a bill of lading, sea waybill or house air waybill in the form used to compare: letters and digits only, at most 35.
 * Carriers number as they like and there is no check digit, so the record also keeps the number as the document prints it.
 */
export function normaliseBillOfLading(text: string): string | null {
  const normalised = tidy(text).replace(/[_#:()]/g, '');
  return /^[A-Z0-9]{1,35}$/.test(normalised) ? normalised : null;
}
