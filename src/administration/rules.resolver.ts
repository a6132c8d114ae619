import { Args, Field, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { Visible } from '../access/visibility.js';
import { stateOf } from './administered-state.js';
import { RulesInput } from './administered.inputs.js';
import { ChangeModel } from './change.models.js';
import { ChangesService } from './changes.service.js';
import { RulesService } from './rules.service.js';

@Visible('administrator')
@ObjectType({ description: 'What an agency demands of its own officers beyond what the hub does' })
export class AgencyRules {
  @Field(() => Boolean, { description: 'Officers see personal details only with a passkey used within five minutes' })
  nominalStepUp: boolean;
}

/** For an agency's administrators: its own rules. One makes a rule stricter, two make it milder. */
@Resolver()
export class RulesResolver {
  constructor(
    private readonly rules: RulesService,
    private readonly changes: ChangesService,
  ) {}

  @Query(() => AgencyRules, { description: 'The rules of one’s own agency' })
  @Allow('agency.administer')
  agencyRules(@CurrentCaller() caller: Caller): Promise<AgencyRules> {
    return this.rules.own(caller);
  }

  @Mutation(() => ChangeModel, {
    description:
      'Changes the rules of one’s own agency: at once to stricter ones, else when a second administrator approves',
  })
  @Allow('agency.administer')
  @StepUp(true)
  changeRules(@CurrentCaller() caller: Caller, @Args('input') input: RulesInput): Promise<ChangeModel> {
    return this.changes.change(caller, 'RULES', caller.agencyId, stateOf(RulesInput, input, []));
  }
}
