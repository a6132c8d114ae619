import type { Handling } from './handling.js';
import type { NominalData } from './nominal-data.js';
import type { RecallBody } from './recall-body.js';
import { validateBody } from './validate.js';

/*
 * Valid bodies for tests, invented from end to end. Each call makes a new one; `overrides` replace whole members, and `undefined` leaves a
 * member out.
 */

export type Overrides<T> = { [K in keyof T]?: T[K] | undefined };

export function withOverrides<T extends object>(body: T, overrides: Overrides<T>): T {
  return Object.fromEntries(Object.entries({ ...body, ...overrides }).filter(([, value]) => value !== undefined)) as T;
}

/** Conditions of use: not as evidence and not passed on without consent. */
export function aHandling(overrides: Overrides<Handling> = {}): Handling {
  return withOverrides<Handling>(
    {
      codes: ['H1', 'H2'],
      classification: 'RESTRICTED',
      onwardRule: 'AGENCY',
      evidenceUse: 'WITH_CONSENT',
      legalBasis: { agreement: 'EXAMPLE-MLA', article: '10' },
    },
    overrides,
  );
}

/** Personal details for the party P1 of `aPersonAlertBody()`. */
export function someNominalData(overrides: Overrides<NominalData> = {}): NominalData {
  return withOverrides<NominalData>(
    {
      parties: [
        {
          key: 'P1',
          names: [{ text: 'ສົມຊາຍ ຕົວຢ່າງ', script: 'Laoo', latin: 'SOMXAY TOUAYANG' }, { text: 'Xay' }],
          birthDate: '1991-03',
          birthPlace: 'Savannakhet',
          documents: [{ type: 'PASSPORT', number: 'PA0000000', issuer: 'LA', expiresOn: '2030-01-31' }],
          addresses: [{ text: 'Village 1\nSavannakhet', country: 'LA' }],
          phones: ['+856205550000'],
          emails: ['xay@mail.example'],
        },
      ],
    },
    overrides,
  );
}

/** Why an alert was withdrawn. */
export function aRecallBody(overrides: Overrides<RecallBody> = {}): RecallBody {
  return withOverrides<RecallBody>(
    {
      reason: 'MISTAKEN_IDENTITY',
      text: 'The passport number belongs to another traveller. Delete what was noted of it.',
    },
    overrides,
  );
}

/** A body with members that do not belong there, which the compiler would not let through. */
export function spoilt(body: object | undefined, part: object): object {
  return { ...body, ...part };
}

/** The rules a value breaks, as `pointer rule`; none when it is valid. */
export function brokenRules(bodyClass: new () => object, value: unknown): string[] {
  const result = validateBody(bodyClass, value);
  return 'problems' in result ? result.problems.map(({ pointer, rule }) => `${pointer} ${rule}`) : [];
}
