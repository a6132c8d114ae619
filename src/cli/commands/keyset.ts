import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { example } from '../command.js';
import { defineBuild } from './keyset-build.js';
import { definePublish } from './keyset-publish.js';
import { defineShow } from './keyset-show.js';
import { defineSign } from './keyset-sign.js';

/** An agency's key sets: drawn up, signed by its roots (best on a machine without network), published, looked at. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison keyset build --help').helpCommand(false);
  const add = (name: 'build' | 'sign' | 'publish' | 'show') =>
    command
      .command(name)
      .summary(cli.text(`cli.keyset.${name}.summary`))
      .description(cli.text(`cli.keyset.${name}.summary`));
  defineBuild(add('build'), cli);
  defineSign(add('sign'), cli);
  definePublish(add('publish'), cli);
  defineShow(add('show'), cli);
}
