import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { ScopedDatabase } from '../src/access/scoped-database.js';
import { aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { accessPageStatement } from '../src/audit/access-log.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import { openObject } from '../src/exchange/object-pages.js';
import { aSignedIn, type Browser, makeStale } from './support/browser.js';
import { asServer, seqOf } from './support/commands.js';
import { composeAndSubmit, recall } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { aCaller } from './support/world.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let kh: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  kh = await t.enrol('KH-CUS-HQ');
  agreement = await t.agree([vn, th, la, kh]);
});
afterAll(() => t.stop());

const OBJECT = 'query($id: ID!) { object(id: $id) { id text } }';
const EXPORT = 'query($id: ID!) { object(id: $id, forExport: true) { id text parts { text } } }';
const LOOK_UP = 'query($lookUp: LookUp!) { inbox(lookUp: $lookUp) { nodes { id } } }';
const ACCESS = `query($id: ID!, $by: AccessBy, $first: Int, $after: String) {
  objectAccess(id: $id, by: $by, first: $first, after: $after) {
    nodes { act agency unit officer officerTitleEn officerTitleVi purpose at }
    edges { cursor node { act } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  nodes: {
    act: string;
    agency: string;
    unit: string;
    officer: string | null;
    officerTitleEn: string | null;
    officerTitleVi: string | null;
    purpose: string;
    at: string;
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function accesses(party: Party, variables: object): Promise<Page> {
  const answer = await party.ask<{ objectAccess: Page }>(ACCESS, variables);
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.objectAccess;
}

async function codeOf(party: Party, variables: object): Promise<string | undefined> {
  return (await party.ask(ACCESS, variables)).errors?.[0]?.extensions.code;
}

/** Acts as `ACT unit`, oldest first. */
async function acts(party: Party, id: string, by: 'OTHERS' | 'OWN' = 'OTHERS'): Promise<string[]> {
  const { nodes } = await accesses(party, { id, by, first: 100 });
  return nodes.map(({ act, unit }) => `${act} ${unit}`).toReversed();
}

/** An alert to both TH-CUS and LA-CUS. KH-CUS never sees it. */
async function anAlertToBoth(more: { body?: object; nominal?: object } = {}): Promise<string> {
  const to = ['TH-CUS', 'LA-CUS'];
  return (await composeAndSubmit(vn, { to, agreement, addresseesSeeEachOther: true, ...more })).id;
}

/** The number of rows that any reading could leave. */
async function events(): Promise<object> {
  const [row] = await t.database.sql(
    'SELECT (SELECT count(*) FROM audit.access) AS access, (SELECT count(*) FROM audit.pending) AS pending',
  );
  return row!;
}

async function codes(browser: Browser, query: string, id: string): Promise<string[] | undefined> {
  return (await browser.ask(query, { id })).errors?.map(({ extensions }) => extensions.code);
}

describe('threats 26 an export by an officer', () => {
  it('takes a fresh passkey, whether there is the object or not; reading on the screen does not', async () => {
    const id = await anAlertToBoth();
    const { officer, browser, passkey } = await aSignedIn(t, th, ['ANALYST']);
    expect(await codes(browser, EXPORT, id)).toBeUndefined();
    await makeStale(t, officer);
    const before = await events();
    for (const each of [id, randomUUID()]) expect(await codes(browser, EXPORT, each)).toEqual(['STEP_UP_REQUIRED']);
    expect(await events()).toEqual(before);
    expect(await codes(browser, OBJECT, id)).toBeUndefined();
    await browser.signIn(passkey);
    expect(await codes(browser, EXPORT, id)).toBeUndefined();
    expect(await acts(vn, id)).toEqual(['EXPORTED TH-CUS-LCB', 'OPENED TH-CUS-LCB', 'EXPORTED TH-CUS-LCB']);
  });
});

describe('the owner of an object', () => {
  it('sees agency, unit, time and purpose of each opening and export, newest first', async () => {
    const id = await anAlertToBoth();
    const before = Date.now() - 1_000;
    await th.ask(OBJECT, { id }, { 'x-liaison-purpose': 'INVESTIGATE' });
    await la.ask(EXPORT, { id });
    const { nodes } = await accesses(vn, { id });
    const nobody = { officer: null, officerTitleEn: null, officerTitleVi: null, at: expect.any(String) };
    expect(nodes).toEqual([
      { act: 'EXPORTED', agency: 'LA-CUS', unit: 'LA-CUS-HQ', purpose: 'PREVENT_DETECT', ...nobody },
      { act: 'OPENED', agency: 'TH-CUS', unit: 'TH-CUS-LCB', purpose: 'INVESTIGATE', ...nobody },
    ]);
    for (const { at } of nodes) expect(Math.abs(Date.parse(at) - before)).toBeLessThan(60_000);
  });

  it('sees who was given personal details, in an opening and in an export', async () => {
    const { ref: _, ...body } = aPersonAlertBody();
    const id = await anAlertToBoth({ body, nominal: someNominalData() });
    await th.ask('query($id: ID!) { object(id: $id) { parts { text } } }', { id });
    await la.ask(EXPORT, { id });
    expect(await acts(vn, id)).toEqual([
      'OPENED TH-CUS-LCB',
      'NOMINAL_VIEWED TH-CUS-LCB',
      'EXPORTED LA-CUS-HQ',
      'NOMINAL_VIEWED LA-CUS-HQ',
    ]);
  });

  it('sees who found it by an identifier, and not who merely has it in a list', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const [row] = await t.database.sql<{ ref: string }>('SELECT ref FROM hub.object WHERE id = $1', [id]);
    const lookUp = { field: 'REFERENCE', value: row!.ref };
    await th.ask('{ inbox { nodes { id } } }');
    await th.ask(LOOK_UP, { lookUp: { field: 'PARTNER', value: 'VN-CUS' } });
    expect(await acts(vn, id)).toEqual([]);
    const found = await th.ask<{ inbox: { nodes: { id: string }[] } }>(LOOK_UP, { lookUp });
    expect(found.data?.inbox.nodes).toEqual([{ id }]);
    await kh.ask(LOOK_UP, { lookUp });
    await vn.ask('query($lookUp: LookUp!) { outbox(lookUp: $lookUp) { nodes { id } } }', { lookUp });
    expect(await acts(vn, id)).toEqual(['HIT TH-CUS-LCB']);
    expect(await acts(vn, id, 'OWN')).toEqual([]);
  });

  it("finds its own openings apart from others'", async () => {
    const id = await anAlertToBoth();
    await vn.ask(OBJECT, { id });
    await th.ask(OBJECT, { id });
    expect(await acts(vn, id)).toEqual(['OPENED TH-CUS-LCB']);
    expect(await acts(vn, id, 'OWN')).toEqual(['OPENED VN-CUS-AS']);
  });

  it('still sees it all after it has recalled the object', async () => {
    const id = await anAlertToBoth();
    await th.ask(OBJECT, { id });
    await recall(vn, id);
    expect(await acts(vn, id)).toEqual(['OPENED TH-CUS-LCB']);
    expect(await th.askRaw(ACCESS, { id, by: 'OWN' })).toBe(await th.askRaw(ACCESS, { id: randomUUID(), by: 'OWN' }));
  });

  it('turns pages that lose and repeat nothing, however much is added meanwhile', async () => {
    const id = await anAlertToBoth();
    for (let i = 0; i < 3; i += 1) await th.ask(OBJECT, { id });
    await la.ask(OBJECT, { id });
    const first = await accesses(vn, { id, first: 3 });
    await la.ask(EXPORT, { id });
    const second = await accesses(vn, { id, first: 3, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map(({ unit }) => unit)).toEqual([
      'LA-CUS-HQ',
      'TH-CUS-LCB',
      'TH-CUS-LCB',
      'TH-CUS-LCB',
    ]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const after = first.pageInfo.endCursor;
    expect(await codeOf(vn, { id, by: 'OWN', after })).toBe('BAD_USER_INPUT');
    expect(await codeOf(vn, { id: await anAlertToBoth(), after })).toBe('BAD_USER_INPUT');
    expect(await codeOf(th, { id, after })).toBe('BAD_USER_INPUT');
    expect(await codeOf(vn, { id, first: 101 })).toBe('BAD_USER_INPUT');
    expect(await codeOf(vn, { id: 'x' })).toBe('BAD_USER_INPUT');
  });
});

describe('an addressee', () => {
  it('sees what its own agency did and nothing of others, not even that the object was opened', async () => {
    const id = await anAlertToBoth();
    const untouched = await anAlertToBoth();
    await vn.ask(OBJECT, { id });
    await la.ask(OBJECT, { id });
    await th.ask(OBJECT, { id });
    expect(await acts(th, id, 'OWN')).toEqual(['OPENED TH-CUS-LCB']);
    expect(await th.askRaw(ACCESS, { id })).toBe(await th.askRaw(ACCESS, { id: untouched }));
  });
});

describe('P4 a stranger', () => {
  it('gets, byte for byte, the answer that a random id gets', async () => {
    const id = await anAlertToBoth();
    await th.ask(OBJECT, { id });
    for (const by of ['OTHERS', 'OWN']) {
      const hidden = await kh.askRaw(ACCESS, { id, by });
      expect(hidden).toBe(await kh.askRaw(ACCESS, { id: randomUUID(), by }));
      expect(hidden).toContain('NOT_FOUND');
    }
  });
});

describe('L7 an opening that is refused', () => {
  it('leaves no event', async () => {
    const id = await anAlertToBoth();
    const [row] = await t.database.sql<{ seq: string; ref: string }>('SELECT seq, ref FROM hub.object WHERE id = $1', [
      id,
    ]);
    const before = await events();
    for (const query of [OBJECT, EXPORT, 'query($id: ID!) { alert(id: $id) { id } }']) await kh.ask(query, { id });
    await th.ask('query($id: ID!) { request(id: $id) { id } }', { id });
    await th.ask(OBJECT, { id: randomUUID() });
    await th.ask(OBJECT, { id: 'x' });
    await kh.ask(LOOK_UP, { lookUp: { field: 'REFERENCE', value: row!.ref } });
    await kh.ask(ACCESS, { id });
    await th.ask(ACCESS, { id });
    // Not even the server itself can record an object that its caller does not see.
    const seen = await asCaller(kh, null, (tx) =>
      tx.query<{ seen: string[] }[]>("SELECT cmd.record_access('object.opened', ARRAY[$1]::bigint[], NULL) AS seen", [
        row!.seq,
      ]),
    );
    expect(seen).toEqual([{ seen: [] }]);
    expect(await events()).toEqual(before);
  });

  it('cannot be hidden: the server can write, change and remove no event', async () => {
    const id = await anAlertToBoth();
    await th.ask(OBJECT, { id });
    for (const statement of [
      "UPDATE audit.access SET officer = 'p:other1'",
      'DELETE FROM audit.access',
      'TRUNCATE audit.access',
      `INSERT INTO audit.access (object_seq, owner_agency, clearance, event) VALUES (1, 'VN-CUS', 0, 'object.opened')`,
    ]) {
      const work = asCaller(th, null, (tx) => tx.query(statement));
      await expect(work).rejects.toMatchObject({ driverError: { code: '42501' } });
    }
    expect(await acts(vn, id)).toEqual(['OPENED TH-CUS-LCB']);
  });
});

describe('an officer', () => {
  it('is a pseudonym, which tells only the own agency who it is', async () => {
    const id = await anAlertToBoth();
    await t.database.sql(
      `INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, valid_from)
       VALUES ('TH-CUS', 'p:7f3a21', 'TH-CUS-LCB', 'Analyst', 'Chuyên viên phân tích', ARRAY['ANALYST'], '2000-01-01Z'),
              ('VN-CUS', 'p:7f3a21', 'VN-CUS-AS', 'Someone else', 'Người khác', ARRAY['ANALYST'], '2000-01-01Z')`,
    );
    await asCaller(th, 'p:7f3a21', (tx) => openObject(tx, id, null));
    expect((await accesses(vn, { id })).nodes).toMatchObject([
      { agency: 'TH-CUS', officer: 'p:7f3a21', officerTitleEn: null, officerTitleVi: null },
    ]);
    expect((await accesses(th, { id, by: 'OWN' })).nodes).toMatchObject([
      { officer: 'p:7f3a21', officerTitleEn: 'Analyst', officerTitleVi: 'Chuyên viên phân tích' },
    ]);
  });
});

describe('a page of acts', () => {
  it('reads as little of an object that was opened 20,000 times as of any other', async () => {
    const id = await anAlertToBoth();
    await th.ask(OBJECT, { id });
    await t.database.sql(
      `INSERT INTO audit.access (object_seq, owner_agency, clearance, event, agency_id, unit_id, purpose)
       SELECT o.seq, 'VN-CUS', 0, 'object.opened', a, a || '-X', 'PREVENT_DETECT'
       FROM hub.object o, unnest(ARRAY['VN-CUS', 'LA-CUS']) a, generate_series(1, 10000) WHERE o.id = $1`,
      [id],
    );
    await t.database.sql('ANALYZE audit.access');
    const [row] = await t.database.sql<{ seq: string }>('SELECT seq FROM hub.object WHERE id = $1', [id]);
    for (const party of [vn, th, la]) {
      for (const by of ['OTHERS', 'OWN'] as const) {
        const page = { agencyId: party.agency, objectSeq: row!.seq, by, before: null, limit: 21 };
        const { text, values } = accessPageStatement(page);
        const [plan] = await asCaller(party, null, (tx) =>
          tx.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }[]>(
            `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
            values,
          ),
        );
        const { Plan } = plan!['QUERY PLAN'][0];
        const read = Plan['Shared Hit Blocks']! + Plan['Shared Read Blocks']!;
        expect([party.agency, by, read < 120, read]).toEqual([party.agency, by, true, read]);
      }
    }
  });
});

