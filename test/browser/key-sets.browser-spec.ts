import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { KeyEntry } from '../../src/protocol/key-set.js';
import { generateKey } from '../../src/protocol/keys.js';
import { newestKeySet, nextKeySet, nowSeconds, publish } from '../hostile/hostile.js';
import { anOfficer } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { anEnrolmentKey, aPersonEntry } from '../support/signing-officers.js';
import { launchChromium, look } from './chromium.js';
import { anEnrolled, type Enrolled, makeKey } from './officers.js';

/** Administrators who change their agency's key set at the page, alone and where the agency wants two. */

let t: TestHub;
let vn: Party;
let th: Party;
let browser: Browser;
let alone: Enrolled;
let one: Enrolled;
let two: Enrolled;

beforeAll(async () => {
  [t, browser] = await Promise.all([startTestHub(), launchChromium()]);
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  alone = await anAdministrator(vn);
  one = await anAdministrator(th);
  two = await anAdministrator(th);
  await addByRoot(th, [], { enrolThreshold: 2 });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await t?.stop();
});

async function addByRoot(party: Party, entries: KeyEntry[], changes: object = {}): Promise<void> {
  const { fields } = await newestKeySet(party);
  const answer = await publish(party, await nextKeySet(party, { keys: [...fields.keys, ...entries], ...changes }));
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
}

/** An administrator at the page, whose enrolment key the root has brought in and who has compared the roots. */
async function anAdministrator(party: Party): Promise<Enrolled> {
  const person = await anEnrolled(t, party, browser, ['AGENCY_ADMIN']);
  await makeKey(t, person, 'Desk');
  const [key] = await t.database.sql<Pick<KeyEntry, 'kid' | 'jwk' | 'kinds' | 'proof'>>(
    `SELECT p.kid, p.jwk, p.kinds, p.proof FROM auth.person_key p JOIN auth.account a ON a.id = p.account_id WHERE a.officer = $1`,
    [person.pseudonym],
  );
  const times = { nbf: nowSeconds() - 60, exp: nowSeconds() + 30 * 86_400 };
  await addByRoot(party, [{ ...key!, ...times, use: 'enrol', holder: person.pseudonym, revoked: null }]);
  return person;
}

