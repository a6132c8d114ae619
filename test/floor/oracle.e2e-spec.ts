import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { DataSource, EntityManager } from 'typeorm';
import { appDataSource } from '../../config/data-source.js';
import type { Caller } from '../../src/access/caller.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { type AccessRow, readAccessPage } from '../../src/audit/access-log.js';
import { Clock } from '../../src/common/clock.js';
import { FEED_START, readChanges } from '../../src/exchange/changes.js';
import { type PageRequest, readObject, readObjectPage } from '../../src/exchange/object-pages.js';
import type { ObjectRow } from '../../src/exchange/object-record.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { anyWorld, callersOf, settle, type World } from '../support/world.js';
import { type Sight, sightOf } from './oracle.js';

/** LIAISON_WORLDS=5000 npx jest test/floor/oracle runs more; LIAISON_SEED repeats a run whose seed was printed. */
const WORLDS = Number(process.env['LIAISON_WORLDS'] ?? 60);
const SEED = process.env['LIAISON_SEED'] === undefined ? undefined : Number(process.env['LIAISON_SEED']);
const TERM = 'container:AAAU0000001';
const SLOW = 10 * 60_000;

const MINE = '(SELECT cmd.my_sight()) @> hub.place(audience_id, seq)';
const CLEARED = 'clearance <= (SELECT cmd.my_clearance())';
const NOT_OVER = '(until IS NULL OR until > (SELECT hub.now()))';
const ME = '(SELECT cmd.my_agency())';
const SEEN = 'EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = object_seq)';
const IN_FORCE = `recalled_at IS NULL AND ${NOT_OVER}`;

/** Holes knocked into the floor one at a time: policy, table, and the condition that is left of it. */
const HOLES: [name: string, policy: string, table: string, condition: string][] = [
  ['a release has no clearance', 'released', 'hub.release', `${MINE} AND ${IN_FORCE}`],
  ['a recall hides nothing', 'released', 'hub.release', `${MINE} AND ${CLEARED} AND ${NOT_OVER}`],
  ['nothing expires', 'released', 'hub.release', `${MINE} AND ${CLEARED} AND recalled_at IS NULL`],
  ['terms are open', 'released', 'hub.release_term', 'true'],
  ['objects are open', 'released', 'hub.object', 'true'],
  ['alerts are open', 'released', 'hub.alert', 'true'],
  ['the feed has no clearance', 'member', 'hub.change', MINE],
  ['the feed has no members', 'member', 'hub.change', CLEARED],
  [
    'parts need no clearance for them',
    'released',
    'hub.part',
    'EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part.seq)',
  ],
  ['parts outlive their object', 'released', 'hub.part', '(SELECT cmd.may_see_nominal())'],
  [
    'keys of parts are shown to all who see the object',
    'own_agency',
    'hub.part_key',
    '(SELECT cmd.may_see_nominal()) AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part_key.seq)',
  ],
  [
    'keys of parts outlive their object',
    'own_agency',
    'hub.part_key',
    'agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.may_see_nominal())',
  ],
  ['whoever may see an object sees who opened it', 'owner_and_reader', 'audit.access', `${CLEARED} AND ${SEEN}`],
  ['an owner does not see who opened', 'owner_and_reader', 'audit.access', `${CLEARED} AND agency_id = ${ME}`],
  ['a reader does not see its own acts', 'owner_and_reader', 'audit.access', `${CLEARED} AND owner_agency = ${ME}`],
  ['openings need no clearance', 'owner_and_reader', 'audit.access', `owner_agency = ${ME} OR agency_id = ${ME}`],
];

/** Holes in what counts as the caller's: a piece of cmd.my_sight() and what is put in its place. */
const BLIND_SPOTS: [name: string, piece: string, instead: string][] = [
  ['joining shows what was before', 'm.since_seq', '0'],
  ['leaving does not end sight', 'LEAST(m.until_seq, 68719476736)', '68719476736'],
  ['units share what was sent to one', "AND (m.unit_id IS NULL OR m.unit_id = NULLIF(me[3], ''))", ''],
  ['agencies share what was sent to one', 'm.agency_id = me[2] AND', ''],
];

const TABLES = {
  objects: 'SELECT seq::integer AS v FROM hub.object',
  releases: `SELECT audience_id || '/' || seq AS v FROM hub.release`,
  terms: `SELECT audience_id || '/' || seq || '/' || term AS v FROM hub.release_term`,
  changes: `SELECT audience_id || '/' || seq || '/' || act AS v FROM hub.change`,
  parts: 'SELECT seq::integer AS v FROM hub.part',
  partKeys: `SELECT seq || '/' || agency_id AS v FROM hub.part_key`,
  alerts: 'SELECT seq::integer AS v FROM hub.alert',
  openings: 'SELECT id::integer AS v FROM audit.access',
};

