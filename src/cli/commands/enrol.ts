import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { type EnrolmentFile, readEnrolment } from '../enrolment-file.js';
import { fingerprintOf } from '../fingerprint.js';

/** For the operator, on the hub's machine: records agencies, communities and agreements. Can be run again. */
export function define(command: Command, cli: Cli): void {
  example(command, cli, 'liaison enrol --file th-cus.enrolment.json')
    .requiredOption('--file <file>', cli.text('cli.enrol.file'))
    .option('--yes', cli.text('cli.option.yes'))
    .action(cli.runs((options: { file: string; yes?: boolean }) => enrol(cli, options)));
}

async function enrol(cli: Cli, { file, yes = false }: { file: string; yes?: boolean }): Promise<Outcome> {
  const enrolment = await readEnrolment(file);
  const pinned = await rootsOf(enrolment);
  const lines = pinned.flatMap(({ agency, roots }) => [
    cli.text('cli.enrol.compare', { agency }),
    ...roots.map((fingerprint) => `  ${fingerprint}`),
  ]);
  const wasShown = await cli.confirm(lines, { isGiven: yes });

  const { asOperator, hubEnvironment } = await import('../operator-database.js');
  const { enrolAgreement } = await import('../../operator/agreements.js');
  const { enrolAgency, enrolCommunity } = await import('../../operator/enrolment.js');
  const environment = hubEnvironment();
  const { agencies, communities, agreements } = enrolment;
  await asOperator(environment, async (tx) => {
    // One connection, one statement after the other; agreements and communities name agencies.
    for (const agency of agencies) await enrolAgency(tx, environment.HUB_ID, agency);
    for (const community of communities) await enrolCommunity(tx, community);
    for (const agreement of agreements) await enrolAgreement(tx, agreement);
  });
  const counts = { agencies: agencies.length, communities: communities.length, agreements: agreements.length };
  return {
    document: { hub: environment.HUB_ID, ...counts, roots: pinned },
    lines: [...(wasShown ? [] : lines), cli.text('cli.enrol.done', { hub: environment.HUB_ID, ...counts })],
  };
}

function rootsOf({ agencies }: EnrolmentFile): Promise<{ agency: string; roots: string[] }[]> {
  return Promise.all(
    agencies.map(async ({ agency, roots }) => ({
      agency: agency.id,
      roots: await Promise.all(roots.map(fingerprintOf)),
    })),
  );
}
