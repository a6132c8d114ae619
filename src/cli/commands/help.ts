import type { Command } from 'commander';
import { type Cli, type Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT } from '../failures.js';

/** `liaison help exit-codes`; `liaison help` alone and `liaison help show` say what --help says. */
export function define(command: Command, cli: Cli): void {
  const program = command.parent!;
  example(command, cli, 'liaison help exit-codes')
    .argument('[topic]', cli.text('cli.help.topic'))
    .action(async (topic: string | undefined) => {
      if (topic === 'exit-codes') return cli.print(exitCodes(cli));
      await program.parseAsync(topic === undefined ? ['--help'] : [topic, '--help'], { from: 'user' });
    });
}

function exitCodes(cli: Cli): Outcome {
  const codes = Object.entries(EXIT).map(([name, code]) => ({
    code,
    meaning: cli.text(`cli.exit.${name as keyof typeof EXIT}`),
  }));
  return {
    document: codes,
    lines: [cli.text('cli.exit.title'), ...codes.map(({ code, meaning }) => `  ${code}  ${meaning}`)],
  };
}
