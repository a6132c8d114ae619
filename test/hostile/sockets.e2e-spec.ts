import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aSignedIn, type Browser } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { composeAndSubmit, recall, untilFeedIsComplete } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { CHANGED, headersOf, TestSocket } from '../support/socket.js';

/** Rows W1 and W2 of the hostile inputs, and what other rows and threats.md ask of sockets (A16, D6, D8, threats 11, 12, 18, 23). */

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let browser: Browser;
const open: TestSocket[] = [];

beforeAll(async () => {
  t = await startTestHub();
  [vn, th] = [await t.enrol('VN-CUS-AS'), await t.enrol('TH-CUS-LCB')];
  agreement = await t.agree([vn, th]);
  ({ browser } = await aSignedIn(t, vn, ['ANALYST']));
});
afterEach(() => {
  for (const each of open.splice(0)) each.socket.terminate();
});
afterAll(() => t.stop());

const kept = async (socket: Promise<TestSocket | number>): Promise<TestSocket> => {
  const made = await socket;
  if (typeof made === 'number') throw new Error(`Refused with ${made}`);
  open.push(made);
  return made;
};
const SOCKET = '/graphql/socket';
const ofUnit = async (party = vn): Promise<TestSocket> =>
  kept(TestSocket.open(t.url, await party.headersFor('GET', SOCKET)));
const statusFor = async (
  headers: Record<string, string | undefined>,
  options: Parameters<typeof TestSocket.open>[2] = {},
): Promise<unknown> => {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
  const socket = await TestSocket.open(t.url, Object.fromEntries(given), options);
  if (typeof socket === 'number') return socket;
  socket.socket.terminate();
  return 'opened';
};

