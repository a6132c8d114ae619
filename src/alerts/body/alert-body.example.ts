import { withOverrides, type Overrides } from '../../exchange/body/body.example.js';
import type { AlertBody } from './alert-body.js';

/** An urgent alert about a consignment: declared steel parts, suspected ketamine, on the way to Manila by way of Ho Chi Minh City. */
export function anAlertBody(overrides: Overrides<AlertBody> = {}): AlertBody {
  return withOverrides<AlertBody>(
    {
      ref: 'VN-ALR-2026-KXQWPD',
      language: 'en',
      kind: 'CONSIGNMENT',
      severity: 'HIGH',
      urgency: 'URGENT',
      validFrom: '2026-11-22T02:15:00Z',
      validTo: '2026-12-22T02:15:00Z',
      title: 'Container of steel parts, suspected drugs',
      summary:
        'A container declared as steel structures is heavier than its packing list allows.\nThe shipper has no history in this trade.',
      commodityGroups: ['DRUGS'],
      goods: [
        {
          commodityGroup: 'DRUGS',
          description: 'Suspected ketamine',
          hsCode: '2922.39',
          hsEdition: 2022,
          quantity: { value: '250', unit: 'KGM' },
          packaging: 'Hidden in the base plates of pallets',
          concealed: true,
        },
      ],
      consignment: {
        containers: [{ number: 'CSQU3054383', checkDigit: 'OK', sizeType: '22G1', sealsDeclared: ['VN1048822'] }],
        masterBl: 'ABCD1234567',
        packages: 18,
        grossMassKg: '18240.5',
        declaredDescription: 'Steel structures and parts',
        declaredHs: '7308.90',
        originCountry: 'VN',
        declaredValue: { amount: '42000.00', currency: 'USD' },
        loadingPlace: 'VNSGN',
        dischargePlace: 'PHMNL',
        eta: '2026-12-01T06:00:00Z',
      },
      conveyance: {
        mode: 'SEA',
        vessel: { name: 'EXAMPLE STAR', imo: '9074729', mmsi: '574001234', flag: 'PA', voyage: '118W' },
      },
      route: [
        { role: 'TRANSHIPMENT', locode: 'VNSGN', certainty: 'CONFIRMED', plannedOn: '2026-11-25' },
        { role: 'DESTINATION', locode: 'PHMNL', certainty: 'SUSPECTED', plannedOn: '2026-12-01' },
      ],
      parties: [
        {
          key: 'P1',
          role: 'CONSIGNEE',
          kind: 'BUSINESS',
          involvementLevel: 'SUSPECTED',
          nationality: 'PH',
          sector: 'Building materials',
        },
      ],
      indicators: [
        {
          id: 'I1',
          type: 'WEIGHT_MISMATCH',
          text: 'Gross mass exceeds the packing list by 1,900 kg.',
          weight: 'HIGH',
          grade: { scheme: '4X4', source: 'A', information: '1' },
        },
        {
          id: 'I2',
          type: 'TRADER_NEW',
          text: 'First export of this shipper.',
          weight: 'LOW',
          grade: { scheme: '4X4', source: 'B', information: '2' },
        },
      ],
      evaluation: {
        scheme: '4X4',
        source: 'B',
        information: '2',
        rationale: 'Weights are measured; the rest is reported.',
      },
      requestedAction: 'SCAN',
      doNot: ['CONTACT_CONSIGNEE'],
      feedbackRequired: true,
      feedbackDueAt: '2026-12-05T00:00:00Z',
      contact24h: { unit: 'VN-CUS-AS', phone: '+842439440833', mailbox: 'duty@customs.example' },
    },
    overrides,
  );
}

/** A FLASH alert about a person who travels with goods. The name stands in `someNominalData()`. */
export function aPersonAlertBody(overrides: Overrides<AlertBody> = {}): AlertBody {
  return anAlertBody({
    ref: 'VN-ALR-2026-BQLTEM',
    kind: 'PERSON',
    urgency: 'FLASH',
    title: 'Courier expected on a flight to Vientiane',
    summary: 'A courier is expected to carry drugs inside the body.',
    goods: undefined,
    consignment: undefined,
    conveyance: { mode: 'AIR', flight: { number: 'VN920' } },
    route: undefined,
    parties: [
      {
        key: 'P1',
        role: 'COURIER',
        kind: 'PERSON',
        involvementLevel: 'SUSPECTED',
        suspicionBasis: 'Booked with three others who were arrested on the same line in October.',
        nationality: 'LA',
        sex: 'M',
        warningCodes: ['DRUG_SWALLOWER'],
        suggestedAction: 'SPECIFIC_CHECK',
      },
    ],
    requestedAction: 'OPEN',
    doNot: undefined,
    safety: { text: 'Danger to the life of the courier: call a doctor first.' },
    ...overrides,
  });
}

/** A note for information about a method of hiding goods; nothing has to be reported back. */
export function aMethodAlertBody(overrides: Overrides<AlertBody> = {}): AlertBody {
  return anAlertBody({
    ref: 'VN-ALR-2026-HHWTQA',
    kind: 'MODUS_OPERANDI',
    urgency: 'ROUTINE',
    severity: 'MEDIUM',
    title: 'Drugs hidden in base plates of pallets',
    summary: 'Hollow base plates are welded under pallets of steel parts.',
    consignment: undefined,
    conveyance: undefined,
    route: undefined,
    parties: undefined,
    requestedAction: 'INFORM_ONLY',
    doNot: undefined,
    feedbackRequired: false,
    feedbackDueAt: undefined,
    contact24h: undefined,
    ...overrides,
  });
}
