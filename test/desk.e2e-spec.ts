import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { aSignedIn, type Browser } from './support/browser.js';
import { asServer, seqOf, untilSomebodyWaits } from './support/commands.js';
import { composeAndSubmit, recall, type Submitted, untilFeedIsComplete } from './support/exchange.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { aNoteInput, COMPOSE_NOTE } from './support/notes.js';
import { answerWith, ask as askUnder } from './support/requests.js';

type Officer = Awaited<ReturnType<typeof aSignedIn>>;
type Asker = Pick<Browser, 'ask'>;

let t: TestHub;
let vn: Party;
let th: Party;
/** A second unit of Thailand's, with a system of its own, and a third. */
let bangkok: Party;
let songkhla: Party;
let la: Party;
let agreement: string;
/** Of Thailand: who directs the work at Laem Chabang, two who do it there, and one in Bangkok. */
let chief: Officer;
let dao: Officer;
let mali: Officer;
let nok: Officer;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  bangkok = await t.enrol('TH-CUS-BKK');
  songkhla = await t.enrol('TH-CUS-SGK');
  agreement = await t.agree([vn, th, la]);
  chief = await aSignedIn(t, th, ['NCP_OFFICER']);
  dao = await aSignedIn(t, th, ['FIELD_OFFICER']);
  mali = await aSignedIn(t, th, ['PCU_MEMBER']);
  nok = await aSignedIn(t, bangkok, ['FIELD_OFFICER']);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const WITHIN_AGENCY = { handling: { onwardRule: 'AGENCY' } };
const alert = (to: string[], input: object = {}): Promise<Submitted> =>
  composeAndSubmit(vn, { to, agreement, ...WITHIN_AGENCY, ...input });
const request = (body: object = {}, input: object = {}): Promise<Submitted> => askUnder(agreement, vn, th, body, input);
/** A request to one unit alone, whose conditions let its agency have it. */
const toUnit = (unit = 'TH-CUS-LCB', changes: object = {}): Promise<Submitted> =>
  request({}, { to: [unit], handling: { ...HANDLING(), onwardRule: 'AGENCY', ...changes } });
const HANDLING = (): object => ({
  codes: ['H0'],
  classification: 'UNCLASSIFIED',
  evidenceUse: 'NO',
  legalBasis: { agreement, article: 'art10' },
});

const HELD = 'nationalRef holder { officer unit titleEn } heldSince';
const CLAIM = `mutation($id: ID!) { claimMatter(id: $id) { ${HELD} } }`;
const ASSIGN = `mutation($id: ID!, $officer: ID!, $note: String) { assignHolder(id: $id, officer: $officer, note: $note) { ${HELD} } }`;
const HAND_OVER = `mutation($id: ID!, $officer: ID!, $note: String!) { handOverMatter(id: $id, officer: $officer, note: $note) { ${HELD} } }`;
const LAY_DOWN = `mutation($id: ID!, $note: String) { layDownMatter(id: $id, note: $note) { ${HELD} } }`;
const NUMBER = `mutation($id: ID!, $nationalRef: String) { setNationalRef(id: $id, nationalRef: $nationalRef) { ${HELD} } }`;
const DISTRIBUTE = `mutation($id: ID!, $units: [ID!]!, $note: String) {
  distribute(id: $id, units: $units, note: $note) { units { unit } } }`;
const GIVE = `mutation($id: ID!, $unit: ID!, $text: String!, $dueAt: DateTime!) {
  giveTask(id: $id, unit: $unit, text: $text, dueAt: $dueAt) { id unit text dueAt isOverdue byUnit byOfficer outcome result } }`;
const DONE = 'mutation($task: ID!, $result: String!) { reportTaskResult(task: $task, result: $result) { outcome } }';
const WITHDRAW = 'mutation($task: ID!, $result: String!) { withdrawTask(task: $task, result: $result) { outcome } }';
const MATTER = `query($id: ID!) { matter(id: $id) { ${HELD} object { id kind } units { unit }
  tasks { id unit text outcome } steps { act byUnit byOfficer toUnit toOfficer note } } }`;
const RELATED = 'query($id: ID!, $first: Int) { alsoOnDesk(id: $id, first: $first) { object { id } terms } }';
const MINE = `query($first: Int, $after: String) { myMatters(first: $first, after: $after) {
  nodes { object { id } holder { officer } } pageInfo { hasNextPage endCursor } } }`;
const TASKS = `query($of: TaskSide, $first: Int, $after: String) { tasks(of: $of, first: $first, after: $after) {
  nodes { id unit text matter { object { id } } } pageInfo { hasNextPage endCursor } } }`;
const INBOX = 'query { inbox(first: 100) { nodes { id matter { nationalRef holder { officer } } } } }';
const DUTIES = `query { duties(owed: BY_US, first: 100) {
  nodes { kind object owedByUnit reminded matter { holder { officer } } } } }`;
const KEEP_STAND_IN = `mutation($officer: ID!, $from: DateTime!, $until: DateTime!) {
  keepStandIn(officer: $officer, from: $from, until: $until) { officer { officer } standIn { officer } } }`;

interface Step {
  act: string;
  byUnit: string;
  byOfficer: string | null;
  toUnit: string | null;
  toOfficer: string | null;
  note: string | null;
}

