import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprint } from './hostile/hostile.js';
import { act, changed, outcomeOf, twoAdministrators } from './support/administration.js';
import { aSignedIn, type Browser } from './support/browser.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { TestSocket } from './support/socket.js';

type SignedIn = Awaited<ReturnType<typeof aSignedIn>>;

let t: TestHub;
let vn: Party;
let th: Party;
let one: SignedIn;
let two: SignedIn;

beforeAll(async () => {
  t = await startTestHub();
  [vn, th] = [await t.enrol('VN-CUS-AS'), await t.enrol('TH-CUS-LCB')];
  [one, two] = await twoAdministrators(t, vn);
});
beforeEach(() => t.database.sql('DELETE FROM agency.session_rule'));
afterAll(() => t.stop());

const codeOf = async (browser: Browser): Promise<string> =>
  (await browser.ask('{ me { officer } }')).errors?.[0]?.extensions.code ?? 'accepted';

const ageBy = (column: 'seen_at' | 'began_at', interval: string, officer: string): Promise<unknown> =>
  t.database.sql(
    `UPDATE auth.console_session SET ${column} = ${column} - $1::interval
     WHERE account_id = (SELECT id FROM auth.account WHERE officer = $2)`,
    [interval, officer],
  );

const limit = (input: object, { browser } = one): Promise<string> =>
  outcomeOf(act(browser, 'changeSessionLimits', { input }));

