import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { appDataSource } from '../../config/data-source.js';
import type { Caller } from '../../src/access/caller.js';
import { prepared } from '../../src/access/prepared.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { Clock } from '../../src/common/clock.js';
import { Unavailable } from '../../src/common/errors.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/** One GraphQL query is one transaction; whatever its resolvers do late must not reach the next caller's. */

let database: TestDatabase;
let dataSource: DataSource;
let scoped: ScopedDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await appDataSource(database.access.appUrl, 1).initialize();
  scoped = new ScopedDatabase(dataSource, database.access.contextKey, new Clock(false));
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const caller = (agencyId: string): Caller => ({
  agencyId,
  unitId: `${agencyId}-HQ`,
  officer: null,
  clearance: 0,
  maySeeNominal: false,
  purpose: 'PREVENT_DETECT',
  permissions: new Set(),
});

const WHO = 'SELECT cmd.my_agency() AS agency';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('an operation', () => {
  it('waits for what its resolvers still do, before its connection goes back', async () => {
    const a = caller('VN-CUS');
    scoped.openOperation(a, { readOnly: true });
    const late = scoped.as(a, async (tx) => {
      await prepared(tx, 'who', WHO);
      await pause(150);
      return prepared<{ agency: string }>(tx, 'who', WHO);
    });
    await pause(20);
    await scoped.closeOperation(a);
    const next = await scoped.as(caller('MM-CUS'), (tx) => prepared<{ agency: string }>(tx, 'who', WHO));
    expect(await late).toEqual([{ agency: 'VN-CUS' }]);
    expect(next).toEqual([{ agency: 'MM-CUS' }]);
  });

  it('that could not begin answers nothing, though its statements ran: nobody is not shown an empty list', async () => {
    const broken = await appDataSource(database.access.appUrl, 1).initialize();
    try {
      const a = caller('VN-CUS');
      const unlucky = new ScopedDatabase(broken, database.access.contextKey, new Clock(false));
      const runner = broken.createQueryRunner();
      const connection = (await runner.connect()) as { query(...words: unknown[]): unknown };
      const send = connection.query.bind(connection);
      // PostgreSQL refuses the first statement and takes those that are sent with it, each by itself.
      connection.query = (sql, ...rest) => send(sql === 'BEGIN READ ONLY' ? 'BEGIN READ BROKEN' : sql, ...rest);
      await runner.release();
      unlucky.openOperation(a, { readOnly: true });
      expect(await unlucky.as(a, (tx) => prepared(tx, 'who', WHO))).toEqual([{ agency: null }]);
      await expect(unlucky.closeOperation(a)).rejects.toThrow('syntax error');
    } finally {
      await broken.destroy();
    }
  });

  it('takes no work after its end', async () => {
    const a = caller('VN-CUS');
    scoped.openOperation(a, { readOnly: true });
    await scoped.as(a, (tx) => prepared(tx, 'who', WHO));
    await scoped.closeOperation(a);
    await expect(scoped.as(a, (tx) => prepared(tx, 'who', WHO))).rejects.toThrow('over');
  });

  it('cannot write on a connection that it has given back', async () => {
    let keep: Parameters<typeof prepared>[0] | undefined;
    await scoped.as(caller('VN-CUS'), async (tx) => {
      keep = tx;
      await prepared(tx, 'who', WHO);
    });
    const other = scoped.as(caller('MM-CUS'), async (tx) => {
      await pause(100);
      return prepared<{ agency: string }>(tx, 'who', WHO);
    });
    await expect(prepared(keep!, 'who', WHO)).rejects.toThrow('The transaction is over');
    expect(await other).toEqual([{ agency: 'MM-CUS' }]);
  });
});

describe('a transaction that lasts too long', () => {
  const DEADLINE_MS = 400;
  let pool: DataSource;
  let hasty: ScopedDatabase;
  beforeAll(async () => {
    pool = await appDataSource(database.access.appUrl, 2).initialize();
    hasty = new ScopedDatabase(pool, database.access.contextKey, new Clock(false), DEADLINE_MS);
  });
  afterAll(() => pool.destroy());

  const sleeping = (): Promise<{ pid: number }[]> =>
    database.sql(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'",
    );
  const inTransaction = (): Promise<{ pid: number }[]> =>
    database.sql(
      "SELECT pid FROM pg_stat_activity WHERE usename = 'hub_app' AND datname = current_database() AND state LIKE 'idle in%'",
    );

  it('is cancelled in the middle of a statement', async () => {
    const begun = performance.now();
    const long = hasty.as(caller('VN-CUS'), (tx) => tx.query('SELECT pg_sleep(4)'));
    await expect(long).rejects.toThrow(Unavailable);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect([await sleeping(), await inTransaction()]).toEqual([[], []]);
  });

  it('lasts ten seconds when nobody says otherwise', async () => {
    const begun = performance.now();
    const long = scoped.as(caller('VN-CUS'), async (tx) => {
      while (performance.now() - begun < 20_000) {
        await tx.query('SELECT 1');
        await pause(100);
      }
    });
    await expect(long).rejects.toThrow(Unavailable);
    const seconds = (performance.now() - begun) / 1000;
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(14);
  }, 30_000);

  it('is not needed for a statement that takes too long by itself', async () => {
    const stubborn = (sql: string): Promise<unknown> => scoped.as(caller('VN-CUS'), (tx) => tx.query(sql));
    await expect(stubborn('SET LOCAL statement_timeout = 50; SELECT pg_sleep(2)')).rejects.toThrow(Unavailable);
  });

  it('is rolled back between two statements, and no other follows', async () => {
    const steps: string[] = [];
    const long = hasty.as(caller('VN-CUS'), async (tx) => {
      await prepared(tx, 'who', WHO);
      await pause(DEADLINE_MS * 2);
      steps.push('waited');
      await prepared(tx, 'who', WHO);
      steps.push('read');
    });
    await expect(long).rejects.toThrow(Unavailable);
    expect(steps).toEqual(['waited']);
    expect(await inTransaction()).toEqual([]);
  });

  it('is not taken for stored, though its work ended well', async () => {
    const long = hasty.as(caller('VN-CUS'), async (tx) => {
      await prepared(tx, 'who', WHO);
      await pause(DEADLINE_MS * 2);
    });
    await expect(long).rejects.toThrow(Unavailable);
  });

  it('ends the whole operation', async () => {
    const a = caller('VN-CUS');
    hasty.openOperation(a, { readOnly: true });
    await hasty.as(a, (tx) => prepared(tx, 'who', WHO));
    await pause(DEADLINE_MS * 2);
    await expect(hasty.as(a, (tx) => prepared(tx, 'who', WHO))).rejects.toThrow(Unavailable);
    await expect(hasty.closeOperation(a)).rejects.toThrow(Unavailable);
  });

  it('leaves its connections to the next', async () => {
    const each = await Promise.all(
      ['VN-CUS', 'MM-CUS', 'TH-CUS', 'LA-CUS'].map((agency) =>
        hasty.as(caller(agency), (tx) => prepared<{ agency: string }>(tx, 'who', WHO)),
      ),
    );
    expect(each.map(([row]) => row!.agency)).toEqual(['VN-CUS', 'MM-CUS', 'TH-CUS', 'LA-CUS']);
  });
});
