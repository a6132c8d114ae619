import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { Classification } from '../common/codes/handling-codes.js';
import { CodeOf, CodesOf } from '../exchange/body/rules/code.js';
import { Mailbox, Networks, PhoneNumber, UnLocode } from '../exchange/body/rules/identifier.js';
import { Flag, WholeNumber } from '../exchange/body/rules/number.js';
import { Optional } from '../exchange/body/rules/presence.js';
import { UnitCode } from '../exchange/body/rules/reference.js';
import { PatternList, ShortText } from '../exchange/body/rules/text.js';
import { UtcTime } from '../exchange/body/rules/time.js';
import { ROLES } from '../session/people/role-rights.js';
import { SCOPES } from '../session/scopes.js';

const ADDRESSEE = /^([A-Z]{2}-[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){0,3}|community:[0-9a-f-]{36})$/;

const UNIT_KINDS = {
  ANTI_SMUGGLING: 'ANTI_SMUGGLING',
  PORT_CONTROL_UNIT: 'PORT_CONTROL_UNIT',
  AIR_CARGO_CONTROL_UNIT: 'AIR_CARGO_CONTROL_UNIT',
  REGIONAL_OFFICE: 'REGIONAL_OFFICE',
  LIAISON_OFFICE: 'LIAISON_OFFICE',
} as const;

const same = (codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code) => [code, code]));

@InputType({ description: 'An officer, whole: as he or she is to be after the change' })
export class OfficerInput {
  @UnitCode()
  @Field(() => ID, { description: 'Code of a unit of one’s own agency' })
  unit: string;

  @ShortText(120)
  @Field(() => String)
  titleEn: string;

  @ShortText(120)
  @Field(() => String)
  titleVi: string;

  @CodesOf(same(Object.keys(ROLES)))
  @Field(() => [String], { description: 'At least one; what the officer may do follows from these' })
  roles: string[];

  @CodeOf(Classification)
  @Field(() => Classification, { description: 'Highest classification that may be read' })
  clearance: Classification;

  @Flag()
  @Field(() => Boolean, { description: 'May see personal details, where a role allows it' })
  maySeeNominal: boolean;

  @Optional()
  @UtcTime()
  @Field(() => String, { nullable: true, description: 'RFC 3339 in UTC; without it the officer stays until ended' })
  validUntil?: string | null;
}

@InputType({ description: 'A unit, whole: as the directory is to show it' })
export class UnitInput {
  @ShortText(200)
  @Field(() => String)
  nameEn: string;

  @ShortText(200)
  @Field(() => String)
  nameVi: string;

  @Optional()
  @UnLocode()
  @Field(() => String, { nullable: true, description: 'UN/LOCODE of the place it works at' })
  place?: string | null;

  @Optional()
  @PhoneNumber()
  @Field(() => String, { nullable: true, description: 'Duty telephone, E.164' })
  phone24h?: string | null;

  @Optional()
  @Mailbox()
  @Field(() => String, { nullable: true })
  mailbox?: string | null;
}

@InputType({ description: 'A unit that there is not yet' })
export class NewUnitInput extends UnitInput {
  @CodeOf(UNIT_KINDS)
  @Field(() => String, {
    description: 'ANTI_SMUGGLING, PORT_CONTROL_UNIT, AIR_CARGO_CONTROL_UNIT, REGIONAL_OFFICE or LIAISON_OFFICE',
  })
  kind: string;
}

@InputType({ description: 'An agency’s own rules, whole' })
export class RulesInput {
  @Flag()
  @Field(() => Boolean, { description: 'Officers see personal details only with a passkey used within five minutes' })
  nominalStepUp: boolean;
}

@InputType({ description: 'What a unit’s system may do, whole: a list that is left out limits nothing' })
export class ConnectionInput {
  @CodeOf(Classification)
  @Field(() => Classification, { description: 'Highest classification that may be read' })
  clearance: Classification;

  @Flag()
  @Field(() => Boolean, { description: 'May read personal details' })
  maySeeNominal: boolean;

  @CodesOf(same(SCOPES))
  @Field(() => [String], { description: 'Such as objects.read, or objects.submit:alert for sending alerts alone' })
  scopes: string[];

  @Optional()
  @PatternList(ADDRESSEE, 'form.addressee', 200)
  @Field(() => [String], {
    nullable: true,
    description: 'Agencies (with all their units), units, community:<uuid>; without it whoever an agreement allows',
  })
  addressees?: string[] | null;

  @Optional()
  @Networks(50)
  @Field(() => [String], {
    nullable: true,
    description: 'IP addresses and networks such as 192.0.2.0/24 that it may come from; without it from anywhere',
  })
  networks?: string[] | null;

  @Optional()
  @Flag()
  @Field(() => Boolean, {
    nullable: true,
    description: 'May send GraphQL documents of its own; without it only those that the hub knows, by id',
  })
  adhoc?: boolean | null;

  @Optional()
  @UtcTime()
  @Field(() => String, {
    nullable: true,
    description:
      'RFC 3339 in UTC, at most 731 days from now; without it the end stays, and of a new connection it is in twelve months',
  })
  validUntil?: string | null;
}

@InputType({
  description: 'How long sessions of one’s own agency last, whole: without a member as long as the hub allows',
})
export class SessionLimitsInput {
  @Optional()
  @WholeNumber(1, 60)
  @Field(() => Int, { nullable: true, description: 'Minutes without a request after which a session ends' })
  idleMinutes?: number | null;

  @Optional()
  @WholeNumber(1, 24)
  @Field(() => Int, { nullable: true, description: 'Hours after which a session ends in any case' })
  hours?: number | null;
}
