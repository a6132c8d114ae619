import { Field, GraphQLISODateTime, ID, InputType, ObjectType, PickType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { AgreementModel, NeighbouringUnitModel, ReadingUnitModel } from '../directory/directory.models.js';
import { type ApprovalReason, ApprovalReasons } from './approvals.js';
import { Handling } from './body/handling.js';
import type { Tier } from './object-kind.js';
import type { OpenedRow } from './object-pages.js';
import { payloadOf } from './payload.js';
import { type SharingWarning, SharingWarnings } from './sharing-warnings.js';

@InputType({ description: 'What every composition needs besides its body' })
export class CompositionInput {
  @Field(() => [String], {
    description:
      'Addressees: agencies (TH-CUS), units (TH-CUS-LCB) or community:<uuid>. Each gets an object of its own.',
  })
  to: string[];

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'One object for all addressees, who then see each other',
  })
  addresseesSeeEachOther: boolean;

  @Field(() => Handling)
  handling: Handling;

  @Field(() => [String], {
    nullable: true,
    description:
      'SHA-256 (64 hexadecimal digits) of the files to attach, in their order; uploaded before with POST /files',
  })
  attachments?: string[] | null;

  @Field(() => String, { nullable: true, description: "Purpose code; the session's own when absent" })
  purpose?: string | null;

  @Field(() => ID, { nullable: true, description: 'The version of yours that this one replaces' })
  supersedes?: string | null;

  @Field(() => String, { nullable: true, description: 'Pseudonym of the author, p:…' })
  authoredBy?: string | null;

  @Field(() => String, { nullable: true, description: 'Pseudonym of the releasing officer, p:…' })
  releasedBy?: string | null;
}

/** What is composed in reply to one object, and goes back to its other side. */
@InputType({ isAbstract: true })
export class ReplyInput extends PickType(CompositionInput, [
  'attachments',
  'purpose',
  'authoredBy',
  'releasedBy',
] as const) {
  @Field(() => Handling, {
    nullable: true,
    description: 'Conditions of use; when absent, those of what it replies to',
  })
  handling?: Handling | null;
}

/** What every composition needs, for a reply to this object. */
export function replyTo(
  object: OpenedRow,
  to: string[],
  { handling, attachments, purpose, authoredBy, releasedBy }: ReplyInput,
): CompositionInput {
  return {
    to,
    addresseesSeeEachOther: true,
    handling: handling ?? (payloadOf(object.text).handling as unknown as Handling),
    attachments,
    purpose,
    authoredBy,
    releasedBy,
  };
}

/** Files that only readers cleared for personal details get; for the inputs of kinds that have them. */
export const NOMINAL_FILES = {
  nullable: true,
  description:
    'SHA-256 of the files that are personal details, such as a picture of a person: named in a part of their own, for readers cleared for them',
};

@ObjectType({ description: 'What to sign with one key: a raw signature over the UTF-8 bytes of signingInput' })
@Visible('caller')
export class SigningRequest {
  @Field(() => ID, { description: 'RFC 7638 thumbprint of the key' })
  kid: string;

  @Field(() => String, { description: 'Ed25519, or ES256 (r followed by s, 64 bytes)' })
  alg: string;

  @Field(() => String, { description: 'Protected header, base64url' })
  protected: string;

  @Field(() => String, { description: 'protected + "." + base64url(text), RFC 7515 section 5.1' })
  signingInput: string;
}

@ObjectType({ description: 'A part to keep and send along with the object: canonical text with a random salt' })
@Visible('caller')
export class ComposedPart {
  @Field(() => String, { description: 'Such as nominal' })
  name: string;

  @Field(() => String)
  text: string;
}

@ObjectType({ description: 'Why this may not be sent to this addressee' })
@Visible('caller')
export class RefusalModel {
  @Field(() => String)
  to: string;

  @Field(() => String, {
    description:
      'KIND, ADDRESS_LIST, ADDRESSEE, AGREEMENT, NOMINAL, LANGUAGE, ASSISTANCE_TYPE, EVIDENCE or CLASSIFICATION',
  })
  code: string;

  @Field(() => String, { description: 'JSON pointer into the object' })
  pointer: string;

  @Field(() => String, { description: 'In the language of Accept-Language' })
  message: string;
}

@ObjectType({ description: 'A part that not every reader gets' })
@Visible('caller')
export class WithheldPart {
  @Field(() => String, { description: 'Such as nominal' })
  name: string;

  @Field(() => String, { description: 'From whom it is withheld and why, in the language of Accept-Language' })
  message: string;
}

@ObjectType({ description: 'What to think over before it is sent; it may be sent all the same' })
@Visible('caller')
export class WarningModel {
  @Field(() => SharingWarnings, { description: 'What it warns of' })
  code: SharingWarning;

  @Field(() => String, { description: 'In the language of Accept-Language' })
  message: string;
}

@ObjectType({ description: 'Why one’s own signature alone does not send it' })
@Visible('caller')
export class ApprovalModel {
  @Field(() => ApprovalReasons, { description: 'What asks for a second person' })
  code: ApprovalReason;

  @Field(() => String, { description: 'In the language of Accept-Language' })
  message: string;
}

@ObjectType({ description: 'Who would see what, before anything is sent' })
@Visible('caller')
export class Preview {
  @Field(() => [ReadingUnitModel], { description: 'Units whose officers will be able to read it' })
  readers: ReadingUnitModel[];

  @Field(() => [NeighbouringUnitModel], {
    description: 'Units of other services at the places of the readers, whose officers will not see it; at most 100',
  })
  neighbours: NeighbouringUnitModel[];

  @Field(() => [String], { description: 'Parts that only readers cleared for personal details will get' })
  restrictedParts: string[];

  @Field(() => [WithheldPart], { description: 'The same parts with the reason why they are withheld from others' })
  withheld: WithheldPart[];

  @Field(() => String, { nullable: true, description: 'Title of the agreement it is sent under' })
  legalBasis: string | null;

  @Field(() => AgreementModel, { nullable: true, description: 'That agreement, and what it allows' })
  agreement: AgreementModel | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When sight ends; null: not limited' })
  expiresAt: Date | null;

  @Field(() => [String], { description: 'What else to know, such as a dissolved unit’s successor' })
  notes: string[];

  @Field(() => [WarningModel], { description: 'Signs that more is shared than is needed, or with fewer conditions' })
  warnings: WarningModel[];

  @Field(() => [ApprovalModel], {
    description:
      'Empty when the caller may send it alone; else keep it as a draft, which another officer approves and sends',
  })
  approvals: ApprovalModel[];

  @Field(() => [RefusalModel], { description: 'Empty when it may be sent' })
  refusals: RefusalModel[];
}

@ObjectType({ description: 'An object ready to be signed, for one addressee' })
@Visible('caller')
export class Composition {
  @Field(() => [String])
  to: string[];

  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true, description: 'The canonical payload; null while something is refused' })
  text: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the text: sha256:<64 hex>' })
  digest: string | null;

  @Field(() => String, {
    description:
      'What an officer does to send it: T0 signs within the session, T1 with a touch of the passkey, T2 with a touch and a second officer',
  })
  tier: Tier;

  @Field(() => [SigningRequest], {
    description: "One for each key that may sign this kind: the officer's own at the console, else the unit's; use one",
  })
  signing: SigningRequest[];

  @Field(() => [ComposedPart])
  parts: ComposedPart[];

  @Field(() => Preview)
  preview: Preview;
}