describe('W1 a socket', () => {
  it('opens for an officer’s own page and for a unit’s system', async () => {
    expect(await statusFor(headersOf(browser))).toBe('opened');
    expect(await statusFor(await vn.headersFor('GET', SOCKET))).toBe('opened');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['null', { origin: 'null' }],
    ['of a sibling', { origin: 'http://evil.localhost' }],
    ['on another port', { origin: 'http://localhost:1' }],
    ['in another case', { origin: 'HTTP://LOCALHOST' }],
    ['missing', { origin: undefined }],
    ['own, but the browser says otherwise', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused with 403 to a cookie whose Origin is %s', async (_, changes) => {
    expect(await statusFor({ ...headersOf(browser), ...changes })).toBe(403);
  });

  it('is refused with 401 without cookie and token, and with one that is not good', async () => {
    const { authorization, dpop } = await vn.headersFor('GET', SOCKET);
    expect(await statusFor({ origin: t.url })).toBe(401);
    expect(await statusFor({ ...headersOf(browser), cookie: `__Host-liaison=${'A'.repeat(43)}` })).toBe(401);
    expect(await statusFor({ authorization })).toBe(401);
    expect(await statusFor({ authorization: authorization.replace('DPoP', 'Bearer'), dpop })).toBe(401);
    expect(await statusFor({ ...headersOf(browser), authorization: 'Bearer a.b.c' })).toBe(401);
  });

  it('is refused with 401 to a proof for something else, and to one that was used', async () => {
    expect(await statusFor(await vn.headersFor('POST', SOCKET))).toBe(401);
    expect(await statusFor(await vn.headersFor('GET', '/graphql'))).toBe(401);
    const once = await vn.headersFor('GET', SOCKET);
    expect([await statusFor(once), await statusFor(once)]).toEqual(['opened', 401]);
  });

  it.each([[[]], [['graphql-ws']], [['graphql-transport-wss']], [['GRAPHQL-TRANSPORT-WS']]])(
    'is refused with 400 for the sub-protocols %j',
    async (protocols) => {
      expect(await statusFor(headersOf(browser), { protocols })).toBe(400);
    },
  );

  it('opens nowhere else: there it is a request like any other', async () => {
    expect(await statusFor(headersOf(browser), { path: '/graphql' })).toBe(405);
    expect(await statusFor(await vn.headersFor('GET', '/graphql'), { path: '/graphql' })).toBe(405);
    expect(await statusFor({}, { path: '/healthz' })).toBe(200);
    expect(await statusFor({}, { path: '/nowhere' })).toBe(404);
    expect((await fetch(`${t.url}${SOCKET}`)).status).toBe(400);
  });

  it('is not left half open when it is refused', async () => {
    const server: Server = t.hub.app.getHttpServer();
    const connections = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    const before = await connections();
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }, { ...headersOf(browser), origin: 'null' }]) {
      for (let i = 0; i < 5; i += 1) await statusFor(headers);
    }
    await sleep(200);
    expect(await connections()).toBeLessThanOrEqual(before);
  });

  it('is closed with 4408 when connection_init does not come within 3 seconds', async () => {
    const begun = Date.now();
    expect(await (await ofUnit()).closed).toBe(4408);
    expect(Date.now() - begun).toBeLessThan(4_500);
  });

  it('is closed with 4403 when an officer’s connection_init has not the session’s own proof', async () => {
    const other = await aSignedIn(t, vn, ['ANALYST']);
    for (const payload of [undefined, {}, { csrf: null }, { csrf: 'A'.repeat(43) }, { csrf: other.browser.csrf }]) {
      const socket = await kept(TestSocket.open(t.url, headersOf(browser)));
      socket.send({ type: 'connection_init', payload });
      expect([payload, await socket.closed]).toEqual([payload, 4403]);
      expect(socket.received).toEqual([]);
    }
  });

  it('is closed with 4401 when something is asked before connection_init', async () => {
    const socket = await ofUnit();
    socket.subscribe({ query: CHANGED });
    expect(await socket.closed).toBe(4401);
  });

  it('is closed with 4429 at a second connection_init', async () => {
    const socket = await (await ofUnit()).begin({});
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toBe(4429);
  });

  it('is closed with 1009 at a message of 100 kB', async () => {
    const socket = await (await ofUnit()).begin({});
    socket.send(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(100_000) } }));
    expect(await socket.closed).toBe(1009);
  });

  it('is closed with 4409 at an id that is in use', async () => {
    const socket = await (await (await ofUnit()).begin({})).follow();
    socket.subscribe({ query: CHANGED });
    expect(await socket.closed).toBe(4409);
  });

  it('is closed with 4409 as well when that id is longer than a reason for closing may be', async () => {
    const id = 'x'.repeat(200);
    const socket = await (await (await ofUnit()).begin({})).follow(id);
    socket.subscribe({ query: CHANGED }, id);
    expect(await socket.closed).toBe(4409);
  });

  it.each<[string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['no message', '{}'],
    ['an unknown message', '{"type":"start"}'],
    ['a message of the hub’s', '{"type":"connection_ack"}'],
    ['an answer', '{"type":"next","id":"1","payload":{"data":null}}'],
    ['a member twice', '{"type":"ping","type":"pong"}'],
    ['a prototype', '{"type":"ping","payload":{"__proto__":{"polluted":1}}}'],
    ['21 levels', `{"type":"ping","payload":{"a":${'['.repeat(30)}${']'.repeat(30)}}}`],
    ['bytes', Buffer.from('{"type":"ping"}')],
    ['a query that is no text', '{"type":"subscribe","id":"1","payload":{"query":1}}'],
  ])('is closed with 4400 at %s', async (_, message) => {
    const socket = await (await ofUnit()).begin({});
    socket.send(message);
    expect(await socket.closed).toBe(4400);
  });

  it('has at most two subscriptions of a thousand', async () => {
    const socket = await (await ofUnit()).begin({});
    for (let i = 0; i < 1_000; i += 1) socket.subscribe({ query: CHANGED }, String(i));
    await socket.until(() => socket.received.length >= 1_001, 20_000);
    const ofType = (type: string): number => socket.received.filter((message) => message.type === type).length;
    expect([ofType('next'), ofType('error')]).toEqual([2, 998]);
    expect(JSON.stringify(socket.received.find(({ type }) => type === 'error'))).toContain('"sub":"SUBSCRIPTIONS"');
  });

  it('is one of at most ten of a caller, and others have theirs', async () => {
    for (let i = 0; i < 10; i += 1) await (await ofUnit(th)).begin({});
    expect(await (await ofUnit(th)).closed).toBe(1013);
    await (await ofUnit()).begin({});
    open[0]!.socket.terminate();
    await sleep(200);
    await (await ofUnit(th)).begin({});
  });

  it.each<[string, object, string]>([
    ['a query', { query: '{ me { agency } }' }, 'BAD_REQUEST'],
    ['a mutation', { query: 'mutation { submit(object: "x") { id } }' }, 'BAD_REQUEST'],
    ['the schema', { query: 'subscription { changed { kind } __schema { types { name } } }' }, 'BAD_REQUEST'],
    ['no operation', { query: 'fragment F on Query { me { agency } }' }, 'BAD_REQUEST'],
    ['broken text', { query: 'subscription {' }, 'BAD_REQUEST'],
    ['1 001 tokens', { query: `subscription { changed { ${'kind '.repeat(1_000)} } }` }, 'BAD_REQUEST'],
    ['aliases', { query: `subscription { changed { ${aliases(11)} } }` }, 'LIMIT_EXCEEDED'],
    ['two fields', { query: 'subscription { changed { kind } b: changed { kind } }' }, 'BAD_REQUEST'],
    ['an unknown variable', { query: CHANGED, variables: { a: 1 } }, 'BAD_USER_INPUT'],
    ['an unknown operation', { query: CHANGED, operationName: 'Other' }, 'BAD_REQUEST'],
    [
      'a wrong variable',
      { query: 'subscription($a: Boolean!) { changed { kind @skip(if: $a) } }', variables: { a: 'SECRET' } },
      'BAD_REQUEST',
    ],
  ])('answers no more than a subscription: %s', async (_, payload, code) => {
    const socket = await (await ofUnit()).begin({});
    socket.subscribe(payload);
    const answer = JSON.stringify(await socket.until(({ id }) => id === '1'));
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).not.toMatch(/VN-CUS|SECRET|node_modules/);
  });

  it('refuses who may not read objects, in the reader’s language', async () => {
    const admin = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const headers = { ...headersOf(admin.browser), 'accept-language': 'vi' };
    const socket = await (await kept(TestSocket.open(t.url, headers))).begin({ csrf: admin.browser.csrf });
    socket.subscribe({ documentId: trusted(CHANGED) });
    const answer = JSON.stringify(await socket.until(({ id }) => id === '1'));
    expect(answer).toContain('"code":"FORBIDDEN"');
    expect(answer).toContain('không');
  });

  it('is the only way: a subscription by POST is refused', async () => {
    const response = await vn.send('/graphql', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: CHANGED }),
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('"BAD_REQUEST"')]);
  });
});

