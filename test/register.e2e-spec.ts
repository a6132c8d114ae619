import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { aSignedIn } from './support/browser.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import {
  aLetter,
  aPartner,
  close,
  CLOSE,
  correct,
  CORRECT,
  keepPartner,
  KEEP_PARTNER,
  type Letter,
  read,
  READ,
  register,
  REGISTER,
  someDetails,
} from './support/register.js';
import { aPdf } from '../src/files/files.example.js';
import { upload } from './support/files.js';

let t: TestHub;
let vn: Party;
/** A second unit of Viet Nam's, and a system that may not read what is restricted. */
let hcm: Party;
let low: Party;
let th: Party;
let agreement: string;
let spoc: string;
let partner: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', { calendar: { timeZone: 'Asia/Ho_Chi_Minh' } });
  hcm = await t.enrol('VN-CUS-HCM', { maySeeNominal: false });
  low = await t.enrol('VN-CUS-LOW', { clearance: 0 });
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  spoc = await t.agree([vn, th], { deadlineProfile: 'EU_SPOC' });
  partner = await keepPartner(vn);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const HOUR = 3_600_000;
const at = (iso: string): void => t.hub.clock.set(new Date(iso));
/** The moment at which the letters of these tests came in. */
const CAME = '2026-01-08T02:15:00Z';
const after = (hours: number): string => new Date(Date.parse(CAME) + hours * HOUR).toISOString().replace('.000', '');
const fault = async (answer: Promise<Answer<unknown>>): Promise<object | undefined> =>
  (await answer).errors?.[0]?.extensions;

interface Duty {
  kind: string;
  object: string | null;
  objectKind: string;
  ref: string;
  owedBy: string;
  owedTo: string;
  since: string;
  dueAt: string;
  isOverdue: boolean;
  isPaused: boolean;
  because: string;
  matter: unknown;
  letter: { id: string; assurance: string } | null;
}

const DUTIES = `query($owed: DutySide!, $partner: ID) { duties(owed: $owed, partner: $partner, first: 100) { nodes {
  kind object objectKind ref owedBy owedTo since dueAt isOverdue isPaused because matter { nationalRef } letter { id assurance } } } }`;

/** The open duties of one letter. */
async function dutiesFor({ id }: Pick<Letter, 'id'>, party: Party = vn, partnerId?: string): Promise<Duty[]> {
  const found: Duty[] = [];
  for (const owed of ['BY_US', 'TO_US']) {
    const { data, errors } = await party.ask<{ duties: { nodes: Duty[] } }>(DUTIES, { owed, partner: partnerId });
    if (errors) throw new Error(JSON.stringify(errors));
    found.push(...data!.duties.nodes.filter(({ letter }) => letter?.id === id));
  }
  return found;
}

const hoursOf = ({ since, dueAt }: Duty): number => (Date.parse(dueAt) - Date.parse(since)) / HOUR;
const answerTo = (letter: Letter, changes: object = {}): Promise<Letter> =>
  register(vn, partner, {
    direction: letter['direction'] === 'IN' ? 'OUT' : 'IN',
    kind: 'ANSWER',
    answerKind: 'FINAL',
    inReplyTo: letter.id,
    at: after(48),
    dated: '2026-01-08',
    ...changes,
  });

