import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { prepareDatabase, type PreparedDatabase } from '../../src/database/prepare-database.js';
import { SecretsFolder } from '../../src/database/secrets.js';
import { startEmbeddedDatabase } from '../../src/embedded-database/embedded-database.js';

/** A PostgreSQL of the benchmark's own, with fsync on, that is thrown away afterwards. */
export interface BenchServer {
  /** A migrated database of this name. */
  database(name: string): Promise<{ url: string; access: PreparedDatabase; client: Client }>;
  dataFolder: string;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'liaison-hub-bench-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'liaison-hub-bench-secrets-'));
  const server = await startEmbeddedDatabase({ folder });
  const clients: Client[] = [];
  return {
    dataFolder,
    database: async (name) => {
      const admin = new Client({ connectionString: server.url });
      await admin.connect();
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.end();
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      const access = await prepareDatabase(url.href, new SecretsFolder(join(dataFolder, 'secrets')));
      const client = new Client({ connectionString: url.href });
      await client.connect();
      clients.push(client);
      return { url: url.href, access, client };
    },
    stop: async () => {
      for (const client of clients) await client.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** The value below which this share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** One run of a program. What it leaves to be waited for afterwards is not part of its time. */
export type Run = () => Promise<{ rest: Promise<unknown> } | void>;

/** How long a run took, in milliseconds: until it had its result, and until its rest was over too. */
export interface Sample {
  ms: number;
  wholeMs: number;
}

/** How long each of `count` runs takes, after `warmUp` runs that do not count. */
export async function sample(count: number, warmUp: number, run: Run): Promise<Sample[]> {
  return (await sampleInTurn(count, warmUp, [run]))[0]!;
}

/** Like `sample` for several programs that take turns: the machine's slow moments fall on all of them alike. */
export async function sampleInTurn(count: number, warmUp: number, runs: readonly Run[]): Promise<Sample[][]> {
  const samples: Sample[][] = runs.map(() => []);
  for (let i = -warmUp; i < count; i += 1) {
    for (const [place, run] of runs.entries()) {
      const start = performance.now();
      const left = await run();
      const ms = performance.now() - start;
      await left?.rest;
      if (i >= 0) samples[place]!.push({ ms, wholeMs: performance.now() - start });
    }
  }
  return samples;
}

/** Runs per second with this many at a time, for this long. */
export async function throughput(
  concurrency: number,
  ms: number,
  run: (worker: number) => Promise<unknown>,
): Promise<number> {
  const end = performance.now() + ms;
  let done = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async (_, worker) => {
      while (performance.now() < end) {
        await run(worker);
        done += 1;
      }
    }),
  );
  return (done * 1000) / (performance.now() - start);
}

/** Works through all items, this many at a time; how many per second, and how long each took in milliseconds. */
export async function runAll<T>(
  items: readonly T[],
  concurrency: number,
  run: (item: T) => Promise<void>,
): Promise<{ perSecond: number; samples: number[] }> {
  const samples: number[] = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) {
        const begun = performance.now();
        await run(item);
        samples.push(performance.now() - begun);
      }
    }),
  );
  return { perSecond: (items.length * 1000) / (performance.now() - start), samples };
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return lines.join('\n');
}
