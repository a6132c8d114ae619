import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { JsonObject } from '../../src/protocol/canonical.js';
import type { Digest } from '../../src/protocol/digest.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import { signObject } from '../../src/protocol/signing.js';
import { proofOf } from '../../src/protocol/testing.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import { ROLES } from '../../src/session/people/role-rights.js';
import { aConnectionInput, anOfficerInput, changed, twoAdministrators } from '../support/administration.js';
import { SoftwareAuthenticator } from '../support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aLinked, answerOf, begin, comeBack, type NationalIssuer, startIssuer, trust } from '../support/issuer.js';
import {
  admit,
  anEnrolmentKey,
  aPersonEntry,
  aSigningOfficer,
  sendAs,
  type SigningOfficer,
} from '../support/signing-officers.js';
import { anAlert, aReference, submitText, verdictOf } from './hostile.js';

/** Doors that two features open together, though each of them is shut: found by an attack on the whole hub. */

let t: TestHub;
let vn: Party;
let hp: Party;
let th: Party;
let ofVn: NationalIssuer;
let ofTh: NationalIssuer;
let agreement: string;
let enrolment: KeyPair;
let releaser: SigningOfficer;
let analyst: SigningOfficer;

beforeAll(async () => {
  [t, ofVn, ofTh] = await Promise.all([startTestHub(), startIssuer('vn-customs'), startIssuer('th-customs')]);
  vn = await t.enrol('VN-CUS-AS');
  hp = await t.enrol('VN-CUS-HP');
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  await trust(t, ofVn, ['VN-CUS']);
  await trust(t, ofTh, ['TH-CUS']);
  enrolment = await anEnrolmentKey(vn);
  releaser = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  analyst = await aSigningOfficer(t, vn, enrolment, ['ANALYST']);
});
afterAll(() => Promise.all([ofVn.stop(), ofTh.stop(), t.stop()]));

const suspend = (officer: string): Promise<unknown> =>
  t.database.sql('UPDATE auth.account SET suspended_at = now() WHERE officer = $1', [officer]);
const accountOf = '(SELECT id FROM auth.account WHERE officer = $1)';

