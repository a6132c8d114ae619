import { Int } from '@nestjs/graphql';
import {
  AnswerKind,
  AuthorisationStatus,
  QuestionResult,
  RefusalGround,
  RefusalScope,
} from '../../common/codes/answer-codes.js';
import { Evaluation } from '../../exchange/body/evaluation.js';
import { Party } from '../../exchange/body/party.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf } from '../../exchange/body/rules/code.js';
import { Country, Language } from '../../exchange/body/rules/identifier.js';
import { NestedList, NestedRecord, UniqueBy } from '../../exchange/body/rules/nested.js';
import { Flag, isWholeNumber, WholeNumber } from '../../exchange/body/rules/number.js';
import { ExactlyWhen, OnlyWhen, Optional, RequiredWhen, UnexpectedUnless } from '../../exchange/body/rules/presence.js';
import { AgencyCode, Reference, UnitCode } from '../../exchange/body/rules/reference.js';
import { Check } from '../../exchange/body/rules/rule.js';
import { listOf, LongText, ShortText, TextList } from '../../exchange/body/rules/text.js';
import { UtcTime } from '../../exchange/body/rules/time.js';

/** Grounds for which the reasons may be withheld: saying more could do the harm that the ground is about. */
const REASONS_MAY_BE_WITHHELD: readonly RefusalGround[] = ['R01', 'R09'];

const needsReason = ({ ground }: { ground?: RefusalGround }): boolean =>
  ground !== undefined && !REASONS_MAY_BE_WITHHELD.includes(ground);

@BodyClass('QuestionAnswer', 'How one question stands, and the answer to it.')
export class QuestionAnswer {
  @BodyField(() => Int, { description: 'Number of the question in the request.' })
  @WholeNumber(1, 50)
  questionNo: number;

  @BodyField(() => QuestionResult, { description: 'How the question stands.' })
  @CodeOf(QuestionResult)
  result: QuestionResult;

  @BodyField(() => String, {
    nullable: true,
    description: 'The answer; what was checked, when nothing was found. Not with REFUSED, required otherwise.',
  })
  @ExactlyWhen<QuestionAnswer>(({ result }) => result !== 'REFUSED', 'when.notRefused')
  @LongText(8000)
  text?: string;

  @BodyField(() => Evaluation, { nullable: true, description: 'Grade of this answer. Not with REFUSED.' })
  @OnlyWhen<QuestionAnswer>(({ result }) => result !== 'REFUSED', 'when.notRefused')
  @NestedRecord(() => Evaluation)
  evaluation?: Evaluation;

  @BodyField(() => RefusalGround, {
    nullable: true,
    description: 'Ground of the refusal. With REFUSED, and only then.',
  })
  @ExactlyWhen<QuestionAnswer>(({ result }) => result === 'REFUSED', 'when.refused')
  @CodeOf(RefusalGround)
  ground?: RefusalGround;

  @BodyField(() => String, {
    nullable: true,
    description:
      'Reason in words. Required with every ground except R01 and R09; absent there: the reasons are withheld.',
  })
  @RequiredWhen<QuestionAnswer>(needsReason, 'when.reasonNeeded')
  @LongText(2000)
  @UnexpectedUnless<QuestionAnswer>(({ ground }) => ground !== undefined, 'when.ground')
  reasonText?: string;
}

@BodyClass('Refusal', 'Why assistance is refused or postponed, and what can be done about it.')
export class Refusal {
  @BodyField(() => RefusalGround, { description: 'Ground.' })
  @CodeOf(RefusalGround)
  ground: RefusalGround;

  @BodyField(() => String, {
    nullable: true,
    description:
      'Reason in words. Required with every ground except R01 and R09; absent there: the reasons are withheld.',
  })
  @RequiredWhen<Refusal>(needsReason, 'when.reasonNeeded')
  @LongText(2000)
  reasonText?: string;

  @BodyField(() => RefusalScope, { description: 'What it covers.' })
  @CodeOf(RefusalScope)
  scope: RefusalScope;

  @BodyField(() => [Int], {
    nullable: true,
    description: 'Numbers of the questions it covers. With the scope QUESTIONS, and only then.',
  })
  @ExactlyWhen<Refusal>(({ scope }) => scope === 'QUESTIONS', 'when.scopeQuestions')
  @listOf({
    name: 'questionNos',
    key: 'problem.questionNos',
    items: 50,
    unique: true,
    holds: (item) => isWholeNumber(item, 1, 50),
    schema: { type: 'integer', minimum: 1, maximum: 50 },
  })
  questionNos?: number[];

