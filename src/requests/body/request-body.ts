import { Int } from '@nestjs/graphql';
import { Urgency } from '../../common/codes/alert-codes.js';
import { UUID } from '../../common/uuid.js';
import {
  AssistanceType,
  EvidenceFormKind,
  IntendedUse,
  NatureOfProceedings,
  Reciprocity,
} from '../../common/codes/request-codes.js';
import { Consignment, isIdentifiable } from '../../exchange/body/consignment.js';
import { Contact } from '../../exchange/body/contact.js';
import { Conveyance } from '../../exchange/body/conveyance.js';
import { GoodsLine } from '../../exchange/body/goods.js';
import { LegalBasis } from '../../exchange/body/handling.js';
import { Party } from '../../exchange/body/party.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf, CodesOf } from '../../exchange/body/rules/code.js';
import { Language } from '../../exchange/body/rules/identifier.js';
import { NestedList, NestedRecord, UniqueBy } from '../../exchange/body/rules/nested.js';
import { WholeNumber } from '../../exchange/body/rules/number.js';
import { ExactlyWhen, OnlyWhen, Optional, RequiredWhen } from '../../exchange/body/rules/presence.js';
import { AgencyCode, OfficerPseudonym, Reference, References, UnitCode } from '../../exchange/body/rules/reference.js';
import { Check, rule } from '../../exchange/body/rules/rule.js';
import { LongText, Pattern, ShortText } from '../../exchange/body/rules/text.js';
import { After, LocalDate, UtcTime } from '../../exchange/body/rules/time.js';
import { StandardQuestion, strangeParties } from './standard-question.js';

@BodyClass('RequestingOffice', 'Who asks.')
export class RequestingOffice {
  @BodyField(() => String, { description: 'Code of the requesting authority in the directory.' })
  @AgencyCode()
  authority: string;

  @BodyField(() => String, { description: 'Code of the requesting unit in the directory.' })
  @UnitCode()
  unit: string;

  @BodyField(() => String, {
    description: 'Pseudonym of the requesting officer, who must be on the list of designated officials.',
  })
  @OfficerPseudonym()
  officer: string;

  @BodyField(() => Contact, { description: 'How to reach the office.' })
  @NestedRecord(() => Contact)
  contact: Contact;
}

@BodyClass('LegalElement', 'A provision that is believed to have been broken.')
export class LegalElement {
  @BodyField(() => String, { description: 'The provision: law and article.' })
  @ShortText(300)
  provision: string;

  @BodyField(() => String, { description: 'The offence in words.' })
  @ShortText(300)
  offence: string;

  @BodyField(() => String, { nullable: true, description: 'The maximum penalty in words.' })
  @Optional()
  @ShortText(200)
  maximumPenalty?: string;
}

@BodyClass(
  'Question',
  'One question of a request, either in own words or of the catalogue of standard questions. Each is answered on its own.',
)
export class Question {
  @BodyField(() => Int, { description: 'Number: 1, 2, 3 … without gaps, in this order.' })
  @WholeNumber(1, 50)
  no: number;

  @BodyField(() => String, {
    nullable: true,
    description: 'The question in the language of the request. Without a standard question, and only then.',
  })
  @ExactlyWhen<Question>(({ standard }) => standard === undefined, 'when.ownWords')
  @LongText(2000)
  text?: string;

  @BodyField(() => StandardQuestion, {
    nullable: true,
    description: 'The question of the catalogue, which each side reads in its own language.',
  })
  @Optional()
  @NestedRecord(() => StandardQuestion)
  standard?: StandardQuestion;
}

@BodyClass('EvidenceForm', 'The form in which evidence is needed.')
export class EvidenceForm {
  @BodyField(() => EvidenceFormKind, { description: 'Certified copy, original or witness.' })
  @CodeOf(EvidenceFormKind)
  kind: EvidenceFormKind;

  @BodyField(() => String, { nullable: true, description: 'Why the original is needed; required with ORIGINAL.' })
  @RequiredWhen<EvidenceForm>(({ kind }) => kind === 'ORIGINAL', 'when.original')
  @LongText(1000)
  reason?: string;
}

@BodyClass('PresenceRequest', 'Officers of the requesting side would like to be present.')
export class PresenceRequest {
  @BodyField(() => Int, { description: 'How many officers.' })
  @WholeNumber(1, 20)
  officers: number;

  @BodyField(() => String, { description: 'First day.' })
  @LocalDate()
  from: string;

  @BodyField(() => String, { description: 'Last day.' })
  @LocalDate()
  @Check<PresenceRequest>('after', 'problem.lastDay', ({ from, to }) => !(to < from))
  to: string;