describe('W1 a flood', () => {
  it('of messages, or of sockets, ends with the caller’s points', async () => {
    const few = await startTestHub({ POINTS_PER_MINUTE: '2000' });
    try {
      const party = await few.enrol('VN-CUS-AS');
      const socket = await TestSocket.of(few.url, party);
      for (let i = 0; i < 500; i += 1) socket.send({ type: 'ping' });
      expect(await socket.closed).toBe(1013);
      expect(await TestSocket.open(few.url, await party.headersFor('GET', SOCKET))).toBe(429);
    } finally {
      await few.stop();
    }
  });
});

/** That a socket is closed with 4401 in less than three seconds. */
async function expectClosed(socket: TestSocket, change: () => Promise<unknown>): Promise<void> {
  await sleep(1_200);
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  await change();
  const code = await Promise.race([socket.closed, sleep(3_000, 'still open')]);
  expect(code).toBe(4401);
}

describe('A16, W2 the socket of an officer is closed with 4401', () => {
  const officerIs = (what: string) => (officer: string) =>
    t.database.sql(`UPDATE agency.officer SET ${what} WHERE pseudonym = $1`, [officer]);
  const sessionIs = (what: string) => (officer: string) =>
    t.database.sql(
      `UPDATE auth.console_session s SET ${what} FROM auth.account a WHERE a.id = s.account_id AND a.officer = $1`,
      [officer],
    );
  const grounds: Record<string, (officer: string, browser: Browser) => Promise<unknown>> = {
    'the officer signs out': (_, page) => page.post('/sign-out'),
    'the session has ended': sessionIs('expires_at = now()'),
    'nobody has asked anything for 20 minutes': sessionIs(`seen_at = now() - interval '21 minutes'`),
    'the account is suspended': (officer) =>
      t.database.sql('UPDATE auth.account SET suspended_at = now() WHERE officer = $1', [officer]),
    'the officer has left': officerIs('valid_until = now()'),
    'a role was added': officerIs(`roles = roles || '{RELEASER}'`),
    'a role was taken': officerIs(`roles = '{}'`),
    'the clearance was lowered': officerIs('clearance = 0'),
  };

  it.each(Object.entries(grounds))('when %s', async (_, change) => {
    const { officer, browser: page } = await aSignedIn(t, vn, ['ANALYST']);
    const socket = await (await kept(TestSocket.ofPage(page))).follow();
    await expectClosed(socket, () => change(officer, page));
    expect(socket.hints).toEqual([]);
  });

  it('and does not keep the session from becoming idle', async () => {
    const { officer, browser: page } = await aSignedIn(t, vn, ['ANALYST']);
    const socket = await (await kept(TestSocket.ofPage(page))).follow();
    await sessionIs(`seen_at = now() - interval '5 minutes'`)(officer);
    await sleep(2_200);
    const [row] = await t.database.sql<{ isIdle: boolean }>(
      `SELECT s.seen_at < now() - interval '5 minutes' AS "isIdle" FROM auth.console_session s JOIN auth.account a ON a.id = s.account_id
       WHERE a.officer = $1`,
      [officer],
    );
    expect(row).toEqual({ isIdle: true });
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  it('but stays open over a step-up, which is the same session', async () => {
    const { browser: page, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const socket = await (await kept(TestSocket.ofPage(page))).follow();
    const options = (await page.post('/step-up/options')).body as unknown as { challenge: string };
    expect((await page.post('/step-up', { response: passkey.get(options) })).status).toBe(200);
    await sleep(2_200);
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });
});

describe('threats 23, W2 the socket of a unit’s system is closed with 4401', () => {
  let units = 0;
  const grounds: Record<string, string> = {
    'the connection is suspended': 'UPDATE auth.connection SET suspended_at = now() WHERE unit_id = $1',
    'the connection ends': 'UPDATE auth.connection SET valid_until = now() WHERE unit_id = $1',
    'a scope was taken': `UPDATE auth.connection SET scopes = '{objects.read}' WHERE unit_id = $1`,
    'an addressee was taken': `UPDATE auth.connection SET addressees = '{}' WHERE unit_id = $1`,
    'the clearance was lowered': 'UPDATE auth.connection SET clearance = 0 WHERE unit_id = $1',
    'the key was taken out of the set': `UPDATE hub.agency_key SET in_set = false WHERE holder = 'unit:' || $1 AND use = 'auth'`,
    'the key is revoked': `UPDATE hub.agency_key SET revoked = '{"at":1,"invalidFrom":1,"reason":"keyCompromise"}'
       WHERE holder = 'unit:' || $1 AND use = 'auth'`,
    'the unit is suspended': 'UPDATE hub.unit SET suspended_at = now() WHERE id = $1',
    'the agency is suspended': `UPDATE hub.agency a SET suspended_at = now() FROM hub.unit u WHERE u.id = $1 AND a.id = u.agency_id`,
  };

  it.each(Object.entries(grounds))('when %s', async (_, change) => {
    units += 1;
    const party = await t.enrol(`SG-U${units}-HQ`);
    const socket = await (await kept(TestSocket.of(t.url, party))).follow();
    await expectClosed(socket, () => t.database.sql(change, [party.unit]));
  });

  it('when its token has expired', async () => {
    const socket = await (await kept(TestSocket.of(t.url, vn))).follow();
    try {
      await expectClosed(socket, async () => {
        const doNotFake = [
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'nextTick',
        ] as const;
        jest.useFakeTimers({
          now: Date.now() + 301_000,
          doNotFake: [...doNotFake, 'clearImmediate', 'queueMicrotask', 'performance', 'hrtime'],
        });
      });
    } finally {
      jest.useRealTimers();
    }
  });
});

/** Follows as Thailand, and hears of nothing that was sent before: that may be told until the feed has passed it. */
async function followFromNow(): Promise<TestSocket> {
  await untilFeedIsComplete(t.database);
  return (await kept(TestSocket.of(t.url, th))).follow();
}

describe('D6 a member that leaves a community while it listens', () => {
  const audience = `(SELECT audience_id FROM hub.community WHERE 'community:' || id = $1)`;

  it('hears of nothing more: the socket is closed, and a new one has no hint of what comes after', async () => {
    const community = await t.community([vn, th]);
    await composeAndSubmit(vn, { to: [community], agreement });
    const socket = await followFromNow();
    await expectClosed(socket, () =>
      t.database.sql(
        `UPDATE hub.membership SET until_seq = (SELECT last_value + 1 FROM hub.object_seq_seq)
         WHERE audience_id = ${audience} AND agency_id = 'TH-CUS'`,
        [community],
      ),
    );
    const again = await followFromNow();
    await composeAndSubmit(vn, { to: [community], agreement });
    await sleep(1_500);
    expect([socket.hints, again.hints]).toEqual([[], []]);
  });

  it('D6 not even of what is sent in the second before the socket is closed', async () => {
    const community = await t.community([vn, th]);
    const socket = await followFromNow();
    await t.database.sql(
      `UPDATE hub.membership SET until_seq = (SELECT last_value + 1 FROM hub.object_seq_seq)
       WHERE audience_id = ${audience} AND agency_id = 'TH-CUS'`,
      [community],
    );
    await composeAndSubmit(vn, { to: [community], agreement });
    expect(await Promise.race([socket.closed, sleep(3_000)])).toBe(4401);
    expect(socket.hints).toEqual([]);
  });
});

describe('D8, threats 11 and 18 the end of a release', () => {
  it('is all that is told when it came before the beginning was: no hint of what was released', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await recall(vn, id);
    const socket = await followFromNow();
    await t.database.sql(
      `INSERT INTO hub.change (audience_id, seq, act, object_id, clearance)
       SELECT a.id, o.seq, 'RELEASED', o.id, 0 FROM hub.audience a, hub.object o
       WHERE a.kind = 'AGENCY' AND a.owner = 'TH-CUS' AND o.id = $1`,
      [id],
    );
    await t.database.sql('NOTIFY liaison_change');
    await sleep(1_500);
    expect(socket.hints).toEqual([]);
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await socket.until(({ payload }) => JSON.stringify(payload ?? '').includes('"alert"'));
  });

  it('is a hint without id, kind, title or reason', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const socket = await followFromNow();
    await t.database.sql(
      `UPDATE hub.release SET recalled_at = now(), live = false FROM hub.object o WHERE o.id = $1 AND release.seq = o.seq`,
      [id],
    );
    await t.database.sql(
      `INSERT INTO hub.change (audience_id, seq, act, object_id, clearance)
       SELECT a.id, o.seq, 'RECALLED', o.id, 0 FROM hub.audience a, hub.object o
       WHERE a.kind = 'AGENCY' AND a.owner = 'TH-CUS' AND o.id = $1`,
      [id],
    );
    await t.database.sql('NOTIFY liaison_change');
    await socket.until(() => socket.hints.length > 0);
    expect(socket.hints).toEqual([{ data: { changed: { kind: null, resync: false } } }]);
  });
});

describe('threats 12 who joins a community while listening', () => {
  it('comes back with the new rights, and hears only of what is sent from then on', async () => {
    const community = await t.community([vn]);
    await composeAndSubmit(vn, { to: [community], agreement });
    const socket = await followFromNow();
    await expectClosed(socket, () =>
      t.database.sql(
        `INSERT INTO hub.membership (audience_id, agency_id, since_seq)
         SELECT (SELECT audience_id FROM hub.community WHERE 'community:' || id = $1), 'TH-CUS', last_value + 1 FROM hub.object_seq_seq`,
        [community],
      ),
    );
    const again = await followFromNow();
    await sleep(1_000);
    expect(again.hints).toEqual([]);
    await composeAndSubmit(vn, { to: [community], agreement });
    await again.until(({ payload }) => JSON.stringify(payload ?? '').includes('"alert"'));
  });
});

function aliases(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i}: kind`).join(' ');
}
