import { describe, expect, it } from '@jest/globals';
import { aHandling } from './body/body.example.js';
import type { Handling } from './body/handling.js';
import { problemsOfInheritance } from './inherited-handling.js';

const OPEN: Handling = aHandling({
  codes: ['H0'],
  classification: 'UNCLASSIFIED',
  onwardRule: 'NATIONAL_CUSTOMS',
  evidenceUse: 'YES',
});

describe('what a derived record inherits', () => {
  it.each<[string, Partial<Handling>, Partial<Handling>, string[]]>([
    ['the same', {}, {}, []],
    ['H1 for H0', { codes: ['H1'] }, { codes: ['H0'] }, []],
    ['H0 for H1', { codes: ['H0'] }, { codes: ['H1'] }, ['codes']],
    ['H1 for H1 and H2', { codes: ['H1'] }, { codes: ['H1', 'H2'] }, ['codes']],
    ['H1 and H2 for H2', { codes: ['H1', 'H2'] }, { codes: ['H2'] }, []],
    ['another H3', { codes: ['H3'], h3Text: 'Ask.' }, { codes: ['H3'], h3Text: 'Ask first.' }, ['h3Text']],
    [
      'the H3 turned round',
      { codes: ['H3'], h3Text: 'Do not: Ask first.' },
      { codes: ['H3'], h3Text: 'Ask first.' },
      ['h3Text'],
    ],
    ['the H3 with more', { codes: ['H3'], h3Text: 'Ask first. Twice.' }, { codes: ['H3'], h3Text: 'Ask first.' }, []],
    ['no H3', { codes: ['H1'] }, { codes: ['H3'], h3Text: 'Ask first.' }, ['codes', 'h3Text']],
    ['unclassified for restricted', {}, { classification: 'RESTRICTED' }, ['classification']],
    ['restricted for unclassified', { classification: 'RESTRICTED' }, {}, []],
    ['to nobody for the named', { onwardRule: 'NONE' }, named('LA-CUS'), []],
    ['in the agency for its country', { onwardRule: 'AGENCY' }, {}, []],
    ['in the country for the agency', {}, { onwardRule: 'AGENCY' }, ['onwardRule']],
    ['in the agency for the unit', { onwardRule: 'AGENCY' }, { onwardRule: 'NONE' }, ['onwardRule']],
    ['in the agency for the named', { onwardRule: 'AGENCY' }, named('LA-CUS'), ['onwardRule']],
    ['the named for the country', named('LA-CUS'), {}, ['onwardRule']],
    ['one of the named', named('LA-CUS'), named('KH-CUS', 'LA-CUS'), []],
    ['one more than named', named('KH-CUS', 'LA-CUS'), named('LA-CUS'), ['onwardRule']],
    ['no evidence', { evidenceUse: 'NO' }, { evidenceUse: 'WITH_CONSENT' }, []],
    ['evidence', {}, { evidenceUse: 'WITH_CONSENT' }, ['evidenceUse']],
    ['every purpose', {}, { purposeLimit: ['INVESTIGATE'] }, ['purposeLimit']],
    ['one purpose', { purposeLimit: ['INVESTIGATE'] }, {}, []],
    ['another purpose', { purposeLimit: ['PROSECUTE'] }, { purposeLimit: ['INVESTIGATE'] }, ['purposeLimit']],
    ['for ever', {}, { expiresAt: '2027-01-01T00:00:00Z' }, ['expiresAt']],
    ['longer', { expiresAt: '2027-01-01T00:00:01Z' }, { expiresAt: '2027-01-01T00:00:00Z' }, ['expiresAt']],
    ['as long', { expiresAt: '2027-01-01T00:00:00Z' }, { expiresAt: '2027-01-01T00:00:00Z' }, []],
    ['shorter than for ever', { expiresAt: '2027-01-01T00:00:00Z' }, {}, []],
    ['another agreement', { legalBasis: { agreement: 'EXAMPLE-OTHER' } }, {}, ['legalBasis/agreement']],
  ])('%s', (_, own, source, broken) => {
    const problems = problemsOfInheritance({ ...OPEN, ...own }, { ...OPEN, ...source });
    expect(problems.map(({ pointer }) => pointer)).toEqual(broken.map((member) => `/handling/${member}`));
  });
});

function named(...onwardNamed: string[]): Partial<Handling> {
  return { onwardRule: 'NAMED', onwardNamed };
}
