import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { freePort } from '../hostile/hub-process.js';

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

/** Starts a store whose content lies in this folder. */
export async function startTestStore(folder: string): Promise<TestStore> {
  const port = String(await freePort());
  let running: ChildProcess | undefined;
  mkdirSync(folder, { recursive: true });
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
