import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Visible } from '../access/visibility.js';

@ObjectType({
  description: 'A customs administration or partner organisation. Names of places are data of the deployment.',
})
@Entity({ schema: 'hub', name: 'agency' })
@Visible('signedIn')
export class Agency {
  @Field(() => ID, {
    description: 'Code such as VN-CUS: the first half of its units’ codes and the `from` of what it signs',
  })
  @PrimaryColumn('text')
  id: string;

  @Field(() => String, { description: 'CUSTOMS, or PARTNER: an organisation that sees only what is released to it' })
  @Column('text')
  kind: string;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2' })
  @Column('text')
  country: string;

  @Field(() => String)
  @Column('text', { name: 'name_en' })
  nameEn: string;

  @Field(() => String)
  @Column('text', { name: 'name_vi' })
  nameVi: string;

  @Field(() => String, { description: 'Name of the IANA time zone database, such as Asia/Ho_Chi_Minh' })
  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Field(() => [Int], { description: 'Days of the week on which nobody works there, by ISO 8601: 1 is Monday' })
  @Column('smallint', { array: true })
  weekend: number[];

  @Field(() => GraphQLISODateTime)
  @Column('timestamptz', { name: 'valid_from' })
  validFrom: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Null while it exists' })
  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil: Date | null;

  @Field(() => ID, { nullable: true, description: 'The agency that took over its work; mail to it goes there' })
  @Column('text', { name: 'successor_id', nullable: true })
  successorId: string | null;

  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt: Date | null;
}