  @BodyField(() => String, { description: 'What for.' })
  @LongText(1000)
  purpose: string;
}

@BodyClass('OralRequest', 'The same request was made by word of mouth before.')
export class OralRequest {
  @BodyField(() => String, { description: 'Pseudonym of the officer who asked.' })
  @OfficerPseudonym()
  by: string;

  @BodyField(() => String, { description: 'Code of the unit that was asked.' })
  @UnitCode()
  to: string;

  @BodyField(() => String, { description: 'When, UTC.' })
  @UtcTime()
  at: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Id of the object by which the side that was asked noted it: this request confirms it in writing.',
  })
  @Optional()
  @Pattern(UUID, 'form.objectId')
  noted?: string;
}

@BodyClass('Confidentiality', 'The fact that there is a request is to be kept secret.')
export class Confidentiality {
  @BodyField(() => String, { description: 'Why.' })
  @LongText(1000)
  reason: string;
}

@BodyClass(
  'RequestBody',
  'A request for mutual assistance: the body of a signed object of the kind "request". Personal details travel in the nominal part.',
)
export class RequestBody {
  @BodyField(() => String, {
    description: 'Reference that people quote, unique within the requesting agency: VN-REQ-2026-MPLRSA.',
  })
  @Reference('REQ')
  ref: string;

