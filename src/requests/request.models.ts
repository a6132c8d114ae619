import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { AssistanceType } from '../common/codes/request-codes.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { type ObjectRow, ObjectSummary } from '../exchange/object-record.js';
import { AnswerBody } from './body/answer-body.js';
import { RequestBody } from './body/request-body.js';
import { StandardQuestion } from './body/standard-question.js';
import {
  QuestionSlot,
  QuestionStates,
  RequestActs,
  type RequestDirection,
  RequestDirections,
  RequestStates,
} from './request-codes.js';
import type { RequestAct, RequestState } from './request-states.js';
import type { QuestionState } from './request-threads.js';
import type { SlotName } from './standard-questions.js';

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

  @Field(() => String, {
    description:
      'The question, as the newest version of the request asks it: a standard question in the reader’s language (Accept-Language), any other as it was written',
  })
  text: string;

  @Field(() => String, {
    description: 'Language of the text, ISO 639-1: the reader’s for a standard question, else that of the request',
  })
  language: string;

  @Field(() => StandardQuestion, { nullable: true, description: 'When it is a standard question: as it was signed' })
  standard: StandardQuestion | null;

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

@ObjectType({ description: 'A slot of a standard question, for who fills it' })
@Visible('signedIn')
export class SlotToFill {
  @Field(() => QuestionSlot, { description: 'Its name in the signed text' })
  name: SlotName;

  @Field(() => String, { description: 'What stands there, in the reader’s language' })
  label: string;

  @Field(() => String, { description: 'The form of its value, in the reader’s language; completes “must be …”' })
  form: string;
}

@ObjectType({ description: 'A question of the catalogue. What its code means never changes.' })
@Visible('signedIn')
export class QuestionToAsk {
  @Field(() => String, { description: 'Its code, such as Q-EXPORT-DECLARED' })
  code: string;

  @Field(() => [AssistanceType], {
    description: 'Kinds of assistance for which it is offered; a request of another kind may ask it too',
  })
  assistanceTypes: AssistanceType[];

  @Field(() => String, { description: 'The question in the reader’s language, with slots such as {CONTAINER}' })
  text: string;

  @Field(() => [SlotToFill], { description: 'Its slots in the order of the text' })
  slots: SlotToFill[];
}
