import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.js';
import { POSTGRES_ENVIRONMENT } from './cluster.js';
import { hasEnded, startOf, wasStartedWith } from './running-process.js';

/** A running PostgreSQL. */
export interface Server {
  readonly port: number;
  /** Resolves when PostgreSQL has ended, wanted or not, with a sentence on how. */
  readonly ended: Promise<string>;
  /** Fast shutdown: PostgreSQL breaks off what is running, writes everything to disk and ends. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  binaries: string;
  account: Account | undefined;
  durable: boolean;
}

/** Given on the command line, they hold for clusters of every age and cannot be changed by ALTER SYSTEM. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A socket's path may have 107 bytes; data folders can be deeper than that.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: 100,
  shared_buffers: '256MB',
  jit: 'off',
  timezone: 'UTC',
  lc_messages: 'C',
  // One file per day of the week, begun anew each week, with no statements and no values: those are officers' data.
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: 0,
  log_truncate_on_rotation: 'on',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** For tests: everything may be lost when the machine stops. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** How long the processes of a killed PostgreSQL may take to notice and go. */
const PATIENCE_MS = 10_000;

/** Starts PostgreSQL on the cluster, on a port that is free; returns when it answers. */
export async function startServer(cluster: string, options: ServerOptions): Promise<Server> {
  await stopLeftover(cluster);
  const deadline = Date.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const launched = launch(cluster, port, options);
    if (await becomesReady(launched.child, cluster)) return serve(launched, port);

    const failure = await launched.closed;
    // Another program may take the port before PostgreSQL does; a new one is tried twice.
    const isLeftoverBusy = failure.includes('is still in use');
    if (isLeftoverBusy ? Date.now() > deadline : attempt === 3) throw new Error(`PostgreSQL did not start: ${failure}`);
    if (isLeftoverBusy) await sleep(100);
  }
}

/**
 * Ends a PostgreSQL whose hub was killed. If there is none, a postmaster.pid left behind goes: PostgreSQL would refuse
 * to start when its id belongs to another program by now, or to a zombie. Backends that outlive a killed PostgreSQL
 * still keep a second one out, by the shared memory that they hold.
 */
async function stopLeftover(cluster: string): Promise<void> {
  const pid = Number(statusOf(cluster)[0]);
  const isRunning = pid > 0 && startOf(pid) !== undefined && wasStartedWith(pid, cluster);
  if (!isRunning) return rmSync(join(cluster, 'postmaster.pid'), { force: true });

  process.kill(pid, 'SIGINT');
  if (await hasEnded(pid, 60_000)) return;
  throw new Error(`An earlier PostgreSQL on ${cluster} does not end. Stop it with kill -QUIT ${pid}, then start again`);
}

/**
 * In a session of its own (`detached`), because Ctrl-C reaches every process of the terminal's group and PostgreSQL
 * must outlast the requests that the hub still finishes.
 */
function launch(cluster: string, port: number, { binaries, account, durable }: ServerOptions) {
  const settings = Object.entries({ ...SETTINGS, port, ...(durable ? {} : FORGETFUL) });
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) =>
      resolve(`PostgreSQL ended with ${signal ?? `code ${code}`}; its log is in ${join(cluster, 'log')}`),
    );
  });
  // The pipe closes when the process that writes the log has ended too.
  const closed = once(child.stderr, 'close').then(async () => `${withoutLog(complaint)}${await ended}`);
  return { child, ended, closed };
}

/** What PostgreSQL complains of, without what it tells of its progress. */
function withoutLog(text: string): string {
  return text.replaceAll(/^.* LOG: {2}.*\n(\t.*\n|.* HINT: {2}Future log output.*\n)*/gm, '');
}

/** Waits as long as PostgreSQL lives: after a power cut it may have much to repair. */
async function becomesReady(child: ChildProcess, cluster: string): Promise<boolean> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const status = statusOf(cluster);
    if (Number(status[0]) === child.pid && status[7]?.trim() === 'ready') return true;
    await sleep(5);
  }
  return false;
}

function serve({ child, ended, closed }: ReturnType<typeof launch>, port: number): Server {
  const interrupt = () => void child.kill('SIGINT');
  // A hub that ends without stop(), by process.exit or an exception, takes PostgreSQL along.
  process.once('exit', interrupt);
  return {
    port,
    ended,
    async stop() {
      interrupt();
      await ended;
      // Of a PostgreSQL that was killed, parts may linger; the next start waits for those.
      const letGo = setTimeout(() => child.stderr.destroy(), 1000);
      await closed;
      clearTimeout(letGo);
      process.off('exit', interrupt);
    },
  };
}

/** The port on which PostgreSQL answers for this cluster; undefined while it does not. */
export function portOf(cluster: string): number | undefined {
  const status = statusOf(cluster);
  return status[7]?.trim() === 'ready' ? Number(status[3]) : undefined;
}

/** The lines of postmaster.pid: id first, port fourth, state eighth; none when PostgreSQL has ended in order. */
function statusOf(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
