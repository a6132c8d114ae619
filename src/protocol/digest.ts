import { sha256 as hash } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeUtf8 } from './utf8.js';

/** `sha256:` and 64 lower-case hex digits: the name of a content wherever one object quotes another. */
export type Digest = `sha256:${string}`;

/** The form of a digest. */
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The form of a bare SHA-256, as members called `sha256` carry it. */
export const SHA256 = /^[0-9a-f]{64}$/;

/** SHA-256 of bytes, or of the UTF-8 of a string, as a digest. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${sha256(content)}`;
}

/**
 * SHA-256 of bytes, or of the UTF-8 of a string, as 64 lower-case hex digits without prefix. At once and not by WebCrypto, where
 * handing the work to another thread costs more than hashing an object.
 */
export function sha256(content: Uint8Array | string): string {
  return bytesToHex(hash(typeof content === 'string' ? encodeUtf8(content) : content));
}
