import { createHash } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../config/data-source.js';

/** A database that other migrations made than these: its hub is of another version. */
export class AnotherVersion extends Error {
  constructor() {
    super(
      `The database is of another version of Liaison Hub.
  - a demonstration is begun anew: npm start -- --fresh
  - an older hub is brought up to date: liaison init
  - a newer one is served by its own version only`,
    );
  }
}

/** Stands as the comment of the schema `cmd`, which every role can read: how many migrations ran, and the digest of their statements. */
const WRITTEN = `SELECT obj_description(to_regnamespace('cmd')::oid, 'pg_namespace') AS version`;

/** Throws AnotherVersion unless the database was made by exactly the migrations of this version. */
export async function checkVersion(dataSource: DataSource): Promise<void> {
  if ((await versionIn(dataSource)) !== (await versionAfter(MIGRATIONS.length))) throw new AnotherVersion();
}

/**
 * Runs the migrations that the database has not seen. Throws AnotherVersion, and changes nothing, where those that it has seen are not
 * the first of these, word for word: a migration that was changed after it ran would leave no other trace.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const version = await versionIn(dataSource);
  const count = Number(/^\d+/.exec(version ?? '')?.[0] ?? 0);
  const isKnown = version === null ? !(await hasMigrations(dataSource)) : version === (await versionAfter(count));
  if (!isKnown) throw new AnotherVersion();
  await dataSource.runMigrations();
  await dataSource.query(`COMMENT ON SCHEMA cmd IS '${await versionAfter(MIGRATIONS.length)}'`);
}

async function versionIn(dataSource: DataSource): Promise<string | null> {
  return (await dataSource.query<{ version: string | null }[]>(WRITTEN))[0]!.version;
}

async function hasMigrations(dataSource: DataSource): Promise<boolean> {
  const table = dataSource.options.migrationsTableName;
  const [found] = await dataSource.query<{ known: boolean }[]>('SELECT to_regclass($1) IS NOT NULL AS known', [table]);
  return found!.known;
}

/** The version of a database in which the first so many migrations have run. */
async function versionAfter(count: number): Promise<string> {
  const hash = createHash('sha256');
  const query = (...statement: unknown[]): void => void hash.update(JSON.stringify(statement));
  for (const Migration of MIGRATIONS.slice(0, count)) {
    const migration: MigrationInterface = new Migration();
    await migration.up({ query } as unknown as QueryRunner);
  }
  return `${Math.min(count, MIGRATIONS.length)} migrations, sha256 ${hash.digest('hex')}`;
}
