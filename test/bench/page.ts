import { once } from 'node:events';
import { Client, type Pool } from 'pg';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { appDataSource } from '../../config/data-source.js';
import { readEnvironment } from '../../config/environment.js';
import type { Caller } from '../../src/access/caller.js';
import { contextToken } from '../../src/access/context-token.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import { Clock } from '../../src/common/clock.js';
import { objectPageStatement, readObjectPage } from '../../src/exchange/object-pages.js';
import { startHub } from '../../src/hub.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import {
  type BenchServer,
  type Run,
  type Sample,
  percentile,
  sample,
  sampleInTurn,
  startBenchServer,
  table,
  throughput,
} from './bench-database.js';
import { openConnection } from './bench-sign-in.js';
import { fillWorld, unitCode, VIEWERS, type Viewer } from './world.js';

export interface PageOptions {
  sizes: number[];
  samples: number;
  /** Pages read before those that count: with few, the lines that are measured first pay for compiling the program. */
  warmUp: number;
  seconds: number;
}

interface Measured {
  viewer: Viewer;
  /** Milliseconds per size until the page is there: the median of the best round. */
  scoped: number[];
  /** At the largest size, of all rounds: the median, the median until COMMIT is done too, and the 95th percentile. */
  median: number;
  whole: number;
  p95: number;
  /** At the largest size the median of the best round. */
  bare: number;
  /** The median over the rounds of the largest size's median over the smallest's, and of ours over the bare program's. */
  growth: number;
  ratio: number;
  /** Requests per second at the largest size. */
  graphql: number;
}

const SET_CONTEXT = { name: 'context', text: "SELECT set_config('app.ctx', $1, true)" };
const ROUNDS = 5;
const PAGE = { box: 'inbox', before: null, limit: 20, term: null, clearance: 1 } as const;
const QUERY =
  '{ inbox(first: 20) { nodes { id kind from title urgency receivedAt } pageInfo { hasNextPage endCursor } } }';

/**
 * The newest page of 20 for agencies that see everything, little, or nothing, at each size: through ScopedDatabase, by a bare pg
 * program with the same SQL, roles and policies, and through GraphQL over HTTP. The sizes and the bare program take turns sample by
 * sample, so that a slow moment of the machine falls on all of them alike. A slow minute would fall on some of the viewers: there are
 * several rounds, and the best one counts, as whatever else the machine does can only add to a figure.
 */
export async function benchPage(options: PageOptions, say: (text: string) => void): Promise<string> {
  const server = await startBenchServer();
  try {
    const keys = new Map<Viewer, KeyPair>();
    for (const viewer of VIEWERS) keys.set(viewer, await generateKey());
    const worlds: World[] = [];
    for (const size of options.sizes) worlds.push(await openWorld(server, size, keys, say));

    const rounds = VIEWERS.map((): Sample[][][] => []);
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const [i, viewer] of VIEWERS.entries()) {
        say(`round ${round}: ${viewer.sight}, ${viewer.audiences} audiences`);
        const caller = callerOf(viewer);
        const pages = worlds.flatMap((world) => [() => world.page(caller), () => world.barePage(caller)]);
        rounds[i]!.push(await sampleInTurn(options.samples, round === 1 ? options.warmUp : 20, pages));
      }
    }
    const results = VIEWERS.map((viewer, i) => measured(viewer, rounds[i]!));
    const last = worlds.at(-1)!;
    for (const world of worlds) await world.close();

    const hub = await startHub(
      readEnvironment({
        HUB_ID: 'demo.bench.localhost',
        PORT: '0',
        DATABASE_URL: last.url,
        DATA_FOLDER: server.dataFolder,
        LOG_LEVEL: 'fatal',
        POINTS_PER_MINUTE: '1000000000',
      }),
      last.url,
    );
    for (const result of results) {
      const key = keys.get(result.viewer)!.privateJwk;
      const session = new UnitSession(hub.url, unitCode(result.viewer.agency), key);
      const ask = (): Promise<void> => askPage(session);
      await sample(20, 0, ask);
      result.graphql = await throughput(8, options.seconds * 1000, ask);
    }
    await hub.stop();
    return report(options.sizes, results);
  } finally {
    await server.stop();
  }
}

