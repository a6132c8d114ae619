import { Field, Float, GraphQLISODateTime, ID, Int, ObjectType, PickType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { AnswerKind, RefusalGround } from '../common/codes/answer-codes.js';
import { Classification } from '../common/codes/handling-codes.js';
import { AssistanceType } from '../common/codes/request-codes.js';
import { PageInfo } from '../exchange/exchange.models.js';
import {
  ImportState,
  LetterAct,
  LetterAssurance,
  LetterClosing,
  LetterDirection,
  LetterKind,
  LetterMedium,
  LetterState,
} from './register-codes.js';

@ObjectType({ description: 'An administration that is not on the hub, as one’s own agency knows it' })
@Visible('ownAgency')
export class OutsidePartner {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: 'Its name in English' })
  nameEn: string;

  @Field(() => String, { description: 'Its name in Vietnamese' })
  nameVi: string;

  @Field(() => String, { nullable: true, description: 'Its name as it writes it itself' })
  nameOwn: string | null;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2' })
  country: string;

  @Field(() => String, { nullable: true, description: 'Where letters go, line by line' })
  address: string | null;

  @Field(() => String, { nullable: true, description: 'Its e-mail address' })
  mailbox: string | null;

  @Field(() => String, { description: 'The language in which it is written to, ISO 639-1' })
  language: string;

  @Field(() => String, { nullable: true, description: 'The agreement with it' })
  agreement: string | null;
}

@ObjectType({ description: 'A letter in one language' })
@Visible('ownAgency')
export class LetterText {
  @Field(() => String, { description: 'What it is about' })
  subject: string;

  @Field(() => String, { description: 'The letter itself' })
  text: string;
}

@ObjectType({ description: 'The words of a letter that goes out' })
@Visible('ownAgency')
export class LetterWording {
  @Field(() => LetterText, { nullable: true, description: 'In English' })
  en?: LetterText | null;

  @Field(() => LetterText, { nullable: true, description: 'In Vietnamese' })
  vi?: LetterText | null;
}

@ObjectType({ description: 'What stood in one field before it was corrected' })
@Visible('ownAgency')
export class LetterChange {
  @Field(() => String, { description: 'The field, as the letter calls it' })
  field: string;

  @Field(() => String, { nullable: true, description: 'What stood there; null where nothing did' })
  before: string | null;
}

@ObjectType({ description: 'What was done with a letter in the register' })
@Visible('ownAgency')
export class LetterStep {
  @Field(() => LetterAct, { description: 'What was done' })
  act: LetterAct;

  @Field(() => GraphQLISODateTime, { description: 'When' })
  at: Date;

  @Field(() => ID, { description: 'The unit that did it' })
  byUnit: string;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer; null for the unit’s system' })
  byOfficer: string | null;

  @Field(() => String, { nullable: true, description: 'Why, or what is to be done' })
  note: string | null;

  @Field(() => ID, { nullable: true, description: 'Of a task: the unit that is to do it' })
  toUnit: string | null;

  @Field(() => [LetterChange], { description: 'What was corrected' })
  changes: LetterChange[];
}

@ObjectType({
  description:
    'A letter to or from an administration that is not on the hub, as an officer has registered it. Nobody has signed it.',
})
@Visible('ownAgency')
export class Letter {
  /** The row's place in lists, and what it belongs to; not part of the API. */
  seq: string;
  rootId: string;
  partnerId: string;

  @Field(() => ID)
  id: string;

  @Field(() => LetterAssurance, { description: 'Always UNSIGNED; the same field of a signed object does not exist' })
  assurance: LetterAssurance;

  @Field(() => String, { description: 'Such as VN-LTR-2026-MPLRSA' })
  ref: string;

  @Field(() => String, { nullable: true, description: 'One’s own number for it' })
  nationalRef: string | null;

  @Field(() => String, { nullable: true, description: 'The partner’s number' })
  partnerRef: string | null;

  @Field(() => LetterDirection, { description: 'Which way it went' })
  direction: LetterDirection;

  @Field(() => LetterMedium, { description: 'How it went' })
  medium: LetterMedium;

  @Field(() => LetterKind)
  kind: LetterKind;

  @Field(() => LetterState, { description: 'Where it stands' })
  state: LetterState;

  @Field(() => String, { description: 'The day that it bears' })
  dated: string;

  @Field(() => GraphQLISODateTime, { description: 'When it came in, or went out' })
  at: Date;

  @Field(() => String, { description: 'What it is about' })
  subject: string;

  @Field(() => String, { nullable: true, description: 'What it says' })
  summary: string | null;

