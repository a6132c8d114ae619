import { createSecretKey, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { appDataSource } from '../../config/data-source.js';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { contextToken } from '../../src/access/context-token.js';
import type { Caller } from '../../src/access/caller.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { Clock } from '../../src/common/clock.js';
import { createRoles, obtainPasswords } from '../../src/database/roles.js';
import { SecretsFolder } from '../../src/database/secrets.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import {
  aRequestInput,
  COMPOSE_REQUEST,
  composeAndSubmit,
  type ComposedObject,
  signAndSubmit,
} from '../support/exchange.js';
import { upload } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { slowLine } from '../support/slow-line.js';
import { report } from '../support/requests.js';
import { aCaller } from '../support/world.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let dataSource: DataSource;
let scoped: ScopedDatabase;
let client: Client;
let tables: string[];
let alertId: string;
/** Objects that vn and th see: the alert, a report on it, and the request. */
const SENT = 3;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  const agreement = await t.agree([vn, th, la]);
  await t.community([vn, th]);
  await t.database
    .sql(`INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, valid_from)
    SELECT agency_id, 'p:officer1', id, 'x', 'x', ARRAY['ANALYST', 'AGENCY_ADMIN'], '2000-01-01Z' FROM hub.unit`);
  const { ref: _, ...body } = aPersonAlertBody();
  const table = Buffer.from('container,seal\nCSQU3054383,VN1048822\n');
  const attachments = [await upload(t, vn, table, 'text/csv'), await upload(t, th, table, 'text/csv')].slice(0, 1);
  ({ id: alertId } = await composeAndSubmit(vn, {
    to: ['TH-CUS'],
    agreement,
    body,
    nominal: someNominalData(),
    attachments,
  }));
  const asked = await vn.ask<{ composeRequest: ComposedObject[] }>(COMPOSE_REQUEST, {
    input: aRequestInput(agreement, vn, [th]),
  });
  await signAndSubmit(vn, asked.data!.composeRequest[0]!);
  await th.ask('query($id: ID!) { object(id: $id) { id } }', { id: alertId });
  await report(th, alertId, { language: 'en', stage: 'TASKED' });
  await t.database.sql(
    `WITH o AS (SELECT seq FROM hub.object WHERE id = $1),
       a AS (INSERT INTO hub.object_assertion SELECT seq, 'TH-CUS', 'p:officer1', '{}', '\\x00' FROM o),
       b AS (INSERT INTO hub.owed_signature (seq, agency_id, officer, due_at) SELECT seq, 'VN-CUS', 'p:officer1', now() FROM o),
       c AS (INSERT INTO hub.nominal_partner VALUES ('TH-CUS', 'VN-CUS')),
       d AS (INSERT INTO hub.blocked_key (kid, agency_id, blocked_by) VALUES ($2, 'TH-CUS', 'p:officer1')),
       e AS (INSERT INTO agency.change (agency_id, principal, kind, subject, becomes, state, proposed_by)
             VALUES ('TH-CUS', 'AGENCY_ADMIN', 'UNIT', 'TH-CUS-LCB', '{}', 'WAITING', 'p:officer1')),
       q AS (INSERT INTO agency.roster (agency_id, unit_id, officer, rank, begins_at, ends_at)
             VALUES ('TH-CUS', 'TH-CUS-LCB', 'p:officer1', 1, '2027-01-01Z', '2027-01-02Z')),
       r AS (INSERT INTO agency.notice_address (agency_id, officer, language, address, asked_at)
             VALUES ('TH-CUS', 'p:officer1', 'en', 'a@duty.example', now())),
       s AS (INSERT INTO hub.notice (kind, agency_id, unit_id, to_unit, duties, made_at, send_at)
             VALUES ('DIGEST', 'TH-CUS', 'TH-CUS-LCB', 'TH-CUS-LCB', '{}', now(), now() + interval '1 hour')),
       x AS (INSERT INTO agency.case_use SELECT id, 'TH-CUS', '12/2026' FROM audit.access LIMIT 1),
       f AS (INSERT INTO agency.session_rule VALUES ('TH-CUS', 15, 8)),
       y AS (INSERT INTO hub.holiday VALUES ('VN-CUS', '2027-04-30', 'x', 'x')),
       g AS (INSERT INTO hub.upload (id, agency_id, unit_id, officer, sha256, size, media_type)
             VALUES ($1, 'TH-CUS', 'TH-CUS-LCB', 'p:officer1', repeat('a', 64), 2, 'text/csv') RETURNING id),
       h AS (INSERT INTO hub.upload_part SELECT id, 0, 1, id, '\\x00' FROM g),
       k AS (INSERT INTO agency.matter SELECT 'TH-CUS', seq, '17/2026', 'p:officer1', now() FROM o),
       l AS (INSERT INTO agency.matter_step (agency_id, thread_seq, clearance, act, by_unit, at) SELECT 'TH-CUS', seq, 0, 'NUMBERED', 'TH-CUS-LCB', now() FROM o),
       m AS (INSERT INTO agency.distribution SELECT 'TH-CUS', seq, 'TH-CUS-LCB', NULL, NULL, now() FROM o),
       n AS (INSERT INTO agency.task (id, agency_id, thread_seq, clearance, unit_id, text, due_at, by_unit, given_at)
             SELECT $1, 'TH-CUS', seq, 0, 'TH-CUS-LCB', 'x', now(), 'TH-CUS-LCB', now() FROM o),
       p AS (INSERT INTO agency.stand_in VALUES ('TH-CUS', 'p:officer1', 'p:officer2', now(), now() + interval '1 day')),
       u AS (INSERT INTO agency.outside_partner (id, agency_id, name_en, name_vi, country, language) VALUES ($1, 'TH-CUS', 'x', 'x', 'BN', 'en') RETURNING id),
       v AS (INSERT INTO agency.letter (id, agency_id, clearance, ref, direction, medium, kind, partner_id, dated, at, subject, urgency, root_id, registered_at, by_unit)
             SELECT id, 'TH-CUS', 0, 'TH-LTR-2026-AAAAAA', 'IN', 'POST', 'OTHER', id, now(), now(), 'x', 'ROUTINE', id, now(), 'TH-CUS-LCB' FROM u RETURNING id),
       z AS (INSERT INTO agency.letter_wording (letter_id, wording) SELECT id, '{}' FROM v),
       w AS (INSERT INTO agency.letter_step (letter_id, clearance, act, at, by_unit) SELECT id, 0, 'REGISTERED', now(), 'TH-CUS-LCB' FROM v),
       i AS (INSERT INTO hub.consent (ask_seq, object_seq, object_id, object_digest, from_agency, to_agency, for_what, urgency, asked_at, due_at)
             SELECT seq, seq, $1, 'x', 'TH-CUS', 'VN-CUS', 'EVIDENCE', 'ROUTINE', now(), now() FROM o RETURNING ask_seq),
       j AS (INSERT INTO hub.onward (object_seq, audience_id, consent_seq, owner_agency, by_agency, to_party, codes, at)
             SELECT ask_seq, 0, ask_seq, 'VN-CUS', 'TH-CUS', 'LA-CUS', '{}', now() FROM i),
       rule AS (INSERT INTO agency.approval_rule VALUES ('TH-CUS', '*', '*', 'ANY')),
       most AS (INSERT INTO agency.sharing_ceiling VALUES ('TH-CUS', 'NCP_OFFICER', '*', 0, false)),
       draft AS (INSERT INTO agency.draft (agency_id, unit_id, author, state, object_id, kind, recipients, digest, text, clearance, kept_at)
             VALUES ('TH-CUS', 'TH-CUS-LCB', 'p:officer1', 'DRAFT', $1, 'alert', '{}', 'x', '{}', 0, now()) RETURNING id),
       drafted AS (INSERT INTO agency.draft_part SELECT id, 'nominal', '\\x00', '\\x00', '\\x00' FROM draft),
       oral AS (INSERT INTO hub.oral_request (seq, from_agency, to_agency) SELECT seq, 'VN-CUS', 'TH-CUS' FROM o)
     INSERT INTO agency.signing_rule VALUES ('TH-CUS', true)`,
    [alertId, th.client.kid],
  );
  // A clone does not inherit the rights on its database; `liaison init` gives them, and again changes nothing.
  await createRoles(t.database.url, await obtainPasswords(new SecretsFolder(join(t.database.dataFolder, 'secrets'))));
  dataSource = await appDataSource(t.database.access.appUrl, 2).initialize();
  scoped = new ScopedDatabase(dataSource, t.database.access.contextKey, new Clock(false));
  client = new Client({ connectionString: t.database.access.appUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(READABLE);
  tables = rows.map((row) => row.name);
});
afterAll(async () => {
  await client.end();
  await dataSource.destroy();
  await t.stop();
});

