import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { enrolAgreement } from '../src/operator/agreements.js';
import { recordCalendar } from '../src/operator/calendar.js';
import { startHub } from '../src/hub.js';
import { readEnvironment } from '../config/environment.js';
import { CONSOLE_DOCUMENTS } from './support/documents.js';
import { untilFeedIsComplete } from './support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';
import { answerWith, ask } from './support/requests.js';

/*
 * How long a duty has: by agreement, article and type of assistance, in calendar or in working days; and when it is reminded of. What opens
 * and ends duties stands in test/duties.e2e-spec.ts and test/feedback.e2e-spec.ts.
 */

let t: TestHub;
let vn: Party;
let th: Party;
let kw: Party;

/** Monday of a week in which Viet Nam has two holidays. */
const MONDAY = '2027-04-26T03:00:00Z';
const HOLIDAYS = [
  { day: '2027-04-30', nameEn: 'Reunification Day', nameVi: 'Ngày Thống nhất' },
  { day: '2027-05-03', nameEn: 'Labour Day, moved', nameVi: 'Nghỉ bù Quốc tế Lao động' },
];

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { calendar: { timeZone: 'Asia/Ho_Chi_Minh', holidays: HOLIDAYS } });
  th = await t.enrol('TH-CUS-LCB', { calendar: { timeZone: 'Asia/Bangkok' } });
  kw = await t.enrol('KW-CUS-HQ', { calendar: { timeZone: 'Asia/Kuwait', weekend: [5, 6] } });
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const later = (milliseconds: number): void => t.hub.clock.set(new Date(t.hub.clock.now().getTime() + milliseconds));
const HOUR = 3_600_000;
const ROUTINE = { urgency: 'ROUTINE', urgencyReason: undefined };

interface Duty {
  kind: string;
  object: string;
  dueAt: string;
  reminded: number;
  because: string;
}

const DUTIES = `query($owed: DutySide!) { duties(owed: $owed, first: 100) { nodes { kind object dueAt reminded because } } }`;

async function dutyOf(party: Party, object: string, kind = 'ANSWER', language = 'en'): Promise<Duty> {
  const answer = await party.ask<{ duties: { nodes: Duty[] } }>(
    DUTIES,
    { owed: 'BY_US' },
    { 'accept-language': language },
  );
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.duties.nodes.find((duty) => duty.object === object && duty.kind === kind)!;
}

/** When the answer to a routine request is due that is received on that Monday, under an agreement with these deadlines. */
async function dueUnder(
  changes: Parameters<TestHub['agree']>[1],
  { from = th, to = vn, body = {} }: { from?: Party; to?: Party; body?: object } = {},
): Promise<string> {
  t.hub.clock.set(new Date(MONDAY));
  const agreement = await t.agree([vn, th, kw], changes);
  const { id } = await ask(agreement, from, to, { ...ROUTINE, legalBasis: { agreement, article: 'art10' }, ...body });
  return (await dutyOf(to, id)).dueAt;
}

describe('the time for an answer', () => {
  it.each([
    ['HUB_DEFAULT', '2027-05-26T03:00:00.000Z'],
    ['EU_SPOC', '2027-05-03T03:00:00.000Z'],
    ['TFA_12', '2027-07-25T03:00:00.000Z'],
  ])('is that of the profile which the agreement names: %s', async (deadlineProfile, due) => {
    expect(await dueUnder({ deadlineProfile })).toBe(due);
  });

  it('is the agreement’s own where it has set one, for this urgency alone', async () => {
    const deadlines = [{ name: 'ANSWER', urgency: 'ROUTINE', amount: 5, unit: 'DAYS' }];
    expect(await dueUnder({ deadlineProfile: 'EU_SPOC', deadlines })).toBe('2027-05-01T03:00:00.000Z');
    const urgent = { urgency: 'URGENT', urgencyReason: 'It sails.' };
    expect(await dueUnder({ deadlineProfile: 'EU_SPOC', deadlines }, { body: urgent })).toBe(
      '2027-04-29T03:00:00.000Z',
    );
  });

  it('is the one for its article and type of assistance before the one for all', async () => {
    const deadlines = [
      { name: 'ANSWER', amount: 20, unit: 'DAYS' },
      { name: 'ANSWER', amount: 10, unit: 'DAYS', assistanceType: 'ENQUIRY' },
      { name: 'ANSWER', amount: 2, unit: 'DAYS', article: 'art99' },
      { name: 'ANSWER', amount: 15, unit: 'DAYS', article: 'art10' },
    ];
    expect(await dueUnder({ deadlines })).toBe('2027-05-11T03:00:00.000Z');
    const others = deadlines.slice(0, 2);
    expect(await dueUnder({ deadlines: others })).toBe('2027-05-16T03:00:00.000Z');
    expect(await dueUnder({ deadlines: others }, { body: { assistanceType: 'ENQUIRY' } })).toBe(
      '2027-05-06T03:00:00.000Z',
    );
  });

  it.each([
    ['no profile', { deadlineProfile: 'FAST' }],
    ['no such deadline', { deadlines: [{ name: 'REPLY', amount: 1, unit: 'DAYS' }] }],
    ['no such unit', { deadlines: [{ name: 'ANSWER', amount: 1, unit: 'WEEKS' }] }],
    ['no time at all', { deadlines: [{ name: 'ANSWER', amount: 0, unit: 'DAYS' }] }],
  ])('is never that of the hub by mistake: %s is refused at enrolment', async (_, changes) => {
    await expect(t.agree([vn, th], changes)).rejects.toThrow(/Nothing was changed/);
  });
});

