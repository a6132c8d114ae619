import { createHash, createSecretKey } from 'node:crypto';
import { migrationDataSource } from '../../config/data-source.js';
import { contextKeyPads, type ContextKey } from '../access/context-token.js';
import { createRoles, obtainPasswords, urlFor } from './roles.js';
import { migrate } from './schema-version.js';
import { freshSecret, type SecretsFolder } from './secrets.js';

/** What the server needs to reach its database. */
export interface PreparedDatabase {
  appUrl: string;
  authUrl: string;
  migrateUrl: string;
  contextKey: ContextKey;
}

/** The addresses and keys of a database that `liaison init` has prepared; makes the secrets when there are none. */
export async function databaseAccess(databaseUrl: string, secrets: SecretsFolder): Promise<PreparedDatabase> {
  const passwords = await obtainPasswords(secrets);
  return {
    appUrl: urlFor('hub_app', databaseUrl, passwords),
    authUrl: urlFor('hub_auth', databaseUrl, passwords),
    migrateUrl: urlFor('hub_migrate', databaseUrl, passwords),
    contextKey: await obtainContextKey(secrets),
  };
}

/**
 * `liaison init`: roles, schemas, migrations and the context key. Can be run again at any time; brings an older database up
 * to date. Throws AnotherVersion for one that it cannot. `adminUrl` names a role that may create roles and schemas in the hub's database.
 */
export async function prepareDatabase(adminUrl: string, secrets: SecretsFolder): Promise<PreparedDatabase> {
  const access = await databaseAccess(adminUrl, secrets);
  await createRoles(adminUrl, await obtainPasswords(secrets));
  const dataSource = await migrationDataSource(access.migrateUrl).initialize();
  try {
    await migrate(dataSource);
    const { kid, inner, outer } = contextKeyPads(access.contextKey);
    await dataSource.query(
      'INSERT INTO cmd.context_key (kid, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT (kid) DO NOTHING',
      [kid, inner, outer],
    );
  } finally {
    await dataSource.destroy();
  }
  return access;
}

async function obtainContextKey(secrets: SecretsFolder): Promise<ContextKey> {
  const { kid, secret } = await secrets.obtain('context-key', () => {
    const fresh = freshSecret();
    return { kid: createHash('sha256').update(fresh).digest('base64url').slice(0, 8), secret: fresh };
  });
  return { kid, secret: createSecretKey(secret, 'base64url') };
}
