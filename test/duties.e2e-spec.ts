import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DEADLINES } from '../src/duties/deadlines.js';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { ALERT_DUTY_RULES } from '../src/alerts/alert-duties.js';
import { ORAL_DUTY_RULES } from '../src/requests/oral-states.js';
import { REQUEST_DUTY_RULES } from '../src/requests/request-duties.js';
import { asServer } from './support/commands.js';
import { recall, type Submitted } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { answerWith, ask as askUnder, close, composeAnswer, inDays } from './support/requests.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { calendar: { timeZone: 'Asia/Ho_Chi_Minh' } });
  th = await t.enrol('TH-CUS-LCB', { calendar: { timeZone: 'Asia/Bangkok' } });
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SECOND_CHANCE = { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } };
const FINAL = {
  kind: 'FINAL',
  results: [1, 2].map((questionNo) => ({ questionNo, result: 'ANSWERED', text: 'It is not genuine.' })),
};

const ask = (party: Party, addressee: Party, body?: object, input?: object): Promise<Submitted> =>
  askUnder(agreement, party, addressee, body, input);

/** A body of this urgency, with the reason that one needs which is not routine. */
const urgent = (urgency: string): object => ({
  urgency,
  urgencyReason: urgency === 'ROUTINE' ? undefined : 'It sails tomorrow.',
});

interface Duty {
  kind: string;
  object: string;
  ref: string;
  owedBy: string;
  owedTo: string;
  urgency: string;
  since: string;
  dueAt: string;
  isOverdue: boolean;
  isPaused: boolean;
  because: string;
}

const DUTIES = `query($owed: DutySide!, $first: Int, $after: String) { duties(owed: $owed, first: $first, after: $after) {
  nodes { kind object ref owedBy owedTo urgency since dueAt isOverdue isPaused because } pageInfo { hasNextPage endCursor }
} }`;

interface Page {
  duties: { nodes: Duty[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

async function dutiesOf(party: Party, owed: 'BY_US' | 'TO_US', language = 'en'): Promise<Duty[]> {
  const answer = await party.ask<Page>(DUTIES, { owed, first: 100 }, { 'accept-language': language });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.duties.nodes;
}

/** The open duties of one request, as both sides see them. */
async function dutiesIn(id: string): Promise<Duty[]> {
  const found = async (party: Party, owed: 'BY_US' | 'TO_US'): Promise<Duty[]> =>
    (await dutiesOf(party, owed)).filter(({ object }) => object === id);
  const [theirs, seen] = [await found(th, 'BY_US'), await found(vn, 'TO_US')];
  expect(seen).toEqual(theirs);
  const [ours, seenToo] = [await found(vn, 'BY_US'), await found(th, 'TO_US')];
  expect(seenToo).toEqual(ours);
  return [...theirs, ...ours];
}

const hoursOf = ({ since, dueAt }: Duty): number => (Date.parse(dueAt) - Date.parse(since)) / HOUR;
const later = (milliseconds: number): void => t.hub.clock.set(new Date(t.hub.clock.now().getTime() + milliseconds));

describe('a request that is received', () => {
  it.each([
    ['FLASH', 1, 8],
    ['URGENT', 24, 72],
    ['ROUTINE', 24, 720],
  ])('is to be acknowledged and answered: %s', async (urgency, acknowledge, answer) => {
    const { id } = await ask(vn, th, urgent(urgency));
    const duties = await dutiesIn(id);
    expect(duties.map((duty) => [duty.kind, hoursOf(duty), duty.owedBy, duty.owedTo, duty.urgency])).toEqual([
      ['ACKNOWLEDGE', acknowledge, 'TH-CUS', 'VN-CUS', urgency],
      ['ANSWER', answer, 'TH-CUS', 'VN-CUS', urgency],
    ]);
    expect(duties).toMatchObject([
      { isOverdue: false, isPaused: false },
      { isOverdue: false, isPaused: false },
    ]);
  });

  it('is nobody else’s affair', async () => {
    await ask(vn, th);
    expect([await dutiesOf(la, 'BY_US'), await dutiesOf(la, 'TO_US')]).toEqual([[], []]);
    expect((await dutiesOf(vn, 'BY_US')).filter(({ kind }) => kind !== 'REPORT')).toEqual([]);
  });

  it('is overdue for both sides when its time has passed, and not before', async () => {
    const { id } = await ask(vn, th, urgent('FLASH'));
    const [acknowledge] = await dutiesIn(id);
    t.hub.clock.set(new Date(Date.parse(acknowledge!.dueAt) - 1_000));
    expect((await dutiesIn(id)).map(({ isOverdue }) => isOverdue)).toEqual([false, false]);
    t.hub.clock.set(new Date(Date.parse(acknowledge!.dueAt) + 1_000));
    expect((await dutiesIn(id)).map(({ kind, isOverdue }) => [kind, isOverdue])).toEqual([
      ['ACKNOWLEDGE', true],
      ['ANSWER', false],
    ]);
  });
});

describe('a duty', () => {
  it('ends with the act that is owed: acknowledged, answered, reported', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    expect((await dutiesIn(id)).map(({ kind }) => kind)).toEqual(['ANSWER']);
    await answerWith(th, id, FINAL);
    const [report, ...none] = await dutiesIn(id);
    expect([report, none]).toEqual([
      expect.objectContaining({ kind: 'REPORT', owedBy: 'VN-CUS', owedTo: 'TH-CUS' }),
      [],
    ]);
    expect(hoursOf(report!)).toBe(90 * 24);
    await close(vn, id);
    expect(await dutiesIn(id)).toEqual([]);
  });

  it('ends with a refusal, after which nothing is to be reported', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'REFUSAL', refusal: { ground: 'R11', reasonText: 'Not covered.', scope: 'ALL' } });
    expect(await dutiesIn(id)).toEqual([]);
  });

