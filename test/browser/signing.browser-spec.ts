import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { signObject } from '../../src/protocol/signing.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import {
  anAlert,
  aReference,
  anEntry,
  newestKeySet,
  nextKeySet,
  nowSeconds,
  publish,
  submitText,
} from '../hostile/hostile.js';
import { aLink, anOfficer } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { aHandling, COMPOSE_ALERT, COMPOSE_ANSWER } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { PERSON_KINDS } from '../support/signing-officers.js';
import { aPerson, launchChromium, look, type Person } from './chromium.js';
import { anEnrolled as enrolled, type Enrolled, signIn as signInAt } from './officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let browser: Browser;
let officer: Enrolled;
let admin: Enrolled;

beforeAll(async () => {
  [t, browser] = await Promise.all([startTestHub(), launchChromium()]);
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  officer = await anEnrolled(['RELEASER']);
  admin = await anEnrolled(['AGENCY_ADMIN']);
  await admitAdministrator();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await t?.stop();
});

const anEnrolled = (roles: string[], options?: Parameters<typeof aPerson>[1]): Promise<Enrolled> =>
  enrolled(t, vn, browser, roles, options);
const signIn = (person: Person): Promise<void> => signInAt(t, person);

/** Makes a key on the signing page; what the page then says of it. */
/** A line of 400 kbit/s with 400 ms to and fro, as a phone has at the edge of a port, and what comes over it. */
async function slowDown({ page }: Person): Promise<{ answers: number; bytes: number }> {
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  const [latency, bytesPerSecond] = [400, 50_000];
  const speed = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  await line.send('Network.emulateNetworkConditions', { offline: false, latency, ...speed });
  const counted = { answers: 0, bytes: 0 };
  line.on('Network.loadingFinished', ({ encodedDataLength }) => {
    counted.answers += 1;
    counted.bytes += encodedDataLength;
  });
  return counted;
}

async function makeKey({ page }: Person, device = 'Laptop'): Promise<string> {
  await page.goto(`${t.url}/signing`);
  await page.fill('[name=device]', device);
  await page.click('[data-act=make]');
  await page.waitForSelector(`.list li:has-text("${device}")`);
  return (await page.textContent(`.list li:has-text("${device}") small`))!;
}

/** The root brings the administrator's enrolment key into the set: the one time that it is needed. */
async function admitAdministrator(): Promise<void> {
  expect(await makeKey(admin, 'Office')).toContain('waits for an administrator');
  const [made] = await t.database.sql<{ kid: string; jwk: never; proof: string }>(
    `SELECT kid, jwk, proof FROM auth.person_key WHERE use = 'enrol'`,
  );
  const pair = { kid: made!.kid, publicJwk: made!.jwk, privateJwk: made!.jwk };
  const changes = { use: 'enrol', holder: admin.pseudonym, kinds: PERSON_KINDS, proof: made!.proof } as const;
  const { fields } = await newestKeySet(vn);
  const exp = nowSeconds() + 30 * 86_400;
  const entry = anEntry(vn, pair, { ...changes, exp, nbf: nowSeconds() - 60 });
  const answer = await publish(vn, await nextKeySet(vn, { keys: [...fields.keys, entry] }));
  expect(answer.errors).toBeUndefined();
}

/** The administrator admits whatever waits first; in a new browser the first press shows the roots to compare. */
async function admit(isFirst = false): Promise<void> {
  await admin.page.goto(`${t.url}/signing`);
  if (isFirst) {
    await admin.page.click('[data-act=admit]');
    await admin.page.waitForSelector('[data-place=roots]:not([hidden])');
    expect(await admin.page.textContent('[data-place=roots]')).toContain(vn.root.kid);
  }
  const waiting = admin.page.locator('[data-act=admit]');
  const kid = await waiting.first().getAttribute('data-kid');
  await waiting.first().click();
  await admin.page.waitForSelector(
    `main:not([aria-busy]):not(:has([data-act=admit][data-kid="${kid}"])), [role=status].error`,
  );
  expect(await admin.page.locator('[role=status].error').count()).toBe(0);
}

/** Asks the API as the page would. */
async function ask<T>({ page }: Person, query: string, variables: object): Promise<T> {
  const body = JSON.stringify(JSON.stringify({ documentId: trusted(query), variables }));
  return page.evaluate(`(async () => {
    const headers = { 'content-type': 'application/json', 'x-liaison-csrf': document.querySelector('main').dataset.csrf };
    return (await fetch('/graphql', { method: 'POST', headers, body: ${body} })).json();
  })()`);
}

