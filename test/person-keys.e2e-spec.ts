import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKey, type KeyPair } from '../src/protocol/keys.js';
import { signObject } from '../src/protocol/signing.js';
import { proofOf } from '../src/protocol/testing.js';
import { anAlert, newestKeySet, nextKeySet, nowSeconds, publish, submitText, verdictOf } from './hostile/hostile.js';
import { SoftwareAuthenticator } from './support/authenticator.js';
import { aFurtherPasskey, aLink, aSignedIn, Browser, enrol, makeStale } from './support/browser.js';
import { type Answer, HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';
import { admit, anEnrolmentKey, aPersonEntry } from './support/signing-officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let enrolment: KeyPair;
let admin: Browser;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  enrolment = await anEnrolmentKey(vn);
  admin = (await aSignedIn(t, vn, ['AGENCY_ADMIN'])).browser;
});
afterAll(() => t.stop());

const REQUEST =
  'mutation($input: KeyRequestInput!) { requestKey(input: $input) { kid state device wrapped credential } }';
const APPROVE =
  'mutation($kid: ID!, $by: ID!, $proof: String!) { approveKey(kid: $kid, by: $by, proof: $proof) { state } }';
const BLOCK = 'mutation($kid: ID!) { blockKey(kid: $kid) }';
const WAITING = '{ waitingKeys { kid officer unit use kinds jwk proof } }';

const OFFICER_KEYS = '{ officerKeys { kid officer unit use device } }';

interface Requested {
  requestKey: { kid: string; state: string; wrapped: string | null; credential: string | null };
}
interface Waiting {
  waitingKeys: { kid: string; officer: string; jwk: string; proof: string }[];
}

const claim = (pair: KeyPair, changes: object = {}) =>
  proofOf(pair, { hub: HUB_ID, agency: 'VN-CUS', use: 'sig', kid: pair.kid, ...changes });
const request = (browser: Browser, pair: KeyPair, changes: object = {}): Promise<Answer<Requested>> => {
  const jwk = JSON.stringify(pair.publicJwk);
  const input = { jwk, use: 'sig', proof: claim(pair), kinds: ['alert'], device: 'Phone', ...changes };
  return browser.ask<Requested>(REQUEST, { input });
};
const waiting = async (browser = admin): Promise<string[]> =>
  (await browser.ask<Waiting>(WAITING)).data!.waitingKeys.map(({ kid }) => kid);
const stateOf = async (browser: Browser, kid: string): Promise<string | undefined> => {
  const answer = await browser.ask<{ myKeys: { kid: string; state: string }[] }>('{ myKeys { kid state } }');
  return answer.data!.myKeys.find((key) => key.kid === kid)?.state;
};

const officerKeys = async (browser: Browser): Promise<{ kid: string; officer: string }[]> =>
  (await browser.ask<{ officerKeys: { kid: string; officer: string }[] }>(OFFICER_KEYS)).data!.officerKeys;
/** What was written for the log when this key was stopped. */
const eventsOf = async (kid: string): Promise<string[]> => {
  const text = 'SELECT p.event FROM audit.pending p JOIN hub.blocked_key b ON b.at = p.at WHERE b.kid = $1';
  return (await t.database.sql<{ event: string }>(text, [kid])).map(({ event }) => event);
};

