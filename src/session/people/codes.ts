import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Where a code stands in time: the number of the 30 seconds since 1970 that it is for. */
export type TimeStep = number;

const PERIOD = 30;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function generator(secret: Uint8Array<ArrayBuffer>, label = ''): TOTP {
  return new TOTP({ issuer: 'Liaison Hub', label, secret: new Secret({ buffer: secret.buffer }), period: PERIOD });
}

/** The address that an authenticator app reads from a QR code (Key URI format). */
export function keyUri(secret: Uint8Array<ArrayBuffer>, label: string): string {
  return generator(secret, label).toString();
}

/** The secret as people type it: base32. */
export function spelled(secret: Uint8Array<ArrayBuffer>): string {
  return new Secret({ buffer: secret.buffer }).base32;
}

/** The step of a code (TOTP, RFC 6238: six digits, SHA-1), one step early or late; null when it is not a code of now. */
export function stepOf(code: string, secret: Uint8Array<ArrayBuffer>): TimeStep | null {
  if (!/^\d{6}$/.test(code)) return null;
  const timestamp = Date.now();
  const delta = generator(secret).validate({ token: code, window: 1, timestamp });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD) + delta;
}

/** Seals the secrets of codes for the database (AES-256-GCM), each bound to its account. */
export class CodeVault {
  private readonly key: Buffer;

  constructor(key: string) {
    this.key = Buffer.from(key, 'base64url');
  }

  seal(secret: Uint8Array, accountId: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(accountId));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws for what was sealed for another account, or altered. */
  open(sealed: Buffer, accountId: string): Uint8Array<ArrayBuffer> {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(accountId)).setAuthTag(tag);
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]));
  }
}
