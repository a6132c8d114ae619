import { generateKey, type KeyPair, type PrivateJwk } from '../protocol/keys.js';
import { HubUnreachable, NotSignedIn } from './client-errors.js';
import { dpopProof } from './dpop.js';
import { tokenRequest } from './sign-in.js';

/** What goes out to the hub. */
export interface Outgoing {
  method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | URLSearchParams;
  /** How long the answer may take. */
  timeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 45_000;
const NONCE_WANTED = 'use_dpop_nonce';

/**
 * A unit's system signed in at a hub. Its token is bound to a key that lives in this process alone, and every request proves
 * possession of that key (RFC 9449): a stolen token is worth nothing. Throws NotSignedIn and HubUnreachable.
 */
export class UnitSession {
  private readonly proofKey: Promise<KeyPair> = generateKey();
  private token: Promise<string> | undefined;
  private apiNonce: string | undefined;
  private signInNonce: string | undefined;

  /** `url` is the hub's address exactly as the hub knows it; `clientKey` the unit's sign-in key. */
  constructor(
    private readonly url: string,
    private readonly unit: string,
    private readonly clientKey: PrivateJwk,
  ) {}

  /** Whether there is a token, good or not. */
  get isBegun(): boolean {
    return this.token !== undefined;
  }

  /** Gets a token. `send` does so when there is none. */
  async signIn(): Promise<void> {
    this.token = this.fetchToken();
    try {
      await this.token;
    } catch (error) {
      this.token = undefined;
      throw error;
    }
  }

  /** The next request will sign in anew. */
  forget(): void {
    this.token = undefined;
  }

  /** Sends one request with token and proof, once more when the hub wants a newer nonce in the proof. */
  async send(path: string, request: Outgoing): Promise<Response> {
    const answer = await this.sendOnce(path, request);
    if (!answer.headers.get('www-authenticate')?.includes(NONCE_WANTED)) return answer;
    await answer.body?.cancel();
    return this.sendOnce(path, request);
  }

  /** The headers that sign one request: for programs that send it themselves and hand the answer's nonce to `learn`. */
  async headersFor(method: string, path: string): Promise<{ authorization: string; dpop: string }> {
    if (!this.token) await this.signIn();
    const accessToken = await this.token!;
    const url = `${this.url}${path}`;
    const dpop = await dpopProof(await this.proofKey, { method, url, accessToken, nonce: this.apiNonce });
    return { authorization: `DPoP ${accessToken}`, dpop };
  }

  /** Takes over the nonce that an answer brought. */
  learn(nonce: string | null | undefined): void {
    this.apiNonce = nonce ?? this.apiNonce;
  }

  private async sendOnce(path: string, { method = 'POST', headers, body, timeoutMs }: Outgoing): Promise<Response> {
    const signed = { ...headers, ...(await this.headersFor(method, path)) };
    const answer = await this.fetch(path, { method, headers: signed, ...(body !== undefined && { body }) }, timeoutMs);
    this.learn(answer.headers.get('dpop-nonce'));
    return answer;
  }

  private async fetchToken(): Promise<string> {
    const first = await this.askToken();
    const { status, answer } = first.answer.error === NONCE_WANTED ? await this.askToken() : first;
    if (typeof answer.access_token === 'string') return answer.access_token;
    if (status >= 500 || typeof answer.error !== 'string') throw new HubUnreachable(this.url, `HTTP ${status}`);
    throw new NotSignedIn(answer.error);
  }

  /** An assertion is good once, so each try makes its own. */
  private async askToken(): Promise<{ status: number; answer: { access_token?: unknown; error?: unknown } }> {
    const path = '/oidc/token';
    const proof = { method: 'POST', url: `${this.url}${path}`, nonce: this.signInNonce };
    const response = await this.fetch(path, {
      method: 'POST',
      headers: { dpop: await dpopProof(await this.proofKey, proof) },
      body: await tokenRequest(this.url, this.unit, this.clientKey),
    });
    this.signInNonce = response.headers.get('dpop-nonce') ?? this.signInNonce;
    return { status: response.status, answer: await jsonOf(this.url, response) };
  }

  /** Redirects are refused: whoever stands at the other address is not the hub that was meant. */
  private async fetch(path: string, request: RequestInit, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      return await fetch(`${this.url}${path}`, { ...request, signal, redirect: 'error' });
    } catch (error) {
      throw new HubUnreachable(this.url, reasonOf(error));
    }
  }
}

/** The bytes of an answer. Throws HubUnreachable when they do not come whole. */
export async function bytesOf(url: string, response: Response): Promise<Buffer> {
  const bytes = await response.arrayBuffer().catch((error: unknown) => {
    throw new HubUnreachable(url, reasonOf(error));
  });
  return Buffer.from(bytes);
}

/** The JSON object of an answer. Throws HubUnreachable for anything else: a page of a proxy, for instance. */
export async function jsonOf(url: string, response: Response): Promise<object> {
  const text = await response.text().catch((error: unknown) => {
    throw new HubUnreachable(url, reasonOf(error));
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new HubUnreachable(url, `HTTP ${response.status}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}
