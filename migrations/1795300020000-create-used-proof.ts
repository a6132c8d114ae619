import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The proofs of possession that were used lately, so that none is used twice (RFC 9449 section 11.1). Unlogged: a mark matters for
 * minutes, and a request must not wait for the disk because of it. A crash of PostgreSQL forgets the marks of its last minutes.
 */
export class CreateUsedProof1795300020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      CREATE UNLOGGED TABLE auth.used_proof (
        mark bytea PRIMARY KEY CHECK (length(mark) = 32),
        expires_at timestamptz NOT NULL
      );
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.used_proof');
  }
}
