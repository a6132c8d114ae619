import { codeList } from '../common/codes/code-list.js';
import type { DutyKind } from './deadlines.js';

export const DutyKinds = codeList('DutyKind', 'What is owed.', {
  READ: 'To open an alert, or its new version.',
  ACKNOWLEDGE: 'To tell that a request is being looked at.',
  ANSWER: 'To answer a request, or to refuse it.',
  CLARIFY: 'To make a request clear that was asked back about; else it lapses.',
  FIRST_REPORT: 'To report a first result of an alert, even that nothing has come of it yet.',
  REPORT: 'To report what came of an alert or an answer in the end.',
  CONFIRM: 'To send in writing what was asked by word of mouth; else it lapses.',
  CONSENT: 'To answer a question for consent; silence is refusal.',
} satisfies Record<DutyKind, string>);

export const DutySides = codeList('DutySide', 'Who owes it, as the caller sees it.', {
  BY_US: "The caller's agency.",
  TO_US: "The other side, to the caller's agency.",
});
export type DutySide = keyof typeof DutySides;
