import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../../access/visibility.js';

@Visible('administrator')
@ObjectType('EnrollableOfficer', { description: 'An officer of one’s own agency, as its administrator sees it' })
export class EnrollableModel {
  @Field(() => ID, { description: 'Pseudonym' })
  officer: string;

  @Field(() => ID)
  unit: string;

  @Field(() => String)
  titleEn: string;

  @Field(() => String)
  titleVi: string;

  @Field(() => [String], { description: 'What the officer may do follows from these' })
  roles: string[];

  @Field(() => String, { description: 'Highest classification that may be read: UNCLASSIFIED or RESTRICTED' })
  clearance: string;

  @Field(() => Boolean, { description: 'May see personal details, where a role allows it' })
  maySeeNominal: boolean;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Null while the officer stays' })
  validUntil: Date | null;

  @Field(() => Boolean, { description: 'Has a passkey, a password with codes, or signs in at a national issuer' })
  isEnrolled: boolean;

  @Field(() => Boolean, { description: 'Is shut out for the time being' })
  isSuspended: boolean;
}

@Visible('administrator')
@ObjectType('Admission', {
  description: 'A proposal to enrol or recover an officer; a second administrator approves it',
})
export class AdmissionModel {
  @Field(() => ID)
  id: string;

  @Field(() => ID, { description: 'Pseudonym of who is to be enrolled' })
  officer: string;

  @Field(() => ID, { description: 'Pseudonym of who proposed it, and so cannot approve it' })
  proposedBy: string;

  @Field(() => GraphQLISODateTime, { description: 'It lapses then' })
  expiresAt: Date;
}

@Visible('caller')
@ObjectType('EnrolmentLink', {
  description: 'A single-use link, shown to the officer at the desk. It cannot be asked for again',
})
export class EnrolmentLinkModel {
  @Field(() => String, { description: 'Address to open, or to show as a QR code, in the officer’s own browser' })
  address: string;

  @Field(() => String, { description: 'The address as a QR code, an SVG image, for the officer’s telephone' })
  qrCode: string;

  @Field(() => GraphQLISODateTime, { description: 'It is worthless from then on' })
  expiresAt: Date;
}
