import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { accountFor, may } from './account.js';

/** Where root keeps what another user must reach when the project lies in a folder that others cannot enter. */
export const SHARED_PLACE = '/var/lib/liaison-hub';

/** The database files inside a data folder; the folder bears this name only once it is complete. */
export function clusterIn(folder: string): string {
  return join(folder, 'postgresql');
}

/**
 * The folder for the hub's data: the wanted one, except for root when the user who runs PostgreSQL cannot get there
 * (a home of mode 0700). Then one of /var/lib/liaison-hub that belongs to the wanted folder alone, so that two
 * checkouts do not meet. Data that exists stays where it is.
 */
export function placeForData(projectFolder: string, wanted: string): string {
  const folder = resolve(existsSync(projectFolder) ? realpathSync(projectFolder) : projectFolder, wanted);
  const account = accountFor(clusterIn(folder));
  if (!account) return folder;

  const elsewhere = join(SHARED_PLACE, nameFor(projectFolder, folder));
  const isReachable = may(account, '-x', nearestExisting(dirname(folder)));
  if (existsSync(clusterIn(folder))) {
    if (isReachable) return folder;
    throw new Error(
      `The database in ${folder} belongs to user id ${account.uid}, who cannot enter that folder any more. ` +
        `Let others pass through the folders above it (chmod o+x), or move it: ` +
        `mkdir -p ${SHARED_PLACE} && mv '${folder}' '${elsewhere}'`,
    );
  }
  return isReachable && !existsSync(clusterIn(elsewhere)) ? folder : elsewhere;
}

function nameFor(projectFolder: string, folder: string): string {
  const name = basename(resolve(projectFolder)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return `${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 10)}`;
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
