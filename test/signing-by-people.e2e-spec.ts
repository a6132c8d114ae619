import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import type { JsonObject } from '../src/protocol/canonical.js';
import type { Envelope } from '../src/protocol/envelope.js';
import { generateKey, type KeyPair } from '../src/protocol/keys.js';
import { makePart } from '../src/protocol/part.js';
import { signObject } from '../src/protocol/signing.js';
import { aRequestBody } from '../src/requests/body/request-body.example.js';
import { anAlert, aReference, fingerprint, submitText, verdictOf } from './hostile/hostile.js';
import { aSignedIn } from './support/browser.js';
import { aHandling, COMPOSE_ALERT, type ComposedAnswer } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import {
  admit,
  anEnrolmentKey,
  aPersonEntry,
  aSigningOfficer,
  sendAs,
  type SigningOfficer,
  touchFor,
} from './support/signing-officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
let enrolment: KeyPair;
let releaser: SigningOfficer;
let other: SigningOfficer;
let analyst: SigningOfficer;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', {
    units: [{ id: 'VN-CUS-HP', kind: 'PORT_CONTROL_UNIT', nameEn: 'Hai Phong', nameVi: 'Hải Phòng' }],
  });
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-VTE');
  agreement = await t.agree([vn, th, la]);
  enrolment = await anEnrolmentKey(vn);
  releaser = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  other = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
  analyst = await aSigningOfficer(t, vn, enrolment, ['ANALYST']);
});
afterAll(() => t.stop());

const toThailand = (changes: Partial<Envelope> = {}): Envelope => anAlert(vn, ['TH-CUS'], agreement, changes);
const by = ({ officer }: SigningOfficer): Partial<Envelope> => ({ authoredBy: officer });
const both = (author: SigningOfficer, last: SigningOfficer): Partial<Envelope> => ({
  authoredBy: author.officer,
  releasedBy: last.officer,
});
/** A refusal, and that nothing was written. */
async function refused(attempt: () => Promise<{ errors?: unknown[] }>): Promise<string> {
  const before = await fingerprint(t.database);
  const verdict = verdictOf((await attempt()) as never);
  expect(await fingerprint(t.database)).toEqual(before);
  return verdict;
}