describe('working days', () => {
  const days = (amount: number): object[] => [{ name: 'ANSWER', amount, unit: 'WORKING_DAYS' }];
  const due = (amount: number, between?: Parameters<typeof dueUnder>[1]): Promise<string> =>
    dueUnder({ deadlines: days(amount) as never }, between);

  it('end with the last of them, by the clock of who owes; the day of receipt is none', async () => {
    expect(await due(3)).toBe('2027-04-29T16:59:59.000Z');
  });

  it('leave out the weekend and the holidays of who owes', async () => {
    expect(await due(4)).toBe('2027-05-04T16:59:59.000Z');
    expect(await due(4, { from: vn, to: th })).toBe('2027-04-30T16:59:59.000Z');
    expect(await due(4, { from: vn, to: kw })).toBe('2027-05-02T20:59:59.000Z');
  });

  it('are called so in the sentence that explains the time', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const agreement = await t.agree([vn, th], { deadlines: days(4) as never });
    const { id } = await ask(agreement, th, vn, ROUTINE);
    expect((await dutyOf(vn, id)).because).toBe(
      'Due Tuesday, May 4, 2027 at 23:59 GMT+7. A request (routine) is answered within 4 working days of its receipt.',
    );
    expect((await dutyOf(vn, id, 'ANSWER', 'vi')).because).toMatch(/trong vòng 4 ngày làm việc kể từ khi nhận/);
  });

  it('that become holidays move nothing that runs, and everything that begins later', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const agreement = await t.agree([vn, th], { deadlines: days(3) as never });
    const { id } = await ask(agreement, vn, th, ROUTINE);
    const holidays = [{ day: '2027-04-28', nameEn: 'Decreed', nameVi: 'Nghỉ đột xuất' }];
    await t.database.asOperator((tx) => recordCalendar(tx, 'TH-CUS', { holidays }));
    expect((await dutyOf(th, id)).dueAt).toBe('2027-04-29T16:59:59.000Z');
    const { id: next } = await ask(agreement, vn, th, ROUTINE);
    expect((await dutyOf(th, next)).dueAt).toBe('2027-04-30T16:59:59.000Z');
  });

  it.each([
    ['a zone that nobody knows', { timeZone: 'Asia/Nowhere' }],
    ['an offset', { timeZone: '+07:00' }],
    ['a week of weekends', { weekend: [1, 2, 3, 4, 5, 6, 7] }],
    ['an eighth day', { weekend: [8] }],
    ['the thirtieth of February', { holidays: [{ day: '2027-02-30', nameEn: 'x', nameVi: 'x' }] }],
  ])('are not counted by %s', async (_, calendar) => {
    await expect(t.database.asOperator((tx) => recordCalendar(tx, 'TH-CUS', calendar))).rejects.toThrow(
      /Nothing was changed/,
    );
  });
});

it('an agreement that ends or is suspended moves nothing that runs', async () => {
  t.hub.clock.set(new Date(MONDAY));
  const agreement = await t.agree([vn, th], { deadlineProfile: 'EU_SPOC' });
  const { id } = await ask(agreement, vn, th, ROUTINE);
  const before = await dutyOf(th, id);
  await t.database.sql(
    "UPDATE hub.agreement SET suspended_at = '2027-04-26Z', valid_until = '2027-04-27Z' WHERE id = $1",
    [agreement],
  );
  later(48 * HOUR);
  expect(await dutyOf(th, id)).toEqual(before);
});