  @BodyField(() => String, { description: 'Language of the request, ISO 639-1; one that the requested side accepts.' })
  @Language()
  language: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Language of the original, when this text is a translation.',
  })
  @Optional()
  @Language()
  @Check<RequestBody>('translation', 'problem.translation', ({ language, translationOf }) => language !== translationOf)
  translationOf?: string;

  @BodyField(() => RequestingOffice, { description: 'Who asks.' })
  @NestedRecord(() => RequestingOffice)
  requesting: RequestingOffice;

  @BodyField(() => String, { description: 'Code of the authority that is asked.' })
  @AgencyCode()
  requestedAuthority: string;

  @BodyField(() => LegalBasis, { description: 'Agreement and article; both are required in a request.' })
  @NestedRecord(() => LegalBasis)
  @Check<RequestBody>(
    'article',
    'problem.article',
    ({ legalBasis }) => typeof legalBasis !== 'object' || legalBasis.article !== undefined,
    '/article',
  )
  legalBasis: LegalBasis;

  @BodyField(() => AssistanceType, { description: 'Kind of assistance.' })
  @CodeOf(AssistanceType)
  assistanceType: AssistanceType;

  @BodyField(() => String, { description: 'What exactly shall be done.' })
  @LongText(4000)
  measureRequested: string;

  @BodyField(() => String, { description: 'What the request is about.' })
  @LongText(4000)
  object: string;

  @BodyField(() => String, { description: 'Why the request is made.' })
  @LongText(4000)
  reason: string;

  @BodyField(() => [LegalElement], { description: 'The provisions concerned.' })
  @NestedList(() => LegalElement, 20)
  legalElements: LegalElement[];

  @BodyField(() => NatureOfProceedings, {
    nullable: true,
    description: 'The proceedings the request serves. Required when evidence for a court is wanted.',
  })
  @RequiredWhen<RequestBody>(wantsEvidence, 'when.courtEvidence')
  @CodeOf(NatureOfProceedings)
  natureOfProceedings?: NatureOfProceedings;

  @BodyField(() => [Party], {
    nullable: true,
    description: 'Persons and businesses concerned, without personal details. Required to watch persons.',
  })
  @RequiredWhen<RequestBody>(({ assistanceType }) => assistanceType === 'SURVEILLANCE_PERSON', 'when.watchingPersons')
  @NestedList(() => Party, 100)
  @UniqueBy('key')
  parties?: Party[];

  @BodyField(() => Consignment, { nullable: true, description: 'The consignment concerned.' })
  @Optional()
  @NestedRecord(() => Consignment)
  @Check<RequestBody>(
    'identifiable',
    'problem.identifiable',
    ({ consignment }) => typeof consignment !== 'object' || isIdentifiable(consignment),
  )
  consignment?: Consignment;

  @BodyField(() => Conveyance, { nullable: true, description: 'The means of transport concerned.' })
  @Optional()
  @NestedRecord(() => Conveyance)
  conveyance?: Conveyance;

  @BodyField(() => [GoodsLine], { nullable: true, description: 'Goods concerned.' })
  @Optional()
  @NestedList(() => GoodsLine, 50)
  goods?: GoodsLine[];

  @BodyField(() => String, {
    nullable: true,
    description: 'Summary of the facts. Required, except to serve a document.',
  })
  @RequiredWhen<RequestBody>(isNoNotification, 'when.notNotification')
  @LongText(8000)
  factsSummary?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Enquiries already made. Required, except to serve a document.',
  })
  @RequiredWhen<RequestBody>(isNoNotification, 'when.notNotification')
  @LongText(4000)
  enquiriesMade?: string;

  @BodyField(() => [Question], { description: 'The questions, numbered from 1 without gaps.' })
  @NestedList(() => Question, 50)
  @Check<RequestBody>(
    'numbering',
    'problem.numbering',
    ({ questions }) => !Array.isArray(questions) || questions.every((question, i) => question?.no === i + 1),
  )
  @rule({
    name: 'partyOfSlot',
    key: 'problem.partyOfSlot',
    holds: (questions, { parties }: { parties?: unknown }) => strangeParties(questions, parties).length === 0,
    at: (questions, { parties }: { parties?: unknown }) => strangeParties(questions, parties),
  })
  questions: Question[];

  @BodyField(() => String, {
    description: 'Why the information is believed to be there, and how it serves the purpose.',
  })
  @LongText(2000)
  linkNecessity: string;

  @BodyField(() => [IntendedUse], { description: 'What the answer is to be used for.' })
  @CodesOf(IntendedUse)
  intendedUse: IntendedUse[];

  @BodyField(() => EvidenceForm, {
    nullable: true,
    description: 'Form of the evidence. Required when evidence for a court is wanted, and only then.',
  })
  @ExactlyWhen<RequestBody>(wantsEvidence, 'when.courtEvidence')
  @NestedRecord(() => EvidenceForm)
  evidenceForm?: EvidenceForm;

  @BodyField(() => String, {
    nullable: true,
    description: 'A special form or procedure that the law of the requesting side needs.',
  })
  @Optional()
  @LongText(2000)
  requestedProcedure?: string;

  @BodyField(() => PresenceRequest, {
    nullable: true,
    description: 'Officers of the requesting side would like to be present.',
  })
  @RequiredWhen<RequestBody>(({ assistanceType }) => assistanceType === 'PRESENCE_OF_OFFICERS', 'when.presence')
  @NestedRecord(() => PresenceRequest)
  presenceRequested?: PresenceRequest;

  @BodyField(() => Reciprocity, { description: 'Whether the requesting side could give the same assistance.' })
  @CodeOf(Reciprocity)
  reciprocityStatement: Reciprocity;

  @BodyField(() => Confidentiality, { nullable: true, description: 'The fact of the request is to be kept secret.' })
  @Optional()
  @NestedRecord(() => Confidentiality)
  confidentialityRequest?: Confidentiality;

  @BodyField(() => Urgency, { description: 'How fast the addressee has to look at it.' })
  @CodeOf(Urgency)
  urgency: Urgency;

  @BodyField(() => String, { nullable: true, description: 'Why it is urgent. With URGENT and FLASH, and only then.' })
  @ExactlyWhen<RequestBody>(({ urgency }) => urgency === 'URGENT' || urgency === 'FLASH', 'when.urgent')
  @LongText(1000)
  urgencyReason?: string;

  @BodyField(() => String, { description: 'When the answer is needed, UTC.' })
  @UtcTime()
  neededBy: string;

  @BodyField(() => OralRequest, { nullable: true, description: 'The request was made by word of mouth before.' })
  @Optional()
  @NestedRecord(() => OralRequest)
  oralRequest?: OralRequest;

  @BodyField(() => String, {
    nullable: true,
    description: 'Until when a request made by word of mouth has to be confirmed in writing, UTC.',
  })
  @OnlyWhen<RequestBody>(({ oralRequest }) => oralRequest !== undefined, 'when.oral')
  @UtcTime()
  writtenConfirmationDueAt?: string;

  @BodyField(() => String, { description: 'Number of the case at the requesting side; opaque to the other side.' })
  @ShortText(60)
  localCaseRef: string;

  @BodyField(() => String, {
    description: 'Until when the requesting side promises to report what came of the answer, UTC; after neededBy.',
  })
  @UtcTime()
  @After('neededBy')
  feedbackPromisedBy: string;

  @BodyField(() => [String], {
    nullable: true,
    description: 'References of related alerts, requests and other objects.',
  })
  @Optional()
  @References(20)
  relatedRefs?: string[];
}

function wantsEvidence({ intendedUse }: RequestBody): boolean {
  return Array.isArray(intendedUse) && intendedUse.includes('COURT_EVIDENCE');
}

/** Serving a document needs neither facts nor enquiries (Naples II, Article 9). */
function isNoNotification({ assistanceType }: RequestBody): boolean {
  return assistanceType !== 'NOTIFICATION';
}