describe('an officer at the console', () => {
  it('who signs in without a passkey of the hub is told that no further touch would help', async () => {
    const signer = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    const payload = toThailand(by(signer));
    await t.database.sql('DELETE FROM auth.passkey WHERE credential_id = $1', [signer.passkey.id]);
    const sent = await sendAs([signer], signer, payload);
    expect([verdictOf(sent), sent.errors?.[0]?.message]).toEqual([
      'FORBIDDEN',
      expect.stringContaining('need a touch of a passkey of this hub'),
    ]);
  });

  it('sends with the own key and one touch, which is kept beside the receipt', async () => {
    const payload = toThailand(by(releaser));
    const answer = await sendAs([releaser], releaser, payload);
    expect(verdictOf(answer)).toBe('accepted');
    const [kept] = await t.database.sql<{ officer: string; assertion: string; bytes: number }>(
      `SELECT a.officer, a.assertion, length(a.public_key) AS bytes FROM hub.object_assertion a JOIN hub.object o USING (seq) WHERE o.id = $1`,
      [payload.id],
    );
    expect(kept).toMatchObject({ officer: releaser.officer });
    const { response } = JSON.parse(kept!.assertion) as { response: { clientDataJSON: string } };
    const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()) as {
      challenge: string;
    };
    expect(Buffer.from(challenge, 'base64url').toString('hex')).toBe(answer.data!.submit.object.digest.slice(7));
    expect(kept!.bytes).toBeGreaterThan(40);
  });

  it('composes with the own keys and is told the tier', async () => {
    const { ref: _, ...body } = anAlertBody();
    const input = { to: ['TH-CUS'], handling: aHandling(agreement), body };
    const query = COMPOSE_ALERT.replace('digest', 'digest tier');
    const answer = await releaser.browser.ask<ComposedAnswer>(query, { input });
    expect(answer.data!.composeAlert[0]).toMatchObject({ tier: 'T1', signing: [{ kid: releaser.key.kid }] });
    const text = JSON.parse(answer.data!.composeAlert[0]!.text!) as Envelope;
    expect([text.authoredBy, text.releasedBy]).toEqual([releaser.officer, null]);
    expect(verdictOf(await sendAs([releaser], releaser, text))).toBe('accepted');
  });

  it('touches for each object: no touch, an old one, another’s, one without recognition are refused', async () => {
    const payload = toThailand(by(releaser));
    const attempts = [
      null,
      '{}',
      'x',
      touchFor(releaser, toThailand(by(releaser))),
      touchFor(other, payload),
      JSON.stringify({ ...(JSON.parse(touchFor(releaser, payload)) as object), id: other.passkey.id }),
      JSON.stringify(releaser.passkey.get({ challenge: challengeFor(payload) }, { userVerified: false })),
      JSON.stringify(releaser.passkey.get({ challenge: challengeFor(payload) }, { origin: 'https://evil.example' })),
    ];
    // JSON may end in blanks; an answer of a passkey does not, and what is verified is of a length that one may have.
    attempts.push(touchFor(releaser, payload).padEnd(8_001));
    for (const assertion of attempts) {
      expect(await refused(() => sendAs([releaser], releaser, payload, { assertion }))).toBe('STEP_UP_REQUIRED');
    }
    expect(verdictOf(await sendAs([releaser], releaser, payload))).toBe('accepted');
  });

  it('needs no touch for what tier T0 lets pass', async () => {
    const ref = aReference('TH').replace('ALR', 'REQ');
    const body = aRequestBody({ ref, requestedAuthority: 'VN-CUS' });
    const requesting = { ...body.requesting, authority: 'TH-CUS', unit: th.unit };
    const request = anAlert(th, ['VN-CUS'], agreement, {
      kind: 'request',
      body: { ...body, requesting, legalBasis: { agreement, article: 'art10' } } as unknown as JsonObject,
    });
    const sent = await submitText(th, await signObject(request, th.signing));
    const inReplyTo = { id: request.id, digest: sent.data!.submit.object.digest as `sha256:${string}` };
    const answer = (kind: string, answerSeq: number): Envelope =>
      anAlert(vn, ['TH-CUS'], agreement, {
        ...by(releaser),
        kind: 'answer',
        inReplyTo,
        body: { requestRef: ref, answerSeq, language: 'en', kind },
      });
    const silent = { assertion: null };
    expect(await refused(() => sendAs([releaser], releaser, answer('NEGATIVE', 1), silent))).toBe('STEP_UP_REQUIRED');
    expect(verdictOf(await sendAs([releaser], releaser, answer('ACKNOWLEDGEMENT', 1), silent))).toBe('accepted');
    expect(verdictOf(await sendAs([releaser], releaser, answer('NEGATIVE', 2)))).toBe('accepted');
  });

  it('sends only what the officer signed', async () => {
    const theirs = toThailand(by(other));
    expect(await refused(() => sendAs([other], releaser, theirs))).toBe('BAD_SIGNED_OBJECT/PERSON');
    const units = toThailand();
    expect(await refused(() => sendAs([{ key: vn.signing }], releaser, units))).toBe('BAD_SIGNED_OBJECT/PERSON');
  });

  it('cannot send as a reader, whatever was signed', async () => {
    const payload = toThailand(by(analyst));
    expect(await refused(() => sendAs([analyst], analyst, payload))).toBe('FORBIDDEN');
  });
});