interface Matter {
  nationalRef: string | null;
  holder: { officer: string; unit: string; titleEn: string } | null;
  heldSince: string | null;
  object: { id: string; kind: string };
  units: { unit: string }[];
  tasks: { id: string; unit: string; text: string; outcome: string | null }[];
  steps: Step[];
}

async function matter(asker: Asker, id: string): Promise<Matter> {
  const answer = await asker.ask<{ matter: Matter }>(MATTER, { id });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.matter;
}

async function done<T = Record<string, unknown>>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, errors } = await answer;
  if (errors) throw new Error(JSON.stringify(errors));
  return data!;
}

const fault = async (answer: Promise<Answer<unknown>>): Promise<object | undefined> =>
  (await answer).errors?.[0]?.extensions;

const claim = (officer: Officer, id: string): Promise<Answer<unknown>> => officer.browser.ask(CLAIM, { id });
const distribute = (asker: Asker, id: string, units: string[]): Promise<Answer<unknown>> =>
  asker.ask(DISTRIBUTE, { id, units });
const later = (hours: number): string => new Date(t.hub.clock.now().getTime() + hours * 3_600_000).toISOString();
const give = (asker: Asker, id: string, task: object = {}): Promise<Answer<{ giveTask: { id: string } }>> =>
  asker.ask(GIVE, { id, unit: 'TH-CUS-BKK', text: 'Look at the container.', dueAt: later(24), ...task });
const sees = async (asker: Asker, id: string): Promise<boolean> =>
  (await asker.ask('query($id: ID!) { matter(id: $id) { nationalRef } }', { id })).errors === undefined;

