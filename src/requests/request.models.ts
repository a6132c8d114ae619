import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { type ObjectRow, ObjectSummary } from '../exchange/object-record.js';
import { AnswerBody } from './body/answer-body.js';
import { RequestBody } from './body/request-body.js';
import {
  QuestionStates,
  RequestActs,
  type RequestDirection,
  RequestDirections,
  RequestStates,
} from './request-codes.js';
import type { RequestAct, RequestState } from './request-states.js';
import type { QuestionState } from './request-threads.js';

/** Where a request stands, for lists and for the opened request alike. */
@ObjectType({ isAbstract: true })
export class RequestStanding {
  @Field(() => String, { description: 'Reference that people quote, such as VN-REQ-2026-MPLRSA' })
  ref: string;

  @Field(() => RequestStates, { description: 'Where the request stands' })
  state: RequestState;

  @Field(() => RequestDirections, { description: 'Whether the caller’s agency was asked or asks' })
  side: RequestDirection;

  @Field(() => Urgency, { description: 'How fast the requested side has to look at it' })
  urgency: Urgency;

  @Field(() => GraphQLISODateTime, { description: 'When the answer is needed' })
  neededBy: Date;

  @Field(() => Int, { description: 'How many questions it has' })
  questionsAsked: number;

  @Field(() => Int, { description: 'How many of them still wait for an answer, or for the rest of one' })
  questionsOpen: number;

  @Field(() => [RequestActs], { description: 'What the caller’s side may do now; empty when it is not its turn' })
  permittedActs: RequestAct[];
}

@ObjectType({ description: 'What a list shows of the request to which an object belongs' })
@Visible('released')
export class RequestSummary extends RequestStanding {
  @Field(() => RequestActs, { description: 'What this object does in the thread of the request' })
  act: RequestAct;
}

@ObjectType({ description: 'An answer to a request, opened. The opening is recorded for its owner.' })
@Visible('released')
export class Answer {
  @Field(() => SignedObject, { description: 'The signed object that it is read from; personal details are its parts' })
  object: SignedObject;

  @Field(() => AnswerBody, { description: 'What it says' })
  body: AnswerBody;
}

@ObjectType({ description: 'One question of a request and how it stands' })
@Visible('released')
export class RequestQuestion {
  /** Row of the newest answer that speaks of it, for the resolvers; not part of the API. */
  answerRow: ObjectRow | null;

  @Field(() => Int, { description: 'Its number in the request' })
  no: number;

  @Field(() => String, { description: 'The question, as the newest version of the request asks it' })
  text: string;

  @Field(() => QuestionStates, { description: 'How it stands' })
  state: QuestionState;

  @Field(() => ID, { nullable: true, description: 'The newest answer that speaks of it, or of the whole request' })
  answeredBy: string | null;
}

@ObjectType({ description: 'One object of the thread of a request' })
@Visible('released')
export class RequestStep {
  @Field(() => RequestActs, { description: 'What it does' })
  act: RequestAct;

  @Field(() => ObjectSummary, { description: 'The object, as lists show it' })
  object: ObjectSummary;
}

@ObjectType('Request', { description: 'A request for assistance with all that has followed, opened' })
@Visible('released')
export class OpenedRequest extends RequestStanding {
  @Field(() => ID, { description: 'Id of its newest version, to which an answer refers' })
  id: string;

  @Field(() => String, { description: 'Agency that asks' })
  from: string;

  @Field(() => String, { description: 'Agency that is asked' })
  to: string;

  @Field(() => SignedObject, { description: 'The newest version as it was signed; personal details are its parts' })
  object: SignedObject;

  @Field(() => RequestBody, { description: 'What the newest version says' })
  body: RequestBody;

  @Field(() => [RequestQuestion], { description: 'The questions in their order' })
  questions: RequestQuestion[];

  @Field(() => [RequestStep], {
    description:
      'Everything that was sent in this matter and that the caller may see, in the order in which it took effect',
  })
  thread: RequestStep[];
}
