import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLACES, WAITING } from '../../src/session/people/gate.js';
import { BegunSignIns } from '../../src/session/people/issuers/begun-sign-ins.js';
import { aSignedIn, Browser, type Reply } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { begin, type NationalIssuer, startIssuer, trust } from '../support/issuer.js';

const FEW = 6;

let t: TestHub;
let vn: Party;
let issuer: NationalIssuer;

beforeAll(async () => {
  const limits = {
    BEGUN_SIGN_INS_PER_MINUTE: String(FEW),
    FAILED_SIGN_INS_PER_MINUTE: '8',
    FAILED_TOKENS_PER_MINUTE: '8',
  };
  [t, issuer] = await Promise.all([
    startTestHub({ ...limits, TRUSTED_PROXIES: '127.0.0.1, ::1' }),
    startIssuer('vn-customs'),
  ]);
  vn = await t.enrol('VN-CUS-AS');
  await trust(t, issuer, ['VN-CUS']);
});
afterAll(async () => {
  await Promise.all([issuer.stop(), t.stop()]);
});

/** A browser at this address, new each time, opens a page. */
const from = (address: string, path: string, language = 'en'): Promise<Reply & { text: string }> =>
  new Browser(t.url).get(path, { 'x-forwarded-for': address, 'accept-language': language });

/** What beginning a sign-in leaves behind. */
async function kept(): Promise<number> {
  const [row] = await t.database.sql<{ count: number }>(
    `SELECT (SELECT count(*) FROM auth.begun_sign_in)::int + (SELECT count(*) FROM auth.oidc_record)::int AS count`,
  );
  return row!.count;
}

