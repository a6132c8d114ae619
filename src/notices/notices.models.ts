import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { CodeOf } from '../exchange/body/rules/code.js';
import { Mailbox } from '../exchange/body/rules/identifier.js';
import { WholeNumber } from '../exchange/body/rules/number.js';
import { Optional } from '../exchange/body/rules/presence.js';
import { OfficerPseudonym } from '../exchange/body/rules/reference.js';
import { Check } from '../exchange/body/rules/rule.js';
import { UtcTime } from '../exchange/body/rules/time.js';
import { type NoticeKind, NoticeKinds, type NoticeProblem, NoticeProblems } from './notice-codes.js';

const LANGUAGES = { en: 'en', vi: 'vi' } as const;

@ObjectType({ description: 'A shift of an officer on the roster of a unit' })
@Visible('administrator')
export class Shift {
  @Field(() => ID, { description: 'Pseudonym of the officer' })
  officer: string;

  @Field(() => Int, { description: '1 is told first, 2 is the deputy, 3 the head of unit' })
  rank: number;

  @Field(() => GraphQLISODateTime, { description: 'From when on the officer is told' })
  beginsAt: Date;

  @Field(() => GraphQLISODateTime, { description: 'From when on no more' })
  endsAt: Date;

  @Field(() => Boolean, { description: 'Whether the officer has an address for notices; without one nobody is told' })
  isReachable: boolean;
}

@InputType({ description: 'A shift of an officer of the unit' })
export class ShiftInput {
  @OfficerPseudonym()
  @Field(() => ID, { description: 'Pseudonym of an officer of the unit' })
  officer: string;

  @WholeNumber(1, 3)
  @Field(() => Int, { description: '1 is told first, 2 is the deputy, 3 the head of unit' })
  rank: number;

  @UtcTime()
  @Field(() => String, { description: 'RFC 3339 in UTC' })
  beginsAt: string;

  @UtcTime()
  @Check<ShiftInput>('shiftEnds', 'problem.shiftEnds', ({ beginsAt, endsAt }) => new Date(endsAt) > new Date(beginsAt))
  @Field(() => String, { description: 'RFC 3339 in UTC' })
  endsAt: string;
}

@ObjectType({ description: 'How a unit is told as a whole' })
@Visible('administrator')
export class NoticeRule {
  @Field(() => Int, {
    nullable: true,
    description: 'The hour of the daily digest by the agency’s clock; null when the unit wants none',
  })
  digestHour: number | null;

  @Field(() => String, { description: 'en or vi: the language of what goes to the unit’s mailbox' })
  language: string;
}

@InputType({ description: 'How a unit is told as a whole, whole' })
export class NoticeRuleInput {
  @Optional()
  @WholeNumber(0, 23)
  @Field(() => Int, { nullable: true, description: 'The hour of the daily digest; without it there is none' })
  digestHour?: number | null;

  @CodeOf(LANGUAGES)
  @Field(() => String, { description: 'en or vi' })
  language: string;
}

@ObjectType({ description: 'Where an officer gets notices; seen by nobody else' })
@Visible('caller')
export class NoticeAddress {
  @Field(() => String, { nullable: true, description: 'Null until one is confirmed' })
  address: string | null;

  @Field(() => String, { nullable: true, description: 'The one that waits for its code' })
  wanted: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'en or vi: the language of the notices; null without an address',
  })
  language: string | null;
}

@InputType({ description: 'Where an officer wants notices, and in which language' })
export class NoticeAddressInput {
  @Mailbox()
  @Field(() => String, { description: 'An e-mail address' })
  address: string;

  @CodeOf(LANGUAGES)
  @Field(() => String, { description: 'en or vi' })
  language: string;
}

@ObjectType({ description: 'A notice that was tried and not sent, or that reached nobody. Kept for a month.' })
@Visible('administrator')
export class UnsentNotice {
  @Field(() => NoticeKinds, { description: 'What it tells of' })
  kind: NoticeKind;

  @Field(() => ID, { description: 'The unit of whose duties it tells' })
  unit: string;

  @Field(() => ID, { description: 'The unit whose officer or mailbox was to get it' })
  toUnit: string;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer; null for the unit’s mailbox' })
  officer: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When what it tells of came up' })
  madeAt: Date;

  @Field(() => NoticeProblems, { description: 'Why it was not sent' })
  problem: NoticeProblem;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it is tried again; null when it was given up' })
  triedAgainAt: Date | null;
}

@ObjectType({ description: 'Whether notices of one’s own agency go out' })
@Visible('administrator')
export class NoticeStanding {
  @Field(() => Boolean, { description: 'False when this hub has no mail server: then nobody is told of anything' })
  isSending: boolean;

  @Field(() => [UnsentNotice], { description: 'The newest 100 that were not sent, the newest first' })
  unsent: UnsentNotice[];
}
