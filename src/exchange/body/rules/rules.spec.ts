import { describe, expect, it } from '@jest/globals';
import { brokenRules } from '../body.example.js';
import { BodyClass } from './body-class.js';
import { CodeOf, CodesOf } from './code.js';
import { AirWaybill, BillOfLading, ContainerNumber, HsCode, ImoNumber, Mailbox, PhoneNumber } from './identifier.js';
import { NestedList, NestedRecord, UniqueBy } from './nested.js';
import { DecimalString, Flag, WholeNumber } from './number.js';
import { ExactlyWhen, OnlyWhen, Optional, RequiredWhen } from './presence.js';
import { AgencyCode, Reference, UnitCode } from './reference.js';
import { LongText, ShortText, TextList } from './text.js';
import { After, LocalDate, PartialDate, UtcTime, WithinDaysOf } from './time.js';

const SIZE = { SMALL: 'SMALL', LARGE: 'LARGE' } as const;

@BodyClass('RulesItem', 'For this test.')
class Item {
  @ShortText(5)
  name: string;
}

@BodyClass('RulesRecord', 'For this test.')
class RulesRecord {
  @Optional() @ShortText(5) short?: string;
  @Optional() @LongText(8) long?: string;
  @Optional() @TextList({ items: 2, max: 3 }) texts?: string[];
  @Optional() @UtcTime() time?: string;
  @Optional() @UtcTime() @After('time') @WithinDaysOf('time', 2) later?: string;
  @Optional() @LocalDate() day?: string;
  @Optional() @PartialDate() birth?: string;
  @Optional() @DecimalString({ integerDigits: 3, fractionDigits: 2 }) amount?: string;
  @Optional() @WholeNumber(1, 5) count?: number;
  @Optional() @Flag() flag?: boolean;
  @Optional() @CodeOf(SIZE) size?: string;
  @Optional() @CodesOf(SIZE) sizes?: string[];
  @Optional() @NestedRecord(() => Item) item?: Item;
  @Optional() @NestedList(() => Item, 2) @UniqueBy('name') items?: Item[];
  @RequiredWhen<RulesRecord>(({ flag }) => flag === true, 'when.flash') @ShortText(5) whenFlag?: string;
  @OnlyWhen<RulesRecord>(({ size }) => size === 'LARGE', 'when.h3') @ShortText(5) onlyLarge?: string;
  @ExactlyWhen<RulesRecord>(({ count }) => count === 3, 'when.named') @ShortText(5) three?: string;
  @Optional() @ContainerNumber() container?: string;
  @Optional() @ImoNumber() imo?: string;
  @Optional() @AirWaybill() awb?: string;
  @Optional() @BillOfLading() bl?: string;
  @Optional() @HsCode() hs?: string;
  @Optional() @PhoneNumber() phone?: string;
  @Optional() @Mailbox() mailbox?: string;
  @Optional() @AgencyCode() agency?: string;
  @Optional() @UnitCode() unit?: string;
  @Optional() @Reference('ALR') ref?: string;
}

const TIME = '2026-11-22T02:15:00Z';

