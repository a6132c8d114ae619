import { decodeBase64url } from '../protocol/base64url.js';
import { type PublicJwk, thumbprint } from '../protocol/keys.js';

/** A key's SHA-256 thumbprint (RFC 7638) in sixteen groups of four hex digits, to be read aloud over a second channel. */
export async function fingerprintOf(jwk: PublicJwk): Promise<string> {
  return fingerprintOfKid(await thumbprint(jwk));
}

/** The same, from a key id, which is that thumbprint in base64url. */
export function fingerprintOfKid(kid: string): string {
  const hex = Buffer.from(decodeBase64url(kid)).toString('hex');
  return hex.match(/.{4}/g)!.join(' ');
}

/** What someone typed or pasted, without the spaces, colons and capitals that differ from hand to hand. */
export function sameFingerprint(typed: string, fingerprint: string): boolean {
  return typed.toLowerCase().replaceAll(/[\s:.-]/g, '') === fingerprint.replaceAll(' ', '');
}