describe('a reminder', () => {
  let agreement: string;
  beforeAll(async () => {
    agreement = await t.agree([vn, th]);
  });
  const sweep = (): Promise<number> => t.hub.app.get(DutySweeper).sweep();
  const reminders = (id: string): Promise<{ kind: string; percent: number }[]> =>
    t.database.sql(
      `SELECT d.kind, r.percent FROM hub.duty_reminder r JOIN hub.duty d ON d.id = r.duty_id
       JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1 AND d.kind = 'ANSWER' ORDER BY r.at, r.percent`,
      [id],
    );
  const FLASH = { urgency: 'FLASH', urgencyReason: 'It is on board.' };
  const given = async (id: string): Promise<number[]> => (await reminders(id)).map(({ percent }) => percent);

  it('comes at a quarter where nobody has taken it over, at half, at four fifths and at the end, once each, whoever sweeps', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    const steps: [number, number[]][] = [
      [1.9, []],
      [2, [25]],
      [0.2, [25, 50]],
      [2.2, [25, 50]],
      [0.2, [25, 50, 80]],
      [1.4, [25, 50, 80]],
      [0.2, [25, 50, 80, 100]],
      [100, [25, 50, 80, 100]],
    ];
    for (const [hours, expected] of steps) {
      later(hours * HOUR);
      await Promise.all([sweep(), sweep(), sweep()]);
      expect(await given(id)).toEqual(expected);
      expect((await dutyOf(th, id)).reminded).toBe(expected.at(-1) ?? 0);
    }
  });

  it('comes at a time that the hub vouches for, whatever the server’s role is made to say', async () => {
    const { id } = await ask(agreement, vn, th, FLASH);
    const { database } = t;
    await database.sql('BEGIN');
    await database.sql('SET LOCAL ROLE hub_app');
    const forged = ['x', 'VN-CUS', 'VN-CUS-AS', '', '0', '0', '', '4000000000', '4000000000', '0'.repeat(64)].join('.');
    await database.sql("SELECT set_config('app.ctx', $1, true)", [forged]);
    const swept = await database.sql('SELECT cmd.sweep_duties(1000) AS reminded, cmd.lapse_requests(1000) AS lapsed');
    await database.sql('ROLLBACK');
    expect(swept).toEqual([{ reminded: 0, lapsed: 0 }]);
    expect(await given(id)).toEqual([]);
  });

  it('comes once, as of now, after the hub was stopped over all of them', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    later(7 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([80]);
    later(30 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([80, 100]);
    expect(await sweep()).toBe(0);
  });

  it('waits while the clock stands still, and then for what is left', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    later(3 * HOUR);
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which ship?' } });
    later(7 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([]);
    const { id: clearer } = await ask(agreement, vn, th, FLASH, { supersedes: id });
    later(0.9 * HOUR);
    await sweep();
    expect(await given(clearer)).toEqual([]);
    later(0.2 * HOUR);
    await sweep();
    expect(await given(clearer)).toEqual([50]);
  });

  it('begins anew when the time is put off', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    later(9 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([100]);
    const refusal = { ground: 'R08', reasonText: 'A raid.', scope: 'ALL', consultUntil: '2027-05-26T03:00:00Z' };
    await answerWith(th, id, { kind: 'POSTPONEMENT', refusal });
    later(24 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([100]);
    expect((await dutyOf(th, id)).reminded).toBe(0);
    later(16 * 24 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([100, 50]);
  });

  it('is not given of what is done, withdrawn or waived', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    await answerWith(th, id, { kind: 'NEGATIVE' });
    later(100 * HOUR);
    await sweep();
    expect(await given(id)).toEqual([]);
  });

  it('is given at the start by a hub that was stopped', async () => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    await t.database.sql(
      "UPDATE hub.duty d SET remind_at = now() - interval '1 minute' FROM hub.object o WHERE o.seq = d.object_seq AND o.id = $1",
      [id],
    );
    const environment = readEnvironment({
      HUB_ID,
      PORT: '0',
      DATABASE_URL: t.database.url,
      DATA_FOLDER: t.database.dataFolder,
      LOG_LEVEL: 'fatal',
    });
    const second = await startHub(environment, t.database.url, CONSOLE_DOCUMENTS);
    expect(() => second.clock.set(new Date())).toThrow(
      'Only a demonstration hub on a database of its own may set its clock',
    );
    await second.stop();
    expect(await given(id)).toHaveLength(1);
  });
});

