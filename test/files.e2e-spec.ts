import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { appDataSource } from '../config/data-source.js';
import { PROJECT_FOLDER } from '../config/environment.js';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import type { EntityManager } from 'typeorm';
import { ScopedDatabase } from '../src/access/scoped-database.js';
import { WrappingKeys } from '../src/database/wrapping-keys.js';
import { FileStore } from '../src/files/file-store.js';
import { aCameraJpeg, aCsv, aDocx, aJpeg, aPdf, aPng, SECRET } from '../src/files/files.example.js';
import { inspect } from '../src/files/file-type.js';
import { aPhoneVideo, aVideo } from '../src/files/video.example.js';
import { FilesService, type KeptFile } from '../src/files/files.service.js';
import { Scanner } from '../src/files/scanner.js';
import { asServer, submitUnchecked, textWith, untilSomebodyWaits } from './support/commands.js';
import { aHandling, COMPOSE_ALERT, composeAndSubmit, recall, signAndTry } from './support/exchange.js';
import { aSignedIn } from './support/browser.js';
import { contentDigest, download, sha256, tryUpload, upload, wholeAnswer } from './support/files.js';
import { anAlert, fingerprint, verdictOf } from './hostile/hostile.js';
import { freePort } from './hostile/hub-process.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { storedIn } from './support/s3.js';
import { lineWithoutCommits } from './support/slow-line.js';
import { aCaller } from './support/world.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

/** Every stored file of this hub. */
function stored({ database }: TestHub = t): string[] {
  return storedIn(join(database.dataFolder, 'files'));
}

/** A PDF that no other test sends. */
const aFreshPdf = (): Buffer => aPdf(`% ${randomBytes(8).toString('hex')}\n`);

describe('G23 an upload by an officer', () => {
  const TYPE = 'application/pdf';
  const elsewhere: Record<string, Record<string, string | undefined>> = {
    'without the proof of the session': { 'x-liaison-csrf': undefined },
    'with a wrong proof': { 'x-liaison-csrf': 'A'.repeat(43) },
    'without an origin': { origin: undefined },
    'of another origin': { origin: 'https://evil.example' },
    'from another site': { 'sec-fetch-site': 'cross-site' },
    'from another host of the same site': { 'sec-fetch-site': 'same-site' },
    'without what the browser says of the site': { 'sec-fetch-site': undefined },
  };

  it('is taken from the hub’s own page, and can be attached by the officer’s agency', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pdf = aFreshPdf();
    const reply = await browser.upload(pdf, TYPE);
    expect([reply.status, reply.body]).toMatchObject([201, { attachment: { sha256: sha256(pdf) }, state: 'CLEAN' }]);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [sha256(pdf)] });
    expect((await download(t, th, id, sha256(pdf))).status).toBe(200);
  });

  it.each(Object.entries(elsewhere))('%s is refused, and nothing is kept', async (_, headers) => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const before = [await fingerprint(t.database), stored()];
    const { status, body } = await browser.upload(aFreshPdf(), TYPE, headers);
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
  });

  it('takes the right to send, and a session', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const before = [await fingerprint(t.database), stored()];
    expect((await browser.upload(aFreshPdf(), TYPE)).status).toBe(403);
    expect((await browser.upload(aFreshPdf(), TYPE, { cookie: '' })).status).toBe(401);
    expect([await fingerprint(t.database), stored()]).toEqual(before);
  });
});

