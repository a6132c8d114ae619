import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow, StepUp } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { Composition } from '../exchange/composition.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ObjectSummary, type ObjectRow } from '../exchange/object-record.js';
import { ConsentComposer } from './consent-composer.service.js';
import {
  ComposeConsentAnswerInput,
  ComposeConsentRequestInput,
  ComposeConsentRevocationInput,
} from './consent.inputs.js';
import { ConsentOfObject, ConsentSummary, OpenedConsent, PassedOn } from './consent.models.js';
import { ConsentsService } from './consents.service.js';

@Resolver(() => OpenedConsent)
export class ConsentsResolver {
  constructor(
    private readonly service: ConsentsService,
    private readonly composer: ConsentComposer,
  ) {}

  @Query(() => OpenedConsent, {
    description: 'Opens a consent by the id of any of its objects, for the two sides alone; the opening is recorded',
  })
  @Allow('objects.read')
  consent(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<OpenedConsent> {
    return this.service.open(caller, checkUuid(id, '/id'));
  }

  @Query(() => [ConsentSummary], {
    description:
      'Consents about one version of an object, newest first, 100 at most: all for the agency that sent it, for others their own',
  })
  @Allow('objects.read')
  consents(
    @CurrentCaller() caller: Caller,
    @Args('object', { type: () => ID, description: 'Id of the object' }) object: string,
  ): Promise<ConsentSummary[]> {
    return this.service.about(caller, checkUuid(object, '/object'));
  }

  @Query(() => Composition, {
    description:
      'Checks a question for consent to the sender of an object and returns the text to sign; opens the object',
  })
  @Allow('objects.submit')
  composeConsentRequest(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeConsentRequestInput,
  ): Promise<Composition> {
    return this.composer.request(caller, input, languageOf(context.request.headers['accept-language']));
  }

  @Query(() => Composition, {
    description: 'Checks the answer to a question for consent and returns the text to sign; opens the question',
  })
  @Allow('objects.submit')
  composeConsentAnswer(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeConsentAnswerInput,
  ): Promise<Composition> {
    return this.composer.answer(caller, input, languageOf(context.request.headers['accept-language']));
  }

  @Query(() => Composition, {
    description:
      'Checks a revocation and returns the text to sign; opens the grant. It ends what may still be done: what was passed on stays with its reader until it ends or is recalled',
  })
  @Allow('objects.submit')
  composeConsentRevocation(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeConsentRevocationInput,
  ): Promise<Composition> {
    return this.composer.revocation(caller, input, languageOf(context.request.headers['accept-language']));
  }

  @Mutation(() => ConsentSummary, {
    description:
      'Passes an object on to one more agency or unit, which takes the consent of its sender (for ONWARD, to the caller’s agency, for this version and this addressee). Personal details do not go with it. The same again changes nothing.',
  })
  @Allow('objects.submit')
  @StepUp(true)
  shareOnward(
    @CurrentCaller() caller: Caller,
    @Args('object', { type: () => ID, description: 'The version that the consent is about' }) object: string,
    @Args('to', { description: 'The agency or unit that the consent names' }) to: string,
    @Args('consent', {
      type: () => ID,
      nullable: true,
      description: 'Id of any object of the consent; without one it is CONSENT_REQUIRED',
    })
    consent: string | null,
  ): Promise<ConsentSummary> {
    const given = (consent ?? null) === null ? null : checkUuid(consent!, '/consent');
    return this.service.share(caller, { object: checkUuid(object, '/object'), consent: given, to });
  }
}

/** Adds `consent` to what lists show of an object. */
@Resolver(() => ObjectSummary)
export class ConsentOfObjectResolver {
  constructor(private readonly service: ConsentsService) {}

  @ResolveField(() => ConsentOfObject, { nullable: true, description: 'When the object belongs to a consent' })
  consent(@Parent() object: ObjectSummary, @Context() context: GraphqlContext): Promise<ConsentOfObject | null> | null {
    if (object.kind !== 'consent') return null;
    return loaderOf<ObjectRow, ConsentOfObject | null>(context, 'consent-of-object', async (rows) => {
      const found = await this.service.ofObjects(context.caller!, rows);
      return rows.map((row) => found.get(row.seq) ?? null);
    }).load(object.row);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class ConsentOfOpenedResolver extends ConsentOfObjectResolver {}

/** Adds `passedOn` to an opened object. */
@Resolver(() => SignedObject)
export class PassedOnResolver {
  constructor(private readonly service: ConsentsService) {}

  @ResolveField(() => [PassedOn], {
    description:
      'To whom it was passed on by a consent, newest first, 100 at most: all for the agency that sent it; for others what they passed on or got so',
  })
  passedOn(@Parent() { row }: SignedObject, @Context() context: GraphqlContext): Promise<PassedOn[]> {
    return this.service.passedOn(context.caller!, row);
  }
}
