import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cloneDatabase } from './support/database.js';

/** What an operator is told when the hub cannot start. */

const folder = mkdtempSync(join(tmpdir(), 'liaison-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(arguments_: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stderr: string }> {
  const main = resolve('dist/src/main.js');
  const child = spawn(process.execPath, [main, ...arguments_], {
    env: { PATH: process.env['PATH'], DATA_FOLDER: folder, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((done) => {
    child.on('close', (code) => done({ code: code ?? -1, stderr }));
  });
}

describe('a hub that cannot start', () => {
  it('names an option that there is not, instead of starting without it', async () => {
    const { code, stderr } = await start(['--frehs']);
    expect(stderr).toBe(
      'The configuration cannot be used:\n  - --frehs: there is no such option; the only one is --fresh (npm start -- --fresh)\n',
    );
    expect(code).toBe(1);
  });

  it('says in one line that its database cannot be reached, and not with which password', async () => {
    const env = { HUB_ID: 'hub.example', DATABASE_URL: 'postgres://liaison:secret-word@127.0.0.1:9/hub' };
    const { code, stderr } = await start([], env);
    expect(stderr).toBe(
      'The database of DATABASE_URL cannot be used (ECONNREFUSED). Check its address, the name and password in it, and that it runs.\n',
    );
    expect(code).toBe(1);
  });

  it('says that its database is of another version, and how a demonstration begins anew', async () => {
    const database = await cloneDatabase();
    try {
      await database.asOperator((tx) => tx.query("COMMENT ON SCHEMA cmd IS '1 migrations, sha256 0'"));
      const { code, stderr } = await start([], {
        HUB_ID: 'hub.example',
        DATABASE_URL: database.url,
        DATA_FOLDER: database.dataFolder,
      });
      expect(stderr).toMatch(
        /^The database is of another version of Liaison Hub\.\n.*npm start -- --fresh\n.*liaison init\n[^\n]*\n$/,
      );
      expect(code).toBe(1);
    } finally {
      await database.drop();
    }
  });
});
