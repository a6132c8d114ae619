import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';

/**
 * Nothing waits for who is not there: what a suspended or dissolved unit owes is told to its agency's head unit, what reaches nobody is shown to
 * administrators, and a matter whose holder no longer works on it is free.
 */
export class ReachWhoIsThere1795300215000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADDRESSES);
    await runner.query(FUNCTIONS);
    for (const change of CHANGED) await runner.query(rewritten(change.name, change.before, change.after));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const change of CHANGED.toReversed()) await runner.query(rewritten(change.name, change.after, change.before));
    await runner.query(`
      DROP FUNCTION cmd.tell_last(text, smallint, bigint[], timestamptz), cmd.works_on(text, text, bigint), cmd.duties_of_digest(text, text),
        cmd.told_for(text);
      SET ROLE hub_cmd;
      CREATE FUNCTION cmd.tell_last(p_unit text, p_duties bigint[], p_now timestamptz) RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
      DECLARE v_head text := (SELECT cmd.head_unit(u.agency_id) FROM hub.unit u WHERE u.id = p_unit);
      BEGIN
        PERFORM cmd.add_notice('FLASH', p_unit, p_unit, NULL, p_duties, p_now);
        IF v_head <> p_unit THEN
          PERFORM cmd.add_notice('FLASH', p_unit, v_head, (SELECT r.officer FROM cmd.on_roster(v_head, 0::smallint, p_now) r LIMIT 1), p_duties, p_now);
        END IF;
      END $$;
      REVOKE ALL ON FUNCTION cmd.tell_last(text, bigint[], timestamptz) FROM PUBLIC;
      RESET ROLE;
      DELETE FROM agency.notice_address a WHERE a.address IS NULL AND a.wanted IS NULL;
      ALTER TABLE agency.notice_address DROP COLUMN asked;
    `);
  }
}

const ADDRESSES = `
  SET ROLE hub_owner;
  -- How many codes were asked for since there was a day without one.
  ALTER TABLE agency.notice_address ADD COLUMN asked integer NOT NULL DEFAULT 1;
  RESET ROLE;
`;

const FUNCTIONS = `
  SET ROLE hub_cmd;

  -- The unit that is told of what a unit owes: the unit, or its agency's head unit when it no longer speaks. Where no unit of the agency speaks
  -- any more a notice is for the unit itself, and is dropped when it is sent.
  CREATE FUNCTION cmd.told_for(p_unit text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN (SELECT CASE WHEN u.suspended_at IS NULL AND (u.valid_until IS NULL OR u.valid_until > pg_catalog.now())
      THEN u.id ELSE COALESCE(cmd.head_unit(u.agency_id), u.id) END FROM hub.unit u WHERE u.id = p_unit);
  END $$;

  -- What a unit's digest counts: its own open duties, and of the head unit what the agency owes as a whole and what nobody else is told of.
  CREATE FUNCTION cmd.duties_of_digest(p_agency text, p_unit text) RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  DECLARE
    v_units text[] := ARRAY(SELECT u.id FROM hub.unit u WHERE u.agency_id = p_agency AND cmd.told_for(u.id) = p_unit);
  BEGIN
    RETURN ARRAY(
      SELECT d.id FROM hub.duty d WHERE d.owed_by = p_agency AND d.settled_at IS NULL AND d.owed_by_unit = ANY (v_units)
      UNION ALL
      SELECT d.id FROM hub.duty d WHERE d.owed_by = p_agency AND d.settled_at IS NULL AND d.owed_by_unit IS NULL
        AND p_unit = cmd.head_unit(p_agency));
  END $$;

  -- Whether an officer still is one, can sign in, and is of a unit that speaks and sees the thread.
  CREATE FUNCTION cmd.works_on(p_agency text, p_officer text, p_thread bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = '' AS $$
  BEGIN
    RETURN EXISTS (SELECT 1 FROM agency.officer o JOIN hub.object x ON x.thread_seq = p_thread AND x.kind IN ('alert', 'request')
      WHERE o.agency_id = p_agency AND o.pseudonym = p_officer AND cmd.works(o.roles)
        AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now()) AND NOT cmd.is_shut_out(p_agency, p_officer)
        AND cmd.told_for(o.unit_id) = o.unit_id AND cmd.unit_sees(x.seq, p_agency, o.unit_id, o.clearance));
  END $$;

  -- Of what another unit owes hears who may read it: an officer with the clearance for it, else the mailbox of the head unit.
  DROP FUNCTION cmd.tell_last(text, bigint[], timestamptz);
  CREATE FUNCTION cmd.tell_last(p_unit text, p_clearance smallint, p_duties bigint[], p_now timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE v_head text := (SELECT cmd.head_unit(u.agency_id) FROM hub.unit u WHERE u.id = p_unit);
  BEGIN
    -- Without a mailbox it fails, and administrators see that.
    PERFORM cmd.add_notice('FLASH', p_unit, cmd.told_for(p_unit), NULL, p_duties, p_now);
    IF v_head <> p_unit THEN
      PERFORM cmd.add_notice('FLASH', p_unit, v_head, (SELECT r.officer FROM cmd.on_roster(v_head, p_clearance, p_now) r LIMIT 1), p_duties, p_now);
    END IF;
  END $$;

  REVOKE ALL ON FUNCTION cmd.told_for(text), cmd.duties_of_digest(text, text), cmd.works_on(text, text, bigint),
    cmd.tell_last(text, smallint, bigint[], timestamptz) FROM PUBLIC;
  RESET ROLE;
`;

