import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { NotFound } from '../common/errors.js';
import { checkText } from '../exchange/body/rules/text.js';
import { ChangeSignal } from '../exchange/change-signal.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
import { deskCommand } from './desk-commands.js';
import type { TaskOutcome, TaskSide } from './desk-codes.js';
import type { Task, TaskConnection } from './matter.models.js';
import { readMatterOf } from './matter-rows.js';
import { readOpenTasks, readTask, readTasks, type TaskMark, taskOf } from './task-rows.js';

export const LONGEST_TASK = 2_000;

/** What units of an agency are to do for its answers. */
@Injectable()
export class TasksService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
    private readonly signal: ChangeSignal,
  ) {}

  /** Open tasks of the caller's unit, what is due first stands first. */
  async open(
    caller: Caller,
    { side, first, after }: { side: TaskSide; first: number; after: string | null },
  ): Promise<TaskConnection> {
    checkPageSize(first);
    const scope = scopeOf(caller, `tasks ${side}`);
    const mark = after === null ? null : (this.cursors.read(scope, after) as unknown as TaskMark);
    const rows = await this.database.as(caller, (tx) =>
      readOpenTasks(tx, { side, unit: caller.unitId, after: mark, limit: first + 1 }),
    );
    return connectionOf(rows, first, (row) => ({
      cursor: this.cursors.write(scope, [row.due, row.id]),
      node: taskOf(row, this.clock.now()),
    }));
  }

  /** The tasks of each of these matters, in their order. */
  ofMatters(caller: Caller, threadSeqs: readonly string[]): Promise<Task[][]> {
    return this.database.as(caller, async (tx) => {
      const tasks = (await readTasks(tx, threadSeqs)).map((row) => taskOf(row, this.clock.now()));
      return threadSeqs.map((seq) => tasks.filter(({ threadSeq }) => threadSeq === seq));
    });
  }

  /** Gives a unit something to do, and what it is about. */
  async give(caller: Caller, object: string, task: { unit: string; text: string; dueAt: Date }): Promise<Task> {
    checkText(task.text, LONGEST_TASK, '/text');
    const given = await this.database.as(caller, async (tx) => {
      const matter = await readMatterOf(tx, object);
      if (!matter) throw new NotFound();
      const id = randomUUID();
      const values = [matter.seq, id, task.unit, task.text, task.dueAt];
      await deskCommand(tx, { name: 'give-task', text: 'SELECT cmd.give_task($1, $2, $3, $4, $5)', values });
      return taskOf((await readTask(tx, id))!, this.clock.now());
    });
    this.signal.announce();
    return given;
  }

  /** Ends a task: as the unit that has it, or as the one that gave it. */
  end(caller: Caller, id: string, { outcome, result }: { outcome: TaskOutcome; result: string }): Promise<Task> {
    checkText(result, LONGEST_TASK, '/result');
    return this.database.as(caller, async (tx) => {
      if (!(await readTask(tx, id))) throw new NotFound();
      const values = [id, outcome, result];
      await deskCommand(tx, { name: 'end-task', text: 'SELECT cmd.end_task($1, $2, $3)', values });
      return taskOf((await readTask(tx, id))!, this.clock.now());
    });
  }
}