describe('F1, threats 34 and 35 an upload', () => {
  it('is kept encrypted, under a name of its own, and answered as a signed object names it', async () => {
    const csv = Buffer.from(`container;note\nCSQU3054383;${SECRET}\n`);
    const before = stored().length;
    const response = await tryUpload(t, vn, csv, 'text/csv; charset=utf-8');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      attachment: { sha256: sha256(csv), size: String(csv.length), mediaType: 'text/csv' },
      state: 'CLEAN',
      copy: null,
    });
    const files = stored();
    expect(files).toHaveLength(before + 1);
    for (const file of files) expect(readFileSync(file).includes('Officer')).toBe(false);
    expect(files.join()).not.toContain(sha256(csv));
  });

  it('is refused while more than 2 GB of its agency lie unattached', async () => {
    const ph = await t.enrol('PH-BOC-HQ');
    const first = await upload(t, ph, aFreshPdf(), 'application/pdf');
    await t.database.sql('UPDATE hub.file SET size = 2147483648 WHERE sha256 = $1', [first]);
    const before = [await fingerprint(t.database), stored()];
    const response = await tryUpload(t, ph, aFreshPdf(), 'application/pdf');
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('"code":"LIMIT_EXCEEDED","sub":"UNATTACHED"');
    expect([await fingerprint(t.database), stored()]).toEqual(before);
    await upload(t, vn, aFreshPdf(), 'application/pdf');
  });

  it('of the same bytes is the same file', async () => {
    const pdf = aFreshPdf();
    await Promise.all([upload(t, vn, pdf, 'application/pdf'), upload(t, vn, pdf, 'application/pdf')]);
    const before = stored().length;
    await upload(t, vn, pdf, 'application/pdf');
    expect(stored()).toHaveLength(before);
    const rows = await t.database.sql('SELECT id FROM hub.file WHERE sha256 = $1', [sha256(pdf)]);
    expect(rows).toHaveLength(1);
  });

  it('of 25 MB is taken', async () => {
    const large = Buffer.concat([aPdf(), Buffer.alloc(25 * 1024 * 1024 - 2 * aPdf().length, '% x\n'), aPdf()]);
    expect(large.length).toBe(25 * 1024 * 1024);
    await upload(t, vn, large, 'application/pdf');
  });

  it('needs a caller', async () => {
    const response = await fetch(`${t.url}/files`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/csv' },
    });
    expect(response.status).toBe(401);
  });

  it.each<[string, number, string, Buffer, string, Record<string, string>]>([
    ['a program as an image', 415, 'TYPE', Buffer.from('MZ\x90\0\x03\0'), 'image/jpeg', {}],
    [
      'a page around a PDF',
      415,
      'TYPE',
      Buffer.concat([aPdf(), Buffer.from('<script>1</script>')]),
      'application/pdf',
      {},
    ],
    ['an SVG with script', 415, 'TYPE', Buffer.from('<svg><script>1</script></svg>'), 'image/svg+xml', {}],
    [
      'macros',
      415,
      'TYPE',
      aDocx({ 'word/vbaProject.bin': 'x' }),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      {},
    ],
    [
      'a video with a page after it',
      415,
      'TYPE',
      Buffer.concat([aVideo(), Buffer.from('<html><script>1</script></html>')]),
      'video/mp4',
      {},
    ],
    ['a video with a track of places', 415, 'TYPE', aVideo({ handlers: ['vide', 'meta'] }), 'video/mp4', {}],
    ['JSON', 415, 'TYPE', Buffer.from('{}'), 'application/json', {}],
    ['another digest', 400, 'DIGEST', aCsv(), 'text/csv', { 'content-digest': contentDigest(aPng()) }],
    ['no digest', 400, 'DIGEST', aCsv(), 'text/csv', { 'content-digest': 'md5=:AAAA:' }],
    ['nothing', 400, 'LENGTH', Buffer.alloc(0), 'text/csv', {}],
  ])('of %s is refused with %i %s and leaves nothing', async (_, status, sub, content, type, headers) => {
    const before = [await fingerprint(t.database), stored()];
    const response = await tryUpload(t, vn, content, type, {
      'content-disposition': 'attachment; filename="../../x"',
      ...headers,
    });
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', sub });
    expect([await fingerprint(t.database), stored()]).toEqual(before);
  });

  it.each([
    ['2 GB', '2147483648', 413],
    ['26 MB', String(26 * 1024 * 1024), 413],
    ['100 GB, at the price of the longest file', String(100 * 1024 ** 3), 413],
    ['an unknown length', null, 400],
  ])('that says it has %s is refused before its bytes are read', async (_, length, status) => {
    const sent = await begin(length, 'a;b\n');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(status);
    response.resume();
    sent.destroy();
  });

  it('that breaks off leaves nothing behind', async () => {
    const before = [await fingerprint(t.database), stored()];
    const sent = await begin('1000', 'a;b\n');
    await eventually(() => expect(stored().some((file) => file.endsWith('.new'))).toBe(true));
    sent.destroy();
    await eventually(() => expect(stored()).toEqual(before[1]));
    expect(await fingerprint(t.database)).toEqual(before[0]);
  });
});

