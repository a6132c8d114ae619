import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { someNominalData } from '../src/exchange/body/body.example.js';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import type { Envelope } from '../src/protocol/envelope.js';
import type { KeyPair } from '../src/protocol/keys.js';
import { makePart } from '../src/protocol/part.js';
import { readSignedObject } from '../src/protocol/signed-object.js';
import { signObject } from '../src/protocol/signing.js';
import { anAlert, fingerprint, verdictOf } from './hostile/hostile.js';
import { aSignedIn, type Browser } from './support/browser.js';
import { asServer, untilSomebodyWaits } from './support/commands.js';
import {
  aWaitingDraft,
  approve,
  giveBack,
  handIn,
  keep,
  LIST,
  READ,
  type ShownDraft,
  signatureOf,
  withdraw,
} from './support/drafts.js';
import { aHandling } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { anEnrolmentKey, aSigningOfficer, sendAs, type SigningOfficer } from './support/signing-officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
let enrolment: KeyPair;
let author: SigningOfficer;
let approver: SigningOfficer;
let analyst: SigningOfficer;

const HP = { id: 'VN-CUS-HP', kind: 'PORT_CONTROL_UNIT', nameEn: 'Hai Phong', nameVi: 'Hải Phòng' };
const DAY = 86_400_000;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { units: [HP] });
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-VTE');
  agreement = await t.agree([vn, th, la]);
  enrolment = await anEnrolmentKey(vn);
  author = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
  approver = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  analyst = await aSigningOfficer(t, vn, enrolment, ['ANALYST']);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const toThailand = (by: { officer: string } = author, changes: Partial<Envelope> = {}): Envelope =>
  anAlert(vn, ['TH-CUS'], agreement, { authoredBy: by.officer, ...changes });

const shown = async (officer: { browser: Browser }, id: string): Promise<ShownDraft | null> =>
  (await officer.browser.ask<{ draft: ShownDraft }>(READ, { id })).data?.draft ?? null;

const listed = async ({ browser }: { browser: Browser }, state: string | null = null): Promise<string[]> => {
  const { data } = await browser.ask<{ drafts: { nodes: { id: string }[] } }>(LIST, { state });
  return data!.drafts.nodes.map(({ id }) => id);
};

/** A refusal, and that nothing was written. */
async function refused(attempt: () => Promise<{ errors?: unknown[] }>): Promise<string> {
  const before = await fingerprint(t.database);
  const verdict = verdictOf((await attempt()) as never);
  expect(await fingerprint(t.database)).toEqual(before);
  return verdict;
}

async function withNominal(by = author): Promise<[Envelope, { name: string; text: string }[]]> {
  const { name, text, sha256 } = await makePart('nominal', someNominalData());
  return [toThailand(by, { parts: [{ name, sha256 }] }), [{ name, text }]];
}

