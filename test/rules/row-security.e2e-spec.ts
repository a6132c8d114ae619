import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { readEnvironment } from '../../config/environment.js';
import { assertFloorIsSafe, FloorNotSafe } from '../../src/access/row-security.js';
import { startHub } from '../../src/hub.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { settle, type World } from '../support/world.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
  await settle(database, WORLD);
});
afterAll(() => database.drop());

/** One released object, so that a table which shows rows to everybody has a row to show. */
const WORLD: World = {
  agencies: [{ id: 'AA-CUS', units: ['AA-CUS-U0'] }],
  audiences: [{ id: 1, kind: 'AGENCY', owner: 'AA-CUS' }],
  memberships: [{ audience: 1, agency: 'AA-CUS', unit: null, since: 0, until: 9_000_000, outbox: false }],
  objects: [
    {
      seq: 1,
      id: '00000000-0000-4000-8000-000000000001',
      kind: 'alert',
      from: 'AA-CUS',
      unit: 'AA-CUS-U0',
      clearance: 0,
      terms: ['kind:alert'],
    },
  ],
  releases: [{ audience: 1, seq: 1, clearance: 0, until: 'never', isRecalled: false, isLive: true }],
  changes: [
    { audience: 1, xid: 10, seq: 1, act: 'RELEASED', objectId: '00000000-0000-4000-8000-000000000001', clearance: 0 },
  ],
  parts: [{ seq: 1, name: 'nominal', agencies: ['AA-CUS'] }],
  openings: [{ id: 1, seq: 1, agency: 'AA-CUS' }],
};

/**
 * What the start-up check says of the database after these statements, which are undone: it runs as hub_app within the
 * superuser's transaction, so that roles, which all databases share, stay as they were for the tests beside this one.
 */
async function faultsAfter(...statements: string[]): Promise<string[]> {
  await database.sql('BEGIN');
  try {
    for (const statement of statements) await database.sql(statement);
    await database.sql('SET LOCAL ROLE hub_app');
    const asApp = { query: (text: string) => database.sql(text) } as unknown as DataSource;
    await assertFloorIsSafe(asApp);
    return [];
  } catch (error) {
    if (error instanceof FloorNotSafe) return error.faults;
    throw error;
  } finally {
    await database.sql('ROLLBACK');
  }
}

