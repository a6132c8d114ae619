import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { anOfficer } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, launchChromium, look, type Person } from './chromium.js';
import { anEnrolled, type Enrolled, signIn } from './officers.js';

/** Two administrators at their pages, with the console's documents as they are in the repository: nothing is asked beside them. */

let t: TestHub;
let vn: Party;
let browser: Browser;
let one: Enrolled;
let two: Enrolled;

beforeAll(async () => {
  [t, browser] = await Promise.all([startTestHub(), launchChromium()]);
  vn = await t.enrol('VN-CUS-AS');
  one = await anEnrolled(t, vn, browser, ['AGENCY_ADMIN']);
  two = await anEnrolled(t, vn, browser, ['AGENCY_ADMIN']);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await t?.stop();
});

/** The page, where every question is answered with yes. */
async function open({ page }: Person): Promise<void> {
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${t.url}/administration`);
}

/** Presses a button of the line that has this text; the page comes anew with what was done. */
async function press({ page }: Person, line: string, button: string): Promise<void> {
  await page.click(`.list li:has-text("${line}") button:has-text("${button}")`);
}

const waiting = (person: Person): Promise<string> => person.page.innerText('[data-place=waiting]');

describe('two administrators', () => {
  it('appoint and admit an officer, who signs in', async () => {
    await open(one);
    expect(await one.page.locator('[data-place=waiting] li').count()).toBe(0);
    await look(one, 'administration-empty');
    await one.page.click('summary');
    await one.page.fill('[name=titleEn]', 'Analyst of the unit');
    await one.page.fill('[name=titleVi]', 'Cán bộ phân tích của đơn vị');
    await one.page.check('[value=ANALYST]');
    await one.page.selectOption('[name=clearance]', 'RESTRICTED');
    await look(one, 'administration-appoint');
    await one.page.click('[data-act=appoint]');
    await one.page.waitForSelector('[data-place=waiting] li');
    expect(await waiting(one)).toContain('Analyst of the unit');
    expect(await one.page.locator('[data-place=waiting] button').allInnerTexts()).toEqual(['Withdraw']);

    await open(two);
    await look(two, 'administration-waiting');
    await press(two, 'Officer:', 'Approve');
    await two.page.waitForSelector('[data-place=officers] li:has-text("Analyst of the unit")');
    await press(two, 'Analyst of the unit', 'Propose first sign-in');
    await two.page.waitForSelector('[data-place=waiting] li:has-text("First sign-in")');

    await open(one);
    await press(one, 'First sign-in', 'Approve');
    await one.page.waitForSelector('[data-place=link]:not([hidden])');
    await look(one, 'administration-link');
    const drawn = await one.page.getAttribute('[data-qr] path', 'd');
    expect(drawn!.length).toBeGreaterThan(100);

    const officer = await aPerson(browser, { width: 390 });
    await officer.page.goto((await one.page.textContent('[data-place=address]'))!);
    await officer.page.click('[data-act=enrol]:not([hidden])');
    await officer.page.waitForURL('**/signing');
    await signIn(t, officer);
    expect(await officer.page.innerText('main')).toContain('Analyst of the unit');
    expect(await officer.page.locator('a[href="/administration"]').count()).toBe(0);
    await open(officer);
    expect(new URL(officer.page.url()).pathname).toBe('/account');
    expect([...officer.complaints, ...one.complaints, ...two.complaints]).toEqual([]);
  });

  it('withdraw and decline what was proposed; nothing of it is left', async () => {
    const pseudonym = await anOfficer(t, vn, ['ANALYST']);
    await open(one);
    await press(one, pseudonym, 'Propose first sign-in');
    await one.page.waitForSelector('[data-place=waiting] li');
    await press(one, 'First sign-in', 'Withdraw');
    await one.page.waitForSelector('[data-place=waiting]:not(:has(li))', { state: 'attached' });
    await press(one, pseudonym, 'Propose first sign-in');
    await one.page.waitForSelector('[data-place=waiting] li');
    await open(two);
    await press(two, 'First sign-in', 'Decline');
    await two.page.waitForSelector('[data-place=waiting]:not(:has(li))', { state: 'attached' });
    expect(await t.database.sql('SELECT 1 FROM auth.admission')).toEqual([]);
  });

  it('shut an officer out by one and let the officer in again by two, with a touch where the last was too long ago', async () => {
    const officer = await anEnrolled(t, vn, browser, ['ANALYST']);
    await t.database.sql("UPDATE auth.console_session SET authenticated_at = now() - interval '6 minutes'");
    await open(one);
    one.touches();
    await one.page.click(`[data-officer="${officer.pseudonym}"] button:has-text("Shut out")`);
    await one.page.waitForSelector(`[data-officer="${officer.pseudonym}"]:has-text("Propose to let in again")`);
    expect(one.touches()).toBe(1);
    await officer.page.goto(`${t.url}/account`);
    expect(new URL(officer.page.url()).pathname).toBe('/sign-in');
    await press(one, officer.pseudonym, 'Propose to let in again');
    await one.page.waitForSelector('[data-place=waiting] li');
    await open(two);
    await two.page.click('[data-place=waiting] button:has-text("Approve")');
    await two.page.waitForSelector('[data-place=waiting]:not(:has(li))', { state: 'attached' });
    await signIn(t, officer);
  });

  it('demand by one that personal details take a fresh passkey, and see why what is wrong was refused', async () => {
    await open(one);
    await one.page.click('button:has-text("Demand it")');
    await one.page.waitForSelector('button:has-text("Propose to end it")');
    await one.page.click('summary');
    await one.page.fill('[name=titleEn]', 'Analyst');
    await one.page.fill('[name=titleVi]', 'Cán bộ');
    await one.page.click('[data-act=appoint]');
    await one.page.waitForSelector('[role=status].error:has-text("Roles: must be a list")');
    await look(one, 'administration-error');
    await one.page.goto(`${t.url}/administration?lang=vi`);
    await look(one, 'administration-vi');
    expect(await one.page.innerText('h1')).toBe('Quản trị');
  });
});

describe('two administrators of the hub', () => {
  it('shut an agency out by one and let it in again by two', async () => {
    await t.enrol('LA-CUS-HQ');
    const op = await t.enrol('OP-HUB-1');
    const first = await anEnrolled(t, op, browser, ['SYSTEM_ADMIN']);
    const second = await anEnrolled(t, op, browser, ['SYSTEM_ADMIN']);
    await open(first);
    await look(first, 'administration-hub');
    await press(first, 'LA-CUS', 'Shut out');
    await first.page.waitForSelector('li:has-text("LA-CUS") button:has-text("Propose to let in again")');
    await press(first, 'LA-CUS', 'Propose to let in again');
    await first.page.waitForSelector('[data-place=waiting] li');
    await open(second);
    await press(second, 'Agency:', 'Approve');
    await second.page.waitForSelector('[data-place=agencies] li:has-text("LA-CUS") button:has-text("Shut out")');
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });
});
