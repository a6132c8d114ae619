import { Field, GraphQLISODateTime, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Visible } from '../../access/visibility.js';

@InputType({ description: 'A key that an officer has just made in the browser' })
export class KeyRequestInput {
  @Field(() => String, { description: 'Public half, a JWK (RFC 7517) as JSON: Ed25519' })
  jwk: string;

  @Field(() => String, { description: 'sig: the officer signs objects. enrol: an administrator admits officers’ keys' })
  use: string;

  @Field(() => String, {
    description: 'The key’s own signature that it is meant for this hub, agency and use, base64url',
  })
  proof: string;

  @Field(() => [String], { description: 'Kinds that it is to sign, or as an enrolment key to admit' })
  kinds: string[];

  @Field(() => String, { description: 'How its holder calls the device, such as Phone' })
  device: string;

  @Field(() => String, {
    nullable: true,
    description: 'The passkey (credential id) under which the private half is wrapped',
  })
  credential?: string | null;

  @Field(() => String, { nullable: true, description: 'The private half, wrapped in the browser, base64url' })
  wrapped?: string | null;
}

@ObjectType('OwnKey', { description: 'One of the officer’s own keys, with what the officer’s browser needs to use it' })
@Visible('caller')
export class OwnKeyModel {
  @Field(() => ID, { description: 'RFC 7638 thumbprint' })
  kid: string;

  @Field(() => String, { description: 'sig or enrol' })
  use: string;

  @Field(() => String, { description: 'What its holder calls the device' })
  device: string;

  @Field(() => [String], { description: 'Kinds that were asked for' })
  kinds: string[];

  @Field(() => String, {
    description:
      'OTHER_DEVICE: to be approved at a device that signs already. REQUESTED: at an administrator. LOCKED: its passkey is gone, so nothing opens it. IN_FORCE, EXPIRED, REFUSED, REVOKED: as it says',
  })
  state: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was made' })
  requestedAt: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it ends, once it stands in the key set' })
  validUntil: Date | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The passkey that opens it; null: the browser that made it keeps it',
  })
  credential: string | null;

  @Field(() => String, { nullable: true, description: 'The private half as it was wrapped, base64url' })
  wrapped: string | null;
}

@ObjectType('KeyRequest', { description: 'An officer’s key that waits to be admitted into the agency’s key set' })
@Visible('administrator')
export class KeyRequestModel {
  @Field(() => ID, { description: 'RFC 7638 thumbprint' })
  kid: string;

  @Field(() => ID, { description: 'Pseudonym of who made it' })
  officer: string;

  @Field(() => ID)
  unit: string;

  @Field(() => String)
  titleEn: string;

  @Field(() => String)
  titleVi: string;

  @Field(() => String, { description: 'sig, or enrol, which only the roots can admit' })
  use: string;

  @Field(() => String, { description: 'What its holder calls the device' })
  device: string;

  @Field(() => [String], { description: 'Kinds that are asked for' })
  kinds: string[];

  @Field(() => String, { description: 'Public half, a JWK as JSON' })
  jwk: string;

  @Field(() => String, { description: 'Proof of possession, for the key set' })
  proof: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was made' })
  requestedAt: Date;
}

@ObjectType('OfficerKey', { description: 'A key with which an officer of one’s own agency signs now' })
@Visible('administrator')
export class OfficerKeyModel {
  @Field(() => ID, { description: 'RFC 7638 thumbprint' })
  kid: string;

  @Field(() => ID, { description: 'Pseudonym of its holder' })
  officer: string;

  @Field(() => ID, { nullable: true, description: 'Null where the holder is no officer of the agency any more' })
  unit: string | null;

  @Field(() => String, { nullable: true })
  titleEn: string | null;

  @Field(() => String, { nullable: true })
  titleVi: string | null;

  @Field(() => String, { description: 'sig, or enrol: it admits officers’ keys' })
  use: string;

  @Field(() => String, {
    nullable: true,
    description: 'What its holder calls the device; null for a key that was not made in a browser',
  })
  device: string | null;

  @Field(() => GraphQLISODateTime)
  validFrom: Date;

  @Field(() => GraphQLISODateTime)
  validUntil: Date;
}
