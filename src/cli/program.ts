import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { MessageKey } from '../common/messages/messages.js';
import { Cli, type GlobalOptions } from './cli.js';
import type { CommandModule } from './command.js';
import { EXIT, tell, type Told } from './failures.js';
import { languageFrom } from './language.js';

/** Every command: its group in the help, its name, and its file, which is loaded only when it is called. */
const COMMANDS: readonly [group: Group, name: CommandName, load: () => Promise<CommandModule>][] = [
  ['send', 'upload', () => import('./commands/upload.js')],
  ['send', 'compose', () => import('./commands/compose.js')],
  ['send', 'sign', () => import('./commands/sign.js')],
  ['send', 'submit', () => import('./commands/submit.js')],
  ['send', 'partner', () => import('./commands/partner.js')],
  ['send', 'import', () => import('./commands/import.js')],
  ['read', 'inbox', () => import('./commands/inbox.js')],
  ['read', 'changes', () => import('./commands/changes.js')],
  ['read', 'restriction', () => import('./commands/restriction.js')],
  ['read', 'show', () => import('./commands/show.js')],
  ['read', 'request', () => import('./commands/request.js')],
  ['read', 'duties', () => import('./commands/duties.js')],
  ['read', 'opened', () => import('./commands/opened.js')],
  ['read', 'download', () => import('./commands/download.js')],
  ['read', 'export', () => import('./commands/export.js')],
  ['read', 'verify', () => import('./commands/verify.js')],
  ['read', 'directory', () => import('./commands/directory.js')],
  ['setUp', 'keygen', () => import('./commands/keygen.js')],
  ['setUp', 'prove', () => import('./commands/prove.js')],
  ['setUp', 'keyset', () => import('./commands/keyset.js')],
  ['setUp', 'profile', () => import('./commands/profile.js')],
  ['setUp', 'pin', () => import('./commands/pin.js')],
  ['operate', 'init', () => import('./commands/init.js')],
  ['operate', 'enrol', () => import('./commands/enrol.js')],
  ['operate', 'officer', () => import('./commands/officer.js')],
  ['operate', 'issuer', () => import('./commands/issuer.js')],
  ['help', 'help', () => import('./commands/help.js')],
];

type Group = 'send' | 'read' | 'setUp' | 'operate' | 'help';
type CommandName =
  | 'upload'
  | 'compose'
  | 'sign'
  | 'submit'
  | 'import'
  | 'partner'
  | 'inbox'
  | 'changes'
  | 'restriction'
  | 'show'
  | 'request'
  | 'duties'
  | 'opened'
  | 'download'
  | 'export'
  | 'verify'
  | 'directory'
  | 'keygen'
  | 'prove'
  | 'keyset'
  | 'profile'
  | 'pin'
  | 'init'
  | 'enrol'
  | 'officer'
  | 'issuer'
  | 'help';

/** Runs one command line. Sets the exit code; what went wrong goes to stderr, as JSON with --json. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('liaison');
  const cli = new Cli(languageFrom(argv, process.env), () => program.opts<GlobalOptions>());
  try {
    await build(program, cli).parseAsync(argv, { from: 'user' });
  } catch (error) {
    const told = error instanceof CommanderError ? tellUsage(error, cli) : tell(error, cli.text);
    if (told) report(told, cli, argv.includes('--json'));
  }
}

function build(program: Command, cli: Cli): Command {
  const modules = new Map<string, () => Promise<CommandModule>>(COMMANDS.map(([, name, load]) => [name, load]));
  program
    .description(cli.text('cli.description'))
    .version(version(), '--version', cli.text('cli.option.version'))
    .helpOption('-h, --help', cli.text('cli.option.help'))
    .helpCommand(false)
    .option('--home <folder>', cli.text('cli.option.home'))
    .option('--lang <language>', cli.text('cli.option.lang'))
    .option('--json', cli.text('cli.option.json'))
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => translated(title, cli) })
    .addHelpText('after', `\n${cli.text('cli.help.after')}`)
    .hook('preSubcommand', async (_program, command) => {
      (await modules.get(command.name())!()).define(command, cli);
    });
  for (const [group, name] of COMMANDS) {
    program
      .command(name)
      .summary(cli.text(`cli.${name}.summary`))
      .description(cli.text(`cli.${name}.description`))
      .helpGroup(cli.text(`cli.group.${group}`));
  }
  return program;
}

/** Commander's own headings. */
const TITLES: Record<string, MessageKey> = {
  'Usage:': 'cli.help.usage',
  'Arguments:': 'cli.help.arguments',
  'Options:': 'cli.help.options',
  'Global Options:': 'cli.help.globalOptions',
  'Commands:': 'cli.help.commands',
};

function translated(title: string, cli: Cli): string {
  const key = TITLES[title];
  return key ? cli.text(key) : title;
}

const USAGE: Record<string, MessageKey> = {
  'commander.unknownOption': 'cli.usage.unknownOption',
  'commander.unknownCommand': 'cli.usage.unknownCommand',
  'commander.missingArgument': 'cli.usage.missingArgument',
  'commander.optionMissingArgument': 'cli.usage.missingValue',
  'commander.missingMandatoryOptionValue': 'cli.usage.missingOption',
};

/** What was wrong with the command line; nothing when help or the version was asked for and given. */
function tellUsage({ code, exitCode, message }: CommanderError, cli: Cli): Told | null {
  if (exitCode === 0) return null;
  process.exitCode = EXIT.usage;
  if (code === 'commander.help') return null;
  const key = USAGE[code];
  const name = /'([^']*)'/.exec(message)?.[1] ?? '';
  const detail = message.replace(/^error: |\.$/g, '');
  const told = key ? cli.text(key, { name }) : cli.text('cli.usage.other', { detail });
  return { exitCode: EXIT.usage, message: `${told} ${cli.text('cli.usage.seeHelp')}` };
}

function report(told: Told, cli: Cli, isJson: boolean): void {
  process.exitCode = told.exitCode;
  if (isJson) return void process.stderr.write(`${JSON.stringify({ error: told })}\n`);
  const problems = (told.problems ?? []).map(
    ({ pointer, message }) => `  ${cli.text('cli.failure.problem', { pointer, message })}`,
  );
  process.stderr.write(`${[told.message, ...problems].join('\n')}\n`);
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
