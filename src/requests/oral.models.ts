import { Field, GraphQLISODateTime, ID, InputType, ObjectType, OmitType, PickType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { CompositionInput } from '../exchange/composition.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { OralBody } from './body/oral-body.js';
import { OralRequestStates } from './request-codes.js';
import type { OralState } from './oral-states.js';

@InputType({ description: 'What was asked by word of mouth; the hub fills in the reference' })
export class OralDraft extends OmitType(OralBody, ['ref'] as const, InputType) {}

@InputType({ description: 'The note of a request that came by word of mouth, to be composed' })
export class ComposeOralRequestInput extends PickType(CompositionInput, [
  'handling',
  'purpose',
  'authoredBy',
  'releasedBy',
] as const) {
  @Field(() => String, { description: 'Who asked: an agency such as VN-CUS, or a unit such as VN-CUS-AS' })
  to: string;

  @Field(() => OralDraft, { description: 'What was asked' })
  body: OralDraft;
}

@ObjectType({
  description: 'A request that was made by word of mouth, opened. The opening is recorded for who noted it.',
})
@Visible('released')
export class NotedRequest {
  @Field(() => ID, { description: 'Id of the note, which the request in writing names' })
  id: string;

  @Field(() => String, { description: 'Agency that was asked and noted it, such as VN-CUS' })
  from: string;

  @Field(() => String, { description: 'Unit that noted it, such as VN-CUS-AS' })
  unit: string;

  @Field(() => [String], { description: 'Who asked' })
  to: string[];

  @Field(() => OralRequestStates, { description: 'Where it stands' })
  state: OralState;

  @Field(() => GraphQLISODateTime, { description: 'When the hub accepted the note; the time to confirm it began' })
  notedAt: Date;

  @Field(() => GraphQLISODateTime, { description: 'Until when it is to be confirmed in writing; else it lapses' })
  dueAt: Date;

  @Field(() => ID, { nullable: true, description: 'The request in writing that has confirmed it' })
  request: string | null;

  @Field(() => OralBody, { description: 'What the note says' })
  body: OralBody;

  @Field(() => SignedObject, { description: 'The signed object that it is read from' })
  object: SignedObject;
}
