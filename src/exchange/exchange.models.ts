import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';
import { ObjectSummary } from './object-record.js';

/** The fields by which an object can be found exactly. */
export enum LookUpField {
  REFERENCE = 'ref',
  PARTNER = 'partner',
  CONTAINER = 'container',
  BILL_OF_LADING = 'bl',
  AIR_WAYBILL = 'awb',
  IMO = 'imo',
}
registerEnumType(LookUpField, {
  name: 'LookUpField',
  description: 'What to find exactly, among the objects that the caller may see',
  valuesMap: {
    REFERENCE: { description: "The sender's reference, such as VN-ALR-2026-KXQWPD" },
    PARTNER: { description: 'The other agency (code), or community:<uuid>' },
    CONTAINER: { description: 'Container number, ISO 6346' },
    BILL_OF_LADING: { description: 'Master or house bill of lading' },
    AIR_WAYBILL: { description: 'Air waybill number' },
    IMO: { description: 'IMO number of a ship' },
  },
});

@InputType({ description: 'One exact value. Spaces, dots and case do not matter.' })
export class LookUp {
  @Field(() => LookUpField)
  field: LookUpField;

  @Field(() => String)
  value: string;
}

@ObjectType({ description: 'Where a page ends' })
@Visible('list')
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage: boolean;

  @Field(() => String, { nullable: true, description: 'Give it as `after` for the next page' })
  endCursor: string | null;
}

@ObjectType({ description: 'An object with its place in the list' })
@Visible('list')
export class ObjectEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => ObjectSummary)
  node: ObjectSummary;
}

@ObjectType({ description: 'Newest first' })
@Visible('list')
export class ObjectConnection {
  @Field(() => [ObjectEdge])
  edges: ObjectEdge[];

  @Field(() => [ObjectSummary])
  nodes: ObjectSummary[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@ObjectType({ description: 'Data sent beside an object under a digest that the object names' })
@Visible('released')
export class ObjectPart {
  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true, description: 'Canonical text with its salt; null when withheld' })
  @Visible('nominal')
  text: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the text is withheld: NOT_CLEARED; ERASED; NOT_PASSED_ON: the object came by a consent, without personal details; CASE_REF: the request named no case and purpose (headers x-liaison-case-ref and x-liaison-purpose); or STEP_UP: by a rule of the own agency it takes a fresh passkey',
  })
  withheld: string | null;
}

@Visible('released')
@ObjectType({ description: 'A file that the object names. It is read with GET /files/<id of the object>/<sha256>.' })
export class Attachment {
  @Field(() => String, { description: 'SHA-256 of the original bytes: 64 hexadecimal digits' })
  sha256: string;

  @Field(() => String, { description: 'Size of the original in bytes' })
  size: string;

  @Field(() => String, { description: 'Such as image/jpeg' })
  mediaType: string;
}

@ObjectType({ description: 'A signed object, opened. The opening is recorded for its owner.' })
@Visible('released')
export class SignedObject extends ObjectSummary {
  @Field(() => String, { description: 'The signed text, byte for byte: JWS General JSON (RFC 7515 section 7.2.1)' })
  text: string;

  @Field(() => String, { description: "The hub's signed receipt: when it was accepted" })
  receipt: string;

  @Field(() => ID, { nullable: true, description: 'The object that this one answers or recalls' })
  inReplyTo: string | null;

  @Field(() => ID, { nullable: true, description: 'The version that this one replaces' })
  supersedes: string | null;

  @Field(() => [Attachment], { description: 'Files that go with it, as its signed text names them' })
  attachments: Attachment[];

  /** Names of its parts, for the resolver of `parts`. */
  partNames: string[];
}

@InputType({ description: 'A signature made over a signingInput' })
export class SignatureInput {
  @Field(() => String)
  protected: string;

  @Field(() => String, { description: '64 raw bytes, base64url without padding' })
  signature: string;
}

@InputType({ description: 'A composed text with its signatures; the hub assembles the signed object' })
export class SignedComposition {
  @Field(() => String)
  text: string;

  @Field(() => [SignatureInput], { description: "The author's first, the releasing officer's last" })
  signatures: SignatureInput[];
}

@InputType({ description: 'A part of the object, as it was composed' })
export class PartInput {
  @Field(() => String)
  name: string;

  @Field(() => String)
  text: string;
}

@ObjectType({ description: 'What became of a submission' })
@Visible('caller')
export class Submission {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: "The hub's signed receipt. Keep it with the object." })
  receipt: string;

  @Field(() => Boolean, { description: 'The same object had been accepted before; this is its first receipt' })
  repeated: boolean;

  @Field(() => ObjectSummary)
  object: ObjectSummary;
}

@ObjectType({ description: 'One change in what the caller may see' })
@Visible('released')
export class Change {
  @Field(() => String)
  cursor: string;

  @Field(() => String, {
    description:
      'RELEASED; RECALLED or EXPIRED: forget the object, which is gone from sight; LAPSED: a request was not made clear, or not confirmed in writing, in time',
  })
  act: string;

  @Field(() => ID, { description: 'All that a tombstone tells' })
  objectId: string;

  @Field(() => ObjectSummary, { nullable: true, description: 'Null when it is gone' })
  object: ObjectSummary | null;
}

@ObjectType({
  description:
    'Something changed in what the caller may see: look with `changes` or load the page again. It says no more',
})
@Visible('released')
export class ChangeHint {
  @Field(() => String, {
    nullable: true,
    description: 'Kind of what was released. Null when something went out of sight, and when `resync` is true',
  })
  kind: string | null;

  @Field(() => Boolean, {
    description: 'True for the first hint, and when more changed than there are hints for: read `changes` to its end',
  })
  resync: boolean;
}

@ObjectType({ description: 'A stretch of the forward feed, oldest first, in the order in which things became visible' })
@Visible('list')
export class ChangePage {
  @Field(() => [Change])
  changes: Change[];

  @Field(() => String, { description: 'Give it as `after` next time, also when there was nothing' })
  endCursor: string;

  @Field(() => Boolean, { description: 'There is more now: ask again at once' })
  hasMore: boolean;
}

export const FIRST = { type: () => Int, defaultValue: 20, description: 'How many, 1 to 100' };
export const AFTER = { type: () => String, nullable: true, description: 'Cursor of the last one seen' };