describe('an upload whose row is written though nobody was told', () => {
  it('has its bytes; sent again, it reaches the recipient whole', async () => {
    const { app, clock } = t.hub;
    const line = await lineWithoutCommits(t.database.access.appUrl);
    const dataSource = await appDataSource(line.url, 1).initialize();
    const pdf = aFreshPdf();
    const declared = { size: pdf.length, sha256: sha256(pdf), mediaType: 'application/pdf' };
    try {
      const files = new FilesService(
        new ScopedDatabase(dataSource, t.database.access.contextKey, clock),
        app.get(FileStore),
        app.get(WrappingKeys),
        app.get(Scanner),
      );
      const caller = aCaller({ agencyId: vn.agency, unitId: vn.unit });
      await expect(files.receive(caller, declared, Readable.from([pdf]))).rejects.toThrow('terminated');
      expect(await t.database.sql('SELECT state FROM hub.file WHERE sha256 = $1', [sha256(pdf)])).toEqual([
        { state: 'CLEAN' },
      ]);
    } finally {
      await dataSource.destroy();
      await line.close();
    }
    const { id, digest } = await sent(pdf, 'application/pdf');
    const response = await download(t, th, id, digest);
    expect([response.status, Buffer.from(await response.arrayBuffer()).equals(pdf)]).toEqual([200, true]);
  });
});

