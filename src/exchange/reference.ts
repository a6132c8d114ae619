import { randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A reference that tells nobody how many there are: VN-ALR-2026-KXQWPD. */
export function freshReference(agencyId: string, code: string, now: Date): string {
  const letters = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${agencyId.slice(0, 2)}-${code}-${now.getUTCFullYear()}-${letters}`;
}
