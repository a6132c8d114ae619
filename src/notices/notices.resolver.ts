import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import {
  NoticeAddress,
  NoticeAddressInput,
  NoticeRule,
  NoticeRuleInput,
  NoticeStanding,
  Shift,
  ShiftInput,
} from './notices.models.js';
import { NoticesService } from './notices.service.js';

/** Notices by e-mail, which carry no content: for an agency's administrators who is told, for each officer where. */
@Resolver()
export class NoticesResolver {
  constructor(private readonly service: NoticesService) {}

  @Query(() => [Shift], { description: 'The shifts of a unit of one’s own agency that have not ended' })
  @Allow('agency.administer')
  roster(@CurrentCaller() caller: Caller, @Args('unit', { type: () => ID }) unit: string): Promise<Shift[]> {
    return this.service.roster(caller, unit);
  }

  @Mutation(() => [Shift], {
    description:
      'Writes the roster of a unit of one’s own agency anew, whole. Who is on it is told of what is flash or urgent, and of duties; what nobody opens goes on to the next rank',
  })
  @Allow('agency.administer')
  @StepUp(true)
  keepRoster(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('shifts', { type: () => [ShiftInput], description: 'All of them, at most 1,200; none: nobody is on duty' })
    shifts: ShiftInput[],
  ): Promise<Shift[]> {
    return this.service.keepRoster(caller, unit, shifts);
  }

  @Query(() => NoticeRule, { description: 'How a unit of one’s own agency is told as a whole' })
  @Allow('agency.administer')
  noticeRule(@CurrentCaller() caller: Caller, @Args('unit', { type: () => ID }) unit: string): Promise<NoticeRule> {
    return this.service.rule(caller, unit);
  }

  @Mutation(() => NoticeRule, { description: 'Changes how a unit of one’s own agency is told as a whole' })
  @Allow('agency.administer')
  @StepUp(true)
  keepNoticeRule(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID }) unit: string,
    @Args('input') input: NoticeRuleInput,
  ): Promise<NoticeRule> {
    return this.service.keepRule(caller, unit, input);
  }

  @Query(() => NoticeStanding, { description: 'Whether notices of one’s own agency go out, and which did not' })
  @Allow('agency.administer')
  noticeStanding(@CurrentCaller() caller: Caller): Promise<NoticeStanding> {
    return this.service.standing(caller);
  }

  @Query(() => NoticeAddress, { description: 'The officer’s own address for notices' })
  @Allow('session.own')
  noticeAddress(@CurrentCaller() caller: Caller): Promise<NoticeAddress> {
    return this.service.address(caller);
  }

  @Mutation(() => NoticeAddress, {
    description: 'Sends a code to an address; notices go there once it was entered, and to the old one until then',
  })
  @Allow('session.own')
  @StepUp(true)
  keepNoticeAddress(@CurrentCaller() caller: Caller, @Args('input') input: NoticeAddressInput): Promise<NoticeAddress> {
    return this.service.keepAddress(caller, input);
  }

  @Mutation(() => NoticeAddress, { description: 'Enters the code that was sent to an address' })
  @Allow('session.own')
  confirmNoticeAddress(
    @CurrentCaller() caller: Caller,
    @Args('code', { description: 'Six digits' }) code: string,
  ): Promise<NoticeAddress> {
    return this.service.confirmAddress(caller, code);
  }

  @Mutation(() => Boolean, { description: 'Forgets the officer’s address: no notices are sent to it any more' })
  @Allow('session.own')
  @StepUp(true)
  async endNoticeAddress(@CurrentCaller() caller: Caller): Promise<boolean> {
    await this.service.endAddress(caller);
    return true;
  }
}