describe('an administration that is not on the hub', () => {
  it('is written down once, changed, and known to one’s own agency alone', async () => {
    const input = aPartner({
      nameEn: 'Customs of Freedonia',
      nameOwn: 'Zoll Freedonia',
      mailbox: 'office@freedonia.example',
    });
    const kept = await vn.ask<{ keepOutsidePartner: { id: string } }>(KEEP_PARTNER, { input });
    const { id } = kept.data!.keepOutsidePartner;
    expect(await fault(hcm.ask(KEEP_PARTNER, { input: { ...input, nameEn: 'CUSTOMS OF FREEDONIA' } }))).toMatchObject({
      code: 'CONFLICT',
      sub: 'PARTNER_BEFORE',
    });
    const changed = { ...input, nameVi: 'Hải quan Phờ-ri-đô-ni-a' };
    expect((await hcm.ask(KEEP_PARTNER, { id, input: changed })).data).toMatchObject({
      keepOutsidePartner: { id, nameVi: 'Hải quan Phờ-ri-đô-ni-a' },
    });
    expect(await fault(th.ask(KEEP_PARTNER, { id, input }))).toEqual(
      await fault(th.ask(KEEP_PARTNER, { id: randomUUID(), input })),
    );
    const list = 'query { outsidePartners(country: "BN") { id } }';
    expect(JSON.stringify((await vn.ask(list)).data)).toContain(id);
    expect((await th.ask(list)).data).toEqual({ outsidePartners: [] });
  });

  it.each([
    ['no country', { country: 'XX' }, '/input/country'],
    ['no mailbox', { mailbox: 'Office <office@x.example>' }, '/input/mailbox'],
    ['a name of two lines', { nameEn: 'Customs\nof' }, '/input/nameEn'],
    ['a foreign agreement', { agreement: 'EX-NOT-OURS' }, '/input/agreement'],
  ])('is refused with %s', async (_, changes, pointer) => {
    expect(await fault(vn.ask(KEEP_PARTNER, { input: aPartner(changes) }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      pointer,
    });
  });
});

describe('a letter', () => {
  it('is registered as what it is: unsigned; and read by the units of the agency', async () => {
    const letter = await register(vn, partner, {
      nationalRef: '1234/TCHQ-ĐTCBL',
      partnerRef: 'EL/2026/17',
      summary: 'Whether invoice 17 is genuine.',
      assistanceType: 'VERIFY_DOCUMENT',
      agreement,
      article: 'art10',
    });
    expect(letter).toMatchObject({
      assurance: 'UNSIGNED',
      ref: expect.stringMatching(/^VN-LTR-\d{4}-[A-Z]{6}$/),
      state: 'OPEN',
      direction: 'IN',
      kind: 'REQUEST',
      urgency: 'ROUTINE',
      classification: 'UNCLASSIFIED',
      nationalRef: '1234/TCHQ-ĐTCBL',
      hasScan: false,
    });
    expect(await read(hcm, letter.id)).toMatchObject({
      subject: 'Verification of an invoice',
      partner: { id: partner },
      steps: [{ act: 'REGISTERED', byUnit: 'VN-CUS-AS', byOfficer: null, note: null, changes: [] }],
    });
    const byNumber = 'query($n: String!) { lettersByNumber(number: $n) { id } }';
    for (const n of ['1234/TCHQ-ĐTCBL', 'EL/2026/17']) {
      expect((await vn.ask(byNumber, { n })).data).toEqual({ lettersByNumber: [{ id: letter.id }] });
      expect((await th.ask(byNumber, { n })).data).toEqual({ lettersByNumber: [] });
    }
    const logged = await t.database.sql('SELECT event FROM audit.pending WHERE letter_id = $1', [letter.id]);
    expect(logged).toEqual([{ event: 'letter.registered' }]);
  });

  it('is nobody else’s: another agency gets the answer of one that is not there, whatever it tries', async () => {
    const { id } = await register(vn, partner);
    const tried = (letter: string): Promise<unknown>[] => [
      th.askRaw(READ, { id: letter }),
      th.askRaw(CORRECT, { id: letter, input: someDetails(), reason: 'x' }),
      th.askRaw(CLOSE, { id: letter, as: 'MISTAKE', reason: 'x' }),
    ];
    expect(await Promise.all(tried(id))).toEqual(await Promise.all(tried(randomUUID())));
    const theirs = await keepPartner(th);
    const replying = (inReplyTo: string): Promise<string> =>
      th.askRaw(REGISTER, { input: aLetter(theirs, { kind: 'OTHER', inReplyTo }) });
    expect(await replying(id)).toBe(await replying(randomUUID()));
    const writingTo = (to: string): Promise<string> => th.askRaw(REGISTER, { input: aLetter(to) });
    expect(await writingTo(partner)).toBe(await writingTo(randomUUID()));
    const listing = (of: string): Promise<string> =>
      th.askRaw('query($of: ID) { letters(partner: $of) { nodes { id } } }', { of });
    expect(await listing(partner)).toBe(await listing(randomUUID()));
    expect(await dutiesFor({ id }, th)).toEqual([]);
    expect(
      (await th.ask<{ letters: { nodes: object[] } }>('query { letters { nodes { id } } }')).data!.letters.nodes,
    ).toEqual([]);
  });

  it('is for one’s own unit alone, or for who is cleared, where it says so; and so is its duty', async () => {
    const own = await register(vn, partner, { ownUnitOnly: true });
    const restricted = await register(vn, partner, { classification: 'RESTRICTED' });
    expect([own['unit'], restricted['unit']]).toEqual(['VN-CUS-AS', null]);
    const sees = async (party: Party, { id }: Letter): Promise<boolean[]> => [
      (await party.ask(READ, { id })).errors === undefined,
      (
        await party.ask<{ letters: { nodes: { id: string }[] } }>('query { letters { nodes { id } } }')
      ).data!.letters.nodes.some((node) => node.id === id),
      (await dutiesFor({ id }, party)).length > 0,
      (await party.ask(CLOSE, { id, as: 'OTHERWISE', reason: '' })).errors![0]!.extensions.code === 'BAD_USER_INPUT',
    ];
    expect(await sees(vn, own)).toEqual([true, true, true, true]);
    expect((await sees(hcm, own)).slice(0, 3)).toEqual([false, false, false]);
    expect((await sees(hcm, restricted)).slice(0, 3)).toEqual([true, true, true]);
    expect((await sees(low, restricted)).slice(0, 3)).toEqual([false, false, false]);
    const closing = { as: 'OTHERWISE', reason: 'x' };
    expect(await fault(hcm.ask(CLOSE, { id: own.id, ...closing }))).toEqual(
      await fault(hcm.ask(CLOSE, { id: randomUUID(), ...closing })),
    );
    expect(await fault(low.ask(CLOSE, { id: restricted.id, ...closing }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await fault(low.ask(REGISTER, { input: aLetter(partner, { classification: 'RESTRICTED' }) }))).toMatchObject(
      {
        pointer: '/input/classification',
      },
    );
    // What belongs to it is seen as it is; nothing narrower or more open can belong to it.
    const reply = await register(vn, partner, { direction: 'OUT', kind: 'OTHER', inReplyTo: own.id });
    expect(reply['unit']).toBe('VN-CUS-AS');
    const toRestricted = aLetter(partner, { direction: 'OUT', kind: 'OTHER', inReplyTo: restricted.id });
    expect(await fault(vn.ask(REGISTER, { input: toRestricted }))).toMatchObject({ pointer: '/input/inReplyTo' });
  });

  it('is registered once: by its number, its date and its partner; also when two do it at once', async () => {
    const number = { nationalRef: `N-${randomUUID().slice(0, 8)}` };
    const tries = await Promise.all(
      [vn, hcm, vn].map((party) => party.ask(REGISTER, { input: aLetter(partner, number) })),
    );
    const results = tries.map(({ errors }) => errors?.[0]?.extensions.sub ?? 'REGISTERED');
    expect(results.toSorted()).toEqual(['REGISTERED', 'REGISTERED_BEFORE', 'REGISTERED_BEFORE']);
    await register(vn, partner, { ...number, dated: '2026-01-06' });
    await register(vn, await keepPartner(vn), number);
    const theirs = { partnerRef: `T-${randomUUID().slice(0, 8)}` };
    const first = await register(vn, partner, theirs);
    expect(await fault(vn.ask(REGISTER, { input: aLetter(partner, theirs) }))).toMatchObject({
      sub: 'REGISTERED_BEFORE',
    });
    await close(vn, first.id, 'MISTAKE');
    await register(vn, partner, theirs);
  });

  it('is not told of by a refusal to who does not see it: the same number may be registered beside it', async () => {
    const number = { nationalRef: `N-${randomUUID().slice(0, 8)}`, partnerRef: `T-${randomUUID().slice(0, 8)}` };
    await register(vn, partner, { ...number, ownUnitOnly: true });
    await register(vn, partner, { ...number, classification: 'RESTRICTED' });
    await register(hcm, partner, { ...number, ownUnitOnly: true });
    await register(low, partner, number);
    expect(await fault(low.ask(REGISTER, { input: aLetter(partner, number) }))).toMatchObject({
      sub: 'REGISTERED_BEFORE',
    });
  });

  it('stands under the agreement with its partner where it names none, registered or corrected', async () => {
    const agreed = await keepPartner(vn, { agreement: spoc });
    const letter = await register(vn, agreed);
    expect(letter['agreement']).toBe(spoc);
    expect((await dutiesFor(letter)).map(hoursOf)).toEqual([168]);
    expect((await correct(vn, letter.id, { subject: 'Another' }))['agreement']).toBe(spoc);
    expect((await register(vn, agreed, { agreement }))['agreement']).toBe(agreement);
    await t.database.sql("DELETE FROM hub.agreement_party WHERE agreement_id = $1 AND agency_id = 'VN-CUS'", [spoc]);
    expect((await register(vn, agreed))['agreement']).toBeNull();
    await t.database.sql("INSERT INTO hub.agreement_party VALUES ($1, 'VN-CUS')", [spoc]);
  });

  it.each([
    ['in the future', { at: '2099-01-01T00:00:00Z' }, '/input/at'],
    ['dated after it came', { dated: '2026-01-20' }, '/input/at'],
    ['dated 31 February', { dated: '2026-02-31' }, '/input/dated'],
    ['without subject', { subject: ' ' }, '/input/subject'],
    ['with a subject that turns the text round', { subject: 'Invoice \u202e71' }, '/input/subject'],
    ['with a summary too long', { summary: 'x'.repeat(4001) }, '/input/summary'],
    ['under a foreign agreement', { agreement: 'EX-NOT-OURS' }, '/input/agreement'],
    ['with an article of nothing', { article: 'art10' }, '/input/article'],
    ['with words, though it came in', { wording: { en: { subject: 'x', text: 'y' } } }, '/input/wording'],
    ['with words in no language', { direction: 'OUT', wording: {} }, '/input/wording/en'],
    ['with a ground, though it refuses nothing', { ground: 'R01' }, '/input/ground'],
    ['as an answer to nothing', { kind: 'ANSWER', answerKind: 'FINAL' }, '/input/inReplyTo'],
    ['as an answer of no kind', { kind: 'ANSWER', inReplyTo: randomUUID() }, '/input/answerKind'],
    ['as an alert that asks for assistance', { kind: 'ALERT', assistanceType: 'OTHER' }, '/input/assistanceType'],
    ['with a scan of nobody', { scan: 'a'.repeat(64) }, '/input/scan'],
    ['with a scan that is no digest', { scan: '../../etc/passwd' }, '/input/scan'],
  ])('is refused %s', async (_, changes, pointer) => {
    expect(await fault(vn.ask(REGISTER, { input: aLetter(partner, changes) }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      pointer,
    });
  });

  it('is read by officers, and written by those alone who may send', async () => {
    const { id } = await register(vn, partner);
    const reader = await aSignedIn(t, vn, ['FIELD_OFFICER']);
    expect(await read(reader.browser, id)).toMatchObject({ id });
    for (const [text, variables] of [
      [REGISTER, { input: aLetter(partner) }],
      [CORRECT, { id, input: someDetails(), reason: 'x' }],
      [CLOSE, { id, as: 'MISTAKE', reason: 'x' }],
      [KEEP_PARTNER, { input: aPartner() }],
    ] as const) {
      expect(await fault(reader.browser.ask(text, variables))).toMatchObject({ code: 'FORBIDDEN' });
    }
    const auditor = await aSignedIn(t, vn, ['AUDITOR']);
    expect(await fault(auditor.browser.ask(READ, { id }))).toMatchObject({ code: 'FORBIDDEN' });
    const officer = await aSignedIn(t, vn, ['NCP_OFFICER']);
    const registered = await officer.browser.ask<{ registerLetter: Letter }>(REGISTER, { input: aLetter(partner) });
    expect((await read(vn, registered.data!.registerLetter.id))['steps']).toMatchObject([
      { byOfficer: officer.officer },
    ]);
  });
});

describe('the list of letters', () => {
  it('has pages by direction and partner, what was registered last first', async () => {
    const other = await keepPartner(vn);
    const made: string[] = [];
    for (const direction of ['IN', 'OUT', 'IN', 'IN'])
      made.unshift((await register(vn, other, { direction, kind: 'OTHER' })).id);
    const text = `query($direction: LetterDirection, $partner: ID, $first: Int, $after: String) {
      letters(direction: $direction, partner: $partner, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    type Page = { letters: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    const page = async (variables: object): Promise<Page['letters']> =>
      (await vn.ask<Page>(text, { partner: other, ...variables })).data!.letters;
    expect((await page({})).nodes.map(({ id }) => id)).toEqual(made);
    expect((await page({ direction: 'OUT' })).nodes.map(({ id }) => id)).toEqual([made[2]]);
    const first = await page({ first: 3 });
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await page({ first: 3, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...rest.nodes].map(({ id }) => id)).toEqual(made);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(await fault(hcm.ask(text, { partner: other, after: first.pageInfo.endCursor }))).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect(await fault(vn.ask(text, { first: 101 }))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('the clock of a letter', () => {
  it.each([
    ['FLASH', 8],
    ['URGENT', 72],
    ['ROUTINE', 720],
  ])('runs from the moment at which it came, as for a request: %s', async (urgency, hours) => {
    at(after(1));
    const letter = await register(vn, partner, { urgency });
    const [duty, ...more] = await dutiesFor(letter, vn, partner);
    expect(more).toEqual([]);
    expect(duty).toMatchObject({
      kind: 'ANSWER',
      object: null,
      objectKind: 'letter',
      ref: letter.ref,
      owedBy: 'VN-CUS',
      owedTo: partner,
      since: '2026-01-08T02:15:00.000Z',
      isOverdue: false,
      matter: null,
      letter: { id: letter.id, assurance: 'UNSIGNED' },
    });
    expect(hoursOf(duty!)).toBe(hours);
    expect(duty!.because).toMatch(/A request \(.*\) is answered within/);
    at(after(hours));
    expect(await dutiesFor(letter)).toMatchObject([{ isOverdue: true }]);
  });

  it('runs for the partner where one’s own agency has asked', async () => {
    const letter = await register(vn, partner, { direction: 'OUT' });
    expect(await dutiesFor(letter)).toMatchObject([{ kind: 'ANSWER', owedBy: partner, owedTo: 'VN-CUS' }]);
  });

  it('runs as the agreement says, also for the acknowledgement where the agreement has one', async () => {
    expect((await dutiesFor(await register(vn, partner, { agreement }))).map(({ kind }) => kind)).toEqual([
      'ACKNOWLEDGE',
      'ANSWER',
    ]);
    expect(
      (await dutiesFor(await register(vn, partner, { agreement: spoc }))).map((duty) => [duty.kind, hoursOf(duty)]),
    ).toEqual([['ANSWER', 168]]);
    const own = await t.agree([vn], {
      deadlines: [{ name: 'ANSWER', article: 'art10', amount: 3, unit: 'WORKING_DAYS' }],
    });
    // Thursday 8 January: Friday, Monday, Tuesday, to the end of the day in Viet Nam; of a partner outside nobody knows the calendar.
    for (const direction of ['IN', 'OUT']) {
      const duties = await dutiesFor(await register(vn, partner, { direction, agreement: own, article: 'art10' }));
      expect(duties.find(({ kind }) => kind === 'ANSWER')).toMatchObject({ dueAt: '2026-01-13T16:59:59.000Z' });
    }
  });

  it.each([
    ['FINAL', 0, 'ANSWERED'],
    ['NEGATIVE', 0, 'ANSWERED'],
    ['REFUSAL', 0, 'ANSWERED'],
    ['TRANSFER_NOTICE', 0, 'ANSWERED'],
    ['ACKNOWLEDGEMENT', 1, 'OPEN'],
    ['INTERIM', 1, 'OPEN'],
  ])('is settled by an answer as by one through the hub: %s', async (answerKind, open, state) => {
    const letter = await register(vn, partner, { agreement });
    await answerTo(letter, { answerKind });
    const duties = await dutiesFor(letter);
    expect(duties.map(({ kind }) => kind)).toEqual(Array<string>(open).fill('ANSWER'));
    expect(await read(vn, letter.id)).toMatchObject({
      state,
      answeredAt: open === 0 ? '2026-01-10T02:15:00.000Z' : null,
    });
  });

  it('stands still while something is asked back, and goes on when it was made clear', async () => {
    at(after(100));
    const letter = await register(vn, partner);
    await answerTo(letter, { answerKind: 'CLARIFICATION_REQUEST', at: after(10) });
    expect(await dutiesFor(letter)).toMatchObject([{ isPaused: true }]);
    await register(vn, partner, { kind: 'OTHER', inReplyTo: letter.id, at: after(34) });
    const [duty] = await dutiesFor(letter);
    expect(duty).toMatchObject({ isPaused: false });
    expect(hoursOf(duty!)).toBe(720 + 24);
  });

  it('is put off by a postponement, until the time that it names', async () => {
    const letter = await register(vn, partner);
    const postponed = { answerKind: 'POSTPONEMENT', ground: 'R08' };
    const missing = aLetter(partner, { direction: 'OUT', kind: 'ANSWER', inReplyTo: letter.id, ...postponed });
    expect(await fault(vn.ask(REGISTER, { input: missing }))).toMatchObject({ pointer: '/input/expectedAt' });
    await answerTo(letter, { ...postponed, expectedAt: '2026-06-01T00:00:00Z' });
    expect(await dutiesFor(letter)).toMatchObject([{ dueAt: '2026-06-01T00:00:00.000Z' }]);
  });

  it('is moved by nothing that goes the wrong way, to another partner, or answers no request', async () => {
    const letter = await register(vn, partner);
    const wrong = (changes: object): Promise<object | undefined> =>
      fault(
        vn.ask(REGISTER, {
          input: aLetter(partner, {
            direction: 'OUT',
            kind: 'ANSWER',
            answerKind: 'FINAL',
            inReplyTo: letter.id,
            at: after(1),
            ...changes,
          }),
        }),
      );
    expect(await wrong({ direction: 'IN' })).toMatchObject({ pointer: '/input/inReplyTo' });
    expect(await wrong({ partner: await keepPartner(vn) })).toMatchObject({ code: 'NOT_FOUND' });
    const other = await register(vn, partner, { kind: 'OTHER' });
    expect(await wrong({ inReplyTo: other.id })).toMatchObject({ pointer: '/input/inReplyTo' });
    await register(vn, partner, { kind: 'REMINDER', inReplyTo: letter.id });
    expect(await dutiesFor(letter)).toMatchObject([{ kind: 'ANSWER', isPaused: false }]);
  });

  it('reminds as every other does', async () => {
    at(after(0));
    const letter = await register(vn, partner, { urgency: 'URGENT' });
    at(after(73));
    await t.hub.app.get(DutySweeper, { strict: false }).sweep();
    const reminders = await t.database.sql(
      'SELECT r.percent FROM hub.duty_reminder r JOIN hub.duty d ON d.id = r.duty_id WHERE d.letter_id = $1',
      [letter.id],
    );
    expect(reminders).toEqual([{ percent: 100 }]);
  });
});

describe('a letter that is corrected', () => {
  it('keeps what stood there, by whom and why; its clock runs as it should have', async () => {
    const letter = await register(vn, partner, { nationalRef: 'A-1', summary: 'One.' });
    await correct(
      hcm,
      letter.id,
      { nationalRef: 'A-2', urgency: 'URGENT', at: after(-24), dated: '2026-01-04' },
      'Wrong book.',
    );
    const corrected = await read(vn, letter.id);
    expect(corrected).toMatchObject({ nationalRef: 'A-2', urgency: 'URGENT', summary: null });
    expect((corrected['steps'] as object[])[1]).toEqual({
      act: 'CORRECTED',
      byUnit: 'VN-CUS-HCM',
      byOfficer: null,
      note: 'Wrong book.',
      changes: expect.arrayContaining([
        { field: 'nationalRef', before: 'A-1' },
        { field: 'summary', before: 'One.' },
        { field: 'urgency', before: 'ROUTINE' },
        { field: 'dated', before: '2026-01-05' },
      ]),
    });
    expect((await dutiesFor(letter)).map(hoursOf)).toEqual([72]);
    expect(await dutiesFor(letter)).toMatchObject([{ since: '2026-01-07T02:15:00.000Z' }]);
    const logged = await t.database.sql('SELECT event FROM audit.pending WHERE letter_id = $1 ORDER BY id', [
      letter.id,
    ]);
    expect(logged).toEqual([{ event: 'letter.registered' }, { event: 'letter.corrected' }]);
  });

  it('is not, where nothing changes; nor without a reason; nor into one that is there', async () => {
    const letter = await register(vn, partner, { nationalRef: 'B-1' });
    await correct(vn, letter.id, { nationalRef: 'B-1' });
    expect((await read(vn, letter.id))['steps']).toHaveLength(1);
    expect(await fault(vn.ask(CORRECT, { id: letter.id, input: someDetails(), reason: ' ' }))).toMatchObject({
      pointer: '/reason',
    });
    const second = await register(vn, partner, { nationalRef: 'B-2' });
    const input = someDetails({ nationalRef: 'B-1' });
    expect(await fault(vn.ask(CORRECT, { id: second.id, input, reason: 'x' }))).toMatchObject({
      sub: 'REGISTERED_BEFORE',
    });
    expect(
      await fault(vn.ask(CORRECT, { id: second.id, input: someDetails({ expectedAt: after(1) }), reason: 'x' })),
    ).toMatchObject({
      pointer: '/input/expectedAt',
    });
  });

  it('is not marked otherwise than the letters that belong with it', async () => {
    const letter = await register(vn, partner);
    await correct(vn, letter.id, { classification: 'RESTRICTED' });
    await correct(vn, letter.id, { classification: 'UNCLASSIFIED' });
    await answerTo(letter);
    const input = someDetails({ classification: 'RESTRICTED' });
    expect(await fault(vn.ask(CORRECT, { id: letter.id, input, reason: 'x' }))).toMatchObject({
      pointer: '/input/inReplyTo',
    });
  });

  it('and marked down keeps from who was not cleared what was done to it before', async () => {
    const letter = await register(vn, partner, { classification: 'RESTRICTED', subject: 'The vault' });
    await correct(vn, letter.id, { classification: 'RESTRICTED', subject: 'The cellar' });
    await correct(vn, letter.id, { classification: 'UNCLASSIFIED', subject: 'The house' });
    await correct(vn, letter.id, { subject: 'The garden' });
    expect((await read(vn, letter.id))['steps']).toHaveLength(4);
    expect((await read(low, letter.id))['steps']).toEqual([
      expect.objectContaining({ act: 'CORRECTED', changes: [{ field: 'subject', before: 'The house' }] }),
    ]);
  });

  it('as an answer moves the time at which its request was answered', async () => {
    const letter = await register(vn, partner);
    const answer = await answerTo(letter);
    await correct(vn, answer.id, { at: after(24), dated: '2026-01-09' });
    expect(await read(vn, letter.id)).toMatchObject({ state: 'ANSWERED', answeredAt: '2026-01-09T02:15:00.000Z' });
  });
});

describe('a letter that is closed', () => {
  it.each(['WITHDRAWN', 'OTHERWISE', 'MISTAKE'])('owes nothing more: %s', async (as) => {
    const letter = await register(vn, partner, { agreement });
    expect(await close(vn, letter.id, as)).toMatchObject({
      state: 'CLOSED',
      closedAs: as,
      closedBecause: 'By telephone.',
    });
    expect(await dutiesFor(letter)).toEqual([]);
    expect(await fault(vn.ask(CLOSE, { id: letter.id, as, reason: 'x' }))).toMatchObject({ sub: 'LETTER_CLOSED' });
    const [{ outcome }] = (await t.database.sql<{ outcome: string }>(
      'SELECT DISTINCT outcome FROM hub.duty WHERE letter_id = $1',
      [letter.id],
    )) as [{ outcome: string }];
    expect(outcome).toBe(as === 'OTHERWISE' ? 'WAIVED' : 'VOID');
  });

  it('as an answer by mistake lets the clock of its request run on', async () => {
    const letter = await register(vn, partner);
    const answer = await answerTo(letter);
    expect(await fault(vn.ask(CLOSE, { id: letter.id, as: 'MISTAKE', reason: 'x' }))).toMatchObject({ sub: 'REPLIED' });
    expect(await fault(vn.ask(CLOSE, { id: letter.id, as: 'OTHERWISE', reason: 'x' }))).toMatchObject({
      sub: 'LETTER_CLOSED',
    });
    expect(await fault(vn.ask(CLOSE, { id: answer.id, as: 'OTHERWISE', reason: 'x' }))).toMatchObject({
      sub: 'CLOSES_REQUEST',
    });
    await close(vn, answer.id, 'MISTAKE');
    expect(await read(vn, letter.id)).toMatchObject({ state: 'OPEN', answeredAt: null });
    expect((await dutiesFor(letter)).map(hoursOf)).toEqual([720]);
    expect(await fault(vn.ask(CORRECT, { id: answer.id, input: someDetails(), reason: 'x' }))).toMatchObject({
      sub: 'LETTER_CLOSED',
    });
    const reply = aLetter(partner, { kind: 'OTHER', inReplyTo: answer.id });
    expect(await fault(vn.ask(REGISTER, { input: reply }))).toMatchObject({ sub: 'LETTER_CLOSED' });
  });

  it('of two answers at once, the earlier counts; without it the other', async () => {
    const letter = await register(vn, partner);
    const [first] = await Promise.all([answerTo(letter, { at: after(12) }), answerTo(letter, { at: after(24) })]);
    expect(await read(vn, letter.id)).toMatchObject({ answeredAt: new Date(after(12)).toISOString() });
    await close(vn, first.id, 'MISTAKE');
    expect(await read(vn, letter.id)).toMatchObject({ answeredAt: new Date(after(24)).toISOString() });
  });
});

describe('a task for a letter', () => {
  const GIVE = `mutation($letter: ID!, $unit: ID!, $dueAt: DateTime!) {
    giveLetterTask(letter: $letter, unit: $unit, text: "Look for the invoice", dueAt: $dueAt) { id unit letter { id } matter { nationalRef } } }`;
  const DONE = 'mutation($task: ID!) { reportTaskResult(task: $task, result: "Found") { outcome letter { id } } }';
  const OPEN = 'query { tasks { nodes { id letter { id } } } }';
  const inDays = (days: number): string => new Date(Date.now() + days * 24 * HOUR).toISOString();
  const aNewLetter = (changes: object = {}): Promise<Letter> =>
    register(vn, partner, { at: inDays(-1).replace(/\.\d+/, ''), dated: inDays(-1).slice(0, 10), ...changes });

  it('goes to a unit that sees the letter, stands among its tasks, and is told done', async () => {
    const { id } = await aNewLetter();
    const given = await vn.ask<{ giveLetterTask: { id: string } }>(GIVE, {
      letter: id,
      unit: 'VN-CUS-HCM',
      dueAt: inDays(5),
    });
    expect(given.data!.giveLetterTask).toMatchObject({ unit: 'VN-CUS-HCM', letter: { id }, matter: null });
    const task = given.data!.giveLetterTask.id;
    const open = await hcm.ask<{ tasks: { nodes: object[] } }>(OPEN);
    expect(open.data!.tasks.nodes).toContainEqual({ id: task, letter: { id } });
    // Only officers report; of the unit that has it.
    const [giver, doer, foreigner] = await Promise.all(
      [vn, hcm, th].map(async (party) => (await aSignedIn(t, party, ['NCP_OFFICER'])).browser),
    );
    expect(await fault(giver!.ask(DONE, { task }))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await fault(foreigner!.ask(DONE, { task }))).toEqual(
      await fault(foreigner!.ask(DONE, { task: randomUUID() })),
    );
    expect((await doer!.ask(DONE, { task })).data).toEqual({ reportTaskResult: { outcome: 'DONE', letter: { id } } });
    expect(await fault(doer!.ask(DONE, { task }))).toMatchObject({ sub: 'TASK_ENDED' });
    const told = await vn.ask('query($id: ID!) { letter(id: $id) { tasks { id result } steps { act toUnit note } } }', {
      id,
    });
    expect(told.data).toMatchObject({
      letter: {
        tasks: [{ id: task, result: 'Found' }],
        steps: [
          { act: 'REGISTERED', toUnit: null },
          { act: 'TASK_GIVEN', toUnit: 'VN-CUS-HCM', note: 'Look for the invoice' },
          { act: 'TASK_DONE', note: 'Found' },
        ],
      },
    });
  });

  it('stays with who may read what it was for, also when the letter is marked down', async () => {
    const { id } = await aNewLetter({ classification: 'RESTRICTED' });
    const given = await vn.ask<{ giveLetterTask: { id: string } }>(GIVE, {
      letter: id,
      unit: vn.unit,
      dueAt: inDays(5),
    });
    const task = given.data!.giveLetterTask.id;
    const details = someDetails({ at: inDays(-1).replace(/\.\d+/, ''), dated: inDays(-1).slice(0, 10) });
    await correct(vn, id, { ...details, classification: 'UNCLASSIFIED' });
    const SEEN = 'query($id: ID!) { letter(id: $id) { tasks { id } steps { act } } }';
    expect((await low.ask(SEEN, { id })).data).toEqual({ letter: { tasks: [], steps: [] } });
    expect((await vn.ask(SEEN, { id })).data).toMatchObject({ letter: { tasks: [{ id: task }] } });
  });

  it('is given to nobody who does not see the letter, nor later than the answer is due, nor for a closed one', async () => {
    const { id } = await aNewLetter({ ownUnitOnly: true });
    const give = (letter: string, unit: string, days = 5, party = vn): Promise<object | undefined> =>
      fault(party.ask(GIVE, { letter, unit, dueAt: inDays(days) }));
    for (const unit of ['VN-CUS-HCM', 'TH-CUS-LCB', 'VN-CUS-NONE']) {
      expect(await give(id, unit)).toMatchObject({ code: 'BAD_USER_INPUT', pointer: '/unit' });
    }
    expect(await give(id, 'VN-CUS-AS', 60)).toMatchObject({ pointer: '/dueAt' });
    expect(await give(id, 'VN-CUS-AS', -1)).toMatchObject({ pointer: '/dueAt' });
    expect(await give(id, 'VN-CUS-HCM', 5, hcm)).toEqual(await give(randomUUID(), 'VN-CUS-HCM', 5, hcm));
    expect(await give(id, 'VN-CUS-AS')).toBeUndefined();
    expect(
      (await hcm.ask<{ tasks: { nodes: { letter: { id: string } | null }[] } }>(OPEN)).data!.tasks.nodes,
    ).not.toContainEqual(expect.objectContaining({ letter: { id } }));
    await close(vn, id, 'OTHERWISE');
    expect(await give(id, 'VN-CUS-AS')).toMatchObject({ sub: 'LETTER_CLOSED' });
  });
});

describe('the statistics of a year', () => {
  it('tell of each partner what was asked, answered, open, late and refused, both ways', async () => {
    const other = await keepPartner(vn);
    const asked = (changes: object = {}): Promise<Letter> => register(vn, other, changes);
    const answered = (letter: Letter, changes: object): Promise<Letter> =>
      answerTo(letter, { partner: other, ...changes });
    await answered(await asked(), { at: after(10) });
    await answered(await asked(), { at: after(20), answerKind: 'REFUSAL', ground: 'R05' });
    await answered(await asked(), { at: after(90), answerKind: 'REFUSAL', ground: 'R05' });
    await asked({ urgency: 'FLASH' });
    await close(vn, (await asked()).id, 'MISTAKE');
    await asked({ at: '2025-12-31T17:30:00Z', dated: '2025-12-31' }); // half past midnight in Viet Nam
    await asked({ at: '2025-12-31T16:30:00Z', dated: '2025-12-31' });
    await asked({ direction: 'OUT', ownUnitOnly: true });
    at('2026-01-20T00:00:00Z');
    const text = `query($year: Int!) { registerStatistics(year: $year) { partner { id }
      incoming { asked answered open overdue medianHours refusals { ground count } } outgoing { asked open overdue } } }`;
    type Row = { partner: { id: string }; incoming: object; outgoing: object };
    const row = async (party: Party, year = 2026): Promise<Row | undefined> =>
      (await party.ask<{ registerStatistics: Row[] }>(text, { year })).data!.registerStatistics.find(
        (each) => each.partner.id === other,
      );
    expect(await row(vn)).toEqual({
      partner: { id: other },
      incoming: {
        asked: 5,
        answered: 3,
        open: 2,
        overdue: 1,
        medianHours: 20,
        refusals: [{ ground: 'R05', count: 2 }],
      },
      outgoing: { asked: 1, open: 1, overdue: 0 },
    });
    expect((await row(hcm))!.outgoing).toEqual({ asked: 0, open: 0, overdue: 0 });
    expect((await row(vn, 2025))!.incoming).toMatchObject({ asked: 1, answered: 0 });
    expect(await row(th)).toBeUndefined();
    expect(await fault(vn.ask(text, { year: 2147483647 }))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a scan', () => {
  it('is a clean file of one’s own agency, and is kept as long as the letter', async () => {
    const sha256 = await upload(t, vn, aPdf(), 'application/pdf');
    const letter = await register(vn, partner, { scan: sha256 });
    expect(letter['hasScan']).toBe(true);
    await t.database.sql("UPDATE hub.file SET uploaded_at = now() - interval '2 days'");
    await t.database.sql('SELECT cmd.sweep_files(100)');
    expect(await t.database.sql('SELECT 1 AS x FROM hub.file WHERE sha256 = $1', [sha256])).toHaveLength(1);
    expect(await fault(th.ask(REGISTER, { input: aLetter(await keepPartner(th), { scan: sha256 }) }))).toMatchObject({
      pointer: '/input/scan',
    });
  });
});
