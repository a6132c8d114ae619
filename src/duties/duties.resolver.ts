import { Args, Context, Field, GraphQLISODateTime, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Visible } from '../access/visibility.js';
import { Clock } from '../common/clock.js';
import { Urgency } from '../common/codes/alert-codes.js';
import { Cursors } from '../common/cursor.js';
import { type Language, languageOf } from '../common/messages/messages.js';
import { AFTER, FIRST, PageInfo } from '../exchange/exchange.models.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
import type { DutyKind } from './deadlines.js';
import { DutyKinds, type DutySide, DutySides } from './duty-codes.js';
import { type DutyMark, type DutyRow, readDuties } from './duty-rows.js';
import { becauseOf } from './duty-words.js';

@ObjectType({ description: 'What one side of a request owes the other by a time. Seen by these two alone.' })
@Visible('released')
export class Duty {
  @Field(() => DutyKinds, { description: 'What is owed' })
  kind: DutyKind;

  @Field(() => ID, { description: 'The request, by the id of its newest version' })
  request: string;

  @Field(() => String, { description: 'Its reference, such as VN-REQ-2026-MPLRSA' })
  ref: string;

  @Field(() => ID, { description: 'The agency that owes it' })
  owedBy: string;

  @Field(() => ID, { description: 'The agency that it is owed to' })
  owedTo: string;

  @Field(() => Urgency, { description: 'How urgent the request was when the clock began, or was made since' })
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

  @Field(() => String, { description: 'Why it is due then, in the reader’s language' })
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
      'What the caller’s agency owes to others, or others to it, in requests that the caller may see; what is due first stands first',
  })
  @Allow('objects.read')
  async duties(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('owed', { type: () => DutySides, description: 'Whose duties' }) owed: DutySide,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<DutyConnection> {
    checkPageSize(first);
    const scope = scopeOf(caller, `duties ${owed}`);
    const mark = (after ?? null) === null ? null : (this.cursors.read(scope, after!) as unknown as DutyMark);
    const page = { agencyId: caller.agencyId, after: mark, limit: first + 1 };
    const rows = await this.database.as(caller, (tx) => readDuties(tx, owed, page));
    const language = languageOf(context.request.headers['accept-language']);
    const edges = rows
      .slice(0, first)
      .map((row) => ({ cursor: this.cursors.write(scope, [row.due, row.id]), node: this.shown(row, language) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    };
  }

  private shown(row: DutyRow, language: Language): Duty {
    const { kind, request, ref, owed_by, owed_to, urgency, started_at, due_at, paused_at } = row;
    return {
      kind,
      request,
      ref,
      owedBy: owed_by,
      owedTo: owed_to,
      urgency: urgency as Urgency,
      since: started_at,
      dueAt: due_at,
      isOverdue: paused_at === null && due_at <= this.clock.now(),
      isPaused: paused_at !== null,
      because: becauseOf(row, language),
    };
  }
}
