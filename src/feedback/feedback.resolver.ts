import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { Alert } from '../alerts/alert.models.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { Composition } from '../exchange/composition.js';
import { AFTER, FIRST } from '../exchange/exchange.models.js';
import { AlertAddressee, AlertReportConnection, ComposeFeedbackInput, Feedback } from './feedback.models.js';
import { FeedbackService } from './feedback.service.js';

@Resolver(() => Feedback)
export class FeedbackResolver {
  constructor(private readonly service: FeedbackService) {}

  @Query(() => Feedback, { description: 'Opens a report on a result; the opening is recorded for its owner' })
  @Allow('objects.read')
  feedback(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Feedback> {
    return this.service.open(caller, checkUuid(id, '/id'));
  }

  @Query(() => Composition, {
    description:
      'Checks a report on an alert that was received, or on what the answer to a request led to, and returns the text to sign; opens what it is about',
  })
  @Allow('objects.submit')
  composeFeedback(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeFeedbackInput,
  ): Promise<Composition> {
    return this.service.compose(caller, input, languageOf(context.request.headers['accept-language']));
  }

  @Mutation(() => [AlertAddressee], {
    description:
      'Does without the reports of one addressee of an alert of one’s own; both sides see the reason. Answers with its addressees.',
  })
  @Allow('objects.submit')
  waiveReports(
    @CurrentCaller() caller: Caller,
    @Args('alert', { type: () => ID, description: 'Any version of the alert' }) alert: string,
    @Args('agency', { type: () => ID, description: 'The addressee’s agency' }) agency: string,
    @Args('reason', { type: () => String, description: 'Why; at most 1,000 characters' }) reason: string,
  ): Promise<AlertAddressee[]> {
    return this.service.waive(caller, { alert: checkUuid(alert, '/alert'), agency, reason });
  }
}

/** Adds to an opened alert what became of it. */
@Resolver(() => Alert)
export class ReportsOfAlertResolver {
  constructor(private readonly service: FeedbackService) {}

  @ResolveField(() => [AlertAddressee], {
    description: 'How far its addressees have come: all of them for its sender, for an addressee itself',
  })
  addressees(@Parent() { object }: Alert, @Context() context: GraphqlContext): Promise<AlertAddressee[]> {
    return this.service.addressees(context.caller!, object.row.thread_seq);
  }

  @ResolveField(() => AlertReportConnection, { description: 'The reports on it that the caller may see' })
  reports(
    @Parent() { object }: Alert,
    @Context() context: GraphqlContext,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<AlertReportConnection> {
    return this.service.reports(context.caller!, object.row.thread_seq, { first, after: after ?? null });
  }
}
