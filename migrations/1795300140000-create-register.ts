import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';

/**
 * The register of letters: what an agency exchanges with administrations that are not on the hub. All of it is the agency's own. What a letter
 * asks for stands among the other duties (hub.duty), so that one clock reminds of both; it is worked out anew from the letters of a matter
 * whenever one of them is registered, corrected or closed.
 */
export class CreateRegister1795300140000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    for (const change of CHANGED) await runner.query(rewritten(change.name, change.before, change.after));
    await runner.query(DUTIES);
    await runner.query(REGISTERING);
    await runner.query(KEEPING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.give_letter_task(uuid, uuid, text, text, timestamptz), cmd.note_letter_task(uuid, text, text, text), cmd.open_scan(uuid),
        cmd.note_printing(uuid), cmd.keep_outside_partner(uuid, jsonb), cmd.close_letter(uuid, text, text), cmd.correct_letter(uuid, jsonb, text),
        cmd.import_letters(jsonb), cmd.import_letter(jsonb), cmd.register_letter(jsonb), cmd.note_letter(agency.letter, text, text, jsonb),
        cmd.usual_agreement(uuid), cmd.keep_wording(uuid, jsonb), cmd.check_letter(agency.letter), cmd.letter_of(jsonb), cmd.scan_of(text, text),
        cmd.letter_for(uuid), cmd.keep_letter_duties(uuid);
      SET ROLE hub_owner;
      ALTER POLICY sides ON hub.duty USING (
        (SELECT cmd.my_agency()) IN (owed_by, owed_to) AND (SELECT true FROM hub.object o WHERE o.seq = duty.object_seq LIMIT 1));
      DROP INDEX hub.duty_of_thread, hub.duty_of_letter;
      ALTER TABLE hub.duty DROP COLUMN letter_id, ALTER COLUMN thread_seq SET NOT NULL, ALTER COLUMN object_seq SET NOT NULL,
        ADD UNIQUE NULLS NOT DISTINCT (thread_seq, kind, owed_by, owed_by_unit);
      ALTER TABLE audit.pending DROP COLUMN letter_id;
      ALTER POLICY own_agency ON agency.task USING (agency_id = (SELECT cmd.my_agency())
        AND (SELECT true FROM hub.object o WHERE o.thread_seq = task.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
      DROP INDEX agency.task_of_letter;
      ALTER TABLE agency.task DROP COLUMN letter_id, ALTER COLUMN thread_seq SET NOT NULL;
      RESET ROLE;
    `);
    for (const change of CHANGED) await runner.query(rewritten(change.name, change.after, change.before));
    await runner.query('DROP TABLE agency.letter_step, agency.letter_wording, agency.letter, agency.outside_partner');
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- An administration that is not on the hub, as one agency knows it.
  CREATE TABLE agency.outside_partner (
    id uuid PRIMARY KEY,
    agency_id text NOT NULL REFERENCES hub.agency,
    name_en text NOT NULL,
    name_vi text NOT NULL,
    name_own text,                      -- as it writes it itself
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    address text,
    mailbox text,
    language text NOT NULL,
    agreement_id text REFERENCES hub.agreement,   -- under which letters to and from it stand unless they say otherwise
    UNIQUE (agency_id, id)
  );
  CREATE UNIQUE INDEX outside_partner_once ON agency.outside_partner (agency_id, country, lower(name_en));
  CREATE INDEX outside_partner_by_name ON agency.outside_partner (agency_id, name_en, id);

  CREATE TABLE agency.letter (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    agency_id text NOT NULL REFERENCES hub.agency,
    unit_id text REFERENCES hub.unit,   -- that alone sees it; NULL: every unit of the agency
    scope text NOT NULL GENERATED ALWAYS AS (COALESCE(unit_id, '')) STORED,
    clearance smallint NOT NULL CHECK (clearance IN (0, 1)),
    ref text NOT NULL UNIQUE,
    direction text NOT NULL CHECK (direction IN ('IN', 'OUT')),
    medium text NOT NULL CHECK (medium IN ('POST', 'EMAIL', 'FAX', 'HANDED_OVER')),
    kind text NOT NULL CHECK (kind IN ('REQUEST', 'ANSWER', 'ALERT', 'FEEDBACK', 'REMINDER', 'OTHER')),
    partner_id uuid NOT NULL,
    national_ref text,                  -- the agency's own number
    partner_ref text,                   -- the partner's number
    dated date NOT NULL,                -- the day that the letter bears
    at timestamptz NOT NULL CHECK (isfinite(at)),   -- when it came in, or went out
    subject text NOT NULL,
    summary text,
    urgency text NOT NULL CHECK (urgency IN ('FLASH', 'URGENT', 'ROUTINE')),
    agreement_id text REFERENCES hub.agreement,
    article text,
    assistance_type text,
    answer_kind text,
    ground text,
    expected_at timestamptz,            -- of a postponement: when it is looked at again
    reply_to uuid REFERENCES agency.letter,
    root_id uuid NOT NULL REFERENCES agency.letter DEFERRABLE INITIALLY DEFERRED,   -- the request that it belongs to, or where its matter began
    file_id uuid REFERENCES hub.file,   -- the scan
    answered_at timestamptz,            -- of a request: when it had its answer
    registered_at timestamptz NOT NULL,
    by_unit text NOT NULL,
    by_officer text,                    -- NULL: the unit's system
    closed_at timestamptz,
    closed_as text CHECK (closed_as IN ('WITHDRAWN', 'OTHERWISE', 'MISTAKE')),
    closed_because text CHECK (length(closed_because) BETWEEN 1 AND 1000),
    FOREIGN KEY (agency_id, partner_id) REFERENCES agency.outside_partner (agency_id, id),
    CHECK ((answer_kind IS NOT NULL) = (kind = 'ANSWER')),
    CHECK (answer_kind IS NULL OR reply_to IS NOT NULL),
    CHECK (kind <> 'REQUEST' OR root_id = id),
    CHECK ((closed_at IS NULL) = (closed_as IS NULL) AND (closed_at IS NULL) = (closed_because IS NULL))
  );
  -- One for each list that can be asked for; directions, scopes and clearances are merged.
  CREATE INDEX letter_page ON agency.letter (agency_id, scope, direction, clearance, seq DESC);
  CREATE INDEX letter_of_partner ON agency.letter (agency_id, partner_id, scope, direction, clearance, seq DESC);
  CREATE INDEX letter_of_matter ON agency.letter (root_id, at, seq);
  CREATE INDEX letter_numbered ON agency.letter (agency_id, national_ref, seq DESC) WHERE national_ref IS NOT NULL;
  CREATE INDEX letter_numbered_by_partner ON agency.letter (agency_id, partner_ref, seq DESC) WHERE partner_ref IS NOT NULL;
  CREATE INDEX letter_asked ON agency.letter (agency_id, at) WHERE kind = 'REQUEST' AND closed_as IS DISTINCT FROM 'MISTAKE';
  CREATE INDEX letter_of_file ON agency.letter (file_id) WHERE file_id IS NOT NULL;
  -- No letter stands in the register twice for the same readers: who does not see one is not told of it by a refusal.
  CREATE UNIQUE INDEX letter_once ON agency.letter (agency_id, partner_id, direction, dated, national_ref, scope, clearance)
    WHERE national_ref IS NOT NULL AND closed_as IS DISTINCT FROM 'MISTAKE';
  CREATE UNIQUE INDEX letter_in_once ON agency.letter (agency_id, partner_id, dated, partner_ref, scope, clearance)
    WHERE direction = 'IN' AND partner_ref IS NOT NULL AND closed_as IS DISTINCT FROM 'MISTAKE';

  -- The words of a letter that goes out: {en: {subject, text}, vi: {subject, text}}. They may name people; the newest row counts.
  CREATE TABLE agency.letter_wording (
    letter_id uuid NOT NULL REFERENCES agency.letter,
    version bigint GENERATED ALWAYS AS IDENTITY,
    wording jsonb NOT NULL,
    PRIMARY KEY (letter_id, version)
  );

  -- Who did what to a letter, and what stood there before.
  CREATE TABLE agency.letter_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    letter_id uuid NOT NULL REFERENCES agency.letter,
    act text NOT NULL CHECK (act IN ('REGISTERED', 'CORRECTED', 'CLOSED', 'TASK_GIVEN', 'TASK_DONE', 'TASK_WITHDRAWN')),
    at timestamptz NOT NULL,
    by_unit text NOT NULL,
    by_officer text,
    note text,
    to_unit text,                       -- of a task: the unit that is to do it
    before jsonb
  );
  CREATE INDEX letter_step_of ON agency.letter_step (letter_id, id);

  ALTER TABLE audit.pending ADD COLUMN letter_id uuid;

  -- What a unit is to do may be for a letter as well.
  ALTER TABLE agency.task ALTER COLUMN thread_seq DROP NOT NULL, ADD COLUMN letter_id uuid REFERENCES agency.letter,
    ADD CONSTRAINT task_for CHECK ((letter_id IS NULL) = (thread_seq IS NOT NULL));
  CREATE INDEX task_of_letter ON agency.task (letter_id, given_at, id) WHERE letter_id IS NOT NULL;

  -- A duty is about an object or about a letter.
  ALTER TABLE hub.duty ALTER COLUMN thread_seq DROP NOT NULL, ALTER COLUMN object_seq DROP NOT NULL,
    ADD COLUMN letter_id uuid REFERENCES agency.letter,
    ADD CHECK ((letter_id IS NULL) = (thread_seq IS NOT NULL)), ADD CHECK ((letter_id IS NULL) = (object_seq IS NOT NULL)),
    DROP CONSTRAINT duty_thread_seq_kind_owed_by_owed_by_unit_key;
  CREATE UNIQUE INDEX duty_of_thread ON hub.duty (thread_seq, kind, owed_by, owed_by_unit) NULLS NOT DISTINCT WHERE thread_seq IS NOT NULL;
  CREATE UNIQUE INDEX duty_of_letter ON hub.duty (letter_id, kind) WHERE letter_id IS NOT NULL;
  RESET ROLE;
`;

const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE agency.outside_partner ENABLE ROW LEVEL SECURITY; ALTER TABLE agency.outside_partner FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.letter ENABLE ROW LEVEL SECURITY;          ALTER TABLE agency.letter FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.letter_wording ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.letter_wording FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.letter_step ENABLE ROW LEVEL SECURITY;     ALTER TABLE agency.letter_step FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_agency ON agency.outside_partner FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY own_agency ON agency.letter FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND scope IN ('', (SELECT cmd.my_unit())) AND clearance <= (SELECT cmd.my_clearance()));
  CREATE POLICY own_agency ON agency.letter_wording FOR SELECT TO hub_app USING ((SELECT cmd.may_see_nominal())
    AND (SELECT true FROM agency.letter l WHERE l.id = letter_wording.letter_id LIMIT 1));
  CREATE POLICY own_agency ON agency.letter_step FOR SELECT TO hub_app USING (
    (SELECT true FROM agency.letter l WHERE l.id = letter_step.letter_id LIMIT 1));
  GRANT SELECT ON agency.outside_partner, agency.letter, agency.letter_wording, agency.letter_step TO hub_app;
  CREATE POLICY commands ON agency.outside_partner TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.letter TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.letter_wording TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.letter_step TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON agency.outside_partner, agency.letter TO hub_cmd;
  GRANT SELECT, INSERT ON agency.letter_wording, agency.letter_step TO hub_cmd;
  -- Only one of the two is looked for.
  ALTER POLICY own_agency ON agency.task USING (agency_id = (SELECT cmd.my_agency()) AND CASE WHEN letter_id IS NULL
    THEN (SELECT true FROM hub.object o WHERE o.thread_seq = task.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1)
    ELSE (SELECT true FROM agency.letter l WHERE l.id = task.letter_id LIMIT 1) END);
  ALTER POLICY sides ON hub.duty USING ((SELECT cmd.my_agency()) IN (owed_by, owed_to) AND CASE WHEN letter_id IS NULL
    THEN (SELECT true FROM hub.object o WHERE o.seq = duty.object_seq LIMIT 1)
    ELSE (SELECT true FROM agency.letter l WHERE l.id = duty.letter_id LIMIT 1) END);
  RESET ROLE;
`;

/** Commands of other modules, with what letters add to them. */
const CHANGED = [
  {
    // The unique index is a partial one now.
    name: 'cmd.keep_duties(text, text, bigint, bigint, timestamptz)',
    before: 'ON CONFLICT (thread_seq, kind, owed_by, owed_by_unit) DO',
    after: 'ON CONFLICT (thread_seq, kind, owed_by, owed_by_unit) WHERE thread_seq IS NOT NULL DO',
  },
  {
    name: 'cmd.end_task(uuid, text, text)',
    before:
      "AND EXISTS (SELECT 1 FROM hub.object o WHERE o.thread_seq = x.thread_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq))",
    after: `AND CASE WHEN x.letter_id IS NULL
          THEN EXISTS (SELECT 1 FROM hub.object o WHERE o.thread_seq = x.thread_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq))
          ELSE EXISTS (SELECT 1 FROM agency.letter l WHERE l.id = x.letter_id AND l.scope IN ('', me.unit) AND l.clearance <= me.clearance) END`,
  },
  {
    name: 'cmd.end_task(uuid, text, text)',
    before: 'PERFORM cmd.note_step(',
    after: `IF task.letter_id IS NOT NULL THEN
      PERFORM cmd.note_letter_task(task.letter_id, 'TASK_' || p_outcome, task.unit_id, p_result);
      RETURN;
    END IF;
    PERFORM cmd.note_step(`,
  },
  {
    // Nobody takes a letter over, so nobody is reminded after a quarter that nobody has.
    name: 'cmd.set_reminder()',
    before: "CASE WHEN NEW.kind IN ('ACKNOWLEDGE'",
    after: "CASE WHEN NEW.letter_id IS NULL AND NEW.kind IN ('ACKNOWLEDGE'",
  },
  {
    // A scan is kept like an attachment, and counts as little against what lies there unattached.
    name: 'cmd.unattached_bytes(text, text, bigint)',
    before: 'WHERE a.file_id = f.id)',
    after: 'WHERE a.file_id = f.id) AND NOT EXISTS (SELECT 1 FROM agency.letter l WHERE l.file_id = f.id)',
  },
  {
    name: 'cmd.sweep_files(integer)',
    before: 'WHERE a.file_id = d.id)',
    after: 'WHERE a.file_id = d.id) AND NOT EXISTS (SELECT 1 FROM agency.letter l WHERE l.file_id = d.id)',
  },
];

const DUTIES = `
  SET ROLE hub_cmd;

  -- What is owed for a request by letter, worked out from all letters of its matter: the deadlines of its agreement, and the effects that the
  -- same acts have on a request through the hub (cmd.duty_rule). An administration outside has no calendar here: working days are ours.
  CREATE FUNCTION cmd.keep_letter_duties(p_root uuid) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    root agency.letter;
    reply agency.letter;
    term cmd.deadline;
    duty hub.duty;
    v_kind text;
    v_effect text;
    v_profile text;
    v_ours boolean;
  BEGIN
    SELECT l.* INTO root FROM agency.letter l WHERE l.id = p_root AND l.kind = 'REQUEST';
    IF NOT FOUND THEN RETURN; END IF;
    v_ours := root.direction = 'IN';
    SELECT a.deadline_profile INTO v_profile FROM hub.agreement a WHERE a.id = root.agreement_id;

    FOREACH v_kind IN ARRAY ARRAY['ACKNOWLEDGE', 'ANSWER'] LOOP
      term := cmd.deadline_for(pg_catalog.jsonb_build_object(
        'handling', pg_catalog.jsonb_build_object('legalBasis', pg_catalog.jsonb_build_object('agreement', root.agreement_id, 'article', root.article)),
        'body', pg_catalog.jsonb_build_object('assistanceType', root.assistance_type)), v_kind, root.urgency);
      duty := NULL;
      duty.profile := term.profile; duty.deadline := term.name; duty.amount := term.amount; duty.unit := term.unit;
      duty.due_at := cmd.due_time(root.at, term.amount, term.unit, root.agency_id);
      duty.reason := 'RECEIPT';
      duty.paused_for := '0';

      FOR reply IN SELECT l.* FROM agency.letter l WHERE l.root_id = p_root AND l.id <> p_root AND l.closed_as IS DISTINCT FROM 'MISTAKE'
        ORDER BY l.at, l.seq
      LOOP
        EXIT WHEN duty.settled_at IS NOT NULL;
        -- Whoever asked has made clear what was asked back.
        IF reply.kind = 'OTHER' AND reply.direction = root.direction AND duty.paused_at IS NOT NULL THEN
          duty.due_at := duty.due_at + (reply.at - duty.paused_at);
          duty.paused_for := duty.paused_for + (reply.at - duty.paused_at);
          duty.paused_at := NULL;
        END IF;
        CONTINUE WHEN reply.kind <> 'ANSWER';
        SELECT x.effect INTO v_effect FROM cmd.duty_rule x WHERE x.about = 'REQUEST' AND x.act = reply.answer_kind AND x.duty = v_kind
          AND x.effect IN ('SETTLE', 'PAUSE', 'DEFER');
        IF v_effect = 'SETTLE' THEN
          duty.settled_at := GREATEST(reply.at, root.at);
          duty.outcome := 'DONE';
          duty.paused_at := NULL;
        ELSIF v_effect = 'PAUSE' THEN
          duty.paused_at := COALESCE(duty.paused_at, GREATEST(reply.at, root.at));
        ELSIF v_effect = 'DEFER' THEN
          duty.due_at := reply.expected_at;
          duty.reason := reply.answer_kind;
          duty.profile := NULL; duty.deadline := NULL; duty.amount := NULL; duty.unit := NULL;
        END IF;
      END LOOP;

      IF v_kind = 'ANSWER' THEN
        UPDATE agency.letter l SET answered_at = duty.settled_at WHERE l.id = p_root AND l.answered_at IS DISTINCT FROM duty.settled_at;
      -- An acknowledgement by letter is owed where the agreement, or the profile under which it runs, says so.
      ELSIF term.profile IS DISTINCT FROM v_profile AND term.profile IS DISTINCT FROM root.agreement_id THEN
        duty.settled_at := root.at;
        duty.outcome := 'VOID';
      END IF;
      IF duty.settled_at IS NULL AND root.closed_at IS NOT NULL THEN
        duty.settled_at := root.closed_at;
        duty.paused_at := NULL;
        duty.outcome := CASE root.closed_as WHEN 'OTHERWISE' THEN 'WAIVED' ELSE 'VOID' END;
        duty.waived_because := CASE root.closed_as WHEN 'OTHERWISE' THEN root.closed_because END;
      END IF;
      CONTINUE WHEN duty.outcome = 'VOID' AND NOT EXISTS (SELECT 1 FROM hub.duty d WHERE d.letter_id = p_root AND d.kind = v_kind);

      INSERT INTO hub.duty AS d (letter_id, kind, owed_by, owed_by_unit, owed_by_scope, owed_to, owed_to_unit, owed_to_scope, urgency, profile,
          deadline, amount, unit, started_at, due_at, reason, paused_at, paused_for, settled_at, outcome, waived_because)
        VALUES (p_root, v_kind,
          CASE WHEN v_ours THEN root.agency_id ELSE root.partner_id::text END, CASE WHEN v_ours THEN root.unit_id END,
          CASE WHEN v_ours THEN root.scope ELSE '' END,
          CASE WHEN v_ours THEN root.partner_id::text ELSE root.agency_id END, CASE WHEN NOT v_ours THEN root.unit_id END,
          CASE WHEN v_ours THEN '' ELSE root.scope END,
          root.urgency, duty.profile, duty.deadline, duty.amount, duty.unit, root.at, duty.due_at, duty.reason, duty.paused_at, duty.paused_for,
          duty.settled_at, duty.outcome, duty.waived_because)
        ON CONFLICT (letter_id, kind) WHERE letter_id IS NOT NULL DO UPDATE SET urgency = excluded.urgency, profile = excluded.profile,
          deadline = excluded.deadline, amount = excluded.amount, unit = excluded.unit, started_at = excluded.started_at, due_at = excluded.due_at,
          reason = excluded.reason, paused_at = excluded.paused_at, paused_for = excluded.paused_for, settled_at = excluded.settled_at,
          outcome = excluded.outcome, waived_because = excluded.waived_because;
    END LOOP;
  END $$;

  REVOKE ALL ON FUNCTION cmd.keep_letter_duties(uuid) FROM PUBLIC;
  RESET ROLE;
`;

const REGISTERING = `
  SET ROLE hub_cmd;

  -- A letter that the caller sees, locked.
  CREATE FUNCTION cmd.letter_for(p_id uuid) RETURNS agency.letter LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    letter agency.letter;
  BEGIN
    SELECT l.* INTO letter FROM agency.letter l WHERE l.id = p_id AND l.agency_id = me.agency AND l.scope IN ('', me.unit)
      AND l.clearance <= me.clearance FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    RETURN letter;
  END $$;

  -- A clean file of an agency; held so that it is not swept meanwhile.
  CREATE FUNCTION cmd.scan_of(p_agency text, p_sha256 text) RETURNS uuid LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE v_id uuid;
  BEGIN
    IF p_sha256 IS NULL THEN RETURN NULL; END IF;
    SELECT f.id INTO v_id FROM hub.file f WHERE f.agency_id = p_agency AND f.sha256 = p_sha256 AND f.state = 'CLEAN' FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'SCAN' USING ERRCODE = 'LH400'; END IF;
    RETURN v_id;
  END $$;

  -- The letter that an input describes; the rest of its columns is empty.
  CREATE FUNCTION cmd.letter_of(p jsonb) RETURNS agency.letter LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  DECLARE l agency.letter;
  BEGIN
    l.id := p->>'id'; l.ref := p->>'ref'; l.direction := p->>'direction'; l.kind := p->>'kind';
    l.partner_id := p->>'partner'; l.reply_to := p->>'inReplyTo'; l.answer_kind := p->>'answerKind';
    l.clearance := CASE p->>'classification' WHEN 'RESTRICTED' THEN 1 ELSE 0 END;
    l.medium := p->>'medium'; l.national_ref := p->>'nationalRef'; l.partner_ref := p->>'partnerRef'; l.dated := p->>'dated'; l.at := p->>'at';
    l.subject := p->>'subject'; l.summary := p->>'summary'; l.urgency := COALESCE(p->>'urgency', 'ROUTINE');
    l.agreement_id := p->>'agreement'; l.article := p->>'article'; l.assistance_type := p->>'assistanceType'; l.ground := p->>'ground';
    l.expected_at := p->>'expectedAt';
    RETURN l;
  END $$;

  -- What every letter keeps, new or corrected.
  CREATE FUNCTION cmd.check_letter(l agency.letter) RETURNS void LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    IF l.clearance > (cmd.context()).clearance THEN RAISE EXCEPTION 'CLEARANCE' USING ERRCODE = 'LH400'; END IF;
    IF l.at > cmd.now() OR l.dated > (l.at + interval '1 day')::date THEN RAISE EXCEPTION 'LETTER_TIME' USING ERRCODE = 'LH400'; END IF;
    IF l.agreement_id IS NOT NULL AND l.agreement_id <> ALL (cmd.my_agreements()) THEN RAISE EXCEPTION 'AGREEMENT' USING ERRCODE = 'LH400'; END IF;
  END $$;

  -- Writes down the words of a letter where they are given and new; tells whether they were. What stood there before is kept.
  CREATE FUNCTION cmd.keep_wording(p_id uuid, p_wording jsonb) RETURNS boolean LANGUAGE sql SET search_path = '' AS $$
    WITH kept AS (
      INSERT INTO agency.letter_wording (letter_id, wording) SELECT p_id, p_wording
        WHERE p_wording IS DISTINCT FROM (SELECT w.wording FROM agency.letter_wording w WHERE w.letter_id = p_id ORDER BY w.version DESC LIMIT 1)
          AND p_wording IS NOT NULL
        RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM kept);
  $$;

  -- The agreement under which letters to and from a partner stand when they name none, as long as it is one of the agency's own.
  CREATE FUNCTION cmd.usual_agreement(p_partner uuid) RETURNS text LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT o.agreement_id FROM agency.outside_partner o WHERE o.id = p_partner AND o.agreement_id = ANY (cmd.my_agreements());
  $$;

  CREATE FUNCTION cmd.note_letter(l agency.letter, p_act text, p_note text, p_before jsonb) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO agency.letter_step (letter_id, act, at, by_unit, by_officer, note, before)
      SELECT (l).id, p_act, hub.now(), (c).unit, (c).officer, p_note, p_before FROM cmd.context() c;
    INSERT INTO audit.pending (event, letter_id) VALUES ('letter.' || pg_catalog.lower(p_act), (l).id);
  $$;

  -- Registers a letter of the caller's agency. Of two who register the same at once, the second is told.
  CREATE FUNCTION cmd.register_letter(p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    letter agency.letter := cmd.letter_of(p);
    target agency.letter;
  BEGIN
    letter.agency_id := me.agency;
    letter.unit_id := CASE WHEN (p->>'ownUnitOnly')::boolean THEN me.unit END;
    PERFORM cmd.check_letter(letter);
    PERFORM 1 FROM agency.outside_partner o WHERE o.id = letter.partner_id AND o.agency_id = me.agency;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    letter.agreement_id := COALESCE(letter.agreement_id, cmd.usual_agreement(letter.partner_id));

    letter.root_id := letter.id;
    IF letter.reply_to IS NOT NULL THEN
      target := cmd.letter_for(letter.reply_to);
      IF target.partner_id <> letter.partner_id THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
      IF target.closed_as = 'MISTAKE' THEN RAISE EXCEPTION 'LETTER_CLOSED' USING ERRCODE = 'LH409'; END IF;
      -- An answer goes back to a request, to those who may see it.
      IF letter.kind = 'ANSWER' AND (target.kind <> 'REQUEST' OR target.direction = letter.direction) THEN
        RAISE EXCEPTION 'ANSWERS_REQUEST' USING ERRCODE = 'LH400';
      END IF;
      IF letter.unit_id IS NOT NULL AND target.unit_id IS NULL OR letter.clearance < target.clearance THEN
        RAISE EXCEPTION 'REPLY_SIGHT' USING ERRCODE = 'LH400';
      END IF;
      letter.unit_id := target.unit_id;
      IF letter.kind <> 'REQUEST' THEN letter.root_id := target.root_id; END IF;
      -- Replies to one matter are registered one after the other.
      IF letter.root_id <> target.id THEN PERFORM 1 FROM agency.letter l WHERE l.id = letter.root_id FOR UPDATE; END IF;
    END IF;

    INSERT INTO agency.letter (id, agency_id, unit_id, clearance, ref, direction, medium, kind, partner_id, national_ref, partner_ref, dated, at,
        subject, summary, urgency, agreement_id, article, assistance_type, answer_kind, ground, expected_at, reply_to, root_id, file_id,
        registered_at, by_unit, by_officer)
      VALUES (letter.id, me.agency, letter.unit_id, letter.clearance, letter.ref, letter.direction, letter.medium, letter.kind,
        letter.partner_id, letter.national_ref, letter.partner_ref, letter.dated, letter.at, letter.subject, letter.summary,
        letter.urgency, letter.agreement_id, letter.article, letter.assistance_type, letter.answer_kind, letter.ground, letter.expected_at,
        letter.reply_to, letter.root_id, cmd.scan_of(me.agency, p->>'scan'), cmd.now(), me.unit, me.officer)
      ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION 'REGISTERED_BEFORE' USING ERRCODE = 'LH409'; END IF;
    PERFORM cmd.keep_wording(letter.id, p->'wording');
    PERFORM cmd.note_letter(letter, 'REGISTERED', NULL, NULL);
    PERFORM cmd.keep_letter_duties(letter.root_id);
  END $$;

  -- Registers a letter of an old register, unless it is there already; tells whether it was new. An answer says which number its request has.
  CREATE FUNCTION cmd.import_letter(p jsonb) RETURNS boolean LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    asked agency.letter;
  BEGIN
    IF p->>'answersNumber' IS NOT NULL THEN
      SELECT l.* INTO asked FROM agency.letter l WHERE l.agency_id = me.agency AND l.partner_id = (p->>'partner')::uuid AND l.kind = 'REQUEST'
        AND l.scope IN ('', me.unit) AND l.clearance <= me.clearance AND l.direction <> p->>'direction'
        AND p->>'answersNumber' IN (l.national_ref, l.partner_ref) AND l.closed_as IS DISTINCT FROM 'MISTAKE'
        ORDER BY l.seq DESC LIMIT 1;
      IF NOT FOUND THEN RAISE EXCEPTION 'ANSWERS_NUMBER' USING ERRCODE = 'LH400'; END IF;
      -- Without a number of its own it is known by the request that has its answer.
      IF asked.answered_at IS NOT NULL AND p->>'nationalRef' IS NULL AND p->>'partnerRef' IS NULL THEN RETURN false; END IF;
      p := p || pg_catalog.jsonb_build_object('inReplyTo', asked.id);
    END IF;
    PERFORM cmd.register_letter(p);
    RETURN true;
  EXCEPTION WHEN SQLSTATE 'LH409' THEN
    IF SQLERRM <> 'REGISTERED_BEFORE' THEN RAISE; END IF;
    RETURN false;
  END $$;

  -- Registers rows of an old register, one after the other; each has one letter or more, and is registered whole or not at all. Tells of each
  -- whether any of it was new, or what is wrong with which of its letters; the caller decides whether the others stay.
  CREATE FUNCTION cmd.import_letters(p_rows jsonb) RETURNS TABLE (place integer, is_new boolean, fault text, of_letter integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    each record;
    letter jsonb;
  BEGIN
    FOR each IN SELECT x.value, x.ordinality FROM pg_catalog.jsonb_array_elements(p_rows) WITH ORDINALITY x ORDER BY x.ordinality LOOP
      place := each.ordinality - 1; is_new := false; fault := NULL; of_letter := -1;
      BEGIN
        FOR letter IN SELECT x.value FROM pg_catalog.jsonb_array_elements(each.value) WITH ORDINALITY x ORDER BY x.ordinality LOOP
          of_letter := of_letter + 1;
          IF cmd.import_letter(letter) THEN is_new := true; END IF;
        END LOOP;
      EXCEPTION WHEN SQLSTATE 'LH400' OR SQLSTATE 'LH404' OR SQLSTATE 'LH409' THEN
        is_new := false;
        fault := SQLERRM;
      END;
      RETURN NEXT;
    END LOOP;
  END $$;

  REVOKE ALL ON FUNCTION cmd.letter_for(uuid), cmd.scan_of(text, text), cmd.letter_of(jsonb), cmd.check_letter(agency.letter),
    cmd.keep_wording(uuid, jsonb), cmd.usual_agreement(uuid), cmd.note_letter(agency.letter, text, text, jsonb), cmd.register_letter(jsonb),
    cmd.import_letter(jsonb), cmd.import_letters(jsonb) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.register_letter(jsonb), cmd.import_letters(jsonb) TO hub_app;
  RESET ROLE;
`;

const KEEPING = `
  SET ROLE hub_cmd;

  -- Corrects what may be corrected, whole, and keeps what stood there before. A scan or words that are not given stay: whoever corrects may not
  -- be one who sees them.
  CREATE FUNCTION cmd.correct_letter(p_id uuid, p jsonb, p_reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    known agency.letter := cmd.letter_for(p_id);
    letter agency.letter := cmd.letter_of(p);
    was jsonb;
  BEGIN
    IF known.closed_as = 'MISTAKE' THEN RAISE EXCEPTION 'LETTER_CLOSED' USING ERRCODE = 'LH409'; END IF;
    PERFORM cmd.check_letter(letter);
    letter.agreement_id := COALESCE(letter.agreement_id, cmd.usual_agreement(known.partner_id));
    IF known.root_id <> known.id THEN PERFORM 1 FROM agency.letter l WHERE l.id = known.root_id FOR UPDATE; END IF;
    -- What belongs to it was registered for those who may see it.
    IF letter.clearance <> known.clearance AND EXISTS (SELECT 1 FROM agency.letter l WHERE l.root_id = known.root_id AND l.id <> known.id) THEN
      RAISE EXCEPTION 'REPLY_SIGHT' USING ERRCODE = 'LH400';
    END IF;
    BEGIN
      UPDATE agency.letter l SET clearance = letter.clearance, medium = letter.medium, national_ref = letter.national_ref, partner_ref = letter.partner_ref,
          dated = letter.dated, at = letter.at, subject = letter.subject, summary = letter.summary, urgency = letter.urgency,
          agreement_id = letter.agreement_id, article = letter.article, assistance_type = letter.assistance_type, ground = letter.ground,
          expected_at = letter.expected_at, file_id = COALESCE(cmd.scan_of(known.agency_id, p->>'scan'), known.file_id)
        WHERE l.id = p_id RETURNING l.* INTO letter;
    EXCEPTION WHEN unique_violation THEN RAISE EXCEPTION 'REGISTERED_BEFORE' USING ERRCODE = 'LH409';
    END;
    SELECT pg_catalog.jsonb_object_agg(o.key, o.value) INTO was FROM pg_catalog.jsonb_each(pg_catalog.to_jsonb(known)) o
      WHERE o.value IS DISTINCT FROM pg_catalog.to_jsonb(letter)->o.key;
    IF cmd.keep_wording(p_id, p->'wording') THEN was := COALESCE(was, '{}') || '{"wording": null}'; END IF;
    IF was IS NULL THEN RETURN; END IF;
    PERFORM cmd.note_letter(letter, 'CORRECTED', p_reason, was);
    PERFORM cmd.keep_letter_duties(letter.root_id);
  END $$;

  -- Closes a letter: for a request nothing more is owed; one that was registered by mistake counts for nothing, whatever it is.
  CREATE FUNCTION cmd.close_letter(p_id uuid, p_as text, p_reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE letter agency.letter := cmd.letter_for(p_id);
  BEGIN
    IF letter.closed_at IS NOT NULL OR letter.answered_at IS NOT NULL AND p_as <> 'MISTAKE' THEN
      RAISE EXCEPTION 'LETTER_CLOSED' USING ERRCODE = 'LH409';
    END IF;
    IF letter.kind <> 'REQUEST' AND p_as <> 'MISTAKE' THEN RAISE EXCEPTION 'CLOSES_REQUEST' USING ERRCODE = 'LH409'; END IF;
    IF p_as = 'MISTAKE' AND EXISTS (SELECT 1 FROM agency.letter l WHERE l.reply_to = p_id AND l.closed_as IS DISTINCT FROM 'MISTAKE') THEN
      RAISE EXCEPTION 'REPLIED' USING ERRCODE = 'LH409';
    END IF;
    IF letter.root_id <> p_id THEN PERFORM 1 FROM agency.letter l WHERE l.id = letter.root_id FOR UPDATE; END IF;
    UPDATE agency.letter l SET closed_at = cmd.now(), closed_as = p_as, closed_because = p_reason WHERE l.id = p_id;
    PERFORM cmd.note_letter(letter, 'CLOSED', p_reason, NULL);
    PERFORM cmd.keep_letter_duties(letter.root_id);
  END $$;

  CREATE FUNCTION cmd.note_letter_task(p_id uuid, p_act text, p_unit text, p_note text) RETURNS void LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO agency.letter_step (letter_id, act, at, by_unit, by_officer, note, to_unit)
      SELECT p_id, p_act, hub.now(), (c).unit, (c).officer, p_note, p_unit FROM cmd.context() c;
    INSERT INTO audit.pending (event, letter_id) VALUES ('letter.' || pg_catalog.replace(pg_catalog.lower(p_act), '_', '-'), p_id);
  $$;

  -- Gives a unit something to do for a letter that it sees, by a time before that of what the agency owes for it.
  CREATE FUNCTION cmd.give_letter_task(p_letter uuid, p_id uuid, p_unit text, p_text text, p_due timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    letter agency.letter := cmd.letter_for(p_letter);
  BEGIN
    IF letter.closed_at IS NOT NULL THEN RAISE EXCEPTION 'LETTER_CLOSED' USING ERRCODE = 'LH409'; END IF;
    IF p_due <= cmd.now() OR p_due > cmd.now() + interval '366 days' OR EXISTS (SELECT 1 FROM hub.duty d
        WHERE d.letter_id = letter.root_id AND d.owed_by = me.agency AND d.kind = 'ANSWER'
          AND d.settled_at IS NULL AND d.paused_at IS NULL AND d.due_at > cmd.now() AND d.due_at <= p_due)
    THEN RAISE EXCEPTION 'TASK_DUE' USING ERRCODE = 'LH400'; END IF;
    IF letter.scope NOT IN ('', p_unit) OR NOT EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = p_unit AND u.agency_id = me.agency
        AND u.suspended_at IS NULL AND u.valid_from <= cmd.now() AND (u.valid_until IS NULL OR u.valid_until > cmd.now()))
    THEN RAISE EXCEPTION 'UNIT' USING ERRCODE = 'LH400'; END IF;
    INSERT INTO agency.task (id, agency_id, letter_id, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, p_letter, p_unit, p_text, p_due, me.unit, me.officer, cmd.now());
    PERFORM cmd.note_letter_task(p_letter, 'TASK_GIVEN', p_unit, p_text);
  END $$;

  -- Writes down an administration that is not on the hub, or changes what is written of it.
  CREATE FUNCTION cmd.keep_outside_partner(p_id uuid, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF p->>'agreement' IS NOT NULL AND p->>'agreement' <> ALL (cmd.my_agreements()) THEN RAISE EXCEPTION 'AGREEMENT' USING ERRCODE = 'LH400'; END IF;
    IF (p->>'isNew')::boolean THEN
      INSERT INTO agency.outside_partner (id, agency_id, name_en, name_vi, name_own, country, address, mailbox, language, agreement_id)
        VALUES (p_id, me.agency, p->>'nameEn', p->>'nameVi', p->>'nameOwn', p->>'country', p->>'address', p->>'mailbox', p->>'language', p->>'agreement');
    ELSE
      UPDATE agency.outside_partner o SET name_en = p->>'nameEn', name_vi = p->>'nameVi', name_own = p->>'nameOwn', country = p->>'country',
          address = p->>'address', mailbox = p->>'mailbox', language = p->>'language', agreement_id = p->>'agreement'
        WHERE o.id = p_id AND o.agency_id = me.agency;
      IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    END IF;
    INSERT INTO audit.pending (event) VALUES ('outside-partner.kept');
  EXCEPTION WHEN unique_violation THEN RAISE EXCEPTION 'PARTNER_BEFORE' USING ERRCODE = 'LH409';
  END $$;

  -- Records that a letter was printed, by who may see personal details.
  CREATE FUNCTION cmd.note_printing(p_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    PERFORM cmd.letter_for(p_id);
    IF NOT cmd.may_see_nominal() THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    INSERT INTO audit.pending (event, letter_id) VALUES ('letter.printed', p_id);
  END $$;

  -- Gives out a scan to who may see personal details, and records it.
  CREATE FUNCTION cmd.open_scan(p_id uuid) RETURNS TABLE (file_id uuid, sha256 text, size bigint, media_type text, wrapped bytea)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE letter agency.letter := cmd.letter_for(p_id);
  BEGIN
    IF NOT cmd.may_see_nominal() THEN RETURN; END IF;
    RETURN QUERY SELECT f.id, f.sha256, f.size, f.media_type, f.wrapped FROM hub.file f WHERE f.id = letter.file_id AND f.state = 'CLEAN';
    IF FOUND THEN INSERT INTO audit.pending (event, letter_id) VALUES ('letter.scan-opened', p_id); END IF;
  END $$;

  REVOKE ALL ON FUNCTION cmd.note_letter_task(uuid, text, text, text), cmd.give_letter_task(uuid, uuid, text, text, timestamptz) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.give_letter_task(uuid, uuid, text, text, timestamptz) TO hub_app;
  REVOKE ALL ON FUNCTION cmd.correct_letter(uuid, jsonb, text), cmd.close_letter(uuid, text, text), cmd.keep_outside_partner(uuid, jsonb),
    cmd.note_printing(uuid), cmd.open_scan(uuid) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.correct_letter(uuid, jsonb, text), cmd.close_letter(uuid, text, text), cmd.keep_outside_partner(uuid, jsonb),
    cmd.note_printing(uuid), cmd.open_scan(uuid) TO hub_app;
  RESET ROLE;
`;
