import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { GroundCount, LetterCounts } from './letter.models.js';
import type { LetterDirection } from './register-codes.js';

interface CountRow extends LetterCounts {
  partnerId: string;
  direction: LetterDirection;
}

/** The requests of a year by partner and direction, as far as the caller sees them; a year is one of the agency's own clock. */
export async function readLetterCounts(tx: EntityManager, year: number): Promise<CountRow[]> {
  const rows = await prepared<Omit<CountRow, 'refusals'> & { refusals: GroundCount[] | null }>(
    tx,
    'letter-counts',
    COUNTS,
    [year],
  );
  return rows.map((row) => ({ ...row, refusals: row.refusals ?? [] }));
}

const COUNTS = `
  WITH asked AS (
    SELECT l.id, l.partner_id, l.direction, l.at, l.answered_at, l.closed_at,
      (SELECT true FROM hub.duty d WHERE d.letter_id = l.id AND d.kind = 'ANSWER' AND d.settled_at IS NULL AND d.paused_at IS NULL
         AND d.due_at <= cmd.now() LIMIT 1) AS is_overdue
    FROM agency.letter l JOIN hub.agency a ON a.id = l.agency_id
    WHERE l.agency_id = (SELECT cmd.my_agency()) AND l.kind = 'REQUEST' AND l.closed_as IS DISTINCT FROM 'MISTAKE'
      AND l.at >= make_timestamptz($1, 1, 1, 0, 0, 0, a.time_zone) AND l.at < make_timestamptz($1 + 1, 1, 1, 0, 0, 0, a.time_zone)),
  refused AS (
    SELECT g.partner_id, g.direction, json_agg(json_build_object('ground', g.ground, 'count', g.count) ORDER BY g.count DESC, g.ground) AS refusals
    FROM (SELECT q.partner_id, q.direction, r.ground, count(*)::integer AS count
          FROM asked q JOIN agency.letter r ON r.root_id = q.id AND r.ground IS NOT NULL AND r.closed_as IS DISTINCT FROM 'MISTAKE'
          GROUP BY q.partner_id, q.direction, r.ground) g
    GROUP BY g.partner_id, g.direction)
  SELECT q.partner_id AS "partnerId", q.direction, count(*)::integer AS asked, count(q.answered_at)::integer AS answered,
    (count(*) FILTER (WHERE q.answered_at IS NULL AND q.closed_at IS NULL))::integer AS open,
    (count(*) FILTER (WHERE q.is_overdue))::integer AS overdue,
    (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM q.answered_at - q.at) / 3600))::float8 AS "medianHours",
    (SELECT x.refusals FROM refused x WHERE x.partner_id = q.partner_id AND x.direction = q.direction) AS refusals
  FROM asked q GROUP BY q.partner_id, q.direction`;
