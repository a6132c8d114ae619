import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { ChangeModel } from './change.models.js';
import { SharingRules, SharingRulesInput } from './sharing-rules.models.js';
import { SharingRulesService } from './sharing-rules.service.js';

/** For an agency's administrators: what needs a second officer, and how far roles go. */
@Resolver()
export class SharingRulesResolver {
  constructor(private readonly rules: SharingRulesService) {}

  @Query(() => SharingRules, { description: 'How officers of one’s own agency may share' })
  @Allow('agency.administer')
  sharingRules(@CurrentCaller() caller: Caller): Promise<SharingRules> {
    return this.rules.own(caller);
  }

  @Mutation(() => ChangeModel, {
    description:
      'Changes how officers of one’s own agency may share: a rule more at once, for what is sent from then on; a rule less, or another one, as a proposal',
  })
  @Allow('agency.administer')
  @StepUp(true)
  changeSharingRules(@CurrentCaller() caller: Caller, @Args('input') input: SharingRulesInput): Promise<ChangeModel> {
    return this.rules.change(caller, input);
  }
}
