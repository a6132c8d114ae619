import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Clock } from '../common/clock.js';
import { isDatabaseTimeout } from '../common/database-fault.js';
import { Unavailable } from '../common/errors.js';
import type { Caller } from './caller.js';
import { contextToken, type ContextKey } from './context-token.js';
import { type Connection, sendTogether } from './prepared.js';

/** What the resolvers of one GraphQL query share. */
interface Operation {
  begun: Promise<Transaction> | null;
  readonly readOnly: boolean;
  readonly running: Set<Promise<unknown>>;
  isOver: boolean;
}

interface Transaction {
  readonly manager: EntityManager;
  /** Whether the deadline has passed: nothing of it is stored, and whatever fails in it fails for that. */
  readonly isLate: () => boolean;
  /** Whether it was begun under the caller's context and no statement of it has failed; throws what kept it from beginning. */
  isSound(): Promise<boolean>;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

const NOBODY: Caller = {
  agencyId: '',
  unitId: '',
  officer: null,
  clearance: 0,
  maySeeNominal: false,
  purpose: '',
  permissions: new Set(),
};

/** How long a transaction may last. A statement alone ends after half of that (statement_timeout). */
const DEADLINE_MS = 10_000;
const SET_CONTEXT = "SELECT set_config('app.ctx', $1, true)";

/**
 * The only way from a service to a table: one transaction in which PostgreSQL shows only what this caller may see.
 *
 * BEGIN and the context leave in one flight with the first query (pg's pipeline mode). A GraphQL query operation shares one
 * transaction among its resolvers (`openOperation`), so that it reads one state of the world and takes one connection;
 * each mutation commits its own. A transaction that reaches its deadline is cancelled and rolled back, and answers Unavailable.
 */
@Injectable()
export class ScopedDatabase {
  private readonly operations = new WeakMap<Caller, Operation>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly key: ContextKey,
    private readonly clock: Clock,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  /** Runs `work` under the caller's rights: inside the operation's transaction if there is one, else in its own. */
  async as<T>(caller: Caller, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const operation = this.operations.get(caller);
    if (operation) return this.within(operation, caller, work);
    const transaction = await this.begin(caller, false);
    try {
      const result = await work(transaction.manager);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollBack();
      throw transaction.isLate() || isDatabaseTimeout(error) ? new Unavailable() : error;
    }
  }

  /** Runs the hub's own work on the domain's time, as nobody: it sees no row of any agency, and commands find out what is due. */
  asHub<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.as(NOBODY, work);
  }

  /** From here on `as` joins one transaction, begun when first needed, until `closeOperation`. */
  openOperation(caller: Caller, options: { readOnly: boolean }): void {
    this.operations.set(caller, { begun: null, readOnly: options.readOnly, running: new Set(), isOver: false });
  }

  /**
   * Commits the operation's transaction; what it wrote (access events) is stored before any answer leaves. GraphQL answers as soon as
   * a required field fails, while other resolvers are still at work: they are waited for, and what they begin afterwards fails. A
   * connection that went back to the pool is never written to by whoever had it before.
   *
   * An operation that shows nothing (`isShown: false`) is rolled back: what was not shown was not opened. One that only read ends
   * after its answer: nothing of it is stored, and the way to PostgreSQL and back is a fifth of what a page costs.
   */
  async closeOperation(caller: Caller, { isShown }: { isShown: boolean } = { isShown: true }): Promise<void> {
    const operation = this.operations.get(caller);
    if (!operation) return;
    while (operation.running.size > 0) await Promise.allSettled(operation.running);
    operation.isOver = true;
    const transaction = await operation.begun;
    if (!transaction) return;
    if (!isShown) return transaction.rollBack();
    try {
      if (operation.readOnly && (await transaction.isSound())) {
        // Its failure would lose nothing: a connection that breaks here leaves the pool.
        setImmediate(() => void transaction.commit().catch(() => undefined));
        return;
      }
      await transaction.commit();
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
  }

  private async within<T>(operation: Operation, caller: Caller, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    if (operation.isOver) throw new Error('The operation is over');
    operation.begun ??= this.begin(caller, operation.readOnly);
    const running = operation.begun.then(async (transaction) => {
      try {
        const result = await work(transaction.manager);
        // What was read after the rollback was read by nobody, and is empty.
        if (!transaction.isLate()) return result;
      } catch (error) {
        throw transaction.isLate() || isDatabaseTimeout(error) ? new Unavailable() : error;
      }
      throw new Unavailable();
    });
    operation.running.add(running);
    try {
      return await running;
    } finally {
      operation.running.delete(running);
    }
  }

  private async begin(caller: Caller, readOnly: boolean): Promise<Transaction> {
    const runner = this.dataSource.createQueryRunner();
    const connection = await this.connect(runner);
    sendTogether(connection);
    const head = Promise.all([
      connection.query(readOnly ? 'BEGIN READ ONLY' : 'BEGIN'),
      connection.query({ name: 'context', text: SET_CONTEXT, values: [this.contextOf(caller)] }),
    ]);
    // Awaited at the end: where BEGIN alone fails, the statements after it see nothing, for there is no caller, and must not answer so.
    head.catch(() => undefined);
    markTransaction(runner, true);
    let isLate = false;
    const finish = async (command: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
      clearTimeout(deadline);
      try {
        // The connection is still ours, so what is cancelled cannot be the next caller's. Where nothing runs, none is needed for it.
        if (isLate && !connection.readyForQuery) await this.cancel(connection);
        const done = await connection.query(command);
        // COMMIT of an aborted transaction resolves with the tag ROLLBACK: nothing was stored.
        if (command === 'COMMIT' && done.command !== 'COMMIT') throw new Error('The transaction was rolled back');
        if (command === 'COMMIT') await head;
      } finally {
        markTransaction(runner, false);
        await runner.release();
      }
    };
    let finishing: Promise<void> | undefined;
    const finishOnce = (command: 'COMMIT' | 'ROLLBACK'): Promise<void> => (finishing ??= finish(command));
    const rollBack = (): Promise<void> => finishOnce('ROLLBACK').catch(() => undefined);
    const deadline = setTimeout(() => {
      isLate = finishing === undefined;
      void rollBack();
    }, this.deadlineMs);
    return {
      manager: runner.manager,
      isLate: () => isLate,
      isSound: async () => {
        await head;
        return !isLate && connection.readyForQuery && connection.getTransactionStatus() === 'T';
      },
      commit: async () => {
        await finishOnce('COMMIT');
        if (isLate) throw new Unavailable();
      },
      rollBack,
    };
  }

  /** Ends the statement that runs on this connection, from another one. When there is none free, statement_timeout ends it. */
  private async cancel({ processID }: Connection): Promise<void> {
    await this.dataSource.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
  }

  private async connect(runner: QueryRunner): Promise<Connection> {
    try {
      return (await runner.connect()) as Connection;
    } catch {
      await runner.release();
      throw new Unavailable();
    }
  }

  private contextOf(caller: Caller): string {
    return contextToken(this.key, caller, this.clock.simulatedInstant());
  }
}

/** Tells TypeORM that we began the transaction ourselves, so that a nested one becomes a savepoint. */
function markTransaction(runner: QueryRunner, active: boolean): void {
  const internals = runner as unknown as { isTransactionActive: boolean; transactionDepth: number };
  internals.isTransactionActive = active;
  internals.transactionDepth = active ? 1 : 0;
}
