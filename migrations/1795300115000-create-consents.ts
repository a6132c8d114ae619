import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CONSENT_HOURS, CONSENT_MOVES, CONSENT_STATES } from '../src/consents/consent-states.js';

/**
 * Consents, and what was passed on by them. Where a consent stands is a projection of its signed objects: the functions here read what
 * each of them does from its stored text. cmd.share_onward is the one way by which an object gets a reader whom its sender did not
 * address: it finds the sender's consent itself, under a lock, whatever the server has checked before.
 */
export class CreateConsents1795300115000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(RULES);
    await runner.query(FILL_TRANSITIONS, [JSON.stringify(CONSENT_MOVES)]);
    await runner.query(FILL_DEADLINES, [JSON.stringify(CONSENT_HOURS)]);
    await runner.query(COMMANDS);
    await runner.query(SHARING);
    await runner.query(RECALL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER recalled_onward ON hub.object;
      DROP FUNCTION cmd.recall_onward(), cmd.share_onward(bigint, bigint, text, jsonb), cmd.handling_of(text), cmd.move_consent(bigint),
        cmd.open_consent(bigint), cmd.consent_act(jsonb);
      DROP TABLE cmd.consent_transition, cmd.consent_deadline;
      DROP POLICY own_agency ON hub.part_key;
      DROP POLICY released ON hub.attachment;
      DROP TABLE hub.onward, hub.consent;
      DROP FUNCTION cmd.consent_state(text, timestamptz, timestamptz);
      SET ROLE hub_owner;
      CREATE POLICY own_agency ON hub.part_key FOR SELECT TO hub_app USING (
        agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.may_see_nominal())
        AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part_key.seq));
      CREATE POLICY released ON hub.attachment FOR SELECT TO hub_app USING (
        (NOT is_nominal OR (SELECT cmd.may_see_nominal())) AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = attachment.seq));
      REVOKE UPDATE (until) ON hub.release FROM hub_cmd;
      RESET ROLE;
    `);
  }
}

const STATES = CONSENT_STATES.filter((state) => state !== 'EXPIRED')
  .map((state) => `'${state}'`)
  .join(', ');

const TABLES = `
  SET ROLE hub_owner;

  -- One row for each question. It is about one version of one object, whose id and digest stay when the object is out of sight.
  CREATE TABLE hub.consent (
    ask_seq bigint PRIMARY KEY REFERENCES hub.object,
    object_seq bigint NOT NULL REFERENCES hub.object,
    object_id uuid NOT NULL,
    object_digest text NOT NULL,
    from_agency text NOT NULL,               -- who asks
    to_agency text NOT NULL,                 -- who sent the object
    for_what text NOT NULL,
    for_agency text,                         -- with ONWARD: who is to have it
    for_unit text,                           -- or this unit of it alone
    urgency text NOT NULL,
    state text NOT NULL DEFAULT 'ASKED' CHECK (state IN (${STATES})),   -- EXPIRED is not written: see cmd.consent_state
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    answer_seq bigint UNIQUE REFERENCES hub.object,
    codes text[] NOT NULL DEFAULT '{}',
    conditions text,
    expires_at timestamptz,
    revoke_seq bigint UNIQUE REFERENCES hub.object,
    passed_on_at timestamptz,                -- when it was first used to pass the object on
    CHECK (from_agency <> to_agency),
    CHECK ((for_what = 'ONWARD') = (for_agency IS NOT NULL) AND (for_unit IS NULL OR for_agency IS NOT NULL)),
    CHECK ((state = 'ASKED') = (answer_seq IS NULL) AND (state = 'REVOKED') = (revoke_seq IS NOT NULL))
  );
  -- The consents of one object: for who sent it, and for one of those who asked.
  CREATE INDEX consent_by_object ON hub.consent (object_seq, ask_seq);
  CREATE INDEX consent_by_asker ON hub.consent (object_seq, from_agency, ask_seq);

  -- Releases that no addressee's name led to but a consent: to whom, by whom, under which conditions.
  CREATE TABLE hub.onward (
    object_seq bigint NOT NULL REFERENCES hub.object,
    audience_id integer NOT NULL,
    consent_seq bigint NOT NULL REFERENCES hub.consent,
    owner_agency text NOT NULL,              -- who sent the object
    by_agency text NOT NULL,
    to_party text NOT NULL,
    codes text[] NOT NULL,
    conditions text,
    at timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (object_seq, audience_id)
  );
  RESET ROLE;
