import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { freePort } from '../hostile/hub-process.js';
import { startTestHub, type TestHub } from './hub.js';

/** The one key of the test store, as a hub's secret file has it. */
export const S3_KEY = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** An S3-compatible store on a real socket. */
export interface TestStore {
  /** Variables of a hub that stores its files there. */
  variables: Record<string, string>;
  /** The folder in which the store keeps what it is given. */
  folder: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a store whose content lies in a folder of its own. */
export async function startTestStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'liaison store '));
  const port = String(await freePort());
  let running: ChildProcess | undefined;
  const store: TestStore = {
    folder,
    variables: { S3_ADDRESS: `http://127.0.0.1:${port}`, S3_BUCKET: 'files' },
    start: async () => {
      running = spawn(process.execPath, [join(PROJECT_FOLDER, 'test/support/s3-process.mjs'), port, folder], {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      });
      await once(running.stdout!, 'data');
    },
    stop: async () => {
      if (!running || running.exitCode !== null) return;
      const ended = once(running, 'exit');
      running.kill();
      await ended;
    },
  };
  await store.start();
  return store;
}

/** Puts a store's key where a hub with this data folder looks for it. */
export function keepStoreKey(dataFolder: string, key: object = S3_KEY): void {
  mkdirSync(join(dataFolder, 'secrets'), { recursive: true, mode: 0o700 });
  writeFileSync(join(dataFolder, 'secrets', 's3.json'), JSON.stringify(key), { mode: 0o600 });
}

/** A hub that keeps its files in the bucket of a store of its own, or in its folder. */
export interface HubWithFiles {
  t: TestHub;
  /** The paths of what is stored, by the test's own look at the disk. */
  stored(): string[];
  stop(): Promise<void>;
}

export async function startHubWithFiles(
  kind: 'folder' | 'bucket',
  variables: Record<string, string> = {},
): Promise<HubWithFiles> {
  const store = kind === 'bucket' ? await startTestStore() : undefined;
  const t = await startTestHub(
    { ...variables, ...store?.variables },
    (dataFolder) => store && keepStoreKey(dataFolder),
  );
  return {
    t,
    stored: () => storedIn(store?.folder ?? join(t.database.dataFolder, 'files')),
    stop: async () => {
      await t.stop();
      await store?.stop();
    },
  };
}

/** The paths of the files under a folder, but for the notes that the test store keeps beside each object. */
export function storedIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('._S3rver_') || path.endsWith('._S3rver_object'))
    .sort();
}
