import { describe, expect, it } from '@jest/globals';
import { brokenRules, spoilt, type Overrides } from '../../exchange/body/body.example.js';
import { aRequestBody, aStandardRequestBody } from './request-body.example.js';
import { message } from '../../common/messages/messages.js';
import { validateBody } from '../../exchange/body/validate.js';
import { RequestBody } from './request-body.js';
import { termsOfQuestions } from './standard-question.js';

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
    ['with standard questions', aStandardRequestBody()],
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

describe('a standard question', () => {
  const SLOT = '/questions/0/standard/slots';
  const asking = (standard: object, more: object = {}) =>
    spoilt(aRequestBody(), { questions: [{ no: 1, standard, ...more }] });
  const filled = (code: string, ...slots: [name: string, value: unknown][]) =>
    asking({ code, slots: slots.map(([name, value]) => ({ name, value })) });

  it.each<[string, unknown, string[]]>([
    [
      'beside own words',
      asking({ code: 'Q-PARTY-KNOWN', slots: [{ name: 'PARTY', value: 'P1' }] }, { text: 'Who?' }),
      ['/questions/0/text unexpected'],
    ],
    ['neither this nor own words', aRequestBody({ questions: [{ no: 1 }] }), ['/questions/0/text required']],
    ['an unknown code', filled('Q-NOTHING', ['PARTY', 'P1']), ['/questions/0/standard/code standardQuestion']],
    [
      'a name that every object has',
      filled('constructor', ['PARTY', 'P1']),
      ['/questions/0/standard/code standardQuestion'],
    ],
    ['no code', asking({ slots: [{ name: 'PARTY', value: 'P1' }] }), ['/questions/0/standard/code required']],
    ['no slots', asking({ code: 'Q-PARTY-KNOWN' }), [`${SLOT} required`]],
    ['an empty list of slots', asking({ code: 'Q-PARTY-KNOWN', slots: [] }), [`${SLOT} records`, `${SLOT} needsPARTY`]],
    ['a missing slot', filled('Q-BUSINESSES-RELATED', ['BUSINESS', 'A']), [`${SLOT} needsOTHER_BUSINESS`]],
    [
      'a slot that it has not',
      filled('Q-PARTY-KNOWN', ['PARTY', 'P1'], ['GOODS', 'x']),
      [`${SLOT}/1/name slotUnknown`],
    ],
    [
      'a slot that there is not',
      filled('Q-PARTY-KNOWN', ['PARTY', 'P1'], ['NAME', 'x']),
      [`${SLOT}/1/name code`, `${SLOT}/1/name slotUnknown`],
    ],
    ['a slot twice', filled('Q-PARTY-KNOWN', ['PARTY', 'P1'], ['PARTY', 'P2']), [`${SLOT} uniqueBy`]],
    ['a wrong check digit', filled('Q-EXPORT-DECLARED', ['CONTAINER', 'CSQU3054384']), [`${SLOT}/0/value container`]],
    ['a text that is too long', filled('Q-LAW-TEXT', ['SUBJECT', 'x'.repeat(301)]), [`${SLOT}/0/value shortText`]],
    ['a number', filled('Q-LAW-TEXT', ['SUBJECT', 1]), [`${SLOT}/0/value shortText`]],
    ['a null', filled('Q-LAW-TEXT', ['SUBJECT', null]), [`${SLOT}/0/value null`]],
    [
      'a name for a party',
      filled('Q-PARTY-KNOWN', ['PARTY', 'Juan']),
      [`${SLOT}/0/value partyOfSlot`, `${SLOT}/0/value party`],
    ],
    ['a party that the request has not', filled('Q-PARTY-KNOWN', ['PARTY', 'P3']), [`${SLOT}/0/value partyOfSlot`]],
  ])('refuses: %s', (_, body, broken) => {
    expect(brokenRules(RequestBody, body).toSorted()).toEqual(broken.toSorted());
  });

  it('is wrong in the sentence of its slot, in both languages', () => {
    const result = validateBody(RequestBody, filled('Q-WATCH-VESSEL', ['VESSEL', '9074728'], ['PLACE', 'VNHPH']));
    const problems = 'problems' in result ? result.problems : [];
    expect(problems.map(({ key, params }) => message(key, 'en', params))).toEqual([
      'needs the slot PERIOD, which the question has',
      'must be an IMO ship number: seven digits with a right check digit',
    ]);
    expect(problems.map(({ key, params }) => message(key, 'vi', params))).toEqual([
      'thiếu ô PERIOD của câu hỏi này',
      'phải là số IMO của tàu: bảy chữ số với chữ số kiểm tra đúng',
    ]);
  });

  it('is found by what it asks about, each once and normalised', () => {
    const { questions } = aStandardRequestBody();
    const bl = { name: 'BILL_OF_LADING' as const, value: 'abcd 123-4567' };
    const more = [
      { standard: { code: 'Q-FREIGHT-COST', slots: [bl] } },
      { standard: { code: 'Q-BILL-OF-LADING-GENUINE', slots: [bl] } },
    ];
    expect(termsOfQuestions([...questions, ...more])).toEqual(['container:MWCU6059784', 'bl:ABCD1234567']);
  });
});