describe('who signed', () => {
  it('S27 is exactly who is named', async () => {
    for (const [signers, named] of [
      [[releaser], {}],
      [[releaser], { authoredBy: 'p:somebody' }],
      [[releaser], both(other, releaser)],
      [[other, releaser], by(releaser)],
      [[other, releaser], both(releaser, releaser)],
      [[{ key: vn.signing }, releaser], {}],
    ] as [Pick<SigningOfficer, 'key'>[], Partial<Envelope>][]) {
      expect(await refused(() => sendAs(signers, releaser, toThailand(named)))).toBe('BAD_SIGNED_OBJECT/PERSON');
    }
  });

  it('S20 S27 is an officer in force of that unit, with a role that may', async () => {
    const gone = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    const moved = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    const administrator = await aSigningOfficer(t, vn, enrolment, ['AGENCY_ADMIN']);
    await t.database.sql(`UPDATE agency.officer SET valid_until = now() WHERE pseudonym = $1`, [gone.officer]);
    await t.database.sql(`UPDATE agency.officer SET unit_id = 'VN-CUS-HP' WHERE pseudonym = $1`, [moved.officer]);
    for (const [signers, named, sub] of [
      [[gone], by(gone), 'UNIT'],
      [[moved], by(moved), 'UNIT'],
      [[analyst], by(analyst), 'UNIT'],
      [[gone, releaser], both(gone, releaser), 'UNIT'],
      [[administrator, releaser], both(administrator, releaser), 'UNIT'],
      [[releaser, moved], both(releaser, moved), 'FOUR_EYES'],
      [[releaser, gone], both(releaser, gone), 'FOUR_EYES'],
      [[releaser, analyst], both(releaser, analyst), 'FOUR_EYES'],
      [[releaser, other], both(other, releaser), 'FOUR_EYES'],
    ] as [SigningOfficer[], Partial<Envelope>, string][]) {
      const object = await signObject(toThailand(named), ...signers.map(({ key }) => key));
      // The unit's system hands it in, so that nothing but the signers is wrong.
      expect([named, await refused(() => submitText(vn, object))]).toEqual([named, `BAD_SIGNED_OBJECT/${sub}`]);
    }
  });

  it('may be an author who only reads, and a releaser who sends', async () => {
    expect(verdictOf(await sendAs([analyst, releaser], releaser, toThailand(both(analyst, releaser))))).toBe(
      'accepted',
    );
  });
});

describe('four eyes', () => {
  const withPersons = async (named: Partial<Envelope>, to: string): Promise<[Envelope, object[]]> => {
    const { name, text, sha256 } = await makePart('nominal', someNominalData());
    const payload = anAlert(vn, [to], agreement, { ...named, parts: [{ name, sha256 }] });
    return [payload, [{ name, text }]];
  };
  const attempt = async (signers: SigningOfficer[], named: Partial<Envelope>, to: string): Promise<string> => {
    const [payload, parts] = await withPersons(named, to);
    return verdictOf(await sendAs(signers, signers.at(-1)!, payload, { parts }));
  };

  it('S27 are needed for personal details to an agency that never had any, once', async () => {
    expect(await refused(async () => ({ errors: await errorsOf([releaser], by(releaser)) }))).toBe(
      'BAD_SIGNED_OBJECT/FOUR_EYES',
    );
    expect(await attempt([releaser], { releasedBy: releaser.officer }, 'LA-CUS')).toBe('BAD_SIGNED_OBJECT/FOUR_EYES');
    const same = { authoredBy: releaser.officer, releasedBy: releaser.officer };
    expect(await attempt([releaser], same, 'LA-CUS')).toBe('BAD_SIGNED_OBJECT/FOUR_EYES');
    expect(await attempt([analyst, releaser], both(analyst, releaser), 'LA-CUS')).toBe('accepted');
    expect(await attempt([releaser], by(releaser), 'LA-CUS')).toBe('accepted');
    expect(await attempt([releaser], by(releaser), 'TH-CUS')).toBe('BAD_SIGNED_OBJECT/FOUR_EYES');
  });

  async function errorsOf(signers: SigningOfficer[], named: Partial<Envelope>): Promise<unknown[]> {
    const [payload, parts] = await withPersons(named, 'LA-CUS');
    return (await sendAs(signers, releaser, payload, { parts })).errors ?? [];
  }
});

