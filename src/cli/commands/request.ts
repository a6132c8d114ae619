import type { Command } from 'commander';
import { wordsFor } from '../../common/codes/words.js';
import type { Cli, Outcome } from '../cli.js';
import type { RequestThread } from '../client-models.js';
import { example } from '../command.js';
import { idOf, objectName } from '../object-argument.js';
import { printable } from '../printable.js';
import { connect, type Reasons } from '../profile.js';
import { summaryLine } from '../rendering.js';

/** Shows where a request stands, its questions and everything that was sent in the matter. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison request VN-REQ-2026-MPLRSA')
    .argument('<object>', cli.text('cli.object.name'), objectName)
    .option('--purpose <code>', cli.text('cli.option.purpose'))
    .action(cli.runs((name: string, options: Reasons) => request(cli, name, options)));
}

async function request(cli: Cli, name: string, reasons: Reasons): Promise<Outcome> {
  const { client } = await connect(cli, reasons);
  const opened = await client.request(await idOf(client, name));
  return { document: opened, lines: [...standing(cli, opened), ...questions(cli, opened), ...thread(cli, opened)] };
}

function standing(cli: Cli, opened: RequestThread): string[] {
  const { ref, state, side, from, to, urgency, neededBy, permittedActs } = opened;
  const acts = permittedActs.map((act) => words(cli, 'RequestAct', act)).join(', ');
  return [
    `${printable(ref)}  ${words(cli, 'RequestState', state)}`,
    `  ${cli.text(`cli.request.side.${side}`, { from, to })}`,
    `  ${cli.text('cli.field.urgency', { value: words(cli, 'Urgency', urgency) })}`,
    `  ${cli.text('cli.request.neededBy', { value: neededBy })}`,
    `  ${acts === '' ? cli.text('cli.request.noTurn') : cli.text('cli.request.turn', { value: acts })}`,
  ];
}

function questions(cli: Cli, opened: RequestThread): string[] {
  return [
    cli.text('cli.request.questions', { open: opened.questionsOpen, asked: opened.questionsAsked }),
    ...opened.questions.flatMap(({ no, text, state, answeredBy }) => [
      `  ${no}. ${printable(text)}`,
      `     ${[words(cli, 'QuestionState', state), ...(answeredBy === null ? [] : [cli.text('cli.request.answeredBy', { id: answeredBy })])].join(', ')}`,
    ]),
  ];
}

function thread(cli: Cli, opened: RequestThread): string[] {
  return [
    cli.text('cli.request.thread'),
    ...opened.thread.map(({ act, object }) => `  ${words(cli, 'RequestAct', act)}: ${summaryLine(cli, object)}`),
  ];
}

function words(cli: Cli, list: string, code: string): string {
  const meaning = wordsFor(cli.language, list, code);
  return printable(meaning === code ? code : `${code} (${meaning})`);
}
