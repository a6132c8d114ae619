/**
 * Strict reading of a signed text: the profile of security.md 2.2, in the order of 2.4. Reading verifies no signature.
 *
 * 1. at most 1 MB; exactly `payload` and `signatures`, each exactly `protected` and `signature`; one to four; canonical
 * 2. every base64url value in its one spelling
 * 3. payload a canonical object; each protected header canonical and with known members only
 * 4. `alg`, `typ` (and the payload's `kind`), `hub` (and the payload's), `iat`, `kid`; no `kid` twice
 */
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { canonicalize, parseCanonical, parseJson, pointerTo, type JsonObject, type JsonValue } from './canonical.js';
import { digestOf, type Digest } from './digest.js';
import { ProtocolError } from './errors.js';
import { algorithmOf, KID, rawVerify, type PublicJwk } from './keys.js';
import { asObject, asString, exactly } from './shape.js';
import { typeOf, type ProtectedHeader, type SignatureMember } from './signing.js';
import { secondsOf } from './timestamp.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/** What a reader expects of a signed text. */
export interface JwsRules {
  /** Identity of this hub. */
  hub: string;
  /** The kinds that are read here; the type of any other is refused. */
  kinds: readonly string[];
  /** The time against which `iat` may not lie in the future. Left out where a chain or a receipt fixes the time. */
  now?: Date;
  /** The greatest age in seconds of a signature, given the payload's kind and whether it is the last one. */
  maxAge?: (kind: string, isLast: boolean) => number;
}

/** A signature whose header passed the profile, unverified. */
export interface ReadSignature extends ProtectedHeader, SignatureMember {}

/** A signed text that passed the profile, its signatures unverified. */
export interface ReadJws {
  text: string;
  payload: JsonObject;
  /** The exact payload that was signed, canonical JSON. */
  payloadText: string;
  /** SHA-256 of the payload: the object's identity, whoever signed it. */
  digest: Digest;
  signatures: ReadSignature[];
}

const MAX_BYTES = 1_000_000;
const MAX_SIGNATURES = 4;
const MAX_CLOCK_SKEW = 300;
const HEADER_MEMBERS = ['alg', 'cty', 'hub', 'iat', 'kid', 'typ'];

/** Reads a signed text by the list above. Throws the code of the first check that fails. */
export async function readJws(text: string, rules: JwsRules): Promise<ReadJws> {
  checkSize(text);
  const outer = parseOuter(text);
  const segments = decodeSegments(outer);
  const payload = asObject(parseCanonical(segments.payload));
  const headers = segments.headers.map(parseHeader);
  const signatures = headers.map((header, i) => {
    checkHeader(header, payload, rules, i === headers.length - 1, pointerTo('/signatures', i));
    return { ...header, ...outer.signatures[i]! };
  });
  checkDistinctKeys(signatures);
  return {
    text,
    payload,
    payloadText: decodeUtf8(segments.payload),
    digest: digestOf(segments.payload),
    signatures,
  };
}

/** Throws ALG unless the header names the key's algorithm, SIGNATURE unless the signature verifies (RFC 7515 section 5.2). */
export async function verifySignature(read: ReadJws, signature: ReadSignature, jwk: PublicJwk): Promise<void> {
  if (signature.alg !== algorithmOf(jwk)) throw new ProtocolError('ALG');
  const signingInput = `${signature.protected}.${encodeBase64url(encodeUtf8(read.payloadText))}`;
  const isGenuine = await rawVerify(jwk, signingInput, decodeBase64url(signature.signature));
  if (!isGenuine) throw new ProtocolError('SIGNATURE');
}

function checkSize(text: string): void {
  if (text.length > MAX_BYTES || encodeUtf8(text).length > MAX_BYTES) throw new ProtocolError('SIZE');
}

