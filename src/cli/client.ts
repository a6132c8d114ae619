import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateJwk, PublicJwk } from '../protocol/keys.js';
import { HubRefused, HubUnreachable, NotSignedIn, type ReportedProblem } from './client-errors.js';
import {
  type AccessPage,
  type Changes,
  COMPOSERS,
  type Composable,
  COMPOSITION,
  type Composition,
  type ListOptions,
  type Me,
  type Opened,
  type Page,
  type SignedText,
  type Submitted,
  SUMMARY,
  type Uploaded,
} from './client-models.js';
import { tokenRequest } from './sign-in.js';

/** A hub as one unit's system reaches it. */
export interface HubClientOptions {
  /** Address of the hub, exactly as the hub knows it: it is part of the sign-in. */
  url: string;
  /** Code of the unit, such as VN-CUS-AS. */
  unit: string;
  /** The unit's sign-in key (`use: auth` in the key set), not its signing key. */
  clientKey: PrivateJwk;
  /** Language of the hub's sentences. */
  language?: string;
  /** Purpose under which objects are opened; the hub's default when absent. */
  purpose?: string;
  /** Milliseconds before the second and, doubled, before the third try of `submit`. */
  retryDelayMs?: number;
}

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: Extensions }[];
}

interface Extensions {
  code?: string;
  sub?: string;
  pointer?: string;
  problems?: ReportedProblem[];
}

const REQUEST_TIMEOUT_MS = 45_000;
/** A file of 25 MB over a line of 2 Mbit/s. */
const FILE_TIMEOUT_MS = 120_000;
const TRIES = 3;

/**
 * Speaks to a hub for one unit. Signs in by itself when it must; the token stays in memory. Signing keys never come here.
 * Throws HubRefused, NotSignedIn and HubUnreachable.
 */
export class HubClient {
  readonly url: string;
  private token: Promise<string> | undefined;

  constructor(private readonly options: HubClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
  }

  /** Gets a token. Every other method does so when there is none. */
  async signIn(): Promise<void> {
    this.token = this.fetchToken();
    await this.token;
  }

  /** Sends one GraphQL operation and gives its data. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    return this.signedIn(() => this.askOnce<T>(query, variables));
  }

  /** Uploads a file; the same bytes again are the same file. */
  async upload(content: Buffer, mediaType: string): Promise<Uploaded> {
    return this.signedIn(async () => {
      const digest = createHash('sha256').update(content).digest('base64');
      const headers = { 'content-type': mediaType, 'content-digest': `sha-256=:${digest}:`, ...(await this.headers()) };
      const init = { method: 'POST', headers, body: new Uint8Array(content) };
      const { status, content: answer } = await this.fetch('/files', init, FILE_TIMEOUT_MS);
      return dataOf<Uploaded>(this.url, status, answerIn(this.jsonOf(answer, status)));
    });
  }

  /** The bytes of an attachment of an object, as the hub gives them; the download is recorded. They are not judged here. */
  async download(object: string, sha256: string): Promise<{ content: Buffer; mediaType: string }> {
    return this.signedIn(async () => {
      const init = { headers: await this.headers() };
      const { status, type, content } = await this.fetch(`/files/${object}/${sha256}`, init, FILE_TIMEOUT_MS);
      if (status === 200) return { content, mediaType: type };
      return dataOf(this.url, status, answerIn(this.jsonOf(content, status)));
    });
  }

  async me(): Promise<Me> {
    return (await this.ask<{ me: Me }>('{ me { agency unit hub now permissions } }')).me;
  }

  /** One composition for each addressee, to be checked and signed with `signComposition`. */
  async compose(kind: Composable, input: object): Promise<Composition[]> {
    const { query, input: type } = COMPOSERS[kind];
    const operation = `query($input: ${type}!) { composed: ${query}(input: $input) { ${COMPOSITION} } }`;
    const { composed } = await this.ask<{ composed: Composition | Composition[] }>(operation, { input });
    return Array.isArray(composed) ? composed : [composed];
  }