/** That a page says in the reader's language when to try again. */
function expectPageToWait({ status, headers, text }: Reply & { text: string }, language: 'en' | 'vi'): void {
  expect([status, headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8']);
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  const sentence = { en: `try again in ${seconds} seconds`, vi: `hãy thử lại sau ${seconds} giây` }[language];
  expect(text).toContain(`<html lang="${language}">`);
  expect(text).toContain(sentence);
  expect(text).toContain('href="/sign-in"');
}

describe('A14 a flood of sign-ins that are only begun', () => {
  it('is turned away for its address with a page, however the address of the page is written, and keeps no more rows', async () => {
    for (let i = 0; i < FEW; i += 1) {
      expect((await from('203.0.113.1', `/sign-in/with/${i % 2 === 0 ? 'vn-customs' : 'hub'}`)).status).toBe(303);
    }
    const before = await kept();
    for (const path of ['/sign-in/with/vn-customs', '/sign-in/%77ith/hub', '/sign-in/with/nowhere', '/oidc/auth']) {
      expectPageToWait(await from('203.0.113.1', path), 'en');
      expectPageToWait(await from('203.0.113.1', path, 'vi'), 'vi');
    }
    const head = await fetch(`${t.url}/sign-in/with/hub`, {
      method: 'HEAD',
      headers: { 'x-forwarded-for': '203.0.113.1' },
    });
    expect(head.status).toBe(429);
    expect(await kept()).toBe(before);
    expect((await from('203.0.113.1', '/sign-in')).status).toBe(200);
    expect((await from('203.0.113.2', '/sign-in/with/vn-customs')).status).toBe(303);
  });

  it('is counted at the provider too: one pushed request is not gone on with again and again', async () => {
    const gone = await from('203.0.113.3', '/sign-in/with/hub');
    const { pathname, search } = new URL(gone.headers.get('location')!);
    for (let i = 1; i < FEW; i += 1) expect((await from('203.0.113.3', `${pathname}${search}`)).status).toBe(303);
    const before = await kept();
    expectPageToWait(await from('203.0.113.3', `${pathname}${search}`), 'en');
    expect(await kept()).toBe(before);
  });

  it('is counted with links of enrolment, by which a script asks', async () => {
    const post = (): Promise<Reply> =>
      new Browser(t.url).post(
        '/enrol/with',
        { token: 'x'.repeat(43), issuer: 'vn-customs' },
        { 'x-forwarded-for': '203.0.113.4' },
      );
    for (let i = 0; i < FEW; i += 1) expect((await post()).status).toBe(403);
    expect((await post()).body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expectPageToWait(await from('203.0.113.4', '/sign-in/with/vn-customs'), 'en');
  });

  it('is not counted where the hub asks itself: what a stranger pushes fails, and keeps nobody else from signing in', async () => {
    const push = async (): Promise<number> =>
      (
        await fetch(`${t.url}/oidc/request`, {
          method: 'POST',
          headers: { 'x-forwarded-for': 'no address' },
          body: new URLSearchParams({ client_id: 'VN-CUS-AS' }),
        })
      ).status;
    for (let i = 0; i < 8; i += 1) expect([400, 401]).toContain(await push());
    expect(await push()).toBe(429);
    expect((await from('203.0.113.5', '/sign-in/with/hub')).status).toBe(303);
  });

  it('leaves nothing when its ten minutes are over, although nobody comes after it', async () => {
    const browser = new Browser(t.url);
    await begin(browser, issuer);
    const held = async (): Promise<unknown[]> => t.database.sql('SELECT 1 FROM auth.begun_sign_in');
    const sweeper = t.hub.app.get(BegunSignIns, { strict: false });
    await sweeper.sweep();
    expect(await held()).not.toEqual([]);
    await t.database.sql(`UPDATE auth.begun_sign_in SET expires_at = expires_at - interval '10 minutes'`);
    await sweeper.sweep();
    expect(await held()).toEqual([]);
  });
});

describe('A14 a way back', () => {
  it.each([
    ['203.0.113.6', '/sign-in/return?state=x'],
    ['203.0.113.7', '/sign-in/return/vn-customs?state=x'],
  ])('that fails too often is a page that says when to try again: from %s to %s', async (address, path) => {
    for (let i = 0; i < 8; i += 1) {
      const { status, headers } = await from(address, path);
      expect([status, headers.get('content-type')]).toEqual([409, 'text/html; charset=utf-8']);
    }
    expectPageToWait(await from(address, path, 'vi'), 'vi');
  });
});

describe('A14 a national service that answers nobody', () => {
  const waiting: ServerResponse[] = [];
  let slow: Server;
  let hub: TestHub;
  beforeAll(async () => {
    slow = createServer((_request, response) => void waiting.push(response));
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://localhost:${(slow.address() as AddressInfo).port}`;
    const metadata = {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/jwks`,
      pushed_authorization_request_endpoint: `${url}/request`,
    };
    hub = await startTestHub();
    vn = await hub.enrol('VN-CUS-AS');
    const sleeper = { id: 'slow', url } as NationalIssuer;
    await trust(hub, issuer, ['VN-CUS']);
    await trust(hub, sleeper, ['VN-CUS'], { metadata });
  });
  afterAll(async () => {
    slow.closeAllConnections();
    slow.close();
    await hub.stop();
  });

  it('keeps its own officers waiting, and nobody who signs in elsewhere', async () => {
    const { passkey } = await aSignedIn(hub, vn, ['ANALYST']);
    const open = (id: string): Promise<Reply & { text: string }> => new Browser(hub.url).get(`/sign-in/with/${id}`);
    const answered: Awaited<ReturnType<typeof open>>[] = [];
    const flood = Array.from({ length: PLACES + WAITING + 1 }, async () => answered.push(await open('slow')));
    for (let i = 0; i < 500 && answered.length === 0; i += 1) await sleep(10);
    expect(waiting).toHaveLength(PLACES);
    expectPageToWait(answered[0]!, 'en');
    expect((await open('vn-customs')).status).toBe(303);
    expect((await open('hub')).status).toBe(303);
    expect((await new Browser(hub.url).signIn(passkey)).status).toBe(200);
    const answering = setInterval(() => {
      for (const response of waiting.splice(0)) response.writeHead(500).end();
    }, 10);
    await Promise.all(flood);
    clearInterval(answering);
    expect(new Set(answered.slice(1).map(({ status }) => status))).toEqual(new Set([503]));
  });
});