const READABLE = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1`;

/** What every agency sees of every other: who takes part, and with which keys. */
const COMMON = ['hub.agency', 'hub.agency_key', 'hub.agency_root', 'hub.holiday', 'hub.key_set', 'hub.unit'];

const callerOf = (party: Party): Caller =>
  aCaller({ agencyId: party.agency, unitId: party.unit, officer: 'p:officer1' });
const goodToken = (party: Party, now?: number): string =>
  contextToken(t.database.access.contextKey, callerOf(party), null, now);

/** How many rows each readable table shows under this value of app.ctx. */
async function rowsUnder(token: string | null): Promise<Record<string, number>> {
  await client.query('BEGIN READ ONLY');
  try {
    if (token !== null) await client.query("SELECT set_config('app.ctx', $1, true)", [token]);
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table}`);
      counts[table] = rows[0]!.n;
    }
    return counts;
  } finally {
    await client.query('ROLLBACK');
  }
}

describe('D2 the context of a caller', () => {
  it('opens every readable table to a genuine caller, so that the zeros below mean something', async () => {
    const counts = await rowsUnder(goodToken(th));
    const shown = Object.entries(counts);
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.filter(([, count]) => count === 0)).toEqual([]);
  });

  it('shows to a stranger what is common to all, and of each other table nothing', async () => {
    const stranger = await t.enrol('KH-CUS-HQ');
    const counts = await rowsUnder(goodToken(stranger));
    const shown = Object.entries(counts).filter(([table, count]) => count > 0 && !COMMON.includes(table));
    // Its own three: as an agency, as a unit, and as the sender of what it sends.
    expect(Object.fromEntries(shown)).toEqual({ 'hub.membership': 3 });
  });

  const forgeries: [name: string, forge: () => string | null][] = [
    ['absent', () => null],
    ['empty', () => ''],
    ['made up', () => 'VN-CUS'],
    ['only dots', () => '.........'],
    ['expired', () => goodToken(th, Date.now() - 61_000)],
    ['made with another secret', () => withSecret(randomUUID())],
    ['made with an empty secret', () => withSecret('')],
    ['of an unknown kid', () => contextToken({ ...t.database.access.contextKey, kid: 'unknown' }, callerOf(th))],
    ['of a kid that is SQL', () => contextToken({ ...t.database.access.contextKey, kid: "' OR 1=1 --" }, callerOf(th))],
    ['without MAC', () => goodToken(th).slice(0, -65)],
    ['cut short by one', () => goodToken(th).slice(0, -1)],
    ['cut in half', () => goodToken(th).slice(0, 40)],
    ['longer by one', () => `${goodToken(th)}0`],
    ['with one field more', () => goodToken(th).replace('..', '...')],
    ["with another caller's MAC", () => goodToken(th).slice(0, -64) + goodToken(vn).slice(-64)],
    ['with its MAC in capitals', () => goodToken(th).slice(0, -64) + goodToken(th).slice(-64).toUpperCase()],
    ['in another script', () => 'ທ'.repeat(60)],
    ['very long', () => 'x.'.repeat(50_000)],
    ['with a quote and a backslash', () => `${goodToken(th)}'\\`],
  ];
  const withSecret = (secret: string): string =>
    contextToken({ ...t.database.access.contextKey, secret: createSecretKey(secret, 'base64url') }, callerOf(th));

  it.each(forgeries)('shows nothing, and no error, when it is %s', async (_, forge) => {
    const counts = await rowsUnder(forge());
    expect(Object.values(counts).filter((count) => count > 0)).toEqual([]);
  });

  const changes: [field: string, index: number, values: string[]][] = [
    ['kid', 0, ['', 'x']],
    ['agency', 1, ['VN-CUS', 'LA-CUS', '']],
    ['unit', 2, ['VN-CUS-AS', '', 'TH-CUS-LCB ']],
    ['officer', 3, ['p:other']],
    ['clearance', 4, ['0', '9', 'high', '']],
    ['nominal', 5, ['0', 'true', '']],
    ['purpose', 6, ['OTHER', '']],
    ['at', 7, ['0', 'now', '99999999999999999999']],
    ['exp', 8, ['9999999999', 'never', '', '1e400']],
    ['mac', 9, ['', '0', 'f'.repeat(64), 'xyz']],
  ];
  it.each(changes)('shows nothing when its %s was altered', async (_, index, values) => {
    for (const value of values) {
      const counts = await rowsUnder(goodToken(th).split('.').with(index, value).join('.'));
      expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([]);
    }
  });
});

