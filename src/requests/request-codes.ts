import { codeList } from '../common/codes/code-list.js';
import type { RequestAct, RequestState } from './request-states.js';
import type { QuestionState } from './request-threads.js';

export const RequestStates = codeList('RequestState', 'Where a request for assistance stands.', {
  RECEIVED: 'It has reached the queue of the requested side.',
  ACCEPTED: 'The requested side has acknowledged it.',
  CLARIFICATION_NEEDED: 'The requested side waits until something has been made clear.',
  PARTIALLY_ANSWERED: 'A part of the answer has been given.',
  ANSWERED: 'It has had its final answer; the requesting side still reports what came of it.',
  REFUSED: 'The requested side has refused it, with a ground.',
  WITHDRAWN: 'The requesting side has withdrawn it.',
  CLOSED: 'The requesting side has reported what came of it. Nothing more is to be done.',
} satisfies Record<RequestState, string>);

export const RequestActs = codeList('RequestAct', 'What one object does in the thread of a request.', {
  REQUEST: 'Asks.',
  ACKNOWLEDGEMENT: 'Tells that the request is being looked at.',
  CLARIFICATION_REQUEST: 'Asks back.',
  INTERIM: 'Gives a part of the answer.',
  FINAL: 'Gives the last answer.',
  NEGATIVE: 'Tells that everything was checked and nothing was found.',
  REFUSAL: 'Refuses the request.',
  REVISION: 'Replaces the request by a new version: a correction, or the clarification that was asked for.',
  WITHDRAWAL: 'Withdraws the request.',
  CLOSING: 'Closes the request with the last report of the result.',
} satisfies Record<RequestAct, string>);

export const QuestionStates = codeList('QuestionState', 'How one question of a request stands.', {
  OPEN: 'Not answered.',
  INTERIM: 'Answered in part; the rest follows.',
  ANSWERED: 'Answered.',
  NEGATIVE: 'Checked, nothing found.',
  REFUSED: 'Refused; the answer gives the ground.',
} satisfies Record<QuestionState, string>);

export const RequestDirections = codeList('RequestDirection', 'Whose request it is, as the caller sees it.', {
  INCOMING: "The caller's agency was asked.",
  OUTGOING: "The caller's agency asks.",
});
export type RequestDirection = keyof typeof RequestDirections;
