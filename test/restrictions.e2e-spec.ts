import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { aPdf } from '../src/files/files.example.js';
import { aSignedIn } from './support/browser.js';
import { answerConsent, askConsent, share } from './support/consents.js';
import { aHandling, composeAndSubmit } from './support/exchange.js';
import { download, upload } from './support/files.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';

/** Conditions of the provider in its own words (H3, domain.md 4.1): read before anything else of the object. */

let t: TestHub;
let vn: Party;
let th: Party;
/** A second unit of Thailand's, and an agency to which nothing is sent. */
let bkk: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  bkk = await t.enrol('TH-CUS-BKK');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

const TEXT = 'The source is one of three people. Ask us before anyone is questioned.';
const OPEN = 'query($id: ID!) { object(id: $id) { text } }';
const EXPORT = 'query($id: ID!) { object(id: $id, forExport: true) { text } }';
const ALERT = 'query($id: ID!) { alert(id: $id) { id } }';
const READ = 'query($id: ID!) { objectSummary(id: $id) { title restriction { text digest acknowledgedAt } } }';
const ACKNOWLEDGE =
  'mutation($id: ID!, $digest: String!) { acknowledgeRestriction(id: $id, digest: $digest) { text digest acknowledgedAt } }';

interface Restriction {
  text: string;
  digest: string;
  acknowledgedAt: string | null;
}

type Asking = Pick<Party, 'ask'>;

async function sent(changes: object = {}, handling: object = { codes: ['H2', 'H3'], h3Text: TEXT }): Promise<string> {
  return (
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, handling: aHandling(agreement, handling), ...changes })
  ).id;
}
async function condition(party: Asking, id: string): Promise<Restriction | null> {
  const { data, errors } = await party.ask<{ objectSummary: { restriction: Restriction | null } }>(READ, { id });
  if (errors) throw new Error(JSON.stringify(errors));
  return data!.objectSummary.restriction;
}
async function acknowledge(party: Asking, id: string): Promise<Answer<unknown>> {
  return party.ask(ACKNOWLEDGE, { id, digest: (await condition(party, id))!.digest });
}
const codeOf = async (answer: Promise<Answer<unknown>>): Promise<string> => {
  const extensions = (await answer).errors?.[0]?.extensions;
  return extensions === undefined ? 'fine' : `${extensions.code} ${extensions.sub ?? ''}`.trim();
};
const UNREAD = 'FORBIDDEN RESTRICTION_UNREAD';
const acts = async (id: string): Promise<string[]> => {
  const text = 'query($id: ID!) { objectAccess(id: $id) { nodes { act unit } } }';
  const { data } = await vn.ask<{ objectAccess: { nodes: { act: string; unit: string }[] } }>(text, { id });
  return data!.objectAccess.nodes.map(({ act, unit }) => `${act} ${unit}`);
};

