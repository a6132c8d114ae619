import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { ActOutcome, ActReason, ObjectAct } from './act-codes.js';

@ObjectType({ description: 'Whether one act with an object is open to the caller now, and why' })
@Visible('released')
export class ActOnObject {
  @Field(() => ObjectAct, { description: 'The act' })
  act: ObjectAct;

  @Field(() => ActOutcome, { description: 'Whether it is open' })
  outcome: ActOutcome;

  @Field(() => ActReason, { description: 'Why' })
  because: ActReason;

  @Field(() => ID, { nullable: true, description: 'Id of the question whose granted consent opens it' })
  consent: string | null;
}
