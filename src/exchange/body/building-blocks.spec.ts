import { describe, expect, it } from '@jest/globals';
import { aHandling, brokenRules, spoilt, someNominalData } from './body.example.js';
import { Consignment } from './consignment.js';
import { Contact } from './contact.js';
import { Conveyance } from './conveyance.js';
import { Evaluation } from './evaluation.js';
import { GoodsLine } from './goods.js';
import { Handling } from './handling.js';
import { NominalData, partiesWithoutPlace } from './nominal-data.js';
import { Party } from './party.js';
import { RouteStop } from './route.js';

const person = {
  key: 'P1',
  role: 'SUSPECT',
  kind: 'PERSON',
  involvementLevel: 'SUSPECTED',
  suspicionBasis: 'Seen twice.',
};
const goods = { commodityGroup: 'DRUGS', description: 'Ketamine' };
const identity = (part: object): object => ({ parties: [spoilt(someNominalData().parties[0], part)] });

describe.each<[string, new () => object, [string, unknown, string[]][]]>([
  [
    'handling',
    Handling,
    [
      ['example', aHandling(), []],
      ['H0 alone', aHandling({ codes: ['H0'] }), []],
      ['H0 with another', aHandling({ codes: ['H0', 'H2'] }), ['/codes h0Alone']],
      ['no code', aHandling({ codes: [] }), ['/codes codes']],
      ['code twice', aHandling({ codes: ['H1', 'H1'] }), ['/codes codes']],
      ['H3 with its text', aHandling({ codes: ['H3'], h3Text: 'Ask first.\nAlways.' }), []],
      ['H3 without its text', aHandling({ codes: ['H2', 'H3'] }), ['/h3Text required']],
      ['text without H3', aHandling({ h3Text: 'Ask first.' }), ['/h3Text unexpected']],
      [
        'codes that are no list',
        spoilt(aHandling(), { codes: 'H3', h3Text: 'Ask.' }),
        ['/codes codes', '/h3Text unexpected'],
      ],
      ['secret marking', spoilt(aHandling(), { classification: 'SECRET' }), ['/classification code']],
      ['named agencies', aHandling({ onwardRule: 'NAMED', onwardNamed: ['VN-MPS'] }), []],
      ['NAMED without names', aHandling({ onwardRule: 'NAMED' }), ['/onwardNamed required']],
      ['names without NAMED', aHandling({ onwardNamed: ['VN-MPS'] }), ['/onwardNamed unexpected']],
      [
        'name that is no agency',
        aHandling({ onwardRule: 'NAMED', onwardNamed: ['VN-MPS', 'police'] }),
        ['/onwardNamed/1 pattern'],
      ],
      ['evidence in spite of H1', aHandling({ evidenceUse: 'YES' }), ['/evidenceUse h1Evidence']],
      ['unknown purpose', spoilt(aHandling(), { purposeLimit: ['MARKETING'] }), ['/purposeLimit/0 codes']],
      ['bad end of sight', aHandling({ expiresAt: '2027-01-01' }), ['/expiresAt utcTime']],
      ['no agreement', spoilt(aHandling(), { legalBasis: {} }), ['/legalBasis/agreement required']],
    ],
  ],
  [
    'evaluation',
    Evaluation,
    [
      ['B2', { scheme: '4X4', source: 'B', information: '2' }, []],
      ['a number for the information', { scheme: '4X4', source: 'B', information: 2 }, ['/information code']],
      ['Admiralty', { scheme: 'ADMIRALTY', source: 'F', information: '6' }, []],
      ['3x5x2', { scheme: '3X5X2', source: '2', information: 'E' }, []],
      ['another scheme', { scheme: '5X5X5', source: 'B', information: '2' }, ['/scheme code']],
      [
        'a scheme that is a member of every object',
        { scheme: 'toString', source: 'B', information: '2' },
        ['/scheme code'],
      ],
      ['no scheme', { source: 'B', information: '2' }, ['/scheme required']],
      [
        'grades of Admiralty',
        { scheme: '4X4', source: 'D', information: '5' },
        ['/source grade', '/information grade'],
      ],
      ['a grade of 4x4', { scheme: 'ADMIRALTY', source: 'X', information: '1' }, ['/source grade']],
      [
        'grades the wrong way round',
        { scheme: '3X5X2', source: 'A', information: '1' },
        ['/source grade', '/information grade'],
      ],
      ['grades of none', { scheme: '4X4', source: 'Z', information: '9' }, ['/source code', '/information code']],
      [
        'grades that are no text',
        spoilt({ scheme: '4X4', source: 'B', information: '2' }, { source: {}, information: 2 }),
        ['/source code', '/information code'],
      ],
    ],
  ],
  [
    'contact',
    Contact,
    [
      ['telephone', { unit: 'VN-CUS-AS', phone: '+842439440833' }, []],
      ['mailbox', { unit: 'VN-CUS-AS', mailbox: 'duty@customs.example' }, []],
      ['neither', { unit: 'VN-CUS-AS' }, ['/unit reachable']],
    ],
  ],
  [
    'goods',
    GoodsLine,
    [
      [
        'two quantities',
        { ...goods, quantity: { value: '1.5', unit: 'TNE' }, secondQuantity: { value: '300', unit: 'H87' } },
        [],
      ],
      [
        'only a second quantity',
        { ...goods, secondQuantity: { value: '300', unit: 'H87' } },
        ['/secondQuantity unexpected'],
      ],
      ['tariff code without edition', { ...goods, hsCode: '2922.39' }, ['/hsEdition required']],
      ['quantity as a number', { ...goods, quantity: { value: 300, unit: 'H87' } }, ['/quantity/value decimalString']],
      ['unknown unit', { ...goods, quantity: { value: '300', unit: 'PCS' } }, ['/quantity/unit code']],
      ['unknown currency', { ...goods, value: { amount: '1', currency: 'XYZ' } }, ['/value/currency currency']],
      ['wrong CAS number', { ...goods, casNumber: '67-64-2' }, ['/casNumber casNumber']],
    ],
  ],
  [
    'consignment',
    Consignment,
    [
      ['container', { containers: [{ number: 'CSQU3054383', checkDigit: 'OK' }] }, []],
      [
        'wrong check digit, overridden',
        { containers: [{ number: 'CSQU3054384', checkDigit: 'OVERRIDDEN', overrideReason: 'So painted on the box.' }] },
        [],
      ],
      [
        'wrong check digit said to be right',
        { containers: [{ number: 'CSQU3054384', checkDigit: 'OK' }] },
        ['/containers/0/checkDigit truthful'],
      ],
      [
        'right check digit overridden',
        { containers: [{ number: 'CSQU3054383', checkDigit: 'OVERRIDDEN', overrideReason: 'Not sure.' }] },
        ['/containers/0/checkDigit truthful'],
      ],
      [
        'overridden without reason',
        { containers: [{ number: 'CSQU3054384', checkDigit: 'OVERRIDDEN' }] },
        ['/containers/0/overrideReason required'],
      ],
      [
        'reason without need',
        { containers: [{ number: 'CSQU3054383', checkDigit: 'OK', overrideReason: 'Not sure.' }] },
        ['/containers/0/overrideReason unexpected'],
      ],
      [
        'wrong shape',
        { containers: [{ number: 'CSQX3054383', checkDigit: 'OK' }] },
        ['/containers/0/number container'],
      ],
      [
        'same container twice',
        {
          containers: [
            { number: 'CSQU3054383', checkDigit: 'OK' },
            { number: 'CSQU3054383', checkDigit: 'OK' },
          ],
        },
        ['/containers uniqueBy'],
      ],
      ['wrong air waybill', { awb: '17612345676' }, ['/awb airWaybill']],
      ['wrong postal item', { postalItem: 'RR473124828FI' }, ['/postalItem postalItem']],
      ['mass as a number', { grossMassKg: 18240.5 }, ['/grossMassKg number']],
      ['unknown place', { loadingPlace: 'ZZSGN' }, ['/loadingPlace unLocode']],
    ],
  ],
  [
    'conveyance',
    Conveyance,
    [
      ['ship', { mode: 'SEA', vessel: { name: 'EXAMPLE STAR', imo: '9074729' } }, []],
      ['wrong IMO number', { mode: 'SEA', vessel: { name: 'EXAMPLE STAR', imo: '9074728' } }, ['/vessel/imo imo']],
      ['ship on a road', { mode: 'ROAD', vessel: { name: 'EXAMPLE STAR' } }, ['/vessel unexpected']],
      ['flight', { mode: 'AIR', flight: { number: 'VN920', registration: 'VN-A321' } }, []],
      ['flight by sea', { mode: 'SEA', flight: { number: 'VN920' } }, ['/flight unexpected']],
      ['truck', { mode: 'ROAD', vehicle: { plate: '29C-123.45', plateCountry: 'VN', vin: '1M8GDM9AXKP042788' } }, []],
      ['VIN with O', { mode: 'ROAD', vehicle: { plate: '29C', vin: '1M8GDM9AXKPO42788' } }, ['/vehicle/vin pattern']],
    ],
  ],
  [
    'route stop',
    RouteStop,
    [
      ['by code', { role: 'TRANSIT', locode: 'VNSGN', certainty: 'CONFIRMED' }, []],
      ['by words', { role: 'TRANSIT', place: 'Mộc Bài', certainty: 'SUSPECTED', plannedOn: '2026-11-25' }, []],
      ['nowhere', { role: 'TRANSIT', certainty: 'CONFIRMED' }, ['/role placed']],
      [
        'time for a day',
        { role: 'TRANSIT', country: 'LA', certainty: 'CONFIRMED', actualOn: '2026-11-25T00:00:00Z' },
        ['/actualOn localDate'],
      ],
    ],
  ],
  [
    'party',
    Party,
    [
      ['person with a basis', person, []],
      ['person without a basis', { ...person, suspicionBasis: undefined }, ['/suspicionBasis required']],
      ['business without a basis', { ...person, kind: 'BUSINESS', suspicionBasis: undefined }, []],
      ['sex of a business', { ...person, kind: 'BUSINESS', sex: 'F' }, ['/sex unexpected']],
      ['name in the signed text', { ...person, names: [{ text: 'A' }] }, ['/names unknownMember']],
      ['another key', { ...person, key: 'X1' }, ['/key pattern']],
    ],
  ],
  [
    'nominal data',
    NominalData,
    [
      ['example', someNominalData(), []],
      ['no parties', { parties: [] }, ['/parties records']],
      ['no name', identity({ names: [] }), ['/parties/0/names records']],
      ['date of birth that is none', identity({ birthDate: '1991-02-30' }), ['/parties/0/birthDate partialDate']],
      ['bad telephone', identity({ phones: ['+856205550000', '020'] }), ['/parties/0/phones/1 pattern']],
      ['bad script', identity({ names: [{ text: 'A', script: 'latin' }] }), ['/parties/0/names/0/script pattern']],
      ['LEI', identity({ businessIds: [{ scheme: 'LEI', number: '5493001KJTIIGC8Y1R12' }] }), []],
      [
        'wrong LEI',
        identity({ businessIds: [{ scheme: 'LEI', number: '5493001KJTIIGC8Y1R13' }] }),
        ['/parties/0/businessIds/0/number businessId'],
      ],
      [
        'wrong owner',
        identity({ businessIds: [{ scheme: 'IMO_COMPANY', number: '2041998' }] }),
        ['/parties/0/businessIds/0/number businessId'],
      ],
      ['party twice', { parties: [...someNominalData().parties, ...someNominalData().parties] }, ['/parties uniqueBy']],
    ],
  ],
])('%s', (_, bodyClass, cases) => {
  it.each(cases)('%s', (_name, value, broken) => {
    expect(brokenRules(bodyClass, value)).toEqual(broken);
  });
});

it('finds personal details without a party in the object', () => {
  expect(partiesWithoutPlace(someNominalData(), { parties: [{ key: 'P1' }] })).toEqual([]);
  expect(partiesWithoutPlace(someNominalData(), { parties: [{ key: 'P2' }] })).toEqual(['P1']);
  expect(partiesWithoutPlace(someNominalData(), {})).toEqual(['P1']);
});
