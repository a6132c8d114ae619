import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is told that something waits: the roster of each unit, the officers' addresses, and the notices themselves. A notice holds no words: what
 * it says is counted when it is sent, of what is still open and still in sight of who reads it.
 */
export class CreateNotices1795300150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(KEEPING);
    await runner.query(RECIPIENTS);
    await runner.query(TELLING);
    await runner.query(SENDING);
    await runner.query(TRIGGERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER reminder_notice ON hub.duty_reminder;
      DROP TRIGGER urgent_notice_again ON hub.duty;
      DROP TRIGGER urgent_notice ON hub.duty;
      DROP FUNCTION cmd.on_duty_reminder(), cmd.on_urgent_duty();
      DROP FUNCTION cmd.end_notice(uuid, text, boolean), cmd.claim_notice(), cmd.tidy_notices(),
        cmd.make_digests(), cmd.make_notices(integer),
        cmd.add_notice(text, text, text, text, bigint[], timestamptz), cmd.tell_last(text, bigint[], timestamptz),
        cmd.on_roster(text, smallint, timestamptz), cmd.is_told_of(bigint, text, text, smallint), cmd.head_unit(text),
        cmd.own_notice_rule(text), cmd.notice_rule_of(text), cmd.keep_notice_rule(text, smallint, text), cmd.confirm_notice_address(text), cmd.end_notice_address(),
        cmd.keep_notice_address(text, text), cmd.keep_roster(text, jsonb), cmd.reachable_officers(text);
      DROP TABLE hub.notice, hub.notice_cause, hub.digest_day, agency.notice_rule, agency.notice_address, agency.roster;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- Who of a unit is told, and when: rank 1 first, 2 the deputy, 3 the head of unit.
  CREATE TABLE agency.roster (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency_id text NOT NULL,
    unit_id text NOT NULL REFERENCES hub.unit,
    officer text NOT NULL,
    rank smallint NOT NULL CHECK (rank IN (1, 2, 3)),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    FOREIGN KEY (agency_id, officer) REFERENCES agency.officer,
    CHECK (begins_at < ends_at)
  );
  CREATE INDEX roster_of_unit ON agency.roster (unit_id, ends_at);

  -- Where an officer gets notices. One that is wanted instead counts when the code sent to it has come back.
  CREATE TABLE agency.notice_address (
    agency_id text NOT NULL,
    officer text NOT NULL,
    language text NOT NULL CHECK (language IN ('en', 'vi')),
    address text,
    wanted text,
    code text,
    code_until timestamptz,
    code_tries smallint NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, officer),
    FOREIGN KEY (agency_id, officer) REFERENCES agency.officer,
    CHECK ((wanted IS NULL) = (code IS NULL) AND (wanted IS NULL) = (code_until IS NULL))
  );

  -- What an agency has said of how a unit is told as a whole: the hour of its digest by the agency's clock, NULL for none, and the
  -- language of its mailbox.
  CREATE TABLE agency.notice_rule (
    unit_id text PRIMARY KEY REFERENCES hub.unit,
    agency_id text NOT NULL REFERENCES hub.agency,
    digest_hour smallint CHECK (digest_hour BETWEEN 0 AND 23),
    language text NOT NULL CHECK (language IN ('en', 'vi'))
  );

  CREATE TABLE hub.digest_day (
    unit_id text PRIMARY KEY REFERENCES hub.unit,
    day date NOT NULL                   -- of the last digest, by the agency's clock
  );

  -- What somebody is to be told of from a moment on: written with the duty, or with the reminder of it.
  CREATE TABLE hub.notice_cause (
    duty_id bigint NOT NULL REFERENCES hub.duty,
    kind text NOT NULL CHECK (kind IN ('FLASH', 'URGENT', 'REMINDER', 'OVERDUE')),
    percent smallint,                   -- of a reminder
    told text[] NOT NULL DEFAULT '{}',  -- the officers of a FLASH who were told, in this order
    begun_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (duty_id, kind)
  );
  CREATE INDEX notice_cause_by_time ON hub.notice_cause (at);

  CREATE TABLE hub.notice (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('FLASH', 'URGENT', 'REMINDER', 'OVERDUE', 'DIGEST', 'CONFIRM')),
    agency_id text NOT NULL,
    unit_id text NOT NULL,              -- whose duties it tells of
    to_unit text NOT NULL,              -- whose officer or mailbox gets it
    officer text,                       -- NULL: the mailbox
    duties bigint[] NOT NULL,
    made_at timestamptz NOT NULL,
    send_at timestamptz NOT NULL,       -- when it is tried, or tried again
    tries smallint NOT NULL DEFAULT 0,
    sent_at timestamptz,
    failed_at timestamptz,
    problem text CHECK (problem IN ('UNREACHABLE', 'DEFERRED', 'REFUSED', 'NO_ADDRESS')),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
  );
  -- What comes up before a notice is tried joins it.
  CREATE UNIQUE INDEX notice_untried ON hub.notice (unit_id, to_unit, officer, kind) NULLS NOT DISTINCT
    WHERE tries = 0 AND sent_at IS NULL AND failed_at IS NULL;
  CREATE INDEX notice_to_send ON hub.notice (send_at) WHERE sent_at IS NULL AND failed_at IS NULL;
  CREATE INDEX notice_ended ON hub.notice (COALESCE(sent_at, failed_at));
  CREATE INDEX notice_of_reader ON hub.notice (unit_id, to_unit, officer, kind, made_at);
  CREATE INDEX notice_by_time ON hub.notice (agency_id, made_at);
  RESET ROLE;
