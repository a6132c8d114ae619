import { Field, ID, InputType, OmitType, PickType } from '@nestjs/graphql';
import { Handling } from '../exchange/body/handling.js';
import { NominalData } from '../exchange/body/nominal-data.js';
import { CompositionInput, NOMINAL_FILES } from '../exchange/composition.js';
import { AnswerBody } from './body/answer-body.js';
import { FeedbackBody } from './body/feedback-body.js';
import { RequestBody } from './body/request-body.js';

@InputType({ description: 'The body of a request; what is left out, the hub fills in for each addressee' })
export class RequestDraft extends OmitType(RequestBody, ['ref', 'requestedAuthority'] as const, InputType) {
  @Field(() => String, { nullable: true, description: 'Reference of your own, such as VN-REQ-2026-MPLRSA' })
  ref?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the authority that is asked: the agency of the addressee',
  })
  requestedAuthority?: string | null;
}

@InputType({
  description:
    'A request to be composed. With several addressees each gets a request of its own and sees nothing of the others. With `supersedes` it is the next version of a request: a correction, or the clarification that was asked for.',
})
export class ComposeRequestInput extends OmitType(CompositionInput, ['addresseesSeeEachOther'] as const) {
  @Field(() => RequestDraft, { description: 'What is asked' })
  body: RequestDraft;

  @Field(() => NominalData, { nullable: true, description: 'Names and other personal details: a part of its own' })
  nominal?: NominalData | null;

  @Field(() => [String], NOMINAL_FILES)
  nominalAttachments?: string[] | null;
}

@InputType({
  description: 'The body of an answer; the hub fills in the reference of the request and the number of the answer',
})
export class AnswerDraft extends OmitType(AnswerBody, ['requestRef', 'answerSeq'] as const, InputType) {}

@InputType({ description: 'The last feedback on a request; the hub fills in the reference and the stage CLOSED' })
export class ClosingDraft extends OmitType(FeedbackBody, ['targetRef', 'stage'] as const, InputType) {}

/** What answers and closings have in common: they go back to the other side of one request. */
@InputType({ isAbstract: true })
export class ReplyInput extends PickType(CompositionInput, [
  'attachments',
  'purpose',
  'authoredBy',
  'releasedBy',
] as const) {
  @Field(() => ID, { description: 'Id of the newest version of the request' })
  request: string;

  @Field(() => Handling, { nullable: true, description: 'Conditions of use; those of the request when absent' })
  handling?: Handling | null;
}

@InputType({ description: 'An answer to be composed; it goes to the agency that asked' })
export class ComposeAnswerInput extends ReplyInput {
  @Field(() => AnswerDraft, { description: 'What is answered' })
  body: AnswerDraft;

  @Field(() => NominalData, { nullable: true, description: 'Names and other personal details: a part of its own' })
  nominal?: NominalData | null;

  @Field(() => [String], NOMINAL_FILES)
  nominalAttachments?: string[] | null;
}

@InputType({ description: 'The closing of a request to be composed; it goes to the addressee of the request' })
export class ComposeClosingInput extends ReplyInput {
  @Field(() => ClosingDraft, { description: 'What came of the answer' })
  body: ClosingDraft;
}