describe('a request that is not made clear in its time', () => {
  const FLASH = { urgency: 'FLASH', urgencyReason: 'It is on board.' };
  const sweep = (): Promise<number> => t.hub.app.get(DutySweeper).sweep();
  let agreement: string;
  beforeAll(async () => {
    agreement = await t.agree([vn, th, kw]);
  });

  /** A FLASH request that was asked back about on that Monday; it is made clear within eight hours. */
  async function askedBack(): Promise<string> {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which ship?' } });
    return id;
  }

  async function stateOf(party: Party, id: string): Promise<object | null | undefined> {
    const REQUEST = 'query($id: ID!) { request(id: $id) { state permittedActs } }';
    return (await party.ask<{ request: object }>(REQUEST, { id })).data?.request;
  }

  it('lapses, and nobody owes anything; both sides find it in their feed', async () => {
    const id = await askedBack();
    const { endCursor } = (await kw.ask<{ changes: { endCursor: string } }>('{ changes(first: 1) { endCursor } }'))
      .data!.changes;
    later(7.9 * HOUR);
    await sweep();
    expect(await stateOf(vn, id)).toMatchObject({ state: 'CLARIFICATION_NEEDED' });
    expect((await dutyOf(vn, id, 'CLARIFY')).because).toMatch(
      /made clear within 8 hours.*after that the request lapses/,
    );
    later(0.2 * HOUR);
    await Promise.all([sweep(), sweep()]);
    await untilFeedIsComplete(t.database);
    for (const party of [vn, th]) {
      expect(await stateOf(party, id)).toEqual({ state: 'LAPSED', permittedActs: [] });
      const feed = await party.ask<{ changes: { changes: { act: string; objectId: string }[] } }>(
        '{ changes(first: 100) { changes { act objectId } } }',
      );
      if (!feed.data) throw new Error(JSON.stringify(feed.errors));
      expect(feed.data.changes.changes.filter(({ act }) => act === 'LAPSED')).toEqual([
        { act: 'LAPSED', objectId: id },
      ]);
    }
    const others = await kw.ask('query($after: String) { changes(first: 100, after: $after) { changes { act } } }', {
      after: endCursor,
    });
    expect(others.data).toEqual({ changes: { changes: [] } });
    expect(
      await t.database.sql(
        'SELECT outcome, count(*)::integer AS duties FROM hub.duty d JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1 GROUP BY 1 ORDER BY 1',
        [id],
      ),
    ).toEqual([
      { outcome: 'DONE', duties: 1 },
      { outcome: 'VOID', duties: 2 },
    ]);
  });

  it.each([
    ['a later time', 20, 20],
    ['a sooner one, which does not count', 1, 8],
  ])('lapses when the requested side names %s', async (_, named, hours) => {
    t.hub.clock.set(new Date(MONDAY));
    const { id } = await ask(agreement, vn, th, FLASH);
    const dueAt = `${new Date(Date.parse(MONDAY) + named * HOUR).toISOString().slice(0, 19)}Z`;
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which ship?', dueAt } });
    const due = (await dutyOf(vn, id, 'CLARIFY')).dueAt;
    expect(Date.parse(due) - Date.parse(MONDAY)).toBe(hours * HOUR);
  });

  it('takes nothing more, and says what can be done', async () => {
    const id = await askedBack();
    later(9 * HOUR);
    await sweep();
    await expect(answerWith(th, id, { kind: 'NEGATIVE' })).rejects.toThrow(/has lapsed.*A new request can be sent/);
    await expect(ask(agreement, vn, th, FLASH, { supersedes: id })).rejects.toThrow(/has lapsed/);
  });

  it('goes on when it was made clear before the hub looked, or within the time', async () => {
    const late = await askedBack();
    later(9 * HOUR);
    const { id } = await ask(agreement, vn, th, FLASH, { supersedes: late });
    await sweep();
    expect(await stateOf(vn, id)).toMatchObject({ state: 'RECEIVED' });
  });

  it('has the whole time again when it is asked back about again', async () => {
    const first = await askedBack();
    later(6 * HOUR);
    const { id } = await ask(agreement, vn, th, FLASH, { supersedes: first });
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'And which berth?' } });
    later(6 * HOUR);
    await sweep();
    expect(await stateOf(vn, id)).toMatchObject({ state: 'CLARIFICATION_NEEDED' });
  });
});

it('deadlines of an agreement that is enrolled again stay as they were agreed', async () => {
  t.hub.clock.set(new Date(MONDAY));
  const deadlines = [{ name: 'ANSWER', amount: 5, unit: 'DAYS' }];
  const agreement = await t.agree([vn, th], { deadlines });
  const [known] = await t.database.sql<Record<string, unknown>>('SELECT * FROM hub.agreement WHERE id = $1', [
    agreement,
  ]);
  await t.database.asOperator((tx) =>
    enrolAgreement(tx, {
      id: agreement,
      kind: 'BILATERAL',
      titleEn: 'Other',
      titleVi: 'Khác',
      isExample: true,
      validFrom: '2020-01-01T00:00:00Z',
      parties: [],
      articles: [],
      assistanceTypes: [],
      languages: ['en'],
      deadlineProfile: 'HUB_DEFAULT',
      deadlines: [{ name: 'ANSWER', amount: 50, unit: 'DAYS' }],
      nominalAllowed: false,
      evidenceRule: 'NO',
      onwardRule: 'NONE',
    }),
  );
  expect(await t.database.sql('SELECT * FROM hub.agreement WHERE id = $1', [agreement])).toEqual([known]);
  const { id } = await ask(agreement, vn, th, ROUTINE);
  expect((await dutyOf(th, id)).dueAt).toBe('2027-05-01T03:00:00.000Z');
});
