import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubClient } from '../src/cli/client.js';
import { FilesService, type KeptFile } from '../src/files/files.service.js';
import { aPdf, SECRET } from '../src/files/files.example.js';
import { FileSweeper } from '../src/files/file-sweeper.js';
import { FileStore } from '../src/files/file-store.js';
import { inspect } from '../src/files/file-type.js';
import { aPhoneVideo, aVideo } from '../src/files/video.example.js';
import { fingerprint } from './hostile/hostile.js';
import { aSignedIn } from './support/browser.js';
import { composeAndSubmit } from './support/exchange.js';
import { download, sha256 } from './support/files.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { type HubWithFiles, startHubWithFiles } from './support/s3.js';
import { append, appendRest, begin, headersOfPart, stateOf, tryBegin } from './support/uploads.js';

/** Files that arrive in several requests, in a folder and in a bucket. */

const MB = 2 ** 20;
const MP4 = 'video/mp4';

/** A video of about so many bytes that no other test sends. */
const aLongVideo = (bytes: number): Buffer => aPhoneVideo(SECRET, randomBytes(bytes));

describe.each(['folder', 'bucket'] as const)('F1 an upload in parts, in a %s', (kind) => {
  let hub: HubWithFiles;
  let t: TestHub;
  let vn: Party;
  let th: Party;
  let agreement: string;

  beforeAll(async () => {
    hub = await startHubWithFiles(kind, { POINTS_PER_MINUTE: '1000000' });
    ({ t } = hub);
    vn = await t.enrol('VN-CUS-AS');
    th = await t.enrol('TH-CUS-LCB');
    agreement = await t.agree([vn, th]);
  });
  afterAll(() => hub.stop());

  const stored = (): string[] => hub.stored();

  it('is begun, said where it stands, gone on with, and answered as the whole file would have been', async () => {
    const video = aLongVideo(9 * MB);
    const before = stored().length;
    const begun = await tryBegin(vn, video, MP4);
    expect([begun.status, await begun.text()]).toEqual([201, '']);
    expect(Object.fromEntries(begun.headers)).toMatchObject({
      location: expect.stringMatching(/^\/uploads\/[0-9a-f-]{36}$/),
      'upload-offset': '0',
      'upload-complete': '?0',
      'upload-length': String(video.length),
      'upload-limit': expect.stringMatching(
        /^max-size=209715200, max-append-size=8388608, min-append-size=262144, max-age=86(400|399)$/,
      ),
      'cache-control': 'no-store',
    });
    const path = begun.headers.get('location')!;
    const first = await append(vn, path, video, 0, 8 * MB);
    expect([first.status, first.headers.get('upload-offset'), first.headers.get('upload-complete')]).toEqual([
      204,
      String(8 * MB),
      '?0',
    ]);
    expect(await stateOf(vn, path)).toEqual([204, String(8 * MB), '?0']);
    expect(stored()).toHaveLength(before + 1);

    const last = await append(vn, path, video, 8 * MB);
    expect([last.status, last.headers.get('upload-complete')]).toEqual([201, '?1']);
    const kept = (await last.json()) as KeptFile;
    const copy = await inspect(video, MP4);
    expect(kept).toEqual({
      attachment: { sha256: sha256(video), size: String(video.length), mediaType: MP4 },
      state: 'CLEAN',
      copy: { sha256: sha256(copy), size: copy.length },
    });
    expect(await stateOf(vn, path)).toEqual([204, String(video.length), '?1']);
    // The file and its copy; the parts are gone.
    expect(stored()).toHaveLength(before + 2);
    expect(await t.database.sql('SELECT 1 FROM hub.upload_part')).toEqual([]);

    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [sha256(video)] });
    const received = Buffer.from(await (await download(t, th, id, sha256(video))).arrayBuffer());
    expect(sha256(received)).toBe(sha256(copy));
    const original = Buffer.from(await (await download(t, vn, id, sha256(video))).arrayBuffer());
    expect(sha256(original)).toBe(sha256(video));
  });

  it('goes on after a connection broke in the middle of a part, of which nothing was kept', async () => {
    const video = aLongVideo(3 * MB);
    const path = await begin(vn, video, MP4);
    expect((await append(vn, path, video, 0, MB)).status).toBe(204);
    const before = [await fingerprint(t.database), stored()];
    const broken = request(`${t.url}${path}`, {
      method: 'PATCH',
      headers: { ...(await vn.headersFor('PATCH', path)), ...headersOfPart(MB), 'content-length': 1_000_000 },
    });
    broken.on('error', () => undefined);
    broken.write(video.subarray(MB, MB + MB / 2));
    await sleep(500);
    broken.destroy();
    await sleep(500);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    expect(await stateOf(vn, path)).toEqual([204, String(MB), '?0']);
    const last = await appendRest(vn, path, video, MB);
    expect(((await last.json()) as KeptFile).attachment.sha256).toBe(sha256(video));
  });

  it('is told where to go on when a part comes again after a lost answer, and stores nothing twice', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, MB);
    const before = [await fingerprint(t.database), stored()];
    const again = await append(vn, path, video, 0, MB);
    expect([again.status, again.headers.get('upload-offset')]).toEqual([409, String(MB)]);
    expect(await again.json()).toMatchObject({ errors: [{ extensions: { code: 'CONFLICT', sub: 'OFFSET' } }] });
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    expect((await append(vn, path, video, MB)).status).toBe(201);
  });

  it('is told where to go on before the bytes of a part are read, and also when the last part is empty', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, MB);
    const headers = { ...(await vn.headersFor('PATCH', path)), ...headersOfPart(0), 'content-length': String(MB) };
    const unread = request(`${t.url}${path}`, { method: 'PATCH', headers });
    unread.on('error', () => undefined);
    unread.flushHeaders();
    const [answer] = (await once(unread, 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers['upload-offset']]).toEqual([409, String(MB)]);
    unread.destroy();
    const empty = await append(vn, path, video, video.length);
    expect([empty.status, empty.headers.get('upload-offset')]).toEqual([409, String(MB)]);
    await appendRest(vn, path, video, MB);
  });

  it('that is completed again tells again what became of it, and is not looked into again', async () => {
    const video = aLongVideo(MB);
    const path = await begin(vn, video, MP4);
    const first = await (await append(vn, path, video, 0)).json();
    const before = [await fingerprint(t.database), stored()];
    const empty = await append(vn, path, video, video.length);
    expect([empty.status, empty.headers.get('upload-complete'), await empty.json()]).toEqual([201, '?1', first]);
    const same = await append(vn, path, video, 0);
    expect([same.status, same.headers.get('upload-offset')]).toEqual([409, String(video.length)]);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    // One that has forgotten everything is led to the same answer.
    const begun = await tryBegin(vn, video, MP4);
    expect([begun.headers.get('location'), begun.headers.get('upload-complete')]).toEqual([path, '?1']);
  });

  it('that is begun again is the same upload', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, MB);
    const again = await tryBegin(vn, video, MP4);
    expect([again.headers.get('location'), again.headers.get('upload-offset')]).toEqual([path, String(MB)]);
    await appendRest(vn, path, video, MB);
  });

  it('has one of two parts for the same place, and tells the other where it stands', async () => {
    const video = aLongVideo(3 * MB);
    const path = await begin(vn, video, MP4);
    const parts = stored().length;
    const answers = await Promise.all([1, 2, 3].map(() => append(vn, path, video, 0, MB)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409, 409]);
    expect(answers.map(({ headers }) => headers.get('upload-offset'))).toEqual(Array(3).fill(String(MB)));
    expect(stored()).toHaveLength(parts + 1);
    await appendRest(vn, path, video, MB);
  });

  it('gives the same file to two that complete it at once', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, video.length, { 'upload-complete': '?0' });
    const before = stored().length;
    const looks = jest.spyOn(t.hub.app.get(FilesService), 'receive');
    const answers = await Promise.all([1, 2].map(() => append(vn, path, video, video.length)));
    const looked = looks.mock.calls.length;
    looks.mockRestore();
    const [one, other] = await Promise.all(answers.map((answer) => answer.json()));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(one).toEqual(other);
    expect(stored()).toHaveLength(before + 1);
    expect(looked).toBe(1);
  });

  it('that was refused, or whose file was refused since, is begun anew', async () => {
    const video = aLongVideo(MB);
    const path = await begin(vn, video, MP4);
    expect((await append(vn, path, video, 0)).status).toBe(201);
    expect((await tryBegin(vn, video, MP4)).headers.get('location')).toBe(path);
    const [, id] = /([0-9a-f-]{36})$/.exec(path)!;
    const say = (state: string): Promise<unknown> =>
      t.database.sql(`UPDATE hub.upload SET kept = jsonb_set(kept, '{state}', to_jsonb($2::text)) WHERE id = $1`, [
        id,
        state,
      ]);
    await say('REFUSED');
    expect(await begin(vn, video, MP4)).not.toBe(path);
    await say('CLEAN');
    await t.database.sql("UPDATE hub.file SET state = 'REFUSED' WHERE sha256 = $1", [sha256(video)]);
    expect(await begin(vn, video, MP4)).not.toBe(path);
  });

  it('one of whose parts was altered is forgotten, and begins again', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    const before = stored();
    await append(vn, path, video, 0, MB);
    const part = stored().find((name) => !before.includes(name))!;
    const bytes = readFileSync(part);
    writeFileSync(part, bytes.fill(bytes[9]! ^ 1, 9, 10));
    expect((await append(vn, path, video, MB)).status).toBe(404);
    expect(stored()).toEqual(before);
    const again = await begin(vn, video, MP4);
    expect(again).not.toBe(path);
    expect((await append(vn, again, video, 0)).status).toBe(201);
  });

  it('one of whose parts is missing waits for it: a folder that is not there may come back', async () => {
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    const before = stored();
    await append(vn, path, video, 0, MB);
    const part = stored().find((name) => !before.includes(name))!;
    const bytes = readFileSync(part);
    rmSync(part);
    expect((await append(vn, path, video, MB)).status).toBe(500);
    writeFileSync(part, bytes);
    expect((await append(vn, path, video, video.length)).status).toBe(201);
  });

  it('that is begun again when it is there holds for another day', async () => {
    const video = aLongVideo(MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0);
    await t.database.sql("UPDATE hub.file SET uploaded_at = now() - interval '23 hours' WHERE sha256 = $1", [
      sha256(video),
    ]);
    expect(await begin(vn, video, MP4)).toBe(path);
    const [row] = await t.database.sql<{ isNew: boolean }>(
      `SELECT uploaded_at > now() - interval '1 hour' AS "isNew" FROM hub.file WHERE sha256 = $1`,
      [sha256(video)],
    );
    expect(row).toEqual({ isNew: true });
  });

  it('of another digest or type is refused when it is whole, and leaves nothing', async () => {
    const before = [await fingerprint(t.database), stored()];
    for (const [headers, sub] of [
      [{ 'repr-digest': `sha-256=:${'A'.repeat(43)}=:` }, 'DIGEST'],
      [{ 'content-type': 'application/pdf' }, 'TYPE'],
    ] as const) {
      const video = aLongVideo(MB);
      const begun = await tryBegin(vn, video, MP4, headers);
      const path = begun.headers.get('location')!;
      const last = await append(vn, path, video, 0);
      expect([last.status >= 400, last.headers.get('upload-complete')]).toEqual([true, '?1']);
      expect(await last.json()).toMatchObject({ errors: [{ extensions: { sub } }] });
      expect(await stateOf(vn, path)).toEqual([404, null, null]);
    }
    expect([await fingerprint(t.database), stored()]).toEqual(before);
  });

  it('that is cancelled leaves nothing', async () => {
    const before = [await fingerprint(t.database), stored()];
    const video = aLongVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, MB);
    expect((await vn.send(path, { method: 'DELETE' })).status).toBe(204);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    expect(await stateOf(vn, path)).toEqual([404, null, null]);
    expect((await vn.send(path, { method: 'DELETE' })).status).toBe(404);
  });

  it('goes after a day, row and parts; so do parts of which no row speaks, after an hour', async () => {
    const [late, young] = [aLongVideo(2 * MB), aLongVideo(2 * MB)];
    const paths = [await begin(vn, late, MP4), await begin(vn, young, MP4)] as const;
    for (const [i, video] of [late, young].entries()) await append(vn, paths[i]!, video, 0, MB);
    const orphan = randomUUID();
    await t.hub.app.get(FileStore).write(orphan, randomBytes(32), 4, [Buffer.from('left')]);
    const age = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const path of stored()) utimesSync(path, age, age);
    await t.database.sql("UPDATE hub.upload SET expires_at = now() - interval '1 second' WHERE sha256 = $1", [
      sha256(late),
    ]);
    expect(await stateOf(vn, paths[0])).toEqual([404, null, null]);
    expect((await append(vn, paths[0], late, MB)).status).toBe(404);
    const before = stored().length;
    await t.hub.app.get(FileSweeper).sweep();
    expect(stored()).toHaveLength(before - 2);
    expect(await t.database.sql('SELECT 1 FROM hub.upload WHERE sha256 = $1', [sha256(late)])).toEqual([]);
    expect(await stateOf(vn, paths[1])).toEqual([204, String(MB), '?0']);
    expect((await append(vn, paths[1], young, MB)).status).toBe(201);
  });

  it('is encrypted while it is on its way', async () => {
    const secret = Buffer.from(`container;note\nCSQU3054383;${SECRET} ${'x'.repeat(400_000)}\n`);
    const path = await begin(vn, secret, 'text/csv');
    await append(vn, path, secret, 0, 300_000);
    for (const file of stored()) expect(readFileSync(file).includes('Officer')).toBe(false);
    expect((await append(vn, path, secret, 300_000)).status).toBe(201);
  });
});