`;

/** All of it is an agency's own affair: its administrators see roster, rules and what could not be sent, each officer the own address. */
const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE agency.roster ENABLE ROW LEVEL SECURITY;         ALTER TABLE agency.roster FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.notice_address ENABLE ROW LEVEL SECURITY; ALTER TABLE agency.notice_address FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.notice_rule ENABLE ROW LEVEL SECURITY;    ALTER TABLE agency.notice_rule FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.digest_day ENABLE ROW LEVEL SECURITY;        ALTER TABLE hub.digest_day FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.notice_cause ENABLE ROW LEVEL SECURITY;      ALTER TABLE hub.notice_cause FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.notice ENABLE ROW LEVEL SECURITY;            ALTER TABLE hub.notice FORCE ROW LEVEL SECURITY;

  CREATE POLICY administrators ON agency.roster FOR SELECT TO hub_app
    USING (agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.my_administration()) = 'AGENCY_ADMIN');
  CREATE POLICY administrators ON hub.notice FOR SELECT TO hub_app
    USING (agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.my_administration()) = 'AGENCY_ADMIN');
  CREATE POLICY own ON agency.notice_address FOR SELECT TO hub_app
    USING (agency_id = (SELECT cmd.my_agency()) AND officer = (SELECT (cmd.context()).officer));
  GRANT SELECT ON agency.roster TO hub_app;
  GRANT SELECT (agency_id, officer, language, address, wanted) ON agency.notice_address TO hub_app;
  GRANT SELECT (id, kind, agency_id, unit_id, to_unit, officer, made_at, send_at, tries, sent_at, failed_at, problem) ON hub.notice TO hub_app;

  CREATE POLICY commands ON agency.roster TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.notice_address TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.notice_rule TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.digest_day TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.notice_cause TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.notice TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, DELETE ON agency.roster TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE ON agency.notice_rule, hub.digest_day TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE, DELETE ON agency.notice_address, hub.notice_cause, hub.notice TO hub_cmd;
  RESET ROLE;
`;