describe('D3 the connection of a caller', () => {
  it('keeps no context after a commit, an error or a rollback', async () => {
    const failures: ((tx: EntityManager) => Promise<unknown>)[] = [
      () => Promise.resolve(),
      () => Promise.reject(new Error('ours')),
      (tx) => tx.query('SELECT 1/0'),
      (tx) => tx.query("SELECT set_config('statement_timeout', '20', true)").then(() => tx.query('SELECT pg_sleep(1)')),
      (tx) => tx.query('SELECT * FROM cmd.context_key'),
      (tx) => tx.query('SELECT $1', ['no type', 'one too many']),
    ];
    for (const fail of failures) {
      await Promise.allSettled([scoped.as(callerOf(vn), fail), scoped.as(callerOf(th), fail)]);
      for (const [row] of await onBothConnections()) expect(row).toEqual({ agency: null, objects: 0, ctx: '' });
    }
  });

  it('gives hundreds of interleaved callers on two connections their own rows only', async () => {
    const parties = [vn, th, la];
    let wrong = 0;
    let failed = 0;
    const asked = Array.from({ length: 600 }, async (_, i) => {
      const party = parties[i % 3]!;
      const caller = callerOf(party);
      try {
        await scoped.as(caller, async (tx) => {
          const [first] = await tx.query<{ agency: string; n: number }[]>(LOOK);
          if (i % 7 === 3) throw new Error('half way');
          if (i % 11 === 5) await tx.query('SELECT 1/0');
          const [[second], [third]] = await Promise.all([
            tx.query<{ agency: string; n: number }[]>(LOOK),
            tx.query<{ agency: string; n: number }[]>(LOOK),
          ]);
          const wanted = party === la ? 0 : SENT;
          for (const row of [first, second, third]) if (row?.agency !== party.agency || row.n !== wanted) wrong += 1;
        });
      } catch {
        failed += 1;
      }
    });
    await Promise.all(asked);
    expect({ wrong, failed }).toEqual({ wrong: 0, failed: failuresOf(600) });
    for (const [row] of await onBothConnections()) expect(row).toEqual({ agency: null, objects: 0, ctx: '' });
  });

  it('keeps operations of several callers apart while each holds its transaction open', async () => {
    const [a, b] = [callerOf(vn), callerOf(la)];
    scoped.openOperation(a, { readOnly: true });
    scoped.openOperation(b, { readOnly: true });
    const look = (caller: Caller): Promise<{ agency: string; n: number }[]> =>
      scoped.as(caller, (tx) => tx.query<{ agency: string; n: number }[]>(LOOK));
    const seen = await Promise.all([look(a), look(b), look(a), look(b)]);
    await Promise.all([scoped.closeOperation(a), scoped.closeOperation(b)]);
    expect(seen.map(([row]) => row)).toEqual([
      { agency: 'VN-CUS', n: SENT },
      { agency: 'LA-CUS', n: 0 },
      { agency: 'VN-CUS', n: SENT },
      { agency: 'LA-CUS', n: 0 },
    ]);
  });

  it('turns the commit of an aborted transaction into an error', async () => {
    const work = scoped.as(callerOf(vn), async (tx) => {
      await tx.query("INSERT INTO audit.pending (event) VALUES ('never.stored')");
      await tx.query('SELECT 1/0').catch(() => undefined);
      return 'done';
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await t.database.sql("SELECT 1 FROM audit.pending WHERE event = 'never.stored'")).toEqual([]);
  });

  it('refuses to write in an operation that only reads', async () => {
    const caller = callerOf(vn);
    scoped.openOperation(caller, { readOnly: true });
    const write = scoped.as(caller, (tx) => tx.query("INSERT INTO audit.pending (event) VALUES ('x')"));
    await expect(write).rejects.toMatchObject({ driverError: { code: '25006' } });
    await expect(scoped.closeOperation(caller)).rejects.toThrow('rolled back');
  });

  it('knows of a failure before the server has said what became of the transaction', async () => {
    const line = await slowLine(t.database.access.appUrl, 5);
    const slow = await appDataSource(line.url, 1).initialize();
    try {
      const database = new ScopedDatabase(slow, t.database.access.contextKey, new Clock(false));
      const caller = callerOf(vn);
      database.openOperation(caller, { readOnly: true });
      await expect(database.as(caller, (tx) => tx.query('SELECT 1/0'))).rejects.toThrow('division by zero');
      await expect(database.closeOperation(caller)).rejects.toThrow('rolled back');
    } finally {
      await slow.destroy();
      await line.close();
    }
  });
});

describe('D4 a row of another agency', () => {
  const refusalAs = (party: Party, text: string, values: unknown[] = []): Promise<string> =>
    scoped
      .as(callerOf(party), (tx) => tx.query(text, values))
      .then(
        () => 'done',
        (error: { driverError?: { code?: string } }) => error.driverError?.code ?? 'another error',
      );

  it('cannot be written into the log', async () => {
    expect(await refusalAs(vn, "INSERT INTO audit.pending (event, agency_id) VALUES ('x', 'TH-CUS')")).toBe('42501');
    expect(await refusalAs(vn, "INSERT INTO audit.pending (event, officer) VALUES ('x', 'p:other1')")).toBe('42501');
    expect(await refusalAs(vn, "INSERT INTO audit.pending (event, at) VALUES ('x', now())")).toBe('42501');
    expect(await refusalAs(vn, "INSERT INTO audit.pending (event) VALUES ('x') RETURNING id")).toBe('42501');
  });

  it('cannot be written into the log either where the server may name the agency', async () => {
    const asServer = async (agency: string): Promise<unknown> => {
      await t.database.sql('BEGIN');
      try {
        await t.database.sql('GRANT INSERT (agency_id) ON audit.pending TO hub_app');
        await t.database.sql('SET LOCAL ROLE hub_app');
        await t.database.sql("SELECT set_config('app.ctx', $1, true)", [goodToken(vn)]);
        return await t.database.sql("INSERT INTO audit.pending (event, agency_id) VALUES ('x', $1)", [agency]);
      } finally {
        await t.database.sql('ROLLBACK');
      }
    };
    await expect(asServer('VN-CUS')).resolves.toEqual([]);
    await expect(asServer('TH-CUS')).rejects.toMatchObject({ code: '42501' });
  });

  it('stays hidden from whoever is not cleared for it, also where its release forgets the clearance', async () => {
    const seenWith = async (clearance: number): Promise<number> => {
      const token = contextToken(t.database.access.contextKey, { ...callerOf(th), clearance });
      await t.database.sql("SELECT set_config('app.ctx', $1, true)", [token]);
      return (await t.database.sql('SELECT 1 FROM hub.object WHERE id = $1', [alertId])).length;
    };
    await t.database.sql('BEGIN');
    try {
      await t.database.sql('UPDATE hub.object SET clearance = 1 WHERE id = $1', [alertId]);
      await t.database.sql('UPDATE hub.release SET clearance = 0');
      await t.database.sql('SET LOCAL ROLE hub_app');
      expect([await seenWith(1), await seenWith(0)]).toEqual([1, 0]);
    } finally {
      await t.database.sql('ROLLBACK');
    }
  });

  it('cannot be written as an alert, whether the object is seen, hidden or missing', async () => {
    const [row] = await t.database.sql<{ seq: string }>('SELECT seq FROM hub.object WHERE id = $1', [alertId]);
    const insert = `INSERT INTO hub.alert (seq, kind, severity, valid_from, valid_to)
      VALUES ($1, 'CONSIGNMENT', 'HIGH', now(), now() + interval '1 day')`;
    expect(await refusalAs(th, insert, [row!.seq])).toBe('42501');
    expect(await refusalAs(la, insert, [row!.seq])).toBe('42501');
    expect(await refusalAs(la, insert, [999_999])).toBe('42501');
    expect(await refusalAs(la, `${insert} ON CONFLICT DO NOTHING`, [row!.seq])).toBe('42501');
  });

  it('cannot be changed or taken away, and neither can one of its own', async () => {
    for (const table of await writable()) {
      expect([table, await refusalAs(vn, `DELETE FROM ${table}`)]).toEqual([table, '42501']);
    }
    expect(await refusalAs(vn, "UPDATE hub.object SET from_agency = 'VN-CUS'")).toBe('42501');
    expect(await refusalAs(vn, 'UPDATE hub.release SET recalled_at = NULL, live = true')).toBe('42501');
    expect(await refusalAs(vn, "UPDATE hub.membership SET agency_id = 'VN-CUS'")).toBe('42501');
    expect(await refusalAs(vn, "UPDATE hub.alert SET severity = 'LOW'")).toBe('42501');
    expect(await refusalAs(vn, 'INSERT INTO hub.release (audience_id, seq, clearance) VALUES (1, 1, 0)')).toBe('42501');
  });

  it('cannot be submitted for another agency', async () => {
    const submission = JSON.stringify({ from: 'TH-CUS', id: randomUUID(), clearance: 0, to: ['LA-CUS'], parts: [] });
    expect(await refusalAs(vn, 'SELECT * FROM cmd.submit($1)', [submission])).toBe('LH403');
    const keys = 'SELECT cmd.publish_key_set($1, 2, $2, $2, $3)';
    expect(await refusalAs(vn, keys, ['TH-CUS', 'x', '[]'])).toBe('LH403');
    await expect(client.query('SELECT * FROM cmd.submit($1)', [submission])).rejects.toMatchObject({ code: 'LH403' });
    await expect(client.query(keys, ['TH-CUS', 'x', '[]'])).rejects.toMatchObject({ code: 'LH403' });
  });
});

describe('D16 the role of the server', () => {
  const attempts = [
    'SET ROLE hub_owner',
    'SET ROLE hub_cmd',
    'SET ROLE hub_auth',
    'SET ROLE hub_migrate',
    'SET SESSION AUTHORIZATION hub_owner',
    'SET row_security = off; SELECT * FROM hub.object',
    'SET session_replication_role = replica',
    'ALTER ROLE hub_app BYPASSRLS',
    "ALTER ROLE hub_auth PASSWORD 'known'",
    'ALTER DATABASE postgres SET row_security = off',
    'CREATE ROLE helper SUPERUSER',
    'GRANT hub_owner TO hub_app',
    'GRANT SELECT ON cmd.context_key TO hub_app',
    'CREATE SCHEMA mine',
    'CREATE TABLE public.mine (x integer)',
    'CREATE TABLE hub.mine (x integer)',
    'CREATE TEMP TABLE mine (x integer)',
    'CREATE TABLE audit.mine AS SELECT * FROM hub.object',
    'CREATE VIEW hub.mine AS SELECT * FROM hub.object',
    `CREATE FUNCTION cmd.mine() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
    `CREATE OR REPLACE FUNCTION cmd.my_agency() RETURNS text LANGUAGE sql AS $$ SELECT 'VN-CUS' $$`,
    'CREATE EXTENSION dblink SCHEMA hub',
    'ALTER TABLE hub.object DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE hub.object NO FORCE ROW LEVEL SECURITY',
    'ALTER TABLE hub.object OWNER TO hub_app',
    'DROP POLICY released ON hub.object',
    'ALTER POLICY released ON hub.object USING (true)',
    'CREATE POLICY mine ON hub.object USING (true)',
    'CREATE INDEX mine ON hub.object (seq)',
    'CREATE TRIGGER mine AFTER INSERT ON hub.alert EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE RULE mine AS ON SELECT TO hub.alert DO INSTEAD NOTHING',
    'DROP TABLE hub.alert',
    'TRUNCATE hub.object',
    'TRUNCATE hub.alert',
    'TRUNCATE audit.pending',
    'LOCK TABLE hub.object IN ACCESS EXCLUSIVE MODE',
    'SELECT * FROM cmd.context_key',
    'SELECT * FROM auth.connection',
    'SELECT * FROM auth.oidc_record',
    'SELECT * FROM hub.audience',
    'SELECT * FROM audit.pending',
    'SELECT * FROM pg_authid',
    'SELECT * FROM pg_statistic',
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "COPY hub.object TO '/tmp/hub-object.txt'",
    "COPY hub.alert FROM PROGRAM 'true'",
    'SELECT last_value FROM hub.object_seq_seq',
    "SELECT nextval('hub.object_seq_seq')",
    'SELECT cmd.sees(1)',
    'EXPLAIN ANALYZE DELETE FROM hub.object',
  ];

  it.each(attempts)('may not %s', async (statement) => {
    await client.query('BEGIN');
    try {
      await client.query("SELECT set_config('app.ctx', $1, true)", [goodToken(vn)]);
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.query('ROLLBACK');
    }
  });

  it('may call no function of the hub but those that are granted to it', async () => {
    const { rows } = await client.query<{ name: string; may: boolean }>(
      `SELECT p.oid::regprocedure::text AS name, has_function_privilege(p.oid, 'EXECUTE') AS may FROM pg_proc p
       JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('cmd', 'hub', 'audit', 'auth', 'agency')`,
    );
    const refused = rows.filter((row) => !row.may);
    expect(refused.map((row) => row.name)).toContain('cmd.sees(bigint)');
    const readers = rows.filter((row) => row.may && /context_key/.test(row.name));
    expect(readers).toEqual([]);
  });
});

const LOOK = 'SELECT cmd.my_agency() AS agency, (SELECT count(*)::integer FROM hub.object) AS n';

/** How many of the interleaved callers were made to fail. */
function failuresOf(count: number): number {
  return Array.from({ length: count }, (_, i) => i % 7 === 3 || i % 11 === 5).filter(Boolean).length;
}

/** What a statement without context sees on each of the pool's two connections. */
async function onBothConnections(): Promise<{ agency: string | null; objects: number; ctx: string }[][]> {
  const text = `SELECT cmd.my_agency() AS agency, (SELECT count(*)::integer FROM hub.object) AS objects,
    COALESCE(current_setting('app.ctx', true), '') AS ctx`;
  const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
  await Promise.all(runners.map((runner) => runner.connect()));
  const seen = await Promise.all(runners.map((runner) => runner.query(text) as Promise<never[]>));
  await Promise.all(runners.map((runner) => runner.release()));
  return seen;
}

async function writable(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'auth')
       AND NOT (n.nspname = 'agency' AND c.relname <> 'officer') ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}
