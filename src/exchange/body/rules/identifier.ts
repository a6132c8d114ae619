import { parseAirWaybill } from '../../../common/identifiers/air-waybill.js';
import { normaliseBillOfLading } from '../../../common/identifiers/bill-of-lading.js';
import { parseContainer } from '../../../common/identifiers/container.js';
import { COUNTRIES, parseCountry } from '../../../common/identifiers/country.js';
import { parseCurrency } from '../../../common/identifiers/currency.js';
import { parseCasNumber } from '../../../common/identifiers/cas-number.js';
import { parseHsCode } from '../../../common/identifiers/hs-code.js';
import { parseImoNumber } from '../../../common/identifiers/imo-number.js';
import { LANGUAGES, parseLanguage } from '../../../common/identifiers/language.js';
import { parseMmsi } from '../../../common/identifiers/mmsi.js';
import { parsePostalItem } from '../../../common/identifiers/postal-item.js';
import { parseUnLocode } from '../../../common/identifiers/un-locode.js';
import { rule, type SchemaPart } from './rule.js';
import { Pattern, PatternList } from './text.js';

/*
 * Identifiers stand in a payload in their normal form, so that two systems which compare them letter by letter agree. Two kinds are written as
 * the document prints them, because there is no one form: numbers of bills of lading and tariff codes; look-ups normalise those.
 */

type Parse = (text: string) => string | null;

function normalForm(name: string, form: string, parse: Parse, schema: SchemaPart): PropertyDecorator {
  return rule({
    name,
    message: `must be ${form}`,
    holds: (value) => typeof value === 'string' && value.length <= 64 && parse(value) === value,
    schema: { type: 'string', ...schema },
  });
}

/** A container number whatever its check digit: whether that is right is said, truthfully, beside it. */
export const ContainerNumber = (): PropertyDecorator =>
  normalForm(
    'container',
    'a container number: four letters, the fourth U, J or Z, and seven digits (ISO 6346)',
    (text) => parseContainer(text)?.normalised ?? null,
    {
      pattern: '^[A-Z]{3}[UJZ]\\d{7}$',
    },
  );

export const ImoNumber = (): PropertyDecorator =>
  normalForm('imo', 'an IMO ship number: seven digits with a right check digit', parseImoNumber, {
    pattern: '^\\d{7}$',
  });

export const Mmsi = (): PropertyDecorator =>
  normalForm('mmsi', 'an MMSI: nine digits, the first 2 to 7', parseMmsi, { pattern: '^[2-7]\\d{8}$' });

export const AirWaybill = (): PropertyDecorator =>
  normalForm(
    'airWaybill',
    'an air waybill number: eleven digits without dashes, with a right check digit',
    parseAirWaybill,
    {
      pattern: '^\\d{10}[0-6]$',
    },
  );

export const PostalItem = (): PropertyDecorator =>
  normalForm(
    'postalItem',
    'a postal item number: two letters, nine digits with a right check digit, a country (UPU S10)',
    parsePostalItem,
    {
      pattern: '^[A-Z]{2}\\d{9}[A-Z]{2}$',
    },
  );

export const UnLocode = (): PropertyDecorator =>
  normalForm('unLocode', 'a UN/LOCODE: a country and three letters or digits 2 to 9', parseUnLocode, {
    pattern: '^[A-Z]{2}[A-Z2-9]{3}$',
  });

export const Country = (): PropertyDecorator =>
  normalForm('country', 'a country of ISO 3166-1, two capital letters', parseCountry, { enum: COUNTRIES });

export const Language = (): PropertyDecorator =>
  normalForm('language', 'a language of ISO 639-1, two small letters', parseLanguage, { enum: LANGUAGES });

export const Currency = (): PropertyDecorator =>
  normalForm('currency', 'a currency of ISO 4217, three capital letters', parseCurrency, { pattern: '^[A-Z]{3}$' });

export const CasNumber = (): PropertyDecorator =>
  normalForm('casNumber', 'a CAS number such as 67-64-1 with a right check digit', parseCasNumber, {
    pattern: '^[1-9]\\d{1,6}-\\d{2}-\\d$',
  });

/** As the document prints it, on one line; at least one letter or digit, at most 35 of them. */
export const BillOfLading = (): PropertyDecorator =>
  rule({
    name: 'billOfLading',
    message: 'must be a number of at most 35 letters and digits, as the document prints it',
    holds: (value) =>
      typeof value === 'string' &&
      /^[\x21-\x7e]([\x20-\x7e]{0,48}[\x21-\x7e])?$/.test(value) &&
      normaliseBillOfLading(value) !== null,
    schema: { type: 'string', minLength: 1, maxLength: 50 },
  });

export const HsCode = (): PropertyDecorator =>
  rule({
    name: 'hsCode',
    message: 'must be a tariff code of 6 to 10 digits, with or without dots',
    holds: (value) => typeof value === 'string' && /^[\d.]+$/.test(value) && parseHsCode(value) !== null,
    schema: { type: 'string', pattern: '^\\d{4}\\.?\\d{2}[\\d.]{0,6}$' },
  });

const PHONE = /^\+[1-9]\d{6,14}$/;
const PHONE_FORM = 'a telephone number of E.164: plus and digits only';

export const PhoneNumber = (): PropertyDecorator => Pattern(PHONE, PHONE_FORM);
export const PhoneNumbers = (items: number): PropertyDecorator => PatternList(PHONE, PHONE_FORM, items);

/** Kept plain on purpose: no display name, no quoting. */
const MAILBOX = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}$/;
const MAILBOX_FORM = 'an e-mail address such as unit@customs.example';

export const Mailbox = (): PropertyDecorator => Pattern(MAILBOX, MAILBOX_FORM);
export const Mailboxes = (items: number): PropertyDecorator => PatternList(MAILBOX, MAILBOX_FORM, items);