describe('an officer’s key', () => {
  it('is asked for, waits for an administrator of the same agency alone, and is in force when the set has it', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    const wrapped = randomBytes(100).toString('base64url');
    const made = await request(browser, pair, { wrapped, credential: passkey.id });
    expect(made.data?.requestKey).toMatchObject({ kid: pair.kid, state: 'REQUESTED', wrapped, credential: passkey.id });
    const answer = await admin.ask<Waiting>(WAITING);
    const found = answer.data!.waitingKeys.find(({ kid }) => kid === pair.kid);
    expect(found).toMatchObject({ officer, unit: 'VN-CUS-AS', use: 'sig', kinds: ['alert'], proof: claim(pair) });
    expect(JSON.parse(found!.jwk)).toEqual(pair.publicJwk);
    expect(await waiting((await aSignedIn(t, th, ['AGENCY_ADMIN'])).browser)).toEqual([]);
    expect((await browser.ask(WAITING)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');

    expect(verdictOf(await admit(vn, enrolment, [aPersonEntry(vn, pair, officer)]))).toBe('accepted');
    expect([await waiting(), await stateOf(browser, pair.kid)]).toEqual([
      expect.not.arrayContaining([pair.kid]),
      'IN_FORCE',
    ]);
    expect(await browser.ask(BLOCK, { kid: pair.kid })).toEqual({ data: { blockKey: true } });
    expect(await stateOf(browser, pair.kid)).toBe('REVOKED');
  });

  it('S22 S23 is refused without its own proof, for another agency or use, and when it is not fit', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const [pair, stranger] = [await generateKey(), await generateKey()];
    const smallOrder = { kty: 'OKP', crv: 'Ed25519', x: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
    for (const [changes, sub] of [
      [{ proof: claim(stranger, { kid: pair.kid }) }, 'KEY_POSSESSION'],
      [{ proof: claim(pair, { agency: 'TH-CUS' }) }, 'KEY_POSSESSION'],
      [{ proof: claim(pair, { use: 'auth' }) }, 'KEY_POSSESSION'],
      [{ jwk: JSON.stringify(pair.privateJwk) }, 'KEY_PRIVATE'],
      [{ jwk: JSON.stringify(smallOrder) }, 'KEY_SMALL_ORDER'],
      [{ jwk: '{' }, 'JSON'],
      [{ use: 'auth' }, 'SHAPE'],
      [{ kinds: [] }, 'SHAPE'],
      [{ kinds: ['keyset'] }, 'SHAPE'],
    ] as const) {
      expect([changes, verdictOf(await request(browser, pair, changes))]).toEqual([
        changes,
        `BAD_SIGNED_OBJECT/${sub}`,
      ]);
    }
    expect(verdictOf(await request(browser, pair, { device: 'a\u202eb' }))).toContain('BAD_USER_INPUT');
    expect(await stateOf(browser, pair.kid)).toBeUndefined();
  });

  it('is one of five that wait, and wrapped in 1,000 bytes at most', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['RELEASER']);
    const wrapped = async (characters: number): Promise<string> => {
      const changes = { wrapped: 'A'.repeat(characters), credential: passkey.id };
      return verdictOf(await request(browser, await generateKey(), changes));
    };
    expect(await wrapped(1_335)).toContain('BAD_USER_INPUT');
    const verdicts = [await wrapped(1_334)];
    for (let i = 0; i < 5; i += 1) verdicts.push(verdictOf(await request(browser, await generateKey())));
    expect(verdicts).toEqual([...Array<string>(5).fill('accepted'), 'CONFLICT']);
  });

  it('belongs to one officer, and is wrapped under a passkey of that officer', async () => {
    const [one, two] = [await aSignedIn(t, vn, ['RELEASER']), await aSignedIn(t, vn, ['RELEASER'])];
    const pair = await generateKey();
    const wrapped = randomBytes(100).toString('base64url');
    const foreign = { wrapped, credential: two.passkey.id };
    expect(verdictOf(await request(one.browser, pair, foreign))).toBe('CONFLICT/KEY_REUSED');
    expect(verdictOf(await request(one.browser, pair))).toBe('accepted');
    expect(verdictOf(await request(two.browser, pair))).toBe('CONFLICT/KEY_REUSED');
    expect(await stateOf(two.browser, pair.kid)).toBeUndefined();
  });

  it('is not found by what cannot be a thumbprint, nor wrapped under what cannot be a passkey', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    for (const kid of ['\0', '', "' OR 1=1 --"]) {
      expect([kid, verdictOf(await browser.ask(BLOCK, { kid }))]).toEqual([kid, 'NOT_FOUND']);
      expect([kid, verdictOf(await browser.ask(APPROVE, { kid, by: kid, proof: 'x' }))]).toEqual([kid, 'NOT_FOUND']);
    }
    const wrapped = randomBytes(100).toString('base64url');
    const answer = await request(browser, await generateKey(), { wrapped, credential: '\0' });
    expect(verdictOf(answer)).toContain('BAD_USER_INPUT');
  });

  it('that admits others is an administrator’s to ask for', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    const asEnrolment = { use: 'enrol', proof: claim(pair, { use: 'enrol' }) };
    expect(verdictOf(await request(browser, pair, asEnrolment))).toBe('FORBIDDEN');
    expect(verdictOf(await request(admin, pair, asEnrolment))).toBe('accepted');
  });

  it('is taken back by its holder, or refused by an administrator, while it waits; no more than five wait, however fast they come', async () => {
    const { browser } = await aSignedIn(t, vn, ['RELEASER']);
    const stranger = await aSignedIn(t, vn, ['RELEASER']);
    const made = await Promise.all(Array.from({ length: 8 }, () => generateKey()));
    // Readers are let in and writers kept out for a moment, so that all have counted before the first is written.
    await t.database.sql('BEGIN');
    await t.database.sql('LOCK TABLE auth.person_key IN SHARE MODE');
    const answers = Promise.all(made.map(async (pair) => verdictOf(await request(browser, pair))));
    await setTimeout(500);
    await t.database.sql('COMMIT');
    const verdicts = await answers;
    expect(verdicts.toSorted()).toEqual([...Array(3).fill('CONFLICT'), ...Array(5).fill('accepted')]);
    const pairs = made.filter((_, index) => verdicts[index] === 'accepted');
    expect(verdictOf(await stranger.browser.ask(BLOCK, { kid: pairs[0]!.kid }))).toBe('NOT_FOUND');
    expect(await browser.ask(BLOCK, { kid: pairs[0]!.kid })).toEqual({ data: { blockKey: true } });
    expect(await admin.ask(BLOCK, { kid: pairs[1]!.kid })).toEqual({ data: { blockKey: true } });
    const states = await Promise.all(pairs.slice(0, 3).map(({ kid }) => stateOf(browser, kid)));
    expect(states).toEqual(['REFUSED', 'REFUSED', 'REQUESTED']);
    expect(await waiting()).not.toContain(pairs[0]!.kid);
    expect(await browser.ask(BLOCK, { kid: pairs[0]!.kid })).toEqual({ data: { blockKey: true } });
    expect(await eventsOf(pairs[0]!.kid)).toEqual(['key.blocked']);
  });

  it('S21 that was taken back stays dead when a set brings it in all the same', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    await request(browser, pair);
    await browser.ask(BLOCK, { kid: pair.kid });
    expect(verdictOf(await admit(vn, enrolment, [aPersonEntry(vn, pair, officer)]))).toBe('accepted');
    expect(await stateOf(browser, pair.kid)).toBe('REVOKED');
    const payload = { ...anAlert(vn, ['TH-CUS'], await t.agree([vn, th])), authoredBy: officer };
    const answer = await submitText(vn, await signObject(payload, pair));
    expect(verdictOf(answer)).toBe('BAD_SIGNED_OBJECT/KEY_REVOKED');
  });

  it('threats 19 of a lost phone is found and stopped by an administrator of the same agency alone', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    await request(browser, pair);
    await admit(vn, enrolment, [aPersonEntry(vn, pair, officer)]);
    const found = (await officerKeys(admin)).find(({ kid }) => kid === pair.kid);
    expect(found).toEqual({ kid: pair.kid, officer, unit: 'VN-CUS-AS', use: 'sig', device: 'Phone' });
    const foreign = (await aSignedIn(t, th, ['AGENCY_ADMIN'])).browser;
    expect((await officerKeys(foreign)).filter((key) => key.officer === officer)).toEqual([]);
    expect(verdictOf(await browser.ask(OFFICER_KEYS))).toBe('FORBIDDEN');
    expect(await admin.ask(BLOCK, { kid: pair.kid })).toEqual({ data: { blockKey: true } });
    expect((await officerKeys(admin)).map(({ kid }) => kid)).not.toContain(pair.kid);
    expect(await stateOf(browser, pair.kid)).toBe('REVOKED');
  });

  it('stands on the page with device, day and state, and with a button as long as it can sign', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    await request(browser, pair, { device: 'Phone <1>' });
    await admit(vn, enrolment, [aPersonEntry(vn, pair, officer)]);
    const page = async (as: Browser): Promise<string> => (await as.get('/signing?lang=en')).text;
    expect(await page(browser)).toMatch(/Phone &#60;1&#62;.*in force.*added \d.*expires \d[^]*This device is lost/);
    expect(await page(admin)).toContain(`data-kid="${pair.kid}"`);
    await browser.ask(BLOCK, { kid: pair.kid });
    expect(await page(browser)).not.toContain('This device is lost');
    expect(await page(admin)).not.toContain(`data-kid="${pair.kid}"`);
  });

  it('that was stopped stands on administrators’ page until the set says so, with buttons where an enrolment key is in force', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const other = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const [stopped, past, waits, never, enrols] = (await Promise.all(
      Array.from({ length: 5 }, () => generateKey()),
    )) as [KeyPair, KeyPair, KeyPair, KeyPair, KeyPair];
    const asEnrolment = { use: 'enrol' as const, proof: claim(enrols, { use: 'enrol' }) };
    await request(other.browser, enrols, asEnrolment);
    const entry = aPersonEntry(vn, stopped, officer);
    const entries = [entry, aPersonEntry(vn, past, officer), aPersonEntry(vn, never, officer)];
    const { fields } = await newestKeySet(vn);
    const keys = [...fields.keys, ...entries, aPersonEntry(vn, enrols, other.officer, asEnrolment)];
    await publish(vn, await nextKeySet(vn, { keys }));
    await request(browser, waits);
    /** The keys of the section, each with the reasons that its buttons give. */
    const shown = async (as: Browser): Promise<string[]> => {
      const section = /data-place="stopped">([^]*?)<\/ul>/.exec((await as.get('/signing?lang=en')).text)?.[1] ?? '';
      return section.split('<li>').flatMap((line) => {
        const kid = [stopped, past, waits, never, enrols].find((pair) => line.includes(pair.kid))?.kid;
        return kid ? [[kid, ...[...line.matchAll(/data-reason="(\w+)"/g)].map(([, reason]) => reason)].join(' ')] : [];
      });
    };
    for (const { kid } of [stopped, past, waits]) await admin.ask(BLOCK, { kid });
    const setEnd = (exp: number) =>
      t.database.sql('UPDATE hub.agency_key SET exp = $2 WHERE kid = $1', [past.kid, exp]);
    await setEnd(nowSeconds() - 1);
    const buttons = 'keyCompromise cessation';
    expect(await shown(other.browser)).toEqual([`${stopped.kid} ${buttons}`]);
    // Without an enrolment key there is only the word of who can.
    expect(await shown(admin)).toEqual([stopped.kid]);
    expect((await admin.get('/signing?lang=en')).text).toContain('An administrator whose enrolment key is in force');
    expect(await shown(browser)).toEqual([]);
    expect(await shown((await aSignedIn(t, th, ['AGENCY_ADMIN'])).browser)).toEqual([]);

    await setEnd(entry.exp);
    const revoked = { at: nowSeconds(), invalidFrom: nowSeconds(), reason: 'cessation' as const };
    await admit(vn, enrolment, [{ ...entry, revoked }]);
    expect(await shown(other.browser)).toEqual([`${past.kid} ${buttons}`]);
    // A stopped enrolment key is the root's to revoke, and revokes nothing itself.
    await admin.ask(BLOCK, { kid: enrols.kid });
    expect(await shown(other.browser)).toEqual([past.kid]);
    const left = (await newestKeySet(vn)).fields.keys.filter(({ kid }) => kid !== past.kid);
    await publish(vn, await nextKeySet(vn, { keys: left }));
    expect(await shown(other.browser)).toEqual([]);
  });

  it('is made, admitted and used on the page by those alone whose role may', async () => {
    const acts = async (role: string): Promise<string[]> => {
      const { browser } = await aSignedIn(t, vn, [role]);
      const { text } = await browser.get('/signing?lang=en');
      return [...text.matchAll(/data-act="([\w-]+)"[^>]*>([^<]+)/g)].map(([, act, label]) => `${act}: ${label}`);
    };
    await request((await aSignedIn(t, vn, ['RELEASER'])).browser, await generateKey());
    const [make, confirm] = ['make: Make a key', 'confirm: Confirm with your signature'];
    expect(await acts('RELEASER')).toEqual([make, 'read-owed: Read', 'sign: Sign and send', confirm]);
    expect(await acts('ANALYST')).toEqual([make, 'sign: Sign', confirm]);
    expect(await acts('AUDITOR')).toEqual([]);
    expect(await acts('SYSTEM_ADMIN')).toEqual([]);
    // Without an enrolment key of one's own there is nothing to admit with.
    expect((await acts('AGENCY_ADMIN')).filter((act) => !act.startsWith('block'))).toEqual([make]);
  });

  it('that admits others waits for the roots alone, also beside an older one', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const [first, second] = [await generateKey(), await generateKey()];
    const ask = (pair: KeyPair) => request(browser, pair, { use: 'enrol', proof: claim(pair, { use: 'enrol' }) });
    await ask(first);
    const { fields } = await newestKeySet(vn);
    const entry = aPersonEntry(vn, first, officer, { use: 'enrol', proof: claim(first, { use: 'enrol' }) });
    expect(verdictOf(await publish(vn, await nextKeySet(vn, { keys: [...fields.keys, entry] })))).toBe('accepted');
    expect((await ask(second)).data?.requestKey.state).toBe('REQUESTED');
  });

  it.each([
    ['is shut out', 'UPDATE auth.account SET suspended_at = now() WHERE officer = $1'],
    ['has left', "UPDATE agency.officer SET valid_until = now() - interval '1 second' WHERE pseudonym = $1"],
    ['administers no more', "UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1"],
  ])('threats 19 is admitted by no administrator who %s', async (_, end) => {
    const former = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const theirs = await anEnrolmentKey(vn, former.officer);
    const { officer } = await aSignedIn(t, vn, ['RELEASER']);
    const admitted = async (): Promise<string> =>
      verdictOf(await admit(vn, theirs, [aPersonEntry(vn, await generateKey(), officer)]));
    expect(await admitted()).toBe('accepted');
    await t.database.sql(end, [former.officer]);
    expect(await admitted()).toBe('BAD_SIGNED_OBJECT/KEYSET_ROOT');
  });

  it('of a further device is first approved at the one that signs', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const stranger = await aSignedIn(t, vn, ['RELEASER']);
    const [first, second] = [await generateKey(), await generateKey()];
    await request(browser, first);
    await admit(vn, enrolment, [aPersonEntry(vn, first, officer)]);
    expect((await request(browser, second)).data?.requestKey.state).toBe('OTHER_DEVICE');
    expect(await waiting()).not.toContain(second.kid);

    const approval = (by: KeyPair, changes: object = {}): object => ({
      kid: second.kid,
      by: by.kid,
      proof: claim(by, { admits: second.kid, ...changes }),
    });
    for (const [who, variables, verdict] of [
      [browser, approval(second), 'NOT_FOUND'],
      [browser, approval(first, { admits: first.kid }), 'BAD_SIGNED_OBJECT/KEY_POSSESSION'],
      [browser, { ...approval(first), proof: claim(first) }, 'BAD_SIGNED_OBJECT/KEY_POSSESSION'],
      [stranger.browser, approval(first), 'NOT_FOUND'],
    ] as const) {
      expect(verdictOf(await who.ask(APPROVE, variables))).toBe(verdict);
    }
    expect(await stateOf(browser, second.kid)).toBe('OTHER_DEVICE');
    expect(await browser.ask(APPROVE, approval(first))).toEqual({ data: { approveKey: { state: 'REQUESTED' } } });
    expect(await waiting()).toContain(second.kid);
    expect(verdictOf(await browser.ask(APPROVE, approval(first)))).toBe('NOT_FOUND');
  });

  describe('that nothing opens any more', () => {
    const wrappedUnder = (passkey: SoftwareAuthenticator): object => ({
      wrapped: randomBytes(100).toString('base64url'),
      credential: passkey.id,
    });

    it('says so after a recovery, and keeps the next one from nobody', async () => {
      const { officer, browser, passkey } = await aSignedIn(t, vn, ['RELEASER']);
      const [lost, next] = [await generateKey(), await generateKey()];
      await request(browser, lost, wrappedUnder(passkey));
      await admit(vn, enrolment, [aPersonEntry(vn, lost, officer)]);
      const [desk, phone] = [new Browser(t.url), new SoftwareAuthenticator(t.url)];
      await enrol(desk, phone, await aLink(t, vn, officer));
      await desk.loadProof();
      expect(await stateOf(desk, lost.kid)).toBe('LOCKED');
      expect((await request(desk, next, wrappedUnder(phone))).data?.requestKey.state).toBe('REQUESTED');
      expect(await waiting()).toContain(next.kid);
      const approval = { kid: next.kid, by: lost.kid, proof: claim(lost, { admits: next.kid }) };
      expect(verdictOf(await desk.ask(APPROVE, approval))).toBe('NOT_FOUND');
      expect(await desk.ask(BLOCK, { kid: lost.kid })).toEqual({ data: { blockKey: true } });
      expect(await stateOf(desk, lost.kid)).toBe('REVOKED');
    });

    it('is asked for no more when its passkey is removed, and waits for no other that cannot answer', async () => {
      const { officer, browser, passkey } = await aSignedIn(t, vn, ['RELEASER']);
      const [kept, waits, further] = [await generateKey(), await generateKey(), await generateKey()];
      const phone = await aFurtherPasskey(t, browser);
      await request(browser, kept);
      await admit(vn, enrolment, [aPersonEntry(vn, kept, officer)]);
      await request(browser, waits, wrappedUnder(phone));
      await request(browser, further, wrappedUnder(passkey));
      expect([await stateOf(browser, waits.kid), await stateOf(browser, further.kid)]).toEqual([
        'OTHER_DEVICE',
        'OTHER_DEVICE',
      ]);
      await browser.ask('mutation($id: ID!) { removePasskey(id: $id) }', { id: phone.id });
      expect(await stateOf(browser, waits.kid)).toBeUndefined();
      expect(await waiting()).not.toContain(further.kid);
      await browser.ask(BLOCK, { kid: kept.kid });
      expect(await stateOf(browser, further.kid)).toBe('REQUESTED');
      expect(await waiting()).toContain(further.kid);
    });
  });

  it('threats 26 is asked for, approved and stopped with a fresh passkey alone', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER']);
    const pair = await generateKey();
    await request(browser, pair);
    await makeStale(t, officer);
    expect(verdictOf(await request(browser, await generateKey()))).toBe('STEP_UP_REQUIRED');
    expect(verdictOf(await browser.ask(BLOCK, { kid: pair.kid }))).toBe('STEP_UP_REQUIRED');
    expect(verdictOf(await browser.ask(APPROVE, { kid: pair.kid, by: pair.kid, proof: claim(pair) }))).toBe(
      'STEP_UP_REQUIRED',
    );
    expect(await stateOf(browser, pair.kid)).toBe('REQUESTED');
  });
});
