import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf } from '../src/session/people/page-files.js';
import { AGENCIES } from '../src/demo/world/directory.js';
import { SoftwareAuthenticator } from './support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol } from './support/browser.js';
import { composeAndSubmit } from './support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let vn: Party;
let th: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
});
afterAll(() => t.stop());

const ME = '{ me { agency unit officer clearance maySeeNominal permissions roles isFresh } }';
interface MeAnswer {
  me: { officer: string; permissions: string[]; roles: string[]; isFresh: boolean; maySeeNominal: boolean };
}
const MY_SESSIONS = '{ mySessions { id userAgent isCurrent } }';
interface SessionsAnswer {
  mySessions: { id: string; userAgent: string; isCurrent: boolean }[];
}
const END = 'mutation($id: ID!) { endSession(id: $id) }';

describe('an officer', () => {
  it.each(['ES256', 'EdDSA'] as const)('enrols with a link, is signed in, and signs in again (%s)', async (alg) => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST'], { alg });
    const me = {
      agency: 'VN-CUS',
      unit: 'VN-CUS-AS',
      officer,
      clearance: 'RESTRICTED',
      maySeeNominal: true,
      permissions: ['desk.work', 'directory.read', 'objects.read', 'session.own'],
      roles: ['ANALYST'],
      isFresh: true,
    };
    expect(await browser.ask(ME)).toEqual({ data: { me } });
    const other = new Browser(t.url);
    expect((await other.signIn(passkey)).body).toEqual({ next: '/account' });
    expect(await other.ask(ME)).toEqual({ data: { me } });
  });

  it('has exactly what the roles give, and personal details only if cleared for them', async () => {
    const meOf = async (roles: string[], changes: object = {}): Promise<MeAnswer['me']> => {
      const { browser } = await aSignedIn(t, vn, roles, changes);
      return (await browser.ask<MeAnswer>(ME)).data!.me;
    };
    expect((await meOf(['RELEASER'])).permissions).toContain('objects.submit');
    expect((await meOf(['FIELD_OFFICER', 'PCU_MEMBER'])).permissions).not.toContain('objects.submit');
    expect(await meOf(['ANALYST'], { maySeeNominal: false })).toMatchObject({ maySeeNominal: false });
    expect(await meOf(['RILO_LIAISON'])).toMatchObject({ maySeeNominal: false });
    const admin = await meOf(['AGENCY_ADMIN']);
    expect(admin.permissions).toEqual([
      'agency.administer',
      'directory.read',
      'keys.publish',
      'officers.enrol',
      'session.own',
    ]);
    expect(admin.maySeeNominal).toBe(false);
  });

  it('D15 reads what was released to the unit, and an administrator reads nothing', async () => {
    const agreement = await t.agree([vn, th]);
    const { id } = await composeAndSubmit(th, { to: ['VN-CUS'], agreement });
    const inbox = '{ inbox(first: 100) { nodes { id } } }';
    const reader = await aSignedIn(t, vn, ['PCU_MEMBER']);
    const answer = await reader.browser.ask<{ inbox: { nodes: { id: string }[] } }>(inbox);
    expect(answer.data?.inbox.nodes.map((node) => node.id)).toContain(id);
    const [row] = await t.database.sql<{ officer: string }>(
      `SELECT officer FROM audit.pending WHERE officer = $1 AND object_seq IS NOT NULL LIMIT 1`,
      [reader.officer],
    );
    expect(row).toBeUndefined();
    await reader.browser.ask('query($id: ID!) { object(id: $id) { id } }', { id });
    const [opened] = await t.database.sql<{ officer: string }>(
      `SELECT officer FROM audit.pending WHERE officer = $1 AND object_seq IS NOT NULL LIMIT 1`,
      [reader.officer],
    );
    expect(opened).toEqual({ officer: reader.officer });

    const admin = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    expect((await admin.browser.ask(inbox)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('sees the own sessions alone, and ends them', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const second = new Browser(t.url);
    await second.signIn(passkey);
    const stranger = await aSignedIn(t, vn, ['ANALYST']);
    const { data } = await browser.ask<SessionsAnswer>(MY_SESSIONS);
    expect(data?.mySessions).toHaveLength(2);
    expect(data?.mySessions.map((each) => [each.userAgent, each.isCurrent])).toEqual([
      ['Test browser', false],
      ['Test browser', true],
    ]);
    const id = data!.mySessions[0]!.id;
    expect((await stranger.browser.ask(END, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(await second.ask(MY_SESSIONS)).toMatchObject({ data: { mySessions: [{}, {}] } });
    expect(await browser.ask(END, { id })).toEqual({ data: { endSession: true } });
    expect((await second.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await browser.ask<SessionsAnswer>(MY_SESSIONS)).data?.mySessions).toHaveLength(1);
  });

  it('signs out: the cookie is worthless, and the browser forgets what it kept', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const cookie = browser.cookies.get('__Host-liaison')!;
    const reply = await browser.post('/sign-out');
    expect(reply.body).toEqual({ next: '/sign-in' });
    expect(reply.headers.get('clear-site-data')).toBe('"cache"');
    expect(browser.cookies.has('__Host-liaison')).toBe(false);
    browser.cookies.set('__Host-liaison', cookie);
    expect((await browser.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('a step-up', () => {
  const KEYS = 'mutation { publishKeySet(keySet: "{}") { seq } }';
  const stale = (officer: string): Promise<unknown[]> =>
    t.database.sql(
      `UPDATE auth.console_session SET authenticated_at = now() - interval '6 minutes'
       WHERE account_id = (SELECT id FROM auth.account WHERE officer = $1)`,
      [officer],
    );

  it('is asked for after five minutes, gives a new cookie, and lets the act through', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    expect((await browser.ask(KEYS)).errors?.[0]?.extensions.code).toBe('BAD_SIGNED_OBJECT');
    await stale(officer);
    expect((await browser.ask(KEYS)).errors?.[0]?.extensions.code).toBe('STEP_UP_REQUIRED');
    expect(await browser.ask(ME)).toMatchObject({ data: { me: { isFresh: false } } });

    const before = browser.cookies.get('__Host-liaison')!;
    const options = await browser.post('/step-up/options');
    expect(options.body['allowCredentials']).toMatchObject([{ id: passkey.id }]);
    const response = passkey.get(options.body as unknown as { challenge: string });
    expect((await browser.post('/step-up', { response })).status).toBe(200);
    expect(browser.cookies.get('__Host-liaison')).not.toBe(before);
    await browser.loadProof();
    expect((await browser.ask(KEYS)).errors?.[0]?.extensions.code).toBe('BAD_SIGNED_OBJECT');

    const old = new Browser(t.url);
    old.cookies.set('__Host-liaison', before);
    expect((await old.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('does not take another officer’s passkey', async () => {
    const { browser } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { passkey } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const options = await browser.post('/step-up/options');
    const reply = await browser.post('/step-up', {
      response: passkey.get(options.body as unknown as { challenge: string }),
    });
    expect(reply.status).toBe(401);
  });

  it('is for people: a unit’s system publishes keys as before', async () => {
    expect((await vn.ask(KEYS)).errors?.[0]?.extensions.code).toBe('BAD_SIGNED_OBJECT');
  });
});

describe('a session ends', () => {
  const ageBy = (column: string, interval: string, officer: string): Promise<unknown[]> =>
    t.database.sql(
      `UPDATE auth.console_session SET ${column} = ${column} - $1::interval
       WHERE account_id = (SELECT id FROM auth.account WHERE officer = $2)`,
      [interval, officer],
    );

  it('after 20 minutes without a request, and a request in time keeps it', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    await ageBy('seen_at', '19 minutes', officer);
    expect((await browser.ask(ME)).errors).toBeUndefined();
    await ageBy('seen_at', '19 minutes', officer);
    expect((await browser.ask(ME)).errors).toBeUndefined();
    await ageBy('seen_at', '20 minutes', officer);
    expect((await browser.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('after ten hours, whatever is done', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    await ageBy('expires_at', '9 hours 59 minutes', officer);
    expect((await browser.ask(ME)).errors).toBeUndefined();
    await ageBy('expires_at', '1 minute', officer);
    expect((await browser.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('a recovery', () => {
  it('is a new link: the old passkey and its sessions are worthless', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const found = new SoftwareAuthenticator(t.url);
    const desk = new Browser(t.url);
    expect((await enrol(desk, found, await aLink(t, vn, officer))).status).toBe(200);
    expect((await browser.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(401);
    expect((await new Browser(t.url).signIn(found)).status).toBe(200);
  });
});

describe('the pages', () => {
  it('stay in the language that was chosen once, redirects and errors included', async () => {
    const browser = new Browser(t.url);
    const english = { 'accept-language': 'en' };
    const languageOf = async (path: string): Promise<string | undefined> =>
      /<html lang="(\w+)">/.exec((await browser.get(path, english)).text)?.[1];
    expect(await languageOf('/sign-in')).toBe('en');
    const [cookie] = (await browser.get('/account?lang=vi', english)).headers.getSetCookie();
    expect(cookie).toBe('__Host-liaison-language=vi; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax');
    for (const path of ['/sign-in', '/sign-in?lang=fr', '/sign-in?lang=vi&lang=en', '/sign-in/with/nobody']) {
      expect([path, await languageOf(path)]).toEqual([path, 'vi']);
    }
    expect(await languageOf('/sign-in?lang=en')).toBe('en');
    expect(await languageOf('/sign-in/with/nobody')).toBe('en');
  });

  it('say in a sentence what is wrong also before it is known whose they are', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const refused = await browser.get('/account', { 'sec-fetch-site': 'same-site' });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(refused.text).toContain('href="/sign-in"');
  });

  it('stand in both languages, load nothing from elsewhere and cannot be framed', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    for (const path of ['/sign-in', '/enrol', '/step-up', '/account']) {
      const english = await browser.get(`${path}?lang=en`);
      const vietnamese = await browser.get(`${path}?lang=vi`);
      expect([path, english.status, vietnamese.status]).toEqual([path, 200, 200]);
      expect(english.text).toContain('<html lang="en">');
      expect(vietnamese.text).toContain('<html lang="vi">');
      expect(english.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(english.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(english.headers.get('cache-control')).toBe('no-store');
      expect(english.text).not.toMatch(/ (on\w+|style)=|<script>|https?:/);
    }
    expect((await browser.get('/account?lang=en')).text).toContain('Officer &#60;of&#62; the unit');
  });

  it('load scripts and style once, compressed, and no other file', async () => {
    const file = async (path: string, coding: string): Promise<unknown[]> => {
      const response = await fetch(`${t.url}${path}`, { headers: { 'accept-encoding': coding } });
      const { status, headers } = response;
      const names = ['content-type', 'content-encoding', 'cache-control'];
      return [status, ...names.map((name) => headers.get(name)), (await response.text()).length > 500];
    };
    const script = [200, 'text/javascript; charset=utf-8'];
    const forGood = 'public, max-age=31536000, immutable';
    expect(await file(addressOf('signing'), 'gzip, br')).toEqual([...script, 'br', forGood, true]);
    expect(await file(addressOf('administration'), 'gzip, br;q=0')).toEqual([...script, 'gzip', forGood, true]);
    expect(await file(addressOf('signing'), 'identity')).toEqual([...script, null, forGood, true]);
    const style = [200, 'text/css; charset=utf-8', 'gzip', forGood, true];
    expect(await file(addressOf('page.css'), 'gzip')).toEqual(style);
    for (const path of ['browser.js', 'page.css', '../src/main.js', '%2e%2e/src/main.js', '..%2fsrc%2fmain.js', '']) {
      expect([path, (await file(`/pages/${path}`, 'br'))[0]]).toEqual([path, 404]);
    }
  });

  it('send whoever is not signed in to the sign-in page', async () => {
    for (const path of ['/step-up', '/account']) {
      const reply = await new Browser(t.url).get(path);
      expect([reply.status, reply.headers.get('location')]).toEqual([303, '/sign-in']);
    }
  });

  it('tell who an enrolment link is for', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const token = await aLink(t, vn, officer);
    const reply = await new Browser(t.url).post('/enrol/open', { token }, { 'accept-language': 'vi' });
    expect(reply.body).toMatchObject({ agency: 'VN-CUS', title: 'Cán bộ của đơn vị' });
  });
});

describe('GET /session', () => {
  it('gives an officer the proof for requests, and a system nothing', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    expect((await browser.get('/session')).body).toMatchObject({ officer, roles: ['ANALYST'], csrf: browser.csrf });
    expect((await new Browser(t.url).get('/session')).status).toBe(401);
    const asSystem = { ...(await vn.headersFor('GET', '/session')) };
    expect((await new Browser(t.url).get('/session', asSystem)).status).toBe(403);
  });
});

describe('liaison officer enrol', () => {
  const liaison = async (officer: string): Promise<{ code: number; out: string }> => {
    const program = join(import.meta.dirname, '../dist/src/cli/liaison.js');
    const env = {
      ...process.env,
      HUB_ID,
      DATABASE_URL: t.database.url,
      DATA_FOLDER: t.database.dataFolder,
      PUBLIC_URL: t.url,
    };
    const words = [program, 'officer', 'enrol', officer, '--agency', 'VN-CUS', '--lang', 'en'];
    return promisify(execFile)(process.execPath, words, { env: { ...env, NODE_OPTIONS: '' } }).then(
      ({ stdout }) => ({ code: 0, out: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, out: error.stderr }),
    );
  };

  it('prints a link with which an administrator enrols, once', async () => {
    const admin = await anOfficer(t, vn, ['AGENCY_ADMIN']);
    const { code, out } = await liaison(admin);
    expect(code).toBe(0);
    const [, token] = /#([\w-]{43})$/m.exec(out)!;
    expect(out).toContain(`${t.url}/enrol#`);
    expect((await enrol(new Browser(t.url), new SoftwareAuthenticator(t.url), token!)).status).toBe(200);
    const again = await liaison(admin);
    expect([again.code, again.out]).toEqual([3, expect.stringContaining('has a passkey already')]);
  }, 60_000);

  it('lets nobody in who sees content, nor anybody unknown', async () => {
    for (const [officer, reason] of [
      [await anOfficer(t, vn, ['AGENCY_ADMIN', 'ANALYST']), 'has access to content'],
      ['p:nobody-at-all', 'has no officer'],
    ]) {
      const { code, out } = await liaison(officer!);
      expect([code, out]).toEqual([3, expect.stringContaining(reason!)]);
    }
    expect(await t.database.sql(`SELECT 1 FROM auth.account WHERE officer = 'p:nobody-at-all'`)).toEqual([]);
  }, 60_000);
});

describe('in the demonstration', () => {
  const ofDemonstration = AGENCIES[0]!.officers.filter(({ unit }) => unit === 'VN-CUS-AS');
  beforeAll(async () => {
    for (const { pseudonym, unit, roles } of ofDemonstration) {
      await t.database.sql(
        `INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, clearance, may_see_nominal, valid_from)
         VALUES ('VN-CUS', $1, $2, 'Officer', 'Cán bộ', $3, 1, true, '2020-01-01')`,
        [pseudonym, unit, roles],
      );
    }
  });

  it('one click signs in as each listed role', async () => {
    const page = await new Browser(t.url).get('/demo/sign-in');
    for (const { pseudonym, roles } of ofDemonstration) {
      expect(page.text).toContain(pseudonym);
      const browser = new Browser(t.url);
      expect((await browser.post('/demo/sign-in', { agency: 'VN-CUS', officer: pseudonym })).status).toBe(200);
      await browser.loadProof();
      expect(await browser.ask('{ me { officer roles isFresh } }')).toEqual({
        data: { me: { officer: pseudonym, roles, isFresh: true } },
      });
    }
  });

  it('nobody else can be signed in as, nor from another page or under another name', async () => {
    const { officer } = await aSignedIn(t, vn, ['RELEASER']);
    const body = { agency: 'VN-CUS', officer: ofDemonstration[0]!.pseudonym };
    const browser = new Browser(t.url);
    const statusOf = async (given: object, headers: object = {}): Promise<number> =>
      (await browser.post('/demo/sign-in', given, { ...headers })).status;
    expect(await statusOf({ agency: 'VN-CUS', officer })).toBe(404);
    expect(await statusOf({ agency: 'TH-CUS', officer: body.officer })).toBe(404);
    expect(await statusOf(body, { origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(body, { 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(browser.cookies.size).toBe(0);
  });
});
