import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists need to know of an alert: a projection of its signed text, written in the transaction that accepts it. */
export class CreateAlerts1795300005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_owner;
      CREATE TABLE hub.alert (
        seq bigint PRIMARY KEY REFERENCES hub.object,
        kind text NOT NULL,
        severity text NOT NULL,
        valid_from timestamptz NOT NULL,
        valid_to timestamptz NOT NULL,
        CHECK (valid_to > valid_from)
      );
      ALTER TABLE hub.alert ENABLE ROW LEVEL SECURITY;
      ALTER TABLE hub.alert FORCE ROW LEVEL SECURITY;
      CREATE POLICY released ON hub.alert FOR SELECT TO hub_app
        USING (EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = alert.seq));
      CREATE POLICY own_object ON hub.alert FOR INSERT TO hub_app WITH CHECK (EXISTS (
        SELECT 1 FROM hub.object o WHERE o.seq = alert.seq AND o.kind = 'alert' AND o.from_agency = (SELECT cmd.my_agency())));
      GRANT SELECT, INSERT ON hub.alert TO hub_app;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE hub.alert');
  }
}
