import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came of alerts: a projection of the signed reports of their addressees, written with them. */
export class CreateFeedback1795300125000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(COMMANDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.waive_reports(uuid, text, text), cmd.take_feedback(bigint);
      DROP TABLE hub.feedback;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;
  CREATE TABLE hub.feedback (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    thread_seq bigint NOT NULL REFERENCES hub.object,    -- the alert's first version
    by_agency text NOT NULL,
    by_unit text NOT NULL,
    stage text NOT NULL CHECK (stage IN ('RECEIVED', 'TASKED', 'CONTROLLED', 'CLOSED')),
    disposition text,
    contribution text
  );
  CREATE INDEX feedback_of_alert ON hub.feedback (thread_seq, seq);
  CREATE INDEX feedback_by ON hub.feedback (thread_seq, by_agency, by_unit, seq);
  RESET ROLE;
`;

/** A report is seen by those who see its object: who made it, and who sent the alert. */
const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.feedback ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.feedback FORCE ROW LEVEL SECURITY;
  CREATE POLICY released ON hub.feedback FOR SELECT TO hub_app USING (EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = feedback.seq));
  GRANT SELECT ON hub.feedback TO hub_app;
  CREATE POLICY commands ON hub.feedback TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON hub.feedback TO hub_cmd;
  RESET ROLE;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Takes a report on an alert that the caller's agency has just sent: to who sent the alert, and to nobody else. After its last report
  -- a unit says nothing less than another last one.
  CREATE FUNCTION cmd.take_feedback(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    sent hub.object;
    target hub.object;
    body jsonb;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.kind = 'feedback';
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = sent.reply_seq AND o.kind = 'alert' AND o.from_agency <> me.agency;
    IF target IS NULL OR NOT cmd.sees(target.seq) THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF sent.recipients NOT IN (ARRAY[target.from_agency], ARRAY[target.from_unit]) THEN
      RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400';
    END IF;
    PERFORM cmd.open_duties_of(target.thread_seq);
    -- Of two reports at once, the second finds the stage that the first has left.
    PERFORM 1 FROM hub.duty d WHERE d.thread_seq = target.thread_seq AND d.owed_by = me.agency ORDER BY d.id FOR UPDATE;
    body := cmd.body_of(sent.text);
    IF body->>'stage' <> 'CLOSED' AND EXISTS (SELECT 1 FROM hub.feedback f
      WHERE f.thread_seq = target.thread_seq AND f.by_agency = me.agency AND f.by_unit = sent.from_unit AND f.stage = 'CLOSED')
    THEN RAISE EXCEPTION 'FEEDBACK_CLOSED' USING ERRCODE = 'LH409'; END IF;
    INSERT INTO hub.feedback (seq, thread_seq, by_agency, by_unit, stage, disposition, contribution)
      VALUES (p_seq, target.thread_seq, me.agency, sent.from_unit, body->>'stage', body->>'disposition', body->>'contribution');
    PERFORM cmd.keep_duties('ALERT', body->>'stage', target.thread_seq, p_seq);
  END $$;

  -- The sender of an alert does without the results of one of its addressees. Answers how many duties that ends.
  CREATE FUNCTION cmd.waive_reports(p_alert uuid, p_agency text, p_reason text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    waived integer;
  BEGIN
    PERFORM cmd.open_duties_of(o.thread_seq) FROM hub.object o WHERE o.id = p_alert AND o.from_agency = me.agency;
    WITH ended AS (
      UPDATE hub.duty d SET settled_at = hub.now(), outcome = 'WAIVED', waived_because = p_reason
        FROM hub.object o
        WHERE o.id = p_alert AND o.kind = 'alert' AND o.from_agency = me.agency AND cmd.sees(o.seq) AND d.thread_seq = o.thread_seq
          AND d.owed_to = me.agency AND d.owed_by = p_agency AND d.kind IN ('FIRST_REPORT', 'REPORT') AND d.settled_at IS NULL
        RETURNING d.object_seq)
    INSERT INTO audit.pending (event, object_seq) SELECT 'reports.waived', e.object_seq FROM ended e;
    GET DIAGNOSTICS waived = ROW_COUNT;
    RETURN waived;
  END $$;

  REVOKE ALL ON FUNCTION cmd.take_feedback(bigint), cmd.waive_reports(uuid, text, text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.take_feedback(bigint), cmd.waive_reports(uuid, text, text) TO hub_app;
  RESET ROLE;
`;