  @BodyField(() => String, { nullable: true, description: 'Until when the requested side is ready to consult, UTC.' })
  @Optional()
  @UtcTime()
  consultUntil?: string;

  @BodyField(() => String, { nullable: true, description: 'What could be done instead.' })
  @Optional()
  @LongText(2000)
  alternativeOffered?: string;
}

@BodyClass('Transfer', 'Another authority is competent.')
export class Transfer {
  @BodyField(() => String, { description: 'The competent authority in words.' })
  @ShortText(200)
  authority: string;

  @BodyField(() => String, { nullable: true, description: 'Its code in the directory, when it is there.' })
  @Optional()
  @AgencyCode()
  agency?: string;

  @BodyField(() => String, { nullable: true, description: 'Its country, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  country?: string;

  @BodyField(() => Boolean, { description: 'True: the request was forwarded to it. False: please send it there.' })
  @Flag()
  forwarded: boolean;
}

@BodyClass('Delay', 'The answer will be late.')
export class Delay {
  @BodyField(() => String, { description: 'When the answer may be expected, UTC.' })
  @UtcTime()
  expectedAt: string;

  @BodyField(() => String, { description: 'Why it is late.' })
  @LongText(1000)
  reason: string;
}

@BodyClass(
  'Clarification',
  'What has to be made clear before the request can be carried out. The clock stands still until then.',
)
export class Clarification {
  @BodyField(() => String, { description: 'What is unclear.' })
  @LongText(4000)
  text: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Until when it should be made clear, UTC; the request lapses otherwise.',
  })
  @Optional()
  @UtcTime()
  dueAt?: string;
}

@BodyClass('ActionTaken', 'Something that was done to carry out the request.')
export class ActionTaken {
  @BodyField(() => String, { description: 'What was done.' })
  @LongText(1000)
  what: string;

  @BodyField(() => String, { nullable: true, description: 'Where.' })
  @Optional()
  @ShortText(120)
  where?: string;

  @BodyField(() => String, { description: 'When, UTC.' })
  @UtcTime()
  at: string;

  @BodyField(() => String, { nullable: true, description: 'Code of the unit that did it.' })
  @Optional()
  @UnitCode()
  by?: string;
}

@BodyClass('AnswerDocument', 'A document that comes with the answer.')
export class AnswerDocument {
  @BodyField(() => Int, { description: 'Its place among the attachments of the envelope; the first is 1.' })
  @WholeNumber(1, 100)
  attachmentNo: number;

  @BodyField(() => String, { description: 'What the document is.' })
  @ShortText(300)
  description: string;

  @BodyField(() => Boolean, { description: 'Whether it is a certified copy.' })
  @Flag()
  certified: boolean;
}

@BodyClass('Authorisation', 'An authorisation by a court or judge.')
export class Authorisation {
  @BodyField(() => AuthorisationStatus, { description: 'How far it has come.' })
  @CodeOf(AuthorisationStatus)
  status: AuthorisationStatus;

  @BodyField(() => String, {
    nullable: true,
    description: 'Since when it stands so, UTC. Required unless it is only NEEDED.',
  })
  @RequiredWhen<Authorisation>(({ status }) => status !== 'NEEDED', 'when.notNeeded')
  @UtcTime()
  at?: string;

  @BodyField(() => String, { nullable: true, description: 'When the decision may be expected, UTC.' })
  @Optional()
  @UtcTime()
  expectedAt?: string;
}

const REFUSING: readonly AnswerKind[] = ['PARTIAL_REFUSAL', 'REFUSAL', 'POSTPONEMENT'];
const WITH_RESULTS: readonly AnswerKind[] = ['INTERIM', 'FINAL', 'NEGATIVE', 'PARTIAL_REFUSAL'];

@BodyClass(
  'AnswerBody',
  'An answer to a request for assistance: the body of a signed object of the kind "answer". Its kind says what it does to the request. Personal details travel in the nominal part.',
)
export class AnswerBody {
  @BodyField(() => String, { description: 'Reference of the request. The envelope links the request itself.' })
  @Reference('REQ')
  requestRef: string;

  @BodyField(() => Int, { description: 'Number of this answer to the request: 1, 2, 3 …' })
  @WholeNumber(1, 1000)
  answerSeq: number;

  @BodyField(() => String, { description: 'Language of the answer, ISO 639-1.' })
  @Language()
  language: string;

  @BodyField(() => AnswerKind, { description: 'What the answer does to the request.' })
  @CodeOf(AnswerKind)
  kind: AnswerKind;

  @BodyField(() => String, { nullable: true, description: 'Covering text.' })
  @Optional()
  @LongText(8000)
  text?: string;

