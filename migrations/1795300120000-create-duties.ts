import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ALERT_DUTY_RULES } from '../src/alerts/alert-duties.js';
import { DEADLINE_NAMES, DEADLINE_UNITS, DEADLINES, DUTY_KINDS, URGENCIES } from '../src/duties/deadlines.js';
import { REQUEST_DUTY_RULES } from '../src/requests/request-duties.js';

/**
 * What one side of an exchange owes the other by when: a projection of the acts of a thread, written in their transaction. Nobody is asked
 * for it to happen: triggers see the act, and the rules say what becomes of which duty.
 */
export class CreateDuties1795300120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(RULES);
    await runner.query(FILL_DEADLINES, [JSON.stringify(DEADLINES)]);
    await runner.query(FILL_RULES, [JSON.stringify([...REQUEST_DUTY_RULES, ...ALERT_DUTY_RULES])]);
    await runner.query(TIMES);
    await runner.query(COMMANDS);
    await runner.query(TRIGGERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER alert_recalled ON hub.object;
      DROP TRIGGER alert_read ON audit.access;
      DROP TRIGGER alert_duties ON hub.alert;
      DROP TRIGGER request_act_duties ON hub.request_act;
      DROP TABLE hub.duty_opening, hub.duty_reminder, hub.duty;
      DROP FUNCTION cmd.lapse_requests(integer), cmd.sweep_duties(integer), cmd.on_alert_recalled(), cmd.on_alert_read(), cmd.on_alert(), cmd.on_request_act(),
        cmd.open_duties(integer), cmd.open_duties_of(bigint),
        cmd.keep_duties(text, text, bigint, bigint, timestamptz), cmd.addressees_of(bigint), cmd.named_time(text, jsonb), cmd.set_reminder(),
        cmd.deadline_for(jsonb, text, text), cmd.due_time(timestamptz, integer, text, text), cmd.payload_of(text);
      DROP TABLE cmd.duty_rule, cmd.deadline;
    `);
  }
}

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const TABLES = `
  SET ROLE hub_owner;

  CREATE TABLE hub.duty (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread_seq bigint NOT NULL REFERENCES hub.object,        -- the first version of what it is about
    object_seq bigint NOT NULL REFERENCES hub.object,        -- the newest one
    kind text NOT NULL CHECK (kind IN (${listed(DUTY_KINDS)})),
    owed_by text NOT NULL,
    owed_by_unit text,                  -- that was addressed, or that sent; NULL: the agency as a whole
    owed_to text NOT NULL,
    owed_to_unit text,
    -- The unit of its agency that alone sees the object, or '' when every unit does: what an agency sent, or got as a whole.
    owed_by_scope text NOT NULL,
    owed_to_scope text NOT NULL,
    urgency text NOT NULL,
    profile text,                       -- whose deadline it is, and which; NULL where the object names the time
    deadline text CHECK (deadline IN (${listed(DEADLINE_NAMES)})),
    amount integer,
    unit text CHECK (unit IN (${listed(DEADLINE_UNITS)})),
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason IN ('RECEIPT', 'END_OF_VALIDITY', 'NAMED', 'RAISED', 'AUTHORISATION_NOTICE', 'POSTPONEMENT', 'RENEWED')),
    paused_at timestamptz,              -- while the clock stands still
    paused_for interval NOT NULL DEFAULT '0',
    reminded smallint NOT NULL DEFAULT 0 CHECK (reminded IN (0, 25, 50, 80, 100)),   -- how far it had come when last reminded of
    remind_at timestamptz,
    settled_at timestamptz,
    settled_seq bigint REFERENCES hub.object,                -- by this object; NULL when read, waived or lapsed
    outcome text CHECK (outcome IN ('DONE', 'VOID', 'WAIVED')),
    waived_because text CHECK (length(waived_because) BETWEEN 1 AND 1000),
    UNIQUE NULLS NOT DISTINCT (thread_seq, kind, owed_by, owed_by_unit),
    CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    CHECK ((outcome = 'WAIVED') = (waived_because IS NOT NULL) OR outcome IS NULL),
    CHECK (owed_by <> owed_to)
  );
  -- One for each list that can be asked for: of one side, with one partner, of one unit. Rows that nobody asks for are not in the way.
  CREATE INDEX duty_by ON hub.duty (owed_by, owed_by_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_by_partner ON hub.duty (owed_by, owed_to, owed_by_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_by_unit ON hub.duty (owed_by, owed_by_unit, owed_by_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_to ON hub.duty (owed_to, owed_to_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_to_partner ON hub.duty (owed_to, owed_by, owed_to_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_to_unit ON hub.duty (owed_to, owed_to_unit, owed_to_scope, due_at, id) WHERE settled_at IS NULL;
  CREATE INDEX duty_remind ON hub.duty (remind_at) WHERE settled_at IS NULL AND paused_at IS NULL;
  CREATE INDEX duty_clarify ON hub.duty (due_at) WHERE kind = 'CLARIFY' AND settled_at IS NULL;
  CREATE INDEX duty_unread ON hub.duty (object_seq, owed_by) WHERE kind = 'READ' AND settled_at IS NULL;

  -- What was reminded of, and when: each point of a duty's time once.
  CREATE TABLE hub.duty_reminder (
    duty_id bigint NOT NULL REFERENCES hub.duty,
    due_at timestamptz NOT NULL,
    percent smallint NOT NULL CHECK (percent IN (25, 50, 80, 100)),   -- 25: when nobody of the agency had taken it over
    at timestamptz NOT NULL,
    PRIMARY KEY (duty_id, due_at, percent)
  );

  -- Alerts to a community, whose duties are opened after they were accepted: there may be hundreds.
  CREATE TABLE hub.duty_opening (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    thread_seq bigint NOT NULL,
    act text NOT NULL,
    at timestamptz NOT NULL,
    failed_at timestamptz             -- when it last could not be done; it stands behind the others then
  );
  CREATE INDEX duty_opening_of_thread ON hub.duty_opening (thread_seq);
  RESET ROLE;
`;

const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.duty ENABLE ROW LEVEL SECURITY;          ALTER TABLE hub.duty FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.duty_reminder ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.duty_reminder FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.duty_opening ENABLE ROW LEVEL SECURITY;  ALTER TABLE hub.duty_opening FORCE ROW LEVEL SECURITY;
  -- The two sides alone, each as far as it sees what the duty is about. A scalar subquery: PostgreSQL would answer EXISTS for a page by
  -- reading everything that the caller may see.
  CREATE POLICY sides ON hub.duty FOR SELECT TO hub_app USING (
    (SELECT cmd.my_agency()) IN (owed_by, owed_to) AND (SELECT true FROM hub.object o WHERE o.seq = duty.object_seq LIMIT 1));
  GRANT SELECT ON hub.duty TO hub_app;
  CREATE POLICY commands ON hub.duty TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.duty TO hub_cmd;
  CREATE POLICY commands ON hub.duty_reminder TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON hub.duty_reminder TO hub_cmd;
  CREATE POLICY commands ON hub.duty_opening TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE, DELETE ON hub.duty_opening TO hub_cmd;
  RESET ROLE;
`;

/** src/duties/deadlines.ts, with what agreements add, and the rules of requests and alerts as rows. Nobody but the commands reads them. */
const RULES = `
  SET ROLE hub_cmd;
  CREATE TABLE cmd.deadline (
    profile text NOT NULL,          -- or the id of the agreement whose own it is
    name text NOT NULL CHECK (name IN (${listed(DEADLINE_NAMES)})),
    urgency text NOT NULL CHECK (urgency IN (${listed(URGENCIES)})),
    article text,
    assistance_type text,
    amount integer NOT NULL CHECK (amount BETWEEN 1 AND 10000),
    unit text NOT NULL CHECK (unit IN (${listed(DEADLINE_UNITS)})),
    UNIQUE NULLS NOT DISTINCT (profile, name, urgency, article, assistance_type)
  );
  CREATE TABLE cmd.duty_rule (
    about text NOT NULL,
    act text NOT NULL,
    duty text NOT NULL,
    effect text NOT NULL CHECK (effect IN ('OPEN', 'REOPEN', 'SETTLE', 'VOID', 'PAUSE', 'RESUME', 'RAISE', 'DEFER', 'RENEW')),
    deadline text,
    counts_from text,
    owes text CHECK (owes IN ('ADDRESSEE', 'SENDER')),
    PRIMARY KEY (about, act, duty, effect)
  );
  RESET ROLE;
`;

const FILL_DEADLINES = `
  INSERT INTO cmd.deadline (profile, name, urgency, amount, unit)
  SELECT x->>'profile', x->>'name', x->>'urgency', (x->>'amount')::integer, x->>'unit' FROM jsonb_array_elements($1::jsonb) x
`;

const FILL_RULES = `
  INSERT INTO cmd.duty_rule (about, act, duty, effect, deadline, counts_from, owes)
  SELECT x->>'about', x->>'act', x->>'duty', x->>'effect', x->>'deadline', x->>'from', x->>'owes' FROM jsonb_array_elements($1::jsonb) x
`;

const TIMES = `
  SET ROLE hub_cmd;

  CREATE FUNCTION cmd.payload_of(p_text text) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT pg_catalog.convert_from(pg_catalog.decode(
      pg_catalog.rpad(p, (pg_catalog.length(p) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb
    FROM pg_catalog.translate(p_text::jsonb ->> 'payload', '-_', '+/') p
  $$;

  -- When a time that begins now is over for an agency. Working days are those of its own calendar; the day of receipt does not count, and
  -- the last one counts to its end.
  CREATE FUNCTION cmd.due_time(p_start timestamptz, p_amount integer, p_unit text, p_agency text) RETURNS timestamptz
  LANGUAGE plpgsql STABLE STRICT SET search_path = '' AS $$
  DECLARE
    owing hub.agency;
    v_day date;
    counted integer := 0;
  BEGIN
    IF p_unit <> 'WORKING_DAYS' THEN
      RETURN p_start + pg_catalog.make_interval(hours => p_amount * CASE p_unit WHEN 'DAYS' THEN 24 ELSE 1 END);
    END IF;
    SELECT a.* INTO owing FROM hub.agency a WHERE a.id = p_agency;
    v_day := (p_start AT TIME ZONE owing.time_zone)::date;
    WHILE counted < p_amount LOOP
      v_day := v_day + 1;
      IF EXTRACT(isodow FROM v_day) <> ALL (owing.weekend)
        AND NOT EXISTS (SELECT 1 FROM hub.holiday h WHERE h.agency_id = p_agency AND h.day = v_day)
      THEN counted := counted + 1; END IF;
    END LOOP;
    RETURN ((v_day + 1)::timestamp AT TIME ZONE owing.time_zone) - interval '1 second';
  END $$;

  -- The deadline of this name for an object: its agreement's own, else its profile's, else the hub's; for its article and type of
  -- assistance before one for all.
  CREATE FUNCTION cmd.deadline_for(p_payload jsonb, p_name text, p_urgency text) RETURNS cmd.deadline
  LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT l FROM cmd.deadline l LEFT JOIN hub.agreement a ON a.id = p_payload->'handling'->'legalBasis'->>'agreement'
    WHERE l.name = p_name AND l.urgency = p_urgency AND l.profile IN (a.id, a.deadline_profile, 'HUB_DEFAULT')
      AND (l.article IS NULL OR l.article = p_payload->'handling'->'legalBasis'->>'article')
      AND (l.assistance_type IS NULL OR l.assistance_type = p_payload->'body'->>'assistanceType')
    ORDER BY l.profile = a.id DESC NULLS LAST, l.profile = a.deadline_profile DESC NULLS LAST, l.article IS NULL, l.assistance_type IS NULL
    LIMIT 1
  $$;

  -- When to remind of a duty next: at 50, 80 and 100 % of its time, in which it stood still not being counted. Whoever is reminded late is
  -- reminded once.
  CREATE FUNCTION cmd.set_reminder() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    begun timestamptz := NEW.started_at + NEW.paused_for;
    step smallint;
    was smallint := CASE TG_OP WHEN 'UPDATE' THEN OLD.reminded ELSE 0 END;
    -- A time that begins is looked at from its beginning, whoever writes it when.
    v_now timestamptz := hub.now();
  BEGIN
    IF TG_OP = 'INSERT' THEN v_now := NEW.started_at;
    ELSIF NEW.started_at <> OLD.started_at THEN v_now := NEW.started_at; END IF;
    NEW.remind_at := NULL;
    NEW.reminded := 0;
    FOREACH step IN ARRAY CASE WHEN NEW.kind IN ('ACKNOWLEDGE', 'ANSWER', 'FIRST_REPORT') THEN ARRAY[25, 50, 80, 100]
      ELSE ARRAY[50, 80, 100] END::smallint[]
    LOOP
      NEW.remind_at := begun + (NEW.due_at - begun) * (step / 100.0);
      EXIT WHEN NEW.remind_at > v_now OR (step = 100 AND was < 100);
      IF step > 25 THEN NEW.reminded := step; END IF;
      NEW.remind_at := NULL;
    END LOOP;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION cmd.payload_of(text), cmd.due_time(timestamptz, integer, text, text), cmd.deadline_for(jsonb, text, text),
    cmd.set_reminder() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.set_reminder() TO hub_owner;
  RESET ROLE;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- The time that an act names for what it puts off, or for what it asks.
  CREATE FUNCTION cmd.named_time(p_act text, p_body jsonb) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE p_act WHEN 'POSTPONEMENT' THEN (p_body->'refusal'->>'consultUntil')::timestamptz
      WHEN 'CLARIFICATION_REQUEST' THEN (p_body->'clarification'->>'dueAt')::timestamptz
      WHEN 'AUTHORISATION_NOTICE' THEN (p_body->'delay'->>'expectedAt')::timestamptz
      ELSE (p_body->>'feedbackDueAt')::timestamptz END
  $$;

  -- Who was addressed by an object: agencies, or units of them where these were named; of a community its members. Whoever got it from an
  -- addressee, with consent or as another unit of the same agency, owes nothing.
  CREATE FUNCTION cmd.addressees_of(p_seq bigint) RETURNS TABLE (agency text, unit text) LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH named AS (
      SELECT DISTINCT CASE a.kind WHEN 'AGENCY' THEN a.owner WHEN 'UNIT' THEN u.agency_id ELSE m.agency_id END AS agency, u.id AS unit
      FROM hub.object o JOIN hub.release r ON r.seq = o.seq JOIN hub.audience a ON a.id = r.audience_id
        LEFT JOIN hub.unit u ON a.kind = 'UNIT' AND u.id = a.owner
        LEFT JOIN hub.membership m ON a.kind = 'COMMUNITY' AND m.audience_id = a.id AND m.until_seq = 9223372036854775807
          AND m.agency_id <> o.from_agency
      WHERE o.seq = p_seq AND a.kind <> 'SENT'
        AND NOT EXISTS (SELECT 1 FROM hub.onward w WHERE w.object_seq = o.seq AND w.audience_id = a.id)
        AND NOT EXISTS (SELECT 1 FROM agency.distribution g WHERE g.thread_seq = o.thread_seq AND g.audience_id = a.id))
    SELECT n.agency, n.unit FROM named n
    WHERE n.agency IS NOT NULL AND (n.unit IS NOT NULL
      OR NOT EXISTS (SELECT 1 FROM named x WHERE x.agency = n.agency AND x.unit IS NOT NULL))
  $$;

  -- Lets an act take its effect on the duties of its thread. p_seq is the object that acts.
  CREATE FUNCTION cmd.keep_duties(p_about text, p_act text, p_thread bigint, p_seq bigint, v_now timestamptz DEFAULT hub.now()) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    acting hub.object;
    root hub.object;
    payload jsonb;
    v_urgency text;
    v_named timestamptz;
  BEGIN
    SELECT o.* INTO acting FROM hub.object o WHERE o.seq = p_seq;
    payload := cmd.payload_of(acting.text);
    v_urgency := payload->'body'->>'urgency';
    v_named := cmd.named_time(p_act, payload->'body');

    -- Of two units of an agency that were both addressed, each does its own; what one or none was named for, any unit does.
    UPDATE hub.duty d SET settled_at = v_now, settled_seq = p_seq, outcome = 'DONE', paused_at = NULL FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'SETTLE' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL AND d.owed_by = acting.from_agency
        AND (d.owed_by_unit IS NULL OR d.owed_by_unit = acting.from_unit OR NOT EXISTS (SELECT 1 FROM hub.duty e
          WHERE e.thread_seq = p_thread AND e.kind = d.kind AND e.owed_by = d.owed_by AND e.id <> d.id));

    UPDATE hub.duty d SET settled_at = v_now, settled_seq = p_seq, outcome = 'VOID', paused_at = NULL FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'VOID' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL;

    UPDATE hub.duty d SET paused_at = v_now FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'PAUSE' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL AND d.paused_at IS NULL;

    -- The time that it stood still is added.
    UPDATE hub.duty d SET due_at = d.due_at + (v_now - d.paused_at), paused_for = d.paused_for + (v_now - d.paused_at), paused_at = NULL
      FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'RESUME' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL AND d.paused_at IS NOT NULL;

    IF acting.supersedes_seq IS NOT NULL THEN
      UPDATE hub.duty d SET object_seq = p_seq WHERE d.thread_seq = p_thread;
    END IF;

    -- What has become more urgent is due as if it had come now, where that is sooner. A time that a side has named stays.
    UPDATE hub.duty d SET due_at = t.due, reason = 'RAISED', urgency = v_urgency, profile = (l).profile, amount = (l).amount, unit = (l).unit
      FROM cmd.duty_rule x CROSS JOIN LATERAL cmd.deadline_for(payload, x.deadline, v_urgency) l,
        LATERAL (SELECT o.owed_by, cmd.due_time(v_now, (l).amount, (l).unit, o.owed_by) AS due FROM hub.duty o
          WHERE o.thread_seq = p_thread AND o.kind = x.duty AND o.settled_at IS NULL) t
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'RAISE' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.owed_by = t.owed_by AND d.settled_at IS NULL AND d.reason IN ('RECEIPT', 'RAISED') AND t.due < d.due_at
        AND v_urgency <> d.urgency;

    UPDATE hub.duty d SET due_at = v_named, reason = p_act, profile = NULL, deadline = NULL, amount = NULL,
        unit = NULL
      FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'DEFER' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL;

    UPDATE hub.duty d SET started_at = v_now, due_at = cmd.due_time(v_now, (l).amount, (l).unit, d.owed_by), reason = 'RENEWED',
        profile = (l).profile, deadline = (l).name, amount = (l).amount, unit = (l).unit
      FROM cmd.duty_rule x, hub.object o,
        LATERAL cmd.deadline_for(cmd.payload_of(o.text), x.deadline, cmd.payload_of(o.text)->'body'->>'urgency') l
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'RENEW' AND d.thread_seq = p_thread AND d.kind = x.duty
        AND d.settled_at IS NULL AND o.seq = d.object_seq;

    UPDATE hub.duty d SET settled_at = NULL, settled_seq = NULL, outcome = NULL, waived_because = NULL FROM cmd.duty_rule x
      WHERE x.about = p_about AND x.act = p_act AND x.effect = 'REOPEN' AND d.thread_seq = p_thread AND d.kind = x.duty;

    PERFORM 1 FROM cmd.duty_rule x WHERE x.about = p_about AND x.act = p_act AND x.effect IN ('OPEN', 'REOPEN');
    IF NOT FOUND THEN RETURN; END IF;

    -- What is about a request runs under the terms of its newest version, whoever acts.
    SELECT o.* INTO root FROM hub.object o WHERE o.seq = p_thread;
    IF acting.kind <> root.kind THEN
      SELECT cmd.payload_of(o.text) INTO payload FROM hub.object o WHERE o.seq = acting.reply_seq;
      v_urgency := payload->'body'->>'urgency';
    END IF;
    INSERT INTO hub.duty AS d (thread_seq, object_seq, kind, owed_by, owed_by_unit, owed_by_scope, owed_to, owed_to_unit, owed_to_scope,
        urgency, profile, deadline, amount, unit, started_at, due_at, reason)
      SELECT p_thread, CASE WHEN acting.kind = root.kind THEN p_seq ELSE acting.reply_seq END, x.duty,
        y.owing, y.owing_unit, y.owing_scope, y.owed, y.owed_unit, y.owed_scope,
        v_urgency, (l).profile, (l).name, (l).amount, (l).unit, v_now,
        CASE
          WHEN x.deadline IS NULL THEN v_named
          WHEN x.counts_from = 'RECEIPT' THEN cmd.due_time(v_now, (l).amount, (l).unit, y.owing)
          WHEN x.counts_from = 'RECEIPT_OR_NAMED' THEN GREATEST(v_named, cmd.due_time(v_now, (l).amount, (l).unit, y.owing))
          ELSE GREATEST(v_named, cmd.due_time((payload->'body'->>'validTo')::timestamptz, (l).amount, (l).unit, y.owing)) END,
        CASE WHEN x.deadline IS NULL THEN 'NAMED' WHEN x.counts_from = 'END_OF_VALIDITY' THEN 'END_OF_VALIDITY' ELSE 'RECEIPT' END
      FROM cmd.duty_rule x
        LEFT JOIN LATERAL cmd.deadline_for(payload, x.deadline, v_urgency) l ON x.deadline IS NOT NULL
        CROSS JOIN cmd.addressees_of(p_thread) a
        CROSS JOIN LATERAL (
          SELECT a.agency AS owing, a.unit AS owing_unit, COALESCE(a.unit, '') AS owing_scope, root.from_agency AS owed,
            root.from_unit AS owed_unit, '' AS owed_scope WHERE x.owes = 'ADDRESSEE'
          UNION ALL SELECT root.from_agency, root.from_unit, '', a.agency, a.unit, COALESCE(a.unit, '') WHERE x.owes = 'SENDER') y
      WHERE x.about = p_about AND x.act = p_act AND x.effect IN ('OPEN', 'REOPEN') AND y.owing <> y.owed
      ON CONFLICT (thread_seq, kind, owed_by, owed_by_unit) DO UPDATE SET urgency = excluded.urgency, profile = excluded.profile,
        amount = excluded.amount, unit = excluded.unit, started_at = excluded.started_at, due_at = excluded.due_at, reason = excluded.reason,
        settled_at = NULL, settled_seq = NULL, outcome = NULL
      WHERE d.settled_at IS NULL OR d.outcome = 'VOID';   -- a version that asked for nothing had ended it
  END $$;

  -- Opens the duties of an alert to a community, if they are not open yet: before anything is done with them.
  CREATE FUNCTION cmd.open_duties_of(p_thread bigint) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE waiting hub.duty_opening;
  BEGIN
    FOR waiting IN SELECT w.* FROM hub.duty_opening w WHERE w.thread_seq = p_thread ORDER BY w.seq FOR UPDATE LOOP
      PERFORM cmd.keep_duties('ALERT', waiting.act, waiting.thread_seq, waiting.seq, waiting.at);
      DELETE FROM hub.duty_opening w WHERE w.seq = waiting.seq;
    END LOOP;
  END $$;

  -- Opens the duties of as many alerts to communities. Several processes may do so at once.
  CREATE FUNCTION cmd.open_duties(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    waiting hub.duty_opening;
    opened integer := 0;
  BEGIN
    FOR waiting IN SELECT w.* FROM hub.duty_opening w WHERE w.at <= hub.now() ORDER BY w.failed_at NULLS FIRST, w.seq
      LIMIT p_limit FOR UPDATE SKIP LOCKED
    LOOP
      -- One that cannot be done keeps no other waiting.
      BEGIN
        PERFORM cmd.open_duties_of(waiting.thread_seq);
        opened := opened + 1;
      EXCEPTION WHEN OTHERS THEN
        UPDATE hub.duty_opening w SET failed_at = hub.now() WHERE w.seq = waiting.seq;
        RAISE WARNING 'The duties of object % could not be opened: %', waiting.seq, SQLERRM;
      END;
    END LOOP;
    RETURN opened;
  END $$;

  CREATE FUNCTION cmd.on_request_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    PERFORM cmd.keep_duties('REQUEST', NEW.act, NEW.root_seq, NEW.seq);
    RETURN NULL;
  END $$;

  CREATE FUNCTION cmd.on_alert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    sent hub.object;
    v_act text;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o WHERE o.seq = NEW.seq;
    v_act := CASE WHEN sent.supersedes_seq IS NULL THEN 'ALERT' ELSE 'UPDATE' END
      || CASE WHEN cmd.payload_of(sent.text)->'body'->'feedbackRequired' = 'true' THEN '' ELSE '_FOR_INFORMATION' END;
    PERFORM cmd.open_duties_of(sent.thread_seq);
    IF EXISTS (SELECT 1 FROM pg_catalog.unnest(sent.recipients) x WHERE pg_catalog.starts_with(x, 'community:')) THEN
      INSERT INTO hub.duty_opening (seq, thread_seq, act, at) VALUES (sent.seq, sent.thread_seq, v_act, hub.now());
    ELSE
      PERFORM cmd.keep_duties('ALERT', v_act, sent.thread_seq, sent.seq);
    END IF;
    RETURN NULL;
  END $$;

  -- An addressee that has opened an alert, or taken it elsewhere, has read it. Reading is not signed.
  CREATE FUNCTION cmd.on_alert_read() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    PERFORM cmd.open_duties_of(o.thread_seq) FROM hub.object o WHERE o.seq = NEW.object_seq AND o.kind = 'alert';
    UPDATE hub.duty d SET settled_at = NEW.at, outcome = 'DONE'
      WHERE d.object_seq = NEW.object_seq AND d.owed_by = NEW.agency_id AND d.kind = 'READ' AND d.settled_at IS NULL
        AND (d.owed_by_unit IS NULL OR d.owed_by_unit = NEW.unit_id);
    RETURN NULL;
  END $$;

  CREATE FUNCTION cmd.on_alert_recalled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    IF NEW.kind = 'alert' AND NEW.superseded_by_seq IS NULL THEN
      PERFORM cmd.open_duties_of(NEW.thread_seq);
      PERFORM cmd.keep_duties('ALERT', 'RECALL', NEW.thread_seq, NEW.recalled_by_seq);
    END IF;
    RETURN NULL;
  END $$;

  -- Reminds of what has come half, or four fifths, of its time, and of what is due; a batch at a time. Several processes may sweep at
  -- once. After a pause it reminds of each duty once, as of now.
  CREATE FUNCTION cmd.sweep_duties(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
  SET plan_cache_mode = 'force_custom_plan' AS $$   -- one that knows how little is due
  DECLARE
    swept integer;
    v_now timestamptz := hub.now();
  BEGIN
    WITH due AS (
      SELECT d.id, d.due_at, d.started_at + d.paused_for AS begun, EXISTS (SELECT 1 FROM agency.matter m
          WHERE m.agency_id = d.owed_by AND m.thread_seq = d.thread_seq AND m.holder IS NOT NULL) AS is_held FROM hub.duty d
      WHERE d.settled_at IS NULL AND d.paused_at IS NULL AND d.remind_at <= v_now
      ORDER BY d.remind_at LIMIT p_limit FOR UPDATE SKIP LOCKED),
    stepped AS (
      UPDATE hub.duty d SET
          reminded = CASE WHEN t.due_at <= v_now THEN 100 WHEN t.begun + (t.due_at - t.begun) * 0.8 <= v_now THEN 80
            WHEN t.begun + (t.due_at - t.begun) * 0.5 <= v_now THEN 50 WHEN t.is_held THEN d.reminded ELSE 25 END,
          remind_at = CASE WHEN t.due_at <= v_now THEN NULL WHEN t.begun + (t.due_at - t.begun) * 0.8 <= v_now THEN t.due_at
            WHEN t.begun + (t.due_at - t.begun) * 0.5 <= v_now THEN t.begun + (t.due_at - t.begun) * 0.8
            ELSE t.begun + (t.due_at - t.begun) * 0.5 END
      FROM due t WHERE d.id = t.id RETURNING d.id, d.due_at, d.reminded),
    noted AS (
      INSERT INTO hub.duty_reminder (duty_id, due_at, percent, at) SELECT s.id, s.due_at, s.reminded, v_now FROM stepped s
        WHERE s.reminded > 0 ON CONFLICT DO NOTHING)
    SELECT pg_catalog.count(*) INTO swept FROM stepped;
    RETURN swept;
  END $$;

  -- Lets lapse what was not made clear in time: whatever is owed ends, and both sides find it in their feed. The thread's row is locked
  -- first, as by every act on it; one that is just being made clear is left to the next sweep.
  CREATE FUNCTION cmd.lapse_requests(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
  SET plan_cache_mode = 'force_custom_plan' AS $$
  DECLARE
    lapsed integer;
    v_now timestamptz := hub.now();
  BEGIN
    WITH late AS (
      SELECT r.root_seq, r.current_seq, r.from_agency, t.to_state
      FROM hub.duty d JOIN hub.request r ON r.root_seq = d.thread_seq
        JOIN cmd.request_transition t ON t.from_state = r.state AND t.act = 'LAPSE' AND t.side = 'CLOCK'
      WHERE d.kind = 'CLARIFY' AND d.settled_at IS NULL AND d.due_at <= v_now
      ORDER BY d.due_at LIMIT p_limit FOR UPDATE OF r SKIP LOCKED),
    moved AS (
      UPDATE hub.request r SET state = l.to_state, resume_state = NULL FROM late l WHERE r.root_seq = l.root_seq
      RETURNING r.root_seq, r.current_seq, r.from_agency),
    ended AS (
      UPDATE hub.duty d SET settled_at = v_now, outcome = 'VOID', paused_at = NULL FROM moved m
      WHERE d.thread_seq = m.root_seq AND d.settled_at IS NULL),
    logged AS (
      INSERT INTO audit.pending (event, object_seq, agency_id, at) SELECT 'request.lapsed', m.current_seq, m.from_agency, v_now FROM moved m),
    told AS (
      INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT r.audience_id, r.seq, 'LAPSED', r.clearance, o.id
      FROM moved m JOIN hub.release r ON r.seq = m.current_seq AND r.recalled_at IS NULL JOIN hub.object o ON o.seq = r.seq)
    SELECT pg_catalog.count(*) INTO lapsed FROM moved;
    RETURN lapsed;
  END $$;

  REVOKE ALL ON FUNCTION cmd.lapse_requests(integer), cmd.named_time(text, jsonb), cmd.addressees_of(bigint), cmd.keep_duties(text, text, bigint, bigint, timestamptz),
    cmd.open_duties_of(bigint), cmd.open_duties(integer), cmd.on_request_act(), cmd.on_alert(), cmd.on_alert_read(), cmd.on_alert_recalled(), cmd.sweep_duties(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.on_request_act(), cmd.on_alert(), cmd.on_alert_read(), cmd.on_alert_recalled() TO hub_owner;
  GRANT EXECUTE ON FUNCTION cmd.open_duties(integer), cmd.sweep_duties(integer), cmd.lapse_requests(integer) TO hub_app;
  RESET ROLE;
`;

const TRIGGERS = `
  SET ROLE hub_owner;
  CREATE TRIGGER duty_reminder BEFORE INSERT OR UPDATE OF started_at, due_at, paused_for ON hub.duty
    FOR EACH ROW EXECUTE FUNCTION cmd.set_reminder();
  CREATE TRIGGER request_act_duties AFTER INSERT ON hub.request_act FOR EACH ROW EXECUTE FUNCTION cmd.on_request_act();
  CREATE TRIGGER alert_duties AFTER INSERT ON hub.alert FOR EACH ROW EXECUTE FUNCTION cmd.on_alert();
  CREATE TRIGGER alert_recalled AFTER UPDATE OF recalled_by_seq ON hub.object FOR EACH ROW
    WHEN (OLD.recalled_by_seq IS NULL AND NEW.recalled_by_seq IS NOT NULL) EXECUTE FUNCTION cmd.on_alert_recalled();
  CREATE TRIGGER alert_read AFTER INSERT ON audit.access FOR EACH ROW
    WHEN (NEW.event IN ('object.opened', 'object.exported') AND NEW.agency_id <> NEW.owner_agency) EXECUTE FUNCTION cmd.on_alert_read();
  RESET ROLE;
`;
