import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readIssuerEntry } from '../src/operator/issuer-entry.js';
import { SoftwareAuthenticator } from './support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol, show } from './support/browser.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';
import {
  aLinked,
  answerOf,
  begin,
  comeBack,
  enrolAt,
  entryFor,
  type NationalIssuer,
  signInAt,
  startIssuer,
  trust,
} from './support/issuer.js';

let t: TestHub;
let vn: Party;
let th: Party;
let issuer: NationalIssuer;

beforeAll(async () => {
  [t, issuer] = await Promise.all([startTestHub(), startIssuer('vn-customs')]);
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
});
afterAll(async () => {
  await Promise.all([issuer.stop(), t.stop()]);
});
beforeEach(() => trust(t, issuer, ['VN-CUS']));

const ME = '{ me { agency unit officer clearance maySeeNominal permissions roles isFresh } }';
interface MeAnswer {
  me: { officer: string; roles: string[]; permissions: string[]; clearance: string; maySeeNominal: boolean };
}
const KEYS = 'mutation { publishKeySet(keySet: "{}") { seq } }';
const codeOf = async (browser: Browser, operation = ME): Promise<string | undefined> =>
  (await browser.ask(operation)).errors?.[0]?.extensions.code;
const minutesAgo = (minutes: number): number => Math.floor(Date.now() / 1000) - minutes * 60;

