import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { appDataSource } from '../../config/data-source.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { Clock } from '../../src/common/clock.js';
import { objectPageStatement } from '../../src/exchange/object-pages.js';
import { fillWorld, unitCode, VIEWERS, type Viewer } from '../bench/world.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { aCaller } from '../support/world.js';

const OBJECTS = 10_000;
const PAGE = { box: 'inbox', before: null, limit: 20, term: null, clearance: 1 } as const;

let database: TestDatabase;
let dataSource: DataSource;
let scoped: ScopedDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await fillWorld(client, OBJECTS, () => undefined);
  await client.query('VACUUM ANALYZE');
  await client.end();
  dataSource = await appDataSource(database.access.appUrl, 1).initialize();
  scoped = new ScopedDatabase(dataSource, database.access.contextKey, new Clock(false));
  await buffersFor(VIEWERS[0]!); // The first of a connection also reads the catalogue.
}, 60_000);
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** How many pages of 8 KB PostgreSQL looks at for the newest twenty objects that this agency sees. */
async function buffersFor({ agency }: Viewer): Promise<number> {
  const { text, values } = objectPageStatement(PAGE);
  const caller = aCaller({ agencyId: agency, unitId: unitCode(agency) });
  const [plan] = await scoped.as(caller, (tx) =>
    tx.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }[]>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    ),
  );
  const { Plan } = plan!['QUERY PLAN'][0];
  return Plan['Shared Hit Blocks']! + Plan['Shared Read Blocks']!;
}

// security.md 6.8: measured were 282 for one audience and 1,289 for forty.
it.each(VIEWERS)(
  'a page of the agency that sees $sight through $audiences audiences reads few buffers',
  async (viewer) => {
    const buffers = await buffersFor(viewer);
    expect({ buffers, isFew: buffers <= 300 + 40 * viewer.audiences }).toEqual({ buffers, isFew: true });
    expect(buffers).toBeGreaterThan(0);
  },
);
