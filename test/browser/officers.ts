import type { Browser } from 'playwright-core';
import { aLink, anOfficer } from '../support/browser.js';
import type { Party, TestHub } from '../support/hub.js';
import { aPerson, type Person } from './chromium.js';

/** An officer at a real browser. */
export type Enrolled = Person & { pseudonym: string };

/** Someone who made a passkey with an enrolment link, and is signed in. */
export async function anEnrolled(
  t: TestHub,
  party: Party,
  browser: Browser,
  roles: string[],
  options: Parameters<typeof aPerson>[1] = {},
): Promise<Enrolled> {
  const person = await aPerson(browser, options);
  const pseudonym = await anOfficer(t, party, roles);
  await person.page.goto(`${t.url}/enrol#${await aLink(t, party, pseudonym)}`);
  await person.page.click('[data-act=enrol]:not([hidden])');
  await person.page.waitForURL('**/signing');
  return { ...person, pseudonym };
}

export async function signIn(t: TestHub, { page }: Person): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${t.url}/sign-in`);
  await page.click('[data-act=sign-in]');
  await page.waitForURL('**/account');
}

/** Makes a key on the signing page; what the page then says of it. */
export async function makeKey(t: TestHub, { page }: Person, device: string): Promise<string> {
  await page.goto(`${t.url}/signing`);
  await page.fill('[name=device]', device);
  await page.click('[data-act=make]');
  // Among the officer's own: an administrator sees colleagues' devices as well, which may have the same name.
  const line = `[data-place=own] li:has-text("${device}")`;
  await page.waitForSelector(line);
  return (await page.textContent(`${line} small`))!;
}
