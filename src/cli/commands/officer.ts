import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import type { MessageKey } from '../../common/messages/messages.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';

/** For the operator, on the hub's machine: lets an agency's first administrators enrol. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison officer enrol p:admin-one --agency VN-CUS').helpCommand(false);
  const enrolment = command
    .command('enrol')
    .summary(cli.text('cli.officer.enrol.summary'))
    .description(cli.text('cli.officer.enrol.summary'))
    .argument('<officer>', cli.text('cli.officer.pseudonym'))
    .requiredOption('--agency <code>', cli.text('cli.option.agency'))
    .action(cli.runs((officer: string, { agency }: { agency: string }) => enrol(cli, officer, agency)));
  example(enrolment, cli, 'liaison officer enrol p:admin-one --agency VN-CUS');
}

const REFUSALS = {
  unknown: 'cli.failure.officerUnknown',
  notAdministrator: 'cli.failure.officerNotAdministrator',
  enrolled: 'cli.failure.officerEnrolled',
} as const satisfies Record<string, MessageKey>;

async function enrol(cli: Cli, officer: string, agency: string): Promise<Outcome> {
  const { asOperator, hubEnvironment } = await import('../operator-database.js');
  const { LinkRefused, makeOfficerLink } = await import('../../operator/officer-link.js');
  const { LINK_MINUTES, linkAddress } = await import('../../session/people/enrolment-links.js');
  const environment = hubEnvironment();
  const token = await asOperator(environment, (tx) => makeOfficerLink(tx, agency, officer)).catch((error: unknown) => {
    if (!(error instanceof LinkRefused)) throw error;
    throw new Failure(EXIT.refused, REFUSALS[error.reason], { officer, agency });
  });
  const url = (environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`).replace(/\/+$/, '');
  const address = linkAddress(url, token);
  return {
    document: { agency, officer, address, minutes: LINK_MINUTES },
    lines: [
      cli.text('cli.officer.link', { officer, agency, minutes: LINK_MINUTES }),
      address,
      renderUnicodeCompact(address, { border: 2 }),
    ],
  };
}
