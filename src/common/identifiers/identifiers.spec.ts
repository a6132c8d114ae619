import { describe, expect, it } from '@jest/globals';
import { parseAirWaybill } from './air-waybill.js';
import { normaliseBillOfLading } from './bill-of-lading.js';
import { parseCasNumber } from './cas-number.js';
import { parseContainer } from './container.js';
import { COUNTRIES, countryName, parseCountry } from './country.js';
import { parseCurrency } from './currency.js';
import { parseHsCode } from './hs-code.js';
import { parseImoCompany } from './imo-company.js';
import { parseImoNumber } from './imo-number.js';
import { LANGUAGES, parseLanguage } from './language.js';
import { parseLei } from './lei.js';
import { parseMmsi } from './mmsi.js';
import { parsePhoneNumber } from './phone-number.js';
import { parsePostalItem } from './postal-item.js';
import { parseUnLocode } from './un-locode.js';

describe('container number', () => {
  it.each([
    ['CSQU3054383', 'CSQU3054383', 'OK'],
    ['MWCU6059784', 'MWCU6059784', 'OK'],
    ['CBHU3202732', 'CBHU3202732', 'OK'],
    ['CSQU1000080', 'CSQU1000080', 'OK'],
    ['csqu 305438-3', 'CSQU3054383', 'OK'],
    ['ＣＳＱＵ３０５４３８３', 'CSQU3054383', 'OK'],
    ['CSQU3054384', 'CSQU3054384', 'WRONG'],
    ['CSQU1000081', 'CSQU1000081', 'WRONG'],
  ])('%s', (text, normalised, checkDigit) => {
    expect(parseContainer(text)).toEqual({ normalised, checkDigit });
  });

  it.each([
    '',
    'CSQX3054383',
    'CSU3054383',
    'CSQU305438',
    'CSQU30543833',
    'CSQU30543O3',
    'CSQU3054383;',
    'CSQU_3054383',
  ])('refuses the shape of "%s"', (text) => {
    expect(parseContainer(text)).toBeNull();
  });
});

describe.each<[string, (text: string) => string | null, [string, string][], string[]]>([
  [
    'IMO ship number',
    parseImoNumber,
    [
      ['9074729', '9074729'],
      ['IMO 9074729', '9074729'],
      ['7625811', '7625811'],
      ['7605811', '7605811'],
    ],
    ['9074728', '907472', '90747290', 'IMO', 'OMI9074729', ''],
  ],
  ['IMO company number', parseImoCompany, [['2041999', '2041999']], ['2041998', '204199', '9074729', '']],
  [
    'air waybill',
    parseAirWaybill,
    [
      ['176-12345675', '17612345675'],
      ['020-81140743', '02081140743'],
      ['176 1234 5675', '17612345675'],
    ],
    ['176-12345676', '176-12345677', '176-1234567', '17-612345675 1', 'AWB17612345675', ''],
  ],
  [
    'bill of lading',
    normaliseBillOfLading,
    [
      ['ABCD1234567', 'ABCD1234567'],
      ['abcd 123-45/67', 'ABCD1234567'],
      ['A'.repeat(35), 'A'.repeat(35)],
    ],
    ['', ' - ', 'A'.repeat(36), 'ABCD123\u0000', 'ЖABCD', 'AB;CD'],
  ],
  ['MMSI', parseMmsi, [['574 001 234', '574001234']], ['974001234', '57400123', '5740012345', '']],
  [
    'postal item',
    parsePostalItem,
    [
      ['RR473120040FI', 'RR473120040FI'], // 10 is written 0
      ['RR473120075FI', 'RR473120075FI'], // 11 is written 5
      ['RR473124829FI', 'RR473124829FI'],
      ['rr 473 124 829 fi', 'RR473124829FI'],
    ],
    ['RR473124828FI', 'RR473124829ZZ', 'R4731248299FI', 'RR47312482FI', ''],
  ],
  [
    'HS code',
    parseHsCode,
    [
      ['7308.90', '730890'],
      ['730890', '730890'],
      ['3102.30.0010', '3102300010'],
      ['8525.80.20', '85258020'],
      ['2915.24', '291524'],
    ],
    [
      '7308',
      '36.03',
      '73089',
      '7308.9',
      '00.1234',
      '0012.34',
      '7712.34',
      '3102.30.00100',
      '31023000100',
      '7308,90',
      '',
    ],
  ],
  [
    'UN/LOCODE',
    parseUnLocode,
    [
      ['VNHPH', 'VNHPH'],
      ['VN SGN', 'VNSGN'],
      ['vndad', 'VNDAD'],
      ['US2NY', 'US2NY'],
    ],
    ['VNSG', 'VNSG0', 'VNSG1', 'ZZSGN', 'VNSGNN', ''],
  ],
  [
    'country',
    parseCountry,
    [
      ['VN', 'VN'],
      ['xk', 'XK'],
      ['TW', 'TW'],
    ],
    ['ZZ', 'EU', 'UK', 'VNM', 'SU', 'XA', ''],
  ],
  [
    'language',
    parseLanguage,
    [
      ['vi', 'vi'],
      ['EN', 'en'],
    ],
    ['vn', 'vie', 'iw', 'sh', 'xx', ''],
  ],
  [
    'LEI',
    parseLei,
    [['5493001KJTIIGC8Y1R12', '5493001KJTIIGC8Y1R12']],
    ['5493001KJTIIGC8Y1R13', '5493001KJTIIGC8Y1R1', ''],
  ],
  [
    'CAS number',
    parseCasNumber,
    [
      ['67-64-1', '67-64-1'],
      ['6484-52-2', '6484-52-2'],
    ],
    ['67-64-2', '67641', '6-64-1', ''],
  ],
  [
    'currency',
    parseCurrency,
    [
      ['VND', 'VND'],
      ['usd', 'USD'],
    ],
    ['XYZ', 'US', 'DONG', ''],
  ],
  [
    'telephone number',
    parsePhoneNumber,
    [
      ['+84 24 3944 0833', '+842439440833'],
      ['+1 (202) 555-0100', '+12025550100'],
    ],
    ['02439440833', '+0123456789', '+84', '+8424394408330833', '+84 24 394x', ''],
  ],
])('%s', (_, parse, good, bad) => {
  it.each(good)('%s is %s', (text, normalised) => {
    expect(parse(text)).toBe(normalised);
    expect(parse(normalised)).toBe(normalised);
  });

  it.each(bad)('refuses "%s"', (text) => {
    expect(parse(text)).toBeNull();
  });
});

describe('tables', () => {
  it('holds the 249 countries of ISO 3166-1 and XK, once each, all with a name in both languages', () => {
    expect(new Set(COUNTRIES).size).toBe(250);
    expect([...COUNTRIES].sort()).toEqual(COUNTRIES);
    for (const language of ['en', 'vi'] as const) {
      expect(COUNTRIES.filter((code) => countryName(code, language) === code)).toEqual([]);
    }
    expect(countryName('VN', 'vi')).toBe('Việt Nam');
    expect(countryName('PH', 'en')).toBe('Philippines');
  });

  it('holds the 183 languages of ISO 639-1, all known to Unicode', () => {
    const known = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
    expect(new Set(LANGUAGES).size).toBe(183);
    expect([...LANGUAGES].sort()).toEqual(LANGUAGES);
    expect(LANGUAGES.filter((code) => known.of(code) === undefined)).toEqual([]);
  });
});
