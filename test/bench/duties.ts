import { once } from 'node:events';
import { Client, type Pool } from 'pg';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { appDataSource } from '../../config/data-source.js';
import type { Caller } from '../../src/access/caller.js';
import { contextToken } from '../../src/access/context-token.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { Clock } from '../../src/common/clock.js';
import { type DutyPage, dutyPageStatement, readDuties } from '../../src/duties/duty-rows.js';
import { readDutyTotals } from '../../src/duties/duty-totals.js';
import {
  type BenchServer,
  type Run,
  type Sample,
  percentile,
  sample,
  sampleInTurn,
  startBenchServer,
  table,
} from './bench-database.js';

export interface DutiesOptions {
  /** How many open duties. */
  sizes: number[];
  /** How many of them are to be reminded of at once. */
  dueNow: number;
  samples: number;
  warmUp: number;
}

interface Viewer {
  label: string;
  caller: Caller;
  page: DutyPage;
}

const SENDER = 'BM-A200';
const UNIT = (agency: string): string => `${agency}-HQ`;
const ROUNDS = 5;

function viewer(label: string, agency: string, changes: Partial<DutyPage> = {}): Viewer {
  const unitId = UNIT(agency);
  return {
    label,
    caller: {
      agencyId: agency,
      unitId,
      officer: null,
      clearance: 1,
      maySeeNominal: false,
      purpose: 'PREVENT_DETECT',
      permissions: new Set(),
    },
    page: { side: 'BY_US', agencyId: agency, unitId, partner: null, unit: null, after: null, limit: 21, ...changes },
  };
}

/** Half of all duties are one agency's; two fifths lie at another unit of a second agency, whose own unit has 50. */
const VIEWERS: readonly Viewer[] = [
  viewer('owes half of all', 'BM-A001'),
  viewer('owes half of all, to one partner', 'BM-A001', { partner: SENDER }),
  viewer('owes 50 among many of another unit of its agency', 'BM-A002'),
  viewer('asks for that other unit', 'BM-A002', { unit: 'BM-A002-XX' }),
  viewer('owes 0.1 %', 'BM-A003'),
  viewer('owes nothing', 'BM-A199'),
  viewer('is owed all', SENDER, { side: 'TO_US' }),
  viewer('is owed all, by one partner that owes 0.1 %', SENDER, { side: 'TO_US', partner: 'BM-A003' }),
];

/**
 * The first page of what is owed, for agencies that owe much, little and nothing, and the sweep that reminds. Pages are read through
 * ScopedDatabase and by a bare pg program with the same SQL, roles and policies, which take turns.
 */
export async function benchDuties(options: DutiesOptions, say: (text: string) => void): Promise<string> {
  const server = await startBenchServer();
  try {
    const worlds: World[] = [];
    for (const size of options.sizes) worlds.push(await openWorld(server, size, say));
    const lines: string[][] = [];
    for (const each of VIEWERS) {
      say(each.label);
      const programs = worlds.flatMap((world) => [() => world.page(each), () => world.barePage(each)]);
      const rounds: Sample[][][] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        rounds.push(await sampleInTurn(options.samples, round === 0 ? options.warmUp : 10, programs));
      }
      lines.push([each.label, ...figures(rounds)]);
    }
    const last = worlds.at(-1)!;
    say('sweeps');
    const sweeps: number[] = [];
    for (let i = 0; i < options.samples; i += 1) sweeps.push(await last.sweep(options.dueNow));
    await last.vacuum();
    say('totals');
    const totals: string[] = [];
    for (const each of [VIEWERS[0]!, VIEWERS[2]!, VIEWERS[6]!]) {
      const times = await sampleInTurn(
        options.samples,
        options.warmUp,
        worlds.map((world) => () => world.totals(each)),
      );
      const medians = times.map((samples) =>
        percentile(
          samples.map(({ ms }) => ms),
          0.5,
        ),
      );
      totals.push(`${each.label}: ${medians.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}`);
    }
    const idle = await sample(options.samples, 5, async () => void (await last.idleSweep()));
    for (const world of worlds) await world.close();
    const sizes = options.sizes.map((size) => `ms at ${size.toLocaleString('en')}`);
    return `${table(['who asks', ...sizes, 'growth', 'bare pg ms', 'ours ÷ bare', 'must be'], lines)}

Sweep of ${options.dueNow.toLocaleString('en')} due duties among ${options.sizes.at(-1)!.toLocaleString('en')}: ${middle(sweeps)} (must be ≤ 200 ms).
With nothing due: ${middle(idle.map(({ ms }) => ms))}.
Totals, at ${options.sizes.map((size) => size.toLocaleString('en')).join(' and ')} (growth must be ≤ 1.5): ${totals.join('; ')}.`;
  } finally {
    await server.stop();
  }
}