async function composeAlert(person: Person, changes: object = {}): Promise<string> {
  const { ref: _, ...body } = anAlertBody();
  const input = { to: ['TH-CUS'], handling: aHandling(agreement), body, ...changes };
  const query = COMPOSE_ALERT.replace('digest', 'digest tier');
  const answer = await ask<{ data: { composeAlert: object[] } }>(person, query, { input });
  return JSON.stringify(answer.data.composeAlert[0]);
}

/** Pastes, signs, and says how it ended and how many touches it took. */
async function sign(person: Person, composed: string): Promise<{ said: string; touches: number }> {
  await person.page.fill('[name=composed]', composed);
  await person.page.waitForSelector('[data-act=sign]:not([hidden])');
  person.touches();
  await person.page.click('[data-act=sign]');
  await person.page.waitForSelector('main[aria-busy=false]');
  return { said: (await person.page.textContent('[role=status]'))!, touches: person.touches() };
}

describe('in a real browser, with a passkey that derives keys', () => {
  it('an officer signs in, makes a key, and an administrator admits it without the root', async () => {
    await signIn(officer);
    expect(officer.touches()).toBe(1);
    expect(await makeKey(officer)).toContain('waits for an administrator');
    expect(officer.touches()).toBe(1);
    admin.touches();
    await look(admin, 'signing-waiting');
    await admit(true);
    expect(admin.touches()).toBe(1);
    await officer.page.reload();
    expect(await officer.page.textContent('.list li small')).toContain('in force');
    expect((await newestKeySet(vn)).fields.keys.map(({ holder }) => holder)).toContain(officer.pseudonym);
  });

  it('T1 takes one touch, and the page shows what is signed', async () => {
    await officer.page.goto(`${t.url}/signing`);
    const composed = await composeAlert(officer);
    await officer.page.fill('[name=composed]', composed);
    const { digest } = JSON.parse(composed) as { digest: string };
    expect(await officer.page.textContent('[data-place=summary]')).toBe(digest);
    expect(await officer.page.textContent('.shown')).toContain(officer.pseudonym);
    await look(officer, 'signing-text');
    const { said, touches } = await sign(officer, composed);
    expect([said.slice(0, 4), touches]).toEqual(['Sent', 1]);
    const rows = await t.database.sql('SELECT 1 FROM hub.object_assertion WHERE officer = $1', [officer.pseudonym]);
    expect(rows).toHaveLength(1);
  });

  it('T0 takes none, also after a new sign-in', async () => {
    await signIn(officer);
    await officer.page.goto(`${t.url}/signing`);
    const { said, touches } = await sign(officer, await acknowledgement());
    expect([said.slice(0, 4), touches]).toEqual(['Sent', 0]);
  });

  it('T2 takes one from the author and one from the releaser', async () => {
    const author = await anEnrolled(['ANALYST']);
    await makeKey(author, 'Tablet');
    await admit();
    await author.page.goto(`${t.url}/signing`);
    const people = { authoredBy: author.pseudonym, releasedBy: officer.pseudonym, nominal: someNominalData() };
    await officer.page.goto(`${t.url}/signing`);
    const composed = await composeAlert(officer, people);
    expect(JSON.parse(composed)).toMatchObject({ tier: 'T2' });
    const first = await sign(author, composed);
    expect([first.said.slice(0, 6), first.touches]).toEqual(['Signed', 1]);
    const handedOn = await author.page.inputValue('[name=signed]');
    const second = await sign(officer, handedOn);
    expect([second.said.slice(0, 4), second.touches]).toEqual(['Sent', 1]);
  });

  it('what a colleague sent alone as FLASH is read and confirmed with one touch', async () => {
    await t.database.sql("INSERT INTO agency.signing_rule (agency_id, flash_alone) VALUES ('VN-CUS', true)");
    // To whom personal details went before, they may go by one officer.
    await t.database.sql('DELETE FROM hub.nominal_partner');
    const colleague = await anEnrolled(['RELEASER']);
    await makeKey(colleague, 'Duty');
    await admit();
    await colleague.page.goto(`${t.url}/signing`);
    const nominal = { nominal: someNominalData(), releasedBy: colleague.pseudonym };
    const flash = { ...nominal, body: { ...anAlertBody(), ref: undefined, urgency: 'FLASH' } };
    const sent = await sign(colleague, await composeAlert(colleague, flash));
    expect(sent.said.slice(0, 4)).toBe('Sent');
    expect(await colleague.page.locator('[data-act=read-owed]').count()).toBe(0);

    await officer.page.goto(`${t.url}/signing`);
    await officer.page.waitForSelector(`[data-place=owed] li:has-text("${colleague.pseudonym}")`);
    officer.touches();
    await officer.page.click('[data-act=read-owed]');
    await officer.page.waitForSelector('[data-act=confirm]:not([hidden])');
    expect(await officer.page.textContent('.shown')).toContain('FLASH');
    await look(officer, 'signing-owed');
    await officer.page.click('[data-act=confirm]');
    await officer.page.waitForSelector('[data-place=none-owed]:visible');
    await officer.page.waitForSelector('[data-place=owed]:not(:has(li))', { state: 'attached' });
    expect(officer.touches()).toBe(1);
    const [given] = await t.database.sql('SELECT officer, given_by FROM hub.owed_signature');
    expect(given).toEqual({ officer: colleague.pseudonym, given_by: officer.pseudonym });
  });

  it('the key cannot be exported, and goes with the session', async () => {
    const stored = (): Promise<string[]> =>
      officer.page.evaluate(`(async () => {
        const opening = indexedDB.open('liaison-keys', 1);
        await new Promise((resolve) => opening.addEventListener('success', resolve));
        const request = opening.result.transaction('liaison-keys').objectStore('liaison-keys').getAll();
        await new Promise((resolve) => request.addEventListener('success', resolve));
        opening.result.close();
        const attempts = request.result.flatMap(({ key }) =>
          ['pkcs8', 'jwk', 'raw'].map((format) => crypto.subtle.exportKey(format, key)));
        return (await Promise.allSettled(attempts)).map(({ reason }) => reason?.name ?? 'exported');
      })()`);
    expect(await stored()).toEqual(['InvalidAccessError', 'InvalidAccessError', 'InvalidAccessError']);
    await officer.page.goto(`${t.url}/account`);
    await officer.page.click('[data-path="/sign-out"]');
    await officer.page.waitForURL('**/sign-in');
    expect(await stored()).toEqual([]);
  });

  it('a stopped key signs no more', async () => {
    await signIn(officer);
    await officer.page.goto(`${t.url}/signing`);
    const composed = await composeAlert(officer);
    await look(admin, 'signing-administrator');
    officer.page.once('dialog', (dialog) => void dialog.dismiss());
    await officer.page.locator('[data-act=block]').first().click();
    await officer.page.waitForSelector('main[aria-busy=false]');
    expect(await officer.page.locator('.list small:has-text("stopped")').count()).toBe(0);
    officer.page.once('dialog', (dialog) => void dialog.accept());
    await officer.page.locator('[data-act=block]').first().click();
    await officer.page.waitForSelector('.list small:has-text("stopped")');
    const { said } = await sign(officer, composed);
    expect(said).toContain('no key');
  });
});

