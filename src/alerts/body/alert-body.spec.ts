import { describe, expect, it } from '@jest/globals';
import { brokenRules, spoilt, someNominalData } from '../../exchange/body/body.example.js';
import { NominalData, partiesWithoutPlace } from '../../exchange/body/nominal-data.js';
import { AlertBody } from './alert-body.js';
import { aMethodAlertBody, anAlertBody, aPersonAlertBody } from './alert-body.example.js';

const grade = { scheme: '4X4', source: 'B', information: '2' } as const;
const indicator = (part: object = {}): never =>
  ({ id: 'I1', type: 'SCAN_ANOMALY', text: 'A hollow floor.', weight: 'HIGH', grade, ...part }) as never;
const MUST_HAVE = [
  'ref', 'language', 'kind', 'severity', 'urgency', 'validFrom', 'validTo', 'title', 'summary', 'commodityGroups', 'indicators', 'evaluation',
  'requestedAction', 'feedbackRequired',
] as const; // prettier-ignore

describe('alert', () => {
  it.each([
    ['about a consignment', anAlertBody()],
    ['about a person', aPersonAlertBody()],
    ['about a method', aMethodAlertBody()],
    [
      'with an overridden container',
      anAlertBody({
        consignment: {
          containers: [{ number: 'CSQU3054384', checkDigit: 'OVERRIDDEN', overrideReason: 'So painted on the box.' }],
        },
      }),
    ],
    ['of exactly 366 days', anAlertBody({ validTo: '2027-11-23T02:15:00Z' })],
    [
      'for information, result wanted all the same',
      aMethodAlertBody({ feedbackRequired: true, feedbackDueAt: '2027-01-01T00:00:00Z' }),
    ],
    [
      'with safety advice',
      anAlertBody({ safety: { text: 'Ammonium nitrate.', unNumbers: ['1942'], radiation: false } }),
    ],
  ])('%s is valid', (_, body) => {
    expect(brokenRules(AlertBody, body)).toEqual([]);
  });

  it.each(MUST_HAVE)('needs %s', (member) => {
    expect(brokenRules(AlertBody, aMethodAlertBody({ [member]: undefined }))).toEqual([`/${member} required`]);
  });

  it.each<[string, unknown, string[]]>([
    ['serial number as reference', anAlertBody({ ref: 'VN-ALR-2026-000123' }), ['/ref pattern']],
    ['reference of a request', anAlertBody({ ref: 'VN-REQ-2026-KXQWPD' }), ['/ref pattern']],
    ['country for a language', anAlertBody({ language: 'vn' }), ['/language language']],
    ['kind of a later version', spoilt(anAlertBody(), { kind: 'WEATHER' }), ['/kind code']],
    ['end before beginning', anAlertBody({ validTo: '2026-11-22T02:15:00Z' }), ['/validTo after']],
    ['more than 366 days', anAlertBody({ validTo: '2027-11-23T02:15:01Z' }), ['/validTo withinDays']],
    ['title of two lines', anAlertBody({ title: 'One\ntwo' }), ['/title shortText']],
    ['no commodity group', anAlertBody({ commodityGroups: [] }), ['/commodityGroups codes']],
    [
      'unknown commodity group',
      spoilt(anAlertBody(), { commodityGroups: ['DRUGS', 'SUGAR'] }),
      ['/commodityGroups/1 codes'],
    ],
    ['no consignment', anAlertBody({ consignment: undefined }), ['/consignment required']],
    ['no conveyance', anAlertBody({ conveyance: undefined }), ['/conveyance required']],
    ['no route', anAlertBody({ route: undefined }), ['/route required']],
    ['empty route', anAlertBody({ route: [] }), ['/route records']],
    [
      'consignment that nothing identifies',
      anAlertBody({ consignment: { packages: 3 } }),
      ['/consignment identifiable'],
    ],
    [
      'container whose check digit is said to be right',
      anAlertBody({ consignment: { containers: [{ number: 'CSQU3054384', checkDigit: 'OK' }] } }),
      ['/consignment/containers/0/checkDigit truthful'],
    ],
    ['no party in an alert about a person', aPersonAlertBody({ parties: undefined }), ['/parties required']],
    [
      'no person in an alert about a person',
      aPersonAlertBody({ parties: [{ key: 'P1', role: 'CONSIGNEE', kind: 'BUSINESS', involvementLevel: 'UNKNOWN' }] }),
      ['/parties person'],
    ],
    [
      'a business',
      anAlertBody({ kind: 'BUSINESS', consignment: undefined, conveyance: undefined, route: undefined }),
      [],
    ],
    [
      'no party in an alert about a business',
      anAlertBody({ kind: 'BUSINESS', parties: undefined }),
      ['/parties required'],
    ],
    ['no business in an alert about a business', aPersonAlertBody({ kind: 'BUSINESS' }), ['/parties business']],
    ['a means of transport', anAlertBody({ kind: 'CONVEYANCE', consignment: undefined, route: undefined }), []],
    [
      'no conveyance in an alert about one',
      anAlertBody({ kind: 'CONVEYANCE', conveyance: undefined }),
      ['/conveyance required'],
    ],
    ['dangerous goods', aMethodAlertBody({ kind: 'DANGEROUS_GOODS', safety: { text: 'Explosive when dry.' } }), []],
    [
      'dangerous goods without the danger',
      aMethodAlertBody({ kind: 'DANGEROUS_GOODS', safety: undefined }),
      ['/safety required'],
    ],
    ['a trend', aMethodAlertBody({ kind: 'TREND' }), []],
    [
      'person without a basis',
      aPersonAlertBody({ parties: [{ key: 'P1', role: 'COURIER', kind: 'PERSON', involvementLevel: 'SUSPECTED' }] }),
      ['/parties/0/suspicionBasis required'],
    ],
    ['personal details', spoilt(aPersonAlertBody(), { nominal: someNominalData() }), ['/nominal unknownMember']],
    ['no indicator', anAlertBody({ indicators: [] }), ['/indicators records']],
    [
      'indicator without a grade',
      anAlertBody({ indicators: [indicator({ grade: undefined })] }),
      ['/indicators/0/grade required'],
    ],
    ['indicator twice', anAlertBody({ indicators: [indicator(), indicator()] }), ['/indicators uniqueBy']],
    [
      'indicator with another key',
      anAlertBody({ indicators: [indicator({ id: 'P1' })] }),
      ['/indicators/0/id pattern'],
    ],
    [
      'grade of another scheme',
      spoilt(anAlertBody(), { evaluation: { ...grade, information: '6' } }),
      ['/evaluation/information grade'],
    ],
    [
      'forbidden to open what is to be opened',
      anAlertBody({ requestedAction: 'OPEN', doNot: ['OPEN'] }),
      ['/doNot contradiction'],
    ],
    [
      'result waived although a scan is asked',
      anAlertBody({ feedbackRequired: false, feedbackDueAt: undefined }),
      ['/feedbackRequired feedbackWaived'],
    ],
    ['result required without a date', anAlertBody({ feedbackDueAt: undefined }), ['/feedbackDueAt required']],
    [
      'date although the result is waived',
      aMethodAlertBody({ feedbackDueAt: '2027-01-01T00:00:00Z' }),
      ['/feedbackDueAt unexpected'],
    ],
    [
      'result due before the alert begins',
      anAlertBody({ feedbackDueAt: '2026-11-22T00:00:00Z' }),
      ['/feedbackDueAt after'],
    ],
    ['FLASH without a contact', anAlertBody({ urgency: 'FLASH', contact24h: undefined }), ['/contact24h required']],
    [
      'FLASH without a telephone',
      anAlertBody({ urgency: 'FLASH', contact24h: { unit: 'VN-CUS-AS', mailbox: 'duty@customs.example' } }),
      ['/contact24h/phone flashPhone'],
    ],
    ['safety without words', anAlertBody({ safety: { text: '' } }), ['/safety/text longText']],
    [
      'UN number of three digits',
      anAlertBody({ safety: { text: 'Acid.', unNumbers: ['194'] } }),
      ['/safety/unNumbers/0 pattern'],
    ],
    ['related reference that is none', anAlertBody({ relatedRefs: ['M918'] }), ['/relatedRefs/0 pattern']],
  ])('refuses: %s', (_, body, broken) => {
    expect(brokenRules(AlertBody, body)).toEqual(broken);
  });

  it('has its personal details beside it, by key', () => {
    expect(brokenRules(NominalData, someNominalData())).toEqual([]);
    expect(partiesWithoutPlace(someNominalData(), aPersonAlertBody())).toEqual([]);
  });
});
