import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';
import { DAYS_TO_LAPSE, DRAFT_STATES, statesBefore, type DraftAct } from '../src/drafts/draft-states.js';
import { ROLES_THAT_SEND } from '../src/session/people/role-rights.js';

/**
 * Drafts that wait for a second officer, and an agency's own rules of sharing: what needs a second person's approval, and how far an
 * officer's role may go alone. cmd.submit asks the rules of every object, whoever hands it in.
 */
export class CreateDrafts1795300200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(RULES);
    await runner.query(kindsOfChange([...KINDS_OF_CHANGE, 'SHARING']));
    await runner.query(COMMANDS);
    await runner.query(TELLING);
    await runner.query(kindsOfNotice([...KINDS_OF_NOTICE, 'DRAFT']));
    for (const { name, before, after } of CHANGED) await runner.query(rewritten(name, before, after));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name, before, after } of CHANGED) await runner.query(rewritten(name, after, before));
    await runner.query("DELETE FROM agency.change WHERE kind = 'SHARING'");
    await runner.query("DELETE FROM hub.notice WHERE kind = 'DRAFT'");
    await runner.query(kindsOfNotice(KINDS_OF_NOTICE));
    await runner.query(kindsOfChange(KINDS_OF_CHANGE));
    await runner.query(`
      DROP FUNCTION cmd.tell_drafts(integer), cmd.approvers_on_duty(agency.draft, timestamptz), cmd.lapse_drafts(integer), cmd.end_draft(text, uuid, text), cmd.take_draft(uuid), cmd.withdraw_draft(uuid),
        cmd.return_draft(uuid, text), cmd.hand_in_draft(uuid, jsonb), cmd.keep_draft(jsonb), cmd.draft_for(uuid),
        cmd.check_sharing(jsonb), cmd.above_ceiling(text, text[], smallint, boolean),
        cmd.approval_rule(text, text[], smallint, boolean), cmd.partners_of(text[]), cmd.may_send(text, text, text), cmd.sends(text[]);
      DROP TABLE agency.draft_part, agency.draft, agency.sharing_ceiling, agency.approval_rule;
    `);
  }
}

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
const before = (act: DraftAct): string => listed(statesBefore(act));

const TABLES = `
  SET ROLE hub_owner;

  -- What an agency's officers and systems send only with a second person's approval: '*' is any kind, or any partner.
  CREATE TABLE agency.approval_rule (
    agency_id text NOT NULL REFERENCES hub.agency,
    kind text NOT NULL,
    partner text NOT NULL,
    content text NOT NULL CHECK (content IN ('ANY', 'RESTRICTED', 'NOMINAL')),
    PRIMARY KEY (agency_id, kind, partner, content)
  );

  -- How far officers of a role may go when they send to a partner.
  CREATE TABLE agency.sharing_ceiling (
    agency_id text NOT NULL REFERENCES hub.agency,
    role text NOT NULL,
    partner text NOT NULL,
    clearance smallint NOT NULL CHECK (clearance IN (0, 1)),
    nominal boolean NOT NULL,
    PRIMARY KEY (agency_id, role, partner, clearance, nominal)
  );

  -- An object before it is sent, as it will be signed. What it says is erased when it is over; that it was there stays.
  CREATE TABLE agency.draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    agency_id text NOT NULL REFERENCES hub.agency,
    unit_id text NOT NULL REFERENCES hub.unit,
    author text NOT NULL,
    state text NOT NULL CHECK (state IN (${listed(DRAFT_STATES)})),
    object_id uuid NOT NULL,
    kind text NOT NULL,
    recipients text[] NOT NULL,
    digest text NOT NULL,
    text text,
    signature jsonb,                    -- the author's, a member of "signatures"
    ref text,
    title text,
    urgency text,
    clearance smallint NOT NULL,
    note text,                          -- why it was given back
    decided_by text,                    -- who gave it back, or sent it
    kept_at timestamptz NOT NULL,
    handed_in_at timestamptz,           -- since then its unit sees it
    ended_at timestamptz,
    told text[] NOT NULL DEFAULT '{}',  -- who was told that it waits, in this order
    tell_at timestamptz,                -- when the next one is
    FOREIGN KEY (agency_id, author) REFERENCES agency.officer,
    CHECK ((ended_at IS NULL) = (text IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (state IN ('DRAFT', 'REVIEW', 'RETURNED'))),
    CHECK (state <> 'REVIEW' OR signature IS NOT NULL AND handed_in_at IS NOT NULL)
  );
  CREATE INDEX draft_of_unit ON agency.draft (unit_id, kept_at DESC, id);
  CREATE INDEX draft_of_object ON agency.draft (agency_id, object_id) WHERE ended_at IS NULL;
  CREATE INDEX draft_open ON agency.draft (kept_at) WHERE ended_at IS NULL;
  CREATE INDEX draft_to_tell ON agency.draft (tell_at) WHERE tell_at IS NOT NULL;

  -- Its personal details, sealed as those of what was sent.
  CREATE TABLE agency.draft_part (
    draft_id uuid NOT NULL REFERENCES agency.draft,
    name text NOT NULL,
    iv bytea NOT NULL,
    ciphertext bytea NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (draft_id, name)
  );
  RESET ROLE;
`;

