import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { renderSVG } from 'uqr';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow, StepUp } from '../../access/permission.js';
import { EnrolmentLinkModel } from './admission.models.js';
import { OwnPasskeyModel } from './own-passkey.model.js';
import { type OwnPasskey, OwnPasskeys } from './own-passkeys.js';

/** An officer's own passkeys: a further one is added by its holder, and approved where the first one signs in. */
@Resolver()
export class OwnPasskeysResolver {
  constructor(private readonly passkeys: OwnPasskeys) {}

  @Query(() => [OwnPasskeyModel], { description: 'The officer’s own passkeys, the first one first' })
  @Allow('session.own')
  myPasskeys(@CurrentCaller() caller: Caller): Promise<OwnPasskey[]> {
    return this.passkeys.own(caller.session!);
  }

  @Mutation(() => EnrolmentLinkModel, {
    description:
      'A link with which the officer makes one further passkey at another device, good once and for five minutes',
  })
  @Allow('session.own')
  @StepUp(true)
  async linkPasskey(
    @CurrentCaller() caller: Caller,
    @Args('device', { description: 'How the officer calls the other device, such as Phone' }) device: string,
  ): Promise<EnrolmentLinkModel> {
    const link = await this.passkeys.link(caller.session!, device);
    return { ...link, qrCode: renderSVG(link.address) };
  }

  @Mutation(() => OwnPasskeyModel, {
    description:
      'Approves a passkey that was made with such a link within the last 15 minutes; it signs in from then on',
  })
  @Allow('session.own')
  @StepUp(true)
  approvePasskey(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<OwnPasskey> {
    return this.passkeys.approve(caller.session!, id);
  }

  @Mutation(() => Boolean, {
    description: 'Removes one of the officer’s own passkeys, never the last, and ends the officer’s other sessions',
  })
  @Allow('session.own')
  @StepUp(true)
  async removePasskey(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<boolean> {
    await this.passkeys.remove(caller.session!, id);
    return true;
  }
}
