import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NotSignedIn } from '../src/cli/client-errors.js';
import { ROLES } from '../src/session/people/role-rights.js';
import { fingerprint } from './hostile/hostile.js';
import {
  aConnectionInput,
  type Act,
  act,
  anOfficerInput,
  aUnitInput,
  type Change,
  changed,
  outcomeOf,
  twoAdministrators,
} from './support/administration.js';
import { anOfficer, aSignedIn, type Browser } from './support/browser.js';
import { composeAndSubmit } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';

const HQ = { id: 'VN-CUS-HQ', kind: 'REGIONAL_OFFICE', nameEn: 'Headquarters', nameVi: 'Trụ sở' };

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let one: Awaited<ReturnType<typeof aSignedIn>>;
let two: Awaited<ReturnType<typeof aSignedIn>>;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { units: [HQ] });
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  [one, two] = await twoAdministrators(t, vn);
});
afterAll(() => t.stop());

const codeOf = async (browser: Browser): Promise<string> =>
  (await browser.ask('{ me { officer } }')).errors?.[0]?.extensions.code ?? 'accepted';

/** What the unit's system is told, at its next request or already when it asks for another token. */
const systemOf = async (party: Party): Promise<string> => {
  const answer = await party.ask('{ me { unit } }').catch((error: unknown) => {
    if (error instanceof NotSignedIn) return { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };
    throw error;
  });
  return answer.errors?.[0]?.extensions.code ?? 'accepted';
};

async function row(pseudonym: string): Promise<Record<string, unknown> | undefined> {
  const [found] = await t.database.sql<Record<string, unknown>>('SELECT * FROM agency.officer WHERE pseudonym = $1', [
    pseudonym,
  ]);
  return found;
}

async function eventsOf(change: Change): Promise<{ event: string; officer: string }[]> {
  return t.database.sql('SELECT event, officer FROM audit.pending WHERE change_id = $1 ORDER BY id', [change.id]);
}

const inDays = (days: number): string => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;

/** Proposed by one, approved by two. */
async function byTwo(name: Act, variables: object): Promise<Change> {
  const { id, state } = await changed(one.browser, name, variables);
  expect([name, state]).toEqual([name, 'WAITING']);
  return changed(two.browser, 'approveChange', { id });
}

describe('a database that is busy', () => {
  it('is no refusal: the administrator is told to try again', async () => {
    await t.database.sql('BEGIN');
    try {
      await t.database.sql('LOCK TABLE agency.change IN ACCESS EXCLUSIVE MODE');
      const answer = await act(one.browser, 'suspendUnit', { unit: HQ.id });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    } finally {
      await t.database.sql('ROLLBACK');
    }
  });
});