describe('a new officer', () => {
  it('signs the first object with six taps: three buttons pressed, one passkey made, two touches of it; on a slow line', async () => {
    const person = { ...(await aPerson(browser, { width: 390 })), pseudonym: await anOfficer(t, vn, ['RELEASER']) };
    const line = await slowDown(person);
    const began = Date.now();
    let presses = 0;
    const press = async (selector: string): Promise<void> => {
      presses += 1;
      await person.page.click(selector);
    };
    await person.page.goto(`${t.url}/enrol#${await aLink(t, vn, person.pseudonym)}`);
    await press('[data-act=enrol]:not([hidden])');
    await person.page.waitForURL('**/signing');
    // The pages of enrolment and of signing, with all that they load: what a slow line carries in two seconds.
    expect(line.answers).toBeLessThan(25);
    expect(line.bytes).toBeLessThan(100_000);
    await press('[data-act=make]');
    await person.page.waitForSelector('.list li:has-text("waits for an administrator")');
    await admit();
    // What an officer's program composed is pasted, which is counted as no tap.
    await person.page.fill('[name=composed]', await composeAlert(person));
    await press('[data-act=sign]:not([hidden])');
    await person.page.waitForSelector('[role=status]:has-text("Sent")');
    expect([presses, person.passkeysMade(), person.touches()]).toEqual([3, 1, 2]);
    expect(person.complaints).toEqual([]);
    // Of the three minutes in which an officer is to be ready, two are left for hands and eyes.
    expect(Date.now() - began).toBeLessThan(60_000);
  });

  it('renews a key that ends soon with one touch; the old one stays, the new one waits for an administrator', async () => {
    const person = await anEnrolled(['RELEASER']);
    await makeKey(person, 'Laptop');
    await admit();
    await person.page.goto(`${t.url}/signing`);
    expect(await person.page.locator('[data-act=renew]').count()).toBe(0);
    await t.database.sql(
      `UPDATE hub.agency_key SET exp = extract(epoch FROM now() + interval '29 days') WHERE holder = $1`,
      [person.pseudonym],
    );
    await person.page.reload();
    person.touches();
    await look(person, 'signing-renew');
    await person.page.click('[data-act=renew]');
    await person.page.waitForSelector('.list li:has-text("waits for an administrator")');
    expect(person.touches()).toBe(1);
    expect(await person.page.locator('.list li:has-text("in force")').count()).toBe(1);
    expect(await person.page.locator('[data-act=renew]').count()).toBe(0);
    await admit();
    await person.page.goto(`${t.url}/signing`);
    expect(await person.page.locator('.list li:has-text("in force")').count()).toBe(2);
    const { said } = await sign(person, await composeAlert(person));
    expect([said.slice(0, 4), person.complaints]).toEqual(['Sent', []]);
  });

  it('adds a passkey of another device by its link, approves it, and removes it, confirming where that is due', async () => {
    const person = await anEnrolled(['RELEASER']);
    await t.database.sql(`UPDATE auth.console_session SET authenticated_at = now() - interval '6 minutes'`);
    await person.page.goto(`${t.url}/account`);
    await person.page.fill('[name=device]', 'Phone');
    await person.page.click('[data-act=link-passkey]');
    await person.page.waitForSelector('[data-place=link]:not([hidden])');
    expect(person.touches()).toBe(1);
    await look(person, 'account-link');
    const phone = { ...(await aPerson(browser, { width: 390 })), pseudonym: person.pseudonym };
    await phone.page.goto((await person.page.textContent('[data-place=address]'))!);
    await phone.page.click('[data-act=enrol]:not([hidden])');
    await phone.page.waitForSelector('[role=status]:has-text("approve it on the device")');
    await look(phone, 'enrol-added');
    await person.page.click('[data-place=link] a');
    await person.page.waitForSelector('[data-act=approve-passkey]');
    await look(person, 'account-approve');
    await person.page.click('[data-act=approve-passkey]');
    await person.page.waitForSelector('[data-place=passkeys]:not(:has([data-act=approve-passkey]))');
    await signIn(phone);
    phone.page.once('dialog', (dialog) => void dialog.accept());
    await phone.page.locator('[data-act=remove-passkey]').first().click();
    await phone.page.waitForSelector('[data-place=passkeys]:not(:has([data-act=remove-passkey]))');
    await look(phone, 'account-one');
    await person.page.goto(`${t.url}/account`);
    expect(new URL(person.page.url()).pathname).toBe('/sign-in');
    expect([...person.complaints, ...phone.complaints]).toEqual([]);
  });
});

