import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Signed objects and who may see them. A release row (audience, seq) is the only thing that grants sight of an object;
 * lists start from releases, so a page costs the same for an agency that sees everything and one that sees almost nothing.
 * Shared rows are written by cmd.submit alone.
 */
export class CreateExchange1795300004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(COMMANDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.submit(jsonb), cmd.sweep_expired(integer), cmd.reading_agencies(text[]), cmd.audience_of(text), cmd.sees(bigint), cmd.unit_sees(bigint, text, text, smallint);
      DROP TABLE hub.part_key, hub.part, hub.change, hub.release_term, hub.release, hub.object;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  CREATE TABLE hub.object (
    seq bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 68719476735) PRIMARY KEY,   -- 36 bits: see hub.place
    id uuid NOT NULL,
    kind text NOT NULL,
    from_agency text NOT NULL,
    from_unit text NOT NULL,
    recipients text[] NOT NULL,
    digest text NOT NULL,
    text text NOT NULL,               -- the signed object as it came: the truth; all else here is a projection
    receipt text NOT NULL,
    ref text,
    title text,
    urgency text,
    clearance smallint NOT NULL,
    has_parts boolean NOT NULL,
    thread_seq bigint NOT NULL,       -- seq of the object that began the thread
    reply_seq bigint,
    supersedes_seq bigint UNIQUE,
    superseded_by_seq bigint,
    recalled_by_seq bigint,
    created_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (from_agency, id)
  );
  CREATE INDEX object_by_id ON hub.object (id);
  CREATE INDEX object_by_thread ON hub.object (thread_seq, seq);
  CREATE UNIQUE INDEX object_by_ref ON hub.object (from_agency, ref) WHERE supersedes_seq IS NULL AND reply_seq IS NULL AND ref IS NOT NULL;

  CREATE TABLE hub.release (
    audience_id integer NOT NULL,
    seq bigint NOT NULL,
    clearance smallint NOT NULL,
    until timestamptz,
    recalled_at timestamptz,
    live boolean NOT NULL DEFAULT true,   -- cleared by recall and by the sweeper after "until"
    PRIMARY KEY (audience_id, seq)
  );
  CREATE INDEX release_live ON hub.release (audience_id, seq) INCLUDE (clearance, until, recalled_at) WHERE live;
  -- A caller of the lowest clearance walks this one, else a page would step over every restricted row.
  CREATE INDEX release_live_unclassified ON hub.release (audience_id, seq) INCLUDE (clearance, until, recalled_at) WHERE live AND clearance = 0;
  CREATE INDEX release_by_object ON hub.release (seq, audience_id) INCLUDE (clearance, until, recalled_at);
  CREATE INDEX release_until ON hub.release (until) WHERE live AND until IS NOT NULL;

  -- Exact look-up: one row for each audience and term, such as container:CSQU3054383 or partner:TH-CUS.
  CREATE TABLE hub.release_term (
    audience_id integer NOT NULL,
    term text NOT NULL,
    seq bigint NOT NULL,
    clearance smallint NOT NULL,
    live boolean NOT NULL DEFAULT true,
    PRIMARY KEY (audience_id, term, seq)
  );
  CREATE INDEX release_term_by_object ON hub.release_term (seq);
  CREATE INDEX release_term_live ON hub.release_term (audience_id, term, seq) WHERE live;
  CREATE INDEX release_term_live_unclassified ON hub.release_term (audience_id, term, seq) WHERE live AND clearance = 0;

  -- The forward feed in commit order: by writing transaction, read only below the snapshot's xmin, so nothing is skipped.
  CREATE TABLE hub.change (
    audience_id integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint NOT NULL,
    act text NOT NULL CHECK (act IN ('RELEASED', 'RECALLED', 'EXPIRED', 'LAPSED')),
    object_id uuid NOT NULL,              -- all that a tombstone tells
    clearance smallint NOT NULL,
    PRIMARY KEY (audience_id, xid, seq, act)
  );
  CREATE INDEX change_unclassified ON hub.change (audience_id, xid, seq, act) WHERE clearance = 0;

  -- Nominal data: ciphertext under a key of its own, wrapped for each agency that may read it.
  CREATE TABLE hub.part (
    seq bigint NOT NULL REFERENCES hub.object,
    name text NOT NULL,
    sha256 text NOT NULL,
    iv bytea NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (seq, name)
  );
  CREATE TABLE hub.part_key (
    seq bigint NOT NULL,
    name text NOT NULL,
    agency_id text NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (seq, name, agency_id),
    FOREIGN KEY (seq, name) REFERENCES hub.part
  );
