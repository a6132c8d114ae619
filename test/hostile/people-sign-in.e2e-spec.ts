import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLACES, WAITING } from '../../src/session/people/gate.js';
import { act, anOfficerInput, changed } from '../support/administration.js';
import { type Misconduct, SoftwareAuthenticator } from '../support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';

let t: TestHub;
let vn: Party;
let la: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  la = await t.enrol('LA-CUS-HQ');
});
afterAll(() => t.stop());

const ME = '{ me { officer } }';
type Options = { challenge: string };

const codeOf = async (browser: Browser): Promise<string | undefined> =>
  (await browser.ask(ME)).errors?.[0]?.extensions.code ?? 'accepted';

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

/** What sign-in stores; a refused one must change nothing of it. */
async function rows(): Promise<unknown> {
  const tables = ['account', 'passkey', 'enrolment_link', 'console_session', 'spent_challenge', 'admission'];
  const all: unknown[] = [];
  for (const table of tables) all.push(await t.database.sql(`SELECT * FROM auth.${table} ORDER BY 1`));
  return all;
}

describe('A11 a passkey’s answer that is not right', () => {
  it('is refused, all with one answer, and leaves nothing', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const other = await aSignedIn(t, vn, ['ANALYST']);
    const answers = new Map<string, string>();
    const before = await rows();
    const wrongs: Record<string, Misconduct> = {
      challenge: { challenge: Buffer.alloc(54, 7).toString('base64url') },
      shortChallenge: { challenge: 'AAAA' },
      origin: { origin: 'https://hub.example.evil' },
      sibling: { origin: 'http://a.localhost' },
      rpId: { rpId: 'example.org' },
      withoutUserVerification: { userVerified: false },
      signature: { forged: true },
      unknownCredential: { id: Buffer.alloc(32, 1).toString('base64url') },
      otherCredential: { id: other.passkey.id },
      otherUser: { userHandle: Buffer.from('somebody').toString('base64url') },
      noCredential: { id: "' OR 1=1 --" },
    };
    for (const [name, wrong] of Object.entries(wrongs)) {
      const browser = new Browser(t.url);
      const options = (await browser.post('/sign-in/options')).body as unknown as Options;
      const reply = await browser.post('/sign-in', { response: passkey.get(options, wrong) });
      expect([name, reply.status, browser.cookies.has('__Host-liaison')]).toEqual([name, 401, false]);
      answers.set(name, JSON.stringify(reply.body));
    }
    expect(new Set(answers.values()).size).toBe(1);
    expect(await rows()).toEqual(before);
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(200);
  });

  it('is refused when the counter goes back', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    const at = async (counter: number): Promise<number> => {
      const options = (await browser.post('/sign-in/options')).body as unknown as Options;
      return (await browser.post('/sign-in', { response: passkey.get(options, { counter }) })).status;
    };
    expect(await at(9)).toBe(200);
    await browser.loadProof();
    expect([await at(9), await at(8)]).toEqual([401, 401]);
    expect(await at(10)).toBe(200);
  });

  it('is refused a second time, at once and later', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    const options = (await browser.post('/sign-in/options')).body as unknown as Options;
    const mark = browser.cookies.get('__Host-liaison-login')!;
    const response = passkey.get(options, { counter: 5 });
    const marked = (): Browser => {
      const each = new Browser(t.url);
      each.cookies.set('__Host-liaison-login', mark);
      return each;
    };
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await marked().post('/sign-in', { response })).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    expect((await marked().post('/sign-in', { response })).status).toBe(401);
    // Another answer to the same challenge, with a counter that fits.
    expect((await marked().post('/sign-in', { response: passkey.get(options, { counter: 6 }) })).status).toBe(401);
  });

  it('is refused from another browser, and for another purpose', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const asked = new Browser(t.url);
    const options = (await asked.post('/sign-in/options')).body as unknown as Options;
    const thief = new Browser(t.url);
    await thief.post('/sign-in/options');
    expect((await thief.post('/sign-in', { response: passkey.get(options) })).status).toBe(401);
    const bare = new Browser(t.url);
    expect((await bare.post('/sign-in', { response: passkey.get(options) })).status).toBe(401);

    const forStepUp = (await browser.post('/step-up/options')).body as unknown as Options;
    expect((await browser.post('/sign-in', { response: passkey.get(forStepUp) })).status).toBe(401);
  });

  it('is refused after the officer’s time', async () => {
    const { officer, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    await t.database.sql('UPDATE agency.officer SET valid_until = now() WHERE pseudonym = $1', [officer]);
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(401);
  });

  it('is refused, not failed at, when it is no answer at all', async () => {
    const browser = new Browser(t.url);
    await browser.post('/sign-in/options');
    const responses = [null, [], {}, { id: 5 }, { id: { toString: 'x' } }, { id: [[]] }];
    const bodies = [{}, ...responses.map((response) => ({ response })), 'text', null];
    const statuses = await Promise.all(bodies.map(async (body) => (await browser.post('/sign-in', body)).status));
    expect(statuses.filter((status) => status !== 400 && status !== 401)).toEqual([]);
  });

  it.each([[null], [0], [false], [''], [{}]])(
    'is refused, not failed at, when it is good but for its user: %j',
    async (userHandle) => {
      const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
      const browser = new Browser(t.url);
      const options = (await browser.post('/sign-in/options')).body as unknown as Options;
      const answer = passkey.get(options) as { response: object };
      const response = { ...answer, response: { ...answer.response, userHandle } };
      expect((await browser.post('/sign-in', { response })).status).toBe(401);
    },
  );
});