describe('with a passkey that derives none', () => {
  it('the browser keeps the key itself: a touch for T1 as well', async () => {
    const person = await anEnrolled(['RELEASER'], { prf: false });
    await makeKey(person, 'Old key');
    await admit();
    await person.page.goto(`${t.url}/signing`);
    const { said, touches } = await sign(person, await composeAlert(person));
    expect([said.slice(0, 4), touches]).toEqual(['Sent', 1]);
    const [row] = await t.database.sql<{ wrapped: unknown }>(
      `SELECT wrapped FROM auth.person_key WHERE device = 'Old key'`,
    );
    expect(row).toEqual({ wrapped: null });
  });
});

it('nothing was complained of by the browser: no policy broken, no script failed', () => {
  expect([...officer.complaints, ...admin.complaints]).toEqual([]);
});

/** An acknowledgement of a request that Thailand has sent. */
async function acknowledgement(): Promise<string> {
  const ref = aReference('TH').replace('ALR', 'REQ');
  const body = aRequestBody({ ref, requestedAuthority: 'VN-CUS' });
  const requesting = { ...body.requesting, authority: 'TH-CUS', unit: th.unit };
  const request = anAlert(th, ['VN-CUS'], agreement, {
    kind: 'request',
    body: { ...body, requesting, legalBasis: { agreement, article: 'art10' } } as unknown as JsonObject,
  });
  await submitText(th, await signObject(request, th.signing));
  const query = COMPOSE_ANSWER.replace('digest', 'digest tier');
  const input = { request: request.id, body: { language: 'en', kind: 'ACKNOWLEDGEMENT' } };
  const answer = await ask<{ data: { composeAnswer: object } }>(officer, query, { input });
  return JSON.stringify(answer.data.composeAnswer);
}
