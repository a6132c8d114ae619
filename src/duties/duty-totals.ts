import { Field, GraphQLISODateTime, ID, Int, ObjectType } from '@nestjs/graphql';
import type { EntityManager } from 'typeorm';
import { Visible } from '../access/visibility.js';
import type { DutySide } from './duty-codes.js';
import { DUTY_COLUMNS } from './duty-rows.js';

/** So many open duties are counted, those first that are due first: the count costs the same however much is owed. */
export const MOST_COUNTED = 1_000;

@ObjectType({ description: 'How much is open between two agencies, of one unit of one’s own' })
@Visible('released')
export class DutyTotal {
  @Field(() => ID, { description: 'The other agency; of letters, the id of the administration outside' })
  partner: string;

  @Field(() => ID, { nullable: true, description: 'The unit of one’s own agency; null for the agency as a whole' })
  unit: string | null;

  @Field(() => Int, { description: 'How many are open, overdue ones and those whose clock stands still among them' })
  open: number;

  @Field(() => Int, { description: 'How many of them are overdue' })
  overdue: number;

  @Field(() => GraphQLISODateTime, { description: 'When the first of them is or was due' })
  firstDueAt: Date;
}

@ObjectType({ description: 'How much is open, by partner and unit; whatever has been due longest stands first' })
@Visible('released')
export class DutyTotals {
  @Field(() => Int, { description: 'How many are open, as far as they were counted' })
  open: number;

  @Field(() => Int, { description: 'How many of them are overdue' })
  overdue: number;

  @Field(() => Boolean, {
    description: `Whether fewer than ${MOST_COUNTED} were found, and so all of them. No more are counted, and those first that are due first.`,
  })
  isComplete: boolean;

  @Field(() => [DutyTotal], { description: 'What was counted, by partner and unit' })
  totals: DutyTotal[];
}

/**
 * Counts what the caller sees of what is owed, by partner and unit of the own agency. It is planned anew for each agency: the plan for any
 * agency would sort all that one owes which owes more than most, instead of reading what is due first.
 */
export async function readDutyTotals(
  tx: EntityManager,
  side: DutySide,
  { agencyId, unitId }: { agencyId: string; unitId: string },
): Promise<DutyTotals> {
  const { own, scope, partner, unit } = DUTY_COLUMNS[side];
  const text = `SELECT v.partner, v.unit, count(*)::integer AS open, min(v.due_at) AS "firstDueAt",
      (count(*) FILTER (WHERE v.paused_at IS NULL AND v.due_at <= hub.now()))::integer AS overdue FROM (
        SELECT x.* FROM unnest(ARRAY['', $2]) s CROSS JOIN LATERAL (
          SELECT d.${partner} AS partner, d.${unit} AS unit, d.due_at, d.id, d.paused_at FROM hub.duty d
          WHERE d.${own} = $1 AND d.${scope} = s AND d.settled_at IS NULL
          ORDER BY d.due_at, d.id LIMIT ${MOST_COUNTED}) x
        ORDER BY x.due_at, x.id LIMIT ${MOST_COUNTED}) v
    GROUP BY v.partner, v.unit ORDER BY min(v.due_at), v.partner, v.unit`;
  const totals = await tx.query<DutyTotal[]>(text, [agencyId, unitId]);
  const sum = (field: 'open' | 'overdue'): number => totals.reduce((total, each) => total + each[field], 0);
  return { open: sum('open'), overdue: sum('overdue'), isComplete: sum('open') < MOST_COUNTED, totals };
}