const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE agency.approval_rule ENABLE ROW LEVEL SECURITY;   ALTER TABLE agency.approval_rule FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.sharing_ceiling ENABLE ROW LEVEL SECURITY; ALTER TABLE agency.sharing_ceiling FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.draft ENABLE ROW LEVEL SECURITY;           ALTER TABLE agency.draft FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.draft_part ENABLE ROW LEVEL SECURITY;      ALTER TABLE agency.draft_part FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_agency ON agency.approval_rule FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY own_agency ON agency.sharing_ceiling FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  -- Its author, and once it is handed in, the officers of the unit that speaks, each up to his or her clearance. No system.
  CREATE POLICY own_unit ON agency.draft FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND unit_id = (SELECT cmd.my_unit()) AND clearance <= (SELECT cmd.my_clearance()) AND (SELECT (cmd.context()).officer) IS NOT NULL
    AND (author = (SELECT (cmd.context()).officer) OR handed_in_at IS NOT NULL));
  CREATE POLICY cleared ON agency.draft_part FOR SELECT TO hub_app
    USING ((SELECT cmd.may_see_nominal()) AND EXISTS (SELECT 1 FROM agency.draft d WHERE d.id = draft_part.draft_id));
  GRANT SELECT ON agency.approval_rule, agency.sharing_ceiling, agency.draft, agency.draft_part TO hub_app;
  CREATE POLICY commands ON agency.approval_rule TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.sharing_ceiling TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.draft TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.draft_part TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, DELETE ON agency.approval_rule, agency.sharing_ceiling, agency.draft_part TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE ON agency.draft TO hub_cmd;
  RESET ROLE;
