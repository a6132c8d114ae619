import { ProtocolError } from './errors.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8 bytes of a string. TextEncoder alone would turn a lone surrogate into U+FFFD without a word: SURROGATE instead. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (!isWellFormed(text)) throw new ProtocolError('SURROGATE');
  return encoder.encode(text);
}

/** The string of UTF-8 bytes; a byte order mark is kept, so that later checks see it. Throws UTF8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProtocolError('UTF8');
  }
}

/** Whether a string has no lone surrogate, that is, can be said in UTF-8 (RFC 8785 section 3.2.2.2). */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
