/**
 * A part is a canonical text of its own, sent beside an object that quotes its SHA-256. Nominal data stands in parts, never
 * in payloads: whoever may not read a part still verifies the object, and erasing the part breaks no signature. 32 random
 * bytes of salt keep the hash from being guessed once the part is gone.
 */
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { canonicalize, parseCanonical, type JsonValue } from './canonical.js';
import { sha256 } from './digest.js';
import { PART_NAME, type PartLink } from './envelope.js';
import { ProtocolError } from './errors.js';
import { asString, constant, exactly, matching } from './shape.js';
import { encodeUtf8 } from './utf8.js';

const SALT_BYTES = 32;

/** A new part with fresh salt. `name` and `sha256` go into the envelope, `text` beside it. Throws SHAPE for a bad name. */
export async function makePart(name: string, data: unknown): Promise<PartLink & { text: string }> {
  matching(name, PART_NAME, '/name');
  const salt = encodeBase64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  const text = canonicalize({ v: 1, name, salt, data });
  return { name, text, sha256: sha256(text) };
}

/** The data of a part that is the one the envelope quotes. Throws PART; for a signed but malformed part, what is wrong. */
export async function checkPart(text: string, expected: PartLink): Promise<JsonValue> {
  if (sha256(text) !== expected.sha256) throw new ProtocolError('PART');
  const part = exactly(parseCanonical(encodeUtf8(text)), ['v', 'name', 'salt', 'data']);
  constant(part['v'], 1, '/v');
  if (part['name'] !== expected.name) throw new ProtocolError('PART', '/name');
  if (decodeBase64url(asString(part['salt'], '/salt')).length !== SALT_BYTES) {
    throw new ProtocolError('PART', '/salt');
  }
  return part['data'] ?? null;
}

/** The data of each part that an envelope quotes, in its order. Throws PART unless these texts are all of them, and what `checkPart` throws. */
export async function checkParts(
  expected: readonly PartLink[],
  parts: readonly { name: string; text: string }[],
): Promise<{ name: string; data: JsonValue }[]> {
  if (parts.length !== expected.length) throw new ProtocolError('PART', '/parts');
  return Promise.all(
    expected.map(async (link) => {
      const part = parts.find(({ name }) => name === link.name);
      if (!part) throw new ProtocolError('PART', '/parts');
      return { name: link.name, data: await checkPart(part.text, link) };
    }),
  );
}