const KEEPING = `
  SET ROLE hub_cmd;

  -- Writes the roster of a unit of the administrator's agency anew, from [{officer, rank, beginsAt, endsAt}].
  CREATE FUNCTION cmd.keep_roster(p_unit text, p_shifts jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF cmd.my_administration() IS DISTINCT FROM 'AGENCY_ADMIN' THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    -- Of two who write at once, the second writes over the first.
    PERFORM 1 FROM hub.unit u WHERE u.id = p_unit AND u.agency_id = me.agency FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
    IF EXISTS (SELECT 1 FROM pg_catalog.jsonb_to_recordset(p_shifts) AS s (officer text) WHERE NOT EXISTS (SELECT 1 FROM agency.officer o
      WHERE o.agency_id = me.agency AND o.unit_id = p_unit AND o.pseudonym = s.officer))
    THEN RAISE EXCEPTION 'OFFICER' USING ERRCODE = 'LH400'; END IF;
    DELETE FROM agency.roster r WHERE r.unit_id = p_unit;
    INSERT INTO agency.roster (agency_id, unit_id, officer, rank, begins_at, ends_at)
      SELECT me.agency, p_unit, s.officer, s.rank, s."beginsAt", s."endsAt"
      FROM pg_catalog.jsonb_to_recordset(p_shifts) AS s (officer text, rank smallint, "beginsAt" timestamptz, "endsAt" timestamptz);
    INSERT INTO audit.pending (event) VALUES ('roster.kept');
  END $$;

  CREATE FUNCTION cmd.keep_notice_rule(p_unit text, p_digest_hour smallint, p_language text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF cmd.my_administration() IS DISTINCT FROM 'AGENCY_ADMIN' THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    INSERT INTO agency.notice_rule AS r (unit_id, agency_id, digest_hour, language)
      SELECT u.id, u.agency_id, p_digest_hour, p_language FROM hub.unit u WHERE u.id = p_unit AND u.agency_id = me.agency
      ON CONFLICT (unit_id) DO UPDATE SET digest_hour = excluded.digest_hour, language = excluded.language;
    IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
    INSERT INTO audit.pending (event) VALUES ('notice-rule.kept');
  END $$;

  -- Asks for notices at an address, from its confirmation on. One code a minute, so that nobody can be flooded with them.
  CREATE FUNCTION cmd.keep_notice_address(p_address text, p_language text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    mine agency.officer;
  BEGIN
    SELECT o.* INTO mine FROM agency.officer o WHERE o.agency_id = me.agency AND o.pseudonym = me.officer;
    IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
    INSERT INTO agency.notice_address AS a (agency_id, officer, language, wanted, code, code_until, asked_at)
      VALUES (me.agency, me.officer, p_language, p_address,
        pg_catalog.lpad((('x' || pg_catalog.left(pg_catalog.gen_random_uuid()::text, 8))::bit(32)::bigint % 1000000)::text, 6, '0'),
        cmd.now() + interval '1 hour', cmd.now())
      ON CONFLICT (agency_id, officer) DO UPDATE SET language = excluded.language, wanted = excluded.wanted, code = excluded.code,
        code_until = excluded.code_until, code_tries = 0, asked_at = excluded.asked_at
      WHERE a.asked_at <= cmd.now() - interval '1 minute';
    IF NOT FOUND THEN RAISE EXCEPTION 'TOO_SOON' USING ERRCODE = 'LH409'; END IF;
    PERFORM cmd.add_notice('CONFIRM', mine.unit_id, mine.unit_id, me.officer, '{}', cmd.now());
  END $$;

  -- Whether this is the code; after five wrong ones it is none any more.
  CREATE FUNCTION cmd.confirm_notice_address(p_code text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    UPDATE agency.notice_address a SET code_tries = a.code_tries + 1
      WHERE a.agency_id = me.agency AND a.officer = me.officer AND a.code_until > cmd.now() AND a.code_tries < 5;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE agency.notice_address a SET address = a.wanted, wanted = NULL, code = NULL, code_until = NULL
      WHERE a.agency_id = me.agency AND a.officer = me.officer AND a.code = p_code;
    RETURN FOUND;
  END $$;

  CREATE FUNCTION cmd.end_notice_address() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    DELETE FROM agency.notice_address a WHERE a.agency_id = me.agency AND a.officer = me.officer;
  END $$;

  -- Who of a unit of the administrator's agency has an address; not which.
  CREATE FUNCTION cmd.reachable_officers(p_unit text) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF cmd.my_administration() IS DISTINCT FROM 'AGENCY_ADMIN' THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT a.officer FROM agency.notice_address a JOIN agency.officer o ON o.agency_id = a.agency_id AND o.pseudonym = a.officer
      WHERE a.agency_id = me.agency AND o.unit_id = p_unit AND a.address IS NOT NULL);
  END $$;

  REVOKE ALL ON FUNCTION cmd.reachable_officers(text), cmd.keep_roster(text, jsonb), cmd.keep_notice_rule(text, smallint, text), cmd.keep_notice_address(text, text),
    cmd.confirm_notice_address(text), cmd.end_notice_address() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.reachable_officers(text), cmd.keep_roster(text, jsonb), cmd.keep_notice_rule(text, smallint, text), cmd.keep_notice_address(text, text),
    cmd.confirm_notice_address(text), cmd.end_notice_address() TO hub_app;
  RESET ROLE;
`;