const MAKE = 'cmd.make_notices(integer)';
const CLAIM = 'cmd.claim_notice()';

const CHANGED = [
  { name: MAKE, before: 'v_skipped integer;', after: 'v_skipped integer;\n    v_to text;' },
  {
    name: MAKE,
    before: 'made := made + pg_catalog.cardinality(c.duties);',
    after: 'made := made + pg_catalog.cardinality(c.duties);\n      v_to := cmd.told_for(c.unit);',
  },
  { name: MAKE, before: 'cmd.on_roster(c.unit, ', after: 'cmd.on_roster(v_to, ' },
  { name: MAKE, before: "cmd.add_notice('FLASH', c.unit, c.unit, ", after: "cmd.add_notice('FLASH', c.unit, v_to, " },
  { name: MAKE, before: 'cmd.add_notice(c.kind, c.unit, c.unit, ', after: 'cmd.add_notice(c.kind, c.unit, v_to, ' },
  {
    name: MAKE,
    before: 'cmd.tell_last(c.unit, c.duties, v_now)',
    after: 'cmd.tell_last(c.unit, c.clearance, c.duties, v_now)',
  },
  {
    // Without a mailbox it fails, and administrators see that, once a day. A mailbox that was entered meanwhile gets it.
    name: MAKE,
    before:
      "IF persons = '{}' AND EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = c.unit AND u.mailbox IS NOT NULL) THEN",
    after: `IF persons = '{}' AND NOT EXISTS (SELECT 1 FROM hub.notice n WHERE n.unit_id = c.unit AND n.to_unit = v_to AND n.officer IS NULL
            AND n.kind = c.kind AND n.made_at > v_now - interval '1 day' AND n.problem = 'NO_ADDRESS'
            AND EXISTS (SELECT 1 FROM hub.unit u WHERE u.id = v_to AND u.mailbox IS NULL)) THEN`,
  },
  {
    name: CLAIM,
    before: 'v_clearance smallint;',
    after: 'v_clearance smallint;\n    v_duties bigint[];',
  },
  {
    name: CLAIM,
    before: `-- Another unit's officer is told of what waits there, not by his own clearance: it is no more than that something waits.
      IF n.to_unit <> n.unit_id THEN v_clearance := 1; END IF;`,
    after: "v_duties := CASE n.kind WHEN 'DIGEST' THEN cmd.duties_of_digest(n.agency_id, n.unit_id) ELSE n.duties END;",
  },
  {
    name: CLAIM,
    before: `AND (d.id = ANY (n.duties) OR n.kind = 'DIGEST' AND COALESCE(d.owed_by_unit, cmd.head_unit(n.agency_id)) = n.unit_id)
          AND cmd.is_told_of(d.id, n.agency_id, n.unit_id, v_clearance);`,
    after: `AND d.id = ANY (v_duties)
          AND cmd.is_told_of(d.id, n.agency_id, CASE n.kind WHEN 'DIGEST' THEN COALESCE(d.owed_by_unit, n.unit_id) ELSE n.unit_id END, v_clearance);`,
  },
  {
    name: 'cmd.make_digests()',
    before: 'WHERE x.suspended_at IS NULL AND g.suspended_at IS NULL',
    after: 'WHERE cmd.told_for(x.id) = x.id AND g.suspended_at IS NULL',
  },
  {
    name: 'cmd.tell_drafts(integer)',
    before:
      "PERFORM cmd.add_notice('DRAFT', d.unit_id, v_head, r.officer, '{}', v_now) FROM cmd.on_roster(v_head, 0::smallint, v_now) r LIMIT 1;",
    after: `PERFORM cmd.add_notice('DRAFT', d.unit_id, v_head,
          (SELECT r.officer FROM cmd.on_roster(v_head, d.clearance, v_now) r LIMIT 1), '{}', v_now);`,
  },
  {
    name: 'cmd.claim(bigint)',
    before: `AND EXISTS (SELECT 1 FROM agency.officer o
        WHERE o.agency_id = me.agency AND o.pseudonym = matter.holder AND (o.valid_until IS NULL OR o.valid_until > pg_catalog.now()))
    THEN`,
    after: `AND cmd.works_on(me.agency, matter.holder, target.thread_seq)
    THEN`,
  },
  {
    name: 'cmd.sweep_duties(integer)',
    before: 'AND m.thread_seq = d.thread_seq AND m.holder IS NOT NULL) AS is_held',
    after:
      'AND m.thread_seq = d.thread_seq AND m.holder IS NOT NULL AND cmd.works_on(m.agency_id, m.holder, m.thread_seq)) AS is_held',
  },
  {
    // Ten codes, then a day without one: nobody is flooded with them, and they cannot be tried through.
    name: 'cmd.keep_notice_address(text, text)',
    before: `code_tries = 0, asked_at = excluded.asked_at
      WHERE a.asked_at <= cmd.now() - interval '1 minute';`,
    after: `code_tries = 0, asked_at = excluded.asked_at, asked = CASE WHEN a.asked_at > cmd.now() - interval '1 day' THEN a.asked + 1 ELSE 1 END
      WHERE a.asked_at <= cmd.now() - CASE WHEN a.asked < 10 THEN interval '1 minute' ELSE interval '1 day' END;`,
  },
  {
    name: 'cmd.keep_notice_address(text, text)',
    before: "IF NOT FOUND THEN RAISE EXCEPTION 'TOO_SOON' USING ERRCODE = 'LH409'; END IF;",
    after: `IF NOT FOUND THEN
      RAISE EXCEPTION '%', CASE WHEN EXISTS (SELECT 1 FROM agency.notice_address a
        WHERE a.agency_id = me.agency AND a.officer = me.officer AND a.asked >= 10) THEN 'TOO_MANY' ELSE 'TOO_SOON' END USING ERRCODE = 'LH409';
    END IF;`,
  },
  {
    // That codes were asked for stays.
    name: 'cmd.end_notice_address()',
    before: 'DELETE FROM agency.notice_address a WHERE',
    after: 'UPDATE agency.notice_address a SET address = NULL, wanted = NULL, code = NULL, code_until = NULL WHERE',
  },
  {
    name: 'cmd.tidy_notices()',
    before: 'DELETE FROM agency.notice_address a WHERE a.address IS NULL AND a.wanted IS NULL;',
    after:
      "DELETE FROM agency.notice_address a WHERE a.address IS NULL AND a.wanted IS NULL AND a.asked_at <= v_now - interval '1 day';",
  },
  {
    // Of letters with the same number the one that was meant: of its day where that is told, else the last before its answer. Numbers begin
    // anew each year.
    name: 'cmd.import_letter(jsonb)',
    before: `AND p->>'answersNumber' IN (l.national_ref, l.partner_ref) AND l.closed_as IS DISTINCT FROM 'MISTAKE'
        ORDER BY l.seq DESC LIMIT 1;`,
    after: `AND p->>'answersNumber' IN (l.national_ref, l.partner_ref) AND l.closed_as IS DISTINCT FROM 'MISTAKE'
        AND (p->>'answersDated' IS NULL OR l.dated = (p->>'answersDated')::date)
        ORDER BY l.dated <= (p->>'dated')::date DESC, l.dated DESC, l.seq DESC LIMIT 1;`,
  },
];
