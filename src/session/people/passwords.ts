import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { Forbidden, InvalidInput, Unauthenticated } from '../../common/errors.js';
import { type CodeVault, keyUri, spelled, stepOf, type TimeStep } from './codes.js';
import { hashPassword, isPassword, type PasswordHash } from './password-hash.js';
import { forgetHolders } from './issuers/issuer-subjects.js';
import { isAdministrator } from './role-rights.js';
import type { ConsoleKey } from './secret.js';

/** What the officer's authenticator app needs, and the name to sign in with. */
export interface PasswordOffer {
  name: string;
  /** The secret of the codes, to be typed in. */
  secret: string;
  /** The same for a QR code. */
  uri: string;
}

/** What a person types. */
export interface PasswordProof {
  name: string;
  password: string;
  code: string;
}

/** Who proved itself, and by which code. */
export interface ProvenPassword {
  accountId: string;
  step: TimeStep;
}

/** Tries before an account waits; then a minute, two, four, up to an hour. */
const FREE_TRIES = 5;
const LONGEST_WAIT_MINUTES = 60;
const LEAST_CHARACTERS = 15;
const LEAST_DISTINCT = 6;
/** A name that `derived` can have made, in any case; PostgreSQL takes no other text for granted (a NUL it refuses). */
const NAME = /^[A-Z]{2}-[A-Z0-9]{2,12}-[A-Z]{6}$/i;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * Password and time-based code, for officers whose device makes no passkeys: two factors, but such as can be phished, so a session that
 * begins with them reads what is not personal and sends nothing (security.md 5.3). Administrators need a passkey.
 */
@Injectable()
export class Passwords {
  constructor(
    private readonly pool: Pool,
    private readonly key: ConsoleKey,
    private readonly vault: CodeVault,
  ) {}

  /** What a link and a browser get offered: always the same, so nothing is stored before it is taken. */
  offer(agencyId: string, token: string, browser: string): PasswordOffer {
    const { name, secret } = this.derived(agencyId, token, browser);
    return { name, secret: spelled(secret), uri: keyUri(secret, name) };
  }

  /** Stores the offer that was taken, in place of whatever the account had. Throws InvalidInput, Forbidden for administrators. */
  async enrol(
    tx: PoolClient,
    accountId: string,
    given: { token: string; browser: string; password: string; code: string },
  ): Promise<void> {
    const { rows } = await tx.query<{ agencyId: string; roles: string[] }>(
      'SELECT agency_id AS "agencyId", roles FROM auth.officer_in_force WHERE account_id = $1',
      [accountId],
    );
    const officer = rows[0];
    if (!officer) throw new Unauthenticated('error.signInRefused');
    if (isAdministrator(officer.roles)) throw new Forbidden('error.needsPasskey');
    checkPassword(given.password);
    const { name, secret } = this.derived(officer.agencyId, given.token, given.browser);
    const step = stepOf(given.code, secret);
    if (step === null) throw new InvalidInput([{ pointer: '/code', rule: 'code', key: 'problem.totp' }]);
    const { salt, hash } = await hashPassword(given.password);
    await forgetHolders(tx, accountId);
    await tx.query(
      'INSERT INTO auth.password (account_id, name, salt, hash, sealed_secret, last_step) VALUES ($1, $2, $3, $4, $5, $6)',
      [accountId, name, salt, hash, this.vault.seal(secret, accountId), step],
    );
  }

  /**
   * The account that proved itself. A wrong name, password or code, a code that was used, an account that waits: one answer, Unauthenticated.
   * The try is counted before anything is looked at, so that many at once get no more of them. Throws RateLimited, which is no try.
   */
  async verify({ name, password, code }: PasswordProof): Promise<ProvenPassword> {
    const { stored: known, isRight } = await isPassword(password, async () =>
      NAME.test(name) ? this.tried(name) : undefined,
    );
    const step = known ? stepOf(code, this.vault.open(known.sealed, known.accountId)) : null;
    if (!known || !isRight || step === null) throw new Unauthenticated('error.passwordRefused');
    const { rowCount } = await this.pool.query(
      'UPDATE auth.password SET tries = 0, last_step = $2 WHERE account_id = $1 AND last_step < $2',
      [known.accountId, step],
    );
    if (rowCount !== 1) throw new Unauthenticated('error.passwordRefused');
    return { accountId: known.accountId, step };
  }

  /**
   * Holds what was proven until this transaction ends: a recovery that came between has taken the password away, and one that comes now
   * waits, and ends the session. To be asked after the session has begun. Throws Unauthenticated.
   */
  async hold(tx: PoolClient, { accountId, step }: ProvenPassword): Promise<void> {
    const text = 'SELECT FROM auth.password WHERE account_id = $1 AND last_step = $2 FOR SHARE';
    const { rowCount } = await tx.query(text, [accountId, step]);
    if (rowCount !== 1) throw new Unauthenticated('error.passwordRefused');
  }

  private async tried(name: string): Promise<(PasswordHash & { accountId: string; sealed: Buffer }) | undefined> {
    const { rows } = await this.pool.query<PasswordHash & { accountId: string; sealed: Buffer }>(TRY, [name]);
    return rows[0];
  }

  private derived(agencyId: string, token: string, browser: string): { name: string; secret: Uint8Array<ArrayBuffer> } {
    const letters = this.key.mac('password-enrolment', 'name', token, browser).subarray(0, 6);
    const tail = [...letters].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    const secret = this.key.mac('password-enrolment', 'secret', token, browser).subarray(0, 20);
    return { name: `${agencyId}-${tail}`, secret: new Uint8Array(secret) };
  }
}

/** Length is what counts (NIST SP 800-63B-4, 3.1.1.2); one letter over and over is no length. */
function checkPassword(password: string): void {
  const characters = [...password.normalize('NFKC')];
  if (characters.length >= LEAST_CHARACTERS && new Set(characters).size >= LEAST_DISTINCT) return;
  throw new InvalidInput([
    { pointer: '/password', rule: 'password', key: 'problem.password', params: { min: LEAST_CHARACTERS } },
  ]);
}

const TRY = `
  UPDATE auth.password p SET tries = p.tries + 1, tried_at = now() FROM auth.officer_in_force o
  WHERE p.name = upper($1) AND o.account_id = p.account_id AND (p.tries < ${FREE_TRIES}
    OR p.tried_at < now() - make_interval(mins => LEAST(pow(2, LEAST(p.tries - ${FREE_TRIES}, 6))::int, ${LONGEST_WAIT_MINUTES})))
  RETURNING p.account_id AS "accountId", p.salt, p.hash, p.sealed_secret AS sealed`;