describe('a condition of the provider', () => {
  it('is read before anything of the object: its text, an export, its kind, its file', async () => {
    const digest = await upload(t, vn, aPdf(`% ${randomUUID()}\n`), 'application/pdf');
    const id = await sent({ attachments: [digest] });
    const tries = async (): Promise<string[]> => [
      await codeOf(th.ask(OPEN, { id })),
      await codeOf(th.ask(EXPORT, { id })),
      await codeOf(th.ask(ALERT, { id })),
      String((await download(t, th, id, digest)).status),
    ];
    expect(await tries()).toEqual([UNREAD, UNREAD, UNREAD, '403']);
    expect((await th.ask(OPEN, { id })).errors![0]!.message).toContain(`The sender of ${id} has set a condition`);
    expect(await acts(id)).toEqual([]);
    expect(await condition(th, id)).toEqual({
      text: TEXT,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      acknowledgedAt: null,
    });
    expect(await codeOf(acknowledge(th, id))).toBe('fine');
    expect(await tries()).toEqual(['fine', 'fine', 'fine', '200']);
    expect((await acts(id)).at(-1)).toBe('ACKNOWLEDGED TH-CUS-LCB');
  });

  it('stands in the list, whose title is no part of what it closes', async () => {
    const id = await sent();
    const list = 'query { inbox(first: 1) { nodes { id title restriction { text acknowledgedAt } } } }';
    type List = { inbox: { nodes: { title: string; restriction: Restriction }[] } };
    const first = async (): Promise<object> => (await th.ask<List>(list)).data!.inbox.nodes[0]!;
    expect(await first()).toMatchObject({ id, restriction: { text: TEXT, acknowledgedAt: null } });
    await acknowledge(th, id);
    expect(await first()).toMatchObject({ restriction: { acknowledgedAt: expect.stringMatching(/Z$/) } });
    await sent({}, { codes: ['H1'] });
    expect(await first()).toMatchObject({ restriction: null });
  });

  it('stands beside an object that was opened, as everything does that lists show of it', async () => {
    const id = await sent();
    await acknowledge(th, id);
    const text =
      'query($id: ID!) { object(id: $id) { restriction { text } alert { state } matter { nationalRef } consent { state } request { state } } }';
    expect((await th.ask(text, { id })).data).toEqual({
      object: {
        restriction: { text: TEXT },
        alert: { state: 'RELEASED' },
        matter: { nationalRef: null },
        consent: null,
        request: null,
      },
    });
  });

  it('is read by each officer and each unit’s system for itself, and told to the provider once each', async () => {
    const id = await sent();
    const officers = await Promise.all([1, 2].map(async () => (await aSignedIn(t, th, ['NCP_OFFICER'])).browser));
    await acknowledge(th, id);
    expect(await codeOf(bkk.ask(OPEN, { id }))).toBe(UNREAD);
    expect(await codeOf(officers[0]!.ask(OPEN, { id }))).toBe(UNREAD);
    await acknowledge(officers[0]!, id);
    await acknowledge(officers[0]!, id);
    expect(await codeOf(officers[0]!.ask(OPEN, { id }))).toBe('fine');
    expect(await codeOf(officers[1]!.ask(OPEN, { id }))).toBe(UNREAD);
    expect(await acts(id)).toEqual(['OPENED TH-CUS-LCB', 'ACKNOWLEDGED TH-CUS-LCB', 'ACKNOWLEDGED TH-CUS-LCB']);
  });

  it('holds for the same words in the same matter, and not for others', async () => {
    const id = await sent();
    await acknowledge(th, id);
    const next = (h3Text: string): Promise<string> => sent({ supersedes: id }, { codes: ['H2', 'H3'], h3Text });
    const other = await sent();
    expect(await codeOf(th.ask(OPEN, { id: other }))).toBe(UNREAD);
    const second = await next(TEXT);
    expect(await codeOf(th.ask(OPEN, { id: second }))).toBe('fine');
    const changed = await sent({ supersedes: second }, { codes: ['H3'], h3Text: `${TEXT} Tell nobody else.` });
    expect(await codeOf(th.ask(OPEN, { id: changed }))).toBe(UNREAD);
  });

  it('does not bind the provider, who reads its own object as ever', async () => {
    const id = await sent();
    expect(await condition(vn, id)).toBeNull();
    expect(await codeOf(vn.ask(OPEN, { id }))).toBe('fine');
  });

  it('does not bind the provider where others repeat it, and still binds who repeats it', async () => {
    const id = await sent();
    await acknowledge(th, id);
    const { id: repeated } = await askConsent(th, id, { agency: la.agency });
    expect(await codeOf(vn.ask(OPEN, { id: repeated }))).toBe('fine');
    expect(await codeOf(bkk.ask(OPEN, { id }))).toBe(UNREAD);
  });

  it('is acknowledged as it was read', async () => {
    const [id, free] = [await sent(), await sent({}, { codes: ['H0'] })];
    expect(await codeOf(th.ask(ACKNOWLEDGE, { id, digest: 'a'.repeat(64) }))).toBe('CONFLICT DIGEST');
    expect(await codeOf(th.ask(ACKNOWLEDGE, { id: free, digest: 'a'.repeat(64) }))).toBe('CONFLICT DIGEST');
    expect(await condition(th, free)).toBeNull();
    expect(await codeOf(th.ask(OPEN, { id }))).toBe(UNREAD);
  });

  it('is nothing to who does not see the object', async () => {
    const id = await sent();
    const { digest } = (await condition(th, id))!;
    const tried = (object: string): Promise<unknown>[] => [
      la.askRaw(READ, { id: object }),
      la.askRaw(ACKNOWLEDGE, { id: object, digest }),
      la.askRaw(OPEN, { id: object }),
    ];
    const answers = await Promise.all(tried(id));
    expect(answers).toEqual(await Promise.all(tried(randomUUID())));
    for (const answer of answers) expect(answer).toContain('"NOT_FOUND"');
    expect(await t.database.sql("SELECT 1 FROM agency.acknowledgement WHERE agency_id = 'LA-CUS'")).toEqual([]);
  });

  it('is read before the object is given to a unit, which takes a reason', async () => {
    const id = await sent({ to: ['TH-CUS-LCB'] }, { codes: ['H3'], h3Text: TEXT, onwardRule: 'AGENCY' });
    const officer = (await aSignedIn(t, th, ['NCP_OFFICER'])).browser;
    const give = (note: string | null): Promise<string> =>
      codeOf(
        officer.ask(
          'mutation($id: ID!, $note: String) { distribute(id: $id, units: ["TH-CUS-BKK"], note: $note) { nationalRef } }',
          { id, note },
        ),
      );
    expect(await give('For the gate')).toBe(UNREAD);
    await acknowledge(officer, id);
    expect(await give(null)).toBe('BAD_USER_INPUT');
    expect(await give('For the gate')).toBe('fine');
    // The unit has the same condition before it.
    expect(await codeOf(bkk.ask(OPEN, { id }))).toBe(UNREAD);
  });
});

describe('a condition under which an object is passed on', () => {
  it('is read by whom it was passed on to, with the one that the object has', async () => {
    const free = await sent({}, { codes: ['H2'] });
    const bound = await sent();
    await acknowledge(th, bound);
    for (const id of [free, bound]) {
      const consent = await askConsent(th, id, { agency: la.agency });
      await answerConsent(vn, consent.id, { codes: ['H3'], conditions: 'Only the duty officer of the post.' });
      expect(await codeOf(share(th, id, 'LA-CUS', consent.id))).toBe('fine');
      expect(await codeOf(la.ask(OPEN, { id }))).toBe(UNREAD);
    }
    expect((await condition(la, free))!.text).toBe('Only the duty officer of the post.');
    expect((await condition(la, bound))!.text).toBe(`${TEXT}\n\nOnly the duty officer of the post.`);
    expect(await condition(th, free)).toBeNull();
    await acknowledge(la, free);
    expect(await codeOf(la.ask(OPEN, { id: free }))).toBe('fine');
    expect(await codeOf(la.ask(OPEN, { id: bound }))).toBe(UNREAD);
  });

  it('is passed on by nobody who has not read it', async () => {
    const id = await sent();
    await acknowledge(th, id);
    const consent = await askConsent(th, id, { agency: la.agency });
    await answerConsent(vn, consent.id);
    await t.database.sql("DELETE FROM agency.acknowledgement WHERE agency_id = 'TH-CUS'");
    expect(await codeOf(share(th, id, 'LA-CUS', consent.id))).toBe(UNREAD);
  });
});
