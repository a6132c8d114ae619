import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/**
 * What every table, view and function of the hub's schemas must be, read from PostgreSQL's catalogue: a new one is here without being named.
 * Stricter than the check at start (src/access/row-security.ts), which cannot know how an operator's database is otherwise used.
 */

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** Whom the relation `c` is granted to, or one of its columns. */
const GRANTS = `SELECT t.grantee FROM aclexplode(c.relacl) t UNION
  SELECT x.grantee FROM pg_attribute y CROSS JOIN LATERAL aclexplode(y.attacl) x WHERE y.attrelid = c.oid`;

const RULES: Record<string, { find: string; violation: string; found: string }> = {
  'tables of agencies have row security, enabled and forced, with a policy, and belong to hub_owner': {
    find: `SELECT c.oid::regclass::text AS fault FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('hub', 'audit', 'agency') AND c.relkind IN ('r', 'p', 'f')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND c.relowner = 'hub_owner'::regrole
          AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))`,
    violation: 'CREATE TABLE hub.forgotten (x integer)',
    found: 'hub.forgotten',
  },
  'tables of commands and of sign-in are read by their owner, and by commands (which no one signs in as)': {
    find: `SELECT DISTINCT c.oid::regclass::text AS fault FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (${GRANTS}) a
      WHERE n.nspname IN ('cmd', 'auth') AND c.relkind IN ('r', 'p', 'v', 'm') AND a.grantee NOT IN (c.relowner, 'hub_migrate'::regrole, 'hub_cmd'::regrole)`,
    violation: 'GRANT SELECT (kid) ON cmd.context_key TO hub_app',
    found: 'cmd.context_key',
  },
  'views run with the rights of whoever reads them, and none is materialised': {
    find: `SELECT c.oid::regclass::text AS fault FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth', 'public')
        AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT COALESCE(c.reloptions, '{}') @> ARRAY['security_invoker=true'])`,
    violation: 'CREATE VIEW audit.seen AS SELECT * FROM hub.object',
    found: 'audit.seen',
  },
  'functions that lend rights belong to hub_cmd and have an empty search_path': {
    find: `SELECT p.oid::regprocedure::text AS fault FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef
        AND NOT (p.proowner = 'hub_cmd'::regrole AND COALESCE(p.proconfig, '{}') @> ARRAY['search_path=""'])`,
    violation: `ALTER FUNCTION cmd.submit(jsonb) SET search_path = 'public'`,
    found: 'cmd.submit(jsonb)',
  },
  'functions are not for everybody to call': {
    find: `SELECT p.oid::regprocedure::text AS fault FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth') AND has_function_privilege('public', p.oid, 'EXECUTE')`,
    violation: 'GRANT EXECUTE ON FUNCTION cmd.sees(bigint) TO PUBLIC',
    found: 'cmd.sees(bigint)',
  },
  'nothing is granted to everybody': {
    find: `SELECT DISTINCT c.oid::regclass::text AS fault FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (${GRANTS}) a
      WHERE n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth') AND a.grantee = 0`,
    violation: 'GRANT SELECT (id) ON hub.agency TO PUBLIC',
    found: 'hub.agency',
  },
};

describe('in the database', () => {
  it.each(Object.entries(RULES))('%s', async (_, { find }) => {
    expect(await database.sql(find)).toEqual([]);
  });

  it.each(Object.entries(RULES))('it is noticed when not: %s', async (_, { find, violation, found }) => {
    await database.sql('BEGIN');
    try {
      await database.sql(violation);
      expect(await database.sql(find)).toContainEqual({ fault: found });
    } finally {
      await database.sql('ROLLBACK');
    }
  });
});
