import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { type NotReadingReason, NotReadingReasons } from './directory-codes.js';

@ObjectType({ description: 'An article of an agreement' })
@Visible('caller')
export class AgreementArticle {
  @Field(() => ID, { description: 'Such as art10' })
  id: string;

  @Field(() => String)
  titleEn: string;

  @Field(() => String)
  titleVi: string;
}

@ObjectType('Agreement', { description: 'A legal basis between agencies, as data. The agreement itself always wins.' })
@Visible('caller')
export class AgreementModel {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: 'MULTILATERAL, BILATERAL or OPERATION' })
  kind: string;

  @Field(() => String)
  titleEn: string;

  @Field(() => String)
  titleVi: string;

  @Field(() => Boolean, { description: 'A fictional example of the demonstration' })
  isExample: boolean;

  @Field(() => [ID], { description: 'Agencies bound by it' })
  parties: string[];

  @Field(() => GraphQLISODateTime)
  validFrom: Date;

  @Field(() => GraphQLISODateTime, { nullable: true })
  validUntil: Date | null;

  @Field(() => [AgreementArticle])
  articles: AgreementArticle[];

  @Field(() => [String], { description: 'Types of assistance it provides for' })
  assistanceTypes: string[];

  @Field(() => [String], { description: 'Languages accepted, ISO 639-1' })
  languages: string[];

  @Field(() => String, { description: 'Name of its deadline profile' })
  deadlineProfile: string;

  @Field(() => Boolean, { description: 'Personal details may be sent under it' })
  nominalAllowed: boolean;

  @Field(() => String, { description: 'Use as evidence: NO, WITH_CONSENT or YES' })
  evidenceRule: string;

  @Field(() => String, { description: 'Passing on: NONE, AGENCY, NATIONAL_CUSTOMS or NAMED' })
  onwardRule: string;
}

@ObjectType({ description: 'A standing group of agencies that can be addressed as community:<id>' })
@Visible('caller')
export class Community {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  nameEn: string;

  @Field(() => String)
  nameVi: string;
}

@ObjectType({ description: 'Who is asking, as the hub sees it' })
@Visible('caller')
export class Me {
  @Field(() => ID)
  agency: string;

  @Field(() => ID)
  unit: string;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer; null for a system' })
  officer: string | null;

  @Field(() => String, { description: 'Highest classification that may be read: UNCLASSIFIED or RESTRICTED' })
  clearance: string;

  @Field(() => Boolean, { description: 'May see personal details' })
  maySeeNominal: boolean;

  @Field(() => String, { description: 'Purpose under which this session reads' })
  purpose: string;

  @Field(() => [String])
  permissions: string[];

  @Field(() => [String], { description: 'Roles of the officer; none for a system' })
  roles: string[];

  @Field(() => Boolean, {
    description:
      'An officer used a passkey within the last five minutes: what needs STEP_UP_REQUIRED otherwise can be done now',
  })
  isFresh: boolean;

  @Field(() => String, { description: 'Identity of this hub: the `hub` of everything signed for it' })
  hub: string;

  @Field(() => GraphQLISODateTime, { description: "The hub's time" })
  now: Date;

  @Field(() => [AgreementModel])
  agreements: AgreementModel[];

  @Field(() => [Community])
  communities: Community[];
}

@ObjectType({ description: 'How many officers of a unit will not read it, or not all of it' })
@Visible('caller')
export class NotReading {
  @Field(() => NotReadingReasons)
  reason: NotReadingReason;

  @Field(() => Int)
  officers: number;
}

@ObjectType({ description: 'Officers of one unit who will be able to read' })
@Visible('caller')
export class ReadingUnitModel {
  @Field(() => ID)
  agency: string;

  @Field(() => ID)
  unit: string;

  @Field(() => String)
  nameEn: string;

  @Field(() => String)
  nameVi: string;

  @Field(() => Int)
  officers: number;

  @Field(() => [NotReading], { description: 'Officers of the same unit who will not, and why; numbers above zero' })
  notReading: NotReading[];
}

@ObjectType({
  description: 'A unit of another service at the place of a reading unit. It sees nothing, unless you consent to it',
})
@Visible('caller')
export class NeighbouringUnitModel {
  @Field(() => ID)
  agency: string;

  @Field(() => ID)
  unit: string;

  @Field(() => String)
  nameEn: string;

  @Field(() => String)
  nameVi: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How many officers it has; null below five, and for a service that is not a party to the agreement',
  })
  officers: number | null;

  @Field(() => Int, { nullable: true, description: 'It has fewer officers than this; only where the number is small' })
  fewerThan: number | null;
}
