import { addressOf } from '../../src/session/people/page-files.js';
import type { GraphQLSchema } from 'graphql';
import { Browser } from '../support/browser.js';
import { headersOf } from '../support/socket.js';
import type { Misconduct } from '../support/authenticator.js';
import { SoftwareAuthenticator } from '../support/authenticator.js';
import type { Attempt } from './attempts.js';
import { addressSafe, type Dice, headerSafe, mutated, mutatedValue, oddText, oddValue } from './dice.js';
import { variablesFor } from './documents.js';
import { ATTACKING_ROLES, type OfficersPage } from './people.js';
import type { Target } from './target.js';

/** Whatever an officer's browser, or one that only looks like it, can send. */
export function anOfficersAttempt(dice: Dice, target: Target, schema: GraphQLSchema): Promise<Attempt> {
  const kinds = [
    () => aTrustedDocument(dice, target, schema),
    () => aTrustedDocument(dice, target, schema),
    () => aTrustedDocument(dice, target, schema),
    () => aTrustedDocument(dice, target, schema),
    () => aPasskeysAnswer(dice, target),
    () => anEnrolment(dice, target),
    () => aWayByCode(dice, target),
    () => aPage(dice, target),
    () => aPassword(dice, target),
  ];
  return dice.pick(kinds)();
}

/** A request of the console's page, its marks now and then changed. */
function fromPage(dice: Dice, name: string, page: OfficersPage, path: string, body: string): Attempt {
  const { browser } = page;
  const headers = pageHeaders(browser);
  const isGenuine = dice.chance(85);
  if (!isGenuine) damage(dice, headers);
  return { name, method: 'POST', path, headers, body, isSignedIn: false, ...(isGenuine ? { officer: page } : {}) };
}

function pageHeaders(browser: Browser): Record<string, string> {
  return {
    ...headersOf(browser),
    'content-type': 'application/json',
    ...(browser.csrf === undefined ? {} : { 'x-liaison-csrf': browser.csrf }),
  };
}

/** Changes one of the marks by which the hub knows its own page. */
function damage(dice: Dice, headers: Record<string, string>): void {
  const name = dice.pick([
    'cookie',
    'cookie',
    'origin',
    'sec-fetch-site',
    'x-liaison-csrf',
    'content-type',
    'x-liaison-purpose',
    'accept-language',
    'user-agent',
  ]);
  const value = headers[name] ?? '';
  const changed = [
    () => mutated(dice, value),
    () => `${value}; ${value}`,
    () => `${oddText(dice)}=${oddText(dice)}; ${value}; __Host-liaison=`,
    () => oddText(dice),
  ];
  headers[name] = headerSafe(dice.pick(changed)());
}

async function aTrustedDocument(dice: Dice, { people, documents, known }: Target, schema: GraphQLSchema) {
  const page = await people.page(dice.pick(ATTACKING_ROLES));
  const [documentId, text] = dice.pick(documents);
  const whole: unknown = variablesFor(dice, schema, text, known);
  const variables = dice.chance(30) ? mutatedValue(dice, whole) : whole;
  const request = { documentId, variables, ...(dice.chance(3) ? { operationName: oddText(dice) } : {}) };
  const body = dice.chance(4) ? JSON.stringify(mutatedValue(dice, request)) : JSON.stringify(request);
  return fromPage(dice, 'a trusted document', page, '/graphql', dice.chance(3) ? deeper(dice, body) : body);
}

