import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { HUB_ID } from '../support/hub.js';
import type { TestDatabase } from '../support/database.js';

const SCRIPT = join(PROJECT_FOLDER, 'test/support/hub-process.mjs');

/** The built server in a process of its own. */
export interface HubProcess {
  url: string;
  /** All that it has written so far. */
  output(): string;
  /** kill -9, and the moment when it is gone. */
  kill(): Promise<void>;
}

export interface HubProcessOptions {
  database: TestDatabase;
  port: number;
  logLevel?: string;
  /** Further variables of its environment. */
  variables?: Record<string, string>;
}

/** A process that has loaded the program and waits for its turn: loading takes longer than starting. */
export class WaitingHub {
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private text = '';

  constructor({ database, port, logLevel = 'fatal', variables = {} }: HubProcessOptions) {
    this.child = spawn(process.execPath, [SCRIPT], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(database.dataFolder, 'compile-cache'),
        HUB_ID,
        PORT: String(port),
        DATABASE_URL: database.url,
        DATA_FOLDER: database.dataFolder,
        LOG_LEVEL: logLevel,
        DATABASE_POOL: '4',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.gone = new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  /** `documents` are those that the console may ask, by id; its own when left out. */
  async start(documents?: Record<string, string>): Promise<HubProcess> {
    const url = await new Promise<string>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        this.text += chunk.toString();
        const [, address] = /^ready (\S+)$/m.exec(this.text) ?? [];
        if (address !== undefined) resolve(address);
      };
      this.child.stdout!.on('data', take);
      this.child.stderr!.on('data', take);
      this.child.once('exit', (code) => reject(new Error(`The hub ended with ${code}: ${this.text}`)));
      this.child.send({ documents });
    });
    return { url, output: () => this.text, kill: () => this.kill() };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

/** A port that is free now; the server keeps it over its deaths, because it is part of every token. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