`;

/** What an agency's rules say of an object that is about to be sent. */
const RULES = `
  SET ROLE hub_cmd;

  -- Whether one of these roles may send for its agency.
  CREATE FUNCTION cmd.sends(p_roles text[]) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = ''
    RETURN p_roles && ARRAY[${listed(ROLES_THAT_SEND)}];

  -- Whether an officer may send for this unit at this moment.
  CREATE FUNCTION cmd.may_send(p_agency text, p_officer text, p_unit text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN EXISTS (SELECT 1 FROM agency.officer o
      WHERE o.agency_id = p_agency AND o.pseudonym = p_officer AND o.unit_id = p_unit AND cmd.sends(o.roles)
        AND o.valid_from <= pg_catalog.now() AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now())
        AND NOT cmd.is_shut_out(p_agency, p_officer));
  END $$;

  -- The agencies that would read what is addressed so, without the caller's own.
  CREATE FUNCTION cmd.partners_of(p_to text[]) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN ARRAY(SELECT x FROM pg_catalog.unnest(cmd.reading_agencies(p_to)) x WHERE x <> cmd.my_agency());
  END $$;

  -- Whether a rule of the caller's agency wants a second person for this.
  CREATE FUNCTION cmd.approval_rule(p_kind text, p_to text[], p_clearance smallint, p_nominal boolean) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    RETURN EXISTS (SELECT 1 FROM agency.approval_rule r WHERE r.agency_id = cmd.my_agency()
      AND r.kind IN ('*', p_kind) AND (r.content = 'ANY' OR r.content = 'RESTRICTED' AND p_clearance > 0 OR r.content = 'NOMINAL' AND p_nominal)
      AND (r.partner = '*' OR r.partner = ANY (cmd.partners_of(p_to))));
  END $$;

  -- Which ceiling keeps this officer of the caller's agency from sending this, CLASSIFICATION or NOMINAL; NULL for none. Of several roles
  -- that may send, the one that goes furthest counts; of several ceilings of one role, the lowest.
  CREATE FUNCTION cmd.above_ceiling(p_officer text, p_to text[], p_clearance smallint, p_nominal boolean) RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_agency text := cmd.my_agency();
    v_partners text[];
    v_role text;
    v_first text;
    v_kept text;
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM agency.sharing_ceiling c WHERE c.agency_id = v_agency) THEN RETURN NULL; END IF;
    v_partners := cmd.partners_of(p_to);
    FOR v_role IN SELECT x FROM agency.officer o CROSS JOIN pg_catalog.unnest(o.roles) x
      WHERE o.agency_id = v_agency AND o.pseudonym = p_officer AND cmd.sends(ARRAY[x]) ORDER BY x
    LOOP
      SELECT CASE WHEN c.clearance < p_clearance THEN 'CLASSIFICATION' ELSE 'NOMINAL' END INTO v_kept FROM agency.sharing_ceiling c
        WHERE c.agency_id = v_agency AND c.role = v_role AND (c.partner = '*' OR c.partner = ANY (v_partners))
          AND (c.clearance < p_clearance OR p_nominal AND NOT c.nominal) ORDER BY 1 LIMIT 1;
      IF NOT FOUND THEN RETURN NULL; END IF;
      v_first := COALESCE(v_first, v_kept);
    END LOOP;
    RETURN v_first;
  END $$;

  -- Refuses what the agency's rules do not let go out so. The server has verified who signed: "sentBy" is the last person, "approvedBy" the
  -- same where another person signed before. A recall goes where its object went; what is silent (tier T0) tells nothing new.
  CREATE FUNCTION cmd.check_sharing(p jsonb) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_to text[] := ARRAY(SELECT pg_catalog.jsonb_array_elements_text(p->'to'));
    v_nominal boolean := pg_catalog.jsonb_array_length(p->'parts') > 0;
    v_ceiling text;
  BEGIN
    IF p->>'kind' = 'recall' THEN RETURN; END IF;
    IF p->>'approvedBy' IS NOT NULL AND (p->>'approvedBy' = p->>'authoredBy' OR NOT cmd.may_send(me.agency, p->>'approvedBy', p->>'unit')) THEN
      RAISE EXCEPTION 'APPROVER' USING ERRCODE = 'LH403';
    END IF;
    v_ceiling := cmd.above_ceiling(p->>'sentBy', v_to, (p->>'clearance')::smallint, v_nominal);
    IF v_ceiling IS NOT NULL THEN RAISE EXCEPTION 'CEILING' USING ERRCODE = 'LH403', DETAIL = v_ceiling; END IF;
    IF p->>'approvedBy' IS NULL AND NOT COALESCE((p->>'silent')::boolean, false)
      AND cmd.approval_rule(p->>'kind', v_to, (p->>'clearance')::smallint, v_nominal)
      -- An officer on duty may send FLASH alone where the agency lets him or her; the second signature is owed (cmd.owe_signature).
      AND NOT (p->>'urgency' IS NOT DISTINCT FROM 'FLASH' AND me.officer IS NOT NULL AND p->>'sentBy' IS NOT DISTINCT FROM me.officer
        AND EXISTS (SELECT 1 FROM agency.signing_rule s WHERE s.agency_id = me.agency AND s.flash_alone))
    THEN RAISE EXCEPTION 'APPROVAL_NEEDED' USING ERRCODE = 'LH403'; END IF;
  END $$;

  REVOKE ALL ON FUNCTION cmd.sends(text[]), cmd.may_send(text, text, text), cmd.partners_of(text[]),
    cmd.approval_rule(text, text[], smallint, boolean), cmd.above_ceiling(text, text[], smallint, boolean), cmd.check_sharing(jsonb) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.approval_rule(text, text[], smallint, boolean), cmd.above_ceiling(text, text[], smallint, boolean) TO hub_app;
  RESET ROLE;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- The draft that the caller names and sees, locked: an officer of its unit, cleared for it; before that the author alone.
  CREATE FUNCTION cmd.draft_for(p_id uuid) RETURNS agency.draft LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    named agency.draft;
  BEGIN
    SELECT d.* INTO named FROM agency.draft d WHERE d.id = p_id AND d.agency_id = me.agency AND d.unit_id = me.unit
      AND d.clearance <= me.clearance AND me.officer IS NOT NULL AND (d.author = me.officer OR d.handed_in_at IS NOT NULL) FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    RETURN named;
  END $$;

  -- Keeps what the caller has composed, or in the place of what the caller has kept before. Its id.
  CREATE FUNCTION cmd.keep_draft(p jsonb) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    kept agency.draft;
  BEGIN
    IF me.officer IS NULL OR (p->>'clearance')::smallint > me.clearance THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    IF p->>'draft' IS NULL THEN
      -- Of one officer's, one after the other.
      PERFORM 1 FROM agency.officer o WHERE o.agency_id = me.agency AND o.pseudonym = me.officer FOR NO KEY UPDATE;
      IF (SELECT pg_catalog.count(*) FROM agency.draft d WHERE d.unit_id = me.unit AND d.author = me.officer AND d.ended_at IS NULL) >= 100 THEN
        RAISE EXCEPTION 'DRAFTS_FULL' USING ERRCODE = 'LH409';
      END IF;
      INSERT INTO agency.draft (agency_id, unit_id, author, state, object_id, kind, recipients, digest, text, ref, title, urgency, clearance, kept_at)
        VALUES (me.agency, me.unit, me.officer, 'DRAFT', (p->>'object')::uuid, p->>'kind',
          ARRAY(SELECT pg_catalog.jsonb_array_elements_text(p->'to')), p->>'digest', p->>'text', p->>'ref', p->>'title', p->>'urgency',
          (p->>'clearance')::smallint, cmd.now())
        RETURNING * INTO kept;
    ELSE
      kept := cmd.draft_for((p->>'draft')::uuid);
      IF kept.author <> me.officer THEN RAISE EXCEPTION 'NOT_AUTHOR' USING ERRCODE = 'LH403'; END IF;
      IF kept.state NOT IN (${before('KEEP')}) THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
      UPDATE agency.draft d SET state = 'DRAFT', object_id = (p->>'object')::uuid, kind = p->>'kind',
          recipients = ARRAY(SELECT pg_catalog.jsonb_array_elements_text(p->'to')), digest = p->>'digest', text = p->>'text', ref = p->>'ref',
          title = p->>'title', urgency = p->>'urgency', clearance = (p->>'clearance')::smallint, signature = NULL, handed_in_at = NULL,
          note = NULL, decided_by = NULL, kept_at = cmd.now()
        WHERE d.id = kept.id;
      DELETE FROM agency.draft_part x WHERE x.draft_id = kept.id;
    END IF;
    INSERT INTO agency.draft_part (draft_id, name, iv, ciphertext, wrapped)
      SELECT kept.id, x->>'name', pg_catalog.decode(x->>'iv', 'base64'), pg_catalog.decode(x->>'ciphertext', 'base64'),
        pg_catalog.decode(x->>'wrapped', 'base64') FROM pg_catalog.jsonb_array_elements(p->'parts') x;
    RETURN kept.id;
  END $$;

  -- Puts a draft before the officers of the unit who may send, with its author's signature, which the server has verified over this digest.
  CREATE FUNCTION cmd.hand_in_draft(p_id uuid, p_signature jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    kept agency.draft := cmd.draft_for(p_id);
  BEGIN
    IF kept.author <> me.officer THEN RAISE EXCEPTION 'NOT_AUTHOR' USING ERRCODE = 'LH403'; END IF;
    IF kept.state NOT IN (${before('HAND_IN')}) THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
    IF kept.digest <> p_signature->>'digest' THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
    UPDATE agency.draft d SET state = 'REVIEW', signature = p_signature->'member', handed_in_at = cmd.now(), kept_at = cmd.now(),
      told = '{}', tell_at = cmd.now() WHERE d.id = kept.id;
    INSERT INTO audit.pending (event) VALUES ('draft.handed-in');
  END $$;

  -- Gives a draft back to its author, with what is to be changed.
  CREATE FUNCTION cmd.return_draft(p_id uuid, p_note text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    kept agency.draft := cmd.draft_for(p_id);
  BEGIN
    IF kept.author = me.officer THEN RAISE EXCEPTION 'OWN_DRAFT' USING ERRCODE = 'LH403'; END IF;
    IF NOT cmd.may_send(me.agency, me.officer, kept.unit_id) THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    IF kept.state NOT IN (${before('RETURN')}) THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
    UPDATE agency.draft d SET state = 'RETURNED', note = p_note, decided_by = me.officer, signature = NULL, tell_at = NULL, kept_at = cmd.now()
      WHERE d.id = kept.id;
    INSERT INTO audit.pending (event) VALUES ('draft.returned');
  END $$;

  -- Its author does without it.
  CREATE FUNCTION cmd.withdraw_draft(p_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    kept agency.draft := cmd.draft_for(p_id);
  BEGIN
    IF kept.author <> me.officer THEN RAISE EXCEPTION 'NOT_AUTHOR' USING ERRCODE = 'LH403'; END IF;
    IF kept.state NOT IN (${before('WITHDRAW')}) THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
    UPDATE agency.draft d SET state = 'WITHDRAWN', ended_at = cmd.now(), text = NULL, title = NULL, signature = NULL, tell_at = NULL
      WHERE d.id = kept.id;
    DELETE FROM agency.draft_part x WHERE x.draft_id = kept.id;
    INSERT INTO audit.pending (event) VALUES ('draft.withdrawn');
  END $$;

  -- Locks a draft that the caller is about to approve and send, in the transaction that stores the object: of two at once, the second
  -- finds what the first has left.
  CREATE FUNCTION cmd.take_draft(p_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    kept agency.draft := cmd.draft_for(p_id);
  BEGIN
    IF kept.author = me.officer THEN RAISE EXCEPTION 'OWN_DRAFT' USING ERRCODE = 'LH403'; END IF;
    IF NOT cmd.may_send(me.agency, me.officer, kept.unit_id) THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    IF kept.state <> 'REVIEW' THEN RAISE EXCEPTION 'DRAFT_STATE' USING ERRCODE = 'LH409'; END IF;
  END $$;

  -- Ends the draft of an object that was just stored, however it came; other bytes under its id are no draft of that.
  CREATE FUNCTION cmd.end_draft(p_agency text, p_object uuid, p_digest text) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE v_id uuid;
  BEGIN
    FOR v_id IN UPDATE agency.draft d SET state = 'SENT', ended_at = cmd.now(), decided_by = NULLIF((cmd.context()).officer, d.author),
        text = NULL, title = NULL, signature = NULL, tell_at = NULL
      WHERE d.agency_id = p_agency AND d.object_id = p_object AND d.digest = p_digest AND d.state IN (${before('SEND')}) RETURNING d.id
    LOOP
      DELETE FROM agency.draft_part x WHERE x.draft_id = v_id;
    END LOOP;
  END $$;

  -- Lets lapse what nobody has done anything with.
  CREATE FUNCTION cmd.lapse_drafts(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_id uuid;
    lapsed integer := 0;
  BEGIN
    FOR v_id IN SELECT d.id FROM agency.draft d WHERE d.ended_at IS NULL AND d.kept_at <= hub.now() - interval '${DAYS_TO_LAPSE} days'
      ORDER BY d.kept_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    LOOP
      UPDATE agency.draft d SET state = 'LAPSED', ended_at = hub.now(), text = NULL, title = NULL, signature = NULL, tell_at = NULL WHERE d.id = v_id;
      DELETE FROM agency.draft_part x WHERE x.draft_id = v_id;
      lapsed := lapsed + 1;
    END LOOP;
    RETURN lapsed;
  END $$;

  REVOKE ALL ON FUNCTION cmd.draft_for(uuid), cmd.keep_draft(jsonb), cmd.hand_in_draft(uuid, jsonb), cmd.return_draft(uuid, text),
    cmd.withdraw_draft(uuid), cmd.take_draft(uuid), cmd.end_draft(text, uuid, text), cmd.lapse_drafts(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.keep_draft(jsonb), cmd.hand_in_draft(uuid, jsonb), cmd.return_draft(uuid, text), cmd.withdraw_draft(uuid),
    cmd.take_draft(uuid), cmd.lapse_drafts(integer) TO hub_app;
  RESET ROLE;
`;

/** Who is told that a draft waits: of its unit, on duty, who may approve it. */
const TELLING = `
  SET ROLE hub_cmd;

  CREATE FUNCTION cmd.approvers_on_duty(d agency.draft, p_now timestamptz) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN ARRAY(SELECT r.officer FROM cmd.on_roster(d.unit_id, d.clearance, p_now) r
      WHERE r.officer <> d.author AND cmd.may_send(d.agency_id, r.officer, d.unit_id));
  END $$;

  -- Makes notices of drafts that wait: to the first on duty; of FLASH every ten minutes to the next. Where nobody is left, to the mailbox of
  -- the unit (without one administrators see that nobody was told), and of FLASH to who is on duty for the whole agency.
  CREATE FUNCTION cmd.tell_drafts(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    v_now timestamptz := hub.now();
    d agency.draft;
    v_next text;
    v_head text;
    told integer := 0;
  BEGIN
    FOR d IN SELECT x.* FROM agency.draft x WHERE x.tell_at <= v_now AND x.state = 'REVIEW' ORDER BY x.tell_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    LOOP
      told := told + 1;
      SELECT o INTO v_next FROM pg_catalog.unnest(cmd.approvers_on_duty(d, v_now)) WITH ORDINALITY u (o, place)
        WHERE o <> ALL (d.told) ORDER BY place LIMIT 1;
      IF v_next IS NOT NULL THEN
        PERFORM cmd.add_notice('DRAFT', d.unit_id, d.unit_id, v_next, '{}', v_now);
        UPDATE agency.draft x SET told = x.told || v_next, tell_at = CASE WHEN d.urgency = 'FLASH' THEN v_now + interval '10 minutes' END
          WHERE x.id = d.id;
        CONTINUE;
      END IF;
      PERFORM cmd.add_notice('DRAFT', d.unit_id, d.unit_id, NULL, '{}', v_now);
      v_head := cmd.head_unit(d.agency_id);
      IF d.urgency = 'FLASH' AND v_head <> d.unit_id THEN
        PERFORM cmd.add_notice('DRAFT', d.unit_id, v_head, r.officer, '{}', v_now) FROM cmd.on_roster(v_head, 0::smallint, v_now) r LIMIT 1;
      END IF;
      UPDATE agency.draft x SET tell_at = NULL WHERE x.id = d.id;
    END LOOP;
    RETURN told;
  END $$;

  REVOKE ALL ON FUNCTION cmd.approvers_on_duty(agency.draft, timestamptz), cmd.tell_drafts(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.tell_drafts(integer) TO hub_app;
  RESET ROLE;
`;

const KINDS_OF_NOTICE = ['FLASH', 'URGENT', 'REMINDER', 'OVERDUE', 'DIGEST', 'CONFIRM'];

const kindsOfNotice = (kinds: readonly string[]): string => `
  SET ROLE hub_owner;
  ALTER TABLE hub.notice DROP CONSTRAINT notice_kind_check, ADD CONSTRAINT notice_kind_check CHECK (kind IN (${listed(kinds)}));
  RESET ROLE;
`;

const NOTHING = "IF count = 0 AND n.kind <> 'CONFIRM' THEN";
/** Counted when the notice is sent, of what its reader may still approve; of who is told for another unit, all of it. */
const DRAFTS = `IF n.kind = 'DRAFT' THEN
        SELECT pg_catalog.count(*)::integer,
            (ARRAY['FLASH', 'URGENT', 'ROUTINE'])[pg_catalog.min(pg_catalog.array_position(ARRAY['FLASH', 'URGENT', 'ROUTINE'],
              COALESCE(d.urgency, 'ROUTINE')))]
          INTO count, urgency FROM agency.draft d
          WHERE d.agency_id = n.agency_id AND d.unit_id = n.unit_id AND d.state = 'REVIEW' AND d.clearance <= v_clearance
            AND (n.officer IS NULL OR n.to_unit <> n.unit_id OR d.author <> n.officer AND cmd.may_send(n.agency_id, n.officer, n.unit_id));
      END IF;
      `;

const KINDS_OF_CHANGE = ['OFFICER', 'UNIT', 'CONNECTION', 'AGENCY', 'RULES', 'SESSIONS'];

const kindsOfChange = (kinds: readonly string[]): string => `
  SET ROLE hub_owner;
  ALTER TABLE agency.change DROP CONSTRAINT change_kind_check, ADD CONSTRAINT change_kind_check CHECK (kind IN (${listed(kinds)}));
  RESET ROLE;
`;

const OF_SESSIONS = "ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'SESSIONS' AND p_subject = p_agency THEN";
const OF_RULES = `ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'SHARING' AND p_subject = p_agency THEN
          PERFORM 1 FROM hub.agency g WHERE g.id = p_agency FOR NO KEY UPDATE;
          SELECT pg_catalog.jsonb_build_object(
            'approvals', ARRAY(SELECT pg_catalog.concat_ws(' ', r.kind, r.partner, r.content) COLLATE "C" FROM agency.approval_rule r
              WHERE r.agency_id = p_agency ORDER BY 1),
            'ceilings', ARRAY(SELECT pg_catalog.concat_ws(' ', c.role, c.partner, CASE c.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END,
                CASE WHEN c.nominal THEN 'NOMINAL' ELSE 'NO_NOMINAL' END) COLLATE "C" FROM agency.sharing_ceiling c
              WHERE c.agency_id = p_agency ORDER BY 1)) INTO v;
        `;
const RAISES = "OR p_kind = 'SESSIONS' AND EXISTS";
const APPLIES = "ELSIF p_kind = 'SESSIONS' THEN";
const APPLIED = `ELSIF p_kind = 'SHARING' THEN
          DELETE FROM agency.approval_rule r WHERE r.agency_id = p_agency;
          INSERT INTO agency.approval_rule (agency_id, kind, partner, content)
            SELECT p_agency, w[1], w[2], w[3] FROM pg_catalog.jsonb_array_elements_text(b->'approvals') x
              CROSS JOIN LATERAL pg_catalog.string_to_array(x, ' ') w;
          DELETE FROM agency.sharing_ceiling c WHERE c.agency_id = p_agency;
          INSERT INTO agency.sharing_ceiling (agency_id, role, partner, clearance, nominal)
            SELECT p_agency, w[1], w[2], CASE w[3] WHEN 'UNCLASSIFIED' THEN 0 ELSE 1 END, w[4] = 'NOMINAL'
            FROM pg_catalog.jsonb_array_elements_text(b->'ceilings') x CROSS JOIN LATERAL pg_catalog.string_to_array(x, ' ') w;
        `;

const ADDRESSED = "SELECT a.id INTO v_sent FROM hub.audience a WHERE a.kind = 'SENT' AND a.owner = me.agency;";
const STORED =
  'IF v_supersedes IS NOT NULL THEN UPDATE hub.object SET superseded_by_seq = v_seq WHERE seq = v_supersedes; END IF;';

const PASSES_ON =
  'UPDATE hub.consent c SET passed_on_at = v_now WHERE c.ask_seq = given.ask_seq AND c.passed_on_at IS NULL;';
/** What is passed on is sent to one more partner; its personal details never are. A consent of who owns it stands in for a second person. */
const OWN_CEILING = `IF cmd.above_ceiling(me.officer, ARRAY[p_to], target.clearance, false) IS NOT NULL THEN
      RAISE EXCEPTION 'CEILING' USING ERRCODE = 'LH403', DETAIL = 'CLASSIFICATION';
    END IF;
    `;

const CHANGED = [
  {
    name: 'cmd.share_onward(bigint, bigint, text, jsonb)',
    before: PASSES_ON,
    after: `${OWN_CEILING}${PASSES_ON}`,
  },
  { name: 'cmd.claim_notice()', before: NOTHING, after: `${DRAFTS}${NOTHING}` },
  { name: 'cmd.administered(text, text, text, text)', before: OF_SESSIONS, after: `${OF_RULES}${OF_SESSIONS}` },
  {
    name: 'cmd.raises(text, jsonb, jsonb)',
    before: RAISES,
    // A rule less lets out what was held back. One that is replaced is one less.
    after: `OR p_kind = 'SHARING' AND NOT (p_becomes->'approvals' @> (p_was->'approvals') AND p_becomes->'ceilings' @> (p_was->'ceilings'))
          ${RAISES}`,
  },
  {
    name: 'cmd.apply_change(text, text, text, text, jsonb, jsonb)',
    before: APPLIES,
    after: `${APPLIED}${APPLIES}`,
  },
  { name: 'cmd.submit(jsonb)', before: ADDRESSED, after: `PERFORM cmd.check_sharing(p);\n    ${ADDRESSED}` },
  {
    name: 'cmd.submit(jsonb)',
    before: STORED,
    after: `${STORED}\n    PERFORM cmd.end_draft(me.agency, (p->>'id')::uuid, p->>'digest');`,
  },
];
