import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ROLES_THAT_WORK } from '../src/session/people/role-rights.js';

/**
 * An agency's own work on a thread of alerts or requests: who holds it, which of its units were given it, what they are to do, under which
 * number the agency keeps it. Rows of one agency, seen by those of its units alone that see what they are about. The other side sees none.
 */
export class CreateDesk1795300118000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(LOOK_UPS);
    await runner.query(HOLDING);
    await runner.query(SHARING);
    await runner.query(FOLLOWING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER distributed_thread ON hub.object;
      DROP FUNCTION cmd.distribute_later(), cmd.end_task(uuid, text, text), cmd.give_task(bigint, uuid, text, text, timestamptz),
        cmd.distribute(bigint, text[], text), cmd.give_to_unit(hub.object, text, text), cmd.copy_release(hub.object, text, integer, integer), cmd.may_distribute(bigint, text, integer),
        cmd.lock_thread(bigint), cmd.end_stand_in(), cmd.keep_stand_in(text, timestamptz, timestamptz),
        cmd.number_matter(bigint, text), cmd.lay_down(bigint, text), cmd.give_matter(bigint, text, text, boolean), cmd.claim(bigint),
        cmd.note_step(bigint, text, text, text, text), cmd.matter_for(bigint), cmd.holds_for(text), cmd.works(text[]);
      DROP TABLE agency.stand_in, agency.task, agency.distribution, agency.matter_step, agency.matter;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- A thread as one agency works on it.
  CREATE TABLE agency.matter (
    agency_id text NOT NULL,
    thread_seq bigint NOT NULL REFERENCES hub.object,   -- the first version of the alert or the request
    national_ref text,
    holder text,                        -- pseudonym of the officer who answers for it
    held_since timestamptz,
    PRIMARY KEY (agency_id, thread_seq),
    CHECK ((holder IS NULL) = (held_since IS NULL))
  );
  CREATE INDEX matter_held ON agency.matter (agency_id, holder, held_since DESC, thread_seq) WHERE holder IS NOT NULL;
  CREATE INDEX matter_numbered ON agency.matter (agency_id, national_ref, thread_seq) WHERE national_ref IS NOT NULL;

  -- What was done with it, in its order.
  CREATE TABLE agency.matter_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency_id text NOT NULL,
    thread_seq bigint NOT NULL REFERENCES hub.object,
    act text NOT NULL CHECK (act IN ('CLAIMED', 'ASSIGNED', 'HANDED_OVER', 'LAID_DOWN', 'DISTRIBUTED', 'TASK_GIVEN', 'TASK_DONE',
      'TASK_WITHDRAWN', 'NUMBERED')),
    by_unit text NOT NULL,
    by_officer text,                    -- NULL: the unit's system
    to_unit text,
    to_officer text,
    note text,
    at timestamptz NOT NULL
  );
  CREATE INDEX matter_step_of ON agency.matter_step (agency_id, thread_seq, id);

  -- Units that were given a thread by another unit of their agency.
  CREATE TABLE agency.distribution (
    agency_id text NOT NULL,
    thread_seq bigint NOT NULL REFERENCES hub.object,
    unit_id text NOT NULL REFERENCES hub.unit,
    -- What the giving unit sees it by, and the unit's own audience, which is given the same; both NULL where every unit saw it already.
    from_audience integer,
    audience_id integer,
    at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, thread_seq, unit_id),
    CHECK ((from_audience IS NULL) = (audience_id IS NULL))
  );
  CREATE INDEX distribution_of_thread ON agency.distribution (thread_seq) WHERE audience_id IS NOT NULL;
  CREATE INDEX distribution_to_unit ON agency.distribution (agency_id, unit_id, at DESC, thread_seq);

  -- What a unit is to do for its agency's answer, and by when.
  CREATE TABLE agency.task (
    id uuid PRIMARY KEY,
    agency_id text NOT NULL,
    thread_seq bigint NOT NULL REFERENCES hub.object,
    unit_id text NOT NULL REFERENCES hub.unit,
    text text NOT NULL,
    due_at timestamptz NOT NULL,
    by_unit text NOT NULL,
    by_officer text,
    given_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('DONE', 'WITHDRAWN')),
    result text,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
  );
  CREATE INDEX task_of_matter ON agency.task (agency_id, thread_seq, given_at, id);
  CREATE INDEX task_of_unit ON agency.task (agency_id, unit_id, due_at, id) WHERE ended_at IS NULL;
  CREATE INDEX task_by_unit ON agency.task (agency_id, by_unit, due_at, id) WHERE ended_at IS NULL;

  -- Who acts for an officer who is away.
  CREATE TABLE agency.stand_in (
    agency_id text NOT NULL,
    officer text NOT NULL,
    stand_in text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    PRIMARY KEY (agency_id, officer),
    CHECK (officer <> stand_in), CHECK (valid_from < valid_until)
  );
  CREATE INDEX stand_in_of ON agency.stand_in (agency_id, stand_in);
  RESET ROLE;
