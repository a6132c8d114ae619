import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { command } from '../access/command.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../common/errors.js';
import type { ChangedField, ChangeModel } from './change.models.js';

export type ChangeKind = 'OFFICER' | 'UNIT' | 'CONNECTION' | 'RULES' | 'SESSIONS' | 'SHARING' | 'AGENCY';

/** Members of a subject, in JSON; null where there is no limit. */
export type State = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

type Row = Omit<ChangeModel, 'changes'> & { was: State | null; becomes: State };

/**
 * The one way by which administrators change anything. PostgreSQL decides (cmd.change, cmd.decide_change): who may, by the officer's own
 * row; whether it gives a right and so has to wait for a second administrator; and that what is approved is what was proposed.
 */
@Injectable()
export class ChangesService {
  constructor(private readonly database: ScopedDatabase) {}

  /** Changes these members of a subject. Throws NotFound, Forbidden, or Conflict when nothing would change. */
  change(caller: Caller, kind: ChangeKind, subject: string, members: State): Promise<ChangeModel> {
    return this.propose(caller, kind, subject, members, false);
  }

  /** Makes a subject that there is not yet. Throws Conflict when there is. */
  make(caller: Caller, kind: ChangeKind, subject: string, members: State): Promise<ChangeModel> {
    return this.propose(caller, kind, subject, members, true);
  }

  /** Ends all sessions of an officer. Throws NotFound, Forbidden, or Conflict when there is none. */
  signOut(caller: Caller, officer: string): Promise<ChangeModel> {
    return this.database.as(caller, async (tx) => {
      const [made] = await command<{ id: string }>(
        tx,
        { name: 'sign-out', text: 'SELECT cmd.sign_out($1) AS id', values: [officer] },
        refusalOf,
      );
      return one(tx, made!.id);
    });
  }

  /** Applies what another administrator proposed. Throws NotFound, Forbidden, or Conflict when its subject has changed meanwhile. */
  approve(caller: Caller, id: string): Promise<ChangeModel> {
    return this.decide(caller, id, true);
  }

  /** Drops a proposal; also one's own. Throws NotFound. */
  decline(caller: Caller, id: string): Promise<ChangeModel> {
    return this.decide(caller, id, false);
  }

  /** The proposals that wait for a decision, the next to lapse first. */
  waiting(caller: Caller): Promise<ChangeModel[]> {
    return this.database.as(caller, (tx) =>
      read(tx, "c.state = 'WAITING' AND c.expires_at > now() ORDER BY c.expires_at, c.id LIMIT 200"),
    );
  }

  /** The newest changes, whatever became of them. */
  latest(caller: Caller): Promise<ChangeModel[]> {
    return this.database.as(caller, (tx) => read(tx, 'true ORDER BY c.proposed_at DESC, c.id LIMIT 200'));
  }

  private propose(
    caller: Caller,
    kind: ChangeKind,
    subject: string,
    members: State,
    isNew: boolean,
  ): Promise<ChangeModel> {
    return this.database.as(caller, async (tx) => {
      const values = [kind, subject, JSON.stringify(members), isNew];
      const change = { name: 'change', text: 'SELECT cmd.change($1, $2, $3, $4) AS id', values };
      const [made] = await command<{ id: string }>(tx, change, refusalOf);
      return one(tx, made!.id);
    });
  }

  private decide(caller: Caller, id: string, approves: boolean): Promise<ChangeModel> {
    return this.database.as(caller, async (tx) => {
      const decide = { name: 'decide-change', text: 'SELECT cmd.decide_change($1, $2)', values: [id, approves] };
      await command(tx, decide, refusalOf);
      return one(tx, id);
    });
  }
}

async function one(tx: EntityManager, id: string): Promise<ChangeModel> {
  return (await read(tx, 'c.id = $1', [id]))[0]!;
}

async function read(tx: EntityManager, condition: string, values: unknown[] = []): Promise<ChangeModel[]> {
  const rows = await tx.query<Row[]>(
    `SELECT c.id, c.kind, c.subject, c.state, c.was, c.becomes, c.proposed_by AS "proposedBy", c.proposed_at AS "proposedAt",
       c.expires_at AS "expiresAt", c.decided_by AS "decidedBy", c.decided_at AS "decidedAt"
     FROM agency.change c WHERE ${condition}`,
    values,
  );
  return rows.map(({ was, becomes, ...row }) => ({ ...row, changes: changedFields(was, becomes) }));
}

/** What is different after a change, in the words of the input. */
export function changedFields(was: State | null, becomes: State): ChangedField[] {
  return Object.keys(becomes)
    .map((field) => ({ field, was: inWords(field, was?.[field]), becomes: inWords(field, becomes[field]) }))
    .filter((each) => each.was !== each.becomes)
    .toSorted((a, b) => (a.field < b.field ? -1 : 1));
}

function inWords(field: string, value: State[string] | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (field === 'clearance') return value === 0 ? 'UNCLASSIFIED' : 'RESTRICTED';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** What the database refused, in the API's words. */
function refusalOf(fault: string): Error {
  switch (fault) {
    case 'MISSING':
      return new NotFound();
    case 'TAKEN':
      return new Conflict('error.alreadyThere', { sub: fault });
    case 'UNCHANGED':
      return new Conflict('error.nothingChanges', { sub: fault });
    case 'CHANGED':
      return new Conflict('error.changedMeanwhile', { sub: fault });
    case 'NEEDS_ANOTHER':
      return new Forbidden('error.needsAnother', { sub: fault });
    case 'ROLE':
      return new Forbidden('error.roleOfOperator', { sub: fault });
    case 'CEILING':
      return new Forbidden('error.beyondCeiling', { sub: fault });
    case 'LIFETIME':
      return new InvalidInput([{ pointer: '/input/validUntil', rule: fault, key: 'problem.connectionLifetime' }]);
    case 'UNIT_CODE':
      return new InvalidInput([{ pointer: '/unit', rule: fault, key: 'problem.ownUnitCode' }]);
    default:
      return new Forbidden('error.notAdministrator');
  }
}