describe('A13 an unknown passkey and a wrong signature', () => {
  it('get the same answer, byte for byte', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const answerTo = async (authenticator: SoftwareAuthenticator, wrong: Misconduct): Promise<string> => {
      const browser = new Browser(t.url);
      const options = (await browser.post('/sign-in/options')).body as unknown as Options;
      const reply = await browser.post('/sign-in', { response: authenticator.get(options, wrong) });
      return `${reply.status} ${JSON.stringify(reply.body)}`;
    };
    const stranger = new SoftwareAuthenticator(t.url);
    expect(await answerTo(stranger, {})).toBe(await answerTo(passkey, { forged: true }));
  });
});

describe('A14 a flood of sign-ins', () => {
  it('is turned away with 429, stores nothing, and whoever comes after it gets in', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const stranger = new SoftwareAuthenticator(t.url);
    const browser = new Browser(t.url);
    const options = (await browser.post('/sign-in/options')).body as unknown as Options;
    const before = await rows();
    let answered = 0;
    // While the table is locked nobody who was let in gets an answer, so who has none within the gate is told at once.
    await t.database.sql('BEGIN');
    await t.database.sql('LOCK TABLE auth.passkey IN ACCESS EXCLUSIVE MODE');
    const flood = Array.from({ length: 100 }, async () => {
      const { status } = await browser.post('/sign-in', { response: stranger.get(options) });
      answered += 1;
      return status;
    });
    await until(() => answered >= 100 - PLACES - WAITING);
    await t.database.sql('ROLLBACK');
    const statuses = await Promise.all(flood);
    expect(statuses.filter((status) => status === 401)).toHaveLength(PLACES + WAITING);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - PLACES - WAITING);
    expect(await rows()).toEqual(before);
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(200);
  });

  it('is turned away for its address, at every step of signing in and enrolling, each counted for itself, and who is signed in works on', async () => {
    const few = await startTestHub({
      FAILED_SIGN_INS_PER_MINUTE: '4',
      FAILED_PASSWORDS_PER_MINUTE: '3',
      FAILED_ENROLMENTS_PER_MINUTE: '5',
    });
    try {
      const party = await few.enrol('VN-CUS-AS');
      const { browser: signedIn, passkey } = await aSignedIn(few, party, ['ANALYST']);
      const browser = new Browser(few.url);
      await browser.post('/sign-in/options');
      const given = { token: 'x', issuer: 'hub', name: 'x', password: 'x', code: 'x', response: { id: 'abc' } };
      const fail = async (path: string): Promise<number> => (await browser.post(path, given)).status;
      const passwords = ['/sign-in/password'];
      const links = ['/enrol/open', '/enrol', '/enrol/with', '/enrol/password', '/enrol/password/options'];
      const passkeys = ['/sign-in', '/%73ign-in', '/step-up', '/sign-in'];
      for (const [paths, times] of [
        [passwords, 3],
        [links, 5],
      ] as const) {
        for (let i = 0; i < times; i += 1) expect([401, 403, 404]).toContain(await fail(paths[i % paths.length]!));
        for (const path of paths) expect([path, await fail(path)]).toEqual([path, 429]);
        expect((await new Browser(few.url).signIn(passkey)).status).toBe(200);
      }
      for (const path of passkeys) expect([path, await fail(path)]).toEqual([path, 401]);
      for (const path of passkeys) expect([path, await fail(path)]).toEqual([path, 429]);
      expect((await browser.get('/sign-in/return?state=x')).status).toBe(429);
      expect((await signedIn.ask('{ me { agency } }')).data).toEqual({ me: { agency: 'VN-CUS' } });
      expect((await browser.get('/sign-in')).status).toBe(200);
    } finally {
      await few.stop();
    }
  });

  it('is turned away where national services lead back to, by GET and by HEAD', async () => {
    const few = await startTestHub({ FAILED_SIGN_INS_PER_MINUTE: '4' });
    try {
      const invented = async (method: string): Promise<number> =>
        (await fetch(`${few.url}/sign-in/return?state=x&code=y`, { method })).status;
      expect([await invented('GET'), await invented('HEAD'), await invented('GET')]).toEqual([409, 409, 409]);
      expect((await fetch(`${few.url}/sign-in/%72eturn`)).status).toBe(409);
      expect([await invented('GET'), await invented('HEAD')]).toEqual([429, 429]);
    } finally {
      await few.stop();
    }
  });

  it('is caused by no page of another site that somebody in the same office has open', async () => {
    const few = await startTestHub({ FAILED_SIGN_INS_PER_MINUTE: '4' });
    try {
      const { passkey } = await aSignedIn(few, await few.enrol('VN-CUS-AS'), ['ANALYST']);
      const browser = new Browser(few.url);
      const statuses: number[] = [];
      for (const site of ['cross-site', 'same-site', 'none', 'cross-site', 'cross-site', 'same-site']) {
        const foreign = { 'sec-fetch-site': site, origin: 'https://evil.example' };
        statuses.push((await browser.post('/sign-in', {}, foreign)).status);
        const loaded = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
        statuses.push((await browser.get('/sign-in/return?state=x', loaded)).status);
      }
      expect(new Set(statuses)).toEqual(new Set([403]));
      expect((await new Browser(few.url).signIn(passkey)).status).toBe(200);
      const led = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
      expect((await browser.get('/sign-in/return?state=x', led)).status).toBe(409);
    } finally {
      await few.stop();
    }
  });

  it('is held back before its body is read, when it comes from another page', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = new Browser(t.url);
        return (await browser.post('/sign-in/options', {}, { origin: 'https://evil.example' })).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([403]));
  });
});

