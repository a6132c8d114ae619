import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../../access/visibility.js';

@Visible('caller')
@ObjectType('OwnPasskey', { description: 'One of the officer’s own passkeys' })
export class OwnPasskeyModel {
  @Field(() => ID, { description: 'Credential id, base64url' })
  id: string;

  @Field(() => String, { nullable: true, description: 'What its holder calls the device; null for that of enrolment' })
  device: string | null;

  @Field(() => String, { description: 'What the browser called itself when it was made' })
  userAgent: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was made' })
  madeAt: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was last used; null: never yet' })
  usedAt: Date | null;

  @Field(() => Boolean, { description: 'False while it waits for the officer’s approval, and signs in nowhere' })
  isApproved: boolean;
}
