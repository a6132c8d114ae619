/** Builders for tests of this folder and of the modules above it. Nothing here is used by the product. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { canonicalize } from './canonical.js';
import type { Envelope } from './envelope.js';
import { ProtocolError } from './errors.js';
import { algorithmOf, possessionChallenge, rawSign, type KeyPair, type PossessionClaim } from './keys.js';
import { buildKeySet, type KeyEntry, type KeySetDraft } from './key-set.js';
import type { RegisteredKey } from './signed-object.js';
import { typeOf } from './signing.js';
import { encodeUtf8 } from './utf8.js';

/** The hub and the present of every test. */
export const HUB = 'hub.example';
export const NOW = new Date('2026-11-22T02:15:00Z');
export const SECONDS = NOW.getTime() / 1000;
export const DAY = 86_400;

/** A well-formed alert from VN-CUS-AS to LA-CUS, with these members changed. */
export function anEnvelope(changes: Partial<Envelope> = {}): Envelope {
  return {
    v: 1,
    kind: 'alert',
    hub: HUB,
    id: 'a5a1c2c4-6f0f-4c58-9d52-6e0a4d3b7f10',
    from: 'VN-CUS',
    unit: 'VN-CUS-AS',
    to: ['LA-CUS'],
    createdAt: '2026-11-22T02:15:00Z',
    inReplyTo: null,
    supersedes: null,
    operation: null,
    handling: { handlingCode: 'H0' },
    purpose: 'PREVENT_DETECT',
    authoredBy: 'p:7f3c',
    releasedBy: null,
    attachments: [],
    parts: [],
    body: { title: 'Container "MSKU 1234565" – đã đến' },
    ...changes,
  };
}

/** A unit's signing key for alerts, answers and feedback, valid since 30 days, with these members changed. */
export function aRegisteredKey(pair: KeyPair, changes: Partial<RegisteredKey> = {}): RegisteredKey {
  return {
    kid: pair.kid,
    jwk: pair.publicJwk,
    agency: 'VN-CUS',
    holder: 'unit:VN-CUS-AS',
    use: 'sig',
    kinds: ['alert', 'answer', 'feedback'],
    nbf: SECONDS - 30 * DAY,
    exp: SECONDS + 300 * DAY,
    revoked: null,
    ...changes,
  };
}

/** The same key as an entry of an agency's key set, with these members changed, and the proof that fits them. */
export function anEntry(pair: KeyPair, changes: Partial<KeyEntry> = {}, agency = 'VN-CUS'): KeyEntry {
  const { agency: _, ...rest } = aRegisteredKey(pair);
  const entry = { ...rest, ...changes };
  return { ...entry, proof: changes.proof ?? proofOf(pair, { hub: HUB, agency, use: entry.use, kid: entry.kid }) };
}

/** What `provePossession` makes, at once. */
export function proofOf({ privateJwk }: KeyPair, claim: PossessionClaim): string {
  const text = encodeUtf8(possessionChallenge(claim));
  const secret = decodeBase64url(privateJwk.d);
  return encodeBase64url(privateJwk.kty === 'OKP' ? ed25519.sign(text, secret) : p256.sign(text, secret));
}

/** The signed text of VN-CUS's key set with one root, which signs 20 days ago, with these fields changed. */
export function aKeySet(
  roots: KeyPair[],
  changes: Partial<KeySetDraft> = {},
  signers: KeyPair[] = roots,
  iat: number = SECONDS - 20 * DAY,
): Promise<string> {
  const fields = { hub: HUB, agency: 'VN-CUS', seq: 1, prev: null, threshold: 1, keys: [], ...changes };
  return buildKeySet(
    { ...fields, roots: changes.roots ?? roots.map(({ publicJwk }) => publicJwk) },
    signers.map((signer) => ({ ...signer, iat })),
  );
}

/** A signed text whose payload and header are taken as they are, however wrong, and truly signed. */
export async function signRaw(payload: Uint8Array | string, header: object | string, pair: KeyPair): Promise<string> {
  const headerText = typeof header === 'string' ? header : canonicalize(header);
  const protectedHeader = encodeBase64url(encodeUtf8(headerText));
  const segment = encodeBase64url(typeof payload === 'string' ? encodeUtf8(payload) : payload);
  const signature = encodeBase64url(await rawSign(pair.privateJwk, `${protectedHeader}.${segment}`));
  return JSON.stringify({ payload: segment, signatures: [{ protected: protectedHeader, signature }] });
}

/** The header that fits an alert signed now with this key, with these members changed. */
export function aHeader(pair: KeyPair, changes: object = {}): object {
  const alg = algorithmOf(pair.publicJwk);
  return { alg, hub: HUB, iat: SECONDS, kid: pair.kid, typ: typeOf('alert'), ...changes };
}

/** The code of the refusal, or `accepted`. Anything thrown that is not a ProtocolError goes on. */
export async function refusalOf(attempt: () => unknown): Promise<string> {
  return (await errorOf(attempt))?.sub ?? 'accepted';
}

/** The code of the refusal and the pointer, such as `SHAPE /to/0`, or the code alone where it says no place; or `accepted`. */
export async function faultOf(attempt: () => unknown): Promise<string> {
  const error = await errorOf(attempt);
  return error?.pointer === undefined ? (error?.sub ?? 'accepted') : `${error.sub} ${error.pointer}`;
}

async function errorOf(attempt: () => unknown): Promise<ProtocolError | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
