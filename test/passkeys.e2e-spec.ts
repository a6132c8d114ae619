import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verdictOf } from './hostile/hostile.js';
import { SoftwareAuthenticator } from './support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol, makeStale, type Reply } from './support/browser.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let vn: Party;
let th: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
});
afterAll(() => t.stop());

const LINK = 'mutation($device: String!) { linkPasskey(device: $device) { address expiresAt } }';
const APPROVE = 'mutation($id: ID!) { approvePasskey(id: $id) { isApproved } }';
const REMOVE = 'mutation($id: ID!) { removePasskey(id: $id) }';
const MINE = '{ myPasskeys { id device isApproved } }';

interface Mine {
  myPasskeys: { id: string; device: string | null; isApproved: boolean }[];
}

const link = async (browser: Browser, device = 'Phone'): Promise<string> => {
  const { data } = await browser.ask<{ linkPasskey: { address: string } }>(LINK, { device });
  const [address, token] = data!.linkPasskey.address.split('#');
  expect(address).toBe(`${t.url}/enrol`);
  return token!;
};
const mine = async (browser: Browser): Promise<Mine['myPasskeys']> => (await browser.ask<Mine>(MINE)).data!.myPasskeys;
const signsIn = async (passkey: SoftwareAuthenticator): Promise<number> =>
  (await new Browser(t.url).signIn(passkey)).status;
/** A further passkey of whoever is signed in at this browser, which waits. */
const added = async (browser: Browser, device?: string): Promise<SoftwareAuthenticator> => {
  const passkey = new SoftwareAuthenticator(t.url);
  const reply = await enrol(new Browser(t.url), passkey, await link(browser, device));
  expect([reply.status, reply.body]).toEqual([200, { waits: true }]);
  return passkey;
};
const inWords = ({ status, body }: Reply): string => `${status} ${JSON.stringify(body)}`;
const actsOf = async (officer: string): Promise<string[]> => {
  const text =
    'SELECT event FROM audit.pending WHERE officer = $1 AND agency_id IS NOT NULL AND unit_id IS NOT NULL ORDER BY id';
  return (await t.database.sql<{ event: string }>(text, [officer])).map(({ event }) => event);
};

describe('a further passkey', () => {
  it('is made with a link of its holder, approved where the first one signs in, and signs in from then on', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const second = await added(browser);
    expect(await signsIn(second)).toBe(401);
    expect(await mine(browser)).toEqual([
      { id: passkey.id, device: null, isApproved: true },
      { id: second.id, device: 'Phone', isApproved: false },
    ]);
    expect((await browser.get('/account?lang=en')).text).toContain('data-act="approve-passkey"');
    expect(await browser.ask(APPROVE, { id: second.id })).toEqual({ data: { approvePasskey: { isApproved: true } } });
    expect([await signsIn(second), await signsIn(passkey)]).toEqual([200, 200]);
    expect((await browser.get('/account?lang=en')).text).not.toContain('data-act="approve-passkey"');
    expect(verdictOf(await browser.ask(APPROVE, { id: second.id }))).toBe('NOT_FOUND');
    expect(await actsOf(officer)).toEqual(['officer.enrolled', 'passkey.added', 'passkey.approved']);
  });

  it('begins no session and ends none, and is not asked for a step-up before it is approved', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const elsewhere = new Browser(t.url);
    const second = new SoftwareAuthenticator(t.url);
    await enrol(elsewhere, second, await link(browser));
    expect(elsewhere.cookies.has('__Host-liaison')).toBe(false);
    const options = await browser.post('/step-up/options');
    expect(JSON.stringify(options.body)).not.toContain(second.id);
    const response = second.get(options.body as unknown as { challenge: string });
    expect((await browser.post('/step-up', { response })).status).toBe(401);
  });

  it('waits for 15 minutes, and gives way to a later one', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const [first, second] = [await added(browser), await added(browser)];
    expect((await mine(browser)).map(({ id }) => id)).not.toContain(first.id);
    await t.database.sql(`UPDATE auth.passkey SET made_at = made_at - interval '15 minutes' WHERE approved_at IS NULL`);
    expect(await mine(browser)).toHaveLength(1);
    for (const { id } of [first, second]) expect(verdictOf(await browser.ask(APPROVE, { id }))).toBe('NOT_FOUND');
  });

  it('A11 is no answer of the device that has one of this account already', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const token = await link(browser);
    const elsewhere = new Browser(t.url);
    const { body } = await elsewhere.post('/enrol/open', { token });
    expect(body).toMatchObject({ adds: 'Phone', options: { excludeCredentials: [{ id: passkey.id }] } });
    const options = body['options'] as Parameters<SoftwareAuthenticator['create']>[0];
    const reply = await elsewhere.post('/enrol', { token, response: passkey.create(options) });
    expect(reply.status).toBe(401);
    expect(await mine(browser)).toHaveLength(1);
  });

  it('threats 26 is linked, approved and removed with a fresh passkey alone', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const { id } = await added(browser);
    await makeStale(t, officer);
    for (const [query, variables] of [
      [LINK, { device: 'Phone' }],
      [APPROVE, { id }],
      [REMOVE, { id }],
    ] as const) {
      expect(verdictOf(await browser.ask(query, variables))).toBe('STEP_UP_REQUIRED');
    }
    expect((await mine(browser)).map(({ isApproved }) => isApproved)).toEqual([true, false]);
  });

  it('has a name that shows, and there are five at most', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    for (const device of ['', 'a\u202eb', 'x'.repeat(61), '\0']) {
      expect([device, verdictOf(await browser.ask(LINK, { device }))]).toEqual([
        device,
        expect.stringContaining('BAD_USER_INPUT'),
      ]);
    }
    for (let i = 0; i < 4; i += 1) await browser.ask(APPROVE, { id: (await added(browser, `Key <${i}>`)).id });
    expect(verdictOf(await browser.ask(LINK, { device: 'Phone' }))).toBe('CONFLICT');
    expect((await browser.get('/account')).text).toContain('Key &#60;3&#62;');
  });
});

