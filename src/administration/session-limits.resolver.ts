import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { SessionLimitsInput } from './administered.inputs.js';
import { ChangeModel } from './change.models.js';
import { SessionLimits } from './session-limits.models.js';
import { SessionLimitsService } from './session-limits.service.js';

/** For an agency's administrators: how long sessions of its officers last. */
@Resolver()
export class SessionLimitsResolver {
  constructor(private readonly limits: SessionLimitsService) {}

  @Query(() => SessionLimits, { description: 'How long sessions of one’s own agency last' })
  @Allow('agency.administer')
  sessionLimits(@CurrentCaller() caller: Caller): Promise<SessionLimits> {
    return this.limits.own(caller);
  }

  @Mutation(() => ChangeModel, {
    description:
      'Changes how long sessions of one’s own agency last, within the hub’s limits: shorter at once, for every session at its next request; longer as a proposal',
  })
  @Allow('agency.administer')
  @StepUp(true)
  changeSessionLimits(@CurrentCaller() caller: Caller, @Args('input') input: SessionLimitsInput): Promise<ChangeModel> {
    return this.limits.change(caller, input);
  }
}
