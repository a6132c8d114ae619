import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { Alert } from '../alerts/alert.models.js';
import { languageOf } from '../common/messages/messages.js';
import { Composition } from '../exchange/composition.js';
import { AFTER, FIRST } from '../exchange/exchange.models.js';
import { OpenedRequest } from '../requests/request.models.js';
import { ComposeNoteInput, NoteConnection } from './note.models.js';
import { NotesService } from './notes.service.js';

@Resolver()
export class NotesResolver {
  constructor(private readonly service: NotesService) {}

  @Query(() => Composition, {
    description:
      'Checks a note on an alert or a request and returns the text to sign; opens what it is about. A note moves nothing and stops no clock.',
  })
  @Allow('objects.submit')
  composeNote(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeNoteInput,
  ): Promise<Composition> {
    return this.service.compose(caller, input, languageOf(context.request.headers['accept-language']));
  }
}

const NOTES = { description: 'The notes on any version of it that the caller may see; each opening is recorded' };

/** Adds its notes to an opened alert. */
@Resolver(() => Alert)
export class NotesOfAlertResolver {
  constructor(private readonly service: NotesService) {}

  @ResolveField(() => NoteConnection, NOTES)
  notes(
    @Parent() { object }: Alert,
    @Context() context: GraphqlContext,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<NoteConnection> {
    return this.service.list(context.caller!, object.row.thread_seq, { first, after: after ?? null });
  }
}

/** Adds its notes to an opened request. */
@Resolver(() => OpenedRequest)
export class NotesOfRequestResolver {
  constructor(private readonly service: NotesService) {}

  @ResolveField(() => NoteConnection, NOTES)
  notes(
    @Parent() { object }: OpenedRequest,
    @Context() context: GraphqlContext,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<NoteConnection> {
    return this.service.list(context.caller!, object.row.thread_seq, { first, after: after ?? null });
  }
}
