import { Field, ID, InputType } from '@nestjs/graphql';
import { Urgency } from '../common/codes/alert-codes.js';
import { AnswerKind, RefusalGround } from '../common/codes/answer-codes.js';
import { Classification } from '../common/codes/handling-codes.js';
import { AssistanceType } from '../common/codes/request-codes.js';
import { CodeOf } from '../exchange/body/rules/code.js';
import { Country, Language, Mailbox } from '../exchange/body/rules/identifier.js';
import { NestedRecord } from '../exchange/body/rules/nested.js';
import { Flag } from '../exchange/body/rules/number.js';
import { ExactlyWhen, OnlyWhen, Optional, RequiredWhen } from '../exchange/body/rules/presence.js';
import { AgreementId } from '../exchange/body/rules/reference.js';
import { LongText, Pattern, ShortText } from '../exchange/body/rules/text.js';
import { LocalDate, UtcTime } from '../exchange/body/rules/time.js';
import { SHA256 } from '../protocol/digest.js';
import { UUID } from '../common/uuid.js';
import { LetterDirection, LetterKind, LetterMedium } from './register-codes.js';

const LONGEST_NAME = 200;
const LONGEST_NUMBER = 60;

@InputType({ description: 'An administration that is not on the hub, whole' })
export class OutsidePartnerInput {
  @ShortText(LONGEST_NAME)
  @Field(() => String, { description: 'Its name in English' })
  nameEn: string;

  @ShortText(LONGEST_NAME)
  @Field(() => String, { description: 'Its name in Vietnamese' })
  nameVi: string;

  @Optional()
  @ShortText(LONGEST_NAME)
  @Field(() => String, { nullable: true, description: 'Its name as it writes it itself' })
  nameOwn?: string | null;

  @Country()
  @Field(() => String, { description: 'ISO 3166-1 alpha-2' })
  country: string;

  @Optional()
  @LongText(500)
  @Field(() => String, { nullable: true, description: 'Where letters go, line by line' })
  address?: string | null;

  @Optional()
  @Mailbox()
  @Field(() => String, { nullable: true, description: 'An e-mail address of the office, not of a person' })
  mailbox?: string | null;

  @Language()
  @Field(() => String, { description: 'The language in which it is written to, ISO 639-1' })
  language: string;

  @Optional()
  @AgreementId()
  @Field(() => String, { nullable: true, description: 'The agreement with it, one of one’s own agency’s' })
  agreement?: string | null;
}

@InputType({ description: 'A letter in one language, as it goes out' })
export class LetterTextInput {
  @ShortText(300)
  @Field(() => String, { description: 'What it is about' })
  subject: string;

  @LongText(8000)
  @Field(() => String, { description: 'The letter itself; at most 8,000 characters' })
  text: string;
}

@InputType({ description: 'The words of a letter that goes out, in one or both languages' })
export class LetterWordingInput {
  @RequiredWhen<LetterWordingInput>(({ vi }) => vi === undefined, 'when.oneLanguage')
  @NestedRecord(() => LetterTextInput)
  @Field(() => LetterTextInput, { nullable: true, description: 'In English' })
  en?: LetterTextInput | null;

  @Optional()
  @NestedRecord(() => LetterTextInput)
  @Field(() => LetterTextInput, { nullable: true, description: 'In Vietnamese' })
  vi?: LetterTextInput | null;
}

@InputType({ description: 'What is written of a letter and may be corrected, whole' })
export class LetterDetailsInput {
  @CodeOf(LetterMedium)
  @Field(() => LetterMedium, { description: 'How it went' })
  medium: LetterMedium;

  @Optional()
  @ShortText(LONGEST_NUMBER)
  @Field(() => String, { nullable: true, description: 'One’s own number for it, such as 1234/TCHQ-ĐTCBL' })
  nationalRef?: string | null;

  @Optional()
  @ShortText(LONGEST_NUMBER)
  @Field(() => String, { nullable: true, description: 'The partner’s number' })
  partnerRef?: string | null;

  @LocalDate()
  @Field(() => String, { description: 'The day that it bears: 2026-11-22' })
  dated: string;

  @UtcTime()
  @Field(() => String, { description: 'When it came in, or went out: RFC 3339 in UTC. The clock runs from then' })
  at: string;

  @ShortText(300)
  @Field(() => String, { description: 'What it is about, without personal details' })
  subject: string;

  @Optional()
  @LongText(4000)
  @Field(() => String, { nullable: true, description: 'What it says, without personal details' })
  summary?: string | null;

