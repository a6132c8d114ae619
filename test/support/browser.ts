import type { OfficerEnrolment } from '../../src/operator/enrolment.js';
import { issueLink } from '../../src/session/people/enrolment-links.js';
import { OBTAIN_ACCOUNT } from '../../src/session/people/accounts.js';
import { SoftwareAuthenticator } from './authenticator.js';
import { trusted } from './documents.js';
import { withoutServerTime } from './server-time.js';
import { contentDigest } from './files.js';
import { type Answer, type Party, type TestHub, FOR_A_CASE, given } from './hub.js';

/** An answer to a page's script. */
export interface Reply {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { errors?: { message: string; extensions: { code: string } }[] };
}

/** As much of a browser as the console needs: cookies, the headers that browsers set, and the page's proof of the session. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Those that do not go along when another site leads here. */
  private readonly strict = new Set<string>();
  csrf: string | undefined;

  constructor(readonly url: string) {}

  /** What marks a request of the hub's own page. */
  ofOwnPage(): Record<string, string | undefined> {
    return { origin: this.url, 'sec-fetch-site': 'same-origin', 'x-liaison-csrf': this.csrf };
  }

  /** A page's request; `headers` replace what a browser would send, or with undefined leave it out. */
  async post(path: string, body: unknown = {}, headers: Record<string, string | undefined> = {}): Promise<Reply> {
    const sent = {
      'content-type': 'application/json',
      'user-agent': 'Test browser',
      ...this.ofOwnPage(),
      ...headers,
    };
    return this.send(path, { method: 'POST', body: JSON.stringify(body) }, sent);
  }

  /** A page's upload of a file; `headers` as for `post`. */
  async upload(
    content: Buffer,
    mediaType: string,
    headers: Record<string, string | undefined> = {},
  ): Promise<Reply & { text: string }> {
    const sent = {
      'content-type': mediaType,
      'content-digest': contentDigest(content),
      ...this.ofOwnPage(),
      ...headers,
    };
    return this.send('/files', { method: 'POST', body: new Uint8Array(content) }, sent);
  }

  async get(path: string, headers: Record<string, string | undefined> = {}): Promise<Reply & { text: string }> {
    return this.send(path, { method: 'GET', redirect: 'manual' }, { 'sec-fetch-site': 'none', ...headers });
  }

  /** Opens a page of the hub, and goes on where it leads. */
  async open(path: string): Promise<Reply & { text: string }> {
    const reply = await this.get(path);
    const location = reply.headers.get('location');
    if (location === null) return reply;
    const { origin, pathname, search } = new URL(location, this.url);
    if (origin !== new URL(this.url).origin) throw new Error(`Leads to ${origin}`);
    return this.open(`${pathname}${search}`);
  }

  /** Follows another site's link or redirect: Strict cookies stay behind. */
  async arrive(path: string): Promise<Reply & { text: string }> {
    const cookie = [...this.cookies].flatMap(([name, value]) => (this.strict.has(name) ? [] : [`${name}=${value}`]));
    return this.get(path, { 'sec-fetch-site': 'cross-site', cookie: cookie.join('; ') });
  }

  /** Asks by the document's id, as the console does. */
  async ask<T = Record<string, unknown>>(query: string, variables: object = {}): Promise<Answer<T>> {
    return (await this.post('/graphql', { documentId: trusted(query), variables })).body as unknown as Answer<T>;
  }

  /** Loads the account page for the session's proof, as the console does. */
  async loadProof(): Promise<void> {
    this.csrf = undefined;
    this.csrf = /data-csrf="([\w-]+)"/.exec((await this.get('/account')).text)?.[1];
  }

  async signIn(passkey: SoftwareAuthenticator): Promise<Reply> {
    const options = await this.post('/sign-in/options');
    const reply = await this.post('/sign-in', {
      response: passkey.get(options.body as { challenge: string } & object),
    });
    await this.loadProof();
    return reply;
  }

  /** Sends any request with the cookies that belong to it. */
  async send(
    path: string,
    init: RequestInit,
    headers: Record<string, string | undefined>,
  ): Promise<Reply & { text: string }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = given({ ...(cookie && { cookie }), ...FOR_A_CASE, ...headers });
    const response = await fetch(`${this.url}${path}`, { ...init, headers: sent });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const text = withoutServerTime(await response.text());
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as Reply['body']) : {},
      text,
    };
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
    if (attributes.includes('SameSite=Strict')) this.strict.add(name);
  }
}

