import { type Code, codeList } from '../common/codes/code-list.js';

export const DraftStates = codeList('DraftState', 'Where a draft stands.', {
  DRAFT: 'Its author is at work on it; nobody else sees it.',
  REVIEW: 'Its author has signed it; it waits for another officer of the unit who may send.',
  RETURNED: 'It was given back to its author, with what is to be changed.',
  SENT: 'It was sent, with the signatures that it needs.',
  WITHDRAWN: 'Its author does without it.',
  LAPSED: 'Nothing was done with it for 30 days.',
});
export type DraftStateCode = Code<typeof DraftStates>;