  @Field(() => LetterWording, {
    nullable: true,
    description: 'Its words, of one that goes out; null for who may not see personal details as well',
  })
  wording: LetterWording | null;

  @Field(() => Urgency)
  urgency: Urgency;

  @Field(() => Classification, { description: 'Who is not cleared for it does not see it' })
  classification: Classification;

  @Field(() => String, { nullable: true, description: 'The agreement that it rests on' })
  agreement: string | null;

  @Field(() => String, { nullable: true, description: 'The article of the agreement' })
  article: string | null;

  @Field(() => AssistanceType, { nullable: true, description: 'Of a request: the assistance asked for' })
  assistanceType: AssistanceType | null;

  @Field(() => AnswerKind, { nullable: true, description: 'Of an answer: what it does to the request' })
  answerKind: AnswerKind | null;

  @Field(() => RefusalGround, { nullable: true, description: 'Of a refusal or a postponement' })
  ground: RefusalGround | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Of a postponement: when it is looked at again' })
  expectedAt: Date | null;

  @Field(() => ID, { nullable: true, description: 'The letter that it belongs to' })
  inReplyTo: string | null;

  @Field(() => ID, { nullable: true, description: 'The unit that alone sees it; null for every unit of the agency' })
  unit: string | null;

  @Field(() => Boolean, {
    description: 'Whether there is a scan: GET /letters/<id>/scan, for who may see personal details; each is recorded',
  })
  hasScan: boolean;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Of a request: when it had its last answer' })
  answeredAt: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was closed' })
  closedAt: Date | null;

  @Field(() => LetterClosing, { nullable: true, description: 'Why it was closed' })
  closedAs: LetterClosing | null;

  @Field(() => String, { nullable: true, description: 'The same in words' })
  closedBecause: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was registered' })
  registeredAt: Date;
}

@ObjectType({ description: 'A letter as it stands among those of its matter; letter(id) has the rest' })
@Visible('ownAgency')
export class MatterLetter extends PickType(Letter, [
  'id',
  'ref',
  'direction',
  'kind',
  'answerKind',
  'dated',
  'at',
  'subject',
] as const) {}

@ObjectType({ description: 'A letter with its place in the list' })
@Visible('list')
export class LetterEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Letter)
  node: Letter;
}

@ObjectType({ description: 'What was registered last stands first' })
@Visible('list')
export class LetterConnection {
  @Field(() => [LetterEdge])
  edges: LetterEdge[];

  @Field(() => [Letter])
  nodes: Letter[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@ObjectType({ description: 'How often a ground was given' })
@Visible('ownAgency')
export class GroundCount {
  @Field(() => RefusalGround, { description: 'The ground' })
  ground: RefusalGround;

  @Field(() => Int, { description: 'How often' })
  count: number;
}

@ObjectType({ description: 'The requests of a year in one direction' })
@Visible('ownAgency')
export class LetterCounts {
  @Field(() => Int, { description: 'Requests of the year' })
  asked: number;

  @Field(() => Int, { description: 'Those that have had their last answer' })
  answered: number;

  @Field(() => Int, { description: 'Those whose answer is owed' })
  open: number;

  @Field(() => Int, { description: 'Of these, those whose time has passed' })
  overdue: number;

  @Field(() => Float, { nullable: true, description: 'Median time from the request to its last answer, in hours' })
  medianHours: number | null;

  @Field(() => [GroundCount], { description: 'Grounds of refusals and postponements, where given' })
  refusals: GroundCount[];
}

@ObjectType({ description: 'A year of letters with one administration' })
@Visible('ownAgency')
export class PartnerStatistics {
  @Field(() => OutsidePartner, { description: 'With whom' })
  partner: OutsidePartner;

  @Field(() => LetterCounts, { description: 'What the partner asked, and one’s own agency answers' })
  incoming: LetterCounts;

  @Field(() => LetterCounts, { description: 'What one’s own agency asked, and the partner answers' })
  outgoing: LetterCounts;
}

@ObjectType({ description: 'What is wrong with a row' })
@Visible('ownAgency')
export class ImportProblem {
  @Field(() => String, { description: 'The field, such as dated or answer/dated; empty for the whole row' })
  field: string;

  @Field(() => String, { description: 'Name of the broken rule, for programs' })
  rule: string;

  @Field(() => String, { description: 'What would be right, in the reader’s language' })
  message: string;
}

@ObjectType({ description: 'What became of a row of an old register' })
@Visible('ownAgency')
export class ImportedRow {
  @Field(() => ImportState, { description: 'Whether it was registered' })
  state: ImportState;

  @Field(() => [ImportProblem], { description: 'Of one that was refused: why' })
  problems: ImportProblem[];
}
