import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { freshSecret, type SecretsFolder } from '../database/secrets.js';

/** A part as stored: ciphertext under a key of its own, that key wrapped for each agency that may read the part. */
export interface SealedPart {
  iv: Buffer;
  ciphertext: Buffer;
  keys: Record<string, Buffer>;
}

const TAG_BYTES = 16;
/** RFC 3394 2.2.3.1: the initial value of the key wrap. */
const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');

/**
 * Keeps nominal data from whoever holds the database, a disk or a backup: AES-256-GCM under a fresh key per part, bound to
 * its object by additional data, and that key wrapped (AES key wrap, RFC 3394) under each reading agency's wrapping key.
 * The wrapping keys are files in the secrets folder, never rows.
 */
export class PartVault {
  private readonly wrappingKeys = new Map<string, Promise<Buffer>>();

  constructor(private readonly secrets: SecretsFolder) {}

  async seal(text: string, boundTo: string, agencies: readonly string[]): Promise<SealedPart> {
    const key = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const keys: Record<string, Buffer> = {};
    for (const agency of agencies) {
      const wrap = createCipheriv('id-aes256-wrap', await this.wrappingKey(agency), WRAP_IV);
      keys[agency] = Buffer.concat([wrap.update(key), wrap.final()]);
    }
    return { iv, ciphertext, keys };
  }

  async open(
    part: { iv: Buffer; ciphertext: Buffer },
    boundTo: string,
    agency: string,
    wrapped: Buffer,
  ): Promise<string> {
    const unwrap = createDecipheriv('id-aes256-wrap', await this.wrappingKey(agency), WRAP_IV);
    const key = Buffer.concat([unwrap.update(wrapped), unwrap.final()]);
    const decipher = createDecipheriv('aes-256-gcm', key, part.iv)
      .setAAD(Buffer.from(boundTo))
      .setAuthTag(part.ciphertext.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(part.ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  private wrappingKey(agency: string): Promise<Buffer> {
    const known = this.wrappingKeys.get(agency);
    if (known) return known;
    const key = this.secrets
      .obtain(`wrapping-key-${agency}`, () => ({ key: freshSecret() }))
      .then((secret) => Buffer.from(secret.key, 'base64url'));
    this.wrappingKeys.set(agency, key);
    return key;
  }
}
