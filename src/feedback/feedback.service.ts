import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { Conflict, NotFound } from '../common/errors.js';
import type { Language } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { checkText } from '../exchange/body/rules/text.js';
import { ComposerService } from '../exchange/composer.service.js';
import { type Composition, replyTo } from '../exchange/composition.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import { ObjectKinds } from '../exchange/object-kind.js';
import { readObject } from '../exchange/object-pages.js';
import { checkPageSize, ObjectsService, scopeOf } from '../exchange/objects.service.js';
import { payloadOf } from '../exchange/payload.js';
import type { FeedbackBody } from './body/feedback-body.js';
import type { AddresseeState } from './feedback-codes.js';
import { FEEDBACK_KIND } from './feedback-kind.js';
import type {
  AlertAddressee,
  AlertReport,
  AlertReportConnection,
  ComposeFeedbackInput,
  Feedback,
} from './feedback.models.js';
import { type AddresseeRow, readAddressees, readReports, type ReportRow, waiveReports } from './feedback-rows.js';

const LONGEST_REASON = 1_000;

@Injectable()
export class FeedbackService implements OnModuleInit {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly composer: ComposerService,
    private readonly objects: ObjectsService,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register(FEEDBACK_KIND);
  }

  /** The text of a report to sign; it goes back to the other side of what it is about. */
  async compose(
    caller: Caller,
    { body, object, ...input }: ComposeFeedbackInput,
    language: Language,
  ): Promise<Composition> {
    const target = await this.objects.open(caller, checkUuid(object, '/object'));
    if (target.kind !== 'alert' && target.kind !== 'request') throw new NotFound();
    const to = target.from_agency === caller.agencyId ? target.recipients : [target.from_agency];
    const [composition] = await this.composer.compose(
      caller,
      {
        kind: 'feedback',
        body: { ...body, targetRef: target.ref },
        input: replyTo(target, to, input),
        parts: {},
        inReplyTo: target.id,
        isReply: true,
      },
      language,
    );
    return composition!;
  }

  /** Opens a report. An object of another kind is none: the same answer as for none. */
  async open(caller: Caller, id: string): Promise<Feedback> {
    const row = await this.objects.open(caller, id, 'feedback');
    return { id: row.id, object: signedObjectOf(row), body: payloadOf(row.text).body as unknown as FeedbackBody };
  }

  addressees(caller: Caller, threadSeq: string): Promise<AlertAddressee[]> {
    return this.database.as(caller, async (tx) =>
      (await readAddressees(tx, threadSeq)).map((row) => shown(row, this.clock.now())),
    );
  }

  async reports(
    caller: Caller,
    threadSeq: string,
    { first, after }: { first: number; after: string | null },
  ): Promise<AlertReportConnection> {
    checkPageSize(first);
    const scope = scopeOf(caller, `reports ${threadSeq}`);
    const before = after === null ? null : this.cursors.read(scope, after)[0]!;
    const rows = await this.database.as(caller, (tx) => readReports(tx, threadSeq, { before, limit: first + 1 }));
    return connectionOf(rows, first, (row) => ({ cursor: this.cursors.write(scope, [row.seq]), node: report(row) }));
  }

  /** The sender of an alert does without the reports of one of its addressees. Only its sender can; for others there is no such alert. */
  waive(caller: Caller, waiver: { alert: string; agency: string; reason: string }): Promise<AlertAddressee[]> {
    checkText(waiver.reason, LONGEST_REASON, '/reason');
    return this.database.as(caller, async (tx) => {
      const alert = await readObject(tx, waiver.alert);
      if (alert?.kind !== 'alert' || alert.from_agency !== caller.agencyId) throw new NotFound();
      if ((await waiveReports(tx, waiver)) === 0) throw new Conflict('error.nothingToWaive', { sub: 'NOTHING_OWED' });
      return (await readAddressees(tx, alert.thread_seq)).map((row) => shown(row, this.clock.now()));
    });
  }
}

function shown(row: AddresseeRow, now: Date): AlertAddressee {
  const { agency, unit, disposition, reported_at, due_at, waived_because } = row;
  return {
    agency,
    unit,
    state: stateOf(row),
    disposition,
    reportedAt: reported_at,
    dueAt: due_at,
    isOverdue: due_at !== null && due_at <= now,
    waivedBecause: waived_because,
  };
}

function stateOf({ stage, waived_because, read_at }: AddresseeRow): AddresseeState {
  if (stage === 'CLOSED' || (stage !== null && waived_because === null)) return stage;
  if (waived_because !== null) return 'WAIVED';
  return read_at === null ? 'DELIVERED' : 'READ';
}

function report({ id, by_agency, by_unit, stage, disposition, contribution, received_at }: ReportRow): AlertReport {
  return { id, from: by_agency, unit: by_unit, stage, disposition, contribution, receivedAt: received_at };
}
