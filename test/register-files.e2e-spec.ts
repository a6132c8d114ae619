import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { aPdf } from '../src/files/files.example.js';
import { aSignedIn } from './support/browser.js';
import { asServer } from './support/commands.js';
import { sha256, upload, wholeAnswer } from './support/files.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { correct, keepPartner, type Letter, read, register } from './support/register.js';

/** What of a letter leaves the hub as a file: the letter to be signed by hand, and the scan. */

let t: TestHub;
let vn: Party;
/** A unit that may not see personal details. */
let hcm: Party;
let th: Party;
let partner: string;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  hcm = await t.enrol('VN-CUS-HCM', { maySeeNominal: false });
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  partner = await keepPartner(vn, { nameEn: 'Customs of Elbonia', address: '1 Harbour Road\nElbonia' });
});
afterAll(() => t.stop());

const WORDING = {
  en: {
    subject: 'Verification of invoice 17',
    text: 'We ask you to verify the invoice.\n\nIt names a consignee at Hải Phòng.',
  },
  vi: {
    subject: 'Xác minh hóa đơn số 17',
    text: 'Đề nghị quý cơ quan xác minh hóa đơn.\n\nHóa đơn ghi người nhận tại Hải Phòng.',
  },
};
const aLetterOut = (changes: object = {}): Promise<Letter> =>
  register(vn, partner, {
    direction: 'OUT',
    agreement,
    article: 'art10',
    nationalRef: `N-${randomUUID().slice(0, 8)}`,
    wording: WORDING,
    ...changes,
  });
const get = (party: Party, path: string): Promise<Response> => party.send(path, { method: 'GET' });
const print = (party: Party, id: string): Promise<Response> => get(party, `/letters/${id}/letter.pdf`);
const scan = (party: Party, id: string): Promise<Response> => get(party, `/letters/${id}/scan`);
const eventsOf = async (id: string): Promise<string[]> =>
  (
    await t.database.sql<{ event: string }>('SELECT event FROM audit.pending WHERE letter_id = $1 ORDER BY id', [id])
  ).map(({ event }) => event);

/** How many pages a document has, as it says itself. */
const pagesOf = (pdf: Buffer): number =>
  Number(/\/Type \/Pages\s[^>]*?\/Count (\d+)/s.exec(pdf.toString('latin1'))?.[1]);

/** How many pieces of text a document shows. */
function textsOf(pdf: Buffer): number {
  const streams = pdf.toString('latin1').matchAll(/\/FlateDecode\s*>>\s*stream\n(.*?)\nendstream/gs);
  const contents = Array.from(streams, ([, packed]) => inflateSync(Buffer.from(packed!, 'latin1')).toString('latin1'));
  return contents.join('\n').match(/\] TJ$/gm)!.length;
}

