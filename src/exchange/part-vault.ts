import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { WrappingKeys } from '../database/wrapping-keys.js';

/** A part as stored: ciphertext under a key of its own, that key wrapped for each agency that may read the part. */
export interface SealedPart {
  iv: Buffer;
  ciphertext: Buffer;
  keys: Record<string, Buffer>;
}

const TAG_BYTES = 16;

/**
 * Keeps nominal data from whoever holds the database, a disk or a backup: AES-256-GCM under a fresh key per part, bound to
 * its object by additional data, and that key wrapped for each reading agency.
 */
export class PartVault {
  constructor(private readonly wrappingKeys: WrappingKeys) {}

  async seal(text: string, boundTo: string, agencies: readonly string[]): Promise<SealedPart> {
    const key = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const keys: Record<string, Buffer> = {};
    for (const agency of agencies) keys[agency] = await this.wrappingKeys.wrap(key, agency);
    return { iv, ciphertext, keys };
  }

  async open(
    part: { iv: Buffer; ciphertext: Buffer },
    boundTo: string,
    agency: string,
    wrapped: Buffer,
  ): Promise<string> {
    const key = await this.wrappingKeys.unwrap(wrapped, agency);
    const decipher = createDecipheriv('aes-256-gcm', key, part.iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(boundTo))
      .setAuthTag(part.ciphertext.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(part.ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}