describe('sign-in', () => {
  it('G31 is not stopped by a few requests for tokens whose bodies never come', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const port = Number(new URL(t.url).port);
    const sockets = Array.from({ length: 6 }, (): Socket => {
      const socket = connect(port, 'localhost');
      socket.on('error', () => undefined);
      const type = 'content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n';
      socket.write(`POST /oidc/token HTTP/1.1\r\nhost: localhost:${port}\r\n${type}\r\ngrant`);
      return socket;
    });
    try {
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      await sleep(500);
      const signedIn = new Browser(t.url).signIn(passkey).then(({ status }) => status);
      expect(await Promise.race([signedIn, sleep(10_000).then(() => 'waits')])).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('A15 does not sign in another browser, whose cookies of the provider a neighbouring host has planted', async () => {
    const { officer, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const thief = new Browser(t.url);
    await thief.open('/sign-in/with/hub');
    const victim = new Browser(t.url);
    const planted = [...thief.cookies].filter(([name]) => name.startsWith('liaison_provider_interaction'));
    expect(planted.length).toBeGreaterThan(0);
    for (const [name, value] of planted) victim.cookies.set(name, value);
    expect((await victim.signIn(passkey)).status).toBe(200);
    expect((await victim.ask('{ me { officer } }')).data).toEqual({ me: { officer } });
    await thief.open(`/oidc/auth/${thief.cookies.get('liaison_provider_interaction')!}`);
    await thief.loadProof();
    expect((await thief.ask('{ me { officer } }')).data ?? null).toBeNull();
  });

  it('A8 shows the code of one issuer to no other, also where an issuer does not say that the answer is its own', async () => {
    const { subject } = await aLinked(t, ofTh, th, ['ANALYST']);
    await ofTh.says({ claims: { sub: subject } });
    const thiefAtTh = await begin(new Browser(t.url), ofTh);
    const victim = new Browser(t.url);
    const atVn = await begin(victim, ofVn);
    const onward = new URL(thiefAtTh);
    onward.searchParams.set('state', atVn.searchParams.get('state')!);
    const answer = await answerOf(onward);
    expect(answer.searchParams.get('code')).toMatch(/./);
    expect(answer.pathname).not.toBe(new URL(atVn.searchParams.get('redirect_uri')!).pathname);
    // Were the code handed to the service that the victim began at, it would fail there: 503.
    await ofVn.says({ status: 503 });
    try {
      expect((await comeBack(victim, answer)).status).toBe(401);
    } finally {
      await ofVn.says({});
    }
  });

  it('A16 begins no session by a password that a recovery takes away meanwhile', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const desk = new Browser(t.url);
    const token = await aLink(t, vn, officer);
    await desk.post('/enrol/open', { token });
    const offer = (await desk.post('/enrol/password/options', { token })).body as { name: string; secret: string };
    const app = new TOTP({ secret: Secret.fromBase32(offer.secret) });
    const password = 'bamboo raft upstream 7';
    expect((await desk.post('/enrol/password', { token, password, code: app.generate() })).status).toBe(200);
    await t.database.sql(`UPDATE auth.password SET last_step = 0 WHERE account_id = ${accountOf}`, [officer]);
    // A row that every sign-in sweeps away, held, makes the thief's wait where a busy hub would.
    await t.database.sql(
      `INSERT INTO auth.console_session (secret_hash, account_id, unit_id, roles, acr, user_agent, authenticated_at, expires_at)
       SELECT '\\x00', id, 'VN-CUS-AS', '{}', 'aal2', '', now(), now() - interval '1 hour' FROM auth.account WHERE officer = $1`,
      [officer],
    );
    await t.database.sql('BEGIN');
    await t.database.sql(`SELECT FROM auth.console_session WHERE secret_hash = '\\x00' FOR UPDATE`);
    const thief = new Browser(t.url);
    const tried = thief.post('/sign-in/password', { name: offer.name, password, code: app.generate() });
    await sleep(1_500);
    for (const table of ['passkey', 'password', 'issuer_subject', 'console_session']) {
      await t.database.sql(`DELETE FROM auth.${table} WHERE account_id = ${accountOf}`, [officer]);
    }
    await t.database.sql('COMMIT');
    expect((await tried).status).toBe(401);
    await thief.loadProof();
    expect((await thief.ask('{ me { officer } }')).data ?? null).toBeNull();
  });

  it('A17 does nothing any more in a session that ended while its request was on the way', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const request = JSON.stringify({ documentId: trusted('{ me { officer } }'), variables: {} });
    const slowly = async (meanwhile: () => Promise<unknown>): Promise<unknown> => {
      async function* pieces(): AsyncGenerator<Buffer> {
        yield Buffer.from(request.slice(0, -1));
        await sleep(800);
        await meanwhile();
        yield Buffer.from(request.slice(-1));
      }
      const sent = { method: 'POST', body: Readable.toWeb(Readable.from(pieces())), duplex: 'half' } as RequestInit;
      const { status, body } = await browser.send('/graphql', sent, {
        'content-type': 'application/json',
        ...browser.ofOwnPage(),
      });
      return [status, body.errors?.[0]?.extensions.code];
    };
    expect(await slowly(async () => undefined)).toEqual([200, undefined]);
    const ended = (): Promise<unknown> =>
      t.database.sql(`DELETE FROM auth.console_session WHERE account_id = ${accountOf}`, [officer]);
    expect(await slowly(ended)).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('A17 leaves no request for a key behind that was made before a recovery', async () => {
    const admin = (await aSignedIn(t, vn, ['AGENCY_ADMIN'])).browser;
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    const claim = { hub: HUB_ID, agency: 'VN-CUS', use: 'sig', kid: pair.kid } as const;
    const proof = proofOf(pair, claim);
    const input = { jwk: JSON.stringify(pair.publicJwk), use: 'sig', kinds: ['alert'], device: 'Phone', proof };
    await browser.ask('mutation($input: KeyRequestInput!) { requestKey(input: $input) { kid } }', { input });
    const waiting = async (): Promise<string[]> => {
      const { data } = await admin.ask<{ waitingKeys: { kid: string }[] }>('{ waitingKeys { kid } }');
      return data!.waitingKeys.map(({ kid }) => kid).filter((kid) => kid === pair.kid);
    };
    expect(await waiting()).toEqual([pair.kid]);
    await enrol(new Browser(t.url), new SoftwareAuthenticator(t.url), await aLink(t, vn, officer));
    expect(await waiting()).toEqual([]);
  });
});

describe('S21 an officer who is shut out', () => {
  it('is not the second of four eyes', async () => {
    const second = await aSigningOfficer(t, vn, enrolment, ['ANALYST']);
    const alert = () =>
      anAlert(vn, ['TH-CUS'], agreement, { authoredBy: second.officer, releasedBy: releaser.officer });
    expect(verdictOf(await sendAs([second, releaser], releaser, alert()))).toBe('accepted');
    await suspend(second.officer);
    expect(verdictOf(await sendAs([second, releaser], releaser, alert()))).toBe('BAD_SIGNED_OBJECT/UNIT');
  });

  it('sends nothing through the unit’s system', async () => {
    const shut = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    const alert = async (): Promise<string> =>
      signObject(anAlert(vn, ['TH-CUS'], agreement, { authoredBy: shut.officer }), shut.key);
    expect(verdictOf(await submitText(vn, await alert()))).toBe('accepted');
    await suspend(shut.officer);
    expect(verdictOf(await submitText(vn, await alert()))).toBe('BAD_SIGNED_OBJECT/UNIT');
  });
});

it('S20 a unit that is suspended does not speak through the system of another unit', async () => {
  const send = async (): Promise<string> =>
    verdictOf(await submitText(vn, await signObject(anAlert(hp, ['TH-CUS'], agreement), hp.signing)));
  expect(await send()).toBe('accepted');
  const suspended = "UPDATE hub.unit SET suspended_at = now(), suspended_by = 'OPERATOR' WHERE id = $1";
  await t.database.sql(suspended, [hp.unit]);
  try {
    expect(await send()).toBe('FORBIDDEN');
  } finally {
    await t.database.sql('UPDATE hub.unit SET suspended_at = NULL, suspended_by = NULL WHERE id = $1', [hp.unit]);
  }
});

describe('D13 a role that keeps personal details away', () => {
  it('is not taken away by one administrator', async () => {
    const [one] = await twoAdministrators(t, vn);
    const rights = { clearance: 1, maySeeNominal: true };
    const target = await aSignedIn(t, vn, ['ANALYST', 'PARTNER_READER'], rights);
    const input = anOfficerInput(vn.unit, { clearance: 'RESTRICTED', maySeeNominal: true, roles: ['ANALYST'] });
    expect((await changed(one.browser, 'changeOfficer', { officer: target.officer, input })).state).toBe('WAITING');
    await target.browser.signIn(target.passkey);
    expect((await target.browser.ask('{ me { maySeeNominal } }')).data).toEqual({ me: { maySeeNominal: false } });
  });

  it('is each role of which the table says so, and no other', async () => {
    const raises = async (role: string): Promise<boolean> => {
      const was = JSON.stringify({ unit: 'U', clearance: 0, maySeeNominal: true, roles: ['ANALYST', role] });
      const becomes = JSON.stringify({ unit: 'U', clearance: 0, maySeeNominal: true, roles: ['ANALYST'] });
      const text = "SELECT cmd.raises('OFFICER', $1::jsonb, $2::jsonb) AS raises";
      const [row] = await t.database.sql<{ raises: boolean }>(text, [was, becomes]);
      return row!.raises;
    };
    for (const [role, { nominal }] of Object.entries(ROLES)) {
      expect([role, await raises(role)]).toEqual([role, nominal === 'NEVER']);
    }
  });

  it('is not taken away by what an issuer says', async () => {
    await trust(t, ofVn, ['VN-CUS'], { lowering: { roles: 'hub_roles' } });
    try {
      const roles = ['ANALYST', 'PARTNER_READER'];
      const seen = async (said: string[]): Promise<unknown> => {
        const { browser } = await aLinked(t, ofVn, vn, roles, { saying: { claims: { hub_roles: said } } });
        return (await browser.ask<{ me: { maySeeNominal: boolean } }>('{ me { maySeeNominal } }')).data;
      };
      expect([await seen(roles), await seen(['ANALYST'])]).toEqual([
        { me: { maySeeNominal: false } },
        { me: { maySeeNominal: false } },
      ]);
    } finally {
      await trust(t, ofVn, ['VN-CUS']);
    }
  });
});

it('A19 a session that an issuer has lowered stops no colleague’s key', async () => {
  await trust(t, ofVn, ['VN-CUS'], { lowering: { roles: 'hub_roles' } });
  try {
    const key = await generateKey();
    await admit(vn, enrolment, [aPersonEntry(vn, key, analyst.officer)]);
    const saying = { claims: { hub_roles: ['ANALYST'] } };
    const { browser } = await aLinked(t, ofVn, vn, ['ANALYST', 'AGENCY_ADMIN'], { saying });
    const answer = await browser.ask('mutation($kid: ID!) { blockKey(kid: $kid) }', { kid: key.kid });
    expect(answer.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  } finally {
    await trust(t, ofVn, ['VN-CUS']);
  }
});

it('D4 a system that may write to nobody is not let write to everybody by one administrator', async () => {
  const [one] = await twoAdministrators(t, vn);
  const addressees = async (): Promise<unknown> =>
    t.database.sql("SELECT addressees FROM auth.connection WHERE unit_id = 'VN-CUS-AS'");
  await t.database.sql("UPDATE auth.connection SET addressees = '{}' WHERE unit_id = 'VN-CUS-AS'");
  try {
    const input = aConnectionInput({ clearance: 'UNCLASSIFIED', maySeeNominal: false });
    const { state } = await changed(one.browser, 'changeConnection', { unit: 'VN-CUS-AS', input });
    expect([state, await addressees()]).toEqual(['WAITING', [{ addressees: [] }]]);
  } finally {
    await t.database.sql("UPDATE auth.connection SET addressees = NULL WHERE unit_id = 'VN-CUS-AS'");
  }
});

describe('A12 a session by password', () => {
  it('sends nothing, not even what takes no passkey from others', async () => {
    const ref = aReference('TH').replace('ALR', 'REQ');
    const example = aRequestBody({ ref, requestedAuthority: 'VN-CUS' });
    const requesting = { ...example.requesting, authority: 'TH-CUS', unit: th.unit };
    const body = { ...example, requesting, legalBasis: { agreement, article: 'art10' } } as unknown as JsonObject;
    const request = anAlert(th, ['VN-CUS'], agreement, { kind: 'request', body });
    const sent = await submitText(th, await signObject(request, th.signing));
    const acknowledge = (signer: SigningOfficer) =>
      anAlert(vn, ['TH-CUS'], agreement, {
        authoredBy: signer.officer,
        kind: 'answer',
        inReplyTo: { id: request.id, digest: sent.data!.submit.object.digest as Digest },
        body: { requestRef: ref, answerSeq: 1, language: 'en', kind: 'ACKNOWLEDGEMENT' },
      });
    const strength = (acr: string): Promise<unknown> =>
      t.database.sql(`UPDATE auth.console_session SET acr = $2 WHERE account_id = ${accountOf}`, [
        releaser.officer,
        acr,
      ]);
    await strength('aal2');
    const send = async (): Promise<string> =>
      verdictOf(await sendAs([releaser], releaser, acknowledge(releaser), { assertion: null }));
    expect(await send()).toBe('STEP_UP_REQUIRED');
    await strength('phr');
    expect(await send()).toBe('accepted');
  });

  it('administers nothing, should its officer have become an administrator', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST', 'AGENCY_ADMIN']);
    expect((await browser.ask('{ ownOfficers { isEnrolled } }')).errors).toBeUndefined();
    await t.database.sql(`UPDATE auth.console_session SET acr = 'aal2' WHERE account_id = ${accountOf}`, [officer]);
    expect((await browser.ask('{ ownOfficers { isEnrolled } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await browser.ask('{ inbox { nodes { id } } }')).errors).toBeUndefined();
  });

  it('ends where its officer wants, even one who may do nothing in it', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    await t.database.sql(`UPDATE auth.console_session SET acr = 'aal2' WHERE account_id = ${accountOf}`, [officer]);
    expect((await browser.ask('{ mySessions { id } }')).data?.['mySessions']).toHaveLength(1);
    expect((await browser.post('/sign-out')).status).toBe(200);
    expect((await browser.get('/account')).status).toBe(303);
  });
});
