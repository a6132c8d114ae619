import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { PageInfo } from '../exchange/exchange.models.js';
import { ObjectSummary } from '../exchange/object-record.js';
import { MatterAct, TaskOutcome } from './desk-codes.js';

@ObjectType({ description: 'An officer of one’s own agency, as colleagues know him or her: by function and unit' })
@Visible('ownAgency')
export class Colleague {
  @Field(() => ID, { description: 'Pseudonym' })
  officer: string;

  @Field(() => ID)
  unit: string;

  @Field(() => String, { description: 'The officer’s function' })
  titleEn: string;

  @Field(() => String, { description: 'The same in Vietnamese' })
  titleVi: string;
}

@ObjectType({
  description:
    'An alert or a request with everything that belongs to it, as one’s own agency works on it. The other side sees nothing of this.',
})
@Visible('ownAgency')
export class Matter {
  /** The first version of the alert or the request; not part of the API. */
  threadSeq: string;

  @Field(() => ObjectSummary, { description: 'The newest version of the alert or the request' })
  object: ObjectSummary;

  @Field(() => String, { nullable: true, description: 'The number under which one’s own agency keeps it' })
  nationalRef: string | null;

  @Field(() => Colleague, { nullable: true, description: 'Who answers for it; null: nobody has taken it' })
  holder: Colleague | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Since when' })
  heldSince: Date | null;
}

@ObjectType({ description: 'A matter with its place in the list' })
@Visible('list')
export class MatterEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Matter)
  node: Matter;
}

@ObjectType({ description: 'What was taken last stands first' })
@Visible('list')
export class MatterConnection {
  @Field(() => [MatterEdge])
  edges: MatterEdge[];

  @Field(() => [Matter])
  nodes: Matter[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@ObjectType({ description: 'A unit of one’s own agency that was given a matter by another' })
@Visible('ownAgency')
export class MatterUnit {
  @Field(() => ID)
  unit: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was given it' })
  at: Date;
}

@ObjectType({ description: 'One thing that one’s own agency did with a matter' })
@Visible('ownAgency')
export class MatterStep {
  @Field(() => MatterAct, { description: 'What was done' })
  act: MatterAct;

  @Field(() => GraphQLISODateTime, { description: 'When' })
  at: Date;

  @Field(() => ID, { description: 'The unit that did it' })
  byUnit: string;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer; null for the unit’s system' })
  byOfficer: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The unit that it was given to, or that the officer below belongs to',
  })
  toUnit: string | null;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer that it was given to' })
  toOfficer: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was said with it: a note, the task, its result, the number',
  })
  note: string | null;
}

@ObjectType({ description: 'What a unit is to do for its agency’s answer' })
@Visible('ownAgency')
export class Task {
  /** The matter or the letter that it is for; not part of the API. */
  threadSeq: string | null;
  letterId: string | null;

  @Field(() => ID)
  id: string;

  @Field(() => ID, { description: 'The unit that is to do it' })
  unit: string;

  @Field(() => String, { description: 'What is to be done' })
  text: string;

  @Field(() => GraphQLISODateTime, { description: 'When it is due: before what the agency itself owes' })
  dueAt: Date;

  @Field(() => Boolean, { description: 'Whether that time has passed and it is not done' })
  isOverdue: boolean;

  @Field(() => ID, { description: 'The unit that gave it' })
  byUnit: string;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of the officer who gave it; null for the unit’s system' })
  byOfficer: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was given' })
  givenAt: Date;

  @Field(() => TaskOutcome, { nullable: true, description: 'How it ended; null while it is open' })
  outcome: TaskOutcome | null;

  @Field(() => String, { nullable: true, description: 'What came of it, or why it was withdrawn' })
  result: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it ended' })
  endedAt: Date | null;
}

@ObjectType({ description: 'A task with its place in the list' })
@Visible('list')
export class TaskEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Task)
  node: Task;
}

@ObjectType({ description: 'What is due first stands first' })
@Visible('list')
export class TaskConnection {
  @Field(() => [TaskEdge])
  edges: TaskEdge[];

  @Field(() => [Task])
  nodes: Task[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@ObjectType({ description: 'What else on one’s own desk names the same container, ship, waybill or reference' })
@Visible('ownAgency')
export class RelatedObject {
  @Field(() => ObjectSummary)
  object: ObjectSummary;

  @Field(() => [String], { description: 'What both name, such as container:CSQU3054383' })
  terms: string[];
}

@ObjectType({ description: 'Who acts for an officer who is away' })
@Visible('ownAgency')
export class StandIn {
  @Field(() => Colleague, { description: 'Who is away' })
  officer: Colleague;

  @Field(() => Colleague, { description: 'Who acts for him or her' })
  standIn: Colleague;

  @Field(() => GraphQLISODateTime, { description: 'From' })
  validFrom: Date;

  @Field(() => GraphQLISODateTime, { description: 'To' })
  validUntil: Date;
}