  it('ends when the request is withdrawn, and is not counted as done', async () => {
    const { id } = await ask(vn, th);
    await recall(vn, id);
    expect(await dutiesIn(id)).toEqual([]);
    const rows = await t.database.sql(
      'SELECT d.kind, d.outcome FROM hub.duty d JOIN hub.object o ON o.seq = d.thread_seq WHERE o.id = $1 ORDER BY d.kind',
      [id],
    );
    expect(rows).toEqual([
      { kind: 'ACKNOWLEDGE', outcome: 'VOID' },
      { kind: 'ANSWER', outcome: 'VOID' },
    ]);
  });

  it('stands still while the requesting side owes a clarification, and goes on with the time that was left', async () => {
    t.hub.clock.set(new Date());
    const { id } = await ask(vn, th, urgent('FLASH'));
    later(HOUR);
    await answerWith(th, id, SECOND_CHANCE);
    later(7 * HOUR);
    const [paused, clarify, ...none] = await dutiesIn(id);
    expect([paused!.kind, paused!.isPaused, paused!.isOverdue, none]).toEqual(['ANSWER', true, false, []]);
    expect(clarify).toMatchObject({ kind: 'CLARIFY', owedBy: 'VN-CUS', owedTo: 'TH-CUS', isPaused: false });
    expect(hoursOf(clarify!)).toBe(8);
    expect(paused!.because).toMatch(/stands still/);
    const { id: clearer } = await ask(vn, th, urgent('FLASH'), { supersedes: id });
    const [going] = await dutiesIn(clearer);
    expect([going!.isPaused, going!.isOverdue, hoursOf(going!)]).toEqual([false, false, 15]);
    later(7 * HOUR + 1_000);
    expect((await dutiesIn(clearer))[0]).toMatchObject({ isOverdue: true });
  });

  it('goes on while the requested side is late by itself', async () => {
    const { id } = await ask(vn, th);
    const [, before] = await dutiesIn(id);
    const delay = { expectedAt: inDays(60), reason: 'The archive is being moved.' };
    await answerWith(th, id, { kind: 'DELAY_NOTICE', delay });
    expect(await dutiesIn(id)).toEqual([before]);
  });

