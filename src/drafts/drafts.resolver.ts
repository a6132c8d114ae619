import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { Preview, SigningRequest } from '../exchange/composition.js';
import { AFTER, FIRST, SignatureInput, Submission } from '../exchange/exchange.models.js';
import { DraftStates, type DraftStateCode } from './draft-codes.js';
import { Draft, DraftConnection, DraftInput, DraftPart } from './draft.models.js';
import { DraftsService } from './drafts.service.js';

const DRAFT = { type: () => ID, description: 'The draft' };

/** What is composed, and waits for a second officer of the unit. */
@Resolver(() => Draft)
export class DraftsResolver {
  constructor(private readonly service: DraftsService) {}

  @Query(() => DraftConnection, {
    description:
      'One’s own drafts, and those that were put before one’s unit; the last one that something was done with first',
  })
  @Allow('desk.work')
  drafts(
    @CurrentCaller() caller: Caller,
    @Args('state', { type: () => DraftStates, nullable: true, description: 'Those in this state alone' })
    state: DraftStateCode | null,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<DraftConnection> {
    return this.service.list(caller, { state: state ?? null, first, after: after ?? null });
  }

  @Query(() => Draft, { description: 'One draft with its text' })
  @Allow('desk.work')
  draft(@CurrentCaller() caller: Caller, @Args('id', DRAFT) id: string): Promise<Draft> {
    return this.service.find(caller, checkUuid(id, '/id'));
  }

  @Mutation(() => Draft, {
    description:
      'Keeps a composition of one’s own, to be signed and handed in later; it names the caller as its author',
  })
  @Allow('desk.work')
  keepDraft(@CurrentCaller() caller: Caller, @Args('input') input: DraftInput): Promise<Draft> {
    const draft = input.draft ? checkUuid(input.draft, '/input/draft') : null;
    return this.service.keep(caller, { ...input, draft });
  }

  @Mutation(() => Draft, {
    description:
      'Puts a draft before the officers of the unit who may send, with its author’s signature; who is on duty is told',
  })
  @Allow('desk.work')
  handInDraft(
    @CurrentCaller() caller: Caller,
    @Args('draft', DRAFT) draft: string,
    @Args('signature', { type: () => SignatureInput, description: 'By the own key, over the text as it is kept' })
    signature: SignatureInput,
  ): Promise<Draft> {
    return this.service.handIn(caller, checkUuid(draft, '/draft'), signature);
  }

  @Mutation(() => Draft, { description: 'Gives another officer’s draft back, with what is to be changed' })
  @Allow('desk.work')
  returnDraft(
    @CurrentCaller() caller: Caller,
    @Args('draft', DRAFT) draft: string,
    @Args('reason', { type: () => String, description: 'At most 1,000 characters' }) reason: string,
  ): Promise<Draft> {
    return this.service.giveBack(caller, checkUuid(draft, '/draft'), reason);
  }

  @Mutation(() => Draft, { description: 'Ends a draft of one’s own; its text is erased' })
  @Allow('desk.work')
  withdrawDraft(@CurrentCaller() caller: Caller, @Args('draft', DRAFT) draft: string): Promise<Draft> {
    return this.service.withdraw(caller, checkUuid(draft, '/draft'));
  }

  @Mutation(() => Submission, {
    description:
      'Approves another officer’s draft and sends it: with a second signature over the same text, and a touch for it. What is refused stays and waits',
  })
  @Allow('desk.work')
  sendDraft(
    @CurrentCaller() caller: Caller,
    @Args('draft', DRAFT) draft: string,
    @Args('signature', { type: () => SignatureInput, description: 'By the own key, over the text as it is kept' })
    signature: SignatureInput,
    @Args('assertion', {
      type: () => String,
      nullable: true,
      description: "The passkey's answer to the draft's digest, as for submit",
    })
    assertion: string | null,
  ): Promise<Omit<Submission, 'object'>> {
    return this.service.send(caller, checkUuid(draft, '/draft'), { signature, assertion: assertion ?? null });
  }

  @ResolveField(() => [DraftPart], { description: 'Its parts; personal details for who is cleared for them' })
  parts(@Parent() draft: Draft, @Context() context: GraphqlContext): Promise<DraftPart[]> {
    return this.service.parts(context.caller!, draft);
  }

  @ResolveField(() => Preview, {
    nullable: true,
    description: 'Who would see what if it were sent now, and what stands against it; null when it is over',
  })
  preview(@Parent() draft: Draft, @Context() context: GraphqlContext): Promise<Preview> | null {
    return this.service.preview(context.caller!, draft, languageOf(context.request.headers['accept-language']));
  }

  @ResolveField(() => [SigningRequest], {
    description:
      'What one’s own keys are to sign: to hand it in as its author, or to approve it. Empty when it is over',
  })
  signing(@Parent() draft: Draft, @Context() context: GraphqlContext): Promise<SigningRequest[]> {
    return this.service.signing(context.caller!, draft);
  }
}
