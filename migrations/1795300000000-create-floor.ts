import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The floor that every later table stands on: who calls (a MAC-checked context), what time it is, and which audiences
 * the caller belongs to. The schemas and roles are made by `liaison init` (src/database/roles.ts) before this runs.
 */
export class CreateFloor1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET ROLE hub_cmd;

      -- HMAC-SHA-256 keys of the API processes as inner and outer pads, so that core sha256() suffices. Nobody else reads it.
      CREATE TABLE cmd.context_key (
        kid text PRIMARY KEY CHECK (kid ~ '^[A-Za-z0-9_-]{1,16}$'),
        inner_pad bytea NOT NULL CHECK (length(inner_pad) = 64),
        outer_pad bytea NOT NULL CHECK (length(outer_pad) = 64)
      );

      SET ROLE hub_owner;

      CREATE TYPE hub.context AS (
        agency text, unit text, officer text, clearance smallint, nominal boolean, purpose text, at timestamptz
      );

      -- Addressable groups of readers. SENT is an agency's own outbox.
      CREATE TABLE hub.audience (
        id integer GENERATED ALWAYS AS IDENTITY (MAXVALUE 134217726) PRIMARY KEY,   -- 27 bits: see hub.place
        kind text NOT NULL CHECK (kind IN ('AGENCY', 'SENT', 'UNIT', 'COMMUNITY')),
        owner text NOT NULL,
        UNIQUE (kind, owner)
      );
      ALTER TABLE hub.audience ENABLE ROW LEVEL SECURITY;
      ALTER TABLE hub.audience FORCE ROW LEVEL SECURITY;
      CREATE POLICY commands ON hub.audience TO hub_cmd USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT ON hub.audience TO hub_cmd;

      -- Who belongs to an audience: an agency, or one unit of it, from one object's seq up to another's.
      CREATE TABLE hub.membership (
        audience_id integer NOT NULL REFERENCES hub.audience,
        agency_id text NOT NULL,
        unit_id text,
        since_seq bigint NOT NULL DEFAULT 0,
        until_seq bigint NOT NULL DEFAULT 9223372036854775807,
        outbox boolean NOT NULL DEFAULT false,   -- the agency's own SENT audience
        CHECK (since_seq <= until_seq)
      );
      CREATE INDEX membership_by_agency ON hub.membership (agency_id, audience_id) INCLUDE (unit_id, since_seq, until_seq, outbox);
      CREATE INDEX membership_by_audience ON hub.membership (audience_id, agency_id);
      ALTER TABLE hub.membership ENABLE ROW LEVEL SECURITY;
      ALTER TABLE hub.membership FORCE ROW LEVEL SECURITY;
      CREATE POLICY commands ON hub.membership TO hub_cmd USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, UPDATE ON hub.membership TO hub_cmd;

      -- One number for an audience and an object's seq (36 bits): audiences lie one after the other, each in the order of its objects.
      CREATE FUNCTION hub.place(audience_id integer, seq bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
        RETURN (audience_id::bigint << 36) + seq;
      REVOKE ALL ON FUNCTION hub.place(integer, bigint) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION hub.place(integer, bigint) TO hub_app, hub_cmd;

      SET ROLE hub_cmd;

      -- The parts of app.ctx: kid.agency.unit.officer.clearance.nominal.purpose.at.exp.mac (times in seconds; unit, officer and
      -- at may be empty). NULL when the token is absent, not made with a known key, or expired. Nothing is cast before the MAC
      -- holds, so a forged token cannot raise an error; the parts of a genuine one were written by contextToken() and fit.
      CREATE FUNCTION cmd.caller() RETURNS text[]
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      DECLARE
        token text := pg_catalog.current_setting('app.ctx', true);
        part text[] := pg_catalog.string_to_array(token, '.');
        inner_pad bytea;
        outer_pad bytea;
      BEGIN
        IF pg_catalog.length(token) > 400 OR pg_catalog.cardinality(part) <> 10 THEN RETURN NULL; END IF;
        SELECT k.inner_pad, k.outer_pad INTO inner_pad, outer_pad FROM cmd.context_key k WHERE k.kid = part[1];
        -- Neither true nor false without a token or without its key.
        IF part[10] = pg_catalog.encode(pg_catalog.sha256(outer_pad || pg_catalog.sha256(
             inner_pad || pg_catalog.convert_to(pg_catalog.left(token, -65), 'UTF8'))), 'hex')
        THEN
          IF pg_catalog.to_timestamp(part[9]::double precision) >= pg_catalog.transaction_timestamp() THEN RETURN part; END IF;
        END IF;
        RETURN NULL;
      END $$;

      -- The caller with names and types, for commands; NULL when there is none.
      CREATE FUNCTION cmd.context() RETURNS hub.context
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      DECLARE part text[] := cmd.caller();
      BEGIN
        IF part IS NULL THEN RETURN NULL; END IF;
        RETURN ROW (part[2], NULLIF(part[3], ''), NULLIF(part[4], ''), part[5]::smallint, part[6] = '1', NULLIF(part[7], ''),
          pg_catalog.to_timestamp(NULLIF(part[8], '')::double precision))::hub.context;
      END $$;

      -- For policies, which become part of every statement: plain expressions that PostgreSQL puts in place, without a call.
      CREATE FUNCTION cmd.my_agency() RETURNS text LANGUAGE sql STABLE RETURN (cmd.caller())[2];
      CREATE FUNCTION cmd.my_unit() RETURNS text LANGUAGE sql STABLE RETURN NULLIF((cmd.caller())[3], '');
      CREATE FUNCTION cmd.my_clearance() RETURNS smallint LANGUAGE sql STABLE RETURN (cmd.caller())[5]::smallint;
      CREATE FUNCTION cmd.may_see_nominal() RETURNS boolean LANGUAGE sql STABLE RETURN COALESCE((cmd.caller())[6] = '1', false);

      -- Everything that was ever or may yet be released to the caller, as ranges of hub.place: one range for each membership, from
      -- the object with which it began to the one before which it ended. NULL without a caller. A release is in sight when its place
      -- lies inside: one search per row instead of a look at hub.membership.
      CREATE FUNCTION cmd.my_sight() RETURNS int8multirange LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
      DECLARE me text[] := cmd.caller();
      BEGIN
        RETURN (SELECT pg_catalog.range_agg(pg_catalog.int8range(
            hub.place(m.audience_id, m.since_seq), hub.place(m.audience_id, LEAST(m.until_seq, 68719476736))))
          FROM hub.membership m WHERE m.agency_id = me[2] AND (m.unit_id IS NULL OR m.unit_id = NULLIF(me[3], '')));
      END $$;

      -- Domain time: wall time, or the instant inside the context, which only a demonstration hub signs into one.
      CREATE FUNCTION cmd.now() RETURNS timestamptz LANGUAGE sql STABLE
        RETURN COALESCE(pg_catalog.to_timestamp(NULLIF((cmd.caller())[8], '')::double precision), pg_catalog.transaction_timestamp());

      REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cmd FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION cmd.caller(), cmd.context(), cmd.my_agency(), cmd.my_unit(), cmd.my_clearance(), cmd.may_see_nominal(),
        cmd.my_sight(), cmd.now() TO hub_app;

      SET ROLE hub_owner;

      CREATE FUNCTION hub.now() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT cmd.now() $$;
      REVOKE ALL ON FUNCTION hub.now() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION hub.now() TO hub_app, hub_cmd;

      CREATE POLICY own_memberships ON hub.membership FOR SELECT TO hub_app
        USING (agency_id = (SELECT cmd.my_agency()) AND (unit_id IS NULL OR unit_id = (SELECT cmd.my_unit())));
      GRANT SELECT ON hub.membership TO hub_app;

      -- What will be written to the transparency log. A row is added in the transaction it speaks of; the log's sequencer
      -- will consume it. Until there is a log, a receipt alone fixes the time of an object.
      CREATE TABLE audit.pending (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event text NOT NULL,
        object_seq bigint,
        agency_id text NOT NULL DEFAULT cmd.my_agency(),
        unit_id text DEFAULT (cmd.context()).unit,
        officer text DEFAULT (cmd.context()).officer,
        purpose text DEFAULT (cmd.context()).purpose,
        at timestamptz NOT NULL DEFAULT hub.now()
      );
      ALTER TABLE audit.pending ENABLE ROW LEVEL SECURITY;
      ALTER TABLE audit.pending FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_acts ON audit.pending FOR INSERT TO hub_app WITH CHECK (agency_id = (SELECT cmd.my_agency()));
      CREATE POLICY commands ON audit.pending FOR INSERT TO hub_cmd WITH CHECK (true);
      GRANT INSERT (event, object_seq) ON audit.pending TO hub_app;
      GRANT INSERT ON audit.pending TO hub_cmd;
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit.pending;
      DROP FUNCTION hub.now();
      DROP POLICY own_memberships ON hub.membership;
      DROP FUNCTION cmd.now(), cmd.my_sight(), cmd.may_see_nominal(), cmd.my_clearance(), cmd.my_unit(), cmd.my_agency(), cmd.context(), cmd.caller();
      DROP FUNCTION hub.place(integer, bigint);
      DROP TABLE hub.membership, hub.audience;
      DROP TYPE hub.context;
      DROP TABLE cmd.context_key;
    `);
  }
}