  it('takes the time that a notice of a court’s authorisation names, and says so', async () => {
    const { id } = await ask(vn, th);
    const expectedAt = inDays(60);
    const delay = { expectedAt, reason: 'A judge decides.' };
    await answerWith(th, id, { kind: 'DELAY_NOTICE', delay, authorisation: { status: 'NEEDED' } });
    expect(await dutiesIn(id)).toMatchObject([
      { kind: 'ANSWER', dueAt: expectedAt.replace('Z', '.000Z'), because: expect.stringMatching(/court or judge/) },
    ]);
  });

  it('takes the date until which a postponement offers to consult', async () => {
    const { id } = await ask(vn, th);
    const consultUntil = inDays(90);
    const refusal = { ground: 'R08', reasonText: 'A raid.', scope: 'ALL', consultUntil };
    await answerWith(th, id, { kind: 'POSTPONEMENT', refusal });
    expect(await dutiesIn(id)).toMatchObject([
      { kind: 'ANSWER', dueAt: consultUntil.replace('Z', '.000Z'), because: expect.stringMatching(/postponed/) },
    ]);
  });

  it.each<[string, object, string]>([
    ['a court', { kind: 'DELAY_NOTICE', authorisation: { status: 'NEEDED' } }, '/body/delay/expectedAt'],
    ['a postponement', { kind: 'POSTPONEMENT' }, '/body/refusal/consultUntil'],
    ['a clarification', { kind: 'CLARIFICATION_REQUEST' }, '/body/clarification/dueAt'],
  ])('is put off by %s neither into the past nor for more than a year', async (_, body, pointer) => {
    for (const days of [-1, 370]) {
      const { id } = await ask(vn, th);
      const before = await dutiesIn(id);
      const time = inDays(days);
      const named = {
        '/body/delay/expectedAt': { delay: { expectedAt: time, reason: 'A judge decides.' } },
        '/body/refusal/consultUntil': {
          refusal: { ground: 'R08', reasonText: 'A raid.', scope: 'ALL', consultUntil: time },
        },
        '/body/clarification/dueAt': { clarification: { text: 'Which invoice?', dueAt: time } },
      }[pointer];
      const refused = composeAnswer(th, id, { ...body, ...named });
      await expect(refused).rejects.toThrow(new RegExp(`"pointer":"${pointer}","rule":"withinYear"`));
      expect(await dutiesIn(id)).toEqual(before);
    }
  });

  it('is due sooner when a new version is more urgent, and never later when it is less', async () => {
    t.hub.clock.set(new Date());
    const { id } = await ask(vn, th, urgent('ROUTINE'));
    later(DAY / 2);
    const { id: second } = await ask(vn, th, urgent('FLASH'), { supersedes: id });
    const raised = await dutiesIn(second);
    expect(raised.map((duty) => [duty.kind, hoursOf(duty), duty.urgency])).toEqual([
      ['ACKNOWLEDGE', 13, 'FLASH'],
      ['ANSWER', 20, 'FLASH'],
    ]);
    expect(raised[1]!.because).toMatch(/more urgent/);
    const { id: third } = await ask(vn, th, urgent('ROUTINE'), { supersedes: second });
    expect((await dutiesIn(third)).map(({ dueAt }) => dueAt)).toEqual(raised.map(({ dueAt }) => dueAt));
  });

