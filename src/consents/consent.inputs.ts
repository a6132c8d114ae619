import { Field, ID, InputType, PickType } from '@nestjs/graphql';
import { Handling } from '../exchange/body/handling.js';
import { CompositionInput } from '../exchange/composition.js';
import { ConsentBody } from './body/consent-body.js';

@InputType({ description: 'What consent is asked for; the hub fills in which version of the object it is about' })
export class ConsentRequestDraft extends PickType(
  ConsentBody,
  ['for', 'forAgency', 'forUnit', 'reason', 'urgency'] as const,
  InputType,
) {}

@InputType({ description: 'What is answered: GRANT or DENY; the hub fills in what was asked' })
export class ConsentAnswerDraft extends PickType(
  ConsentBody,
  ['act', 'reason', 'codes', 'conditions', 'expiresAt'] as const,
  InputType,
) {}

@InputType({ description: 'Why a consent is taken back; the hub fills in what was granted' })
export class ConsentRevocationDraft extends PickType(ConsentBody, ['reason'] as const, InputType) {}

/** What all three have in common: each goes to the other side alone. */
@InputType({ isAbstract: true })
export class ConsentInput extends PickType(CompositionInput, ['purpose', 'authoredBy', 'releasedBy'] as const) {
  @Field(() => Handling, { nullable: true, description: 'Conditions of use; those of what it answers when absent' })
  handling?: Handling | null;
}

@InputType({ description: 'A question to be composed; it goes to the agency that sent the object' })
export class ComposeConsentRequestInput extends ConsentInput {
  @Field(() => ID, { description: 'Id of the newest version of the object' })
  object: string;

  @Field(() => ConsentRequestDraft, { description: 'What is asked' })
  body: ConsentRequestDraft;
}

@InputType({ description: 'An answer to be composed; it goes to the agency that asked' })
export class ComposeConsentAnswerInput extends ConsentInput {
  @Field(() => ID, { description: 'Id of the question' })
  consent: string;

  @Field(() => ConsentAnswerDraft, { description: 'What is answered' })
  body: ConsentAnswerDraft;
}

@InputType({ description: 'A revocation to be composed; it goes to the agency that asked' })
export class ComposeConsentRevocationInput extends ConsentInput {
  @Field(() => ID, { description: 'Id of the question, or of the answer that granted it' })
  consent: string;

  @Field(() => ConsentRevocationDraft, { description: 'Why' })
  body: ConsentRevocationDraft;
}
