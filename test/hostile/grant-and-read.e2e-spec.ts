import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeAndSubmit } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';

let t: TestHub;
let vn: Party;
let la: Party;
let id: string;
let community: string;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '100000000' });
  vn = await t.enrol('VN-CUS-AS');
  const th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  const agreement = await t.agree([vn, th, la]);
  community = await t.community([vn, th, la]);
  id = (await composeAndSubmit(vn, { to: [community], agreement })).id;
});
afterAll(() => t.stop());

/** Ways to read one object; each tells whether it was shown. */
const READS: (() => Promise<boolean>)[] = [
  async () => (await la.askRaw('query($id: ID!) { object(id: $id) { id text } }', { id })).includes('"text"'),
  async () => (await la.askRaw('query($id: ID!) { alert(id: $id) { id body { title } } }', { id })).includes('"title"'),
  async () => (await la.askRaw('{ inbox { nodes { id } } }')).includes(id),
  async () => (await la.askRaw('{ inbox(lookUp: { field: PARTNER, value: "VN-CUS" }) { nodes { id } } }')).includes(id),
];

/** Ways to grant sight of the object and to take it. */
const GRANTS: Record<string, { grant: string; revoke: string }> = {
  'a membership that comes and goes': {
    grant: `INSERT INTO hub.membership (audience_id, agency_id, since_seq)
      SELECT audience_id, 'LA-CUS', 0 FROM hub.community WHERE 'community:' || id = $1`,
    revoke: `DELETE FROM hub.membership m USING hub.community c
      WHERE m.audience_id = c.audience_id AND m.agency_id = 'LA-CUS' AND 'community:' || c.id = $1`,
  },
  'a release that ends and begins again': {
    // The sweeper may have been there meanwhile.
    grant: `WITH granted AS (
        UPDATE hub.release r SET until = NULL, live = true FROM hub.community c
        WHERE r.audience_id = c.audience_id AND 'community:' || c.id = $1 RETURNING r.audience_id, r.seq)
      UPDATE hub.release_term t SET live = true FROM granted g WHERE t.audience_id = g.audience_id AND t.seq = g.seq`,
    revoke: `UPDATE hub.release r SET until = '2000-01-01Z' FROM hub.community c
      WHERE r.audience_id = c.audience_id AND 'community:' || c.id = $1`,
  },
};

const TIMES = 500;

describe('threats 46 granting, revoking and reading at once', () => {
  it.each(Object.entries(GRANTS))(
    'with %s: what is read afterwards is what was decided last',
    async (_, { grant, revoke }) => {
      const shown = { during: 0, after: 0 };
      for (let i = 0; i < TIMES; i += 1) {
        const isGranted = i % 2 === 1;
        const read = READS[Math.floor(i / 2) % READS.length]!;
        // The order of these two is the database's; the second read comes after the change in any order.
        const [during] = await Promise.all([read(), t.database.sql(isGranted ? grant : revoke, [community])]);
        const after = await read();
        expect([i, after]).toEqual([i, isGranted]);
        shown.during += Number(during);
        shown.after += Number(after);
      }
      expect(shown.after).toBe(TIMES / 2);
      // Had every read come before the change, or every one after it, nothing would have been at once.
      expect(shown.during).toBeGreaterThan(0);
      expect(shown.during).toBeLessThan(TIMES);
    },
    180_000,
  );
});
