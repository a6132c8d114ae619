import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { SecretsFolder } from '../../../database/secrets.js';
import { type Algorithm, generateKey, type KeyPair } from '../../../protocol/keys.js';

/** The keys with which the hub, as a client, proves to issuers who it is (private_key_jwt, RFC 7523). */
export class ClientKeys {
  private constructor(private readonly pairs: Record<Algorithm, KeyPair>) {}

  /** Made at the first start and kept: issuers have registered the public halves. */
  static async open(secrets: SecretsFolder): Promise<ClientKeys> {
    return new ClientKeys(
      await secrets.obtain('openid-client', async () => ({
        Ed25519: await generateKey('Ed25519'),
        ES256: await generateKey('ES256'),
      })),
    );
  }

  /** For issuers that fetch or register them. */
  publicKeys(): { keys: JWK[] } {
    return {
      keys: (['Ed25519', 'ES256'] as const).map((alg) => {
        const { publicJwk, kid } = this.pairs[alg];
        return { ...publicJwk, kid, use: 'sig', alg };
      }),
    };
  }

  async signingKey(alg: Algorithm): Promise<{ key: CryptoKey; kid: string }> {
    const { privateJwk, kid } = this.pairs[alg];
    return { key: await importJWK(privateJwk, alg), kid };
  }
}
