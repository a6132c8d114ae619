import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UnitSession } from '../../src/cli/unit-session.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import type { AttackResult, AttackTask } from './attack-client.js';
import { type BenchServer, percentile, startBenchServer, table } from './bench-database.js';
import { openConnection } from './bench-sign-in.js';
import { signedAlert } from './signed-alert.js';
import { fillWorld, unitCode, VIEWERS } from './world.js';

export interface AttackOptions {
  objects: number;
  /** Hostile requests per second, of all kinds together. */
  perSecond: number;
  seconds: number;
  /** For how long the legitimate client is measured before, without an attack. */
  idleSeconds: number;
}

const HUB_ID = 'bench.localhost';
const QUERY =
  '{ inbox(first: 20) { nodes { id kind from title urgency receivedAt } pageInfo { hasNextPage endCursor } } }';
/** Between the legitimate client's requests. */
const PAUSE_MS = 50;
/** The attackers' address; the legitimate client calls from 127.0.0.1. */
const ATTACKERS = '127.0.0.2';

/**
 * A legitimate client reads its newest page again and again, first alone, then while others send hostile requests: forged sign-ins,
 * invented enrolment links, sign-ins that are only begun, random ids, bad signatures. The hub, the attackers and the client are processes of their own.
 */
export async function benchAttack(options: AttackOptions, say: (text: string) => void): Promise<string> {
  const server = await startBenchServer();
  try {
    const { url, client } = await server.database('attack');
    await fillWorld(client, options.objects, say);
    const [honest, curious, forger] = await Promise.all([generateKey(), generateKey(), generateKey()]);
    const [reader, stranger, liar] = [0, 5, 11].map((place) => VIEWERS[place]!.agency) as [string, string, string];
    await openConnection(client, unitCode(reader), honest);
    await openConnection(client, unitCode(stranger), curious);
    await openConnection(client, unitCode(liar), forger);
    const signing = await generateKey();
    await client.query(
      `INSERT INTO hub.agency_key (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
       VALUES ($1, $2, $3, 'sig', '{alert}', $4, 0, 4000000000, NULL, true)`,
      [signing.kid, liar, `unit:${unitCode(liar)}`, JSON.stringify(signing.publicJwk)],
    );

    const port = await freePort();
    const hub = await startHubProcess(server, url, port);
    try {
      const address = `http://localhost:${port}`;
      const session = new UnitSession(address, unitCode(reader), honest.privateJwk);
      await readFor(session, 1);
      say('the legitimate client alone');
      const idle = await readFor(session, options.idleSeconds);
      say(`${options.perSecond} hostile requests/s for ${options.seconds} s`);
      const attack = attackWith({
        url: address,
        from: ATTACKERS,
        perSecond: options.perSecond,
        seconds: options.seconds,
        curious: { unit: unitCode(stranger), key: curious.privateJwk },
        forger: {
          unit: unitCode(liar),
          key: forger.privateJwk,
          object: await badlySigned(unitCode(liar), reader, signing),
        },
      });
      const attacked = await readFor(session, options.seconds);
      const results = await attack;
      return `${clientTable(idle, attacked)}\n\n${attackTable(results)}`;
    } finally {
      hub.kill('SIGTERM');
    }
  } finally {
    await server.stop();
  }
}

/** Milliseconds of each of the client's reads within so many seconds. */
async function readFor(session: UnitSession, seconds: number): Promise<number[]> {
  const samples: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const begun = performance.now();
    const answer = await session.send('/graphql', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
    });
    const { errors } = (await answer.json()) as { errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    samples.push(performance.now() - begun);
    await sleep(PAUSE_MS);
  }
  return samples;
}

/** The server's own main program on this database, once it serves. */
async function startHubProcess(server: BenchServer, databaseUrl: string, port: number): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  const env = {
    PATH: process.env['PATH'],
    HUB_ID,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    DATA_FOLDER: server.dataFolder,
    LOG_LEVEL: 'fatal',
  };
  const hub = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    hub.stdout.once('data', () => resolve());
    hub.once('exit', (code) => reject(new Error(`The hub ended with ${code}`)));
  });
  return hub;
}

async function attackWith(task: AttackTask): Promise<AttackResult[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'liaison-hub-attack-')), 'task.json');
  writeFileSync(file, JSON.stringify(task), { mode: 0o600 });
  const program = fileURLToPath(new URL('./attack-client.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, file]);
  return JSON.parse(stdout) as AttackResult[];
}

/** An alert of this unit with the signature of another one. */
async function badlySigned(unit: string, to: string, signing: KeyPair): Promise<string> {
  const [one, other] = await Promise.all([
    signedAlert(HUB_ID, unit, to, signing),
    signedAlert(HUB_ID, unit, to, signing),
  ]);
  const { payload } = JSON.parse(one) as { payload: string };
  return JSON.stringify({ payload, signatures: (JSON.parse(other) as { signatures: unknown }).signatures });
}

function clientTable(idle: number[], attacked: number[]): string {
  const ratio = percentile(attacked, 0.95) / percentile(idle, 0.95);
  return table(
    ['legitimate client', 'requests', 'p50 ms', 'p95 ms', 'p95 ÷ idle', 'must be'],
    [
      ['idle', idle.length, of(0.5, idle), of(0.95, idle), 1, ''],
      ['under attack', attacked.length, of(0.5, attacked), of(0.95, attacked), ratio.toFixed(2), '≤ 3 and ≤ 100 ms'],
    ],
  );
}

function of(share: number, samples: readonly number[]): string {
  return percentile(samples, share).toFixed(1);
}

function attackTable(results: readonly AttackResult[]): string {
  const rows = results.map(({ kind, sent, limited, limitedAfter, failed }) => [
    kind,
    sent,
    limited,
    limitedAfter === null ? 'never' : `${limitedAfter.toFixed(1)} s`,
    failed,
  ]);
  return table(['attack', 'sent', '429', 'first after', 'without answer'], rows);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
