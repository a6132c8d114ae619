import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileSweeper } from '../../src/files/file-sweeper.js';
import { aCsv, aPdf } from '../../src/files/files.example.js';
import { composeAndSubmit, signAndTry } from '../support/exchange.js';
import { contentDigest, download, sha256, tryUpload, upload } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { append, begin as beginUpload, stateOf } from '../support/uploads.js';
import { anAlert, verdictOf } from './hostile.js';

/**
 * Whoever may upload tries to fill the disk, to keep the hub busy, and to be faster than its checks. What a file may hold stands in
 * src/files/*.spec.ts, who may read it in test/files.e2e-spec.ts.
 */

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
});
afterAll(() => t.stop());

const PDF = 'application/pdf';

/** A PDF that no other test sends. */
const aFreshPdf = (): Buffer => aPdf(`% ${randomBytes(8).toString('hex')}\n`);

/** The names of everything in the folder. */
const stored = (): string[] =>
  readdirSync(join(t.database.dataFolder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();

async function idOf(content: Buffer): Promise<string | undefined> {
  const rows = await t.database.sql<{ id: string }>('SELECT id FROM hub.file WHERE sha256 = $1', [sha256(content)]);
  return rows[0]?.id;
}

describe('within a minute', () => {
  let few: TestHub;
  let greedy: Party;
  let honest: Party;
  beforeAll(async () => {
    few = await startTestHub({ POINTS_PER_MINUTE: '30000', NOT_FOUND_PER_MINUTE: '5' });
    greedy = await few.enrol('VN-CUS-AS');
    honest = await few.enrol('TH-CUS-LCB');
  });
  afterAll(() => few.stop());

  it('F1 a caller has few uploads under way, whose places come back when they break off; others have theirs', async () => {
    const begun = await Promise.all(Array.from({ length: 8 }, () => begin(few, greedy)));
    await sleep(500);
    expect((await tryUpload(few, greedy, aCsv(), 'text/csv')).status).toBe(429);
    expect((await tryUpload(few, honest, aCsv(), 'text/csv')).status).toBe(201);
    for (const each of begun) each.destroy();
    await sleep(500);
    expect((await tryUpload(few, greedy, aCsv(), 'text/csv')).status).toBe(201);
  });

  it('F1 a caller pays for what has to be looked into, by its length', async () => {
    const large = await few.enrol('LA-CUS-HQ');
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push(await statusOf(await begin(few, large, 24 * 2 ** 20, true)));
    expect(statuses).toEqual([400, 400, 429]);
    expect((await tryUpload(few, honest, aFreshPdf(), PDF)).status).toBe(201);
  });

  it('D20 a caller tries few random attachments', async () => {
    const curious = await few.enrol('KH-CUS-HQ');
    const tries: number[] = [];
    for (let i = 0; i < 6; i += 1) tries.push((await download(few, curious, randomUUID(), sha256(aCsv()))).status);
    expect(tries).toEqual([404, 404, 404, 404, 404, 429]);
  });
});

/** Begins an upload of so many bytes of which only a few are sent; with `isEnded` nothing more comes. */
async function begin(hub: TestHub, party: Party, length = 1000, isEnded = false): Promise<ClientRequest> {
  const sent = request(`${hub.url}/files`, {
    method: 'POST',
    headers: {
      ...(await party.headersFor('POST', '/files')),
      'content-type': 'text/csv',
      // A digest that cannot be read is refused before the body is.
      'content-digest': isEnded ? 'none' : contentDigest(aCsv()),
      'content-length': length,
    },
  });
  sent.on('error', () => undefined);
  sent.write('a;b\n');
  return sent;
}

async function statusOf(sent: ClientRequest): Promise<number | undefined> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  sent.destroy();
  return response.statusCode;
}

describe('at the same time', () => {
  it('F1 many small files do not pass the quota of their agency together', async () => {
    const ph = await t.enrol('PH-BOC-HQ');
    const first = aFreshPdf();
    await upload(t, ph, first, PDF);
    await t.database.sql('UPDATE hub.file SET size = 2147483648 - $2 WHERE sha256 = $1', [
      sha256(first),
      first.length + 10,
    ]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => tryUpload(t, ph, aFreshPdf(), PDF)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 413),
    ]);
  });

  it('S28 a file that is swept while an object names it is refused like one that never was', async () => {
    const pdf = aFreshPdf();
    await upload(t, vn, pdf, PDF);
    await age(pdf);
    const link = { sha256: sha256(pdf), size: String(pdf.length), mediaType: PDF };
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT cmd.sweep_files(100)');
    const submitting = signAndTry(vn, anAlert(vn, ['TH-CUS'], agreement, { attachments: [link] }));
    await sleep(500);
    await t.database.sql('COMMIT');
    expect(verdictOf(await submitting)).toBe('BAD_SIGNED_OBJECT/ATTACHMENT');
  });
});