describe('FLASH', () => {
  const alone = async (urgency: string): Promise<[Envelope, object[]]> => {
    const { name, text, sha256 } = await makePart('nominal', someNominalData());
    const body = anAlertBody({ ref: aReference('VN'), urgency } as never) as unknown as JsonObject;
    return [toThailand({ ...by(releaser), parts: [{ name, sha256 }], body }), [{ name, text }]];
  };
  const send = async (urgency: string): Promise<[string, Envelope]> => {
    const [payload, parts] = await alone(urgency);
    return [verdictOf(await sendAs([releaser], releaser, payload, { parts })), payload];
  };
  const CONFIRM = `mutation($id: ID!, $signature: SignatureInput!, $assertion: String!) {
    confirmObject(id: $id, signature: $signature, assertion: $assertion) }`;
  const confirm = async (officer: SigningOfficer, payload: Envelope, key = officer.key): Promise<string> => {
    const { signatures } = JSON.parse(await signObject(payload, key)) as { signatures: object[] };
    const assertion = touchFor(officer, payload);
    return verdictOf(await officer.browser.ask(CONFIRM, { id: payload.id, signature: signatures[0], assertion }));
  };
  const OWED = '{ owedConfirmations { id sentBy } }';
  const owedTo = (officer: Pick<SigningOfficer, 'browser'>): Promise<unknown> => officer.browser.ask(OWED);
  const seen = async (id: string): Promise<unknown> => {
    const query = 'query($id: ID!) { object(id: $id) { confirmation { state by signature } } }';
    return (await th.ask<{ object: { confirmation: unknown } }>(query, { id })).data!.object.confirmation;
  };

  it('S27 may go out alone by the agency’s own rule, and readers see it unconfirmed until another officer signs', async () => {
    expect((await send('FLASH'))[0]).toBe('BAD_SIGNED_OBJECT/FOUR_EYES');
    await t.database.sql(`INSERT INTO agency.signing_rule VALUES ('VN-CUS', true)`);
    expect((await send('URGENT'))[0]).toBe('BAD_SIGNED_OBJECT/FOUR_EYES');
    const [verdict, payload] = await send('FLASH');
    expect(verdict).toBe('accepted');
    expect(await seen(payload.id)).toEqual({ state: 'PENDING', by: null, signature: null });
    const due = await th.ask<{ object: { confirmation: { dueAt: string } } }>(
      'query($id: ID!) { object(id: $id) { confirmation { dueAt } } }',
      { id: payload.id },
    );
    const hours = (Date.parse(due.data!.object.confirmation.dueAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    const elsewhere = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    await t.database.sql(`UPDATE agency.officer SET unit_id = 'VN-CUS-HP' WHERE pseudonym = $1`, [elsewhere.officer]);
    await elsewhere.browser.signIn(elsewhere.passkey);
    const foreign = await aSignedIn(t, th, ['RELEASER']);
    const owed = [{ id: payload.id, sentBy: releaser.officer }];
    expect(await owedTo(other)).toEqual({ data: { owedConfirmations: owed } });
    for (const officer of [releaser, elsewhere, foreign]) {
      expect(await owedTo(officer)).toEqual({ data: { owedConfirmations: [] } });
    }
    for (const without of [analyst.browser, vn]) {
      expect((await without.ask(OWED)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }

    for (const [attempt, expected] of [
      [() => confirm(releaser, payload), 'BAD_SIGNED_OBJECT/FOUR_EYES'],
      [() => confirm(other, payload, releaser.key), 'BAD_SIGNED_OBJECT/FOUR_EYES'],
      [() => confirm(analyst, payload), 'FORBIDDEN'],
      [() => confirm(elsewhere, payload), 'BAD_SIGNED_OBJECT/FOUR_EYES'],
      [() => confirm(other, { ...payload, purpose: 'INVESTIGATION' }), 'BAD_SIGNED_OBJECT/SIGNATURE'],
    ] as const) {
      expect(await attempt()).toBe(expected);
    }
    expect(await seen(payload.id)).toMatchObject({ state: 'PENDING' });
    expect(await confirm(other, payload)).toBe('accepted');
    const given = (await seen(payload.id)) as { signature: string };
    expect(given).toMatchObject({ state: 'CONFIRMED', by: other.officer });
    expect(await owedTo(other)).toEqual({ data: { owedConfirmations: [] } });
    expect(JSON.parse(given.signature)).toEqual({
      protected: expect.any(String),
      signature: expect.any(String),
    });
    expect(await confirm(other, payload)).toBe('NOT_FOUND');
    const confirmed = anAlert(vn, ['TH-CUS'], agreement, by(releaser));
    await sendAs([releaser], releaser, confirmed);
    expect(await seen(confirmed.id)).toBeNull();
  });
});

describe('a key', () => {
  it('S21 is dead at the next request when an administrator revokes it in the set', async () => {
    const officer = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    expect(verdictOf(await sendAs([officer], officer, toThailand(by(officer))))).toBe('accepted');
    const now = Math.floor(Date.now() / 1000);
    const entry = aPersonEntry(vn, officer.key, officer.officer);
    const revoked = { at: now, invalidFrom: now, reason: 'keyCompromise' } as const;
    const [{ nbf, exp } = entry] = await t.database.sql<{ nbf: number; exp: number }>(
      'SELECT nbf::float8 AS nbf, exp::float8 AS exp FROM hub.agency_key WHERE kid = $1',
      [officer.key.kid],
    );
    expect(verdictOf(await admit(vn, enrolment, [{ ...entry, nbf, exp, revoked }]))).toBe('accepted');
    expect(await refused(() => sendAs([officer], officer, toThailand(by(officer))))).toBe(
      'BAD_SIGNED_OBJECT/KEY_REVOKED',
    );
  });

  it('S21 is dead at the next request when its holder or an administrator stops it, and nobody else can', async () => {
    const block = 'mutation($kid: ID!) { blockKey(kid: $kid) }';
    const [mine, lost] = [
      await aSigningOfficer(t, vn, enrolment, ['RELEASER']),
      await aSigningOfficer(t, vn, enrolment, ['RELEASER']),
    ];
    const admin = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const foreign = await aSignedIn(t, th, ['AGENCY_ADMIN']);
    for (const stranger of [releaser.browser, foreign.browser]) {
      const answer = JSON.stringify(await stranger.ask(block, { kid: mine.key.kid }));
      expect(answer).toBe(JSON.stringify(await stranger.ask(block, { kid: (await generateKey()).kid })));
      expect(answer).toContain('NOT_FOUND');
    }
    expect((await admin.browser.ask(block, { kid: vn.signing.kid })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(verdictOf(await sendAs([mine], mine, toThailand(by(mine))))).toBe('accepted');
    expect(await mine.browser.ask(block, { kid: mine.key.kid })).toEqual({ data: { blockKey: true } });
    expect(await admin.browser.ask(block, { kid: lost.key.kid })).toEqual({ data: { blockKey: true } });
    expect(await mine.browser.ask(block, { kid: mine.key.kid })).toEqual({ data: { blockKey: true } });
    for (const officer of [mine, lost]) {
      const payload = toThailand(by(officer));
      expect(await refused(() => sendAs([officer], officer, payload))).toBe('BAD_SIGNED_OBJECT/KEY_REVOKED');
      // Neither through the unit's system.
      expect(verdictOf(await submitText(vn, await signObject(payload, officer.key)))).toBe(
        'BAD_SIGNED_OBJECT/KEY_REVOKED',
      );
    }
  });

  it('S21 that admits others is dead as well when it is stopped', async () => {
    const admin = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const key = await anEnrolmentKey(vn, admin.officer);
    const entry = async () => aPersonEntry(vn, await generateKey(), 'p:newcomer');
    expect(verdictOf(await admit(vn, key, [await entry()]))).toBe('accepted');
    await admin.browser.ask('mutation($kid: ID!) { blockKey(kid: $kid) }', { kid: key.kid });
    expect(verdictOf(await admit(vn, key, [await entry()]))).toBe('BAD_SIGNED_OBJECT/KEY_REVOKED');
  });

  it('S20 S24 of another agency admits nobody', async () => {
    const foreign = await anEnrolmentKey(th);
    const entry = aPersonEntry(vn, await generateKey(), 'p:newcomer');
    expect(verdictOf(await admit(vn, foreign, [entry]))).toBe('BAD_SIGNED_OBJECT/KEYSET_ROOT');
  });
});

function challengeFor(payload: object): string {
  const { response } = JSON.parse(touchFor(releaser, payload)) as { response: { clientDataJSON: string } };
  return (JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()) as { challenge: string }).challenge;
}
