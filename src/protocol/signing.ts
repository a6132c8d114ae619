/**
 * Making signed texts in three steps, so that the middle one may happen in a security module, a browser's key store or on
 * paper: `prepare`, a raw signature over `signingInput`, `assemble`. The form is JWS General JSON (RFC 7515 section 7.2.1)
 * with embedded payload, itself canonical JSON.
 */
import { encodeBase64url } from './base64url.js';
import { canonicalize } from './canonical.js';
import { algorithmOf, rawSign, type Algorithm, type PrivateJwk } from './keys.js';
import { secondsOf } from './timestamp.js';
import { encodeUtf8 } from './utf8.js';

/** The protected header of every signature; `iat` in seconds since 1970. */
export interface ProtectedHeader {
  alg: Algorithm;
  hub: string;
  iat: number;
  kid: string;
  typ: string;
}

/** What there is to sign: the canonical payload, the base64url header and the two as RFC 7515 section 5.1 joins them. */
export interface Prepared {
  text: string;
  protected: string;
  signingInput: string;
}

/** One signature as it stands in the text, both members base64url. */
export interface SignatureMember {
  protected: string;
  signature: string;
}

/** A key that signs now, or at `iat` (seconds since 1970). A `KeyPair` will do. */
export interface Signer {
  privateJwk: PrivateJwk;
  kid: string;
  iat?: number;
}

/** The `typ` of a kind of payload: `liaison-<kind>+jws`. */
export function typeOf(kind: string): string {
  return `liaison-${kind}+jws`;
}

/** Prepares one signature over a payload. Throws what `canonicalize` throws. */
export function prepare(payload: object, { kid, alg, typ, hub, iat }: ProtectedHeader): Prepared {
  const text = canonicalize(payload);
  const header = encodeBase64url(encodeUtf8(canonicalize({ alg, hub, iat, kid, typ })));
  return { text, protected: header, signingInput: `${header}.${encodeBase64url(encodeUtf8(text))}` };
}

/** The signed text from a canonical payload and its signatures, the author's first and the releaser's last. */
export function assemble(text: string, signatures: readonly SignatureMember[]): string {
  const members = signatures.map((each) => ({ protected: each.protected, signature: each.signature }));
  return canonicalize({ payload: encodeBase64url(encodeUtf8(text)), signatures: members });
}

/** Signs a payload, which names its own kind and hub, with every signer in this order, and returns the signed text. */
export async function signObject(payload: { kind: string; hub: string }, ...signers: Signer[]): Promise<string> {
  const signatures = await Promise.all(signers.map((signer) => signWith(payload, signer)));
  return assemble(canonicalize(payload), signatures);
}

async function signWith(payload: { kind: string; hub: string }, signer: Signer): Promise<SignatureMember> {
  const prepared = prepare(payload, {
    alg: algorithmOf(signer.privateJwk),
    hub: payload.hub,
    iat: signer.iat ?? secondsOf(new Date()),
    kid: signer.kid,
    typ: typeOf(payload.kind),
  });
  const signature = await rawSign(signer.privateJwk, prepared.signingInput);
  return { protected: prepared.protected, signature: encodeBase64url(signature) };
}
