import type { RouteStop } from '../../../exchange/body/route.js';
import type { Words } from '../fictional.js';
import type { Mode } from './scenario.js';

/** A stop by UN/LOCODE or, where that is not known for certain, by name. */
type Stop = Pick<RouteStop, 'role' | 'locode' | 'place' | 'country'>;

/** A way that goods take, the unit that knows of it and the agency or unit that should look. */
export interface Route {
  mode: Mode;
  unit: string;
  to: string;
  stops: Stop[];
  /** How long the journey takes, days. */
  days: number;
}

/** Names of the places; codes from memory of the public table, unverified. */
export const PLACES: Readonly<Record<string, Words>> = {
  THLCH: { en: 'Laem Chabang', vi: 'Laem Chabang' },
  THBKK: { en: 'Bangkok', vi: 'Băng Cốc' },
  VNHPH: { en: 'Hai Phong', vi: 'Hải Phòng' },
  VNDAD: { en: 'Da Nang', vi: 'Đà Nẵng' },
  VNSGN: { en: 'Ho Chi Minh City', vi: 'TP Hồ Chí Minh' },
  VNVUT: { en: 'Vung Tau', vi: 'Vũng Tàu' },
  VNHAN: { en: 'Ha Noi', vi: 'Hà Nội' },
  CNSHK: { en: 'Shekou', vi: 'Xà Khẩu' },
  CNCAN: { en: 'Guangzhou', vi: 'Quảng Châu' },
  CNKMG: { en: 'Kunming', vi: 'Côn Minh' },
  PHMNL: { en: 'Manila', vi: 'Ma-ni-la' },
  PHCEB: { en: 'Cebu', vi: 'Cebu' },
  MMRGN: { en: 'Yangon', vi: 'Y-ăng-gun' },
  KHKOS: { en: 'Sihanoukville', vi: 'Sihanoukville' },
  KHPNH: { en: 'Phnom Penh', vi: 'Phnôm Pênh' },
  LAVTE: { en: 'Vientiane', vi: 'Viêng Chăn' },
  SGSIN: { en: 'Singapore', vi: 'Xin-ga-po' },
};

const from = (locode: string): Stop => ({ role: 'DEPARTURE', locode });
const over = (locode: string): Stop => ({ role: 'TRANSHIPMENT', locode });
const through = (place: string, country: string): Stop => ({ role: 'TRANSIT', place, country });
const into = (locode: string): Stop => ({ role: 'DESTINATION', locode });

