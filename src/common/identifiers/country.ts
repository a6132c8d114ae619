/**
 * ISO 3166-1 alpha-2, the 249 officially assigned codes, and XK (Kosovo), a user-assigned code in wide use.
 * `source`: ISO 3166-1 from memory, unverified; the spec compares it with the regions Unicode CLDR knows.
 */
const CODES =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH ' +
  'CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN ' +
  'GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI ' +
  'LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM ' +
  'PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD ' +
  'TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW';

/** Every country code the hub accepts, in alphabetical order. */
export const COUNTRIES: readonly string[] = CODES.split(' ');
const KNOWN = new Set(COUNTRIES);

/** Code of a country or territory, ISO 3166-1 alpha-2. Says nothing about anybody's status. */
export function parseCountry(text: string): string | null {
  const code = text.normalize('NFKC').trim().toUpperCase();
  return KNOWN.has(code) ? code : null;
}

/** Name of a country or territory for people, from Unicode CLDR; a deployment may show other names. */
export function countryName(code: string, language: 'en' | 'vi'): string {
  return NAMES[language].of(code) ?? code;
}

const NAMES = {
  en: new Intl.DisplayNames('en', { type: 'region' }),
  vi: new Intl.DisplayNames('vi', { type: 'region' }),
};