describe('a draft', () => {
  it('is kept by its author, signed, and sent with a second signature over the same bytes', async () => {
    const payload = toThailand();
    const kept = (await keep(author, payload)).data!.keepDraft;
    expect(kept).toMatchObject({
      state: 'DRAFT',
      author: author.officer,
      object: payload.id,
      signing: [{ kid: author.key.kid }],
    });
    expect((await handIn(author, kept.id, payload)).data!.handInDraft).toMatchObject({
      state: 'REVIEW',
      text: kept.text,
    });
    const sent = await approve(approver, kept.id, payload);
    expect(sent.data).toMatchObject({ sendDraft: { id: payload.id, object: { digest: kept.digest } } });
    expect(await shown(author, kept.id)).toMatchObject({ state: 'SENT', decidedBy: approver.officer, text: null });

    const query = 'query($id: ID!) { object(id: $id) { text } }';
    const { text } = (await th.ask<{ object: { text: string } }>(query, { id: payload.id })).data!.object;
    const read = await readSignedObject(text, { hub: payload.hub, now: new Date() });
    expect(read.signatures.map(({ kid }) => kid)).toEqual([author.key.kid, approver.key.kid]);
    const [touched] = await t.database.sql<{ officer: string }>(
      'SELECT a.officer FROM hub.object_assertion a JOIN hub.object o USING (seq) WHERE o.id = $1',
      [payload.id],
    );
    expect(touched).toEqual({ officer: approver.officer });
  });

  it('may be written by an officer who cannot send', async () => {
    const payload = toThailand(analyst);
    const id = await aWaitingDraft(analyst, payload);
    expect(verdictOf(await approve(approver, id, payload))).toBe('accepted');
  });

  it('is given back with a reason, kept anew, handed in again and sent', async () => {
    const first = toThailand();
    const id = await aWaitingDraft(author, first);
    expect((await giveBack(approver, id)).data!.returnDraft).toMatchObject({
      state: 'RETURNED',
      note: 'The port is wrong.',
      decidedBy: approver.officer,
    });
    expect(await refused(() => approve(approver, id, first))).toBe('CONFLICT/DRAFT_STATE');
    expect(await refused(() => handIn(author, id, first))).toBe('CONFLICT/DRAFT_STATE');
    const second = toThailand();
    expect((await keep(author, second, { draft: id })).data!.keepDraft).toMatchObject({
      id,
      state: 'DRAFT',
      object: second.id,
      note: null,
    });
    expect(await shown(approver, id)).toBeNull();
    expect(verdictOf(await handIn(author, id, second))).toBe('accepted');
    expect(verdictOf(await approve(approver, id, second))).toBe('accepted');
  });

  it('is withdrawn by its author, and what it said is erased', async () => {
    const [payload, parts] = await withNominal();
    const id = await aWaitingDraft(author, payload, parts);
    expect(await refused(() => withdraw(approver, id))).toBe('FORBIDDEN/NOT_AUTHOR');
    expect((await withdraw(author, id)).data!.withdrawDraft).toMatchObject({ state: 'WITHDRAWN', text: null });
    expect(await refused(() => approve(approver, id, payload))).toBe('CONFLICT/DRAFT_STATE');
    expect(await refused(() => withdraw(author, id))).toBe('CONFLICT/DRAFT_STATE');
    const [row] = await t.database.sql(
      `SELECT d.title, d.text, d.signature, (SELECT count(*)::integer FROM agency.draft_part p WHERE p.draft_id = d.id) AS parts
       FROM agency.draft d WHERE d.id = $1`,
      [id],
    );
    expect(row).toEqual({ title: null, text: null, signature: null, parts: 0 });
  });

  it('lapses after thirty days without anything done', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    const sweeper = t.hub.app.get(DutySweeper, { strict: false });
    t.hub.clock.set(new Date(Date.now() + 30 * DAY - 3_600_000));
    await sweeper.sweep();
    expect(await shown(author, id)).toMatchObject({ state: 'REVIEW' });
    t.hub.clock.set(new Date(Date.now() + 30 * DAY + 3_600_000));
    await sweeper.sweep();
    expect(await shown(author, id)).toMatchObject({ state: 'LAPSED', text: null });
    expect(await refused(() => approve(approver, id, payload))).toBe('CONFLICT/DRAFT_STATE');
  });

  it('that is sent another way, with all it needs, is over too', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    expect(verdictOf(await sendAs([author], author, payload))).toBe('accepted');
    expect(await shown(author, id)).toMatchObject({ state: 'SENT', decidedBy: null, text: null });
  });

  it('is not over by other bytes under the id that it was to have', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    const other = { ...payload, purpose: 'INVESTIGATE' };
    expect(verdictOf(await sendAs([author], author, other))).toBe('accepted');
    expect(await shown(author, id)).toMatchObject({ state: 'REVIEW' });
    expect(await refused(() => approve(approver, id, payload))).toBe('BAD_SIGNED_OBJECT/ID_REUSED');
  });

  it('is one of a hundred at most that an officer has open', async () => {
    const busy = await aSignedIn(t, vn, ['ANALYST']);
    await t.database.sql(
      `INSERT INTO agency.draft (agency_id, unit_id, author, state, object_id, kind, recipients, digest, text, clearance, kept_at)
       SELECT 'VN-CUS', 'VN-CUS-AS', $1, 'DRAFT', gen_random_uuid(), 'alert', '{}', 'x', '{}', 0, now() FROM generate_series(1, 100)`,
      [busy.officer],
    );
    expect(await refused(() => keep(busy, toThailand(busy)))).toBe('CONFLICT/DRAFTS_FULL');
  });
});