describe('A15 a cookie that was set before sign-in', () => {
  it('does not become the session', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const planted = Buffer.alloc(32, 3).toString('base64url');
    const victim = new Browser(t.url);
    victim.cookies.set('__Host-liaison', planted);
    await victim.signIn(passkey);
    expect(victim.cookies.get('__Host-liaison')).not.toBe(planted);
    const thief = new Browser(t.url);
    thief.cookies.set('__Host-liaison', planted);
    expect(await codeOf(thief)).toBe('UNAUTHENTICATED');
  });

  it('ends, if it was a session: each sign-in has an id of its own', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const before = browser.cookies.get('__Host-liaison')!;
    await browser.signIn(passkey);
    expect(await codeOf(browser)).toBe('accepted');
    const old = new Browser(t.url);
    old.cookies.set('__Host-liaison', before);
    expect(await codeOf(old)).toBe('UNAUTHENTICATED');
  });

  it('threats 25 is opaque, and not what the database holds', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const cookie = browser.cookies.get('__Host-liaison')!;
    expect(cookie).toMatch(/^[\w-]{43}$/);
    const [row] = await t.database.sql<{ found: boolean }>(
      `SELECT bool_or(s::text LIKE '%' || $1 || '%' OR s::text LIKE '%' || $2 || '%') AS found FROM auth.console_session s`,
      [cookie, Buffer.from(cookie, 'base64url').toString('hex')],
    );
    expect(row).toEqual({ found: false });
  });

  it('is set for this host alone, out of reach of scripts and of other sites', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const reply = await new Browser(t.url).signIn(passkey);
    const [line] = reply.headers.getSetCookie().filter((each) => each.startsWith('__Host-liaison='));
    expect(line!.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
  });
});

