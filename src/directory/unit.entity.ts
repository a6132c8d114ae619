import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Visible } from '../access/visibility.js';

@ObjectType({
  description:
    'A unit of an agency. Units of several agencies may share a place, as in a port control unit; each keeps its own rights.',
})
@Entity({ schema: 'hub', name: 'unit' })
@Visible('signedIn')
export class Unit {
  @Field(() => ID, { description: "Code such as VN-CUS-AS: begins with its agency's" })
  @PrimaryColumn('text')
  id: string;

  @Field(() => ID)
  @Column('text', { name: 'agency_id' })
  agencyId: string;

  @Field(() => String, {
    description: 'ANTI_SMUGGLING, PORT_CONTROL_UNIT, AIR_CARGO_CONTROL_UNIT, REGIONAL_OFFICE or LIAISON_OFFICE',
  })
  @Column('text')
  kind: string;

  @Field(() => String, { nullable: true, description: 'UN/LOCODE of the place it works at' })
  @Column('text', { nullable: true })
  place: string | null;

  @Field(() => String)
  @Column('text', { name: 'name_en' })
  nameEn: string;

  @Field(() => String)
  @Column('text', { name: 'name_vi' })
  nameVi: string;

  @Field(() => String, { nullable: true, description: 'Duty telephone, E.164' })
  @Column('text', { name: 'phone_24h', nullable: true })
  phone24h: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  mailbox: string | null;

  @Field(() => GraphQLISODateTime)
  @Column('timestamptz', { name: 'valid_from' })
  validFrom: Date;

  @Field(() => GraphQLISODateTime, { nullable: true })
  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil: Date | null;

  @Field(() => ID, { nullable: true, description: 'The unit that took over its work; mail to it goes there' })
  @Column('text', { name: 'successor_id', nullable: true })
  successorId: string | null;

  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt: Date | null;

  @Column('text', { name: 'suspended_by', nullable: true })
  suspendedBy: string | null;
}