describe('A17 a link that adds a passkey', () => {
  const open = async (browser: Browser, token: string): Promise<string> =>
    inWords(await browser.post('/enrol/open', { token }));

  it('is good once, for five minutes, in the first browser that opens it; one answer for all else', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const unknown = await open(new Browser(t.url), Buffer.alloc(32, 9).toString('base64url'));
    const token = await link(browser);
    const first = new Browser(t.url);
    expect((await enrol(first, new SoftwareAuthenticator(t.url), token)).status).toBe(200);
    expect([await open(first, token), await open(new Browser(t.url), token)]).toEqual([unknown, unknown]);

    const late = await link(browser);
    expect((await first.post('/enrol/open', { token: late })).status).toBe(200);
    expect(await open(new Browser(t.url), late)).toBe(unknown);
    await t.database.sql(`UPDATE auth.enrolment_link SET expires_at = expires_at - interval '5 minutes'`);
    expect(await open(first, late)).toBe(unknown);
    const replaced = await link(browser);
    await link(browser);
    expect(await open(first, replaced)).toBe(unknown);
  });

  it('brings whoever took it no way in: nobody else approves, of this agency or another', async () => {
    const victim = await aSignedIn(t, vn, ['RELEASER']);
    const stolen = await added(victim.browser);
    for (const party of [vn, th]) {
      const { browser } = await aSignedIn(t, party, ['AGENCY_ADMIN']);
      for (const query of [APPROVE, REMOVE]) {
        const answer = JSON.stringify(await browser.ask(query, { id: stolen.id }));
        expect(answer).toBe(JSON.stringify(await browser.ask(query, { id: new SoftwareAuthenticator(t.url).id })));
        expect(answer).toContain('NOT_FOUND');
      }
      expect(await mine(browser)).toHaveLength(1);
    }
    expect(await signsIn(stolen)).toBe(401);
    expect(await mine(victim.browser)).toHaveLength(2);
  });

  it('enrols nobody: not with a password, not at a national service', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const token = await link(browser);
    const elsewhere = new Browser(t.url);
    expect((await elsewhere.post('/enrol/open', { token })).status).toBe(200);
    const [password, code] = ['correct horse battery staple', '000000'];
    for (const [path, body] of [
      ['/enrol/password/options', { token }],
      ['/enrol/password', { token, password, code }],
      ['/enrol/with', { token, issuer: 'any' }],
    ] as const) {
      const { status } = await elsewhere.post(path, body);
      expect([path, [403, 404].includes(status)]).toEqual([path, true]);
    }
    expect(await signsIn(passkey)).toBe(200);
  });

  it('makes no link of administrators void, nor they it', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const [recovery, adding] = [await aLink(t, vn, officer), await link(browser)];
    const other = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    for (const token of [recovery, adding, other]) {
      expect((await new Browser(t.url).post('/enrol/open', { token })).status).toBe(200);
    }
  });

  it('falls with a recovery, and so does what was made with one', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const waiting = await added(browser);
    const token = await link(browser);
    const found = new SoftwareAuthenticator(t.url);
    const desk = new Browser(t.url);
    expect((await enrol(desk, found, await aLink(t, vn, officer))).status).toBe(200);
    await desk.loadProof();
    expect((await mine(desk)).map(({ id }) => id)).toEqual([found.id]);
    expect((await new Browser(t.url).post('/enrol/open', { token })).status).toBe(403);
    expect(verdictOf(await desk.ask(APPROVE, { id: waiting.id }))).toBe('NOT_FOUND');
    expect(verdictOf(await browser.ask(LINK, { device: 'Phone' }))).toBe('UNAUTHENTICATED');
  });

  it('is not made where there is no passkey to add to', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    await t.database.sql(
      `DELETE FROM auth.passkey WHERE account_id = (SELECT id FROM auth.account WHERE officer = $1)`,
      [officer],
    );
    expect(verdictOf(await browser.ask(LINK, { device: 'Phone' }))).toBe('FORBIDDEN');
    expect((await browser.get('/account')).text).not.toContain('link-passkey');
  });
});