describe('the limits of an agency’s sessions', () => {
  it('are the hub’s until its administrators shorten them', async () => {
    const ask = '{ sessionLimits { idleMinutes hours mostIdleMinutes mostHours } }';
    const most = { mostIdleMinutes: 20, mostHours: 10 };
    expect((await one.browser.ask(ask)).data).toEqual({ sessionLimits: { idleMinutes: 20, hours: 10, ...most } });
    const change = await changed(one.browser, 'changeSessionLimits', { input: { idleMinutes: 5 } });
    expect(change).toMatchObject({
      kind: 'SESSIONS',
      subject: 'VN-CUS',
      state: 'APPLIED',
      changes: [{ field: 'idleMinutes', was: null, becomes: '5' }],
    });
    expect((await two.browser.ask(ask)).data).toEqual({ sessionLimits: { idleMinutes: 5, hours: 10, ...most } });
    expect(await t.database.sql('SELECT event FROM audit.pending WHERE change_id = $1', [change.id])).toEqual([
      { event: 'sessions.changed' },
    ]);
  });

  it('end what was idle for longer at its next request, for that agency alone', async () => {
    const [idle, busy, theirs] = [
      await aSignedIn(t, vn, ['ANALYST']),
      await aSignedIn(t, vn, ['ANALYST']),
      await aSignedIn(t, th, ['ANALYST']),
    ];
    for (const each of [idle, theirs]) await ageBy('seen_at', '6 minutes', each.officer);
    expect(await limit({ idleMinutes: 5 })).toBe('APPLIED');
    expect(await codeOf(idle.browser)).toBe('UNAUTHENTICATED');
    expect([await codeOf(busy.browser), await codeOf(theirs.browser)]).toEqual(['accepted', 'accepted']);
    // What has ended stays ended when the limit goes.
    await t.database.sql('DELETE FROM agency.session_rule');
    expect(await codeOf(idle.browser)).toBe('UNAUTHENTICATED');
  });

  it('end what began longer ago, whatever is done, and say so to its owner', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    await ageBy('began_at', '1 hour 59 minutes', officer);
    expect(await limit({ hours: 2 })).toBe('APPLIED');
    const { data } = await browser.ask<{ mySessions: { beganAt: string; expiresAt: string }[] }>(
      '{ mySessions { beganAt expiresAt } }',
    );
    const [session] = data!.mySessions;
    expect(Date.parse(session!.expiresAt) - Date.parse(session!.beganAt)).toBe(2 * 3_600_000);
    await ageBy('began_at', '1 minute', officer);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });

  it('close sockets too', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const socket = await (await TestSocket.ofPage(browser)).follow();
    await ageBy('seen_at', '6 minutes', officer);
    await limit({ idleMinutes: 5 });
    expect(await socket.closed).toBe(4401);
  });

  it.each([
    ['longer without a request', { idleMinutes: 5, hours: 2 }, { idleMinutes: 6, hours: 2 }],
    ['longer in all', { idleMinutes: 5, hours: 2 }, { idleMinutes: 5, hours: 3 }],
    ['shorter and longer', { idleMinutes: 5, hours: 2 }, { idleMinutes: 4, hours: 3 }],
    ['the hub’s again', { idleMinutes: 5, hours: 2 }, { hours: 2 }],
  ])('are lengthened by two administrators alone: %s', async (_, short, long) => {
    expect(await limit(short)).toBe('APPLIED');
    const rule = () => t.database.sql('SELECT idle_minutes, hours FROM agency.session_rule');
    const before = await rule();
    const { id, state } = await changed(one.browser, 'changeSessionLimits', { input: long });
    expect([state, await rule()]).toEqual(['WAITING', before]);
    expect(await outcomeOf(act(one.browser, 'approveChange', { id }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('APPLIED');
    expect(await rule()).not.toEqual(before);
  });

  it.each([
    ['idleMinutes', 21],
    ['hours', 11],
    ['idleMinutes', 0],
    ['hours', -1],
  ])('are refused beyond the hub’s own, and leave nothing: %s %i', async (name, value) => {
    const before = await fingerprint(t.database);
    const answer = await act(one.browser, 'changeSessionLimits', { input: { [name]: value } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ pointer: `/input/${name}` }],
    });
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('lengthen nothing, even where the row says more than the hub', async () => {
    await t.database.sql(`INSERT INTO agency.session_rule VALUES ('VN-CUS', 60, 24)`);
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    await ageBy('seen_at', '20 minutes', officer);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });

  it('are no business of other officers', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const before = await fingerprint(t.database);
    expect(await limit({ hours: 2 }, { ...one, browser })).toBe('FORBIDDEN');
    expect((await browser.ask('{ sessionLimits { hours } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('an administrator', () => {
  it('ends all sessions and sockets of one officer, who may sign in again', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const other = await aSignedIn(t, vn, ['ANALYST']);
    const socket = await (await TestSocket.ofPage(browser)).follow();
    const change = await changed(one.browser, 'signOutOfficer', { officer });
    expect(change).toMatchObject({
      kind: 'OFFICER',
      subject: officer,
      state: 'APPLIED',
      proposedBy: one.officer,
      changes: [{ field: 'sessions', was: '1', becomes: '0' }],
    });
    expect([await codeOf(browser), await codeOf(other.browser)]).toEqual(['UNAUTHENTICATED', 'accepted']);
    expect(await socket.closed).toBe(4401);
    expect(await t.database.sql('SELECT event, officer FROM audit.pending WHERE change_id = $1', [change.id])).toEqual([
      { event: 'officer.signed-out', officer: one.officer },
    ]);
    const own = await two.browser.ask<{ latestChanges: object[] }>('{ latestChanges { id subject } }');
    expect(own.data!.latestChanges).toContainEqual({ id: change.id, subject: officer });
    expect((await browser.signIn(passkey)).status).toBe(200);
    expect(await codeOf(browser)).toBe('accepted');
  });

  it('is told when there is no session, and changes nothing then', async () => {
    const { officer } = await aSignedIn(t, vn, ['ANALYST']);
    await changed(one.browser, 'signOutOfficer', { officer });
    const before = await fingerprint(t.database);
    expect(await outcomeOf(act(one.browser, 'signOutOfficer', { officer }))).toBe('CONFLICT/UNCHANGED');
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it.each([
    ['an officer of another agency', () => th, 'ANALYST'],
    ['one who is stronger', () => vn, 'SYSTEM_ADMIN'],
  ])('meets %s as one that there is not, byte for byte', async (_, party, role) => {
    const { officer, browser } = await aSignedIn(t, party(), [role]);
    const before = await fingerprint(t.database);
    const answerFor = async (pseudonym: string): Promise<string> =>
      JSON.stringify(await act(one.browser, 'signOutOfficer', { officer: pseudonym }));
    const hidden = await answerFor(officer);
    expect(hidden).toContain('NOT_FOUND');
    expect(hidden).toBe(await answerFor('p:nobody-at-all'));
    expect(await codeOf(browser)).toBe('accepted');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});