/** The outer object is canonical too, or a second `payload` member could show two parsers two contents. */
function parseOuter(text: string): { payload: string; signatures: SignatureMember[] } {
  const outer = exactly(parseJson(text), ['payload', 'signatures']);
  const payload = asString(outer['payload'], '/payload');
  if (!Array.isArray(outer['signatures'])) throw new ProtocolError('SHAPE', '/signatures');
  const count = outer['signatures'].length;
  if (count < 1 || count > MAX_SIGNATURES) throw new ProtocolError('SIG_COUNT', '/signatures');
  const signatures = outer['signatures'].map(asSignature);
  if (canonicalize(outer) !== text) throw new ProtocolError('NOT_CANONICAL');
  return { payload, signatures };
}

function asSignature(value: JsonValue, i: number): SignatureMember {
  const pointer = pointerTo('/signatures', i);
  const member = exactly(value, ['protected', 'signature'], pointer);
  return {
    protected: asString(member['protected'], `${pointer}/protected`),
    signature: asString(member['signature'], `${pointer}/signature`),
  };
}

function decodeSegments({ payload, signatures }: { payload: string; signatures: SignatureMember[] }) {
  signatures.forEach((each) => decodeBase64url(each.signature));
  return { payload: decodeBase64url(payload), headers: signatures.map((each) => decodeBase64url(each.protected)) };
}

function parseHeader(bytes: Uint8Array, i: number): JsonObject {
  const pointer = pointerTo('/signatures', i);
  const header = asObject(parseCanonical(bytes), pointer);
  if (Object.hasOwn(header, 'crit')) throw new ProtocolError('CRIT', pointer);
  if (Object.keys(header).some((name) => !HEADER_MEMBERS.includes(name))) {
    throw new ProtocolError('HEADER_UNKNOWN', pointer);
  }
  return header;
}

function checkHeader(
  header: JsonObject,
  payload: JsonObject,
  rules: JwsRules,
  isLast: boolean,
  pointer: string,
): asserts header is JsonObject & ProtectedHeader {
  checkAlgorithm(header, pointer);
  const kind = checkType(header, payload, rules, pointer);
  checkHub(header, payload, rules, pointer);
  checkTime(header['iat'], rules, rules.maxAge?.(kind, isLast), pointer);
  if (typeof header['kid'] !== 'string' || !KID.test(header['kid'])) throw new ProtocolError('KID', pointer);
}

function checkAlgorithm(header: JsonObject, pointer: string): void {
  if (header['alg'] !== 'Ed25519' && header['alg'] !== 'ES256') throw new ProtocolError('ALG', pointer);
}

/** Explicit typing (RFC 8725 section 3.11): no token, proof or receipt passes as an object, nor one kind as another. */
function checkType(header: JsonObject, payload: JsonObject, { kinds }: JwsRules, pointer: string): string {
  const kind = kinds.find((each) => header['typ'] === typeOf(each));
  if (kind === undefined) throw new ProtocolError('TYP', pointer);
  if (Object.hasOwn(header, 'cty') && header['cty'] !== `application/liaison-${kind}+json`) {
    throw new ProtocolError('TYP', pointer);
  }
  if (payload['kind'] !== kind) throw new ProtocolError('KIND', '/kind');
  return kind;
}

function checkHub(header: JsonObject, payload: JsonObject, { hub }: JwsRules, pointer: string): void {
  if (header['hub'] !== hub) throw new ProtocolError('HUB', pointer);
  if (payload['hub'] !== hub) throw new ProtocolError('HUB', '/hub');
}

function checkTime(iat: unknown, { now }: JwsRules, maxAge = Infinity, pointer: string): void {
  if (typeof iat !== 'number' || iat < 0) throw new ProtocolError('IAT', pointer);
  if (now === undefined) return;
  const age = secondsOf(now) - iat;
  if (age < -MAX_CLOCK_SKEW || age > maxAge) throw new ProtocolError('IAT', pointer);
}

function checkDistinctKeys(signatures: ReadSignature[]): void {
  if (new Set(signatures.map(({ kid }) => kid)).size !== signatures.length) throw new ProtocolError('KID_DUP');
}
