import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { aCameraJpeg, aPdf } from '../../src/files/files.example.js';
import { aVideo } from '../../src/files/video.example.js';
import { tryUpload, upload, wholeAnswer } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { storedIn } from '../support/s3.js';
import { append, begin, headersOfPart, stateOf, tryBegin } from '../support/uploads.js';
import { aCaller } from '../support/world.js';
import { fingerprint } from './hostile.js';

/** Whoever may upload in parts tries others' uploads, places that do not fit, and to fill the disk. */

const KB = 1024;
const MB = 1024 * KB;
const PDF = 'application/pdf';
const MP4 = 'video/mp4';

let t: TestHub;
let vn: Party;
let la: Party;
/** Another unit of VN-CUS. */
let beside: Party;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '1000000' });
  vn = await t.enrol('VN-CUS-AS');
  la = await t.enrol('LA-CUS-HQ');
  beside = await t.enrol('VN-CUS-HP', { beside: vn });
});
afterAll(() => t.stop());

/** A video of about so many bytes that no other test sends. */
const aFreshVideo = (bytes = MB): Buffer => aVideo({ film: randomBytes(bytes) });

const stored = (): string[] => storedIn(join(t.database.dataFolder, 'files'));

const everything = async (): Promise<unknown> => [await fingerprint(t.database), stored()];

/** Status, code and sub-code of a refusal. */
async function refusal(answer: Response): Promise<unknown[]> {
  const { errors } = (await answer.json()) as { errors: { extensions: { code: string; sub?: string } }[] };
  return [answer.status, errors[0]!.extensions.code, errors[0]!.extensions.sub];
}

/** Works in the database under the rights of a unit's system, or of an officer of this unit. */
function as<T>({ agency, unit }: Party, officer: string | null, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return t.hub.app.get(ScopedDatabase).as(aCaller({ agencyId: agency, unitId: unit, officer }), work);
}

describe('D1, F1 the id of an upload', () => {
  it('of another agency, another unit or an expired one is answered as one that nobody has, and changes nothing', async () => {
    const video = aFreshVideo();
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, 512 * KB);
    const late = await begin(vn, aFreshVideo(), MP4);
    await t.database.sql("UPDATE hub.upload SET expires_at = now() - interval '1 second' WHERE id = $1", [
      late.split('/')[2],
    ]);
    const before = await everything();
    const unknown = `/uploads/${randomUUID()}`;
    const answersOf = async (party: Party, at: string): Promise<string[]> => {
      const answers = [
        await party.send(at, { method: 'HEAD' }),
        await append(party, at, video, 512 * KB),
        await append(party, at, video, video.length),
        await party.send(at, { method: 'DELETE' }),
      ];
      return Promise.all(answers.map(wholeAnswer));
    };
    const missing = await answersOf(la, unknown);
    for (const answer of missing) expect(answer).toMatch(/^404 /);
    expect(await answersOf(la, path)).toEqual(missing);
    expect(await answersOf(beside, path)).toEqual(missing);
    expect(await answersOf(vn, late)).toEqual(missing);
    expect(await answersOf(vn, '/uploads/x')).toEqual(missing);
    expect(await everything()).toEqual(before);
    expect((await append(vn, path, video, 512 * KB)).status).toBe(201);
  });

  it('is another one for each uploader of the same file', async () => {
    const video = aFreshVideo();
    const paths = await Promise.all([vn, la, beside].map((party) => begin(party, video, MP4)));
    expect(new Set(paths).size).toBe(3);
    for (const [i, party] of [vn, la, beside].entries()) await party.send(paths[i]!, { method: 'DELETE' });
  });

  it('is of no use to code that forgot to ask', async () => {
    const video = aFreshVideo();
    const path = await begin(vn, video, MP4);
    await append(vn, path, video, 0, 512 * KB);
    const id = path.split('/')[2];
    const rows = (tx: EntityManager): Promise<unknown> =>
      tx.query(
        `SELECT (SELECT count(*) FROM hub.upload WHERE id = $1)::int AS uploads,
        (SELECT count(*) FROM hub.upload_part WHERE upload_id = $1)::int AS parts`,
        [id],
      );
    expect(await as(vn, null, rows)).toEqual([{ uploads: 1, parts: 1 }]);
    const before = await everything();
    for (const [party, officer] of [
      [la, null],
      [beside, null],
      [vn, 'p:officer1'],
    ] as const) {
      expect(await as(party, officer, rows)).toEqual([{ uploads: 0, parts: 0 }]);
      for (const [text, more] of [
        ["SELECT cmd.append_upload($1, 524288, 1, gen_random_uuid(), '\\x00')", []],
        ['SELECT cmd.end_upload($1, $2)', [null]],
        ['SELECT cmd.end_upload($1, $2)', ['{}']],
      ] as const) {
        await expect(as(party, officer, (tx) => tx.query(text, [id, ...more]))).rejects.toThrow('UPLOAD');
      }
    }
    await expect(as(vn, null, (tx) => tx.query('SELECT cmd.my_upload($1)', [id]))).rejects.toThrow('permission denied');
    await expect(as(vn, null, (tx) => tx.query('DELETE FROM hub.upload'))).rejects.toThrow('permission denied');
    expect(await everything()).toEqual(before);
    await vn.send(path, { method: 'DELETE' });
  });
});

