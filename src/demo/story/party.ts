import { type ChildProcess, fork } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Composable } from '../../cli/client-models.js';

export type Task = { id: number } & (
  { act: 'send'; kind: Composable; input: object } | { act: 'ask' | 'askRaw'; query: string; variables: object }
);
export type TaskResult = { id: number; value?: unknown; error?: string };

/** `Omit` that keeps the members of a union apart. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

const PROGRAM = fileURLToPath(new URL('./party-process.js', import.meta.url));

/** A party in a process of its own, which alone has its keys. */
export class Party {
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private next = 1;

  private constructor(
    readonly home: string,
    private readonly process: ChildProcess,
  ) {
    process.on('message', ({ id, value, error }: TaskResult) => {
      const task = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) task?.resolve(value);
      else task?.reject(new Error(`${this.unit}: ${error}`));
    });
    process.on('exit', () => {
      for (const task of this.waiting.values()) task.reject(new Error(`The process of ${this.unit} has ended`));
    });
  }

  static async start(homes: string, unit: string): Promise<Party> {
    const home = join(homes, unit);
    const child = fork(PROGRAM, [home], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const party = new Party(home, child);
    await new Promise((resolve, reject) => party.waiting.set(0, { resolve, reject }));
    return party;
  }

  get unit(): string {
    return basename(this.home);
  }

  get agency(): string {
    return this.unit.split('-').slice(0, 2).join('-');
  }

  /** Composes, signs and submits; the ids, one for each addressee. */
  async send(kind: Composable, input: object): Promise<string[]> {
    const sent = (await this.give({ act: 'send', kind, input })) as { id: string }[];
    return sent.map((object) => object.id);
  }

  ask<T>(query: string, variables: object = {}): Promise<T> {
    return this.give({ act: 'ask', query, variables }) as Promise<T>;
  }

  /** The hub's answer, byte for byte. */
  askRaw(query: string, variables: object): Promise<string> {
    return this.give({ act: 'askRaw', query, variables }) as Promise<string>;
  }

  stop(): void {
    this.process.kill();
  }

  private give(task: WithoutId<Task>): Promise<unknown> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.send({ ...task, id });
    });
  }
}
