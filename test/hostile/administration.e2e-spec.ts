import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getNamedType, GraphQLID, type GraphQLOutputType, isObjectType, isRequiredArgument } from 'graphql';
import { contextToken } from '../../src/access/context-token.js';
import {
  type Act,
  act,
  ACTS,
  anOfficerInput,
  changed,
  outcomeOf,
  twoAdministrators,
  variablesFor,
} from '../support/administration.js';
import { SoftwareAuthenticator } from '../support/authenticator.js';
import { aLink, anOfficer, aSignedIn, Browser, enrol, makeStale } from '../support/browser.js';
import { composeAndSubmit } from '../support/exchange.js';
import { upload } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { argumentsFor, operationsOf } from '../support/operations.js';
import { aCaller } from '../support/world.js';
import { fingerprint } from './hostile.js';

/* An administrator has no say over anybody of another agency or stronger than himself, by no kind of credential, and no way to content. */

type SignedIn = Awaited<ReturnType<typeof aSignedIn>>;

let t: TestHub;
let vn: Party;
let la: Party;
let op: Party;
let one: SignedIn;
let two: SignedIn;
let operator: SignedIn;
let secondOperator: SignedIn;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '1000000000' });
  vn = await t.enrol('VN-CUS-AS');
  la = await t.enrol('LA-CUS-HQ');
  op = await t.enrol('SG-HUB-OPS');
  [one, two] = await twoAdministrators(t, vn);
  [operator, secondOperator] = await twoAdministrators(t, op, 'SYSTEM_ADMIN');
});
afterAll(() => t.stop());

/** What sign-in keeps of everybody, besides the tables that `fingerprint` knows. */
async function everything(): Promise<unknown> {
  const tables = ['account', 'passkey', 'enrolment_link', 'admission'];
  const rows: unknown[] = [];
  for (const table of tables) rows.push(await t.database.sql(`SELECT * FROM auth.${table} ORDER BY 1`));
  return [await fingerprint(t.database), rows];
}

const whole = async (answer: Promise<unknown>): Promise<string> => JSON.stringify(await answer);

const MISSING = { officer: 'p:nobody-at-all', unit: 'VN-CUS-NONE', agency: 'XX-CUS', id: randomUUID() as string };
const OF_AGENCIES = (Object.keys(ACTS) as Act[]).filter((name) => !/Agency|Resumption|Operator/.test(name));
const OF_OPERATOR = (Object.keys(ACTS) as Act[]).filter((name) => /Agency|Resumption|Operator/.test(name));

describe('threats 19 an administrator of an agency', () => {
  let stranger: SignedIn;
  let theirs: typeof MISSING;
  beforeAll(async () => {
    stranger = await aSignedIn(t, la, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, la, ['ANALYST'], { clearance: 0 });
    const input = anOfficerInput(la.unit, { clearance: 'RESTRICTED' });
    const { id } = await changed(stranger.browser, 'changeOfficer', { officer, input });
    theirs = { officer, unit: la.unit, agency: la.agency, id };
  });

  // Rules and limits of sessions are the own agency's, which is not named.
  const unnamed = ['changeRules', 'changeSessionLimits', 'changeSharingRules'];
  const naming = OF_AGENCIES.filter((name) => !unnamed.includes(name));
  it.each(naming)('cannot do %s to another agency: the answer is that of what there is not', async (name) => {
    const own = await anOfficer(t, vn, ['ANALYST']);
    // Units are given in two places, which are tried one by one: an own officer cannot be moved to a foreign unit either.
    const places =
      name === 'changeOfficer'
        ? [
            { ...theirs, unit: vn.unit },
            { ...theirs, officer: own },
          ]
        : [theirs];
    const absent =
      name === 'changeOfficer'
        ? [
            { ...MISSING, unit: vn.unit },
            { ...MISSING, officer: own },
          ]
        : [MISSING];
    const before = await everything();
    for (const [i, place] of places.entries()) {
      const foreign = await whole(act(one.browser, name, variablesFor(name, place)));
      if (name === 'makeUnit') {
        expect(foreign).toContain('BAD_USER_INPUT');
        continue;
      }
      expect(foreign).toContain('NOT_FOUND');
      expect(foreign).toBe(await whole(act(one.browser, name, variablesFor(name, absent[i]!))));
    }
    expect(await everything()).toEqual(before);
  });

  it('sees nothing of another agency’s officers, units and changes', async () => {
    const { browser } = one;
    const answers = await Promise.all(
      [
        '{ ownOfficers { officer } }',
        '{ administeredUnits { unit } }',
        '{ waitingChanges { id subject } }',
        '{ latestChanges { id subject } }',
        '{ waitingAdmissions { officer } }',
      ].map((query) => whole(browser.ask(query))),
    );
    for (const answer of answers) {
      expect(answer).not.toContain('errors');
      for (const secret of Object.values(theirs)) expect(answer).not.toContain(secret);
    }
  });

  it('cannot pull in who has the same pseudonym elsewhere, and a session is of one agency alone', async () => {
    const officer = await anOfficer(t, la, ['ANALYST']);
    await t.database.sql(
      `INSERT INTO agency.officer SELECT 'VN-CUS', pseudonym, 'VN-CUS-AS', title_en, title_vi, '{ANALYST}', 0, false, valid_from
       FROM agency.officer WHERE pseudonym = $1`,
      [officer],
    );
    const browser = new Browser(t.url);
    await enrol(browser, new SoftwareAuthenticator(t.url), await aLink(t, la, officer));
    await browser.loadProof();
    await changed(one.browser, 'endOfficer', { officer });
    expect(await browser.ask('{ me { agency officer } }')).toEqual({ data: { me: { agency: 'LA-CUS', officer } } });
  });
});

