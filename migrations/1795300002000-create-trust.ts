import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agencies' pinned roots and signed key sets. The hub stores what an agency signed; it cannot add a key. */
export class CreateTrust1795300002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_owner;

      -- Root keys pinned in the enrolment ceremony. Only the operator's command writes here.
      CREATE TABLE hub.agency_root (
        agency_id text NOT NULL REFERENCES hub.agency,
        kid text NOT NULL,
        jwk jsonb NOT NULL,
        pinned_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
        PRIMARY KEY (agency_id, kid)
      );

      -- The chain of key sets as signed, byte for byte.
      CREATE TABLE hub.key_set (
        agency_id text NOT NULL REFERENCES hub.agency,
        number integer NOT NULL CHECK (number > 0),
        digest text NOT NULL,
        text text NOT NULL,
        published_at timestamptz NOT NULL,
        PRIMARY KEY (agency_id, number)
      );

      -- The keys of each agency's newest set: a projection of key_set. A key belongs to one agency for ever.
      CREATE TABLE hub.agency_key (
        kid text PRIMARY KEY,
        agency_id text NOT NULL REFERENCES hub.agency,
        holder text NOT NULL,
        use text NOT NULL CHECK (use IN ('sig', 'enc', 'auth', 'enrol')),
        kinds text[] NOT NULL,
        jwk jsonb NOT NULL,
        nbf bigint NOT NULL,
        exp bigint NOT NULL,
        revoked jsonb,
        in_set boolean NOT NULL
      );
      CREATE INDEX agency_key_by_holder ON hub.agency_key (holder, use);

      ALTER TABLE hub.agency_root ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.agency_root FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.key_set ENABLE ROW LEVEL SECURITY;     ALTER TABLE hub.key_set FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.agency_key ENABLE ROW LEVEL SECURITY;  ALTER TABLE hub.agency_key FORCE ROW LEVEL SECURITY;
      CREATE POLICY signed_in ON hub.agency_root FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY signed_in ON hub.key_set FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY signed_in ON hub.agency_key FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY commands ON hub.key_set TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY commands ON hub.agency_key TO hub_cmd USING (true) WITH CHECK (true);
      CREATE POLICY sign_in ON hub.agency_key FOR SELECT TO hub_auth USING (true);
      GRANT SELECT ON hub.agency_root, hub.key_set, hub.agency_key TO hub_app;
      GRANT SELECT, INSERT ON hub.key_set TO hub_cmd;
      GRANT SELECT, INSERT, UPDATE ON hub.agency_key TO hub_cmd;
      GRANT SELECT ON hub.agency_key TO hub_auth;

      SET ROLE hub_cmd;

      -- Stores a key set that the trust module has verified. A number already taken, a gap, or another agency's key is a
      -- conflict; the caller's agency must be the set's.
      CREATE FUNCTION cmd.publish_key_set(p_agency text, p_number integer, p_digest text, p_text text, p_keys jsonb)
      RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF p_agency IS DISTINCT FROM cmd.my_agency() AND session_user <> 'hub_migrate' THEN
          RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
        END IF;
        -- One at a time: the second of two finds its number taken.
        PERFORM 1 FROM hub.agency g WHERE g.id = p_agency FOR NO KEY UPDATE;
        IF p_number <> 1 + (SELECT COALESCE(pg_catalog.max(s.number), 0) FROM hub.key_set s WHERE s.agency_id = p_agency) THEN
          RAISE EXCEPTION 'KEYSET_SEQ' USING ERRCODE = 'LH409';
        END IF;
        INSERT INTO hub.key_set (agency_id, number, digest, text, published_at)
          VALUES (p_agency, p_number, p_digest, p_text, pg_catalog.transaction_timestamp());
        UPDATE hub.agency_key SET in_set = false WHERE agency_id = p_agency;
        INSERT INTO hub.agency_key AS k (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
          SELECT x.kid, p_agency, x.holder, x.use, x.kinds, x.jwk, x.nbf, x.exp, x.revoked, true
          FROM pg_catalog.jsonb_to_recordset(p_keys)
            AS x (kid text, holder text, use text, kinds text[], jwk jsonb, nbf bigint, exp bigint, revoked jsonb)
          ON CONFLICT (kid) DO UPDATE SET kinds = excluded.kinds, nbf = excluded.nbf, exp = excluded.exp,
            revoked = excluded.revoked, in_set = true
          WHERE k.agency_id = excluded.agency_id AND k.use = excluded.use AND k.holder = excluded.holder;
        IF (SELECT pg_catalog.count(*) FROM hub.agency_key k WHERE k.agency_id = p_agency AND k.in_set)
           <> pg_catalog.jsonb_array_length(p_keys) THEN
          RAISE EXCEPTION 'KEY_REUSED' USING ERRCODE = 'LH409';
        END IF;
        INSERT INTO audit.pending (event, agency_id) VALUES ('keyset.published', p_agency);
      END $$;
      REVOKE ALL ON FUNCTION cmd.publish_key_set(text, integer, text, text, jsonb) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.publish_key_set(text, integer, text, text, jsonb) TO hub_app;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION cmd.publish_key_set(text, integer, text, text, jsonb);
      DROP TABLE hub.agency_key, hub.key_set, hub.agency_root;
    `);
  }
}
