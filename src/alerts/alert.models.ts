import { Field, GraphQLISODateTime, ID, InputType, ObjectType, OmitType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { NominalData } from '../exchange/body/nominal-data.js';
import { CompositionInput, NOMINAL_FILES } from '../exchange/composition.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { AlertBody } from './body/alert-body.js';

@InputType({ description: 'The body of an alert; without `ref` the hub proposes one for each addressee' })
export class AlertDraft extends OmitType(AlertBody, ['ref'] as const, InputType) {
  @Field(() => String, { nullable: true, description: 'Reference of your own, such as VN-ALR-2026-KXQWPD' })
  ref?: string | null;
}

@InputType({ description: 'An alert to be composed' })
export class ComposeAlertInput extends CompositionInput {
  @Field(() => AlertDraft)
  body: AlertDraft;

  @Field(() => NominalData, { nullable: true, description: 'Names and other personal details: a part of its own' })
  nominal?: NominalData | null;

  @Field(() => [String], NOMINAL_FILES)
  nominalAttachments?: string[] | null;
}

@ObjectType({ description: 'What a list shows of an alert' })
@Visible('released')
export class AlertSummary {
  @Field(() => String, { description: 'What it is about, an AlertKind. Later versions add kinds.' })
  kind: string;

  @Field(() => String)
  severity: string;

  @Field(() => GraphQLISODateTime)
  validFrom: Date;

  @Field(() => GraphQLISODateTime, { description: 'End of its operational life; it stays readable' })
  validTo: Date;

  @Field(() => String, { description: 'RELEASED, UPDATED (there is a newer version), RECALLED or EXPIRED' })
  state: string;
}

@ObjectType({ description: 'An alert, opened' })
@Visible('released')
export class Alert extends AlertSummary {
  @Field(() => ID)
  id: string;

  @Field(() => SignedObject, { description: 'The signed object that it is read from' })
  object: SignedObject;

  @Field(() => AlertBody)
  body: AlertBody;
}
