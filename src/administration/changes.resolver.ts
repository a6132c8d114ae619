import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { checkUuid } from '../common/uuid.js';
import { ChangeModel } from './change.models.js';
import { ChangesService } from './changes.service.js';

/** For an agency's administrators: what was changed, and the second person's decision. */
@Resolver()
export class ChangesResolver {
  constructor(private readonly changes: ChangesService) {}

  @Query(() => [ChangeModel], { description: 'Proposals of one’s own agency that wait for a second administrator' })
  @Allow('agency.administer')
  waitingChanges(@CurrentCaller() caller: Caller): Promise<ChangeModel[]> {
    return this.changes.waiting(caller);
  }

  @Query(() => [ChangeModel], {
    description: 'The last 200 changes that administrators of one’s own agency made or proposed, the newest first',
  })
  @Allow('agency.administer')
  latestChanges(@CurrentCaller() caller: Caller): Promise<ChangeModel[]> {
    return this.changes.latest(caller);
  }

  @Mutation(() => ChangeModel, {
    description: 'Applies what another administrator proposed, exactly; refused when its subject has changed meanwhile',
  })
  @Allow('agency.administer')
  @StepUp(true)
  approveChange(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<ChangeModel> {
    return this.changes.approve(caller, checkUuid(id, '/id'));
  }

  @Mutation(() => ChangeModel, { description: 'Drops a proposal, one’s own or another administrator’s' })
  @Allow('agency.administer')
  @StepUp(true)
  declineChange(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<ChangeModel> {
    return this.changes.decline(caller, checkUuid(id, '/id'));
  }
}