`;

const POLICIES = `
  ALTER TABLE hub.object ENABLE ROW LEVEL SECURITY;       ALTER TABLE hub.object FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.release ENABLE ROW LEVEL SECURITY;      ALTER TABLE hub.release FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.release_term ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.release_term FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.change ENABLE ROW LEVEL SECURITY;       ALTER TABLE hub.change FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.part ENABLE ROW LEVEL SECURITY;         ALTER TABLE hub.part FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.part_key ENABLE ROW LEVEL SECURITY;     ALTER TABLE hub.part_key FORCE ROW LEVEL SECURITY;

  CREATE POLICY released ON hub.release FOR SELECT TO hub_app USING (
    recalled_at IS NULL
    AND (until IS NULL OR until > (SELECT cmd.now()))
    AND (clearance = 0 OR clearance <= (SELECT cmd.my_clearance()))
    AND (SELECT cmd.my_sight()) @> hub.place(audience_id, seq));
  CREATE POLICY released ON hub.release_term FOR SELECT TO hub_app USING (
    EXISTS (SELECT 1 FROM hub.release r WHERE r.audience_id = release_term.audience_id AND r.seq = release_term.seq));
  -- A scalar subquery: for a list of unknown length PostgreSQL would answer EXISTS by reading everything that the caller may see.
  CREATE POLICY released ON hub.object FOR SELECT TO hub_app USING (
    (SELECT true FROM hub.release r WHERE r.seq = object.seq LIMIT 1));
  CREATE POLICY clearance ON hub.object AS RESTRICTIVE FOR SELECT TO hub_app
    USING (clearance = 0 OR clearance <= (SELECT cmd.my_clearance()));
  CREATE POLICY member ON hub.change FOR SELECT TO hub_app USING (
    (clearance = 0 OR clearance <= (SELECT cmd.my_clearance())) AND (SELECT cmd.my_sight()) @> hub.place(audience_id, seq));
  CREATE POLICY released ON hub.part FOR SELECT TO hub_app USING (
    (SELECT cmd.may_see_nominal()) AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part.seq));
  CREATE POLICY own_agency ON hub.part_key FOR SELECT TO hub_app USING (
    agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.may_see_nominal())
    AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part_key.seq));
  GRANT SELECT ON hub.object, hub.release, hub.release_term, hub.change, hub.part, hub.part_key TO hub_app;

  CREATE POLICY commands ON hub.object TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.release TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.release_term TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.change TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.part TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.part_key TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE (superseded_by_seq, recalled_by_seq, thread_seq) ON hub.object TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE (recalled_at, live) ON hub.release TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE (live) ON hub.release_term TO hub_cmd;
  GRANT SELECT, INSERT ON hub.change, hub.part, hub.part_key TO hub_cmd;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Whether a unit of an agency sees an object now with this clearance: the same condition as the policies, for use inside commands.
  CREATE FUNCTION cmd.unit_sees(p_seq bigint, p_agency text, p_unit text, p_clearance smallint) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN EXISTS (
      SELECT 1 FROM hub.release r JOIN hub.membership m ON m.audience_id = r.audience_id
      WHERE r.seq = p_seq AND m.agency_id = p_agency AND (m.unit_id IS NULL OR m.unit_id = p_unit)
        AND r.seq >= m.since_seq AND r.seq < m.until_seq
        AND r.clearance <= p_clearance AND r.recalled_at IS NULL AND (r.until IS NULL OR r.until > cmd.now()));
  END $$;

  -- Whether the caller does.
  CREATE FUNCTION cmd.sees(p_seq bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    RETURN cmd.unit_sees(p_seq, me.agency, me.unit, me.clearance);
  END $$;

  -- The audience that an addressee means today, or NULL when the caller cannot address it: an agency or unit in force (a
  -- dissolved one's mail reaches its successor), or a community of which the caller is a member.
  CREATE FUNCTION cmd.audience_of(p_to text) RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    now timestamptz := cmd.now();
    current text := p_to;
    next text;
    ended timestamptz;
    suspended timestamptz;
    is_unit boolean;
  BEGIN
    IF pg_catalog.starts_with(p_to, 'community:') THEN
      RETURN (SELECT c.audience_id FROM hub.community c JOIN hub.membership m ON m.audience_id = c.audience_id
              WHERE c.id::text = pg_catalog.substr(p_to, 11) AND m.agency_id = cmd.my_agency()
                AND m.until_seq = 9223372036854775807 LIMIT 1);
    END IF;
    FOR i IN 1..8 LOOP
      SELECT u.valid_until, u.successor_id, COALESCE(u.suspended_at, a.suspended_at)
        INTO ended, next, suspended FROM hub.unit u JOIN hub.agency a ON a.id = u.agency_id
        WHERE u.id = current AND u.valid_from <= now;
      is_unit := FOUND;
      IF NOT is_unit THEN
        SELECT a.valid_until, a.successor_id, a.suspended_at INTO ended, next, suspended FROM hub.agency a
          WHERE a.id = current AND a.valid_from <= now;
        IF NOT FOUND THEN RETURN NULL; END IF;
      END IF;
      IF suspended IS NOT NULL THEN RETURN NULL; END IF;
      IF ended IS NULL OR ended > now THEN
        RETURN (SELECT x.id FROM hub.audience x WHERE x.kind = CASE WHEN is_unit THEN 'UNIT' ELSE 'AGENCY' END AND x.owner = current);
      END IF;
      IF next IS NULL THEN RETURN NULL; END IF;
      current := next;
    END LOOP;
    RETURN NULL;
  END $$;

  -- The agencies that will read what is addressed so, for wrapping the keys of parts. The caller's own is always among them.
  CREATE FUNCTION cmd.reading_agencies(p_to text[]) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    IF cmd.my_agency() IS NULL THEN RETURN '{}'; END IF;
    RETURN (SELECT pg_catalog.array_agg(DISTINCT x.agency) FROM (
      SELECT cmd.my_agency() AS agency
      UNION SELECT m.agency_id FROM pg_catalog.unnest(p_to) t
        CROSS JOIN LATERAL (SELECT cmd.audience_of(t) AS id OFFSET 0) a   -- once for each addressee, not for each membership
        JOIN hub.membership m ON m.audience_id = a.id
        WHERE m.until_seq = 9223372036854775807) x);
  END $$;

  -- Accepts one verified signed object: stores it, releases it, and answers with its seq and receipt. An object with the same
  -- id and digest is a repetition and gets the first receipt. Everything, or nothing, is written.
  CREATE FUNCTION cmd.submit(p jsonb) RETURNS TABLE (object_seq bigint, stored_receipt text, repeated boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  #variable_conflict use_column
  DECLARE
    me hub.context := cmd.context();
    v_seq bigint;
    v_thread bigint;
    v_to text[];
    v_audiences integer[];
    v_sent integer;
    v_clearance smallint := (p->>'clearance')::smallint;
    v_until timestamptz := (p->>'until')::timestamptz;
    v_reply bigint := (p->>'replySeq')::bigint;
    v_supersedes bigint := (p->>'supersedesSeq')::bigint;
    target hub.object;
  BEGIN
    IF me.agency IS NULL OR me.agency <> p->>'from' OR v_clearance > me.clearance THEN
      RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
    END IF;

    -- A unit that is suspended does not speak, whichever unit of its agency hands it in.
    IF EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = p->>'unit' AND u.suspended_at IS NOT NULL) THEN
      RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
    END IF;

    SELECT o.* INTO target FROM hub.object o WHERE o.from_agency = me.agency AND o.id = (p->>'id')::uuid;
    IF FOUND THEN
      IF target.digest <> p->>'digest' THEN RAISE EXCEPTION 'ID_REUSED' USING ERRCODE = 'LH400'; END IF;
      RETURN QUERY SELECT target.seq, target.receipt, true;
      RETURN;
    END IF;
    -- An id that was ever released to any unit of the caller's agency was copied: readers of both would take one for the other, and
    -- a recall of the copy for the end of the original. One that never reached the agency is free, so nothing is told.
    FOR target IN SELECT o.* FROM hub.object o WHERE o.id = (p->>'id')::uuid LOOP
      IF EXISTS (SELECT 1 FROM hub.release r JOIN hub.membership m ON m.audience_id = r.audience_id
                 WHERE r.seq = target.seq AND m.agency_id = me.agency) THEN
        RAISE EXCEPTION 'ID_REUSED' USING ERRCODE = 'LH400';
      END IF;
    END LOOP;

    SELECT a.id INTO v_sent FROM hub.audience a WHERE a.kind = 'SENT' AND a.owner = me.agency;
    SELECT pg_catalog.array_agg(t ORDER BY t) INTO v_to FROM pg_catalog.jsonb_array_elements_text(p->'to') t;
    IF p->>'kind' = 'recall' THEN
      -- A recall follows its object wherever that went, even to an addressee that can no longer be written to.
      SELECT pg_catalog.array_agg(DISTINCT r.audience_id) INTO v_audiences FROM hub.release r
        WHERE r.seq = v_reply AND r.audience_id <> v_sent;
    ELSE
      SELECT pg_catalog.array_agg(DISTINCT cmd.audience_of(t)) INTO v_audiences FROM pg_catalog.unnest(v_to) t;
    END IF;
    IF v_audiences IS NULL OR pg_catalog.array_position(v_audiences, NULL) IS NOT NULL THEN
      RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400';
    END IF;

    IF v_reply IS NOT NULL THEN
      SELECT o.* INTO target FROM hub.object o WHERE o.seq = v_reply AND cmd.sees(o.seq);
      IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
      v_thread := target.thread_seq;
    END IF;
    IF v_supersedes IS NOT NULL THEN
      SELECT o.* INTO target FROM hub.object o
        WHERE o.seq = v_supersedes AND o.from_agency = me.agency AND o.kind = p->>'kind' FOR UPDATE;
      IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
      IF target.recalled_by_seq IS NOT NULL THEN RAISE EXCEPTION 'RECALLED' USING ERRCODE = 'LH409'; END IF;
      IF target.recipients <> v_to THEN RAISE EXCEPTION 'SUPERSEDES_ADDRESSEES' USING ERRCODE = 'LH400'; END IF;
      v_thread := target.thread_seq;
    END IF;

    BEGIN
      INSERT INTO hub.object (id, kind, from_agency, from_unit, recipients, digest, text, receipt, ref, title, urgency, clearance,
        has_parts, thread_seq, reply_seq, supersedes_seq, created_at, received_at)
      VALUES ((p->>'id')::uuid, p->>'kind', me.agency, p->>'unit', v_to, p->>'digest', p->>'text', p->>'receipt', p->>'ref',
        p->>'title', p->>'urgency', v_clearance, pg_catalog.jsonb_array_length(p->'parts') > 0, COALESCE(v_thread, 0), v_reply,
        v_supersedes, (p->>'createdAt')::timestamptz, (p->>'receivedAt')::timestamptz)
      RETURNING seq INTO v_seq;
    EXCEPTION WHEN unique_violation THEN
      -- Another transaction was first: the same object (a repetition), the same id or reference with other content, or
      -- another successor of the same version.
      SELECT o.* INTO target FROM hub.object o WHERE o.from_agency = me.agency AND o.id = (p->>'id')::uuid;
      IF NOT FOUND THEN
        RAISE EXCEPTION '%', CASE WHEN v_supersedes IS NULL THEN 'REF_TAKEN' ELSE 'SUPERSEDED' END USING ERRCODE = 'LH409';
      END IF;
      IF target.digest <> p->>'digest' THEN RAISE EXCEPTION 'ID_REUSED' USING ERRCODE = 'LH400'; END IF;
      RETURN QUERY SELECT target.seq, target.receipt, true;
      RETURN;
    END;
    IF v_thread IS NULL THEN UPDATE hub.object SET thread_seq = seq WHERE seq = v_seq; END IF;
    IF v_supersedes IS NOT NULL THEN UPDATE hub.object SET superseded_by_seq = v_seq WHERE seq = v_supersedes; END IF;

    IF p->>'kind' = 'recall' THEN
      SELECT o.* INTO target FROM hub.object o WHERE o.seq = v_reply AND o.from_agency = me.agency FOR UPDATE;
      IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
      IF target.recalled_by_seq IS NOT NULL THEN RAISE EXCEPTION 'RECALLED' USING ERRCODE = 'LH409'; END IF;
      IF target.superseded_by_seq IS NOT NULL THEN
        RAISE EXCEPTION 'SUPERSEDED' USING ERRCODE = 'LH409';
      END IF;
      IF target.recipients <> v_to THEN RAISE EXCEPTION 'RECALL_ADDRESSEES' USING ERRCODE = 'LH400'; END IF;
      -- Every version goes, from the newest to the first, and with what disappears the sender's own notes on it; the sender's copies stay.
      WITH RECURSIVE version AS (
        SELECT target.seq AS seq, target.supersedes_seq AS before
        UNION ALL SELECT o.seq, o.supersedes_seq FROM version v JOIN hub.object o ON o.seq = v.before),
      gone AS (
        SELECT v.seq FROM version v UNION ALL SELECT o.seq FROM hub.object o
        WHERE (p->>'hides')::boolean AND o.thread_seq = target.thread_seq AND o.kind = 'note' AND o.from_agency = me.agency),
      marked AS (
        UPDATE hub.object o SET recalled_by_seq = v_seq FROM gone g WHERE o.seq = g.seq RETURNING o.seq),
      hidden AS (
        UPDATE hub.release r SET recalled_at = cmd.now(), live = false FROM marked m
        WHERE (p->>'hides')::boolean AND r.seq = m.seq AND r.recalled_at IS NULL
          AND r.audience_id <> v_sent
        RETURNING r.audience_id, r.seq, r.clearance),
      unlisted AS (
        UPDATE hub.release_term t SET live = false FROM hidden h WHERE t.seq = h.seq AND t.audience_id = h.audience_id)
      INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
        SELECT h.audience_id, h.seq, 'RECALLED', h.clearance, o.id FROM hidden h JOIN hub.object o ON o.seq = h.seq;
    END IF;

    INSERT INTO hub.release (audience_id, seq, clearance, until)
      SELECT a, v_seq, v_clearance, v_until FROM pg_catalog.unnest(v_audiences) a
      UNION ALL SELECT v_sent, v_seq, v_clearance, NULL;
    INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT a, v_seq, 'RELEASED', v_clearance, (p->>'id')::uuid FROM pg_catalog.unnest(v_audiences || v_sent) a;
    INSERT INTO hub.release_term (audience_id, term, seq, clearance)
      SELECT a, t, v_seq, v_clearance FROM pg_catalog.unnest(v_audiences) a, pg_catalog.jsonb_array_elements_text(p->'termsReceived') t
      UNION ALL SELECT v_sent, t, v_seq, v_clearance FROM pg_catalog.jsonb_array_elements_text(p->'termsSent') t;

    INSERT INTO hub.part (seq, name, sha256, iv, ciphertext)
      SELECT v_seq, x->>'name', x->>'sha256', pg_catalog.decode(x->>'iv', 'base64'), pg_catalog.decode(x->>'ciphertext', 'base64')
      FROM pg_catalog.jsonb_array_elements(p->'parts') x;
    INSERT INTO hub.part_key (seq, name, agency_id, wrapped)
      SELECT v_seq, x->>'name', k.key, pg_catalog.decode(k.value, 'base64')
      FROM pg_catalog.jsonb_array_elements(p->'parts') x, pg_catalog.jsonb_each_text(x->'keys') k;

    INSERT INTO audit.pending (event, object_seq) VALUES ('object.accepted', v_seq);
    RETURN QUERY SELECT v_seq, p->>'receipt', false;
  END $$;

  -- Clears "live" on releases whose time is over and leaves a tombstone in the feed. The policies check "until" themselves, so
  -- a late sweep never shows anything; it only keeps pages quick.
  CREATE FUNCTION cmd.sweep_expired(p_limit integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE swept integer;
  BEGIN
    WITH due AS (
      SELECT r.audience_id, r.seq FROM hub.release r
      WHERE r.live AND r.until IS NOT NULL AND r.until <= pg_catalog.transaction_timestamp()
      ORDER BY r.until LIMIT p_limit FOR UPDATE SKIP LOCKED),
    ended AS (
      UPDATE hub.release r SET live = false FROM due d WHERE r.audience_id = d.audience_id AND r.seq = d.seq
      RETURNING r.audience_id, r.seq, r.clearance),
    unlisted AS (
      UPDATE hub.release_term t SET live = false FROM ended e WHERE t.seq = e.seq AND t.audience_id = e.audience_id)
    INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT e.audience_id, e.seq, 'EXPIRED', e.clearance, o.id FROM ended e JOIN hub.object o ON o.seq = e.seq;
    GET DIAGNOSTICS swept = ROW_COUNT;
    RETURN swept;
  END $$;

  REVOKE ALL ON FUNCTION cmd.unit_sees(bigint, text, text, smallint), cmd.sees(bigint), cmd.audience_of(text), cmd.reading_agencies(text[]), cmd.submit(jsonb),
    cmd.sweep_expired(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.reading_agencies(text[]), cmd.audience_of(text), cmd.submit(jsonb), cmd.sweep_expired(integer) TO hub_app;
  RESET ROLE;
`;
