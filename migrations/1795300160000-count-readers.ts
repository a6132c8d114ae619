import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The preview "who will see this?" tells of each unit also how many will not, and why: the marking, or personal details. */
export class CountReaders1795300160000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_cmd;
      DROP FUNCTION cmd.reader_counts(text[]);
      -- How many officers of a unit may read what it gets with this marking, how many are not cleared for the marking, and how many of those
      -- who read are not given personal details; numbers, never persons.
      CREATE FUNCTION cmd.reader_counts(units text[], p_clearance integer)
      RETURNS TABLE (unit_id text, officers integer, uncleared integer, without_nominal integer)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF cmd.my_agency() IS NULL THEN RETURN; END IF;
        RETURN QUERY SELECT o.unit_id,
            pg_catalog.count(*) FILTER (WHERE o.clearance >= p_clearance)::integer,
            pg_catalog.count(*) FILTER (WHERE o.clearance < p_clearance)::integer,
            pg_catalog.count(*) FILTER (WHERE o.clearance >= p_clearance
              AND (NOT o.may_see_nominal OR o.roles && ARRAY['RILO_LIAISON', 'PARTNER_READER']))::integer  -- whom no clearance lets see them
          FROM agency.officer o
          WHERE o.unit_id = ANY (units) AND o.valid_from <= cmd.now() AND (o.valid_until IS NULL OR o.valid_until > cmd.now())
            AND NOT o.roles <@ ARRAY['AUDITOR', 'AGENCY_ADMIN', 'SYSTEM_ADMIN']   -- who see no content
          GROUP BY o.unit_id;
      END $$;
      REVOKE ALL ON FUNCTION cmd.reader_counts(text[], integer) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.reader_counts(text[], integer) TO hub_app;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_cmd;
      DROP FUNCTION cmd.reader_counts(text[], integer);
      CREATE FUNCTION cmd.reader_counts(units text[]) RETURNS TABLE (unit_id text, officers integer)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      BEGIN
        IF cmd.my_agency() IS NULL THEN RETURN; END IF;
        RETURN QUERY SELECT o.unit_id, pg_catalog.count(*)::integer FROM agency.officer o
          WHERE o.unit_id = ANY (units) AND o.valid_from <= cmd.now() AND (o.valid_until IS NULL OR o.valid_until > cmd.now())
            AND NOT o.roles <@ ARRAY['AUDITOR', 'AGENCY_ADMIN', 'SYSTEM_ADMIN']
          GROUP BY o.unit_id;
      END $$;
      REVOKE ALL ON FUNCTION cmd.reader_counts(text[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.reader_counts(text[]) TO hub_app;
      RESET ROLE;
    `);
  }
}