`;

/** Whether the caller sees the alert or the request that a row is about: any version of it, since the oldest may have expired. */
const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE agency.matter ENABLE ROW LEVEL SECURITY;       ALTER TABLE agency.matter FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.matter_step ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.matter_step FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.distribution ENABLE ROW LEVEL SECURITY; ALTER TABLE agency.distribution FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.task ENABLE ROW LEVEL SECURITY;         ALTER TABLE agency.task FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.stand_in ENABLE ROW LEVEL SECURITY;     ALTER TABLE agency.stand_in FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_agency ON agency.matter FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = matter.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  CREATE POLICY own_agency ON agency.matter_step FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = matter_step.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  CREATE POLICY own_agency ON agency.distribution FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = distribution.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  CREATE POLICY own_agency ON agency.task FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = task.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  CREATE POLICY own_agency ON agency.stand_in FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  GRANT SELECT ON agency.matter, agency.matter_step, agency.distribution, agency.task, agency.stand_in TO hub_app;
  CREATE POLICY commands ON agency.matter TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.matter_step TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.distribution TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.task TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.stand_in TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON agency.matter, agency.distribution, agency.task TO hub_cmd;
  GRANT SELECT, INSERT ON agency.matter_step TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE, DELETE ON agency.stand_in TO hub_cmd;
  RESET ROLE;
`;

const LOOK_UPS = `
  SET ROLE hub_cmd;

  -- Whether officers of these roles may be given work: who administers or audits sees no content.
  CREATE FUNCTION cmd.works(p_roles text[]) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = ''
    RETURN p_roles && ARRAY[${ROLES_THAT_WORK.map((role) => `'${role}'`).join(', ')}];

  -- Whether the caller is this officer, or stands in for him or her now.
  CREATE FUNCTION cmd.holds_for(p_officer text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    RETURN p_officer = me.officer OR EXISTS (SELECT 1 FROM agency.stand_in s
      WHERE s.agency_id = me.agency AND s.officer = p_officer AND s.stand_in = me.officer
        AND s.valid_from <= cmd.now() AND s.valid_until > cmd.now());
  END $$;

  -- The alert or the request that the caller names and sees, and its matter, locked; made when there is none.
  CREATE FUNCTION cmd.matter_for(p_seq bigint) RETURNS hub.object LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE target hub.object;
  BEGIN
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = p_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq);
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    INSERT INTO agency.matter (agency_id, thread_seq) VALUES (cmd.my_agency(), target.thread_seq) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM agency.matter m WHERE m.agency_id = cmd.my_agency() AND m.thread_seq = target.thread_seq FOR UPDATE;
    RETURN target;
  END $$;

  CREATE FUNCTION cmd.note_step(p_thread bigint, p_act text, p_unit text, p_officer text, p_note text) RETURNS void
  LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO agency.matter_step (agency_id, thread_seq, act, by_unit, by_officer, to_unit, to_officer, note, at)
    SELECT (c).agency, p_thread, p_act, (c).unit, (c).officer, p_unit, p_officer, p_note, hub.now() FROM cmd.context() c
  $$;

  REVOKE ALL ON FUNCTION cmd.works(text[]), cmd.holds_for(text), cmd.matter_for(bigint), cmd.note_step(bigint, text, text, text, text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.works(text[]) TO hub_app;
  RESET ROLE;
`;

