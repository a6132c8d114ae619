import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Classification } from '../common/codes/handling-codes.js';
import { SharedContent } from '../exchange/approvals.js';
import { CodeOf } from '../exchange/body/rules/code.js';
import { Flag } from '../exchange/body/rules/number.js';
import { Optional } from '../exchange/body/rules/presence.js';
import { AgencyCode } from '../exchange/body/rules/reference.js';
import { OBJECT_KINDS } from '../protocol/envelope.js';
import { ROLES_THAT_SEND } from '../session/people/role-rights.js';

const same = (codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code) => [code, code]));

/** A recall goes where its object went, whoever takes it back: no rule holds it up. */
const KINDS = same(OBJECT_KINDS.filter((kind) => kind !== 'recall'));

@InputType({ description: 'What is sent only when a second officer has approved it' })
export class ApprovalRuleInput {
  @Optional()
  @CodeOf(KINDS)
  @Field(() => String, { nullable: true, description: 'Kind of object, such as alert; left out: every kind' })
  kind?: string | null;

  @Optional()
  @AgencyCode()
  @Field(() => String, { nullable: true, description: 'Code of an agency that would read it; left out: whoever does' })
  partner?: string | null;

  @CodeOf(SharedContent)
  @Field(() => SharedContent, { defaultValue: SharedContent.ANY, description: 'Which of these' })
  content: SharedContent;
}

@InputType({ description: 'The most that officers of a role may send' })
export class SharingCeilingInput {
  @CodeOf(same(ROLES_THAT_SEND))
  @Field(() => String, { description: 'A role that may send, such as NCP_OFFICER' })
  role: string;

  @Optional()
  @AgencyCode()
  @Field(() => String, { nullable: true, description: 'Code of an agency that would read it; left out: whoever does' })
  partner?: string | null;

  @CodeOf(Classification)
  @Field(() => Classification, { description: 'Highest classification' })
  classification: Classification;

  @Flag()
  @Field(() => Boolean, { description: 'Whether personal details as well' })
  personalDetails: boolean;
}

@InputType({ description: 'An agency’s own rules of sharing, whole' })
export class SharingRulesInput {
  @Field(() => [ApprovalRuleInput], { description: 'What needs a second officer; at most 100' })
  approvals: ApprovalRuleInput[];

  @Field(() => [SharingCeilingInput], { description: 'How far roles go; at most 100' })
  ceilings: SharingCeilingInput[];
}

@Visible('administrator')
@ObjectType({ description: 'What is sent only when a second officer has approved it' })
export class ApprovalRule {
  @Field(() => String, { nullable: true, description: 'Kind of object; null: every kind' })
  kind: string | null;

  @Field(() => String, { nullable: true, description: 'An agency that would read it; null: whoever does' })
  partner: string | null;

  @Field(() => SharedContent, { description: 'Which of these' })
  content: SharedContent;
}

@Visible('administrator')
@ObjectType({ description: 'The most that officers of a role may send' })
export class SharingCeiling {
  @Field(() => String, { description: 'A role that may send' })
  role: string;

  @Field(() => String, { nullable: true, description: 'An agency that would read it; null: whoever does' })
  partner: string | null;

  @Field(() => Classification, { description: 'Highest classification' })
  classification: Classification;

  @Field(() => Boolean, { description: 'Whether personal details as well' })
  personalDetails: boolean;
}

@Visible('administrator')
@ObjectType({ description: 'How an agency’s own officers may share' })
export class SharingRules {
  @Field(() => [ApprovalRule], { description: 'What needs a second officer' })
  approvals: ApprovalRule[];

  @Field(() => [SharingCeiling], {
    description:
      'How far roles go; of several for one role the lowest counts, of an officer’s several roles the highest',
  })
  ceilings: SharingCeiling[];
}
