import { codeList } from '../common/codes/code-list.js';

export const AddresseeStates = codeList('AddresseeState', 'How far an addressee of an alert has come.', {
  DELIVERED: 'It lies in the addressee’s queue.',
  READ: 'It was opened there.',
  RECEIVED: 'The addressee has said that it was received.',
  TASKED: 'A field unit has been given the task.',
  CONTROLLED: 'A control was carried out; the last report is still owed.',
  CLOSED: 'The last report has been made.',
  WAIVED: 'The sender does without a report.',
});
export type AddresseeState = keyof typeof AddresseeStates;
