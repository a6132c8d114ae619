import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rewritten } from '../src/database/rewritten.js';

/**
 * What an agency's desk must not tell: a thread is recalled and given to another unit one after the other, a note is no way to ask which units
 * were given it, and what was written about a RESTRICTED version is read by those who may read that version.
 */
export class KeepDesksApart1795300210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CLEARANCES);
    await runner.query(STEPS);
    for (const change of CHANGED) await runner.query(rewritten(change.name, change.before, change.after));
    await runner.query(POLICIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(OLD_POLICIES);
    for (const change of CHANGED.toReversed()) await runner.query(rewritten(change.name, change.after, change.before));
    await runner.query(`
      SET ROLE hub_cmd;
      DROP FUNCTION cmd.note_step(bigint, smallint, text, text, text, text), cmd.desk_clearance(hub.object);
      CREATE FUNCTION cmd.note_step(p_thread bigint, p_act text, p_unit text, p_officer text, p_note text) RETURNS void
      LANGUAGE sql SET search_path = '' AS $$
        INSERT INTO agency.matter_step (agency_id, thread_seq, act, by_unit, by_officer, to_unit, to_officer, note, at)
        SELECT (c).agency, p_thread, p_act, (c).unit, (c).officer, p_unit, p_officer, p_note, hub.now() FROM cmd.context() c
      $$;
      REVOKE ALL ON FUNCTION cmd.note_step(bigint, text, text, text, text) FROM PUBLIC;
      SET ROLE hub_owner;
      ALTER TABLE agency.matter_step DROP COLUMN clearance;
      ALTER TABLE agency.task DROP COLUMN clearance;
      ALTER TABLE agency.letter_step DROP COLUMN clearance;
      RESET ROLE;
    `);
  }
}

/** What was written before counts as written about the most that its thread or its letter has held. */
const CLEARANCES = `
  SET ROLE hub_owner;
  ALTER TABLE agency.matter_step ADD COLUMN clearance smallint CHECK (clearance IN (0, 1));
  ALTER TABLE agency.task ADD COLUMN clearance smallint CHECK (clearance IN (0, 1));
  ALTER TABLE agency.letter_step ADD COLUMN clearance smallint CHECK (clearance IN (0, 1));
  GRANT UPDATE (clearance) ON agency.matter_step, agency.letter_step TO hub_cmd;
  SET ROLE hub_cmd;
  UPDATE agency.matter_step s SET clearance = (SELECT max(o.clearance) FROM hub.object o WHERE o.thread_seq = s.thread_seq);
  UPDATE agency.task x SET clearance = COALESCE((SELECT max(o.clearance) FROM hub.object o WHERE o.thread_seq = x.thread_seq),
    (SELECT l.clearance FROM agency.letter l WHERE l.id = x.letter_id));
  UPDATE agency.letter_step s SET clearance = (SELECT GREATEST(l.clearance, (SELECT max((x.before->>'clearance')::smallint)
    FROM agency.letter_step x WHERE x.letter_id = l.id)) FROM agency.letter l WHERE l.id = s.letter_id);
  SET ROLE hub_owner;
  REVOKE UPDATE (clearance) ON agency.matter_step, agency.letter_step FROM hub_cmd;
  ALTER TABLE agency.matter_step ALTER COLUMN clearance SET NOT NULL;
  ALTER TABLE agency.task ALTER COLUMN clearance SET NOT NULL;
  ALTER TABLE agency.letter_step ALTER COLUMN clearance SET NOT NULL;
  RESET ROLE;
`;