`;

const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.consent ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.consent FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.onward ENABLE ROW LEVEL SECURITY;  ALTER TABLE hub.onward FORCE ROW LEVEL SECURITY;

  -- The two sides alone, each as far as it sees the question.
  CREATE POLICY sides ON hub.consent FOR SELECT TO hub_app USING (
    (SELECT cmd.my_agency()) IN (from_agency, to_agency) AND EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = consent.ask_seq));
  -- Who sent it, who passed it on, and who got it by that; no other reader of the object.
  CREATE POLICY concerned ON hub.onward FOR SELECT TO hub_app USING (
    EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = onward.object_seq)
    AND ((SELECT cmd.my_agency()) IN (owner_agency, by_agency)
      OR EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = onward.object_seq AND r.audience_id = onward.audience_id)));
  GRANT SELECT ON hub.consent, hub.onward TO hub_app;

  CREATE POLICY commands ON hub.consent TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.onward TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.consent, hub.onward TO hub_cmd;
  GRANT UPDATE (until) ON hub.release TO hub_cmd;

  -- Personal details are for those whom the sender addressed. Keys are kept for agencies, so a unit that got the object by a consent
  -- would else read with the key of another unit of its agency.
  DROP POLICY own_agency ON hub.part_key;
  CREATE POLICY own_agency ON hub.part_key FOR SELECT TO hub_app USING (
    agency_id = (SELECT cmd.my_agency()) AND (SELECT cmd.may_see_nominal())
    AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = part_key.seq AND NOT EXISTS (
      SELECT 1 FROM hub.onward w WHERE w.object_seq = r.seq AND w.audience_id = r.audience_id)));
  DROP POLICY released ON hub.attachment;
  CREATE POLICY released ON hub.attachment FOR SELECT TO hub_app USING (
    EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = attachment.seq)
    AND (NOT is_nominal OR (SELECT cmd.may_see_nominal())
      AND EXISTS (SELECT 1 FROM hub.release r WHERE r.seq = attachment.seq AND NOT EXISTS (
        SELECT 1 FROM hub.onward w WHERE w.object_seq = r.seq AND w.audience_id = r.audience_id))));
  RESET ROLE;
`;

/** src/consents/consent-states.ts as rows. Nobody but the commands reads them. */
const RULES = `
  SET ROLE hub_cmd;
  CREATE TABLE cmd.consent_transition (
    from_state text NOT NULL,
    act text NOT NULL,
    side text NOT NULL CHECK (side IN ('ASKER', 'PROVIDER')),
    to_state text NOT NULL,
    PRIMARY KEY (from_state, act, side)
  );
  CREATE TABLE cmd.consent_deadline (
    urgency text PRIMARY KEY,
    hours integer NOT NULL CHECK (hours > 0)
  );
  RESET ROLE;
`;

const FILL_TRANSITIONS = `
  INSERT INTO cmd.consent_transition (from_state, act, side, to_state)
  SELECT x->>'from', x->>'act', x->>'by', x->>'to' FROM jsonb_array_elements($1::jsonb) x
`;

