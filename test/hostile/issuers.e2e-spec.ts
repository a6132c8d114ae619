import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, SignJWT } from 'jose';
import { ClientKeys } from '../../src/session/client-keys.js';
import { CONSOLE } from '../../src/session/console-client.js';
import { metadataToPin } from '../../src/operator/issuer-metadata.js';
import { readIssuerEntry } from '../../src/operator/issuer-entry.js';
import { SoftwareAuthenticator } from '../support/authenticator.js';
import { aFurtherPasskey, aLink, anOfficer, aSignedIn, Browser, enrol, show } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import {
  aLinked,
  answerOf,
  begin,
  comeBack,
  enrolAt,
  entryFor,
  type NationalIssuer,
  type Saying,
  signInAt,
  startIssuer,
  trust,
} from '../support/issuer.js';

let t: TestHub;
let vn: Party;
let th: Party;
let ofVn: NationalIssuer;
let ofTh: NationalIssuer;

beforeAll(async () => {
  [t, ofVn, ofTh] = await Promise.all([startTestHub(), startIssuer('vn-customs'), startIssuer('th-customs')]);
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  await trust(t, ofVn, ['VN-CUS']);
  await trust(t, ofTh, ['TH-CUS']);
});
afterAll(async () => {
  await Promise.all([ofVn.stop(), ofTh.stop(), t.stop()]);
});

type SignedIn = Awaited<ReturnType<typeof aSignedIn>>;

const ME = '{ me { officer roles clearance maySeeNominal permissions } }';
const now = (): number => Math.floor(Date.now() / 1000);

/** What a refused sign-in must not change. */
async function rows(): Promise<unknown> {
  const all: unknown[] = [];
  for (const table of ['account', 'passkey', 'issuer_subject', 'console_session', 'enrolment_link', 'trusted_issuer'])
    all.push(await t.database.sql(`SELECT * FROM auth.${table} ORDER BY 1, 2`));
  return all;
}

/** Signs in at the Vietnamese service, which says this; status, and whether there is a session. */
async function attempt(saying: Saying): Promise<[status: number, hasSession: boolean]> {
  await ofVn.says(saying);
  const browser = new Browser(t.url);
  const { status } = await signInAt(browser, ofVn);
  return [status, browser.cookies.has('__Host-liaison')];
}

