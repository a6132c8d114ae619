import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { prepared } from '../access/prepared.js';
import type { Contribution, FeedbackDisposition, FeedbackStage } from '../common/codes/feedback-codes.js';
import { Conflict, InvalidInput, NotFound } from '../common/errors.js';

/** Lets a report take its effect on its alert; PostgreSQL decides, under a lock, whether it still may. */
export async function takeFeedback(tx: EntityManager, seq: string): Promise<void> {
  await command(tx, { name: 'take-feedback', text: 'SELECT cmd.take_feedback($1)', values: [seq] }, refusalOf);
}

/** What cmd.take_feedback refused, in the API's words. */
function refusalOf(fault: string): Error {
  switch (fault) {
    case 'LINK':
      return new NotFound();
    case 'ADDRESSEE':
      return new InvalidInput([{ pointer: '/to', rule: 'sender', key: 'problem.alertSender' }]);
    default:
      return new Conflict('error.feedbackClosed', { sub: 'FEEDBACK_CLOSED', pointer: '/body/stage' });
  }
}

/** How far one addressee of an alert has come: a row for each agency, or for each unit that was addressed itself. */
export interface AddresseeRow {
  agency: string;
  unit: string | null;
  /** When it was first opened there; null when it was not. */
  read_at: Date | null;
  /** Of its newest report. */
  stage: FeedbackStage | null;
  disposition: FeedbackDisposition | null;
  reported_at: Date | null;
  /** When the next thing is due that it owes; null when it owes nothing. */
  due_at: Date | null;
  waived_because: string | null;
}

/** The addressees of an alert, as far as the caller may see: its sender sees all, an addressee itself. */
export function readAddressees(tx: EntityManager, threadSeq: string): Promise<AddresseeRow[]> {
  return prepared<AddresseeRow>(
    tx,
    'alert-addressees',
    `SELECT d.owed_by AS agency, d.owed_by_unit AS unit, CASE d.outcome WHEN 'DONE' THEN d.settled_at END AS read_at,
       f.stage, f.disposition, f.reported_at, e.due_at, e.waived_because
     FROM hub.duty d
     LEFT JOIN LATERAL (
       SELECT min(x.due_at) FILTER (WHERE x.settled_at IS NULL) AS due_at, max(x.waived_because) AS waived_because FROM hub.duty x
       WHERE x.thread_seq = d.thread_seq AND x.owed_by = d.owed_by AND x.owed_by_unit IS NOT DISTINCT FROM d.owed_by_unit) e ON true
     LEFT JOIN LATERAL (
       SELECT y.stage, y.disposition, o.received_at AS reported_at FROM hub.feedback y JOIN hub.object o ON o.seq = y.seq
       WHERE y.thread_seq = d.thread_seq AND y.by_agency = d.owed_by AND (d.owed_by_unit IS NULL OR y.by_unit = d.owed_by_unit
         OR NOT EXISTS (SELECT 1 FROM hub.duty z WHERE z.thread_seq = d.thread_seq AND z.kind = 'READ' AND z.owed_by_unit = y.by_unit))
       ORDER BY y.seq DESC LIMIT 1) f ON true
     WHERE d.thread_seq = $1 AND d.kind = 'READ' ORDER BY d.owed_by, d.owed_by_unit`,
    [threadSeq],
  );
}

/** Ends what an addressee owes of results. Answers how many duties that ended. */
export async function waiveReports(
  tx: EntityManager,
  { alert, agency, reason }: { alert: string; agency: string; reason: string },
): Promise<number> {
  const text = 'SELECT cmd.waive_reports($1, $2, $3) AS waived';
  const [row] = await prepared<{ waived: number }>(tx, 'waive-reports', text, [alert, agency, reason]);
  return row!.waived;
}

/** A report on an alert, for lists. */
export interface ReportRow {
  seq: string;
  id: string;
  by_agency: string;
  by_unit: string;
  stage: FeedbackStage;
  disposition: FeedbackDisposition | null;
  contribution: Contribution | null;
  received_at: Date;
}

/** The reports on an alert that the caller may see, newest first, below this seq. */
export function readReports(
  tx: EntityManager,
  threadSeq: string,
  { before, limit }: { before: string | null; limit: number },
): Promise<ReportRow[]> {
  return prepared<ReportRow>(
    tx,
    'alert-reports',
    `SELECT f.seq, o.id, f.by_agency, f.by_unit, f.stage, f.disposition, f.contribution, o.received_at
     FROM hub.feedback f JOIN hub.object o ON o.seq = f.seq
     WHERE f.thread_seq = $1 AND f.seq < $2 ORDER BY f.seq DESC LIMIT $3`,
    [threadSeq, before ?? '9223372036854775807', limit],
  );
}
