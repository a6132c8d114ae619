import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Pool } from 'pg';
import type { CallerSession } from '../../access/caller.js';
import { Forbidden, StepUpRequired, Unauthenticated } from '../../common/errors.js';
import type { Digest } from '../../protocol/digest.js';
import { SignInGate } from './gate.js';
import { Passkeys } from './passkeys.js';
import { inTransaction } from './transaction.js';

/** A passkey's answer as it is kept: the text that came, and the passkey's public key (COSE) with which it verifies. */
export interface KeptAssertion {
  text: string;
  publicKey: Buffer;
}

const MAX_LENGTH = 8_000;

/**
 * The touch for one object (security.md 2.7): a passkey's answer whose challenge is the object's digest, so that it is the step-up for
 * this object, the consent to it, and of no use for any other.
 */
@Injectable()
export class Assertions {
  constructor(
    private readonly pool: Pool,
    private readonly passkeys: Passkeys,
    private readonly gate: SignInGate,
  ) {}

  /**
   * Throws StepUpRequired unless a passkey of the session's own account answered to this digest, with its user recognised; Forbidden where
   * the account has none here, as one that signs in at a national service: no further touch would help.
   */
  async verify(session: CallerSession, digest: Digest, text: string | null): Promise<KeptAssertion> {
    if (!(await this.hasPasskey(session))) throw new Forbidden('error.noPasskeyToSign');
    const response = text === null || text.length > MAX_LENGTH ? undefined : parse(text);
    if (text === null || !response) throw new StepUpRequired();
    try {
      const publicKey = await this.gate.pass(() =>
        inTransaction(this.pool, (tx) => this.passkeys.verifyFor(tx, response, session.accountId, challengeOf(digest))),
      );
      return { text, publicKey };
    } catch (error) {
      throw error instanceof Unauthenticated ? new StepUpRequired() : error;
    }
  }

  private async hasPasskey({ accountId }: CallerSession): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'SELECT FROM auth.passkey WHERE account_id = $1 AND approved_at IS NOT NULL LIMIT 1',
      [accountId],
    );
    return rowCount === 1;
  }
}

/** The 32 bytes of the digest, as a browser repeats a challenge: base64url. */
function challengeOf(digest: Digest): string {
  return Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64url');
}

function parse(text: string): AuthenticationResponseJSON | undefined {
  try {
    const value = JSON.parse(text) as AuthenticationResponseJSON | null;
    const isWhole = typeof value?.id === 'string' && typeof value.response?.clientDataJSON === 'string';
    return isWhole ? value : undefined;
  } catch {
    return undefined;
  }
}
