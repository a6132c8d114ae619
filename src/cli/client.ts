import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_APPEND_BYTES } from '../files/file-type.js';
import type { PrivateJwk, PublicJwk } from '../protocol/keys.js';
import { HubRefused, HubUnreachable, NotSignedIn, type ReportedProblem } from './client-errors.js';
import {
  type AccessPage,
  type DutyOptions,
  type DutyPage,
  type DutyTotals,
  type Changes,
  COMPOSERS,
  type Composable,
  type Composition,
  type Directory,
  type ImportedRow,
  type ListOptions,
  type Me,
  type Opened,
  type OutsidePartner,
  type Page,
  type RequestThread,
  type Restriction,
  type SignedText,
  type Submitted,
  type Uploaded,
} from './client-models.js';
import { documentNamed } from './documents.js';
import { bytesOf, jsonOf, type Outgoing, UnitSession } from './unit-session.js';
import { uploadInParts } from './upload-in-parts.js';

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
  /** The own agency's number of the case for which personal details are wanted; goes with a purpose. */
  caseRef?: string;
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

/** A file of 25 MB over a line of 2 Mbit/s. */
const FILE_TIMEOUT_MS = 120_000;
const TRIES = 3;
/** Key sets of one agency: more are none that anybody made. */
const MOST_SETS = 10_000;

/**
 * Speaks to a hub for one unit. Signs in by itself when it must; the token stays in memory. Keys that sign objects never come here.
 * Throws HubRefused, NotSignedIn and HubUnreachable.
 */
export class HubClient {
  readonly url: string;
  private readonly session: UnitSession;

  constructor(private readonly options: HubClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.session = new UnitSession(this.url, options.unit, options.clientKey);
  }

  /** Gets a token. Every other method does so when there is none. */
  async signIn(): Promise<void> {
    await this.session.signIn();
  }

  /** Sends one GraphQL operation of one's own and gives its data; the unit's connection has to allow that. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    return this.signedIn(() => this.askOnce<T>({ query, variables }));
  }

  /** Uploads a file, a long one in parts; the same bytes again are the same file. `tell` is told how far it has come. */
  async upload(
    content: Buffer,
    mediaType: string,
    tell: (sent: number, whole: number) => void = () => undefined,
  ): Promise<Uploaded> {
    const digest = createHash('sha256').update(content).digest('base64');
    const { retryDelayMs = 500 } = this.options;
    const send = (path: string, request: Outgoing): Promise<Response> => this.sendFile(path, request);
    const answer =
      content.length > MAX_APPEND_BYTES
        ? await uploadInParts(send, { content, mediaType, digest, tell, retryDelayMs })
        : await send('/files', {
            headers: { 'content-type': mediaType, 'content-digest': `sha-256=:${digest}:` },
            body: new Uint8Array(content),
          });
    return (await jsonOf(this.url, answer)) as Uploaded;
  }

  /** The bytes of an attachment of an object, as the hub gives them; the download is recorded. They are not judged here. */
  async download(object: string, sha256: string): Promise<{ content: Buffer; mediaType: string }> {
    return this.signedIn(async () => {
      const request = { method: 'GET', headers: this.headers(), timeoutMs: FILE_TIMEOUT_MS } as const;
      const answer = await this.session.send(`/files/${object}/${sha256}`, request);
      if (answer.status !== 200) return dataOf(this.url, answer.status, answerIn(await jsonOf(this.url, answer)));
      const mediaType = answer.headers.get('content-type') ?? '';
      return { content: await bytesOf(this.url, answer), mediaType };
    });
  }

  async me(): Promise<Me> {
    return (await this.run<{ me: Me }>('Me')).me;
  }

  /** One composition for each addressee, to be checked and signed with `signComposition`. */
  async compose(kind: Composable, input: object): Promise<Composition[]> {
    const { document } = COMPOSERS[kind];
    const { composed } = await this.run<{ composed: Composition | Composition[] }>(document, { input });
    return Array.isArray(composed) ? composed : [composed];
  }

