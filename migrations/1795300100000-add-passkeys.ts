import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Further passkeys of one account, and what officers and administrators do to accounts as events for the log. */
export class AddPasskeys1795300100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      ALTER TABLE auth.passkey
        ADD COLUMN device text CHECK (length(device) BETWEEN 1 AND 60),
        ADD COLUMN user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 200),
        -- NULL while it was added by a link of its holder, who has not approved it yet: it signs in nowhere.
        ADD COLUMN approved_at timestamptz;

      -- What the device will be called whose passkey the link adds; NULL for a link that enrols, in place of whatever there was. Neither
      -- kind of link makes the other void.
      ALTER TABLE auth.enrolment_link
        ADD COLUMN adds text CHECK (length(adds) BETWEEN 1 AND 60),
        DROP CONSTRAINT enrolment_link_account_id_key;
      CREATE UNIQUE INDEX enrolment_link_for ON auth.enrolment_link (account_id, (adds IS NULL));

      SET ROLE hub_owner;
      ALTER TABLE audit.pending ADD COLUMN subject text;   -- pseudonym of whom an act is about
      CREATE POLICY sign_in ON audit.pending FOR INSERT TO hub_auth WITH CHECK (true);
      GRANT INSERT (event, agency_id, unit_id, officer, purpose, at, subject) ON audit.pending TO hub_auth;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE INSERT (event, agency_id, unit_id, officer, purpose, at, subject) ON audit.pending FROM hub_auth;
      DROP POLICY sign_in ON audit.pending;
      ALTER TABLE audit.pending DROP COLUMN subject;
      DROP INDEX auth.enrolment_link_for;
      DELETE FROM auth.enrolment_link WHERE adds IS NOT NULL;
      ALTER TABLE auth.enrolment_link DROP COLUMN adds, ADD UNIQUE (account_id);
      DELETE FROM auth.passkey WHERE approved_at IS NULL;
      ALTER TABLE auth.passkey DROP COLUMN device, DROP COLUMN user_agent, DROP COLUMN approved_at;
    `);
  }
}
