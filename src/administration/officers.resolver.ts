import { randomBytes } from 'node:crypto';
import { Args, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { checkOfficer, endedNow, stateOf } from './administered-state.js';
import { OfficerInput } from './administered.inputs.js';
import { ChangeModel } from './change.models.js';
import { ChangesService, type State } from './changes.service.js';

/** For an agency's administrators: its officers. `ownOfficers` lists them, and two administrators let them in (people/admissions). */
@Resolver()
export class OfficersResolver {
  constructor(private readonly changes: ChangesService) {}

  @Mutation(() => ChangeModel, {
    description:
      'Proposes a new officer; a second administrator approves. The subject of the change is the new pseudonym, which tells nothing of who it is',
  })
  @Allow('agency.administer')
  @StepUp(true)
  appointOfficer(@CurrentCaller() caller: Caller, @Args('input') input: OfficerInput): Promise<ChangeModel> {
    return this.changes.make(caller, 'OFFICER', `p:${randomBytes(9).toString('base64url')}`, {
      ...officer(input),
      isSuspended: false,
    });
  }

  @Mutation(() => ChangeModel, {
    description:
      'Changes unit, title, roles, clearances or end of an officer. Only if it gives nothing new it is applied at once; all of it waits otherwise',
  })
  @Allow('agency.administer')
  @StepUp(true)
  changeOfficer(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
    @Args('input') input: OfficerInput,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'OFFICER', checkOfficer(pseudonym), officer(input));
  }

  @Mutation(() => ChangeModel, {
    description:
      'Shuts an officer out, such as for a device that was lost: the next request of every session is refused',
  })
  @Allow('agency.administer')
  @StepUp(true)
  suspendOfficer(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'OFFICER', checkOfficer(pseudonym), { isSuspended: true });
  }

  @Mutation(() => ChangeModel, {
    description:
      'Ends all sessions of an officer at once, such as one forgotten at a counter; the officer may sign in again',
  })
  @Allow('agency.administer')
  @StepUp(true)
  signOutOfficer(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
  ): Promise<ChangeModel> {
    return this.changes.signOut(caller, checkOfficer(pseudonym));
  }

  @Mutation(() => ChangeModel, { description: 'Proposes to let an officer in again who was shut out' })
  @Allow('agency.administer')
  @StepUp(true)
  resumeOfficer(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'OFFICER', checkOfficer(pseudonym), { isSuspended: false });
  }

  @Mutation(() => ChangeModel, {
    description: 'Ends an officer now and for good; the next request of every session is refused',
  })
  @Allow('agency.administer')
  @StepUp(true)
  endOfficer(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID }) pseudonym: string,
  ): Promise<ChangeModel> {
    return this.changes.change(caller, 'OFFICER', checkOfficer(pseudonym), endedNow());
  }
}

function officer(input: OfficerInput): State {
  return stateOf(OfficerInput, input, ['validUntil']);
}
