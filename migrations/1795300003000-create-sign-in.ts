import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the embedded OpenID provider keeps (grants, replay marks) and which units' systems may sign in. Only hub_auth can read
 * it.
 */
export class CreateSignIn1795300003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      CREATE TABLE auth.oidc_record (
        model text NOT NULL,
        id_hash bytea NOT NULL,
        payload jsonb NOT NULL,
        grant_hash bytea,
        uid_hash bytea,
        consumed_at timestamptz,
        expires_at timestamptz,
        PRIMARY KEY (model, id_hash)
      );
      CREATE INDEX oidc_record_by_grant ON auth.oidc_record (grant_hash) WHERE grant_hash IS NOT NULL;
      CREATE INDEX oidc_record_by_uid ON auth.oidc_record (uid_hash) WHERE uid_hash IS NOT NULL;
      CREATE INDEX oidc_record_by_expiry ON auth.oidc_record (expires_at);

      -- A unit's system: what it may do is the hub's record; a token brings identity only.
      CREATE TABLE auth.connection (
        unit_id text PRIMARY KEY,
        clearance smallint NOT NULL DEFAULT 0,
        may_see_nominal boolean NOT NULL DEFAULT false,
        may_submit boolean NOT NULL DEFAULT true,
        suspended_at timestamptz
      );
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.connection, auth.oidc_record');
  }
}