describe('threats 19 who is stronger than an agency’s administrators', () => {
  let strong: SignedIn;
  beforeAll(async () => {
    strong = await aSignedIn(t, vn, ['SYSTEM_ADMIN']);
  });

  it.each(['changeOfficer', 'suspendOfficer', 'resumeOfficer', 'endOfficer'] as const)(
    'is not there for them: %s',
    async (name) => {
      const before = await everything();
      const ids = { ...MISSING, officer: strong.officer, unit: vn.unit };
      const answer = await whole(act(one.browser, name, variablesFor(name, ids)));
      expect(answer).toContain('NOT_FOUND');
      expect(answer).toBe(await whole(act(one.browser, name, variablesFor(name, { ...MISSING, unit: vn.unit }))));
      expect(await everything()).toEqual(before);
    },
  );

  it('gets no new passkey from them, whatever the two agree on', async () => {
    const PROPOSE = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id } }';
    const before = await everything();
    const answer = await whole(one.browser.ask(PROPOSE, { officer: strong.officer }));
    expect(answer).toContain('NOT_FOUND');
    expect(answer).toBe(await whole(one.browser.ask(PROPOSE, { officer: MISSING.officer })));
    expect(await everything()).toEqual(before);

    // Nor by a proposal from before the operator made the officer one of its own.
    const risen = await anOfficer(t, vn, ['ANALYST']);
    const { data } = await one.browser.ask<{ proposeAdmission: { id: string } }>(PROPOSE, { officer: risen });
    await t.database.sql(`UPDATE agency.officer SET roles = '{SYSTEM_ADMIN}' WHERE pseudonym = $1`, [risen]);
    const APPROVE = 'mutation($id: ID!) { approveAdmission(id: $id) { address } }';
    const late = await whole(two.browser.ask(APPROVE, { id: data!.proposeAdmission.id }));
    expect(late).toBe(await whole(two.browser.ask(APPROVE, { id: randomUUID() })));
    expect(await whole(two.browser.ask('{ waitingAdmissions { officer } }'))).not.toContain(risen);
  });

  it('and everybody else gets none by the proposal of an administrator who has been shut out', async () => {
    const gone = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const PROPOSE = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id } }';
    const { data } = await gone.browser.ask<{ proposeAdmission: { id: string } }>(PROPOSE, { officer });
    expect(await whole(two.browser.ask('{ waitingAdmissions { officer } }'))).toContain(officer);
    await changed(one.browser, 'suspendOfficer', { officer: gone.officer });
    const APPROVE = 'mutation($id: ID!) { approveAdmission(id: $id) { address } }';
    const before = await everything();
    expect(await whole(two.browser.ask(APPROVE, { id: data!.proposeAdmission.id }))).toBe(
      await whole(two.browser.ask(APPROVE, { id: randomUUID() })),
    );
    expect(await whole(two.browser.ask('{ waitingAdmissions { officer } }'))).not.toContain(officer);
    expect(await everything()).toEqual(before);
  });

  it('keeps the sessions that they try to end, and is in none of their lists', async () => {
    const [row] = await t.database.sql<{ id: string }>(
      'SELECT s.id FROM auth.console_session s JOIN auth.account a ON a.id = s.account_id WHERE a.officer = $1',
      [strong.officer],
    );
    const END = 'mutation($id: ID!) { endSession(id: $id) }';
    expect(await whole(one.browser.ask(END, { id: row!.id }))).toBe(
      await whole(one.browser.ask(END, { id: randomUUID() })),
    );
    expect(await strong.browser.ask('{ me { officer } }')).toEqual({ data: { me: { officer: strong.officer } } });
    for (const query of ['{ ownOfficers { officer } }', '{ latestChanges { subject } }']) {
      expect(await whole(one.browser.ask(query))).not.toContain(strong.officer);
    }
  });

  it('is recovered by the hub’s own administrators, who have no say over the agency’s', async () => {
    const peer = await aSignedIn(t, vn, ['SYSTEM_ADMIN']);
    const PROPOSE = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id } }';
    expect(await whole(peer.browser.ask(PROPOSE, { officer: strong.officer }))).not.toContain('errors');
    expect(await whole(peer.browser.ask(PROPOSE, { officer: one.officer }))).toContain('NOT_FOUND');
    const own = await whole(peer.browser.ask('{ ownOfficers { officer } }'));
    expect(own).toContain(strong.officer);
    expect(own).not.toContain(one.officer);
  });
});

