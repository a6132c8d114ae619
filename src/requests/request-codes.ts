import { codeList } from '../common/codes/code-list.js';
import type { OralState } from './oral-states.js';
import type { RequestAct, RequestState } from './request-states.js';
import type { QuestionState } from './request-threads.js';
import type { SlotName } from './standard-questions.js';

export const RequestStates = codeList('RequestState', 'Where a request for assistance stands.', {
  RECEIVED: 'It has reached the queue of the requested side.',
  ACCEPTED: 'The requested side has acknowledged it.',
  CLARIFICATION_NEEDED: 'The requested side waits until something has been made clear.',
  AWAITING_AUTHORISATION: 'The requested side waits for a court or judge. The answer is due when its notice says.',
  PARTIALLY_ANSWERED: 'A part of the answer has been given.',
  POSTPONED: 'The requested side has put it off, with a ground and a date until which it is ready to consult.',
  CONSULTATION: 'It was postponed, and the requesting side has offered a new version.',
  TRANSFERRED: 'Another authority is competent; the requesting side has been told which.',
  ANSWERED: 'It has had its final answer; the requesting side still reports what came of it.',
  REFUSED: 'The requested side has refused it, with a ground.',
  WITHDRAWN: 'The requesting side has withdrawn it.',
  LAPSED: 'What was asked back was not made clear in time.',
  CLOSED: 'The requesting side has reported what came of it. Nothing more is to be done.',
} satisfies Record<RequestState, string>);

export const OralRequestStates = codeList('OralRequestState', 'Where a request made by word of mouth stands.', {
  ORAL_RECEIVED: 'The side that was asked has noted it. Whoever asked owes it in writing.',
  CONFIRMED: 'It has been sent in writing.',
  LAPSED: 'It was not sent in writing in time.',
  WITHDRAWN: 'The side that noted it has taken the note back.',
} satisfies Record<OralState, string>);

export const RequestActs = codeList('RequestAct', 'What one object does in the thread of a request.', {
  REQUEST: 'Asks.',
  ACKNOWLEDGEMENT: 'Tells that the request is being looked at, or after it waited, that the work goes on.',
  CLARIFICATION_REQUEST: 'Asks back.',
  TRANSFER_NOTICE: 'Tells which other authority is competent.',
  DELAY_NOTICE: 'Tells why the answer will be late, and when to expect it.',
  AUTHORISATION_NOTICE: 'The same, because a court or judge has to authorise it first.',
  INTERIM: 'Gives a part of the answer.',
  FINAL: 'Gives the last answer.',
  NEGATIVE: 'Tells that everything was checked and nothing was found.',
  PARTIAL_REFUSAL: 'Refuses some of the questions.',
  REFUSAL: 'Refuses the request.',
  PARTIAL_POSTPONEMENT: 'Puts some of the questions off.',
  POSTPONEMENT: 'Puts the request off.',
  REVISION: 'Replaces the request by a new version: a correction, or the clarification that was asked for.',
  WITHDRAWAL: 'Withdraws the request.',
  LAPSE: 'The time for the clarification is over. No object: the hub does it.',
  PROGRESS_REPORT: 'Reports what has come of the answer so far.',
  CLOSING: 'Closes the request with the last report of the result.',
} satisfies Record<RequestAct, string>);

export const QuestionStates = codeList('QuestionState', 'How one question of a request stands.', {
  OPEN: 'Not answered.',
  INTERIM: 'Answered in part; the rest follows.',
  POSTPONED: 'Put off; the answer gives the ground and the date until which the requested side is ready to consult.',
  ANSWERED: 'Answered.',
  NEGATIVE: 'Checked, nothing found.',
  REFUSED: 'Refused; the answer gives the ground.',
} satisfies Record<QuestionState, string>);

export const RequestDirections = codeList('RequestDirection', 'Whose request it is, as the caller sees it.', {
  INCOMING: "The caller's agency was asked.",
  OUTGOING: "The caller's agency asks.",
});
export type RequestDirection = keyof typeof RequestDirections;

/** The forms stand in body/standard-question.ts. */
export const QuestionSlot = codeList('QuestionSlot', 'What may stand in a slot of a standard question.', {
  CONTAINER: 'Container number with a right check digit, ISO 6346: CSQU3054383.',
  BILL_OF_LADING: 'Number of a bill of lading, as the document prints it.',
  AIR_WAYBILL: 'Master air waybill: eleven digits, check digit right, no dash.',
  POSTAL_ITEM: 'Postal item number, UPU S10: RR473124829FI.',
  DECLARATION: 'Number of a customs declaration.',
  INVOICE: 'Number of an invoice.',
  CERTIFICATE: 'Number of a certificate, licence or permit.',
  VESSEL: 'IMO ship number: seven digits, check digit right.',
  FLIGHT: 'Flight number: airline and number without blanks, VN384.',
  VEHICLE: 'Number plate, as it is read.',
  PLACE: 'UN/LOCODE of a place.',
  LOADING_PLACE: 'UN/LOCODE where goods are loaded or leave.',
  DISCHARGE_PLACE: 'UN/LOCODE where goods are discharged or arrive.',
  COUNTRY: 'Country, ISO 3166-1 alpha-2.',
  HS_CODE: 'Tariff code, Harmonized System: six digits and up to four national ones; dots allowed.',
  DATE: 'A day: 2026-11-22.',
  PERIOD: 'First and last day with a slash between them: 2026-01-01/2026-03-31.',
  QUANTITY: 'Decimal number and unit (UNECE Recommendation 20) with a blank between them: 12.500 KGM.',
  AMOUNT: 'Decimal number and currency (ISO 4217) with a blank between them: 12500.00 USD.',
  PARTY: 'Key of a party of the request, such as P1; the personal details stand in the nominal part.',
  BUSINESS: 'Name of a business, never of a natural person.',
  OTHER_BUSINESS: 'Name of a second business, never of a natural person.',
  GOODS: 'What the goods are.',
  DOCUMENT: 'Which document: its kind and number.',
  AUTHORITY: 'Name of a court or an authority.',
  SUBJECT: 'What the question is about, without personal details.',
} satisfies Record<SlotName, string>);
