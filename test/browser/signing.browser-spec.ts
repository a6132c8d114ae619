import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { OBJECT_KINDS } from '../../src/protocol/envelope.js';
import { signObject } from '../../src/protocol/signing.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import { anAlert, aReference, newestKeySet, submitText } from '../hostile/hostile.js';
import { aLink, anOfficer } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { aHandling, COMPOSE_ALERT, COMPOSE_ANSWER } from '../support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, launchChromium, look, type Person } from './chromium.js';
import { Desk } from './desk.js';
import { anEnrolled as enrolled, type Enrolled, makeKey as makeKeyAt, signIn as signInAt } from './officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let desk: Desk;
let agreement: string;
let browser: Browser;
let officer: Enrolled;
let admin: Enrolled;

beforeAll(async () => {
  [t, browser] = await Promise.all([startTestHub(), launchChromium()]);
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-VTE');
  agreement = await t.agree([vn, th, la]);
  desk = await Desk.at(t, vn);
  officer = await anEnrolled(['RELEASER']);
  admin = await anEnrolled(['AGENCY_ADMIN']);
  await admitAdministrator();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await t?.stop();
  desk?.close();
});

const anEnrolled = (roles: string[], options?: Parameters<typeof aPerson>[1]): Promise<Enrolled> =>
  enrolled(t, vn, browser, roles, options);
const signIn = (person: Person): Promise<void> => signInAt(t, person);
const makeKey = (person: Person, device = 'Laptop'): Promise<string> => makeKeyAt(t, person, device);

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

/** The root brings the administrator's enrolment key into the set: the one time that it is needed. */
async function admitAdministrator(): Promise<void> {
  expect(await makeKey(admin, 'Office')).toContain('waits for who holds the root key');
  await look(admin, 'signing-first-key');
  await desk.bringIn(await takeFile(admin, 'Office'));
}

