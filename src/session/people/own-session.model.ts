import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../../access/visibility.js';

@Visible('caller')
@ObjectType('ConsoleSession', { description: 'One of the officer’s own sessions at a console' })
export class OwnSessionModel {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: 'What the browser called itself at sign-in' })
  userAgent: string;

  @Field(() => GraphQLISODateTime, { description: 'When the officer signed in' })
  beganAt: Date;

  @Field(() => GraphQLISODateTime, { description: 'The last request, give or take half a minute' })
  seenAt: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it ends at the latest' })
  expiresAt: Date;

  @Field(() => Boolean, { description: 'The session of this very request' })
  isCurrent: boolean;
}