const RECIPIENTS = `
  SET ROLE hub_cmd;

  -- How a unit is told as a whole: as was said, else at eight, in the language of the country.
  CREATE FUNCTION cmd.notice_rule_of(p_unit text) RETURNS TABLE (digest_hour smallint, language text)
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN QUERY SELECT CASE WHEN r.unit_id IS NULL THEN 8::smallint ELSE r.digest_hour END,
        COALESCE(r.language, CASE g.country WHEN 'VN' THEN 'vi' ELSE 'en' END)
      FROM hub.unit u JOIN hub.agency g ON g.id = u.agency_id LEFT JOIN agency.notice_rule r ON r.unit_id = u.id WHERE u.id = p_unit;
  END $$;

  -- The same, of a unit of the administrator's agency.
  CREATE FUNCTION cmd.own_notice_rule(p_unit text) RETURNS TABLE (digest_hour smallint, language text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    IF cmd.my_administration() IS DISTINCT FROM 'AGENCY_ADMIN' THEN RETURN; END IF;
    RETURN QUERY SELECT r.digest_hour, r.language FROM hub.unit u CROSS JOIN LATERAL cmd.notice_rule_of(u.id) r
      WHERE u.id = p_unit AND u.agency_id = cmd.my_agency();
  END $$;

  -- The unit that is told of what is owed by an agency as a whole, and of a FLASH that nobody has opened.
  CREATE FUNCTION cmd.head_unit(p_agency text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN (SELECT u.id FROM hub.unit u WHERE u.agency_id = p_agency AND u.suspended_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > pg_catalog.now())
      ORDER BY u.kind = 'LIAISON_OFFICE' DESC, u.id LIMIT 1);
  END $$;

  -- Whether a duty may be told of to a reader of this clearance in this unit: open, and what it is about is in the unit's sight.
  CREATE FUNCTION cmd.is_told_of(p_duty bigint, p_agency text, p_unit text, p_clearance smallint) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN EXISTS (SELECT 1 FROM hub.duty d WHERE d.id = p_duty AND d.owed_by = p_agency AND d.settled_at IS NULL
      AND CASE WHEN d.letter_id IS NULL THEN cmd.unit_sees(d.object_seq, p_agency, p_unit, p_clearance)
        ELSE EXISTS (SELECT 1 FROM agency.letter l WHERE l.id = d.letter_id AND l.scope IN ('', p_unit) AND l.clearance <= p_clearance) END);
  END $$;

  -- Who of a unit can be told now, in order: on its roster, still its officer, not shut out, reading content up to this clearance, and with
  -- an address.
  CREATE FUNCTION cmd.on_roster(p_unit text, p_clearance smallint, p_now timestamptz) RETURNS TABLE (officer text, rank smallint)
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN QUERY SELECT r.officer, pg_catalog.min(r.rank) FROM agency.roster r
      JOIN agency.officer o ON o.agency_id = r.agency_id AND o.pseudonym = r.officer AND o.unit_id = r.unit_id
      JOIN agency.notice_address a ON a.agency_id = r.agency_id AND a.officer = r.officer AND a.address IS NOT NULL
      JOIN hub.unit u ON u.id = r.unit_id JOIN hub.agency g ON g.id = r.agency_id
      WHERE r.unit_id = p_unit AND r.begins_at <= p_now AND r.ends_at > p_now AND o.clearance >= p_clearance
        AND o.valid_from <= p_now AND (o.valid_until IS NULL OR o.valid_until > p_now)
        AND NOT o.roles <@ ARRAY['AUDITOR', 'AGENCY_ADMIN', 'SYSTEM_ADMIN']
        AND u.suspended_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > p_now)
        AND g.suspended_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > p_now) AND NOT cmd.is_shut_out(r.agency_id, r.officer)
      GROUP BY r.officer ORDER BY pg_catalog.min(r.rank), pg_catalog.min(r.begins_at), r.officer;
  END $$;

  REVOKE ALL ON FUNCTION cmd.notice_rule_of(text), cmd.own_notice_rule(text), cmd.head_unit(text), cmd.is_told_of(bigint, text, text, smallint),
    cmd.on_roster(text, smallint, timestamptz) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.own_notice_rule(text) TO hub_app;
  RESET ROLE;
`;

