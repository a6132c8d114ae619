import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DUTY_REASONS } from '../src/duties/deadlines.js';
import { rewritten } from '../src/database/rewritten.js';

/** No duty is impossible to meet: what somebody owes about an object of another agency is due before that goes out of sight. */
export class KeepDutiesInSight1795300216000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(reasons(DUTY_REASONS));
    await runner.query(TRIGGER);
    await runner.query(rewritten(RAISED.name, RAISED.before, RAISED.after));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(rewritten(RAISED.name, RAISED.after, RAISED.before));
    await runner.query("UPDATE hub.duty SET reason = 'NAMED' WHERE reason IN ('END_OF_SIGHT', 'STANDSTILL')");
    await runner.query('DROP TRIGGER duty_in_sight ON hub.duty; DROP FUNCTION cmd.keep_duty_in_sight()');
    await runner.query(reasons(OLD_REASONS));
  }
}

const OLD_REASONS = [
  'RECEIPT',
  'END_OF_VALIDITY',
  'NAMED',
  'RAISED',
  'AUTHORISATION_NOTICE',
  'POSTPONEMENT',
  'RENEWED',
];

const reasons = (all: readonly string[]): string => `
  SET ROLE hub_owner;
  ALTER TABLE hub.duty DROP CONSTRAINT duty_reason_check,
    ADD CONSTRAINT duty_reason_check CHECK (reason IN (${all.map((reason) => `'${reason}'`).join(', ')}));
  RESET ROLE;
`;

const TRIGGER = `
  SET ROLE hub_cmd;
  CREATE FUNCTION cmd.keep_duty_in_sight() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE v_end timestamptz;
  BEGIN
    SELECT (cmd.handling_of(o.text)->>'expiresAt')::timestamptz INTO v_end FROM hub.object o
      WHERE o.seq = NEW.object_seq AND o.from_agency <> NEW.owed_by;
    IF NEW.due_at > v_end THEN
      NEW.due_at := v_end;
      NEW.reason := 'END_OF_SIGHT';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION cmd.keep_duty_in_sight() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.keep_duty_in_sight() TO hub_owner;

  SET ROLE hub_owner;
  -- By its name before duty_reminder, which reckons with the time that stands here. A question for consent ends by its own clock.
  CREATE TRIGGER duty_in_sight BEFORE INSERT OR UPDATE OF due_at, object_seq ON hub.duty
    FOR EACH ROW WHEN (NEW.settled_at IS NULL AND NEW.object_seq IS NOT NULL AND NEW.kind <> 'CONSENT') EXECUTE FUNCTION cmd.keep_duty_in_sight();
  RESET ROLE;
`;

const RAISED = {
  name: 'cmd.keep_duties(text, text, bigint, bigint, timestamptz)',
  before: "d.reason IN ('RECEIPT', 'RAISED')",
  after: "d.reason IN ('RECEIPT', 'RAISED', 'END_OF_SIGHT')",
};
