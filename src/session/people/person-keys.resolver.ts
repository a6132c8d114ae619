import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow, StepUp } from '../../access/permission.js';
import { KeyRequestInput, KeyRequestModel, OfficerKeyModel, OwnKeyModel } from './person-key.models.js';
import { type KeyRequest, type OfficerKey, type OwnKey, PersonKeys } from './person-keys.js';

/** Officers' own signing keys: made in the browser, admitted by an administrator, stopped by either. */
@Resolver()
export class PersonKeysResolver {
  constructor(private readonly keys: PersonKeys) {}

  @Query(() => [OwnKeyModel], { description: 'The officer’s own keys, the newest first' })
  @Allow('session.own')
  myKeys(@CurrentCaller() caller: Caller): Promise<OwnKey[]> {
    return this.keys.own(caller.session!);
  }

  @Query(() => [KeyRequestModel], {
    description: 'Keys of the agency’s officers that wait; publishKeySet with the key in the next set admits it',
  })
  @Allow('officers.enrol')
  waitingKeys(@CurrentCaller() caller: Caller): Promise<KeyRequest[]> {
    return this.keys.requests(caller);
  }

  @Query(() => [OfficerKeyModel], {
    description: 'Keys of the agency’s officers that count now; blockKey stops one at once (a lost phone)',
  })
  @Allow('agency.administer')
  officerKeys(@CurrentCaller() caller: Caller): Promise<OfficerKey[]> {
    return this.keys.ofOfficers(caller);
  }

  @Mutation(() => OwnKeyModel, { description: 'Asks that a key which the officer has just made be admitted' })
  @Allow('session.own')
  @StepUp(true)
  requestKey(
    @CurrentCaller() caller: Caller,
    @Args('input', { type: () => KeyRequestInput }) input: KeyRequestInput,
  ): Promise<OwnKey> {
    return this.keys.request(caller, input);
  }

  @Mutation(() => OwnKeyModel, { description: 'Approves a key made at a further device, at one that signs already' })
  @Allow('session.own')
  @StepUp(true)
  approveKey(
    @CurrentCaller() caller: Caller,
    @Args('kid', { type: () => ID, description: 'The new key' }) kid: string,
    @Args('by', { type: () => ID, description: 'The officer’s key in force that approves it' }) by: string,
    @Args('proof', { description: 'Its raw signature, base64url; docs/protocol.md says over what' }) proof: string,
  ): Promise<OwnKey> {
    return this.keys.approve(caller, kid, { by, proof });
  }

  @Mutation(() => Boolean, {
    description:
      'Stops a key at once and for ever: one’s own (a lost phone), or as an administrator any officer’s. A request that waits is refused by it. Stopping it again changes nothing',
  })
  @Allow('session.own')
  @StepUp(true)
  async blockKey(
    @CurrentCaller() caller: Caller,
    @Args('kid', { type: () => ID, description: 'RFC 7638 thumbprint' }) kid: string,
  ): Promise<boolean> {
    await this.keys.block(caller, kid);
    return true;
  }
}