describe('an officer', () => {
  it('is appointed by two administrators, under a pseudonym that the hub makes', async () => {
    const input = anOfficerInput('VN-CUS-AS', { clearance: 'RESTRICTED', validUntil: '2036-01-01T00:00:00Z' });
    const proposal = await changed(one.browser, 'appointOfficer', { input });
    expect(proposal).toMatchObject({ kind: 'OFFICER', state: 'WAITING', proposedBy: one.officer, decidedBy: null });
    expect(proposal.changes).toContainEqual({ field: 'clearance', was: null, becomes: 'RESTRICTED' });
    expect(await row(proposal.subject)).toBeUndefined();
    const waiting = await two.browser.ask('{ waitingChanges { id subject changes { field was becomes } } }');
    expect(waiting.data?.['waitingChanges']).toContainEqual({
      id: proposal.id,
      subject: proposal.subject,
      changes: proposal.changes,
    });

    const approved = await changed(two.browser, 'approveChange', { id: proposal.id });
    expect(approved).toMatchObject({ state: 'APPLIED', decidedBy: two.officer });
    expect(await row(proposal.subject)).toMatchObject({
      agency_id: 'VN-CUS',
      unit_id: 'VN-CUS-AS',
      roles: ['ANALYST'],
      clearance: 1,
      may_see_nominal: false,
      valid_until: new Date('2036-01-01T00:00:00Z'),
    });
    expect(await eventsOf(proposal)).toEqual([
      { event: 'officer.proposed', officer: one.officer },
      { event: 'officer.approved', officer: two.officer },
    ]);
    const own = await one.browser.ask('{ ownOfficers { officer clearance maySeeNominal validUntil isEnrolled } }');
    expect(own.data?.['ownOfficers']).toContainEqual({
      officer: proposal.subject,
      clearance: 'RESTRICTED',
      maySeeNominal: false,
      validUntil: '2036-01-01T00:00:00.000Z',
      isEnrolled: false,
    });
  });

  const LESS: Record<string, object> = {
    'a role less': { roles: ['ANALYST'] },
    'a lower clearance': { clearance: 'UNCLASSIFIED' },
    'no personal details': { maySeeNominal: false },
    'an end': { validUntil: '2036-01-01T00:00:00Z' },
    'another title': { titleEn: 'Senior analyst' },
  };
  const FULL = {
    roles: ['RELEASER', 'ANALYST'],
    clearance: 'RESTRICTED',
    maySeeNominal: true,
    titleEn: 'Officer of the unit',
    titleVi: 'Cán bộ của đơn vị',
  };

  it.each(Object.entries(LESS))('loses rights at once, by one administrator: %s', async (_, less) => {
    const officer = await anOfficer(t, vn, ['ANALYST', 'RELEASER']);
    const input = anOfficerInput('VN-CUS-AS', { ...FULL, ...less });
    const change = await changed(one.browser, 'changeOfficer', { officer, input });
    expect(change).toMatchObject({ state: 'APPLIED', decidedBy: null, proposedBy: one.officer });
    expect(change.changes.map(({ field }) => field)).toEqual(expect.arrayContaining([Object.keys(less)[0]!]));
    expect(await eventsOf(change)).toEqual([{ event: 'officer.changed', officer: one.officer }]);
  });

  const BARE = { titleEn: 'Officer', titleVi: 'Cán bộ', validUntil: '2036-01-01T00:00:00Z' };
  const MORE: Record<string, object> = {
    'a further role': { roles: ['ANALYST', 'RELEASER'] },
    'another role': { roles: ['RELEASER'] },
    'a higher clearance': { clearance: 'RESTRICTED' },
    'personal details': { maySeeNominal: true },
    'a longer time': { validUntil: '2037-01-01T00:00:00Z' },
    'no end': { validUntil: undefined },
    'another unit': { unit: 'VN-CUS-HQ' },
    'more of one and less of another': {
      roles: ['ANALYST'],
      clearance: 'RESTRICTED',
      validUntil: '2035-01-01T00:00:00Z',
    },
  };

  it.each(Object.entries(MORE))('gains them by two alone, and nothing before: %s', async (_, more) => {
    const officer = await anOfficer(t, vn, ['ANALYST'], { clearance: 0, maySeeNominal: false });
    await changed(one.browser, 'changeOfficer', { officer, input: anOfficerInput('VN-CUS-AS', BARE) });
    const before = await row(officer);
    const input = anOfficerInput('VN-CUS-AS', { ...BARE, ...more });
    const { id, state } = await changed(one.browser, 'changeOfficer', { officer, input });
    expect([state, await row(officer)]).toEqual(['WAITING', before]);
    expect(await outcomeOf(act(one.browser, 'approveChange', { id }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await row(officer)).toEqual(before);
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('APPLIED');
    expect(await row(officer)).not.toEqual(before);
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('NOT_FOUND');
  });

  it('has no session any more after the end, nor ever again', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    expect((await changed(one.browser, 'endOfficer', { officer })).state).toBe('APPLIED');
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
    expect((await browser.signIn(passkey)).status).toBe(401);
    const input = anOfficerInput('VN-CUS-AS');
    expect(await outcomeOf(act(one.browser, 'changeOfficer', { officer, input }))).toBe('NOT_FOUND');
  });

  it('is shut out at once and let in again by two; the passkey stays', async () => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    expect((await changed(one.browser, 'suspendOfficer', { officer })).state).toBe('APPLIED');
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
    expect((await browser.signIn(passkey)).status).toBe(401);
    await byTwo('resumeOfficer', { officer });
    expect((await browser.signIn(passkey)).status).toBe(200);
    expect(await codeOf(browser)).toBe('accepted');
  });

  it('who never signed in can be shut out too, and an administrator so takes the own proposals along', async () => {
    const officer = await anOfficer(t, vn, ['ANALYST'], { clearance: 0 });
    expect((await changed(one.browser, 'suspendOfficer', { officer })).state).toBe('APPLIED');
    const own = await one.browser.ask<{ ownOfficers: object[] }>('{ ownOfficers { officer isSuspended } }');
    expect(own.data!.ownOfficers).toContainEqual({ officer, isSuspended: true });

    const lost = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { id } = await changed(lost.browser, 'resumeOfficer', { officer });
    await changed(one.browser, 'suspendOfficer', { officer: lost.officer });
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('NOT_FOUND');
  });

  it.each([
    ['lower rights take effect in the session', { clearance: 'UNCLASSIFIED', maySeeNominal: false }, 'accepted'],
    ['another role ends the session', { roles: ['PCU_MEMBER'] }, 'UNAUTHENTICATED'],
    ['another unit ends the session', { unit: 'VN-CUS-HQ' }, 'UNAUTHENTICATED'],
  ])('%s', async (_, changes, expected) => {
    const { officer, browser } = await aSignedIn(t, vn, ['ANALYST']);
    const input = anOfficerInput('VN-CUS-AS', { clearance: 'RESTRICTED', maySeeNominal: true, ...changes });
    const { id, state } = await changed(one.browser, 'changeOfficer', { officer, input });
    if (state === 'WAITING') await changed(two.browser, 'approveChange', { id });
    expect(await codeOf(browser)).toBe(expected);
  });

  it.each([
    ['a higher clearance', { clearance: 'RESTRICTED' }],
    ['personal details', { maySeeNominal: true }],
  ])('gets %s in a new session only: the old one ends', async (_, more) => {
    const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST'], { clearance: 0, maySeeNominal: false });
    await byTwo('changeOfficer', { officer, input: anOfficerInput('VN-CUS-AS', more) });
    expect(await codeOf(browser)).toBe('UNAUTHENTICATED');
    await browser.signIn(passkey);
    expect(await codeOf(browser)).toBe('accepted');
  });

  it('is changed by nobody for himself: neither more nor less', async () => {
    const input = anOfficerInput('VN-CUS-AS', { roles: ['AGENCY_ADMIN', 'ANALYST'] });
    const before = await fingerprint(t.database);
    for (const less of [input, anOfficerInput('VN-CUS-AS', { roles: ['AGENCY_ADMIN'] })]) {
      const outcome = await outcomeOf(act(one.browser, 'changeOfficer', { officer: one.officer, input: less }));
      expect(outcome).toBe('FORBIDDEN/NEEDS_ANOTHER');
    }
    expect(await outcomeOf(act(one.browser, 'endOfficer', { officer: one.officer }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    // Nor suspends the unit of the own session: its author would be shut out with it.
    expect(await outcomeOf(act(one.browser, 'suspendUnit', { unit: vn.unit }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await fingerprint(t.database)).toEqual(before);
    // Nor approved by whom it is about.
    const { id } = await changed(one.browser, 'changeOfficer', { officer: two.officer, input });
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await outcomeOf(act(two.browser, 'declineChange', { id }))).toBe('DECLINED');
  });

  it.each(Object.entries(ROLES))('%s is given as the table of roles says', async (role, { givenBy }) => {
    const officer = await anOfficer(t, vn, []);
    const input = anOfficerInput('VN-CUS-AS', { roles: [role] });
    const before = await fingerprint(t.database);
    const outcome = await outcomeOf(act(one.browser, 'changeOfficer', { officer, input }));
    expect(outcome).toBe(givenBy === 'AGENCY' ? 'WAITING' : 'FORBIDDEN/ROLE');
    if (givenBy === 'OPERATOR') expect(await fingerprint(t.database)).toEqual(before);
  });

  it('whom the operator made a liaison officer can lose that, and does not get it back', async () => {
    const officer = await anOfficer(t, vn, ['RILO_LIAISON', 'RELEASER']);
    const change = (roles: string[]): Promise<string> =>
      outcomeOf(act(one.browser, 'changeOfficer', { officer, input: anOfficerInput('VN-CUS-AS', { roles }) }));
    expect(await change(['RILO_LIAISON'])).toBe('APPLIED');
    expect(await change(['ANALYST'])).toBe('WAITING');
    await t.database.sql(`UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1`, [officer]);
    expect(await change(['ANALYST', 'RILO_LIAISON'])).toBe('FORBIDDEN/ROLE');
  });
});

describe('a proposal', () => {
  let officer: string;
  const more = anOfficerInput('VN-CUS-AS', { clearance: 'RESTRICTED', maySeeNominal: true, roles: ['RELEASER'] });
  beforeEach(async () => {
    officer = await anOfficer(t, vn, ['ANALYST']);
  });
  const propose = (): Promise<Change> => changed(one.browser, 'changeOfficer', { officer, input: more });

  it('is applied only to what it was made against', async () => {
    const { id } = await propose();
    const input = anOfficerInput('VN-CUS-AS', { clearance: 'UNCLASSIFIED', maySeeNominal: false });
    expect((await changed(two.browser, 'changeOfficer', { officer, input })).state).toBe('APPLIED');
    const before = await fingerprint(t.database);
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('CONFLICT/CHANGED');
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('lapses after 24 hours', async () => {
    const { id } = await propose();
    const age = `UPDATE agency.change SET expires_at = expires_at - $2::interval WHERE id = $1`;
    await t.database.sql(age, [id, '23 hours 59 minutes']);
    const ids = async (): Promise<string[]> =>
      (await two.browser.ask<{ waitingChanges: Change[] }>('{ waitingChanges { id } }')).data!.waitingChanges.map(
        (each) => each.id,
      );
    expect(await ids()).toContain(id);
    await t.database.sql(age, [id, '1 minute']);
    expect(await ids()).not.toContain(id);
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('NOT_FOUND');
    expect(await outcomeOf(act(two.browser, 'declineChange', { id }))).toBe('NOT_FOUND');
  });

  it('gives way to a later one about the same', async () => {
    const first = await propose();
    const second = await propose();
    expect(await outcomeOf(act(two.browser, 'approveChange', { id: first.id }))).toBe('NOT_FOUND');
    expect(await outcomeOf(act(two.browser, 'approveChange', { id: second.id }))).toBe('APPLIED');
  });

  it('is applied once when two approve at the same time', async () => {
    const three = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { id } = await propose();
    const outcomes = await Promise.all(
      [two, three].map(({ browser }) => outcomeOf(act(browser, 'approveChange', { id }))),
    );
    expect(outcomes.toSorted()).toEqual(['APPLIED', 'NOT_FOUND']);
  });

  it('can be declined, also by who made it, and leaves nothing', async () => {
    for (const { browser } of [one, two]) {
      const before = await row(officer);
      const { id } = await propose();
      expect(await outcomeOf(act(browser, 'declineChange', { id }))).toBe('DECLINED');
      expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('NOT_FOUND');
      expect(await row(officer)).toEqual(before);
    }
  });

  it('falls with the administrator who made it', async () => {
    const gone = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const { id } = await changed(gone.browser, 'changeOfficer', { officer, input: more });
    await changed(one.browser, 'endOfficer', { officer: gone.officer });
    expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('NOT_FOUND');
    const latest = await two.browser.ask<{ latestChanges: Change[] }>('{ latestChanges { id state } }');
    expect(latest.data!.latestChanges).toContainEqual({ id, state: 'VOID' });
  });

  it('that would change nothing is refused, also with the roles in another order', async () => {
    const other = await anOfficer(t, vn, ['RELEASER', 'ANALYST'], { clearance: 0, maySeeNominal: false });
    const titles = { titleEn: 'Officer <of> the unit', titleVi: 'Cán bộ của đơn vị' };
    const before = await fingerprint(t.database);
    const input = anOfficerInput('VN-CUS-AS', { ...titles, roles: ['ANALYST', 'RELEASER'] });
    expect(await outcomeOf(act(one.browser, 'changeOfficer', { officer: other, input }))).toBe('CONFLICT/UNCHANGED');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('the ceiling that the operator set', () => {
  it('is reached and not passed, by two administrators or more', async () => {
    const la = await t.enrol('LA-CUS-HQ', { clearance: 0, maySeeNominal: false });
    const [first, second] = await twoAdministrators(t, la);
    const before = await fingerprint(t.database);
    for (const more of [{ clearance: 'RESTRICTED' }, { maySeeNominal: true }]) {
      const input = anOfficerInput('LA-CUS-HQ', more);
      expect(await outcomeOf(act(first.browser, 'appointOfficer', { input }))).toBe('FORBIDDEN/CEILING');
      const connection = aConnectionInput({ clearance: 'UNCLASSIFIED', maySeeNominal: false, ...more });
      const outcome = await outcomeOf(act(first.browser, 'changeConnection', { unit: la.unit, input: connection }));
      expect(outcome).toBe('FORBIDDEN/CEILING');
    }
    expect(await fingerprint(t.database)).toEqual(before);
    const { id } = await changed(first.browser, 'appointOfficer', { input: anOfficerInput('LA-CUS-HQ') });
    expect(await outcomeOf(act(second.browser, 'approveChange', { id }))).toBe('APPLIED');
  });

  it('is asked for again when a proposal is approved', async () => {
    const mm = await t.enrol('MM-CUS-INV');
    const [first, second] = await twoAdministrators(t, mm);
    const input = anOfficerInput('MM-CUS-INV', { clearance: 'RESTRICTED' });
    const { id } = await changed(first.browser, 'appointOfficer', { input });
    await t.database.sql(`UPDATE agency.ceiling SET clearance = 0 WHERE agency_id = 'MM-CUS'`);
    expect(await outcomeOf(act(second.browser, 'approveChange', { id }))).toBe('FORBIDDEN/CEILING');
  });
});

describe('a unit', () => {
  it('is made by two administrators, and mail to it arrives', async () => {
    const unit = `VN-CUS-N${randomUUID().slice(0, 4).toUpperCase()}`;
    const input = aUnitInput({ kind: 'PORT_CONTROL_UNIT', place: 'VNHPH', phone24h: '+84000000100' });
    await byTwo('makeUnit', { unit, input });
    await composeAndSubmit(th, { to: [unit], agreement });
    const { browser } = await aSignedIn(t, { ...vn, unit }, ['ANALYST']);
    const inbox = await browser.ask<{ inbox: { nodes: unknown[] } }>('{ inbox(first: 5) { nodes { id } } }');
    expect(inbox.data!.inbox.nodes).toHaveLength(1);
    expect(await outcomeOf(act(one.browser, 'makeUnit', { unit, input }))).toBe('CONFLICT/TAKEN');
  });

  it('that two propose at the same time waits once', async () => {
    const unit = `VN-CUS-R${randomUUID().slice(0, 4).toUpperCase()}`;
    const input = aUnitInput({ kind: 'REGIONAL_OFFICE' });
    const both = [one, two, one, two].map(({ browser }) => outcomeOf(act(browser, 'makeUnit', { unit, input })));
    expect(await Promise.all(both)).toEqual(['WAITING', 'WAITING', 'WAITING', 'WAITING']);
    const { data } = await one.browser.ask<{ waitingChanges: Change[] }>('{ waitingChanges { id subject } }');
    expect(data!.waitingChanges.filter(({ subject }) => subject === unit)).toHaveLength(1);
  });

  it('is renamed at once', async () => {
    const input = aUnitInput({ nameVi: 'Trụ sở chính', place: 'VNHAN' });
    expect((await changed(one.browser, 'changeUnit', { unit: 'VN-CUS-HQ', input })).state).toBe('APPLIED');
    const { data } = await th.ask<{ agencies: { units: unknown[] }[] }>('{ agencies { units { id nameVi place } } }');
    expect(data!.agencies.flatMap(({ units }) => units)).toContainEqual({
      id: 'VN-CUS-HQ',
      nameVi: 'Trụ sở chính',
      place: 'VNHAN',
    });
  });

  it('is suspended at once and resumed by two: officers and system are out at the next request', async () => {
    const unit = await t.enrol('VN-CUS-SUS');
    const { browser, passkey } = await aSignedIn(t, unit, ['ANALYST']);
    expect([await codeOf(browser), await systemOf(unit)]).toEqual(['accepted', 'accepted']);
    expect((await changed(one.browser, 'suspendUnit', { unit: unit.unit })).state).toBe('APPLIED');
    expect([await codeOf(browser), await systemOf(unit)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    await byTwo('resumeUnit', { unit: unit.unit });
    await browser.signIn(passkey);
    expect([await codeOf(browser), await systemOf(unit)]).toEqual(['accepted', 'accepted']);
  });
});

describe("a unit's system", () => {
  const FEW = { scopes: ['directory.read', 'objects.read', 'objects.submit:alert'] };
  const widened: Record<string, object> = {
    'a further scope': { scopes: [...FEW.scopes, 'keys.publish'] },
    'all kinds': { scopes: ['directory.read', 'objects.read', 'objects.submit'] },
    'a further addressee': { addressees: ['TH-CUS-LCB', 'LA-CUS'] },
    'all units of an agency': { addressees: ['TH-CUS'] },
    'whoever an agreement allows': { addressees: null },
    'a longer time': { validUntil: inDays(600) },
    'texts of its own': { adhoc: true },
    'personal details': { maySeeNominal: true },
  };
  const LIMITED = {
    ...FEW,
    maySeeNominal: false,
    adhoc: false,
    addressees: ['TH-CUS-LCB'],
    validUntil: inDays(300),
  };
  let system: Party;
  beforeAll(async () => {
    system = await t.enrol('VN-CUS-SYS');
  });

  function setConnection(input: object): Promise<Change> {
    return changed(one.browser, 'changeConnection', { unit: system.unit, input: aConnectionInput(input) });
  }

  it('is narrowed at once, and its next request shows it', async () => {
    const input = aConnectionInput({ scopes: ['directory.read'] });
    expect((await changed(one.browser, 'changeConnection', { unit: system.unit, input })).state).toBe('APPLIED');
    expect((await system.ask('{ inbox(first: 1) { nodes { id } } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    await byTwo('changeConnection', { unit: system.unit, input: aConnectionInput() });
    expect((await system.ask('{ inbox(first: 1) { nodes { id } } }')).errors).toBeUndefined();
  });

  it.each(Object.entries(widened))('is widened by two: %s', async (_, more) => {
    const limit = async (): Promise<unknown> =>
      t.database.sql(
        `UPDATE auth.connection SET scopes = $2, addressees = $3, valid_until = $4, may_see_nominal = false, adhoc = false WHERE unit_id = $1`,
        [system.unit, LIMITED.scopes, LIMITED.addressees, LIMITED.validUntil],
      );
    await limit();
    const change = await byTwo('changeConnection', {
      unit: system.unit,
      input: aConnectionInput({ ...LIMITED, ...more }),
    });
    expect(change.changes.map(({ field }) => field)).toEqual(Object.keys(more));
  });

  it.each([
    ['fewer addressees', { addressees: ['TH-CUS'] }, { addressees: ['TH-CUS-LCB'] }],
    ['one kind of all', { scopes: ['objects.submit'] }, { scopes: ['objects.submit:alert'] }],
    ['a list of addressees', {}, { addressees: ['TH-CUS'] }],
    ['no texts of its own', {}, { adhoc: undefined }],
    ['an earlier end', {}, { validUntil: inDays(90) }],
  ])('is narrowed by one: %s', async (_, before, after) => {
    const { id, state } = await setConnection(before);
    if (state === 'WAITING') await changed(two.browser, 'approveChange', { id });
    expect((await setConnection({ ...before, ...after })).state).toBe('APPLIED');
  });

  it('is suspended at once and resumed by two', async () => {
    expect((await changed(one.browser, 'suspendConnection', { unit: system.unit })).state).toBe('APPLIED');
    expect(await systemOf(system)).toBe('UNAUTHENTICATED');
    await byTwo('resumeConnection', { unit: system.unit });
    expect(await systemOf(system)).toBe('accepted');
  });

  it('is opened by two, and stands in the list of units', async () => {
    await byTwo('openConnection', { unit: 'VN-CUS-HQ', input: aConnectionInput({ addressees: ['TH-CUS'] }) });
    const units = await one.browser.ask(
      '{ administeredUnits { unit isSuspended isSuspendedByOperator connection { clearance scopes addressees isSuspended } } }',
    );
    expect(units.data?.['administeredUnits']).toContainEqual({
      unit: 'VN-CUS-HQ',
      isSuspended: false,
      isSuspendedByOperator: false,
      connection: {
        clearance: 'RESTRICTED',
        scopes: ['directory.read', 'objects.read'],
        addressees: ['TH-CUS'],
        isSuspended: false,
      },
    });
    const again = act(one.browser, 'openConnection', { unit: 'VN-CUS-HQ', input: aConnectionInput() });
    expect(await outcomeOf(again)).toBe('CONFLICT/TAKEN');
  });
});

describe('the operator', () => {
  let op: Party;
  let first: Awaited<ReturnType<typeof aSignedIn>>;
  let second: Awaited<ReturnType<typeof aSignedIn>>;
  beforeAll(async () => {
    op = await t.enrol('SG-HUB-OPS');
    [first, second] = await twoAdministrators(t, op, 'SYSTEM_ADMIN');
  });

  it('shuts an agency out at its next request, and lets it in again as two', async () => {
    const kh = await t.enrol('KH-CUS-INV');
    const { browser, passkey } = await aSignedIn(t, kh, ['ANALYST']);
    expect((await changed(first.browser, 'suspendAgency', { agency: 'KH-CUS' })).state).toBe('APPLIED');
    expect([await codeOf(browser), await systemOf(kh)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await outcomeOf(act(first.browser, 'suspendAgency', { agency: 'KH-CUS' }))).toBe('CONFLICT/UNCHANGED');

    const { id, state } = await changed(first.browser, 'resumeAgency', { agency: 'KH-CUS' });
    expect(state).toBe('WAITING');
    expect(await systemOf(kh)).toBe('UNAUTHENTICATED');
    const waiting = await second.browser.ask('{ waitingResumptions { id subject } }');
    expect(waiting.data).toEqual({ waitingResumptions: [{ id, subject: 'KH-CUS' }] });
    expect(await outcomeOf(act(first.browser, 'approveResumption', { id }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await outcomeOf(act(second.browser, 'approveResumption', { id }))).toBe('APPLIED');
    expect(await systemOf(kh)).toBe('accepted');
    await browser.signIn(passkey);
    expect(await codeOf(browser)).toBe('accepted');
    const events = await t.database.sql(
      `SELECT event FROM audit.pending WHERE agency_id = 'SG-HUB' AND change_id IS NOT NULL ORDER BY id`,
    );
    expect(events).toEqual([{ event: 'agency.changed' }, { event: 'agency.proposed' }, { event: 'agency.approved' }]);
  });

  it('and the agency each lift their own suspension of a unit, and not the other’s', async () => {
    const unit = await t.enrol('VN-CUS-BOTH');
    const named = { agency: 'VN-CUS', unit: unit.unit };
    await changed(one.browser, 'suspendUnit', { unit: unit.unit });
    await changed(first.browser, 'suspendAgency', named);
    await byTwo('resumeUnit', { unit: unit.unit });
    expect(await systemOf(unit)).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(act(one.browser, 'resumeUnit', { unit: unit.unit }))).toBe('CONFLICT/UNCHANGED');

    await changed(one.browser, 'suspendUnit', { unit: unit.unit });
    const resumption = await changed(first.browser, 'resumeAgency', named);
    await changed(second.browser, 'approveResumption', { id: resumption.id });
    expect(await systemOf(unit)).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(act(first.browser, 'resumeAgency', named))).toBe('CONFLICT/UNCHANGED');
    await byTwo('resumeUnit', { unit: unit.unit });
    expect(await systemOf(unit)).toBe('accepted');
  });

  it('sees that agencies, units and administrators exist, in numbers', async () => {
    await changed(first.browser, 'suspendAgency', { agency: 'TH-CUS', unit: 'TH-CUS-LCB' });
    const { data } = await first.browser.ask<{ agencyStandings: { agency: string }[] }>(
      '{ agencyStandings { agency suspendedAt administrators units { unit isSuspended isSuspendedByAgency } } }',
    );
    expect(data!.agencyStandings).toContainEqual({
      agency: 'TH-CUS',
      suspendedAt: null,
      administrators: 0,
      units: [{ unit: 'TH-CUS-LCB', isSuspended: true, isSuspendedByAgency: false }],
    });
    expect(JSON.stringify(data)).not.toContain('p:');
  });
});
