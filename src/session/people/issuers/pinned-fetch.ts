import type { CustomFetch } from 'openid-client';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/** The other side did not answer in time, or at all. */
export class NoAnswer extends Error {}

/**
 * fetch() to these addresses alone, whatever a token, an answer or a redirect says: exactly as they stand here, without following
 * redirects, five seconds and 256 kB (after decompression) at most. Throws for anything else, NoAnswer where none came.
 */
export function pinnedFetch(addresses: readonly (string | undefined)[]): CustomFetch {
  const allowed = new Set(addresses.flatMap((address) => (address === undefined ? [] : [new URL(address).href])));
  return async (url, { method, headers, body }) => {
    if (!allowed.has(new URL(url).href)) throw new Error('an address that is not pinned');
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = {
      method,
      headers,
      body: (body ?? null) as RequestInit['body'] & {},
      redirect: 'manual',
      signal,
    } as const;
    const response = await fetch(url, sent).catch((error: unknown) => {
      throw new NoAnswer('no answer', { cause: error });
    });
    const content = await readUpTo(response, MAX_BYTES);
    const hasNoBody = response.status === 204 || response.status === 304;
    return new Response(hasNoBody ? null : content, { status: response.status, headers: response.headers });
  };
}

async function readUpTo(response: Response, most: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > most) throw new Error('an answer of more than 256 kB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
