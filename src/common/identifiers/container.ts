import { tidy } from './tidy.js';

export interface ContainerNumber {
  normalised: string;
  /** WRONG is a warning, not an error: real boxes are mis-marked, and an alert must be able to name such a box. */
  checkDigit: 'OK' | 'WRONG';
}

/** A container number in normal form: owner code, category U, J or Z, six digits, check digit. */
export const CONTAINER_NUMBER = /^[A-Z]{3}[UJZ]\d{7}$/;

/**
 * Freight container number, ISO 6346: null when the text does not have the shape of one.
 * Check digit: letters count A=10, B=12 … Z=38, leaving out the multiples of 11; the character at place i (from the left, from 0)
 * weighs 2^i; the sum modulo 11 is the digit, and 10 is written 0.
 */
export function parseContainer(text: string): ContainerNumber | null {
  const normalised = tidy(text);
  if (!CONTAINER_NUMBER.test(normalised)) return null;
  const checkDigit = containerCheckDigit(normalised) === Number(normalised[10]) ? 'OK' : 'WRONG';
  return { normalised, checkDigit };
}

function containerCheckDigit(normalised: string): number {
  const sum = Array.from(normalised.slice(0, 10)).reduce(
    (total, character, i) => total + characterValue(character) * 2 ** i,
    0,
  );
  return (sum % 11) % 10;
}

function characterValue(character: string): number {
  if (character >= '0' && character <= '9') return Number(character);
  const place = character.charCodeAt(0) - 'A'.charCodeAt(0);
  return 10 + place + Math.floor((place + 9) / 10);
}
