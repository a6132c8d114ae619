import { wordsFor } from '../common/codes/words.js';
import { countryName } from '../common/identifiers/country.js';
import type { Language } from '../common/messages/messages.js';
import { QUESTION_CATALOGUE } from './question-catalogue.js';

/** What may stand in a slot; each has one form (body/standard-question.ts) and one way to be written for a reader (below). */
export type SlotType =
  | 'container'
  | 'billOfLading'
  | 'airWaybill'
  | 'postalItem'
  | 'declaration'
  | 'printedNumber'
  | 'imo'
  | 'flight'
  | 'plate'
  | 'unLocode'
  | 'country'
  | 'hsCode'
  | 'date'
  | 'period'
  | 'quantity'
  | 'amount'
  | 'party'
  | 'text';

/** The slots of all questions. The name tells what stands there and in which form, the same in each question. */
export const SLOT_TYPES = {
  CONTAINER: 'container',
  BILL_OF_LADING: 'billOfLading',
  AIR_WAYBILL: 'airWaybill',
  POSTAL_ITEM: 'postalItem',
  DECLARATION: 'declaration',
  INVOICE: 'printedNumber',
  CERTIFICATE: 'printedNumber',
  VESSEL: 'imo',
  FLIGHT: 'flight',
  VEHICLE: 'plate',
  PLACE: 'unLocode',
  LOADING_PLACE: 'unLocode',
  DISCHARGE_PLACE: 'unLocode',
  COUNTRY: 'country',
  HS_CODE: 'hsCode',
  DATE: 'date',
  PERIOD: 'period',
  QUANTITY: 'quantity',
  AMOUNT: 'amount',
  PARTY: 'party',
  BUSINESS: 'text',
  OTHER_BUSINESS: 'text',
  GOODS: 'text',
  DOCUMENT: 'text',
  AUTHORITY: 'text',
  SUBJECT: 'text',
} as const satisfies Record<string, SlotType>;
export type SlotName = keyof typeof SLOT_TYPES;

export const SLOT_NAMES = Object.keys(SLOT_TYPES) as SlotName[];
export const QUESTION_CODES: readonly string[] = Object.keys(QUESTION_CATALOGUE);

const SLOTS: ReadonlyMap<unknown, readonly SlotName[]> = new Map(
  Object.entries(QUESTION_CATALOGUE).map(([code, { en }]) => [code, slotsIn(en)]),
);

/** The slots that a question has, in the order of its English text; undefined for a code that is not in the catalogue. */
export function slotsOf(code: unknown): readonly SlotName[] | undefined {
  return SLOTS.get(code);
}

/** The slots of a text in the order in which they stand there. */
export function slotsIn(text: string): SlotName[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as SlotName);
}

/**
 * A standard question in the reader's words, its slots filled in; null for what is none: a signed text that is shown before it has been
 * checked may hold anything.
 */
export function inWords(standard: unknown, language: Language): string | null {
  const { code, slots = [] } = (standard ?? {}) as { code?: unknown; slots?: unknown };
  const names = slotsOf(code);
  if (!names || !Array.isArray(slots) || slots.length !== names.length) return null;
  const values = new Map(slots.map((slot) => [slot?.name as unknown, slot?.value as unknown]));
  if (!names.every((name) => typeof values.get(name) === 'string')) return null;
  return QUESTION_CATALOGUE[code as string]![language].replace(/\{(\w+)\}/g, (_, name: SlotName) =>
    written(SLOT_TYPES[name], values.get(name) as string, language),
  );
}

/** The day as officers write it; Vietnamese documents have it in digits. */
const DAY = {
  en: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }),
  vi: new Intl.DateTimeFormat('vi', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }),
};

/** What the sender wrote stands in quotes: it is no part of the question, and may be in another language. */
function written(type: SlotType, value: string, language: Language): string {
  const [first = '', second = ''] = value.split(type === 'period' ? '/' : ' ');
  switch (type) {
    case 'date':
      return day(value, language);
    case 'period':
      return `${day(first, language)} – ${day(second, language)}`;
    case 'quantity':
      return `${decimal(first, language)} ${wordsFor(language, 'MeasureUnit', second)}`;
    case 'amount':
      return `${decimal(first, language)} ${second}`;
    case 'country':
      return /^[A-Z]{2}$/.test(value) ? `${countryName(value, language)} (${value})` : value;
    case 'text':
      return `“${value}”`;
    default:
      return value;
  }
}

function day(value: string, language: Language): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : DAY[language].format(date);
}

/** A decimal string with every digit that it has. */
function decimal(value: string, language: Language): string {
  if (!/^\d{1,15}(\.\d{1,6})?$/.test(value)) return value;
  const [, fraction = ''] = value.split('.');
  const numbers = new Intl.NumberFormat(language, { minimumFractionDigits: fraction.length });
  return numbers.format(value as Intl.StringNumericLiteral);
}