const STEPS = `
  SET ROLE hub_cmd;
  -- The clearance of what the caller writes about: of the version named, or of a later one in his or her sight.
  CREATE FUNCTION cmd.desk_clearance(p_target hub.object) RETURNS smallint LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT pg_catalog.max(o.clearance) FROM hub.object o
    WHERE o.thread_seq = p_target.thread_seq AND o.kind = p_target.kind AND o.seq >= p_target.seq AND (o.seq = p_target.seq OR cmd.sees(o.seq))
  $$;

  DROP FUNCTION cmd.note_step(bigint, text, text, text, text);
  CREATE FUNCTION cmd.note_step(p_thread bigint, p_clearance smallint, p_act text, p_unit text, p_officer text, p_note text) RETURNS void
  LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO agency.matter_step (agency_id, thread_seq, clearance, act, by_unit, by_officer, to_unit, to_officer, note, at)
    SELECT (c).agency, p_thread, p_clearance, p_act, (c).unit, (c).officer, p_unit, p_officer, p_note, hub.now() FROM cmd.context() c
  $$;
  REVOKE ALL ON FUNCTION cmd.desk_clearance(hub.object), cmd.note_step(bigint, smallint, text, text, text, text) FROM PUBLIC;
  RESET ROLE;
`;

const TARGET = {
  before: 'cmd.note_step(target.thread_seq, ',
  after: 'cmd.note_step(target.thread_seq, cmd.desk_clearance(target), ',
};

const CHANGED = [
  { name: 'cmd.claim(bigint)', ...TARGET },
  { name: 'cmd.give_matter(bigint, text, text, boolean)', ...TARGET },
  { name: 'cmd.lay_down(bigint, text)', ...TARGET },
  { name: 'cmd.number_matter(bigint, text)', ...TARGET },
  { name: 'cmd.give_task(bigint, uuid, text, text, timestamptz)', ...TARGET },
  {
    name: 'cmd.give_task(bigint, uuid, text, text, timestamptz)',
    before: `(id, agency_id, thread_seq, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, target.thread_seq, `,
    after: `(id, agency_id, thread_seq, clearance, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, target.thread_seq, cmd.desk_clearance(target), `,
  },
  {
    name: 'cmd.give_letter_task(uuid, uuid, text, text, timestamptz)',
    before: `(id, agency_id, letter_id, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, p_letter, `,
    after: `(id, agency_id, letter_id, clearance, unit_id, text, due_at, by_unit, by_officer, given_at)
      VALUES (p_id, me.agency, p_letter, letter.clearance, `,
  },
  {
    name: 'cmd.end_task(uuid, text, text)',
    before: 'cmd.note_step(task.thread_seq, ',
    after: 'cmd.note_step(task.thread_seq, task.clearance, ',
  },
  {
    name: 'cmd.end_task(uuid, text, text)',
    before: 'WHERE x.id = p_id AND x.agency_id = me.agency\n',
    after: 'WHERE x.id = p_id AND x.agency_id = me.agency AND x.clearance <= me.clearance\n',
  },
  {
    // What it led to may tell of a later version.
    name: 'cmd.end_task(uuid, text, text)',
    before: 'UPDATE agency.task x SET ended_at = cmd.now(), outcome = p_outcome, result = p_result WHERE x.id = p_id;',
    after: `UPDATE agency.task x SET ended_at = cmd.now(), outcome = p_outcome, result = p_result,
        clearance = GREATEST(x.clearance, (SELECT o.clearance FROM hub.object o
          WHERE o.thread_seq = x.thread_seq AND o.kind IN ('alert', 'request') AND cmd.sees(o.seq) ORDER BY o.seq DESC LIMIT 1))
      WHERE x.id = p_id RETURNING x.* INTO task;`,
  },
  {
    name: 'cmd.note_letter(agency.letter, text, text, jsonb)',
    before: '(letter_id, act, at, by_unit, by_officer, note, before)\n      SELECT (l).id, ',
    after: '(letter_id, clearance, act, at, by_unit, by_officer, note, before)\n      SELECT (l).id, (l).clearance, ',
  },
  {
    name: 'cmd.note_letter_task(uuid, text, text, text)',
    before: `(letter_id, act, at, by_unit, by_officer, note, to_unit)
      SELECT p_id, p_act, hub.now(), (c).unit, (c).officer, p_note, p_unit FROM cmd.context() c;`,
    after: `(letter_id, clearance, act, at, by_unit, by_officer, note, to_unit)
      SELECT p_id, l.clearance, p_act, hub.now(), (c).unit, (c).officer, p_note, p_unit
      FROM cmd.context() c CROSS JOIN agency.letter l WHERE l.id = p_id;`,
  },
  {
    // The step tells what stood there before.
    name: 'cmd.correct_letter(uuid, jsonb, text)',
    before: "PERFORM cmd.note_letter(letter, 'CORRECTED'",
    after: `letter.clearance := GREATEST(letter.clearance, known.clearance);
    PERFORM cmd.note_letter(letter, 'CORRECTED'`,
  },
  {
    // What belongs to a thread takes turns with what gives it away, from the start: a recall reads to whom it goes when that stands.
    name: 'cmd.submit(jsonb)',
    before: "SELECT a.id INTO v_sent FROM hub.audience a WHERE a.kind = 'SENT' AND a.owner = me.agency;",
    after: `PERFORM cmd.lock_thread(x.thread_seq) FROM (SELECT DISTINCT o.thread_seq FROM hub.object o
      WHERE o.seq IN (v_reply, v_supersedes) ORDER BY o.thread_seq) x;
    SELECT a.id INTO v_sent FROM hub.audience a WHERE a.kind = 'SENT' AND a.owner = me.agency;`,
  },
  {
    name: 'cmd.give_to_unit(hub.object, text, text)',
    before: 'cmd.note_step(p_target.thread_seq, ',
    after: 'cmd.note_step(p_target.thread_seq, cmd.desk_clearance(p_target), ',
  },
  {
    name: 'cmd.give_to_unit(hub.object, text, text)',
    before: 'PERFORM cmd.lock_thread(p_target.thread_seq);',
    after: `PERFORM cmd.lock_thread(p_target.thread_seq);
    -- It may have been recalled while this waited.
    IF NOT cmd.sees(p_target.seq) THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;`,
  },
  {
    // Units that their own agency gave it to are its affair: a note to one of them must not tell whether it has it.
    name: 'cmd.has_received(text, bigint)',
    before: 'AND r.seq >= k.since_seq AND r.seq < k.until_seq',
    after: `AND r.seq >= k.since_seq AND r.seq < k.until_seq
              AND NOT EXISTS (SELECT 1 FROM agency.distribution d JOIN hub.object x ON x.thread_seq = d.thread_seq
                WHERE x.seq = p_seq AND d.audience_id = r.audience_id)`,
  },
];

