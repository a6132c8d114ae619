import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import { anOfficer } from './support/browser.js';
import { aHandling, composeAndSubmit } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';

/** Who will see this, told before it is sent. */

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let police: Party;
let stranger: Party;
let agreement: string;
let withPolice: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB', { units: [] });
  la = await t.enrol('LA-CUS-HQ');
  police = await t.enrol('TH-POL-LCB');
  stranger = await t.enrol('TH-NAVY-LCB');
  agreement = await t.agree([vn, th, la]);
  withPolice = await t.agree([vn, th, police]);
  await t.database.sql("UPDATE hub.unit SET place = 'THLCH' WHERE id LIKE 'TH-%-LCB'");
  for (let index = 0; index < 3; index += 1) await anOfficer(t, th, ['PCU_MEMBER']);
  await anOfficer(t, th, ['PCU_MEMBER'], { clearance: 0 });
  await anOfficer(t, th, ['ANALYST'], { maySeeNominal: false });
  await anOfficer(t, th, ['PARTNER_READER']);
  await anOfficer(t, th, ['AGENCY_ADMIN']);
  for (let index = 0; index < 2; index += 1) await anOfficer(t, police, ['FIELD_OFFICER']);
  for (let index = 0; index < 6; index += 1) await anOfficer(t, stranger, ['FIELD_OFFICER']);
});
afterAll(() => t.stop());

interface Seen {
  readers: { unit: string; officers: number; notReading: { reason: string; officers: number }[] }[];
  neighbours: { agency: string; unit: string; officers: number | null; fewerThan: number | null }[];
  withheld: { name: string; message: string }[];
  agreement: { id: string; nominalAllowed: boolean; evidenceRule: string } | null;
  expiresAt: string | null;
  warnings: { code: string; message: string }[];
  refusals: { code: string }[];
}

const PREVIEW = `query($input: ComposeAlertInput!) { composeAlert(input: $input) { preview {
  readers { unit officers notReading { reason officers } }
  neighbours { agency unit officers fewerThan }
  withheld { name message }
  agreement { id nominalAllowed evidenceRule }
  expiresAt warnings { code message } refusals { code } } } }`;

async function preview(
  to: string[],
  {
    handling = {},
    under = agreement,
    language = 'en',
    ...rest
  }: Record<string, unknown> & {
    handling?: object;
    under?: string;
    language?: string;
  } = {},
): Promise<Seen> {
  const { ref: _, ...body } = aPersonAlertBody();
  const answer = await vn.ask<{ composeAlert: { preview: Seen }[] }>(
    PREVIEW,
    { input: { to, handling: aHandling(under, handling), body, ...rest } },
    { 'accept-language': language },
  );
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeAlert[0]!.preview;
}

const nominal = { nominal: someNominalData() };
const codes = ({ warnings }: Seen): string[] => warnings.map(({ code }) => code);
const UNTIL = { expiresAt: '2099-01-01T00:00:00Z' };

describe('who will see it', () => {
  it('is counted for each unit: all who read, those who are not cleared for the marking apart', async () => {
    expect((await preview(['TH-CUS'])).readers).toEqual([{ unit: 'TH-CUS-LCB', officers: 6, notReading: [] }]);
    expect((await preview(['TH-CUS-LCB'], { handling: { classification: 'RESTRICTED' } })).readers).toEqual([
      { unit: 'TH-CUS-LCB', officers: 5, notReading: [{ reason: 'NOT_CLEARED', officers: 1 }] },
    ]);
  });

  it('tells how many do not get the personal details: by their clearance, or by a role that never does', async () => {
    const seen = await preview(['TH-CUS'], { ...nominal, handling: { classification: 'RESTRICTED' } });
    expect(seen.readers[0]!.notReading).toEqual([
      { reason: 'NOT_CLEARED', officers: 1 },
      { reason: 'NO_PERSONAL_DETAILS', officers: 2 },
    ]);
    expect(seen.withheld).toEqual([{ name: 'nominal', message: expect.stringContaining('cleared for personal') }]);
    const inVietnamese = await preview(['TH-CUS'], { ...nominal, language: 'vi' });
    expect(inVietnamese.withheld[0]!.message).toContain('dữ liệu cá nhân');
  });

  it('tells the agreement and what it allows, and when sight ends', async () => {
    const seen = await preview(['TH-CUS'], { handling: UNTIL });
    expect(seen.agreement).toEqual({ id: agreement, nominalAllowed: true, evidenceRule: 'YES' });
    expect(seen.expiresAt).toBe('2099-01-01T00:00:00.000Z');
  });

  it('tells nothing about who stands behind an addressee that is refused, nor about an agreement of others', async () => {
    const others = await t.agree([th, la]);
    const seen = await preview(['TH-CUS'], { under: others });
    expect(seen).toMatchObject({ readers: [], neighbours: [], agreement: null, refusals: [{ code: 'AGREEMENT' }] });
    expect(await preview(['TH-NAVY'])).toMatchObject({
      readers: [],
      neighbours: [],
      refusals: [{ code: 'AGREEMENT' }],
    });
  });
});