let officers = 0;

/** An officer of the party's unit with these roles; the pseudonym. */
export async function anOfficer(
  t: TestHub,
  party: Party,
  roles: string[],
  changes: Partial<OfficerEnrolment> = {},
): Promise<string> {
  officers += 1;
  const pseudonym = `p:officer${officers}`;
  await t.database.sql(
    `INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, clearance, may_see_nominal, valid_from)
     VALUES ($1, $2, $3, 'Officer <of> the unit', 'Cán bộ của đơn vị', $4, $5, $6, '2020-01-01')`,
    [party.agency, pseudonym, party.unit, roles, changes.clearance ?? 1, changes.maySeeNominal ?? true],
  );
  return pseudonym;
}

/** An enrolment link's token for an officer, whatever the roles. */
export function aLink(t: TestHub, party: Party, officer: string): Promise<string> {
  return t.database.asOperator(async (tx) => {
    const [account] = await tx.query<{ id: string }[]>(OBTAIN_ACCOUNT, [party.agency, officer]);
    return issueLink((text, values) => tx.query(text, values), account!.id);
  });
}

/** An officer who has enrolled and is signed in: the browser and the passkey. */
export async function aSignedIn(
  t: TestHub,
  party: Party,
  roles: string[],
  { alg = 'ES256', ...changes }: Partial<OfficerEnrolment> & { alg?: 'ES256' | 'EdDSA' } = {},
): Promise<{ officer: string; browser: Browser; passkey: SoftwareAuthenticator }> {
  const officer = await anOfficer(t, party, roles, changes);
  const browser = new Browser(t.url);
  const passkey = new SoftwareAuthenticator(t.url, alg);
  const reply = await enrol(browser, passkey, await aLink(t, party, officer));
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
  await browser.loadProof();
  // A sign-in at the hub's provider counts from the second after the passkey was made.
  await t.database.sql(
    `UPDATE auth.account SET holders_changed_at = holders_changed_at - interval '1 second' WHERE officer = $1`,
    [officer],
  );
  return { officer, browser, passkey };
}

/** Lets six minutes pass since an officer last used the passkey: every session of it wants a step-up. */
export async function makeStale(t: TestHub, officer: string): Promise<void> {
  await t.database.sql(
    `UPDATE auth.console_session SET authenticated_at = now() - interval '6 minutes'
     WHERE account_id = (SELECT id FROM auth.account WHERE officer = $1)`,
    [officer],
  );
}

/** Opens an enrolment link and makes a passkey with it. */
export async function enrol(browser: Browser, passkey: SoftwareAuthenticator, token: string): Promise<Reply> {
  const opened = await browser.post('/enrol/open', { token });
  if (opened.status !== 200) return opened;
  const options = opened.body['options'] as Parameters<SoftwareAuthenticator['create']>[0];
  return browser.post('/enrol', { token, response: passkey.create(options) });
}

/** A further passkey of the officer who is signed in at this browser, who has approved it. */
export async function aFurtherPasskey(t: TestHub, browser: Browser): Promise<SoftwareAuthenticator> {
  const made = await browser.ask<{ linkPasskey: { address: string } }>(
    'mutation($device: String!) { linkPasskey(device: $device) { address } }',
    { device: 'Phone' },
  );
  const passkey = new SoftwareAuthenticator(t.url);
  await enrol(new Browser(t.url), passkey, made.data!.linkPasskey.address.split('#')[1]!);
  await browser.ask('mutation($id: ID!) { approvePasskey(id: $id) { isApproved } }', { id: passkey.id });
  return passkey;
}

/** Shows a passkey where the hub's own provider waits for it: where the browser is sent next. */
export async function show(browser: Browser, passkey: SoftwareAuthenticator): Promise<string> {
  const options = (await browser.post('/sign-in/options')).body as unknown as { challenge: string };
  return String((await browser.post('/sign-in', { response: passkey.get(options) })).body['next']);
}
