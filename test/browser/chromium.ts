import { existsSync, mkdirSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine. */
export function launchChromium(): Promise<Browser> {
  const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined)
    throw new Error('There is no Chromium here: install it, or say in CHROMIUM where it is');
  // As root, as in a container, Chromium has no sandbox of its own.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** A person at a browser with a passkey's authenticator, of which every touch is counted. */
export interface Person {
  page: Page;
  context: BrowserContext;
  /** Touches since this was asked last. */
  touches(): number;
  /** Passkeys that were made, each with a touch of its own. */
  passkeysMade(): number;
  /** What the page's console complained of. */
  complaints: string[];
}

/** A fresh browser profile with a virtual authenticator (WebDriver's, over CDP); `prf` says whether it can derive keys. */
export async function aPerson(browser: Browser, { prf = true, width = 1280 } = {}): Promise<Person> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'en-GB' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => complaints.push(error.message));
  const devtools = await context.newCDPSession(page);
  let count = 0;
  let made = 0;
  devtools.on('WebAuthn.credentialAsserted', () => (count += 1));
  devtools.on('WebAuthn.credentialAdded', () => (made += 1));
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: prf,
    },
  });
  return {
    page,
    context,
    complaints,
    passkeysMade: () => made,
    touches: () => {
      const since = count;
      count = 0;
      return since;
    },
  };
}

/** Keeps what the person sees, at a desk's width and a phone's, in the folder SCREENSHOTS; without one nothing. */
export async function look({ page }: Person, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