describe('who sits beside them and will not see it', () => {
  it('is named by unit, without a number where the service is not a party to the agreement', async () => {
    expect((await preview(['TH-CUS'])).neighbours).toEqual([
      { agency: 'TH-NAVY', unit: 'TH-NAVY-LCB', officers: null, fewerThan: null },
      { agency: 'TH-POL', unit: 'TH-POL-LCB', officers: null, fewerThan: null },
    ]);
    expect((await preview(['LA-CUS'])).neighbours).toEqual([]);
  });

  it('is a number only from five on', async () => {
    const few = await preview(['TH-CUS'], { under: withPolice });
    expect(few.neighbours).toContainEqual({ agency: 'TH-POL', unit: 'TH-POL-LCB', officers: null, fewerThan: 5 });
    const more = [];
    for (let index = 0; index < 3; index += 1) more.push(await anOfficer(t, police, ['FIELD_OFFICER']));
    const enough = await preview(['TH-CUS'], { under: withPolice });
    expect(enough.neighbours).toContainEqual({ agency: 'TH-POL', unit: 'TH-POL-LCB', officers: 5, fewerThan: null });
    await t.database.sql('DELETE FROM agency.officer WHERE pseudonym = ANY ($1)', [more]);
  });

  it('is nobody who gets it as well', async () => {
    const both = await preview(['TH-CUS', 'TH-POL'], { under: withPolice, addresseesSeeEachOther: true });
    expect(both.neighbours.map(({ agency }) => agency)).toEqual(['TH-NAVY']);
  });
});

describe('over-sharing', () => {
  it('is not warned of where there is none', async () => {
    expect(codes(await preview(['TH-CUS'], { handling: UNTIL }))).toEqual([]);
  });

  it('is a matter without end, conditions that bind replies, and addressees who see each other', async () => {
    expect(codes(await preview(['TH-CUS']))).toEqual(['NO_EXPIRY']);
    const bound = await preview(['TH-CUS'], { handling: { ...UNTIL, codes: ['H1', 'H2'] } });
    expect(bound.warnings).toEqual([{ code: 'CONDITIONS_BIND_REPLIES', message: expect.stringContaining('H1, H2') }]);
    const seen = await preview(['TH-CUS', 'LA-CUS'], { handling: UNTIL, addresseesSeeEachOther: true });
    expect(codes(seen)).toEqual(['ADDRESSEES_SEE_EACH_OTHER', 'NOBODY_READS']);
    expect(seen.warnings[1]!.message).toContain('LA-CUS-HQ');
  });

  it('is passing on that the agreement does not provide for', async () => {
    const [row] = await t.database.sql<{ rule: string }>(
      'SELECT onward_rule AS rule FROM hub.agreement WHERE id = $1',
      [agreement],
    );
    try {
      await t.database.sql("UPDATE hub.agreement SET onward_rule = 'AGENCY' WHERE id = $1", [agreement]);
      const within = await preview(['TH-CUS'], { handling: { ...UNTIL, onwardRule: 'AGENCY' } });
      const beyond = await preview(['TH-CUS'], { handling: { ...UNTIL, onwardRule: 'NATIONAL_CUSTOMS' } });
      expect([codes(within), codes(beyond)]).toEqual([[], ['ONWARD_BEYOND_AGREEMENT']]);
    } finally {
      await t.database.sql('UPDATE hub.agreement SET onward_rule = $2 WHERE id = $1', [agreement, row!.rule]);
    }
  });

  it('is personal details that nobody of a unit is given', async () => {
    const unread = await t.enrol('PH-BOC-HQ');
    const under = await t.agree([vn, unread]);
    await anOfficer(t, unread, ['PARTNER_READER']);
    expect(codes(await preview(['PH-BOC'], { under, handling: UNTIL }))).toEqual([]);
    expect(codes(await preview(['PH-BOC'], { under, handling: UNTIL, ...nominal }))).toEqual([
      'PERSONAL_DETAILS_UNREAD',
    ]);
  });

  it('is more units than ten', async () => {
    const units = Array.from({ length: 10 }, (_, index) => ({
      id: `MY-CUS-U${index}`,
      kind: 'REGIONAL_OFFICE' as const,
    }));
    const my = await t.enrol('MY-CUS-HQ');
    const under = await t.agree([vn, my]);
    const add = (id: string): Promise<unknown> =>
      t.database.sql(
        `INSERT INTO hub.unit (id, agency_id, kind, name_en, name_vi, valid_from)
         VALUES ($1, 'MY-CUS', 'REGIONAL_OFFICE', 'Office', 'Văn phòng', '2020-01-01')`,
        [id],
      );
    for (const { id } of units.slice(0, 9)) await add(id);
    expect(codes(await preview(['MY-CUS'], { under, handling: UNTIL }))).not.toContain('MANY_UNITS');
    await add(units[9]!.id);
    expect(codes(await preview(['MY-CUS'], { under, handling: UNTIL }))).toContain('MANY_UNITS');
  });

  it('is a new version with freer conditions than the one before', async () => {
    const first = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, handling: { ...UNTIL, codes: ['H1'] } });
    const { ref: _, ...body } = aPersonAlertBody();
    const next = { supersedes: first.id, body };
    const same = await preview(['TH-CUS'], { ...next, handling: { ...UNTIL, codes: ['H1'] } });
    const freer = await preview(['TH-CUS'], { ...next, handling: UNTIL });
    expect([codes(same), codes(freer)]).toEqual([['CONDITIONS_BIND_REPLIES'], ['WIDER_THAN_BEFORE']]);
  });
});
