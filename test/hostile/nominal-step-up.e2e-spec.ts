import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import { aPdf } from '../../src/files/files.example.js';
import { ConsoleSessions } from '../../src/session/people/console-sessions.js';
import { act, changed, outcomeOf, twoAdministrators } from '../support/administration.js';
import { aSignedIn, type Browser, makeStale } from '../support/browser.js';
import { composeAndSubmit } from '../support/exchange.js';
import { upload } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { TestSocket } from '../support/socket.js';

/** An agency's rule that its officers see personal details only with a fresh passkey: row D13, for each way to read. */

let t: TestHub;
let vn: Party;
let th: Party;
let one: Awaited<ReturnType<typeof aSignedIn>>;
let two: Awaited<ReturnType<typeof aSignedIn>>;
/** An alert about a person, and the digest of a file in its part. */
let id: string;
let file: string;

const NAMES = ['nominal', 'nominalAttachments'];
const OBJECT = 'query($id: ID!) { object(id: $id) { parts { name text withheld } } }';
const ALERT = 'query($id: ID!) { alert(id: $id) { object { parts { name text withheld } } } }';

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  const agreement = await t.agree([vn, th]);
  [one, two] = await twoAdministrators(t, th);
  file = await upload(t, vn, aPdf(`% ${randomBytes(8).toString('hex')}\n`), 'application/pdf');
  const { ref: _, ...body } = aPersonAlertBody();
  const nominal = { nominal: someNominalData(), nominalAttachments: [file] };
  id = (await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, body, ...nominal })).id;
  expect((await changed(one.browser, 'changeRules', { input: { nominalStepUp: true } })).state).toBe('APPLIED');
});
afterAll(() => t.stop());

type Part = { name: string; text: string | null; withheld: string | null };
const parts = async (browser: Pick<Browser, 'ask'>, query = OBJECT): Promise<Part[]> => {
  const { data, errors } = await browser.ask<{ object?: { parts: Part[] }; alert?: { object: { parts: Part[] } } }>(
    query,
    { id },
  );
  const found = data?.object ?? data?.alert?.object;
  if (!found) throw new Error(JSON.stringify(errors));
  return found.parts;
};
const reasons = async (browser: Pick<Browser, 'ask'>, query?: string): Promise<(string | null)[]> =>
  (await parts(browser, query)).map(({ text, withheld }) => withheld ?? (text === null ? 'nothing' : 'given'));

/** What the database itself shows of the parts to the officer of this session, whatever the code asks. */
async function floorOf({ officer }: { officer: string }): Promise<{ parts: number; files: number }> {
  const [session] = await t.database.sql<{ id: string }>(
    'SELECT s.id FROM auth.console_session s JOIN auth.account a ON a.id = s.account_id WHERE a.officer = $1',
    [officer],
  );
  const caller = { session: { id: session!.id, csrf: '' }, purpose: 'PREVENT_DETECT' };
  const found = await t.hub.app.get(ConsoleSessions, { strict: false }).again(caller as never);
  const [row] = await t.hub.app.get(ScopedDatabase).as(found!, (tx) =>
    tx.query<{ parts: number; files: number }[]>(
      `SELECT (SELECT count(*) FROM hub.part)::int AS parts,
         (SELECT count(*) FROM hub.attachment)::int AS files`,
    ),
  );
  return row!;
}

describe('D13 nominal field without step-up, where the agency has that rule', () => {
  it('is withheld with a reason to act on, by every way, and by the database itself; the touch gives it', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, th, ['ANALYST']);
    expect(await reasons(browser)).toEqual(['given', 'given']);
    expect(await floorOf({ officer })).toEqual({ parts: 2, files: 1 });
    await makeStale(t, officer);
    const viewed = "SELECT count(*)::int AS n FROM audit.pending WHERE event = 'nominal.viewed'";
    const before = await t.database.sql(viewed);
    for (const query of [OBJECT, ALERT]) {
      expect((await parts(browser, query)).map(({ name }) => name)).toEqual(NAMES);
      expect(await reasons(browser, query)).toEqual(['STEP_UP', 'STEP_UP']);
    }
    expect(await floorOf({ officer })).toEqual({ parts: 0, files: 0 });
    const [named, unknown] = [
      await browser.get(`/files/${id}/${file}`),
      await browser.get(`/files/${id}/${'a'.repeat(64)}`),
    ];
    expect([named.status, named.body.errors?.[0]?.extensions.code]).toEqual([403, 'STEP_UP_REQUIRED']);
    expect(unknown.text).toBe(named.text);
    expect(await t.database.sql(viewed)).toEqual(before);
    await browser.signIn(passkey);
    expect(await reasons(browser, ALERT)).toEqual(['given', 'given']);
    expect((await browser.get(`/files/${id}/${file}`)).status).toBe(200);
  });

  it('is withheld as before from who is not cleared, and given as before to systems and to other agencies’ officers', async () => {
    const uncleared = await aSignedIn(t, th, ['ANALYST'], { maySeeNominal: false });
    const foreign = await aSignedIn(t, vn, ['ANALYST']);
    for (const { officer } of [uncleared, foreign]) await makeStale(t, officer);
    expect(await reasons(uncleared.browser)).toEqual(['NOT_CLEARED', 'NOT_CLEARED']);
    expect((await uncleared.browser.get(`/files/${id}/${file}`)).status).toBe(404);
    expect(await reasons(foreign.browser)).toEqual(['given', 'given']);
    expect(await reasons(th)).toEqual(['given', 'given']);
  });

  it('closes no socket when the five minutes are over', async () => {
    const { officer, browser } = await aSignedIn(t, th, ['ANALYST']);
    const socket = await TestSocket.ofPage(browser);
    await makeStale(t, officer);
    expect(await Promise.race([socket.closed, sleep(2_500)])).toBeUndefined();
    socket.socket.close();
  });

  it('takes two administrators to become milder, and one to become stricter', async () => {
    const { officer, browser } = await aSignedIn(t, th, ['ANALYST']);
    await makeStale(t, officer);
    const milder = { input: { nominalStepUp: false } };
    const { id: change, state, changes } = await changed(one.browser, 'changeRules', milder);
    expect([state, changes]).toEqual(['WAITING', [{ field: 'nominalStepUp', was: 'true', becomes: 'false' }]]);
    expect(await reasons(browser)).toEqual(['STEP_UP', 'STEP_UP']);
    expect(await outcomeOf(act(one.browser, 'approveChange', { id: change }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await outcomeOf(act(browser, 'changeRules', milder))).toBe('FORBIDDEN');
    expect(await reasons(browser)).toEqual(['STEP_UP', 'STEP_UP']);
    expect(await outcomeOf(act(two.browser, 'approveChange', { id: change }))).toBe('APPLIED');
    expect(await reasons(browser)).toEqual(['given', 'given']);
    expect(await outcomeOf(act(two.browser, 'changeRules', { input: { nominalStepUp: true } }))).toBe('APPLIED');
    expect((await two.browser.ask('{ agencyRules { nominalStepUp } }')).data).toEqual({
      agencyRules: { nominalStepUp: true },
    });
    const events = await t.database.sql('SELECT event FROM audit.pending WHERE change_id = $1 ORDER BY id', [change]);
    expect(events).toEqual([{ event: 'rules.proposed' }, { event: 'rules.approved' }]);
  });
});