describe('a file that an object names', () => {
  const ATTACHMENTS = 'query($id: ID!) { object(id: $id) { attachments { sha256 size mediaType } } }';

  it('F2 is read by whoever sees the object, and by no other, who hears what is said of an unknown one', async () => {
    const pdf = aFreshPdf();
    const digest = await upload(t, vn, pdf, 'application/pdf');
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });

    const { data } = await th.ask<{ object: { attachments: object[] } }>(ATTACHMENTS, { id });
    expect(data!.object.attachments).toEqual([
      { sha256: digest, size: String(pdf.length), mediaType: 'application/pdf' },
    ]);
    for (const party of [vn, th]) {
      const response = await download(t, party, id, digest);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/pdf',
        'content-length': String(pdf.length),
        'content-disposition': `attachment; filename="${digest.slice(0, 16)}.pdf"`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringMatching(/^sandbox;/),
        'cache-control': 'no-store',
        'repr-digest': contentDigest(pdf),
      });
      expect(Buffer.from(await response.arrayBuffer()).equals(pdf)).toBe(true);
    }

    const before = await fingerprint(t.database);
    const unknown = await wholeAnswer(await download(t, la, UNKNOWN, digest));
    expect(unknown).toMatch(/^404 .*NOT_FOUND/);
    expect(await wholeAnswer(await download(t, la, id, digest))).toBe(unknown);
    expect(await wholeAnswer(await download(t, th, id, sha256(aPng())))).toBe(unknown);
    expect(await wholeAnswer(await download(t, th, 'no-id', 'no-digest'))).toBe(unknown);
    expect(await wholeAnswer(await download(t, th, UNKNOWN, digest))).toBe(unknown);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('is recorded as downloaded before its first byte', async () => {
    const { id, digest } = await sent(aFreshPdf(), 'application/pdf');
    const events = (): Promise<object[]> =>
      t.database.sql(
        `SELECT p.event, p.agency_id, p.unit_id FROM audit.pending p JOIN hub.object o ON o.seq = p.object_seq
         WHERE o.id = $1 AND p.event = 'file.downloaded'`,
        [id],
      );
    expect(await events()).toEqual([]);
    const headers = { ...(await th.headersFor('GET', `/files/${id}/${digest}`)) };
    const asked = request(`${t.url}/files/${id}/${digest}`, { headers }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    expect(await events()).toEqual([{ event: 'file.downloaded', agency_id: 'TH-CUS', unit_id: 'TH-CUS-LCB' }]);
    // A file that is not sent is not opened either.
    const only = await th.send(`/files/${id}/${digest}`, { method: 'HEAD' });
    expect([only.status, only.headers.get('allow'), (await events()).length]).toEqual([405, 'GET', 1]);
    answer.destroy();
  });

  it('F2 goes out of sight with the object, by recall and by expiry; its sender keeps it', async () => {
    const recalled = await sent(aFreshPdf(), 'application/pdf');
    await recall(vn, recalled.id);
    const soon = new Date(Date.now() + 1_500).toISOString().replace(/\.\d+/, '');
    const expired = await sent(aFreshPdf(), 'application/pdf', { handling: { expiresAt: soon } });
    await sleep(2_000);
    const unknown = await wholeAnswer(await download(t, th, UNKNOWN, recalled.digest));
    for (const { id, digest } of [recalled, expired]) {
      expect(await wholeAnswer(await download(t, th, id, digest))).toBe(unknown);
      expect((await download(t, vn, id, digest)).status).toBe(200);
    }
  });

  it('that is an image is given to recipients without metadata, the original to its sender', async () => {
    const photo = aCameraJpeg(`${SECRET} ${randomBytes(4).toString('hex')}`);
    const { id, digest } = await sent(photo, 'image/jpeg');
    const received = await download(t, th, id, digest);
    expect(received.headers.get('repr-digest')).toBe(contentDigest(aJpeg()));
    expect(Buffer.from(await received.arrayBuffer())).toEqual(aJpeg());
    expect(Buffer.from(await (await download(t, vn, id, digest)).arrayBuffer())).toEqual(photo);
  });

  it('that is a video is given to recipients without metadata, as long as the original', async () => {
    const video = aPhoneVideo(`${SECRET} ${randomBytes(4).toString('hex')}`);
    const { id, digest } = await sent(video, 'video/mp4');
    const received = await download(t, th, id, digest);
    expect(Object.fromEntries(received.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(video.length),
      'content-disposition': `attachment; filename="${digest.slice(0, 16)}.mp4"`,
    });
    const copy = Buffer.from(await received.arrayBuffer());
    expect(received.headers.get('repr-digest')).toBe(contentDigest(copy));
    expect(copy.equals(await inspect(video, 'video/mp4'))).toBe(true);
    expect(copy.includes('Officer')).toBe(false);
    expect(Buffer.from(await (await download(t, vn, id, digest)).arrayBuffer()).equals(video)).toBe(true);
  });

  it('that is a video with nothing to take out has no copy', async () => {
    const video = aVideo({ film: randomBytes(200_000) });
    const before = stored().length;
    const response = await tryUpload(t, vn, video, 'video/mp4');
    expect([response.status, await response.json()]).toMatchObject([201, { state: 'CLEAN', copy: null }]);
    expect(stored()).toHaveLength(before + 1);
  });

  it('is not given out when its bytes are lost or altered', async () => {
    const { id, digest } = await sent(aFreshPdf(), 'application/pdf');
    const [row] = await t.database.sql<{ file_id: string }>('SELECT file_id FROM hub.attachment WHERE sha256 = $1', [
      digest,
    ]);
    const file = stored().find((path) => path.endsWith(row!.file_id))!;
    const bytes = readFileSync(file);
    bytes[20]! ^= 1;
    writeFileSync(file, bytes);
    const altered = await download(t, th, id, digest);
    expect([altered.status, await altered.text()]).toEqual([
      500,
      expect.stringMatching(/^{"errors":\[.*"code":"INTERNAL"/),
    ]);
    rmSync(file);
    const before = await fingerprint(t.database);
    expect((await download(t, th, id, digest)).status).toBe(500);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('reaches every member of a community, and is attached again to a new version', async () => {
    const community = await t.community([vn, th, la]);
    const { id, digest } = await sent(aFreshPdf(), 'application/pdf', { to: [community] });
    const next = await composeAndSubmit(vn, { to: [community], agreement, supersedes: id, attachments: [digest] });
    for (const object of [id, next.id]) {
      for (const party of [th, la]) expect((await download(t, party, object, digest)).status).toBe(200);
    }
  });

  it('S28 can only be a clean file of the own agency, in compose and in submit', async () => {
    const own = aFreshPdf();
    const foreign = aFreshPdf();
    await upload(t, vn, own, 'application/pdf');
    await upload(t, la, foreign, 'application/pdf');
    const quarantined = aFreshPdf();
    await upload(t, vn, quarantined, 'application/pdf');
    await t.database.sql("UPDATE hub.file SET state = 'QUARANTINED' WHERE sha256 = $1", [sha256(quarantined)]);
    const submit = (...attachments: ReturnType<typeof link>[]) =>
      signAndTry(vn, anAlert(vn, ['TH-CUS'], agreement, { attachments }));

    const before = await fingerprint(t.database);
    const answers = [
      link(foreign),
      link(quarantined),
      link(aFreshPdf()),
      link(own, { size: '1' }),
      link(own, { mediaType: 'image/png' }),
    ];
    const texts = await Promise.all(answers.map(async (each) => JSON.stringify(await submit(each))));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0]!).errors[0].extensions).toMatchObject({ sub: 'ATTACHMENT', pointer: '/attachments/0' });
    expect(verdictOf(await submit(link(own), link(own)))).toBe('BAD_SIGNED_OBJECT/ATTACHMENT');

    for (const digests of [[sha256(foreign)], [sha256(quarantined)], [sha256(aFreshPdf())]]) {
      const answer = await vn.ask(COMPOSE_ALERT, {
        input: { to: ['TH-CUS'], attachments: digests, handling: aHandling(agreement), body: aDraft() },
      });
      expect(verdictOf(answer)).toBe('BAD_USER_INPUT//attachments/0 attachment');
    }
    expect(await fingerprint(t.database)).toEqual(before);
    expect(verdictOf(await submit(link(own)))).toBe('accepted');
  });
});