describe('rules that hold', () => {
  it.each<[string, object]>([
    ['nothing at all', {}],
    ['a short text in any script', { short: 'Cảnh' }],
    ['characters beyond the basic plane, each counted once', { short: '🚢🚢🚢🚢🚢' }],
    ['lines', { long: 'a\nb\n\nc' }],
    ['a list of texts', { texts: ['a', 'b\nc'] }],
    ['a time', { time: TIME }],
    ['a leap day', { time: '2028-02-29T00:00:00Z', day: '2028-02-29' }],
    ['a later time, exactly two days', { time: TIME, later: '2026-11-24T02:15:00Z' }],
    ['a date of birth, more or less exact', { birth: '1984-05-17' }],
    ['a year and month of birth', { birth: '1984-05' }],
    ['a year of birth', { birth: '1984' }],
    ['an amount with zeros at the end', { amount: '12.50' }],
    ['zero', { amount: '0' }],
    ['a fraction', { amount: '0.05' }],
    ['a count and its condition', { count: 3, three: 'yes' }],
    ['a flag and its condition', { flag: true, whenFlag: 'yes' }],
    ['something that may be given without being asked', { whenFlag: 'yes' }],
    ['something allowed', { size: 'LARGE', onlyLarge: 'yes' }],
    ['codes', { size: 'SMALL', sizes: ['LARGE', 'SMALL'] }],
    ['records', { item: { name: 'a' }, items: [{ name: 'a' }, { name: 'b' }] }],
    ['identifiers', { container: 'CSQU3054384', imo: '9074729', awb: '17612345675', bl: 'ABCD 123/45', hs: '7308.90' }],
    ['addresses', { phone: '+842439440833', mailbox: 'a.b+c@customs.example', agency: 'VN-CUS', unit: 'VN-CUS-AS' }],
    ['a reference', { ref: 'VN-ALR-2026-KXQWPD' }],
  ])('%s', (_, record) => {
    expect(brokenRules(RulesRecord, record)).toEqual([]);
  });
});