const TELLING = `
  SET ROLE hub_cmd;

  -- A notice to a reader, or more in the one that is not tried yet. Each reader gets at most one of a kind in a minute.
  CREATE FUNCTION cmd.add_notice(p_kind text, p_unit text, p_to_unit text, p_officer text, p_duties bigint[], p_now timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
  BEGIN
    INSERT INTO hub.notice AS n (kind, agency_id, unit_id, to_unit, officer, duties, made_at, send_at)
      SELECT p_kind, u.agency_id, p_unit, p_to_unit, p_officer, p_duties, p_now, GREATEST(p_now,
        (SELECT pg_catalog.max(COALESCE(x.sent_at, x.failed_at)) + interval '1 minute' FROM hub.notice x WHERE x.unit_id = p_unit
          AND x.to_unit = p_to_unit AND x.officer IS NOT DISTINCT FROM p_officer AND x.kind = p_kind AND x.made_at > p_now - interval '2 days'))
      FROM hub.unit u WHERE u.id = p_unit
      ON CONFLICT (unit_id, to_unit, officer, kind) WHERE tries = 0 AND sent_at IS NULL AND failed_at IS NULL
      DO UPDATE SET duties = n.duties || excluded.duties;
  END $$;

  -- When nobody of a unit can be told any more: its mailbox, and who is on duty for the whole agency.
  CREATE FUNCTION cmd.tell_last(p_unit text, p_duties bigint[], p_now timestamptz) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE v_head text := (SELECT cmd.head_unit(u.agency_id) FROM hub.unit u WHERE u.id = p_unit);
  BEGIN
    -- Without a mailbox it fails, and administrators see that.
    PERFORM cmd.add_notice('FLASH', p_unit, p_unit, NULL, p_duties, p_now);
    IF v_head <> p_unit THEN
      PERFORM cmd.add_notice('FLASH', p_unit, v_head, (SELECT r.officer FROM cmd.on_roster(v_head, 0::smallint, p_now) r LIMIT 1), p_duties, p_now);
    END IF;
  END $$;

  -- Makes notices of what has come up, a batch at a time; several processes may do so at once. What became of it meanwhile decides: of what
  -- is settled nobody is told, and after a pause of the hub a FLASH goes to whom it would go now, not to all before.
  CREATE FUNCTION cmd.make_notices(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_now timestamptz := hub.now();
    c record;
    persons text[];
    v_next text;
    v_skipped integer;
    made integer := 0;
  BEGIN
    FOR c IN
      WITH due AS (
        SELECT x.duty_id, x.kind, x.percent, x.told, x.begun_at, x.at, d.owed_by, COALESCE(o.clearance, l.clearance) AS clearance,
          COALESCE(d.owed_by_unit, cmd.head_unit(d.owed_by)) AS unit, d.settled_at IS NULL AND d.paused_at IS NULL AS is_open,
          CASE WHEN x.kind = 'FLASH' THEN LEAST(3, pg_catalog.floor(EXTRACT(epoch FROM v_now - x.begun_at) / 600))::integer END AS stage
        FROM hub.notice_cause x JOIN hub.duty d ON d.id = x.duty_id LEFT JOIN hub.object o ON o.seq = d.object_seq
          LEFT JOIN agency.letter l ON l.id = d.letter_id
        WHERE x.at <= v_now ORDER BY x.at LIMIT p_limit FOR UPDATE OF x SKIP LOCKED)
      SELECT due.kind, due.percent, due.told, due.stage, due.unit, due.clearance,
        due.is_open AND due.at > v_now - interval '1 day' AND due.unit IS NOT NULL
          AND cmd.is_told_of(due.duty_id, due.owed_by, due.unit, 1::smallint) AS is_due,
        pg_catalog.array_agg(due.duty_id) AS duties
      FROM due GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY due.unit, due.kind   -- in one order, so that two do not wait for each other
    LOOP
      made := made + pg_catalog.cardinality(c.duties);
      IF c.is_due AND c.kind = 'FLASH' THEN
        persons := ARRAY(SELECT r.officer FROM cmd.on_roster(c.unit, c.clearance, v_now) r WHERE r.officer <> ALL (c.told));
        v_skipped := GREATEST(0, c.stage - pg_catalog.cardinality(c.told));
        v_next := COALESCE(persons[v_skipped + 1], CASE WHEN c.told = '{}' THEN persons[1] END);
        IF v_next IS NOT NULL THEN PERFORM cmd.add_notice('FLASH', c.unit, c.unit, v_next, c.duties, v_now); END IF;
        IF c.stage < 3 AND persons[v_skipped + 1] IS NOT NULL THEN
          UPDATE hub.notice_cause x SET told = x.told || v_next, at = x.begun_at + (c.stage + 1) * interval '10 minutes'
            WHERE x.kind = 'FLASH' AND x.duty_id = ANY (c.duties);
          CONTINUE;
        END IF;
        PERFORM cmd.tell_last(c.unit, c.duties, v_now);
      ELSIF c.is_due THEN
        -- Of what is urgent hears whoever is first; of half the time the first rank, of four fifths the deputy too, of its end the head too;
        -- and of what nobody has taken over after a quarter the deputy as well.
        persons := ARRAY(SELECT r.officer FROM cmd.on_roster(c.unit, c.clearance, v_now) r
          WHERE c.kind = 'URGENT' OR r.rank <= CASE c.percent WHEN 50 THEN 1 WHEN 25 THEN 2 WHEN 80 THEN 2 ELSE 3 END);
        IF c.kind = 'URGENT' THEN persons := persons[1:1]; END IF;
        PERFORM cmd.add_notice(c.kind, c.unit, c.unit, p, c.duties, v_now) FROM pg_catalog.unnest(persons) p;
        IF persons = '{}' AND EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = c.unit AND u.mailbox IS NOT NULL) THEN
          PERFORM cmd.add_notice(c.kind, c.unit, c.unit, NULL, c.duties, v_now);
        END IF;
      END IF;
      DELETE FROM hub.notice_cause x WHERE x.kind = c.kind AND x.duty_id = ANY (c.duties);
    END LOOP;
    RETURN made;
  END $$;

  -- A digest for each unit that has had none today and whose hour has come, by its agency's clock: to its mailbox, else to who is on duty.
  CREATE FUNCTION cmd.make_digests() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_now timestamptz := hub.now();
    u record;
    made integer := 0;
  BEGIN
    FOR u IN
      SELECT x.id, x.mailbox, (v_now AT TIME ZONE g.time_zone)::date AS today
      FROM hub.unit x JOIN hub.agency g ON g.id = x.agency_id CROSS JOIN LATERAL cmd.notice_rule_of(x.id) r
        LEFT JOIN hub.digest_day d ON d.unit_id = x.id
      WHERE x.suspended_at IS NULL AND g.suspended_at IS NULL
        AND EXTRACT(hour FROM v_now AT TIME ZONE g.time_zone) >= r.digest_hour
        AND (d.day IS NULL OR d.day < (v_now AT TIME ZONE g.time_zone)::date)
        AND EXISTS (SELECT 1 FROM hub.duty y WHERE y.owed_by = x.agency_id AND y.settled_at IS NULL)
      ORDER BY x.id
    LOOP
      -- One process alone changes the day.
      INSERT INTO hub.digest_day AS d (unit_id, day) VALUES (u.id, u.today)
        ON CONFLICT (unit_id) DO UPDATE SET day = excluded.day WHERE d.day < excluded.day;
      IF NOT FOUND THEN CONTINUE; END IF;
      IF u.mailbox IS NOT NULL THEN
        PERFORM cmd.add_notice('DIGEST', u.id, u.id, NULL, '{}', v_now);
        made := made + 1;
      ELSE
        PERFORM cmd.add_notice('DIGEST', u.id, u.id, r.officer, '{}', v_now) FROM cmd.on_roster(u.id, 0::smallint, v_now) r LIMIT 1;
        made := made + 1;
      END IF;
    END LOOP;
    RETURN made;
  END $$;

  -- Forgets what was sent a week ago, and what could not be sent a month ago.
  CREATE FUNCTION cmd.tidy_notices() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE v_now timestamptz := hub.now();
  BEGIN
    UPDATE hub.notice n SET failed_at = v_now, problem = COALESCE(n.problem, 'UNREACHABLE')
      WHERE n.sent_at IS NULL AND n.failed_at IS NULL AND n.made_at <= v_now - interval '1 day';
    DELETE FROM hub.notice n WHERE COALESCE(n.sent_at, n.failed_at) < v_now - interval '7 days'
      AND (n.failed_at IS NULL OR n.failed_at < v_now - interval '30 days');
    UPDATE agency.notice_address a SET wanted = NULL, code = NULL, code_until = NULL WHERE a.code_until <= v_now;
    DELETE FROM agency.notice_address a WHERE a.address IS NULL AND a.wanted IS NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.add_notice(text, text, text, text, bigint[], timestamptz), cmd.tell_last(text, bigint[], timestamptz),
    cmd.make_notices(integer), cmd.make_digests(), cmd.tidy_notices() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.make_notices(integer), cmd.make_digests(), cmd.tidy_notices() TO hub_app;
  RESET ROLE;
`;

