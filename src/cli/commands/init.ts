import type { Command } from 'commander';
import type { Cli, Outcome } from '../cli.js';
import { example } from '../command.js';
import { fingerprintOf } from '../fingerprint.js';
import { PUBLIC, writeNew } from '../files.js';

/** For the operator, on the hub's machine: makes the hub's database ready, or brings an older one up to date. */
export function define(command: Command, cli: Cli): void {
  example(
    command,
    cli,
    'HUB_ID=hub.example DATABASE_URL=postgres://postgres@localhost/hub liaison init --hub-key-out hub.pub.json',
  )
    .option('--hub-key-out <file>', cli.text('cli.init.hubKeyOut'))
    .action(cli.runs((options: { hubKeyOut?: string }) => init(cli, options)));
}

async function init(cli: Cli, { hubKeyOut }: { hubKeyOut?: string }): Promise<Outcome> {
  const { asOperator, explain, hubEnvironment } = await import('../operator-database.js');
  const { prepareDatabase } = await import('../../database/prepare-database.js');
  const { SecretsFolder } = await import('../../database/secrets.js');
  const { HubKeys } = await import('../../trust/hub-keys.js');

  const environment = hubEnvironment();
  const { DATABASE_URL: url, HUB_ID: hub, secretsFolder } = environment;
  // The embedded database is made ready whenever it is opened, and wants to make its own folder.
  if (url !== undefined) await prepareDatabase(url, new SecretsFolder(secretsFolder)).catch(explain);
  const migrations = await asOperator(environment, async (tx) => {
    const rows = await tx.query<{ count: string }[]>('SELECT count(*) AS count FROM liaison_migration');
    return Number(rows[0]?.count);
  });
  const { publicJwks } = await HubKeys.open(new SecretsFolder(secretsFolder));
  const fingerprints = await Promise.all(publicJwks.map(fingerprintOf));
  if (hubKeyOut !== undefined) writeNew(hubKeyOut, `${JSON.stringify(publicJwks[0], null, 2)}\n`, PUBLIC);
  const database = url === undefined ? environment.DATA_FOLDER : withoutPassword(url);
  return {
    document: { hub, database, isEmbedded: url === undefined, secretsFolder, migrations, hubKeys: fingerprints },
    lines: [
      cli.text(url === undefined ? 'cli.init.embedded' : 'cli.init.external', { database, migrations }),
      cli.text('cli.init.secrets', { folder: secretsFolder }),
      ...fingerprints.map((fingerprint) => cli.text('cli.init.hubKey', { hub, fingerprint })),
    ],
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  return `${url.host}${url.pathname}`;
}