describe('the database, asked by code that forgot to ask', () => {
  it('shows a file to its agency alone, and an attachment to those who see its object', async () => {
    const { id, digest } = await sent(aFreshPdf(), 'application/pdf');
    const counts = (party: Party): Promise<unknown> =>
      asCaller(party, (tx) =>
        tx.query(
          `SELECT (SELECT count(*) FROM hub.file WHERE sha256 = $1)::int AS files,
             (SELECT count(*) FROM hub.attachment WHERE sha256 = $1)::int AS attachments,
             (SELECT array_agg(agency_id) FROM hub.attachment_key WHERE sha256 = $1) AS keys`,
          [digest],
        ),
      );
    expect(await counts(vn)).toEqual([{ files: 1, attachments: 1, keys: ['VN-CUS'] }]);
    expect(await counts(th)).toEqual([{ files: 0, attachments: 1, keys: ['TH-CUS'] }]);
    expect(await counts(la)).toEqual([{ files: 0, attachments: 0, keys: null }]);
    await recall(vn, id);
    expect(await counts(th)).toEqual([{ files: 0, attachments: 0, keys: null }]);
    expect(await counts(vn)).toEqual([{ files: 1, attachments: 1, keys: ['VN-CUS'] }]);
  });

  it('keeps a file that is attached at the very moment at which its scanner refuses it', async () => {
    const pdf = aFreshPdf();
    const digest = await upload(t, vn, pdf, 'application/pdf');
    const file = { sha256: digest, size: String(pdf.length), mediaType: 'application/pdf' };
    const refuse = (): Promise<{ is_stored: boolean }[]> =>
      asCaller(vn, (tx) =>
        tx.query('SELECT is_stored FROM cmd.keep_file($1)', [
          JSON.stringify({ ...file, id: randomUUID(), state: 'REFUSED' }),
        ]),
      );
    let second: Promise<{ is_stored: boolean }[]> | undefined;
    await asServer(t.database, vn, async () => {
      const text = textWith({ attachments: [file], body: {} });
      const seq = await submitUnchecked(t.database, vn, { text });
      await t.database.sql('SELECT cmd.attach($1, $2)', [seq, JSON.stringify({ [digest]: { 'VN-CUS': 'eA==' } })]);
      second = refuse();
      await untilSomebodyWaits(t.database);
      await t.database.sql('COMMIT');
    });
    expect(await second).toEqual([{ is_stored: true }]);
  });

  it('attaches nothing to an object of others, and nothing that its text does not name', async () => {
    const { id } = await sent(aFreshPdf(), 'application/pdf');
    const { id: bare } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const other = await upload(t, vn, aFreshPdf(), 'application/pdf');
    const attach = (party: Party, object: string): Promise<unknown> =>
      asCaller(party, (tx) =>
        tx.query('SELECT cmd.attach((SELECT o.seq FROM hub.object o WHERE o.id = $1), $2)', [
          object,
          JSON.stringify({ [other]: { [party.agency]: '' } }),
        ]),
      );
    const before = await fingerprint(t.database);
    await expect(attach(th, id)).rejects.toThrow('LINK');
    await expect(attach(vn, bare)).rejects.toThrow('foreign key');
    await expect(attach(vn, id)).rejects.toThrow('duplicate key');
    await expect(asCaller(th, (tx) => tx.query('UPDATE hub.file SET state = state'))).rejects.toThrow(
      'permission denied',
    );
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('threats 44a a scanner', () => {
  let clamd: ChildProcess;
  let scanned: TestHub;
  let party: Party;
  let port: string;

  async function startClamd(...signatures: string[]): Promise<void> {
    clamd = spawn(process.execPath, [join(PROJECT_FOLDER, 'test/support/clamd-process.mjs'), port, ...signatures], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    await once(clamd.stdout!, 'data');
  }

  beforeAll(async () => {
    port = String(await freePort());
    await startClamd();
    scanned = await startTestHub({ CLAMD_SOCKET: `127.0.0.1:${port}` });
    party = await scanned.enrol('VN-CUS-AS');
  });
  afterAll(async () => {
    clamd.kill();
    await scanned.stop();
  });

  const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

  it('lets a file through in which it finds nothing, of every size', async () => {
    for (const size of [10, 64 * 1024 - aPdf().length, 300_000]) {
      await upload(scanned, party, aPdf(`%${'x'.repeat(size)}\n`), 'application/pdf');
    }
  });

  it('has a file refused in which it finds something; nothing of it is kept but the record', async () => {
    const infected = aPdf(`% ${EICAR}\n`);
    const before = stored(scanned);
    const response = await tryUpload(scanned, party, infected, 'application/pdf');
    expect([response.status, ((await response.json()) as KeptFile).state]).toEqual([201, 'REFUSED']);
    expect(stored(scanned)).toEqual(before);
    const rows = await scanned.database.sql('SELECT state, wrapped FROM hub.file WHERE sha256 = $1', [
      sha256(infected),
    ]);
    expect(rows).toEqual([{ state: 'REFUSED', wrapped: null }]);
  });

  it('that does not answer leaves a file in quarantine until it is sent again', async () => {
    clamd.kill();
    await once(clamd, 'exit');
    const clean = aFreshPdf();
    const infected = aPdf(`%% ${EICAR}\n`);
    for (const content of [clean, infected]) {
      const response = await tryUpload(scanned, party, content, 'application/pdf');
      expect([response.status, ((await response.json()) as KeptFile).state]).toEqual([202, 'QUARANTINED']);
    }
    await startClamd();
    await upload(scanned, party, clean, 'application/pdf');
    const response = await tryUpload(scanned, party, infected, 'application/pdf');
    expect([response.status, ((await response.json()) as KeptFile).state]).toEqual([201, 'REFUSED']);
    const rows = await scanned.database.sql('SELECT id, state FROM hub.file WHERE sha256 = ANY ($1) ORDER BY state', [
      [sha256(clean), sha256(infected)],
    ]);
    expect(rows).toMatchObject([{ state: 'CLEAN' }, { state: 'REFUSED' }]);
    expect(stored(scanned).some((file) => file.includes(String(rows[1]!['id'])))).toBe(false);
  });

  it('that has learnt more has a file refused which was clean; what was sent of it stays', async () => {
    const agreement = await scanned.agree([party, await scanned.enrol('LA-CUS-HQ')]);
    const [lying, sent] = [aPdf('% LATER-KNOWN 1\n'), aPdf('% LATER-KNOWN 2\n')];
    for (const content of [lying, sent]) await upload(scanned, party, content, 'application/pdf');
    const alert = { to: ['LA-CUS'], agreement, attachments: [sha256(sent)] };
    const { id } = await composeAndSubmit(party, alert);
    clamd.kill();
    await once(clamd, 'exit');
    await startClamd('LATER-KNOWN');
    for (const content of [lying, sent]) {
      const response = await tryUpload(scanned, party, content, 'application/pdf');
      expect([response.status, ((await response.json()) as KeptFile).state]).toEqual([201, 'REFUSED']);
      const again = { ...alert, attachments: [sha256(content)] };
      await expect(composeAndSubmit(party, again)).rejects.toThrow('there is no such attachment');
    }
    expect((await party.send(`/files/${id}/${sha256(sent)}`, { method: 'GET' })).status).toBe(200);
    const rows = await scanned.database.sql(
      'SELECT state, wrapped IS NULL AS gone FROM hub.file WHERE sha256 = ANY ($1) ORDER BY gone',
      [[sha256(lying), sha256(sent)]],
    );
    expect(rows).toEqual([
      { state: 'REFUSED', gone: false },
      { state: 'REFUSED', gone: true },
    ]);
  });

  it('that keeps a file waiting for longer than the sweeper leaves it has it refused, and nothing is left', async () => {
    const before = stored(scanned);
    clamd.kill('SIGSTOP');
    const scans = jest.spyOn(scanned.hub.app.get(Scanner), 'scan');
    try {
      const answer = tryUpload(scanned, party, aFreshPdf(), 'application/pdf');
      await eventually(() => expect(scans).toHaveBeenCalled());
      const [now, later] = [performance.now.bind(performance), 31 * 60_000];
      jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
      clamd.kill('SIGCONT');
      expect((await answer).status).toBe(503);
    } finally {
      clamd.kill('SIGCONT');
      jest.restoreAllMocks();
    }
    expect(stored(scanned)).toEqual(before);
  });

  it('that is slow makes no room for more files of a caller: a turn of one who hangs up lasts until the work is done', async () => {
    clamd.kill('SIGSTOP');
    try {
      const before = stored(scanned).length;
      const clients = Array.from({ length: 8 }, () => new AbortController());
      const answers = clients.map(({ signal }) => give(scanned, party, aFreshPdf(), signal).catch(() => 'given up'));
      while (stored(scanned).length < before + 8) await sleep(20);
      for (const client of clients) client.abort();
      expect(new Set(await Promise.all(answers))).toEqual(new Set(['given up']));
      await sleep(200);
      expect((await tryUpload(scanned, party, aFreshPdf(), 'application/pdf')).status).toBe(429);
    } finally {
      clamd.kill('SIGCONT');
    }
    while ((await tryUpload(scanned, party, aFreshPdf(), 'application/pdf')).status === 429) await sleep(100);
  });
});

/** Uploads a PDF unless it is given up. */
async function give({ url }: TestHub, party: Party, content: Buffer, signal: AbortSignal): Promise<Response> {
  const headers = {
    ...(await party.headersFor('POST', '/files')),
    'content-type': 'application/pdf',
    'content-digest': contentDigest(content),
  };
  return fetch(`${url}/files`, { method: 'POST', headers, body: new Uint8Array(content), signal });
}

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** Begins an upload that says it has so many bytes, and sends these. */
async function begin(length: string | null, sent: string): Promise<ReturnType<typeof request>> {
  const upload = request(`${t.url}/files`, {
    method: 'POST',
    headers: {
      ...(await vn.headersFor('POST', '/files')),
      'content-type': 'text/csv',
      'content-digest': contentDigest(aCsv()),
      ...(length === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
    },
  });
  upload.on('error', () => undefined);
  upload.write(sent);
  return upload;
}

/** An alert of vn with this file, to th unless told otherwise. */
async function sent(content: Buffer, type: string, more: object = {}): Promise<{ id: string; digest: string }> {
  const digest = await upload(t, vn, content, type);
  const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest], ...more });
  return { id, digest };
}

/** The PDF as an envelope names it. */
const link = (content: Buffer, changes = {}) => ({
  sha256: sha256(content),
  size: String(content.length),
  mediaType: 'application/pdf',
  ...changes,
});

/** Works in the database under this caller's rights. */
function asCaller<T>({ agency, unit }: Party, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return t.hub.app.get(ScopedDatabase).as(aCaller({ agencyId: agency, unitId: unit }), work);
}

function aDraft(): object {
  const { ref: _, ...body } = anAlertBody();
  return body;
}

/** Waits until this holds. */
async function eventually(check: () => void): Promise<void> {
  for (const end = Date.now() + 5_000; ;) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(20);
    }
  }
}