const FILL_DEADLINES = `
  INSERT INTO cmd.consent_deadline (urgency, hours) SELECT key, value::integer FROM jsonb_each_text($1::jsonb)
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- Where a consent stands now. Time is compared, so that no clock has to strike: silence is refusal, and a consent ends when it says.
  CREATE FUNCTION cmd.consent_state(p_state text, p_due timestamptz, p_expires timestamptz) RETURNS text LANGUAGE sql STABLE
    RETURN CASE
      WHEN p_state = 'ASKED' AND p_due <= cmd.now() THEN 'EXPIRED'
      WHEN p_state IN ('GRANTED', 'GRANTED_WITH_CONDITIONS') AND p_expires <= cmd.now() THEN 'EXPIRED'
      ELSE p_state END;

  -- What an object of a consent does: actOf of src/consents/consent-states.ts.
  CREATE FUNCTION cmd.consent_act(p_body jsonb) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_body->>'act' = 'GRANT' AND p_body ?| ARRAY['codes', 'conditions'] THEN 'GRANT_WITH_CONDITIONS'
      ELSE p_body->>'act' END
  $$;

  -- Begins a consent: the caller's agency has just asked whoever sent the newest version of an object that it sees.
  CREATE FUNCTION cmd.open_consent(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_now timestamptz := cmd.now();
    sent hub.object;
    target hub.object;
    body jsonb;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.kind = 'consent';
    SELECT o.* INTO target FROM hub.object o
      WHERE o.seq = sent.reply_seq AND o.from_agency <> me.agency AND o.kind NOT IN ('consent', 'recall') AND cmd.sees(o.seq);
    body := cmd.body_of(sent.text);
    IF target.seq IS NULL OR body->>'act' IS DISTINCT FROM 'ASK'
      OR body->>'targetId' IS DISTINCT FROM target.id::text OR body->>'targetDigest' IS DISTINCT FROM target.digest
    THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF target.recalled_by_seq IS NOT NULL THEN RAISE EXCEPTION 'RECALLED' USING ERRCODE = 'LH409'; END IF;
    IF target.superseded_by_seq IS NOT NULL THEN RAISE EXCEPTION 'SUPERSEDED' USING ERRCODE = 'LH409'; END IF;
    -- To the sender and nobody else. The mail of one that is dissolved reaches its successor, who did not send the object.
    IF sent.recipients NOT IN (ARRAY[target.from_agency], ARRAY[target.from_unit]) OR NOT EXISTS (
      SELECT 1 FROM hub.audience a WHERE a.id = cmd.audience_of(sent.recipients[1]) AND a.owner = sent.recipients[1])
    THEN RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400'; END IF;

    INSERT INTO hub.consent (ask_seq, object_seq, object_id, object_digest, from_agency, to_agency, for_what, for_agency, for_unit, urgency,
        asked_at, due_at)
      SELECT p_seq, target.seq, target.id, target.digest, me.agency, target.from_agency, body->>'for', body->>'forAgency', body->>'forUnit',
        d.urgency, v_now, v_now + pg_catalog.make_interval(hours => d.hours)
      FROM cmd.consent_deadline d WHERE d.urgency = body->>'urgency';
    IF NOT FOUND THEN RAISE EXCEPTION 'URGENCY' USING ERRCODE = 'LH400'; END IF;
  END $$;

  -- Lets an answer or a revocation that the caller's agency has just sent take its effect; or refuses it when another was asked, when it
  -- speaks of something else, or when it is not the time for it.
  CREATE FUNCTION cmd.move_consent(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    sent hub.object;
    asked hub.object;
    given hub.consent;
    body jsonb;
    v_act text;
    v_to text;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.kind = 'consent';
    body := cmd.body_of(sent.text);
    v_act := cmd.consent_act(body);
    SELECT c.* INTO given FROM hub.consent c
      WHERE (v_act <> 'REVOKE' AND c.ask_seq = sent.reply_seq OR v_act = 'REVOKE' AND c.answer_seq = sent.reply_seq)
        AND c.to_agency = me.agency FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;

    SELECT o.* INTO asked FROM hub.object o WHERE o.seq = given.ask_seq;
    IF sent.recipients NOT IN (ARRAY[asked.from_agency], ARRAY[asked.from_unit]) THEN
      RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400';
    END IF;
    IF (body->>'targetId', body->>'targetDigest', body->>'for', body->>'forAgency', body->>'forUnit')
      IS DISTINCT FROM (given.object_id::text, given.object_digest, given.for_what, given.for_agency, given.for_unit)
    THEN RAISE EXCEPTION 'SCOPE' USING ERRCODE = 'LH400'; END IF;

    SELECT t.to_state INTO v_to FROM cmd.consent_transition t
      WHERE t.from_state = cmd.consent_state(given.state, given.due_at, given.expires_at) AND t.act = v_act AND t.side = 'PROVIDER';
    IF NOT FOUND THEN RAISE EXCEPTION 'CONSENT_STATE' USING ERRCODE = 'LH409'; END IF;
    IF v_act = 'REVOKE' THEN
      UPDATE hub.consent c SET state = v_to, revoke_seq = p_seq WHERE c.ask_seq = given.ask_seq;
    ELSE
      UPDATE hub.consent c SET state = v_to, answer_seq = p_seq, conditions = body->>'conditions', expires_at = (body->>'expiresAt')::timestamptz,
        codes = ARRAY(SELECT pg_catalog.jsonb_array_elements_text(body->'codes')) WHERE c.ask_seq = given.ask_seq;
    END IF;
  END $$;

  REVOKE ALL ON FUNCTION cmd.consent_state(text, timestamptz, timestamptz), cmd.consent_act(jsonb), cmd.open_consent(bigint),
    cmd.move_consent(bigint) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.consent_state(text, timestamptz, timestamptz), cmd.open_consent(bigint), cmd.move_consent(bigint) TO hub_app;
  RESET ROLE;
`;

