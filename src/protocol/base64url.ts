import { base64url } from 'jose';
import { ProtocolError } from './errors.js';

/** Base64url without padding (RFC 7515 section 2). */
export function encodeBase64url(bytes: Uint8Array): string {
  return base64url.encode(bytes);
}

/**
 * Bytes of a non-empty base64url text that has exactly one spelling: only the alphabet, no padding, no space, no stray
 * trailing bits (decode, encode again, compare). Decoders by themselves accept several spellings of the same bytes. Throws B64.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) throw new ProtocolError('B64');
  const bytes = new Uint8Array(base64url.decode(text));
  if (encodeBase64url(bytes) !== text) throw new ProtocolError('B64');
  return bytes;
}