describe('F1, threats 35 a part', () => {
  it.each<[string, unknown[], [from: number, to: number], Record<string, string>]>([
    ['that leaves a gap', [409, 'CONFLICT', 'OFFSET'], [768 * KB, 1024 * KB], {}],
    ['that overlaps', [409, 'CONFLICT', 'OFFSET'], [0, 512 * KB], {}],
    ['without a place', [400, 'BAD_USER_INPUT', 'LENGTH'], [512 * KB, 1024 * KB], { 'upload-offset': '' }],
    ['with a place below zero', [400, 'BAD_USER_INPUT', 'LENGTH'], [512 * KB, 1024 * KB], { 'upload-offset': '-1' }],
    ['at 2^63', [400, 'BAD_USER_INPUT', 'LENGTH'], [512 * KB, 1024 * KB], { 'upload-offset': '9223372036854775808' }],
    [
      'that does not say whether it is the last',
      [400, 'BAD_USER_INPUT', 'LENGTH'],
      [512 * KB, 1024 * KB],
      { 'upload-complete': '1' },
    ],
    [
      'that says it is the last and is not',
      [400, 'BAD_USER_INPUT', 'LENGTH'],
      [512 * KB, 1024 * KB],
      { 'upload-complete': '?1' },
    ],
    ['that is empty and not the last', [413, 'LIMIT_EXCEEDED', 'APPEND'], [512 * KB, 512 * KB], {}],
    ['that is too small', [413, 'LIMIT_EXCEEDED', 'APPEND'], [512 * KB, 512 * KB + 1000], {}],
    ['of another type', [415, 'BAD_USER_INPUT', 'PART_TYPE'], [512 * KB, 1024 * KB], { 'content-type': MP4 }],
  ])('%s is refused with %j and stores nothing', async (_, expected, [from, to], headers) => {
    const video = aFreshVideo(2 * MB);
    const path = await begin(vn, video, MP4);
    expect((await append(vn, path, video, 0, 512 * KB)).status).toBe(204);
    const before = await everything();
    const answer = await append(vn, path, video, from, to, headers);
    expect(await refusal(answer)).toEqual(expected);
    expect(answer.headers.get('upload-offset')).toBe(String(512 * KB));
    expect(await everything()).toEqual(before);
    await vn.send(path, { method: 'DELETE' });
  });

  it('beyond the end of the file is refused, and the upload stays as it was', async () => {
    const video = aFreshVideo();
    const path = await begin(vn, video, MP4);
    const before = await everything();
    const tooLong = Buffer.concat([video, Buffer.from('<script>')]);
    expect(await refusal(await append(vn, path, tooLong, 0))).toEqual([400, 'BAD_USER_INPUT', 'LENGTH']);
    expect(await everything()).toEqual(before);
    await vn.send(path, { method: 'DELETE' });
  });

  it.each([
    ['of 9 MB', String(9 * MB), 413],
    ['of 4 GB', String(4096 * MB), 413],
    ['of an unknown length', null, 400],
  ])('%s is refused before its bytes are read', async (_, length, status) => {
    const path = await begin(vn, aFreshVideo(16 * MB), MP4);
    const sent = request(`${t.url}${path}`, {
      method: 'PATCH',
      headers: {
        ...(await vn.headersFor('PATCH', path)),
        ...headersOfPart(0),
        ...(length === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
      },
    });
    sent.on('error', () => undefined);
    sent.write('some');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers.connection]).toEqual([status, 'close']);
    answer.resume();
    sent.destroy();
    await vn.send(path, { method: 'DELETE' });
  });
});

