import { createCipheriv, createDecipheriv } from 'node:crypto';
import { freshSecret, type SecretsFolder } from './secrets.js';

/** RFC 3394 2.2.3.1: the initial value of the key wrap. */
const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');

/**
 * Each agency's wrapping key, under which the keys of what it may read are wrapped (AES key wrap, RFC 3394). They are files in the
 * secrets folder, never rows: whoever holds the database, or a copy of it, holds no key.
 */
export class WrappingKeys {
  private readonly keys = new Map<string, Promise<Buffer>>();

  constructor(private readonly secrets: SecretsFolder) {}

  async wrap(key: Buffer, agency: string): Promise<Buffer> {
    const wrap = createCipheriv('id-aes256-wrap', await this.keyOf(agency), WRAP_IV);
    return Buffer.concat([wrap.update(key), wrap.final()]);
  }

  /** Throws for a key that was wrapped for another agency. */
  async unwrap(wrapped: Buffer, agency: string): Promise<Buffer> {
    const unwrap = createDecipheriv('id-aes256-wrap', await this.keyOf(agency), WRAP_IV);
    return Buffer.concat([unwrap.update(wrapped), unwrap.final()]);
  }

  private keyOf(agency: string): Promise<Buffer> {
    const known = this.keys.get(agency);
    if (known) return known;
    const key = this.secrets
      .obtain(`wrapping-key-${agency}`, () => ({ key: freshSecret() }))
      .then((secret) => Buffer.from(secret.key, 'base64url'));
    this.keys.set(agency, key);
    return key;
  }
}
