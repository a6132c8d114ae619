import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Officers' own signing keys as the hub keeps them for their browsers: the public half, and the private one wrapped under what the
 * officer's passkey alone can derive. Whether a key counts is said by the agency's key set, not here. Only hub_auth can read them.
 */
export class CreatePersonKeys1795300071000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      CREATE TABLE auth.person_key (
        kid text PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES auth.account,
        jwk jsonb NOT NULL,
        use text NOT NULL CHECK (use IN ('sig', 'enrol')),
        proof text NOT NULL,
        kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
        device text NOT NULL CHECK (length(device) BETWEEN 1 AND 60),
        -- The passkey under whose PRF the private half is wrapped; both NULL where the browser keeps the key itself.
        credential_id text REFERENCES auth.passkey ON DELETE SET NULL,
        wrapped bytea CHECK (length(wrapped) <= 1000),
        requested_at timestamptz NOT NULL DEFAULT now(),
        -- A further device is approved at one that signs already, before an administrator is asked.
        approved_at timestamptz
      );
      CREATE INDEX person_key_by_account ON auth.person_key (account_id);
      -- Whose key it is that is to be stopped (cmd.block_key).
      GRANT SELECT ON auth.person_key TO hub_cmd;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.person_key');
  }
}