describe('F1, threats 35 the beginning of an upload', () => {
  it.each<[string, unknown[], Record<string, string>]>([
    ['of 201 MB', [413, 'LIMIT_EXCEEDED', 'SIZE'], { 'upload-length': String(201 * MB) }],
    [
      'of 26 MB that are no video',
      [413, 'LIMIT_EXCEEDED', 'SIZE'],
      { 'upload-length': String(26 * MB), 'content-type': PDF },
    ],
    ['of nothing', [400, 'BAD_USER_INPUT', 'LENGTH'], { 'upload-length': '0' }],
    ['of an unknown length', [400, 'BAD_USER_INPUT', 'LENGTH'], { 'upload-length': '' }],
    ['of half a byte', [400, 'BAD_USER_INPUT', 'LENGTH'], { 'upload-length': '1.5' }],
    ['of an unknown type', [415, 'BAD_USER_INPUT', 'TYPE'], { 'content-type': 'text/html' }],
    ['without a digest', [400, 'BAD_USER_INPUT', 'DIGEST'], { 'repr-digest': '' }],
    ['with the digest of no message', [400, 'BAD_USER_INPUT', 'DIGEST'], { 'repr-digest': 'sha-256=:AAAA:' }],
  ])('%s is refused with %j and leaves nothing', async (_, expected, headers) => {
    const before = await everything();
    expect(await refusal(await tryBegin(vn, aFreshVideo(), MP4, headers))).toEqual(expected);
    expect(await everything()).toEqual(before);
  });

  it('is refused while its uploader has eight under way, also at once; others begin theirs, of the same agency too', async () => {
    const colleague = await t.enrol('LA-CUS-VTE', { beside: la });
    // Six requests at once: of more the edge would refuse some.
    const six = (): Promise<Response[]> =>
      Promise.all(Array.from({ length: 6 }, () => tryBegin(la, aFreshVideo(), MP4)));
    const answers = [...(await six()), ...(await six())];
    const begun = answers.flatMap(({ headers }) => headers.get('location') ?? []);
    expect(begun).toHaveLength(8);
    const [refused] = answers.filter(({ status }) => status !== 201);
    expect(await refusal(refused!)).toEqual([429, 'LIMIT_EXCEEDED', 'UPLOADS']);
    for (const other of [vn, colleague]) {
      await other.send(await begin(other, aFreshVideo(), MP4), { method: 'DELETE' });
    }
    await la.send(begun[0]!, { method: 'DELETE' });
    begun[0] = await begin(la, aFreshVideo(), MP4);
    for (const path of begun) await la.send(path, { method: 'DELETE' });
  });

  it('takes its place of the quota for files that are attached to nothing', async () => {
    const ph = await t.enrol('PH-BOC-HQ');
    await upload(t, ph, aPdf(`% ${randomBytes(8).toString('hex')}\n`), PDF);
    await t.database.sql("UPDATE hub.file SET size = 2147483648 - 1500000 WHERE agency_id = 'PH-BOC'");
    const first = await begin(ph, aFreshVideo(), MP4);
    expect(await refusal(await tryBegin(ph, aFreshVideo(), MP4))).toEqual([413, 'LIMIT_EXCEEDED', 'UNATTACHED']);
    expect(await stateOf(ph, first)).toEqual([204, '0', '?0']);
    const whole = aPdf(`% ${'x'.repeat(800_000)}\n`);
    expect(await refusal(await tryUpload(t, ph, whole, PDF))).toEqual([413, 'LIMIT_EXCEEDED', 'UNATTACHED']);
    await ph.send(first, { method: 'DELETE' });
    await upload(t, ph, whole, PDF);
  });

  it('takes a place for each length that is said of the same bytes', async () => {
    const vn = await t.enrol('ID-CUS-HQ');
    await upload(t, vn, aPdf(`% ${randomBytes(8).toString('hex')}\n`), PDF);
    await t.database.sql("UPDATE hub.file SET size = 2147483648 - 2500000 WHERE agency_id = 'ID-CUS'");
    const video = aFreshVideo();
    const announced = (size: number): Promise<Response> => tryBegin(vn, video, MP4, { 'upload-length': String(size) });
    expect((await announced(1_000_000)).status).toBe(201);
    expect((await announced(1_000_001)).status).toBe(201);
    expect((await announced(1_000_001)).status).toBe(201);
    expect(await refusal(await announced(1_000_002))).toEqual([413, 'LIMIT_EXCEEDED', 'UNATTACHED']);
  });

  it('takes that place with the copies that recipients get', async () => {
    const kh = await t.enrol('KH-CUS-PP');
    const photo = aCameraJpeg(randomBytes(8).toString('hex'));
    await upload(t, kh, photo, 'image/jpeg');
    await t.database.sql("UPDATE hub.file SET size = 1, copy_size = 2147483648 - 100000 WHERE agency_id = 'KH-CUS'");
    expect(await refusal(await tryBegin(kh, aFreshVideo(), MP4))).toEqual([413, 'LIMIT_EXCEEDED', 'UNATTACHED']);
  });

  it('needs the right to send', async () => {
    const reader = await t.enrol('KH-CUS-HQ', { connection: { scopes: ['objects.read'] } });
    expect((await tryBegin(reader, aFreshVideo(), MP4)).status).toBe(403);
    const path = await begin(vn, aFreshVideo(), MP4);
    for (const method of ['HEAD', 'PATCH', 'DELETE'] as const) {
      expect([method, (await reader.send(path, { method })).status]).toEqual([method, 403]);
    }
    await vn.send(path, { method: 'DELETE' });
  });
});

describe('within a minute', () => {
  it('D20 a caller tries few random uploads', async () => {
    const few = await startTestHub({ NOT_FOUND_PER_MINUTE: '5' });
    try {
      const curious = await few.enrol('KH-CUS-HQ');
      const tries: number[] = [];
      for (let i = 0; i < 6; i += 1)
        tries.push((await curious.send(`/uploads/${randomUUID()}`, { method: 'HEAD' })).status);
      expect(tries).toEqual([404, 404, 404, 404, 404, 429]);
    } finally {
      await few.stop();
    }
  });

  it('F1 a caller pays for each part by its length', async () => {
    const few = await startTestHub({ POINTS_PER_MINUTE: '12000' });
    try {
      const large = await few.enrol('LA-CUS-HQ');
      const video = aVideo({ film: randomBytes(20 * MB) });
      const path = await begin(large, video, MP4);
      const statuses: number[] = [];
      for (let at = 0; at < 24 * MB; at += 8 * MB)
        statuses.push((await append(large, path, video, at, at + 8 * MB)).status);
      expect(statuses).toEqual([204, 204, 429]);
    } finally {
      await few.stop();
    }
  });
});