/** Works in the database as this unit's system, or as an officer of the unit. */
function asCaller<T>(party: Party, officer: string | null, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  const caller = aCaller({ agencyId: party.agency, unitId: party.unit, officer });
  return t.hub.app.get(ScopedDatabase, { strict: false }).as(caller, work);
}

describe('personal details that others sent', () => {
  const PARTS = 'query($id: ID!) { object(id: $id) { parts { name text withheld } } }';
  const OWN = 'query($id: ID!, $by: AccessBy!) { objectAccess(id: $id, by: $by) { nodes { act purpose caseRef } } }';
  interface Parts {
    object: { parts: { text: string | null; withheld: string | null }[] };
  }
  const part = async (party: Party, id: string, headers: Record<string, string | undefined>): Promise<object> =>
    (await party.ask<Parts>(PARTS, { id }, headers)).data!.object.parts[0]!;
  const acts = async (party: Party, id: string, by: string): Promise<object[]> =>
    (await party.ask<{ objectAccess: { nodes: object[] } }>(OWN, { id, by })).data!.objectAccess.nodes;
  const NONE = { 'x-liaison-purpose': undefined, 'x-liaison-case-ref': undefined };

  it('are given out for a purpose and a case of the reader’s own, of which the sender is told the purpose alone', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, nominal: someNominalData() });
    expect(await part(th, id, NONE)).toMatchObject({ text: null, withheld: 'CASE_REF' });
    expect(await part(vn, id, NONE)).toMatchObject({ text: expect.any(String), withheld: null });
    const forCase = { 'x-liaison-purpose': 'INVESTIGATE', 'x-liaison-case-ref': encodeURIComponent('Hồ sơ 12/2026') };
    expect(await part(th, id, forCase)).toMatchObject({ text: expect.any(String), withheld: null });
    const viewed = { act: 'NOMINAL_VIEWED', purpose: 'INVESTIGATE' };
    expect(await acts(th, id, 'OWN')).toContainEqual({ ...viewed, caseRef: 'Hồ sơ 12/2026' });
    expect(await acts(vn, id, 'OTHERS')).toContainEqual({ ...viewed, caseRef: null });
    // The opening that found them withheld gave out nothing.
    expect((await acts(vn, id, 'OTHERS')).filter((act) => 'act' in act && act.act === 'NOMINAL_VIEWED')).toHaveLength(
      1,
    );
  });

  it.each([
    ['without a purpose', { 'x-liaison-purpose': undefined }, '/headers/x-liaison-purpose'],
    ['that is empty', { 'x-liaison-case-ref': '' }, '/headers/x-liaison-case-ref'],
    ['that is too long', { 'x-liaison-case-ref': 'x'.repeat(61) }, '/headers/x-liaison-case-ref'],
    ['of two lines', { 'x-liaison-case-ref': '12%0A13' }, '/headers/x-liaison-case-ref'],
    ['that is no text', { 'x-liaison-case-ref': '%FF%FE' }, '/headers/x-liaison-case-ref'],
  ])('are not given out for a case %s', async (_, headers, pointer) => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, nominal: someNominalData() });
    const { errors } = await th.ask(PARTS, { id }, headers);
    expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', pointer });
  });

  it('are not given out by PostgreSQL either', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, nominal: someNominalData() });
    const seq = await seqOf(t.database, id);
    const text = "SELECT cmd.record_access('nominal.viewed', ARRAY[$1]::bigint[], $2)";
    const record = (party: Party, caseRef: string | null): Promise<unknown> =>
      asServer(t.database, party, () => t.database.sql(text, [seq, caseRef]));
    await expect(record(th, null)).rejects.toThrow('CASE_REF');
    await record(th, '12/2026');
    await record(vn, null);
  });
});