describe('rules that are broken', () => {
  it.each<[string, object, string[]]>([
    ['empty', { short: '' }, ['/short shortText']],
    ['too long', { short: 'abcdef' }, ['/short shortText']],
    ['blank at the end', { short: 'abc ' }, ['/short shortText']],
    ['no-break space at the start', { short: '\u00a0abc' }, ['/short shortText']],
    ['line feed in a short text', { short: 'a\nb' }, ['/short shortText']],
    ['tab', { short: 'a\tb' }, ['/short shortText']],
    ['escape', { short: 'a\u001bb' }, ['/short shortText']],
    ['C1 control', { short: 'a\u0085b' }, ['/short shortText']],
    ['a text turned around', { short: 'a\u202eb' }, ['/short shortText']],
    ['isolate', { short: 'a\u2066b' }, ['/short shortText']],
    ['line separator', { long: 'a\u2028b' }, ['/long longText']],
    ['carriage return', { long: 'a\r\nb' }, ['/long longText']],
    ['line feed at the end', { long: 'a\n' }, ['/long longText']],
    ['half a surrogate pair', { long: 'a\ud83d' }, ['/long longText']],
    ['null character', { long: 'a\u0000b' }, ['/long longText']],
    ['text that is none', { short: 5 }, ['/short shortText']],
    ['list for a text', { short: ['abc'] }, ['/short shortText']],
    ['record for a text', { short: { toString: 'abc' } }, ['/short shortText']],
    ['empty list', { texts: [] }, ['/texts textList']],
    ['too many texts', { texts: ['a', 'b', 'c'] }, ['/texts textList']],
    ['one bad text', { texts: ['a', 'abcd'] }, ['/texts/1 textList']],
    ['text for a list', { texts: 'a' }, ['/texts textList']],
    ['time with fraction', { time: '2026-11-22T02:15:00.000Z' }, ['/time utcTime']],
    ['time with offset', { time: '2026-11-22T02:15:00+00:00' }, ['/time utcTime']],
    ['small z', { time: '2026-11-22T02:15:00z' }, ['/time utcTime']],
    ['day that is none', { time: '2026-02-30T00:00:00Z' }, ['/time utcTime']],
    ['year 0', { time: '0000-01-01T00:00:00Z' }, ['/time utcTime']],
    ['day of the year 0', { day: '0000-01-01' }, ['/day localDate']],
    ['hour 24', { time: '2026-11-22T24:00:00Z' }, ['/time utcTime']],
    ['leap second', { time: '2026-12-31T23:59:60Z' }, ['/time utcTime']],
    ['date only', { time: '2026-11-22' }, ['/time utcTime']],
    ['line feed behind', { time: `${TIME}\n` }, ['/time utcTime']],
    ['same time', { time: TIME, later: TIME }, ['/later after']],
    ['too late', { time: TIME, later: '2026-11-24T02:15:01Z' }, ['/later withinDays']],
    ['no leap year', { day: '2026-02-29' }, ['/day localDate']],
    ['date turned around', { day: '22-11-2026' }, ['/day localDate']],
    ['month 13', { birth: '1984-13' }, ['/birth partialDate']],
    ['day 31 of June', { birth: '1984-06-31' }, ['/birth partialDate']],
    ['number for an amount', { amount: 12 }, ['/amount decimalString']],
    ['comma', { amount: '12,5' }, ['/amount decimalString']],
    ['sign', { amount: '-1' }, ['/amount decimalString']],
    ['leading zero', { amount: '012' }, ['/amount decimalString']],
    ['exponent', { amount: '1e2' }, ['/amount decimalString']],
    ['point at the end', { amount: '1.' }, ['/amount decimalString']],
    ['too many decimals', { amount: '1.234' }, ['/amount decimalString']],
    ['too many digits', { amount: '1234' }, ['/amount decimalString']],
    ['fraction', { count: 1.5 }, ['/count number']],
    ['minus zero', { count: -0 }, ['/count number']],
    ['unsafe integer', { count: 2 ** 53 }, ['/count number']],
    ['too small', { count: 0 }, ['/count wholeNumber']],
    ['number in quotes', { count: '1' }, ['/count wholeNumber']],
    ['flag in words', { flag: 'true' }, ['/flag flag']],
    ['unknown code', { size: 'small' }, ['/size code']],
    ['inherited name as a code', { size: 'toString' }, ['/size code']],
    ['code twice', { sizes: ['LARGE', 'LARGE'] }, ['/sizes codes']],
    ['unknown code in a list', { sizes: ['LARGE', 'HUGE'] }, ['/sizes/1 codes']],
    ['list for a record', { item: [{ name: 'a' }] }, ['/item record']],
    ['text for a record', { item: 'a' }, ['/item record']],
    ['record for a list', { items: { name: 'a' } }, ['/items records']],
    ['list in a list', { items: [[{ name: 'a' }]] }, ['/items/0 records']],
    ['text in a list of records', { items: [{ name: 'a' }, 'b'] }, ['/items/1 records']],
    ['too many records', { items: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, ['/items records']],
    ['same key twice', { items: [{ name: 'a' }, { name: 'a' }] }, ['/items uniqueBy']],
    ['bad member of a record', { items: [{ name: 'a' }, { name: 'abcdef' }] }, ['/items/1/name shortText']],
    ['missing member of a record', { items: [{}] }, ['/items/0/name required']],
    ['missing with its condition', { flag: true }, ['/whenFlag required']],
    ['given without its condition', { onlyLarge: 'yes' }, ['/onlyLarge unexpected']],
    ['neither', { count: 3 }, ['/three required']],
    ['nor', { three: 'yes' }, ['/three unexpected']],
    ['container with blanks', { container: 'CSQU 305438 3' }, ['/container container']],
    ['wrong check digit of a ship', { imo: '9074728' }, ['/imo imo']],
    ['ship with letters before', { imo: 'IMO9074729' }, ['/imo imo']],
    ['wrong check digit of an air waybill', { awb: '17612345676' }, ['/awb airWaybill']],
    ['air waybill with dash', { awb: '176-12345675' }, ['/awb airWaybill']],
    ['bill of lading without a letter or digit', { bl: '--' }, ['/bl billOfLading']],
    ['tariff heading', { hs: '7308' }, ['/hs hsCode']],
    ['national telephone number', { phone: '02439440833' }, ['/phone pattern']],
    ['display name', { mailbox: 'Duty <duty@customs.example>' }, ['/mailbox pattern']],
    ['agency in small letters', { agency: 'vn-cus' }, ['/agency pattern']],
    ['agency for a unit', { unit: 'VN-CUS' }, ['/unit pattern']],
    ['serial number', { ref: 'VN-ALR-2026-000123' }, ['/ref pattern']],
    ['reference of another kind', { ref: 'VN-REQ-2026-KXQWPD' }, ['/ref pattern']],
  ])('%s', (_, record, broken) => {
    expect(brokenRules(RulesRecord, record).sort()).toEqual(broken);
  });
});