describe('a passkey', () => {
  it('is removed by its holder: it signs in no more, and the other sessions end', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const second = await added(browser);
    await browser.ask(APPROVE, { id: second.id });
    const phone = new Browser(t.url);
    await phone.signIn(second);
    expect(await phone.ask(REMOVE, { id: passkey.id })).toEqual({ data: { removePasskey: true } });
    expect(verdictOf(await browser.ask(MINE))).toBe('UNAUTHENTICATED');
    expect([await signsIn(passkey), await signsIn(second)]).toEqual([401, 200]);
    expect(verdictOf(await phone.ask(REMOVE, { id: second.id }))).toBe('CONFLICT');
    expect(verdictOf(await phone.ask(REMOVE, { id: '\0' }))).toBe('NOT_FOUND');
    expect(await signsIn(second)).toBe(200);
    expect((await actsOf(officer)).at(-1)).toBe('passkey.removed');
  });

  it('stays when it is the last one, also when two go at the same time', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const second = await added(browser);
    await browser.ask(APPROVE, { id: second.id });
    const both = await Promise.all([passkey.id, second.id].map((id) => browser.ask(REMOVE, { id })));
    expect(both.map((answer) => verdictOf(answer)).toSorted()).toEqual(['CONFLICT', 'accepted']);
    expect(await mine(browser)).toHaveLength(1);
  });
});

describe('an admission', () => {
  it('is written down for the log in the transaction that does it, and a refused one is not', async () => {
    const [one, two] = [await aSignedIn(t, th, ['AGENCY_ADMIN']), await aSignedIn(t, th, ['AGENCY_ADMIN'])];
    const officer = await anOfficer(t, th, ['ANALYST']);
    const propose = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id expiresAt } }';
    const approve = 'mutation($id: ID!) { approveAdmission(id: $id) { address } }';
    const { data } = await one.browser.ask<{ proposeAdmission: { id: string; expiresAt: string } }>(propose, {
      officer,
    });
    const { id, expiresAt } = data!.proposeAdmission;
    const hours = (Date.parse(expiresAt) - Date.now()) / 3_600_000;
    expect([hours > 23.9, hours <= 24]).toEqual([true, true]);
    expect(verdictOf(await one.browser.ask(approve, { id }))).toContain('FORBIDDEN');
    for (const nobody of ['p:nobody', 'p:nobody\0']) {
      expect(verdictOf(await one.browser.ask(propose, { officer: nobody }))).toBe('NOT_FOUND');
    }
    const approved = await two.browser.ask<{ approveAdmission: { address: string } }>(approve, { id });
    const token = approved.data!.approveAdmission.address.split('#')[1]!;
    expect((await enrol(new Browser(t.url), new SoftwareAuthenticator(t.url), token)).status).toBe(200);
    const events = await t.database.sql(
      `SELECT event, agency_id, officer, subject FROM audit.pending WHERE subject = $1 ORDER BY id`,
      [officer],
    );
    const of = { agency_id: 'TH-CUS', subject: officer };
    expect(events).toEqual([
      { event: 'admission.proposed', officer: one.officer, ...of },
      { event: 'admission.approved', officer: two.officer, ...of },
      { event: 'officer.enrolled', officer, ...of },
    ]);
  });
});