describe('F1 an upload in parts', () => {
  let t: TestHub;
  let vn: Party;
  beforeAll(async () => {
    t = await startTestHub({ POINTS_PER_MINUTE: '1000000' });
    vn = await t.enrol('VN-CUS-AS');
  });
  afterAll(() => t.stop());

  it('brings a video of 200 MB', async () => {
    const frame = aVideo({ film: Buffer.alloc(0) }).length;
    const video = aVideo({ film: Buffer.alloc(200 * MB - frame, randomBytes(64)) });
    expect(video.length).toBe(200 * MB);
    const last = await appendRest(vn, await begin(vn, video, MP4), video);
    expect([last.status, await last.json()]).toMatchObject([201, { state: 'CLEAN', copy: null }]);
  }, 180_000);

  it('G23 goes the way of an officer: from the hub’s own page, with the proof of the session', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pdf = aPdf(`% ${randomBytes(8).toString('hex')}\n`);
    const own = browser.ofOwnPage();
    const announced = {
      'upload-complete': '?0',
      'upload-length': String(pdf.length),
      'repr-digest': `sha-256=:${Buffer.from(sha256(pdf), 'hex').toString('base64')}:`,
    };
    const begun = await browser.upload(Buffer.alloc(0), 'application/pdf', announced);
    expect(begun.status).toBe(201);
    const path = begun.headers.get('location')!;
    const sendPart = (headers: Record<string, string | undefined>): ReturnType<typeof browser.send> =>
      browser.send(path, { method: 'PATCH', body: new Uint8Array(pdf) }, { ...headersOfPart(0, true), ...headers });
    const before = await fingerprint(t.database);
    for (const missing of Object.keys(own)) {
      const { status, body } = await sendPart({ ...own, [missing]: undefined });
      expect([missing, status, body.errors?.[0]?.extensions.code]).toEqual([missing, 403, 'FORBIDDEN']);
      const ending = await browser.send(path, { method: 'DELETE' }, { ...own, [missing]: undefined });
      expect([missing, ending.status]).toEqual([missing, 403]);
    }
    expect(await fingerprint(t.database)).toEqual(before);
    expect([(await sendPart(own)).status]).toEqual([201]);
  });

  it('whose scanner did not answer stays, and is looked at again when it is completed again', async () => {
    const scanned = await startTestHub({ CLAMD_SOCKET: '127.0.0.1:9', POINTS_PER_MINUTE: '1000000' });
    try {
      const party = await scanned.enrol('VN-CUS-AS');
      const video = aLongVideo(MB);
      const path = await begin(party, video, MP4);
      for (const from of [0, video.length, video.length]) {
        const last = await append(party, path, video, from);
        expect([last.status, last.headers.get('upload-complete')]).toEqual([202, '?1']);
        expect(await stateOf(party, path)).toEqual([204, String(video.length), '?0']);
      }
    } finally {
      await scanned.stop();
    }
  });

  it('is not asked for by GET, which answers as for whatever there is not', async () => {
    const path = await begin(vn, aVideo(), MP4);
    expect((await vn.send(path, { method: 'GET' })).status).toBe(404);
    const sent = request(`${t.url}${path}`, { method: 'HEAD' }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(401);
  });

  const aClient = async (): Promise<HubClient> =>
    new HubClient({ url: t.url, unit: vn.unit, clientKey: vn.client.privateJwk, retryDelayMs: 20 });

  it('goes on by itself in the command line’s client, after its connections broke', async () => {
    const video = aLongVideo(20 * MB);
    const client = await aClient();
    const told: number[] = [];
    const kept = await client.upload(video, MP4, (sent) => {
      told.push(sent);
      // While the second part is on its way.
      if (told.length !== 2) return;
      t.hub.app.getHttpServer().once('request', ({ socket }: IncomingMessage) => setTimeout(() => socket.destroy(), 2));
    });
    expect(kept).toMatchObject({ attachment: { sha256: sha256(video) }, state: 'CLEAN' });
    expect(told.slice(0, 2)).toEqual([0, 8 * MB]);
    // Nothing that had arrived was sent again, and the parts became smaller.
    expect(told).toEqual([0, 8, 8, 12, 16, 20].map((megabytes) => megabytes * MB));
  });

  it('goes on in another process that sends the same file', async () => {
    const video = aLongVideo(20 * MB);
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, 8 * MB);
    const told: number[] = [];
    await (await aClient()).upload(video, MP4, (sent) => told.push(sent));
    expect(told).toEqual([8 * MB, 16 * MB]);
  });
});