describe('A16 a session whose ground has gone', () => {
  const grounds: Record<string, { take: string; back: string }> = {
    'the account is suspended': {
      take: 'UPDATE auth.account SET suspended_at = now() WHERE officer = $1',
      back: 'UPDATE auth.account SET suspended_at = NULL WHERE officer = $1',
    },
    'the officer has left': {
      take: 'UPDATE agency.officer SET valid_until = now() WHERE pseudonym = $1',
      back: 'UPDATE agency.officer SET valid_until = NULL WHERE pseudonym = $1',
    },
    'a role was added': {
      take: `UPDATE agency.officer SET roles = roles || '{RELEASER}' WHERE pseudonym = $1`,
      back: `UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1`,
    },
    'a role was taken': {
      take: `UPDATE agency.officer SET roles = '{}' WHERE pseudonym = $1`,
      back: `UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1`,
    },
    'the unit is suspended': {
      take: `UPDATE hub.unit SET suspended_at = now() FROM agency.officer o WHERE o.pseudonym = $1 AND o.unit_id = hub.unit.id`,
      back: `UPDATE hub.unit SET suspended_at = NULL FROM agency.officer o WHERE o.pseudonym = $1 AND o.unit_id = hub.unit.id`,
    },
    'the agency is suspended': {
      take: `UPDATE hub.agency SET suspended_at = now() FROM agency.officer o WHERE o.pseudonym = $1 AND o.agency_id = hub.agency.id`,
      back: `UPDATE hub.agency SET suspended_at = NULL FROM agency.officer o WHERE o.pseudonym = $1 AND o.agency_id = hub.agency.id`,
    },
  };

  it.each(Object.entries(grounds))('is refused at the next request and stays so: %s', async (_name, { take, back }) => {
    const { officer, browser } = await aSignedIn(t, la, ['ANALYST']);
    expect(await codeOf(browser)).toBe('accepted');
    await t.database.sql(take, [officer]);
    const reply = await browser.post('/sign-out');
    expect(reply.status).toBe(401);
    await t.database.sql(back, [officer]);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });

  it('has a lower clearance at the next request', async () => {
    const { officer, browser } = await aSignedIn(t, la, ['ANALYST']);
    await t.database.sql('UPDATE agency.officer SET clearance = 0, may_see_nominal = false WHERE pseudonym = $1', [
      officer,
    ]);
    expect(await browser.ask('{ me { clearance maySeeNominal } }')).toEqual({
      data: { me: { clearance: 'UNCLASSIFIED', maySeeNominal: false } },
    });
  });
});

