/**
 * Keys as JSON Web Keys. A public key is registered only if (security.md 2.5):
 *
 * - it is an Ed25519 (RFC 8037) or a P-256 (RFC 7518 section 6.2) key without any private member
 * - its coordinates are base64url in the one canonical spelling, 32 bytes each, below the field prime, and on the curve
 * - an Ed25519 point is not of small order (one fixed signature would verify for every message) and has no torsion part
 * - its holder proves possession by signing a challenge that names hub, agency, use and key
 */
import { calculateJwkThumbprint, type CryptoKey, type JWK } from 'jose';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { canonicalize } from './canonical.js';
import { ProtocolError } from './errors.js';
import { asObject } from './shape.js';
import { encodeUtf8 } from './utf8.js';

/** JWS algorithm names: `Ed25519` (RFC 9864; never `EdDSA`) and `ES256` (RFC 7518 section 3.4) for P-256 keys. */
export type Algorithm = 'Ed25519' | 'ES256';

/** A public key with its public members only. */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string } | { kty: 'EC'; crv: 'P-256'; x: string; y: string };

/** A key with its private member. */
export type PrivateJwk = PublicJwk & { d: string };

/** Both halves of a key and its thumbprint. */
export interface KeyPair {
  privateJwk: PrivateJwk;
  publicJwk: PublicJwk;
  kid: string;
}

/** What a key may be used for: one use only. */
export type KeyUse = 'sig' | 'enc' | 'auth' | 'enrol';

/** What a proof of possession is about. */
export interface PossessionClaim {
  hub: string;
  agency: string;
  use: KeyUse;
  kid: string;
  /** Another key of the same person, made at a further device, that this one admits. */
  admits?: string;
}

/** The form of a key id: 32 bytes in canonical base64url. */
export const KID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** The algorithm that a key is for. There is no choice: Ed25519 or, for P-256, ES256. */
export function algorithmOf(jwk: PublicJwk): Algorithm {
  return jwk.kty === 'OKP' ? 'Ed25519' : 'ES256';
}

/** SHA-256 thumbprint of a key of any type, base64url (RFC 7638; for OKP keys RFC 8037 section 2). */
export function thumbprint(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk, 'sha256');
}

/** The public members of a key that may be registered. Throws SHAPE, KEY_PRIVATE, ALG, KEY_POINT or KEY_SMALL_ORDER. */
export function checkPublicKey(jwk: unknown): PublicJwk {
  const { kty, crv, x, y, ...rest } = asObject(jwk);
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(rest, name))) throw new ProtocolError('KEY_PRIVATE');
  if (kty === 'OKP' && crv === 'Ed25519') {
    checkEdwardsPoint(coordinate(x));
    return { kty, crv, x: x as string };
  }
  if (kty === 'EC' && crv === 'P-256') {
    checkP256Point(coordinate(x), coordinate(y));
    return { kty, crv, x: x as string, y: y as string };
  }
  throw new ProtocolError('ALG');
}

/** A new extractable key, Ed25519 unless ES256 is asked for. */
export async function generateKey(alg: Algorithm = 'Ed25519'): Promise<KeyPair> {
  const pair = (await crypto.subtle.generateKey(PARAMETERS[alg], true, ['sign', 'verify'])) as {
    privateKey: CryptoKey;
  };
  const { d, ...exported } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  const publicJwk = checkPublicKey(exported);
  return { privateJwk: { ...publicJwk, d: d! }, publicJwk, kid: await thumbprint(publicJwk) };
}

/** 64 raw signature bytes (Ed25519, or r‖s for ES256) over the UTF-8 of the input, by a JWK or a non-extractable key. */
export async function rawSign(key: PrivateJwk | CryptoKey, signingInput: string): Promise<Uint8Array<ArrayBuffer>> {
  const alg = 'kty' in key ? algorithmOf(key) : key.algorithm.name === 'ECDSA' ? 'ES256' : 'Ed25519';
  const signer = 'kty' in key ? await imported(key, alg) : key;
  return new Uint8Array(await crypto.subtle.sign(PARAMETERS[alg], signer, encodeUtf8(signingInput)));
}

const importedKeys = new WeakMap<PrivateJwk, Promise<CryptoKey>>();

/** A signing key is imported once: the hub signs every receipt with the same one, and importing costs as much as signing. */
function imported(key: PrivateJwk, alg: Algorithm): Promise<CryptoKey> {
  const known = importedKeys.get(key) ?? crypto.subtle.importKey('jwk', key, PARAMETERS[alg], false, ['sign']);
  importedKeys.set(key, known);
  return known;
}

/** Whether raw signature bytes verify. The algorithm is the key's; nothing that came with the signature chooses it. */
export async function rawVerify(jwk: PublicJwk, signingInput: string, signature: Uint8Array): Promise<boolean> {
  const parameters = PARAMETERS[algorithmOf(jwk)];
  const key = await crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify']);
  return crypto.subtle.verify(parameters, key, new Uint8Array(signature), encodeUtf8(signingInput));
}

/** The text that a holder signs to prove possession. It begins with `{`, which no JWS signing input does. */
export function possessionChallenge({ hub, agency, use, kid, admits }: PossessionClaim): string {
  return canonicalize({ v: 1, kind: 'possession', hub, agency, use, kid, ...(admits === undefined ? {} : { admits }) });
}

/** The proof of possession for a claim: the base64url of a raw signature over its challenge. */
export async function provePossession(key: PrivateJwk | CryptoKey, claim: PossessionClaim): Promise<string> {
  return encodeBase64url(await rawSign(key, possessionChallenge(claim)));
}

/** Throws KEY_POSSESSION unless the claim names this key and the proof is this key's signature over the claim. */
export async function checkPossession(jwk: PublicJwk, claim: PossessionClaim, proof: string): Promise<void> {
  const isNamed = claim.kid === (await thumbprint(jwk));
  const isProven = await rawVerify(jwk, possessionChallenge(claim), decodeBase64url(proof));
  if (!isNamed || !isProven) throw new ProtocolError('KEY_POSSESSION');
}

const PARAMETERS = {
  Ed25519: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const satisfies Record<Algorithm, object>;

function coordinate(text: unknown): Uint8Array {
  if (typeof text !== 'string' || !KID.test(text)) throw new ProtocolError('KEY_POINT');
  return decodeBase64url(text);
}

/** RFC 8032 section 5.1.3 decoding refuses y ≥ p and the sign of x = 0. */
function checkEdwardsPoint(bytes: Uint8Array): void {
  const point = decodePoint(() => ed25519.Point.fromBytes(bytes));
  if (point.isSmallOrder()) throw new ProtocolError('KEY_SMALL_ORDER');
  if (!point.isTorsionFree()) throw new ProtocolError('KEY_POINT');
}

/** Cofactor 1: every point on the curve but infinity, which has no coordinates, is in the prime-order group. */
function checkP256Point(x: Uint8Array, y: Uint8Array): void {
  decodePoint(() => p256.Point.fromBytes(Uint8Array.of(4, ...x, ...y)));
}

function decodePoint<Point>(decode: () => Point): Point {
  try {
    return decode();
  } catch {
    throw new ProtocolError('KEY_POINT');
  }
}
