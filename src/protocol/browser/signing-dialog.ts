/**
 * What an officer is shown before signing, and the signature: both made from the very bytes that are signed, never from what a hub says
 * of them (security.md 2.7).
 */
import type { CryptoKey } from 'jose';
import { encodeBase64url } from '../base64url.js';
import { parseCanonical, type JsonValue } from '../canonical.js';
import { digestOf, type Digest } from '../digest.js';
import { checkEnvelope, type Envelope, type PartLink } from '../envelope.js';
import { ProtocolError } from '../errors.js';
import { rawSign } from '../keys.js';
import { checkParts } from '../part.js';
import { prepare, type SignatureMember, typeOf } from '../signing.js';
import { encodeUtf8 } from '../utf8.js';

/** A text that may be signed, as its signer should see it. */
export interface Shown {
  envelope: Envelope;
  digest: Digest;
  /** Every member, in the order of the text: where it stands and what it says. */
  lines: ShownLine[];
}

/** One member of a text. `path` is its place, such as `body/route/0/place`; marks and controls in `value` are made visible. */
export interface ShownLine {
  path: string;
  value: string;
}

/** What would turn or hide text on a screen: bidirectional and other format characters, and controls (S29, G29). */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Reads a composed text. Throws a ProtocolError for anything but the canonical text of an envelope for this hub and agency. */
export function readForSigning(text: string, { hub, agency }: { hub: string; agency: string }): Shown {
  const bytes = encodeUtf8(text);
  const envelope = checkEnvelope(parseCanonical(bytes));
  if (envelope.hub !== hub) throw new ProtocolError('HUB', '/hub');
  if (envelope.from !== agency) throw new ProtocolError('FROM', '/from');
  return { envelope, digest: digestOf(bytes), lines: linesOf(envelope as unknown as JsonValue, '') };
}

/** What the texts say that are sent beside an envelope which quotes them so. Throws PART for any that is missing, changed or not quoted. */
export async function readParts(
  quoted: readonly PartLink[],
  parts: readonly { name: string; text: string }[],
): Promise<ShownLine[]> {
  const read = await checkParts(quoted, parts);
  return read.flatMap(({ name, data }) => linesOf(data, `parts/${name}`));
}

/** The officer's signature over what was shown, at `iat` (seconds since 1970). */
export async function signShown(
  { envelope }: Shown,
  key: CryptoKey,
  kid: string,
  iat: number,
): Promise<SignatureMember> {
  const header = { alg: 'Ed25519', hub: envelope.hub, iat, kid, typ: typeOf(envelope.kind) } as const;
  const { protected: protectedHeader, signingInput } = prepare(envelope, header);
  return { protected: protectedHeader, signature: encodeBase64url(await rawSign(key, signingInput)) };
}

function linesOf(value: JsonValue, path: string): ShownLine[] {
  if (value === null || typeof value !== 'object') return [{ path, value: visible(String(value ?? '–')) }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ path, value: '–' }];
  return entries.flatMap(([name, member]) => linesOf(member, path === '' ? visible(name) : `${path}/${visible(name)}`));
}

function visible(text: string): string {
  return text.replace(
    INVISIBLE,
    (character) => `⟦U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟧`,
  );
}