describe('a letter that goes out', () => {
  it('is printed in both languages, as a document that says what it is; and that is recorded', async () => {
    const { id } = await aLetterOut();
    const answer = await print(vn, id);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="letter-${id.slice(0, 8)}.pdf"`);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    const pdf = Buffer.from(await answer.arrayBuffer());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pagesOf(pdf)).toBe(2);
    expect(await eventsOf(id)).toEqual(['letter.registered', 'letter.printed']);
  });

  it('in one language has that alone; a long one has as many pages as it needs', async () => {
    const one = await aLetterOut({ wording: { vi: WORDING.vi } });
    expect(pagesOf(Buffer.from(await (await print(vn, one.id)).arrayBuffer()))).toBe(1);
    const long = await aLetterOut({
      wording: { en: { subject: 'x', text: 'A sentence of a long letter. '.repeat(270).trim() } },
    });
    expect(pagesOf(Buffer.from(await (await print(vn, long.id)).arrayBuffer()))).toBe(3);
  });

  it.each([
    ['that end the document', '%%EOF\nendobj trailer << /Root >> (((((\\'],
    ['that are code elsewhere', '<script>alert(1)</script> {en} ${vi} =HYPERLINK("x")'],
    ['of every Vietnamese letter', 'ăâđêôơư ắằẳẵặ ấầẩẫậ ếềểễệ ốồổỗộ ớờởỡợ ứừửữự ĂÂĐÊÔƠƯ ỲỴỶỸ'],
  ])('may have words %s', async (_, text) => {
    const { id } = await aLetterOut({ wording: { en: { subject: 'x', text } } });
    const pdf = Buffer.from(await (await print(vn, id)).arrayBuffer());
    expect([pagesOf(pdf), pdf.toString('latin1').match(/%%EOF/g)!.length]).toEqual([1, 1]);
  });

  it('that is RESTRICTED says so on every page', async () => {
    const texts = async (classification: string): Promise<number> => {
      const { id } = await aLetterOut({ classification });
      return textsOf(Buffer.from(await (await print(vn, id)).arrayBuffer()));
    };
    const [open, restricted] = [await texts('UNCLASSIFIED'), await texts('RESTRICTED')];
    expect(restricted - open).toBe(2);
  });

  it('is not printed with boxes in place of letters', async () => {
    const { id } = await aLetterOut({ wording: { en: { subject: 'x', text: 'กรมศุลกากร' } } });
    const answer = await print(vn, id);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('ก'), extensions: { sub: 'NOT_PRINTABLE' } }],
    });
    expect(await eventsOf(id)).toEqual(['letter.registered']);
  });

  it('has no words for who may not see personal details, who can neither print nor lose them', async () => {
    const { id } = await aLetterOut();
    const words = 'query($id: ID!) { letter(id: $id) { wording { en { text } } } }';
    expect((await vn.ask(words, { id })).data).toEqual({ letter: { wording: { en: { text: WORDING.en.text } } } });
    expect((await hcm.ask(words, { id })).data).toEqual({ letter: { wording: null } });
    expect((await print(hcm, id)).status).toBe(409);
    await correct(hcm, id, { subject: 'Another' });
    expect((await vn.ask(words, { id })).data).toEqual({ letter: { wording: { en: { text: WORDING.en.text } } } });
    await correct(vn, id, { wording: { en: { subject: 'x', text: 'Anew.' } } });
    expect((await vn.ask(words, { id })).data).toEqual({ letter: { wording: { en: { text: 'Anew.' } } } });
    expect(((await read(vn, id))['steps'] as object[])[2]).toMatchObject({
      changes: expect.arrayContaining([{ field: 'wording', before: null }]),
    });
    expect(await t.database.sql('SELECT 1 FROM agency.letter_wording WHERE letter_id = $1', [id])).toHaveLength(2);
  });

  it('is not there for another agency, nor without words to print', async () => {
    const { id } = await aLetterOut();
    expect(await wholeAnswer(await print(th, id))).toBe(await wholeAnswer(await print(th, randomUUID())));
    expect((await print(vn, 'nothing')).status).toBe(404);
    const came = await register(vn, partner);
    expect(await (await print(vn, came.id)).json()).toMatchObject({ errors: [{ extensions: { sub: 'NO_WORDS' } }] });
  });
});

describe('the scan of a letter', () => {
  it('is given as it is to who may see personal details, and each opening is recorded', async () => {
    const content = aPdf(`% ${randomUUID()}\n`);
    const { id } = await register(vn, partner, { scan: await upload(t, vn, content, 'application/pdf') });
    const answer = await scan(vn, id);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-security-policy')]).toEqual([
      200, 'application/pdf', expect.stringContaining('sandbox'),
    ]); // prettier-ignore
    expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(content));
    expect(await eventsOf(id)).toEqual(['letter.registered', 'letter.scan-opened']);
  });

  it('is not there for anyone else', async () => {
    const { id } = await register(vn, partner, { scan: await upload(t, vn, aPdf(), 'application/pdf') });
    const nothing = randomUUID();
    for (const party of [hcm, th])
      expect(await wholeAnswer(await scan(party, id))).toBe(await wholeAnswer(await scan(party, nothing)));
    expect((await scan(vn, (await register(vn, partner)).id)).status).toBe(404);
    expect(await eventsOf(id)).toEqual(['letter.registered']);
    const reader = await aSignedIn(t, vn, ['AUDITOR']);
    expect((await reader.browser.get(`/letters/${id}/scan`)).status).toBe(403);
  });
});

describe('a file of a letter', () => {
  it('is given to GET alone: nothing is made, opened or recorded for HEAD', async () => {
    const sha256_ = await upload(t, vn, aPdf(), 'application/pdf');
    const { id } = await aLetterOut({ scan: sha256_ });
    for (const path of [`/letters/${id}/letter.pdf`, `/letters/${id}/scan`]) {
      const answer = await vn.send(path, { method: 'HEAD' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    }
    expect(await eventsOf(id)).toEqual(['letter.registered']);
  });

  it('costs as every file does, and one that is not found counts as such', async () => {
    const strict = await startTestHub({ NOT_FOUND_PER_MINUTE: '4', POINTS_PER_MINUTE: '4000' });
    try {
      const [seeker, printer] = [await strict.enrol('VN-CUS-AS'), await strict.enrol('TH-CUS-LCB')];
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) {
        const ending = n % 2 === 0 ? 'letter.pdf' : 'scan';
        statuses.push((await get(seeker, `/letters/${randomUUID()}/${ending}`)).status);
      }
      expect(statuses).toEqual([404, 404, 404, 404, 429, 429]);
      const { id } = await register(printer, await keepPartner(printer), { direction: 'OUT', wording: WORDING });
      const printed: number[] = [];
      for (let n = 0; n < 9; n++) printed.push((await print(printer, id)).status);
      expect(new Set(printed)).toEqual(new Set([200, 429]));
    } finally {
      await strict.stop();
    }
  });

  it('is recorded for nobody who may not see personal details, whoever asks PostgreSQL', async () => {
    const { id } = await aLetterOut();
    const text = 'SELECT cmd.note_printing($1)';
    await expect(asServer(t.database, hcm, () => t.database.sql(text, [id]), { maySeeNominal: false })).rejects.toThrow(
      'LINK',
    );
    await asServer(t.database, vn, () => t.database.sql(text, [id]), { maySeeNominal: true });
  });
});