  @BodyField(() => [QuestionAnswer], {
    nullable: true,
    description: 'Results by question. Required with INTERIM; a question left out stands as the earlier answers say.',
  })
  @RequiredWhen<AnswerBody>(({ kind }) => kind === 'INTERIM', 'when.interim')
  @NestedList(() => QuestionAnswer, 50)
  @UniqueBy('questionNo')
  @UnexpectedUnless<AnswerBody>(({ kind }) => WITH_RESULTS.includes(kind), 'when.withResults')
  @Check<AnswerBody>(
    'allNegative',
    'problem.allNegative',
    ({ kind, results }) =>
      kind !== 'NEGATIVE' || !Array.isArray(results) || results.every((result) => result?.result === 'NEGATIVE'),
  )
  results?: QuestionAnswer[];

  @BodyField(() => Clarification, {
    nullable: true,
    description: 'What has to be made clear. With CLARIFICATION_REQUEST, and only then.',
  })
  @ExactlyWhen<AnswerBody>(({ kind }) => kind === 'CLARIFICATION_REQUEST', 'when.clarification')
  @NestedRecord(() => Clarification)
  clarification?: Clarification;

  @BodyField(() => Transfer, {
    nullable: true,
    description: 'The competent authority. With TRANSFER_NOTICE, and only then.',
  })
  @ExactlyWhen<AnswerBody>(({ kind }) => kind === 'TRANSFER_NOTICE', 'when.transfer')
  @NestedRecord(() => Transfer)
  transfer?: Transfer;

  @BodyField(() => Delay, {
    nullable: true,
    description: 'Why and until when it will be late. With DELAY_NOTICE, and only then.',
  })
  @ExactlyWhen<AnswerBody>(({ kind }) => kind === 'DELAY_NOTICE', 'when.delay')
  @NestedRecord(() => Delay)
  delay?: Delay;

  @BodyField(() => Refusal, {
    nullable: true,
    description: 'Ground and scope. With PARTIAL_REFUSAL, REFUSAL and POSTPONEMENT, and only then.',
  })
  @ExactlyWhen<AnswerBody>(({ kind }) => REFUSING.includes(kind), 'when.refusing')
  @NestedRecord(() => Refusal)
  @Check<AnswerBody>(
    'scope',
    'problem.scope',
    ({ kind, refusal }) =>
      !(kind === 'REFUSAL' && refusal?.scope === 'QUESTIONS') &&
      !(kind === 'PARTIAL_REFUSAL' && refusal?.scope === 'ALL'),
    '/scope',
  )
  @Check<AnswerBody>(
    'consultation',
    'problem.consultation',
    ({ kind, refusal }) => kind !== 'POSTPONEMENT' || typeof refusal !== 'object' || refusal.consultUntil !== undefined,
    '/consultUntil',
  )
  refusal?: Refusal;

  @BodyField(() => [Party], { nullable: true, description: 'Persons and businesses found, without personal details.' })
  @Optional()
  @NestedList(() => Party, 100)
  @UniqueBy('key')
  parties?: Party[];

  @BodyField(() => [ActionTaken], { nullable: true, description: 'What was done.' })
  @Optional()
  @NestedList(() => ActionTaken, 50)
  actionsTaken?: ActionTaken[];

  @BodyField(() => [AnswerDocument], { nullable: true, description: 'Documents that come with the answer.' })
  @Optional()
  @NestedList(() => AnswerDocument, 100)
  @UniqueBy('attachmentNo')
  documents?: AnswerDocument[];

  @BodyField(() => [String], { nullable: true, description: 'Conditions beyond the conditions of use.' })
  @Optional()
  @TextList({ items: 20, max: 1000 })
  conditions?: string[];

  @BodyField(() => [String], {
    nullable: true,
    description: 'Linked circumstances found without being asked (Naples II, Article 8).',
  })
  @Optional()
  @TextList({ items: 20, max: 4000 })
  relatedFacts?: string[];

  @BodyField(() => String, { nullable: true, description: 'Reservations of the requested side.' })
  @Optional()
  @LongText(2000)
  reservations?: string;

  @BodyField(() => String, { nullable: true, description: 'Costs, and who bears them.' })
  @Optional()
  @LongText(1000)
  costs?: string;

  @BodyField(() => Authorisation, { nullable: true, description: 'Authorisation by a court or judge.' })
  @Optional()
  @NestedRecord(() => Authorisation)
  authorisation?: Authorisation;

  @BodyField(() => String, { nullable: true, description: 'Further help that is offered.' })
  @Optional()
  @LongText(1000)
  furtherHelpOffered?: string;
}
