import type { FeedbackDraft } from '../../feedback/feedback.models.js';
import type { AnswerDraft } from '../../requests/request.inputs.js';
import type { RequestBody } from '../../requests/body/request-body.js';
import { formatTimestamp } from '../../protocol/timestamp.js';
import { DAY, HOUR, later } from './acts.js';
import { contactOf } from './alert-bodies.js';
import { agencyOfUnit, officersOf } from './directory.js';
import { aContainerNumber, marked } from './fictional.js';
import type { Chance } from './random.js';
import type { RequestScenario, RequestStep } from './scenarios/requests.js';
import type { Basis } from './sharing.js';

export function requestBody(
  chance: Chance,
  scenario: RequestScenario,
  { ref, at, basis }: { ref: string; at: Date; basis: Basis },
): RequestBody {
  const { unit, language, urgencyReason, hasContainer = false, isForCourt = false } = scenario;
  const neededBy = later(at, scenario.neededWithin * HOUR);
  return {
    ref,
    language,
    requesting: {
      authority: agencyOfUnit(unit),
      unit,
      officer: officersOf(unit).author,
      contact: contactOf(unit),
    },
    requestedAuthority: agencyOfUnit(scenario.to),
    legalBasis: { agreement: basis.agreement, article: basis.onRequest },
    assistanceType: scenario.assistanceType,
    measureRequested: scenario.measure,
    object: scenario.object,
    reason: scenario.reason,
    legalElements: [{ provision: PROVISION[language], offence: scenario.offence }],
    natureOfProceedings: isForCourt ? 'CRIMINAL' : 'RISK_ANALYSIS',
    ...(hasContainer && {
      consignment: {
        containers: [{ number: aContainerNumber(chance), checkDigit: 'OK' }],
        masterBl: `EXMP${chance.digits(8)}`,
      },
    }),
    factsSummary: marked(scenario.facts, language),
    enquiriesMade: scenario.enquiries,
    questions: scenario.questions.map((text, i) => ({ no: i + 1, text })),
    linkNecessity: scenario.link,
    intendedUse: isForCourt ? ['INVESTIGATION', 'COURT_EVIDENCE'] : ['INTELLIGENCE', 'INVESTIGATION'],
    ...(isForCourt && { evidenceForm: { kind: 'CERTIFIED_COPY' } }),
    reciprocityStatement: 'CAN',
    urgency: urgencyReason === undefined ? 'ROUTINE' : 'URGENT',
    ...(urgencyReason !== undefined && { urgencyReason }),
    neededBy: formatTimestamp(neededBy),
    localCaseRef: `EX-${chance.letters(2)}${chance.digits(3)}`,
    feedbackPromisedBy: formatTimestamp(later(neededBy, 60 * DAY)),
  };
}

/** The next version: what was asked for is added to the facts. */
export function revisedBody(
  body: RequestBody,
  { text }: RequestStep,
  language: RequestScenario['language'],
): RequestBody {
  return { ...body, factsSummary: marked(`${body.factsSummary}\n${text}`, language) };
}

/** What an answer says. The hub fills in the reference and the number. */
export function answerDraft(step: RequestStep, { language }: RequestScenario): AnswerDraft {
  const text = marked(step.text, language);
  switch (step.act) {
    case 'INTERIM':
    case 'FINAL':
      return { language, kind: step.act, text, results: step.results };
    case 'REFUSAL':
      return {
        language,
        kind: step.act,
        text,
        refusal: { ground: step.ground, reasonText: step.reason, scope: 'ALL' },
      };
    case 'CLARIFICATION_REQUEST':
      return { language, kind: step.act, text, clarification: { text: step.text } };
    case 'ACKNOWLEDGEMENT':
    case 'NEGATIVE':
      return { language, kind: step.act, text };
    default:
      throw new Error(`${step.act} is not an answer`);
  }
}

export function closingDraft(
  step: Extract<RequestStep, { act: 'CLOSING' }>,
  { language }: RequestScenario,
): FeedbackDraft {
  const { disposition, contribution } = step;
  return {
    language,
    stage: 'CLOSED',
    disposition,
    contribution,
    text: marked(step.text, language),
    timeliness: 'IN_TIME',
  };
}

const PROVISION = { en: 'Customs Law, example article', vi: 'Luật Hải quan, điều khoản ví dụ' };
