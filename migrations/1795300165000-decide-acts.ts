import type { MigrationInterface, QueryRunner } from 'typeorm';
import { actRules } from '../src/consents/act-matrix.js';

/** What the handling of an object permits, told before it is tried: decided by cmd.acts_of from the stored signed text. */
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
    await runner.query('DROP FUNCTION cmd.acts_of(bigint); DROP TABLE cmd.act_rule');
  }
}

const RULES = `
  SET ROLE hub_cmd;
  -- src/consents/act-matrix.ts as rows. Nobody but cmd.acts_of reads them.
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

  -- What the caller may do with an object that the caller sees: for each act the strictest of what its codes demand, unless the agency sent
  -- it itself, the sender allows it or has consented. No rows: there is no such object.
  CREATE FUNCTION cmd.acts_of(p_seq bigint) RETURNS TABLE (act text, outcome text, because text, consent uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
  #variable_conflict use_column
  DECLARE
    me hub.context := cmd.context();
    target hub.object;
    rule cmd.act_rule;
    handling jsonb;
    codes jsonb;
    is_unread boolean;
  BEGIN
    SELECT o.* INTO target FROM hub.object o WHERE o.seq = p_seq AND cmd.sees(o.seq);
    IF NOT FOUND THEN RETURN; END IF;
    handling := cmd.handling_of(target.text);
    -- Its own codes, and those under which it was passed on to the caller's agency.
    SELECT COALESCE(handling->'codes', '["H0"]') || COALESCE(pg_catalog.jsonb_agg(c), '[]') INTO codes
      FROM hub.onward w CROSS JOIN LATERAL pg_catalog.unnest(w.codes) c WHERE w.object_seq = p_seq AND w.to_party IN (me.agency, me.unit);
    is_unread := EXISTS (SELECT 1 FROM cmd.conditions(ARRAY[p_seq]) c WHERE c.acknowledged_at IS NULL);

    FOR rule IN SELECT DISTINCT ON (r.act) r.* FROM cmd.act_rule r WHERE codes ? r.code ORDER BY r.act, r.rank DESC, r.code LOOP
      act := rule.act;
      consent := NULL;
      IF target.from_agency = me.agency THEN
        outcome := 'ALLOWED'; because := 'OWN_OBJECT';
      ELSIF rule.demand IN ('OFF', 'OWN_ONLY') THEN
        outcome := 'OFF'; because := CASE rule.demand WHEN 'OFF' THEN rule.code ELSE 'OWN_DATA_ONLY' END;
      ELSIF is_unread THEN
        outcome := 'ACKNOWLEDGE'; because := 'H3';
      -- Where the whole agency was addressed, every unit has it already.
      ELSIF rule.act = 'TASK' AND NOT EXISTS (
        SELECT 1 FROM hub.release r JOIN hub.membership m ON m.audience_id = r.audience_id JOIN hub.audience a ON a.id = r.audience_id
        WHERE r.seq = p_seq AND r.recalled_at IS NULL AND m.agency_id = me.agency AND (m.unit_id IS NULL OR m.unit_id = me.unit)
          AND (m.unit_id IS NULL OR cmd.may_distribute(p_seq, target.text, a.id)))
      THEN
        outcome := 'CONSENT'; because := 'UNIT_ONLY';
      ELSIF rule.demand IN ('ALLOWED', 'ACKNOWLEDGE') THEN
        outcome := 'ALLOWED'; because := CASE rule.demand WHEN 'ALLOWED' THEN 'H0' ELSE 'H3' END;
      ELSIF rule.act = 'EVIDENCE' AND rule.demand = 'IF_AGREED' AND handling->>'evidenceUse' = 'YES' AND EXISTS (
        SELECT 1 FROM hub.agreement a WHERE a.id = handling->'legalBasis'->>'agreement' AND a.evidence_rule = 'YES'
          AND a.valid_from <= cmd.now() AND (a.valid_until IS NULL OR a.valid_until > cmd.now()) AND a.suspended_at IS NULL)
      THEN
        outcome := 'ALLOWED'; because := 'SENDER_ALLOWS';
      ELSE
        SELECT q.id INTO consent FROM hub.consent c JOIN hub.object q ON q.seq = c.ask_seq LEFT JOIN hub.agency g ON g.id = c.for_agency
          WHERE c.object_seq = p_seq AND c.from_agency = me.agency
            AND cmd.consent_state(c.state, c.due_at, c.expires_at) IN ('GRANTED', 'GRANTED_WITH_CONDITIONS')
            AND (rule.act = 'EVIDENCE' AND c.for_what = 'EVIDENCE' OR c.for_what = 'ONWARD' AND rule.act =
              CASE WHEN g.country = (SELECT x.country FROM hub.agency x WHERE x.id = me.agency) THEN 'PASS_NATIONAL' ELSE 'PASS_ABROAD' END)
          ORDER BY c.ask_seq DESC LIMIT 1;
        outcome := CASE WHEN consent IS NULL THEN 'CONSENT' ELSE 'ALLOWED' END;
        because := CASE WHEN consent IS NOT NULL THEN 'CONSENT_GRANTED' WHEN rule.demand = 'IF_AGREED' THEN 'SENDER_SILENT'
          WHEN rule.act = 'PASS_ABROAD' THEN 'ANY_CONSENT' ELSE rule.code END;
      END IF;
      RETURN NEXT;
    END LOOP;
  END $$;

  REVOKE ALL ON FUNCTION cmd.acts_of(bigint) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cmd.acts_of(bigint) TO hub_app;
  RESET ROLE;
`;
