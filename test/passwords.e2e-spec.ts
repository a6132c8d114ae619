import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { SoftwareAuthenticator } from './support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol, type Reply } from './support/browser.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';

/** Officers whose device makes no passkey: password and time-based code. */

const PASSWORD = 'bamboo raft upstream 7';
const ME = '{ me { officer maySeeNominal isFresh permissions } }';

let t: TestHub;
let vn: Party;

beforeAll(async () => {
  t = await startTestHub({ TRUSTED_PROXIES: '127.0.0.1, ::1' });
  vn = await t.enrol('VN-CUS-AS');
});
afterAll(() => t.stop());

interface Account {
  officer: string;
  browser: Browser;
  name: string;
  app: TOTP;
}

interface Offer {
  name: string;
  secret: string;
  uri: string;
  qr: { size: number; path: string };
}

const appOf = (secret: string): TOTP => new TOTP({ secret: Secret.fromBase32(secret) });

/** Opens a fresh link and asks for password and codes instead of a passkey. */
async function offered(roles: string[]): Promise<{ officer: string; browser: Browser; token: string; offer: Offer }> {
  const officer = await anOfficer(t, vn, roles);
  const browser = new Browser(t.url);
  const token = await aLink(t, vn, officer);
  await browser.post('/enrol/open', { token });
  const reply = await browser.post('/enrol/password/options', { token });
  return { officer, browser, token, offer: reply.body as unknown as Offer };
}

async function anAccount(roles = ['ANALYST']): Promise<Account> {
  const { officer, browser, token, offer } = await offered(roles);
  const app = appOf(offer.secret);
  const reply = await browser.post('/enrol/password', { token, password: PASSWORD, code: app.generate() });
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
  await browser.loadProof();
  return { officer, browser, name: offer.name, app };
}

/** The code of the step after the one in which the account was made: none is good twice. */
const next = (app: TOTP): string => app.generate({ timestamp: Date.now() + 30_000 });

function signIn({ name, app }: Account, changes: object = {}, browser = new Browser(t.url)): Promise<Reply> {
  return browser.post('/sign-in/password', { name, password: PASSWORD, code: next(app), ...changes });
}

const codeOf = ({ body }: Reply): string | undefined => body.errors?.[0]?.extensions.code;

/** Every row of sign-in but what counts tries. */
async function rows(): Promise<unknown> {
  const all: unknown[] = [];
  for (const table of ['account', 'passkey', 'enrolment_link', 'console_session', 'admission']) {
    all.push(await t.database.sql(`SELECT * FROM auth.${table} ORDER BY 1`));
  }
  return [...all, await t.database.sql('SELECT account_id, hash, last_step FROM auth.password ORDER BY 1')];
}

