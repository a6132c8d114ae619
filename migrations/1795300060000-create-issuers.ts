import type { MigrationInterface, QueryRunner } from 'typeorm';

/** National sign-in services that the hub believes, whose subjects are which accounts, and what their claims take from a session. */
export class CreateIssuers1795300060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;

      -- Row 0 is the hub itself, which needs no row. Everything that is asked of an issuer goes to the addresses pinned here.
      CREATE TABLE auth.trusted_issuer (
        id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,30}$' AND id <> 'hub'),
        issuer text NOT NULL UNIQUE,
        name_en text NOT NULL,
        name_vi text NOT NULL,
        client_id text NOT NULL,
        metadata jsonb NOT NULL,
        algorithms text[] NOT NULL CHECK (cardinality(algorithms) > 0),
        agencies text[] NOT NULL CHECK (cardinality(agencies) > 0),
        strengths jsonb NOT NULL CHECK (strengths <> '{}'),   -- the issuer's acr: phr or aal2; no other acr is taken
        max_age_seconds integer NOT NULL CHECK (max_age_seconds BETWEEN 60 AND 86400),
        lowering jsonb NOT NULL,                              -- which claims lower roles, clearance and personal details
        network text NOT NULL CHECK (network IN ('public', 'private')),   -- where the hub may ask it
        made_at timestamptz NOT NULL DEFAULT now(),
        suspended_at timestamptz
      );

      -- Made when an officer uses an enrolment link by signing in there; nothing else in a token leads to an account.
      CREATE TABLE auth.issuer_subject (
        issuer_id text NOT NULL REFERENCES auth.trusted_issuer,
        subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
        account_id uuid NOT NULL REFERENCES auth.account,
        linked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (issuer_id, subject)
      );
      CREATE INDEX issuer_subject_by_account ON auth.issuer_subject (account_id);

      -- A sign-in that a browser has begun at an issuer. The answer to it is taken once.
      CREATE TABLE auth.begun_sign_in (
        state_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        issuer_id text NOT NULL,
        nonce text NOT NULL,
        verifier text NOT NULL,
        link_hash bytea,          -- the enrolment link that it is for
        session_hash bytea,       -- the session that it takes the place of
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX begun_sign_in_by_browser ON auth.begun_sign_in (browser_hash);
      CREATE INDEX begun_sign_in_by_expiry ON auth.begun_sign_in (expires_at);

      -- What a trusted issuer did that it must not do. For the operator; it outlives the refused transaction.
      CREATE TABLE auth.issuer_alarm (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        issuer_id text NOT NULL REFERENCES auth.trusted_issuer,
        event text NOT NULL CHECK (event IN ('foreign-agency')),
        agency_id text NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX issuer_alarm_by_issuer ON auth.issuer_alarm (issuer_id, at);

      -- A session lives as long as the link of the subject that it began with. What it keeps of the officer's rights can only be less.
      ALTER TABLE auth.console_session
        ADD issuer_id text REFERENCES auth.trusted_issuer,
        ADD subject text,
        ADD roles_kept text[],
        ADD clearance_most smallint,
        ADD without_nominal boolean NOT NULL DEFAULT false,
        ADD CHECK ((issuer_id IS NULL) = (subject IS NULL));
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE auth.console_session DROP issuer_id, DROP subject, DROP roles_kept, DROP clearance_most, DROP without_nominal;
      DROP TABLE auth.issuer_alarm, auth.begun_sign_in, auth.issuer_subject, auth.trusted_issuer;
    `);
  }
}
