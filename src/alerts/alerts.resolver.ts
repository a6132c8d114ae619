import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { Composition } from '../exchange/composition.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ObjectSummary, type ObjectRow } from '../exchange/object-record.js';
import { Alert, AlertSummary, ComposeAlertInput } from './alert.models.js';
import { AlertsService } from './alerts.service.js';

@Resolver(() => Alert)
export class AlertsResolver {
  constructor(private readonly service: AlertsService) {}

  @Query(() => Alert, { description: 'Opens an alert; the opening is recorded for its owner' })
  @Allow('objects.read')
  alert(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Alert> {
    return this.service.open(caller, checkUuid(id, '/id'));
  }

  @Query(() => [Composition], {
    description: 'Checks an alert and returns, for each addressee, the text to sign and who would see it',
  })
  @Allow('objects.submit')
  composeAlert(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeAlertInput,
  ): Promise<Composition[]> {
    return this.service.compose(caller, input, languageOf(context.request.headers['accept-language']));
  }
}

/** Adds `alert` to what lists show of an object. */
@Resolver(() => ObjectSummary)
export class AlertOfObjectResolver {
  constructor(private readonly service: AlertsService) {}

  @ResolveField(() => AlertSummary, { nullable: true, description: 'When the object is an alert' })
  alert(@Parent() object: ObjectSummary, @Context() context: GraphqlContext): Promise<AlertSummary | null> | null {
    if (object.kind !== 'alert') return null;
    return loaderOf<ObjectRow, AlertSummary | null>(context, 'alert-of-object', async (rows) => {
      const summaries = await this.service.summaries(context.caller!, rows);
      return rows.map((row) => summaries.get(row.seq) ?? null);
    }).load(object.row);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class AlertOfOpenedResolver extends AlertOfObjectResolver {}
