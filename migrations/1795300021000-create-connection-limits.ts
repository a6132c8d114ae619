import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a unit's system may do: its scopes, to whom it may write, from where, and until when. The server decides by it at every
 * request; the database asks again before an object is stored.
 */
export class CreateConnectionLimits1795300021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_auth;
      ALTER TABLE auth.connection
        DROP COLUMN may_submit,
        -- Permissions; objects.submit:alert lets the system send alerts and no other kind.
        ADD COLUMN scopes text[] NOT NULL DEFAULT '{directory.read,objects.read,objects.submit,keys.publish}',
        -- Agencies (with all their units), units and communities; NULL: whoever an agreement allows.
        ADD COLUMN addressees text[],
        -- From where it may come; NULL: from anywhere.
        ADD COLUMN networks cidr[] CHECK (networks <> '{}'),
        -- Nothing is opened for good: cmd.check_change and enrolment allow 731 days.
        ADD COLUMN valid_until timestamptz NOT NULL DEFAULT now() + interval '12 months';

      -- An IPv4 address or network within IPv6 (RFC 4291 section 2.5.5.2) as what it is.
      CREATE FUNCTION auth.unmapped(p inet) RETURNS inet LANGUAGE sql IMMUTABLE SET search_path = ''
        RETURN CASE WHEN p <<= '::ffff:0:0/96'
          THEN pg_catalog.set_masklen('0.0.0.0'::inet + (p - '::ffff:0:0'::inet), pg_catalog.masklen(p) - 96) ELSE p END;

      -- Networks in their one form and order, each once; NULL for none. An address is a network of one.
      CREATE FUNCTION auth.networks(p text[]) RETURNS cidr[] LANGUAGE sql IMMUTABLE SET search_path = ''
        RETURN (SELECT pg_catalog.array_agg(DISTINCT pg_catalog.network(auth.unmapped(n::inet))) FROM pg_catalog.unnest(p) n);
      REVOKE ALL ON FUNCTION auth.unmapped(inet), auth.networks(text[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION auth.unmapped(inet), auth.networks(text[]) TO hub_cmd;
      GRANT USAGE ON SCHEMA auth TO hub_cmd;
      GRANT SELECT ON auth.connection TO hub_cmd;

      SET ROLE hub_cmd;
      -- An officer is not bound by a system's connection; without a context it is the operator who writes. A recall goes wherever its
      -- object went.
      CREATE FUNCTION cmd.within_connection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
      DECLARE me hub.context := cmd.context();
      BEGIN
        IF me.agency IS NULL OR me.officer IS NOT NULL THEN RETURN NEW; END IF;
        IF NOT EXISTS (
          SELECT 1 FROM auth.connection c
          WHERE c.unit_id = me.unit AND c.suspended_at IS NULL
            AND c.valid_until > pg_catalog.transaction_timestamp()
            AND c.scopes && ARRAY['objects.submit', 'objects.submit:' || NEW.kind]
            AND (c.addressees IS NULL OR NEW.kind = 'recall' OR NOT EXISTS (
              SELECT 1 FROM pg_catalog.unnest(NEW.recipients) t WHERE NOT c.addressees && ARRAY[t,
                pg_catalog.array_to_string((pg_catalog.string_to_array(t, '-'))[1:2], '-')])))
        THEN
          RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403';
        END IF;
        RETURN NEW;
      END $$;
      REVOKE ALL ON FUNCTION cmd.within_connection() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.within_connection() TO hub_owner;

      SET ROLE hub_owner;
      CREATE TRIGGER within_connection BEFORE INSERT ON hub.object FOR EACH ROW EXECUTE FUNCTION cmd.within_connection();
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_owner;
      DROP TRIGGER within_connection ON hub.object;
      SET ROLE hub_cmd;
      DROP FUNCTION cmd.within_connection();
      SET ROLE hub_auth;
      REVOKE SELECT ON auth.connection FROM hub_cmd;
      REVOKE USAGE ON SCHEMA auth FROM hub_cmd;
      DROP FUNCTION auth.networks(text[]), auth.unmapped(inet);
      ALTER TABLE auth.connection DROP COLUMN scopes, DROP COLUMN addressees, DROP COLUMN networks, DROP COLUMN valid_until,
        ADD COLUMN may_submit boolean NOT NULL DEFAULT true;
      RESET ROLE;
    `);
  }
}
