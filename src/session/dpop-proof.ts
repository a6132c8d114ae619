import { createHash } from 'node:crypto';
import { type CryptoKey, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { algorithmOf, checkPublicKey, thumbprint } from '../protocol/keys.js';

/** With what a proof may be signed. */
export const PROOF_ALGORITHMS: ('Ed25519' | 'ES256')[] = ['Ed25519', 'ES256'];

/** The request that a proof has to be made for. */
export interface ProvenRequest {
  method: string;
  /** As the hub publishes it, without query; what the Host header says counts for nothing. */
  url: string;
  accessToken: string;
}

/** A proof that fits its request. Whether its nonce is ours and whether it was used before is for the caller to ask. */
export interface Proof {
  /** RFC 7638 thumbprint of the key that signed it. */
  jkt: string;
  nonce: unknown;
  /** By which the proof is known again: a hash of key and jti. */
  mark: Buffer;
}

interface ProofKey {
  key: CryptoKey;
  alg: string;
  jkt: string;
}

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_AGE_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 15;
const MAX_JTI_LENGTH = 256;

/** A system's key comes with each of its requests; checking and importing it costs more than the signature. */
const keys = new LRUCache<string, ProofKey>({ max: 1_000 });

/**
 * Checks a proof of possession (RFC 9449 section 4.3):
 *
 * - it is one JWT of type dpop+jwt, signed with Ed25519 or ES256 by the public key in its own header
 * - htm and htu name this request's method and address, ath this access token
 * - it was made within the last five minutes, and has a jti
 *
 * Throws an error that names the first that does not hold; it is for the log, not for the caller.
 */
export async function checkProof(proof: string, { method, url, accessToken }: ProvenRequest): Promise<Proof> {
  if (!COMPACT.test(proof)) throw new Error('not one DPoP proof');
  const { key, alg, jkt } = await keyIn(proof);
  const { payload } = await jwtVerify(proof, key, {
    algorithms: [alg],
    typ: 'dpop+jwt',
    maxTokenAge: MAX_AGE_SECONDS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  });
  const { htm, htu, ath, jti, nonce } = payload as Record<string, unknown>;
  if (htm !== method) throw new Error('the proof is for another method');
  if (typeof htu !== 'string' || !isSamePlace(htu, url)) throw new Error('the proof is for another address');
  if (ath !== hash(accessToken).toString('base64url')) throw new Error('the proof is for another token');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) throw new Error('the proof has no jti');
  return { jkt, nonce, mark: hash(`${jkt} ${jti}`) };
}

async function keyIn(proof: string): Promise<ProofKey> {
  const header = proof.slice(0, proof.indexOf('.'));
  const known = keys.get(header);
  if (known) return known;
  const { jwk } = decodeProtectedHeader(proof);
  const publicJwk = checkPublicKey(jwk);
  const alg = algorithmOf(publicJwk);
  const made = { key: await importJWK(publicJwk, alg), alg, jkt: await thumbprint(publicJwk) };
  keys.set(header, made);
  return made;
}

/** Compares without query and fragment, after the normalisation of URLs. */
function isSamePlace(htu: string, url: string): boolean {
  const named = URL.parse(htu);
  if (!named) return false;
  named.hash = '';
  named.search = '';
  return named.href === new URL(url).href;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
