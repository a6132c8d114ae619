import { parseAirWaybill } from '../../common/identifiers/air-waybill.js';
import { normaliseBillOfLading } from '../../common/identifiers/bill-of-lading.js';
import { parseContainer } from '../../common/identifiers/container.js';
import { parseImoNumber } from '../../common/identifiers/imo-number.js';
import { parseMmsi } from '../../common/identifiers/mmsi.js';
import { parsePostalItem } from '../../common/identifiers/postal-item.js';
import { tidy } from '../../common/identifiers/tidy.js';
import type { Consignment } from './consignment.js';
import type { Conveyance } from './conveyance.js';

/** What objects can be looked up by. `bl` covers bills of lading and house air waybills, which cannot be told apart by their form. */
export const SELECTOR_FIELDS = [
  'ref',
  'container',
  'bl',
  'awb',
  'postal',
  'ucr',
  'declaration',
  'imo',
  'mmsi',
  'plate',
  'vin',
  'partner',
] as const;
export type SelectorField = (typeof SELECTOR_FIELDS)[number];

/** The members of a body that look-ups know, whichever kind of object it belongs to. */
export interface Searchable {
  ref?: string;
  requestRef?: string;
  targetRef?: string;
  relatedRefs?: string[];
  consignment?: Consignment;
  conveyance?: Conveyance;
}

/** Kinds whose bodies carry nothing to look up by; they are found through the object they refer to. */
const WITHOUT_SELECTORS = new Set(['recall', 'consent', 'note', 'keyset']);

/**
 * Terms under which an object is found, such as `container:CSQU3054383`: exact, normalised, each once. Personal details are never among
 * them; they are not in the body at all.
 */
export function selectorsOf(kind: string, body: Searchable): string[] {
  if (WITHOUT_SELECTORS.has(kind)) return [];
  const { consignment, conveyance } = body;
  const found: [SelectorField, string | undefined][] = [
    ['ref', body.ref],
    ['ref', body.requestRef],
    ['ref', body.targetRef],
    ...(body.relatedRefs ?? []).map((ref): [SelectorField, string] => ['ref', ref]),
    ...(consignment?.containers ?? []).map(({ number }): [SelectorField, string] => ['container', number]),
    ['bl', consignment?.masterBl],
    ['bl', consignment?.houseBl],
    ['bl', consignment?.houseAwb],
    ['awb', consignment?.awb],
    ['postal', consignment?.postalItem],
    ['ucr', consignment?.ucr],
    ['declaration', consignment?.declarationNumber],
    ['imo', conveyance?.vessel?.imo],
    ['mmsi', conveyance?.vessel?.mmsi],
    ['plate', conveyance?.vehicle?.plate],
    ['plate', conveyance?.vehicle?.trailerPlate],
    ['vin', conveyance?.vehicle?.vin],
  ];
  const terms = found.map(([field, text]) => (text === undefined ? null : normaliseTerm(field, text)));
  return [...new Set(terms.filter((term) => term !== null))];
}

/** The term for what a person typed, the same that `selectorsOf` gives; null when the text cannot be one of these. */
export function normaliseTerm(field: SelectorField, userText: string): string | null {
  if (userText.length > 100) return null;
  const normalised = NORMALISE[field](userText);
  return normalised === null ? null : `${field}:${normalised}`;
}

const matching =
  (pattern: RegExp) =>
  (text: string): string | null => {
    const normalised = text.normalize('NFKC').trim().toUpperCase();
    return pattern.test(normalised) ? normalised : null;
  };

const matchingTidy =
  (pattern: RegExp) =>
  (text: string): string | null => {
    const normalised = tidy(text);
    return pattern.test(normalised) ? normalised : null;
  };

const NORMALISE: Record<SelectorField, (text: string) => string | null> = {
  ref: matching(/^[A-Z]{2}-[A-Z]{3}-\d{4}-[A-Z]{6}$/),
  container: (text) => parseContainer(text)?.normalised ?? null, // a wrong check digit is looked up too: real boxes are mis-marked
  bl: normaliseBillOfLading,
  awb: parseAirWaybill,
  postal: parsePostalItem,
  ucr: matchingTidy(/^[A-Z0-9]{1,35}$/),
  declaration: matchingTidy(/^[\p{L}\p{N}]{1,35}$/u),
  imo: parseImoNumber,
  mmsi: parseMmsi,
  plate: matchingTidy(/^[\p{L}\p{M}\p{N}]{1,20}$/u), // plates in Thai, Khmer or Chinese characters too
  vin: matchingTidy(/^[A-HJ-NPR-Z0-9]{17}$/),
  partner: matching(/^[A-Z]{2}-[A-Z0-9]{2,12}$/),
};
