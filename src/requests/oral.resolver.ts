import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { NotFound } from '../common/errors.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { ComposerService } from '../exchange/composer.service.js';
import { Composition } from '../exchange/composition.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import { payloadOf } from '../exchange/payload.js';
import type { OralBody } from './body/oral-body.js';
import { readOral } from './oral-rows.js';
import { ComposeOralRequestInput, NotedRequest } from './oral.models.js';
import { openObjects } from './requests.service.js';

/** Requests that were made by word of mouth, and are to be confirmed in writing. */
@Resolver()
export class OralRequestsResolver {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly composer: ComposerService,
  ) {}

  @Query(() => NotedRequest, { description: 'Opens the note of a request that was made by word of mouth' })
  @Allow('objects.read')
  oralRequest(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<NotedRequest> {
    checkUuid(id, '/id');
    return this.database.as(caller, async (tx) => {
      const note = await readOral(tx, id);
      const [row] = note ? await openObjects(tx, [note.seq]) : [];
      if (!note || !row) throw new NotFound();
      return {
        id: row.id,
        from: row.from_agency,
        unit: row.from_unit,
        to: row.recipients,
        state: note.state,
        notedAt: row.received_at,
        dueAt: note.due_at,
        request: note.request_id,
        body: payloadOf(row.text).body as unknown as OralBody,
        object: signedObjectOf(row),
      };
    });
  }

  @Query(() => Composition, {
    description:
      'Checks the note of a request that came by word of mouth, and returns the text to sign; who asked owes the request in writing from then on',
  })
  @Allow('objects.submit')
  async composeOralRequest(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') { body, to, ...input }: ComposeOralRequestInput,
  ): Promise<Composition> {
    const [composition] = await this.composer.compose(
      caller,
      { kind: 'oral', body, refCode: 'ORL', input: { ...input, to: [to], addresseesSeeEachOther: true }, parts: {} },
      languageOf(context.request.headers['accept-language']),
    );
    return composition!;
  }
}
