import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A note has no rows of its own: it is a signed object that stands in the thread of an alert or of a request, and moves nothing. That it stays
 * between the two sides, and comes while what it belongs to is in force, is decided here as well, for whatever stores it.
 */
export class BindNotes1795300130000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COMMANDS);
    await runner.query(TRIGGER);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER note_bound ON hub.object;
      DROP INDEX hub.object_note;
      DROP FUNCTION cmd.bind_note(), cmd.has_received(text, bigint);
    `);
  }
}

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Whether everybody who reads what is addressed so has received this object of the caller's agency: then nobody learns of it.
  CREATE FUNCTION cmd.has_received(p_to text, p_seq bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE v_audience integer := cmd.audience_of(p_to);
  BEGIN
    RETURN v_audience IS NOT NULL
      AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = cmd.my_agency())
      AND NOT EXISTS (
        SELECT 1 FROM hub.membership m WHERE m.audience_id = v_audience AND m.until_seq = 9223372036854775807
          AND NOT EXISTS (
            SELECT 1 FROM hub.release r JOIN hub.membership k ON k.audience_id = r.audience_id
            WHERE r.seq = p_seq AND k.agency_id = m.agency_id AND (k.unit_id IS NULL OR k.unit_id = m.unit_id)
              AND r.seq >= k.since_seq AND r.seq < k.until_seq));
  END $$;

  -- A recall and a new version lock what they replace as well: of two at once, the second finds what the first has left.
  CREATE FUNCTION cmd.bind_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    target hub.object;
    thread hub.request;
    v_one text := CASE pg_catalog.cardinality(NEW.recipients) WHEN 1 THEN NEW.recipients[1] END;
    v_goes_right boolean;
  BEGIN
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = NEW.reply_seq AND o.kind IN ('alert', 'request') FOR SHARE;
    IF NOT FOUND OR NEW.supersedes_seq IS NOT NULL OR NEW.has_parts THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF target.recalled_by_seq IS NOT NULL THEN RAISE EXCEPTION 'RECALLED' USING ERRCODE = 'LH409'; END IF;
    IF target.superseded_by_seq IS NOT NULL THEN RAISE EXCEPTION 'SUPERSEDED' USING ERRCODE = 'LH409'; END IF;
    IF NEW.clearance < target.clearance THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;

    IF target.kind = 'request' THEN
      SELECT r.* INTO thread FROM hub.request r WHERE r.root_seq = target.thread_seq;
      v_goes_right := CASE NEW.from_agency
        WHEN thread.from_agency THEN NEW.recipients = target.recipients
        WHEN thread.to_agency THEN v_one IN (target.from_agency, target.from_unit) END;
    ELSIF NEW.from_agency = target.from_agency THEN
      v_goes_right := NEW.recipients = target.recipients
        OR NOT pg_catalog.starts_with(v_one, 'community:') AND cmd.has_received(v_one, target.seq);
    ELSE
      v_goes_right := v_one IN (target.from_agency, target.from_unit);
    END IF;
    IF v_goes_right IS NOT TRUE THEN RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400'; END IF;
    RETURN NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.has_received(text, bigint), cmd.bind_note() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.has_received(text, bigint) TO hub_app;
  GRANT EXECUTE ON FUNCTION cmd.bind_note() TO hub_owner;
  RESET ROLE;
`;

const TRIGGER = `
  SET ROLE hub_owner;
  -- The notes of a thread in their order, whatever else stands there.
  CREATE INDEX object_note ON hub.object (thread_seq, seq) WHERE kind = 'note';
  CREATE TRIGGER note_bound AFTER INSERT ON hub.object FOR EACH ROW WHEN (NEW.kind = 'note') EXECUTE FUNCTION cmd.bind_note();
  RESET ROLE;
`;