/** Every relation that the server's role can read or write, from the catalogue: a new table is here without being named. */
function tables(): Promise<{ name: string }[]> {
  return database.sql<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       AND (has_table_privilege('hub_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege('hub_app', c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1`,
  );
}

function policies(): Promise<{ table: string; policy: string; permissive: boolean; command: string }[]> {
  return database.sql(
    `SELECT format('%I.%I', schemaname, tablename) AS table, policyname AS policy, permissive = 'PERMISSIVE' AS permissive,
       cmd AS command FROM pg_policies WHERE 'hub_app' = ANY (roles) ORDER BY 1, 2`,
  );
}

describe('the start-up check', () => {
  it('finds nothing wrong with a database as the migrations make it', async () => {
    expect(await faultsAfter()).toEqual([]);
    expect((await tables()).length).toBeGreaterThanOrEqual(17);
  });

  it('refuses every table whose row security is disabled', async () => {
    for (const { name } of await tables()) {
      expect(await faultsAfter(`ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`)).toContain(
        `${name} has no row security`,
      );
    }
  });

  it('refuses every table whose row security is not forced', async () => {
    for (const { name } of await tables()) {
      const faults = await faultsAfter(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`);
      expect(faults).toEqual([`${name} has no forced row security`]);
    }
  });

  it('refuses every table without policy for the server', async () => {
    const all = await policies();
    for (const { name } of await tables()) {
      const own = all.filter((each) => each.table === name);
      const faults = await faultsAfter(...own.map((each) => `DROP POLICY ${each.policy} ON ${name}`));
      expect([name, faults]).toEqual([name, [`${name} has no policy for hub_app`]]);
    }
  });

  it('refuses a policy that lets everybody through, for every table', async () => {
    for (const { name } of await tables()) {
      for (const role of ['hub_app', 'PUBLIC']) {
        const faults = await faultsAfter(`CREATE POLICY opened ON ${name} TO ${role} USING (true)`);
        expect([name, role, faults]).toEqual([
          name,
          role,
          expect.arrayContaining([`policy opened on ${name} lets everybody through`]),
        ]);
      }
    }
  });

  it('refuses a table that shows rows to a caller without context, whatever its policies say', async () => {
    const opened = 'CREATE POLICY opened ON hub.object FOR SELECT TO hub_app USING (seq > 0)';
    expect(await faultsAfter(opened, 'DROP POLICY clearance ON hub.object')).toContain(
      'hub.object shows rows to a caller without context',
    );
    const term = 'CREATE POLICY opened ON hub.release_term FOR SELECT TO hub_app USING (seq > 0)';
    expect(await faultsAfter(term)).toEqual(['hub.release_term shows rows to a caller without context']);
  });

  it('D19 refuses a new table, view or materialised view that nobody thought of', async () => {
    const plain = await faultsAfter(
      'CREATE TABLE hub.forgotten (x integer)',
      'GRANT INSERT ON hub.forgotten TO hub_app',
    );
    expect(plain).toEqual(['hub.forgotten has no row security']);
    const column = await faultsAfter(
      'CREATE TABLE public.forgotten (x integer, y integer)',
      'GRANT UPDATE (y) ON public.forgotten TO PUBLIC',
    );
    expect(column).toEqual(['public.forgotten has no row security']);
    expect(await faultsAfter('CREATE VIEW hub.seen AS SELECT * FROM hub.object')).toEqual([
      "view hub.seen runs with its owner's rights",
    ]);
    expect(
      await faultsAfter('CREATE VIEW hub.seen WITH (security_invoker = true) AS SELECT * FROM hub.object'),
    ).toEqual([]);
    const materialised = await faultsAfter(
      'CREATE MATERIALIZED VIEW hub.copied AS SELECT * FROM hub.object',
      'GRANT SELECT ON hub.copied TO hub_app',
    );
    expect(materialised).toEqual(['hub.copied has no row security (it is a materialised view)']);
    const partitioned = await faultsAfter(
      'CREATE TABLE hub.split (x integer) PARTITION BY RANGE (x)',
      'GRANT SELECT ON hub.split TO hub_app',
    );
    expect(partitioned).toEqual(['hub.split has no row security']);
  });

  it('refuses a function that lends rights carelessly', async () => {
    const body = `LANGUAGE sql SECURITY DEFINER`;
    const owned = 'ALTER FUNCTION cmd.lent() OWNER TO hub_cmd';
    const revoked = 'REVOKE ALL ON FUNCTION cmd.lent() FROM PUBLIC';
    const fixed = "ALTER FUNCTION cmd.lent() SET search_path = ''";
    const made = `CREATE FUNCTION cmd.lent() RETURNS integer ${body} AS 'SELECT 1'`;
    expect(await faultsAfter(made, owned, revoked)).toEqual(['function cmd.lent() has no fixed search_path']);
    expect(await faultsAfter(made, owned, fixed)).toEqual(['function cmd.lent() may be called by everybody']);
    expect(await faultsAfter(made, fixed, revoked)).toEqual(['function cmd.lent() belongs to a superuser']);
    for (const bypassing of [
      ['ALTER FUNCTION cmd.lent() OWNER TO hub_migrate'],
      ['CREATE ROLE bypassing BYPASSRLS', 'ALTER FUNCTION cmd.lent() OWNER TO bypassing'],
    ]) {
      expect(await faultsAfter(made, ...bypassing, fixed, revoked)).toEqual([
        'function cmd.lent() belongs to a role that may bypass row security',
      ]);
    }
    expect(await faultsAfter(made, owned, fixed, revoked)).toEqual([]);
  });

  it.each([
    ['a member of another role', 'GRANT hub_owner TO hub_app', /^role hub_app is a member of hub_owner$/],
    ['a member that must SET ROLE first', 'GRANT hub_cmd TO hub_app WITH INHERIT FALSE', /is a member of hub_cmd/],
    ['a reader of all data', 'GRANT pg_read_all_data TO hub_app', /is a member of pg_read_all_data/],
    ['allowed to bypass row security', 'ALTER ROLE hub_app BYPASSRLS', /^role hub_app may bypass row security$/],
    ['a superuser', 'ALTER ROLE hub_app SUPERUSER', /^role hub_app is a superuser$/],
    ['an owner', 'ALTER TABLE hub.alert OWNER TO hub_app', /^role hub_app owns hub.alert$/],
  ])('refuses a server that is %s', async (_, statement, fault) => {
    expect(await faultsAfter(statement)).toContainEqual(expect.stringMatching(fault));
  });

  it('D18 keeps a real server from starting, and names the table', async () => {
    const environment = readEnvironment({
      HUB_ID: 'demo.test.localhost',
      PORT: '0',
      DATABASE_URL: database.url,
      DATA_FOLDER: database.dataFolder,
      LOG_LEVEL: 'fatal',
    });
    const start = (): Promise<unknown> => startHub(environment, database.url);
    await database.sql('ALTER TABLE hub.release DISABLE ROW LEVEL SECURITY');
    await expect(start()).rejects.toThrow('hub.release has no row security');
    await database.sql('ALTER TABLE hub.release ENABLE ROW LEVEL SECURITY');
    await database.sql('CREATE VIEW hub.seen AS SELECT * FROM hub.object');
    await expect(start()).rejects.toThrow('view hub.seen');
    await database.sql('DROP VIEW hub.seen');
    const hub = await startHub(environment, database.url);
    await hub.stop();
  });
});
