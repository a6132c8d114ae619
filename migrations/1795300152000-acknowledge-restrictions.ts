import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';

/**
 * Conditions in the provider's own words (H3, domain.md 4.1): who has one before him reads it first, and says that he has. The one function
 * that every opening goes through asks for it, so there is no way to the text, a part or a file around it.
 */
export class AcknowledgeRestrictions1795300152000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(COMMANDS);
    for (const { name, before, after } of CHANGED) await runner.query(rewritten(name, before, after));
    await runner.query(`
      SET ROLE hub_owner;
      CREATE TRIGGER kept_restriction AFTER INSERT ON hub.object FOR EACH ROW EXECUTE FUNCTION cmd.keep_restriction();
      RESET ROLE;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER kept_restriction ON hub.object');
    for (const { name, before, after } of CHANGED) await runner.query(rewritten(name, after, before));
    await runner.query(`
      DROP FUNCTION cmd.acknowledge(uuid, text), cmd.restrictions(uuid[]), cmd.check_restrictions(bigint[]), cmd.conditions(bigint[]),
        cmd.restriction_of(bigint), cmd.my_reader(), cmd.digest_of(text), cmd.keep_restriction();
      DROP TABLE agency.acknowledgement, hub.restriction;
      ALTER TABLE audit.access DROP CONSTRAINT access_event_check, ADD CONSTRAINT access_event_check
        CHECK (event IN ('object.opened', 'object.exported', 'object.hit', 'nominal.viewed', 'file.downloaded'));
    `);
  }
}

const TABLES = `
  SET ROLE hub_owner;

  -- The provider's own condition, of each object that has one.
  CREATE TABLE hub.restriction (
    object_seq bigint PRIMARY KEY REFERENCES hub.object,
    text text NOT NULL
  );

  -- Who has read which condition. It holds for the whole thread: answers inherit the condition of what they answer.
  CREATE TABLE agency.acknowledgement (
    agency_id text NOT NULL,
    reader text NOT NULL,               -- the officer's pseudonym, or the unit for its system
    thread_seq bigint NOT NULL REFERENCES hub.object,
    digest text NOT NULL,               -- of the text that was read
    at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, reader, thread_seq, digest)
  );

  ALTER TABLE hub.restriction ENABLE ROW LEVEL SECURITY;         ALTER TABLE hub.restriction FORCE ROW LEVEL SECURITY;
  ALTER TABLE agency.acknowledgement ENABLE ROW LEVEL SECURITY;  ALTER TABLE agency.acknowledgement FORCE ROW LEVEL SECURITY;
  CREATE POLICY commands ON hub.restriction TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON agency.acknowledgement TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON hub.restriction, agency.acknowledgement TO hub_cmd;
  ALTER TABLE audit.access DROP CONSTRAINT access_event_check, ADD CONSTRAINT access_event_check
    CHECK (event IN ('object.opened', 'object.exported', 'object.hit', 'nominal.viewed', 'file.downloaded', 'restriction.acknowledged'));
  RESET ROLE;
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  CREATE FUNCTION cmd.keep_restriction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    INSERT INTO hub.restriction (object_seq, text)
      SELECT NEW.seq, h->>'h3Text' FROM cmd.handling_of(NEW.text) h WHERE h->>'h3Text' IS NOT NULL;
    RETURN NULL;
  END $$;

  CREATE FUNCTION cmd.digest_of(p_text text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_text, 'UTF8')), 'hex');
  $$;

  -- Whoever acts: the officer, or the unit for its system.
  CREATE FUNCTION cmd.my_reader() RETURNS text LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT COALESCE((c).officer, (c).unit) FROM cmd.context() c;
  $$;

  -- The condition under which the caller's agency has an object, or NULL: the one in its text, and the one under which it was passed on to it.
  -- Nobody is bound by words of his own, in his own object or where others repeat them: whoever used them first in a thread has set them.
  CREATE FUNCTION cmd.restriction_of(p_seq bigint) RETURNS text LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT NULLIF(pg_catalog.concat_ws(E'\\n\\n',
      (SELECT r.text FROM hub.restriction r WHERE r.object_seq = o.seq AND (c).agency <> (
        SELECT x.from_agency FROM hub.object x JOIN hub.restriction y ON y.object_seq = x.seq
        WHERE x.thread_seq = o.thread_seq AND y.text = r.text ORDER BY x.seq LIMIT 1)),
      (SELECT pg_catalog.string_agg(w.conditions, E'\\n\\n' ORDER BY w.audience_id) FROM hub.onward w
        WHERE w.object_seq = o.seq AND 'H3' = ANY (w.codes) AND w.to_party IN ((c).agency, (c).unit))), '')
    FROM cmd.context() c CROSS JOIN hub.object o WHERE o.seq = p_seq AND o.from_agency <> (c).agency;
  $$;

  -- The conditions of these objects, and when the caller said that he has read each. Most objects have none, which is found at once.
  CREATE FUNCTION cmd.conditions(p_seqs bigint[]) RETURNS TABLE (seq bigint, text text, digest text, acknowledged_at timestamptz)
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  #variable_conflict use_column
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM hub.restriction r WHERE r.object_seq = ANY (p_seqs))
      AND NOT EXISTS (SELECT 1 FROM hub.onward w WHERE w.object_seq = ANY (p_seqs) AND 'H3' = ANY (w.codes))
    THEN RETURN; END IF;
    RETURN QUERY SELECT o.seq, r.text, cmd.digest_of(r.text), (SELECT a.at FROM agency.acknowledgement a
        WHERE a.agency_id = (cmd.context()).agency AND a.reader = cmd.my_reader() AND a.thread_seq = o.thread_seq
          AND a.digest = cmd.digest_of(r.text))
      FROM hub.object o CROSS JOIN LATERAL (SELECT cmd.restriction_of(o.seq) AS text) r
      WHERE o.seq = ANY (p_seqs) AND r.text IS NOT NULL ORDER BY o.seq;
  END $$;

  -- Whoever has not read the condition on one of these objects does nothing with them, and is told which.
  CREATE FUNCTION cmd.check_restrictions(p_seqs bigint[]) RETURNS void LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  DECLARE unread bigint := (SELECT c.seq FROM cmd.conditions(p_seqs) c WHERE c.acknowledged_at IS NULL LIMIT 1);
  BEGIN
    IF unread IS NOT NULL THEN
      RAISE EXCEPTION 'RESTRICTION' USING ERRCODE = 'LH403', DETAIL = (SELECT o.id::text FROM hub.object o WHERE o.seq = unread);
    END IF;
  END $$;

  -- The same for those of these objects that the caller sees.
  CREATE FUNCTION cmd.restrictions(p_ids uuid[]) RETURNS TABLE (id uuid, text text, digest text, acknowledged_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT o.id, c.text, c.digest, c.acknowledged_at
      FROM cmd.conditions(ARRAY(SELECT x.seq FROM hub.object x WHERE x.id = ANY (p_ids) AND cmd.sees(x.seq))) c JOIN hub.object o ON o.seq = c.seq;
  $$;

  -- The caller says that he has read the condition with this digest. Its provider is told, once.
  CREATE FUNCTION cmd.acknowledge(p_id uuid, p_digest text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object;
  BEGIN
    SELECT o.* INTO target FROM hub.object o WHERE o.id = p_id AND cmd.sees(o.seq) ORDER BY o.seq LIMIT 1;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF p_digest IS DISTINCT FROM (SELECT c.digest FROM cmd.conditions(ARRAY[target.seq]) c) THEN
      RAISE EXCEPTION 'DIGEST' USING ERRCODE = 'LH409';
    END IF;
    INSERT INTO agency.acknowledgement (agency_id, reader, thread_seq, digest, at)
      VALUES (me.agency, cmd.my_reader(), target.thread_seq, p_digest, cmd.now()) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO audit.pending (event, object_seq) VALUES ('restriction.acknowledged', target.seq);
    INSERT INTO audit.access (event, object_seq, owner_agency, clearance)
      VALUES ('restriction.acknowledged', target.seq, target.from_agency, target.clearance);
  END $$;

  REVOKE ALL ON FUNCTION cmd.digest_of(text), cmd.keep_restriction(), cmd.my_reader(), cmd.restriction_of(bigint), cmd.conditions(bigint[]),
    cmd.check_restrictions(bigint[]), cmd.restrictions(uuid[]), cmd.acknowledge(uuid, text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.restrictions(uuid[]), cmd.acknowledge(uuid, text) TO hub_app;
  GRANT EXECUTE ON FUNCTION cmd.keep_restriction() TO hub_owner;
  RESET ROLE;
`;

/** Every opening but a hit in a search asks for it, and so does whatever is done with the object. */
const CHANGED = [
  {
    name: 'cmd.record_access(text, bigint[], text)',
    before: 'INSERT INTO audit.pending (event, object_seq) SELECT',
    after: `IF p_event <> 'object.hit' THEN PERFORM cmd.check_restrictions(seen); END IF;
        INSERT INTO audit.pending (event, object_seq) SELECT`,
  },
  {
    name: 'cmd.give_to_unit(hub.object, text, text)',
    before: 'PERFORM cmd.lock_thread(p_target.thread_seq);',
    after: 'PERFORM cmd.lock_thread(p_target.thread_seq);\n    PERFORM cmd.check_restrictions(ARRAY[p_target.seq]);',
  },
  {
    // Whom a condition binds says why he goes on.
    name: 'cmd.distribute(bigint, text[], text)',
    before: '  BEGIN\n',
    after: `  BEGIN
    IF p_note IS NULL AND cmd.restriction_of(target.seq) IS NOT NULL THEN RAISE EXCEPTION 'REASON' USING ERRCODE = 'LH400'; END IF;
`,
  },
  {
    name: 'cmd.share_onward(bigint, bigint, text, jsonb)',
    before: 'handling := cmd.handling_of(target.text);',
    after: 'PERFORM cmd.check_restrictions(ARRAY[target.seq]);\n    handling := cmd.handling_of(target.text);',
  },
];
