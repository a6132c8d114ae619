import { wordsFor } from '../common/codes/words.js';
import { type KeyOf, type Language, message } from '../common/messages/messages.js';
import type { DutyKind } from './deadlines.js';
import type { DutyRow } from './duty-rows.js';

const BY_PROFILE: Readonly<Record<DutyKind, KeyOf<'due'>>> = {
  ACKNOWLEDGE: 'due.acknowledge',
  ANSWER: 'due.answer',
  REPORT: 'due.report',
};

const BY_ACT: Readonly<Record<Exclude<DutyRow['reason'], 'RECEIPT'>, KeyOf<'due'>>> = {
  RAISED: 'due.raised',
  AUTHORISATION_NOTICE: 'due.authorisation',
  POSTPONEMENT: 'due.postponement',
};

/** Why a duty is due when it is, in a sentence. */
export function becauseOf(
  { kind, reason, urgency, hours, paused_at }: Pick<DutyRow, 'kind' | 'reason' | 'urgency' | 'hours' | 'paused_at'>,
  language: Language,
): string {
  const params = { urgency: wordsFor(language, 'Urgency', urgency), time: timeIn(hours, language) };
  const sentence = message(reason === 'RECEIPT' ? BY_PROFILE[kind] : BY_ACT[reason], language, params);
  return paused_at === null ? sentence : `${sentence} ${message('due.paused', language)}`;
}

/** Hours as people say them: whole days from two on. */
function timeIn(hours: number, language: Language): string {
  const isDays = hours % 24 === 0 && hours >= 48;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: isDays ? 'day' : 'hour',
    unitDisplay: 'long',
  }).format(isDays ? hours / 24 : hours);
}