const middle = (samples: readonly number[]): string =>
  `median ${percentile(samples, 0.5).toFixed(1)} ms, p95 ${percentile(samples, 0.95).toFixed(1)} ms`;

/** Of the rounds' medians: the best of ours at each size, the growth, the bare program's at the largest size, and the ratio to it. */
function figures(rounds: readonly (readonly Sample[][])[]): string[] {
  const medians = rounds.map((programs) =>
    programs.map((samples) =>
      percentile(
        samples.map(({ ms }) => ms),
        0.5,
      ),
    ),
  );
  const best = (program: number): number => Math.min(...medians.map((round) => round[program]!));
  const over = (one: number, other: number): number =>
    percentile(
      medians.map((round) => round[one]! / round[other]!),
      0.5,
    );
  const bare = medians[0]!.length - 1;
  const last = bare - 1;
  const ours = medians[0]!.flatMap((_, program) => (program % 2 === 0 ? [best(program)] : []));
  return [...ours, over(last, 0), best(bare), over(last, bare)]
    .map((figure) => figure.toFixed(2))
    .concat('≤ 2, growth ≤ 1.5');
}

interface World {
  page(viewer: Viewer): ReturnType<Run>;
  barePage(viewer: Viewer): ReturnType<Run>;
  totals(viewer: Viewer): ReturnType<Run>;
  /** Milliseconds of one sweep over this many duties that have just fallen due. */
  sweep(due: number): Promise<number>;
  idleSweep(): Promise<unknown>;
  vacuum(): Promise<unknown>;
  close(): Promise<void>;
}

async function openWorld(server: BenchServer, size: number, say: (text: string) => void): Promise<World> {
  const { access, client } = await server.database(`duties_${size}`);
  say(`${size.toLocaleString('en')} duties`);
  await fill(client, size);
  const dataSource = await appDataSource(access.appUrl, 1).initialize();
  const database = new ScopedDatabase(dataSource, access.contextKey, new Clock(false));
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  const bare = new Client({ connectionString: access.appUrl, pipeline: true });
  await bare.connect();
  const SWEEP = { name: 'sweep', text: 'SELECT cmd.sweep_duties(100000) AS swept' };
  return {
    page: async ({ caller, page }) => {
      const rest = once(pool, 'release');
      database.openOperation(caller, { readOnly: true });
      await database.as(caller, (tx) => readDuties(tx, page));
      await database.closeOperation(caller);
      return { rest };
    },
    totals: async ({ caller, page }) => {
      const rest = once(pool, 'release');
      database.openOperation(caller, { readOnly: true });
      await database.as(caller, (tx) => readDutyTotals(tx, page.side, page));
      await database.closeOperation(caller);
      return { rest };
    },
    barePage: async ({ caller, page }) => {
      void bare.query('BEGIN READ ONLY');
      void bare.query({
        name: 'context',
        text: "SELECT set_config('app.ctx', $1, true)",
        values: [contextToken(access.contextKey, caller)],
      });
      const rows = bare.query(dutyPageStatement(page));
      const rest = bare.query('COMMIT');
      await rows;
      return { rest };
    },
    sweep: async (due) => {
      // These have not been reminded of at the end of their time; the trigger would compute the next reminder anew.
      await client.query('SET session_replication_role = replica');
      await client.query(
        `UPDATE hub.duty SET reminded = 80, remind_at = now() - interval '1 second', due_at = due_at - interval '30 days'
         WHERE id IN (SELECT id FROM hub.duty WHERE due_at > now() ORDER BY random() LIMIT $1)`,
        [due],
      );
      await client.query('VACUUM hub.duty');
      const start = performance.now();
      const { rows } = await bare.query<{ swept: number }>(SWEEP);
      const ms = performance.now() - start;
      if (rows[0]!.swept !== due) throw new Error(`The sweep reminded of ${rows[0]!.swept} duties instead of ${due}`);
      await client.query(`UPDATE hub.duty SET due_at = due_at + interval '30 days' WHERE due_at <= now()`);
      return ms;
    },
    idleSweep: () => bare.query(SWEEP),
    // As autovacuum does between sweeps that are 15 seconds apart.
    vacuum: () => client.query('VACUUM hub.duty'),
    close: async () => {
      await bare.end();
      await dataSource.destroy();
    },
  };
}