describe('a matter', () => {
  it('is held by nobody until an officer claims it; the other side sees nothing of it', async () => {
    const { id } = await request();
    expect(await matter(dao.browser, id)).toMatchObject({
      holder: null,
      heldSince: null,
      nationalRef: null,
      steps: [],
    });
    await done(claim(dao, id));
    const held = await matter(mali.browser, id);
    expect(held.holder).toEqual({ officer: dao.officer, unit: 'TH-CUS-LCB', titleEn: 'Officer <of> the unit' });
    expect(held.steps).toEqual([
      {
        act: 'CLAIMED',
        byUnit: 'TH-CUS-LCB',
        byOfficer: dao.officer,
        toUnit: 'TH-CUS-LCB',
        toOfficer: dao.officer,
        note: null,
      },
    ]);
    expect(await matter(vn, id)).toMatchObject({ holder: null, steps: [], nationalRef: null });
  });

  it('of two officers who claim it at once is one’s, and the other is told', async () => {
    const { id } = await request();
    const answers = await Promise.all([claim(dao, id), claim(mali, id)]);
    const faults = answers.flatMap(({ errors }) => errors ?? []);
    expect(faults.map(({ extensions }) => extensions)).toMatchObject([{ code: 'CONFLICT', sub: 'HELD' }]);
    const { steps, holder } = await matter(dao.browser, id);
    expect(steps).toHaveLength(1);
    expect(steps[0]!.byOfficer).toBe(holder!.officer);
  });

  it('is claimed again by its holder to no effect', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    await done(claim(dao, id));
    expect((await matter(dao.browser, id)).steps).toHaveLength(1);
  });

  it('is assigned by who directs the work, whoever holds it, and not by others', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    await done(chief.browser.ask(ASSIGN, { id, officer: mali.officer, note: 'You know this importer.' }));
    const { holder, steps } = await matter(dao.browser, id);
    expect(holder!.officer).toBe(mali.officer);
    expect(steps[0]).toEqual({
      act: 'ASSIGNED',
      byUnit: 'TH-CUS-LCB',
      byOfficer: chief.officer,
      toUnit: 'TH-CUS-LCB',
      toOfficer: mali.officer,
      note: 'You know this importer.',
    });
    expect(await fault(dao.browser.ask(ASSIGN, { id, officer: dao.officer }))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is handed over by its holder with a note, and by nobody else', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    const toMali = { id, officer: mali.officer, note: 'The invoice is with the bank; ask again on Monday.' };
    expect(await fault(mali.browser.ask(HAND_OVER, toMali))).toMatchObject({ code: 'CONFLICT', sub: 'NOT_HELD' });
    expect(await fault(dao.browser.ask(HAND_OVER, { ...toMali, note: ' ' }))).toMatchObject({ code: 'BAD_USER_INPUT' });
    await done(dao.browser.ask(HAND_OVER, toMali));
    const { holder, steps } = await matter(dao.browser, id);
    expect(holder!.officer).toBe(mali.officer);
    expect(steps[0]).toMatchObject({ act: 'HANDED_OVER', note: toMali.note });
  });

  it('is laid down by its holder, and can be claimed anew', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    expect(await fault(mali.browser.ask(LAY_DOWN, { id }))).toMatchObject({ code: 'CONFLICT', sub: 'NOT_HELD' });
    await done(dao.browser.ask(LAY_DOWN, { id, note: 'I am leaving for the airport.' }));
    expect((await matter(mali.browser, id)).holder).toBeNull();
    await done(claim(mali, id));
  });

  it('is not given to an officer of another agency, like one whom nobody knows', async () => {
    const { id } = await request();
    const hanoi = await aSignedIn(t, vn, ['CASE_OWNER']);
    const assign = (officer: string): Promise<Answer<unknown>> => chief.browser.ask(ASSIGN, { id, officer });
    const [foreign, unknown] = [await assign(hanoi.officer), await assign('p:nobody1')];
    expect(foreign).toEqual(unknown);
    const problems = [{ pointer: '/officer', rule: 'OFFICER' }];
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems });
  });

  it('is not given to an officer who reads no content', async () => {
    const { id } = await request();
    const administrator = await aSignedIn(t, th, ['AGENCY_ADMIN']);
    const assigned = chief.browser.ask(ASSIGN, { id, officer: administrator.officer });
    expect(await fault(assigned)).toMatchObject({ problems: [{ pointer: '/officer', rule: 'OFFICER' }] });
    const standIn = { officer: administrator.officer, from: later(1), until: later(2) };
    expect(await fault(dao.browser.ask(KEEP_STAND_IN, standIn))).toMatchObject({ problems: [{ pointer: '/officer' }] });
  });

  it('is not given to an officer whose unit does not see it, or whose clearance does not suffice', async () => {
    const { id } = await toUnit();
    const withheld = { code: 'CONFLICT', sub: 'OFFICER_SIGHT' };
    expect(await fault(chief.browser.ask(ASSIGN, { id, officer: nok.officer }))).toMatchObject(withheld);
    const restricted = await toUnit('TH-CUS-LCB', { classification: 'RESTRICTED' });
    const low = await aSignedIn(t, th, ['FIELD_OFFICER'], { clearance: 0 });
    expect(await fault(chief.browser.ask(ASSIGN, { id: restricted.id, officer: low.officer }))).toMatchObject(withheld);
  });

  it('of an officer who has left is free to claim', async () => {
    const { id } = await request();
    const gone = await aSignedIn(t, th, ['FIELD_OFFICER']);
    await done(claim(gone, id));
    await t.database.sql("UPDATE agency.officer SET valid_until = now() - interval '1 second' WHERE pseudonym = $1", [
      gone.officer,
    ]);
    await done(claim(dao, id));
    expect((await matter(dao.browser, id)).holder!.officer).toBe(dao.officer);
  });

  it('of an officer who works elsewhere now is free to claim', async () => {
    const { id } = await toUnit();
    const moved = await aSignedIn(t, th, ['FIELD_OFFICER']);
    await done(claim(moved, id));
    expect(await fault(claim(dao, id))).toMatchObject({ sub: 'HELD' });
    await t.database.sql("UPDATE agency.officer SET unit_id = 'TH-CUS-BKK' WHERE pseudonym = $1", [moved.officer]);
    await done(claim(dao, id));
    expect((await matter(dao.browser, id)).holder!.officer).toBe(dao.officer);
  });

  it('of an officer who is shut out is free to claim', async () => {
    const { id } = await toUnit();
    const out = await aSignedIn(t, th, ['FIELD_OFFICER']);
    await done(claim(out, id));
    await t.database.sql('UPDATE auth.account SET suspended_at = now() WHERE officer = $1', [out.officer]);
    await done(claim(dao, id));
    expect((await matter(dao.browser, id)).holder!.officer).toBe(dao.officer);
  });

  it('is found by the agency’s own number, which is the agency’s alone', async () => {
    const { id } = await request();
    const nationalRef = `1234/กศก-${id.slice(0, 8)}`;
    await done(dao.browser.ask(NUMBER, { id, nationalRef }));
    const FIND = 'query($nationalRef: String!) { mattersByNumber(nationalRef: $nationalRef) { object { id } } }';
    expect(await done(mali.browser.ask(FIND, { nationalRef }))).toEqual({ mattersByNumber: [{ object: { id } }] });
    expect(await done(vn.ask(FIND, { nationalRef }))).toEqual({ mattersByNumber: [] });
    expect((await matter(vn, id)).nationalRef).toBeNull();
    await done(dao.browser.ask(NUMBER, { id }));
    expect(await done(mali.browser.ask(FIND, { nationalRef }))).toEqual({ mattersByNumber: [] });
    expect((await matter(dao.browser, id)).steps.map(({ act, note }) => [act, note])).toEqual([
      ['NUMBERED', null],
      ['NUMBERED', nationalRef],
    ]);
  });

  it('is one for all versions and answers, and shows the newest', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    const { id: answer } = await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    expect(await matter(dao.browser, answer)).toMatchObject({
      object: { id, kind: 'request' },
      holder: { officer: dao.officer },
    });
  });

  it('of an own request is held by its sender’s officers, apart from the other side', async () => {
    const { id } = await request();
    const hanoi = await aSignedIn(t, vn, ['CASE_OWNER']);
    await done(claim(hanoi, id));
    expect((await matter(dao.browser, id)).holder).toBeNull();
    await done(claim(dao, id));
    expect((await matter(vn, id)).holder!.officer).toBe(hanoi.officer);
  });

  it.each<[string, (id: string) => Promise<Answer<unknown>>]>([
    ['claimed', (id) => la.ask(CLAIM, { id })],
    ['read', (id) => la.ask(MATTER, { id })],
    ['numbered', (id) => nok.browser.ask(NUMBER, { id, nationalRef: '1' })],
    ['claimed by an officer of a unit that was not addressed', (id) => claim(nok, id)],
    ['given to a unit', (id) => distribute(bangkok, id, ['TH-CUS-SGK'])],
  ])('that one does not see is not %s, like one that is not there', async (_, attempt) => {
    const { id } = await toUnit();
    const [hidden, missing] = [await attempt(id), await attempt(randomUUID())];
    expect(hidden).toEqual(missing);
    expect(hidden.errors?.[0]?.extensions.code).toMatch(/NOT_FOUND|FORBIDDEN/);
  });

  it('is not worked on by a unit’s system, nor by who only reads', async () => {
    const { id } = await request();
    expect(await fault(th.ask(CLAIM, { id }))).toMatchObject({ code: 'FORBIDDEN' });
    const reader = await aSignedIn(t, th, ['PARTNER_READER']);
    expect(await fault(claim(reader, id))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is shown in lists and beside what is owed', async () => {
    const { id } = await request();
    await done(claim(dao, id));
    const { inbox } = await done<{ inbox: { nodes: { id: string; matter: object }[] } }>(dao.browser.ask(INBOX));
    expect(inbox.nodes.find((node) => node.id === id)!.matter).toMatchObject({ holder: { officer: dao.officer } });
    const { duties } = await done<{ duties: { nodes: { object: string; matter: object }[] } }>(dao.browser.ask(DUTIES));
    expect(duties.nodes.filter(({ object }) => object === id).map((duty) => duty.matter)).toEqual([
      { holder: { officer: dao.officer } },
      { holder: { officer: dao.officer } },
    ]);
  });
});

