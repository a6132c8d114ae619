import type { MigrationInterface, QueryRunner } from 'typeorm';
import { REQUEST_MOVES, REQUEST_STATES, WAITING } from '../src/requests/request-states.js';

/**
 * Where each request for assistance stands: a projection of the signed objects of its thread. Only the functions here write it, and they
 * read what an act does from its stored text, so that the server cannot move a request otherwise than was signed. The thread's row is
 * locked first: of two acts at once, the second finds the state that the first has left.
 */
export class CreateRequests1795300006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(POLICIES);
    await runner.query(TRANSITIONS);
    await runner.query(FILL_TRANSITIONS, [JSON.stringify(REQUEST_MOVES)]);
    await runner.query(COMMANDS);
    await runner.query(WITHDRAWAL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER request_withdrawn ON hub.object;
      DROP FUNCTION cmd.withdraw_request(), cmd.move_request(bigint), cmd.open_request(bigint),
        cmd.revise_questions(bigint, jsonb, jsonb), cmd.settle_questions(bigint, bigint, jsonb), cmd.answer_act(jsonb), cmd.body_of(text);
      DROP TABLE cmd.request_transition;
      DROP TABLE hub.request_act, hub.request_question, hub.request;
    `);
  }
}

const listed = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(', ');
const STATE_LIST = listed(REQUEST_STATES);

const TABLES = `
  SET ROLE hub_owner;

  -- One row for each thread: a request to one administration, with all its versions.
  CREATE TABLE hub.request (
    root_seq bigint PRIMARY KEY REFERENCES hub.object,              -- its first version
    current_seq bigint NOT NULL UNIQUE REFERENCES hub.object,       -- its newest version
    from_agency text NOT NULL,
    to_agency text NOT NULL,                 -- the agency behind the addressee when it was sent
    ref text NOT NULL,
    state text NOT NULL CHECK (state IN (${STATE_LIST})),
    resume_state text CHECK (resume_state IN (${STATE_LIST})),      -- of one that waits: where it returns to
    urgency text NOT NULL,
    needed_by timestamptz NOT NULL,
    questions integer NOT NULL,
    questions_open integer NOT NULL,
    answers integer NOT NULL DEFAULT 0,      -- the answerSeq of the newest answer
    acts integer NOT NULL DEFAULT 1,
    CHECK (from_agency <> to_agency),
    CHECK ((state IN (${listed(WAITING)})) = (resume_state IS NOT NULL))
  );

  CREATE TABLE hub.request_question (
    root_seq bigint NOT NULL REFERENCES hub.request,
    no integer NOT NULL,
    state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'INTERIM', 'POSTPONED', 'ANSWERED', 'NEGATIVE', 'REFUSED')),
    answer_seq bigint REFERENCES hub.object,                        -- the newest answer that speaks of it
    PRIMARY KEY (root_seq, no),
    CHECK ((state = 'OPEN') = (answer_seq IS NULL))
  );

  -- What each object of a thread does, in the order in which they took effect. No object acts twice.
  CREATE TABLE hub.request_act (
    seq bigint PRIMARY KEY REFERENCES hub.object,
    root_seq bigint NOT NULL REFERENCES hub.request,
    no integer NOT NULL,
    act text NOT NULL,
    UNIQUE (root_seq, no)
  );
  RESET ROLE;
`;

/** A thread is seen by those who see its newest version, which is what the columns speak of. */
const POLICIES = `
  SET ROLE hub_owner;
  ALTER TABLE hub.request ENABLE ROW LEVEL SECURITY;          ALTER TABLE hub.request FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.request_question ENABLE ROW LEVEL SECURITY; ALTER TABLE hub.request_question FORCE ROW LEVEL SECURITY;
  ALTER TABLE hub.request_act ENABLE ROW LEVEL SECURITY;      ALTER TABLE hub.request_act FORCE ROW LEVEL SECURITY;

  CREATE POLICY released ON hub.request FOR SELECT TO hub_app
    USING (EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = request.current_seq));
  CREATE POLICY released ON hub.request_question FOR SELECT TO hub_app
    USING (EXISTS (SELECT 1 FROM hub.request r WHERE r.root_seq = request_question.root_seq));
  CREATE POLICY released ON hub.request_act FOR SELECT TO hub_app
    USING (EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = request_act.seq));
  GRANT SELECT ON hub.request, hub.request_question, hub.request_act TO hub_app;

  CREATE POLICY commands ON hub.request TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.request_question TO hub_cmd USING (true) WITH CHECK (true);
  CREATE POLICY commands ON hub.request_act TO hub_cmd USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON hub.request TO hub_cmd;
  GRANT SELECT, INSERT, UPDATE, DELETE ON hub.request_question TO hub_cmd;
  GRANT SELECT, INSERT ON hub.request_act TO hub_cmd;
  RESET ROLE;