const SHARING = `
  SET ROLE hub_cmd;

  -- The handling inside a stored signed object, as cmd.body_of reads its body.
  CREATE FUNCTION cmd.handling_of(p_text text) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT pg_catalog.convert_from(pg_catalog.decode(
      pg_catalog.rpad(p, (pg_catalog.length(p) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb -> 'handling'
    FROM pg_catalog.translate(p_text::jsonb ->> 'payload', '-_', '+/') p
  $$;

  -- Passes an object that the caller sees on to one more agency or unit. It takes a consent of who sent it: asked for by the caller's
  -- agency, for this very version and this very addressee, in force now. The new reader has it until the object or the consent ends,
  -- whichever is sooner, with its open files (whose keys are given, wrapped for the agency) and without personal details. The same
  -- again changes nothing.
  CREATE FUNCTION cmd.share_onward(p_object bigint, p_consent bigint, p_to text, p_keys jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    v_now timestamptz := cmd.now();
    target hub.object;
    given hub.consent;
    handling jsonb;
    v_audience integer;
    v_until timestamptz;
  BEGIN
    -- A recall waits for this, or this for the recall.
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = p_object AND cmd.sees(o.seq) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    -- An officer is not bound by a system's connection (cmd.within_connection).
    IF me.officer IS NULL AND NOT EXISTS (
      SELECT 1 FROM auth.connection c
      WHERE c.unit_id = me.unit AND c.suspended_at IS NULL AND c.valid_until > pg_catalog.transaction_timestamp()
        AND c.scopes && ARRAY['objects.submit', 'objects.submit:consent']
        AND (c.addressees IS NULL OR c.addressees && ARRAY[p_to,
          pg_catalog.array_to_string((pg_catalog.string_to_array(p_to, '-'))[1:2], '-')]))
    THEN RAISE EXCEPTION 'FORBIDDEN' USING ERRCODE = 'LH403'; END IF;

    SELECT c.* INTO given FROM hub.consent c WHERE c.ask_seq = p_consent FOR UPDATE;
    IF NOT FOUND OR given.object_seq <> target.seq OR given.from_agency <> me.agency OR given.for_what <> 'ONWARD'
      OR COALESCE(given.for_unit, given.for_agency) IS DISTINCT FROM p_to
      OR cmd.consent_state(given.state, given.due_at, given.expires_at) NOT IN ('GRANTED', 'GRANTED_WITH_CONDITIONS')
    THEN RAISE EXCEPTION 'CONSENT_REQUIRED' USING ERRCODE = 'LH403'; END IF;

    IF target.recalled_by_seq IS NOT NULL THEN RAISE EXCEPTION 'RECALLED' USING ERRCODE = 'LH409'; END IF;
    IF target.superseded_by_seq IS NOT NULL THEN RAISE EXCEPTION 'SUPERSEDED' USING ERRCODE = 'LH409'; END IF;
    handling := cmd.handling_of(target.text);
    IF NOT EXISTS (
      SELECT 1 FROM hub.agreement a WHERE a.id = handling->'legalBasis'->>'agreement' AND a.valid_from <= v_now
        AND (a.valid_until IS NULL OR a.valid_until > v_now) AND a.suspended_at IS NULL)
    THEN RAISE EXCEPTION 'AGREEMENT' USING ERRCODE = 'LH409'; END IF;
    -- The consent names this addressee, not its successor.
    SELECT a.id INTO v_audience FROM hub.audience a WHERE a.id = cmd.audience_of(p_to) AND a.owner = p_to;
    IF NOT FOUND THEN RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400'; END IF;

    UPDATE hub.consent c SET passed_on_at = v_now WHERE c.ask_seq = given.ask_seq AND c.passed_on_at IS NULL;
    v_until := LEAST((handling->>'expiresAt')::timestamptz, given.expires_at);
    -- Who has it already for as long keeps it as it is; an earlier passing on is prolonged, or begun anew.
    INSERT INTO hub.release AS r (audience_id, seq, clearance, until) VALUES (v_audience, target.seq, target.clearance, v_until)
      ON CONFLICT (audience_id, seq) DO UPDATE SET until = EXCLUDED.until, live = true
        WHERE r.recalled_at IS NULL AND r.until < COALESCE(EXCLUDED.until, 'infinity');
    IF NOT FOUND THEN RETURN; END IF;

    INSERT INTO hub.onward AS w (object_seq, audience_id, consent_seq, owner_agency, by_agency, to_party, codes, conditions, at, until)
      VALUES (target.seq, v_audience, given.ask_seq, target.from_agency, me.agency, p_to, given.codes, given.conditions, v_now, v_until)
      ON CONFLICT (object_seq, audience_id) DO UPDATE SET consent_seq = EXCLUDED.consent_seq, by_agency = EXCLUDED.by_agency,
        codes = EXCLUDED.codes, conditions = EXCLUDED.conditions, at = EXCLUDED.at, until = EXCLUDED.until;
    INSERT INTO hub.release_term (audience_id, term, seq, clearance)
      SELECT DISTINCT v_audience, t.term, t.seq, t.clearance FROM hub.release_term t JOIN hub.audience a ON a.id = t.audience_id
      WHERE t.seq = target.seq AND a.kind <> 'SENT'
      ON CONFLICT (audience_id, term, seq) DO UPDATE SET live = true;
    INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      VALUES (v_audience, target.seq, 'RELEASED', target.clearance, target.id) ON CONFLICT DO NOTHING;
    INSERT INTO hub.attachment_key (seq, sha256, agency_id, wrapped)
      SELECT a.seq, a.sha256, given.for_agency, pg_catalog.decode(k.value, 'base64')
      FROM pg_catalog.jsonb_each_text(p_keys) k JOIN hub.attachment a ON a.seq = target.seq AND a.sha256 = k.key AND NOT a.is_nominal
      ON CONFLICT DO NOTHING;
    INSERT INTO audit.pending (event, object_seq) VALUES ('object.passed_on', target.seq);
  END $$;

  REVOKE ALL ON FUNCTION cmd.handling_of(text), cmd.share_onward(bigint, bigint, text, jsonb) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.share_onward(bigint, bigint, text, jsonb) TO hub_app;
  RESET ROLE;
`;

