import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Caller } from './caller.js';
import { contextToken, type ContextKey } from './context-token.js';

interface Transaction {
  readonly manager: EntityManager;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** What of pg's client the transaction needs; TypeORM types its connections as any. */
interface Connection {
  query(sql: string, values?: unknown[]): Promise<{ command: string }>;
}

/**
 * The only way from a service to a table: one transaction in which PostgreSQL shows only what this caller may see.
 *
 * BEGIN and the context leave in one flight with the first query (pg's pipeline mode). A GraphQL query operation shares one
 * transaction among its resolvers (`openOperation`), so that it reads one state of the world and takes one connection;
 * each mutation commits its own.
 */
@Injectable()
export class ScopedDatabase {
  private readonly operations = new WeakMap<Caller, { begun: Promise<Transaction> | null; readOnly: boolean }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly key: ContextKey,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` under the caller's rights: inside the operation's transaction if there is one, else in its own. `isAlone`
   * demands its own, for reads that are repeated while waiting.
   */
  async as<T>(
    caller: Caller,
    work: (tx: EntityManager) => Promise<T>,
    options: { isAlone?: boolean } = {},
  ): Promise<T> {
    const operation = options.isAlone ? undefined : this.operations.get(caller);
    if (operation) {
      operation.begun ??= this.begin(caller, operation.readOnly);
      return work((await operation.begun).manager);
    }
    const transaction = await this.begin(caller, false);
    try {
      const result = await work(transaction.manager);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
  }

  /** From here on `as` joins one transaction, begun when first needed, until `closeOperation`. */
  openOperation(caller: Caller, options: { readOnly: boolean }): void {
    this.operations.set(caller, { begun: null, readOnly: options.readOnly });
  }

  /** Commits the operation's transaction; what it wrote (access events) is stored before any answer leaves. */
  async closeOperation(caller: Caller): Promise<void> {
    const operation = this.operations.get(caller);
    this.operations.delete(caller);
    const transaction = await operation?.begun;
    if (!transaction) return;
    try {
      await transaction.commit();
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
  }

  private async begin(caller: Caller, readOnly: boolean): Promise<Transaction> {
    const runner = this.dataSource.createQueryRunner();
    const connection = (await runner.connect()) as Connection;
    const head = Promise.all([
      connection.query(readOnly ? 'BEGIN READ ONLY' : 'BEGIN'),
      connection.query("SELECT set_config('app.ctx', $1, true)", [this.contextOf(caller)]),
    ]);
    head.catch(() => undefined); // awaited at the end; a failed head fails every statement after it
    markTransaction(runner, true);
    let finished = false;
    const finish = async (command: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
      if (finished) return;
      finished = true;
      try {
        const done = await connection.query(command);
        // COMMIT of an aborted transaction resolves with the tag ROLLBACK: nothing was stored.
        if (command === 'COMMIT' && done.command !== 'COMMIT') throw new Error('The transaction was rolled back');
        if (command === 'COMMIT') await head;
      } finally {
        markTransaction(runner, false);
        await runner.release();
      }
    };
    return {
      manager: runner.manager,
      commit: () => finish('COMMIT'),
      rollBack: () => finish('ROLLBACK').catch(() => undefined),
    };
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
