import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { recordAccess } from '../audit/record-access.js';
import { Cursors } from '../common/cursor.js';
import type { Language } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { ComposerService } from '../exchange/composer.service.js';
import { type Composition, replyTo } from '../exchange/composition.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import { ObjectKinds } from '../exchange/object-kind.js';
import type { OpenedRow } from '../exchange/object-pages.js';
import { checkPageSize, ObjectsService, scopeOf } from '../exchange/objects.service.js';
import { payloadOf } from '../exchange/payload.js';
import type { NoteBody } from './body/note-body.js';
import { NOTE_KIND } from './note-kind.js';
import type { ComposeNoteInput, Note, NoteConnection } from './note.models.js';
import { readNotes } from './note-rows.js';

@Injectable()
export class NotesService implements OnModuleInit {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly composer: ComposerService,
    private readonly objects: ObjectsService,
    private readonly cursors: Cursors,
  ) {}

  onModuleInit(): void {
    this.kinds.register(NOTE_KIND);
  }

  /** The text of a note to sign, under the conditions of what it belongs to. */
  async compose(
    caller: Caller,
    { body, object, to, ...input }: ComposeNoteInput,
    language: Language,
  ): Promise<Composition> {
    const target = await this.objects.open(caller, checkUuid(object, '/object'));
    const otherSide = target.from_agency === caller.agencyId ? target.recipients : [target.from_agency];
    const [composition] = await this.composer.compose(
      caller,
      {
        kind: 'note',
        body,
        input: replyTo(target, to ?? otherSide, input),
        parts: {},
        inReplyTo: target.id,
        isReply: true,
      },
      language,
    );
    return composition!;
  }

  /** One page of the notes in a thread, oldest first; each is opened. */
  async list(
    caller: Caller,
    threadSeq: string,
    { first, after }: { first: number; after: string | null },
  ): Promise<NoteConnection> {
    checkPageSize(first);
    const scope = scopeOf(caller, `notes ${threadSeq}`);
    const from = after === null ? null : this.cursors.read(scope, after)[0]!;
    const { rows, hasNextPage } = await this.database.as(caller, async (tx) => {
      const found = await readNotes(tx, { threadSeq, after: from, limit: first + 1 });
      const page = await recordAccess(tx, 'object.opened', found.slice(0, first));
      return { rows: page, hasNextPage: found.length > first };
    });
    const edges = rows.map((row) => ({ cursor: this.cursors.write(scope, [row.seq]), node: noteOf(row) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
    };
  }
}

function noteOf(row: OpenedRow): Note {
  const { text, language } = payloadOf(row.text).body as unknown as NoteBody;
  return {
    id: row.id,
    from: row.from_agency,
    unit: row.from_unit,
    to: row.recipients,
    at: row.received_at,
    language,
    text,
    object: signedObjectOf(row),
  };
}
