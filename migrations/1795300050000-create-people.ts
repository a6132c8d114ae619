import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How officers sign in: accounts, passkeys, enrolment links and console sessions. Only hub_auth can read them. */
export class CreatePeople1795300050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_owner;
      CREATE POLICY sign_in ON agency.officer FOR SELECT TO hub_auth USING (true);
      GRANT SELECT ON agency.officer TO hub_auth;

      SET ROLE hub_auth;

      -- What an officer signs in to. Roles, unit and clearance stay with the officer: the account says only who it is.
      CREATE TABLE auth.account (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        agency_id text NOT NULL,
        officer text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        suspended_at timestamptz,
        -- When a passkey, or whatever else its holder signs in with, was last taken away: what was proven before counts no more.
        holders_changed_at timestamptz,
        UNIQUE (agency_id, officer)
      );

      CREATE TABLE auth.passkey (
        credential_id text PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES auth.account,
        public_key bytea NOT NULL,
        counter bigint NOT NULL,
        transports text[] NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        used_at timestamptz
      );
      CREATE INDEX passkey_by_account ON auth.passkey (account_id);

      -- A single-use link, of which only the hash is known; the row goes when it is used. It belongs to the first browser that opens it.
      CREATE TABLE auth.enrolment_link (
        token_hash bytea PRIMARY KEY,
        account_id uuid NOT NULL UNIQUE REFERENCES auth.account,
        expires_at timestamptz NOT NULL,
        browser_hash bytea
      );

      -- One administrator proposes that an officer be enrolled, or recovered; another makes the link.
      CREATE TABLE auth.admission (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        account_id uuid NOT NULL UNIQUE REFERENCES auth.account,
        proposed_by uuid NOT NULL REFERENCES auth.account,
        expires_at timestamptz NOT NULL
      );

      -- A console session. Roles and unit are those at sign-in: when the officer's change, the session ends.
      CREATE TABLE auth.console_session (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        secret_hash bytea NOT NULL UNIQUE,
        account_id uuid NOT NULL REFERENCES auth.account,
        unit_id text NOT NULL,
        roles text[] NOT NULL,
        acr text NOT NULL CHECK (acr IN ('phr', 'aal2', 'demonstration')),
        user_agent text NOT NULL CHECK (length(user_agent) <= 200),
        began_at timestamptz NOT NULL DEFAULT now(),
        authenticated_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX console_session_by_account ON auth.console_session (account_id);
      CREATE INDEX console_session_by_expiry ON auth.console_session (expires_at);

      -- Challenges that have been answered well. One that was only asked for leaves nothing here.
      CREATE TABLE auth.spent_challenge (
        hash bytea PRIMARY KEY,
        expires_at timestamptz NOT NULL
      );

      -- The accounts that may be used at this moment, with what the hub grants their officers.
      CREATE VIEW auth.officer_in_force WITH (security_invoker = true) AS
        SELECT a.id AS account_id, o.agency_id, o.unit_id, o.pseudonym AS officer, o.title_en, o.title_vi, o.roles, o.clearance, o.may_see_nominal
        FROM auth.account a
        JOIN agency.officer o ON o.agency_id = a.agency_id AND o.pseudonym = a.officer
        JOIN hub.unit u ON u.id = o.unit_id
        JOIN hub.agency g ON g.id = o.agency_id
        WHERE a.suspended_at IS NULL
          AND o.valid_from <= now() AND (o.valid_until IS NULL OR o.valid_until > now())
          AND u.suspended_at IS NULL AND u.valid_from <= now() AND (u.valid_until IS NULL OR u.valid_until > now())
          AND g.suspended_at IS NULL AND g.valid_from <= now() AND (g.valid_until IS NULL OR g.valid_until > now());
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW auth.officer_in_force;
      DROP TABLE auth.spent_challenge, auth.console_session, auth.admission, auth.enrolment_link, auth.passkey, auth.account;
      REVOKE SELECT ON agency.officer FROM hub_auth;
      DROP POLICY sign_in ON agency.officer;
    `);
  }
}