/** The same with a value of many levels or of many letters in it. */
function deeper(dice: Dice, body: string): string {
  const levels = dice.pick([15, 21, 5_000]);
  const value = dice.pick([
    `${'['.repeat(levels)}${']'.repeat(levels)}`,
    `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
    `"${'x'.repeat(dice.pick([10_000, 300_000]))}"`,
  ]);
  return body.replace(/"variables":\{/, `"variables":{"extra":${value},`).replace(/"(id|to)":"[^"]*"/, `"$1":${value}`);
}

const PATHS: Record<'sign-in' | 'step-up', string> = { 'sign-in': '/sign-in', 'step-up': '/step-up' };

/** A passkey's true answer to a challenge of this moment, changed before it was signed or after. */
async function aPasskeysAnswer(dice: Dice, { people, hub }: Target): Promise<Attempt> {
  const page = await people.page(dice.pick(ATTACKING_ROLES));
  const purpose = dice.pick(['sign-in', 'step-up'] as const);
  // A sign-in in the page's own browser would end its session.
  const browser = purpose === 'step-up' ? page.browser : new Browser(hub.url);
  const { body } = await browser.post(`${PATHS[purpose]}/options`);
  if (typeof body['challenge'] !== 'string') people.forget(page);
  const answer = page.passkey.get({ challenge: String(body['challenge']) }, misconduct(dice));
  const sent = mutatedAnswer(dice, { response: answer });
  return fromPage(dice, `an answer to ${purpose}`, { ...page, browser }, PATHS[purpose], sent);
}

function misconduct(dice: Dice): Misconduct {
  if (dice.chance(60)) return {};
  return dice.pick<Misconduct>([
    { counter: dice.pick([0, 1, 2 ** 31]) },
    { userHandle: oddText(dice) },
    { origin: oddText(dice) },
    { rpId: oddText(dice) },
    { challenge: oddText(dice) },
    { userVerified: false },
    { id: oddText(dice) },
    { forged: true },
  ]);
}

/** The body with a member changed, or something within the texts that the authenticator made; always changed a little. */
function mutatedAnswer(dice: Dice, body: { response: object }): string {
  if (dice.chance(70)) return JSON.stringify(mutatedValue(dice, body));
  const answer = body.response as { response: Record<string, unknown> };
  const name = dice.pick(Object.keys(answer.response));
  const value = answer.response[name];
  const inner = typeof value === 'string' ? Buffer.from(value, 'base64url').toString('latin1') : '';
  const changed = Buffer.from(mutated(dice, inner), dice.pick(['latin1', 'utf8'])).toString('base64url');
  return JSON.stringify({ response: { ...answer, response: { ...answer.response, [name]: changed } } });
}

/** The steps of an enrolment link, the last of them changed. */
async function anEnrolment(dice: Dice, { people, hub }: Target): Promise<Attempt> {
  const browser = new Browser(hub.url);
  const token = await people.link();
  const { body: opened } = await browser.post('/enrol/open', { token });
  const path = dice.pick([
    '/enrol',
    '/enrol',
    '/enrol/open',
    '/enrol/with',
    '/enrol/password/options',
    '/enrol/password',
  ]);
  const passkey = new SoftwareAuthenticator(hub.url, dice.pick(['ES256', 'EdDSA']));
  const options = opened['options'] as Parameters<SoftwareAuthenticator['create']>[0];
  const whole = { token, issuer: 'hub', password: 'a long enough password', code: '123456' };
  const response = path === '/enrol' ? passkey.create(options, misconduct(dice)) : {};
  const body = path === '/enrol' ? mutatedEnrolment(dice, token, response) : JSON.stringify(mutatedValue(dice, whole));
  const headers = pageHeaders(browser);
  if (dice.chance(15)) damage(dice, headers);
  return { name: `an enrolment at ${path}`, method: 'POST', path, headers, body, isSignedIn: false };
}

function mutatedEnrolment(dice: Dice, token: string, response: object): string {
  return JSON.stringify({ token, ...(JSON.parse(mutatedAnswer(dice, { response })) as object) });
}

/** The redirects of a sign-in at the hub's own provider, followed so far and then changed. */
async function aWayByCode(dice: Dice, { hub }: Target): Promise<Attempt> {
  const browser = new Browser(hub.url);
  let path = '/sign-in/with/hub';
  for (let step = 0, steps = dice.roll(4); step < steps; step += 1) {
    const location = (await browser.get(path)).headers.get('location');
    if (location === null) break;
    const { pathname, search } = new URL(location, hub.url);
    path = pathname + search;
  }
  if (dice.chance(25)) path = `/sign-in/return${dice.chance(50) ? '/vn-customs' : ''}?${aQuery(dice)}`;
  const headers = pageHeaders(browser);
  delete headers['content-type'];
  headers['sec-fetch-site'] = dice.pick(['none', 'same-origin', 'cross-site']);
  if (dice.chance(40)) damage(dice, headers);
  const address = addressSafe(dice.chance(70) ? mutated(dice, path) : path);
  return {
    name: 'a way by code',
    method: dice.pick(['GET', 'GET', 'POST']),
    path: address,
    headers,
    isSignedIn: false,
  };
}

function aQuery(dice: Dice): string {
  const names = ['code', 'state', 'iss', 'error', 'error_description', 'response', 'id_token', 'session_state'];
  return dice
    .some(0, 6, () => `${dice.pick(names)}=${dice.chance(50) ? oddText(dice) : 'a'.repeat(43)}`)
    .join('&')
    .replaceAll('#', '');
}

const PAGES = [
  '/account',
  '/signing',
  '/sign-in',
  '/enrol',
  '/step-up',
  '/session',
  addressOf('page.css'),
  addressOf('signing'),
  '/sign-in/keys',
  '/sign-in/with/hub?again=1',
  '/demo/sign-in',
  '/demo',
  '/graphql',
  '/files/00000000-0000-4000-8000-000000000000/abc',
];
const POSTS = ['/sign-out', '/step-up/options', '/sign-in/options', '/sign-in', '/demo/sign-in', '/files', '/account'];

/** A page with a session, or what a page could post, at any address. */
async function aPage(dice: Dice, { people }: Target): Promise<Attempt> {
  const page = await people.page(dice.pick(ATTACKING_ROLES));
  if (dice.chance(40)) {
    const values: unknown[] = [
      {},
      { agency: 'VN-CUS', officer: 'p:officer1' },
      { response: oddValue(dice) },
      oddValue(dice),
    ];
    return fromPage(dice, 'a post', page, dice.pick(POSTS), JSON.stringify(dice.pick(values)) ?? '');
  }
  const headers = pageHeaders(page.browser);
  delete headers['content-type'];
  const isGenuine = dice.chance(70);
  if (!isGenuine) damage(dice, headers);
  const address = `${dice.pick(PAGES)}${dice.chance(50) ? `?lang=${oddText(dice)}&lang=vi` : ''}`;
  const path = addressSafe(dice.chance(30) ? mutated(dice, address) : address);
  return { name: 'a page', method: 'GET', path, headers, isSignedIn: false, ...(isGenuine ? { officer: page } : {}) };
}

/** A password costs half a second of one core, so it is tried seldom. */
async function aPassword(dice: Dice, target: Target): Promise<Attempt> {
  if (!dice.chance(20)) return aPage(dice, target);
  const whole = { name: 'VN-CUS-ABCDEF', password: 'a long enough password', code: '123 456' };
  const headers = pageHeaders(new Browser(target.hub.url));
  const body = JSON.stringify(mutatedValue(dice, whole));
  return { name: 'a password', method: 'POST', path: '/sign-in/password', headers, body, isSignedIn: false };
}
