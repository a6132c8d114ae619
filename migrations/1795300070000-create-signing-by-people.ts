import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the hub keeps of signing by people: keys that are stopped before a key set can say so, the passkey's answer to an object, whom an
 * agency has sent personal details before, and second signatures that are owed.
 */
export class CreateSigningByPeople1795300070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(COMMANDS);
    await runner.query(`
      SET ROLE hub_owner;
      CREATE TRIGGER remember_nominal_partners AFTER INSERT ON hub.part_key REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION cmd.remember_nominal_partners();
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER remember_nominal_partners ON hub.part_key;
      DROP FUNCTION cmd.remember_nominal_partners(), cmd.give_signature(bigint, jsonb), cmd.owe_signature(bigint, timestamptz),
        cmd.keep_assertion(bigint, text, bytea), cmd.block_key(text, boolean);
      DROP TABLE agency.signing_rule, hub.owed_signature, hub.nominal_partner, hub.object_assertion, hub.blocked_key;
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- A person's key that its holder or an administrator has stopped. It signs nothing from then on, whatever the key set says, for ever;
  -- also one that stands in no set yet, so that admitting it late brings nothing back.
  CREATE TABLE hub.blocked_key (
    kid text PRIMARY KEY,
    agency_id text NOT NULL,
    blocked_by text NOT NULL,
    at timestamptz NOT NULL DEFAULT pg_catalog.transaction_timestamp()
  );

  -- The passkey's answer whose challenge was the object's digest, beside the object's receipt, with the passkey's public key (COSE):
  -- passkeys go, this stays to be verified.
  CREATE TABLE hub.object_assertion (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    agency_id text NOT NULL,
    officer text NOT NULL,
    assertion text NOT NULL,
    public_key bytea NOT NULL
  );

  -- To whom an agency has sent personal details before.
  CREATE TABLE hub.nominal_partner (
    agency_id text NOT NULL,
    partner_id text NOT NULL,
    PRIMARY KEY (agency_id, partner_id)
  );

  -- A FLASH object that a duty officer sent alone: a second officer signs it later. Whoever sees the object sees whether that was done.
  CREATE TABLE hub.owed_signature (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    agency_id text NOT NULL,
    officer text NOT NULL,
    due_at timestamptz NOT NULL,
    given_by text,
    given_at timestamptz,
    signature jsonb,
    CHECK ((given_at IS NULL) = (given_by IS NULL) AND (given_at IS NULL) = (signature IS NULL) AND given_by <> officer)
  );

  -- An agency's own rules: of signing, as the operator recorded it at its word; and of reading, which its administrators set.
  CREATE TABLE agency.signing_rule (
    agency_id text PRIMARY KEY REFERENCES hub.agency,
    flash_alone boolean NOT NULL DEFAULT false,
    nominal_step_up boolean NOT NULL DEFAULT false      -- personal details only with a passkey used within five minutes
  );

  ALTER TABLE hub.blocked_key ENABLE ROW LEVEL SECURITY;      ALTER TABLE hub.blocked_key FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.object_assertion ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.object_assertion FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.nominal_partner ENABLE ROW LEVEL SECURITY;  ALTER TABLE hub.nominal_partner FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.owed_signature ENABLE ROW LEVEL SECURITY;   ALTER TABLE hub.owed_signature FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.signing_rule ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.signing_rule FORCE ROW LEVEL SECURITY;
  CREATE POLICY own_agency ON hub.blocked_key FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY own_agency ON hub.object_assertion FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency())
    AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = object_assertion.seq));
  CREATE POLICY own_agency ON hub.nominal_partner FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY released ON hub.owed_signature FOR SELECT TO hub_app
    USING (EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = owed_signature.seq));
  CREATE POLICY own_agency ON agency.signing_rule FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
  CREATE POLICY commands ON hub.blocked_key TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.object_assertion TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.nominal_partner TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.owed_signature TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY sign_in ON hub.blocked_key FOR SELECT TO hub_auth USING (true);
  CREATE POLICY sign_in ON agency.signing_rule FOR SELECT TO hub_auth USING (true);
  GRANT SELECT ON hub.blocked_key, hub.object_assertion, hub.nominal_partner, hub.owed_signature, agency.signing_rule TO hub_app;
  GRANT SELECT, INSERT ON hub.blocked_key, hub.object_assertion, hub.nominal_partner, hub.owed_signature TO hub_cmd;
  GRANT UPDATE (given_by, given_at, signature) ON hub.owed_signature TO hub_cmd;
  GRANT SELECT ON hub.blocked_key, agency.signing_rule TO hub_auth;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Stops a person's key of the caller's agency, in the set or asked for: its holder may, and so may an administrator whose session
  -- administers. The same again changes nothing.
  CREATE FUNCTION cmd.block_key(p_kid text, p_administers boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    IF NOT EXISTS (
      SELECT 1 FROM agency.officer o CROSS JOIN (
        SELECT k.holder FROM hub.agency_key k
        WHERE k.kid = p_kid AND k.agency_id = me.agency AND pg_catalog.starts_with(k.holder, 'p:')
        UNION ALL
        SELECT a.officer FROM auth.person_key p JOIN auth.account a ON a.id = p.account_id
        WHERE p.kid = p_kid AND a.agency_id = me.agency) known
      WHERE o.agency_id = me.agency AND o.pseudonym = me.officer AND (known.holder = me.officer OR p_administers AND 'AGENCY_ADMIN' = ANY (o.roles))
        AND o.valid_from <= pg_catalog.transaction_timestamp()
        AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.transaction_timestamp()))
    THEN
      RAISE EXCEPTION 'NOT_FOUND' USING ERRCODE = 'LH404';
    END IF;
    INSERT INTO hub.blocked_key (kid, agency_id, blocked_by) VALUES (p_kid, me.agency, me.officer) ON CONFLICT DO NOTHING;
    IF FOUND THEN INSERT INTO audit.pending (event) VALUES ('key.blocked'); END IF;
  END $$;

  -- Keeps the passkey's answer beside the object that the caller's agency has just sent.
  CREATE FUNCTION cmd.keep_assertion(p_seq bigint, p_assertion text, p_public_key bytea) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    INSERT INTO hub.object_assertion (seq, agency_id, officer, assertion, public_key)
      SELECT o.seq, me.agency, me.officer, p_assertion, p_public_key FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = me.agency;
    IF NOT FOUND THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
  END $$;

  -- Notes that a second signature is owed for what the caller sent alone: only where the agency has that rule, and only for FLASH.
  CREATE FUNCTION cmd.owe_signature(p_seq bigint, p_due timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    INSERT INTO hub.owed_signature (seq, agency_id, officer, due_at)
      SELECT o.seq, me.agency, me.officer, p_due FROM hub.object o JOIN agency.signing_rule s ON s.agency_id = o.from_agency AND s.flash_alone
      WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.urgency = 'FLASH' AND me.officer IS NOT NULL;
    IF NOT FOUND THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
  END $$;

  -- Gives a second signature that the server has verified. Whoever sent the object cannot give it, and it is given once.
  CREATE FUNCTION cmd.give_signature(p_seq bigint, p_signature jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE me hub.context := cmd.context();
  BEGIN
    UPDATE hub.owed_signature w SET given_by = me.officer, given_at = cmd.now(), signature = p_signature
      WHERE w.seq = p_seq AND w.agency_id = me.agency AND w.given_at IS NULL AND w.officer <> me.officer;
    IF NOT FOUND THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;
    INSERT INTO audit.pending (event, object_seq) VALUES ('object.confirmed', p_seq);
  END $$;

  CREATE FUNCTION cmd.remember_nominal_partners() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    INSERT INTO hub.nominal_partner (agency_id, partner_id)
      SELECT DISTINCT o.from_agency, a.agency_id FROM added a JOIN hub.object o ON o.seq = a.seq WHERE a.agency_id <> o.from_agency
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.block_key(text, boolean), cmd.keep_assertion(bigint, text, bytea), cmd.owe_signature(bigint, timestamptz),
    cmd.give_signature(bigint, jsonb), cmd.remember_nominal_partners() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.block_key(text, boolean), cmd.keep_assertion(bigint, text, bytea), cmd.owe_signature(bigint, timestamptz),
    cmd.give_signature(bigint, jsonb) TO hub_app;
  GRANT EXECUTE ON FUNCTION cmd.remember_nominal_partners() TO hub_owner;
  SET ROLE hub_owner;
  CREATE POLICY commands ON agency.signing_rule FOR SELECT TO hub_cmd USING (true);
  GRANT SELECT ON agency.signing_rule TO hub_cmd;
  RESET ROLE;
`;
