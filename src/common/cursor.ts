import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { InvalidInput } from './errors.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Page marks. A client can neither read nor alter one (AES-256-GCM), nor use it for another caller, list or filter: these
 * are bound in as additional data (`scope`).
 */
export class Cursors {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(secret, 'base64url');
  }

  write(scope: string, position: readonly string[]): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(scope));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  read(scope: string, cursor: string): string[] {
    try {
      const bytes = Buffer.from(cursor, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(scope))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const position = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(position.toString()) as string[];
    } catch {
      throw new InvalidInput([{ pointer: '/after', rule: 'cursor', key: 'problem.cursor' }], 'error.badCursor');
    }
  }
}
