import type { EntityManager } from 'typeorm';
import { type Command, command } from '../access/command.js';
import { Conflict, ConsentRequired, Forbidden, InvalidInput, NotFound, RestrictionUnread } from '../common/errors.js';
import type { MessageKey } from '../common/messages/messages.js';

/** Runs a command on a matter. PostgreSQL decides under the caller's rights and a lock. */
export async function deskCommand(tx: EntityManager, statement: Command): Promise<void> {
  await command(tx, statement, refusalOf);
}

function refusalOf(fault: string, detail?: string): Error {
  switch (fault) {
    case 'LINK':
      return new NotFound();
    case 'FORBIDDEN':
      return new Forbidden();
    case 'RESTRICTION':
      return new RestrictionUnread(detail);
    case 'REASON':
      return new InvalidInput([{ pointer: '/note', rule: fault, key: 'problem.reasonUnderRestriction' }]);
    case 'CONSENT_REQUIRED':
      return new ConsentRequired();
    case 'OFFICER':
      return new InvalidInput([{ pointer: '/officer', rule: fault, key: 'problem.ownOfficer' }]);
    case 'UNIT':
      return new InvalidInput([{ pointer: '/unit', rule: fault, key: 'problem.ownUnit' }]);
    case 'TASK_DUE':
      return new InvalidInput([{ pointer: '/dueAt', rule: fault, key: 'problem.taskDue' }]);
    default:
      return new Conflict(CONFLICTS[fault]!, { sub: fault });
  }
}

const CONFLICTS: Record<string, MessageKey> = {
  HELD: 'error.matterHeld',
  NOT_HELD: 'error.matterNotHeld',
  OFFICER_SIGHT: 'error.officerSight',
  TASK_ENDED: 'error.taskEnded',
  LETTER_CLOSED: 'error.letterClosed',
};
