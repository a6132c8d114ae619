import { codeList } from '../common/codes/code-list.js';

export const NoticeKinds = codeList('NoticeKind', 'What a notice tells of.', {
  FLASH: 'Something flash has come, which nobody has opened or acknowledged.',
  URGENT: 'Something urgent has come.',
  REMINDER: 'Half, or four fifths, of the time of a duty has passed; or a quarter, and nobody has taken it over.',
  OVERDUE: 'The time of a duty has passed.',
  DRAFT: 'A draft waits for the approval of a second officer.',
  DIGEST: 'How much of the unit is open, due today and overdue.',
  CONFIRM: 'The code that confirms an address for notices.',
});
export type NoticeKind = keyof typeof NoticeKinds;

export const NoticeProblems = codeList('NoticeProblem', 'Why a notice was not sent.', {
  UNREACHABLE: 'The mail server cannot be reached, or does not let the hub in; it is tried again for a day.',
  DEFERRED: 'The mail server takes it later; it is tried again for a day.',
  REFUSED: 'The mail server does not take it, mostly as there is no such address.',
  NO_ADDRESS: 'The unit has neither an officer on its roster who can be told, nor a mailbox.',
});
export type NoticeProblem = keyof typeof NoticeProblems;
