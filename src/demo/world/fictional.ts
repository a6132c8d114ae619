import { parseAirWaybill } from '../../common/identifiers/air-waybill.js';
import { parseContainer } from '../../common/identifiers/container.js';
import { parseImoNumber } from '../../common/identifiers/imo-number.js';
import { parsePostalItem } from '../../common/identifiers/postal-item.js';
import type { Chance } from './random.js';

/** A text in the two languages of the demonstration. */
export interface Words {
  en: string;
  vi: string;
}

export type WorldLanguage = keyof Words;

/** Stands in every invented text, so that no copy of it can be taken for intelligence. */
export const FICTIONAL: Words = { en: 'Fictional example.', vi: 'Ví dụ hư cấu.' };

/** The text with the mark at its end. */
export function marked(text: string, language: WorldLanguage): string {
  return `${text} ${FICTIONAL[language]}`;
}

/*
 * Numbers whose check digits are right and which yet should be nobody's: owner codes with Q, X and Z, ships of the series 000, the
 * airline 000, postal service ZZ.
 */

const OWNERS = ['QXZU', 'XQDU', 'ZQXU', 'QZXU'];

export function aContainerNumber(chance: Chance): string {
  const stem = chance.pick(OWNERS) + chance.digits(6);
  return completed(stem, (number) => (parseContainer(number)?.checkDigit === 'OK' ? number : null));
}

export function anImoNumber(chance: Chance): string {
  return completed(`000${chance.digits(3)}`, parseImoNumber);
}

export function anAirWaybill(chance: Chance): string {
  return completed(`000${chance.digits(7)}`, parseAirWaybill);
}

export function aPostalItem(chance: Chance, country: string): string {
  return completed(`ZZ${chance.digits(8)}`, parsePostalItem, country);
}

/** The number with the one check digit that the rule of its kind accepts. */
function completed(stem: string, parse: (number: string) => string | null, ending = ''): string {
  for (let digit = 0; digit <= 9; digit += 1) {
    const number = parse(`${stem}${digit}${ending}`);
    if (number !== null) return number;
  }
  throw new Error(`No check digit completes ${stem}`);
}
