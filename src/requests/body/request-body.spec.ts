import { describe, expect, it } from '@jest/globals';
import { brokenRules, spoilt, type Overrides } from '../../exchange/body/body.example.js';
import { aRequestBody } from './request-body.example.js';
import { RequestBody } from './request-body.js';

const MUST_HAVE = [
  'ref', 'language', 'requesting', 'requestedAuthority', 'legalBasis', 'assistanceType', 'measureRequested', 'object', 'reason', 'legalElements',
  'factsSummary', 'enquiriesMade', 'questions', 'linkNecessity', 'intendedUse', 'reciprocityStatement', 'urgency', 'neededBy', 'localCaseRef',
  'feedbackPromisedBy',
] as const; // prettier-ignore

const noEvidence: Overrides<RequestBody> = { intendedUse: ['INTELLIGENCE'], evidenceForm: undefined };
const person = {
  key: 'P1',
  role: 'SUSPECT',
  kind: 'PERSON',
  involvementLevel: 'SUSPECTED',
  suspicionBasis: 'Seen twice.',
} as const;

describe('request', () => {
  it.each([
    ['with all it needs', aRequestBody()],
    ['routine, without a reason for urgency', aRequestBody({ urgency: 'ROUTINE', urgencyReason: undefined })],
    [
      'to serve a document, without facts',
      aRequestBody({ assistanceType: 'NOTIFICATION', factsSummary: undefined, enquiriesMade: undefined }),
    ],
    ['without evidence', aRequestBody({ ...noEvidence, natureOfProceedings: undefined })],
    [
      'confirming an oral one',
      aRequestBody({
        oralRequest: { by: 'p:7f3k2m9q', to: 'PH-BOC-IG', at: '2026-11-21T20:00:00Z' },
        writtenConfirmationDueAt: '2026-11-23T20:00:00Z',
      }),
    ],
    ['in translation', aRequestBody({ translationOf: 'vi' })],
    ['kept secret', aRequestBody({ confidentialityRequest: { reason: 'The suspect has friends in the port.' } })],
    [
      'with officers present',
      aRequestBody({
        presenceRequested: { officers: 2, from: '2026-12-01', to: '2026-12-01', purpose: 'To hear the seller.' },
      }),
    ],
  ])('%s is valid', (_, body) => {
    expect(brokenRules(RequestBody, body)).toEqual([]);
  });

  it.each(MUST_HAVE)('needs %s', (member) => {
    expect(
      brokenRules(
        RequestBody,
        aRequestBody({ ...noEvidence, urgency: 'ROUTINE', urgencyReason: undefined, [member]: undefined }),
      ),
    ).toEqual([`/${member} required`]);
  });

  it.each<[string, unknown, string[]]>([
    ['reference of an alert', aRequestBody({ ref: 'VN-ALR-2026-MPLRSA' }), ['/ref pattern']],
    [
      'agreement without an article',
      aRequestBody({ legalBasis: { agreement: 'EXAMPLE-MLA' } }),
      ['/legalBasis/article article'],
    ],
    ['no legal element', aRequestBody({ legalElements: [] }), ['/legalElements records']],
    [
      'legal element without an offence',
      spoilt(aRequestBody(), { legalElements: [{ provision: 'Article 1' }] }),
      ['/legalElements/0/offence required'],
    ],
    [
      'officer by name',
      spoilt(aRequestBody(), { requesting: spoilt(aRequestBody().requesting, { officer: 'Nguyen Van A' }) }),
      ['/requesting/officer pattern'],
    ],
    ['no question', aRequestBody({ questions: [] }), ['/questions records']],
    ['questions from 2', aRequestBody({ questions: [{ no: 2, text: 'Who?' }] }), ['/questions numbering']],
    [
      'gap',
      aRequestBody({
        questions: [
          { no: 1, text: 'Who?' },
          { no: 3, text: 'When?' },
        ],
      }),
      ['/questions numbering'],
    ],
    [
      'number twice',
      aRequestBody({
        questions: [
          { no: 1, text: 'Who?' },
          { no: 1, text: 'When?' },
        ],
      }),
      ['/questions numbering'],
    ],
    ['urgent without a reason', aRequestBody({ urgencyReason: undefined }), ['/urgencyReason required']],
    [
      'flash without a reason',
      aRequestBody({ urgency: 'FLASH', urgencyReason: undefined }),
      ['/urgencyReason required'],
    ],
    ['reason although routine', aRequestBody({ urgency: 'ROUTINE' }), ['/urgencyReason unexpected']],
    ['evidence without its form', aRequestBody({ evidenceForm: undefined }), ['/evidenceForm required']],
    [
      'form without evidence',
      aRequestBody({ ...noEvidence, evidenceForm: { kind: 'WITNESS' } }),
      ['/evidenceForm unexpected'],
    ],
    [
      'evidence without proceedings',
      aRequestBody({ natureOfProceedings: undefined }),
      ['/natureOfProceedings required'],
    ],
    [
      'original without a reason',
      aRequestBody({ evidenceForm: { kind: 'ORIGINAL' } }),
      ['/evidenceForm/reason required'],
    ],
    ['use twice', aRequestBody({ intendedUse: ['COURT_EVIDENCE', 'COURT_EVIDENCE'] }), ['/intendedUse codes']],
    [
      'to watch nobody',
      aRequestBody({ assistanceType: 'SURVEILLANCE_PERSON', parties: undefined }),
      ['/parties required'],
    ],
    ['party twice', aRequestBody({ parties: [person, person] }), ['/parties uniqueBy']],
    [
      'presence without dates',
      aRequestBody({ assistanceType: 'PRESENCE_OF_OFFICERS' }),
      ['/presenceRequested required'],
    ],
    [
      'presence that ends before it begins',
      aRequestBody({
        presenceRequested: { officers: 2, from: '2026-12-02', to: '2026-12-01', purpose: 'To hear the seller.' },
      }),
      ['/presenceRequested/to after'],
    ],
    [
      'written confirmation of nothing',
      aRequestBody({ writtenConfirmationDueAt: '2026-11-23T20:00:00Z' }),
      ['/writtenConfirmationDueAt unexpected'],
    ],
    ['translation from its own language', aRequestBody({ translationOf: 'en' }), ['/translationOf translation']],
    [
      'result promised before the answer',
      aRequestBody({ feedbackPromisedBy: '2026-11-30T00:00:00Z' }),
      ['/feedbackPromisedBy after'],
    ],
    [
      'consignment that nothing identifies',
      aRequestBody({ consignment: { packages: 1 } }),
      ['/consignment identifiable'],
    ],
  ])('refuses: %s', (_, body, broken) => {
    expect(brokenRules(RequestBody, body)).toEqual(broken);
  });
});