async function open({ page }: Enrolled): Promise<void> {
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${t.url}/signing`);
}

/** Presses a button that changes the key set; the first time the roots are shown, and it is pressed again. */
async function press({ page }: Enrolled, button: string): Promise<void> {
  await page.click(button);
  await page.waitForSelector('main[aria-busy=false], main:not([aria-busy])');
  if (await page.isVisible('[data-place=roots]')) {
    await page.evaluate("document.querySelector('[data-place=roots]').hidden = true");
    await page.click(button);
  }
}

/** An officer's key in the set, and its entry there. */
async function anOfficersKey(party: Party): Promise<KeyEntry> {
  const entry = aPersonEntry(party, await generateKey(), await anOfficer(t, party, ['RELEASER']));
  await addByRoot(party, [entry]);
  return entry;
}

const inSet = async (party: Party, wanted: string): Promise<KeyEntry | undefined> =>
  (await newestKeySet(party)).fields.keys.find(({ kid }) => kid === wanted);

/** Stops an officer's key at once, as the administrator of whoever lost it. */
async function stop(admin: Enrolled, { kid }: KeyEntry): Promise<void> {
  await open(admin);
  await admin.page.click(`[data-act=block][data-kid="${kid}"]`);
  await admin.page.waitForSelector(`[data-act=revoke][data-kid="${kid}"]`);
}

describe('an administrator', () => {
  it('revokes in the key set what was stopped here, for the reason of the button, with one touch', async () => {
    const [lost, unused] = [await anOfficersKey(vn), await anOfficersKey(vn)];
    await open(alone);
    expect(await alone.page.locator('[data-place=stopped]').count()).toBe(0);
    await stop(alone, lost);
    await stop(alone, unused);
    await look(alone, 'key-sets-stopped');
    alone.touches();
    await press(alone, `[data-kid="${lost.kid}"][data-reason=keyCompromise]`);
    await alone.page.waitForSelector(`[data-place=stopped]:not(:has([data-kid="${lost.kid}"]))`);
    expect(alone.touches()).toBe(1);
    expect((await inSet(vn, lost.kid))?.revoked?.reason).toBe('keyCompromise');
    expect((await inSet(vn, unused.kid))?.revoked).toBeNull();
    await press(alone, `[data-kid="${unused.kid}"][data-reason=cessation]`);
    await alone.page.waitForSelector('main:not(:has([data-place=stopped]))');
    expect((await inSet(vn, unused.kid))?.revoked?.reason).toBe('cessation');
  });

  it('does nothing where a colleague was first', async () => {
    const entry = await anOfficersKey(vn);
    await stop(alone, entry);
    const { fields } = await newestKeySet(vn);
    const revoked = { at: nowSeconds(), invalidFrom: nowSeconds(), reason: 'cessation' as const };
    const keys = fields.keys.map((key) => (key.kid === entry.kid ? { ...key, revoked } : key));
    await publish(vn, await nextKeySet(vn, { keys }));
    alone.touches();
    await press(alone, '[data-reason=keyCompromise]');
    await alone.page.waitForSelector('main:not(:has([data-place=stopped]))');
    expect([alone.touches(), (await inSet(vn, entry.kid))?.revoked]).toEqual([0, revoked]);
  });
});

describe('two administrators, where the agency wants two', () => {
  /** Signs first; the text that is handed on. */
  async function signFirst(admin: Enrolled, button: string): Promise<string> {
    await press(admin, button);
    await admin.page.waitForSelector('[data-place=hand-on]:not([hidden])');
    return admin.page.inputValue('[name=signed]');
  }
  /** Pastes a colleague's set; what the page says of it. */
  async function read(admin: Enrolled, text: string): Promise<string> {
    await open(admin);
    await admin.page.click('[data-place=colleague] summary');
    await admin.page.fill('[name=colleagues]', text);
    await press(admin, '[data-act=read-set]');
    await admin.page.waitForSelector('[data-act=sign-set]:not([hidden]), [role=status].error:not(:empty)');
    const isOffered = await admin.page.isVisible('[data-act=sign-set]');
    return admin.page.innerText(isOffered ? '[data-place=changes]' : '[role=status]');
  }

  it('admit an officer’s key: the first hands it on, the second reads it, signs and publishes', async () => {
    const officer = await anEnrolled(t, th, browser, ['RELEASER']);
    await makeKey(t, officer, 'Laptop');
    await open(one);
    const button = '[data-act=admit]';
    const kid = (await one.page.getAttribute(button, 'data-kid'))!;
    const text = await signFirst(one, button);
    await look(one, 'key-sets-hand-on');
    expect(await inSet(th, kid)).toBeUndefined();
    expect(await read(one, text)).toContain('You have signed this key set already');
    expect(await read(two, 'nothing of the kind')).toContain('no key set that an administrator');

    const said = await read(two, text);
    expect(said).toContain(`Signed by ${one.pseudonym}`);
    expect(said).toMatch(new RegExp(`Admits a key of ${officer.pseudonym} for alert, .* from .* until .*\\n${kid}`));
    await look(two, 'key-sets-colleague');
    two.touches();
    await two.page.click('[data-act=sign-set]');
    await two.page.waitForSelector('[data-place=waiting]:not(:has(li))', { state: 'attached' });
    expect(two.touches()).toBe(1);
    expect((await inSet(th, kid))?.holder).toBe(officer.pseudonym);
    expect(await read(two, text)).toContain('does not follow the newest one');
  });

  it('revoke one; what a root signed, or what changes more, is not offered for a signature', async () => {
    const entry = await anOfficersKey(th);
    await stop(one, entry);
    expect(await read(two, await nextKeySet(th, { enrolThreshold: 1 }))).toContain('no key set that an administrator');
    const further = await anEnrolmentKey(th, 'p:further');
    const more = await nextKeySet(th, { enrolThreshold: 1 }, [further]);
    expect(await read(two, more)).toContain('does more than admit or revoke');
    expect(await two.page.isVisible('[data-act=sign-set]')).toBe(false);
    const text = await signFirst(one, '[data-reason=keyCompromise]');
    expect(await read(two, text)).toMatch(
      new RegExp(`Revokes a key of ${entry.holder}, lost or stolen, from .*\\n${entry.kid}`),
    );
    await two.page.fill('[name=colleagues]', 'another');
    expect(await two.page.isVisible('[data-act=sign-set]')).toBe(false);
    await read(two, text);
    await two.page.click('[data-act=sign-set]');
    await two.page.waitForSelector('main:not(:has([data-place=stopped]))');
    expect((await inSet(th, entry.kid))?.revoked?.reason).toBe('keyCompromise');
  });
});

it('nothing was complained of by the browser: no policy broken, no script failed', () => {
  expect([...alone.complaints, ...one.complaints, ...two.complaints]).toEqual([]);
});
