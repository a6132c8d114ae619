import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What administrators change: officers, units, connections, rules and sessions of their own agency; the operator, whether agencies and units take part.
 * What takes a right away happens at once. What gives one is a row that waits for a second administrator, and is applied exactly as it
 * was proposed or not at all.
 */
export class CreateAdministration1795300080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(STATES);
    await runner.query(COMMANDS);
    await runner.query(RECOVERY);
    await runner.query(READS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.own_connections(), cmd.administrator_counts(), cmd.void_changes(text, text);
      DROP FUNCTION cmd.sign_out(text), cmd.decide_change(uuid, boolean), cmd.change(text, text, jsonb, boolean);
      DROP FUNCTION cmd.apply_change(text, text, text, text, jsonb, jsonb), cmd.check_change(text, text, text, jsonb, jsonb);
      DROP FUNCTION cmd.raises(text, jsonb, jsonb), cmd.administered(text, text, text, text), cmd.utc(timestamptz),
        cmd.networks_in(jsonb);
      ALTER TABLE audit.pending DROP COLUMN change_id;
      DROP TABLE agency.change, agency.session_rule, agency.ceiling;
      DROP FUNCTION cmd.shut_out(text[]), cmd.my_administration(), cmd.holds(text, text, text), cmd.is_shut_out(text, text);
      ALTER TABLE agency.officer DROP CONSTRAINT three_principals;
      ALTER TABLE hub.unit DROP COLUMN suspended_by;
      DROP POLICY administration ON hub.agency;
      DROP POLICY administration ON hub.unit;
      DROP POLICY administration ON agency.officer;
      DROP POLICY administration ON agency.signing_rule;
      DROP POLICY new_rules ON agency.signing_rule;
      REVOKE INSERT, UPDATE ON agency.signing_rule FROM hub_cmd;
      DROP POLICY new_units ON hub.unit;
      DROP POLICY new_officers ON agency.officer;
      REVOKE UPDATE ON hub.agency FROM hub_cmd;
      REVOKE INSERT, UPDATE ON hub.unit, agency.officer FROM hub_cmd;
      REVOKE INSERT, UPDATE ON auth.connection FROM hub_cmd;
      REVOKE ALL ON auth.account FROM hub_cmd;
      REVOKE ALL ON auth.console_session FROM hub_cmd;
      ALTER TABLE auth.console_session DROP COLUMN clearance, DROP COLUMN may_see_nominal;
    `);
  }
}

const TABLES = `
      SET ROLE hub_auth;
      -- A session never gets more than it began with: when the officer does, it ends.
      ALTER TABLE auth.console_session
        ADD COLUMN clearance smallint NOT NULL DEFAULT 0,
        ADD COLUMN may_see_nominal boolean NOT NULL DEFAULT false;
      GRANT INSERT, UPDATE ON auth.connection TO hub_cmd;
      GRANT SELECT, INSERT, UPDATE ON auth.account TO hub_cmd;
      GRANT SELECT (account_id), DELETE ON auth.console_session TO hub_cmd;

      SET ROLE hub_owner;

      -- The operator, a regional liaison office and a coordination unit are three, never one person.
      ALTER TABLE agency.officer ADD CONSTRAINT three_principals CHECK (
        (roles = '{SYSTEM_ADMIN}' OR NOT roles @> '{SYSTEM_ADMIN}') AND NOT roles @> '{RILO_LIAISON,OCU_OFFICER}');

      -- Who has suspended the unit, while it is: each lifts its own suspension only. Without a name it was the operator.
      ALTER TABLE hub.unit ADD COLUMN suspended_by text CHECK (suspended_by IN ('AGENCY', 'OPERATOR', 'BOTH'));

      -- The most that an agency's administrators may give to its officers and systems: the operator's record.
      CREATE TABLE agency.ceiling (
        agency_id text PRIMARY KEY REFERENCES hub.agency,
        clearance smallint NOT NULL CHECK (clearance IN (0, 1)),
        may_see_nominal boolean NOT NULL
      );

      -- How long sessions of an agency's officers last where that is shorter than the hub's own limits; NULL: those.
      CREATE TABLE agency.session_rule (
        agency_id text PRIMARY KEY REFERENCES hub.agency,
        idle_minutes smallint CHECK (idle_minutes > 0),
        hours smallint CHECK (hours > 0)
      );

      CREATE TABLE agency.change (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        agency_id text NOT NULL REFERENCES hub.agency,      -- whose administrators propose and decide
        principal text NOT NULL CHECK (principal IN ('AGENCY_ADMIN', 'SYSTEM_ADMIN')),
        kind text NOT NULL CHECK (kind IN ('OFFICER', 'UNIT', 'CONNECTION', 'AGENCY', 'RULES', 'SESSIONS')),
        subject text NOT NULL,                              -- pseudonym, unit or agency
        was jsonb,                                          -- NULL: there was none
        becomes jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('WAITING', 'APPLIED', 'DECLINED', 'VOID')),
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,                             -- of one that had to wait
        decided_by text,
        decided_at timestamptz
      );
      CREATE UNIQUE INDEX one_waits ON agency.change (agency_id, principal, kind, subject) WHERE state = 'WAITING';
      CREATE INDEX change_by_time ON agency.change (agency_id, principal, proposed_at);
      ALTER TABLE audit.pending ADD COLUMN change_id uuid;

      ALTER TABLE agency.ceiling ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.ceiling FORCE ROW LEVEL SECURITY;
      ALTER TABLE agency.session_rule ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.session_rule FORCE ROW LEVEL SECURITY;
      ALTER TABLE agency.change ENABLE ROW LEVEL SECURITY;   ALTER TABLE agency.change FORCE ROW LEVEL SECURITY;
      CREATE POLICY commands ON agency.ceiling FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON agency.session_rule TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY sign_in ON agency.session_rule FOR SELECT TO hub_auth USING (true);
      CREATE POLICY own_agency ON agency.session_rule FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
      CREATE POLICY commands ON agency.change TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY administration ON hub.agency FOR UPDATE TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY administration ON hub.unit FOR UPDATE TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY administration ON agency.officer FOR UPDATE TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY administration ON agency.signing_rule FOR UPDATE TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY new_rules ON agency.signing_rule FOR INSERT TO hub_cmd WITH CHECK (true);
      CREATE POLICY new_units ON hub.unit FOR INSERT TO hub_cmd WITH CHECK (true);
      CREATE POLICY new_officers ON agency.officer FOR INSERT TO hub_cmd WITH CHECK (true);
      GRANT SELECT ON agency.ceiling TO hub_cmd;
      GRANT SELECT, INSERT, UPDATE ON agency.change, agency.session_rule TO hub_cmd;
      GRANT SELECT ON agency.session_rule TO hub_auth, hub_app;
      GRANT UPDATE ON hub.agency TO hub_cmd;
      GRANT INSERT (agency_id, nominal_step_up), UPDATE (nominal_step_up) ON agency.signing_rule TO hub_cmd;
      GRANT INSERT, UPDATE ON hub.unit, agency.officer TO hub_cmd;
