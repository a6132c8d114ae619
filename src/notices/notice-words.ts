import { wordsFor } from '../common/codes/words.js';
import { type KeyOf, type Language, message } from '../common/messages/messages.js';
import { moment } from '../duties/duty-words.js';
import type { NoticeKind } from './notice-codes.js';

/** All that the database gives of a notice: nothing of what it is about, so nothing of it can be said. */
export interface ClaimedNotice {
  id: string;
  kind: NoticeKind;
  address: string;
  language: Language;
  time_zone: string;
  unit_en: string;
  unit_vi: string;
  /** Of a confirmation alone. */
  code: string | null;
  urgency: string | null;
  /** The first of what waits. */
  due_at: Date | null;
  count: number;
  today: number;
  overdue: number;
}

const SUBJECTS: Readonly<Record<NoticeKind, KeyOf<'notice'>>> = {
  FLASH: 'notice.flash',
  URGENT: 'notice.urgent',
  REMINDER: 'notice.reminder',
  OVERDUE: 'notice.overdue',
  DRAFT: 'notice.draft',
  DIGEST: 'notice.digest',
  CONFIRM: 'notice.confirm',
};

/** What a mail says, and all of it: urgency, count, the time by the clock of the reader's agency, the unit, and where the hub is. */
export function noticeWords(notice: ClaimedNotice, link: string): { subject: string; text: string } {
  const { kind, language, time_zone: timeZone, due_at: dueAt, count, today, overdue } = notice;
  const unit = oneLine(language === 'vi' ? notice.unit_vi : notice.unit_en);
  const facts = {
    code: () => [
      message('notice.code', language, { code: notice.code ?? '' }),
      message('notice.codeUntil', language),
      '',
    ],
    digest: () => [
      message('notice.open', language, { count }),
      message('notice.today', language, { count: today }),
      message('notice.late', language, { count: overdue }),
    ],
    duties: () => [
      message('notice.urgency', language, { urgency: wordsFor(language, 'Urgency', notice.urgency ?? '') }),
      message('notice.count', language, { count }),
      ...(dueAt === null ? [] : [message('notice.due', language, { when: moment(dueAt, language, timeZone) })]),
    ],
  };
  const said = kind === 'CONFIRM' ? facts.code() : kind === 'DIGEST' ? facts.digest() : facts.duties();
  const lines = [...said, message('notice.unit', language, { unit }), '', link];
  return { subject: message(SUBJECTS[kind], language, { unit }), text: `${lines.join('\n')}\n` };
}

/** A name as one line: what would end a header, or turn the text round, is a blank. */
function oneLine(name: string): string {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