const SENDING = `
  SET ROLE hub_cmd;

  -- The next notice to try, FLASH first, with all that it says; NULL id when there is none. It is taken by moving its next try on, so two
  -- processes do not send it, and one that stops in between leaves it to be tried again. What says nothing any more is dropped.
  CREATE FUNCTION cmd.claim_notice() RETURNS TABLE (id uuid, kind text, address text, language text, time_zone text,
    unit_en text, unit_vi text, code text, urgency text, due_at timestamptz, count integer, today integer, overdue integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  #variable_conflict use_column
  DECLARE
    v_now timestamptz := hub.now();
    n hub.notice;
    v_clearance smallint;
  BEGIN
    LOOP
      SELECT x.* INTO n FROM hub.notice x WHERE x.sent_at IS NULL AND x.failed_at IS NULL AND x.send_at <= v_now
        ORDER BY x.kind = 'FLASH' DESC, x.send_at, x.id LIMIT 1 FOR UPDATE SKIP LOCKED;
      IF NOT FOUND THEN RETURN; END IF;
      -- After a pause of the mail server there may be several for one reader: they become one.
      WITH others AS (
        DELETE FROM hub.notice x USING (SELECT y.id FROM hub.notice y WHERE y.id <> n.id AND y.unit_id = n.unit_id
            AND y.to_unit = n.to_unit AND y.officer IS NOT DISTINCT FROM n.officer AND y.kind = n.kind
            AND y.sent_at IS NULL AND y.failed_at IS NULL AND y.send_at <= v_now FOR UPDATE SKIP LOCKED) z
          WHERE x.id = z.id RETURNING x.duties)
      SELECT n.duties || COALESCE(pg_catalog.array_agg(d), '{}') INTO n.duties FROM others o CROSS JOIN pg_catalog.unnest(o.duties) d;

      SELECT g.time_zone, u.name_en, u.name_vi, r.language, t.mailbox, 1
        INTO time_zone, unit_en, unit_vi, language, address, v_clearance
        FROM hub.unit u JOIN hub.agency g ON g.id = u.agency_id JOIN hub.unit t ON t.id = n.to_unit
          CROSS JOIN LATERAL cmd.notice_rule_of(t.id) r
        WHERE u.id = n.unit_id AND t.suspended_at IS NULL AND g.suspended_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > v_now);
      IF FOUND AND n.officer IS NOT NULL THEN
        SELECT a.language, CASE WHEN n.kind = 'CONFIRM' THEN a.wanted ELSE a.address END, a.code, o.clearance
          INTO language, address, code, v_clearance
          FROM agency.officer o LEFT JOIN agency.notice_address a ON a.agency_id = o.agency_id AND a.officer = o.pseudonym
          WHERE o.agency_id = n.agency_id AND o.pseudonym = n.officer AND o.unit_id = n.to_unit
            AND (n.kind = 'CONFIRM' OR NOT o.roles <@ ARRAY['AUDITOR', 'AGENCY_ADMIN', 'SYSTEM_ADMIN'])
            AND (o.valid_until IS NULL OR o.valid_until > v_now) AND NOT cmd.is_shut_out(n.agency_id, n.officer);
      END IF;
      -- Who has no part in it any more, or has taken the address back.
      IF NOT FOUND OR n.kind = 'CONFIRM' AND address IS NULL THEN
        DELETE FROM hub.notice x WHERE x.id = n.id;
        CONTINUE;
      END IF;

      -- Another unit's officer is told of what waits there, not by his own clearance: it is no more than that something waits.
      IF n.to_unit <> n.unit_id THEN v_clearance := 1; END IF;
      SELECT pg_catalog.count(*)::integer, pg_catalog.min(d.due_at),
          (ARRAY['FLASH', 'URGENT', 'ROUTINE'])[pg_catalog.min(pg_catalog.array_position(ARRAY['FLASH', 'URGENT', 'ROUTINE'], d.urgency))],
          (pg_catalog.count(*) FILTER (WHERE d.paused_at IS NULL AND d.due_at > v_now
            AND (d.due_at AT TIME ZONE time_zone)::date = (v_now AT TIME ZONE time_zone)::date))::integer,
          (pg_catalog.count(*) FILTER (WHERE d.paused_at IS NULL AND d.due_at <= v_now))::integer
        INTO count, due_at, urgency, today, overdue
        FROM hub.duty d
        WHERE d.owed_by = n.agency_id AND d.settled_at IS NULL
          AND (d.id = ANY (n.duties) OR n.kind = 'DIGEST' AND COALESCE(d.owed_by_unit, cmd.head_unit(n.agency_id)) = n.unit_id)
          AND cmd.is_told_of(d.id, n.agency_id, n.unit_id, v_clearance);
      IF count = 0 AND n.kind <> 'CONFIRM' THEN
        DELETE FROM hub.notice x WHERE x.id = n.id;
        CONTINUE;
      END IF;
      IF address IS NULL THEN
        UPDATE hub.notice x SET failed_at = v_now, problem = 'NO_ADDRESS' WHERE x.id = n.id;
        CONTINUE;
      END IF;

      UPDATE hub.notice x SET duties = n.duties, tries = LEAST(x.tries, 1000) + 1,
          send_at = v_now + (ARRAY[1, 5, 15, 60])[LEAST(x.tries + 1, 4)] * interval '1 minute'
        WHERE x.id = n.id;
      id := n.id;
      kind := n.kind;
      IF n.kind <> 'CONFIRM' THEN code := NULL; END IF;
      RETURN NEXT;
      RETURN;
    END LOOP;
  END $$;

  -- What became of a try: sent, or what was wrong. One that is final is not tried again.
  CREATE FUNCTION cmd.end_notice(p_id uuid, p_problem text, p_is_final boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE v_now timestamptz := hub.now();
  BEGIN
    UPDATE hub.notice n SET problem = p_problem,
        sent_at = CASE WHEN p_problem IS NULL THEN v_now END,
        failed_at = CASE WHEN p_problem IS NOT NULL AND p_is_final THEN v_now END
      WHERE n.id = p_id AND n.sent_at IS NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.claim_notice(), cmd.end_notice(uuid, text, boolean) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.claim_notice(), cmd.end_notice(uuid, text, boolean) TO hub_app;
  RESET ROLE;
`;

