import type { Command } from 'commander';
import type { MessageKey } from '../../common/messages/messages.js';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { EXIT, Failure } from '../failures.js';
import { readRecord } from '../files.js';

/** For the operator, on the hub's machine: whose word the hub takes for who signs in. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison issuer list').helpCommand(false);
  const under = (name: 'add' | 'list' | 'suspend' | 'resume', rest = ''): Command =>
    example(command.command(name), cli, `liaison issuer ${name}${rest}`)
      .summary(cli.text(`cli.issuer.${name}.summary`))
      .description(cli.text(`cli.issuer.${name}.summary`));
  under('add', ' --file vn-customs.json')
    .requiredOption('--file <file>', cli.text('cli.issuer.file'))
    .option('--yes', cli.text('cli.option.yes'))
    .action(cli.runs((options: { file: string; yes?: boolean }) => add(cli, options)));
  under('list').action(cli.runs(() => list(cli)));
  for (const name of ['suspend', 'resume'] as const) {
    under(name, ' vn-customs')
      .argument('<id>', cli.text('cli.issuer.id'))
      .action(cli.runs((id: string) => setState(cli, id, name)));
  }
}

async function add(cli: Cli, { file, yes = false }: { file: string; yes?: boolean }): Promise<Outcome> {
  const { readIssuerEntry } = await import('../../operator/issuer-entry.js');
  const { MetadataRefused, metadataToPin } = await import('../../operator/issuer-metadata.js');
  const { recordIssuer } = await import('../../operator/issuers.js');
  const { provesItself } = await import('../../session/people/issuers/issuer-clients.js');
  const { hubEnvironment } = await import('../operator-database.js');
  const entry = readIssuerEntry(readRecord(file));
  if ('pointer' in entry) throw new Failure(EXIT.usage, 'cli.failure.badIssuer', { file, pointer: entry.pointer });
  const metadata = await metadataToPin(entry).catch((error: unknown) => {
    if (!(error instanceof MetadataRefused)) throw error;
    throw new Failure(EXIT.refused, 'cli.failure.issuerMetadata', { issuer: entry.issuer, member: error.member });
  });
  const { id, issuer, agencies } = entry;
  const pinned = [
    cli.text('cli.issuer.pinned', { issuer, agencies: agencies.join(', ') }),
    ...Object.entries(metadata).flatMap(([name, value]) => (typeof value === 'string' ? [`  ${name}  ${value}`] : [])),
    cli.text(provesItself(metadata) ? 'cli.issuer.byKey' : 'cli.issuer.withoutKey'),
  ];
  const wasShown = await cli.confirm(pinned, { isGiven: yes });
  await change((tx) => recordIssuer(tx, entry, metadata));
  const { PUBLIC_URL, PORT } = hubEnvironment();
  const url = (PUBLIC_URL ?? `http://localhost:${PORT}`).replace(/\/+$/, '');
  const register = { redirectUri: `${url}/sign-in/return/${id}`, keys: `${url}/sign-in/keys` };
  return {
    document: { id, issuer, agencies, metadata, register },
    lines: [...(wasShown ? [] : pinned), cli.text('cli.issuer.recorded', { id, ...register })],
  };
}

async function list(cli: Cli): Promise<Outcome> {
  const { listIssuers } = await import('../../operator/issuers.js');
  const issuers = await change(listIssuers);
  const lines = issuers.map(({ id, issuer, agencies, subjects, alarms, lastAlarm, suspendedAt }) => {
    const state = cli.text(suspendedAt === null ? 'cli.issuer.inForce' : 'cli.issuer.suspended');
    const alarm = lastAlarm === null ? [] : [cli.text('cli.issuer.alarms', { alarms, at: lastAlarm.toISOString() })];
    const line = cli.text('cli.issuer.line', { id, issuer, agencies: agencies.join(', '), subjects, state });
    return [line, ...alarm].join(' ');
  });
  return { document: { issuers }, lines: [cli.text('cli.issuer.itself'), ...lines] };
}

async function setState(cli: Cli, id: string, name: 'suspend' | 'resume'): Promise<Outcome> {
  const { suspendIssuer } = await import('../../operator/issuers.js');
  await change((tx) => suspendIssuer(tx, id, name === 'suspend'));
  return { document: { id, suspended: name === 'suspend' }, lines: [cli.text(`cli.issuer.${name}.done`, { id })] };
}

const REFUSALS = {
  unknownAgency: 'cli.failure.issuerAgency',
  otherIssuer: 'cli.failure.issuerOther',
  unknown: 'cli.failure.issuerUnknown',
} as const satisfies Record<string, MessageKey>;

/** Runs the operator's work on issuers; a refusal is told in the operator's words. */
async function change<T>(work: Parameters<typeof import('../operator-database.js').asOperator<T>>[1]): Promise<T> {
  const { asOperator, hubEnvironment } = await import('../operator-database.js');
  const { IssuerRefused } = await import('../../operator/issuers.js');
  return asOperator(hubEnvironment(), work).catch((error: unknown) => {
    if (!(error instanceof IssuerRefused)) throw error;
    throw new Failure(EXIT.refused, REFUSALS[error.reason], { detail: error.detail });
  });
}
