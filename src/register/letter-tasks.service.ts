import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { deskCommand } from '../desk/desk-commands.js';
import type { Task } from '../desk/matter.models.js';
import { readLetterTasks, readTask, taskOf } from '../desk/task-rows.js';
import { LONGEST_TASK } from '../desk/tasks.service.js';
import { checkText } from '../exchange/body/rules/text.js';

/** What units of an agency are to do for its letters. */
@Injectable()
export class LetterTasksService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly clock: Clock,
  ) {}

  /** Throws NotFound, InvalidInput for a unit that does not see the letter or a wrong time, and Conflict for a letter that is closed. */
  give(caller: Caller, letter: string, task: { unit: string; text: string; dueAt: Date }): Promise<Task> {
    checkText(task.text, LONGEST_TASK, '/text');
    return this.database.as(caller, async (tx) => {
      const id = randomUUID();
      await deskCommand(tx, {
        name: 'give-letter-task',
        text: 'SELECT cmd.give_letter_task($1, $2, $3, $4, $5)',
        values: [letter, id, task.unit, task.text, task.dueAt],
      });
      return taskOf((await readTask(tx, id))!, this.clock.now());
    });
  }

  /** The tasks for each of these letters, in their order. */
  ofLetters(caller: Caller, letters: readonly string[]): Promise<Task[][]> {
    return this.database.as(caller, async (tx) => {
      const tasks = (await readLetterTasks(tx, letters)).map((row) => taskOf(row, this.clock.now()));
      return letters.map((letter) => tasks.filter(({ letterId }) => letterId === letter));
    });
  }
}
