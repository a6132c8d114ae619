import type { CustomFetch } from 'openid-client';
import { Agent, type BodyInit, fetch, type Response as Answer } from 'undici';
import { AddressRefused, isRefusedLiteral, type IssuerNetwork, vettedLookup } from './vetted-address.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/** The other side did not answer in time, or not to the end. */
export class NoAnswer extends Error {}

const AGENTS: Readonly<Record<IssuerNetwork, Agent>> = {
  public: new Agent({ connect: { lookup: vettedLookup('public') } }),
  private: new Agent({ connect: { lookup: vettedLookup('private') } }),
};

/**
 * fetch() to these addresses alone, whatever a token, an answer or a redirect says: exactly as they stand here, where this network is, without
 * following redirects, five seconds and 256 kB (after decompression) at most. Throws for anything else, NoAnswer where none came.
 */
export function pinnedFetch(addresses: readonly (string | undefined)[], network: IssuerNetwork): CustomFetch {
  const allowed = new Set(addresses.flatMap((address) => (address === undefined ? [] : [new URL(address).href])));
  return async (url, { method, headers, body }) => {
    if (!allowed.has(new URL(url).href)) throw new Error('an address that is not pinned');
    const response = await ask(url, network, { method, headers, body: (body ?? null) as BodyInit });
    const content = await readUpTo(response, MAX_BYTES);
    const hasNoBody = response.status === 204 || response.status === 304;
    return new Response(hasNoBody ? null : content, { status: response.status, headers: [...response.headers] });
  };
}

async function ask(
  url: string,
  network: IssuerNetwork,
  request: { method: string; headers: Record<string, string>; body: BodyInit },
): Promise<Answer> {
  try {
    if (isRefusedLiteral(url, network)) throw new AddressRefused(network);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(url, { ...request, redirect: 'manual', signal, dispatcher: AGENTS[network] });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof AddressRefused ? error.cause : error;
    throw new NoAnswer(cause instanceof AddressRefused ? cause.message : 'no answer', { cause });
  }
}

async function readUpTo(response: Answer, most: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > most) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new NoAnswer('half an answer', { cause: error });
  }
  if (size > most) throw new Error('an answer of more than 256 kB');
  return Buffer.concat(chunks);
}
