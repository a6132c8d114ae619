import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agencies, their units and officers, communities and agreements. Written by the operator's commands; read by callers. */
export class CreateDirectory1795300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(COMMANDS);
    await runner.query(POLICIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE agency.officer;
      DROP TABLE hub.agreement_party CASCADE;
      DROP TABLE hub.agreement;
      DROP FUNCTION cmd.my_agreements(), cmd.reader_counts(text[]);
      DROP TABLE hub.community, hub.unit, hub.holiday, hub.agency;
    `);
  }
}

const TABLES = `
      SET ROLE hub_owner;

      CREATE TABLE hub.agency (
        id text PRIMARY KEY CHECK (id ~ '^[A-Z]{2}-[A-Z0-9]{2,12}$'),
        kind text NOT NULL CHECK (kind IN ('CUSTOMS', 'PARTNER')),
        country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
        name_en text NOT NULL,
        name_vi text NOT NULL,
        time_zone text NOT NULL DEFAULT 'UTC',              -- a name of the IANA time zone database
        weekend smallint[] NOT NULL DEFAULT '{6,7}',        -- ISO 8601 days of the week on which nobody works: 1 is Monday
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        successor_id text REFERENCES hub.agency,
        suspended_at timestamptz,
        CHECK (weekend <@ '{1,2,3,4,5,6,7}' AND cardinality(weekend) < 7)
      );

      -- Days on which an agency does not work although they are no weekend: for clocks that count working days.
      CREATE TABLE hub.holiday (
        agency_id text NOT NULL REFERENCES hub.agency,
        day date NOT NULL,
        name_en text NOT NULL,
        name_vi text NOT NULL,
        PRIMARY KEY (agency_id, day)
      );

      CREATE TABLE hub.unit (
        id text PRIMARY KEY CHECK (id ~ '^[A-Z]{2}-[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){1,3}$'),
        agency_id text NOT NULL REFERENCES hub.agency,
        kind text NOT NULL CHECK (kind IN
          ('ANTI_SMUGGLING', 'PORT_CONTROL_UNIT', 'AIR_CARGO_CONTROL_UNIT', 'REGIONAL_OFFICE', 'LIAISON_OFFICE')),
        place text CHECK (place ~ '^[A-Z]{2}[A-Z2-9]{3}$'),
        name_en text NOT NULL,
        name_vi text NOT NULL,
        phone_24h text,
        mailbox text,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        successor_id text REFERENCES hub.unit,
        suspended_at timestamptz,
        CHECK (starts_with(id, agency_id || '-'))
      );
      CREATE INDEX unit_by_agency ON hub.unit (agency_id);

      -- A standing group of agencies; its members are memberships of its audience.
      CREATE TABLE hub.community (
        id uuid PRIMARY KEY,
        audience_id integer NOT NULL UNIQUE REFERENCES hub.audience,
        name_en text NOT NULL,
        name_vi text NOT NULL
      );

      CREATE TABLE hub.agreement (
        id text PRIMARY KEY CHECK (id ~ '^[A-Z0-9][A-Z0-9-]{2,60}$'),
        kind text NOT NULL CHECK (kind IN ('MULTILATERAL', 'BILATERAL', 'OPERATION')),
        title_en text NOT NULL,
        title_vi text NOT NULL,
        is_example boolean NOT NULL DEFAULT false,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        suspended_at timestamptz,
        articles jsonb NOT NULL DEFAULT '[]',
        assistance_types text[] NOT NULL DEFAULT '{}',
        languages text[] NOT NULL,
        deadline_profile text NOT NULL,
        nominal_allowed boolean NOT NULL,
        evidence_rule text NOT NULL CHECK (evidence_rule IN ('NO', 'WITH_CONSENT', 'YES')),
        onward_rule text NOT NULL CHECK (onward_rule IN ('NONE', 'AGENCY', 'NATIONAL_CUSTOMS', 'NAMED'))
      );
      CREATE TABLE hub.agreement_party (
        agreement_id text NOT NULL REFERENCES hub.agreement,
        agency_id text NOT NULL REFERENCES hub.agency,
        PRIMARY KEY (agreement_id, agency_id)
      );

      -- Officers are an agency's own affair: others know them by pseudonym only.
      CREATE TABLE agency.officer (
        agency_id text NOT NULL REFERENCES hub.agency,
        pseudonym text NOT NULL CHECK (pseudonym ~ '^p:[A-Za-z0-9_-]{6,40}$'),
        unit_id text NOT NULL REFERENCES hub.unit,
        title_en text NOT NULL,
        title_vi text NOT NULL,
        roles text[] NOT NULL CHECK (roles <@ ARRAY['FIELD_OFFICER', 'PCU_MEMBER', 'ANALYST', 'NCP_OFFICER', 'RELEASER', 'CASE_OWNER',
          'OCU_OFFICER', 'RILO_LIAISON', 'PARTNER_READER', 'AUDITOR', 'DATA_PROTECTION', 'AGENCY_ADMIN', 'SYSTEM_ADMIN']),
        clearance smallint NOT NULL DEFAULT 0,
        may_see_nominal boolean NOT NULL DEFAULT false,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        PRIMARY KEY (agency_id, pseudonym)
      );
`;

/** A policy on agreement_party cannot read agreement_party itself, so the look-up stands in a function. */
const COMMANDS = `
      SET ROLE hub_cmd;
      CREATE FUNCTION cmd.my_agreements() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        RETURN (SELECT COALESCE(pg_catalog.array_agg(p.agreement_id), '{}') FROM hub.agreement_party p
                WHERE p.agency_id = (SELECT cmd.my_agency()));
      END $$;
      -- How many officers of a unit may read what it gets, for the preview "who will see this"; numbers, never persons.
      CREATE FUNCTION cmd.reader_counts(units text[]) RETURNS TABLE (unit_id text, officers integer)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF cmd.my_agency() IS NULL THEN RETURN; END IF;
        RETURN QUERY SELECT o.unit_id, pg_catalog.count(*)::integer FROM agency.officer o
          WHERE o.unit_id = ANY (units) AND o.valid_from <= cmd.now() AND (o.valid_until IS NULL OR o.valid_until > cmd.now())
            AND NOT o.roles <@ ARRAY['AUDITOR', 'AGENCY_ADMIN', 'SYSTEM_ADMIN']   -- who see no content
          GROUP BY o.unit_id;
      END $$;
      REVOKE ALL ON FUNCTION cmd.my_agreements(), cmd.reader_counts(text[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.my_agreements(), cmd.reader_counts(text[]) TO hub_app;
      SET ROLE hub_owner;
`;

const POLICIES = `
      ALTER TABLE hub.agency ENABLE ROW LEVEL SECURITY;          ALTER TABLE hub.agency FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.holiday ENABLE ROW LEVEL SECURITY;         ALTER TABLE hub.holiday FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.unit ENABLE ROW LEVEL SECURITY;            ALTER TABLE hub.unit FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.community ENABLE ROW LEVEL SECURITY;       ALTER TABLE hub.community FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.agreement ENABLE ROW LEVEL SECURITY;       ALTER TABLE hub.agreement FORCE ROW LEVEL SECURITY;
      ALTER TABLE hub.agreement_party ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.agreement_party FORCE ROW LEVEL SECURITY;
      ALTER TABLE agency.officer ENABLE ROW LEVEL SECURITY;      ALTER TABLE agency.officer FORCE ROW LEVEL SECURITY;

      -- The directory is open to every signed-in caller; communities and agreements to those who take part.
      CREATE POLICY signed_in ON hub.agency FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY signed_in ON hub.holiday FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY signed_in ON hub.unit FOR SELECT TO hub_app USING ((SELECT cmd.my_agency()) IS NOT NULL);
      CREATE POLICY members ON hub.community FOR SELECT TO hub_app USING (EXISTS (
        SELECT 1 FROM hub.membership m WHERE m.audience_id = community.audience_id AND m.until_seq = 9223372036854775807));
      CREATE POLICY own_agreements ON hub.agreement_party FOR SELECT TO hub_app
        USING (agreement_id = ANY ((SELECT cmd.my_agreements())::text[]));
      CREATE POLICY own_agreements ON hub.agreement FOR SELECT TO hub_app
        USING (id = ANY ((SELECT cmd.my_agreements())::text[]));
      CREATE POLICY own_agency ON agency.officer FOR SELECT TO hub_app USING (agency_id = (SELECT cmd.my_agency()));
      CREATE POLICY commands ON hub.agency FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON hub.holiday FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON hub.unit FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON hub.community FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON hub.agreement FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON hub.agreement_party FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY commands ON agency.officer FOR SELECT TO hub_cmd USING (true);
      CREATE POLICY sign_in ON hub.agency FOR SELECT TO hub_auth USING (true);
      CREATE POLICY sign_in ON hub.unit FOR SELECT TO hub_auth USING (true);
      GRANT SELECT ON hub.agency, hub.holiday, hub.unit, hub.community, hub.agreement, hub.agreement_party, agency.officer TO hub_app;
      GRANT SELECT ON hub.agency, hub.holiday, hub.unit, hub.community, hub.agreement, hub.agreement_party, agency.officer TO hub_cmd;
      GRANT SELECT ON hub.agency, hub.unit TO hub_auth;
      RESET ROLE;
`;
