import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEADLINE_NAMES, DEADLINES, DUTY_KINDS } from '../src/duties/deadlines.js';
import { ORAL_DUTY_RULES, ORAL_STATES } from '../src/requests/oral-states.js';

/**
 * Requests made by word of mouth: the side that was asked notes each, and whoever asked owes it in writing. Only the functions here move
 * one. A request that names a note confirms it in its own transaction, whatever the server has checked before.
 */
export class CreateOralRequests1795300170000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(DUTIES);
    await runner.query(FILL_DEADLINES, [JSON.stringify(DEADLINES.filter(({ name }) => name === 'CONFIRM'))]);
    await runner.query(FILL_RULES, [JSON.stringify(ORAL_DUTY_RULES)]);
    await runner.query(COMMANDS);
    await runner.query(TRIGGERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER oral_withdrawn ON hub.object;
      DROP TRIGGER request_act_confirms ON hub.request_act;
      DROP FUNCTION cmd.lapse_oral_requests(integer), cmd.withdraw_oral(), cmd.confirm_oral(), cmd.note_oral(bigint);
      DROP INDEX hub.duty_confirm;
      DROP TABLE hub.oral_request;
    `);
  }
}

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const TABLES = `
  SET ROLE hub_owner;
  -- One row for each note.
  CREATE TABLE hub.oral_request (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    from_agency text NOT NULL,               -- who was asked, and noted it
    to_agency text NOT NULL,                 -- who asked
    state text NOT NULL DEFAULT 'ORAL_RECEIVED' CHECK (state IN (${listed(ORAL_STATES)})),
    request_seq bigint REFERENCES hub.request,   -- the request in writing that has confirmed it
    CHECK (from_agency <> to_agency),
    CHECK ((state = 'CONFIRMED') = (request_seq IS NOT NULL))
  );
  ALTER TABLE hub.oral_request ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.oral_request FORCE ROW LEVEL SECURITY;
  CREATE POLICY sides ON hub.oral_request FOR SELECT TO hub_app USING (
    (SELECT cmd.my_agency()) IN (from_agency, to_agency) AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = oral_request.seq));
  GRANT SELECT ON hub.oral_request TO hub_app;
  CREATE POLICY commands ON hub.oral_request TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.oral_request TO hub_cmd;
  RESET ROLE;
`;

/** A database that has run for a while knows the lists of duties and deadlines as they were. */
const DUTIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.duty DROP CONSTRAINT duty_kind_check, ADD CONSTRAINT duty_kind_check CHECK (kind IN (${listed(DUTY_KINDS)})),
    DROP CONSTRAINT duty_deadline_check, ADD CONSTRAINT duty_deadline_check CHECK (deadline IN (${listed(DEADLINE_NAMES)}));
  CREATE INDEX duty_confirm ON hub.duty (due_at) WHERE kind = 'CONFIRM' AND settled_at IS NULL;
  RESET ROLE;
  SET ROLE hub_cmd;
  ALTER TABLE cmd.deadline DROP CONSTRAINT deadline_name_check,
    ADD CONSTRAINT deadline_name_check CHECK (name IN (${listed(DEADLINE_NAMES)}));
  RESET ROLE;
`;

const FILL_DEADLINES = `
  INSERT INTO cmd.deadline (profile, name, urgency, amount, unit)
  SELECT x->>'profile', x->>'name', x->>'urgency', (x->>'amount')::integer, x->>'unit' FROM jsonb_array_elements($1::jsonb) x
  ON CONFLICT DO NOTHING
`;