describe('an officer of an administration with a sign-in of its own', () => {
  it('enrols with a link by signing in there, and signs in again, with the rights that the hub grants', async () => {
    const { officer, subject, browser } = await aLinked(t, issuer, vn, ['ANALYST']);
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
    await issuer.says({ claims: { sub: subject } });
    expect((await signInAt(other, issuer)).status).toBe(200);
    expect(await other.ask(ME)).toEqual({ data: { me } });
  });

  it('is sent there with PKCE, state, nonce and its own return address', async () => {
    const address = await begin(new Browser(t.url), issuer);
    expect(address.origin).toBe(new URL(issuer.url).origin);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: 'liaison-hub',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${t.url}/sign-in/return/vn-customs`,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      acr_values: 'urn:example:mfa urn:example:phr',
      max_age: '3600',
    });
  });

  it('comes back to a page of the hub, which sets the session and leads on by itself', async () => {
    const { subject } = await aLinked(t, issuer, vn, ['ANALYST']);
    await issuer.says({ claims: { sub: subject } });
    const browser = new Browser(t.url);
    const gone = await browser.get('/sign-in/with/vn-customs');
    const [mark] = gone.headers.getSetCookie();
    expect(mark!.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Lax', 'Secure']);
    const back = await comeBack(browser, await answerOf(gone.headers.get('location')!));
    expect([back.status, back.headers.get('refresh'), back.headers.get('cache-control')]).toEqual([
      200,
      '0;url=/account',
      'no-store',
    ]);
    const [session] = back.headers.getSetCookie().filter((line) => line.startsWith('__Host-liaison='));
    expect(session!.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
    expect((await browser.get('/account', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('is as strong as the service says: what is not phishing-resistant opens no personal details, confirms and administers nothing', async () => {
    const { browser, subject } = await aLinked(t, issuer, vn, ['AGENCY_ADMIN', 'ANALYST']);
    await issuer.says({ claims: { acr: 'urn:example:mfa', sub: subject } });
    await signInAt(browser, issuer);
    expect(await browser.ask('{ me { maySeeNominal isFresh } }')).toEqual({
      data: { me: { maySeeNominal: false, isFresh: false } },
    });
    expect(await codeOf(browser, 'mutation { blockKey(kid: "x") }')).toBe('STEP_UP_REQUIRED');
    expect(await codeOf(browser, KEYS)).toBe('FORBIDDEN');
  });

  it('has confirmed who it is when the service asked within five minutes, and can have it ask anew', async () => {
    const saying = { claims: { auth_time: minutesAgo(6) } };
    const { subject, browser } = await aLinked(t, issuer, vn, ['AGENCY_ADMIN'], { saying });
    expect(await codeOf(browser, KEYS)).toBe('STEP_UP_REQUIRED');
    expect((await browser.get('/step-up')).text).toContain('href="/sign-in/with/vn-customs?again"');
    const stranger = await aSignedIn(t, th, ['AGENCY_ADMIN']);
    expect((await stranger.browser.get('/step-up')).text).not.toContain('vn-customs');
    const old = browser.cookies.get('__Host-liaison')!;
    await issuer.says({ claims: { sub: subject } });
    const address = await begin(browser, issuer, '?again');
    expect(address.searchParams.get('prompt')).toBe('login');
    await comeBack(browser, await answerOf(address));
    await browser.loadProof();
    expect(await codeOf(browser, KEYS)).toBe('BAD_SIGNED_OBJECT');
    browser.cookies.set('__Host-liaison', old);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });

  it('is led back also by a service on a host beside the hub, whose redirects bring the session along', async () => {
    const { subject, browser } = await aLinked(t, issuer, vn, ['ANALYST']);
    const old = browser.cookies.get('__Host-liaison')!;
    await issuer.says({ claims: { sub: subject } });
    const { pathname, search } = await answerOf(await begin(browser, issuer, '?again'));
    const back = await browser.get(`${pathname}${search}`, { 'sec-fetch-site': 'same-site' });
    expect([back.status, browser.cookies.get('__Host-liaison') === old]).toEqual([200, false]);
    await browser.loadProof();
    expect(await codeOf(browser)).toBeUndefined();
  });
});

describe('the hub as an issuer', () => {
  it('signs officers in by the same way: a pushed request, the passkey page, and back', async () => {
    const { officer, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    const gone = await browser.get('/sign-in/with/hub');
    const address = new URL(gone.headers.get('location')!);
    expect([address.pathname, [...address.searchParams.keys()].sort()]).toEqual([
      '/oidc/auth',
      ['client_id', 'request_uri'],
    ]);
    expect((await browser.open(`${address.pathname}${address.search}`)).text).toContain('data-act="sign-in"');
    const next = await show(browser, passkey);
    expect(browser.cookies.has('__Host-liaison')).toBe(false);
    const back = await browser.open(next);
    expect([back.status, back.headers.get('refresh')]).toEqual([200, '0;url=/account']);
    await browser.loadProof();
    expect(await browser.ask('{ me { officer isFresh maySeeNominal } }')).toEqual({
      data: { me: { officer, isFresh: true, maySeeNominal: true } },
    });
  });

  it('asks for the passkey each time, also of another officer in the same browser', async () => {
    const [one, two] = [await aSignedIn(t, vn, ['ANALYST']), await aSignedIn(t, th, ['ANALYST'])];
    const browser = new Browser(t.url);
    for (const { officer, passkey } of [one, two, one]) {
      browser.cookies.delete('__Host-liaison');
      expect((await browser.open('/sign-in/with/hub')).text).toContain('data-act="sign-in"');
      expect((await browser.open(await show(browser, passkey))).status).toBe(200);
      await browser.loadProof();
      expect(await browser.ask('{ me { officer } }')).toEqual({ data: { me: { officer } } });
    }
  });

  it('leads back to the passkey page when there is nothing to go on with', async () => {
    for (const path of ['/oidc/auth', '/oidc/auth/unknown', '/oidc/auth?client_id=nobody&request_uri=x']) {
      const reply = await new Browser(t.url).get(path);
      expect([path, reply.status, reply.headers.get('location')]).toEqual([path, 302, '/sign-in']);
    }
  });
});

describe('claims of a service', () => {
  const lowering = { roles: 'hub_roles', clearance: 'hub_clearance', nominal: 'hub_nominal' };
  const meWith = async (claims: object, changes: object = {}): Promise<MeAnswer['me'] | undefined> => {
    await trust(t, issuer, ['VN-CUS'], { lowering });
    const saying = {
      claims: { hub_roles: ['ANALYST', 'RELEASER'], hub_clearance: 'RESTRICTED', hub_nominal: true, ...claims },
    };
    const { browser } = await aLinked(t, issuer, vn, ['ANALYST', 'RELEASER'], { saying, ...changes });
    return (await browser.ask<MeAnswer>(ME)).data?.me;
  };

  it('lower the roles of the session', async () => {
    const me = await meWith({ hub_roles: ['ANALYST'] });
    expect(me).toMatchObject({ roles: ['ANALYST'], maySeeNominal: true, clearance: 'RESTRICTED' });
    expect(me!.permissions).not.toContain('objects.submit');
    expect((await meWith({}))!.permissions).toContain('objects.submit');
  });

  it('lower the clearance, and take personal details away', async () => {
    expect(await meWith({ hub_clearance: 'UNCLASSIFIED' })).toMatchObject({ clearance: 'UNCLASSIFIED' });
    expect(await meWith({ hub_nominal: false })).toMatchObject({ maySeeNominal: false });
  });

  it('lower as far as they can when they are missing or cannot be read', async () => {
    for (const claims of [{ hub_clearance: undefined }, { hub_clearance: 'SECRET' }, { hub_clearance: 1 }]) {
      expect(await meWith(claims)).toMatchObject({ clearance: 'UNCLASSIFIED' });
    }
    for (const hub_nominal of [undefined, 'true', 1]) {
      expect(await meWith({ hub_nominal })).toMatchObject({ maySeeNominal: false });
    }
    for (const hub_roles of [undefined, [], [7], ['AUDITOR']]) {
      await expect(meWith({ hub_roles })).rejects.toThrow(/403/);
    }
  });
});

describe('an enrolment link', () => {
  it('makes the service take the place of the passkey, and a passkey that of the service', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    await issuer.says({ claims: { sub: 'changed-over' } });
    const desk = new Browser(t.url);
    expect((await enrolAt(desk, issuer, await aLink(t, vn, officer))).status).toBe(200);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(401);

    const found = new SoftwareAuthenticator(t.url);
    expect((await enrol(new Browser(t.url), found, await aLink(t, vn, officer))).status).toBe(200);
    expect(await codeOf(desk)).toBe('UNAUTHENTICATED');
    expect((await signInAt(new Browser(t.url), issuer)).status).toBe(403);
    expect((await new Browser(t.url).signIn(found)).status).toBe(200);
  });

  it('takes no administrator by a proof that can be phished, and the passkey stays', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    await issuer.says({ claims: { acr: 'urn:example:mfa', sub: 'weaker' } });
    const [desk, link] = [new Browser(t.url), await aLink(t, vn, officer)];
    const refused = await enrolAt(desk, issuer, link);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('sign in with a passkey')]);
    expect(await codeOf(browser, KEYS)).not.toBe('UNAUTHENTICATED');
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(200);
    expect((await enrol(desk, new SoftwareAuthenticator(t.url), link)).status).toBe(200);
  });

  it('offers the services of its agency alone', async () => {
    const offered = async (party: Party): Promise<unknown> => {
      const token = await aLink(t, party, await anOfficer(t, party, ['ANALYST']));
      return (await new Browser(t.url).post('/enrol/open', { token }, { 'accept-language': 'vi' })).body['issuers'];
    };
    expect(await offered(vn)).toEqual([{ id: 'vn-customs', name: 'Đăng nhập vn-customs' }]);
    expect(await offered(th)).toEqual([]);
    const browser = new Browser(t.url);
    const token = await aLink(t, th, await anOfficer(t, th, ['ANALYST']));
    await browser.post('/enrol/open', { token });
    expect((await browser.post('/enrol/with', { token, issuer: 'vn-customs' })).status).toBe(404);
  });

  it('is needed, and that it was opened in this browser', async () => {
    const token = await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']));
    await new Browser(t.url).post('/enrol/open', { token });
    const thief = new Browser(t.url);
    expect((await thief.post('/enrol/with', { token, issuer: 'vn-customs' })).status).toBe(403);
    expect((await thief.post('/enrol/with', { token: 'x', issuer: 'vn-customs' })).status).toBe(403);
    expect((await thief.post('/enrol/with', { token }, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('a suspended service', () => {
  const suspend = (at: string): Promise<unknown> =>
    t.database.sql(`UPDATE auth.trusted_issuer SET suspended_at = ${at} WHERE id = 'vn-customs'`);

  it('lets nobody in, ends what it began at the next request, and looks as if it had never been', async () => {
    const { subject, browser } = await aLinked(t, issuer, vn, ['ANALYST']);
    await issuer.says({ claims: { sub: subject } });
    const waiting = new Browser(t.url);
    const answer = await answerOf(await begin(waiting, issuer));
    await suspend('now()');
    try {
      expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
      expect((await comeBack(waiting, answer)).status).toBe(404);
      const [known, unknown] = [
        await new Browser(t.url).get('/sign-in/with/vn-customs'),
        await new Browser(t.url).get('/sign-in/with/nobody'),
      ];
      expect([known.status, known.text]).toEqual([404, unknown.text]);
      expect((await new Browser(t.url).get('/sign-in')).text).not.toContain('vn-customs');
    } finally {
      await suspend('NULL');
    }
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });

  it('or one that no longer speaks for the agency ends its sessions', async () => {
    const { browser } = await aLinked(t, issuer, vn, ['ANALYST']);
    await trust(t, issuer, ['TH-CUS']);
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
  });
});

describe('a service that does not answer', () => {
  it('is told in one sentence, in both languages, and a passkey still signs in', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    await issuer.says({ status: 502 });
    const reply = await signInAt(new Browser(t.url), issuer);
    expect([reply.status, reply.text]).toEqual([503, expect.stringContaining('sign-in service does not answer')]);
    const gone = await startIssuer('vn-gone');
    await trust(t, gone, ['VN-CUS']);
    const browser = new Browser(t.url);
    const answer = await answerOf(await begin(browser, gone));
    await gone.stop();
    const vietnamese = await browser.get(`${answer.pathname}${answer.search}`, { 'accept-language': 'vi' });
    expect([vietnamese.status, vietnamese.text]).toEqual([503, expect.stringContaining('Dịch vụ đăng nhập')]);
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(200);
  });
});

describe('the sign-in page', () => {
  it('offers every service in force by its name', async () => {
    const english = await new Browser(t.url).get('/sign-in');
    expect(english.text).toContain('<a class="button plain" href="/sign-in/with/vn-customs">Sign-in vn-customs</a>');
    expect((await new Browser(t.url).get('/sign-in?lang=vi')).text).toContain('Đăng nhập vn-customs');
  });

  it('has the public keys that services know the hub by, and no private ones', async () => {
    const { body } = await new Browser(t.url).get('/sign-in/keys');
    const keys = body['keys'] as Record<string, unknown>[];
    expect(keys.map(({ alg }) => alg)).toEqual(['Ed25519', 'ES256']);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });
});

describe('liaison issuer', () => {
  const liaison = async (...words: string[]): Promise<{ code: number; out: string }> => {
    const program = join(import.meta.dirname, '../dist/src/cli/liaison.js');
    const env = { HUB_ID, DATABASE_URL: t.database.url, DATA_FOLDER: t.database.dataFolder, PUBLIC_URL: t.url };
    const options = { env: { ...process.env, ...env, NODE_OPTIONS: '' } };
    return promisify(execFile)(process.execPath, [program, 'issuer', ...words, '--lang', 'en'], options).then(
      ({ stdout }) => ({ code: 0, out: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, out: error.stderr }),
    );
  };
  const add = (content: object): Promise<{ code: number; out: string }> => {
    const file = join(t.database.dataFolder, 'issuer.json');
    writeFileSync(file, JSON.stringify(content));
    return liaison('add', '--file', file, '--yes');
  };

  it('adds, lists, suspends and resumes', async () => {
    const other = await startIssuer('th-customs');
    try {
      const added = await add(entryFor(other, ['TH-CUS']));
      expect([added.code, added.out]).toEqual([0, expect.stringContaining(`${t.url}/sign-in/return/th-customs`)]);
      expect(added.out).toContain(`${other.url}/token`);
      await aLinked(t, other, th, ['ANALYST']);
      expect((await liaison('list')).out).toContain(
        `th-customs: ${other.url} for TH-CUS, 1 officers linked, in force.`,
      );
      expect((await liaison('suspend', 'th-customs')).code).toBe(0);
      expect((await add(entryFor(other, ['TH-CUS']))).code).toBe(0);
      expect((await liaison('list')).out).toContain('SUSPENDED');
      expect((await liaison('resume', 'th-customs')).code).toBe(0);
      expect((await signInAt(new Browser(t.url), other)).status).toBe(200);
    } finally {
      await other.stop();
    }
  }, 120_000);

  it('takes the example of the documentation', () => {
    const example = JSON.parse(readFileSync('docs/examples/issuer.json', 'utf8')) as Record<string, unknown>;
    expect(readIssuerEntry(example)).toMatchObject({ ...example });
  });

  it('refuses what cannot be right, and changes nothing', async () => {
    const rows = (): Promise<unknown> => t.database.sql('SELECT * FROM auth.trusted_issuer ORDER BY id');
    const before = await rows();
    const right = entryFor({ ...issuer, id: 'vn-other' }, ['VN-CUS']);
    for (const [content, pointer] of [
      [{ ...right, strengths: { x: 'demonstration' } }, '/strengths'],
      [{ ...right, strengths: {} }, '/strengths'],
      [{ ...right, issuer: 'http://login.example' }, '/issuer'],
      [{ ...right, algorithms: ['HS256'] }, '/algorithms'],
      [{ ...right, agencies: [] }, '/agencies'],
      [{ ...right, lowering: { clearence: 'x' } }, '/lowering'],
      [{ ...right, id: 'hub' }, '/id'],
      [{ ...right, raising: {} }, '/raising'],
    ] as const) {
      expect(readIssuerEntry(content)).toEqual({ pointer });
    }
    for (const [content, code, reason] of [
      [{ ...right, clientId: '' }, 2, '/clientId'],
      [{ ...right, agencies: ['XX-CUS'] }, 3, 'no agency XX-CUS'],
      [right, 3, 'vn-customs'],
      [{ ...right, issuer: `${issuer.url}/elsewhere` }, 3, 'openid-configuration'],
    ] as const) {
      const answer = await add(content);
      expect([content, answer.code, answer.out]).toEqual([content, code, expect.stringContaining(reason)]);
    }
    expect(await rows()).toEqual(before);
  }, 120_000);
});
