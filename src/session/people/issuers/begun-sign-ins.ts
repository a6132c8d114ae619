import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { Conflict } from '../../../common/errors.js';
import { hashOf } from '../secret.js';
import type { BegunSignIn } from './issuer-clients.js';

/** For what a sign-in was begun, besides a session. */
export interface SignInPurpose {
  issuerId: string;
  /** SHA-256 of the enrolment link that it uses. */
  linkHash: Buffer | null;
  /** SHA-256 of the session's secret that the new session takes the place of. */
  sessionHash: Buffer | null;
}

type Taken = SignInPurpose & Omit<BegunSignIn, 'state'>;

const MINUTES = 10;
/** A browser may have begun so many at once, in several windows; the oldest gives way. */
const AT_ONCE = 5;
const SWEEP_INTERVAL_MS = 60_000;

/**
 * Sign-ins that were begun: each belongs to one browser, for ten minutes, and is taken once, whatever becomes of it. What nobody has
 * taken by then is deleted within a minute.
 */
@Injectable()
export class BegunSignIns implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SignIn');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: Pool) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async keep(browser: string, { state, nonce, verifier }: BegunSignIn, purpose: SignInPurpose): Promise<void> {
    await this.pool.query(MAKE_ROOM, [hashOf(browser), AT_ONCE - 1]);
    await this.pool.query(
      `INSERT INTO auth.begun_sign_in (state_hash, browser_hash, issuer_id, nonce, verifier, link_hash, session_hash, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(mins => $8))`,
      [
        hashOf(state),
        hashOf(browser),
        purpose.issuerId,
        nonce,
        verifier,
        purpose.linkHash,
        purpose.sessionHash,
        MINUTES,
      ],
    );
  }

  /** Whether this browser has begun the sign-in of this state, and waits. */
  async isOf(browser: string | undefined, state: unknown): Promise<boolean> {
    if (browser === undefined || typeof state !== 'string') return false;
    const { rowCount } = await this.pool.query(
      'SELECT FROM auth.begun_sign_in WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > now()',
      [hashOf(state), hashOf(browser)],
    );
    return rowCount === 1;
  }

  /** Throws Conflict for one that was taken, is too old or belongs to another browser. */
  async take(browser: string | undefined, state: string | null): Promise<Taken> {
    if (browser === undefined || state === null) throw new Conflict('error.signInLapsed');
    const { rows } = await this.pool.query<Taken>(
      `DELETE FROM auth.begun_sign_in WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > now()
       RETURNING issuer_id AS "issuerId", nonce, verifier, link_hash AS "linkHash", session_hash AS "sessionHash"`,
      [hashOf(state), hashOf(browser)],
    );
    if (!rows[0]) throw new Conflict('error.signInLapsed');
    return rows[0];
  }

  /** Deletes what is older than its ten minutes. */
  async sweep(): Promise<void> {
    try {
      await this.pool.query('DELETE FROM auth.begun_sign_in WHERE expires_at <= now()');
    } catch (error) {
      this.logger.error({ err: error }, 'Sweeping begun sign-ins failed; it will be tried again');
    }
  }
}

const MAKE_ROOM = `
  DELETE FROM auth.begun_sign_in WHERE state_hash IN (
    SELECT state_hash FROM auth.begun_sign_in WHERE browser_hash = $1 ORDER BY expires_at DESC OFFSET $2)`;
