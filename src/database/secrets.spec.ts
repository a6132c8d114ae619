import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { Environment } from '../../config/environment.js';

/** What reached the disk and what was linked, in order; `refusal` is what the platform says to fsync of a folder. */
const steps: string[] = [];
let refusal: string | undefined;
const paths = new Map<number, string>();

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  openSync: (path: string, ...rest: [string, number?]) => {
    const file = fs.openSync(path, ...rest);
    paths.set(file, path);
    return file;
  },
  fsyncSync: (file: number) => {
    if (refusal !== undefined && fs.fstatSync(file).isDirectory()) throw Object.assign(new Error(), { code: refusal });
    const path = paths.get(file)!;
    steps.push(`sync ${path}${path.endsWith('.new') ? ` of ${fs.fstatSync(file).size} bytes` : ''}`);
    fs.fsyncSync(file);
  },
  linkSync: (from: string, to: string) => {
    steps.push(`link ${to}`);
    fs.linkSync(from, to);
  },
}));
const { SecretsFolder } = await import('./secrets.js');
const { openHubDatabase } = await import('./hub-database.js');
const { readEnvironment } = await import('../../config/environment.js');

const home = fs.mkdtempSync(join(tmpdir(), 'secrets '));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = join(fs.mkdtempSync(join(home, 'data ')), 'hub', 'secrets');
  steps.length = 0;
  refusal = undefined;
});

describe('a secret', () => {
  it('is on the disk, and its name in the folder, before it is used', async () => {
    const secrets = new SecretsFolder(folder);
    expect(steps).toEqual([`sync ${join(folder, '../..')}`, `sync ${join(folder, '..')}`]);
    steps.length = 0;
    expect(await secrets.obtain('key', () => ({ a: 1 }))).toEqual({ a: 1 });
    const file = join(folder, 'key.json');
    expect(steps).toEqual([
      expect.stringMatching(/^sync .*key\.json\..*\.new of 13 bytes$/),
      `link ${file}`,
      `sync ${folder}`,
    ]);
    expect(fs.readdirSync(folder)).toEqual(['key.json']);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("is the other process's when that was first, and then on the disk as well", async () => {
    const secrets = new SecretsFolder(folder);
    steps.length = 0;
    const obtained = await secrets.obtain('key', () => {
      fs.writeFileSync(join(folder, 'key.json'), '{"first":true}');
      return { first: false };
    });
    expect(obtained).toEqual({ first: true });
    expect(steps.at(-1)).toBe(`sync ${folder}`);
    expect(fs.readdirSync(folder)).toEqual(['key.json']);
  });

  it.each(['EINVAL', 'EISDIR'])('is made where folders cannot be brought to the disk (%s)', async (code) => {
    refusal = code;
    expect(await new SecretsFolder(folder).obtain('key', () => 'made')).toBe('made');
  });

  it('is not made when the disk fails', async () => {
    const secrets = new SecretsFolder(folder);
    refusal = 'EIO';
    await expect(secrets.obtain('key', () => 'made')).rejects.toMatchObject({ code: 'EIO' });
  });

  it.each(['', '{"d": "very secret', 'null'])(
    'that is empty or broken is named, not quoted nor replaced: %j',
    async (text) => {
      const secrets = new SecretsFolder(folder);
      const file = join(folder, 'key.json');
      fs.writeFileSync(file, text);
      const error = await secrets.obtain('key', () => 'made').catch((each: unknown) => each as Error);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toContain(`The secret file ${file} is empty or broken`);
      expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toMatch(/JSON|very secret/);
      expect(fs.readFileSync(file, 'utf8')).toBe(text);
    },
  );
});

describe('a demonstration that is begun anew', () => {
  let environment: Environment;
  const inData = (...parts: string[]): string => join(environment.DATA_FOLDER, ...parts);

  beforeAll(async () => {
    fs.chmodSync(home, 0o755);
    environment = readEnvironment({ HUB_ID: 'demo.test.localhost', DATA_FOLDER: join(home, 'anew') });
    const database = await openHubDatabase(environment);
    await database.close();
    fs.mkdirSync(inData('demo'));
    fs.writeFileSync(inData('demo', 'world.json'), '{}');
  }, 60_000);

  it('keeps its keys as long as the database that needs them is there', async () => {
    const before = fs.readFileSync(inData('secrets', 'context-key.json'), 'utf8');
    await asTemplate(true);
    await expect(openHubDatabase(environment, { isFresh: true })).rejects.toThrow('cannot drop a template database');
    expect(fs.readFileSync(inData('secrets', 'context-key.json'), 'utf8')).toBe(before);
    // The folder without its summary: the next start begins anew by itself.
    expect(fs.readdirSync(inData('demo'))).toEqual([]);

    await asTemplate(false);
    const database = await openHubDatabase(environment, { isFresh: true });
    await database.close();
    expect(fs.readFileSync(inData('secrets', 'context-key.json'), 'utf8')).not.toBe(before);
    expect(fs.existsSync(inData('demo'))).toBe(false);
  }, 60_000);

  /** A template cannot be dropped: what follows the attempt in the code is what a kill at that moment would leave undone. */
  async function asTemplate(isTemplate: boolean): Promise<void> {
    const database = await openHubDatabase(environment);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`ALTER DATABASE liaison_hub IS_TEMPLATE ${isTemplate}`);
    await client.end();
    await database.close();
  }
});
