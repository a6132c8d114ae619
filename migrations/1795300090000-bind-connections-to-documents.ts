import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a unit's system may send GraphQL documents of its own; without, it names documents that the hub knows. */
export class BindConnectionsToDocuments1795300090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      ALTER TABLE auth.connection ADD COLUMN adhoc boolean NOT NULL DEFAULT false;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE auth.connection DROP COLUMN adhoc');
  }
}
