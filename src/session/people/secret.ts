import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The SHA-256 of a secret: what is stored in its place. */
export function hashOf(secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares without telling by its time where two texts differ. */
export function isSame(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(hashOf(given), hashOf(expected));
}

/** The key of the console's own MACs. What each is for stands in it, so that none can serve as another. */
export class ConsoleKey {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(secret, 'base64url');
  }

  mac(purpose: 'csrf' | 'challenge' | 'password-enrolment', ...parts: readonly (string | Uint8Array)[]): Buffer {
    const mac = createHmac('sha256', this.key).update(`${purpose}\n`);
    for (const part of parts) mac.update(hashOf(part));
    return mac.digest();
  }
}
