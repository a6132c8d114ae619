import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../config/environment.js';
import { SecretsFolder } from '../src/database/secrets.js';
import { FileStore } from '../src/files/file-store.js';
import { FileSweeper } from '../src/files/file-sweeper.js';
import { aCameraJpeg, aCsv, aJpeg, aPdf, SECRET } from '../src/files/files.example.js';
import { openFilePlace } from '../src/files/open-file-place.js';
import { fingerprint } from './hostile/hostile.js';
import { freePort, WaitingHub } from './hostile/hub-process.js';
import { cloneDatabase } from './support/database.js';
import { composeAndSubmit } from './support/exchange.js';
import { contentDigest, download, sha256, tryUpload, upload, wholeAnswer } from './support/files.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';
import {
  type HubWithFiles,
  keepStoreKey,
  startHubWithFiles,
  startTestStore,
  storedIn,
  type TestStore,
} from './support/s3.js';

/** Attached files lie in a folder or in a bucket of an S3-compatible store. What holds of the one holds of the other. */

const PDF = 'application/pdf';

/** A PDF that no other test sends. */
const aFreshPdf = (): Buffer => aPdf(`% ${randomBytes(8).toString('hex')}\n`);

describe.each(['folder', 'bucket'] as const)('F1 files in a %s', (kind) => {
  let hub: HubWithFiles;
  let t: TestHub;
  let vn: Party;
  let th: Party;
  let agreement: string;

  beforeAll(async () => {
    hub = await startHubWithFiles(kind);
    ({ t } = hub);
    vn = await t.enrol('VN-CUS-AS');
    th = await t.enrol('TH-CUS-LCB');
    agreement = await t.agree([vn, th]);
  });
  afterAll(() => hub.stop());

  const stored = (): string[] => hub.stored();

  async function pathOf(content: Buffer): Promise<string> {
    const [row] = await t.database.sql<{ id: string }>('SELECT id FROM hub.file WHERE sha256 = $1', [sha256(content)]);
    return stored().find((path) => path.includes(row!.id) && !path.includes('.copy'))!;
  }

  async function sent(content: Buffer, type = PDF): Promise<{ id: string; digest: string }> {
    const digest = await upload(t, vn, content, type);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });
    return { id, digest };
  }

  it('are encrypted, under names of the hub alone, and come back as they were', async () => {
    const secret = Buffer.from(`container;note\nCSQU3054383;${SECRET} ${'x'.repeat(200_000)}\n`);
    const { id, digest } = await sent(secret, 'text/csv');
    expect(stored().length).toBeGreaterThan(0);
    for (const path of stored()) {
      expect(readFileSync(path).includes('Officer')).toBe(false);
      expect(path).not.toContain(digest);
      if (kind === 'bucket') expect(path).toContain(HUB_ID);
    }
    expect(Buffer.from(await (await download(t, th, id, digest)).arrayBuffer()).equals(secret)).toBe(true);

    const photo = aCameraJpeg(`${SECRET} ${randomBytes(4).toString('hex')}`);
    const image = await sent(photo, 'image/jpeg');
    expect(Buffer.from(await (await download(t, th, image.id, image.digest)).arrayBuffer())).toEqual(aJpeg());
    expect(Buffer.from(await (await download(t, vn, image.id, image.digest)).arrayBuffer())).toEqual(photo);
  });

  it('may have 25 MB, several at once', async () => {
    const large = Buffer.concat([
      aFreshPdf(),
      Buffer.alloc(25 * 1024 * 1024 - 2 * aFreshPdf().length, '% x\n'),
      aFreshPdf(),
    ]);
    await Promise.all([upload(t, vn, large, PDF), upload(t, th, aFreshPdf(), PDF), upload(t, vn, aFreshPdf(), PDF)]);
  });

  it('that are refused, or are there already, leave nothing behind', async () => {
    const known = aFreshPdf();
    await upload(t, vn, known, PDF);
    const before = stored();
    const program = Buffer.from('MZ\x90\0\x03\0');
    expect((await tryUpload(t, vn, program, 'image/jpeg')).status).toBe(415);
    const other = await tryUpload(t, vn, aFreshPdf(), PDF, { 'content-digest': contentDigest(aCsv()) });
    expect([other.status, await other.text()]).toEqual([400, expect.stringContaining('"sub":"DIGEST"')]);
    await upload(t, vn, known, PDF);
    expect(stored()).toEqual(before);
  });

  it('that break off leave nothing behind', async () => {
    const before = [await fingerprint(t.database), stored()];
    const begun = request(`${t.url}/files`, {
      method: 'POST',
      headers: {
        ...(await vn.headersFor('POST', '/files')),
        'content-type': 'text/csv',
        'content-digest': contentDigest(aCsv()),
        'content-length': 1_000_000,
      },
    });
    begun.on('error', () => undefined);
    begun.write('a;b\n'.repeat(100_000));
    await sleep(500);
    begun.destroy();
    await sleep(500);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    await upload(t, vn, aFreshPdf(), PDF);
  });

  it('are not given out when their bytes are altered or lost, and nobody is said to have read them', async () => {
    const pdf = aFreshPdf();
    const { id, digest } = await sent(pdf);
    const path = await pathOf(pdf);
    const bytes = readFileSync(path);
    bytes[20]! ^= 1;
    writeFileSync(path, bytes);
    expect((await download(t, th, id, digest)).status).toBe(500);
    rmSync(path);
    const before = await fingerprint(t.database);
    const lost = await download(t, th, id, digest);
    expect([lost.status, await lost.text()]).toEqual([500, expect.stringContaining('"code":"INTERNAL"')]);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('go when nobody needs them: unattached for a day, or an hour old and in no row', async () => {
    const [abandoned, attached] = [aFreshPdf(), aFreshPdf()];
    await upload(t, vn, abandoned, PDF);
    const { id, digest } = await sent(attached);
    await t.database.sql("UPDATE hub.file SET uploaded_at = now() - interval '25 hours' WHERE sha256 = ANY ($1)", [
      [sha256(abandoned), digest],
    ]);
    const keeper = t.hub.app.get(FileStore);
    const [orphan, young] = [randomUUID(), randomUUID()];
    for (const name of [orphan, young]) await keeper.write(name, randomBytes(32), 4, [Buffer.from('left')]);
    const age = new Date(Date.now() - 2 * 60 * 60 * 1000);
    const gone = await pathOf(abandoned);
    for (const path of stored()) if (!path.includes(young)) utimesSync(path, age, age);

    const sweeper = t.hub.app.get(FileSweeper);
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    const left = stored();
    expect(left).not.toContain(gone);
    expect(left.some((path) => path.includes(orphan))).toBe(false);
    expect(left.some((path) => path.includes(young))).toBe(true);
    expect((await download(t, th, id, digest)).status).toBe(200);
  });
});