/** Who answers for a matter. Every command finds it again under the caller's rights. */
const HOLDING = `
  SET ROLE hub_cmd;

  -- The caller takes a matter that nobody holds, or who holds it is away and the caller stands in, or is no longer an officer.
  CREATE FUNCTION cmd.claim(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object;
    matter agency.matter;
  BEGIN
    IF me.officer IS NULL THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    target := cmd.matter_for(p_seq);
    SELECT m.* INTO matter FROM agency.matter m WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq;
    IF matter.holder = me.officer THEN RETURN; END IF;
    IF NOT COALESCE(cmd.holds_for(matter.holder), true) AND EXISTS (SELECT 1 FROM agency.officer o
        WHERE o.agency_id = me.agency AND o.pseudonym = matter.holder AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now()))
    THEN RAISE EXCEPTION 'HELD' USING ERRCODE = 'LH409'; END IF;
    UPDATE agency.matter m SET holder = me.officer, held_since = cmd.now()
      WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq;
    PERFORM cmd.note_step(target.thread_seq, 'CLAIMED', me.unit, me.officer, NULL);
  END $$;

  -- Gives a matter to an officer who sees it. p_is_held: as its holder, or who stands in; else as who directs the work of the unit.
  CREATE FUNCTION cmd.give_matter(p_seq bigint, p_officer text, p_note text, p_is_held boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object := cmd.matter_for(p_seq);
    matter agency.matter;
    taker agency.officer;
  BEGIN
    SELECT m.* INTO matter FROM agency.matter m WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq;
    IF p_is_held AND NOT COALESCE(cmd.holds_for(matter.holder), false) THEN RAISE EXCEPTION 'NOT_HELD' USING ERRCODE = 'LH409'; END IF;
    SELECT o.* INTO taker FROM agency.officer o WHERE o.agency_id = me.agency AND o.pseudonym = p_officer AND cmd.works(o.roles)
      AND o.valid_from <= pg_catalog.now() AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now());
    IF NOT FOUND THEN RAISE EXCEPTION 'OFFICER' USING ERRCODE = 'LH400'; END IF;
    IF NOT cmd.unit_sees(target.seq, me.agency, taker.unit_id, taker.clearance) THEN
      RAISE EXCEPTION 'OFFICER_SIGHT' USING ERRCODE = 'LH409';
    END IF;
    IF matter.holder IS NOT DISTINCT FROM p_officer THEN RETURN; END IF;
    UPDATE agency.matter m SET holder = p_officer, held_since = cmd.now()
      WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq;
    PERFORM cmd.note_step(target.thread_seq, CASE WHEN p_is_held THEN 'HANDED_OVER' ELSE 'ASSIGNED' END, taker.unit_id, p_officer, p_note);
  END $$;

  -- The holder, or who stands in, lays a matter down: nobody answers for it then.
  CREATE FUNCTION cmd.lay_down(p_seq bigint, p_note text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object := cmd.matter_for(p_seq);
  BEGIN
    UPDATE agency.matter m SET holder = NULL, held_since = NULL
      WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq AND m.holder IS NOT NULL AND cmd.holds_for(m.holder);
    IF NOT FOUND THEN RAISE EXCEPTION 'NOT_HELD' USING ERRCODE = 'LH409'; END IF;
    PERFORM cmd.note_step(target.thread_seq, 'LAID_DOWN', NULL, NULL, p_note);
  END $$;

  -- The number under which the agency keeps it; NULL takes it away.
  CREATE FUNCTION cmd.number_matter(p_seq bigint, p_ref text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object := cmd.matter_for(p_seq);
  BEGIN
    UPDATE agency.matter m SET national_ref = p_ref
      WHERE m.agency_id = me.agency AND m.thread_seq = target.thread_seq AND m.national_ref IS DISTINCT FROM p_ref;
    IF FOUND THEN PERFORM cmd.note_step(target.thread_seq, 'NUMBERED', NULL, NULL, p_ref); END IF;
  END $$;

  -- The caller names who acts while he or she is away.
  CREATE FUNCTION cmd.keep_stand_in(p_stand_in text, p_from timestamptz, p_until timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF me.officer IS NULL THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    IF p_stand_in = me.officer OR NOT EXISTS (SELECT 1 FROM agency.officer o
        WHERE o.agency_id = me.agency AND o.pseudonym = p_stand_in AND o.unit_id = me.unit AND cmd.works(o.roles)
          AND (o.valid_until IS NULL OR o.valid_until > p_from))
    THEN RAISE EXCEPTION 'OFFICER' USING ERRCODE = 'LH400'; END IF;
    INSERT INTO agency.stand_in AS s (agency_id, officer, stand_in, valid_from, valid_until)
      VALUES (me.agency, me.officer, p_stand_in, p_from, p_until)
      ON CONFLICT (agency_id, officer) DO UPDATE SET stand_in = EXCLUDED.stand_in, valid_from = EXCLUDED.valid_from,
        valid_until = EXCLUDED.valid_until;
  END $$;

  -- Ends the caller's own absence.
  CREATE FUNCTION cmd.end_stand_in() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    DELETE FROM agency.stand_in s WHERE s.agency_id = me.agency AND s.officer = me.officer;
  END $$;

  REVOKE ALL ON FUNCTION cmd.claim(bigint), cmd.give_matter(bigint, text, text, boolean), cmd.lay_down(bigint, text),
    cmd.number_matter(bigint, text), cmd.keep_stand_in(text, timestamptz, timestamptz), cmd.end_stand_in() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.claim(bigint), cmd.give_matter(bigint, text, text, boolean), cmd.lay_down(bigint, text),
    cmd.number_matter(bigint, text), cmd.keep_stand_in(text, timestamptz, timestamptz), cmd.end_stand_in() TO hub_app;
  RESET ROLE;
`;

