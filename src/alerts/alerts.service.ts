import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import type { Problem } from '../common/errors.js';
import type { Language } from '../common/messages/messages.js';
import { NominalAttachments } from '../exchange/body/nominal-attachments.js';
import { NominalData } from '../exchange/body/nominal-data.js';
import { selectorsOf } from '../exchange/body/selectors.js';
import { ComposerService } from '../exchange/composer.service.js';
import type { Composition } from '../exchange/composition.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import { type Incoming, ObjectKinds } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import { ObjectsService } from '../exchange/objects.service.js';
import { payloadOf } from '../exchange/payload.js';
import type { Alert, AlertSummary, ComposeAlertInput } from './alert.models.js';
import { AlertBody } from './body/alert-body.js';

interface AlertRow {
  seq: string;
  kind: string;
  severity: string;
  valid_from: Date;
  valid_to: Date;
}

@Injectable()
export class AlertsService implements OnModuleInit {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly composer: ComposerService,
    private readonly objects: ObjectsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register<AlertBody>({
      kind: 'alert',
      body: AlertBody,
      isHiddenByRecall: true,
      parts: { nominal: NominalData, nominalAttachments: NominalAttachments },
      headline: ({ ref, title, urgency }) => ({ ref, title, urgency }),
      terms: (body) => selectorsOf('alert', body),
      check: async (_tx, incoming) => problemsOfLinks(incoming),
      project: async (tx, seq, { body }) => {
        await prepared(
          tx,
          'project-alert',
          'INSERT INTO hub.alert (seq, kind, severity, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)',
          [seq, body.kind, body.severity, body.validFrom, body.validTo],
        );
      },
    });
  }

  compose(
    caller: Caller,
    { body, nominal, nominalAttachments, ...input }: ComposeAlertInput,
    language: Language,
  ): Promise<Composition[]> {
    const draft = { kind: 'alert' as const, body, refCode: 'ALR', input, parts: { nominal }, nominalAttachments };
    return this.composer.compose(caller, draft, language);
  }

  /** Opens an alert. An object of another kind is no alert: the same answer as for none. */
  async open(caller: Caller, id: string): Promise<Alert> {
    const row = await this.objects.open(caller, id, 'alert');
    const summary = (await this.summaries(caller, [row])).get(row.seq)!; // stored with its object, in one transaction
    return {
      ...summary,
      id: row.id,
      object: signedObjectOf(row),
      body: payloadOf(row.text).body as unknown as AlertBody,
    };
  }

  /** What lists show of the alerts among these objects, by seq. */
  summaries(caller: Caller, rows: readonly ObjectRow[]): Promise<Map<string, AlertSummary>> {
    return this.database.as(caller, async (tx) => {
      const alerts = await prepared<AlertRow>(
        tx,
        'alerts-by-seq',
        'SELECT a.seq, a.kind, a.severity, a.valid_from, a.valid_to FROM hub.alert a WHERE a.seq = ANY ($1::bigint[])',
        [rows.map((row) => row.seq)],
      );
      const objects = new Map(rows.map((row) => [row.seq, row]));
      return new Map(alerts.map((alert) => [alert.seq, this.summaryOf(alert, objects.get(alert.seq)!)]));
    });
  }

  private summaryOf(alert: AlertRow, object: ObjectRow): AlertSummary {
    return {
      kind: alert.kind,
      severity: alert.severity,
      validFrom: alert.valid_from,
      validTo: alert.valid_to,
      state: stateOf(alert, object, this.clock.now()),
    };
  }
}

function problemsOfLinks({ inReplyTo, supersedes, body }: Incoming<AlertBody>): Problem[] {
  const problems: Problem[] = [];
  if (inReplyTo !== null) problems.push({ pointer: '/inReplyTo', rule: 'alone', key: 'problem.alertAlone' });
  if (supersedes !== null && supersedes.ref !== body.ref) {
    problems.push({ pointer: '/body/ref', rule: 'sameRef', key: 'problem.sameRef' });
  }
  return problems;
}

function stateOf(alert: AlertRow, object: ObjectRow, now: Date): string {
  if (object.recalled_by_seq !== null) return 'RECALLED';
  if (object.superseded_by_seq !== null) return 'UPDATED';
  return alert.valid_to <= now ? 'EXPIRED' : 'RELEASED';
}
