import { codeList, type Code } from './code-list.js';

export const AnswerKind = codeList('AnswerKind', 'What an answer does to the request.', {
  ACKNOWLEDGEMENT: 'The request has been received and is being looked at.',
  CLARIFICATION_REQUEST: 'The request cannot be carried out before something is made clear.',
  TRANSFER_NOTICE: 'Another authority is competent; the request was forwarded to it, or should be sent to it.',
  DELAY_NOTICE: 'The answer will be late: why, and when to expect it.',
  INTERIM: 'A first part of the answer; more follows.',
  FINAL: 'The last answer: every question is settled.',
  NEGATIVE: 'Everything was checked and nothing was found.',
  PARTIAL_REFUSAL: 'Some questions are refused.',
  REFUSAL: 'The whole request is refused.',
  POSTPONEMENT: 'Carrying out the request now would harm an investigation or proceeding; both sides consult.',
});
export type AnswerKind = Code<typeof AnswerKind>;

export const QuestionResult = codeList('QuestionResult', 'How a question stands. Only PARTLY leaves it open.', {
  ANSWERED: 'Answered.',
  NEGATIVE: 'Checked, nothing found.',
  PARTLY: 'Answered in part; the rest follows.',
  REFUSED: 'Refused; the ground stands beside it.',
});
export type QuestionResult = Code<typeof QuestionResult>;

/** `source`: EU customs protocols and Directive (EU) 2023/977; R10 is unverified (Naples II, Article 28). */
export const RefusalGround = codeList(
  'RefusalGround',
  'Why assistance is refused or postponed. Every ground needs a reason in words, except R01 and R09, where the reasons may be withheld.',
  {
    R01: 'Sovereignty or national security.',
    R02: 'Public policy, public order or another essential interest.',
    R03: 'An industrial, commercial or professional secret.',
    R04: 'Contrary to domestic law.',
    R05: 'Not available or not held.',
    R06: 'The request is still incomplete after clarification.',
    R07: 'A court or judge did not authorise it.',
    R08: 'Harm to a running investigation or proceeding; normally a reason to postpone.',
    R09: 'Danger to a person.',
    R10: 'The effort is out of proportion to the gravity of the matter.',
    R11: 'Outside the scope of the agreement.',
    R12: 'No reciprocity.',
    R13: 'Personal data would not be protected equally.',
    R14: 'The data are inaccurate or outdated.',
    R15: 'A minor matter, or no offence here.',
    R16: 'An assurance is missing or was broken.',
    R17: 'Political, military, religious or racial character.',
    R99: 'Another ground.',
  },
);
export type RefusalGround = Code<typeof RefusalGround>;

export const RefusalScope = codeList('RefusalScope', 'What a refusal or postponement covers.', {
  ALL: 'The whole request.',
  QUESTIONS: 'The questions listed.',
});
export type RefusalScope = Code<typeof RefusalScope>;

export const AuthorisationStatus = codeList(
  'AuthorisationStatus',
  'How far the authorisation by a court or judge has come.',
  {
    NEEDED: 'Needed and not asked for yet.',
    ASKED: 'Asked for.',
    GRANTED: 'Granted.',
    DENIED: 'Denied.',
  },
);
export type AuthorisationStatus = Code<typeof AuthorisationStatus>;
