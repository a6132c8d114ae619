import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { aFeedbackBody } from '../src/feedback/body/feedback-body.example.js';
import { asServer, seqOf, type Submission, submitUnchecked, textWith } from './support/commands.js';
import { composeAndSubmit, recall, signAndTry, type Submitted } from './support/exchange.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { answerWith, ask, close, composeFeedback, report } from './support/requests.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
/** A second unit of Thailand's, with its own connection. */
let bangkok: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  bangkok = await t.enrol('TH-CUS-BKK');
  agreement = await t.agree([vn, th, la]);
});
beforeEach(() => t.hub.clock.set(NOW));
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const NOW = new Date(Math.floor(Date.now() / 1_000) * 1_000);
/** So many days after the tests began, as signed texts write it. */
const day = (days: number): string => `${new Date(NOW.getTime() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
/** The same, as answers write it. */
const dayOf = (days: number): string => day(days).replace('Z', '.000Z');
const VALIDITY = { validFrom: day(0), validTo: day(9) };
const FIRST_RESULT = { feedbackDueAt: day(3) };
const FOR_INFORMATION = { requestedAction: 'INFORM_ONLY', feedbackRequired: false, feedbackDueAt: undefined };

const later = (hours: number): void => t.hub.clock.set(new Date(t.hub.clock.now().getTime() + hours * 3_600_000));

const alert = (to: readonly string[], body: object = {}, input: object = {}): Promise<Submitted> =>
  composeAndSubmit(vn, {
    to: [...to],
    agreement,
    addresseesSeeEachOther: true,
    body: { ...VALIDITY, ...FIRST_RESULT, ...body },
    ...input,
  });

const tasked = { language: 'en', stage: 'TASKED', nextExpectedAt: day(2) };
const { targetRef: _, ...NIL } = aFeedbackBody();
const CONTROLLED = { ...NIL, stage: 'CONTROLLED', contribution: undefined };

const ADDRESSEES = `query($id: ID!) { alert(id: $id) {
  addressees { agency unit state disposition reportedAt dueAt isOverdue waivedBecause } } }`;

interface Addressee {
  agency: string;
  unit: string | null;
  state: string;
  disposition: string | null;
  reportedAt: string | null;
  dueAt: string | null;
  isOverdue: boolean;
  waivedBecause: string | null;
}

async function addressees(party: Party, id: string): Promise<Addressee[]> {
  const answer = await party.ask<{ alert: { addressees: Addressee[] } }>(ADDRESSEES, { id });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.alert.addressees;
}

const DUTIES = `query($owed: DutySide!, $partner: ID, $unit: ID) { duties(owed: $owed, partner: $partner, unit: $unit, first: 100) {
  nodes { kind object objectKind owedBy owedByUnit owedTo owedToUnit dueAt isOverdue reminded because } } }`;

interface Duty {
  kind: string;
  object: string;
  owedBy: string;
  owedByUnit: string | null;
  owedToUnit: string | null;
  dueAt: string;
  isOverdue: boolean;
  reminded: number;
  because: string;
}

async function duties(party: Party, owed: 'BY_US' | 'TO_US', about: string, filter: object = {}): Promise<Duty[]> {
  const answer = await party.ask<{ duties: { nodes: Duty[] } }>(DUTIES, { owed, ...filter });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.duties.nodes.filter(({ object }) => object === about);
}

const kinds = async (party: Party, owed: 'BY_US' | 'TO_US', about: string): Promise<string[]> =>
  (await duties(party, owed, about)).map(({ kind }) => kind);

const REPORTS = `query($id: ID!, $first: Int, $after: String) { alert(id: $id) { reports(first: $first, after: $after) {
  nodes { id from unit stage disposition contribution } pageInfo { hasNextPage endCursor } } } }`;

interface Reports {
  alert: {
    reports: {
      nodes: { id: string; from: string; stage: string }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
}

const codeOf = (answer: Answer<unknown>): string | undefined => answer.errors?.[0]?.extensions.code;

describe('an alert that is received', () => {
  it('is to be read, reported on first by the time that its sender named, and in the end a week after its validity', async () => {
    const { id } = await alert(['TH-CUS']);
    const owed = await duties(th, 'BY_US', id);
    expect(owed.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ['READ', dayOf(1)],
      ['FIRST_REPORT', dayOf(3)],
      ['REPORT', dayOf(16)],
    ]);
    expect(owed.map(({ because }) => because)).toEqual([
      expect.stringMatching(/An alert \(urgent\) is opened within 24 hours/),
      expect.stringMatching(/sender of the alert asks for a first result/),
      expect.stringMatching(/within 7 days of the end of its validity/),
    ]);
    expect(await duties(vn, 'TO_US', id)).toEqual(owed);
    expect(await duties(la, 'TO_US', id)).toEqual([]);
  });

  it('is read sooner when it is FLASH, and its last report never owed before the first', async () => {
    const contact24h = { unit: 'VN-CUS-AS', phone: '+842439440833' };
    const body = { urgency: 'FLASH', contact24h, feedbackDueAt: day(29) };
    const { id } = await alert(['TH-CUS'], body);
    expect((await duties(th, 'BY_US', id)).map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ['READ', dayOf(2 / 24)],
      ['FIRST_REPORT', dayOf(29)],
      ['REPORT', dayOf(29)],
    ]);
  });

  it('is only to be read when it is for information', async () => {
    const { id } = await alert(['TH-CUS'], FOR_INFORMATION);
    expect(await kinds(th, 'BY_US', id)).toEqual(['READ']);
  });

  it('is read by being opened, and not by being listed', async () => {
    const { id } = await alert(['TH-CUS']);
    await th.ask('query { inbox(first: 1) { nodes { id title } } }');
    expect((await addressees(vn, id))[0]).toMatchObject({ agency: 'TH-CUS', unit: null, state: 'DELIVERED' });
    expect(await kinds(th, 'BY_US', id)).toContain('READ');
    await th.ask('query($id: ID!) { object(id: $id) { text } }', { id });
    expect((await addressees(vn, id))[0]).toMatchObject({ state: 'READ', dueAt: dayOf(3) });
    expect(await kinds(th, 'BY_US', id)).toEqual(['FIRST_REPORT', 'REPORT']);
  });
});

describe('a report on an alert', () => {
  it('goes from stage to stage, and both sides see how far it has come', async () => {
    const { id } = await alert(['TH-CUS']);
    await report(th, id, tasked);
    expect(await addressees(vn, id)).toMatchObject([{ state: 'TASKED', disposition: null }]);
    expect(await kinds(th, 'BY_US', id)).toEqual(['FIRST_REPORT', 'REPORT']);
    await report(th, id, CONTROLLED);
    expect(await addressees(vn, id)).toMatchObject([{ state: 'CONTROLLED', disposition: 'CHECKED_NIL' }]);
    expect(await kinds(th, 'BY_US', id)).toEqual(['REPORT']);
    await report(th, id, NIL);
    const closed = { state: 'CLOSED', disposition: 'CHECKED_NIL', dueAt: null, isOverdue: false };
    expect(await addressees(vn, id)).toMatchObject([closed]);
    expect(await addressees(th, id)).toMatchObject([closed]);
    expect([await duties(th, 'BY_US', id), await duties(vn, 'TO_US', id)]).toEqual([[], []]);
  });

  it('tells the sender everything: the new grade, and which indicators were true', async () => {
    const { id } = await alert(['TH-CUS']);
    const sent = await report(th, id, NIL);
    const OPEN = `query($id: ID!) { feedback(id: $id) { id body { stage disposition usefulness timeliness
      regrade { reason evaluation { source information } } indicatorOutcomes { id outcome } } object { from inReplyTo } } }`;
    const opened = await vn.ask<{ feedback: object }>(OPEN, { id: sent.id });
    expect(opened.data?.feedback).toEqual({
      id: sent.id,
      body: {
        stage: 'CLOSED',
        disposition: 'CHECKED_NIL',
        usefulness: 2,
        timeliness: 'IN_TIME',
        regrade: { reason: 'The weight was a typing error.', evaluation: { source: 'B', information: '4' } },
        indicatorOutcomes: [
          { id: 'I1', outcome: 'FALSE' },
          { id: 'I2', outcome: 'TRUE' },
        ],
      },
      object: { from: 'TH-CUS', inReplyTo: id },
    });
    expect(codeOf(await la.ask(OPEN, { id: sent.id }))).toBe('NOT_FOUND');
    expect(codeOf(await vn.ask(OPEN, { id }))).toBe('NOT_FOUND');
  });

  it('is for the sender alone: other addressees see neither it nor that it is owed', async () => {
    const { id } = await alert(['TH-CUS', 'LA-CUS']);
    const sent = await report(th, id, NIL);
    expect((await addressees(vn, id)).map(({ agency, state }) => [agency, state])).toEqual([
      ['LA-CUS', 'DELIVERED'],
      ['TH-CUS', 'CLOSED'],
    ]);
    expect((await addressees(la, id)).map(({ agency }) => agency)).toEqual(['LA-CUS']);
    const seen = await la.ask<Reports>(REPORTS, { id });
    expect(seen.data?.alert.reports.nodes).toEqual([]);
    expect(codeOf(await la.ask('query($id: ID!) { object(id: $id) { id } }', { id: sent.id }))).toBe('NOT_FOUND');
  });

  it('comes in pages for the sender, newest first', async () => {
    const { id } = await alert(['TH-CUS', 'LA-CUS']);
    const sent: string[] = [];
    for (const [party, body] of [
      [th, tasked],
      [la, tasked],
      [th, NIL],
    ] as const) {
      sent.unshift((await report(party, id, body)).id);
    }
    const first = await vn.ask<Reports>(REPORTS, { id, first: 2 });
    const { nodes, pageInfo } = first.data!.alert.reports;
    expect(pageInfo.hasNextPage).toBe(true);
    const second = await vn.ask<Reports>(REPORTS, { id, first: 2, after: pageInfo.endCursor });
    expect(second.data!.alert.reports.pageInfo.hasNextPage).toBe(false);
    expect([...nodes, ...second.data!.alert.reports.nodes].map((node) => node.id)).toEqual(sent);
  });

  it('after the last one is another last one, or none', async () => {
    const { id } = await alert(['TH-CUS']);
    await report(th, id, NIL);
    const again = await composeFeedback(th, id, tasked);
    expect(await signAndTry(th, JSON.parse(again.text!) as object)).toMatchObject({
      errors: [{ extensions: { code: 'CONFLICT', sub: 'FEEDBACK_CLOSED' } }],
    });
    await report(th, id, { ...NIL, disposition: 'CHECKED_IRREGULARITY' });
    expect(await addressees(vn, id)).toMatchObject([{ state: 'CLOSED', disposition: 'CHECKED_IRREGULARITY' }]);
  });

  it('on an older version counts as well: nobody’s result is lost because a new one came', async () => {
    const { id } = await alert(['TH-CUS']);
    const early = await composeFeedback(th, id, NIL);
    const newer = await alert(['TH-CUS'], { title: 'Corrected title' }, { supersedes: id });
    expect((await signAndTry(th, JSON.parse(early.text!) as object)).data).toBeTruthy();
    expect(await kinds(th, 'BY_US', newer.id)).toEqual([]);
  });

  it.each<[string, (id: string) => Promise<Answer<unknown>>, object]>([
    [
      'by who did not get it',
      async (id) => tryReport(la, await payloadOf(th, id)),
      { code: 'BAD_SIGNED_OBJECT', sub: 'LINK' },
    ],
    ['by its sender', async (id) => tryReport(vn, await payloadOf(th, id)), { code: 'BAD_USER_INPUT' }],
    [
      'to somebody else',
      async (id) => tryReport(th, { ...(await payloadOf(th, id)), to: ['LA-CUS'] }),
      { code: 'BAD_USER_INPUT' },
    ],
    [
      'on an indicator that it has not',
      async (id) => tryReport(th, await payloadOf(th, id, { indicatorOutcomes: [{ id: 'I9', outcome: 'TRUE' }] })),
      { code: 'BAD_USER_INPUT' },
    ],
    [
      'under another reference',
      async (id) => tryReport(th, await payloadOf(th, id, { targetRef: 'VN-ALR-2026-ABCDEF' })),
      { code: 'BAD_USER_INPUT' },
    ],
  ])('is refused %s, and changes nothing', async (_, attempt, extensions) => {
    const { id } = await alert(['TH-CUS']);
    await addressees(th, id);
    const answer = await attempt(id);
    expect([answer.data, answer.errors?.[0]?.extensions]).toEqual([null, expect.objectContaining(extensions)]);
    expect((await addressees(vn, id)).map(({ state }) => state)).toEqual(['READ']);
  });
});

/** What would be signed, with changes in its body. */
async function payloadOf(party: Party, id: string, changes: object = {}): Promise<Record<string, unknown>> {
  const payload = JSON.parse((await composeFeedback(party, id, NIL)).text!) as Record<string, unknown>;
  return { ...payload, body: { ...(payload['body'] as object), ...changes } };
}

const tryReport = (party: Party, payload: object): Promise<Answer<unknown>> =>
  signAndTry(party, { ...payload, from: party.agency, unit: party.unit });

describe('a new version of an alert', () => {
  it('is to be read again, and moves what is still owed to its own times', async () => {
    const { id } = await alert(['TH-CUS']);
    await addressees(th, id);
    later(24);
    const body = { validTo: day(19), feedbackDueAt: day(7) };
    const newer = await alert(['TH-CUS'], body, { supersedes: id });
    expect((await duties(th, 'BY_US', newer.id)).map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ['READ', dayOf(2)],
      ['FIRST_REPORT', dayOf(7)],
      ['REPORT', dayOf(26)],
    ]);
    expect(await duties(th, 'BY_US', id)).toEqual([]);
  });

  it('for information only ends what was owed', async () => {
    const { id } = await alert(['TH-CUS']);
    const newer = await alert(['TH-CUS'], FOR_INFORMATION, { supersedes: id });
    expect(await kinds(th, 'BY_US', newer.id)).toEqual(['READ']);
  });

  it('that asks for results again opens what one for information only had ended', async () => {
    const { id } = await alert(['TH-CUS']);
    const silent = await alert(['TH-CUS'], FOR_INFORMATION, { supersedes: id });
    const newer = await alert(['TH-CUS'], {}, { supersedes: silent.id });
    expect(await kinds(th, 'BY_US', newer.id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
  });

  it('opens no report anew that was made', async () => {
    const { id } = await alert(['TH-CUS']);
    await report(th, id, NIL);
    const newer = await alert(['TH-CUS'], {}, { supersedes: id });
    expect(await kinds(th, 'BY_US', newer.id)).toEqual(['READ']);
  });
});

it('an alert that is recalled leaves nothing owed', async () => {
  const { id } = await alert(['TH-CUS']);
  const newer = await alert(['TH-CUS'], {}, { supersedes: id });
  await recall(vn, newer.id);
  expect([await duties(th, 'BY_US', newer.id), await duties(vn, 'TO_US', newer.id)]).toEqual([[], []]);
  const rows = await t.database.sql(
    'SELECT DISTINCT d.outcome FROM hub.duty d JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1',
    [newer.id],
  );
  expect(rows).toEqual([{ outcome: 'VOID' }]);
});

describe('units and communities', () => {
  it('each owe what they were addressed with, and no unit sees another’s', async () => {
    const { id } = await alert(['TH-CUS-LCB', 'TH-CUS-BKK']);
    const both = ['TH-CUS-BKK', 'TH-CUS-LCB'];
    expect((await addressees(vn, id)).map(({ unit }) => unit)).toEqual(both);
    expect((await duties(th, 'BY_US', id)).map(({ owedByUnit }) => owedByUnit)).toEqual(Array(3).fill('TH-CUS-LCB'));
    await report(bangkok, id, NIL);
    expect((await addressees(vn, id)).map(({ unit, state }) => [unit, state])).toEqual([
      ['TH-CUS-BKK', 'CLOSED'],
      ['TH-CUS-LCB', 'DELIVERED'],
    ]);
    expect(await kinds(th, 'BY_US', id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
    expect(await kinds(bangkok, 'BY_US', id)).toEqual([]);
  });

  it('do nothing for each other where two were addressed, when a third that was given the alert reports', async () => {
    const handling = { onwardRule: 'AGENCY' };
    const { id } = await alert(['TH-CUS-LCB', 'TH-CUS-BKK'], {}, { handling });
    const distribute = 'mutation($id: ID!, $units: [ID!]!) { distribute(id: $id, units: $units) { heldSince } }';
    const songkhla = await t.enrol('TH-CUS-SGK');
    await th.ask(distribute, { id, units: ['TH-CUS-SGK'] });
    await report(songkhla, id, NIL);
    expect((await addressees(vn, id)).map(({ unit }) => unit)).toEqual(['TH-CUS-BKK', 'TH-CUS-LCB']);
    expect(await kinds(th, 'BY_US', id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
    const one = await alert(['TH-CUS-LCB'], {}, { handling });
    await th.ask(distribute, { id: one.id, units: ['TH-CUS-SGK'] });
    await report(songkhla, one.id, NIL);
    expect(await kinds(th, 'BY_US', one.id)).toEqual([]);
  });

  it('owe as an agency what any of its units may do, when the agency was addressed', async () => {
    const { id } = await alert(['TH-CUS']);
    await report(bangkok, id, NIL);
    expect(await kinds(th, 'BY_US', id)).toEqual([]);
  });

  it('owe each for themselves in a community', async () => {
    const community = await t.community([vn, th, la]);
    const { id } = await alert([community]);
    expect(await addressees(vn, id)).toEqual([]);
    later(1);
    await t.hub.app.get(DutySweeper).sweep();
    expect((await duties(th, 'BY_US', id)).map(({ kind, dueAt }) => [kind, dueAt])).toContainEqual(['READ', dayOf(1)]);
    expect((await addressees(vn, id)).map(({ agency }) => agency)).toEqual(['LA-CUS', 'TH-CUS']);
    await report(th, id, NIL);
    expect((await duties(vn, 'TO_US', id)).map(({ kind, owedBy }) => [kind, owedBy])).toEqual([
      ['READ', 'LA-CUS'],
      ['FIRST_REPORT', 'LA-CUS'],
      ['REPORT', 'LA-CUS'],
    ]);
  });

  it('owe nothing of a community’s alert that they read or reported on before its duties were opened', async () => {
    const community = await t.community([vn, th, la]);
    const { id } = await alert([community]);
    await report(th, id, NIL);
    expect((await addressees(vn, id)).map(({ agency, state }) => [agency, state])).toEqual([
      ['LA-CUS', 'DELIVERED'],
      ['TH-CUS', 'CLOSED'],
    ]);
    await t.hub.app.get(DutySweeper).sweep();
    expect(await kinds(th, 'BY_US', id)).toEqual([]);
    expect(await kinds(la, 'BY_US', id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
  });

  it('owe what their community was sent, also where the duties of another alert cannot be opened', async () => {
    const community = await t.community([vn, th, la]);
    const broken = await alert([community]);
    await t.database.sql(`UPDATE hub.object SET text = '{"payload":"x"}' WHERE id = $1`, [broken.id]);
    const { id } = await alert([community]);
    await t.hub.app.get(DutySweeper).sweep();
    expect(await kinds(th, 'BY_US', id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
    const failed =
      'SELECT w.failed_at IS NOT NULL AS failed FROM hub.duty_opening w JOIN hub.object o USING (seq) WHERE o.id = $1';
    expect(await t.database.sql(failed, [broken.id])).toEqual([{ failed: true }]);
  });

  it('owe nothing of a community’s alert that was recalled or replaced at once', async () => {
    const community = await t.community([vn, th, la]);
    const first = await alert([community]);
    const { id } = await alert([community], {}, { supersedes: first.id });
    await recall(vn, id);
    await t.hub.app.get(DutySweeper).sweep();
    expect([await duties(th, 'BY_US', id), await duties(vn, 'TO_US', id)]).toEqual([[], []]);
  });

  it('can be listed by partner and by unit', async () => {
    const { id } = await alert(['TH-CUS-LCB', 'LA-CUS']);
    const by = async (filter: object): Promise<(string | null)[]> => [
      ...new Set((await duties(vn, 'TO_US', id, filter)).map(({ owedBy }) => owedBy)),
    ];
    expect(await by({})).toEqual(expect.arrayContaining(['LA-CUS', 'TH-CUS']));
    expect(await by({ partner: 'LA-CUS' })).toEqual(['LA-CUS']);
    expect(await by({ unit: 'VN-CUS-AS' })).toEqual(expect.arrayContaining(['LA-CUS', 'TH-CUS']));
    expect(await by({ unit: 'VN-CUS-HP' })).toEqual([]);
    expect(await duties(th, 'BY_US', id, { unit: 'TH-CUS-LCB' })).toHaveLength(3);
    expect(await duties(bangkok, 'BY_US', id, { unit: 'TH-CUS-LCB' })).toEqual([]);
    const both = await vn.ask(DUTIES, { owed: 'TO_US', partner: 'LA-CUS', unit: 'VN-CUS-AS' });
    expect(both.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a waiver', () => {
  const WAIVE = `mutation($alert: ID!, $agency: ID!, $reason: String!) { waiveReports(alert: $alert, agency: $agency, reason: $reason) {
    agency state waivedBecause dueAt } }`;

  it('ends the reports of one addressee, for a reason that both sides see', async () => {
    const { id } = await alert(['TH-CUS', 'LA-CUS']);
    const answer = await vn.ask<{ waiveReports: Addressee[] }>(WAIVE, {
      alert: id,
      agency: 'TH-CUS',
      reason: 'The ship was lost.',
    });
    expect(answer.data?.waiveReports).toEqual([
      { agency: 'LA-CUS', state: 'DELIVERED', waivedBecause: null, dueAt: dayOf(1) },
      { agency: 'TH-CUS', state: 'WAIVED', waivedBecause: 'The ship was lost.', dueAt: dayOf(1) },
    ]);
    expect(await kinds(th, 'BY_US', id)).toEqual(['READ']);
    expect(await addressees(th, id)).toMatchObject([{ waivedBecause: 'The ship was lost.' }]);
    expect(await kinds(la, 'BY_US', id)).toEqual(['READ', 'FIRST_REPORT', 'REPORT']);
  });

  it.each<[string, () => Promise<Answer<unknown>>, object]>([
    [
      'by an addressee',
      async () => th.ask(WAIVE, { alert: (await alert(['TH-CUS'])).id, agency: 'TH-CUS', reason: 'No.' }),
      { code: 'NOT_FOUND' },
    ],
    [
      'by somebody else',
      async () => la.ask(WAIVE, { alert: (await alert(['TH-CUS'])).id, agency: 'TH-CUS', reason: 'No.' }),
      { code: 'NOT_FOUND' },
    ],
    [
      'for who was not addressed',
      async () => vn.ask(WAIVE, { alert: (await alert(['TH-CUS'])).id, agency: 'LA-CUS', reason: 'No.' }),
      { code: 'CONFLICT', sub: 'NOTHING_OWED' },
    ],
    [
      'without a reason',
      async () => vn.ask(WAIVE, { alert: (await alert(['TH-CUS'])).id, agency: 'TH-CUS', reason: ' ' }),
      { code: 'BAD_USER_INPUT' },
    ],
  ])('is refused %s', async (_, attempt, extensions) => {
    expect((await attempt()).errors?.[0]?.extensions).toMatchObject(extensions);
  });

  it('leaves a report that comes all the same', async () => {
    const { id } = await alert(['TH-CUS']);
    await vn.ask(WAIVE, { alert: id, agency: 'TH-CUS', reason: 'The ship was lost.' });
    await report(th, id, NIL);
    expect(await addressees(vn, id)).toMatchObject([{ state: 'CLOSED', disposition: 'CHECKED_NIL' }]);
  });
});

describe('a report on what an answer led to', () => {
  const FINAL = {
    kind: 'FINAL',
    results: [1, 2].map((questionNo) => ({ questionNo, result: 'ANSWERED', text: 'It is not genuine.' })),
  };
  const progress = { language: 'en', stage: 'CONTROLLED', disposition: 'CASE_OPENED' };

  it('puts the last one off by half a year, and can be made as often as there is something to say', async () => {
    const { id } = await ask(agreement, vn, th);
    await answerWith(th, id, FINAL);
    later(24);
    await report(vn, id, progress);
    const [owed] = await duties(vn, 'BY_US', id);
    expect(owed).toMatchObject({ kind: 'REPORT', dueAt: dayOf(181) });
    expect(owed!.because).toMatch(/the next one follows within 180 days/);
    await report(vn, id, progress);
    await close(vn, id);
    expect(await duties(vn, 'BY_US', id)).toEqual([]);
  });

  it('is refused before the answer, and to the side that answered', async () => {
    const { id } = await ask(agreement, vn, th);
    await expect(composeFeedback(vn, id, progress)).rejects.toThrow(/REQUEST_STATE/);
    await answerWith(th, id, FINAL);
    await expect(composeFeedback(th, id, progress)).rejects.toThrow(/FORBIDDEN/);
  });
});

describe('PostgreSQL decides by the signed text, whatever the server would let through:', () => {
  it.each<[string, () => Party, Submission, string]>([
    ['a report to who sent the alert', () => th, {}, 'accepted'],
    ['to the unit that sent it', () => th, { to: ['VN-CUS-AS'] }, 'accepted'],
    ['to another recipient of the alert', () => th, { to: ['LA-CUS'] }, 'ADDRESSEE'],
    ['to another unit of the sender', () => th, { to: ['VN-CUS-HP'] }, 'ADDRESSEE'],
    ['to others as well', () => th, { to: ['VN-CUS', 'LA-CUS'] }, 'ADDRESSEE'],
    ['by who sent the alert', () => vn, { to: ['TH-CUS'] }, 'LINK'],
    ['about nothing', () => th, { replySeq: null }, 'LINK'],
    ['that is no feedback', () => th, { kind: 'note' }, 'LINK'],
  ])('%s', async (_, party, changes, expected) => {
    const { id } = await alert(['TH-CUS', 'LA-CUS']);
    const replySeq = await seqOf(t.database, id);
    const text = textWith({ body: tasked });
    const taken = asServer(t.database, party(), async () => {
      const submission = { kind: 'feedback', to: ['VN-CUS'], ref: undefined, text, replySeq, ...changes };
      const seq = await submitUnchecked(t.database, party(), submission);
      await t.database.sql('SELECT cmd.take_feedback($1)', [seq]);
      return 'accepted';
    });
    expect(await taken.catch((error: Error) => error.message)).toBe(expected);
  });
});