describe('F1 a bucket', () => {
  let store: TestStore;
  let t: TestHub;
  let vn: Party;
  let th: Party;
  let agreement: string;

  beforeAll(async () => {
    store = await startTestStore();
    t = await startTestHub(store.variables, keepStoreKey);
    vn = await t.enrol('VN-CUS-AS');
    th = await t.enrol('TH-CUS-LCB');
    agreement = await t.agree([vn, th]);
  });
  afterAll(async () => {
    await t.stop();
    await store.stop();
  });

  it('that cannot be reached is said to be so, in both languages, and nothing is lost', async () => {
    const [pdf, later] = [aFreshPdf(), Buffer.concat([aPdf(), Buffer.alloc(5_000_000, '% x\n'), aFreshPdf()])];
    const digest = await upload(t, vn, pdf, PDF);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });
    const before = await fingerprint(t.database);

    await store.stop();
    for (const answer of [await tryUpload(t, vn, later, PDF), await download(t, th, id, digest)]) {
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }] });
    }
    const vietnamese = await tryUpload(t, vn, later, PDF, { 'accept-language': 'vi' });
    expect(await vietnamese.text()).toContain('không có gì bị mất');
    await t.hub.app.get(FileSweeper).sweep();
    expect(await fingerprint(t.database)).toEqual(before);

    await store.start();
    expect(Buffer.from(await (await download(t, th, id, digest)).arrayBuffer()).equals(pdf)).toBe(true);
    await upload(t, vn, later, PDF);
  });

  it('without it the answer to who may not know stays the one for what is unknown', async () => {
    const digest = await upload(t, vn, aFreshPdf(), PDF);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });
    const la = await t.enrol('LA-CUS-HQ');
    await store.stop();
    const unknown = await wholeAnswer(await download(t, la, randomUUID(), digest));
    expect(unknown).toMatch(/^404 .*NOT_FOUND/);
    expect(await wholeAnswer(await download(t, la, id, digest))).toBe(unknown);
    await store.start();
  });

  it('takes nothing from a hub with another key, whose log and answer say neither the key nor what was stored', async () => {
    const wrong = { accessKeyId: 'S3RVER', secretAccessKey: 'not-the-secret-of-this-store' };
    const database = await cloneDatabase();
    keepStoreKey(database.dataFolder, wrong);
    const before = storedIn(store.folder);
    const options = { database, port: await freePort(), logLevel: 'trace', variables: store.variables };
    const hub = await new WaitingHub(options).start();
    await hub.kill();
    expect(hub.output()).toContain('SignatureDoesNotMatch');
    for (const secret of [wrong.secretAccessKey, wrong.accessKeyId]) expect(hub.output()).not.toContain(secret);
    expect(storedIn(store.folder)).toEqual(before);
    await database.drop();
  });

  it.each([undefined, {}, { accessKeyId: 'S3RVER' }, ['S3RVER']])(
    'is not opened with a secret file like %j: the hub says what is missing and does not start',
    async (key) => {
      const folder = mkdtempSync(join(tmpdir(), 'liaison store '));
      if (key) keepStoreKey(folder, key);
      const environment = readEnvironment({ ...store.variables, DATA_FOLDER: folder });
      const opening = openFilePlace(environment, new SecretsFolder(environment.secretsFolder));
      await expect(opening).rejects.toThrow('with the members accessKeyId and secretAccessKey');
    },
  );
});