describe('A17 an enrolment link', () => {
  const refusal = async (browser: Browser, token: string): Promise<string> => {
    const reply = await browser.post('/enrol/open', { token });
    return `${reply.status} ${JSON.stringify(reply.body)}`;
  };

  it('is good once, for 15 minutes, in the first browser that opens it; one answer for all else', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const unknown = await refusal(new Browser(t.url), Buffer.alloc(32, 9).toString('base64url'));
    expect(unknown).toMatch(/^403 .*FORBIDDEN/);

    const token = await aLink(t, vn, officer);
    const first = new Browser(t.url);
    expect((await first.post('/enrol/open', { token })).status).toBe(200);
    expect(await refusal(new Browser(t.url), token)).toBe(unknown);
    expect((await enrol(first, new SoftwareAuthenticator(t.url), token)).status).toBe(200);
    await first.loadProof();
    expect(await refusal(first, token)).toBe(unknown);

    const late = await aLink(t, vn, officer);
    const slow = new Browser(t.url);
    const opened = await slow.post('/enrol/open', { token: late });
    await t.database.sql(`UPDATE auth.enrolment_link SET expires_at = expires_at - interval '15 minutes'`);
    expect(await refusal(slow, late)).toBe(unknown);
    const passkey = new SoftwareAuthenticator(t.url);
    const options = opened.body['options'] as Parameters<SoftwareAuthenticator['create']>[0];
    const reply = await slow.post('/enrol', { token: late, response: passkey.create(options) });
    expect(`${reply.status} ${JSON.stringify(reply.body)}`).toBe(unknown);
  });

  it('is used once when two try at the same time', async () => {
    const token = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    const browser = new Browser(t.url);
    const { body } = await browser.post('/enrol/open', { token });
    const options = body['options'] as Parameters<SoftwareAuthenticator['create']>[0];
    const tries = [1, 2, 3].map(() =>
      browser.post('/enrol', { token, response: new SoftwareAuthenticator(t.url).create(options) }),
    );
    expect((await Promise.all(tries)).map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 403, 403]);
  });

  it('is the only one of its officer, also when two are made at the same time', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST']);
    await aLink(t, vn, officer);
    const links = await Promise.all([1, 2, 3, 4].map(() => aLink(t, vn, officer)));
    const opened = await Promise.all(
      links.map(async (token) => (await new Browser(t.url).post('/enrol/open', { token })).status),
    );
    expect(opened.toSorted((a, b) => a - b)).toEqual([200, 403, 403, 403]);
  });

  it('is not used up by a passkey that is refused', async () => {
    const token = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    const browser = new Browser(t.url);
    const { body } = await browser.post('/enrol/open', { token });
    const options = body['options'] as Parameters<SoftwareAuthenticator['create']>[0];
    const passkey = new SoftwareAuthenticator(t.url);
    for (const wrong of [{ userVerified: false }, { origin: 'https://evil.example' }, { challenge: 'AAAA' }]) {
      expect((await browser.post('/enrol', { token, response: passkey.create(options, wrong) })).status).toBe(401);
    }
    expect((await browser.post('/enrol', { token, response: passkey.create(options) })).status).toBe(200);
  });

  it('cannot bring another officer’s passkey', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const token = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    const before = await t.database.sql('SELECT * FROM auth.passkey ORDER BY 1');
    expect((await enrol(new Browser(t.url), passkey, token)).status).toBe(401);
    expect(await t.database.sql('SELECT * FROM auth.passkey ORDER BY 1')).toEqual(before);
  });

  it('threats 25 stands nowhere in the database', async () => {
    const token = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    const found = await t.database.sql(
      `SELECT 1 FROM auth.enrolment_link l WHERE l::text LIKE '%' || $1 || '%' OR l::text LIKE '%' || $2 || '%'`,
      [token, Buffer.from(token, 'base64url').toString('hex')],
    );
    expect(found).toEqual([]);
  });
});

