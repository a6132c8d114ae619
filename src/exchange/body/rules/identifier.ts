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
import { isNetwork } from '../../../common/identifiers/network.js';
import { parsePostalItem } from '../../../common/identifiers/postal-item.js';
import { parseUnLocode } from '../../../common/identifiers/un-locode.js';
import type { KeyOf } from '../../../common/messages/messages.js';
import { rule, type SchemaPart } from './rule.js';
import { listOf, Pattern, PatternList } from './text.js';

/*
 * Identifiers stand in a payload in their normal form, so that two systems which compare them letter by letter agree. Two kinds are written as
 * the document prints them, because there is no one form: numbers of bills of lading and tariff codes; look-ups normalise those.
 */

type Parse = (text: string) => string | null;

function normalForm(name: string, form: KeyOf<'form'>, parse: Parse, schema: SchemaPart): PropertyDecorator {
  return rule({
    name,
    key: 'problem.form',
    params: { form: { key: form } },
    holds: (value) => typeof value === 'string' && value.length <= 64 && parse(value) === value,
    schema: { type: 'string', ...schema },
  });
}

/** A container number whatever its check digit: whether that is right is said, truthfully, beside it. */
export const ContainerNumber = (): PropertyDecorator =>
  normalForm('container', 'form.container', (text) => parseContainer(text)?.normalised ?? null, {
    pattern: '^[A-Z]{3}[UJZ]\\d{7}$',
  });

export const ImoNumber = (): PropertyDecorator =>
  normalForm('imo', 'form.imo', parseImoNumber, {
    pattern: '^\\d{7}$',
  });

export const Mmsi = (): PropertyDecorator => normalForm('mmsi', 'form.mmsi', parseMmsi, { pattern: '^[2-7]\\d{8}$' });

export const AirWaybill = (): PropertyDecorator =>
  normalForm('airWaybill', 'form.airWaybill', parseAirWaybill, {
    pattern: '^\\d{10}[0-6]$',
  });

export const PostalItem = (): PropertyDecorator =>
  normalForm('postalItem', 'form.postalItem', parsePostalItem, {
    pattern: '^[A-Z]{2}\\d{9}[A-Z]{2}$',
  });

export const UnLocode = (): PropertyDecorator =>
  normalForm('unLocode', 'form.unLocode', parseUnLocode, {
    pattern: '^[A-Z]{2}[A-Z2-9]{3}$',
  });

export const Country = (): PropertyDecorator =>
  normalForm('country', 'form.country', parseCountry, { enum: COUNTRIES });

export const Language = (): PropertyDecorator =>
  normalForm('language', 'form.language', parseLanguage, { enum: LANGUAGES });

export const Currency = (): PropertyDecorator =>
  normalForm('currency', 'form.currency', parseCurrency, { pattern: '^[A-Z]{3}$' });

export const CasNumber = (): PropertyDecorator =>
  normalForm('casNumber', 'form.casNumber', parseCasNumber, {
    pattern: '^[1-9]\\d{1,6}-\\d{2}-\\d$',
  });

export function isBillOfLading(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^[\x21-\x7e]([\x20-\x7e]{0,48}[\x21-\x7e])?$/.test(value) &&
    normaliseBillOfLading(value) !== null
  );
}

/** As the document prints it, on one line; at least one letter or digit, at most 35 of them. */
export const BillOfLading = (): PropertyDecorator =>
  rule({
    name: 'billOfLading',
    key: 'problem.billOfLading',
    holds: isBillOfLading,
    schema: { type: 'string', minLength: 1, maxLength: 50 },
  });

export function isHsCode(value: unknown): value is string {
  return typeof value === 'string' && /^[\d.]+$/.test(value) && parseHsCode(value) !== null;
}

export const HsCode = (): PropertyDecorator =>
  rule({
    name: 'hsCode',
    key: 'problem.hsCode',
    holds: isHsCode,
    schema: { type: 'string', pattern: '^\\d{4}\\.?\\d{2}[\\d.]{0,6}$' },
  });

const PHONE = /^\+[1-9]\d{6,14}$/;

export const PhoneNumber = (): PropertyDecorator => Pattern(PHONE, 'form.phone');
export const PhoneNumbers = (items: number): PropertyDecorator => PatternList(PHONE, 'form.phone', items);

/** Kept plain on purpose: no display name, no quoting. */
const MAILBOX = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}$/;

export const Mailbox = (): PropertyDecorator => Pattern(MAILBOX, 'form.mailbox');
export const Mailboxes = (items: number): PropertyDecorator => PatternList(MAILBOX, 'form.mailbox', items);

/** Addresses and networks, at least one: a list of nothing would read as nowhere to one and as anywhere to another. */
export const Networks = (items: number): PropertyDecorator =>
  listOf({
    name: 'network',
    key: 'problem.formList',
    params: { items, form: { key: 'form.network' } },
    items,
    unique: true,
    holds: (item) => typeof item === 'string' && isNetwork(item),
    schema: { type: 'string', maxLength: 43 },
  });