  /** Sends a signed object, up to three times when no answer comes: the same object again gets its first receipt. */
  async submit({ text, parts }: SignedText): Promise<Submitted> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.run<{ submit: Submitted }>('Submit', { object: text, parts })).submit;
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
    return (await this.run<{ changes: Changes }>('Changes', { after: after ?? null, first, waitSeconds })).changes;
  }

  /** A page of what was received or sent, newest first. */
  async list({ box = 'inbox', first = 20, after, kind, lookUp }: ListOptions = {}): Promise<Page> {
    const variables = { first, after: after ?? null, kind: kind ?? null, lookUp: lookUp ?? null };
    type Answered = { list: { nodes: Page['nodes']; pageInfo: Omit<Page, 'nodes'> } };
    const { list } = await this.run<Answered>(box === 'inbox' ? 'Inbox' : 'Outbox', variables);
    return { nodes: list.nodes, ...list.pageInfo };
  }

  /** Who opened an object: other agencies, which its owner alone is told, or the caller's own. */
  async accesses(
    id: string,
    { by = 'OTHERS', first = 20, after }: { by?: 'OTHERS' | 'OWN'; first?: number; after?: string } = {},
  ): Promise<AccessPage> {
    type Answered = { list: { nodes: AccessPage['nodes']; pageInfo: Omit<AccessPage, 'nodes'> } };
    const { list } = await this.run<Answered>('Accesses', { id, by, first, after: after ?? null });
    return { nodes: list.nodes, ...list.pageInfo };
  }

  /** What the caller's agency owes, or is owed, what is due first standing first. */
  async duties({ owed, partner, unit, first = 20, after }: DutyOptions): Promise<DutyPage> {
    const variables = { owed, partner: partner ?? null, unit: unit ?? null, first, after: after ?? null };
    type Answered = { list: { nodes: DutyPage['nodes']; pageInfo: Omit<DutyPage, 'nodes'> } };
    const { list } = await this.run<Answered>('Duties', variables);
    return { nodes: list.nodes, ...list.pageInfo };
  }

  /** How much the caller's agency owes, or is owed, by partner and unit. */
  async dutyTotals(owed: DutyOptions['owed']): Promise<DutyTotals> {
    return (await this.run<{ dutyTotals: DutyTotals }>('DutyTotals', { owed })).dutyTotals;
  }

  /** Administrations that are not on the hub, as the caller's agency knows them. */
  async outsidePartners(): Promise<OutsidePartner[]> {
    return (await this.run<{ outsidePartners: OutsidePartner[] }>('OutsidePartners')).outsidePartners;
  }

  /** Writes down an administration that is not on the hub, or changes what is written of one. */
  async keepOutsidePartner(input: object, id?: string): Promise<OutsidePartner> {
    type Answered = { keepOutsidePartner: OutsidePartner };
    return (await this.run<Answered>('KeepOutsidePartner', { input, id: id ?? null })).keepOutsidePartner;
  }

  /** Registers rows of an old register, 100 at most, and tells of each what became of it; with `dryRun` nothing is kept. */
  async importLetters(rows: readonly object[], dryRun: boolean): Promise<ImportedRow[]> {
    return (await this.run<{ importLetters: ImportedRow[] }>('ImportLetters', { rows, dryRun })).importLetters;
  }

  /** Opens an object; its owner sees the opening, or the export, and that parts were handed out. */
  async open(id: string, { withParts = false, forExport = false } = {}): Promise<Opened> {
    const { object } = await this.run<{ object: Omit<Opened, 'parts'> & Partial<Opened> }>('Open', {
      id,
      forExport,
      withParts,
    });
    return { parts: [], ...object };
  }

  /** The provider's own condition on an object, which is read before it is opened; null where there is none. */
  async restriction(id: string): Promise<Restriction | null> {
    type Answered = { objectSummary: { restriction: Restriction | null } };
    return (await this.run<Answered>('Restriction', { id })).objectSummary.restriction;
  }

  /** Says that the condition with this digest was read. */
  async acknowledgeRestriction(id: string, digest: string): Promise<Restriction> {
    type Answered = { acknowledgeRestriction: Restriction };
    return (await this.run<Answered>('AcknowledgeRestriction', { id, digest })).acknowledgeRestriction;
  }

  /** A request with all that followed; opens its newest version. */
  async request(id: string): Promise<RequestThread> {
    return (await this.run<{ request: RequestThread }>('Request', { id })).request;
  }

  /** Every agency and unit, and the caller's agreements and communities. */
  async directory(): Promise<Directory> {
    type Answered = { agencies: Directory['agencies']; me: Omit<Directory, 'agencies'> };
    const { agencies, me } = await this.run<Answered>('Directory');
    return { agencies, ...me };
  }

  /** An agency's signed key sets, oldest first. They prove nothing before they are verified against pinned roots. */
  async keySets(agency: string): Promise<string[]> {
    const chain: string[] = [];
    for (;;) {
      const { keySets } = await this.run<{ keySets: string[] }>('KeySets', { agency, after: chain.length });
      // A hub that gives the same again and again is not asked for ever; that the chain holds is for whoever verifies it.
      if (keySets.length === 0 || chain.includes(keySets[0]!) || chain.length > MOST_SETS) return chain;
      chain.push(...keySets);
    }
  }

  /** The keys that the hub says it signs receipts with. */
  async hubKeys(): Promise<PublicJwk[]> {
    const { hubKeySet } = await this.run<{ hubKeySet: string[] }>('HubKeys');
    return hubKeySet.map((text) => JSON.parse(text) as PublicJwk);
  }

  async publishKeySet(keySet: string): Promise<{ agency: string; seq: number; digest: string; keys: number }> {
    type Answered = { publishKeySet: { agency: string; seq: number; digest: string; keys: number } };
    return (await this.run<Answered>('PublishKeySet', { keySet })).publishKeySet;
  }

  /** An answer about files that is no refusal. */
  private sendFile(path: string, request: Outgoing): Promise<Response> {
    return this.signedIn(async () => {
      const headers = { ...request.headers, ...this.headers() };
      const answer = await this.session.send(path, { ...request, headers, timeoutMs: FILE_TIMEOUT_MS });
      if (answer.ok) return answer;
      return dataOf<never>(this.url, answer.status, answerIn(await jsonOf(this.url, answer)));
    });
  }

  private async signedIn<T>(work: () => Promise<T>): Promise<T> {
    const hadToken = this.session.isBegun;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotSignedIn)) throw error;
      this.session.forget();
      // A token lasts five minutes: an old one is replaced once, a fresh one that is refused is refused for good.
      if (!hadToken) throw error;
      return work();
    }
  }

  private headers(): Record<string, string> {
    const { language, purpose, caseRef } = this.options;
    return {
      ...(language === undefined ? {} : { 'accept-language': language }),
      ...(purpose === undefined ? {} : { 'x-liaison-purpose': purpose }),
      ...(caseRef === undefined ? {} : { 'x-liaison-case-ref': encodeURIComponent(caseRef) }),
    };
  }

  /** Asks what the document of this name asks. */
  private run<T>(name: string, variables: object = {}): Promise<T> {
    return this.signedIn(() => this.askOnce<T>({ documentId: documentNamed(name), variables }));
  }

  private async askOnce<T>(request: object): Promise<T> {
    const headers = { 'content-type': 'application/json', ...this.headers() };
    const answer = await this.session.send('/graphql', { headers, body: JSON.stringify(request) });
    return dataOf<T>(this.url, answer.status, await jsonOf(this.url, answer));
  }
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
