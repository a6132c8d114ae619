import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { appDataSource } from '../../config/data-source.js';
import type { Caller } from '../../src/access/caller.js';
import { prepared } from '../../src/access/prepared.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { Clock } from '../../src/common/clock.js';
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
