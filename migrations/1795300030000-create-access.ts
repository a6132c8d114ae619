import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who opened, exported or found an object: for its owner, and for the reader's own agency. Each act is written together with its entry for
 * the log, by the one function here, in the transaction that shows the object.
 */
export class CreateAccess1795300030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_owner;
      CREATE TABLE audit.access (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        object_seq bigint NOT NULL,
        owner_agency text NOT NULL,       -- who sent the object
        clearance smallint NOT NULL,      -- the object's
        event text NOT NULL CHECK (event IN ('object.opened', 'object.exported', 'object.hit', 'nominal.viewed', 'file.downloaded')),
        agency_id text NOT NULL DEFAULT (cmd.context()).agency,
        unit_id text NOT NULL DEFAULT (cmd.context()).unit,
        officer text DEFAULT (cmd.context()).officer,       -- a pseudonym; agency.officer tells the officer's own agency whose
        purpose text NOT NULL DEFAULT (cmd.context()).purpose,
        at timestamptz NOT NULL DEFAULT hub.now()
      );
      -- One for each question that is asked: what others did with an object, and what one agency did.
      CREATE INDEX access_by_others ON audit.access (owner_agency, object_seq, id) WHERE agency_id <> owner_agency;
      CREATE INDEX access_by_reader ON audit.access (agency_id, object_seq, id);

      -- For which of its own cases an agency was given personal details: nobody else's business.
      CREATE TABLE agency.case_use (
        access_id bigint PRIMARY KEY REFERENCES audit.access,
        agency_id text NOT NULL,
        case_ref text NOT NULL CHECK (length(case_ref) BETWEEN 1 AND 60)
      );
      ALTER TABLE agency.case_use ENABLE ROW LEVEL SECURITY;
      ALTER TABLE agency.case_use FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_agency ON agency.case_use FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
      CREATE POLICY commands ON agency.case_use FOR INSERT TO hub_cmd WITH CHECK (true);
      GRANT SELECT ON agency.case_use TO hub_app;
      GRANT INSERT ON agency.case_use TO hub_cmd;

      ALTER TABLE audit.access ENABLE ROW LEVEL SECURITY;
      ALTER TABLE audit.access FORCE ROW LEVEL SECURITY;
      CREATE POLICY owner_and_reader ON audit.access FOR SELECT TO hub_app USING (
        (owner_agency = (SELECT cmd.my_agency()) OR agency_id = (SELECT cmd.my_agency()))
        AND (clearance = 0 OR clearance <= (SELECT cmd.my_clearance())));
      CREATE POLICY commands ON audit.access TO hub_cmd USING (true) WITH CHECK (true);
      GRANT SELECT ON audit.access TO hub_app;
      GRANT INSERT, SELECT (id) ON audit.access TO hub_cmd;

      SET ROLE hub_cmd;
      -- Records what the caller does with these objects, and answers with those of them that are in the caller's sight: no other is
      -- recorded, so none may be shown. Personal details that others sent are given out for a case of the caller's agency alone.
      CREATE FUNCTION cmd.record_access(p_event text, p_seqs bigint[], p_case_ref text) RETURNS bigint[]
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        me hub.context := cmd.context();
        seen bigint[];
      BEGIN
        SELECT COALESCE(pg_catalog.array_agg(s ORDER BY n), '{}') INTO seen
          FROM pg_catalog.unnest(p_seqs) WITH ORDINALITY x(s, n) WHERE cmd.sees(s);
        IF p_event = 'nominal.viewed' AND p_case_ref IS NULL
          AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = ANY (seen) AND o.from_agency <> me.agency)
        THEN RAISE EXCEPTION 'CASE_REF' USING ERRCODE = 'LH400'; END IF;
        INSERT INTO audit.pending (event, object_seq) SELECT p_event, s FROM pg_catalog.unnest(seen) s;
        WITH recorded AS (
          INSERT INTO audit.access (event, object_seq, owner_agency, clearance)
            SELECT p_event, o.seq, o.from_agency, o.clearance FROM pg_catalog.unnest(seen) s JOIN hub.object o ON o.seq = s
            RETURNING id)
        INSERT INTO agency.case_use (access_id, agency_id, case_ref) SELECT r.id, me.agency, p_case_ref FROM recorded r
          WHERE p_event = 'nominal.viewed' AND p_case_ref IS NOT NULL;
        RETURN seen;
      END $$;
      REVOKE ALL ON FUNCTION cmd.record_access(text, bigint[], text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.record_access(text, bigint[], text) TO hub_app;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.record_access(text, bigint[], text);
      DROP TABLE agency.case_use, audit.access;
    `);
  }
}
