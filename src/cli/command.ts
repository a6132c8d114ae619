import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from './cli.js';

/** A file in commands/: puts its arguments, options, example and action on the command. */
export interface CommandModule {
  define(command: Command, cli: Cli): void;
}

/** Ends the help of a command with what one would type. */
export function example(command: Command, cli: Cli, ...lines: string[]): Command {
  const indented = lines.map((line) => `  ${line}`).join('\n');
  return command.addHelpText('after', `\n${cli.text('cli.help.example')}\n${indented}`);
}

/** Reads an option as a whole number within bounds. */
export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`${least}–${most}`);
  };
}

/** Gathers an option that may be given several times. */
export function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}
