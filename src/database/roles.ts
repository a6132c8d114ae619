import { Client } from 'pg';
import { freshSecret, type SecretsFolder } from './secrets.js';

/** Passwords of the roles that sign in to PostgreSQL. Made once; kept in the secrets folder. */
export interface DatabasePasswords {
  hub_migrate: string;
  hub_app: string;
  hub_auth: string;
}

type LoginRole = keyof DatabasePasswords;

const SCHEMAS: Record<string, string> = {
  hub: 'hub_owner',
  audit: 'hub_owner',
  agency: 'hub_owner',
  cmd: 'hub_cmd',
  auth: 'hub_auth',
};

/** Makes, or brings up to date, the roles and schemas of security.md 6.2. Needs a role that may create roles. */
export async function createRoles(adminUrl: string, passwords: DatabasePasswords): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const version = await client.query<{ server_version_num: string }>('SHOW server_version_num');
    if (Number(version.rows[0]?.server_version_num) < 160_000) throw new Error('PostgreSQL 16 or newer is needed');
    await client.query('SELECT pg_advisory_lock(7310)');
    await client.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_owner') THEN CREATE ROLE hub_owner NOLOGIN; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_cmd') THEN CREATE ROLE hub_cmd NOLOGIN; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_migrate') THEN CREATE ROLE hub_migrate LOGIN BYPASSRLS; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_app') THEN CREATE ROLE hub_app LOGIN NOINHERIT; END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_auth') THEN CREATE ROLE hub_auth LOGIN NOINHERIT; END IF;
      END $$;
      GRANT hub_owner, hub_cmd, hub_auth TO hub_migrate WITH INHERIT TRUE, SET TRUE;
    `);
    for (const role of Object.keys(passwords) as LoginRole[]) {
      await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(passwords[role])}`);
    }
    const database = client.escapeIdentifier(client.database ?? 'postgres');
    await client.query(`
      REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
      GRANT CONNECT ON DATABASE ${database} TO hub_migrate, hub_app, hub_auth;
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      GRANT USAGE, CREATE ON SCHEMA public TO hub_migrate;
    `);
    for (const [schema, owner] of Object.entries(SCHEMAS)) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner}`);
      await client.query(`GRANT USAGE, CREATE ON SCHEMA ${schema} TO hub_migrate`);
      if (schema !== 'auth')
        await client.query(`GRANT USAGE ON SCHEMA ${schema} TO hub_owner, hub_cmd, hub_auth, hub_app`);
    }
  } finally {
    await client.end();
  }
}

/** The address of the same database for one of our own roles. */
export function urlFor(role: LoginRole, databaseUrl: string, passwords: DatabasePasswords): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = passwords[role];
  return url.href;
}

export function obtainPasswords(secrets: SecretsFolder): Promise<DatabasePasswords> {
  return secrets.obtain('database', () => ({
    hub_migrate: freshSecret(),
    hub_app: freshSecret(),
    hub_auth: freshSecret(),
  }));
}
