import { encodeUtf8 } from './utf8.js';

/** `sha256:` and 64 lower-case hex digits: the name of a content wherever one object quotes another. */
export type Digest = `sha256:${string}`;

/** The form of a digest. */
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The form of a bare SHA-256, as members called `sha256` carry it. */
export const SHA256 = /^[0-9a-f]{64}$/;

/** SHA-256 of bytes, or of the UTF-8 of a string, as a digest. */
export async function digestOf(content: Uint8Array | string): Promise<Digest> {
  return `sha256:${await sha256(content)}`;
}

/** SHA-256 of bytes, or of the UTF-8 of a string, as 64 lower-case hex digits without prefix. */
export async function sha256(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? encodeUtf8(content) : new Uint8Array(content);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