const TRIGGERS = `
  SET ROLE hub_cmd;
  CREATE FUNCTION cmd.on_urgent_duty() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    DELETE FROM hub.notice_cause x WHERE x.duty_id = NEW.id AND x.kind IN ('FLASH', 'URGENT');
    INSERT INTO hub.notice_cause (duty_id, kind, begun_at, at)
      SELECT NEW.id, NEW.urgency, x, x FROM (SELECT CASE TG_OP WHEN 'INSERT' THEN NEW.started_at ELSE hub.now() END) t (x);
    RETURN NULL;
  END $$;

  CREATE FUNCTION cmd.on_duty_reminder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    INSERT INTO hub.notice_cause (duty_id, kind, percent, begun_at, at)
      VALUES (NEW.duty_id, CASE NEW.percent WHEN 100 THEN 'OVERDUE' ELSE 'REMINDER' END, NEW.percent, NEW.at, NEW.at)
      ON CONFLICT (duty_id, kind) DO UPDATE SET percent = excluded.percent, begun_at = excluded.begun_at, at = excluded.at;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION cmd.on_urgent_duty(), cmd.on_duty_reminder() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.on_urgent_duty(), cmd.on_duty_reminder() TO hub_owner;

  SET ROLE hub_owner;
  -- Opening and acknowledging: what nobody has looked at yet.
  CREATE TRIGGER urgent_notice AFTER INSERT ON hub.duty FOR EACH ROW
    WHEN (NEW.settled_at IS NULL AND NEW.kind IN ('READ', 'ACKNOWLEDGE') AND NEW.urgency IN ('FLASH', 'URGENT'))
    EXECUTE FUNCTION cmd.on_urgent_duty();
  CREATE TRIGGER urgent_notice_again AFTER UPDATE OF urgency, settled_at, started_at ON hub.duty FOR EACH ROW
    WHEN (NEW.settled_at IS NULL AND NEW.kind IN ('READ', 'ACKNOWLEDGE') AND NEW.urgency IN ('FLASH', 'URGENT')
      AND (OLD.urgency <> NEW.urgency OR OLD.started_at <> NEW.started_at OR OLD.settled_at IS NOT NULL))
    EXECUTE FUNCTION cmd.on_urgent_duty();
  CREATE TRIGGER reminder_notice AFTER INSERT ON hub.duty_reminder FOR EACH ROW EXECUTE FUNCTION cmd.on_duty_reminder();
  RESET ROLE;
`;
