import { Field, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';

@Visible('administrator')
@ObjectType({ description: 'How long sessions of one’s own agency last, and the most that the hub allows' })
export class SessionLimits {
  @Field(() => Int, { description: 'Minutes without a request after which a session ends' })
  idleMinutes: number;

  @Field(() => Int, { description: 'Hours after which a session ends in any case' })
  hours: number;

  @Field(() => Int, { description: 'The most that the hub allows of idleMinutes' })
  mostIdleMinutes: number;

  @Field(() => Int, { description: 'The most that the hub allows of hours' })
  mostHours: number;
}