/** Saves the file of the key that waits from this device; what `keyset build --key` takes for it. */
async function takeFile({ page }: Person, device: string): Promise<string> {
  const line = page.locator(`[data-place=waiting] li:has-text("${device}")`);
  const [download] = await Promise.all([page.waitForEvent('download'), line.locator('a[download]').click()]);
  await download.saveAs(desk.path(download.suggestedFilename()));
  return (await line.locator('code').textContent())!.replace('--key ', '');
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
    const key = (await newestKeySet(vn)).fields.keys.find(({ holder }) => holder === officer.pseudonym);
    expect(key?.kinds.toSorted()).toEqual(OBJECT_KINDS.toSorted()); // Whatever an officer may have to send.
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

  it('what the command line composed is pasted whole, with personal details shown; one text for each addressee', async () => {
    const { ref: _, ...body } = anAlertBody();
    const compose = async (changes: object): Promise<string> => {
      desk.write('alert.json', { handling: aHandling(agreement), body, authoredBy: officer.pseudonym, ...changes });
      await desk.run('compose', 'alert', 'alert.json');
      return desk.read('alert.composition.json');
    };
    await officer.page.goto(`${t.url}/signing`);
    const releasedBy = await anOfficer(t, vn, ['RELEASER']);
    const file = await compose({ to: ['TH-CUS', 'LA-CUS'], nominal: someNominalData(), releasedBy });
    await officer.page.fill('[name=composed]', file);
    await officer.page.waitForSelector('[data-place=which]:not([hidden])');
    expect(await officer.page.locator('[name=which] option').allTextContents()).toEqual(['TH-CUS', 'LA-CUS']);
    await officer.page.selectOption('[name=which]', 'LA-CUS');
    expect(await officer.page.textContent('.shown')).toContain('parts/nominal/parties/0/');
    expect(await officer.page.textContent('.shown')).not.toContain('TH-CUS');
    expect(await officer.page.textContent('.shown')).toContain('SOMXAY TOUAYANG');
    await look(officer, 'signing-file');

    // Details that the text does not quote are nothing that could be signed.
    await officer.page.fill('[name=composed]', file.replaceAll('SOMXAY', 'OTHER'));
    await officer.page.waitForSelector('[role=status].error');
    expect(await officer.page.isVisible('[data-act=sign]')).toBe(false);
    expect((await sign(officer, file)).said.slice(0, 6)).toBe('Signed');
    expect((await sign(officer, await compose({ to: ['LA-CUS'] }))).said.slice(0, 4)).toBe('Sent');
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
    // Who may not send is told so of a text that nobody else releases.
    await author.page.fill('[name=composed]', await composeAlert(officer));
    await author.page.waitForSelector('[role=status].error:has-text("not send it")');
    expect(await author.page.isVisible('[data-act=sign]')).toBe(false);
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
    expect(await officer.page.textContent('.shown')).toContain('parts/nominal/');
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

  it('what another officer opened at this browser is dropped by the sign-in, and by the page that signs', async () => {
    const change = (work: string): Promise<string[]> =>
      officer.page.evaluate(`(async () => {
        const opening = indexedDB.open('liaison-keys', 1);
        await new Promise((resolve) => opening.addEventListener('success', resolve));
        const store = opening.result.transaction('liaison-keys', 'readwrite').objectStore('liaison-keys');
        ${work}
        const request = store.getAll();
        await new Promise((resolve) => request.addEventListener('success', resolve));
        opening.result.close();
        return request.result.map(({ holder }) => holder).sort();
      })()`);
    const leave = (): Promise<string[]> =>
      change("store.put({ kid: 'theirs', holder: 'p:other', place: 'an earlier session', key: 'opened' });");
    await signIn(officer);
    const own = officer.pseudonym;
    await leave();
    await signIn(officer);
    expect(await change('')).toEqual([own]);
    expect(await leave()).toEqual([own, 'p:other'].toSorted());
    await officer.page.goto(`${t.url}/signing`);
    await officer.page.waitForLoadState('networkidle');
    expect(await change('')).toEqual([own]);
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

describe('an administrator', () => {
  it('makes a further enrolment key, whose file needs no word of the one before', async () => {
    expect(await makeKey(admin, 'Second desk')).toContain('waits for who holds the root key');
    await desk.bringIn(await takeFile(admin, 'Second desk'));
    await admin.page.reload();
    expect(await admin.page.textContent('.list li:has-text("Second desk") small')).toContain('in force');
  });

  it('is not stopped by a key that waits no more', async () => {
    const person = await anEnrolled(['RELEASER']);
    await makeKey(person, 'Taken back');
    await admin.page.goto(`${t.url}/signing`);
    person.page.once('dialog', (dialog) => void dialog.accept());
    await person.page.click('[data-act=block]');
    await person.page.waitForSelector('.list small:has-text("taken back")');
    await admin.page.click('[data-place=waiting] li:has-text("Taken back") [data-act=admit]');
    await admin.page.waitForSelector('main:not(:has([data-act=admit])), [role=status].error');
    expect(await admin.page.locator('[role=status].error').count()).toBe(0);
  });

  it('with an enrolment key in a file admits by the file of the key that waits', async () => {
    const person = await anEnrolled(['RELEASER']);
    await makeKey(person, 'By file');
    const other = await anEnrolled(['AGENCY_ADMIN']);
    await other.page.goto(`${t.url}/signing`);
    expect(await other.page.locator('[data-act=admit]').count()).toBe(0);
    const key = await takeFile(other, 'By file');
    await desk.run('keygen', 'enrol', '--out', 'enrol.key.json', '--agency', 'VN-CUS', '--hub-id', HUB_ID);
    await desk.bringIn(`${other.pseudonym}:enrol:${OBJECT_KINDS.join()}=enrol.pub.json`);
    await desk.bringIn(key, '--enrol', 'enrol.key.json');
    await person.page.goto(`${t.url}/signing`);
    const { said } = await sign(person, await composeAlert(person));
    expect(said.slice(0, 4)).toBe('Sent');
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

  it('the key is there although the answer to its request was lost', async () => {
    const person = await anEnrolled(['RELEASER'], { prf: false });
    await person.page.goto(`${t.url}/signing`);
    await person.page.fill('[name=device]', 'Far away');
    const line = await person.context.newCDPSession(person.page);
    line.on('Fetch.requestPaused', ({ requestId, request }) => {
      if (request.postData?.includes('"jwk"'))
        void line.send('Fetch.failRequest', { requestId, errorReason: 'TimedOut' });
      else void line.send('Fetch.continueRequest', { requestId });
    });
    await line.send('Fetch.enable', { patterns: [{ urlPattern: '*/graphql', requestStage: 'Response' }] });
    await person.page.click('[data-act=make]');
    await person.page.waitForSelector('[role=status].error');
    await admit();
    await person.page.goto(`${t.url}/signing`);
    const { said } = await sign(person, await composeAlert(person));
    expect(said.slice(0, 4)).toBe('Sent');
  });

  it.each([true, false])(
    'the older computer still signs beside a newer phone (which derives keys: %s)',
    async (prf) => {
      const computer = await anEnrolled(['RELEASER'], { prf: false });
      await makeKey(computer, 'Computer');
      await admit();
      await computer.page.goto(`${t.url}/account`);
      await computer.page.fill('[name=device]', 'Phone');
      await computer.page.click('[data-act=link-passkey]');
      await computer.page.waitForSelector('[data-place=link]:not([hidden])');
      const phone = { ...(await aPerson(browser, { prf })), pseudonym: computer.pseudonym };
      await phone.page.goto((await computer.page.textContent('[data-place=address]'))!);
      await phone.page.click('[data-act=enrol]:not([hidden])');
      await phone.page.waitForSelector('[role=status]:has-text("approve it on the device")');
      await computer.page.goto(`${t.url}/account`);
      await computer.page.click('[data-act=approve-passkey]');
      await computer.page.waitForSelector('[data-place=passkeys]:not(:has([data-act=approve-passkey]))');
      await signIn(phone);
      await makeKey(phone, 'Phone');
      await computer.page.goto(`${t.url}/signing`);
      await computer.page.click('[data-act=approve]');
      await computer.page.waitForSelector('main:not(:has([data-act=approve]))');
      await admit();
      for (const device of [phone, computer]) {
        await device.page.goto(`${t.url}/signing`);
        const { said, touches } = await sign(device, await composeAlert(device));
        expect([said.slice(0, 4), touches]).toEqual(['Sent', 1]);
      }
    },
  );
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
