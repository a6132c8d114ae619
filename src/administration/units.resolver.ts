import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { checkUnit, inAYear, stateOf } from './administered-state.js';
import { AdministeredUnitModel } from './administered-unit.models.js';
import { ConnectionInput, NewUnitInput, UnitInput } from './administered.inputs.js';
import { ChangeModel } from './change.models.js';
import { ChangesService, type State } from './changes.service.js';
import { UnitsService } from './units.service.js';

const OPEN_OF_UNIT = ['place', 'phone24h', 'mailbox'];
const OPEN_OF_CONNECTION = ['addressees', 'networks'];

/** For an agency's administrators: its units, and what their systems may do. */
@Resolver()
export class UnitsResolver {
  constructor(
    private readonly units: UnitsService,
    private readonly changes: ChangesService,
  ) {}

  @Query(() => [AdministeredUnitModel], { description: 'The units of one’s own agency with their systems' })
  @Allow('agency.administer')
  administeredUnits(@CurrentCaller() caller: Caller): Promise<AdministeredUnitModel[]> {
    return this.units.own(caller);
  }

  @Mutation(() => ChangeModel, { description: 'Proposes a new unit of one’s own agency' })
  @Allow('agency.administer')
  @StepUp(true)
  makeUnit(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('input') input: NewUnitInput,
  ): Promise<ChangeModel> {
    const state = { ...stateOf(NewUnitInput, input, OPEN_OF_UNIT), isSuspended: false };
    return this.changes.make(caller, 'UNIT', checkUnit(unit), state);
  }

  @Mutation(() => ChangeModel, { description: 'Changes names, place and how to reach a unit; at once' })
  @Allow('agency.administer')
  @StepUp(true)
  changeUnit(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('input') input: UnitInput,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'UNIT', checkUnit(unit), stateOf(UnitInput, input, OPEN_OF_UNIT));
  }

  @Mutation(() => ChangeModel, { description: 'Shuts a unit’s officers and system out at their next request' })
  @Allow('agency.administer')
  @StepUp(true)
  suspendUnit(@CurrentCaller() caller: Caller, @Args('unit', { type: () => ID }) unit: string): Promise<ChangeModel> {
    return this.changes.change(caller, 'UNIT', checkUnit(unit), { isSuspended: true });
  }

  @Mutation(() => ChangeModel, { description: 'Proposes to end the agency’s own suspension of a unit' })
  @Allow('agency.administer')
  @StepUp(true)
  resumeUnit(@CurrentCaller() caller: Caller, @Args('unit', { type: () => ID }) unit: string): Promise<ChangeModel> {
    return this.changes.change(caller, 'UNIT', checkUnit(unit), { isSuspended: false });
  }

  @Mutation(() => ChangeModel, { description: 'Proposes that the system of a unit may sign in' })
  @Allow('agency.administer')
  @StepUp(true)
  openConnection(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('input') input: ConnectionInput,
  ): Promise<ChangeModel> {
    const state = { validUntil: inAYear(), ...connection(input), isSuspended: false };
    return this.changes.make(caller, 'CONNECTION', checkUnit(unit), state);
  }

  @Mutation(() => ChangeModel, {
    description: 'Changes what a unit’s system may do. Only if it gives nothing new it is applied at once',
  })
  @Allow('agency.administer')
  @StepUp(true)
  changeConnection(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('input') input: ConnectionInput,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'CONNECTION', checkUnit(unit), connection(input));
  }

  @Mutation(() => ChangeModel, { description: 'Shuts a unit’s system out at its next request; its officers go on' })
  @Allow('agency.administer')
  @StepUp(true)
  suspendConnection(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'CONNECTION', checkUnit(unit), { isSuspended: true });
  }

  @Mutation(() => ChangeModel, { description: 'Proposes to let a unit’s system in again' })
  @Allow('agency.administer')
  @StepUp(true)
  resumeConnection(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'CONNECTION', checkUnit(unit), { isSuspended: false });
  }
}

function connection(input: ConnectionInput): State {
  return { adhoc: false, ...stateOf(ConnectionInput, input, OPEN_OF_CONNECTION) };
}
