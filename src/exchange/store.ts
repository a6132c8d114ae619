import type { EntityManager } from 'typeorm';
import { command } from '../access/command.js';
import { BadSignedObject, Conflict, Forbidden, InvalidInput, NotFound } from '../common/errors.js';
import { sharingRefusal } from './approvals.js';
import { refusal } from './signatories.js';

/** What became of it in the database. */
export interface StoredObject {
  object_seq: string;
  stored_receipt: string;
  repeated: boolean;
}

/** Stores an object that passed every check, with its releases, terms, feed and parts; the database decides once more. Throws as cmd.submit refuses. */
export async function store(tx: EntityManager, submission: object): Promise<StoredObject> {
  const submit = { name: 'submit', text: 'SELECT * FROM cmd.submit($1)', values: [JSON.stringify(submission)] };
  return (await command<StoredObject>(tx, submit, refusalOf))[0]!;
}

/** What cmd.submit refused, in the API's words. */
function refusalOf(fault: string, detail?: string): Error {
  switch (fault) {
    case 'APPROVAL_NEEDED':
      return sharingRefusal('RULE');
    case 'CEILING':
      return sharingRefusal(detail === 'NOMINAL' ? 'NOMINAL' : 'CLASSIFICATION');
    case 'APPROVER':
      return refusal('FOUR_EYES');
    case 'ID_REUSED':
      return new BadSignedObject('ID_REUSED', { pointer: '/id' });
    case 'LINK':
      return new NotFound();
    case 'REF_TAKEN':
      return new Conflict('error.refTaken', { sub: fault, pointer: '/body/ref' });
    case 'RECALLED':
      return new Conflict('error.recalled', { sub: fault });
    case 'SUPERSEDED':
      return new Conflict('error.superseded', { sub: fault });
    case 'REQUEST_STATE':
      return new Conflict('error.requestMovedOn', { sub: fault });
    case 'ADDRESSEE':
    case 'SUPERSEDES_ADDRESSEES':
    case 'RECALL_ADDRESSEES':
      return new InvalidInput([{ pointer: '/to', rule: fault, key: ADDRESSEE_FAULTS[fault] }]);
    default:
      return new Forbidden();
  }
}

const ADDRESSEE_FAULTS = {
  ADDRESSEE: 'problem.addresseeClosed',
  SUPERSEDES_ADDRESSEES: 'problem.sameAddressees',
  RECALL_ADDRESSEES: 'problem.recallAddressees',
} as const;