const FILL_RULES = `
  INSERT INTO cmd.duty_rule (about, act, duty, effect, deadline, counts_from, owes)
  SELECT x->>'about', x->>'act', x->>'duty', x->>'effect', x->>'deadline', x->>'from', x->>'owes' FROM jsonb_array_elements($1::jsonb) x
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Begins a request by word of mouth that the caller's agency has just noted: to the one who asked, who owes it in writing from now on.
  CREATE FUNCTION cmd.note_oral(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    sent hub.object;
    v_to text;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o
      WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.kind = 'oral' AND o.thread_seq = o.seq AND cmd.sees(o.seq);
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    SELECT CASE a.kind WHEN 'AGENCY' THEN a.owner WHEN 'UNIT' THEN (SELECT u.agency_id FROM hub.unit u WHERE u.id = a.owner) END
      INTO v_to FROM hub.audience a WHERE a.id = cmd.audience_of(sent.recipients[1]);
    IF v_to IS NULL OR v_to = me.agency OR pg_catalog.cardinality(sent.recipients) <> 1 THEN
      RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400';
    END IF;
    INSERT INTO hub.oral_request (seq, from_agency, to_agency) VALUES (p_seq, me.agency, v_to);
    PERFORM cmd.keep_duties('ORAL', 'NOTE', p_seq, p_seq);
  END $$;

  -- Lets a request in writing confirm the note that it names: one that the requesting side sees, between the same two, that still waits. Of
  -- two at once, the second finds what the first has left. A new version may repeat what it has confirmed.
  CREATE FUNCTION cmd.confirm_oral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    noted hub.oral_request;
    v_id text;
  BEGIN
    SELECT cmd.body_of(o.text)->'oralRequest'->>'noted' INTO v_id FROM hub.object o WHERE o.seq = NEW.seq;
    IF v_id IS NULL THEN RETURN NULL; END IF;
    SELECT n.* INTO noted FROM hub.object o JOIN hub.oral_request n ON n.seq = o.seq
      JOIN hub.request r ON r.root_seq = NEW.root_seq AND r.from_agency = n.to_agency AND r.to_agency = n.from_agency
      WHERE o.id = v_id::uuid AND cmd.sees(o.seq) FOR UPDATE OF n;
    IF NOT FOUND THEN RAISE EXCEPTION 'ORAL_LINK' USING ERRCODE = 'LH404'; END IF;
    IF noted.request_seq = NEW.root_seq THEN RETURN NULL; END IF;
    IF noted.state <> 'ORAL_RECEIVED' THEN RAISE EXCEPTION 'ORAL_STATE' USING ERRCODE = 'LH409'; END IF;
    UPDATE hub.oral_request n SET state = 'CONFIRMED', request_seq = NEW.root_seq WHERE n.seq = noted.seq;
    UPDATE hub.duty d SET settled_at = hub.now(), settled_seq = NEW.seq, outcome = 'DONE'
      WHERE d.thread_seq = noted.seq AND d.kind = 'CONFIRM' AND d.settled_at IS NULL;
    RETURN NULL;
  END $$;

  -- A note that is recalled before it was confirmed leaves nothing to be done.
  CREATE FUNCTION cmd.withdraw_oral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    UPDATE hub.oral_request n SET state = 'WITHDRAWN' WHERE n.seq = NEW.seq AND n.state = 'ORAL_RECEIVED';
    UPDATE hub.duty d SET settled_at = hub.now(), settled_seq = NEW.recalled_by_seq, outcome = 'VOID'
      WHERE d.thread_seq = NEW.seq AND d.kind = 'CONFIRM' AND d.settled_at IS NULL;
    RETURN NULL;
  END $$;

  -- Lets lapse what was not confirmed in time, as cmd.lapse_requests does: both sides find it in their feed, and one that is just being
  -- confirmed is left to the next sweep.
  CREATE FUNCTION cmd.lapse_oral_requests(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
  SET plan_cache_mode = 'force_custom_plan' AS $$
  DECLARE
    lapsed integer;
    v_now timestamptz := hub.now();
  BEGIN
    WITH late AS (
      SELECT n.seq FROM hub.duty d JOIN hub.oral_request n ON n.seq = d.thread_seq AND n.state = 'ORAL_RECEIVED'
      WHERE d.kind = 'CONFIRM' AND d.settled_at IS NULL AND d.due_at <= v_now
      ORDER BY d.due_at LIMIT p_limit FOR UPDATE OF n SKIP LOCKED),
    moved AS (
      UPDATE hub.oral_request n SET state = 'LAPSED' FROM late l WHERE n.seq = l.seq RETURNING n.seq, n.to_agency),
    ended AS (
      UPDATE hub.duty d SET settled_at = v_now, outcome = 'VOID' FROM moved m
      WHERE d.thread_seq = m.seq AND d.kind = 'CONFIRM' AND d.settled_at IS NULL),
    logged AS (
      INSERT INTO audit.pending (event, object_seq, agency_id, at) SELECT 'oral.lapsed', m.seq, m.to_agency, v_now FROM moved m),
    told AS (
      INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT r.audience_id, r.seq, 'LAPSED', r.clearance, o.id
      FROM moved m JOIN hub.release r ON r.seq = m.seq AND r.recalled_at IS NULL JOIN hub.object o ON o.seq = r.seq)
    SELECT pg_catalog.count(*) INTO lapsed FROM moved;
    RETURN lapsed;
  END $$;

  REVOKE ALL ON FUNCTION cmd.note_oral(bigint), cmd.confirm_oral(), cmd.withdraw_oral(), cmd.lapse_oral_requests(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.confirm_oral(), cmd.withdraw_oral() TO hub_owner;
  GRANT EXECUTE ON FUNCTION cmd.note_oral(bigint), cmd.lapse_oral_requests(integer) TO hub_app;
  RESET ROLE;
`;

const TRIGGERS = `
  SET ROLE hub_owner;
  CREATE TRIGGER request_act_confirms AFTER INSERT ON hub.request_act FOR EACH ROW
    WHEN (NEW.act IN ('REQUEST', 'REVISION')) EXECUTE FUNCTION cmd.confirm_oral();
  CREATE TRIGGER oral_withdrawn AFTER UPDATE OF recalled_by_seq ON hub.object FOR EACH ROW
    WHEN (NEW.kind = 'oral' AND OLD.recalled_by_seq IS NULL AND NEW.recalled_by_seq IS NOT NULL) EXECUTE FUNCTION cmd.withdraw_oral();
  RESET ROLE;
`;
