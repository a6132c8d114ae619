import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** What an agency of the benchmark sees of all objects, whatever the number of its audiences. */
export type Sight = 'all' | '5 %' | '0.1 % spread' | '0.1 % oldest' | 'expired or recalled' | 'nothing';

/** One agency whose page is measured. */
export interface Viewer {
  agency: string;
  sight: Sight;
  audiences: number;
}

const SIGHTS: Sight[] = ['all', '5 %', '0.1 % spread', '0.1 % oldest', 'expired or recalled', 'nothing'];
const AUDIENCES = [1, 10, 40];
const AGENCIES = 200;
const PAGE_SIZE = 20;

export const agencyCode = (number: number): string => `BM-A${String(number).padStart(3, '0')}`;
export const unitCode = (agency: string): string => `${agency}-HQ`;

/** The agencies to measure: each sight with 1, 10 and 40 audiences. The others only fill the directory. */
export const VIEWERS: Viewer[] = AUDIENCES.flatMap((audiences, block) =>
  SIGHTS.map((sight, place) => ({ agency: agencyCode(block * 10 + place + 1), sight, audiences })),
);

/** Which objects, counted 1 to `objects`, a sight covers. A thousandth is never less than a page, or sizes could not be compared. */
function selection(sight: Sight, objects: number): string {
  const thousandth = Math.max(PAGE_SIZE, objects / 1000);
  switch (sight) {
    case 'all':
    case 'expired or recalled':
      return 'true';
    case '5 %':
      return 'n % 20 = 0';
    case '0.1 % spread':
      return `n % ${objects / thousandth} = 0`;
    case '0.1 % oldest':
      return `n <= ${thousandth}`;
    case 'nothing':
      return 'false';
  }
}

/**
 * Fills a migrated database: 200 agencies, `objects` objects of one sender, and for each viewer a release of every object that it
 * sees, spread over its audiences. Rows are unsigned: only reading is measured.
 */
export async function fillWorld(client: pg.Client, objects: number, say: (text: string) => void): Promise<void> {
  await client.query('SET synchronous_commit = off');
  await client.query(
    `INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from)
     SELECT 'BM-A' || lpad(i::text, 3, '0'), 'CUSTOMS', 'BM', 'Agency ' || i, 'Cơ quan ' || i, '2020-01-01' FROM generate_series(1, $1) i`,
    [AGENCIES],
  );
  await client.query(
    `INSERT INTO hub.unit (id, agency_id, kind, name_en, name_vi, valid_from)
     SELECT id || '-HQ', id, 'ANTI_SMUGGLING', name_en, name_vi, valid_from FROM hub.agency`,
  );
  await client.query(
    `INSERT INTO hub.audience (kind, owner) SELECT k, id FROM hub.agency, unnest(ARRAY['AGENCY', 'SENT']) k`,
  );
  await client.query(
    `INSERT INTO hub.membership (audience_id, agency_id, outbox)
     SELECT a.id, a.owner, a.kind = 'SENT' FROM hub.audience a WHERE a.kind IN ('AGENCY', 'SENT')`,
  );
  say(`${objects.toLocaleString('en')} objects`);
  await client.query(
    `INSERT INTO hub.object (id, kind, from_agency, from_unit, recipients, digest, text, receipt, ref, title, urgency, clearance,
       has_parts, thread_seq, created_at, received_at)
     SELECT gen_random_uuid(), 'alert', 'BM-A200', 'BM-A200-HQ', '{BM-A001}', 'sha256:' || encode(sha256(n::text::bytea), 'hex'),
       '{"payload":"e30","x":"' || repeat('x', 1475) || '"}', 'receipt', NULL, 'Alert number ' || n, 'ROUTINE', 0, false, n, now(), now()
     FROM generate_series(1, $1) n`,
    [objects],
  );
  const first =
    Number((await client.query<{ seq: string }>('SELECT min(seq) AS seq FROM hub.object')).rows[0]!.seq) - 1;
  for (const { agency, sight, audiences } of VIEWERS) {
    say(`releases: ${sight}, ${audiences} audiences`);
    const ids = await audiencesOf(client, agency, audiences);
    const isOver = sight === 'expired or recalled';
    await client.query(
      `INSERT INTO hub.release (audience_id, seq, clearance, until, recalled_at, live)
       SELECT ($1::integer[])[1 + (row_number() OVER ()) % $2], n + ${first}, 0,
         CASE WHEN ${isOver} AND n % 2 = 0 THEN now() - interval '1 day' END, CASE WHEN ${isOver} AND n % 2 = 1 THEN now() END, ${!isOver}
       FROM generate_series(1, $3) n WHERE ${selection(sight, objects)}`,
      [ids, audiences, objects],
    );
  }
  say('vacuum');
  await client.query('VACUUM (ANALYZE) hub.object');
  await client.query('VACUUM (ANALYZE) hub.release');
  await client.query('ANALYZE');
}

/** The viewer's own audience and as many communities as are missing. */
async function audiencesOf(client: pg.Client, agency: string, count: number): Promise<number[]> {
  const own = await client.query<{ id: number }>(`SELECT id FROM hub.audience WHERE kind = 'AGENCY' AND owner = $1`, [
    agency,
  ]);
  const ids = [own.rows[0]!.id];
  for (let i = 1; i < count; i += 1) {
    const made = await client.query<{ id: number }>(
      `INSERT INTO hub.audience (kind, owner) VALUES ('COMMUNITY', $1) RETURNING id`,
      [randomUUID()],
    );
    ids.push(made.rows[0]!.id);
    await client.query('INSERT INTO hub.membership (audience_id, agency_id) VALUES ($1, $2)', [
      made.rows[0]!.id,
      agency,
    ]);
  }
  return ids;
}
