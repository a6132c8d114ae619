import { Client } from 'pg';
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
  /** Milliseconds per size: the median of the best round. */
  scoped: number[];
  p95: number[];
  bare: number[];
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

    const rounds = VIEWERS.map((): number[][][] => []);
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

/** Of each program's rounds the one with the lowest median; the 95th percentile is of all of them. Ours and the bare one alternate. */
function measured(viewer: Viewer, rounds: readonly (readonly number[][])[]): Measured {
  const programs = rounds[0]!.map((_, program) => rounds.map((round) => round[program]!));
  const best = programs.map((each) => Math.min(...each.map((samples) => percentile(samples, 0.5))));
  return {
    viewer,
    scoped: best.filter((_, program) => program % 2 === 0),
    bare: best.filter((_, program) => program % 2 === 1),
    p95: programs.filter((_, program) => program % 2 === 0).map((each) => percentile(each.flat(), 0.95)),
    graphql: 0,
  };
}

/** A filled database and the two ways to read a page from it. */
interface World {
  url: string;
  page(caller: Caller): Promise<unknown>;
  barePage(caller: Caller): Promise<unknown>;
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
  const bare = new Client({ connectionString: access.appUrl, pipeline: true });
  await bare.connect();
  const statement = objectPageStatement(PAGE);
  return {
    url,
    page: async (caller) => {
      // As the operation plugin does for a query that opens nothing.
      database.openOperation(caller, { readOnly: true });
      await database.as(caller, (tx) => readObjectPage(tx, PAGE));
      await database.closeOperation(caller);
    },
    barePage: (caller) =>
      Promise.all([
        bare.query('BEGIN'),
        bare.query({ ...SET_CONTEXT, values: [contextToken(access.contextKey, caller)] }),
        bare.query(statement),
        bare.query('COMMIT'),
      ]),
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
  const last = sizes.length - 1;
  const head = [
    'sees',
    'audiences',
    ...sizes.map((size) => `ms at ${size.toLocaleString('en')}`),
    'p95',
    'growth',
    'bare pg ms',
    'ours ÷ bare',
    'GraphQL req/s',
    'must be ms',
  ];
  const rows = results.map(({ viewer, scoped, p95, bare, graphql }) => [
    viewer.sight,
    viewer.audiences,
    ...scoped.map((ms) => ms.toFixed(2)),
    p95[last]!.toFixed(2),
    (scoped[last]! / scoped[0]!).toFixed(2),
    bare[last]!.toFixed(2),
    (scoped[last]! / bare[last]!).toFixed(2),
    graphql.toFixed(0),
    viewer.audiences <= 10 ? '≤ 2' : '≤ 6',
  ]);
  return table(head, rows);
}
