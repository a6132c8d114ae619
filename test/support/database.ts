import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { migrationDataSource } from '../../config/data-source.js';
import { databaseAccess, type PreparedDatabase } from '../../src/database/prepare-database.js';
import { SecretsFolder } from '../../src/database/secrets.js';

/** A fresh migrated database for one test file, and a data folder with its secrets. */
export interface TestDatabase {
  /** Address for the superuser. */
  url: string;
  access: PreparedDatabase;
  dataFolder: string;
  /** Runs work as the operator's role, which is not bound by row security. */
  asOperator: <T>(work: (tx: EntityManager) => Promise<T>) => Promise<T>;
  /** Runs one statement as superuser. */
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const server = process.env['LIAISON_TEST_DATABASE']!;
  const name = `hub_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE hub_template`);
  const url = new URL(server);
  url.pathname = `/${name}`;

  const dataFolder = mkdtempSync(join(tmpdir(), 'liaison hub '));
  cpSync(process.env['LIAISON_TEST_SECRETS']!, join(dataFolder, 'secrets'), { recursive: true });
  const access = await databaseAccess(url.href, new SecretsFolder(join(dataFolder, 'secrets')));
  const operator: DataSource = await migrationDataSource(access.migrateUrl).initialize();
  const superuser = new Client({ connectionString: url.href });
  await superuser.connect();
  return {
    url: url.href,
    access,
    dataFolder,
    asOperator: (work) => operator.transaction(work),
    sql: async <Row extends QueryResultRow>(text: string, values: unknown[] = []) =>
      (await superuser.query<Row>(text, values)).rows,
    drop: async () => {
      await operator.destroy();
      await superuser.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