  it('is due before what it is about goes out of sight, whatever would move it', async () => {
    t.hub.clock.set(new Date());
    const expiresAt = inDays(12);
    const legalBasis = { agreement, article: 'art10' };
    const conditions = {
      codes: ['H0'],
      classification: 'UNCLASSIFIED',
      evidenceUse: 'NO',
      onwardRule: 'NONE',
      legalBasis,
    };
    const { id } = await ask(vn, th, urgent('ROUTINE'), { handling: { ...conditions, expiresAt } });
    const answer = async (): Promise<unknown[]> =>
      (await dutiesIn(id))
        .filter(({ kind }) => kind === 'ANSWER')
        .map(({ dueAt, because }) => [dueAt, /can be read until then/.test(because)]);
    const atTheEnd = [[expiresAt.replace('Z', '.000Z'), true]];
    expect(await answer()).toEqual(atTheEnd);
    const authorisation = { status: 'NEEDED' };
    const delay = { expectedAt: inDays(20), reason: 'A judge decides.' };
    await answerWith(th, id, { kind: 'DELAY_NOTICE', authorisation, delay });
    expect(await answer()).toEqual(atTheEnd);
    // Whoever sent it always sees it.
    const { id: other } = await ask(vn, th, urgent('ROUTINE'), { handling: { ...conditions, expiresAt } });
    await answerWith(th, other, SECOND_CHANCE);
    const clarify = (await dutiesIn(other)).find(({ kind }) => kind === 'CLARIFY')!;
    expect([hoursOf(clarify), clarify.owedBy]).toEqual([30 * 24, 'VN-CUS']);
    const { id: never } = await ask(vn, th);
    expect((await dutiesIn(never)).map(({ because }) => /can be read until then/.test(because))).toEqual([
      false,
      false,
    ]);
  });

  it('explains itself in the reader’s language', async () => {
    t.hub.clock.set(new Date('2026-11-26T03:30:00Z'));
    const { id } = await ask(vn, th, urgent('FLASH'));
    const because = async (language: string): Promise<string[]> =>
      (await dutiesOf(th, 'BY_US', language)).filter(({ object }) => object === id).map((duty) => duty.because);
    expect(await because('en')).toEqual([
      'Due Thursday, November 26, 2026 at 11:30 GMT+7. The receipt of a request (flash) is acknowledged within 1 hour.',
      'Due Thursday, November 26, 2026 at 18:30 GMT+7. A request (flash) is answered within 8 hours of its receipt.',
    ]);
    expect(await because('vi')).toEqual([
      'Đến hạn: lúc 11:30 GMT+7 Thứ Năm, 26 tháng 11, 2026. Việc tiếp nhận yêu cầu (hỏa tốc) phải được xác nhận trong vòng 1 giờ.',
      'Đến hạn: lúc 18:30 GMT+7 Thứ Năm, 26 tháng 11, 2026. Yêu cầu (hỏa tốc) phải được trả lời trong vòng 8 giờ kể từ khi nhận.',
    ]);
  });
});

