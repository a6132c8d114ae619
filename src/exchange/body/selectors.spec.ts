import { describe, expect, it } from '@jest/globals';
import { normaliseTerm, selectorsOf, type SelectorField } from './selectors.js';

describe('selectorsOf', () => {
  it('finds every number, normalised, once', () => {
    expect(
      selectorsOf('alert', {
        ref: 'VN-ALR-2026-KXQWPD',
        relatedRefs: ['VN-REQ-2026-MPLRSA', 'VN-ALR-2026-KXQWPD'],
        consignment: {
          containers: [
            { number: 'CSQU3054383', checkDigit: 'OK' },
            { number: 'CSQU3054384', checkDigit: 'OVERRIDDEN', overrideReason: 'So painted.' },
          ],
          masterBl: 'abcd 123-4567',
          houseBl: 'ABCD1234567',
          awb: '17612345675',
          postalItem: 'RR473124829FI',
          ucr: '6VN 001/7',
        },
        conveyance: { mode: 'SEA', vessel: { name: 'EXAMPLE STAR', imo: '9074729', mmsi: '574001234' } },
      }),
    ).toEqual([
      'ref:VN-ALR-2026-KXQWPD',
      'ref:VN-REQ-2026-MPLRSA',
      'container:CSQU3054383',
      'container:CSQU3054384',
      'bl:ABCD1234567',
      'awb:17612345675',
      'postal:RR473124829FI',
      'ucr:6VN0017',
      'imo:9074729',
      'mmsi:574001234',
    ]);
  });

  it('finds answers and results by the reference they are about', () => {
    expect(selectorsOf('answer', { requestRef: 'VN-REQ-2026-MPLRSA' })).toEqual(['ref:VN-REQ-2026-MPLRSA']);
    expect(selectorsOf('feedback', { targetRef: 'VN-ALR-2026-KXQWPD' })).toEqual(['ref:VN-ALR-2026-KXQWPD']);
  });

  it('finds vehicles by plate and chassis', () => {
    const conveyance = {
      mode: 'ROAD' as const,
      vehicle: { plate: '29C-123.45', trailerPlate: '29r 001', vin: '1M8GDM9AXKP042788' },
    };
    expect(selectorsOf('request', { conveyance })).toEqual(['plate:29C12345', 'plate:29R001', 'vin:1M8GDM9AXKP042788']);
  });

  it('finds nothing in kinds without numbers', () => {
    expect(selectorsOf('recall', {})).toEqual([]);
    expect(selectorsOf('keyset', { ref: 'VN-ALR-2026-KXQWPD' })).toEqual([]);
  });
});

describe('normaliseTerm', () => {
  it.each<[SelectorField, string, string]>([
    ['ref', ' vn-alr-2026-kxqwpd ', 'ref:VN-ALR-2026-KXQWPD'],
    ['container', 'csqu 305438-3', 'container:CSQU3054383'],
    ['container', 'CSQU3054384', 'container:CSQU3054384'],
    ['bl', 'abcd 123.4567', 'bl:ABCD1234567'],
    ['awb', '176-1234 5675', 'awb:17612345675'],
    ['imo', 'IMO 9074729', 'imo:9074729'],
    ['mmsi', '574 001 234', 'mmsi:574001234'],
    ['postal', 'rr 473 124 829 fi', 'postal:RR473124829FI'],
    ['plate', 'กข 1234', 'plate:กข1234'],
    ['vin', '1m8gdm9axkp042788', 'vin:1M8GDM9AXKP042788'],
    ['partner', 'th-cus', 'partner:TH-CUS'],
    ['declaration', '10 234/567', 'declaration:10234567'],
  ])('%s "%s"', (field, text, term) => {
    expect(normaliseTerm(field, text)).toBe(term);
  });

  it.each<[SelectorField, string]>([
    ['ref', 'VN-ALR-2026-000123'],
    ['container', 'CSQX3054383'],
    ['bl', '-'],
    ['bl', `${'-'.repeat(100)}ABC`],
    ['awb', '176-12345676'],
    ['imo', '9074728'],
    ['mmsi', '1'],
    ['postal', 'RR473124828FI'],
    ['plate', "29C' or 1=1"],
    ['vin', '1M8GDM9AXKPO42788'],
    ['partner', 'TH'],
    ['ucr', ''],
  ])('null for %s "%s"', (field, text) => {
    expect(normaliseTerm(field, text)).toBeNull();
  });
});