/** The other units of the agency: no consent is needed, and what they get they get under the conditions under which it came. */
const SHARING = `
  SET ROLE hub_cmd;

  -- What is being given away and what is being added to the same thread wait for each other, so that neither misses the other.
  CREATE FUNCTION cmd.lock_thread(p_thread bigint) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('thread ' || p_thread, 0))
  $$;

  -- Whether other units of the agency may have what this audience has. The sender may have meant the unit addressed alone; and a consent
  -- that let a unit have it named that unit.
  CREATE FUNCTION cmd.may_distribute(p_seq bigint, p_text text, p_audience integer) RETURNS boolean LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT cmd.handling_of(p_text)->>'onwardRule' IS DISTINCT FROM 'NONE'
      AND NOT EXISTS (SELECT 1 FROM hub.onward w WHERE w.object_seq = p_seq AND w.audience_id = p_audience)
  $$;

  -- Gives what one audience of an agency was released to another, under the same conditions, where it may have it.
  CREATE FUNCTION cmd.copy_release(p_object hub.object, p_agency text, p_from integer, p_to integer) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    WITH given AS (
      INSERT INTO hub.release (audience_id, seq, clearance, until)
        SELECT p_to, r.seq, r.clearance, r.until FROM hub.release r
        WHERE r.seq = p_object.seq AND r.audience_id = p_from AND r.live AND r.recalled_at IS NULL
          AND cmd.may_distribute(p_object.seq, p_object.text, p_from)
        ON CONFLICT DO NOTHING RETURNING clearance),
    listed AS (
      INSERT INTO hub.release_term (audience_id, term, seq, clearance)
        SELECT p_to, t.term, t.seq, g.clearance FROM given g JOIN hub.release_term t ON t.seq = p_object.seq AND t.audience_id = p_from
        ON CONFLICT DO NOTHING),
    logged AS (
      INSERT INTO audit.pending (event, object_seq, agency_id) SELECT 'object.distributed', p_object.seq, p_agency FROM given)
    INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT p_to, p_object.seq, 'RELEASED', g.clearance, p_object.id FROM given g ON CONFLICT DO NOTHING
  $$;

  -- Gives a thread to a unit of the caller's agency, everything of it that the caller's unit sees and the unit does not. True when the unit
  -- had not been given it before.
  CREATE FUNCTION cmd.give_to_unit(p_target hub.object, p_unit text, p_note text) RETURNS boolean LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_from integer;
    v_to integer;
  BEGIN
    PERFORM cmd.lock_thread(p_target.thread_seq);
    IF NOT EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = p_unit AND u.agency_id = me.agency AND u.suspended_at IS NULL
        AND u.valid_from <= cmd.now() AND (u.valid_until IS NULL OR u.valid_until > cmd.now()))
    THEN RAISE EXCEPTION 'UNIT' USING ERRCODE = 'LH400'; END IF;

    IF NOT cmd.unit_sees(p_target.seq, me.agency, p_unit, 32767::smallint) THEN
      SELECT a.id INTO v_from FROM hub.release r JOIN hub.audience a ON a.id = r.audience_id
        WHERE r.seq = p_target.seq AND a.kind = 'UNIT' AND a.owner = me.unit AND r.recalled_at IS NULL;
      SELECT a.id INTO v_to FROM hub.audience a WHERE a.kind = 'UNIT' AND a.owner = p_unit;
      IF NOT cmd.may_distribute(p_target.seq, p_target.text, v_from) THEN
        RAISE EXCEPTION 'CONSENT_REQUIRED' USING ERRCODE = 'LH403';
      END IF;
    END IF;
    INSERT INTO agency.distribution (agency_id, thread_seq, unit_id, from_audience, audience_id, at)
      VALUES (me.agency, p_target.thread_seq, p_unit, v_from, v_to, cmd.now()) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;

    PERFORM cmd.copy_release(o, me.agency, v_from, v_to) FROM hub.object o WHERE o.thread_seq = p_target.thread_seq;
    PERFORM cmd.note_step(p_target.thread_seq, 'DISTRIBUTED', p_unit, NULL, p_note);
    RETURN true;
  END $$;

  -- Gives a thread to units of the caller's agency. Answers to how many it was new.
  CREATE FUNCTION cmd.distribute(p_seq bigint, p_units text[], p_note text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    target hub.object := cmd.matter_for(p_seq);
    v_unit text;
    given integer := 0;
  BEGIN
    FOR v_unit IN SELECT DISTINCT u FROM pg_catalog.unnest(p_units) u ORDER BY u LOOP
      IF cmd.give_to_unit(target, v_unit, p_note) THEN given := given + 1; END IF;
    END LOOP;
    RETURN given;
  END $$;

  -- Gives a unit something to do, by a time at which the agency's own duty is not yet due, and what it is about as well.
  CREATE FUNCTION cmd.give_task(p_seq bigint, p_id uuid, p_unit text, p_text text, p_due timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object := cmd.matter_for(p_seq);
  BEGIN
    IF p_due <= cmd.now() OR p_due > cmd.now() + interval '366 days' OR EXISTS (SELECT 1 FROM hub.duty d
        WHERE d.thread_seq = target.thread_seq AND d.owed_by = me.agency AND d.kind IN ('ANSWER', 'FIRST_REPORT', 'REPORT')
          AND d.settled_at IS NULL AND d.paused_at IS NULL AND d.due_at > cmd.now() AND d.due_at <= p_due)
    THEN RAISE EXCEPTION 'TASK_DUE' USING ERRCODE = 'LH400'; END IF;
    PERFORM cmd.give_to_unit(target, p_unit, NULL);
    INSERT INTO agency.task (id, agency_id, thread_seq, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, target.thread_seq, p_unit, p_text, p_due, me.unit, me.officer, cmd.now());
    PERFORM cmd.note_step(target.thread_seq, 'TASK_GIVEN', p_unit, NULL, p_text);
  END $$;

  -- Ends a task: DONE by the unit that has it, WITHDRAWN by the unit that gave it.
  CREATE FUNCTION cmd.end_task(p_id uuid, p_outcome text, p_result text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    task agency.task;
  BEGIN
    SELECT x.* INTO task FROM agency.task x WHERE x.id = p_id AND x.agency_id = me.agency
      AND EXISTS (SELECT 1 FROM hub.object o WHERE o.thread_seq = x.thread_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq))
      FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF me.unit IS DISTINCT FROM (CASE p_outcome WHEN 'DONE' THEN task.unit_id ELSE task.by_unit END) THEN
      RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
    END IF;
    IF task.ended_at IS NOT NULL THEN RAISE EXCEPTION 'TASK_ENDED' USING ERRCODE = 'LH409'; END IF;
    UPDATE agency.task x SET ended_at = cmd.now(), outcome = p_outcome, result = p_result WHERE x.id = p_id;
    PERFORM cmd.note_step(task.thread_seq, CASE p_outcome WHEN 'DONE' THEN 'TASK_DONE' ELSE 'TASK_WITHDRAWN' END, task.unit_id, NULL, p_result);
  END $$;

  REVOKE ALL ON FUNCTION cmd.lock_thread(bigint), cmd.may_distribute(bigint, text, integer),
    cmd.copy_release(hub.object, text, integer, integer), cmd.give_to_unit(hub.object, text, text),
    cmd.distribute(bigint, text[], text),
    cmd.give_task(bigint, uuid, text, text, timestamptz), cmd.end_task(uuid, text, text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.distribute(bigint, text[], text), cmd.give_task(bigint, uuid, text, text, timestamptz),
    cmd.end_task(uuid, text, text) TO hub_app;
  RESET ROLE;
`;

/** What comes later in a thread goes where the thread was given, once everything of it is stored. */
const FOLLOWING = `
  SET ROLE hub_cmd;
  CREATE FUNCTION cmd.distribute_later() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    given agency.distribution;
  BEGIN
    PERFORM cmd.lock_thread(NEW.thread_seq);
    -- In the order in which it was given: from unit to unit.
    FOR given IN SELECT d.* FROM agency.distribution d
      WHERE d.thread_seq = NEW.thread_seq AND d.audience_id IS NOT NULL ORDER BY d.at, d.unit_id
    LOOP
      PERFORM cmd.copy_release(NEW, given.agency_id, given.from_audience, given.audience_id);
    END LOOP;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION cmd.distribute_later() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.distribute_later() TO hub_owner;
  RESET ROLE;
  SET ROLE hub_owner;
  CREATE CONSTRAINT TRIGGER distributed_thread AFTER INSERT ON hub.object DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.reply_seq IS NOT NULL OR NEW.supersedes_seq IS NOT NULL) EXECUTE FUNCTION cmd.distribute_later();
  RESET ROLE;
`;