/** A recall goes to the readers of the newest version. Whoever was passed an earlier one, or the newest at this very moment, gets it too. */
const RECALL = `
  SET ROLE hub_cmd;
  CREATE FUNCTION cmd.recall_onward() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    WITH told AS (
      INSERT INTO hub.release (audience_id, seq, clearance, until)
        SELECT w.audience_id, o.seq, o.clearance, (SELECT pg_catalog.min(r.until) FROM hub.release r WHERE r.seq = o.seq)
        FROM hub.onward w JOIN hub.object o ON o.seq = NEW.recalled_by_seq WHERE w.object_seq = NEW.seq
        ON CONFLICT DO NOTHING RETURNING audience_id, seq, clearance),
    listed AS (
      INSERT INTO hub.release_term (audience_id, term, seq, clearance)
        SELECT DISTINCT x.audience_id, t.term, x.seq, x.clearance
        FROM told x JOIN hub.release_term t ON t.seq = x.seq JOIN hub.audience a ON a.id = t.audience_id AND a.kind <> 'SENT')
    INSERT INTO hub.change (audience_id, seq, act, clearance, object_id)
      SELECT x.audience_id, x.seq, 'RELEASED', x.clearance, o.id FROM told x JOIN hub.object o ON o.seq = x.seq;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION cmd.recall_onward() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.recall_onward() TO hub_owner;

  SET ROLE hub_owner;
  -- At the end of the transaction, when the recall has its own releases.
  CREATE CONSTRAINT TRIGGER recalled_onward AFTER UPDATE OF recalled_by_seq ON hub.object DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.recalled_by_seq IS NULL AND NEW.recalled_by_seq IS NOT NULL) EXECUTE FUNCTION cmd.recall_onward();
  RESET ROLE;
`;
