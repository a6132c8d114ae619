import { Args, Context, Field, GraphQLISODateTime, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Visible } from '../access/visibility.js';
import { Clock } from '../common/clock.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { InvalidInput } from '../common/errors.js';
import { type Language, languageOf } from '../common/messages/messages.js';
import { readTimeZone } from '../directory/time-zone.js';
import { AFTER, FIRST, PageInfo } from '../exchange/exchange.models.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
import type { DutyKind } from './deadlines.js';
import { DutyKinds, type DutySide, DutySides } from './duty-codes.js';
import { type DutyMark, type DutyRow, readDuties } from './duty-rows.js';
import { DutyTotals, readDutyTotals } from './duty-totals.js';
import { becauseOf } from './duty-words.js';

@ObjectType({ description: 'What one side of an exchange owes the other by a time. Seen by these two alone.' })
@Visible('released')
export class Duty {
  /** The thread or the letter that it is about; not part of the API. */
  threadSeq: string | null;
  letterId: string | null;

  @Field(() => DutyKinds, { description: 'What is owed' })
  kind: DutyKind;

  @Field(() => ID, {
    nullable: true,
    description:
      'What it is about: the newest version of the alert or the request, the note of one by word of mouth, or the question for consent; null for a letter',
  })
  object: string | null;

  @Field(() => String, { description: 'alert, request, oral, consent or letter' })
  objectKind: string;

  @Field(() => String, {
    description:
      'Its reference, such as VN-REQ-2026-MPLRSA; of a question for consent that of what it is about, or the id where that is out of sight',
  })
  ref: string;

  @Field(() => ID, { description: 'The agency that owes it; of a letter, the id of the administration outside' })
  owedBy: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Its unit that was addressed or sent; null for the agency as a whole',
  })
  owedByUnit: string | null;

  @Field(() => ID, { description: 'The agency that it is owed to' })
  owedTo: string;

  @Field(() => ID, { nullable: true, description: 'Its unit; null for the agency as a whole' })
  owedToUnit: string | null;

  @Field(() => Urgency, { description: 'How urgent the object was when the clock began, or was made since' })
  urgency: Urgency;

  @Field(() => GraphQLISODateTime, { description: 'When the clock began: the receipt of what opened the duty' })
  since: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it is due. It moves on while the clock stands still.' })
  dueAt: Date;

  @Field(() => Boolean, {
    description: 'Whether that time has passed, and the clock does not stand still. Both sides see it.',
  })
  isOverdue: boolean;

  @Field(() => Boolean, {
    description: 'Whether the clock stands still until the requesting side has made something clear',
  })
  isPaused: boolean;

  @Field(() => Int, {
    description:
      'How far its time had come when it was last reminded of, in percent: 0, 25 (nobody had taken it over by then), 50, 80 or 100',
  })
  reminded: number;

  @Field(() => String, {
    description: 'When it is due, by the clock of the reader’s agency, and why then; in the reader’s language',
  })
  because: string;
}

@ObjectType({ description: 'A duty with its place in the list' })
@Visible('list')
export class DutyEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Duty)
  node: Duty;
}

@ObjectType({ description: 'What is due first stands first' })
@Visible('list')
export class DutyConnection {
  @Field(() => [DutyEdge])
  edges: DutyEdge[];

  @Field(() => [Duty])
  nodes: Duty[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

/** What is owed, and by when: the list to begin a day with. */
@Resolver()
export class DutiesResolver {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
  ) {}

  @Query(() => DutyConnection, {
    description:
      'What the caller’s agency owes to others, or others to it, for alerts, requests and letters of the register that the caller may see; what is due first stands first',
  })
  @Allow('objects.read')
  async duties(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('owed', { type: () => DutySides, description: 'Whose duties' }) owed: DutySide,
    @Args('partner', {
      type: () => ID,
      nullable: true,
      description: 'Only what is between the two: the other agency, or the administration outside',
    })
    partner: string | null,
    @Args('unit', {
      type: () => ID,
      nullable: true,
      description: 'Only of this unit of one’s own agency; not with `partner`',
    })
    unit: string | null,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<DutyConnection> {
    checkPageSize(first);
    const filter = { partner: partner ?? null, unit: unit ?? null };
    if (filter.partner !== null && filter.unit !== null) {
      throw new InvalidInput([{ pointer: '/unit', rule: 'alone', key: 'problem.partnerOrUnit' }]);
    }
    const scope = scopeOf(caller, `duties ${owed} ${filter.partner} ${filter.unit}`);
    const mark = (after ?? null) === null ? null : (this.cursors.read(scope, after!) as unknown as DutyMark);
    const { agencyId, unitId } = caller;
    const page = { side: owed, agencyId, unitId, ...filter, after: mark, limit: first + 1 };
    const { rows, timeZone } = await this.database.as(caller, async (tx) => ({
      rows: await readDuties(tx, page),
      timeZone: await readTimeZone(tx, agencyId),
    }));
    const reader = { language: languageOf(context.request.headers['accept-language']), timeZone };
    return connectionOf(rows, first, (row) => ({
      cursor: this.cursors.write(scope, [row.due, row.id]),
      node: this.shown(row, reader),
    }));
  }

  @Query(() => DutyTotals, {
    description:
      'How much the caller’s agency owes to others, or others to it, of what the caller may see: by partner and unit',
  })
  @Allow('objects.read')
  dutyTotals(
    @CurrentCaller() caller: Caller,
    @Args('owed', { type: () => DutySides, description: 'Whose duties' }) owed: DutySide,
  ): Promise<DutyTotals> {
    return this.database.as(caller, (tx) => readDutyTotals(tx, owed, caller));
  }

  private shown(row: DutyRow, { language, timeZone }: { language: Language; timeZone: string }): Duty {
    const { kind, object, ref, urgency, started_at, due_at, paused_at, reminded } = row;
    return {
      threadSeq: row.thread_seq,
      letterId: row.letter_id,
      kind,
      object,
      objectKind: row.object_kind,
      ref,
      owedBy: row.owed_by,
      owedByUnit: row.owed_by_unit,
      owedTo: row.owed_to,
      owedToUnit: row.owed_to_unit,
      urgency: urgency as Urgency,
      since: started_at,
      dueAt: due_at,
      isOverdue: paused_at === null && due_at <= this.clock.now(),
      isPaused: paused_at !== null,
      reminded,
      because: becauseOf(row, language, timeZone),
    };
  }
}
