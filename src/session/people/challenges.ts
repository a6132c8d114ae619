import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { ConsoleKey } from './secret.js';
import { hashOf } from './secret.js';

/** What a challenge is for; the answer to one is no answer to another. */
export type ChallengePurpose = 'sign-in' | 'step-up' | 'enrol';

/** To whom a challenge was given: a browser, and where it is known already, a session or a link. */
export interface ChallengeHolder {
  purpose: ChallengePurpose;
  /** The browser's secret, from its cookie. */
  browser: string;
  subject?: string;
}

const SECONDS = 300;
const EXPIRY_BYTES = 6;
const RANDOM_BYTES = 16;

/**
 * WebAuthn challenges (level 3, section 13.4.3): random, for five minutes, one browser and one purpose, accepted once. The hub knows
 * its own by a MAC, so that whoever only asks for challenges leaves nothing in the database.
 */
export class Challenges {
  constructor(private readonly key: ConsoleKey) {}

  /** A fresh challenge of 54 bytes. */
  issue(holder: ChallengeHolder): Uint8Array<ArrayBuffer> {
    const head = Buffer.alloc(EXPIRY_BYTES + RANDOM_BYTES);
    head.writeUIntBE(Math.floor(Date.now() / 1000) + SECONDS, 0, EXPIRY_BYTES);
    randomBytes(RANDOM_BYTES).copy(head, EXPIRY_BYTES);
    return new Uint8Array(Buffer.concat([head, this.mac(head, holder)]));
  }

  /** Whether this hub gave this challenge (base64url) to this holder within the last five minutes. */
  isGood(challenge: string, holder: ChallengeHolder): boolean {
    const bytes = Buffer.from(challenge, 'base64url');
    const head = bytes.subarray(0, EXPIRY_BYTES + RANDOM_BYTES);
    const mac = bytes.subarray(EXPIRY_BYTES + RANDOM_BYTES);
    const expected = this.mac(head, holder);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return false;
    return head.readUIntBE(0, EXPIRY_BYTES) > Date.now() / 1000;
  }

  private mac(head: Uint8Array, { purpose, browser, subject = '' }: ChallengeHolder): Buffer {
    return this.key.mac('challenge', purpose, browser, subject, head);
  }
}

/** Marks a challenge as answered. False when it was already: of two answers at once, one is refused. */
export async function spendChallenge(tx: PoolClient, challenge: string): Promise<boolean> {
  await tx.query('DELETE FROM auth.spent_challenge WHERE expires_at <= now()');
  const { rowCount } = await tx.query(
    'INSERT INTO auth.spent_challenge (hash, expires_at) VALUES ($1, now() + make_interval(secs => $2)) ON CONFLICT DO NOTHING',
    [hashOf(Buffer.from(challenge, 'base64url')), SECONDS + 60],
  );
  return rowCount === 1;
}
