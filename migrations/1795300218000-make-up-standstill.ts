import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What lapses by silence does not lapse because the hub stood still: the time in which nobody could answer is added. Whatever is merely overdue
 * then stays so: nothing is lost by that.
 */
export class MakeUpStandstill1795300218000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PULSE);
    await runner.query(COMMANDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION cmd.make_up_standstill(), cmd.beat(); DROP TABLE hub.pulse');
  }
}

const PULSE = `
  SET ROLE hub_owner;
  -- When a process of the hub last looked at what is due.
  CREATE TABLE hub.pulse (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    at timestamptz NOT NULL
  );
  ALTER TABLE hub.pulse ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.pulse FORCE ROW LEVEL SECURITY;
  CREATE POLICY commands ON hub.pulse TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.pulse TO hub_cmd;
  RESET ROLE;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  CREATE FUNCTION cmd.beat() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO hub.pulse AS p (at) VALUES (hub.now()) ON CONFLICT (is_only) DO UPDATE SET at = excluded.at WHERE p.at < excluded.at
  $$;

  -- Adds the time since the last look to whatever would lapse, when a hub looks again after it stood still for more than ten minutes.
  -- Of two processes that begin at once the second finds that no time has passed.
  CREATE FUNCTION cmd.make_up_standstill() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_now timestamptz := hub.now();
    v_last timestamptz;
  BEGIN
    SELECT p.at INTO v_last FROM hub.pulse p FOR UPDATE;
    IF v_now - v_last > interval '10 minutes' THEN
      UPDATE hub.consent c SET due_at = c.due_at + (v_now - v_last) WHERE c.state = 'ASKED' AND c.due_at > v_last;
      UPDATE hub.duty d SET due_at = d.due_at + (v_now - v_last), reason = 'STANDSTILL'
        WHERE d.kind IN ('CLARIFY', 'CONFIRM', 'CONSENT') AND d.settled_at IS NULL AND d.due_at > v_last;
    END IF;
    PERFORM cmd.beat();
  END $$;

  REVOKE ALL ON FUNCTION cmd.beat(), cmd.make_up_standstill() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.beat(), cmd.make_up_standstill() TO hub_app;
  RESET ROLE;
`;
