import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';

@Visible('administrator')
@ObjectType('UnitConnection', { description: 'What the system of a unit may do' })
export class ConnectionModel {
  @Field(() => String, { description: 'UNCLASSIFIED or RESTRICTED' })
  clearance: string;

  @Field(() => Boolean, { description: 'May read personal details' })
  maySeeNominal: boolean;

  @Field(() => [String], { description: 'Permissions, such as objects.submit:alert' })
  scopes: string[];

  @Field(() => [String], { nullable: true, description: 'To whom it may write; null: whoever an agreement allows' })
  addressees: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Networks that it may come from; null: from anywhere' })
  networks: string[] | null;

  @Field(() => Boolean, { description: 'May send GraphQL documents of its own' })
  adhoc: boolean;

  @Field(() => String, { description: 'When it ends, RFC 3339 in UTC' })
  validUntil: string;

  @Field(() => Boolean, { description: 'The agency has shut it' })
  isSuspended: boolean;
}

@Visible('administrator')
@ObjectType('AdministeredUnit', { description: 'A unit of one’s own agency, as its administrator sees it' })
export class AdministeredUnitModel {
  @Field(() => ID)
  unit: string;

  @Field(() => Boolean, { description: 'Suspended by the agency itself, which can resume it' })
  isSuspended: boolean;

  @Field(() => Boolean, { description: 'Suspended by the operator, or with its agency' })
  isSuspendedByOperator: boolean;

  @Field(() => ConnectionModel, { nullable: true, description: 'Null while the unit has no system' })
  connection: ConnectionModel | null;
}