  @Optional()
  @NestedRecord(() => LetterWordingInput)
  @Field(() => LetterWordingInput, {
    nullable: true,
    description: 'Of a letter that goes out: its words, for printing',
  })
  wording?: LetterWordingInput | null;

  @Optional()
  @CodeOf(Urgency)
  @Field(() => Urgency, { nullable: true, description: 'ROUTINE when it is left out' })
  urgency?: Urgency | null;

  @Optional()
  @CodeOf(Classification)
  @Field(() => Classification, { nullable: true, description: 'UNCLASSIFIED when it is left out' })
  classification?: Classification | null;

  @Optional()
  @AgreementId()
  @Field(() => String, { nullable: true, description: 'The agreement that it rests on; its deadlines count' })
  agreement?: string | null;

  @OnlyWhen<LetterDetailsInput>(({ agreement }) => agreement !== undefined, 'when.agreement')
  @ShortText(40)
  @Field(() => String, { nullable: true, description: 'The article of the agreement' })
  article?: string | null;

  @Optional()
  @CodeOf(AssistanceType)
  @Field(() => AssistanceType, { nullable: true, description: 'Of a request: the assistance asked for' })
  assistanceType?: AssistanceType | null;

  @Optional()
  @CodeOf(RefusalGround)
  @Field(() => RefusalGround, {
    nullable: true,
    description: 'Of a refusal or a postponement: the ground, where given',
  })
  ground?: RefusalGround | null;

  @Optional()
  @UtcTime()
  @Field(() => String, {
    nullable: true,
    description: 'Of a postponement: when it is looked at again; RFC 3339 in UTC',
  })
  expectedAt?: string | null;

  @Optional()
  @Pattern(SHA256, 'form.sha256')
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the scan, a clean file sent with POST /files: 64 hexadecimal digits',
  })
  scan?: string | null;
}

/** A new letter: what is written of it, and what cannot be changed later. */
@InputType({ isAbstract: true })
class NewLetterInput extends LetterDetailsInput {
  @CodeOf(LetterDirection)
  @Field(() => LetterDirection, { description: 'Which way it went' })
  direction: LetterDirection;

  @CodeOf(LetterKind)
  @Field(() => LetterKind, { description: 'What it does' })
  kind: LetterKind;

  @Pattern(UUID, 'form.uuid')
  @Field(() => ID, { description: 'The administration that it came from, or went to' })
  partner: string;

  @ExactlyWhen<NewLetterInput>(({ kind }) => kind === 'ANSWER', 'when.letterAnswers')
  @CodeOf(AnswerKind)
  @Field(() => AnswerKind, { nullable: true, description: 'Of an answer: what it does to the request' })
  answerKind?: AnswerKind | null;

  @Optional()
  @Flag()
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether one’s own unit alone sees it; else every unit of the agency. What belongs to another letter is seen as that is',
  })
  ownUnitOnly?: boolean | null;
}

@InputType({ description: 'A letter to be registered' })
export class LetterInput extends NewLetterInput {
  @RequiredWhen<LetterInput>(({ kind }) => kind === 'ANSWER', 'when.letterAnswers')
  @Pattern(UUID, 'form.uuid')
  @Field(() => ID, { nullable: true, description: 'The letter that it belongs to; an answer belongs to a request' })
  inReplyTo?: string | null;
}

@InputType({ description: 'The answer of which an old register tells beside its request' })
export class RowAnswerInput {
  @LocalDate()
  @Field(() => String, { description: 'The day that it bears: 2026-11-22' })
  dated: string;

  @Optional()
  @ShortText(LONGEST_NUMBER)
  @Field(() => String, {
    nullable: true,
    description: 'Its number: the partner’s if it came in, one’s own if it went out',
  })
  number?: string | null;

  @CodeOf(AnswerKind)
  @Field(() => AnswerKind, { description: 'What it does to the request' })
  answerKind: AnswerKind;
}

@InputType({ description: 'A row of an old register: a letter, and with a request its answer if the row tells of it' })
export class LetterRowInput extends NewLetterInput {
  @RequiredWhen<LetterRowInput>(({ kind }) => kind === 'ANSWER', 'when.letterAnswers')
  @ShortText(LONGEST_NUMBER)
  @Field(() => String, {
    nullable: true,
    description:
      'Of an answer: the number of its request, one’s own or the partner’s. That stands in the register, or in a row before',
  })
  answersNumber?: string | null;

  @OnlyWhen<LetterRowInput>(({ kind }) => kind === 'REQUEST', 'when.letterAsks')
  @NestedRecord(() => RowAnswerInput)
  @Field(() => RowAnswerInput, { nullable: true, description: 'The last answer to it' })
  answer?: RowAnswerInput | null;
}
