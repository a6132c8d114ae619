import { Field, GraphQLISODateTime, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { PageInfo, PartInput } from '../exchange/exchange.models.js';
import { DraftStates, type DraftStateCode } from './draft-codes.js';
import type { DraftRow } from './draft-rows.js';

@InputType({ description: 'What was composed and is not sent yet' })
export class DraftInput {
  @Field(() => ID, { nullable: true, description: 'The own draft that it takes the place of; left out: a new one' })
  draft?: string | null;

  @Field(() => String, { description: 'The canonical text, as the composition gave it' })
  text: string;

  @Field(() => [PartInput], { defaultValue: [], description: 'The texts of the parts it names' })
  parts: PartInput[];
}

@ObjectType({ description: 'A part of a draft' })
@Visible('ownAgency')
export class DraftPart {
  @Field(() => String, { description: 'Such as nominal' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Canonical text with its salt; null when withheld' })
  @Visible('nominal')
  text: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the text is withheld: NOT_CLEARED, or STEP_UP: by a rule of the own agency it takes a fresh passkey',
  })
  withheld: string | null;
}

@ObjectType({
  description:
    'An object before it is sent. Its author alone sees it until it is handed in; then every officer of the unit who is cleared for it',
})
@Visible('ownAgency')
export class Draft {
  /** The row that it was made from; not part of the API. */
  row: DraftRow;

  @Field(() => ID)
  id: string;

  @Field(() => DraftStates, { description: 'Where it stands' })
  state: DraftStateCode;

  @Field(() => ID, { description: 'The id of the object that it is to become' })
  object: string;

  @Field(() => String, { description: 'Kind of the object, such as alert' })
  kind: string;

  @Field(() => [String], { description: 'Addressees: agencies, units, or community:<uuid>' })
  to: string[];

  @Field(() => String, { nullable: true, description: 'The reference that it is to have' })
  ref: string | null;

  @Field(() => String, { nullable: true, description: 'Erased when it is over' })
  title: string | null;

  @Field(() => String, { nullable: true, description: 'FLASH, URGENT or ROUTINE' })
  urgency: string | null;

  @Field(() => ID, { description: 'Pseudonym of its author' })
  author: string;

  @Field(() => String, { nullable: true, description: 'The canonical text that is signed; erased when it is over' })
  text: string | null;

  @Field(() => String, { description: 'SHA-256 of the text: what the touch for it answers' })
  digest: string;

  @Field(() => String, { nullable: true, description: 'What is to be changed, where it was given back' })
  note: string | null;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of who gave it back, or approved and sent it' })
  decidedBy: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When something was last done with it' })
  keptAt: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was handed in; null: not yet' })
  handedInAt: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was sent, withdrawn or lapsed' })
  endedAt: Date | null;
}

@ObjectType({ description: 'A draft with its place in the list' })
@Visible('list')
export class DraftEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Draft)
  node: Draft;
}

@ObjectType({ description: 'What something was done with last stands first' })
@Visible('list')
export class DraftConnection {
  @Field(() => [DraftEdge])
  edges: DraftEdge[];

  @Field(() => [Draft])
  nodes: Draft[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}
