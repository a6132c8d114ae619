import { Field, GraphQLISODateTime, ID, InputType, ObjectType, OmitType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Contribution, FeedbackDisposition, FeedbackStage } from '../common/codes/feedback-codes.js';
import { ReplyInput } from '../exchange/composition.js';
import { PageInfo, SignedObject } from '../exchange/exchange.models.js';
import { FeedbackBody } from './body/feedback-body.js';
import { type AddresseeState, AddresseeStates } from './feedback-codes.js';

@InputType({ description: 'The body of a report on a result; the hub fills in the reference of what it is about' })
export class FeedbackDraft extends OmitType(FeedbackBody, ['targetRef'] as const, InputType) {}

@InputType({
  description:
    'A report to be composed: on an alert, to its sender; or on what the answer to a request led to, to who answered. With the stage CLOSED it is the last one, which closes the request.',
})
export class ComposeFeedbackInput extends ReplyInput {
  @Field(() => ID, { description: 'Id of the alert that was received, or of the newest version of the request' })
  object: string;

  @Field(() => FeedbackDraft, { description: 'What came of it' })
  body: FeedbackDraft;
}

@ObjectType({
  description:
    'How far an addressee of an alert has come: an agency, or a unit that was addressed itself. The sender of the alert sees all of them, an addressee itself alone.',
})
@Visible('released')
export class AlertAddressee {
  @Field(() => ID, { description: 'Its agency, such as TH-CUS' })
  agency: string;

  @Field(() => ID, { nullable: true, description: 'The unit that was addressed; null for the agency as a whole' })
  unit: string | null;

  @Field(() => AddresseeStates, { description: 'How far it has come' })
  state: AddresseeState;

  @Field(() => FeedbackDisposition, { nullable: true, description: 'What came of it, by its newest report' })
  disposition: FeedbackDisposition | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When its newest report came' })
  reportedAt: Date | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the next thing is due that it owes: to read, to report. Null when it owes nothing.',
  })
  dueAt: Date | null;

  @Field(() => Boolean, { description: 'Whether that time has passed' })
  isOverdue: boolean;

  @Field(() => String, { nullable: true, description: 'Why the sender does without a report' })
  waivedBecause: string | null;
}

@ObjectType({ description: 'A report on an alert, as lists show it' })
@Visible('released')
export class AlertReport {
  @Field(() => ID, { description: 'Of the signed object; feedback(id) opens it' })
  id: string;

  @Field(() => ID, { description: 'The agency that reports' })
  from: string;

  @Field(() => ID, { description: 'The unit that reports' })
  unit: string;

  @Field(() => FeedbackStage, { description: 'How far the addressee had come' })
  stage: FeedbackStage;

  @Field(() => FeedbackDisposition, { nullable: true, description: 'What came of it' })
  disposition: FeedbackDisposition | null;

  @Field(() => Contribution, { nullable: true, description: 'How much the alert contributed' })
  contribution: Contribution | null;

  @Field(() => GraphQLISODateTime, { description: 'When the hub received it' })
  receivedAt: Date;
}

@ObjectType({ description: 'A report with its place in the list' })
@Visible('list')
export class AlertReportEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => AlertReport)
  node: AlertReport;
}

@ObjectType({ description: 'Newest first' })
@Visible('list')
export class AlertReportConnection {
  @Field(() => [AlertReportEdge])
  edges: AlertReportEdge[];

  @Field(() => [AlertReport])
  nodes: AlertReport[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@ObjectType({ description: 'A report on a result, opened' })
@Visible('released')
export class Feedback {
  @Field(() => ID)
  id: string;

  @Field(() => SignedObject, { description: 'The signed object that it is read from' })
  object: SignedObject;

  @Field(() => FeedbackBody)
  body: FeedbackBody;
}
