import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from '../access/current-caller.js';
import { Duty } from '../duties/duties.resolver.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ObjectSummary } from '../exchange/object-record.js';
import { Matter } from './matter.models.js';
import { MattersService } from './matters.service.js';

/** Adds to what lists show who of one's own agency answers for it. */
@Resolver(() => ObjectSummary)
export class MatterOfObjectResolver {
  constructor(private readonly service: MattersService) {}

  @ResolveField(() => Matter, {
    nullable: true,
    description: 'How one’s own agency works on what it belongs to; null where that is no alert or request',
  })
  matter(@Parent() { row }: ObjectSummary, @Context() context: GraphqlContext): Promise<Matter | null> {
    return this.service.ofThread(context, row.thread_seq);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class MatterOfOpenedResolver extends MatterOfObjectResolver {}

@Resolver(() => Duty)
export class MatterOfDutyResolver {
  constructor(private readonly service: MattersService) {}

  @ResolveField(() => Matter, { nullable: true, description: 'How one’s own agency works on it; null for a letter' })
  matter(@Parent() { threadSeq }: Duty, @Context() context: GraphqlContext): Promise<Matter | null> | null {
    return threadSeq === null ? null : this.service.ofThread(context, threadSeq);
  }
}
