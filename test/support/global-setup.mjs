import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedDatabase } from '../../dist/src/embedded-database/embedded-database.js';
import { prepareDatabase } from '../../dist/src/database/prepare-database.js';
import { SecretsFolder } from '../../dist/src/database/secrets.js';

/** One PostgreSQL for all test files, with a migrated template that each file clones; none when whoever runs the tests has one. */
export default async function setUp() {
  if (process.env.LIAISON_TEST_DATABASE !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'liaison-hub-test-'));
  const secrets = await mkdtemp(join(tmpdir(), 'liaison-hub-secrets-'));
  const database = await startEmbeddedDatabase({ folder, durable: false });
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('CREATE DATABASE hub_template');
  await admin.end();
  const template = new URL(database.url);
  template.pathname = '/hub_template';
  await prepareDatabase(template.href, new SecretsFolder(secrets));
  process.env.LIAISON_TEST_DATABASE = database.url;
  process.env.LIAISON_TEST_SECRETS = secrets;
  globalThis.liaisonTest = { database, folders: [folder, secrets] };
}
