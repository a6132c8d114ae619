import { type Code, codeList } from '../common/codes/code-list.js';

/** In references of letters: VN-LTR-2026-MPLRSA. */
export const LETTER_CODE = 'LTR';

export const LetterDirection = codeList('LetterDirection', 'Which way a letter went.', {
  IN: 'It came from the partner.',
  OUT: 'It went to the partner.',
});
export type LetterDirection = Code<typeof LetterDirection>;

export const LetterMedium = codeList('LetterMedium', 'How a letter went.', {
  POST: 'By post.',
  EMAIL: 'By e-mail.',
  FAX: 'By fax.',
  HANDED_OVER: 'From hand to hand.',
});
export type LetterMedium = Code<typeof LetterMedium>;

export const LetterKind = codeList('LetterKind', 'What a letter does.', {
  REQUEST: 'It asks for assistance. An answer is owed.',
  ANSWER: 'It answers a request by letter.',
  ALERT: 'It warns.',
  FEEDBACK: 'It reports what came of an alert or an answer.',
  REMINDER: 'It reminds of an answer that is owed. It moves no time.',
  OTHER: 'Anything else, such as making clear what was asked back.',
});
export type LetterKind = Code<typeof LetterKind>;

export const LetterState = codeList('LetterState', 'Where a letter stands.', {
  OPEN: 'It asks, and its answer is owed.',
  ANSWERED: 'It asked, and has had its last answer.',
  FILED: 'It asks for nothing.',
  CLOSED: 'It was closed: nothing more is owed for it.',
});
export type LetterState = Code<typeof LetterState>;

export const LetterClosing = codeList('LetterClosing', 'Why a letter was closed.', {
  WITHDRAWN: 'Whoever asked does without an answer.',
  OTHERWISE: 'The matter was settled in another way.',
  MISTAKE: 'It was registered by mistake: it counts for nothing.',
});
export type LetterClosing = Code<typeof LetterClosing>;

export const LetterAct = codeList('LetterAct', 'What was done with a letter in the register.', {
  REGISTERED: 'It was registered.',
  CORRECTED: 'What is written of it was corrected.',
  CLOSED: 'It was closed.',
  TASK_GIVEN: 'A unit was given something to do for it.',
  TASK_DONE: 'A unit has done what it was to do.',
  TASK_WITHDRAWN: 'The unit that gave a task does without it.',
});
export type LetterAct = Code<typeof LetterAct>;

export const LetterAssurance = codeList('LetterAssurance', 'How sure it is whose words they are.', {
  UNSIGNED:
    'It came outside the hub: no key of an administration has signed it. What is written of it, an officer has typed.',
});
export type LetterAssurance = Code<typeof LetterAssurance>;

export const ImportState = codeList('ImportState', 'What becomes of a row of an old register.', {
  NEW: 'It is registered, or with a dry run would be.',
  KNOWN: 'It stands in the register already.',
  REFUSED: 'Something is wrong with it.',
});
export type ImportState = Code<typeof ImportState>;
