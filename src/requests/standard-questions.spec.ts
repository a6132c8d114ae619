import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { AssistanceType } from '../common/codes/request-codes.js';
import { SLOT_FORMS } from './body/standard-question.js';
import { QUESTION_CATALOGUE } from './question-catalogue.js';
import { questionsToAsk } from './questions-to-ask.js';
import { inWords, SLOT_NAMES, SLOT_TYPES, slotsIn, slotsOf } from './standard-questions.js';

const RELEASED = join(PROJECT_FOLDER, 'src/requests/released-questions.json');
const QUESTIONS = Object.entries(QUESTION_CATALOGUE);

/** What a code means: its English text and the type of each slot. */
function meaningOf(code: string): string {
  const slots = slotsOf(code)!.map((name) => `${name}:${SLOT_TYPES[name]}`);
  const meaning = [QUESTION_CATALOGUE[code]!.en, ...slots].join('\n');
  return createHash('sha256').update(meaning).digest('hex').slice(0, 16);
}

describe('the catalogue of standard questions', () => {
  /** UPDATE_QUESTIONS=1 adds new codes to the list; it changes none. */
  it('gives no released code another meaning', () => {
    const released = JSON.parse(readFileSync(RELEASED, 'utf8')) as Record<string, string>;
    const changed = Object.entries(released)
      .filter(([code, meaning]) => !slotsOf(code) || meaningOf(code) !== meaning)
      .map(([code]) => `${code} stands in signed requests: leave it as it was and add a new code instead`);
    expect(changed).toEqual([]);
    const all = { ...Object.fromEntries(QUESTIONS.map(([code]) => [code, meaningOf(code)])), ...released };
    if (process.env['UPDATE_QUESTIONS']) writeFileSync(RELEASED, `${JSON.stringify(all, null, 2)}\n`);
    expect(JSON.parse(readFileSync(RELEASED, 'utf8'))).toEqual(all);
  });

  it('has about forty questions, whose codes can be read', () => {
    expect(QUESTIONS.length).toBeGreaterThanOrEqual(40);
    expect(QUESTIONS.filter(([code]) => !/^Q(-[A-Z]+)+$/.test(code))).toEqual([]);
  });

  it('has the same slots in both languages, each once and each known', () => {
    for (const [code, { en, vi }] of QUESTIONS) {
      expect([code, slotsIn(vi).toSorted()]).toEqual([code, slotsIn(en).toSorted()]);
      expect([code, new Set(slotsIn(en)).size]).toEqual([code, slotsIn(en).length]);
      expect([code, slotsIn(en).filter((name) => !SLOT_NAMES.includes(name))]).toEqual([code, []]);
    }
    expect(SLOT_NAMES.filter((name) => !QUESTIONS.some(([, { en }]) => slotsIn(en).includes(name)))).toEqual([]);
  });

  it('has sentences in each language, none twice, without words that mean something else to customs', () => {
    for (const language of ['en', 'vi'] as const) {
      const texts = QUESTIONS.map(([, question]) => question[language]);
      expect(texts.filter((text) => !/^[\p{Lu}{].*[.?]$/u.test(text) || text !== text.normalize('NFC'))).toEqual([]);
      expect(new Set(texts).size).toBe(texts.length);
    }
    const vietnamese = QUESTIONS.map(([, { vi }]) => vi);
    expect(vietnamese.filter((text) => /phản hồi|mã xử lý|mật|bắt giữ|giải phóng|tương trợ/i.test(text))).toEqual([]);
  });

  it('offers at least one for every kind of assistance but OTHER', () => {
    const without = Object.keys(AssistanceType).filter(
      (type) => !QUESTIONS.some(([, question]) => question.for.includes(type as AssistanceType)),
    );
    expect(without).toEqual(['OTHER']);
  });

  it('is offered by kind of assistance, with labels in the reader’s language', () => {
    expect(questionsToAsk(null, 'en')).toHaveLength(QUESTIONS.length);
    expect(questionsToAsk('OTHER', 'en')).toEqual([]);
    expect(questionsToAsk('CONTROLLED_DELIVERY', 'vi')).toEqual([
      {
        code: 'Q-CONTROLLED-DELIVERY',
        assistanceTypes: ['CONTROLLED_DELIVERY'],
        text: expect.stringContaining('vận chuyển có kiểm soát'),
        slots: [
          { name: 'CONTAINER', label: 'số container', form: expect.stringMatching(/^số container: bốn chữ cái/) },
          { name: 'LOADING_PLACE', label: 'nơi xếp hàng hoặc nơi đi', form: expect.stringMatching(/^mã UN\/LOCODE/) },
          { name: 'DISCHARGE_PLACE', label: 'nơi dỡ hàng hoặc nơi đến', form: expect.stringMatching(/^mã UN/) },
        ],
      },
    ]);
  });
});

/** Good and bad values for each type of slot. */
const VALUES: Record<keyof typeof SLOT_FORMS, { good: string[]; bad: string[] }> = {
  container: {
    good: ['CSQU3054383', 'CSQU1000080'],
    bad: ['CSQU3054384', 'csqu3054383', 'CSQU 305438-3', 'CSQX3054383'],
  },
  billOfLading: { good: ['ABCD 123-4567'], bad: ['-', '1'.repeat(36), 'Số 1'] },
  airWaybill: { good: ['17612345675'], bad: ['17612345676', '176-12345675'] },
  postalItem: { good: ['RR473124829FI'], bad: ['RR473124828FI', 'RR473124829XX'] },
  declaration: { good: ['10 234/567'], bad: ['1'.repeat(36), ' 1'] },
  printedNumber: { good: ['EX-4471', 'Số 12/2026'], bad: ['1'.repeat(36), 'a\nb'] },
  imo: { good: ['9074729'], bad: ['9074728', 'IMO9074729'] },
  flight: { good: ['VN384'], bad: ['VN 384', 'vn384', 'VN123456'] },
  plate: { good: ['29C-123.45', 'กข 1234'], bad: ['1'.repeat(21)] },
  unLocode: { good: ['VNHPH'], bad: ['VNHP0', 'QQHPH', 'vnhph'] },
  country: { good: ['LA'], bad: ['QQ', 'la'] },
  hsCode: { good: ['7308.90', '73089020'], bad: ['7308', '7708.90'] },
  date: { good: ['2026-02-28'], bad: ['2026-02-29', '28/02/2026', '2026-02'] },
  period: {
    good: ['2026-01-01/2026-03-31', '2026-01-01/2026-01-01'],
    bad: ['2026-03-31/2026-01-01', '2026-01-01', '2026-01-01/2026-01-02/2026-01-03', '2026-01-01/2026-02-30'],
  },
  quantity: {
    good: ['12.500 KGM', '3 H87', '0.5 TNE'],
    bad: ['12.500', '12,5 KGM', '12 KGS', '-1 KGM', '01 KGM', '1 XXX'],
  },
  amount: { good: ['12500.00 USD', '1250000 VND'], bad: ['12500', '1.00000 USD', '1e3 USD', '5 QQQ', '5 usd'] },
  party: { good: ['P1', 'P100'], bad: ['P0', 'p1', 'Nguyen Van A'] },
  text: { good: ['Steel – “structures”'], bad: ['', ' x', 'x'.repeat(301), 'a\nb', 'a\u202eb'] },
};

describe.each(Object.entries(VALUES))('a slot of the type %s', (type, { good, bad }) => {
  const { holds } = SLOT_FORMS[type as keyof typeof SLOT_FORMS];

  it.each(good)('takes "%s"', (value) => expect(holds(value)).toBe(true));
  it.each(bad)('refuses "%s"', (value) => expect(holds(value)).toBe(false));
});

describe('a standard question in words', () => {
  const fill = (code: string, values: Record<string, string>) => ({
    code,
    slots: Object.entries(values).map(([name, value]) => ({ name, value })),
  });

  it.each<[string, Record<string, string>, string, string]>([
    [
      'Q-DUTY-RATE',
      { DATE: '2026-11-02', HS_CODE: '7308.90', COUNTRY: 'LA' },
      'Which duties and taxes applied on 2 November 2026 to goods of tariff code 7308.90 that originate in Laos (LA)?',
      'Vào ngày 02/11/2026, hàng hóa thuộc mã số HS 7308.90 có xuất xứ từ Lào (LA) chịu những loại thuế nào, với thuế suất bao nhiêu?',
    ],
    [
      'Q-QUANTITY-DECLARED',
      { QUANTITY: '1234.50 TNE', DECLARATION: '10234' },
      'Which quantity was declared in declaration 10234? Here 1,234.50 tonnes was found.',
      'Lượng hàng khai báo trên tờ khai 10234 là bao nhiêu? Tại nước chúng tôi, lượng hàng thực tế là 1.234,50 tấn.',
    ],
    [
      'Q-WATCH-VESSEL',
      { VESSEL: '9074729', PLACE: 'VNHPH', PERIOD: '2026-11-02/2026-12-02' },
      'Can you watch the calls of the ship IMO 9074729 at VNHPH in the period 2 November 2026 – 2 December 2026 and report what is loaded and discharged?',
      'Quý cơ quan có thể giám sát các lần cập cảng VNHPH của tàu IMO 9074729 trong thời gian 02/11/2026 – 02/12/2026 và thông báo hàng hóa được xếp, dỡ không?',
    ],
    [
      'Q-CLAIM-ASSETS',
      { BUSINESS: '{AMOUNT} $& Ltd', AMOUNT: '123456789012345.1234 USD' },
      'Does “{AMOUNT} $& Ltd” have property in your country from which a customs claim of 123,456,789,012,345.1234 USD could be recovered?',
      '“{AMOUNT} $& Ltd” có tài sản tại nước quý cơ quan để có thể thu hồi khoản nợ thuế hải quan 123.456.789.012.345,1234 USD không?',
    ],
  ])('%s', (code, values, en, vi) => {
    expect(inWords(fill(code, values), 'en')).toBe(en);
    expect(inWords(fill(code, values), 'vi')).toBe(vi);
  });

  it('fills every slot of every question', () => {
    for (const [code] of QUESTIONS) {
      const values = Object.fromEntries(slotsOf(code)!.map((name) => [name, VALUES[SLOT_TYPES[name]].good[0]!]));
      for (const language of ['en', 'vi'] as const) {
        const words = inWords(fill(code, values), language);
        expect([code, words]).toEqual([code, expect.not.stringMatching(/[{}]|undefined/)]);
        expect(words).toEqual(expect.any(String));
      }
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'Q-PARTY-KNOWN'],
    ['an unknown code', fill('Q-NOTHING', {})],
    ['a name that every object has', { code: 'constructor' }],
    ['a missing slot', fill('Q-PARTY-KNOWN', {})],
    ['another slot', fill('Q-PARTY-KNOWN', { GOODS: 'x' })],
    ['one slot too many', fill('Q-PARTY-KNOWN', { PARTY: 'P1', GOODS: 'x' })],
    [
      'a slot twice',
      {
        code: 'Q-BUSINESSES-RELATED',
        slots: [
          { name: 'BUSINESS', value: 'a' },
          { name: 'BUSINESS', value: 'b' },
        ],
      },
    ],
    ['slots that are none', { code: 'Q-PARTY-KNOWN', slots: [null] }],
    ['a number in a slot', { code: 'Q-PARTY-KNOWN', slots: [{ name: 'PARTY', value: 1 }] }],
  ])('is not made of %s', (_, standard) => expect(inWords(standard, 'en')).toBeNull());

  it('shows a value that has not the form of its slot as it is: what was signed is shown before it is checked', () => {
    expect(inWords(fill('Q-USUAL-PRICE', { HS_CODE: 'x', GOODS: '', PERIOD: 'never' }), 'en')).toContain('never');
    expect(inWords(fill('Q-QUANTITY-DECLARED', { DECLARATION: '1', QUANTITY: 'many KGM' }), 'en')).toContain('many kg');
    expect(inWords(fill('Q-DUTY-RATE', { DATE: 'x', HS_CODE: '1', COUNTRY: 'Laos' }), 'vi')).toContain('Laos');
  });
});