export const ROUTES: readonly Route[] = [
  { mode: 'SEA', unit: 'TH-CUS-LCB', to: 'VN-CUS-PCUHPH', stops: [from('THLCH'), into('VNHPH')], days: 5 },
  { mode: 'SEA', unit: 'TH-CUS-LCB', to: 'VN-CUS-PCUSGN', stops: [from('THLCH'), into('VNSGN')], days: 3 },
  { mode: 'SEA', unit: 'CN-CUS-AS', to: 'VN-CUS-PCUHPH', stops: [from('CNSHK'), into('VNHPH')], days: 3 },
  { mode: 'SEA', unit: 'CN-CUS-AS', to: 'VN-CUS-PCUDAD', stops: [from('CNSHK'), into('VNDAD')], days: 4 },
  { mode: 'SEA', unit: 'KH-CUS-INV', to: 'VN-CUS-PCUVUT', stops: [from('KHKOS'), into('VNVUT')], days: 2 },
  {
    mode: 'SEA',
    unit: 'MM-CUS-INV',
    to: 'VN-CUS-PCUVUT',
    stops: [from('MMRGN'), over('SGSIN'), into('VNVUT')],
    days: 9,
  },
  { mode: 'SEA', unit: 'PH-CUS-INV', to: 'VN-CUS', stops: [from('PHMNL'), into('VNHPH')], days: 5 },
  { mode: 'SEA', unit: 'PH-CUS-INV', to: 'TH-CUS-LCB', stops: [from('PHMNL'), over('VNSGN'), into('THLCH')], days: 7 },
  { mode: 'SEA', unit: 'VN-CUS-PCUSGN', to: 'PH-CUS', stops: [from('VNSGN'), into('PHMNL')], days: 4 },
  { mode: 'SEA', unit: 'VN-CUS-PCUVUT', to: 'PH-CUS', stops: [from('VNVUT'), into('PHCEB')], days: 5 },
  { mode: 'SEA', unit: 'VN-CUS-PCUDAD', to: 'PH-CUS', stops: [from('VNDAD'), over('CNSHK'), into('PHMNL')], days: 8 },
  { mode: 'SEA', unit: 'VN-CUS-PCUHPH', to: 'CN-CUS', stops: [from('VNHPH'), into('CNSHK')], days: 3 },
  { mode: 'SEA', unit: 'VN-CUS-PCUSGN', to: 'TH-CUS-LCB', stops: [from('VNSGN'), into('THLCH')], days: 3 },
  { mode: 'SEA', unit: 'MM-CUS-INV', to: 'TH-CUS-LCB', stops: [from('MMRGN'), over('SGSIN'), into('THLCH')], days: 8 },
  { mode: 'SEA', unit: 'TH-CUS-LCB', to: 'CN-CUS', stops: [from('THLCH'), into('CNSHK')], days: 6 },
  {
    mode: 'ROAD',
    unit: 'LA-CUS-AS',
    to: 'VN-CUS',
    stops: [from('LAVTE'), through('Cau Treo', 'VN'), into('VNHAN')],
    days: 2,
  },
  {
    mode: 'ROAD',
    unit: 'VN-CUS-AS',
    to: 'LA-CUS',
    stops: [from('VNHAN'), through('Cau Treo', 'VN'), into('LAVTE')],
    days: 2,
  },
  {
    mode: 'ROAD',
    unit: 'TH-CUS-ISD',
    to: 'LA-CUS',
    stops: [from('THBKK'), through('Nong Khai', 'TH'), into('LAVTE')],
    days: 1,
  },
  {
    mode: 'ROAD',
    unit: 'MM-CUS-INV',
    to: 'TH-CUS',
    stops: [from('MMRGN'), through('Mae Sot', 'TH'), into('THBKK')],
    days: 2,
  },
  {
    mode: 'ROAD',
    unit: 'KH-CUS-INV',
    to: 'VN-CUS',
    stops: [from('KHPNH'), through('Moc Bai', 'VN'), into('VNSGN')],
    days: 1,
  },
  {
    mode: 'ROAD',
    unit: 'VN-CUS-AS',
    to: 'KH-CUS',
    stops: [from('VNSGN'), through('Moc Bai', 'VN'), into('KHPNH')],
    days: 1,
  },
  {
    mode: 'ROAD',
    unit: 'CN-CUS-AS',
    to: 'LA-CUS',
    stops: [from('CNKMG'), through('Boten', 'LA'), into('LAVTE')],
    days: 2,
  },
  {
    mode: 'ROAD',
    unit: 'CN-CUS-AS',
    to: 'MM-CUS',
    stops: [from('CNKMG'), through('Ruili', 'CN'), into('MMRGN')],
    days: 3,
  },
  { mode: 'AIR', unit: 'TH-CUS-ISD', to: 'VN-CUS', stops: [from('THBKK'), into('VNSGN')], days: 1 },
  { mode: 'AIR', unit: 'VN-CUS-AS', to: 'PH-CUS', stops: [from('VNSGN'), into('PHMNL')], days: 1 },
  { mode: 'AIR', unit: 'CN-CUS-AS', to: 'KH-CUS', stops: [from('CNCAN'), into('KHPNH')], days: 1 },
  { mode: 'AIR', unit: 'KH-CUS-INV', to: 'TH-CUS', stops: [from('KHPNH'), into('THBKK')], days: 1 },
  { mode: 'AIR', unit: 'VN-CUS-AS', to: 'CN-CUS', stops: [from('VNHAN'), into('CNCAN')], days: 1 },
  { mode: 'POST', unit: 'TH-CUS-ISD', to: 'VN-CUS', stops: [from('THBKK'), into('VNHAN')], days: 4 },
  { mode: 'POST', unit: 'CN-CUS-AS', to: 'VN-CUS', stops: [from('CNCAN'), into('VNHAN')], days: 4 },
];

/** The way of the FLASH: the ship is about to arrive. */
export const FLASH_ROUTE: Route = {
  mode: 'SEA',
  unit: 'TH-CUS-LCB',
  to: 'VN-CUS-PCUHPH',
  stops: [from('THLCH'), into('VNHPH')],
  days: 5,
};

/** Ways of the alerts that go to several administrations, each as an object of its own; `to` is the first of them. */
export const ROUTES_OF_SEVERAL: readonly (Route & { others: string[] })[] = [
  {
    mode: 'SEA',
    unit: 'VN-CUS-AS',
    to: 'PH-CUS',
    others: ['TH-CUS', 'CN-CUS'],
    stops: [from('VNSGN'), over('SGSIN'), into('PHMNL')],
    days: 10,
  },
  {
    mode: 'ROAD',
    unit: 'CN-CUS-AS',
    to: 'MM-CUS',
    others: ['LA-CUS', 'VN-CUS'],
    stops: [from('CNKMG'), through('Ruili', 'CN'), into('MMRGN')],
    days: 4,
  },
];
