import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { Conflict, Forbidden, type Problem } from '../common/errors.js';
import type { Handling } from '../exchange/body/handling.js';
import { readHandling } from '../exchange/object-pages.js';
import { problemsOfInheritance } from '../exchange/inherited-handling.js';
import type { ObjectKind } from '../exchange/object-kind.js';
import type { ObjectRow } from '../exchange/object-record.js';
import type { Envelope } from '../protocol/envelope.js';
import { readThread, sideOf } from '../requests/request-threads.js';
import { NoteBody } from './body/note-body.js';

/**
 * A note between the two sides of an alert or of a request. It has no rows of its own and no effect: the state of a request, its clocks and
 * what an addressee owes stay as they are. A closed request still takes notes, since what was exchanged goes on being used; what was
 * recalled takes none.
 */
export const NOTE_KIND: ObjectKind<NoteBody> = {
  kind: 'note',
  body: NoteBody,
  isHiddenByRecall: false,
  parts: {},
  headline: () => ({ ref: null, title: null, urgency: null }),
  tier: () => 'T0',
  terms: () => [],
  check: async (tx, { envelope, inReplyTo: target, supersedes }) => {
    const problems: Problem[] = supersedes ? [{ pointer: '/supersedes', rule: 'alone', key: 'problem.noteAlone' }] : [];
    if (target?.kind !== 'alert' && target?.kind !== 'request') {
      return [...problems, { pointer: '/inReplyTo', rule: 'target', key: 'problem.noteTarget' }];
    }
    if (target.recalled_by_seq !== null) throw new Conflict('error.noteOnRecalled', { sub: 'RECALLED' });
    if (target.superseded_by_seq !== null) throw new Conflict('error.superseded', { sub: 'SUPERSEDED' });
    const misdirected = await (target.kind === 'alert' ? problemsOnAlert : problemsOnRequest)(tx, envelope, target);
    const own = envelope.handling as unknown as Handling;
    return [...problems, ...misdirected, ...problemsOfInheritance(own, await readHandling(tx, target.seq))];
  },
};

/**
 * A recipient writes to the sender alone. The sender writes to exactly the addressees, or to one agency or unit that has received the alert:
 * an answer to one recipient's note does not tell the others of it.
 */
async function problemsOnAlert(tx: EntityManager, { from, to }: Envelope, alert: ObjectRow): Promise<Problem[]> {
  if (from !== alert.from_agency) {
    return goesBack(to, alert) ? [] : [{ pointer: '/to', rule: 'sender', key: 'problem.noteToSender' }];
  }
  if (isSame(to, alert.recipients) || (await isReader(tx, to, alert))) return [];
  return [{ pointer: '/to', rule: 'readers', key: 'problem.noteToReaders' }];
}

async function problemsOnRequest(tx: EntityManager, { from, to }: Envelope, request: ObjectRow): Promise<Problem[]> {
  const side = sideOf(await readThread(tx, request.thread_seq), from);
  if (side === null) throw new Forbidden('error.noteNotYours');
  const goesRight = side === 'REQUESTER' ? isSame(to, request.recipients) : goesBack(to, request);
  return goesRight ? [] : [{ pointer: '/to', rule: 'otherSide', key: 'problem.noteBetween' }];
}

function goesBack(to: readonly string[], { from_agency, from_unit }: ObjectRow): boolean {
  return to.length === 1 && [from_agency, from_unit].includes(to[0]!);
}

function isSame(to: readonly string[], recipients: readonly string[]): boolean {
  return to.toSorted().join() === recipients.toSorted().join();
}

async function isReader(tx: EntityManager, [one, ...more]: readonly string[], { seq }: ObjectRow): Promise<boolean> {
  if (!one || more.length > 0 || one.startsWith('community:')) return false;
  const text = 'SELECT cmd.has_received($1, $2) AS received';
  const [row] = await prepared<{ received: boolean }>(tx, 'has-received', text, [one, seq]);
  return row!.received;
}
