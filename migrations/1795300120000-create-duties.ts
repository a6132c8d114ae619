import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEADLINES, DUTY_KINDS } from '../src/duties/deadlines.js';
import { DUTY_RULES } from '../src/requests/request-duties.js';

/**
 * What each side of a request owes the other by when: a projection of the acts of its thread, written in their transaction. Nobody is asked
 * for it to happen: a trigger reads the act's row, and the rules say what becomes of which duty.
 */
export class CreateDuties1795300120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(RULES);
    await runner.query(FILL_DEADLINES, [JSON.stringify(DEADLINES)]);
    await runner.query(FILL_RULES, [JSON.stringify(DUTY_RULES)]);
    await runner.query(COMMANDS);
    await runner.query(TRIGGER);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER request_act_duties ON hub.request_act;
      DROP FUNCTION cmd.keep_duties(), cmd.named_time(text, jsonb);
      DROP TABLE cmd.duty_rule, cmd.deadline, hub.duty;
    `);
  }
}

const KINDS = DUTY_KINDS.map((kind) => `'${kind}'`).join(', ');

const TABLES = `
  SET ROLE hub_owner;

  CREATE TABLE hub.duty (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    root_seq bigint NOT NULL REFERENCES hub.request,
    kind text NOT NULL CHECK (kind IN (${KINDS})),
    owed_by text NOT NULL,
    owed_to text NOT NULL,
    urgency text NOT NULL,
    profile text NOT NULL,
    hours integer NOT NULL,           -- that the profile gives
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT 'RECEIPT' CHECK (reason IN ('RECEIPT', 'RAISED', 'AUTHORISATION_NOTICE', 'POSTPONEMENT')),
    paused_at timestamptz,            -- while the clock stands still
    settled_at timestamptz,
    settled_seq bigint REFERENCES hub.object,
    is_void boolean NOT NULL DEFAULT false,
    UNIQUE (root_seq, kind),
    CHECK ((settled_at IS NULL) = (settled_seq IS NULL)),
    CHECK (owed_by <> owed_to)
  );
  CREATE INDEX duty_owed_by ON hub.duty (owed_by, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_owed_to ON hub.duty (owed_to, due_at, id) WHERE settled_at IS NULL;
  RESET ROLE;
`;

const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.duty ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.duty FORCE ROW LEVEL SECURITY;
  -- The two sides alone, each as far as it sees the request.
  CREATE POLICY sides ON hub.duty FOR SELECT TO hub_app USING (
    (SELECT cmd.my_agency()) IN (owed_by, owed_to) AND EXISTS (SELECT 1 FROM hub.request r WHERE r.root_seq = duty.root_seq));
  GRANT SELECT ON hub.duty TO hub_app;
  CREATE POLICY commands ON hub.duty TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.duty TO hub_cmd;
  RESET ROLE;
`;

/** src/duties/deadlines.ts and src/requests/request-duties.ts as rows. Nobody but the commands reads them. */
const RULES = `
  SET ROLE hub_cmd;
  CREATE TABLE cmd.deadline (
    profile text NOT NULL,
    duty text NOT NULL,
    urgency text NOT NULL,
    hours integer NOT NULL CHECK (hours > 0),
    PRIMARY KEY (profile, duty, urgency)
  );
  CREATE TABLE cmd.duty_rule (
    act text NOT NULL,
    duty text NOT NULL,
    effect text NOT NULL CHECK (effect IN ('OPEN', 'SETTLE', 'PAUSE', 'RESUME', 'DEFER', 'VOID')),
    PRIMARY KEY (act, duty)
  );
  RESET ROLE;
`;

const FILL_DEADLINES = `
  INSERT INTO cmd.deadline (profile, duty, urgency, hours)
  SELECT x->>'profile', x->>'duty', x->>'urgency', (x->>'hours')::integer FROM jsonb_array_elements($1::jsonb) x
`;

const FILL_RULES = `
  INSERT INTO cmd.duty_rule (act, duty, effect)
  SELECT x->>'act', x->>'duty', x->>'effect' FROM jsonb_array_elements($1::jsonb) x
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- The time that an act names for what it puts off.
  CREATE FUNCTION cmd.named_time(p_act text, p_body jsonb) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE p_act WHEN 'POSTPONEMENT' THEN (p_body->'refusal'->>'consultUntil')::timestamptz
      ELSE (p_body->'delay'->>'expectedAt')::timestamptz END
  $$;

  CREATE FUNCTION cmd.keep_duties() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_now timestamptz := hub.now();
    asked hub.request;
    body jsonb;
  BEGIN
    SELECT r.* INTO asked FROM hub.request r WHERE r.root_seq = NEW.root_seq;
    SELECT cmd.body_of(o.text) INTO body FROM hub.object o WHERE o.seq = NEW.seq;

    UPDATE hub.duty d SET settled_at = v_now, settled_seq = NEW.seq, is_void = (x.effect = 'VOID'), paused_at = NULL
      FROM cmd.duty_rule x
      WHERE x.act = NEW.act AND x.effect IN ('SETTLE', 'VOID') AND d.root_seq = NEW.root_seq AND d.kind = x.duty AND d.settled_at IS NULL;

    UPDATE hub.duty d SET paused_at = v_now FROM cmd.duty_rule x
      WHERE x.act = NEW.act AND x.effect = 'PAUSE' AND d.root_seq = NEW.root_seq AND d.kind = x.duty AND d.settled_at IS NULL;

    -- The time that it stood still is added; and a new version that is more urgent is answered as soon as one that comes now.
    UPDATE hub.duty d SET due_at = d.due_at + (v_now - d.paused_at), paused_at = NULL FROM cmd.duty_rule x
      WHERE x.act = NEW.act AND x.effect = 'RESUME' AND d.root_seq = NEW.root_seq AND d.kind = x.duty AND d.settled_at IS NULL
        AND d.paused_at IS NOT NULL;
    IF NEW.act = 'REVISION' THEN
      UPDATE hub.duty d SET due_at = v_now + pg_catalog.make_interval(hours => l.hours), reason = 'RAISED', urgency = body->>'urgency',
          hours = l.hours
        FROM cmd.deadline l
        WHERE d.root_seq = NEW.root_seq AND d.settled_at IS NULL AND d.kind <> 'REPORT' AND l.profile = d.profile AND l.duty = d.kind
          AND l.urgency = body->>'urgency' AND l.hours < d.hours AND v_now + pg_catalog.make_interval(hours => l.hours) < d.due_at;
    END IF;

    UPDATE hub.duty d SET due_at = cmd.named_time(NEW.act, body), reason = NEW.act FROM cmd.duty_rule x
      WHERE x.act = NEW.act AND x.effect = 'DEFER' AND d.root_seq = NEW.root_seq AND d.kind = x.duty AND d.settled_at IS NULL;

    INSERT INTO hub.duty (root_seq, kind, owed_by, owed_to, urgency, profile, hours, started_at, due_at)
      SELECT NEW.root_seq, x.duty, CASE x.duty WHEN 'REPORT' THEN asked.from_agency ELSE asked.to_agency END,
        CASE x.duty WHEN 'REPORT' THEN asked.to_agency ELSE asked.from_agency END, asked.urgency, l.profile, l.hours, v_now,
        v_now + pg_catalog.make_interval(hours => l.hours)
      FROM cmd.duty_rule x JOIN cmd.deadline l ON l.duty = x.duty AND l.profile = 'HUB' AND l.urgency = asked.urgency
      WHERE x.act = NEW.act AND x.effect = 'OPEN';
    RETURN NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.named_time(text, jsonb), cmd.keep_duties() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.keep_duties() TO hub_owner;
  RESET ROLE;
`;

const TRIGGER = `
  SET ROLE hub_owner;
  CREATE TRIGGER request_act_duties AFTER INSERT ON hub.request_act FOR EACH ROW EXECUTE FUNCTION cmd.keep_duties();
  RESET ROLE;
`;
