import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files and their attachment to signed objects. A file is its agency's own until an object that names its digest is accepted; from
 * then on the object's readers have it through the attachment, as long as they have the object. The bytes are not here but encrypted in
 * a folder; the rows hold their keys, wrapped.
 */
export class CreateFiles1795300040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(COMMANDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.unknown_files(uuid[]), cmd.sweep_files(integer), cmd.attach(bigint, jsonb, text), cmd.keep_file(jsonb),
        cmd.unattached_bytes(text, text, bigint);
      DROP TABLE hub.attachment_key, hub.attachment, hub.file;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  CREATE TABLE hub.file (
    id uuid PRIMARY KEY,              -- its name in the folder, chosen by the hub
    agency_id text NOT NULL,
    unit_id text,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    copy_sha256 text,                 -- the recipients' copy, where it is not the same bytes
    copy_size bigint,
    state text NOT NULL CHECK (state IN ('QUARANTINED', 'CLEAN', 'REFUSED')),
    wrapped bytea,                    -- its key, wrapped for its agency; a refused file is not kept, unless an object names it
    uploaded_at timestamptz NOT NULL DEFAULT now(),   -- wall time; the same bytes again begin it anew
    CHECK (state = 'REFUSED' OR wrapped IS NOT NULL),
    CHECK ((copy_sha256 IS NULL) = (copy_size IS NULL))
  );
  CREATE UNIQUE INDEX file_by_digest ON hub.file (agency_id, sha256) WHERE state <> 'REFUSED';
  CREATE INDEX file_by_upload ON hub.file (uploaded_at) WHERE state <> 'REFUSED';

  -- A file that an object names. The digest is that of the original bytes.
  CREATE TABLE hub.attachment (
    seq bigint NOT NULL REFERENCES hub.object,
    sha256 text NOT NULL,
    file_id uuid NOT NULL REFERENCES hub.file,
    size bigint NOT NULL,
    media_type text NOT NULL,
    copy_sha256 text,
    copy_size bigint,
    is_nominal boolean NOT NULL,      -- named in a part, for those who may see personal details
    PRIMARY KEY (seq, sha256)
  );
  CREATE INDEX attachment_by_file ON hub.attachment (file_id);
  CREATE TABLE hub.attachment_key (
    seq bigint NOT NULL,
    sha256 text NOT NULL,
    agency_id text NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (seq, sha256, agency_id),
    FOREIGN KEY (seq, sha256) REFERENCES hub.attachment
  );

  ALTER TABLE hub.file ENABLE ROW LEVEL SECURITY;           ALTER TABLE hub.file FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.attachment ENABLE ROW LEVEL SECURITY;     ALTER TABLE hub.attachment FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.attachment_key ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.attachment_key FORCE ROW LEVEL SECURITY;

  CREATE POLICY own_agency ON hub.file FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY released ON hub.attachment FOR SELECT TO hub_app USING (
    (NOT is_nominal OR (SELECT cmd.may_see_nominal())) AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = attachment.seq));
  CREATE POLICY own_agency ON hub.attachment_key FOR SELECT TO hub_app USING (
    agency_id = (SELECT cmd.my_agency())
    AND EXISTS (SELECT 1 FROM hub.attachment a WHERE a.seq = attachment_key.seq AND a.sha256 = attachment_key.sha256));
  GRANT SELECT ON hub.file, hub.attachment, hub.attachment_key TO hub_app;

  CREATE POLICY commands ON hub.file TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.attachment TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.attachment_key TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE (state, wrapped, uploaded_at), DELETE ON hub.file TO hub_cmd;
  GRANT SELECT, INSERT ON hub.attachment, hub.attachment_key TO hub_cmd;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- How many bytes an agency has here that no object names: files, and recipients' copies of them; of another content than this, if any.
  CREATE FUNCTION cmd.unattached_bytes(p_agency text, p_sha256 text, p_size bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT COALESCE(pg_catalog.sum(f.size + COALESCE(f.copy_size, 0)), 0)::bigint FROM hub.file f
    WHERE f.agency_id = p_agency AND f.sha256 IS DISTINCT FROM p_sha256 AND f.state <> 'REFUSED'
      AND NOT EXISTS (SELECT 1 FROM hub.attachment a WHERE a.file_id = f.id)
  $$;

  -- Keeps a file of the caller's agency as its scanner judged it. The same bytes again are the file that is there; one in quarantine
  -- takes the newer judgement. One that was clean is refused when its scanner has learnt more, and from then on attached to nothing.
  CREATE FUNCTION cmd.keep_file(p jsonb) RETURNS TABLE (kept_id uuid, kept_state text, is_stored boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_state text := p->>'state';
    v_wrapped bytea := CASE WHEN v_state <> 'REFUSED' THEN pg_catalog.decode(p->>'wrapped', 'base64') END;
    kept hub.file;
  BEGIN
    IF me.agency IS NULL THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    -- One upload of an agency at a time: of the same bytes the second finds the first, and of others the quota counts both.
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(me.agency, 0));
    UPDATE hub.file f SET uploaded_at = pg_catalog.now()
      WHERE f.agency_id = me.agency AND f.sha256 = p->>'sha256' AND f.state <> 'REFUSED' RETURNING f.* INTO kept;
    IF NOT FOUND THEN
      -- What lies there unattached: 2 GB for each agency, so that none fills the disk of all.
      IF cmd.unattached_bytes(me.agency, p->>'sha256', (p->>'size')::bigint) + (p->>'size')::bigint + COALESCE((p->>'copySize')::bigint, 0) > 2147483648 THEN
        RAISE EXCEPTION 'UNATTACHED' USING ERRCODE = 'LH413';
      END IF;
      INSERT INTO hub.file (id, agency_id, unit_id, sha256, size, media_type, copy_sha256, copy_size, state, wrapped)
        VALUES ((p->>'id')::uuid, me.agency, me.unit, p->>'sha256', (p->>'size')::bigint, p->>'mediaType', p->>'copySha256',
          (p->>'copySize')::bigint, v_state, v_wrapped)
        RETURNING * INTO kept;
    ELSIF v_state = 'REFUSED' OR kept.state = 'QUARANTINED' AND v_state = 'CLEAN' THEN
      UPDATE hub.file f SET state = v_state,
        wrapped = CASE WHEN v_state <> 'REFUSED' OR EXISTS (SELECT 1 FROM hub.attachment a WHERE a.file_id = f.id) THEN f.wrapped END
        WHERE f.id = kept.id RETURNING * INTO kept;
    END IF;
    RETURN QUERY SELECT kept.id, kept.state, kept.wrapped IS NOT NULL;
  END $$;

  -- Gives the readers of an object of the caller's agency the files that its signed text names, with the keys wrapped for each. What
  -- is attached is what the text says, no more and no less, of clean files of the same agency. Files that are personal details are
  -- named in a part, whose text is given as well and must be the one of which the object has the digest.
  CREATE FUNCTION cmd.attach(p_seq bigint, p_keys jsonb, p_nominal text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_payload text;
    v_named jsonb;
    v_nominal jsonb;
    v_attached integer;
  BEGIN
    SELECT pg_catalog.translate(o.text::jsonb ->> 'payload', '-_', '+/') INTO v_payload FROM hub.object o
      WHERE o.seq = p_seq AND o.from_agency = me.agency;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF (SELECT p.sha256 FROM hub.part p WHERE p.seq = p_seq AND p.name = 'nominalAttachments')
      IS DISTINCT FROM pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_nominal, 'UTF8')), 'hex') THEN
      RAISE EXCEPTION 'ATTACHMENT' USING ERRCODE = 'LH400';
    END IF;
    v_nominal := COALESCE(p_nominal::jsonb #> '{data,attachments}', '[]');
    v_named := pg_catalog.convert_from(pg_catalog.decode(
      pg_catalog.rpad(v_payload, (pg_catalog.length(v_payload) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb -> 'attachments';

    INSERT INTO hub.attachment (seq, sha256, file_id, size, media_type, copy_sha256, copy_size, is_nominal)
      SELECT p_seq, f.sha256, f.id, f.size, f.media_type, f.copy_sha256, f.copy_size, place > pg_catalog.jsonb_array_length(v_named)
      FROM pg_catalog.jsonb_array_elements(v_named || v_nominal) WITH ORDINALITY x(n, place)
      JOIN hub.file f ON f.agency_id = me.agency AND f.state = 'CLEAN' AND f.sha256 = n->>'sha256'
        AND f.size::text = n->>'size' AND f.media_type = n->>'mediaType'
      FOR SHARE OF f;   -- one that is being swept or refused is waited for, and then not there
    GET DIAGNOSTICS v_attached = ROW_COUNT;
    IF v_attached <> pg_catalog.jsonb_array_length(v_named || v_nominal) THEN RAISE EXCEPTION 'ATTACHMENT' USING ERRCODE = 'LH400'; END IF;
    INSERT INTO hub.attachment_key (seq, sha256, agency_id, wrapped)
      SELECT p_seq, file.key, agency.key, pg_catalog.decode(agency.value, 'base64')
      FROM pg_catalog.jsonb_each(p_keys) file, pg_catalog.jsonb_each_text(file.value) agency;
  END $$;

  -- Forgets files that were not attached to anything for 24 hours, and tells which, so that their bytes go as well. One that is
  -- attached at this very moment is locked, or held by its foreign key.
  CREATE FUNCTION cmd.sweep_files(p_limit integer) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    DELETE FROM hub.file f WHERE f.id IN (
      SELECT d.id FROM hub.file d
      WHERE d.state <> 'REFUSED' AND d.uploaded_at < pg_catalog.now() - interval '24 hours'
        AND NOT EXISTS (SELECT 1 FROM hub.attachment a WHERE a.file_id = d.id)
      ORDER BY d.uploaded_at LIMIT p_limit FOR UPDATE SKIP LOCKED)
    RETURNING f.id
  $$;

  -- Which of these names in the folder no row speaks of: a process was killed before it wrote the row, or after it deleted it.
  CREATE FUNCTION cmd.unknown_files(p_ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT x FROM pg_catalog.unnest(p_ids) x
    WHERE NOT EXISTS (SELECT 1 FROM hub.file f WHERE f.id = x AND f.wrapped IS NOT NULL)
  $$;

  REVOKE ALL ON FUNCTION cmd.unattached_bytes(text, text, bigint) FROM PUBLIC;
  REVOKE ALL ON FUNCTION cmd.keep_file(jsonb), cmd.attach(bigint, jsonb, text), cmd.sweep_files(integer), cmd.unknown_files(uuid[]) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.keep_file(jsonb), cmd.attach(bigint, jsonb, text), cmd.sweep_files(integer), cmd.unknown_files(uuid[]) TO hub_app;
  RESET ROLE;
`;