  /** Sends a signed object, up to three times when no answer comes: the same object again gets its first receipt. */
  async submit({ text, parts }: SignedText): Promise<Submitted> {
    const operation = `mutation($object: String!, $parts: [PartInput!]!) {
      submit(object: $object, parts: $parts) { id receipt repeated }
    }`;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.ask<{ submit: Submitted }>(operation, { object: text, parts })).submit;
      } catch (error) {
        if (!(error instanceof HubUnreachable) || attempt === TRIES) throw error;
        await sleep((this.options.retryDelayMs ?? 500) * 2 ** (attempt - 1));
      }
    }
  }

  /** The feed after a place in it, from the beginning when there is none; waits up to 30 s for something. */
  async changes({
    after,
    first = 100,
    waitSeconds = 0,
  }: { after?: string; first?: number; waitSeconds?: number } = {}) {
    const operation = `query($after: String, $first: Int!, $waitSeconds: Int!) {
      changes(after: $after, first: $first, waitSeconds: $waitSeconds) {
        changes { cursor act objectId object { ${SUMMARY} } } endCursor hasMore
      }
    }`;
    return (await this.ask<{ changes: Changes }>(operation, { after: after ?? null, first, waitSeconds })).changes;
  }

  /** A page of what was received or sent, newest first. */
  async list({ box = 'inbox', first = 20, after, kind, lookUp }: ListOptions = {}): Promise<Page> {
    const operation = `query($first: Int!, $after: String, $kind: String, $lookUp: LookUp) {
      list: ${box}(first: $first, after: $after, kind: $kind, lookUp: $lookUp) {
        nodes { ${SUMMARY} } pageInfo { endCursor hasNextPage }
      }
    }`;
    const variables = { first, after: after ?? null, kind: kind ?? null, lookUp: lookUp ?? null };
    type Answered = { list: { nodes: Page['nodes']; pageInfo: Omit<Page, 'nodes'> } };
    const { list } = await this.ask<Answered>(operation, variables);
    return { nodes: list.nodes, ...list.pageInfo };
  }

  /** Who opened an object: other agencies, which its owner alone is told, or the caller's own. */
  async accesses(
    id: string,
    { by = 'OTHERS', first = 20, after }: { by?: 'OTHERS' | 'OWN'; first?: number; after?: string } = {},
  ): Promise<AccessPage> {
    const operation = `query($id: ID!, $by: AccessBy!, $first: Int!, $after: String) {
      list: objectAccess(id: $id, by: $by, first: $first, after: $after) {
        nodes { act at agency unit officer officerTitleEn officerTitleVi purpose } pageInfo { endCursor hasNextPage }
      }
    }`;
    type Answered = { list: { nodes: AccessPage['nodes']; pageInfo: Omit<AccessPage, 'nodes'> } };
    const { list } = await this.ask<Answered>(operation, { id, by, first, after: after ?? null });
    return { nodes: list.nodes, ...list.pageInfo };
  }

  /** Opens an object; its owner sees the opening, or the export, and that parts were handed out. */
  async open(id: string, { withParts = false, forExport = false } = {}): Promise<Opened> {
    const parts = withParts ? 'parts { name text withheld }' : '';
    const operation = `query($id: ID!, $forExport: Boolean!) {
      object(id: $id, forExport: $forExport) { ${SUMMARY} text receipt inReplyTo supersedes ${parts} }
    }`;
    const { object } = await this.ask<{ object: Omit<Opened, 'parts'> & Partial<Opened> }>(operation, {
      id,
      forExport,
    });
    return { parts: [], ...object };
  }

  /** An agency's signed key sets, oldest first. They prove nothing before they are verified against pinned roots. */
  async keySets(agency: string): Promise<string[]> {
    const operation = 'query($agency: ID!) { keySets(agency: $agency) }';
    return (await this.ask<{ keySets: string[] }>(operation, { agency })).keySets;
  }

  /** The keys that the hub says it signs receipts with. */
  async hubKeys(): Promise<PublicJwk[]> {
    const { hubKeySet } = await this.ask<{ hubKeySet: string[] }>('{ hubKeySet }');
    return hubKeySet.map((text) => JSON.parse(text) as PublicJwk);
  }

  async publishKeySet(keySet: string): Promise<{ agency: string; seq: number; digest: string; keys: number }> {
    const operation = 'mutation($keySet: String!) { publishKeySet(keySet: $keySet) { agency seq digest keys } }';
    type Answered = { publishKeySet: { agency: string; seq: number; digest: string; keys: number } };
    return (await this.ask<Answered>(operation, { keySet })).publishKeySet;
  }

  private async signedIn<T>(work: () => Promise<T>): Promise<T> {
    const hadToken = this.token !== undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotSignedIn)) throw error;
      this.token = undefined;
      // A token lasts five minutes: an old one is replaced once, a fresh one that is refused is refused for good.
      if (!hadToken) throw error;
      return work();
    }
  }

  private async headers(): Promise<Record<string, string>> {
    const { language, purpose } = this.options;
    return {
      authorization: `Bearer ${await this.currentToken()}`,
      ...(language === undefined ? {} : { 'accept-language': language }),
      ...(purpose === undefined ? {} : { 'x-liaison-purpose': purpose }),
    };
  }

  private async askOnce<T>(query: string, variables: object): Promise<T> {
    const headers = { 'content-type': 'application/json', ...(await this.headers()) };
    const { status, body } = await this.post('/graphql', JSON.stringify({ query, variables }), headers);
    return dataOf<T>(this.url, status, body);
  }

  private async currentToken(): Promise<string> {
    this.token ??= this.fetchToken();
    try {
      return await this.token;
    } catch (error) {
      this.token = undefined;
      throw error;
    }
  }

  private async fetchToken(): Promise<string> {
    const { unit, clientKey } = this.options;
    const { status, body } = await this.post('/oidc/token', await tokenRequest(this.url, unit, clientKey));
    const { access_token: token, error } = body as { access_token?: unknown; error?: unknown };
    if (typeof token === 'string') return token;
    if (status >= 500 || typeof error !== 'string') throw new HubUnreachable(this.url, `HTTP ${status}`);
    throw new NotSignedIn(error);
  }

  private async post(path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) {
    const { status, content } = await this.fetch(path, { method: 'POST', headers, body }, REQUEST_TIMEOUT_MS);
    return { status, body: this.jsonOf(content, status) };
  }

  /** Redirects are refused: whoever stands at the other address is not the hub that was meant. */
  private async fetch(path: string, init: RequestInit, timeoutMs: number) {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${this.url}${path}`, { ...init, signal, redirect: 'error' });
      const type = response.headers.get('content-type') ?? '';
      return { status: response.status, type, content: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      throw new HubUnreachable(this.url, reasonOf(error));
    }
  }

  /** The JSON object of an answer. Anything else is not the hub's: a page of a proxy, for instance. */
  private jsonOf(content: Buffer, status: number): object {
    try {
      const value: unknown = JSON.parse(content.toString());
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Told below.
    }
    throw new HubUnreachable(this.url, `HTTP ${status}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}

/** The answer of a plain route: its errors, or itself. */
function answerIn<T>(body: object): Answer<T> {
  return 'errors' in body ? (body as Answer<T>) : { data: body as T };
}

function dataOf<T>(url: string, status: number, { data, errors }: Answer<T>): T {
  const [error] = errors ?? [];
  if (!error && data) return data;
  if (!error) throw new HubUnreachable(url, `HTTP ${status}`);
  const { code = 'INTERNAL', sub, pointer, problems } = error.extensions ?? {};
  if (code === 'UNAUTHENTICATED') throw new NotSignedIn(error.message);
  if (code === 'UNAVAILABLE') throw new HubUnreachable(url, error.message);
  throw new HubRefused(error.message, code, sub, pointer, problems);
}