let database: TestDatabase;
let dataSource: DataSource;
let scoped: ScopedDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await appDataSource(database.access.appUrl, 3).initialize();
  scoped = new ScopedDatabase(dataSource, database.access.contextKey, new Clock(false));
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('what PostgreSQL shows', () => {
  it(
    'is what the rule says, to every caller of every world',
    async () => {
      const seen = { worlds: 0, callers: 0, objects: 0, hidden: 0 };
      await fc.assert(
        fc.asyncProperty(anyWorld, async (world) => {
          await settle(database, world);
          seen.worlds += 1;
          for (const caller of callersOf(world)) {
            const sight = sightOf(world, caller);
            seen.callers += 1;
            seen.objects += sight.objects.length;
            seen.hidden += world.objects.length - sight.objects.length;
          }
          await compare(world);
        }),
        { numRuns: WORLDS, ...(SEED === undefined ? {} : { seed: SEED }) },
      );
      console.log(`oracle: ${JSON.stringify(seen)}`);
      // A generator that shows everything, or nothing, would prove nothing.
      expect(seen.objects).toBeGreaterThan(seen.worlds);
      expect(seen.hidden).toBeGreaterThan(seen.worlds);
    },
    SLOW,
  );

  it.each(HOLES)('is found wrong when %s', async (_, policy, table, condition) => {
    const [{ qual } = { qual: '' }] = await database.sql<{ qual: string }>(
      `SELECT qual FROM pg_policies WHERE schemaname || '.' || tablename = $1 AND policyname = $2`,
      [table, policy],
    );
    await expectFound(
      `ALTER POLICY ${policy} ON ${table} USING (${condition})`,
      `ALTER POLICY ${policy} ON ${table} USING (${qual})`,
    );
  });

  it.each(BLIND_SPOTS)('is found wrong when %s', async (_, piece, instead) => {
    const [{ whole } = { whole: '' }] = await database.sql<{ whole: string }>(
      `SELECT pg_get_functiondef('cmd.my_sight'::regproc) AS whole`,
    );
    expect(whole).toContain(piece);
    await expectFound(whole.replace(piece, instead), whole);
  });
});

/** The comparison finds a difference in some world while this hole is open. */
async function expectFound(open: string, close: string): Promise<void> {
  await database.sql(open);
  try {
    const property = fc.asyncProperty(anyWorld, async (world) => {
      await settle(database, world);
      await compare(world);
    });
    const { failed } = await fc.check(property, { numRuns: 200, endOnFailure: true, seed: 1 });
    expect(failed).toBe(true);
  } finally {
    await database.sql(close);
  }
}

async function compare(world: World): Promise<void> {
  await inTurns(callersOf(world), async (caller, index) => {
    const sight = sightOf(world, caller);
    await compareTables(caller, sight);
    // The right to personal details changes parts alone.
    if (caller.maySeeNominal) await compareLists(world, caller, sight, 1 + (index % 5));
  });
}

async function compareTables(caller: Caller, sight: Sight): Promise<void> {
  const rows = await scoped.as(caller, async (tx) => {
    const lists = Object.entries(TABLES).map(async ([name, text]) => [name, await list(tx, text)] as const);
    return Object.fromEntries(await Promise.all(lists));
  });
  const { objects, releases, terms, changes, parts, partKeys, alerts, openings } = sight;
  const wanted = { objects, releases, terms, changes, parts, partKeys, alerts, openings };
  expect(sorted(rows)).toEqual(sorted(wanted));
}

async function compareLists(world: World, caller: Caller, sight: Sight, size: number): Promise<void> {
  for (const box of ['inbox', 'outbox'] as const) {
    for (const term of [null, TERM]) {
      const walked: number[] = [];
      for (let before: string | null = null; ;) {
        const page: PageRequest = { box, before, limit: size, term, clearance: caller.clearance };
        const rows: ObjectRow[] = await scoped.as(caller, (tx) => readObjectPage(tx, page));
        walked.push(...rows.map((row) => Number(row.seq)));
        if (rows.length < size) break;
        before = rows.at(-1)!.seq;
      }
      expect({ box, term, size, walked }).toEqual({ box, term, size, walked: sight[box](term) });
    }
  }
  const ids = [...new Set(world.objects.map((object) => object.id))];
  const found = await scoped.as(caller, (tx) => Promise.all(ids.map((id) => readObject(tx, id))));
  expect(found.map((row) => row && Number(row.seq))).toEqual(ids.map((id) => sight.byId(id)));
  for (const seq of sight.objects) {
    for (const by of ['OTHERS', 'OWN'] as const) {
      const openings: number[] = [];
      for (let before: string | null = null; ;) {
        const page = { agencyId: caller.agencyId, objectSeq: String(seq), by, before, limit: size };
        const rows: AccessRow[] = await scoped.as(caller, (tx) => readAccessPage(tx, page));
        openings.push(...rows.map((row) => Number(row.id)));
        if (rows.length < size) break;
        before = rows.at(-1)!.id;
      }
      expect({ seq, by, openings }).toEqual({ seq, by, openings: sight.openingsOf(seq, by) });
    }
  }
  const feed: Sight['feed'] = [];
  for (let from = FEED_START; ;) {
    const { rows, isLast, end } = await scoped.as(caller, (tx) => readChanges(tx, from, size, caller.clearance));
    feed.push(
      ...rows.map((row) => ({
        seq: Number(row.seq),
        act: row.act,
        objectId: row.object_id,
        isShown: row.object !== null,
      })),
    );
    if (isLast) break;
    from = end;
  }
  expect({ size, feed }).toEqual({ size, feed: sight.feed });
}

async function list(tx: EntityManager, text: string): Promise<(string | number)[]> {
  return (await tx.query<{ v: string | number }[]>(text)).map((row) => row.v);
}

function sorted(lists: Record<string, (string | number)[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.map(String).sort()]));
}

/** As many at once as the pool has connections, so that contexts change hands on each of them. */
async function inTurns<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
}
