import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { aLink, anOfficer } from '../support/browser.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, launchChromium } from './chromium.js';
import { signIn } from './officers.js';

/** The ways into the hub where the line, the browser or the officer's patience fails. */

let t: TestHub;
let vn: Party;
let browser: Browser;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await t.stop();
});

const aLinkFor = async (): Promise<string> =>
  `${t.url}/enrol#${await aLink(t, vn, await anOfficer(t, vn, ['ANALYST']))}`;

describe('an enrolment link', () => {
  it('makes one passkey where the hub’s answer was lost; pressed again, it leads to the sign-in, which knows it', async () => {
    const officer = await aPerson(browser);
    const { page } = officer;
    const statuses: number[] = [];
    await page.goto(await aLinkFor());
    await page.route('**/enrol', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const answer = await route.fetch({
        headers: { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin', origin: t.url },
      });
      statuses.push(answer.status());
      return route.abort();
    });
    await page.click('[data-act=enrol]:not([hidden])');
    await page.waitForSelector('[role=status].error:not(:empty)');
    await page.unroute('**/enrol');
    expect(statuses).toEqual([200]);
    await page.click('[data-act=enrol]');
    await page.waitForURL('**/sign-in');
    expect(officer.passkeysMade()).toBe(1);
    await signIn(t, officer);
  });

  it('is still there when the page could not ask, and in the other language', async () => {
    const { page } = await aPerson(browser);
    await page.route('**/enrol/open', (route) => route.abort());
    const address = await aLinkFor();
    await page.goto(address);
    await page.waitForSelector('[role=status].error:not(:empty)');
    await page.unroute('**/enrol/open');
    await page.reload();
    await page.waitForSelector('[data-act=enrol]:not([hidden])');
    expect(page.url()).not.toContain('#');
    await page.click('a[hreflang=vi]');
    await page.waitForSelector('[data-act=enrol]:not([hidden])');
    expect([page.url().split('?')[1], await page.getAttribute('html', 'lang')]).toEqual(['lang=vi', 'vi']);
  });

  it('makes a passkey also when the officer took six minutes', async () => {
    const { page } = await aPerson(browser);
    await page.clock.install();
    await page.goto(await aLinkFor());
    await page.waitForSelector('[data-act=enrol]:not([hidden])');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.clock.fastForward('06:00');
    await page.click('[data-act=enrol]');
    await page.waitForURL('**/signing');
    expect(asked.filter((path) => path === '/enrol/open')).toHaveLength(1);
  });
});

describe('a browser without passkeys', () => {
  it('says so, and takes a password', async () => {
    const { page } = await aPerson(browser);
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'));
    await page.goto(`${t.url}/sign-in`);
    await page.waitForSelector('[role=status].error:not(:empty)');
    await page.click('details summary');
    await page.fill('form[data-path="/sign-in/password"] [name=name]', 'VN-CUS-UNKNOWN');
    await page.fill('form[data-path="/sign-in/password"] [name=password]', 'a long and wrong password');
    await page.fill('form[data-path="/sign-in/password"] [name=code]', '000000');
    const [answer] = await Promise.all([
      page.waitForResponse('**/sign-in/password'),
      page.click('form[data-path="/sign-in/password"] button'),
    ]);
    expect(answer.status()).toBe(401);

    await page.goto(await aLinkFor());
    await page.waitForSelector('[data-enrol-password]:not([hidden])');
    await page.click('[data-enrol-password] summary');
    await page.waitForSelector('[data-secret]:not(:empty)');
  });
});