/** Samples by round and program: for each size ours, then the bare one. */
function measured(viewer: Viewer, rounds: readonly (readonly Sample[][])[]): Measured {
  const medians = rounds.map((programs) => programs.map(medianOf));
  const best = (program: number): number => Math.min(...medians.map((round) => round[program]!));
  const over = (one: number, other: number): number =>
    percentile(
      medians.map((round) => round[one]! / round[other]!),
      0.5,
    );
  const bareAtLast = rounds[0]!.length - 1;
  const last = bareAtLast - 1;
  const all = rounds.flatMap((round) => round[last]!);
  return {
    viewer,
    scoped: rounds[0]!.flatMap((_, program) => (program % 2 === 0 ? [best(program)] : [])),
    median: medianOf(all),
    whole: percentile(
      all.map(({ wholeMs }) => wholeMs),
      0.5,
    ),
    p95: percentile(
      all.map(({ ms }) => ms),
      0.95,
    ),
    bare: best(bareAtLast),
    growth: over(last, 0),
    ratio: over(last, bareAtLast),
    graphql: 0,
  };
}

function medianOf(samples: readonly Sample[]): number {
  return percentile(
    samples.map(({ ms }) => ms),
    0.5,
  );
}

/** A filled database and the two ways to read a page from it. */
interface World {
  url: string;
  page(caller: Caller): ReturnType<Run>;
  barePage(caller: Caller): ReturnType<Run>;
  close(): Promise<void>;
}

async function openWorld(
  server: BenchServer,
  size: number,
  keys: ReadonlyMap<Viewer, KeyPair>,
  say: (text: string) => void,
): Promise<World> {
  const { url, access, client } = await server.database(`page_${size}`);
  await fillWorld(client, size, say);
  for (const [viewer, key] of keys) await openConnection(client, unitCode(viewer.agency), key);

  const dataSource = await appDataSource(access.appUrl, 1).initialize();
  const database = new ScopedDatabase(dataSource, access.contextKey, new Clock(false));
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  const bare = new Client({ connectionString: access.appUrl, pipeline: true });
  await bare.connect();
  const statement = objectPageStatement(PAGE);
  return {
    url,
    page: async (caller) => {
      const rest = once(pool, 'release');
      // As the operation plugin does for a query that opens nothing.
      database.openOperation(caller, { readOnly: true });
      await database.as(caller, (tx) => readObjectPage(tx, PAGE));
      await database.closeOperation(caller);
      return { rest };
    },
    barePage: async (caller) => {
      void bare.query('BEGIN READ ONLY');
      void bare.query({ ...SET_CONTEXT, values: [contextToken(access.contextKey, caller)] });
      const page = bare.query(statement);
      const rest = bare.query('COMMIT');
      await page;
      return { rest };
    },
    close: async () => {
      await bare.end();
      await dataSource.destroy();
    },
  };
}

async function askPage(session: UnitSession): Promise<void> {
  const response = await session.send('/graphql', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const answer = (await response.json()) as { errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
}

function callerOf({ agency }: Viewer): Caller {
  return {
    agencyId: agency,
    unitId: unitCode(agency),
    officer: null,
    clearance: 1,
    maySeeNominal: false,
    purpose: 'PREVENT_DETECT',
    permissions: new Set(),
  };
}

function report(sizes: readonly number[], results: readonly Measured[]): string {
  const head = [
    'sees',
    'audiences',
    ...sizes.map((size) => `ms at ${size.toLocaleString('en')}`),
    'must be',
    'all rounds',
    'with COMMIT',
    'p95',
    'growth',
    'bare pg ms',
    'ours ÷ bare',
    'GraphQL req/s',
  ];
  const rows = results.map(({ viewer, scoped, median, whole, p95, growth, bare, ratio, graphql }) => [
    viewer.sight,
    viewer.audiences,
    ...scoped.map((ms) => ms.toFixed(2)),
    viewer.audiences <= 10 ? '≤ 2' : '≤ 6',
    ...[median, whole, p95, growth, bare, ratio].map((figure) => figure.toFixed(2)),
    graphql.toFixed(0),
  ]);
  return table(head, rows);
}
