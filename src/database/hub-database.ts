import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { migrationDataSource } from '../../config/data-source.js';
import { BadConfiguration, type Environment } from '../../config/environment.js';
import { addressOfRunning, DatabaseInUse, startEmbeddedDatabase } from '../embedded-database/embedded-database.js';
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

/** Opens the hub's database for the operator's work, alone or beside the running hub that holds the embedded database. */
export async function openForOperator(environment: Environment): Promise<HubDatabase> {
  try {
    return await openHubDatabase(environment);
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    const server = await addressOfRunning(error.folder);
    if (server === undefined) throw error;
    return opened(hubDatabaseOn(server), true, new SecretsFolder(environment.secretsFolder), async () => undefined);
  }
}

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
    if (options.isFresh) await forgetEverything(server.url, environment.DATA_FOLDER);
    const secrets = new SecretsFolder(environment.secretsFolder);
    const url = await createDatabase(server.url);
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

/**
 * Drops the database before its secrets go: whenever this is interrupted, no old database is left with new keys. Without its
 * summary a demonstration counts as half made, and the folder goes last, so that the next start takes up what was interrupted.
 */
async function forgetEverything(serverUrl: string, dataFolder: string): Promise<void> {
  rmSync(join(dataFolder, 'demo', 'world.json'), { force: true });
  await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${EMBEDDED_NAME} WITH (FORCE)`));
  for (const part of ['secrets', 'demo', 'files']) rmSync(join(dataFolder, part), { recursive: true, force: true });
}

/** Makes the hub's database on the embedded server, when it is not there yet; its address. */
async function createDatabase(serverUrl: string): Promise<string> {
  await onServer(serverUrl, async (client) => {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_NAME]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_NAME}`);
  });
  return hubDatabaseOn(serverUrl);
}

function hubDatabaseOn(serverUrl: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${EMBEDDED_NAME}`;
  return url.href;
}

async function onServer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
