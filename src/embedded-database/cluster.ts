import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.js';

/** What PostgreSQL's programs see of our environment: nothing that would change how they behave. */
export const POSTGRES_ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** Text compares by code point and letters fold as Unicode says, on every machine, whatever locales it has. */
const LOCALE = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * Creates the cluster unless it is there. It gets its name by the last step, so one that was cut short is never taken
 * for whole; each attempt has a folder of its own, as an initdb whose hub was killed may still be writing.
 */
export async function initialiseCluster(
  cluster: string,
  { binaries, account, passwordFile, durable }: InitialiseOptions,
): Promise<void> {
  await removeUnfinished(cluster);
  if (existsSync(cluster)) return;

  await writePassword(passwordFile, account);
  const unfinished = await mkdtemp(`${cluster}.unfinished-`);
  if (account) await chown(unfinished, account.uid, account.gid);
  const initdb = spawn(
    join(binaries, 'initdb'),
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      ...LOCALE,
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  initdb.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const result = await new Promise<unknown>((resolve) => {
    initdb.on('error', resolve);
    initdb.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (result !== 0) {
    await removeUnfinished(cluster);
    throw new Error(`The database could not be created in ${cluster}: ${complaint.trim() || String(result)}`);
  }
  await rename(unfinished, cluster);
  const folder = await open(dirname(cluster));
  if (durable) await folder.sync();
  await folder.close();
}

interface InitialiseOptions {
  binaries: string;
  account: Account | undefined;
  passwordFile: string;
  durable: boolean;
}

/** The superuser's password of this cluster. */
export async function readPassword(passwordFile: string): Promise<string> {
  try {
    return (await readFile(passwordFile, 'utf8')).trim();
  } catch (cause) {
    throw new Error(
      `The password of the database cannot be read from ${passwordFile}. It belongs to the database beside it: ` +
        'bring both back from the same backup',
      { cause },
    );
  }
}

/** The file belongs to the account that runs initdb, which reads it; that account has the whole database anyway. */
async function writePassword(file: string, account: Account | undefined): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
  if (account) await chown(file, account.uid, account.gid);
}

async function removeUnfinished(cluster: string): Promise<void> {
  for (const name of await readdir(dirname(cluster))) {
    if (!name.startsWith(`${basename(cluster)}.unfinished-`)) continue;
    // One that an orphaned initdb still fills may resist; it goes at the next start.
    await rm(join(dirname(cluster), name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
