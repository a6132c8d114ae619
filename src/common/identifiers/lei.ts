import { tidy } from './tidy.js';

/**
 * Legal Entity Identifier, ISO 17442: 18 letters or digits and two check digits.
 * Check: letters count A=10 … Z=35; the whole read as one number leaves 1 when divided by 97 (ISO 7064 MOD 97-10; unverified).
 */
export function parseLei(text: string): string | null {
  const lei = tidy(text);
  if (!/^[A-Z0-9]{18}\d{2}$/.test(lei)) return null;
  const remainder = Array.from(lei).reduce(
    (rest, character) => Number(`${rest}${Number.parseInt(character, 36)}`) % 97,
    0,
  );
  return remainder === 1 ? lei : null;
}