describe('who sees a draft', () => {
  it('before it is handed in is its author alone, then the officers of the unit', async () => {
    const payload = toThailand();
    const { id } = (await keep(author, payload)).data!.keepDraft;
    expect(await listed(author)).toContain(id);
    expect([await shown(approver, id), await listed(approver)]).toEqual([null, expect.not.arrayContaining([id])]);
    await handIn(author, id, payload);
    expect(await listed(approver, 'REVIEW')).toContain(id);
    expect(await listed(approver, 'SENT')).not.toContain(id);
  });

  it('is nobody of another unit or agency, nobody uncleared, and no system: each gets the answer of a random id', async () => {
    const handling = aHandling(agreement, { classification: 'RESTRICTED' }) as Envelope['handling'];
    const payload = toThailand(author, { handling });
    const id = await aWaitingDraft(author, payload);
    const elsewhere = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    await t.database.sql(`UPDATE agency.officer SET unit_id = 'VN-CUS-HP' WHERE pseudonym = $1`, [elsewhere.officer]);
    await elsewhere.browser.signIn(elsewhere.passkey);
    const uncleared = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    await t.database.sql('UPDATE agency.officer SET clearance = 0 WHERE pseudonym = $1', [uncleared.officer]);
    await uncleared.browser.signIn(uncleared.passkey);
    const foreign = { ...approver, ...(await aSignedIn(t, th, ['RELEASER'])) };
    for (const stranger of [elsewhere, uncleared, foreign]) {
      expect(await listed(stranger)).not.toContain(id);
      for (const attempt of [
        (which: string) => stranger.browser.ask(READ, { id: which }),
        (which: string) => giveBack(stranger, which),
        (which: string) => withdraw(stranger, which),
        (which: string) => approve(stranger, which, payload),
        (which: string) => handIn(stranger, which, payload),
        async (which: string) =>
          keep(stranger, { ...payload, from: stranger === foreign ? 'TH-CUS' : 'VN-CUS' }, { draft: which }),
      ]) {
        const before = await fingerprint(t.database);
        const answer = JSON.stringify(await attempt(id));
        expect(answer).toBe(JSON.stringify(await attempt(randomUUID())));
        expect(answer).toContain('"code"');
        expect(await fingerprint(t.database)).toEqual(before);
      }
    }
    for (const query of ['query($id: ID!) { draft(id: $id) { id } }', LIST]) {
      expect((await vn.ask(query, query === LIST ? {} : { id })).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    // Neither in the database, whatever the server would have asked.
    for (const [party, changes] of [
      [vn, { officer: null, clearance: 1 }],
      [vn, { officer: approver.officer, clearance: 0 }],
      [
        { ...vn, unit: 'VN-CUS-HP' },
        { officer: author.officer, clearance: 1 },
      ],
      [th, { officer: author.officer, clearance: 1 }],
    ] as const) {
      const seen = await asServer(
        t.database,
        party,
        () => t.database.sql<{ id: string }>('SELECT d.id FROM agency.draft d WHERE d.id = $1', [id]),
        changes,
      );
      expect([party.unit, changes, seen]).toEqual([party.unit, changes, []]);
    }
    expect(await shown(approver, id)).toMatchObject({ state: 'REVIEW' });
  });

  it('sees its personal details only if cleared for them, and approves it only then', async () => {
    const [payload, parts] = await withNominal();
    const id = await aWaitingDraft(author, payload, parts);
    const uncleared = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    await t.database.sql('UPDATE agency.officer SET may_see_nominal = false WHERE pseudonym = $1', [uncleared.officer]);
    await uncleared.browser.signIn(uncleared.passkey);
    expect((await shown(approver, id))!.parts).toEqual([{ ...parts[0], withheld: null }]);
    expect((await shown(uncleared, id))!.parts).toEqual([{ name: 'nominal', text: null, withheld: 'NOT_CLEARED' }]);
    expect(await refused(() => approve(uncleared, id, payload))).toBe('FORBIDDEN/DRAFT_NOMINAL');
    const [sealed] = await t.database.sql<{ ciphertext: Buffer }>(
      'SELECT ciphertext FROM agency.draft_part WHERE draft_id = $1',
      [id],
    );
    expect(sealed!.ciphertext.toString('latin1')).not.toContain('salt');
    expect(verdictOf(await approve(approver, id, payload))).toBe('accepted');
    const query = 'query($id: ID!) { object(id: $id) { parts { text } } }';
    const read = await th.ask<{ object: { parts: { text: string }[] } }>(query, { id: payload.id });
    expect(read.data!.object.parts).toEqual([{ text: parts[0]!.text }]);
  });
});

describe('what is kept', () => {
  it('is of its author, of the author’s unit, well formed, with its parts', async () => {
    const [nominal, parts] = await withNominal();
    for (const [payload, expected, given] of [
      [toThailand(approver), 'BAD_SIGNED_OBJECT/PERSON', []],
      [toThailand(author, { unit: 'VN-CUS-HP' }), 'BAD_SIGNED_OBJECT/UNIT', []],
      [toThailand(author, { from: 'TH-CUS', unit: 'TH-CUS-LCB' }), 'BAD_SIGNED_OBJECT/FROM', []],
      [toThailand(author, { hub: 'other.test.localhost' }), 'BAD_SIGNED_OBJECT/HUB', []],
      [toThailand(author, { releasedBy: author.officer }), 'BAD_SIGNED_OBJECT/FOUR_EYES', []],
      [toThailand(author, { kind: 'seizure' }), 'BAD_SIGNED_OBJECT/KIND', []],
      [toThailand(author, { body: { text: 'x' } }), 'BAD_USER_INPUT/', []],
      [{ ...toThailand(), more: 1 }, 'BAD_SIGNED_OBJECT/SHAPE', []],
      [nominal, 'BAD_SIGNED_OBJECT/PART', []],
      [toThailand(), 'BAD_SIGNED_OBJECT/PART', parts],
    ] as const) {
      const verdict = await refused(() => keep(author, payload, { parts: [...given] }));
      expect([expected, verdict.startsWith(expected)]).toEqual([expected, true]);
    }
    const spaced = { input: { text: JSON.stringify(toThailand(), null, 1), parts: [] } };
    const keepText = 'mutation($input: DraftInput!) { keepDraft(input: $input) { id } }';
    expect(await refused(() => author.browser.ask(keepText, spaced))).toBe('BAD_SIGNED_OBJECT/NOT_CANONICAL');
    const long = { input: { text: 'x'.repeat(700_001), parts: [] } };
    expect(await refused(() => author.browser.ask(keepText, long))).toBe('BAD_SIGNED_OBJECT/SIZE');
  });

  it('is handed in with the author’s own signature over it, and nothing else', async () => {
    const payload = toThailand();
    const { id } = (await keep(author, payload)).data!.keepDraft;
    const withKey = (key: KeyPair): SigningOfficer => ({ ...author, key });
    expect(await refused(() => handIn(withKey(approver.key), id, payload))).toBe('BAD_SIGNED_OBJECT/PERSON');
    expect(await refused(() => handIn(withKey(vn.signing), id, payload))).toBe('BAD_SIGNED_OBJECT/PERSON');
    expect(await refused(() => handIn(author, id, { ...payload, purpose: 'INVESTIGATE' }))).toBe(
      'BAD_SIGNED_OBJECT/SIGNATURE',
    );
    expect(verdictOf(await handIn(author, id, payload))).toBe('accepted');
    expect(await refused(() => keep(author, toThailand(), { draft: id }))).toBe('CONFLICT/DRAFT_STATE');
    expect(await refused(() => keep(approver, toThailand(approver), { draft: id }))).toBe('FORBIDDEN/NOT_AUTHOR');
  });
});

describe('approval', () => {
  it('is given with sight of who would read it now, and of what stands against it', async () => {
    const [payload, parts] = await withNominal();
    payload.to = ['LA-CUS'];
    const id = await aWaitingDraft(author, payload, parts);
    const query = `query($id: ID!) { draft(id: $id) { preview {
      readers { unit } restrictedParts approvals { code } refusals { to code } } } }`;
    const preview = async (officer: SigningOfficer): Promise<unknown> =>
      (await officer.browser.ask<{ draft: { preview: unknown } }>(query, { id })).data!.draft.preview;
    const open = { readers: [{ unit: 'LA-CUS-VTE' }], restrictedParts: ['nominal'], refusals: [] };
    expect(await preview(author)).toEqual({ ...open, approvals: [{ code: 'TIER' }] });
    expect(await preview(approver)).toEqual({ ...open, approvals: [] });
    await t.database.sql(`UPDATE hub.agency SET suspended_at = now() WHERE id = 'LA-CUS'`);
    expect(await preview(approver)).toMatchObject({ readers: [], refusals: [{ to: 'LA-CUS', code: 'ADDRESSEE' }] });
    await t.database.sql(`UPDATE hub.agency SET suspended_at = NULL WHERE id = 'LA-CUS'`);
    expect(verdictOf(await withdraw(author, id))).toBe('accepted');
    expect(await preview(approver)).toBeNull();
  });

  it('is another officer’s who may send, over the same bytes, with a touch for them', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    for (const [attempt, expected] of [
      [() => approve(author, id, payload), 'FORBIDDEN/OWN_DRAFT'],
      [() => giveBack(author, id), 'FORBIDDEN/OWN_DRAFT'],
      [() => approve(analyst, id, payload), 'FORBIDDEN'],
      [() => giveBack(analyst, id), 'FORBIDDEN'],
      [() => approve(approver, id, { ...payload, purpose: 'INVESTIGATE' }), 'BAD_SIGNED_OBJECT/SIGNATURE'],
      [() => approve(approver, id, payload, { key: author.key }), 'BAD_SIGNED_OBJECT/KID_DUP'],
      [() => approve(approver, id, payload, { assertion: null }), 'STEP_UP_REQUIRED'],
      [() => approve(approver, id, payload, { key: vn.signing }), 'BAD_SIGNED_OBJECT/PERSON'],
    ] as const) {
      expect([expected, await refused(attempt as never)]).toEqual([expected, expected]);
    }
    expect(verdictOf(await approve(approver, id, payload))).toBe('accepted');
  });

  it('is refused in PostgreSQL to the author and to who may not send, whatever the server asked', async () => {
    const id = await aWaitingDraft(author, toThailand());
    for (const [officer, expected] of [
      [author.officer, 'OWN_DRAFT'],
      [analyst.officer, 'FORBIDDEN'],
    ] as const) {
      for (const command of ['cmd.take_draft($1)', "cmd.return_draft($1, 'x')"]) {
        const attempt = (): Promise<unknown> => t.database.sql(`SELECT ${command}`, [id]);
        await expect(asServer(t.database, vn, attempt, { officer, clearance: 1 })).rejects.toThrow(expected);
      }
    }
  });

  it('is of the officer alone whom the author has named, where one is', async () => {
    const other = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    const payload = toThailand(author, { releasedBy: approver.officer });
    const id = await aWaitingDraft(author, payload);
    expect(await refused(() => approve(other, id, payload))).toBe('BAD_SIGNED_OBJECT/PERSON');
    expect(verdictOf(await approve(approver, id, payload))).toBe('accepted');
  });

  it('of two at once is one: the other is told that the draft has moved on', async () => {
    const other = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT 1 FROM agency.draft WHERE id = $1 FOR UPDATE', [id]);
    const both = Promise.all([approve(approver, id, payload), approve(other, id, payload)]);
    await untilSomebodyWaits(t.database);
    await t.database.sql('COMMIT');
    expect((await both).map((answer) => verdictOf(answer as never)).toSorted()).toEqual([
      'CONFLICT/DRAFT_STATE',
      'accepted',
    ]);
    const [count] = await t.database.sql('SELECT count(*)::integer AS n FROM hub.object WHERE id = $1', [payload.id]);
    expect(count).toEqual({ n: 1 });
  });

  const until = async (id: string, payload: Envelope, expected: string): Promise<void> => {
    expect(await refused(() => approve(approver, id, payload))).toBe(expected);
    expect(await shown(approver, id)).toMatchObject({ state: 'REVIEW' });
  };

  it('asks again whether it may go there: what was closed since stays in review', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    await t.database.sql(`UPDATE hub.agency SET suspended_at = now() WHERE id = 'TH-CUS'`);
    await until(id, payload, 'BAD_USER_INPUT//to/0 ADDRESSEE');
    await t.database.sql(`UPDATE hub.agency SET suspended_at = NULL WHERE id = 'TH-CUS'`);
    await t.database.sql('UPDATE hub.agreement SET valid_until = now() WHERE id = $1', [agreement]);
    await until(id, payload, 'BAD_USER_INPUT//handling/legalBasis AGREEMENT');
    await t.database.sql('UPDATE hub.agreement SET valid_until = NULL WHERE id = $1', [agreement]);
    expect(verdictOf(await approve(approver, id, payload))).toBe('accepted');
  });

  it('does not save what an author signed who is gone, or whose key is stopped', async () => {
    const gone = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
    const left = toThailand(gone);
    const first = await aWaitingDraft(gone, left);
    await t.database.sql('UPDATE agency.officer SET valid_until = now() WHERE pseudonym = $1', [gone.officer]);
    await until(first, left, 'BAD_SIGNED_OBJECT/UNIT');
    expect(verdictOf(await giveBack(approver, first))).toBe('accepted');

    const robbed = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
    const stolen = toThailand(robbed);
    const second = await aWaitingDraft(robbed, stolen);
    await robbed.browser.ask('mutation($kid: ID!) { blockKey(kid: $kid) }', { kid: robbed.key.kid });
    await until(second, stolen, 'BAD_SIGNED_OBJECT/KEY_REVOKED');
  });
});

describe('an object that names no releaser', () => {
  it('S27 takes one who signs after the named author, and nobody else', async () => {
    const other = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
    for (const [signers, expected] of [
      [[author, approver], 'accepted'],
      [[analyst, approver], 'BAD_SIGNED_OBJECT/PERSON'],
      [[approver, author], 'BAD_SIGNED_OBJECT/PERSON'],
      [[author, approver, other], 'BAD_SIGNED_OBJECT/PERSON'],
      [[author, analyst], 'BAD_SIGNED_OBJECT/FOUR_EYES'],
    ] as const) {
      const payload = toThailand();
      const object = await signObject(payload, ...signers.map(({ key }) => key));
      const answer = await vn.ask('mutation($object: String!) { submit(object: $object) { id } }', { object });
      expect([expected, verdictOf(answer as never)]).toEqual([expected, expected]);
    }
    expect(await signatureOf(toThailand(), author.key)).toHaveProperty('protected');
  });
});