const POLICIES = `
  SET ROLE hub_owner;
  ALTER POLICY own_agency ON agency.matter_step USING (agency_id = (SELECT cmd.my_agency()) AND clearance <= (SELECT cmd.my_clearance())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = matter_step.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  ALTER POLICY own_agency ON agency.task USING (agency_id = (SELECT cmd.my_agency()) AND clearance <= (SELECT cmd.my_clearance())
    AND CASE WHEN letter_id IS NULL
      THEN (SELECT true FROM hub.object o WHERE o.thread_seq = task.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1)
      ELSE (SELECT true FROM agency.letter l WHERE l.id = task.letter_id LIMIT 1) END);
  ALTER POLICY own_agency ON agency.letter_step USING (clearance <= (SELECT cmd.my_clearance())
    AND (SELECT true FROM agency.letter l WHERE l.id = letter_step.letter_id LIMIT 1));
  RESET ROLE;
`;

const OLD_POLICIES = `
  SET ROLE hub_owner;
  ALTER POLICY own_agency ON agency.matter_step USING (agency_id = (SELECT cmd.my_agency())
    AND (SELECT true FROM hub.object o WHERE o.thread_seq = matter_step.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1));
  ALTER POLICY own_agency ON agency.task USING (agency_id = (SELECT cmd.my_agency()) AND CASE WHEN letter_id IS NULL
    THEN (SELECT true FROM hub.object o WHERE o.thread_seq = task.thread_seq AND o.kind IN ('alert', 'request') LIMIT 1)
    ELSE (SELECT true FROM agency.letter l WHERE l.id = task.letter_id LIMIT 1) END);
  ALTER POLICY own_agency ON agency.letter_step USING (
    (SELECT true FROM agency.letter l WHERE l.id = letter_step.letter_id LIMIT 1));
  RESET ROLE;
`;