`;

/** Who administers, and what is administered. Wall time, as for sessions. */
const STATES = `
      SET ROLE hub_cmd;

      CREATE FUNCTION cmd.utc(p timestamptz) RETURNS text LANGUAGE sql STABLE SET search_path = ''
        RETURN pg_catalog.to_char(p AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

      -- Whether an officer is shut out, who otherwise stays what he or she is.
      CREATE FUNCTION cmd.is_shut_out(p_agency text, p_officer text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS $$
      BEGIN
        RETURN EXISTS (SELECT 1 FROM auth.account a
          WHERE a.agency_id = p_agency AND a.officer = p_officer AND a.suspended_at IS NOT NULL);
      END $$;

      -- Which of these officers of the caller's agency are shut out: what they signed does not count.
      CREATE FUNCTION cmd.shut_out(p_officers text[]) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        RETURN ARRAY(SELECT a.officer FROM auth.account a
          WHERE a.agency_id = cmd.my_agency() AND a.officer = ANY (p_officers) AND a.suspended_at IS NOT NULL);
      END $$;

      -- Whether an officer holds a role at this moment.
      CREATE FUNCTION cmd.holds(p_agency text, p_officer text, p_role text) RETURNS boolean
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        RETURN EXISTS (
          SELECT 1 FROM agency.officer o JOIN hub.unit u ON u.id = o.unit_id JOIN hub.agency g ON g.id = o.agency_id
          WHERE o.agency_id = p_agency AND o.pseudonym = p_officer AND p_role = ANY (o.roles)
            AND o.valid_from <= pg_catalog.now() AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now())
            AND u.suspended_at IS NULL AND g.suspended_at IS NULL AND NOT cmd.is_shut_out(p_agency, p_officer));
      END $$;

      -- As what the caller administers: AGENCY_ADMIN, SYSTEM_ADMIN (which stands alone), or NULL. Asked of the row, not of the session.
      CREATE FUNCTION cmd.my_administration() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      DECLARE me hub.context := cmd.context();
      BEGIN
        RETURN (SELECT p FROM pg_catalog.unnest(ARRAY['AGENCY_ADMIN', 'SYSTEM_ADMIN']) p WHERE cmd.holds(me.agency, me.officer, p));
      END $$;

      -- The networks that a state of a connection names, in their one form; NULL for everywhere.
      CREATE FUNCTION cmd.networks_in(p jsonb) RETURNS cidr[] LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
      BEGIN
        RETURN auth.networks(ARRAY(SELECT pg_catalog.jsonb_array_elements_text(NULLIF(p->'networks', 'null'))));
      END $$;

      -- What an administrator of this agency may change of a subject, as it is now; its row stays locked. NULL for what there is not, is
      -- another agency's, or is stronger: an agency's administrators have no say over the hub's, who may be its officers, nor they over it.
      CREATE FUNCTION cmd.administered(p_principal text, p_agency text, p_kind text, p_subject text) RETURNS jsonb
      LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE v jsonb;
      BEGIN
        IF p_principal = 'SYSTEM_ADMIN' AND p_kind = 'AGENCY' THEN
          SELECT pg_catalog.jsonb_build_object('isSuspended', g.suspended_at IS NOT NULL) INTO v
          FROM hub.agency g WHERE g.id = p_subject AND g.id <> p_agency FOR UPDATE;
        ELSIF p_principal = 'SYSTEM_ADMIN' AND p_kind = 'UNIT' THEN
          SELECT pg_catalog.jsonb_build_object('isSuspended',
            u.suspended_at IS NOT NULL AND COALESCE(u.suspended_by, 'OPERATOR') IN ('OPERATOR', 'BOTH')) INTO v
          FROM hub.unit u WHERE u.id = p_subject AND u.agency_id <> p_agency FOR UPDATE;
        ELSIF p_kind = 'OFFICER' THEN
          -- Locked by a statement of its own: whoever waited for the row must not judge by the accounts of before.
          PERFORM 1 FROM agency.officer o WHERE o.agency_id = p_agency AND o.pseudonym = p_subject FOR UPDATE;
          SELECT pg_catalog.jsonb_build_object('unit', o.unit_id, 'titleEn', o.title_en, 'titleVi', o.title_vi,
            'roles', ARRAY(SELECT r FROM pg_catalog.unnest(o.roles) r ORDER BY r COLLATE "C"), 'clearance', o.clearance,
            'maySeeNominal', o.may_see_nominal, 'validUntil', cmd.utc(o.valid_until),
            'isSuspended', cmd.is_shut_out(o.agency_id, o.pseudonym)) INTO v
          FROM agency.officer o WHERE o.agency_id = p_agency AND o.pseudonym = p_subject
            AND (o.roles @> '{SYSTEM_ADMIN}') = (p_principal = 'SYSTEM_ADMIN')
            AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now()) FOR UPDATE;
        ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'RULES' THEN
          SELECT pg_catalog.jsonb_build_object('nominalStepUp', COALESCE(s.nominal_step_up, false)) INTO v
          FROM hub.agency g LEFT JOIN agency.signing_rule s ON s.agency_id = g.id
          WHERE g.id = p_subject AND g.id = p_agency FOR NO KEY UPDATE OF g;
        ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'UNIT' THEN
          SELECT pg_catalog.jsonb_build_object('kind', u.kind, 'place', u.place, 'nameEn', u.name_en, 'nameVi', u.name_vi,
            'phone24h', u.phone_24h, 'mailbox', u.mailbox, 'isSuspended', COALESCE(u.suspended_by, '') IN ('AGENCY', 'BOTH')) INTO v
          FROM hub.unit u WHERE u.id = p_subject AND u.agency_id = p_agency FOR UPDATE;
        ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'CONNECTION' THEN
          SELECT pg_catalog.jsonb_build_object('clearance', c.clearance, 'maySeeNominal', c.may_see_nominal, 'scopes',
            ARRAY(SELECT s FROM pg_catalog.unnest(c.scopes) s ORDER BY s COLLATE "C"), 'addressees',
            -- Nobody ({}) is not everybody (NULL).
            CASE WHEN c.addressees IS NOT NULL THEN COALESCE(
              (SELECT pg_catalog.jsonb_agg(t ORDER BY t COLLATE "C") FROM pg_catalog.unnest(c.addressees) t), '[]') END,
            'networks', c.networks, 'adhoc', c.adhoc, 'validUntil', cmd.utc(c.valid_until), 'isSuspended', c.suspended_at IS NOT NULL)
          INTO v FROM auth.connection c WHERE c.unit_id = p_subject
            AND EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = c.unit_id AND u.agency_id = p_agency) FOR UPDATE;
        ELSIF p_principal = 'AGENCY_ADMIN' AND p_kind = 'SESSIONS' AND p_subject = p_agency THEN
          PERFORM 1 FROM hub.agency g WHERE g.id = p_agency FOR UPDATE;
          SELECT pg_catalog.jsonb_build_object('idleMinutes', r.idle_minutes, 'hours', r.hours) INTO v
          FROM (SELECT) x LEFT JOIN agency.session_rule r ON r.agency_id = p_agency;
        END IF;
        RETURN v;
      END $$;

      -- Whether a change gives anything that was not there: what does needs a second administrator. An end that is NULL never comes; a list
      -- of addressees that is NULL is everybody, of networks everywhere. Another unit is another unit's mail. A limit of sessions that is
      -- NULL is the hub's, which is never shorter.
      CREATE FUNCTION cmd.raises(p_kind text, p_was jsonb, p_becomes jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = '' AS $$
        SELECT COALESCE(p_was IS NULL
          OR (p_was->>'isSuspended')::boolean AND NOT (p_becomes->>'isSuspended')::boolean
          OR (p_becomes->>'clearance')::smallint > (p_was->>'clearance')::smallint
          OR (p_becomes->>'maySeeNominal')::boolean AND NOT (p_was->>'maySeeNominal')::boolean
          OR p_kind IN ('OFFICER', 'CONNECTION') AND COALESCE((p_becomes->>'validUntil')::timestamptz, 'infinity')
            > COALESCE((p_was->>'validUntil')::timestamptz, 'infinity')
          OR (p_was->>'nominalStepUp')::boolean AND NOT (p_becomes->>'nominalStepUp')::boolean
          OR p_kind = 'OFFICER' AND (p_becomes->>'unit' <> p_was->>'unit' OR NOT p_was->'roles' @> (p_becomes->'roles')
            -- These keep personal details away whatever other roles there are, so to take one away gives (role-rights.ts).
            OR EXISTS (SELECT 1 FROM pg_catalog.unnest(ARRAY['PARTNER_READER', 'RILO_LIAISON']) r
                       WHERE p_was->'roles' ? r AND NOT p_becomes->'roles' ? r))
          OR p_kind = 'SESSIONS' AND EXISTS (SELECT 1 FROM pg_catalog.unnest(ARRAY['idleMinutes', 'hours']) m
            WHERE COALESCE((p_becomes->>m)::numeric, 'infinity') > COALESCE((p_was->>m)::numeric, 'infinity'))
          OR p_kind = 'CONNECTION' AND (
            (p_becomes->>'adhoc')::boolean AND NOT (p_was->>'adhoc')::boolean
            OR EXISTS (SELECT 1 FROM pg_catalog.jsonb_array_elements_text(p_becomes->'scopes') s
                    WHERE NOT p_was->'scopes' ?| ARRAY[s, pg_catalog.split_part(s, ':', 1)])
            OR p_was->>'addressees' IS NOT NULL AND (p_becomes->>'addressees' IS NULL OR EXISTS (
              SELECT 1 FROM pg_catalog.jsonb_array_elements_text(p_becomes->'addressees') t WHERE NOT p_was->'addressees'
                ?| ARRAY[t, pg_catalog.array_to_string((pg_catalog.string_to_array(t, '-'))[1:2], '-')]))
            OR p_was->>'networks' IS NOT NULL AND (p_becomes->>'networks' IS NULL OR EXISTS (
              SELECT 1 FROM pg_catalog.jsonb_array_elements_text(p_becomes->'networks') n WHERE NOT EXISTS (
                SELECT 1 FROM pg_catalog.jsonb_array_elements_text(p_was->'networks') w WHERE n::inet <<= w::inet)))), false)
      $$;
`;

const COMMANDS = `
      -- What not even two administrators of an agency may do.
      CREATE FUNCTION cmd.check_change(p_agency text, p_kind text, p_subject text, p_was jsonb, p_becomes jsonb) RETURNS void
      LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE
        ceiling agency.ceiling;
        added text[];
      BEGIN
        IF p_kind = 'OFFICER' THEN
          PERFORM 1 FROM hub.unit u WHERE u.id = p_becomes->>'unit' AND u.agency_id = p_agency
            AND (u.valid_until IS NULL OR u.valid_until > pg_catalog.now());
          IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
          added := ARRAY(SELECT pg_catalog.jsonb_array_elements_text(p_becomes->'roles')
                         EXCEPT SELECT pg_catalog.jsonb_array_elements_text(p_was->'roles'));
          IF added && ARRAY['SYSTEM_ADMIN', 'RILO_LIAISON', 'OCU_OFFICER'] THEN
            RAISE EXCEPTION 'ROLE' USING ERRCODE = 'LH403';
          END IF;
        ELSIF p_kind = 'UNIT' AND p_was IS NULL AND NOT pg_catalog.starts_with(p_subject, p_agency || '-') THEN
          RAISE EXCEPTION 'UNIT_CODE' USING ERRCODE = 'LH400';
        ELSIF p_kind = 'CONNECTION' THEN
          PERFORM 1 FROM hub.unit u WHERE u.id = p_subject AND u.agency_id = p_agency;
          IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
          IF (p_becomes->>'validUntil')::timestamptz > pg_catalog.now() + interval '731 days' THEN
            RAISE EXCEPTION 'LIFETIME' USING ERRCODE = 'LH400';
          END IF;
        END IF;
        SELECT c.* INTO ceiling FROM agency.ceiling c WHERE c.agency_id = p_agency;
        IF (p_becomes->>'clearance')::smallint > GREATEST(COALESCE(ceiling.clearance, 0), COALESCE((p_was->>'clearance')::smallint, 0))
          OR (p_becomes->>'maySeeNominal')::boolean
            AND NOT (COALESCE(ceiling.may_see_nominal, false) OR COALESCE((p_was->>'maySeeNominal')::boolean, false))
        THEN
          RAISE EXCEPTION 'CEILING' USING ERRCODE = 'LH403';
        END IF;
      END $$;

      CREATE FUNCTION cmd.apply_change(p_principal text, p_agency text, p_kind text, p_subject text, p_was jsonb, b jsonb) RETURNS void
      LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE
        texts text[];
        audience integer;
        mine text := CASE p_principal WHEN 'SYSTEM_ADMIN' THEN 'OPERATOR' ELSE 'AGENCY' END;
        other text := CASE p_principal WHEN 'SYSTEM_ADMIN' THEN 'AGENCY' ELSE 'OPERATOR' END;
      BEGIN
        IF p_kind = 'AGENCY' THEN
          UPDATE hub.agency SET suspended_at = CASE WHEN (b->>'isSuspended')::boolean THEN pg_catalog.now() END WHERE id = p_subject;
        ELSIF p_kind = 'SESSIONS' THEN
          INSERT INTO agency.session_rule (agency_id, idle_minutes, hours)
          VALUES (p_agency, (b->>'idleMinutes')::smallint, (b->>'hours')::smallint)
          ON CONFLICT (agency_id) DO UPDATE SET idle_minutes = excluded.idle_minutes, hours = excluded.hours;
        ELSIF p_kind = 'OFFICER' THEN
          texts := ARRAY(SELECT pg_catalog.jsonb_array_elements_text(b->'roles'));
          IF p_was IS NULL THEN
            INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, clearance, may_see_nominal,
              valid_from, valid_until)
            VALUES (p_agency, p_subject, b->>'unit', b->>'titleEn', b->>'titleVi', texts, (b->>'clearance')::smallint,
              (b->>'maySeeNominal')::boolean, pg_catalog.now(), (b->>'validUntil')::timestamptz);
          ELSE
            UPDATE agency.officer o SET unit_id = b->>'unit', title_en = b->>'titleEn', title_vi = b->>'titleVi',
              clearance = (b->>'clearance')::smallint, may_see_nominal = (b->>'maySeeNominal')::boolean,
              valid_until = (b->>'validUntil')::timestamptz,
              -- The same roles in another order are the same: a session compares them.
              roles = CASE WHEN o.roles @> texts AND o.roles <@ texts THEN o.roles ELSE texts END
            WHERE o.agency_id = p_agency AND o.pseudonym = p_subject;
          END IF;
          IF (b->>'isSuspended')::boolean <> COALESCE((p_was->>'isSuspended')::boolean, false) THEN
            INSERT INTO auth.account (agency_id, officer, suspended_at) VALUES (p_agency, p_subject, pg_catalog.now())
            ON CONFLICT (agency_id, officer) DO UPDATE
              SET suspended_at = CASE WHEN (b->>'isSuspended')::boolean THEN pg_catalog.now() END;
          END IF;
          -- What an administrator has proposed falls with the administrator.
          UPDATE agency.change SET state = 'VOID' WHERE agency_id = p_agency AND principal = p_principal AND state = 'WAITING'
            AND proposed_by = p_subject AND NOT cmd.holds(p_agency, p_subject, p_principal);
        ELSIF p_kind = 'RULES' THEN
          INSERT INTO agency.signing_rule (agency_id, nominal_step_up) VALUES (p_subject, (b->>'nominalStepUp')::boolean)
          ON CONFLICT (agency_id) DO UPDATE SET nominal_step_up = excluded.nominal_step_up;
        ELSIF p_kind = 'CONNECTION' THEN
          texts := CASE WHEN b->>'addressees' IS NOT NULL THEN ARRAY(SELECT pg_catalog.jsonb_array_elements_text(b->'addressees')) END;
          IF p_was IS NULL THEN
            INSERT INTO auth.connection (unit_id, clearance, may_see_nominal) VALUES (p_subject, 0, false);
          END IF;
          UPDATE auth.connection c SET clearance = (b->>'clearance')::smallint, may_see_nominal = (b->>'maySeeNominal')::boolean,
            scopes = ARRAY(SELECT pg_catalog.jsonb_array_elements_text(b->'scopes')), addressees = texts,
            networks = cmd.networks_in(b), adhoc = (b->>'adhoc')::boolean, valid_until = (b->>'validUntil')::timestamptz,
            suspended_at = CASE WHEN (b->>'isSuspended')::boolean THEN COALESCE(c.suspended_at, pg_catalog.now()) END
          WHERE c.unit_id = p_subject;
        ELSIF p_was IS NULL THEN
          INSERT INTO hub.unit (id, agency_id, kind, place, name_en, name_vi, phone_24h, mailbox, valid_from)
          VALUES (p_subject, p_agency, b->>'kind', b->>'place', b->>'nameEn', b->>'nameVi', b->>'phone24h', b->>'mailbox',
            pg_catalog.now());
          INSERT INTO hub.audience (kind, owner) VALUES ('UNIT', p_subject) RETURNING id INTO audience;
          INSERT INTO hub.membership (audience_id, agency_id, unit_id) VALUES (audience, p_agency, p_subject);
        ELSE
          UPDATE hub.unit u SET
            place = CASE WHEN b ? 'nameEn' THEN b->>'place' ELSE u.place END,
            name_en = COALESCE(b->>'nameEn', u.name_en),
            name_vi = COALESCE(b->>'nameVi', u.name_vi),
            phone_24h = CASE WHEN b ? 'nameEn' THEN b->>'phone24h' ELSE u.phone_24h END,
            mailbox = CASE WHEN b ? 'nameEn' THEN b->>'mailbox' ELSE u.mailbox END
          WHERE u.id = p_subject;
          IF (b->>'isSuspended')::boolean <> (p_was->>'isSuspended')::boolean THEN
            UPDATE hub.unit u SET suspended_by = CASE
              WHEN (b->>'isSuspended')::boolean THEN CASE WHEN u.suspended_at IS NULL THEN mine ELSE 'BOTH' END
              WHEN u.suspended_by = 'BOTH' THEN other END
            WHERE u.id = p_subject;
            UPDATE hub.unit u SET suspended_at = CASE WHEN u.suspended_by IS NOT NULL
              THEN COALESCE(u.suspended_at, pg_catalog.now()) END
            WHERE u.id = p_subject;
          END IF;
        END IF;
      END $$;

      -- Changes what the patch names of a subject, or makes it when it is new: at once if that gives no right, else as a proposal for 24
      -- hours, in the place of any that waited. Nobody changes himself. The id of the change.
      CREATE FUNCTION cmd.change(p_kind text, p_subject text, p_patch jsonb, p_is_new boolean) RETURNS uuid
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        me hub.context := cmd.context();
        v_principal text := cmd.my_administration();
        v_was jsonb;
        v_becomes jsonb;
        v_waits boolean;
        v_id uuid;
      BEGIN
        IF v_principal IS NULL THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
        -- Of what there is not yet no row can be locked, so who makes something waits for others of the agency.
        IF p_is_new THEN PERFORM 1 FROM hub.agency g WHERE g.id = me.agency FOR NO KEY UPDATE; END IF;
        v_was := cmd.administered(v_principal, me.agency, p_kind, p_subject);
        IF v_was IS NULL AND NOT p_is_new THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
        IF v_was IS NOT NULL AND p_is_new THEN RAISE EXCEPTION 'TAKEN' USING ERRCODE = 'LH409'; END IF;
        IF p_kind = 'OFFICER' AND p_subject = me.officer
          -- Who suspends the unit of the very session shuts himself out, and could not lift it again.
          OR p_kind = 'UNIT' AND p_subject = me.unit AND (p_patch->>'isSuspended')::boolean
        THEN RAISE EXCEPTION 'NEEDS_ANOTHER' USING ERRCODE = 'LH403'; END IF;
        v_becomes := COALESCE(v_was, '{}') || p_patch;
        IF p_patch ? 'networks' THEN
          v_becomes := v_becomes || pg_catalog.jsonb_build_object('networks', cmd.networks_in(p_patch));
        END IF;
        IF v_becomes = v_was THEN RAISE EXCEPTION 'UNCHANGED' USING ERRCODE = 'LH409'; END IF;
        IF v_principal = 'AGENCY_ADMIN' THEN PERFORM cmd.check_change(me.agency, p_kind, p_subject, v_was, v_becomes); END IF;
        v_waits := cmd.raises(p_kind, v_was, v_becomes);
        -- The operator makes nothing and gives officers nothing, its own no more than others.
        IF v_principal = 'SYSTEM_ADMIN' AND (v_was IS NULL OR v_waits AND p_kind = 'OFFICER') THEN
          RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
        END IF;
        IF v_waits THEN
          UPDATE agency.change SET state = 'VOID' WHERE agency_id = me.agency AND principal = v_principal AND kind = p_kind
            AND subject = p_subject AND state = 'WAITING';
        ELSE
          PERFORM cmd.apply_change(v_principal, me.agency, p_kind, p_subject, v_was, v_becomes);
        END IF;
        INSERT INTO agency.change (agency_id, principal, kind, subject, was, becomes, state, proposed_by, expires_at)
        VALUES (me.agency, v_principal, p_kind, p_subject, v_was, v_becomes, CASE WHEN v_waits THEN 'WAITING' ELSE 'APPLIED' END,
          me.officer, CASE WHEN v_waits THEN pg_catalog.now() + interval '24 hours' END)
        RETURNING id INTO v_id;
        INSERT INTO audit.pending (event, change_id)
          VALUES (pg_catalog.lower(p_kind) || CASE WHEN v_waits THEN '.proposed' ELSE '.changed' END, v_id);
        RETURN v_id;
      END $$;

      -- Ends all sessions of an officer, who may sign in again: the officer stays as he or she is. The id of the change.
      CREATE FUNCTION cmd.sign_out(p_officer text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        me hub.context := cmd.context();
        v_principal text := cmd.my_administration();
        v_ended integer;
        v_id uuid;
      BEGIN
        IF v_principal IS DISTINCT FROM 'AGENCY_ADMIN' THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
        IF cmd.administered(v_principal, me.agency, 'OFFICER', p_officer) IS NULL THEN
          RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404';
        END IF;
        DELETE FROM auth.console_session s USING auth.account a
          WHERE a.id = s.account_id AND a.agency_id = me.agency AND a.officer = p_officer;
        GET DIAGNOSTICS v_ended = ROW_COUNT;
        IF v_ended = 0 THEN RAISE EXCEPTION 'UNCHANGED' USING ERRCODE = 'LH409'; END IF;
        INSERT INTO agency.change (agency_id, principal, kind, subject, was, becomes, state, proposed_by)
        VALUES (me.agency, v_principal, 'OFFICER', p_officer, pg_catalog.jsonb_build_object('sessions', v_ended), '{"sessions": 0}',
          'APPLIED', me.officer)
        RETURNING id INTO v_id;
        INSERT INTO audit.pending (event, change_id) VALUES ('officer.signed-out', v_id);
        RETURN v_id;
      END $$;

      -- A second administrator approves, or anyone of them declines. What was approved is applied only if its subject is still as it was
      -- when it was proposed.
      CREATE FUNCTION cmd.decide_change(p_id uuid, p_approves boolean) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        me hub.context := cmd.context();
        c agency.change;
        v_now jsonb;
      BEGIN
        SELECT x.* INTO c FROM agency.change x WHERE x.id = p_id AND x.agency_id = me.agency;
        -- Subject before change, as everywhere, so that two who decide at once wait for each other.
        v_now := cmd.administered(c.principal, c.agency_id, c.kind, c.subject);
        SELECT x.* INTO c FROM agency.change x WHERE x.id = p_id AND x.agency_id = me.agency AND x.principal = cmd.my_administration()
          AND x.state = 'WAITING' AND x.expires_at > pg_catalog.now() AND cmd.holds(x.agency_id, x.proposed_by, x.principal) FOR UPDATE;
        IF NOT FOUND THEN RAISE EXCEPTION 'MISSING' USING ERRCODE = 'LH404'; END IF;
        IF p_approves THEN
          IF c.proposed_by = me.officer OR c.kind = 'OFFICER' AND c.subject = me.officer THEN
            RAISE EXCEPTION 'NEEDS_ANOTHER' USING ERRCODE = 'LH403';
          END IF;
          IF v_now IS DISTINCT FROM c.was THEN RAISE EXCEPTION 'CHANGED' USING ERRCODE = 'LH409'; END IF;
          IF c.principal = 'AGENCY_ADMIN' THEN PERFORM cmd.check_change(c.agency_id, c.kind, c.subject, c.was, c.becomes); END IF;
          PERFORM cmd.apply_change(c.principal, c.agency_id, c.kind, c.subject, c.was, c.becomes);
        END IF;
        UPDATE agency.change SET state = CASE WHEN p_approves THEN 'APPLIED' ELSE 'DECLINED' END, decided_by = me.officer,
          decided_at = pg_catalog.now() WHERE id = p_id;
        INSERT INTO audit.pending (event, change_id)
          VALUES (pg_catalog.lower(c.kind) || CASE WHEN p_approves THEN '.approved' ELSE '.declined' END, p_id);
      END $$;
`;

const RECOVERY = `
      -- What an officer proposed and nobody has decided counts no more: the officer is recovered, and it may have been a thief.
      CREATE FUNCTION cmd.void_changes(p_agency text, p_officer text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        UPDATE agency.change SET state = 'VOID' WHERE agency_id = p_agency AND proposed_by = p_officer AND state = 'WAITING';
      END $$;
      REVOKE ALL ON FUNCTION cmd.void_changes(text, text) FROM PUBLIC;
      GRANT USAGE ON SCHEMA cmd TO hub_auth;
      GRANT EXECUTE ON FUNCTION cmd.void_changes(text, text) TO hub_auth;
`;

const READS = `
      -- The connections of the agency whose administrator asks.
      CREATE FUNCTION cmd.own_connections() RETURNS SETOF auth.connection
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF cmd.my_administration() IS DISTINCT FROM 'AGENCY_ADMIN' THEN RETURN; END IF;
        RETURN QUERY SELECT c.* FROM auth.connection c JOIN hub.unit u ON u.id = c.unit_id WHERE u.agency_id = (SELECT cmd.my_agency());
      END $$;

      -- For the operator: how many administrators each agency has; numbers, never persons.
      CREATE FUNCTION cmd.administrator_counts() RETURNS TABLE (agency_id text, administrators integer)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF cmd.my_administration() IS DISTINCT FROM 'SYSTEM_ADMIN' THEN RETURN; END IF;
        RETURN QUERY SELECT o.agency_id, pg_catalog.count(*)::integer FROM agency.officer o
          WHERE 'AGENCY_ADMIN' = ANY (o.roles) AND o.valid_from <= pg_catalog.now()
            AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now())
          GROUP BY o.agency_id;
      END $$;

      REVOKE ALL ON FUNCTION cmd.utc(timestamptz), cmd.networks_in(jsonb), cmd.is_shut_out(text, text), cmd.shut_out(text[]),
        cmd.holds(text, text, text), cmd.my_administration(),
        cmd.administered(text, text, text, text), cmd.raises(text, jsonb, jsonb), cmd.check_change(text, text, text, jsonb, jsonb),
        cmd.apply_change(text, text, text, text, jsonb, jsonb), cmd.change(text, text, jsonb, boolean),
        cmd.decide_change(uuid, boolean), cmd.sign_out(text), cmd.own_connections(), cmd.administrator_counts() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.shut_out(text[]), cmd.my_administration(), cmd.change(text, text, jsonb, boolean), cmd.decide_change(uuid, boolean),
        cmd.sign_out(text), cmd.own_connections(), cmd.administrator_counts() TO hub_app;

      SET ROLE hub_owner;
      CREATE POLICY administrators ON agency.change FOR SELECT TO hub_app
        USING (agency_id = (SELECT cmd.my_agency()) AND principal = (SELECT cmd.my_administration()));
      GRANT SELECT ON agency.change TO hub_app;
      RESET ROLE;
`;
