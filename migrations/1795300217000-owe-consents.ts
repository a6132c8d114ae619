import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';
import { DUTY_KINDS } from '../src/duties/deadlines.js';

/**
 * A question for consent is owed an answer like any other: reminded of, told to who is on duty, and over when its own clock ends, since silence
 * is refusal. The clock is that of the question (hub.consent); the duty follows it.
 */
export class OweConsents1795300217000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DUTIES);
    await runner.query(rewritten(OPENED.name, OPENED.before, OPENED.after));
    await runner.query(COMMANDS);
    await runner.query(TRIGGERS);
    await runner.query(`
      SET ROLE hub_cmd;
      SELECT cmd.owe_consent(c) FROM hub.consent c WHERE c.state = 'ASKED' AND c.due_at > hub.now();
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER consent_asked ON hub.consent;
      DROP TRIGGER consent_answered ON hub.consent;
      DROP TRIGGER urgent_consent ON hub.duty;
      DROP FUNCTION cmd.lapse_consents(integer), cmd.on_consent(), cmd.owe_consent(hub.consent);
      DELETE FROM hub.notice_cause x USING hub.duty d WHERE d.id = x.duty_id AND d.kind = 'CONSENT';
      DELETE FROM hub.duty_reminder x USING hub.duty d WHERE d.id = x.duty_id AND d.kind = 'CONSENT';
      DELETE FROM hub.duty WHERE kind = 'CONSENT';
      DROP INDEX hub.duty_consent;
    `);
    await runner.query(rewritten(OPENED.name, OPENED.after, OPENED.before));
  }
}

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const DUTIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.duty DROP CONSTRAINT duty_kind_check, ADD CONSTRAINT duty_kind_check CHECK (kind IN (${listed(DUTY_KINDS)}));
  CREATE INDEX duty_consent ON hub.duty (due_at) WHERE kind = 'CONSENT' AND settled_at IS NULL;
  RESET ROLE;
`;

/** It can be answered as long as it is in sight. */
const OPENED = {
  name: 'cmd.open_consent(bigint)',
  before: 'd.urgency, v_now, v_now + pg_catalog.make_interval(hours => d.hours)',
  after: `d.urgency, v_now,
        LEAST(v_now + pg_catalog.make_interval(hours => d.hours), (cmd.handling_of(sent.text)->>'expiresAt')::timestamptz)`,
};

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Opens what is owed for a question: a thread of its own, whatever else is owed for the object that it is about.
  CREATE FUNCTION cmd.owe_consent(c hub.consent) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO hub.duty (thread_seq, object_seq, kind, owed_by, owed_by_unit, owed_by_scope, owed_to, owed_to_unit, owed_to_scope,
        urgency, amount, unit, started_at, due_at, reason)
      SELECT c.ask_seq, c.ask_seq, 'CONSENT', c.to_agency, NULLIF(o.recipients[1], c.to_agency),
        COALESCE(NULLIF(o.recipients[1], c.to_agency), ''), c.from_agency, o.from_unit, '', c.urgency,
        CASE WHEN d.hours % 24 = 0 AND d.hours > 24 THEN d.hours / 24 ELSE d.hours END,
        CASE WHEN d.hours % 24 = 0 AND d.hours > 24 THEN 'DAYS' ELSE 'HOURS' END, c.asked_at, c.due_at,
        CASE WHEN c.due_at < c.asked_at + pg_catalog.make_interval(hours => d.hours) THEN 'END_OF_SIGHT' ELSE 'CONSENT' END
      FROM hub.object o JOIN cmd.consent_deadline d ON d.urgency = c.urgency WHERE o.seq = c.ask_seq
      ON CONFLICT DO NOTHING
  $$;

  CREATE FUNCTION cmd.on_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      PERFORM cmd.owe_consent(NEW);
    ELSE
      UPDATE hub.duty d SET settled_at = hub.now(), settled_seq = NEW.answer_seq, outcome = 'DONE'
        WHERE d.thread_seq = NEW.ask_seq AND d.kind = 'CONSENT' AND d.settled_at IS NULL;
    END IF;
    RETURN NULL;
  END $$;

  -- Ends what was owed for questions whose time is over: both sides find it in their feed. One that is just being answered is left to the
  -- next sweep.
  CREATE FUNCTION cmd.lapse_consents(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
  SET plan_cache_mode = 'force_custom_plan' AS $$
  DECLARE
    lapsed integer;
    v_now timestamptz := hub.now();
  BEGIN
    WITH late AS (
      SELECT d.id, c.ask_seq, c.from_agency FROM hub.duty d JOIN hub.consent c ON c.ask_seq = d.thread_seq AND c.state = 'ASKED'
      WHERE d.kind = 'CONSENT' AND d.settled_at IS NULL AND d.due_at <= v_now
      ORDER BY d.due_at LIMIT p_limit FOR UPDATE OF c SKIP LOCKED),
    ended AS (
      UPDATE hub.duty d SET settled_at = v_now, outcome = 'VOID' FROM late l WHERE d.id = l.id RETURNING l.ask_seq, l.from_agency),
    logged AS (
      INSERT INTO audit.pending (event, object_seq, agency_id, at) SELECT 'consent.lapsed', e.ask_seq, e.from_agency, v_now FROM ended e),
    told AS (
      INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT r.audience_id, r.seq, 'LAPSED', r.clearance, o.id
      FROM ended e JOIN hub.release r ON r.seq = e.ask_seq AND r.recalled_at IS NULL JOIN hub.object o ON o.seq = r.seq)
    SELECT pg_catalog.count(*) INTO lapsed FROM ended;
    RETURN lapsed;
  END $$;

  REVOKE ALL ON FUNCTION cmd.owe_consent(hub.consent), cmd.on_consent(), cmd.lapse_consents(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.on_consent() TO hub_owner;
  GRANT EXECUTE ON FUNCTION cmd.lapse_consents(integer) TO hub_app;
  RESET ROLE;
`;

const TRIGGERS = `
  SET ROLE hub_owner;
  CREATE TRIGGER consent_asked AFTER INSERT ON hub.consent FOR EACH ROW WHEN (NEW.state = 'ASKED') EXECUTE FUNCTION cmd.on_consent();
  CREATE TRIGGER consent_answered AFTER UPDATE OF state ON hub.consent FOR EACH ROW
    WHEN (OLD.state = 'ASKED' AND NEW.state <> 'ASKED') EXECUTE FUNCTION cmd.on_consent();
  -- Told of like what nobody has opened.
  CREATE TRIGGER urgent_consent AFTER INSERT ON hub.duty FOR EACH ROW
    WHEN (NEW.settled_at IS NULL AND NEW.kind = 'CONSENT' AND NEW.urgency IN ('FLASH', 'URGENT')) EXECUTE FUNCTION cmd.on_urgent_duty();
  RESET ROLE;
`;
