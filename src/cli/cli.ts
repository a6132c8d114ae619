import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Language, message, type MessageKey, type Phrase } from '../common/messages/messages.js';
import { EXIT, type ExitCode, Failure } from './failures.js';
import { printable } from './printable.js';

/** What a command came to: one document for programs, sentences for people. */
export interface Outcome {
  document: unknown;
  lines: readonly string[];
  exitCode?: ExitCode;
}

/** Options that every command takes. */
export interface GlobalOptions {
  home?: string;
  json?: boolean;
}

/** What commands need of the terminal: the language, the party's folder, and the one place where things are printed. */
export class Cli {
  constructor(
    readonly language: Language,
    private readonly globals: () => GlobalOptions,
  ) {}

  /** The party's folder. */
  get home(): string {
    return resolve(this.globals().home ?? process.env['LIAISON_HOME'] ?? 'liaison');
  }

  get isJson(): boolean {
    return this.globals().json ?? false;
  }

  /** A sentence in the user's language; what is filled in cannot steer the terminal. */
  text = (key: MessageKey, params: Phrase['params'] = {}): string => {
    const safe = Object.entries(params).map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? this.text(value.key, value.params) : printable(String(value)),
    ]);
    return message(key, this.language, Object.fromEntries(safe));
  };

  /** Makes a command's action of work that gives an outcome. */
  runs<Arguments extends unknown[]>(work: (...given: Arguments) => Promise<Outcome>) {
    return async (...given: Arguments): Promise<void> => this.print(await work(...given));
  }

  /** Shows to a person at the terminal how far something has come, until the next such line or, with none, until the end. */
  progress(line = ''): void {
    if (process.stderr.isTTY && !this.isJson) process.stderr.write(`\r${line}\u001B[K`);
  }

  print({ document, lines, exitCode = EXIT.ok }: Outcome): void {
    process.stdout.write(
      this.isJson ? `${JSON.stringify(document, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
    process.exitCode = exitCode;
  }

  /**
   * Shows something to a person at the terminal and asks whether to go on; a script has said yes by calling. Gives whether it
   * was shown. Throws a failure for anything but yes.
   */
  async confirm(lines: readonly string[], { isGiven }: { isGiven: boolean }): Promise<boolean> {
    if (isGiven || this.isJson) return false;
    if (!process.stdin.isTTY || !process.stderr.isTTY) throw new Failure(EXIT.usage, 'cli.failure.needsYes');
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`${this.text('cli.confirm')} `);
    terminal.close();
    if (!/^(y|yes|c|co|có)$/iu.test(answer.trim())) throw new Failure(EXIT.refused, 'cli.failure.notConfirmed');
    return true;
  }
}
