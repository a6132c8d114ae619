import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files that arrive in several requests. What has arrived lies in the place of files, each request's part encrypted under a key of its
 * own; the rows say whose it is and hold the keys, wrapped. An upload lasts a day.
 */
export class CreateUploads1795300110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(COMMANDS);
    await runner.query(unknownFiles('OR EXISTS (SELECT 1 FROM hub.upload_part p WHERE p.file_id = x)'));
    await runner.query(
      unattachedBytes(`UNION ALL SELECT u.size FROM hub.upload u
        WHERE u.agency_id = p_agency AND (u.sha256, u.size) IS DISTINCT FROM (p_sha256, p_size) AND u.kept IS NULL AND u.expires_at > pg_catalog.now()`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(unknownFiles(''));
    await runner.query(unattachedBytes(''));
    await runner.query(`
      DROP FUNCTION cmd.sweep_uploads(integer), cmd.end_upload(uuid, jsonb), cmd.append_upload(uuid, bigint, bigint, uuid, bytea),
        cmd.begin_upload(jsonb), cmd.my_upload(uuid);
      DROP TABLE hub.upload_part, hub.upload;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- A file that is on its way. Its uploader alone goes on with it: an officer, or (NULL) the unit's system.
  CREATE TABLE hub.upload (
    id uuid PRIMARY KEY,
    agency_id text NOT NULL,
    unit_id text,
    officer text,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    kept jsonb,                       -- what its uploader was told when it was whole and judged; its parts are gone
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours'   -- wall time
  );
  CREATE INDEX upload_by_agency ON hub.upload (agency_id);
  CREATE INDEX upload_by_expiry ON hub.upload (expires_at);
  CREATE TABLE hub.upload_part (
    upload_id uuid NOT NULL REFERENCES hub.upload,
    at bigint NOT NULL,               -- where in the file it begins; there are no gaps
    size bigint NOT NULL CHECK (size > 0),
    file_id uuid NOT NULL UNIQUE,     -- its name in the place of files
    wrapped bytea NOT NULL,           -- its key, wrapped for its agency
    PRIMARY KEY (upload_id, at)
  );

  ALTER TABLE hub.upload ENABLE ROW LEVEL SECURITY;      ALTER TABLE hub.upload FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.upload_part ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.upload_part FORCE ROW LEVEL SECURITY;

  CREATE POLICY own ON hub.upload FOR SELECT TO hub_app USING (
    agency_id = (SELECT cmd.my_agency()) AND unit_id IS NOT DISTINCT FROM (SELECT cmd.my_unit())
    AND officer IS NOT DISTINCT FROM (SELECT NULLIF((cmd.caller())[4], '')) AND expires_at > now());
  CREATE POLICY own ON hub.upload_part FOR SELECT TO hub_app USING (
    EXISTS (SELECT 1 FROM hub.upload u WHERE u.id = upload_part.upload_id));
  GRANT SELECT ON hub.upload, hub.upload_part TO hub_app;

  CREATE POLICY commands ON hub.upload TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.upload_part TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE (kept), DELETE ON hub.upload TO hub_cmd;
  GRANT SELECT, INSERT, DELETE ON hub.upload_part TO hub_cmd;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- The caller's own upload, until the end of the transaction nobody else's to change.
  CREATE FUNCTION cmd.my_upload(p_id uuid) RETURNS hub.upload LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    mine hub.upload;
  BEGIN
    SELECT u.* INTO mine FROM hub.upload u
      WHERE u.id = p_id AND u.agency_id = me.agency AND u.unit_id IS NOT DISTINCT FROM me.unit
        AND u.officer IS NOT DISTINCT FROM me.officer AND u.expires_at > pg_catalog.now() FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'UPLOAD' USING ERRCODE = 'LH404'; END IF;
    RETURN mine;
  END $$;

  -- Begins an upload; of the same file by the same uploader it is the one that there is, so that a client goes on that has forgotten it.
  CREATE FUNCTION cmd.begin_upload(p jsonb) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_id uuid;
    v_size bigint := (p->>'size')::bigint;
  BEGIN
    IF me.agency IS NULL THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    -- The lock of cmd.keep_file.
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(me.agency, 0));
    SELECT u.id INTO v_id FROM hub.upload u
      WHERE u.agency_id = me.agency AND u.unit_id IS NOT DISTINCT FROM me.unit AND u.officer IS NOT DISTINCT FROM me.officer
        AND u.sha256 = p->>'sha256' AND u.size = v_size AND u.media_type = p->>'mediaType'
        AND u.expires_at > pg_catalog.now() AND (u.kept IS NULL OR u.kept->>'state' = 'CLEAN' AND EXISTS (
          SELECT 1 FROM hub.file f WHERE f.agency_id = me.agency AND f.sha256 = p->>'sha256' AND f.state = 'CLEAN'))
      ORDER BY u.expires_at DESC LIMIT 1;
    IF FOUND THEN
      -- What its uploader is told again holds for a day from now.
      UPDATE hub.file f SET uploaded_at = pg_catalog.now() WHERE f.agency_id = me.agency AND f.sha256 = p->>'sha256' AND f.state = 'CLEAN';
      RETURN v_id;
    END IF;
    IF (SELECT pg_catalog.count(*) FROM hub.upload u
        WHERE u.agency_id = me.agency AND u.unit_id IS NOT DISTINCT FROM me.unit AND u.officer IS NOT DISTINCT FROM me.officer
          AND u.kept IS NULL AND u.expires_at > pg_catalog.now()) >= 8 THEN
      RAISE EXCEPTION 'UPLOADS' USING ERRCODE = 'LH429';
    END IF;
    -- Of the quota for what is attached to nothing an upload takes its place at once.
    IF cmd.unattached_bytes(me.agency, NULL, NULL) + v_size > 2147483648 THEN
      RAISE EXCEPTION 'UNATTACHED' USING ERRCODE = 'LH413';
    END IF;
    INSERT INTO hub.upload (id, agency_id, unit_id, officer, sha256, size, media_type)
      VALUES ((p->>'id')::uuid, me.agency, me.unit, me.officer, p->>'sha256', v_size, p->>'mediaType') RETURNING id INTO v_id;
    RETURN v_id;
  END $$;

  -- Adds a part that is stored under this name. Of several for the same place the first is taken.
  CREATE FUNCTION cmd.append_upload(p_id uuid, p_at bigint, p_size bigint, p_file uuid, p_wrapped bytea) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    mine hub.upload := cmd.my_upload(p_id);
  BEGIN
    IF mine.kept IS NOT NULL
      OR p_at <> COALESCE((SELECT pg_catalog.max(p.at + p.size) FROM hub.upload_part p WHERE p.upload_id = p_id), 0) THEN
      RAISE EXCEPTION 'OFFSET' USING ERRCODE = 'LH409';
    END IF;
    IF p_at + p_size > mine.size THEN RAISE EXCEPTION 'LENGTH' USING ERRCODE = 'LH400'; END IF;
    INSERT INTO hub.upload_part (upload_id, at, size, file_id, wrapped) VALUES (p_id, p_at, p_size, p_file, p_wrapped);
  END $$;

  -- Ends an upload: with what became of it, to be told again, or without a trace. Gives the names of its parts, for their bytes to go as well.
  CREATE FUNCTION cmd.end_upload(p_id uuid, p_kept jsonb) RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    PERFORM cmd.my_upload(p_id);
    RETURN QUERY DELETE FROM hub.upload_part p WHERE p.upload_id = p_id RETURNING p.file_id;
    IF p_kept IS NULL THEN
      DELETE FROM hub.upload u WHERE u.id = p_id;
    ELSE
      UPDATE hub.upload u SET kept = p_kept WHERE u.id = p_id;
    END IF;
  END $$;

  -- Forgets uploads whose day is over, and tells the names of their parts.
  CREATE FUNCTION cmd.sweep_uploads(p_limit integer) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    WITH over AS (SELECT u.id FROM hub.upload u WHERE u.expires_at <= pg_catalog.now() ORDER BY u.expires_at LIMIT p_limit
                  FOR UPDATE SKIP LOCKED),
      parts AS (DELETE FROM hub.upload_part p USING over WHERE p.upload_id = over.id RETURNING p.file_id),
      uploads AS (DELETE FROM hub.upload u USING over WHERE u.id = over.id)
    SELECT file_id FROM parts
  $$;

  REVOKE ALL ON FUNCTION cmd.my_upload(uuid), cmd.begin_upload(jsonb), cmd.append_upload(uuid, bigint, bigint, uuid, bytea),
    cmd.end_upload(uuid, jsonb), cmd.sweep_uploads(integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.begin_upload(jsonb), cmd.append_upload(uuid, bigint, bigint, uuid, bytea), cmd.end_upload(uuid, jsonb),
    cmd.sweep_uploads(integer) TO hub_app;
  RESET ROLE;
`;

/** cmd.unattached_bytes, which counts these sizes as well. */
function unattachedBytes(more: string): string {
  return `
    SET ROLE hub_cmd;
    CREATE OR REPLACE FUNCTION cmd.unattached_bytes(p_agency text, p_sha256 text, p_size bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
      SELECT COALESCE(pg_catalog.sum(x.size), 0)::bigint FROM (
        SELECT f.size + COALESCE(f.copy_size, 0) AS size FROM hub.file f
        WHERE f.agency_id = p_agency AND f.sha256 IS DISTINCT FROM p_sha256 AND f.state <> 'REFUSED'
          AND NOT EXISTS (SELECT 1 FROM hub.attachment a WHERE a.file_id = f.id)
        ${more}) x
    $$;
    RESET ROLE;
  `;
}

/** cmd.unknown_files, to which a name is known as well of which this holds. */
function unknownFiles(known: string): string {
  return `
    SET ROLE hub_cmd;
    CREATE OR REPLACE FUNCTION cmd.unknown_files(p_ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
      SELECT x FROM pg_catalog.unnest(p_ids) x
      WHERE NOT (EXISTS (SELECT 1 FROM hub.file f WHERE f.id = x AND f.wrapped IS NOT NULL) ${known})
    $$;
    RESET ROLE;
  `;
}