describe('G23 and G24 a request that another site caused, or without proof', () => {
  const cases: Record<string, Record<string, string | undefined>> = {
    'Origin null': { origin: 'null' },
    'no Origin': { origin: undefined },
    'a sibling’s Origin': { origin: 'http://evil.localhost' },
    'Origin on another port': { origin: 'http://localhost:1' },
    'from another site': { 'sec-fetch-site': 'cross-site' },
    'from a sibling': { 'sec-fetch-site': 'same-site' },
    'typed into the address': { 'sec-fetch-site': 'none' },
    'no Sec-Fetch-Site': { 'sec-fetch-site': undefined },
    'no proof': { 'x-liaison-csrf': undefined },
    'a wrong proof': { 'x-liaison-csrf': 'A'.repeat(43) },
    'a text': { 'content-type': 'text/plain' },
    'a charset of its own': { 'content-type': 'application/json; charset=evil' },
  };

  it.each(Object.entries(cases))('is refused with 403, at GraphQL and at the pages: %s', async (_name, headers) => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    for (const path of ['/graphql', '/sign-out', '/step-up/options', '/sign-in/options']) {
      const reply = await browser.post(path, { query: ME }, headers);
      expect([path, reply.status, reply.body.errors?.[0]?.extensions.code]).toEqual([path, 403, 'FORBIDDEN']);
    }
    expect(await codeOf(browser)).toBe('accepted');
  });

  it('is refused with the proof of another session', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const { browser: other } = await aSignedIn(t, vn, ['ANALYST']);
    expect((await browser.post('/graphql', { query: ME }, { 'x-liaison-csrf': other.csrf })).status).toBe(403);
  });

  it('is refused as a GET to GraphQL, and as a page asked for by another site', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const query = `/graphql?query=${encodeURIComponent(ME)}`;
    const headers = { 'x-liaison-csrf': browser.csrf, 'sec-fetch-site': 'same-origin', origin: t.url };
    // Nothing at all is asked of GraphQL by GET.
    expect((await browser.get(query, headers)).status).toBe(405);
    expect((await browser.get(query.replace('graphql', '%67raphql'), headers)).status).toBe(405);
    expect((await browser.get('/account', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await browser.get('/account', { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  it('does not fall back on the cookie when it brings a bad token', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    expect((await browser.post('/graphql', { query: ME }, { authorization: 'Bearer a.b.c' })).status).toBe(401);
  });

  it('takes the token’s rights, not the cookie’s, when it has both', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const reply = await browser.post('/graphql', { query: ME }, { ...(await vn.headersFor('POST', '/graphql')) });
    expect(reply.body).toEqual({ data: { me: { officer: null } } });
  });

  it('reads the cookie as one value: what looks like it elsewhere is nothing', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const secret = browser.cookies.get('__Host-liaison')!;
    const bad = [
      `x__Host-liaison=${secret}`,
      `__host-liaison=${secret}`,
      `__Host-liaison=${secret}x`,
      `__Host-liaison="${secret}`,
    ];
    for (const cookie of bad) {
      const reply = await browser.post('/graphql', { query: ME }, { cookie });
      expect([cookie.slice(0, 20), reply.body.errors?.[0]?.extensions.code]).toEqual([
        cookie.slice(0, 20),
        'UNAUTHENTICATED',
      ]);
    }
  });
});

describe('two persons', () => {
  const PROPOSE = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id officer proposedBy } }';
  const APPROVE = 'mutation($id: ID!) { approveAdmission(id: $id) { address expiresAt } }';
  interface Proposed {
    proposeAdmission: { id: string; officer: string; proposedBy: string };
  }
  const verdict = (answer: { errors?: { extensions: { code: string } }[] }): string =>
    answer.errors?.[0]?.extensions.code ?? 'accepted';

  it('enrol an officer: one proposes, another approves, and neither can be both', async () => {
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const two = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer });
    expect(data?.proposeAdmission).toMatchObject({ officer, proposedBy: one.officer });
    const { id } = data!.proposeAdmission;
    expect(await two.browser.ask('{ waitingAdmissions { id officer } }')).toEqual({
      data: { waitingAdmissions: [{ id, officer }] },
    });

    expect(verdict(await one.browser.ask(APPROVE, { id }))).toBe('FORBIDDEN');
    expect(verdict(await one.browser.ask(PROPOSE, { officer: one.officer }))).toBe('FORBIDDEN');
    const answer = await two.browser.ask<{ approveAdmission: { address: string } }>(APPROVE, { id });
    const [address, token] = answer.data!.approveAdmission.address.split('#');
    expect(address).toBe(`${t.url}/enrol`);
    expect((await enrol(new Browser(t.url), new SoftwareAuthenticator(t.url), token!)).status).toBe(200);
    expect(verdict(await two.browser.ask(APPROVE, { id }))).toBe('NOT_FOUND');
  });

  it.each(['who made it', 'another'])(
    'drop a proposal: %s; a stranger cannot, and nothing is left but the event',
    async (who) => {
      const DECLINE = 'mutation($id: ID!) { declineAdmission(id: $id) }';
      const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
      const two = who === 'another' ? await aSignedIn(t, vn, ['AGENCY_ADMIN']) : one;
      const stranger = await aSignedIn(t, la, ['AGENCY_ADMIN']);
      const officer = await anOfficer(t, vn, ['ANALYST']);
      const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer });
      const { id } = data!.proposeAdmission;
      const unknown = '00000000-0000-4000-8000-000000000000';
      const refused = await stranger.browser.ask(DECLINE, { id });
      expect(verdict(refused)).toBe('NOT_FOUND');
      expect(refused).toEqual(await stranger.browser.ask(DECLINE, { id: unknown }));
      expect(await two.browser.ask(DECLINE, { id })).toEqual({ data: { declineAdmission: true } });
      expect(verdict(await two.browser.ask(APPROVE, { id }))).toBe('NOT_FOUND');
      expect(verdict(await two.browser.ask(DECLINE, { id }))).toBe('NOT_FOUND');
      const events = "SELECT officer FROM audit.pending WHERE event = 'admission.declined' AND subject = $1";
      expect(await t.database.sql(events, [officer])).toEqual([{ officer: two.officer }]);
    },
  );

  it('cannot approve their own recovery', async () => {
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const two = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer: two.officer });
    expect(verdict(await two.browser.ask(APPROVE, { id: data!.proposeAdmission.id }))).toBe('FORBIDDEN');
  });

  it.each([
    ['whose account was suspended', 'UPDATE auth.account SET suspended_at = now() WHERE officer = $1'],
    ['whose role was taken away', "UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1"],
  ])('threats 19 do not approve what somebody proposed %s', async (_, end) => {
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const two = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer: await anOfficer(t, vn, ['RELEASER']) });
    const { id } = data!.proposeAdmission;
    await t.database.sql(end, [one.officer]);
    const waiting = await two.browser.ask<{ waitingAdmissions: { id: string }[] }>('{ waitingAdmissions { id } }');
    expect(waiting.data!.waitingAdmissions.map((each) => each.id)).not.toContain(id);
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await two.browser.ask(APPROVE, { id })).toEqual(await two.browser.ask(APPROVE, { id: unknown }));
  });

  it('threats 19 do not approve what was proposed before its proposer was recovered: it may have been the thief', async () => {
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const two = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer: await anOfficer(t, vn, ['RELEASER']) });
    const link = await aLink(t, vn, one.officer);
    expect((await enrol(new Browser(t.url), new SoftwareAuthenticator(t.url), link)).status).toBe(200);
    expect(verdict(await two.browser.ask(APPROVE, { id: data!.proposeAdmission.id }))).toBe('NOT_FOUND');
  });

  it('threats 19 nor is any other change applied that its proposer’s thief may have proposed', async () => {
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const two = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, vn, ['ANALYST'], { clearance: 0 });
    const input = anOfficerInput(vn.unit, { roles: ['RELEASER'] });
    const [ofThief, ofTwo] = [
      await changed(one.browser, 'changeOfficer', { officer, input }),
      await changed(two.browser, 'changeOfficer', { officer: await anOfficer(t, vn, ['ANALYST']), input }),
    ];
    expect([ofThief.state, ofTwo.state]).toEqual(['WAITING', 'WAITING']);
    const recovered = new Browser(t.url);
    await enrol(recovered, new SoftwareAuthenticator(t.url), await aLink(t, vn, one.officer));
    await recovered.loadProof();
    expect(verdict(await act(two.browser, 'approveChange', { id: ofThief.id }))).toBe('NOT_FOUND');
    const states = 'SELECT state FROM agency.change WHERE id = ANY ($1) ORDER BY proposed_at';
    expect(await t.database.sql(states, [[ofThief.id, ofTwo.id]])).toEqual([{ state: 'VOID' }, { state: 'WAITING' }]);
    expect(verdict(await act(recovered, 'approveChange', { id: ofTwo.id }))).toBe('accepted');
  });

  it('are of the officer’s own agency; others’ officers and proposals do not exist', async () => {
    const stranger = await aSignedIn(t, la, ['AGENCY_ADMIN']);
    const one = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const { data } = await one.browser.ask<Proposed>(PROPOSE, { officer });
    const foreign = await stranger.browser.ask(PROPOSE, { officer });
    for (const nobody of ['p:nobody-at-all', 'p:\u0000', '', 'x'.repeat(10_000)]) {
      expect(foreign).toEqual(await stranger.browser.ask(PROPOSE, { officer: nobody }));
    }
    expect(await stranger.browser.ask(APPROVE, { id: data!.proposeAdmission.id })).toEqual(
      await stranger.browser.ask(APPROVE, { id: '00000000-0000-4000-8000-000000000000' }),
    );
    const own = await stranger.browser.ask<{ ownOfficers: { officer: string }[] }>('{ ownOfficers { officer } }');
    expect(own.data!.ownOfficers.map((each) => each.officer)).not.toContain(officer);
  });

  it('must be administrators', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER', 'NCP_OFFICER', 'ANALYST']);
    for (const operation of ['{ ownOfficers { officer } }', '{ waitingAdmissions { id } }']) {
      expect(verdict(await browser.ask(operation))).toBe('FORBIDDEN');
    }
    expect(verdict(await browser.ask(PROPOSE, { officer: 'p:officer1' }))).toBe('FORBIDDEN');
    expect(verdict(await vn.ask(PROPOSE, { officer: 'p:officer1' }))).toBe('FORBIDDEN');
  });
});

describe('a hub that is no demonstration', () => {
  it('threats 30 has neither the front page nor the sign-in of one', async () => {
    const real = await startTestHub({ HUB_ID: 'hub.test.localhost' });
    try {
      const browser = new Browser(real.url);
      expect((await browser.open('/')).text).toContain('data-page="sign-in"');
      const paths = ['/demo', '/demo/sign-in', '/demo/sign-in/VN-CUS-AS', '/demo/front-page.css'];
      for (const path of paths) expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
      const body = { agency: 'VN-CUS', officer: 'p:any-officer' };
      expect((await browser.post('/demo/sign-in', body)).status).toBe(404);
      expect((await browser.get('/sign-in')).text).not.toContain('demo');
    } finally {
      await real.stop();
    }
  });
});

describe('the server’s own role', () => {
  it('cannot read what sign-in keeps', async () => {
    await t.database.sql('SET ROLE hub_app');
    try {
      for (const table of [
        'account',
        'passkey',
        'enrolment_link',
        'console_session',
        'admission',
        'officer_in_force',
      ]) {
        await expect(t.database.sql(`SELECT * FROM auth.${table}`)).rejects.toThrow(/permission denied/);
      }
    } finally {
      await t.database.sql('RESET ROLE');
    }
  });
});
