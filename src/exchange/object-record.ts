import { Field, GraphQLISODateTime, ID, ObjectType } from '@nestjs/graphql';
import { Visible } from '../access/visibility.js';

/** A row of hub.object as lists read it: everything but the signed text. */
export interface ObjectRow {
  seq: string;
  id: string;
  kind: string;
  from_agency: string;
  from_unit: string;
  recipients: string[];
  digest: string;
  ref: string | null;
  title: string | null;
  urgency: string | null;
  clearance: number;
  has_parts: boolean;
  thread_seq: string;
  superseded_by_seq: string | null;
  recalled_by_seq: string | null;
  created_at: Date;
  received_at: Date;
}

/** The columns of ObjectRow, for `SELECT`; `o` is hub.object. */
export const OBJECT_COLUMNS = `o.seq, o.id, o.kind, o.from_agency, o.from_unit, o.recipients, o.digest, o.ref, o.title, o.urgency,
  o.clearance, o.has_parts, o.thread_seq, o.superseded_by_seq, o.recalled_by_seq,
  o.created_at, o.received_at`;

@ObjectType({
  description:
    'What a list shows of a signed object. Its text is read with object(id), which is recorded as an opening.',
})
@Visible('released')
export class ObjectSummary {
  /** The row this summary was made from; not part of the API. */
  row: ObjectRow;

  @Field(() => ID, { description: 'UUID chosen at random by the sender' })
  id: string;

  @Field(() => String, { description: 'alert, request, answer, feedback, consent, note, seizure or recall' })
  kind: string;

  @Field(() => String, { description: 'Agency that signed it, such as VN-CUS' })
  from: string;

  @Field(() => String, { description: 'Unit that signed it, such as VN-CUS-AS' })
  unit: string;

  @Field(() => [String], { description: 'Addressees: agencies, units, or community:<uuid>' })
  to: string[];

  @Field(() => String, { nullable: true, description: "The sender's reference, such as VN-ALR-2026-KXQWPD" })
  ref: string | null;

  @Field(() => String, { nullable: true })
  title: string | null;

  @Field(() => String, { nullable: true, description: 'FLASH, URGENT or ROUTINE' })
  urgency: string | null;

  @Field(() => String, { description: 'SHA-256 of the payload as signed: sha256:<64 hex>' })
  digest: string;

  @Field(() => GraphQLISODateTime, { description: 'When the sender says it was written' })
  createdAt: Date;

  @Field(() => GraphQLISODateTime, { description: "When the hub accepted it, as in the hub's receipt" })
  receivedAt: Date;

  @Field(() => Boolean, { description: 'Carries personal details in a part of its own' })
  hasParts: boolean;

  @Field(() => Boolean, { description: 'There is a newer version' })
  isSuperseded: boolean;

  @Field(() => Boolean, {
    description:
      'The sender has taken it back. A recalled alert is left to its sender; a withdrawn request stays for both sides.',
  })
  isRecalled: boolean;
}

export function summaryOf(row: ObjectRow): ObjectSummary {
  return {
    row,
    id: row.id,
    kind: row.kind,
    from: row.from_agency,
    unit: row.from_unit,
    to: row.recipients,
    ref: row.ref,
    title: row.title,
    urgency: row.urgency,
    digest: row.digest,
    createdAt: row.created_at,
    receivedAt: row.received_at,
    hasParts: row.has_parts,
    isSuperseded: row.superseded_by_seq !== null,
    isRecalled: row.recalled_by_seq !== null,
  };
}
