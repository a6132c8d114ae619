import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { checkUuid } from '../common/uuid.js';
import { checkAgency, checkOfficer, checkUnit, endedNow } from './administered-state.js';
import { AgenciesService } from './agencies.service.js';
import { AgencyStanding } from './agency-standing.models.js';
import { ChangeModel } from './change.models.js';
import { ChangesService } from './changes.service.js';

/**
 * For the operator, who decides whether agencies and units take part and sees nothing of what they do. One may suspend; to resume takes two
 * of the hub's administrators. The operator's own agency is not among them, so nobody shuts the operator out.
 */
@Resolver()
export class AgenciesResolver {
  constructor(
    private readonly agencies: AgenciesService,
    private readonly changes: ChangesService,
  ) {}

  @Query(() => [AgencyStanding], { description: 'Every agency and unit, and whether it takes part' })
  @Allow('hub.administer')
  agencyStandings(@CurrentCaller() caller: Caller): Promise<AgencyStanding[]> {
    return this.agencies.standings(caller);
  }

  @Query(() => [ChangeModel], { description: 'Resumptions that wait for a second administrator of the hub' })
  @Allow('hub.administer')
  waitingResumptions(@CurrentCaller() caller: Caller): Promise<ChangeModel[]> {
    return this.changes.waiting(caller);
  }

  @Mutation(() => ChangeModel, {
    description: 'Shuts an agency, or one unit of it, out: its officers and systems are refused at their next request',
  })
  @Allow('hub.administer')
  @StepUp(true)
  suspendAgency(
    @CurrentCaller() caller: Caller,
    @Args('agency', { type: () => ID }) agency: string,
    @Args('unit', { type: () => ID, nullable: true, description: 'One unit of it; without it the whole agency' })
    unit: string | null,
  ): Promise<ChangeModel> {
    return this.setSuspended(caller, agency, unit, true);
  }

  @Mutation(() => ChangeModel, {
    description:
      'Proposes to end the operator’s suspension of an agency, or of one unit; a second administrator approves',
  })
  @Allow('hub.administer')
  @StepUp(true)
  resumeAgency(
    @CurrentCaller() caller: Caller,
    @Args('agency', { type: () => ID }) agency: string,
    @Args('unit', { type: () => ID, nullable: true, description: 'One unit of it; without it the whole agency' })
    unit: string | null,
  ): Promise<ChangeModel> {
    return this.setSuspended(caller, agency, unit, false);
  }

  @Mutation(() => ChangeModel, { description: 'Ends a suspension, as another administrator of the hub proposed' })
  @Allow('hub.administer')
  @StepUp(true)
  approveResumption(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<ChangeModel> {
    return this.changes.approve(caller, checkUuid(id, '/id'));
  }

  @Mutation(() => ChangeModel, { description: 'Drops a proposal to resume' })
  @Allow('hub.administer')
  @StepUp(true)
  declineResumption(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<ChangeModel> {
    return this.changes.decline(caller, checkUuid(id, '/id'));
  }

  @Mutation(() => ChangeModel, {
    description:
      'Ends another administrator of the hub now and for good; who comes in the place is recorded by enrolment',
  })
  @Allow('hub.administer')
  @StepUp(true)
  endOperator(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'OFFICER', checkOfficer(pseudonym), endedNow());
  }

  private setSuspended(
    caller: Caller,
    agency: string,
    unit: string | null | undefined,
    isSuspended: boolean,
  ): Promise<ChangeModel> {
    const agencyId = checkAgency(agency);
    if (unit === null || unit === undefined) return this.changes.change(caller, 'AGENCY', agencyId, { isSuspended });
    return this.changes.change(caller, 'UNIT', checkUnitOf(agencyId, unit), { isSuspended });
  }
}

/** A unit's code begins with its agency's, so one that does not is a slip of the pen. */
function checkUnitOf(agency: string, unit: string): string {
  return checkUnit(unit.startsWith(`${agency}-`) ? unit : '');
}