`;

/** src/requests/request-states.ts as rows. Nobody but the commands reads them. */
const TRANSITIONS = `
  SET ROLE hub_cmd;
  CREATE TABLE cmd.request_transition (
    from_state text NOT NULL,
    act text NOT NULL,
    side text NOT NULL CHECK (side IN ('REQUESTER', 'REQUESTED', 'CLOCK')),
    to_state text NOT NULL,        -- or RESUMED: the resume_state of the request
    resume_state text,             -- or KEPT: that of the request stays
    PRIMARY KEY (from_state, act, side)
  );
  RESET ROLE;
`;

const FILL_TRANSITIONS = `
  INSERT INTO cmd.request_transition (from_state, act, side, to_state, resume_state)
  SELECT x->>'from', x->>'act', x->>'by', x->>'to', x->>'resume' FROM jsonb_array_elements($1::jsonb) x
`;

const COMMANDS = `
  SET ROLE hub_cmd;

  -- The body inside a stored signed object (JWS General JSON, payload in base64url without padding).
  CREATE FUNCTION cmd.body_of(p_text text) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT pg_catalog.convert_from(pg_catalog.decode(
      pg_catalog.rpad(p, (pg_catalog.length(p) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb -> 'body'
    FROM pg_catalog.translate(p_text::jsonb ->> 'payload', '-_', '+/') p
  $$;

  -- Begins the thread of a request that the caller's agency has just sent.
  CREATE FUNCTION cmd.open_request(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    sent hub.object;
    body jsonb;
    v_to text;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o
      WHERE o.seq = p_seq AND o.from_agency = me.agency AND o.kind = 'request' AND o.thread_seq = o.seq AND cmd.sees(o.seq);
    IF NOT FOUND THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;

    SELECT CASE a.kind WHEN 'AGENCY' THEN a.owner WHEN 'UNIT' THEN (SELECT u.agency_id FROM hub.unit u WHERE u.id = a.owner) END
      INTO v_to FROM hub.audience a WHERE a.id = cmd.audience_of(sent.recipients[1]);
    IF v_to IS NULL OR v_to = me.agency OR pg_catalog.cardinality(sent.recipients) <> 1 THEN
      RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400';
    END IF;

    body := cmd.body_of(sent.text);
    INSERT INTO hub.request (root_seq, current_seq, from_agency, to_agency, ref, state, urgency, needed_by, questions, questions_open)
      VALUES (p_seq, p_seq, me.agency, v_to, sent.ref, 'RECEIVED', body->>'urgency', (body->>'neededBy')::timestamptz,
        pg_catalog.jsonb_array_length(body->'questions'), pg_catalog.jsonb_array_length(body->'questions'));
    INSERT INTO hub.request_question (root_seq, no)
      SELECT p_seq, (q->>'no')::integer FROM pg_catalog.jsonb_array_elements(body->'questions') q;
    INSERT INTO hub.request_act (seq, root_seq, no, act) VALUES (p_seq, p_seq, 1, 'REQUEST');
  END $$;

  -- What an answer does: actOf of src/requests/request-states.ts.
  CREATE FUNCTION cmd.answer_act(p_body jsonb) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE
      WHEN p_body->>'kind' = 'DELAY_NOTICE' AND p_body->'authorisation'->>'status' IN ('NEEDED', 'ASKED') THEN 'AUTHORISATION_NOTICE'
      WHEN p_body->>'kind' = 'POSTPONEMENT' AND p_body->'refusal'->>'scope' = 'QUESTIONS' THEN 'PARTIAL_POSTPONEMENT'
      ELSE p_body->>'kind' END
  $$;

  -- Writes what an answer says of the questions.
  CREATE FUNCTION cmd.settle_questions(p_root bigint, p_answer bigint, p_body jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    results jsonb := COALESCE(p_body->'results', '[]');
    named integer;
  BEGIN
    UPDATE hub.request_question q SET answer_seq = p_answer,
        state = CASE x->>'result' WHEN 'PARTLY' THEN 'INTERIM' ELSE x->>'result' END
      FROM pg_catalog.jsonb_array_elements(results) x WHERE q.root_seq = p_root AND q.no = (x->>'questionNo')::integer;
    GET DIAGNOSTICS named = ROW_COUNT;
    IF named <> pg_catalog.jsonb_array_length(results) THEN RAISE EXCEPTION 'QUESTION' USING ERRCODE = 'LH409'; END IF;

    -- Only what is open can be refused or put off.
    IF p_body->'refusal'->'questionNos' IS NOT NULL THEN
      UPDATE hub.request_question q SET answer_seq = p_answer,
          state = CASE p_body->>'kind' WHEN 'POSTPONEMENT' THEN 'POSTPONED' ELSE 'REFUSED' END
        FROM pg_catalog.jsonb_array_elements(p_body->'refusal'->'questionNos') x
        WHERE q.root_seq = p_root AND q.no = x::integer AND q.state IN ('OPEN', 'INTERIM', 'POSTPONED');
      GET DIAGNOSTICS named = ROW_COUNT;
      IF named <> pg_catalog.jsonb_array_length(p_body->'refusal'->'questionNos') THEN
        RAISE EXCEPTION 'QUESTION' USING ERRCODE = 'LH409';
      END IF;
    END IF;
    IF p_body->>'kind' IN ('NEGATIVE', 'REFUSAL') THEN
      UPDATE hub.request_question q SET answer_seq = p_answer,
          state = CASE p_body->>'kind' WHEN 'REFUSAL' THEN 'REFUSED' ELSE 'NEGATIVE' END
        WHERE q.root_seq = p_root AND q.state IN ('OPEN', 'INTERIM', 'POSTPONED');
    END IF;
    -- A final answer leaves nothing open, and a partial refusal something: else it would be the end without being called so.
    IF p_body->>'kind' IN ('FINAL', 'PARTIAL_REFUSAL') AND (p_body->>'kind' = 'FINAL') =
      EXISTS (SELECT 1 FROM hub.request_question q WHERE q.root_seq = p_root AND q.state IN ('OPEN', 'INTERIM', 'POSTPONED'))
    THEN RAISE EXCEPTION 'QUESTIONS_OPEN' USING ERRCODE = 'LH409'; END IF;
  END $$;

  -- Replaces the questions by those of a new version. One that has had an answer stays as it was asked.
  CREATE FUNCTION cmd.revise_questions(p_root bigint, p_before jsonb, p_after jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
  BEGIN
    IF EXISTS (
      SELECT 1 FROM hub.request_question q WHERE q.root_seq = p_root AND q.state <> 'OPEN'
        AND p_before->'questions'->(q.no - 1) IS DISTINCT FROM p_after->'questions'->(q.no - 1))
    THEN RAISE EXCEPTION 'QUESTION_ANSWERED' USING ERRCODE = 'LH409'; END IF;
    DELETE FROM hub.request_question q
      WHERE q.root_seq = p_root AND q.no > pg_catalog.jsonb_array_length(p_after->'questions');
    INSERT INTO hub.request_question (root_seq, no)
      SELECT p_root, (x->>'no')::integer FROM pg_catalog.jsonb_array_elements(p_after->'questions') x ON CONFLICT DO NOTHING;
  END $$;

  -- Lets an object that the caller's agency has just sent take its effect on the request that it answers, replaces, withdraws or
  -- closes; or refuses it when it is another side's turn, not the time for it, or not about the newest version.
  CREATE FUNCTION cmd.move_request(p_seq bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    sent hub.object;
    newest hub.object;
    thread hub.request;
    v_move cmd.request_transition;
    body jsonb;
    v_act text;
    v_side text;
  BEGIN
    SELECT o.* INTO sent FROM hub.object o WHERE o.seq = p_seq AND o.from_agency = me.agency;
    SELECT r.* INTO thread FROM hub.request r WHERE r.root_seq = sent.thread_seq FOR UPDATE;
    v_side := CASE me.agency WHEN thread.from_agency THEN 'REQUESTER' WHEN thread.to_agency THEN 'REQUESTED' END;
    IF v_side IS NULL OR NOT cmd.sees(thread.current_seq) THEN RAISE EXCEPTION 'LINK' USING ERRCODE = 'LH404'; END IF;
    IF COALESCE(sent.supersedes_seq, sent.reply_seq) IS DISTINCT FROM thread.current_seq THEN
      RAISE EXCEPTION 'SUPERSEDED' USING ERRCODE = 'LH409';
    END IF;

    SELECT o.* INTO newest FROM hub.object o WHERE o.seq = thread.current_seq;
    IF (v_side = 'REQUESTER' AND sent.recipients <> newest.recipients)
      OR (v_side = 'REQUESTED' AND sent.recipients NOT IN (ARRAY[newest.from_agency], ARRAY[newest.from_unit]))
    THEN RAISE EXCEPTION 'ADDRESSEE' USING ERRCODE = 'LH400'; END IF;

    body := cmd.body_of(sent.text);
    v_act := CASE
      WHEN sent.kind = 'answer' THEN cmd.answer_act(body)
      WHEN sent.kind = 'request' THEN 'REVISION'
      WHEN sent.kind = 'recall' THEN 'WITHDRAWAL'
      WHEN sent.kind = 'feedback' THEN CASE body->>'stage' WHEN 'CLOSED' THEN 'CLOSING' ELSE 'PROGRESS_REPORT' END END;
    SELECT t.* INTO v_move FROM cmd.request_transition t
      WHERE t.from_state = thread.state AND t.act = v_act AND t.side = v_side;
    IF NOT FOUND THEN RAISE EXCEPTION 'REQUEST_STATE' USING ERRCODE = 'LH409'; END IF;

    IF sent.kind = 'answer' THEN
      IF (body->>'answerSeq')::integer <> thread.answers + 1 THEN RAISE EXCEPTION 'ANSWER_SEQ' USING ERRCODE = 'LH409'; END IF;
      thread.answers := thread.answers + 1;
      PERFORM cmd.settle_questions(thread.root_seq, p_seq, body);
    ELSIF sent.kind = 'request' THEN
      PERFORM cmd.revise_questions(thread.root_seq, cmd.body_of(newest.text), body);
      thread.current_seq := p_seq;
      thread.urgency := body->>'urgency';
      thread.needed_by := (body->>'neededBy')::timestamptz;
    END IF;
    INSERT INTO hub.request_act (seq, root_seq, no, act) VALUES (p_seq, thread.root_seq, thread.acts + 1, v_act);
    UPDATE hub.request r SET
        state = CASE v_move.to_state WHEN 'RESUMED' THEN thread.resume_state ELSE v_move.to_state END,
        resume_state = CASE v_move.resume_state WHEN 'KEPT' THEN thread.resume_state ELSE v_move.resume_state END,
        current_seq = thread.current_seq, urgency = thread.urgency,
        needed_by = thread.needed_by, answers = thread.answers, acts = thread.acts + 1,
        (questions, questions_open) = (
          SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE q.state IN ('OPEN', 'INTERIM', 'POSTPONED'))
          FROM hub.request_question q WHERE q.root_seq = r.root_seq)
      WHERE r.root_seq = thread.root_seq;
  END $$;

  -- cmd.submit marks every version of what is recalled; the newest one carries the thread along.
  CREATE FUNCTION cmd.withdraw_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM hub.request r WHERE r.current_seq = NEW.seq) THEN
      PERFORM cmd.move_request(NEW.recalled_by_seq);
    END IF;
    RETURN NULL;
  END $$;

  REVOKE ALL ON FUNCTION cmd.body_of(text), cmd.answer_act(jsonb), cmd.open_request(bigint), cmd.settle_questions(bigint, bigint, jsonb),
    cmd.revise_questions(bigint, jsonb, jsonb), cmd.move_request(bigint), cmd.withdraw_request() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.open_request(bigint), cmd.move_request(bigint) TO hub_app;
  GRANT EXECUTE ON FUNCTION cmd.withdraw_request() TO hub_owner;
  RESET ROLE;
`;

const WITHDRAWAL = `
  SET ROLE hub_owner;
  CREATE TRIGGER request_withdrawn AFTER UPDATE OF recalled_by_seq ON hub.object
    FOR EACH ROW WHEN (NEW.kind = 'request' AND OLD.recalled_by_seq IS NULL AND NEW.recalled_by_seq IS NOT NULL)
    EXECUTE FUNCTION cmd.withdraw_request();
  RESET ROLE;
`;
