import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { checkUuid } from '../common/uuid.js';
import { AFTER, FIRST } from '../exchange/exchange.models.js';
import { Matter, MatterConnection, MatterStep, MatterUnit, RelatedObject, Task } from './matter.models.js';
import { MattersService } from './matters.service.js';
import { TasksService } from './tasks.service.js';

const OBJECT = { type: () => ID, description: 'Any version of the alert or the request, or what belongs to it' };
const OFFICER = { type: () => ID, description: 'Pseudonym of an officer of one’s own agency; `colleagues` lists them' };
const NOTE = { type: () => String, nullable: true, description: 'For the own agency alone; at most 1,000 characters' };

/** Who of one's own agency answers for an alert or a request. */
@Resolver(() => Matter)
export class MattersResolver {
  constructor(
    private readonly service: MattersService,
    private readonly tasksOf: TasksService,
  ) {}

  @Query(() => Matter, { description: 'An alert or a request as one’s own agency works on it' })
  @Allow('objects.read')
  matter(@CurrentCaller() caller: Caller, @Args('id', OBJECT) id: string): Promise<Matter> {
    return this.service.find(caller, checkUuid(id, '/id'));
  }

  @Query(() => MatterConnection, {
    description: 'What the officer holds, and what those hold for whom he or she stands in now',
  })
  @Allow('desk.work')
  myMatters(
    @CurrentCaller() caller: Caller,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<MatterConnection> {
    return this.service.held(caller, { first, after: after ?? null });
  }

  @Query(() => [Matter], {
    description: 'What one’s own agency keeps under this number of its own, the newest first; 20 at most',
  })
  @Allow('objects.read')
  mattersByNumber(
    @CurrentCaller() caller: Caller,
    @Args('nationalRef', { type: () => String, description: 'Exactly as it was given' }) nationalRef: string,
  ): Promise<Matter[]> {
    return this.service.numbered(caller, nationalRef);
  }

  @Query(() => [RelatedObject], {
    description:
      'What else on one’s own desk, sent or received, names the same container, ship, waybill or reference; the newest first. What others sent is recorded as found.',
  })
  @Allow('objects.read')
  alsoOnDesk(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('first', { type: () => Int, defaultValue: 10, description: 'How many, 1 to 100' }) first: number,
  ): Promise<RelatedObject[]> {
    return this.service.related(caller, checkUuid(id, '/id'), first);
  }

  @Mutation(() => Matter, {
    description: 'Takes what nobody holds, or whose holder one stands in for. Of two officers at once, one gets it.',
  })
  @Allow('desk.work')
  claimMatter(@CurrentCaller() caller: Caller, @Args('id', OBJECT) id: string): Promise<Matter> {
    return this.service.claim(caller, checkUuid(id, '/id'));
  }

  @Mutation(() => Matter, {
    description: 'Gives it to an officer whose unit sees it, whoever held it; for who directs the work',
  })
  @Allow('objects.submit')
  assignHolder(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('officer', OFFICER) officer: string,
    @Args('note', NOTE) note: string | null,
  ): Promise<Matter> {
    return this.service.give(caller, checkUuid(id, '/id'), { officer, note: note ?? null, isHeld: false });
  }

  @Mutation(() => Matter, {
    description: 'Its holder, or who stands in, hands it over to another officer, and says what there is to know',
  })
  @Allow('desk.work')
  handOverMatter(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('officer', OFFICER) officer: string,
    @Args('note', { ...NOTE, nullable: false }) note: string,
  ): Promise<Matter> {
    return this.service.give(caller, checkUuid(id, '/id'), { officer, note, isHeld: true });
  }

  @Mutation(() => Matter, { description: 'Its holder, or who stands in, lays it down: then nobody holds it' })
  @Allow('desk.work')
  layDownMatter(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('note', NOTE) note: string | null,
  ): Promise<Matter> {
    return this.service.layDown(caller, checkUuid(id, '/id'), note ?? null);
  }

  @Mutation(() => Matter, {
    description:
      'Gives it to other units of one’s own agency, with all that belongs to it now or later. No consent is needed; its conditions go with it.',
  })
  @Allow('objects.submit')
  distribute(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('units', { type: () => [ID], description: 'Units of one’s own agency, 1 to 50' }) units: string[],
    @Args('note', NOTE) note: string | null,
  ): Promise<Matter> {
    return this.service.distribute(caller, checkUuid(id, '/id'), units, note ?? null);
  }

  @Mutation(() => Matter, {
    description: 'Writes the number under which one’s own agency keeps it; without one, takes it away',
  })
  @Allow('desk.work')
  setNationalRef(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('nationalRef', {
      type: () => String,
      nullable: true,
      description: 'Such as 1234/TCHQ-ĐTCBL; 1 to 60 characters',
    })
    nationalRef: string | null,
  ): Promise<Matter> {
    return this.service.number(caller, checkUuid(id, '/id'), nationalRef ?? null);
  }

  @ResolveField(() => [Task], { description: 'What units were given to do for it, the newest first; 100 at most' })
  tasks(@Parent() { threadSeq }: Matter, @Context() context: GraphqlContext): Promise<Task[]> {
    return loaderOf(context, 'tasks', (seqs: readonly string[]) => this.tasksOf.ofMatters(context.caller!, seqs)).load(
      threadSeq,
    );
  }

  @ResolveField(() => [MatterUnit], { description: 'Units that were given it by another unit; 100 at most' })
  units(@Parent() { threadSeq }: Matter, @Context() context: GraphqlContext): Promise<MatterUnit[]> {
    return loaderOf(context, 'matter units', (seqs: readonly string[]) =>
      this.service.units(context.caller!, seqs),
    ).load(threadSeq);
  }

  @ResolveField(() => [MatterStep], { description: 'What was done with it, the newest first; 100 at most' })
  steps(@Parent() { threadSeq }: Matter, @Context() context: GraphqlContext): Promise<MatterStep[]> {
    return loaderOf(context, 'matter steps', (seqs: readonly string[]) =>
      this.service.steps(context.caller!, seqs),
    ).load(threadSeq);
  }
}
