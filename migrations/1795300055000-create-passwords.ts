import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The fallback for officers without a passkey: a password and a time-based code. Only hub_auth can read it. */
export class CreatePasswords1795300055000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      CREATE TABLE auth.password (
        account_id uuid PRIMARY KEY REFERENCES auth.account,
        -- What the officer types to say who it is: random, so that nobody can lock out a colleague by guessing it.
        name text NOT NULL UNIQUE,
        salt bytea NOT NULL,
        hash bytea NOT NULL,
        -- The secret of the codes, sealed under a key that is not in the database.
        sealed_secret bytea NOT NULL,
        -- The time step of the last code that was taken; none up to it is taken again.
        last_step bigint NOT NULL,
        -- Tries since the last sign-in. Each is counted before it is looked at.
        tries integer NOT NULL DEFAULT 0,
        tried_at timestamptz,
        made_at timestamptz NOT NULL DEFAULT now()
      );
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.password');
  }
}