describe('A5 tokens of a service that are not for this', () => {
  it('are no access tokens: an ID token opens nothing', async () => {
    const browser = new Browser(t.url);
    const address = await begin(browser, ofVn);
    const answer = await answerOf(address);
    const response = await fetch(`${ofVn.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: answer.searchParams.get('code')!,
        client_id: 'liaison-hub',
      }),
    });
    const { id_token: idToken, access_token: accessToken } = (await response.json()) as Record<string, string>;
    for (const token of [idToken, accessToken]) {
      for (const scheme of ['DPoP', 'Bearer']) {
        const headers = { authorization: `${scheme} ${token}` };
        expect((await new Browser(t.url).post('/graphql', { query: ME }, headers)).status).toBe(401);
      }
    }
  });

  it('are refused with another aud, azp or iss', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    const before = await rows();
    const wrongs: Record<string, object> = {
      aud: { aud: 'another-client' },
      severalAud: { aud: ['liaison-hub', 'another-client'] },
      azp: { aud: ['liaison-hub', 'another-client'], azp: 'another-client' },
      iss: { iss: ofTh.url },
      issWithSlash: { iss: `${ofVn.url}/` },
    };
    for (const [name, claims] of Object.entries(wrongs)) {
      expect([name, await attempt({ claims: { sub: subject, ...claims } })]).toEqual([name, [401, false]]);
    }
    expect(await rows()).toEqual(before);
    expect(await attempt({ claims: { sub: subject } })).toEqual([200, true]);
  });
});

describe('A6 an answer', () => {
  it('is taken once', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const browser = new Browser(t.url);
    const answer = await answerOf(await begin(browser, ofVn));
    const mark = browser.cookies.get('__Host-liaison-login')!;
    const marked = (): Browser => {
      const each = new Browser(t.url);
      each.cookies.set('__Host-liaison-login', mark);
      return each;
    };
    const statuses = await Promise.all([1, 2, 3].map(async () => (await comeBack(marked(), answer)).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect((await comeBack(marked(), answer)).status).toBe(409);
  });

  it('is taken from the browser that began alone, within ten minutes', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const browser = new Browser(t.url);
    const answer = await answerOf(await begin(browser, ofVn));
    const thief = new Browser(t.url);
    await begin(thief, ofVn);
    expect((await comeBack(thief, answer)).status).toBe(409);
    expect((await comeBack(new Browser(t.url), answer)).status).toBe(409);
    await t.database.sql(`UPDATE auth.begun_sign_in SET expires_at = expires_at - interval '10 minutes'`);
    const late = await comeBack(browser, answer);
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('Begin again')]);
  });

  it('is not taken any more where the browser has begun five others since', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const browser = new Browser(t.url);
    const answers: URL[] = [];
    for (let i = 0; i < 6; i += 1) answers.push(await answerOf(await begin(browser, ofVn)));
    expect((await comeBack(browser, answers[0]!)).status).toBe(409);
    expect((await comeBack(browser, answers[1]!)).status).toBe(200);
  });

  it('is worth nothing with another verifier, another nonce or another code', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    for (const [column, value] of [
      ['verifier', 'x'.repeat(43)],
      ['nonce', 'y'.repeat(43)],
    ]) {
      const browser = new Browser(t.url);
      const answer = await answerOf(await begin(browser, ofVn));
      await t.database.sql(`UPDATE auth.begun_sign_in SET ${column} = $1`, [value]);
      expect([column, (await comeBack(browser, answer)).status]).toEqual([column, 401]);
    }
    const browser = new Browser(t.url);
    const answer = await answerOf(await begin(browser, ofVn));
    const other = await answerOf(await begin(new Browser(t.url), ofVn));
    answer.searchParams.set('code', other.searchParams.get('code')!);
    expect((await comeBack(browser, answer)).status).toBe(401);
    expect(await attempt({ claims: { sub: subject }, without: ['nonce'] })).toEqual([401, false]);
  });

  it('is refused, not failed at, whatever it says', async () => {
    for (const change of [
      'error=access_denied',
      'error=<script>',
      'code=a&code=b',
      'iss=a&iss=b',
      'response=eyJ',
      'id_token=eyJ',
      'state=again',
    ]) {
      const browser = new Browser(t.url);
      const answer = await answerOf(await begin(browser, ofVn));
      const reply = await browser.get(`${answer.pathname}${answer.search}&${change}`);
      expect([change, reply.status, reply.text.includes('<script>')]).toEqual([change, 401, false]);
    }
    for (const query of ['', '?', '?state', '?state=', '?state[]=a', '?code=a', `?state=${'s'.repeat(3000)}`]) {
      expect([query, (await new Browser(t.url).get(`/sign-in/return${query}`)).status]).toEqual([query, 409]);
    }
  });
});

describe('threats 21 a service that answers nothing', () => {
  it('signs nobody in, nor does one that fails', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    const before = await rows();
    const claims = { sub: subject };
    for (const body of [{}, null, [], { error: 'invalid_grant' }, { access_token: 'x', token_type: 'Bearer' }]) {
      for (const status of [200, 400, 500]) {
        const [answered, hasSession] = await attempt({ claims, body, status });
        expect([body, status, answered >= 400, hasSession]).toEqual([body, status, true, false]);
      }
    }
    expect(await rows()).toEqual(before);
    expect(await attempt({ claims })).toEqual([200, true]);
  });
});

describe('A7 the return address', () => {
  it('is one path of each issuer: no other is answered by it', async () => {
    const browser = new Browser(t.url);
    const { search } = await answerOf(await begin(browser, ofVn));
    for (const path of [
      '/sign-in/return/vn-customs/',
      '/sign-in/return/vn-customs/x',
      '/sign-in/return%2fvn-customs',
      '/sign-in/return@evil',
      '/Sign-in/return/vn-customs',
    ]) {
      expect([path, (await browser.get(`${path}${search}`)).status]).toEqual([path, 404]);
    }
    for (const path of ['/sign-in/return', '/sign-in/return/th-customs', '/sign-in/return/x', '/sign-in/return/hub']) {
      const other = new Browser(t.url);
      const answer = await answerOf(await begin(other, ofVn));
      expect([path, (await other.get(`${path}${answer.search}`)).status]).toEqual([path, 401]);
    }
  });

  it('and the issuer come from the hub’s records, whatever the request says', async () => {
    for (const query of ['?redirect_uri=https://evil.example', '?client_id=evil', '?lang=vi&state=mine&nonce=mine']) {
      const address = await begin(new Browser(t.url), ofVn, query);
      expect(address.searchParams.get('redirect_uri')).toBe(`${t.url}/sign-in/return/vn-customs`);
      expect(address.search).not.toMatch(/evil|mine/);
    }
    for (const id of ['..%2f..%2fx', 'VN-CUSTOMS', "vn'--", 'https:%2f%2fevil.example', '__proto__', 'hub%00']) {
      expect([id, (await new Browser(t.url).get(`/sign-in/with/${id}`)).status]).toEqual([id, 404]);
    }
  });
});

describe('A8 a mix-up of services', () => {
  it('is refused: the answer names another issuer', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    for (const iss of [ofTh.url, `${ofVn.url}/`, 'x']) {
      expect(await attempt({ claims: { sub: subject }, redirect: { iss } })).toEqual([401, false]);
    }
    expect(await attempt({ claims: { sub: subject }, redirect: { iss: ofVn.url } })).toEqual([200, true]);
  });

  it('is refused when the issuer promised to name itself and does not', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ metadata: { authorization_response_iss_parameter_supported: true } });
    await trust(t, ofVn, ['VN-CUS']);
    expect(await attempt({ claims: { sub: subject } })).toEqual([401, false]);
    expect(await attempt({ claims: { sub: subject }, redirect: { iss: ofVn.url } })).toEqual([200, true]);
    await ofVn.says({});
    await trust(t, ofVn, ['VN-CUS']);
  });

  it('is refused: an answer of one service to a sign-in at another', async () => {
    await ofTh.says({ claims: { sub: 'mixed' } });
    const browser = new Browser(t.url);
    const atVn = await begin(browser, ofVn);
    const answer = await answerOf(`${ofTh.url}/authorize${atVn.search}`);
    expect((await comeBack(browser, answer)).status).toBe(401);
  });
});

describe('A9 a service of one state that speaks for another’s agency', () => {
  const alarms = (): Promise<{ event: string; issuer_id: string; agency_id: string }[]> =>
    t.database.sql('SELECT event, issuer_id, agency_id FROM auth.issuer_alarm ORDER BY id');

  it('is refused like an unknown subject, and the operator is told', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: 'nobody-knows' } });
    const unknown = await signInAt(new Browser(t.url), ofVn);
    const before = await alarms();
    await t.database.sql(`UPDATE auth.trusted_issuer SET agencies = '{LA-CUS}' WHERE id = 'vn-customs'`);
    await ofVn.says({ claims: { sub: subject } });
    const refused = await signInAt(new Browser(t.url), ofVn);
    await t.database.sql(`UPDATE auth.trusted_issuer SET agencies = '{VN-CUS}' WHERE id = 'vn-customs'`);
    expect([refused.status, refused.text]).toEqual([403, unknown.text]);
    expect((await alarms()).slice(before.length)).toEqual([
      { event: 'foreign-agency', issuer_id: 'vn-customs', agency_id: 'VN-CUS' },
    ]);
  });

  it('cannot take over an enrolment of another agency', async () => {
    const officer = await anOfficer(t, th, ['ANALYST']);
    const token = await aLink(t, th, officer);
    const browser = new Browser(t.url);
    expect((await enrolAt(browser, ofVn, token)).status).toBe(404);
    // Nor when the right to speak for the agency ends between going and coming back.
    await t.database.sql(`UPDATE auth.trusted_issuer SET agencies = '{VN-CUS,TH-CUS}' WHERE id = 'vn-customs'`);
    await ofVn.says({ claims: { sub: 'taken-over' } });
    const gone = await browser.post('/enrol/with', { token, issuer: 'vn-customs' });
    const answer = await answerOf(String(gone.body['next']));
    await t.database.sql(`UPDATE auth.trusted_issuer SET agencies = '{VN-CUS}' WHERE id = 'vn-customs'`);
    const [before, alarmsBefore] = [await rows(), await alarms()];
    expect((await comeBack(browser, answer)).status).toBe(403);
    expect(await rows()).toEqual(before);
    expect((await alarms()).slice(alarmsBefore.length)).toEqual([
      { event: 'foreign-agency', issuer_id: 'vn-customs', agency_id: 'TH-CUS' },
    ]);
  });

  it('cannot sign in as the hub’s own accounts by their ids', async () => {
    const { officer } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const [account] = await t.database.sql<{ id: string }>('SELECT id FROM auth.account WHERE officer = $1', [officer]);
    expect(await attempt({ claims: { sub: account!.id } })).toEqual([403, false]);
    expect(await attempt({ claims: { sub: account!.id, iss: `${t.url}/oidc` } })).toEqual([401, false]);
  });
});

describe('A10 the same e-mail, name or subject at another service', () => {
  it('leads to no account', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST'], {
      saying: { claims: { email: 'an@customs.example', email_verified: true, preferred_username: 'an' } },
    });
    await ofTh.says({
      claims: { sub: subject, email: 'an@customs.example', email_verified: true, preferred_username: 'an' },
    });
    const before = await rows();
    expect((await signInAt(new Browser(t.url), ofTh)).status).toBe(403);
    const saying = { claims: { sub: 'other', email: 'an@customs.example', email_verified: true } };
    expect(await attempt(saying)).toEqual([403, false]);
    expect(await rows()).toEqual(before);
  });

  it('and a subject that holds an account can take no second one', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const token = await aLink(t, vn, await anOfficer(t, vn, ['RELEASER']));
    const browser = new Browser(t.url);
    await browser.post('/enrol/open', { token });
    const before = await rows();
    expect((await enrolAt(browser, ofVn, token)).status).toBe(403);
    expect(await rows()).toEqual(before);
  });

  it('nor is one subject another by its spelling', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    for (const sub of [subject.toUpperCase(), ` ${subject}`, `${subject}\0`, `${subject}%`, '']) {
      const [status, hasSession] = await attempt({ claims: { sub } });
      expect([sub, hasSession]).toEqual([sub, false]);
      expect([401, 403]).toContain(status);
    }
  });
});

describe('A15 a cookie that was set before', () => {
  it('does not become the session', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const planted = Buffer.alloc(32, 3).toString('base64url');
    const victim = new Browser(t.url);
    victim.cookies.set('__Host-liaison', planted);
    await signInAt(victim, ofVn);
    expect(victim.cookies.get('__Host-liaison')).not.toBe(planted);
    const thief = new Browser(t.url);
    thief.cookies.set('__Host-liaison', planted);
    expect((await thief.ask(ME)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('and a mark that another planted brings it nothing: the session is for who comes back alone', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    await ofVn.says({ claims: { sub: subject } });
    const thief = new Browser(t.url);
    const answer = await answerOf(await begin(thief, ofVn));
    const victim = new Browser(t.url);
    await begin(victim, ofVn);
    // Login CSRF: the thief's own answer, in the victim's browser.
    expect((await comeBack(victim, answer)).status).toBe(409);
    expect(victim.cookies.has('__Host-liaison')).toBe(false);
  });
});

describe('A18 an ID token that was tampered with', () => {
  it('is refused', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    const before = await rows();
    const claims = { sub: subject };
    const wrongs: Record<string, Saying> = {
      'no alg': { claims, signed: { alg: 'none' } },
      'HS256 with the public key as secret': { claims, signed: { alg: 'HS256' } },
      'another alg than agreed': { claims, signed: { alg: 'RS256', key: 'other' } },
      'another key': { claims, signed: { key: 'other' } },
      'kid is a file': { claims, signed: { header: { kid: '../../../etc/passwd' } } },
      'kid is unknown': { claims, signed: { header: { kid: 'second' } } },
      'keys of its own': { claims, signed: { header: { jku: `${ofTh.url}/jwks`, kid: 'second' } } },
      crit: { claims, signed: { header: { crit: ['unheard-of'], 'unheard-of': true } } },
      'at_hash of another token': { claims, signed: { atHash: 'wrong' } },
      'good for two days': { claims: { ...claims, exp: now() + 2 * 86_400 } },
      'exp in 2099': { claims: { ...claims, exp: 4_070_908_800 } },
      'exp in the past': { claims: { ...claims, exp: now() - 120 } },
      'iat in the future': { claims: { ...claims, iat: now() + 120 } },
      'nbf in the future': { claims: { ...claims, nbf: now() + 120 } },
      'auth_time too long ago': { claims: { ...claims, auth_time: now() - 3700 } },
      'auth_time in the future': { claims: { ...claims, auth_time: now() + 120 } },
      'auth_time is text': { claims: { ...claims, auth_time: String(now()) } },
      'no auth_time': { claims, without: ['auth_time'] },
      'no acr': { claims, without: ['acr'] },
      'acr not agreed on': { claims: { ...claims, acr: 'urn:example:password' } },
      'acr of the prototype': { claims: { ...claims, acr: 'constructor' } },
      'acr is a list': { claims: { ...claims, acr: ['urn:example:phr'] } },
      'no sub': { claims, without: ['sub'] },
      'no exp': { claims, without: ['exp'] },
    };
    for (const [name, saying] of Object.entries(wrongs)) {
      expect([name, await attempt(saying)]).toEqual([name, [401, false]]);
    }
    expect(await rows()).toEqual(before);
    expect(await attempt({ claims, signed: { atHash: 'right' } })).toEqual([200, true]);
  });
});

describe('A19 claims that are higher than what the hub grants', () => {
  it('raise nothing', async () => {
    await trust(t, ofVn, ['VN-CUS'], { lowering: { roles: 'roles', clearance: 'clearance', nominal: 'nominal' } });
    const { browser, officer } = await aLinked(t, ofVn, vn, ['FIELD_OFFICER'], {
      clearance: 0,
      maySeeNominal: false,
      saying: {
        claims: { roles: ['FIELD_OFFICER', 'RELEASER', 'SYSTEM_ADMIN'], clearance: 'RESTRICTED', nominal: true },
      },
    });
    expect(await browser.ask(ME)).toEqual({
      data: {
        me: {
          officer,
          roles: ['FIELD_OFFICER'],
          clearance: 'UNCLASSIFIED',
          maySeeNominal: false,
          permissions: ['desk.work', 'directory.read', 'objects.read', 'session.own'],
        },
      },
    });
    await trust(t, ofVn, ['VN-CUS']);
  });

  it('count for nothing where the operator has named no claim', async () => {
    const { browser } = await aLinked(t, ofVn, vn, ['FIELD_OFFICER'], {
      clearance: 0,
      saying: { claims: { roles: ['RELEASER'], clearance: 'RESTRICTED', agency: 'TH-CUS', unit: 'TH-CUS-LCB' } },
    });
    expect(await browser.ask('{ me { agency unit roles clearance } }')).toEqual({
      data: { me: { agency: 'VN-CUS', unit: 'VN-CUS-AS', roles: ['FIELD_OFFICER'], clearance: 'UNCLASSIFIED' } },
    });
  });

  it('nor does the hub’s grant come back in a session that began lower', async () => {
    await trust(t, ofVn, ['VN-CUS'], { lowering: { clearance: 'clearance' } });
    const { browser, officer } = await aLinked(t, ofVn, vn, ['ANALYST'], {
      saying: { claims: { clearance: 'UNCLASSIFIED' } },
    });
    await t.database.sql('UPDATE agency.officer SET clearance = 1 WHERE pseudonym = $1', [officer]);
    expect(await browser.ask('{ me { clearance } }')).toEqual({ data: { me: { clearance: 'UNCLASSIFIED' } } });
    await trust(t, ofVn, ['VN-CUS']);
  });
});

describe('threats 32 what the hub asks of a service', () => {
  let trap: Server;
  let trapUrl: string;
  let asked = 0;
  beforeAll(async () => {
    trap = createServer((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    trapUrl = `http://localhost:${(trap.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    trap.close();
  });

  it('goes to the pinned addresses alone: no redirect, no address of a token, nothing too large', async () => {
    const { subject } = await aLinked(t, ofVn, vn, ['ANALYST']);
    const claims = { sub: subject };
    // Another row is another set of keys: they are fetched again.
    await trust(t, ofVn, ['VN-CUS'], { maxAgeSeconds: 3601 });
    expect(await attempt({ claims, keysElsewhere: `${trapUrl}/jwks` })).toEqual([401, false]);
    expect(await attempt({ claims, signed: { header: { jku: trapUrl, x5u: trapUrl, kid: 'x' } } })).toEqual([
      401,
      false,
    ]);
    expect(await attempt({ claims: { ...claims, jwks_uri: trapUrl, iss: trapUrl } })).toEqual([401, false]);
    expect(await attempt({ claims, padding: 300_000 })).toEqual([401, false]);
    expect(asked).toBe(0);
    expect(await attempt({ claims })).toEqual([200, true]);
    await trust(t, ofVn, ['VN-CUS']);
  });

  it('is pinned only if the published addresses are on the service’s own origin', async () => {
    const entry = readIssuerEntry({ ...entryFor(ofVn, ['VN-CUS']) });
    if ('pointer' in entry) throw new Error(entry.pointer);
    for (const member of [
      'token_endpoint',
      'jwks_uri',
      'authorization_endpoint',
      'pushed_authorization_request_endpoint',
    ]) {
      for (const address of [
        `${trapUrl}/x`,
        'http://10.0.0.1/x',
        'file:///etc/passwd',
        `${ofVn.url}@evil/x`,
        '',
        null,
        7,
      ]) {
        await ofVn.says({ metadata: { [member]: address } });
        await expect(metadataToPin(entry)).rejects.toThrow(member);
      }
    }
    await ofVn.says({ metadata: { issuer: ofTh.url } });
    await expect(metadataToPin(entry)).rejects.toThrow('issuer');
    await ofVn.says({});
    expect(asked).toBe(0);
  });
});

describe('the hub’s own provider', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const post = async (path: string, fields: Record<string, string>): Promise<Record<string, unknown>> => {
    const { key, kid } = await t.hub.app.get(ClientKeys).signingKey('Ed25519');
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'Ed25519', kid })
      .setIssuer(CONSOLE)
      .setSubject(CONSOLE)
      .setAudience(`${t.url}/oidc`)
      .setExpirationTime('1m')
      .sign(key);
    const body = new URLSearchParams({
      client_id: CONSOLE,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...fields,
    });
    const answer = await fetch(`${t.url}/oidc${path}`, { method: 'POST', headers: { 'content-type': FORM }, body });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const RIGHT = {
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  };

  /** So many seconds pass for what the provider keeps of this kind. */
  const passes = (seconds: number, model: string): Promise<unknown> =>
    t.database.sql('UPDATE auth.oidc_record SET expires_at = expires_at - make_interval(secs => $1) WHERE model = $2', [
      seconds,
      model,
    ]);
  /** A code of the provider that has not been taken yet, and the verifier that goes with it. */
  const aCode = async (): Promise<{ code: string; verifier: string; browser: Browser; answer: string }> => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    await t.database.sql('DELETE FROM auth.begun_sign_in');
    await browser.open('/sign-in/with/hub');
    const [kept] = await t.database.sql<{ verifier: string }>('SELECT verifier FROM auth.begun_sign_in');
    const { pathname, search } = new URL((await browser.get(await show(browser, passkey))).headers.get('location')!);
    const code = new URLSearchParams(search).get('code')!;
    return { code, verifier: kept!.verifier, browser, answer: `${pathname}${search}` };
  };
  const exchange = (code: string, verifier: string): Promise<Record<string, unknown>> =>
    post('/token', {
      grant_type: 'authorization_code',
      redirect_uri: `${t.url}/sign-in/return`,
      code,
      code_verifier: verifier,
    });

  it('A5 gives the console tokens that open nothing: neither the ID token nor the access token is one for the API', async () => {
    const { code, verifier } = await aCode();
    const tokens = await exchange(code, verifier);
    expect(tokens['status']).toBe(200);
    expect(decodeJwt(String(tokens['id_token']))).toMatchObject({ aud: CONSOLE, acr: 'phr', iss: `${t.url}/oidc` });
    for (const token of [tokens['id_token'], tokens['access_token']]) {
      for (const scheme of ['DPoP', 'Bearer']) {
        const headers = { authorization: `${scheme} ${String(token)}` };
        expect((await new Browser(t.url).post('/graphql', { query: ME }, headers)).status).toBe(401);
      }
    }
  });

  it('A6 takes a code once, with its own verifier, and an answer for it comes too late', async () => {
    const first = await aCode();
    expect(await exchange(first.code, first.verifier)).toMatchObject({ status: 200 });
    expect(await exchange(first.code, first.verifier)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await first.browser.get(first.answer)).status).toBe(401);
    const second = await aCode();
    expect(await exchange(second.code, 'y'.repeat(43))).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it.each<[string, (stolen: SoftwareAuthenticator, officer: SignedIn) => Promise<SoftwareAuthenticator>]>([
    [
      'the officer was recovered',
      async (_, { officer }) => {
        const passkey = new SoftwareAuthenticator(t.url);
        expect((await enrol(new Browser(t.url), passkey, await aLink(t, vn, officer))).status).toBe(200);
        return passkey;
      },
    ],
    [
      'its passkey was removed',
      async (stolen, { browser, passkey }) => {
        const removed = await browser.ask('mutation($id: ID!) { removePasskey(id: $id) }', { id: stolen.id });
        expect(removed).toEqual({ data: { removePasskey: true } });
        return passkey;
      },
    ],
  ])('A17 begins no session by a touch from before %s', async (_, change) => {
    const signedIn = await aSignedIn(t, vn, ['ANALYST']);
    const stolen = await aFurtherPasskey(t, signedIn.browser);
    const goOn = async (browser: Browser, next: string): Promise<[status: number, hasSession: boolean]> => {
      const { pathname, search } = new URL((await browser.get(next)).headers.get('location')!);
      const { status } = await browser.get(`${pathname}${search}`);
      return [status, browser.cookies.has('__Host-liaison')];
    };
    const touched = async (passkey: SoftwareAuthenticator): Promise<[Browser, string]> => {
      const browser = new Browser(t.url);
      await browser.open('/sign-in/with/hub');
      return [browser, await show(browser, passkey)];
    };
    const thief = await touched(stolen);
    const passkey = await change(stolen, signedIn);
    expect(await goOn(...thief)).toEqual([401, false]);
    // An ID token tells whole seconds.
    await sleep(1_000);
    expect(await goOn(...(await touched(passkey)))).toEqual([200, true]);
  });

  it('A6 takes a code for a minute, and gives an ID token for one', async () => {
    const fresh = await aCode();
    const claims = decodeJwt(String((await exchange(fresh.code, fresh.verifier))['id_token']));
    expect(claims.exp! - claims.iat!).toBe(60);
    const old = await aCode();
    await passes(60, 'AuthorizationCode');
    expect(await exchange(old.code, old.verifier)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('waits ten minutes for a passkey', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    await browser.open('/sign-in/with/hub');
    await passes(590, 'Interaction');
    expect(await show(browser, passkey)).toMatch(/^\/oidc\/auth\//);
    await browser.open('/sign-in/with/hub');
    await passes(600, 'Interaction');
    expect(await show(browser, passkey)).toBe('/account');
  });

  it('is believed that a passkey was shown for ten minutes', async () => {
    const { browser, answer } = await aCode();
    // The library allows half a minute more for the clock of another.
    await t.database.sql(
      `UPDATE auth.oidc_record SET payload = jsonb_set(payload, '{authTime}', to_jsonb((payload->>'authTime')::int - 700))
       WHERE model = 'AuthorizationCode'`,
    );
    await t.database.sql(`UPDATE auth.account SET holders_changed_at = now() - interval '1 hour'`);
    expect((await browser.get(answer)).status).toBe(401);
  });

  it('A7 leads back to exactly one address', async () => {
    const right = `${t.url}/sign-in/return`;
    expect(await post('/request', { ...RIGHT, redirect_uri: right })).toMatchObject({ status: 201 });
    for (const redirect_uri of [
      `${right}/x`,
      `${right}?x`,
      `${right}#x`,
      right.replace(/:\d+/, ':1'),
      right.replace('localhost', 'localhost@evil.example'),
      right.replace('localhost', 'localhost.evil.example'),
      right.replace('/return', '%2freturn'),
      right.replace('http', 'https'),
      right.toUpperCase(),
      `${t.url}/sign-in/./return`,
    ]) {
      expect([redirect_uri, await post('/request', { ...RIGHT, redirect_uri })]).toMatchObject([
        redirect_uri,
        { status: 400 },
      ]);
    }
  });

  it('A6 does without PKCE for nobody, nor with a challenge in plain', async () => {
    const redirect_uri = `${t.url}/sign-in/return`;
    const { code_challenge: _, code_challenge_method: __, ...without } = RIGHT;
    expect(await post('/request', { ...without, redirect_uri })).toMatchObject({ status: 400 });
    const plain = { ...RIGHT, code_challenge_method: 'plain', redirect_uri };
    expect(await post('/request', plain)).toMatchObject({ status: 400 });
    expect(await post('/request', { ...RIGHT, redirect_uri, response_type: 'id_token' })).toMatchObject({
      status: 400,
    });
    expect(await post('/token', { grant_type: 'client_credentials' })).toMatchObject({ status: 400 });
  });

  it('A15 is not finished by a passkey in another browser', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const thief = new Browser(t.url);
    await thief.open('/sign-in/with/hub');
    const victim = new Browser(t.url);
    const options = (await victim.post('/sign-in/options')).body as unknown as { challenge: string };
    await victim.post('/sign-in', { response: passkey.get(options) });
    const interaction = thief.cookies.get('liaison_provider_interaction')!;
    expect((await thief.open(`/oidc/auth/${interaction}`)).text).toContain('data-act="sign-in"');
    expect(thief.cookies.has('__Host-liaison')).toBe(false);
  });
});

describe('the server’s own role', () => {
  it('cannot read what is kept of services', async () => {
    await t.database.sql('SET ROLE hub_app');
    try {
      for (const table of ['trusted_issuer', 'issuer_subject', 'begun_sign_in', 'issuer_alarm']) {
        await expect(t.database.sql(`SELECT * FROM auth.${table}`)).rejects.toThrow(/permission denied/);
      }
    } finally {
      await t.database.sql('RESET ROLE');
    }
  });
});
