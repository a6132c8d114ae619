import { createHash, randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { algorithmOf, type KeyPair } from '../protocol/keys.js';

/** What a proof is for. */
export interface ProofFor {
  method: string;
  url: string;
  /** Left out at the token endpoint, where there is none yet. */
  accessToken?: string | undefined;
  /** As the server gave it last. */
  nonce?: string | undefined;
}

/** A proof of possession for one request (RFC 9449 section 4.2). It is good once, and for a few minutes. */
export async function dpopProof(key: KeyPair, { method, url, accessToken, nonce }: ProofFor): Promise<string> {
  const alg = algorithmOf(key.publicJwk);
  const [address] = url.split(/[?#]/);
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
  return new SignJWT({ jti: randomUUID(), htm: method, htu: address, ...(ath && { ath }), ...(nonce && { nonce }) })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: key.publicJwk })
    .setIssuedAt()
    .sign(await importJWK(key.privateJwk, alg));
}
