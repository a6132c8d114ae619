import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { migrationDataSource } from '../../config/data-source.js';
import { BadConfiguration, type Environment } from '../../config/environment.js';
import { startEmbeddedDatabase } from '../embedded-database/embedded-database.js';
import { databaseAccess, prepareDatabase } from './prepare-database.js';
import { SecretsFolder } from './secrets.js';

/** The hub's database, prepared and reachable. */
export interface HubDatabase {
  /** Address without regard to the role: server, port and database. */
  url: string;
  isEmbedded: boolean;
  /** Runs operator's work as hub_migrate. */
  asOperator: <T>(work: (tx: EntityManager) => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

const EMBEDDED_NAME = 'liaison_hub';

/**
 * Opens the database that the environment names. The embedded one is started and brought up to date; another must have been
 * prepared with `liaison init`. `isFresh` forgets everything first, which only a demonstration may; the lock on the data folder
 * is ours by then, so nobody else's hub is pulled from under it.
 */
export async function openHubDatabase(
  environment: Environment,
  options: { isFresh?: boolean; onUnexpectedExit?: (detail: string) => void } = {},
): Promise<HubDatabase> {
  if (options.isFresh && (!environment.isDemonstration || environment.DATABASE_URL !== undefined)) {
    throw new BadConfiguration(['--fresh is for a demonstration on its embedded database only']);
  }
  if (environment.DATABASE_URL !== undefined) {
    return opened(environment.DATABASE_URL, false, new SecretsFolder(environment.secretsFolder), async () => undefined);
  }

  const server = await startEmbeddedDatabase({
    folder: environment.DATA_FOLDER,
    ...(options.onUnexpectedExit ? { onUnexpectedExit: options.onUnexpectedExit } : {}),
  });
  try {
    if (options.isFresh) {
      for (const part of ['secrets', 'demo'])
        rmSync(join(environment.DATA_FOLDER, part), { recursive: true, force: true });
    }
    const secrets = new SecretsFolder(environment.secretsFolder);
    const url = await createDatabase(server.url, options.isFresh ?? false);
    await prepareDatabase(url, secrets);
    return opened(url, true, secrets, () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function opened(url: string, isEmbedded: boolean, secrets: SecretsFolder, stop: () => Promise<void>): HubDatabase {
  let operator: DataSource | undefined;
  return {
    url,
    isEmbedded,
    asOperator: async (work) => {
      operator ??= await migrationDataSource((await databaseAccess(url, secrets)).migrateUrl).initialize();
      return operator.transaction(work);
    },
    close: async () => {
      await operator?.destroy();
      await stop();
    },
  };
}

/** Makes the hub's database on the embedded server, when it is not there yet; its address. */
async function createDatabase(serverUrl: string, isFresh: boolean): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    if (isFresh) await client.query(`DROP DATABASE IF EXISTS ${EMBEDDED_NAME} WITH (FORCE)`);
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_NAME]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_NAME}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${EMBEDDED_NAME}`;
  return url.href;
}
