import 'reflect-metadata';
import type { EntityManager } from 'typeorm';
import { BadConfiguration, type Environment, PROJECT_FOLDER, readEnvironment } from '../../config/environment.js';
import { openForOperator } from '../database/hub-database.js';
import { DatabaseInUse } from '../embedded-database/embedded-database.js';
import { placeForData } from '../embedded-database/place-for-data.js';
import { EXIT, Failure } from './failures.js';

/** The environment of the hub on this machine, as `npm start` reads it. */
export function hubEnvironment(): Environment {
  try {
    const environment = readEnvironment();
    if (environment.DATABASE_URL === undefined) {
      environment.DATA_FOLDER = placeForData(PROJECT_FOLDER, environment.DATA_FOLDER);
    }
    return environment;
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error;
    throw new Failure(EXIT.usage, 'cli.failure.configuration', { detail: error.problems.join('; ') });
  }
}

/** Runs operator's work in one transaction as hub_migrate, beside a running hub or alone. */
export async function asOperator<T>(environment: Environment, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const database = await openForOperator(environment).catch(explain);
  try {
    return await database.asOperator(work).catch(explain);
  } finally {
    await database.close();
  }
}

/** A database that does not answer, or lets nobody in, in the operator's words. */
export function explain(error: unknown): never {
  if (error instanceof DatabaseInUse)
    throw new Failure(EXIT.refused, 'cli.failure.hubStarts', { pid: error.pid, folder: error.folder });
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|28\w{3}|3D000)$/.test(code)) {
    throw new Failure(EXIT.unreachable, 'cli.failure.database', { code });
  }
  throw error;
}