describe('the list of duties', () => {
  it('comes in pages, what is due first first, and each once', async () => {
    for (const urgency of ['ROUTINE', 'FLASH', 'URGENT']) {
      await ask(la, th, urgent(urgency));
    }
    const seen: Duty[] = [];
    let after: string | null = null;
    do {
      const answer: { data: Page | null } = await la.ask<Page>(DUTIES, { owed: 'TO_US', first: 2, after });
      const { nodes, pageInfo } = answer.data!.duties;
      expect(nodes.length).toBe(2);
      seen.push(...nodes);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.map(({ kind, urgency }) => `${kind} ${urgency}`)).toEqual([
      'ACKNOWLEDGE FLASH', 'ANSWER FLASH', 'ACKNOWLEDGE ROUTINE', 'ACKNOWLEDGE URGENT', 'ANSWER URGENT', 'ANSWER ROUTINE',
    ]); // prettier-ignore
    expect(seen).toEqual(await dutiesOf(la, 'TO_US'));
  });

  it.each([0, 101])('has no page of %s', async (first) => {
    expect((await vn.ask(DUTIES, { owed: 'TO_US', first })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('takes no page mark of another list or of another caller', async () => {
    const page = await la.ask<Page>(DUTIES, { owed: 'TO_US', first: 1 });
    const after = page.data!.duties.pageInfo.endCursor;
    for (const [party, owed] of [
      [la, 'BY_US'],
      [th, 'TO_US'],
    ] as const) {
      expect((await party.ask(DUTIES, { owed, first: 1, after })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('the totals of what is owed', () => {
  interface Total {
    partner: string;
    unit: string | null;
    open: number;
    overdue: number;
    firstDueAt: string;
  }
  interface Totals {
    dutyTotals: { open: number; overdue: number; isComplete: boolean; totals: Total[] };
  }
  const TOTALS = `query($owed: DutySide!) { dutyTotals(owed: $owed) { open overdue isComplete
    totals { partner unit open overdue firstDueAt } } }`;
  const totalsOf = async (party: Party, owed: string): Promise<Totals['dutyTotals']> =>
    (await party.ask<Totals>(TOTALS, { owed })).data!.dutyTotals;
  let seller: Party;
  let buyer: Party;
  let docks: Party;
  let between: string;
  beforeAll(async () => {
    seller = await t.enrol('PH-CUS-HQ');
    buyer = await t.enrol('ID-CUS-HQ');
    docks = await t.enrol('ID-CUS-DK');
    between = await t.agree([seller, buyer, vn]);
  });

  it('are empty where nothing is owed', async () => {
    expect(await totalsOf(seller, 'BY_US')).toEqual({ open: 0, overdue: 0, isComplete: true, totals: [] });
  });

  it('are counted by partner and unit, as far as the caller sees them, the longest due first', async () => {
    const unitAlone = { to: ['ID-CUS-DK'] };
    t.hub.clock.set(new Date());
    await askUnder(between, seller, buyer, urgent('FLASH'));
    await askUnder(between, vn, buyer, urgent('ROUTINE'));
    await askUnder(between, vn, buyer, urgent('ROUTINE'), unitAlone);
    later(2 * HOUR);
    const [mine, theirs] = [await totalsOf(buyer, 'BY_US'), await totalsOf(docks, 'BY_US')];
    expect([mine.open, mine.overdue, mine.isComplete]).toEqual([4, 1, true]);
    expect(mine.totals.map(({ partner, unit, open, overdue }) => [partner, unit, open, overdue])).toEqual([
      ['PH-CUS', null, 2, 1],
      ['VN-CUS', null, 2, 0],
    ]);
    expect(theirs.totals.map(({ partner, unit, open }) => [partner, unit, open])).toEqual([
      ['PH-CUS', null, 2],
      ['VN-CUS', 'ID-CUS-DK', 2],
      ['VN-CUS', null, 2],
    ]);
    expect((await totalsOf(seller, 'TO_US')).totals).toMatchObject([{ partner: 'ID-CUS', open: 2, overdue: 1 }]);
    expect((await totalsOf(la, 'TO_US')).totals.filter(({ partner }) => partner === 'ID-CUS')).toEqual([]);
  });

  it('leave out what the caller is not cleared for', async () => {
    const low = await t.enrol('ID-CUS-LOW', { clearance: 0 });
    const before = (await totalsOf(low, 'BY_US')).open;
    const legalBasis = { agreement: between, article: 'art10' };
    const handling = { codes: ['H0'], evidenceUse: 'NO', onwardRule: 'NONE', legalBasis };
    await askUnder(between, seller, buyer, {}, { handling: { ...handling, classification: 'RESTRICTED' } });
    expect((await totalsOf(low, 'BY_US')).open).toBe(before);
    expect((await totalsOf(buyer, 'BY_US')).open).toBeGreaterThan(before);
  });
});

describe('a hub that stood still', () => {
  const sweeper = (): DutySweeper => t.hub.app.get(DutySweeper, { strict: false });
  const standsStill = async (days: number): Promise<void> => {
    await sweeper().sweep();
    later(days * DAY);
    await sweeper().makeUp();
    await sweeper().makeUp(); // Another process begins as well.
  };
  const dueIn = async (id: string, kind: string): Promise<[number, string] | undefined> => {
    const duty = (await dutiesIn(id)).find((each) => each.kind === kind);
    return duty && [(Date.parse(duty.dueAt) - t.hub.clock.now().getTime()) / DAY, duty.because];
  };

  it('adds that time to what lapses by silence, and to nothing else', async () => {
    t.hub.clock.set(new Date(Date.now() + 100 * DAY));
    const { id } = await ask(vn, th, urgent('ROUTINE'));
    const answer = (await dueIn(id, 'ANSWER'))![0];
    await answerWith(th, id, SECOND_CHANCE);
    const [before] = (await dueIn(id, 'CLARIFY'))!;
    await standsStill(before + 2);
    await sweeper().sweep();
    expect(await dueIn(id, 'CLARIFY')).toEqual([
      expect.closeTo(before, 3),
      expect.stringMatching(/stood still meanwhile; that time was/),
    ]);
    const plain = await ask(vn, th, urgent('ROUTINE'));
    expect((await dueIn(plain.id, 'ANSWER'))![0]).toBeCloseTo(answer, 3);
    await standsStill(1);
    expect((await dueIn(plain.id, 'ANSWER'))![0]).toBeCloseTo(answer - 1, 3);
  });

  it('lets nothing lapse before that time is added, also after PostgreSQL could not be asked', async () => {
    t.hub.clock.set(new Date(Date.now() + 150 * DAY));
    const { id } = await ask(vn, th, urgent('ROUTINE'));
    await answerWith(th, id, SECOND_CHANCE);
    const [before] = (await dueIn(id, 'CLARIFY'))!;
    await sweeper().sweep();
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT FROM hub.pulse FOR UPDATE'); // Whoever asks for it waits in vain.
    await sweeper().sweep();
    later((before + 1) * DAY);
    expect(await sweeper().sweep()).toBe(0);
    await t.database.sql('COMMIT');
    await sweeper().sweep();
    expect(await dueIn(id, 'CLARIFY')).toEqual([expect.closeTo(before, 3), expect.stringMatching(/stood still/)]);
  });

  it('adds nothing when it only began anew, and lapses what was over before', async () => {
    t.hub.clock.set(new Date(Date.now() + 200 * DAY));
    const { id } = await ask(vn, th, urgent('ROUTINE'));
    await answerWith(th, id, SECOND_CHANCE);
    const [before] = (await dueIn(id, 'CLARIFY'))!;
    await standsStill(5 / (24 * 60));
    expect((await dueIn(id, 'CLARIFY'))![0]).toBeCloseTo(before - 5 / (24 * 60), 5);
    later(before * DAY);
    await t.database.sql('UPDATE hub.pulse SET at = $1', [t.hub.clock.now()]);
    later(DAY);
    await sweeper().makeUp();
    await sweeper().sweep();
    expect(await dutiesIn(id)).toEqual([]);
  });
});

describe('the floor under duties', () => {
  it('holds the same deadlines and rules as the code', async () => {
    const deadlines = await t.database.sql(
      "SELECT profile, name, urgency, amount, unit FROM cmd.deadline WHERE profile NOT LIKE 'EX-%'",
    );
    expect(deadlines).toHaveLength(DEADLINES.length);
    expect(deadlines).toEqual(expect.arrayContaining([...DEADLINES]));
    const expected = [...REQUEST_DUTY_RULES, ...ALERT_DUTY_RULES, ...ORAL_DUTY_RULES];
    const rules = await t.database.sql(
      'SELECT about, act, duty, effect, deadline, counts_from AS from, owes FROM cmd.duty_rule',
    );
    expect(rules).toHaveLength(expected.length);
    expect(rules).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    'UPDATE hub.duty SET due_at = now()',
    'DELETE FROM hub.duty',
    "INSERT INTO hub.duty (thread_seq, object_seq, kind, owed_by, owed_to, owed_by_scope, owed_to_scope, urgency, started_at, due_at, reason) VALUES (1, 1, 'ANSWER', 'A', 'B', '', '', 'FLASH', now(), now(), 'RECEIPT')",
    'SELECT 1 FROM cmd.deadline',
    'SELECT 1 FROM cmd.duty_rule',
    "SELECT cmd.named_time('POSTPONEMENT', '{}')",
    "SELECT cmd.keep_duties('ALERT', 'CLOSED', 1, 1)",
    "SELECT cmd.due_time(now(), 1, 'DAYS', 'TH-CUS')",
    'SELECT 1 FROM hub.duty_reminder',
  ])('gives the server no way to change one: %s', async (statement) => {
    await expect(asServer(t.database, th, () => t.database.sql(statement))).rejects.toThrow(/permission denied/);
  });
});
