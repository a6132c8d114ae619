import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type IssuerEntry, readIssuerEntry } from '../../src/operator/issuer-entry.js';
import { metadataToPin } from '../../src/operator/issuer-metadata.js';
import { recordIssuer } from '../../src/operator/issuers.js';
import type { OfficerEnrolment } from '../../src/operator/enrolment.js';
import { aLink, anOfficer, Browser, type Reply } from './browser.js';
import type { Party, TestHub } from './hub.js';

const SCRIPT = fileURLToPath(new URL('issuer-process.mjs', import.meta.url));

/** What the service says of who signs in next, and what it does wrong. */
export interface Saying {
  claims?: Record<string, unknown>;
  without?: string[];
  /** Changes of the address that it leads back to. */
  redirect?: Record<string, string | null>;
  metadata?: Record<string, unknown>;
  signed?: { alg?: string; key?: 'own' | 'other'; header?: object; atHash?: 'right' | 'wrong' };
  /** Status of the token endpoint's answer. */
  status?: number;
  /** What the token endpoint answers instead of tokens. */
  body?: object | null;
  /** Bytes that the token endpoint adds to its answer. */
  padding?: number;
  /** Where the address of its keys redirects to. */
  keysElsewhere?: string;
}

/** A national sign-in service, in a process of its own. */
export interface NationalIssuer {
  id: string;
  url: string;
  /** Until it is told otherwise. How often it has been asked for its keys so far. */
  says(saying: Saying): Promise<number>;
  stop(): Promise<void>;
}

export async function startIssuer(id: string): Promise<NationalIssuer> {
  const child = fork(SCRIPT, { execArgv: [], env: { PATH: process.env['PATH'] } });
  const heard = async <T>(): Promise<T> => ((await once(child, 'message')) as [T])[0];
  const { url } = await heard<{ url: string }>();
  return {
    id,
    url,
    says: async (saying) => {
      const answer = heard<{ asked: number }>();
      child.send(saying);
      return (await answer).asked;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** The file of an operator who lets this service in for these agencies. */
export function entryFor({ id, url }: NationalIssuer, agencies: string[], changes: Partial<IssuerEntry> = {}): object {
  return {
    id,
    issuer: url,
    nameEn: `Sign-in ${id}`,
    nameVi: `Đăng nhập ${id}`,
    clientId: 'liaison-hub',
    agencies,
    algorithms: ['ES256'],
    strengths: { 'urn:example:phr': 'phr', 'urn:example:mfa': 'aal2' },
    maxAgeSeconds: 3600,
    network: 'private',
    ...changes,
  };
}

/** Records the service at the hub. */
export async function trust(
  t: TestHub,
  issuer: NationalIssuer,
  agencies: string[],
  changes: Partial<IssuerEntry> = {},
): Promise<void> {
  const entry = readIssuerEntry({ ...entryFor(issuer, agencies, changes) });
  if ('pointer' in entry) throw new Error(entry.pointer);
  const metadata = await metadataToPin(entry);
  await t.database.asOperator((tx) => recordIssuer(tx, entry, metadata));
}

/** Where a browser that begins to sign in there is sent. */
export async function begin(browser: Browser, { id }: NationalIssuer, query = ''): Promise<URL> {
  const reply = await browser.get(`/sign-in/with/${id}${query}`);
  if (reply.status !== 303) throw new Error(`${reply.status} ${reply.text}`);
  return new URL(reply.headers.get('location')!);
}

/** Where the service leads the browser back to. */
export async function answerOf(address: URL | string): Promise<URL> {
  const answer = await fetch(address, { redirect: 'manual' });
  return new URL(answer.headers.get('location')!);
}

/** The browser comes back from the service's page. */
export function comeBack(browser: Browser, { pathname, search }: URL): Promise<Reply & { text: string }> {
  return browser.arrive(`${pathname}${search}`);
}

/** There and back. */
export async function signInAt(browser: Browser, issuer: NationalIssuer): Promise<Reply & { text: string }> {
  const reply = await comeBack(browser, await answerOf(await begin(browser, issuer)));
  if (reply.status === 200) await browser.loadProof();
  return reply;
}

/** Uses an enrolment link by signing in at the service. */
export async function enrolAt(
  browser: Browser,
  issuer: NationalIssuer,
  token: string,
): Promise<Reply & { text?: string }> {
  await browser.post('/enrol/open', { token });
  const reply = await browser.post('/enrol/with', { token, issuer: issuer.id });
  if (reply.status !== 200) return reply;
  const back = await comeBack(browser, await answerOf(String(reply.body['next'])));
  if (back.status === 200) await browser.loadProof();
  return back;
}

let subjects = 0;

/** An officer whose account is this service's subject, signed in there. */
export async function aLinked(
  t: TestHub,
  issuer: NationalIssuer,
  party: Party,
  roles: string[],
  changes: Partial<OfficerEnrolment> & { saying?: Saying } = {},
): Promise<{ officer: string; subject: string; browser: Browser }> {
  const { saying = {}, ...rest } = changes;
  const officer = await anOfficer(t, party, roles, rest);
  subjects += 1;
  const subject = `subject-${subjects}`;
  const browser = new Browser(t.url);
  await issuer.says({ ...saying, claims: { ...saying.claims, sub: subject } });
  const reply = await enrolAt(browser, issuer, await aLink(t, party, officer));
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text ?? JSON.stringify(reply.body)}`);
  return { officer, subject, browser };
}
