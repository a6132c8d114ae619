import { withOverrides, type Overrides } from '../../exchange/body/body.example.js';
import type { AnswerBody } from './answer-body.js';
import type { RequestBody } from './request-body.js';

/** An urgent request from Viet Nam to the Philippines about an invoice and a consignee; two questions. Invented. */
export function aRequestBody(overrides: Overrides<RequestBody> = {}): RequestBody {
  return withOverrides<RequestBody>(
    {
      ref: 'VN-REQ-2026-MPLRSA',
      language: 'en',
      requesting: {
        authority: 'VN-CUS',
        unit: 'VN-CUS-AS',
        officer: 'p:7f3k2m9q',
        contact: { unit: 'VN-CUS-AS', phone: '+842439440833', mailbox: 'duty@customs.example' },
      },
      requestedAuthority: 'PH-BOC',
      legalBasis: { agreement: 'EXAMPLE-MLA', article: '4' },
      assistanceType: 'VERIFY_DOCUMENT',
      measureRequested: 'Please check whether the invoice is genuine and who received the goods.',
      object: 'Invoice no. EX-4471 for steel structures.',
      reason: 'The value declared here differs from the value on a copy found with the carrier.',
      legalElements: [
        { provision: 'Customs Law, Article 143', offence: 'Smuggling', maximumPenalty: 'Imprisonment of 20 years' },
      ],
      natureOfProceedings: 'CRIMINAL',
      parties: [
        { key: 'P1', role: 'CONSIGNEE', kind: 'BUSINESS', involvementLevel: 'UNKNOWN', nationality: 'PH' },
        {
          key: 'P2',
          role: 'SUSPECT',
          kind: 'PERSON',
          involvementLevel: 'SUSPECTED',
          suspicionBasis: 'Signed both versions of the invoice.',
        },
      ],
      consignment: { containers: [{ number: 'CSQU3054383', checkDigit: 'OK' }], masterBl: 'ABCD 123-4567' },
      factsSummary: 'On 1 November 2026 two invoices with the same number were found.',
      enquiriesMade: 'The carrier and the declarant were heard.',
      questions: [
        { no: 1, text: 'Is the invoice genuine?' },
        { no: 2, text: 'Who received the goods?' },
      ],
      linkNecessity: 'The consignee is established in the Philippines; the answer decides on the charge.',
      intendedUse: ['INVESTIGATION', 'COURT_EVIDENCE'],
      evidenceForm: { kind: 'CERTIFIED_COPY' },
      reciprocityStatement: 'CAN',
      urgency: 'URGENT',
      urgencyReason: 'The container is discharged on 1 December.',
      neededBy: '2026-11-30T00:00:00Z',
      localCaseRef: 'M918',
      feedbackPromisedBy: '2027-02-28T00:00:00Z',
      relatedRefs: ['VN-ALR-2026-KXQWPD'],
    },
    overrides,
  );
}

/** A request whose questions are of the catalogue but the last: every kind of slot text, and P1 of the request. */
export function aStandardRequestBody(overrides: Overrides<RequestBody> = {}): RequestBody {
  return aRequestBody({
    questions: [
      { no: 1, standard: { code: 'Q-EXPORT-DECLARED', slots: [{ name: 'CONTAINER', value: 'MWCU6059784' }] } },
      {
        no: 2,
        standard: {
          code: 'Q-INVOICE-GENUINE',
          slots: [
            { name: 'INVOICE', value: 'EX-4471' },
            { name: 'DATE', value: '2026-11-01' },
            { name: 'BUSINESS', value: 'Example Steel Works' },
          ],
        },
      },
      { no: 3, standard: { code: 'Q-PARTY-KNOWN', slots: [{ name: 'PARTY', value: 'P1' }] } },
      { no: 4, text: 'Who received the goods?' },
    ],
    ...overrides,
  });
}

/** The final answer to `aRequestBody()`: one question answered, one refused. */
export function anAnswerBody(overrides: Overrides<AnswerBody> = {}): AnswerBody {
  return withOverrides<AnswerBody>(
    {
      requestRef: 'VN-REQ-2026-MPLRSA',
      answerSeq: 1,
      language: 'en',
      kind: 'FINAL',
      results: [
        {
          questionNo: 1,
          result: 'ANSWERED',
          text: 'The invoice is not genuine. The seller never issued it.',
          evaluation: { scheme: '4X4', source: 'A', information: '1' },
        },
        {
          questionNo: 2,
          result: 'REFUSED',
          ground: 'R03',
          reasonText: 'The name is a commercial secret under our law.',
        },
      ],
      actionsTaken: [{ what: 'The seller was visited.', where: 'Manila', at: '2026-11-25T03:00:00Z', by: 'PH-BOC-IG' }],
      documents: [{ attachmentNo: 1, description: 'Statement of the seller', certified: true }],
      conditions: ['Return the certified copy after the trial.'],
      relatedFacts: ['The same seller was named in two other invoices.'],
    },
    overrides,
  );
}

/** The refusal of a whole request, with reasons. */
export function aRefusalBody(overrides: Overrides<AnswerBody> = {}): AnswerBody {
  return anAnswerBody({
    kind: 'REFUSAL',
    results: undefined,
    actionsTaken: undefined,
    documents: undefined,
    conditions: undefined,
    relatedFacts: undefined,
    refusal: { ground: 'R11', reasonText: 'The agreement does not cover this tax.', scope: 'ALL' },
    ...overrides,
  });
}