/** Agencies, alerts of one sender with a first and a last report owed for each, and who sees them. Rows are unsigned. */
async function fill(client: Client, size: number): Promise<void> {
  await client.query(`
    SET synchronous_commit = off;
    INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from)
      SELECT 'BM-A' || lpad(i::text, 3, '0'), 'CUSTOMS', 'BM', 'Agency ' || i, 'Cơ quan ' || i, '2020-01-01' FROM generate_series(1, 200) i;
    INSERT INTO hub.unit (id, agency_id, kind, name_en, name_vi, valid_from)
      SELECT id || u, id, 'ANTI_SMUGGLING', name_en, name_vi, valid_from FROM hub.agency, unnest(ARRAY['-HQ', '-XX']) u;
    INSERT INTO hub.audience (kind, owner) SELECT k, id FROM hub.agency, unnest(ARRAY['AGENCY', 'SENT']) k;
    INSERT INTO hub.audience (kind, owner) SELECT 'UNIT', id FROM hub.unit;
    INSERT INTO hub.membership (audience_id, agency_id, unit_id, outbox)
      SELECT a.id, COALESCE(u.agency_id, a.owner), u.id, a.kind = 'SENT' FROM hub.audience a LEFT JOIN hub.unit u ON a.kind = 'UNIT' AND u.id = a.owner;
    CREATE TEMPORARY TABLE owing AS SELECT n,
      CASE WHEN n % 10 < 5 THEN 'BM-A001' WHEN n % 10 < 9 OR n % ${size / 100} = 9 THEN 'BM-A002'
        WHEN n % 1000 = 19 THEN 'BM-A003' ELSE 'BM-A' || lpad((4 + n % 190)::text, 3, '0') END AS agency,
      CASE WHEN n % 10 BETWEEN 5 AND 8 THEN 'BM-A002-XX' WHEN n % ${size / 100} = 9 THEN 'BM-A002-HQ' END AS unit
      FROM generate_series(1, ${size / 2}) n;`);
  await client.query(`
    INSERT INTO hub.object (seq, id, kind, from_agency, from_unit, recipients, digest, text, receipt, ref, title, urgency, clearance, has_parts,
        thread_seq, created_at, received_at) OVERRIDING SYSTEM VALUE
      SELECT n, gen_random_uuid(), 'alert', '${SENDER}', '${UNIT(SENDER)}', ARRAY[agency], 'sha256:' || encode(sha256(n::text::bytea), 'hex'),
        '{"payload":"e30","x":"' || repeat('x', 1475) || '"}', 'receipt', 'BM-ALR-' || n, 'Alert number ' || n, 'ROUTINE', 0, false, n, now(), now() FROM owing;
    INSERT INTO hub.release (audience_id, seq, clearance)
      SELECT a.id, n, 0 FROM owing JOIN hub.audience a ON a.owner = COALESCE(unit, agency) AND a.kind IN ('AGENCY', 'UNIT')
      UNION ALL SELECT a.id, n, 0 FROM owing JOIN hub.audience a ON a.owner = '${SENDER}' AND a.kind = 'SENT';
    INSERT INTO hub.duty (thread_seq, object_seq, kind, owed_by, owed_by_unit, owed_by_scope, owed_to, owed_to_unit, owed_to_scope, urgency,
        profile, deadline, amount, unit, started_at, due_at, reason)
      SELECT n, n, k, agency, o.unit, COALESCE(o.unit, ''), '${SENDER}', '${UNIT(SENDER)}', '', 'ROUTINE', 'HUB_DEFAULT', 'REPORT_ON_ALERT', 7, 'DAYS',
        now(), now() + interval '1 day' + random() * interval '20 days', 'RECEIPT' FROM owing o, unnest(ARRAY['FIRST_REPORT', 'REPORT']) k;`);
  await client.query('VACUUM (ANALYZE) hub.object');
  await client.query('VACUUM (ANALYZE) hub.release');
  await client.query('VACUUM (ANALYZE) hub.duty');
  await client.query('ANALYZE');
}
