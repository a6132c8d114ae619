import type { MigrationInterface, QueryRunner } from 'typeorm';
import { actRules } from '../src/consents/act-matrix.js';

/** What the handling of an object permits, told before it is tried: decided by cmd.may_act from the stored signed text. */
export class DecideActs1795300165000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RULES);
    await runner.query(
      'INSERT INTO cmd.act_rule SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(act text, code text, demand text, rank smallint)',
      [JSON.stringify(actRules())],
    );
    await runner.query(DECISION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION cmd.may_act(bigint, text), cmd.acts(); DROP TABLE cmd.act_rule');
  }
}

const RULES = `
  SET ROLE hub_cmd;
  -- src/consents/act-matrix.ts as rows. Nobody but cmd.may_act reads them.
  CREATE TABLE cmd.act_rule (
    act text NOT NULL,
    code text NOT NULL,
    demand text NOT NULL,
    rank smallint NOT NULL,
    PRIMARY KEY (act, code)
  );
  RESET ROLE;
`;

const DECISION = `
  SET ROLE hub_cmd;

  CREATE FUNCTION cmd.acts() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT r.act FROM cmd.act_rule r WHERE r.code = 'H0' ORDER BY r.act
  $$;

  -- Whether the caller may do this with an object that the caller sees: the strictest of what its codes demand, unless the agency sent it
  -- itself, the sender allows it or has consented. No row: there is no such object, or no such act.
  CREATE FUNCTION cmd.may_act(p_seq bigint, p_act text) RETURNS TABLE (outcome text, because text, consent uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  DECLARE
    me hub.context := cmd.context();
    target hub.object;
    rule cmd.act_rule;
    handling jsonb;
    codes jsonb;
  BEGIN
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = p_seq AND cmd.sees(o.seq);
    IF NOT FOUND THEN RETURN; END IF;
    handling := cmd.handling_of(target.text);
    -- Its own codes, and those under which it was passed on to the caller's agency.
    SELECT COALESCE(handling->'codes', '["H0"]') || COALESCE(pg_catalog.jsonb_agg(c), '[]') INTO codes
      FROM hub.onward w CROSS JOIN LATERAL pg_catalog.unnest(w.codes) c WHERE w.object_seq = p_seq AND w.to_party IN (me.agency, me.unit);
    SELECT r.* INTO rule FROM cmd.act_rule r WHERE r.act = p_act AND codes ? r.code
      ORDER BY r.rank DESC, r.code LIMIT 1;
    IF NOT FOUND THEN RETURN; END IF;
    consent := NULL;

    IF target.from_agency = me.agency THEN
      outcome := 'ALLOWED'; because := 'OWN_OBJECT'; RETURN NEXT; RETURN;
    ELSIF rule.demand IN ('OFF', 'OWN_ONLY') THEN
      outcome := 'OFF'; because := CASE rule.demand WHEN 'OFF' THEN rule.code ELSE 'OWN_DATA_ONLY' END; RETURN NEXT; RETURN;
    ELSIF cmd.restrictions_unread(ARRAY[p_seq]) <> '{}' THEN
      outcome := 'ACKNOWLEDGE'; because := 'H3'; RETURN NEXT; RETURN;
    ELSIF rule.demand IN ('ALLOWED', 'ACKNOWLEDGE') THEN
      -- Where the whole agency was addressed, every unit has it already.
      IF p_act = 'TASK' AND NOT EXISTS (
        SELECT 1 FROM hub.release r JOIN hub.membership m ON m.audience_id = r.audience_id JOIN hub.audience a ON a.id = r.audience_id
        WHERE r.seq = p_seq AND r.recalled_at IS NULL AND m.agency_id = me.agency AND (m.unit_id IS NULL OR m.unit_id = me.unit)
          AND (m.unit_id IS NULL OR cmd.may_distribute(p_seq, target.text, a.id)))
      THEN outcome := 'CONSENT'; because := 'UNIT_ONLY';
      ELSE outcome := 'ALLOWED'; because := CASE rule.demand WHEN 'ALLOWED' THEN 'H0' ELSE 'H3' END;
      END IF;
      RETURN NEXT; RETURN;
    ELSIF p_act = 'EVIDENCE' AND rule.demand = 'IF_AGREED' AND handling->>'evidenceUse' = 'YES' AND EXISTS (
      SELECT 1 FROM hub.agreement a WHERE a.id = handling->'legalBasis'->>'agreement' AND a.evidence_rule = 'YES'
        AND a.valid_from <= cmd.now() AND (a.valid_until IS NULL OR a.valid_until > cmd.now()) AND a.suspended_at IS NULL)
    THEN
      outcome := 'ALLOWED'; because := 'SENDER_ALLOWS'; RETURN NEXT; RETURN;
    END IF;

    SELECT q.id INTO consent FROM hub.consent c JOIN hub.object q ON q.seq = c.ask_seq LEFT JOIN hub.agency g ON g.id = c.for_agency
      WHERE c.object_seq = p_seq AND c.from_agency = me.agency
        AND cmd.consent_state(c.state, c.due_at, c.expires_at) IN ('GRANTED', 'GRANTED_WITH_CONDITIONS')
        AND (p_act = 'EVIDENCE' AND c.for_what = 'EVIDENCE' OR c.for_what = 'ONWARD' AND p_act =
          CASE WHEN g.country = (SELECT x.country FROM hub.agency x WHERE x.id = me.agency) THEN 'PASS_NATIONAL' ELSE 'PASS_ABROAD' END)
      ORDER BY c.ask_seq DESC LIMIT 1;
    outcome := CASE WHEN consent IS NULL THEN 'CONSENT' ELSE 'ALLOWED' END;
    because := CASE WHEN consent IS NOT NULL THEN 'CONSENT_GRANTED' WHEN rule.demand = 'IF_AGREED' THEN 'SENDER_SILENT'
      WHEN p_act = 'PASS_ABROAD' THEN 'ANY_CONSENT' ELSE rule.code END;
    RETURN NEXT;
  END $$;

  REVOKE ALL ON FUNCTION cmd.acts(), cmd.may_act(bigint, text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.acts(), cmd.may_act(bigint, text) TO hub_app;
  RESET ROLE;
`;
