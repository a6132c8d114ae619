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

      ALTER TABLE audit.access ENABLE ROW LEVEL SECURITY;
      ALTER TABLE audit.access FORCE ROW LEVEL SECURITY;
      CREATE POLICY owner_and_reader ON audit.access FOR SELECT TO hub_app USING (
        (owner_agency = (SELECT cmd.my_agency()) OR agency_id = (SELECT cmd.my_agency()))
        AND (clearance = 0 OR clearance <= (SELECT cmd.my_clearance())));
      CREATE POLICY commands ON audit.access FOR INSERT TO hub_cmd WITH CHECK (true);
      GRANT SELECT ON audit.access TO hub_app;
      GRANT INSERT ON audit.access TO hub_cmd;

      SET ROLE hub_cmd;
      -- Records what the caller does with these objects, and answers with those of them that are in the caller's sight: no other is
      -- recorded, so none may be shown.
      CREATE FUNCTION cmd.record_access(p_event text, p_seqs bigint[]) RETURNS bigint[]
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE seen bigint[];
      BEGIN
        SELECT COALESCE(pg_catalog.array_agg(s ORDER BY n), '{}') INTO seen
          FROM pg_catalog.unnest(p_seqs) WITH ORDINALITY x(s, n) WHERE cmd.sees(s);
        INSERT INTO audit.pending (event, object_seq) SELECT p_event, s FROM pg_catalog.unnest(seen) s;
        INSERT INTO audit.access (event, object_seq, owner_agency, clearance)
          SELECT p_event, o.seq, o.from_agency, o.clearance FROM pg_catalog.unnest(seen) s JOIN hub.object o ON o.seq = s;
        RETURN seen;
      END $$;
      REVOKE ALL ON FUNCTION cmd.record_access(text, bigint[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.record_access(text, bigint[]) TO hub_app;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.record_access(text, bigint[]);
      DROP TABLE audit.access;
    `);
  }
}
