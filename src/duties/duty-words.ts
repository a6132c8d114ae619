import { wordsFor } from '../common/codes/words.js';
import { type KeyOf, type Language, message } from '../common/messages/messages.js';
import type { DeadlineName, DutyReason, Span } from './deadlines.js';
import type { DutyRow } from './duty-rows.js';

const BY_DEADLINE: Readonly<Record<DeadlineName, KeyOf<'due'>>> = {
  READ: 'due.read',
  ACKNOWLEDGE: 'due.acknowledge',
  ANSWER: 'due.answer',
  CLARIFY: 'due.clarify',
  REPORT_ON_ANSWER: 'due.report',
  NEXT_REPORT: 'due.nextReport',
  REPORT_ON_ALERT: 'due.alertReport',
  CONFIRM: 'due.confirm',
};

const BY_REASON: Readonly<Partial<Record<DutyReason, KeyOf<'due'>>>> = {
  RAISED: 'due.raised',
  END_OF_SIGHT: 'due.endOfSight',
  NAMED: 'due.named',
  AUTHORISATION_NOTICE: 'due.authorisation',
  POSTPONEMENT: 'due.postponement',
  CONSENT: 'due.consent',
  STANDSTILL: 'due.standstill',
};

/** When a duty is due, by the reader's clock, and why then; in sentences. */
export function becauseOf(
  duty: Pick<DutyRow, 'deadline' | 'reason' | 'urgency' | 'amount' | 'unit' | 'due_at' | 'paused_at'>,
  language: Language,
  timeZone: string,
): string {
  const params = { urgency: wordsFor(language, 'Urgency', duty.urgency), time: timeOf(duty, language) };
  const why = message(BY_REASON[duty.reason] ?? BY_DEADLINE[duty.deadline!], language, params);
  const when = message('due.when', language, { when: moment(duty.due_at, language, timeZone) });
  return [when, why, ...(duty.paused_at === null ? [] : [message('due.paused', language)])].join(' ');
}

/** A moment as people say it: the day of the week, the date, the time, and whose time that is. */
export function moment(at: Date, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  }).format(at);
}

function timeOf({ amount, unit }: { amount: number | null; unit: Span['unit'] | null }, language: Language): string {
  if (amount === null || unit === null) return '';
  if (unit === 'WORKING_DAYS') return message('due.workingDays', language, { count: amount });
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: unit === 'DAYS' ? 'day' : 'hour',
    unitDisplay: 'long',
  }).format(amount);
}
