import { BadConfiguration, type Environment, PROJECT_FOLDER, readEnvironment } from '../config/environment.js';
import { FloorNotSafe } from './access/row-security.js';
import { openHubDatabase } from './database/hub-database.js';
import { AnotherVersion } from './database/schema-version.js';
import { DatabaseInUse } from './embedded-database/embedded-database.js';
import { placeForData } from './embedded-database/place-for-data.js';

/**
 * `npm start`. Without configuration it is the demonstration: the embedded database, a fictional world, this machine only.
 * `--fresh` begins a demonstration anew.
 */
async function main(): Promise<void> {
  const unknown = process.argv.slice(2).find((argument) => argument !== '--fresh');
  if (unknown !== undefined) {
    throw new BadConfiguration([`${unknown}: there is no such option; the only one is --fresh (npm start -- --fresh)`]);
  }
  const environment = readEnvironment();
  if (environment.DATABASE_URL === undefined) {
    environment.DATA_FOLDER = placeForData(PROJECT_FOLDER, environment.DATA_FOLDER);
  }

  const stopping = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop());
  });
  const database = await openHubDatabase(environment, {
    isFresh: process.argv.includes('--fresh') || (await isHalfMade(environment)),
    onUnexpectedExit: (detail) => {
      process.stderr.write(`${detail}\n`);
      process.exit(1);
    },
  });
  try {
    const { startHub } = await import('./hub.js');
    const hub = await startHub(environment, database.url);
    try {
      if (environment.isDemonstration) {
        const { welcome } = await import('./demo/welcome.js');
        await Promise.race([welcome(environment, hub, database), stopping]);
      } else {
        say(`Liaison Hub ${environment.HUB_ID} serves ${hub.url}`);
      }
      await stopping;
    } finally {
      await hub.stop();
    }
  } finally {
    await database.close();
  }
}

/** A demonstration whose first start was interrupted is begun anew; nothing in it was anyone's work. */
async function isHalfMade(environment: Environment): Promise<boolean> {
  if (!environment.isDemonstration || environment.DATABASE_URL !== undefined) return false;
  const { worldState } = await import('./demo/world/world-file.js');
  return worldState(environment.DATA_FOLDER) === 'half';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The network, or PostgreSQL itself, refuses the connection: SQLSTATE classes 08 and 28, a database that there is not, starting up. */
const NO_DATABASE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|08\w{3}|28\w{3}|3D000|57P03)$/;

/** Failures that an operator can act on are told in their own words; anything else with its stack. */
function explain(error: unknown): string {
  if (
    error instanceof BadConfiguration ||
    error instanceof DatabaseInUse ||
    error instanceof AnotherVersion ||
    error instanceof FloorNotSafe
  )
    return error.message;
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `Port ${(error as { port?: number }).port} is taken by another program. Stop it, or choose another: PORT=3001 npm start`;
  }
  const code = String((error as { code?: unknown }).code);
  if (NO_DATABASE.test(code)) {
    return `The database of DATABASE_URL cannot be used (${code}). Check its address, the name and password in it, and that it runs.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  },
);