/** Makes a file one that was uploaded 25 hours ago. */
async function age(content: Buffer): Promise<void> {
  await t.database.sql("UPDATE hub.file SET uploaded_at = now() - interval '25 hours' WHERE sha256 = $1", [
    sha256(content),
  ]);
}

describe('F1 what nobody needs', () => {
  it('goes after a day without an object, row and bytes; what is attached, young or sent again stays', async () => {
    const [abandoned, attached, young, again] = [aFreshPdf(), aFreshPdf(), aFreshPdf(), aFreshPdf()];
    for (const each of [abandoned, attached, young, again]) await upload(t, vn, each, PDF);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [sha256(attached)] });
    for (const each of [abandoned, attached, again]) await age(each);
    await upload(t, vn, again, PDF);
    const name = (await idOf(abandoned))!;
    expect(stored()).toContain(name);

    const sweeper = t.hub.app.get(FileSweeper);
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    expect(await idOf(abandoned)).toBeUndefined();
    expect(stored()).not.toContain(name);
    for (const each of [attached, young, again]) expect(stored()).toContain(await idOf(each));
    expect((await download(t, th, id, sha256(attached))).status).toBe(200);
    await upload(t, vn, abandoned, PDF);
    expect(stored()).toContain(await idOf(abandoned));
  });

  it('goes from the folder when no row speaks of it, an hour after a process was killed', async () => {
    const kept = aFreshPdf();
    await upload(t, vn, kept, PDF);
    const path = (name: string): string => join(t.database.dataFolder, 'files', name.slice(0, 2), name);
    const known = (await idOf(kept))!;
    const prefix = known.slice(0, 2);
    const fresh = (): string => `${prefix}${randomUUID().slice(2)}`;
    const [orphan, copy, draft, youngOrphan, youngDraft] = [
      fresh(),
      `${fresh()}.copy`,
      `${fresh()}.new`,
      fresh(),
      `${fresh()}.new`,
    ];
    for (const name of [orphan, copy, youngOrphan]) copyFileSync(path(known), path(name));
    for (const name of [draft, youngDraft, `${prefix}notes.txt`]) writeFileSync(path(name), 'x');
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const name of [known, orphan, copy, draft, `${prefix}notes.txt`]) utimesSync(path(name), longAgo, longAgo);

    await t.hub.app.get(FileSweeper).sweep();
    const left = stored();
    for (const name of [orphan, copy, draft]) expect(left).not.toContain(name);
    for (const name of [known, youngOrphan, youngDraft, `${prefix}notes.txt`]) expect(left).toContain(name);
  });
});

/** Uploads a file in parts so small that each arrives in time where little time is given; what a busy machine kept too long is sent again. */
async function uploadInSmallParts(party: Party, content: Buffer): Promise<string> {
  const path = await beginUpload(party, content, PDF);
  for (let at = 0, attempts = 0; at < content.length; attempts++) {
    if (attempts > 50) throw new Error('The machine is too busy to upload anything');
    const response = await append(party, path, content, at, Math.min(at + 1_000_000, content.length)).catch(() => null);
    // 409: a part whose answer was lost was still being kept when its state was read; the state is read again.
    if (response && !response.ok && ![408, 409].includes(response.status)) throw new Error(await response.text());
    const [, offset] = await stateOf(party, path);
    at = Number(offset);
  }
  return sha256(content);
}

describe('G31 a download', () => {
  it('that nobody reads is cut off', async () => {
    const hasty = await startTestHub({ REQUEST_TIMEOUT_SECONDS: '2' });
    try {
      const party = await hasty.enrol('VN-CUS-AS');
      const content = aPdf(`% ${randomBytes(11_500_000).toString('hex')}\n`); // more than the kernel keeps for who does not read
      const digest = await uploadInSmallParts(party, content);
      const pair = await hasty.agree([party, await hasty.enrol('TH-CUS-LCB')]);
      const { id } = await composeAndSubmit(party, { to: ['TH-CUS'], agreement: pair, attachments: [digest] });
      const path = `/files/${id}/${digest}`;
      const readAfter = async (milliseconds: number): Promise<number> => {
        // A connection of its own: one that has been read from quickly is given more room by the kernel.
        const asked = request(`${hasty.url}${path}`, { agent: false, headers: await party.headersFor('GET', path) });
        const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
        await sleep(milliseconds);
        let read = 0;
        answer.on('data', (chunk: Buffer) => (read += chunk.length));
        await once(answer, 'end').catch(() => undefined);
        return read;
      };
      expect(await readAfter(1_000)).toBe(content.length);
      // Node looks twice before it gives up, after seven seconds each.
      expect(await readAfter(26_000)).toBeLessThan(content.length);
    } finally {
      await hasty.stop();
    }
  }, 90_000);
});
