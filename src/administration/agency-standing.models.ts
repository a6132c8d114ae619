import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';

@Visible('operator')
@ObjectType({ description: 'Whether a unit takes part' })
export class UnitStanding {
  @Field(() => ID)
  unit: string;

  @Field(() => Boolean, { description: 'Suspended by the operator' })
  isSuspended: boolean;

  @Field(() => Boolean, { description: 'Suspended by its own agency, which alone can resume it' })
  isSuspendedByAgency: boolean;
}

@Visible('operator')
@ObjectType({ description: 'Whether an agency takes part: nothing of what it has, sends or receives' })
export class AgencyStanding {
  @Field(() => ID)
  agency: string;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Since when the operator has suspended it' })
  suspendedAt: Date | null;

  @Field(() => Int, { description: 'How many administrators it has; it needs two' })
  administrators: number;

  @Field(() => [UnitStanding], { description: 'Its units' })
  units: UnitStanding[];
}
