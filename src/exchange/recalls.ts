import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Args, Context, Field, ID, InputType, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import type { Problem } from '../common/errors.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import type { Handling } from './body/handling.js';
import { RecallBody } from './body/recall-body.js';
import { ComposerService } from './composer.service.js';
import { Composition } from './composition.js';
import { ObjectKinds } from './object-kind.js';
import { ObjectsService } from './objects.service.js';
import { payloadOf } from './payload.js';

/** What a sender can take back: an alert disappears from its readers' sight; a request stays and shows as withdrawn, and so does
 * the note of one that came by word of mouth. */
const RECALLABLE = new Set(['alert', 'request', 'oral']);

const NOT_RECALLABLE: Problem = { pointer: '/inReplyTo', rule: 'recallable', key: 'problem.recallable' };
const NOT_ALONE: Problem = { pointer: '/supersedes', rule: 'alone', key: 'problem.recallAlone' };

@InputType({ description: 'Taking back an object that was sent' })
export class RecallInput {
  @Field(() => ID, { description: 'The newest version of the object to recall; all its versions go' })
  object: string;

  @Field(() => RecallBody)
  body: RecallBody;
}

/** Recalls: signed like everything else, sent to exactly the addressees of what they recall. */
@Injectable()
@Resolver()
export class RecallsResolver implements OnModuleInit {
  constructor(
    private readonly kinds: ObjectKinds,
    private readonly objects: ObjectsService,
    private readonly composer: ComposerService,
  ) {}

  onModuleInit(): void {
    this.kinds.register<RecallBody>({
      kind: 'recall',
      body: RecallBody,
      isHiddenByRecall: false,
      parts: {},
      headline: () => ({ ref: null, title: null, urgency: null }),
      terms: () => [],
      check: async (_tx, { envelope, inReplyTo, supersedes }) => {
        const isRecallable = inReplyTo && RECALLABLE.has(inReplyTo.kind) && inReplyTo.from_agency === envelope.from;
        return [...(isRecallable ? [] : [NOT_RECALLABLE]), ...(supersedes ? [NOT_ALONE] : [])];
      },
    });
  }

  @Query(() => Composition, {
    description:
      'The text to sign in order to recall an alert, or to withdraw a request or the note of one by word of mouth',
  })
  @Allow('objects.submit')
  async composeRecall(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: RecallInput,
  ): Promise<Composition> {
    const target = await this.objects.open(caller, checkUuid(input.object, '/object'));
    const envelope = payloadOf(target.text);
    const [composition] = await this.composer.compose(
      caller,
      {
        kind: 'recall',
        body: input.body,
        input: {
          to: envelope.to,
          addresseesSeeEachOther: true,
          handling: envelope.handling as unknown as Handling,
        },
        parts: {},
        inReplyTo: target.id,
        isReply: true,
      },
      languageOf(context.request.headers['accept-language']),
    );
    return composition!;
  }
}
