import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { HandlingCode } from '../common/codes/handling-codes.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ConsentBody } from './body/consent-body.js';
import { ConsentActs, ConsentSides, ConsentStates, ConsentUse } from './consent-codes.js';
import type { ConsentAct, ConsentSide, ConsentState } from './consent-states.js';

/** Where a consent stands, for lists and for the opened consent alike. */
@ObjectType({ isAbstract: true })
export class ConsentStanding {
  @Field(() => ID, { description: 'Id of the object that asked' })
  id: string;

  @Field(() => ID, { description: 'Id of the object that it is about' })
  object: string;

  @Field(() => String, { description: 'Digest of the version that it is about, and of no other' })
  objectDigest: string;

  @Field(() => String, { description: 'Agency that asks' })
  from: string;

  @Field(() => String, { description: 'Agency that sent the object' })
  to: string;

  @Field(() => ConsentSides, { description: 'Which of the two the caller’s agency is' })
  side: ConsentSide;

  @Field(() => ConsentUse, { description: 'What for' })
  for: ConsentUse;

  @Field(() => String, { nullable: true, description: 'Agency to which the object is to be passed on' })
  forAgency: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The one unit of it which is to have it; null: the whole agency',
  })
  forUnit: string | null;

  @Field(() => Urgency, { description: 'How soon the answer is needed' })
  urgency: Urgency;

  @Field(() => ConsentStates, { description: 'Where it stands at this moment' })
  state: ConsentState;

  @Field(() => GraphQLISODateTime, { description: 'When the hub accepted the question' })
  askedAt: Date;

  @Field(() => GraphQLISODateTime, { description: 'Until when it can be answered; silence is refusal' })
  dueAt: Date;

  @Field(() => [HandlingCode], { description: 'Conditions of use on top of those of the object' })
  codes: HandlingCode[];

  @Field(() => String, { nullable: true, description: 'Conditions in the words of the provider' })
  conditions: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Until when it holds; null: not limited' })
  expiresAt: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the object was first passed on by it' })
  passedOnAt: Date | null;

  @Field(() => [ConsentActs], { description: 'What the caller’s side may do now; empty when it is not its turn' })
  permittedActs: ConsentAct[];
}

@ObjectType({ description: 'What lists show of a consent' })
@Visible('released')
export class ConsentSummary extends ConsentStanding {}

@ObjectType({ description: 'What a list shows of the consent to which an object belongs' })
@Visible('released')
export class ConsentOfObject extends ConsentStanding {
  @Field(() => ConsentActs, { description: 'What this object does in it' })
  act: ConsentAct;
}

@ObjectType({ description: 'One signed object of a consent' })
@Visible('released')
export class ConsentStep {
  @Field(() => ConsentActs, { description: 'What it does' })
  act: ConsentAct;

  @Field(() => SignedObject, { description: 'The signed object that it is read from' })
  object: SignedObject;

  @Field(() => ConsentBody, { description: 'What it says' })
  body: ConsentBody;
}

@ObjectType('Consent', { description: 'A consent with everything that was said of it, opened' })
@Visible('released')
export class OpenedConsent extends ConsentStanding {
  @Field(() => [ConsentStep], { description: 'The question, its answer and a revocation, in their order' })
  steps: ConsentStep[];
}

@ObjectType({
  description:
    'That an object was passed on with the consent of who sent it. Who got it so has no personal details of it.',
})
@Visible('released')
export class PassedOn {
  @Field(() => String, { description: 'Agency or unit that got it' })
  to: string;

  @Field(() => String, { description: 'Agency that passed it on' })
  by: string;

  @Field(() => GraphQLISODateTime, { description: 'When' })
  at: Date;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When it goes out of sight again; null: not limited',
  })
  until: Date | null;

  @Field(() => [HandlingCode], { description: 'Conditions of use for who got it, on top of those of the object' })
  codes: HandlingCode[];

  @Field(() => String, { nullable: true, description: 'Further conditions in the words of who sent the object' })
  conditions: string | null;
}
