import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { close, keepPartner, type Letter, read } from './support/register.js';

/** Rows of an old register, taken over by importLetters. */

let t: TestHub;
let vn: Party;
let th: Party;
let partner: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { calendar: { timeZone: 'Asia/Ho_Chi_Minh' } });
  th = await t.enrol('TH-CUS-LCB');
  partner = await keepPartner(vn);
});
afterAll(() => t.stop());

const IMPORT = `mutation($rows: [LetterRowInput!]!, $dryRun: Boolean!) {
  importLetters(rows: $rows, dryRun: $dryRun) { state problems { field rule message } } }`;
const LIST = 'query($partner: ID) { letters(partner: $partner, first: 100) { nodes { id } } }';

interface Row {
  state: string;
  problems: { field: string; rule: string; message: string }[];
}

const aRow = (changes: object = {}): object => ({
  direction: 'IN',
  kind: 'REQUEST',
  partner,
  medium: 'POST',
  nationalRef: `N-${randomUUID().slice(0, 8)}`,
  dated: '2025-03-04',
  at: '2025-03-05T12:00:00Z',
  subject: 'Xác minh chứng từ',
  ...changes,
});

async function take(rows: object[], { dryRun = false, party = vn, language = 'en' } = {}): Promise<Row[]> {
  const { data, errors } = await party.ask<{ importLetters: Row[] }>(
    IMPORT,
    { rows, dryRun },
    { 'accept-language': language },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data!.importLetters;
}
const states = (rows: Row[]): string[] => rows.map(({ state }) => state);
const fieldsOf = (rows: Row[]): string[][] => rows.map(({ problems }) => problems.map(({ field }) => field));

async function numbered(number: string, party = vn): Promise<Letter | undefined> {
  const text = 'query($number: String!) { lettersByNumber(number: $number) { id } }';
  const { data } = await party.ask<{ lettersByNumber: { id: string }[] }>(text, { number });
  const [found] = data!.lettersByNumber;
  return found && read(party, found.id);
}
const listed = async (of = partner): Promise<number> =>
  (await vn.ask<{ letters: { nodes: object[] } }>(LIST, { partner: of })).data!.letters.nodes.length;

describe('rows of an old register', () => {
  it('are registered with the answers of which they tell, and once however often they come', async () => {
    const rows = [
      aRow({ nationalRef: '12/TCHQ', answer: { dated: '2025-03-20', number: '15/TCHQ', answerKind: 'FINAL' } }),
      aRow({ direction: 'OUT', nationalRef: '13/TCHQ', answer: { dated: '2025-04-01', answerKind: 'NEGATIVE' } }),
      aRow({ nationalRef: '14/TCHQ' }),
      aRow({
        kind: 'ANSWER',
        direction: 'OUT',
        nationalRef: '16/TCHQ',
        answerKind: 'INTERIM',
        answersNumber: '14/TCHQ',
      }),
    ];
    expect(states(await take(rows))).toEqual(['NEW', 'NEW', 'NEW', 'NEW']);
    expect(await numbered('12/TCHQ')).toMatchObject({
      state: 'ANSWERED',
      answeredAt: '2025-03-20T12:00:00.000Z',
      dated: '2025-03-04',
    });
    expect(await numbered('15/TCHQ')).toMatchObject({ kind: 'ANSWER', direction: 'OUT', answerKind: 'FINAL' });
    expect(await numbered('13/TCHQ')).toMatchObject({ state: 'ANSWERED', matterLetters: [{ kind: 'ANSWER' }] });
    expect(await numbered('14/TCHQ')).toMatchObject({ state: 'OPEN', matterLetters: [{ kind: 'ANSWER' }] });
    const before = await listed();
    expect(states(await take(rows))).toEqual(['KNOWN', 'KNOWN', 'KNOWN', 'KNOWN']);
    expect(await listed()).toBe(before);
  });

  it('have their answers go to the request of their own year, where numbers begin anew', async () => {
    const ofYear = (year: number, changes: object = {}): object =>
      aRow({ nationalRef: '21/TCHQ', dated: `${year}-03-04`, at: `${year}-03-05T12:00:00Z`, ...changes });
    const answered = ofYear(2023, { answer: { dated: '2025-06-01', answerKind: 'FINAL' } });
    const rows = [ofYear(2024), ofYear(2025), answered];
    expect(states(await take(rows))).toEqual(['NEW', 'NEW', 'NEW']);
    expect(states(await take(rows))).toEqual(['KNOWN', 'KNOWN', 'KNOWN']);
    const reply = ofYear(2024, {
      kind: 'ANSWER',
      direction: 'OUT',
      nationalRef: undefined,
      dated: '2024-12-01',
      at: '2024-12-01T12:00:00Z',
      answerKind: 'NEGATIVE',
      answersNumber: '21/TCHQ',
    });
    expect(states(await take([reply]))).toEqual(['NEW']);
    const text = 'query { lettersByNumber(number: "21/TCHQ") { dated state answeredAt } }';
    const { data } = await vn.ask<{ lettersByNumber: { dated: string; answeredAt: string | null }[] }>(text);
    const found = data!.lettersByNumber.toSorted((a, b) => a.dated.localeCompare(b.dated));
    expect(found.map(({ answeredAt }) => answeredAt?.slice(0, 10))).toEqual(['2025-06-01', '2024-12-01', undefined]);
  });

  it('are taken again when they tell more than the last time', async () => {
    const row = aRow({ nationalRef: '20/TCHQ' });
    await take([row]);
    expect(states(await take([{ ...row, answer: { dated: '2025-03-09', answerKind: 'FINAL' } }]))).toEqual(['NEW']);
    expect(await numbered('20/TCHQ')).toMatchObject({ state: 'ANSWERED' });
  });

  it('are all tried by a dry run, which keeps nothing', async () => {
    const of = await keepPartner(vn);
    const rows = [
      aRow({ partner: of, nationalRef: '1/DRY' }),
      aRow({ partner: of, direction: 'OUT', kind: 'ANSWER', answerKind: 'FINAL', answersNumber: '1/DRY' }),
    ];
    expect(states(await take([...rows, aRow({ dated: '2025-02-31' })], { dryRun: true }))).toEqual([
      'NEW',
      'NEW',
      'REFUSED',
    ]);
    expect(await listed(of)).toBe(0);
    expect(
      await t.database.sql(
        "SELECT 1 FROM hub.duty d JOIN agency.letter l ON l.id = d.letter_id WHERE l.national_ref = '1/DRY'",
      ),
    ).toEqual([]);
  });

  it('are refused one by one, with what is wrong and where, in the reader’s language; the others stay', async () => {
    const rows = [
      aRow({ dated: '2025-02-31' }),
      aRow({ partner: randomUUID() }),
      aRow({ nationalRef: null }),
      aRow({ nationalRef: null, partnerRef: 'EL/1' }),
      aRow({ direction: 'OUT', nationalRef: null, partnerRef: 'EL/2' }),
      aRow({ at: '2099-01-01T00:00:00Z' }),
      aRow({ subject: '' }),
      aRow({ kind: 'ANSWER', answerKind: 'FINAL', answersNumber: 'nobody’s' }),
      aRow({ kind: 'ALERT', answer: { dated: '2025-03-20', answerKind: 'FINAL' } }),
      aRow({ answer: { dated: '2099-03-20', answerKind: 'FINAL' } }),
      aRow({ answer: { dated: '2025-03-20', answerKind: 'POSTPONEMENT' } }),
      aRow({ nationalRef: 'FINE' }),
    ];
    const before = await listed();
    const result = await take(rows);
    expect(fieldsOf(result)).toEqual([
      ['dated'], ['partner'], ['nationalRef'], [], ['nationalRef'], ['at'], ['subject'], ['answersNumber'], ['answer'], ['answer/dated'],
      ['answer/answerKind'], [],
    ]); // prettier-ignore
    expect(await listed()).toBe(before + 2);
    expect(await numbered('FINE')).toMatchObject({ state: 'OPEN' });
    const [vietnamese] = await take([aRow({ partner: randomUUID() })], { language: 'vi' });
    expect(vietnamese!.problems[0]!.message).toBe('phải là một cơ quan có trong danh sách của cơ quan bạn');
  });

  it('tell nothing of another agency’s register, and write nothing in it', async () => {
    await take([aRow({ nationalRef: 'SECRET/1' })]);
    const before = await listed();
    const theirs = await keepPartner(th);
    const foreign = await take([aRow({ nationalRef: 'SECRET/1' })], { party: th });
    expect(foreign).toEqual(await take([aRow({ nationalRef: 'SECRET/1', partner: randomUUID() })], { party: th }));
    const answering = aRow({
      partner: theirs,
      direction: 'OUT',
      kind: 'ANSWER',
      answerKind: 'FINAL',
      answersNumber: 'SECRET/1',
    });
    expect(fieldsOf(await take([answering], { party: th }))).toEqual([['answersNumber']]);
    expect(await listed()).toBe(before);
    expect(await numbered('SECRET/1', th)).toBeUndefined();
  });

  it('that were registered by mistake may come again', async () => {
    const row = aRow({ nationalRef: '30/TCHQ' });
    await take([row]);
    await close(vn, (await numbered('30/TCHQ'))!.id, 'MISTAKE');
    expect(states(await take([row]))).toEqual(['NEW']);
  });

  it('are registered once when two take over the same register at once', async () => {
    const of = await keepPartner(vn);
    const rows = Array.from({ length: 20 }, (_, n) => aRow({ partner: of, nationalRef: `${n}/TWICE` }));
    const both = await Promise.all([take(rows), take(rows)]);
    expect(states(both.flat()).filter((state) => state === 'NEW')).toHaveLength(20);
    expect(await listed(of)).toBe(20);
  });

  it.each([0, 101])('are 1 to 100, not %d', async (count) => {
    const { errors } = await vn.ask(IMPORT, { rows: Array.from({ length: count }, () => aRow()), dryRun: true });
    expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