describe('threats 19 the operator', () => {
  it.each(OF_AGENCIES)('has no part in %s', async (name) => {
    const officer = await anOfficer(t, vn, ['ANALYST']);
    const before = await everything();
    const variables = variablesFor(name, { officer, unit: vn.unit, agency: vn.agency, id: randomUUID() });
    expect(await outcomeOf(act(operator.browser, name, variables))).toBe('FORBIDDEN');
    expect(await everything()).toEqual(before);
  });

  it.each(OF_OPERATOR)('alone may do %s', async (name) => {
    const before = await everything();
    const variables = variablesFor(name, { ...MISSING, unit: vn.unit, agency: vn.agency });
    expect(await outcomeOf(act(one.browser, name, variables))).toBe('FORBIDDEN');
    expect(await everything()).toEqual(before);
  });

  it('decides on its own proposals only, and an agency on its own', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST'], { clearance: 0 });
    const input = anOfficerInput(vn.unit, { clearance: 'RESTRICTED' });
    const ofAgency = await changed(one.browser, 'changeOfficer', { officer, input });
    await changed(operator.browser, 'suspendAgency', { agency: 'LA-CUS', unit: la.unit });
    const ofOperator = await changed(operator.browser, 'resumeAgency', { agency: 'LA-CUS', unit: la.unit });
    const before = await everything();
    const missing = { id: randomUUID() };
    for (const [{ browser }, name, id] of [
      [secondOperator, 'approveResumption', ofAgency.id],
      [secondOperator, 'declineResumption', ofAgency.id],
      [two, 'approveChange', ofOperator.id],
      [two, 'declineChange', ofOperator.id],
    ] as const) {
      expect(await whole(act(browser, name, { id }))).toBe(await whole(act(browser, name, missing)));
    }
    expect(await everything()).toEqual(before);
    await changed(secondOperator.browser, 'approveResumption', { id: ofOperator.id });
  });

  it('ends one of its own at once, and none of an agency’s officers nor itself', async () => {
    const third = await aSignedIn(t, op, ['SYSTEM_ADMIN']);
    const analyst = await anOfficer(t, op, ['ANALYST']);
    const before = await everything();
    const end = (officer: string): Promise<string> => outcomeOf(act(operator.browser, 'endOperator', { officer }));
    for (const officer of [analyst, one.officer, MISSING.officer]) expect(await end(officer)).toBe('NOT_FOUND');
    expect(await end(operator.officer)).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await everything()).toEqual(before);
    expect(await end(third.officer)).toBe('APPLIED');
    expect((await third.browser.ask('{ me { officer } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('cannot shut itself out, and does not meet what there is not', async () => {
    const before = await everything();
    for (const ids of [{ agency: op.agency }, { agency: op.agency, unit: op.unit }, { agency: 'XX-CUS' }]) {
      expect(await outcomeOf(act(operator.browser, 'suspendAgency', ids))).toBe('NOT_FOUND');
    }
    const slip = act(operator.browser, 'suspendAgency', { agency: 'VN-CUS', unit: 'LA-CUS-HQ' });
    expect(await outcomeOf(slip)).toBe('BAD_USER_INPUT');
    expect(await everything()).toEqual(before);
  });
});

describe('A16 an administrator without a fresh passkey', () => {
  it.each(Object.keys(ACTS) as Act[])('is asked for it before %s', async (name) => {
    const role = OF_AGENCIES.includes(name) ? 'AGENCY_ADMIN' : 'SYSTEM_ADMIN';
    const { officer, browser } = await aSignedIn(t, role === 'AGENCY_ADMIN' ? vn : op, [role]);
    await makeStale(t, officer);
    const before = await everything();
    const variables = variablesFor(name, { ...MISSING, unit: vn.unit, agency: la.agency });
    expect(await outcomeOf(act(browser, name, variables))).toBe('STEP_UP_REQUIRED');
    expect(await everything()).toEqual(before);
  });
});

describe('D4 at the database, the server’s role', () => {
  const CHANGE = `SELECT cmd.change('UNIT', 'VN-CUS-AS', '{"nameEn": "Another name"}', false)`;

  it('makes nothing for the operator, and gives its officers nothing', async () => {
    const strong = await anOfficer(t, vn, ['SYSTEM_ADMIN']);
    const peer = await anOfficer(t, vn, ['SYSTEM_ADMIN'], { clearance: 0 });
    for (const [subject, patch, isNew] of [
      [peer, '{"clearance": 1}', false],
      [peer, '{"roles": ["SYSTEM_ADMIN", "ANALYST"]}', false],
      ['p:made-up-one', '{"roles": ["ANALYST"], "unit": "VN-CUS-AS"}', true],
    ] as const) {
      const change = asApp(strong, `SELECT cmd.change('OFFICER', $1, $2, $3)`, [subject, patch, isNew]);
      await expect(change).rejects.toThrow('FORBIDDEN');
    }
  });

  it('changes nothing for who is not, or no longer, an administrator, and for a system', async () => {
    const analyst = await anOfficer(t, vn, ['ANALYST', 'RELEASER']);
    const former = await anOfficer(t, vn, ['AGENCY_ADMIN']);
    expect(await asApp(former, CHANGE)).toHaveLength(1);
    await t.database.sql('UPDATE agency.officer SET valid_until = now() WHERE pseudonym = $1', [former]);
    for (const officer of [analyst, former, 'p:nobody-at-all', null]) {
      await expect(asApp(officer, CHANGE)).rejects.toThrow('FORBIDDEN');
      await expect(asApp(officer, 'SELECT cmd.sign_out($1)', [one.officer])).rejects.toThrow('FORBIDDEN');
      await expect(asApp(officer, 'SELECT cmd.decide_change($1, true)', [randomUUID()])).rejects.toThrow('MISSING');
      expect(await asApp(officer, 'SELECT 1 FROM agency.change')).toEqual([]);
      expect(await asApp(officer, 'SELECT 1 FROM cmd.own_connections()')).toEqual([]);
      expect(await asApp(officer, 'SELECT 1 FROM cmd.administrator_counts()')).toEqual([]);
    }
  });

  it.each([
    `UPDATE agency.officer SET roles = '{SYSTEM_ADMIN}'`,
    `INSERT INTO agency.officer (agency_id, pseudonym) VALUES ('VN-CUS', 'p:made-up')`,
    `UPDATE hub.unit SET suspended_at = NULL`,
    `UPDATE hub.agency SET suspended_at = NULL`,
    `UPDATE agency.change SET state = 'APPLIED'`,
    `SELECT * FROM agency.ceiling`,
    `SELECT * FROM auth.connection`,
    `SELECT cmd.apply_change('AGENCY_ADMIN', 'VN-CUS', 'OFFICER', 'p:made-up', NULL, '{}')`,
    `SELECT cmd.administered('AGENCY_ADMIN', 'LA-CUS', 'UNIT', 'LA-CUS-HQ')`,
    `SELECT cmd.holds('LA-CUS', 'p:any-officer', 'AGENCY_ADMIN')`,
  ])('cannot go past the commands: %s', async (statement) => {
    await expect(asApp(one.officer, statement)).rejects.toThrow('permission denied');
  });

  it('cannot make an officer two of the three principals', async () => {
    for (const roles of ['{SYSTEM_ADMIN,AGENCY_ADMIN}', '{SYSTEM_ADMIN,ANALYST}', '{RILO_LIAISON,OCU_OFFICER}']) {
      const statement = `UPDATE agency.officer SET roles = $2 WHERE pseudonym = $1`;
      await expect(t.database.sql(statement, [one.officer, roles])).rejects.toThrow('three_principals');
    }
  });
});

describe('a regional liaison officer', () => {
  it('sees no personal details, whatever other roles and clearance there are', async () => {
    const { browser } = await aSignedIn(t, vn, ['RILO_LIAISON', 'RELEASER'], { maySeeNominal: true });
    expect(await browser.ask('{ me { maySeeNominal } }')).toEqual({ data: { me: { maySeeNominal: false } } });
  });
});

describe('D15 in a world full of content', () => {
  let secrets: string[];
  let ids: string[];
  beforeAll(async () => {
    const agreement = await t.agree([vn, la, op]);
    const file = Buffer.from('container;seal\nCSQU3054383;fictional-secret-seal\n');
    const sha256 = await upload(t, la, file, 'text/csv');
    for (const to of [vn.agency, vn.unit, op.agency]) {
      await composeAndSubmit(la, { to: [to], agreement, attachments: [sha256] });
    }
    await composeAndSubmit(vn, { to: [la.agency], agreement });
    const rows = await t.database.sql<{ id: string; ref: string; title: string; digest: string }>(
      'SELECT id, ref, title, digest FROM hub.object',
    );
    ids = [...rows.map(({ id }) => id), sha256];
    secrets = [
      ...rows.flatMap(({ id, ref, title, digest }) => [id, ref, title, digest]),
      'fictional-secret-seal',
      sha256,
    ];
    expect(secrets.length).toBeGreaterThan(15);
    expect(secrets.filter((each) => !each)).toEqual([]);
  });

  /** What an answer tells that was not in the question. */
  const told = (answer: string, question: string): string[] =>
    secrets.filter((secret) => answer.includes(secret) && !question.includes(secret));

  it.each([
    ['an analyst finds it, so there is something to find', 'ANALYST', true],
    ['the operator finds none', 'SYSTEM_ADMIN', false],
    ['an agency’s administrator finds none', 'AGENCY_ADMIN', false],
  ])(
    '%s, by every operation of the schema and every route',
    async (_, role, finds) => {
      const { browser } = await aSignedIn(t, role === 'SYSTEM_ADMIN' ? op : vn, [role]);
      const { schema } = t.hub.app.get(GraphQLSchemaHost, { strict: false });
      const found: string[] = [];
      const roots = { query: schema.getQueryType()!, mutation: schema.getMutationType()! };
      for (const [kind, root] of Object.entries(roots)) {
        for (const field of Object.values(root.getFields())) {
          const takesId = field.args.some((argument) => getNamedType(argument.type) === GraphQLID);
          for (const id of takesId ? ids : [ids[0]!]) {
            const given = argumentsFor(field.args).replaceAll('00000000-0000-4000-8000-000000000000', id);
            const question = `${kind} { ${field.name}${given} ${selection(field.type)} }`;
            const answer = await whole(browser.ask(question));
            expect([field.name, answer]).not.toEqual([field.name, expect.stringContaining('BAD_REQUEST')]);
            found.push(...told(answer, question).map(() => field.name));
          }
        }
      }
      const routes = operationsOf(t.hub.app).filter(({ type, name }) => type === 'HTTP' && name !== 'POST /sign-out');
      for (const { method, path } of routes) {
        for (const id of ids.slice(0, -1)) {
          const address = path!.replace(':sha256', ids.at(-1)!).replace(/:\w+/g, id);
          const answer =
            method === 'GET' ? (await browser.get(address)).text : await whole(browser.post(address, { id }));
          found.push(...told(answer, address).map(() => `${method} ${path}`));
        }
      }
      const places = [...new Set(found)];
      if (finds) expect(places).toEqual(expect.arrayContaining(['inbox', 'object', 'GET /files/:object/:sha256']));
      else expect(places).toEqual([]);
    },
    120_000,
  );
});

/** Runs statements as hub_app for this officer, in a transaction that is undone. */
async function asApp(officer: string | null, statement: string, values: unknown[] = []): Promise<unknown[]> {
  const caller = aCaller({ agencyId: 'VN-CUS', unitId: 'VN-CUS-AS', officer });
  await t.database.sql('BEGIN');
  try {
    await t.database.sql("SELECT set_config('app.ctx', $1, true)", [
      contextToken(t.database.access.contextKey, caller),
    ]);
    await t.database.sql('SET LOCAL ROLE hub_app');
    return await t.database.sql(statement, values);
  } finally {
    await t.database.sql('ROLLBACK');
  }
}

/** Every field of a type that needs no arguments, two levels deep. */
function selection(type: GraphQLOutputType, depth = 2): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter((field) => !field.args.some(isRequiredArgument));
  const parts = fields.map((field) => {
    if (!isObjectType(getNamedType(field.type))) return field.name;
    return depth === 0 ? '' : `${field.name} ${selection(field.type, depth - 1)}`;
  });
  return `{ __typename ${parts.join(' ')} }`;
}
