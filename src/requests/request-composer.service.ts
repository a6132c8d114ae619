import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { InvalidInput, NotFound } from '../common/errors.js';
import type { Language } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { ComposerService } from '../exchange/composer.service.js';
import { type Composition, replyTo } from '../exchange/composition.js';
import type { OpenedRow } from '../exchange/object-pages.js';
import { ObjectsService } from '../exchange/objects.service.js';
import { payloadOf } from '../exchange/payload.js';
import { agencyOf, problemsOfAddressee } from './request-kind.js';
import type { AnswerDraft, ComposeAnswerInput, ComposeRequestInput } from './request.inputs.js';
import { readThread, type ThreadRow } from './request-threads.js';

/** Texts to sign, for both sides of a request. Like every composition it writes nothing but the opening of what it quotes. */
@Injectable()
export class RequestComposer {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly composer: ComposerService,
    private readonly objects: ObjectsService,
  ) {}

  /** One text for each addressee. */
  async request(
    caller: Caller,
    { body, nominal, nominalAttachments, ...input }: ComposeRequestInput,
    language: Language,
  ): Promise<Composition[]> {
    if (input.to.length === 0) {
      throw new InvalidInput([{ pointer: '/to', rule: 'required', key: 'problem.addressees' }]);
    }
    if (body.ref && input.to.length > 1) {
      throw new InvalidInput([{ pointer: '/body/ref', rule: 'oneAddressee', key: 'refusal.refNeedsOneAddressee' }]);
    }
    const problems = input.to.flatMap((to) => problemsOfAddressee([to]));
    if (problems.length > 0) throw new InvalidInput(problems);
    const compositions: Composition[] = [];
    for (const to of input.to) {
      const draft = {
        kind: 'request' as const,
        body: { ...body, requestedAuthority: body.requestedAuthority ?? agencyOf(to) },
        refCode: 'REQ',
        input: { ...input, to: [to], addresseesSeeEachOther: true },
        parts: { nominal },
        nominalAttachments,
      };
      compositions.push(...(await this.composer.compose(caller, draft, language)));
    }
    return compositions;
  }

  async answer(
    caller: Caller,
    { body, fromNote, nominal, nominalAttachments, ...input }: ComposeAnswerInput,
    language: Language,
  ): Promise<Composition> {
    const { request, thread } = await this.open(caller, input.request);
    const clarification = fromNote ? await this.clarification(caller, body, request, fromNote) : {};
    const [composition] = await this.composer.compose(
      caller,
      {
        kind: 'answer',
        body: { ...body, ...clarification, requestRef: thread.ref, answerSeq: thread.answers + 1 },
        input: replyTo(request, [request.from_agency], input),
        parts: { nominal },
        nominalAttachments,
        inReplyTo: request.id,
        isReply: true,
      },
      language,
    );
    return composition!;
  }

  /** What a note of the caller's side in this thread asks, as a clarification. Any other object is no such note. */
  private async clarification(
    caller: Caller,
    body: AnswerDraft,
    request: OpenedRow,
    noteId: string,
  ): Promise<Pick<AnswerDraft, 'clarification'>> {
    if (body.kind !== 'CLARIFICATION_REQUEST' || body.clarification) {
      throw new InvalidInput([{ pointer: '/fromNote', rule: 'clarification', key: 'problem.noteForClarification' }]);
    }
    const note = await this.objects.open(caller, checkUuid(noteId, '/fromNote'), 'note');
    if (note.thread_seq !== request.thread_seq || note.from_agency !== caller.agencyId) throw new NotFound();
    return { clarification: { text: (payloadOf(note.text).body as { text: string }).text } };
  }

  private async open(caller: Caller, id: string): Promise<{ request: OpenedRow; thread: ThreadRow }> {
    const request = await this.objects.open(caller, checkUuid(id, '/request'), 'request');
    const thread = await this.database.as(caller, (tx) => readThread(tx, request.thread_seq));
    return { request, thread };
  }
}