describe('an officer without a passkey', () => {
  it('sets a password with the link, reads, and can neither step up nor see personal details', async () => {
    const account = await anAccount(['RELEASER']);
    const other = new Browser(t.url);
    const reply = await signIn(account, { name: account.name.toLowerCase(), code: spaced(next(account.app)) }, other);
    expect(reply.body).toEqual({ next: '/account' });
    await other.loadProof();
    const { data } = await other.ask<{ me: object }>(ME);
    expect(data!.me).toMatchObject({ officer: account.officer, maySeeNominal: false, isFresh: false });
    const request = await other.ask(
      'mutation { requestKey(input: { device: "x", jwk: "{}", kinds: [], proof: "x", use: "sig" }) { kid } }',
    );
    expect(request.errors?.[0]?.extensions.code).toBe('STEP_UP_REQUIRED');
    const page = (await other.get('/account')).text;
    expect(page).toContain('factors that can be phished');
    expect(page).not.toContain('href="/step-up"');
  });

  it('gets a sign-in name that tells nothing, and a square that holds what is written beside it', async () => {
    const { officer, offer } = await offered(['ANALYST']);
    expect(offer.name).toMatch(/^VN-CUS-[A-HJ-NP-Z]{6}$/);
    expect(offer.name).not.toContain(officer);
    expect(offer.uri).toBe(
      `otpauth://totp/Liaison%20Hub:${offer.name}?issuer=Liaison%20Hub&secret=${offer.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect(offer.qr.path.length).toBeGreaterThan(1_000);
  });

  it('changes to a passkey with a new link, and the password is gone; and back', async () => {
    const account = await anAccount();
    const passkey = new SoftwareAuthenticator(t.url);
    expect((await enrol(new Browser(t.url), passkey, await aLink(t, vn, account.officer))).status).toBe(200);
    expect(codeOf(await signIn(account))).toBe('UNAUTHENTICATED');
    expect((await account.browser.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');

    const token = await aLink(t, vn, account.officer);
    const browser = new Browser(t.url);
    await browser.post('/enrol/open', { token });
    const offer = (await browser.post('/enrol/password/options', { token })).body as unknown as Offer;
    const code = appOf(offer.secret).generate();
    expect((await browser.post('/enrol/password', { token, password: PASSWORD, code })).status).toBe(200);
    expect((await new Browser(t.url).signIn(passkey)).status).toBe(401);
  });

  it('must choose a password of some length and show a code, and may try again with the same link', async () => {
    const { browser, token, offer } = await offered(['ANALYST']);
    const app = appOf(offer.secret);
    const before = await rows();
    const wrongs = [
      { password: 'too short', code: app.generate() },
      { password: 'abcabcabcabcabcabc', code: app.generate() },
      { password: PASSWORD, code: '000000' },
      { password: PASSWORD, code: 'abcdef' },
    ];
    for (const wrong of wrongs) {
      expect(codeOf(await browser.post('/enrol/password', { token, ...wrong }))).toBe('BAD_USER_INPUT');
    }
    expect(await rows()).toEqual(before);
    const good = { token, password: PASSWORD, code: app.generate() };
    expect((await browser.post('/enrol/password', good)).status).toBe(200);
  });

  it('is no administrator: those need a passkey', async () => {
    const { browser, token, offer } = await offered(['AGENCY_ADMIN']);
    const given = { token, password: PASSWORD, code: appOf(offer.secret).generate() };
    expect((await browser.post('/enrol/password', given)).body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('passkey'),
      extensions: { code: 'FORBIDDEN' },
    });
  });
});

describe('A12 a code', () => {
  it('is good once, also when two try at the same time', async () => {
    const account = await anAccount();
    const code = next(account.app);
    const both = await Promise.all([signIn(account, { code }), signIn(account, { code })]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect(codeOf(await signIn(account, { code }))).toBe('UNAUTHENTICATED');
  });

  it('is refused once its step is over', async () => {
    const account = await anAccount();
    const old = account.app.generate({ timestamp: Date.now() - 90_000 });
    expect(codeOf(await signIn(account, { code: old }))).toBe('UNAUTHENTICATED');
  });

  it('does not help after five wrong tries, at once or one by one, until the account has waited', async () => {
    for (const isAtOnce of [true, false]) {
      const account = await anAccount();
      const wrong = (): Promise<Reply> => signIn(account, { code: '000000' });
      if (isAtOnce) await Promise.all(Array.from({ length: 6 }, wrong));
      else for (let i = 0; i < 5; i++) await wrong();
      expect([isAtOnce, codeOf(await signIn(account))]).toEqual([isAtOnce, 'UNAUTHENTICATED']);
      await t.database.sql(`UPDATE auth.password SET tried_at = now() - interval '61 seconds' WHERE name = $1`, [
        account.name,
      ]);
      expect([isAtOnce, (await signIn(account)).status]).toEqual([isAtOnce, 200]);
    }
  }, 60_000);

  it('waits longer with every further wrong try, and an hour at most', async () => {
    const account = await anAccount();
    const waits = async (tries: number, minutes: number): Promise<string | undefined> => {
      await t.database.sql(
        `UPDATE auth.password SET tries = $2, tried_at = now() - make_interval(mins => $3, secs => -5) WHERE name = $1`,
        [account.name, tries, minutes],
      );
      return codeOf(await signIn(account));
    };
    expect(await waits(7, 4)).toBe('UNAUTHENTICATED');
    expect(await waits(40, 60)).toBe('UNAUTHENTICATED');
    await t.database.sql(`UPDATE auth.password SET tries = 40, tried_at = now() - interval '61 minutes'`);
    expect((await signIn(account)).status).toBe(200);
  });
});

describe('A13 who is unknown, and who types a wrong password', () => {
  it('get the same answer, byte for byte, in like time, and leave nothing', async () => {
    const account = await anAccount();
    const before = await rows();
    const texts = new Set<string>();
    const times = { unknown: [] as number[], wrong: [] as number[] };
    const ratio = async (): Promise<number> => {
      for (let i = 0; i < 5; i++) {
        for (const kind of ['unknown', 'wrong'] as const) {
          await t.database.sql('UPDATE auth.password SET tries = 0');
          const changes = kind === 'unknown' ? { name: 'VN-CUS-QQQQQQ' } : { password: 'another long password 1' };
          const begun = performance.now();
          const reply = await signIn(account, changes);
          times[kind].push(performance.now() - begun);
          expect(reply.status).toBe(401);
          texts.add(JSON.stringify(reply.body).replace(/"serverTime":"[^"]+"/, ''));
        }
      }
      return middle(times.unknown) / middle(times.wrong);
    };
    // A machine that is busy for a moment may tell apart what is alike: then there are more tries, and all of them count.
    let share = await ratio();
    for (let more = 0; more < 2 && !isAlike(share); more++) share = await ratio();
    expect(isAlike(share)).toBe(true);
    expect(texts.size).toBe(1);
    expect(await rows()).toEqual(before);
  }, 120_000);

  it('are not told from what cannot be a name at all', async () => {
    const account = await anAccount();
    for (const name of ['', '\0', 'VN-CUS-QQQQQQ\0', "' OR 1=1 --", '\ud800']) {
      expect([name, codeOf(await signIn(account, { name }))]).toEqual([name, 'UNAUTHENTICATED']);
    }
  });
});

describe('threats 24 an account', () => {
  const triesOf = async ({ name }: Account): Promise<number> =>
    (await t.database.sql<{ tries: number }>('SELECT tries FROM auth.password WHERE name = $1', [name]))[0]!.tries;
  const signInFrom = async (address: string, name: string, proof: object): Promise<number> =>
    (await new Browser(t.url).post('/sign-in/password', { name, ...proof }, { 'x-forwarded-for': address })).status;
  const addresses = ['203.0.113.1', '198.51.100.2', '2001:db8::3'];

  it('has five tries in all, from whatever addresses and however its name is spelled, and then waits for all of them', async () => {
    const account = await anAccount();
    const spellings = [account.name, account.name.toLowerCase(), ` ${account.name.replace('CUS', 'Cus')} `];
    const wrong = { password: 'not the right one', code: '000000' };
    for (let i = 0; i < 5; i += 1) expect(await signInFrom(addresses[i % 3]!, spellings[i % 3]!, wrong)).toBe(401);
    expect(await triesOf(account)).toBe(5);
    const right = { password: PASSWORD, code: next(account.app) };
    for (const [i, name] of spellings.entries())
      expect([name, await signInFrom(addresses[i]!, name, right)]).toEqual([name, 401]);
    expect(await triesOf(account)).toBe(5);
    await t.database.sql(`UPDATE auth.password SET tried_at = now() - interval '1 hour' WHERE name = $1`, [
      account.name,
    ]);
    expect(await signInFrom('192.0.2.4', spellings[1]!, right)).toBe(200);
  });

  it('is not known by letters that only normalise to those of its name: they are no way round', async () => {
    const account = await anAccount();
    const right = { password: PASSWORD, code: next(account.app) };
    const fullWidth = account.name.replaceAll(/[A-Z]/g, (letter) =>
      String.fromCodePoint(letter.codePointAt(0)! + 0xfee0),
    );
    const spellings = [
      fullWidth,
      account.name.replace('S', '\u017f'),
      `${account.name}\u0301`,
      account.name.replaceAll('-', '\u2010'),
    ];
    expect(fullWidth.normalize('NFKC')).toBe(account.name);
    for (const name of spellings) expect([name, await signInFrom('203.0.113.5', name, right)]).toEqual([name, 401]);
    expect(await triesOf(account)).toBe(0);
    expect(await signInFrom('203.0.113.5', account.name, right)).toBe(200);
  });
});

describe('A14 a flood of passwords', () => {
  it('is turned away with 429, takes little memory, and whoever comes after it gets in', async () => {
    const account = await anAccount();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => signIn(account, { name: 'VN-CUS-QQQQQQ' }).catch(() => undefined)),
    );
    clearInterval(watch);
    const statuses = replies.map((reply) => reply?.status);
    const turnedAway = replies.find((reply) => reply?.status === 429);
    expect(turnedAway?.body.errors?.[0]?.extensions).toMatchObject({ retryAfter: 2 });
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(48);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((most - before) / 2 ** 20).toBeLessThan(450);
    while ((await signIn(account)).status === 429) await sleep(100);
  }, 60_000);

  it('costs an account no tries that it did not have: who is turned away was not tried', async () => {
    const account = await anAccount();
    const flood = Array.from({ length: 14 }, () => signIn(account, { name: 'VN-CUS-QQQQQQ' }));
    const own = await Promise.all(Array.from({ length: 8 }, () => signIn(account, { code: '000000' })));
    await Promise.all(flood);
    const turnedAway = own.filter(({ status }) => status === 429).length;
    expect(turnedAway).toBeGreaterThanOrEqual(4);
    const [row] = await t.database.sql<{ tries: number }>('SELECT tries FROM auth.password WHERE name = $1', [
      account.name,
    ]);
    expect(row!.tries).toBe(own.length - turnedAway);
  }, 60_000);
});

describe('what the database holds of a password', () => {
  it('is neither it nor the secret of its codes, and hub_app reads none of it', async () => {
    const account = await anAccount();
    const [row] = await t.database.sql<{ text: string }>(
      `SELECT p::text AS text FROM auth.password p WHERE name = $1`,
      [account.name],
    );
    expect(row!.text).not.toContain(Buffer.from(PASSWORD).toString('hex'));
    expect(row!.text).not.toContain(Buffer.from(account.app.secret.bytes).toString('hex'));
    const [right] = await t.database.sql<{ may: boolean }>(
      `SELECT has_table_privilege('hub_app', 'auth.password', 'SELECT') AS may`,
    );
    expect(right!.may).toBe(false);
  });

  it('serves no other account', async () => {
    const [one, two] = [await anAccount(), await anAccount()];
    await t.database.sql(
      `UPDATE auth.password SET sealed_secret = (SELECT sealed_secret FROM auth.password WHERE name = $1) WHERE name = $2`,
      [one.name, two.name],
    );
    const reply = await signIn(two, { code: next(one.app) });
    expect(reply.status).not.toBe(200);
  });
});

describe('an administrator at the desk', () => {
  it('shows the link as a QR code too', async () => {
    const first = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const second = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const proposed = await first.browser.ask<{ proposeAdmission: { id: string } }>(
      'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id } }',
      { officer },
    );
    const approved = await second.browser.ask<{ approveAdmission: { address: string; qrCode: string } }>(
      'mutation($id: ID!) { approveAdmission(id: $id) { address qrCode } }',
      { id: proposed.data!.proposeAdmission.id },
    );
    expect(approved.data!.approveAdmission.qrCode).toMatch(/^<svg [^>]+>.*<\/svg>$/s);
  });
});

function middle(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

function spaced(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`;
}

/** Whether two times stand in this ratio when the work behind them is the same. */
function isAlike(share: number): boolean {
  return share > 0.6 && share < 1.6;
}
