import { codeList } from '../common/codes/code-list.js';
import type { DutyKind } from './deadlines.js';

export const DutyKinds = codeList('DutyKind', 'What is owed.', {
  ACKNOWLEDGE: 'To tell that a request is being looked at.',
  ANSWER: 'To answer a request, or to refuse it.',
  REPORT: 'To report what an answer led to.',
} satisfies Record<DutyKind, string>);

export const DutySides = codeList('DutySide', 'Who owes it, as the caller sees it.', {
  BY_US: "The caller's agency.",
  TO_US: "The other side, to the caller's agency.",
});
export type DutySide = keyof typeof DutySides;
