import { Field, ID, InputType, OmitType } from '@nestjs/graphql';
import { NominalData } from '../exchange/body/nominal-data.js';
import { CompositionInput, NOMINAL_FILES, ReplyInput } from '../exchange/composition.js';
import { AnswerBody } from './body/answer-body.js';
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

@InputType({ description: 'An answer to be composed; it goes to the agency that asked' })
export class ComposeAnswerInput extends ReplyInput {
  @Field(() => ID, { description: 'Id of the newest version of the request' })
  request: string;

  @Field(() => AnswerDraft, { description: 'What is answered' })
  body: AnswerDraft;

  @Field(() => ID, {
    nullable: true,
    description:
      'A note of your own on this request, whose text becomes the clarification that is asked for. With CLARIFICATION_REQUEST, and without a clarification.',
  })
  fromNote?: string | null;

  @Field(() => NominalData, { nullable: true, description: 'Names and other personal details: a part of its own' })
  nominal?: NominalData | null;

  @Field(() => [String], NOMINAL_FILES)
  nominalAttachments?: string[] | null;
}
