import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';

@Visible('administrator')
@ObjectType({ description: 'One thing that a change is about, before and after' })
export class ChangedField {
  @Field(() => String, { description: 'Name of the field, as in the input' })
  field: string;

  @Field(() => String, { nullable: true, description: 'Null where there was nothing: no limit, or no such subject' })
  was: string | null;

  @Field(() => String, { nullable: true, description: 'Null where there is nothing: no limit' })
  becomes: string | null;
}

@Visible('administrator')
@ObjectType('AdministrativeChange', {
  description:
    'What an administrator has changed, or proposes to. What takes a right away is applied at once; what gives one waits for a second administrator',
})
export class ChangeModel {
  @Field(() => ID)
  id: string;

  @Field(() => String, {
    description:
      'OFFICER, UNIT, CONNECTION (of a unit’s system), RULES (of the agency), SESSIONS (how long those of an agency last), SHARING (its rules of sharing) or AGENCY',
  })
  kind: string;

  @Field(() => ID, { description: 'Pseudonym of the officer, or code of the unit or agency, that it is about' })
  subject: string;

  @Field(() => String, {
    description:
      'WAITING, APPLIED, DECLINED, or VOID: a later proposal took its place, who proposed it is no administrator any more, or has been recovered since',
  })
  state: string;

  @Field(() => [ChangedField], { description: 'All that is different afterwards, and nothing else' })
  changes: ChangedField[];

  @Field(() => ID, { description: 'Pseudonym of who proposed it, and so cannot approve it' })
  proposedBy: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was proposed, or applied if it did not have to wait' })
  proposedAt: Date;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'A proposal lapses then; null for what did not wait',
  })
  expiresAt: Date | null;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of who approved or declined it' })
  decidedBy: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was approved or declined' })
  decidedAt: Date | null;
}