describe('my matters', () => {
  it('are those that I hold, in pages, the last taken first', async () => {
    const me = await aSignedIn(t, th, ['FIELD_OFFICER']);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await request()).id);
    for (const id of ids.toReversed()) await done(claim(me, id));
    type Page = {
      myMatters: { nodes: { object: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    const first = (await done<Page>(me.browser.ask(MINE, { first: 2 }))).myMatters;
    const second = (await done<Page>(me.browser.ask(MINE, { first: 2, after: first.pageInfo.endCursor }))).myMatters;
    expect([...first.nodes, ...second.nodes].map(({ object }) => object.id)).toEqual(ids);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(await done(mali.browser.ask(MINE, { first: 1, after: null }))).not.toEqual(first);
  });

  it('are those of a colleague too while I stand in, who may claim and hand over, and no longer', async () => {
    const away = await aSignedIn(t, th, ['FIELD_OFFICER']);
    const standIn = await aSignedIn(t, th, ['FIELD_OFFICER']);
    const { id } = await request();
    await done(claim(away, id));
    expect(await fault(claim(standIn, id))).toMatchObject({ sub: 'HELD' });
    await done(away.browser.ask(KEEP_STAND_IN, { officer: standIn.officer, from: later(1), until: later(48) }));
    expect(await fault(claim(standIn, id))).toMatchObject({ sub: 'HELD' });
    t.hub.clock.set(new Date(later(2)));
    const mine = async (): Promise<unknown> => (await done(standIn.browser.ask(MINE)))['myMatters'];
    expect(await mine()).toMatchObject({ nodes: [{ object: { id }, holder: { officer: away.officer } }] });
    await done(standIn.browser.ask(HAND_OVER, { id, officer: dao.officer, note: 'My colleague is away.' }));
    expect(await mine()).toMatchObject({ nodes: [] });
    const other = await request();
    await done(claim(away, other.id));
    await done(claim(standIn, other.id));
    t.hub.clock.set(new Date(later(72)));
    const third = await request();
    await done(claim(away, third.id));
    expect(await fault(claim(standIn, third.id))).toMatchObject({ sub: 'HELD' });
  });

  it('have no stand-in of another unit, of oneself, in the past or for ever', async () => {
    const from = later(1);
    const keep = (input: object): Promise<object | undefined> =>
      fault(dao.browser.ask(KEEP_STAND_IN, { officer: mali.officer, from, until: later(48), ...input }));
    expect(await keep({ officer: nok.officer })).toMatchObject({ problems: [{ pointer: '/officer' }] });
    expect(await keep({ officer: dao.officer })).toMatchObject({ problems: [{ pointer: '/officer' }] });
    for (const until of [from, later(-1), later(24 * 400)]) {
      expect(await keep({ until })).toMatchObject({ problems: [{ pointer: '/until', rule: 'period' }] });
    }
  });

  it('ends one’s absence with the time, or at once', async () => {
    const LIST = 'query { standIns { officer { officer } standIn { officer titleEn } } }';
    await done(dao.browser.ask(KEEP_STAND_IN, { officer: mali.officer, from: later(-1), until: later(48) }));
    expect(await done(mali.browser.ask(LIST))).toMatchObject({
      standIns: expect.arrayContaining([
        { officer: { officer: dao.officer }, standIn: { officer: mali.officer, titleEn: 'Officer <of> the unit' } },
      ]),
    });
    expect(await done(nok.browser.ask(LIST))).toEqual({ standIns: [] });
    await done(dao.browser.ask('mutation { endStandIn { validFrom } }'));
    expect(JSON.stringify(await done(mali.browser.ask(LIST)))).not.toContain(`{"officer":{"officer":"${dao.officer}"`);
  });

  it('can be given to colleagues, who are listed by unit, without administrators', async () => {
    const administrator = await aSignedIn(t, bangkok, ['AGENCY_ADMIN']);
    const LIST = 'query($unit: ID) { colleagues(unit: $unit) { officer unit } }';
    const { colleagues } = await done<{ colleagues: object[] }>(dao.browser.ask(LIST, { unit: 'TH-CUS-BKK' }));
    expect(colleagues).toContainEqual({ officer: nok.officer, unit: 'TH-CUS-BKK' });
    expect(JSON.stringify(colleagues)).not.toContain(administrator.officer);
    const own = (await done<{ colleagues: { officer: string }[] }>(dao.browser.ask(LIST))).colleagues;
    expect(own.map(({ officer }) => officer)).toContain(mali.officer);
    expect(await done(dao.browser.ask(LIST, { unit: 'VN-CUS-AS' }))).toEqual({ colleagues: [] });
  });
});

describe('distributing', () => {
  it('gives other units what one unit was sent, with its conditions, and they owe nothing for it', async () => {
    const { id } = await toUnit();
    expect(await sees(bangkok, id)).toBe(false);
    const owed = async (): Promise<unknown[]> =>
      await t.database.sql(
        'SELECT d.kind, d.owed_by_unit FROM hub.duty d JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1 ORDER BY d.kind',
        [id],
      );
    const before = await owed();
    expect(await done(distribute(th, id, ['TH-CUS-BKK']))).toEqual({ distribute: { units: [{ unit: 'TH-CUS-BKK' }] } });
    expect(await sees(bangkok, id)).toBe(true);
    expect(await sees(songkhla, id)).toBe(false);
    expect(await sees(la, id)).toBe(false);
    expect(await owed()).toEqual(before);
    const { inbox } = await done<{ inbox: { nodes: { id: string }[] } }>(bangkok.ask(INBOX));
    expect(inbox.nodes.map((node) => node.id)).toContain(id);
    expect((await matter(bangkok, id)).steps).toMatchObject([{ act: 'DISTRIBUTED', toUnit: 'TH-CUS-BKK' }]);
  });

  it('tells the unit by the feed, lets it be found, and is recorded once', async () => {
    const { id } = await alert(['TH-CUS-LCB']);
    await done(distribute(th, id, ['TH-CUS-BKK', 'TH-CUS-BKK']));
    await done(distribute(th, id, ['TH-CUS-BKK']));
    const rows = await t.database.sql<{ event: string; n: string }>(
      `SELECT p.event, count(*) AS n FROM audit.pending p JOIN hub.object o ON o.seq = p.object_seq
       WHERE o.id = $1 AND p.event = 'object.distributed' GROUP BY p.event`,
      [id],
    );
    expect(rows).toEqual([{ event: 'object.distributed', n: '1' }]);
    await untilFeedIsComplete(t.database);
    const CHANGES = 'query { changes(first: 100) { changes { objectId act } } }';
    expect(JSON.stringify(await done(bangkok.ask(CHANGES)))).toContain(id);
    const FIND = 'query { inbox(first: 100, lookUp: { field: CONTAINER, value: "CSQU3054383" }) { nodes { id } } }';
    expect(JSON.stringify(await done(bangkok.ask(FIND)))).toContain(id);
    expect((await matter(th, id)).steps.map(({ act }) => act)).toEqual(['DISTRIBUTED']);
  });

  it('reaches what comes later in the thread, from unit to unit, and ends with a recall', async () => {
    const first = await alert(['TH-CUS-LCB']);
    await done(distribute(th, first.id, ['TH-CUS-BKK']));
    await done(distribute(bangkok, first.id, ['TH-CUS-SGK']));
    const next = await alert(['TH-CUS-LCB'], { supersedes: first.id });
    expect([await sees(bangkok, next.id), await sees(songkhla, next.id)]).toEqual([true, true]);
    expect((await matter(songkhla, next.id)).object.id).toBe(next.id);
    await recall(vn, next.id);
    expect([await sees(bangkok, next.id), await sees(songkhla, first.id)]).toEqual([false, false]);
  });

  it('and a new version at the same moment do not miss each other', async () => {
    for (let i = 0; i < 5; i++) {
      const first = await alert(['TH-CUS-LCB']);
      const [next, given] = await Promise.all([
        alert(['TH-CUS-LCB'], { supersedes: first.id }),
        distribute(th, first.id, ['TH-CUS-BKK']),
      ]);
      expect(given.errors).toBeUndefined();
      expect(await sees(bangkok, next.id)).toBe(true);
    }
  });

  it('and a recall at the same moment leave nothing in sight, and neither fails of the other', async () => {
    const { id } = await alert(['TH-CUS-LCB']);
    const seq = await seqOf(t.database, id);
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT cmd.lock_thread($1)', [seq]);
    const given = distribute(th, id, ['TH-CUS-BKK']);
    await untilSomebodyWaits(t.database);
    const recalled = recall(vn, id);
    await untilSomebodyWaits(t.database, 2);
    await t.database.sql('COMMIT');
    await recalled;
    expect((await given).errors).toBeUndefined();
    expect(await sees(bangkok, id)).toBe(false);
  });

  it('of what was recalled while it waited is refused like of what is not there', async () => {
    const { id } = await alert(['TH-CUS-LCB']);
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT cmd.lock_thread($1)', [await seqOf(t.database, id)]);
    const given = distribute(th, id, ['TH-CUS-BKK']);
    await untilSomebodyWaits(t.database);
    await t.database.sql(
      'UPDATE hub.release SET recalled_at = now(), live = false WHERE seq = $1 AND audience_id IN (SELECT id FROM hub.audience WHERE owner = $2)',
      [await seqOf(t.database, id), 'TH-CUS-LCB'],
    );
    await t.database.sql('COMMIT');
    const [refused, unknown] = await Promise.all([fault(given), fault(distribute(th, randomUUID(), ['TH-CUS-BKK']))]);
    expect(refused).toEqual(unknown);
    const [row] = await t.database.sql('SELECT 1 FROM agency.distribution WHERE thread_seq = $1', [
      await seqOf(t.database, id),
    ]);
    expect(row).toBeUndefined();
  });

  it('is not found out by its sender, who writes a note to the unit', async () => {
    const compose = (object: string, to: string[]): Promise<object | undefined> =>
      fault(vn.ask(COMPOSE_NOTE, { input: aNoteInput(object, 'For the unit.', { to }) }));
    const given = await alert(['TH-CUS-LCB']);
    await done(distribute(th, given.id, ['TH-CUS-BKK']));
    const kept = await alert(['TH-CUS-LCB']);
    expect(await compose(given.id, ['TH-CUS-BKK'])).toEqual(await compose(kept.id, ['TH-CUS-BKK']));
    expect(await compose(given.id, ['TH-CUS-BKK'])).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await compose(given.id, ['TH-CUS-LCB'])).toBeUndefined();
  });

  it('is refused where the sender meant the unit alone', async () => {
    const { id } = await toUnit('TH-CUS-LCB', { onwardRule: 'NONE' });
    expect(await fault(distribute(th, id, ['TH-CUS-BKK']))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await sees(bangkok, id)).toBe(false);
    expect((await matter(th, id)).units).toEqual([]);
  });

  it('leaves out what in the thread is for the unit alone', async () => {
    const first = await alert(['TH-CUS-LCB']);
    await done(distribute(th, first.id, ['TH-CUS-BKK']));
    const next = await alert(['TH-CUS-LCB'], { supersedes: first.id, handling: { onwardRule: 'NONE' } });
    expect(await sees(bangkok, next.id)).toBe(false);
  });

  it('of what the whole agency was sent names who is to act', async () => {
    const { id } = await request();
    await done(distribute(th, id, ['TH-CUS-BKK']));
    expect((await matter(bangkok, id)).units).toEqual([{ unit: 'TH-CUS-BKK' }]);
  });

  it.each<[string, string[]]>([
    ['of another agency', ['VN-CUS-AS']],
    ['that is not there', ['TH-CUS-NONE']],
    ['beside one that is good', ['TH-CUS-BKK', 'LA-CUS-HQ']],
  ])('to a unit %s is refused, and nothing is given', async (_, units) => {
    const { id } = await toUnit();
    expect(await fault(distribute(th, id, units))).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ rule: 'UNIT' }],
    });
    expect((await matter(th, id)).units).toEqual([]);
    expect(await sees(bangkok, id)).toBe(false);
  });

  it('to no unit, to too many, or by who does not send is refused', async () => {
    const { id } = await toUnit();
    const many = Array.from({ length: 51 }, () => 'TH-CUS-BKK');
    expect(await fault(distribute(th, id, []))).toMatchObject({ problems: [{ pointer: '/units', rule: 'range' }] });
    expect(await fault(distribute(th, id, many))).toMatchObject({ problems: [{ pointer: '/units', rule: 'range' }] });
    expect(await fault(distribute(dao.browser, id, ['TH-CUS-BKK']))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('to a unit that is suspended is refused', async () => {
    const { id } = await toUnit();
    await t.database.sql("UPDATE hub.unit SET suspended_at = now() WHERE id = 'TH-CUS-SGK'");
    expect(await fault(distribute(th, id, ['TH-CUS-SGK']))).toMatchObject({ problems: [{ rule: 'UNIT' }] });
    await t.database.sql("UPDATE hub.unit SET suspended_at = NULL WHERE id = 'TH-CUS-SGK'");
  });
});

describe('a task', () => {
  it('goes to a unit with what it is about, is done there, and is seen by both units', async () => {
    const { id } = await toUnit();
    const { giveTask } = await done(give(chief.browser, id));
    expect(giveTask).toMatchObject({
      unit: 'TH-CUS-BKK',
      byUnit: 'TH-CUS-LCB',
      byOfficer: chief.officer,
      isOverdue: false,
      outcome: null,
    });
    const task = giveTask.id;
    const open = async (asker: Asker, of: string): Promise<string> =>
      JSON.stringify(await done(asker.ask(TASKS, { of, first: 100 })));
    expect(await open(nok.browser, 'GIVEN_TO_US')).toContain(task);
    expect(await open(nok.browser, 'GIVEN_TO_US')).toContain(id);
    expect(await open(dao.browser, 'GIVEN_BY_US')).toContain(task);
    expect(await open(dao.browser, 'GIVEN_TO_US')).not.toContain(task);
    expect(await open(songkhla, 'GIVEN_TO_US')).not.toContain(task);
    await done(nok.browser.ask(DONE, { task, result: 'Empty; photographs follow.' }));
    expect(await open(nok.browser, 'GIVEN_TO_US')).not.toContain(task);
    const { tasks, steps } = await matter(dao.browser, id);
    expect(tasks).toMatchObject([{ id: task, outcome: 'DONE' }]);
    expect(steps.map(({ act, note }) => [act, note])).toEqual([
      ['TASK_DONE', 'Empty; photographs follow.'],
      ['TASK_GIVEN', 'Look at the container.'],
      ['DISTRIBUTED', null],
    ]);
    const again = nok.browser.ask(DONE, { task, result: 'Once more.' });
    expect(await fault(again)).toMatchObject({ code: 'CONFLICT', sub: 'TASK_ENDED' });
  });

  it('is overdue when its time has passed', async () => {
    const { id } = await request();
    const { giveTask } = await done(give(th, id, { dueAt: later(1) }));
    t.hub.clock.set(new Date(later(2)));
    const OVERDUE = 'query($id: ID!) { matter(id: $id) { tasks { id isOverdue } } }';
    expect(await done(th.ask(OVERDUE, { id }))).toEqual({ matter: { tasks: [{ id: giveTask.id, isOverdue: true }] } });
  });

  it.each<[string, () => string]>([
    ['in the past', () => later(-1)],
    ['when the agency’s own answer is due', () => later(24 * 31)],
    ['in more than a year', () => later(24 * 400)],
  ])('is not due %s', async (_, dueAt) => {
    const { id } = await request();
    expect(await fault(give(th, id, { dueAt: dueAt() }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ pointer: '/dueAt', rule: 'TASK_DUE' }],
    });
    expect((await matter(th, id)).tasks).toEqual([]);
  });

  it('is done by its own unit, withdrawn by the unit that gave it, and neither by others', async () => {
    const { id } = await request();
    const { giveTask } = await done(give(chief.browser, id));
    const end = (asker: Asker, how: string): Promise<Answer<unknown>> =>
      asker.ask(how, { task: giveTask.id, result: 'So be it.' });
    expect(await fault(end(dao.browser, DONE))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await fault(end(bangkok, WITHDRAW))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await fault(end(dao.browser, WITHDRAW))).toMatchObject({ code: 'FORBIDDEN' });
    await done(end(chief.browser, WITHDRAW));
    expect((await matter(dao.browser, id)).tasks).toMatchObject([{ outcome: 'WITHDRAWN' }]);
  });

  it('of another agency is not there', async () => {
    const { id } = await request();
    const { giveTask } = await done(give(th, id));
    const hanoi = await aSignedIn(t, vn, ['CASE_OWNER']);
    const end = (task: string): Promise<Answer<unknown>> => hanoi.browser.ask(DONE, { task, result: 'Mine.' });
    const [hidden, missing] = [await end(giveTask.id), await end(randomUUID())];
    expect(hidden).toEqual(missing);
    expect(hidden.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
    expect((await matter(vn, id)).tasks).toEqual([]);
  });
});

describe('what was written about a RESTRICTED version', () => {
  const marked = (classification: string): object => ({ handling: { classification, onwardRule: 'AGENCY' } });

  it('stays with who may read it, when an earlier version or a later one is for everybody', async () => {
    const low = await aSignedIn(t, th, ['FIELD_OFFICER'], { clearance: 0 });
    const seen = async (id: string): Promise<unknown[]> => {
      const { steps, tasks } = await matter(low.browser, id);
      return [steps.map(({ act }) => act), tasks.map(({ text }) => text)];
    };
    const first = await alert(['TH-CUS-LCB'], marked('UNCLASSIFIED'));
    await done(give(chief.browser, first.id, { unit: 'TH-CUS-LCB', text: 'Open to all.' }));
    const second = await alert(['TH-CUS-LCB'], { ...marked('RESTRICTED'), supersedes: first.id });
    const secret = (await done(give(chief.browser, second.id, { unit: 'TH-CUS-LCB', text: 'Not for all.' }))).giveTask;
    await done(chief.browser.ask(CLAIM, { id: first.id })); // Names the first version, and knows the second.
    expect(await seen(first.id)).toEqual([['TASK_GIVEN', 'DISTRIBUTED'], ['Open to all.']]);
    expect((await matter(dao.browser, first.id)).steps.map(({ act }) => act)).toEqual([
      'CLAIMED',
      'TASK_GIVEN',
      'TASK_GIVEN',
      'DISTRIBUTED',
    ]);

    expect(await fault(low.browser.ask(DONE, { task: secret.id, result: 'Done.' }))).toEqual(
      await fault(low.browser.ask(DONE, { task: randomUUID(), result: 'Done.' })),
    );
    expect(JSON.stringify(await low.browser.ask(TASKS))).not.toContain('Not for all.');
    await done(dao.browser.ask(DONE, { task: secret.id, result: 'It was so.' }));
    expect(await seen(first.id)).toEqual([['TASK_GIVEN', 'DISTRIBUTED'], ['Open to all.']]);

    // What is told of it when a task ends that was open to all.
    const open = (await matter(dao.browser, first.id)).tasks.find(({ text }) => text === 'Open to all.')!;
    await done(dao.browser.ask(DONE, { task: open.id, result: 'As the second version says.' }));
    expect(await seen(first.id)).toEqual([['TASK_GIVEN', 'DISTRIBUTED'], []]);

    const third = await alert(['TH-CUS-LCB'], { ...marked('UNCLASSIFIED'), supersedes: second.id });
    await done(give(chief.browser, third.id, { unit: 'TH-CUS-LCB', text: 'Open again.' }));
    expect(await seen(third.id)).toEqual([['TASK_GIVEN', 'TASK_GIVEN', 'DISTRIBUTED'], ['Open again.']]);
  });
});

describe('what nobody has taken', () => {
  const reminded = async (id: string): Promise<Record<string, number>> => {
    await t.hub.app.get(DutySweeper).sweep();
    const { duties } = await done<{ duties: { nodes: { kind: string; object: string; reminded: number }[] } }>(
      th.ask(DUTIES),
    );
    return Object.fromEntries(
      duties.nodes.filter(({ object }) => object === id).map((duty) => [duty.kind, duty.reminded]),
    );
  };

  it('is reminded of at a quarter of its time; so is what is held by who has left', async () => {
    const gone = await aSignedIn(t, th, ['FIELD_OFFICER']);
    const left = await toUnit();
    await done(claim(gone, left.id));
    await t.database.sql("UPDATE agency.officer SET unit_id = 'TH-CUS-BKK' WHERE pseudonym = $1", [gone.officer]);
    t.hub.clock.set(new Date(later(7)));
    expect(await reminded(left.id)).toMatchObject({ ACKNOWLEDGE: 25 });
  });

  it('is reminded of at a quarter of its time, what is held is not', async () => {
    const [free, held] = [await request(), await request()];
    await done(claim(dao, held.id));
    t.hub.clock.set(new Date(later(7)));
    expect(await reminded(free.id)).toMatchObject({ ACKNOWLEDGE: 25, ANSWER: 0 });
    expect(await reminded(held.id)).toMatchObject({ ACKNOWLEDGE: 0, ANSWER: 0 });
    t.hub.clock.set(new Date(later(6)));
    expect(await reminded(held.id)).toMatchObject({ ACKNOWLEDGE: 50 });
    const rows = await t.database.sql<{ percent: number }>(
      `SELECT r.percent FROM hub.duty_reminder r JOIN hub.duty d ON d.id = r.duty_id JOIN hub.object o ON o.seq = d.object_seq
       WHERE o.id = $1 AND d.kind = 'ACKNOWLEDGE' ORDER BY 1`,
      [free.id],
    );
    expect(rows.map(({ percent }) => percent)).toEqual([25, 50]);
  });
});

describe('also on your own desk', () => {
  it('is what names the same container, sent or received, and is recorded as found', async () => {
    const other = await alert(['TH-CUS']);
    const { id } = await alert(['TH-CUS']);
    const hidden = await alert(['LA-CUS']);
    type Found = { alsoOnDesk: { object: { id: string }; terms: string[] }[] };
    const found = (await done<Found>(th.ask(RELATED, { id }))).alsoOnDesk;
    expect(found.find(({ object }) => object.id === other.id)!.terms).toContain('container:CSQU3054383');
    expect(found.map(({ object }) => object.id)).not.toContain(id);
    expect(found.map(({ object }) => object.id)).not.toContain(hidden.id);
    expect((await done<Found>(th.ask(RELATED, { id, first: 1 }))).alsoOnDesk).toHaveLength(1);
    expect(await fault(la.ask(RELATED, { id }))).toMatchObject({ code: 'NOT_FOUND' });
    const HITS = 'query($id: ID!) { objectAccess(id: $id) { nodes { act unit } } }';
    expect(await done(vn.ask(HITS, { id: other.id }))).toMatchObject({
      objectAccess: { nodes: expect.arrayContaining([{ act: 'HIT', unit: 'TH-CUS-LCB' }]) },
    });
  });
});

describe('PostgreSQL decides, whatever the server would let through:', () => {
  /** What a command says to this unit's system or officer, in a transaction that is undone. */
  const said = (party: Party, text: string, values: unknown[], officer: string | null = null): Promise<string> =>
    asServer(t.database, party, () => t.database.sql(text, values), { officer }).then(
      () => 'done',
      (error: Error) => error.message,
    );

  it('a system holds nothing and stands in for nobody', async () => {
    const seq = await seqOf(t.database, (await request()).id);
    expect(await said(th, 'SELECT cmd.claim($1)', [seq])).toBe('FORBIDDEN');
    expect(await said(th, 'SELECT cmd.claim($1)', [seq], dao.officer)).toBe('done');
    const standIn = 'SELECT cmd.keep_stand_in($1, now(), $2)';
    expect(await said(th, standIn, [mali.officer, later(1)])).toBe('FORBIDDEN');
    expect(await said(th, standIn, [mali.officer, later(1)], dao.officer)).toBe('done');
  });

  it.each<[string, string, unknown[]]>([
    ['claims', 'SELECT cmd.claim($1)', []],
    ['gives', 'SELECT cmd.give_matter($1, $2, NULL, false)', ['p:officer1']],
    ['lays down', 'SELECT cmd.lay_down($1, NULL)', []],
    ['numbers', 'SELECT cmd.number_matter($1, $2)', ['1']],
    ['distributes', 'SELECT cmd.distribute($1, $2, NULL)', [['LA-CUS-HQ']]],
    [
      'gives a task for',
      "SELECT cmd.give_task($1, gen_random_uuid(), $2, $3, now() + interval '1 hour')",
      ['LA-CUS-HQ', 'x'],
    ],
  ])('nobody %s what others were sent', async (_, text, values) => {
    const seq = await seqOf(t.database, (await request()).id);
    expect(await said(la, text, [seq, ...values], 'p:officer1')).toBe('LINK');
  });

  it('nobody ends a task of another agency, or one for what is hidden from the unit', async () => {
    const { giveTask } = await done(give(th, (await request()).id));
    const end = "SELECT cmd.end_task($1, 'DONE', 'x')";
    expect(await said(la, end, [giveTask.id])).toBe('LINK');
    const { id } = await alert(['TH-CUS-LCB']);
    const task = (await done(give(th, id, { dueAt: later(1) }))).giveTask;
    expect(await said(songkhla, end, [task.id])).toBe('LINK');
    expect(await said(bangkok, end, [task.id])).toBe('done');
  });
});
