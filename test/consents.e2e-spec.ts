import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { ConsentsService } from '../src/consents/consents.service.js';
import { CONSENT_HOURS, CONSENT_MOVES, CONSENT_STATES } from '../src/consents/consent-states.js';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import { aPng } from '../src/files/files.example.js';
import type { Envelope } from '../src/protocol/envelope.js';
import { asServer, seqOf, submitUnchecked, textWith, untilSomebodyWaits } from './support/commands.js';
import {
  answerConsent,
  askConsent,
  COMPOSE_CONSENT_ANSWER,
  COMPOSE_CONSENT_REQUEST,
  COMPOSE_CONSENT_REVOCATION,
  composeConsentAnswer,
  type ComposedConsent,
  composeQuestion,
  composeRevocation,
  revokeConsent,
  share,
  SHARE_ONWARD,
  STANDING,
} from './support/consents.js';
import { composeAndSubmit, recall, signAndSubmit, signAndTry, type Submitted } from './support/exchange.js';
import { upload } from './support/files.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { answerWith, ask as askUnder } from './support/requests.js';
import { aCaller } from './support/world.js';

let t: TestHub;
/** Who sends alerts. */
let la: Party;
/** Who received them and asks. */
let vn: Party;
/** Who received them too, and must learn nothing. */
let th: Party;
/** The police, to whom they are passed on. */
let c04: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  la = await t.enrol('LA-CUS-HQ');
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  c04 = await t.enrol('VN-POL-C04');
  agreement = await t.agree([la, vn, th]);
});
afterAll(() => t.stop());

const OPEN = `query($id: ID!) { consent(id: $id) { ${STANDING} steps { act object { id } body { act reason codes conditions expiresAt } } } }`;
const ABOUT = `query($object: ID!) { consents(object: $object) { ${STANDING} } }`;
const OBJECT = `query($id: ID!) { object(id: $id) { id isRecalled parts { name text withheld } passedOn { to by at until codes conditions } } }`;
const INBOX = '{ inbox(first: 100) { nodes { id kind consent { act state } } } }';

interface Standing {
  id: string;
  state: string;
  side: string;
  dueAt: string;
  passedOnAt: string | null;
  permittedActs: string[];
}

describe('M918: an alert that may not be passed on without consent', () => {
  it('is blocked, asked about, granted with H1, read by the police, and its sender sees it', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    expect(await refusal(share(vn, alert.id, c04.unit))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await sees(c04, alert.id)).toBe(false);

    const question = await askConsent(vn, alert.id, c04, { urgency: 'URGENT' });
    expect(await standing(la, question.id)).toMatchObject({
      object: alert.id,
      from: 'VN-CUS',
      to: 'LA-CUS',
      side: 'PROVIDER',
      for: 'ONWARD',
      forAgency: 'VN-POL',
      forUnit: 'VN-POL-C04',
      state: 'ASKED',
      permittedActs: ['GRANT', 'GRANT_WITH_CONDITIONS', 'DENY'],
    });
    expect(await refusal(share(vn, alert.id, c04.unit, question.id))).toMatchObject({ code: 'CONSENT_REQUIRED' });

    const conditions = 'Ask us before anything of it comes before a court.';
    const granted = await answerConsent(la, question.id, { codes: ['H1'], conditions });
    expect(await standing(vn, granted.id)).toMatchObject({
      id: question.id,
      side: 'ASKER',
      state: 'GRANTED_WITH_CONDITIONS',
      codes: ['H1'],
      conditions,
      permittedActs: [],
    });

    const shared = await share(vn, alert.id, c04.unit, granted.id);
    expect(shared.data?.shareOnward).toMatchObject({ id: question.id, passedOnAt: expect.any(String) });
    const passedOn = { to: 'VN-POL-C04', by: 'VN-CUS', until: null, codes: ['H1'], conditions };
    expect(await open(c04, alert.id)).toMatchObject({ id: alert.id, passedOn: [passedOn] });
    expect(await inboxOf(c04)).toContainEqual({ id: alert.id, kind: 'alert', consent: null });
    const found = await c04.ask(
      `{ inbox(kind: "alert", lookUp: { field: PARTNER, value: "LA-CUS" }) { nodes { id } } }`,
    );
    expect(found.data).toMatchObject({ inbox: { nodes: expect.arrayContaining([{ id: alert.id }]) } });
    expect(await open(la, alert.id)).toMatchObject({ passedOn: [passedOn] });
    expect(await open(vn, alert.id)).toMatchObject({ passedOn: [passedOn] });
    expect(await standing(la, question.id)).toMatchObject({ passedOnAt: expect.any(String) });
    const accesses = await la.ask('query($id: ID!) { objectAccess(id: $id) { nodes { act agency } } }', {
      id: alert.id,
    });
    expect(accesses.data).toMatchObject({
      objectAccess: { nodes: expect.arrayContaining([{ act: 'OPENED', agency: 'VN-POL' }]) },
    });
  });

  it('is refused to whoever was silent, and to whoever was told no', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    const denied = await askConsent(vn, alert.id, c04);
    await answerConsent(la, denied.id, { act: 'DENY', reason: 'The source would be known.' });
    expect(await standing(vn, denied.id)).toMatchObject({ state: 'DENIED', permittedActs: [] });
    expect(await refusal(share(vn, alert.id, c04.unit, denied.id))).toMatchObject({ code: 'CONSENT_REQUIRED' });

    const late = await askConsent(vn, alert.id, c04);
    await itIsTooLateFor(late.id);
    expect(await standing(vn, late.id)).toMatchObject({ state: 'EXPIRED' });
    expect(await standing(la, late.id)).toMatchObject({ state: 'EXPIRED', permittedActs: [] });
    expect(await refusal(share(vn, alert.id, c04.unit, late.id))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await sees(c04, alert.id)).toBe(false);
  });

  it('shows what each side said, and lists it', async () => {
    const alert = await anAlert();
    const question = await askConsent(vn, alert.id, c04, { reason: 'The case goes to the police.' });
    const granted = await answerConsent(la, question.id);
    const revoked = await revokeConsent(la, question.id);
    for (const [party, id] of [
      [vn, question.id],
      [la, granted.id],
      [vn, revoked.id],
    ] as const) {
      const opened = await party.ask<{ consent: { state: string; steps: object[] } }>(OPEN, { id });
      expect(opened.data?.consent).toMatchObject({
        state: 'REVOKED',
        steps: [
          { act: 'ASK', object: { id: question.id }, body: { reason: 'The case goes to the police.' } },
          { act: 'GRANT', object: { id: granted.id }, body: { reason: null } },
          { act: 'REVOKE', object: { id: revoked.id }, body: { reason: 'The source has asked for it.' } },
        ],
      });
    }
    expect(await about(la, alert.id)).toMatchObject([{ id: question.id, state: 'REVOKED' }]);
    expect(await about(vn, alert.id)).toMatchObject([{ id: question.id, state: 'REVOKED' }]);
    expect(await inboxOf(vn)).toContainEqual({ id: revoked.id, kind: 'consent', consent: { act: 'REVOKE', state: 'REVOKED' } }); // prettier-ignore
    expect(await inboxOf(vn)).toContainEqual({ id: granted.id, kind: 'consent', consent: { act: 'GRANT', state: 'REVOKED' } }); // prettier-ignore
    expect(await inboxOf(la)).toContainEqual({ id: question.id, kind: 'consent', consent: { act: 'ASK', state: 'REVOKED' } }); // prettier-ignore
  });

  it('is asked about for each other use as well, which passes nothing on', async () => {
    const alert = await anAlert();
    for (const use of ['EVIDENCE', 'OTHER_PURPOSE', 'PUBLICITY', 'DECLASSIFY']) {
      const question = await signAndSubmit(vn, await composeQuestion(vn, alert.id, { for: use }));
      await answerConsent(la, question.id);
      expect(await standing(vn, question.id)).toMatchObject({ state: 'GRANTED', for: use, forAgency: null });
      expect(await refusal(share(vn, alert.id, c04.agency, question.id))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    }
  });

  it.each([
    ['FLASH', 24],
    ['URGENT', 24],
    ['ROUTINE', 240],
  ] as const)('has a clock: %s is answered within %d hours', async (urgency, hours) => {
    const alert = await anAlert();
    const { id } = await askConsent(vn, alert.id, c04, { urgency });
    const { askedAt, dueAt } = (await standing(la, id)) as Standing & { askedAt: string };
    expect((Date.parse(dueAt) - Date.parse(askedAt)) / 3_600_000).toBe(hours);
  });

  it('needs two persons to grant, and one to ask, to refuse or to take back', async () => {
    const alert = await anAlert();
    const question = await composeQuestion(vn, alert.id, { forAgency: c04.agency });
    const { id } = await signAndSubmit(vn, question);
    const denial = await composeConsentAnswer(la, id, { act: 'DENY', reason: 'No.' });
    const grant = await composeConsentAnswer(la, id);
    await signAndSubmit(la, grant);
    const revocation = await composeRevocation(la, id);
    expect([question, denial, grant, revocation].map(({ tier }) => tier)).toEqual(['T1', 'T1', 'T2', 'T1']);
  });
});

describe('what is passed on', () => {
  it('lays no duty on who gets it, and none towards it', async () => {
    const alert = await anAlert();
    await share(vn, alert.id, c04.unit, await consentFor(alert.id, c04));
    const { id } = await askUnder(agreement, vn, la);
    const question = await askConsent(la, id, c04);
    await answerConsent(vn, question.id);
    await share(la, id, c04.unit, question.id);
    await answerWith(la, id, { kind: 'NEGATIVE' });
    const owed = await t.database.sql<{ sides: string }>(
      `SELECT DISTINCT d.kind || ' ' || d.owed_by || ' ' || d.owed_to AS sides FROM hub.duty d JOIN hub.object o ON o.seq = d.object_seq
       WHERE o.id = ANY ($1::uuid[]) ORDER BY 1`,
      [[alert.id, id]],
    );
    expect(owed.map(({ sides }) => sides).filter((sides) => sides.includes('POL'))).toEqual([]);
    expect(owed.map(({ sides }) => sides)).toContain('REPORT VN-CUS LA-CUS');
  });

  it('goes without personal details and with its open files', async () => {
    const picture = await upload(t, la, aPng(), 'image/png');
    const open_ = await anAlert({}, { attachments: [picture], nominal: someNominalData(), body: aPersonAlertBody() });
    const grant = await consentFor(open_.id, c04);
    await share(vn, open_.id, c04.unit, grant);
    const read = await open(c04, open_.id);
    expect(read).toMatchObject({ parts: [{ name: 'nominal', text: null, withheld: 'NOT_PASSED_ON' }] });
    expect((await open(vn, open_.id))?.parts).toMatchObject([{ text: expect.any(String), withheld: null }]);
    const file = await c04.send(`/files/${open_.id}/${picture}`, { method: 'GET' });
    expect(file.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it('goes without personal details also where another unit of the agency has them', async () => {
    const desk = await t.enrol('MY-CUS-KUL');
    const other = await t.enrol('MY-CUS-PKG', { beside: desk });
    const own = await t.agree([la, desk]);
    const passport = await upload(t, la, aPng(), 'image/png');
    const alert = await composeAndSubmit(la, {
      to: [desk.unit],
      agreement: own,
      body: aPersonAlertBody(),
      nominal: someNominalData(),
      nominalAttachments: [passport],
    });
    const { id } = await askConsent(desk, alert.id, other);
    await answerConsent(la, id);
    await share(desk, alert.id, other.unit, id);
    const parts = (await open(other, alert.id))!.parts;
    expect(parts.map(({ name, withheld }) => [name, withheld])).toEqual([
      ['nominal', 'NOT_PASSED_ON'],
      ['nominalAttachments', 'NOT_PASSED_ON'],
    ]);
    expect((await other.send(`/files/${alert.id}/${passport}`, { method: 'GET' })).status).toBe(404);
    expect((await desk.send(`/files/${alert.id}/${passport}`, { method: 'GET' })).status).toBe(200);
    expect((await open(desk, alert.id))!.parts.map(({ withheld }) => withheld)).toEqual([null, null]);
  });

  it('comes once, however often it is passed on', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    const before = await share(vn, alert.id, c04.unit, grant);
    const feed = await feedOf(c04, alert.id);
    const answers = await Promise.all([1, 2, 3].map(() => share(vn, alert.id, c04.unit, grant)));
    for (const answer of answers) expect(answer).toEqual(before);
    expect(await feedOf(c04, alert.id)).toBe(feed);
    expect((await open(la, alert.id))!.passedOn).toHaveLength(1);
  });

  it('ends with the object or with the consent, whichever is sooner', async () => {
    const [soon, later] = [inDays(2), inDays(9)];
    for (const [object, consent, until] of [
      [soon, undefined, soon],
      [undefined, soon, soon],
      [later, soon, soon],
      [soon, later, soon],
    ]) {
      const alert = await anAlert({ expiresAt: object });
      const grant = await consentFor(alert.id, c04, consent === undefined ? {} : { expiresAt: consent });
      await share(vn, alert.id, c04.unit, grant);
      const [passed] = (await open(c04, alert.id))!.passedOn;
      expect(Date.parse(passed!.until!)).toBe(Date.parse(until!));
    }
  });

  it('is out of sight when the consent has ended, and comes back with a new one', async () => {
    const alert = await anAlert();
    const first = await consentFor(alert.id, c04, { expiresAt: inDays(1) });
    await share(vn, alert.id, c04.unit, first);
    await t.database.sql(
      `UPDATE hub.release SET until = now() - interval '1 minute' WHERE until IS NOT NULL AND seq = $1`,
      [await seqOf(t.database, alert.id)],
    );
    await t.database.sql('SELECT cmd.sweep_expired(100)');
    expect(await sees(c04, alert.id)).toBe(false);
    const second = await consentFor(alert.id, c04, { expiresAt: inDays(5), codes: ['H1'] });
    await share(vn, alert.id, c04.unit, second);
    expect(await inboxOf(c04)).toContainEqual({ id: alert.id, kind: 'alert', consent: null });
    expect((await open(la, alert.id))!.passedOn).toMatchObject([{ codes: ['H1'] }]);
    const alerts = await c04.ask<{ inbox: { nodes: object[] } }>('{ inbox(kind: "alert") { nodes { id } } }');
    expect(alerts.data?.inbox.nodes).toContainEqual({ id: alert.id });
    // A consent for a shorter time takes nothing away.
    const third = await consentFor(alert.id, c04, { expiresAt: inDays(2) });
    expect((await share(vn, alert.id, c04.unit, third)).errors).toBeUndefined();
    expect((await open(la, alert.id))!.passedOn).toMatchObject([{ codes: ['H1'] }]);
  });

  it('changes nothing for a reader whom the sender addressed', async () => {
    const alert = await anAlert({}, { nominal: someNominalData(), body: aPersonAlertBody() });
    const grant = await consentFor(alert.id, { agency: th.agency });
    expect((await share(vn, alert.id, th.agency, grant)).errors).toBeUndefined();
    expect((await open(th, alert.id))!.parts).toMatchObject([{ withheld: null }]);
    expect((await open(th, alert.id))!.passedOn).toEqual([]);
  });

  it('is recalled with everything else', async () => {
    const alert = await anAlert();
    await share(vn, alert.id, c04.unit, await consentFor(alert.id, c04));
    const { id } = await recall(la, alert.id);
    expect(await sees(c04, alert.id)).toBe(false);
    expect(await inboxOf(c04)).toContainEqual({ id, kind: 'recall', consent: null });
  });

  it('is recalled also where a newer version had taken its place', async () => {
    const alert = await anAlert();
    await share(vn, alert.id, c04.unit, await consentFor(alert.id, c04));
    const newer = await anAlert({}, { supersedes: alert.id });
    expect(await sees(c04, newer.id)).toBe(false);
    const { id } = await recall(la, newer.id);
    expect(await sees(c04, alert.id)).toBe(false);
    const { data } = await c04.ask<{ inbox: { nodes: object[] } }>('{ inbox(kind: "recall") { nodes { id } } }');
    expect(data?.inbox.nodes).toContainEqual({ id });
  });

  it('is recalled also where it is passed on at that moment', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT 1 FROM hub.consent WHERE object_seq = $1 FOR UPDATE', [
      await seqOf(t.database, alert.id),
    ]);
    const sharing = share(vn, alert.id, c04.unit, grant);
    await untilSomebodyWaits(t.database);
    const recalling = recall(la, alert.id); // waits for the sharing, which holds the object
    await new Promise((resolve) => setTimeout(resolve, 100));
    await t.database.sql('ROLLBACK');
    const [shared, { id }] = await Promise.all([sharing, recalling]);
    expect(shared.errors).toBeUndefined();
    expect(await sees(c04, alert.id)).toBe(false);
    expect(await inboxOf(c04)).toContainEqual({ id, kind: 'recall', consent: null });
  });

  it('can be passed on by the new reader only with a consent of its own', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    await share(vn, alert.id, c04.unit, grant);
    const kh = await t.enrol('KH-CUS-PP');
    expect(await refusal(share(c04, alert.id, kh.unit, grant))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(share(c04, alert.id, kh.unit))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    const direct = await t.agree([la, c04]);
    const handling = { codes: ['H2'], classification: 'UNCLASSIFIED', onwardRule: 'NONE', evidenceUse: 'NO', legalBasis: { agreement: direct } }; // prettier-ignore
    const question = await composeQuestion(c04, alert.id, { forAgency: kh.agency }, { handling });
    const { id } = await signAndSubmit(c04, question);
    await answerConsent(la, id);
    expect((await share(c04, alert.id, kh.agency, id)).errors).toBeUndefined();
    expect(await sees(kh, alert.id)).toBe(true);
    // Each who passed it on knows of that; the sender of both.
    expect((await open(c04, alert.id))!.passedOn.map(({ to }) => to)).toEqual([kh.agency, c04.unit]);
    expect((await open(vn, alert.id))!.passedOn.map(({ to }) => to)).toEqual([c04.unit]);
    expect((await open(la, alert.id))!.passedOn).toHaveLength(2);
  });

  it('may be a request or an answer as well', async () => {
    const request = await askUnder(agreement, la, vn);
    await share(vn, request.id, c04.unit, await consentFor(request.id, c04));
    expect(await sees(c04, request.id)).toBe(true);
    const { id } = await recall(la, request.id);
    expect(await open(c04, request.id)).toMatchObject({ isRecalled: true });
    expect(await inboxOf(c04)).toContainEqual({ id, kind: 'recall', consent: null });
    expect(await refusal(share(vn, request.id, c04.unit, await lastConsentOf(request.id)))).toMatchObject({
      sub: 'RECALLED',
    });
  });
});

describe('D9 passing on', () => {
  it.each<[string, (alert: string) => Promise<string | undefined>]>([
    ['without consent', async () => undefined],
    ['with a consent for another object', async () => consentFor((await anAlert({ codes: ['H2'] })).id, c04)],
    ['with a consent for another agency', (alert) => consentFor(alert, th)],
    ['with a consent for the whole agency, not for the unit', (alert) => consentFor(alert, { agency: c04.agency })],
    ['with a question', async (alert) => (await askConsent(vn, alert, c04)).id],
    [
      'with a refusal',
      async (alert) =>
        (await answerConsent(la, (await askConsent(vn, alert, c04)).id, { act: 'DENY', reason: 'No.' })).id,
    ],
    [
      'with a question that nobody answered in time',
      async (alert) => itIsTooLateFor((await askConsent(vn, alert, c04)).id),
    ],
    ['with an expired consent', async (alert) => hasEnded(await consentFor(alert, c04, { expiresAt: inDays(1) }))],
    ['with a consent that was taken back', async (alert) => (await revokeConsent(la, await consentFor(alert, c04))).id],
    [
      'with a consent for another use',
      async (alert) => {
        const { id } = await signAndSubmit(vn, await composeQuestion(vn, alert, { for: 'PUBLICITY' }));
        return (await answerConsent(la, id)).id;
      },
    ],
  ])('%s', async (_, consentOf) => {
    const alert = await anAlert({ codes: ['H2'] });
    const consent = await consentOf(alert.id);
    expect(await refusal(share(vn, alert.id, c04.unit, consent))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await sees(c04, alert.id)).toBe(false);
    const [{ count }] = (await t.database.sql<{ count: string }>('SELECT count(*) FROM hub.release WHERE seq = $1', [
      await seqOf(t.database, alert.id),
    ])) as [{ count: string }];
    expect(count).toBe('3'); // VN-CUS, TH-CUS and the sender
  });

  it('with the consent that another reader was given', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    const grant = await consentFor(alert.id, c04);
    const nowhere = await th.askRaw(SHARE_ONWARD, { object: alert.id, to: c04.unit, consent: randomUUID() });
    expect(nowhere).toContain('NOT_FOUND');
    expect(await th.askRaw(SHARE_ONWARD, { object: alert.id, to: c04.unit, consent: grant })).toBe(nowhere);
    expect(await sees(c04, alert.id)).toBe(false);
  });

  it('the database asks by itself, whatever the server found', async () => {
    const [alert, other] = [await anAlert({ codes: ['H2'] }), await anAlert({ codes: ['H2'] })];
    const grant = await seqOf(t.database, (await lastQuestion(await consentFor(alert.id, c04))).id);
    const denied = await askConsent(vn, alert.id, c04);
    await answerConsent(la, denied.id, { act: 'DENY', reason: 'No.' });
    const attempts: [Party, string, string | null, string, string][] = [
      [vn, alert.id, null, c04.unit, 'CONSENT_REQUIRED'],
      [vn, other.id, grant, c04.unit, 'CONSENT_REQUIRED'],
      [vn, alert.id, grant, c04.agency, 'CONSENT_REQUIRED'],
      [vn, alert.id, await seqOf(t.database, denied.id), c04.unit, 'CONSENT_REQUIRED'],
      [th, alert.id, grant, c04.unit, 'CONSENT_REQUIRED'],
      [la, alert.id, grant, c04.unit, 'CONSENT_REQUIRED'],
      [c04, alert.id, grant, c04.unit, 'LINK'],
    ];
    for (const [party, object, consent, to, fault] of attempts) {
      const seq = await seqOf(t.database, object);
      const act = asServer(t.database, party, () =>
        t.database.sql('SELECT cmd.share_onward($1, $2, $3, $4)', [seq, consent, to, '{}']),
      );
      await expect(act).rejects.toMatchObject({ message: fault });
    }
    const seq = await seqOf(t.database, alert.id);
    const direct = asServer(t.database, vn, () => t.database.sql('INSERT INTO hub.release VALUES (1, $1, 0)', [seq]));
    await expect(direct).rejects.toMatchObject({ code: '42501' });
    await asServer(t.database, vn, () =>
      t.database.sql('SELECT cmd.share_onward($1, $2, $3, $4)', [seq, grant, c04.unit, '{}']),
    );
  });

  it('an object that is hidden is the same as none', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    const kh = await t.enrol('KH-CUS-SHV');
    const nowhere = await kh.askRaw(SHARE_ONWARD, { object: randomUUID(), to: c04.unit, consent: grant });
    expect(nowhere).toContain('NOT_FOUND');
    expect(await kh.askRaw(SHARE_ONWARD, { object: alert.id, to: c04.unit, consent: grant })).toBe(nowhere);
  });

  it('a version that was replaced: the consent is for what it quotes', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    const newer = await anAlert({}, { supersedes: alert.id });
    expect(await refusal(share(vn, alert.id, c04.unit, grant))).toMatchObject({ code: 'CONFLICT', sub: 'SUPERSEDED' });
    expect(await refusal(share(vn, newer.id, c04.unit, grant))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await sees(c04, newer.id)).toBe(false);
  });

  it('after its recall', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    await recall(la, alert.id);
    expect(await refusal(share(vn, alert.id, c04.unit, grant))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await standing(vn, grant)).toMatchObject({ object: alert.id, state: 'GRANTED' });
  });

  it('after the agreement has been suspended', async () => {
    const own = await t.agree([la, vn]);
    const alert = await composeAndSubmit(la, { to: ['VN-CUS'], agreement: own });
    const grant = await consentFor(alert.id, c04);
    await t.database.sql('UPDATE hub.agreement SET suspended_at = now() WHERE id = $1', [own]);
    expect(await refusal(share(vn, alert.id, c04.unit, grant))).toMatchObject({ code: 'CONFLICT', sub: 'AGREEMENT' });
    await t.database.sql('UPDATE hub.agreement SET suspended_at = NULL WHERE id = $1', [own]);
    expect((await share(vn, alert.id, c04.unit, grant)).errors).toBeUndefined();
  });

  it('to a reader that is no more', async () => {
    const gone = await t.enrol('VN-OLD-C01');
    const alert = await anAlert();
    const grant = await consentFor(alert.id, gone);
    await t.database.sql("UPDATE hub.unit SET valid_until = now() - interval '1 day', successor_id = $2 WHERE id = $1", [gone.unit, c04.unit]); // prettier-ignore
    expect(await refusal(share(vn, alert.id, gone.unit, grant))).toMatchObject({ rules: ['/to ADDRESSEE'] });
    expect(await sees(c04, alert.id)).toBe(false);
  });

  it('to a reader below the marking of the object shows nothing', async () => {
    const low = await t.enrol('VN-POL-LOW', { clearance: 0, beside: c04 });
    const alert = await anAlert({ classification: 'RESTRICTED' });
    expect((await share(vn, alert.id, low.unit, await consentFor(alert.id, low))).errors).toBeUndefined();
    expect(await sees(low, alert.id)).toBe(false);
  });

  it('by a system that may not send consents, or not to this reader', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    for (const connection of [
      { scopes: ['directory.read', 'objects.read', 'objects.submit:alert'] },
      { addressees: ['LA-CUS'] },
    ]) {
      const unit = `VN-CUS-${randomUUID().slice(0, 6).toUpperCase()}`;
      const limited = await t.enrol(unit, { beside: vn, connection });
      expect(await refusal(share(limited, alert.id, c04.unit, grant))).toMatchObject({ code: 'FORBIDDEN' });
      const [seq, consent] = [
        await seqOf(t.database, alert.id),
        await seqOf(t.database, (await lastQuestion(grant)).id),
      ];
      const act = asServer(t.database, limited, () =>
        t.database.sql('SELECT cmd.share_onward($1, $2, $3, $4)', [seq, consent, c04.unit, '{}']),
      );
      await expect(act).rejects.toMatchObject({ message: 'FORBIDDEN' });
    }
    expect(await sees(c04, alert.id)).toBe(false);
    const reader = {
      scopes: ['directory.read', 'objects.read', 'objects.submit:consent'],
      addressees: ['LA-CUS', c04.agency],
    };
    const enough = await t.enrol('VN-CUS-ENOUGH', { beside: vn, connection: reader });
    expect((await share(enough, alert.id, c04.unit, grant)).errors).toBeUndefined();
  });
});

describe('D9 passing on with a token', () => {
  it('that is good for alerts alone', async () => {
    const alert = await anAlert();
    const consent = await consentFor(alert.id, c04);
    const sending = { kinds: new Set(['alert']), addressees: null };
    const caller = aCaller({ agencyId: vn.agency, unitId: vn.unit, sending });
    const sharing = t.hub.app.get(ConsentsService).share(caller, { object: alert.id, consent, to: c04.unit });
    await expect(sharing).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await sees(c04, alert.id)).toBe(false);
  });
});

describe('a question for consent is owed', () => {
  const DUTIES = `query($owed: DutySide!) { duties(owed: $owed, first: 100) {
    nodes { kind object objectKind ref owedBy owedByUnit owedTo dueAt isOverdue because } } }`;
  interface Owed {
    kind: string;
    object: string;
    objectKind: string;
    ref: string;
    owedBy: string;
    owedByUnit: string | null;
    owedTo: string;
    dueAt: string;
    isOverdue: boolean;
    because: string;
  }
  const owed = async (party: Party, side: 'BY_US' | 'TO_US', question: string): Promise<Owed[]> => {
    const answer = await party.ask<{ duties: { nodes: Owed[] } }>(DUTIES, { owed: side });
    if (!answer.data) throw new Error(JSON.stringify(answer.errors));
    return answer.data.duties.nodes.filter(({ object }) => object === question);
  };
  const outcomeOf = async (question: string): Promise<object[]> =>
    t.database.sql(
      'SELECT d.kind, d.outcome FROM hub.duty d JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1',
      [question],
    );
  const sweep = (): Promise<number> => t.hub.app.get(DutySweeper, { strict: false }).sweep();
  afterEach(() => t.hub.clock.set(null));

  it.each([
    ['URGENT', 24, /answered within 24 hours of its receipt; after that silence is refusal\.$/],
    ['ROUTINE', 240, /answered within 10 days of its receipt; after that silence is refusal\.$/],
  ])('by the clock of the question, to the two sides alone: %s', async (urgency, hours, because) => {
    const alert = await anAlert({ codes: ['H2'] });
    const { id } = await askConsent(vn, alert.id, c04, { urgency });
    const [duty, ...more] = await owed(la, 'BY_US', id);
    expect(more).toEqual([]);
    expect(duty).toEqual({
      kind: 'CONSENT',
      object: id,
      objectKind: 'consent',
      ref: expect.stringMatching(/^LA-ALR-/),
      owedBy: 'LA-CUS',
      owedByUnit: null,
      owedTo: 'VN-CUS',
      dueAt: (await standing(vn, id)).dueAt,
      isOverdue: false,
      because: expect.stringMatching(because),
    });
    expect((await owed(vn, 'TO_US', id)).map(({ dueAt }) => dueAt)).toEqual([duty!.dueAt]);
    expect(Date.parse(duty!.dueAt) - Date.now()).toBeLessThanOrEqual(hours * 3_600_000);
    for (const party of [th, c04]) {
      expect([await owed(party, 'BY_US', id), await owed(party, 'TO_US', id)]).toEqual([[], []]);
    }
  });

  it.each([
    ['is granted', { act: 'GRANT' }],
    ['is denied', { act: 'DENY', reason: 'Our source would be known.' }],
  ])('until it %s, one duty for each question', async (_, answer) => {
    const alert = await anAlert({ codes: ['H2'] });
    const [first, second] = [await askConsent(vn, alert.id, c04), await askConsent(vn, alert.id, { agency: 'TH-CUS' })];
    await answerConsent(la, first.id, answer);
    expect(await owed(la, 'BY_US', first.id)).toEqual([]);
    expect(await outcomeOf(first.id)).toEqual([{ kind: 'CONSENT', outcome: 'DONE' }]);
    expect(await owed(la, 'BY_US', second.id)).toHaveLength(1);
  });

  it('until its time is over; both sides are told once, and nothing is overdue', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    const { id } = await askConsent(vn, alert.id, c04, { urgency: 'URGENT' });
    t.hub.clock.set(new Date(Date.now() + 23.9 * 3_600_000));
    await sweep();
    expect(await owed(la, 'BY_US', id)).toMatchObject([{ isOverdue: false }]);
    t.hub.clock.set(new Date(Date.now() + 24.1 * 3_600_000));
    await sweep();
    await sweep();
    expect([await owed(la, 'BY_US', id), await owed(vn, 'TO_US', id)]).toEqual([[], []]);
    expect(await outcomeOf(id)).toEqual([{ kind: 'CONSENT', outcome: 'VOID' }]);
    expect(await standing(la, id)).toMatchObject({ state: 'EXPIRED' });
    const told = await t.database.sql(
      `SELECT a.kind, a.owner FROM hub.change c JOIN hub.audience a ON a.id = c.audience_id
       WHERE c.object_id = $1 AND c.act = 'LAPSED' ORDER BY a.owner`,
      [id],
    );
    expect(told).toEqual([
      { kind: 'AGENCY', owner: 'LA-CUS' },
      { kind: 'SENT', owner: 'VN-CUS' },
    ]);
    expect(await t.database.sql("SELECT agency_id FROM audit.pending WHERE event = 'consent.lapsed'")).toContainEqual({
      agency_id: 'VN-CUS',
    });
  });

  it('before it goes out of sight', async () => {
    const expiresAt = `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19)}Z`;
    const alert = await anAlert({ codes: ['H2'], expiresAt });
    const { id } = await askConsent(vn, alert.id, c04, { urgency: 'ROUTINE' });
    const at = expiresAt.replace('Z', '.000Z');
    expect((await standing(la, id)).dueAt).toBe(at);
    expect(await owed(la, 'BY_US', id)).toMatchObject([
      { dueAt: at, because: expect.stringMatching(/can be read until then/) },
    ]);
  });

  it('with as much more time as the hub stood still', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    const { id } = await askConsent(vn, alert.id, c04, { urgency: 'URGENT' });
    const { dueAt } = await standing(vn, id);
    await sweep();
    const [pulse] = await t.database.sql<{ at: Date }>(
      "UPDATE hub.pulse SET at = now() - interval '2 days' RETURNING at",
    );
    await t.hub.app.get(DutySweeper, { strict: false }).makeUp();
    const later = Date.parse((await standing(la, id)).dueAt);
    expect(Math.abs(later - Date.parse(dueAt) - (Date.now() - pulse!.at.getTime()))).toBeLessThan(10_000);
    expect((await owed(la, 'BY_US', id)).map((each) => Date.parse(each.dueAt))).toEqual([later]);
  });

  it('and is reminded of and told to who is on duty', async () => {
    const alert = await anAlert({ codes: ['H2'] });
    const { id } = await askConsent(vn, alert.id, c04, { urgency: 'FLASH' });
    const causes = await t.database.sql(
      'SELECT x.kind FROM hub.notice_cause x JOIN hub.duty d ON d.id = x.duty_id JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1',
      [id],
    );
    expect(causes).toEqual([{ kind: 'FLASH' }]);
    t.hub.clock.set(new Date(Date.now() + 13 * 3_600_000));
    await sweep();
    const reminders = await t.database.sql(
      'SELECT r.percent FROM hub.duty_reminder r JOIN hub.duty d ON d.id = r.duty_id JOIN hub.object o ON o.seq = d.object_seq WHERE o.id = $1',
      [id],
    );
    expect(reminders).toEqual([{ percent: 50 }]);
  });
});

describe('revoking a consent', () => {
  it('ends what may be done, and leaves what was done until it is recalled', async () => {
    const alert = await anAlert();
    const grant = await consentFor(alert.id, c04);
    await share(vn, alert.id, c04.unit, grant);
    await revokeConsent(la, grant);
    expect(await standing(vn, grant)).toMatchObject({ state: 'REVOKED', permittedActs: [] });
    expect(await sees(c04, alert.id)).toBe(true);
    expect(await refusal(share(vn, alert.id, c04.unit, grant))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    await recall(la, alert.id);
    expect(await sees(c04, alert.id)).toBe(false);
  });
});

describe('who learns of a consent', () => {
  it('nobody but the two sides: to other readers of the object it is the same as none', async () => {
    const alert = await anAlert();
    const question = await askConsent(vn, alert.id, c04);
    const granted = await answerConsent(la, question.id);
    await share(vn, alert.id, c04.unit, granted.id);
    for (const party of [th, c04]) {
      for (const [document, variables] of [
        [OPEN, (id: string) => ({ id })],
        ['query($id: ID!) { object(id: $id) { id } }', (id: string) => ({ id })],
        [COMPOSE_CONSENT_ANSWER, (consent: string) => ({ input: { consent, body: { act: 'GRANT' } } })],
        [COMPOSE_CONSENT_REVOCATION, (consent: string) => ({ input: { consent, body: { reason: 'x' } } })],
      ] as const) {
        const nowhere = await party.askRaw(document, variables(randomUUID()));
        expect(nowhere).toContain('NOT_FOUND');
        for (const { id } of [question, granted]) expect(await party.askRaw(document, variables(id))).toBe(nowhere);
      }
      expect(await about(party, alert.id)).toEqual([]);
      const shown = (await inboxOf(party)).map(({ id }) => id);
      expect([question.id, granted.id].filter((id) => shown.includes(id))).toEqual([]);
    }
    expect((await open(th, alert.id))!.passedOn).toEqual([]);
  });

  it('nobody but the two sides, even if a third were shown the question', async () => {
    const alert = await anAlert();
    const { id } = await askConsent(vn, alert.id, c04);
    await t.database.sql(
      `INSERT INTO hub.release (audience_id, seq, clearance) SELECT a.id, $1, 0 FROM hub.audience a WHERE a.kind = 'AGENCY' AND a.owner = 'TH-CUS'`,
      [await seqOf(t.database, id)],
    );
    expect(await sees(th, id)).toBe(true);
    expect(await th.askRaw(OPEN, { id })).toBe(await th.askRaw(OPEN, { id: randomUUID() }));
  });

  it('shows to each that asked its own, and to the sender all', async () => {
    const alert = await anAlert();
    const mine = await askConsent(vn, alert.id, c04);
    const theirs = await askConsent(th, alert.id, c04);
    expect((await about(la, alert.id)).map(({ id }) => id)).toEqual([theirs.id, mine.id]);
    expect((await about(vn, alert.id)).map(({ id }) => id)).toEqual([mine.id]);
    expect((await about(th, alert.id)).map(({ id }) => id)).toEqual([theirs.id]);
  });

  it('needs a signed-in caller, and an object that there is', async () => {
    const response = await fetch(`${t.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ consents(object: "${randomUUID()}") { id } }` }),
    });
    expect(await response.text()).toContain('UNAUTHENTICATED');
    const kh = await t.enrol('KH-CUS-KPS');
    const alert = await anAlert();
    expect(await kh.askRaw(ABOUT, { object: alert.id })).toBe(await kh.askRaw(ABOUT, { object: randomUUID() }));
  });

  it('an alert that is hidden cannot be asked about: it is the same as none', async () => {
    const kh = await t.enrol('KH-CUS-BTB');
    const alert = await anAlert();
    const question = (object: string): object => ({
      input: { object, body: { for: 'EVIDENCE', reason: 'x', urgency: 'ROUTINE' } },
    });
    const nowhere = await kh.askRaw(COMPOSE_CONSENT_REQUEST, question(randomUUID()));
    expect(nowhere).toContain('NOT_FOUND');
    expect(await kh.askRaw(COMPOSE_CONSENT_REQUEST, question(alert.id))).toBe(nowhere);
  });
});

describe('is refused and leaves nothing behind: a consent that', () => {
  it.each<[string, (payload: Envelope) => Partial<Envelope> | object, string[]]>([
    ['names another id than it answers', () => ({ targetId: randomUUID() }), ['/body/targetId quoted']],
    ['names another digest', () => ({ targetDigest: `sha256:${'0'.repeat(64)}` }), ['/body/targetDigest quoted']],
    [
      'is to be passed on to nobody',
      () => ({ forAgency: undefined, forUnit: undefined }),
      ['/body/forAgency required'],
    ],
    [
      'is to be passed on to who is unknown',
      () => ({ forAgency: 'XX-NIX', forUnit: undefined }),
      ['/body/forAgency known'],
    ],
    ['is to be passed on to an unknown unit', () => ({ forUnit: 'VN-POL-NIX' }), ['/body/forUnit known']],
    [
      'is to be passed on to a unit of another agency',
      () => ({ forUnit: 'TH-CUS-LCB' }),
      ['/body/forUnit unitOfAgency'],
    ],
    [
      'is to be passed on to who sent it',
      () => ({ forAgency: 'LA-CUS', forUnit: undefined }),
      ['/body/forAgency other'],
    ],
    ['gives no reason', () => ({ reason: undefined }), ['/body/reason required']],
    ['gives too long a reason', () => ({ reason: 'x'.repeat(2001) }), ['/body/reason longText']],
    ['asks under conditions', () => ({ conditions: 'None.' }), ['/body/conditions unexpected']],
    ['is not urgent in any way', () => ({ urgency: undefined }), ['/body/urgency required']],
    ['is of no known use', () => ({ for: 'RESALE', forAgency: undefined, forUnit: undefined }), ['/body/for code']],
  ])('asks and %s', async (_, change, rules) => {
    const payload = await aQuestion();
    expect(await tried(vn, { ...payload, body: without({ ...payload.body, ...change(payload) }) })).toMatchObject({
      rules,
    });
  });

  it('asks somebody else than who sent the object, or others as well', async () => {
    const payload = await aQuestion();
    for (const to of [['TH-CUS'], ['LA-CUS', 'TH-CUS'], ['VN-POL']]) {
      expect(await tried(vn, { ...payload, to })).toMatchObject({ code: 'BAD_USER_INPUT', rules: ['/to otherSide'] });
    }
    expect(await tried(vn, { ...payload, to: ['LA-CUS-HQ'] })).toBeNull();
  });

  it('asks about an own object, a consent, a recall, or nothing', async () => {
    const own = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement });
    const question = await askConsent(la, own.id, c04);
    const recalled = await recall(la, (await anAlert()).id);
    for (const { id } of [own, question, recalled]) {
      const answer = await vn.ask(COMPOSE_CONSENT_REQUEST, {
        input: { object: id, body: { for: 'EVIDENCE', reason: 'x', urgency: 'ROUTINE' } },
      });
      expect(answer.errors?.[0]?.extensions.problems).toMatchObject([{ pointer: '/inReplyTo', rule: 'target' }]);
    }
    const payload = await aQuestion();
    expect(await tried(vn, { ...payload, inReplyTo: null })).toMatchObject({ rules: ['/inReplyTo target'] });
  });

  it('asks about a version that was replaced', async () => {
    const alert = await anAlert();
    const question = payloadOf(await composeQuestion(vn, alert.id, { forAgency: c04.agency }));
    await anAlert({}, { supersedes: alert.id });
    expect(await tried(vn, question)).toMatchObject({ code: 'CONFLICT', sub: 'SUPERSEDED' });
  });

  it('asks about a request that was withdrawn', async () => {
    const request = await askUnder(agreement, la, vn);
    const question = payloadOf(await composeQuestion(vn, request.id, { forAgency: c04.agency }));
    await recall(la, request.id);
    expect(await tried(vn, question)).toMatchObject({ code: 'CONFLICT', sub: 'RECALLED' });
  });

  it('replaces another', async () => {
    const first = await aQuestion();
    const { id } = await submitted(vn, first);
    const digest = (
      await vn.ask<{ object: { digest: string } }>('query($id: ID!) { object(id: $id) { digest } }', { id })
    ).data!.object.digest;
    const next: Envelope = { ...first, id: randomUUID(), supersedes: { id, digest: digest as 'sha256:' } };
    expect(await tried(vn, next)).toMatchObject({ rules: ['/supersedes alone'] });
  });

  it.each<[string, object, string[]]>([
    ['another object’s id', { targetId: randomUUID() }, ['/body/targetId quoted']],
    ['another version’s digest', { targetDigest: `sha256:${'0'.repeat(64)}` }, ['/body/targetDigest quoted']],
    ['another use', { for: 'PUBLICITY', forAgency: undefined, forUnit: undefined }, ['/body/for quoted', '/body/forAgency quoted', '/body/forUnit quoted']], // prettier-ignore
    ['another reader', { forAgency: 'TH-CUS', forUnit: undefined }, ['/body/forAgency quoted', '/body/forUnit quoted']],
    ['the whole agency instead of a unit', { forUnit: undefined }, ['/body/forUnit quoted']],
    ['a time that is past', { expiresAt: '2020-01-01T00:00:00Z' }, ['/body/expiresAt after']],
    ['H0', { codes: ['H0'] }, ['/body/codes noH0']],
    ['H3 without words', { codes: ['H3'] }, ['/body/conditions required']],
    ['conditions that are too long', { conditions: 'x'.repeat(2001) }, ['/body/conditions longText']],
    ['a reason', { reason: 'Because.' }, ['/body/reason unexpected']],
  ])('grants %s', async (_, change, rules) => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    expect(await tried(la, { ...grant, body: without({ ...grant.body, ...change }) })).toMatchObject({ rules });
    expect(await standing(vn, id)).toMatchObject({ state: 'ASKED' });
  });

  it('is granted by who asked, or by another reader', async () => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    const own = { ...grant, from: vn.agency, unit: vn.unit, to: ['LA-CUS'] };
    expect(await tried(vn, own)).toMatchObject({ code: 'FORBIDDEN' });
    const stranger = { ...grant, from: th.agency, unit: th.unit };
    const nowhere = await tried(th, { ...stranger, inReplyTo: { ...stranger.inReplyTo!, id: randomUUID() } });
    expect(nowhere).toMatchObject({ code: 'BAD_SIGNED_OBJECT', sub: 'LINK' });
    expect(await tried(th, stranger)).toEqual(nowhere);
    expect(await standing(vn, id)).toMatchObject({ state: 'ASKED' });
  });

  it('is granted to somebody else than who asked', async () => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    for (const to of [['TH-CUS'], ['TH-CUS', 'VN-CUS']]) {
      expect(await tried(la, { ...grant, to })).toMatchObject({ rules: ['/to otherSide'] });
    }
    expect(await tried(la, { ...grant, to: ['VN-CUS-AS'] })).toBeNull();
  });

  it('answers the object, or is revoked by the question instead of the grant', async () => {
    const alert = await anAlert();
    const { id } = await askConsent(vn, alert.id, c04);
    const question = payloadOf(await composeConsentAnswer(la, id));
    await answerConsent(la, id);
    const revocation = payloadOf(await composeRevocation(la, id));
    expect(await tried(la, { ...revocation, inReplyTo: question.inReplyTo })).toMatchObject({
      rules: ['/inReplyTo link'],
    });
    const again = { ...question, inReplyTo: revocation.inReplyTo };
    expect(await tried(la, again)).toMatchObject({ rules: ['/inReplyTo link'] });
    expect(await tried(la, { ...question, inReplyTo: null })).toMatchObject({ rules: ['/inReplyTo link'] });
  });

  it('comes too late: silence was a refusal', async () => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    await itIsTooLateFor(id);
    const answer = await tried(la, grant);
    expect(answer).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });
    expect(answer?.message).toContain('silence was a refusal');
    expect(await standing(vn, id)).toMatchObject({ state: 'EXPIRED' });
  });

  it.each<[string, (id: string) => Promise<unknown>, string]>([
    ['granted', (id) => answerConsent(la, id), 'can be taken back'],
    ['denied', (id) => answerConsent(la, id, { act: 'DENY', reason: 'No.' }), 'was refused'],
    ['revoked', async (id) => answerConsent(la, id).then(() => revokeConsent(la, id)), 'has been taken back'],
  ])('is answered twice: after it was %s', async (_, first, words) => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    const denial = payloadOf(await composeConsentAnswer(la, id, { act: 'DENY', reason: 'No.' }));
    await first(id);
    for (const payload of [grant, denial]) {
      const answer = await tried(la, payload);
      expect(answer).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });
      expect(answer?.message).toContain(words);
    }
  });

  it('is revoked when nothing was granted, when it has ended, or twice', async () => {
    const denied = await submitted(vn, await aQuestion());
    await answerConsent(la, denied.id, { act: 'DENY', reason: 'No.' });
    const refused = await la.ask(COMPOSE_CONSENT_REVOCATION, { input: { consent: denied.id, body: { reason: 'x' } } });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });
    const asked = await submitted(vn, await aQuestion());
    const early = await la.ask(COMPOSE_CONSENT_REVOCATION, { input: { consent: asked.id, body: { reason: 'x' } } });
    expect(early.errors?.[0]?.extensions.problems).toMatchObject([{ pointer: '/inReplyTo', rule: 'link' }]);

    const grant = await consentFor((await anAlert()).id, c04, { expiresAt: inDays(1) });
    const revocation = payloadOf(await composeRevocation(la, grant));
    await hasEnded(grant);
    expect(await tried(la, revocation)).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });

    const twice = await consentFor((await anAlert()).id, c04);
    const first = payloadOf(await composeRevocation(la, twice));
    await revokeConsent(la, twice);
    expect(await tried(la, first)).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });
  });

  it('is answered twice at the same moment: one counts', async () => {
    const { id } = await submitted(vn, await aQuestion());
    const grant = payloadOf(await composeConsentAnswer(la, id));
    const denial = payloadOf(await composeConsentAnswer(la, id, { act: 'DENY', reason: 'No.' }));
    await t.database.sql('BEGIN');
    await t.database.sql('SELECT 1 FROM hub.consent WHERE ask_seq = $1 FOR UPDATE', [await seqOf(t.database, id)]);
    const both = [tried(la, grant), tried(la, denial)];
    await untilSomebodyWaits(t.database);
    await new Promise((resolve) => setTimeout(resolve, 150)); // so that both have passed the checks before
    await t.database.sql('ROLLBACK');
    const [won, lost] = (await Promise.all(both)).toSorted((a, b) => Number(a !== null) - Number(b !== null));
    expect(won).toBeNull();
    expect(lost).toMatchObject({ code: 'CONFLICT', sub: 'CONSENT_STATE' });
    expect(['GRANTED', 'DENIED']).toContain((await standing(vn, id)).state);
  });
});

describe('PostgreSQL', () => {
  it('has the table of moves and of times that the server has', async () => {
    const moves = await t.database.sql(
      'SELECT from_state AS "from", act, side AS by, to_state AS "to" FROM cmd.consent_transition',
    );
    expect(moves).toHaveLength(CONSENT_MOVES.length);
    expect(moves).toEqual(expect.arrayContaining([...CONSENT_MOVES]));
    const hours = await t.database.sql<{ urgency: string; hours: number }>(
      'SELECT urgency, hours FROM cmd.consent_deadline',
    );
    expect(Object.fromEntries(hours.map((row) => [row.urgency, row.hours]))).toEqual(CONSENT_HOURS);
    const reached = new Set(['ASKED', 'EXPIRED', ...CONSENT_MOVES.map(({ to }) => to)]);
    expect([...reached].toSorted()).toEqual([...CONSENT_STATES].toSorted());
  });
});

describe('PostgreSQL decides by the signed text, whatever the server would let through:', () => {
  interface Stored {
    alert: string;
    question: string;
    scope: Record<string, string>;
  }

  /** A question for passing an alert on that waits for its answer, as it is stored. */
  async function aStoredQuestion(): Promise<Stored> {
    const payload = await aQuestion();
    await submitted(vn, payload);
    const { act: _, reason: __, urgency: ___, ...scope } = payload.body as Record<string, string>;
    const [alert, question] = [await seqOf(t.database, scope['targetId']!), await seqOf(t.database, payload.id)];
    return { alert, question, scope };
  }

  /** What a command says to a consent with this body, in a transaction that is undone. */
  async function fault(
    command: 'open_consent' | 'move_consent',
    party: Party,
    { body, ...submission }: { body: object; to?: string[]; replySeq: string | null; kind?: string },
  ): Promise<string> {
    const act = asServer(t.database, party, async () => {
      const text = textWith({ body: without(body) });
      const seq = await submitUnchecked(t.database, party, { kind: 'consent', ref: undefined, text, ...submission });
      await t.database.sql(`SELECT cmd.${command}($1)`, [seq]);
      return 'accepted';
    });
    return act.catch((error: Error) => error.message);
  }

  it.each<[string, object, object, string]>([
    ['as it is asked', {}, {}, 'accepted'],
    ['to the unit that sent it', {}, { to: ['LA-CUS-HQ'] }, 'accepted'],
    ['that is another act', { act: 'GRANT' }, {}, 'LINK'],
    ['without an act', { act: undefined }, {}, 'LINK'],
    ['that quotes another id', { targetId: randomUUID() }, {}, 'LINK'],
    ['that quotes another version', { targetDigest: `sha256:${'0'.repeat(64)}` }, {}, 'LINK'],
    ['about nothing', {}, { replySeq: null }, 'LINK'],
    ['to another reader', {}, { to: ['TH-CUS'] }, 'ADDRESSEE'],
    ['to others as well', {}, { to: ['LA-CUS', 'TH-CUS'] }, 'ADDRESSEE'],
    ['of no known urgency', { urgency: 'SOON' }, {}, 'URGENCY'],
    ['that is no consent', {}, { kind: 'note' }, 'LINK'],
  ])('a question %s', async (_, body, submission, expected) => {
    const { alert, scope } = await aStoredQuestion();
    const question = { act: 'ASK', reason: 'x', urgency: 'ROUTINE', ...scope, ...body };
    const asked = await fault('open_consent', vn, { body: question, to: ['LA-CUS'], replySeq: alert, ...submission });
    expect(asked).toBe(expected);
  });

  it('a question about an own object, a consent, a version that was replaced, and a request that was withdrawn', async () => {
    const asked = async (party: Party, id: string, to: string): Promise<string> => {
      const sql = 'SELECT seq, digest FROM hub.object WHERE id = $1';
      const [row] = await t.database.sql<{ seq: string; digest: string }>(sql, [id]);
      const body = { act: 'ASK', targetId: id, targetDigest: row!.digest, for: 'EVIDENCE', urgency: 'ROUTINE' };
      return fault('open_consent', party, { body, to: [to], replySeq: row!.seq });
    };
    const alert = await anAlert();
    expect(await asked(vn, alert.id, 'LA-CUS')).toBe('accepted');
    expect(await asked(la, alert.id, 'VN-CUS')).toBe('LINK');
    expect(await asked(la, (await askConsent(vn, alert.id, c04)).id, 'VN-CUS')).toBe('LINK');
    await anAlert({}, { supersedes: alert.id });
    expect(await asked(vn, alert.id, 'LA-CUS')).toBe('SUPERSEDED');
    const request = await askUnder(agreement, la, vn);
    await recall(la, request.id);
    expect(await asked(vn, request.id, 'LA-CUS')).toBe('RECALLED');
  });

  it('a question whose mail would reach the successor of who sent the object', async () => {
    const old = await t.enrol('MM-CUS-YGN');
    const alert = await composeAndSubmit(old, { to: ['VN-CUS'], agreement: await t.agree([old, vn, th]) });
    const question = payloadOf(await composeQuestion(vn, alert.id, { forAgency: c04.agency }));
    await t.database.sql(
      "UPDATE hub.agency SET valid_until = now() - interval '1 day', successor_id = 'TH-CUS' WHERE id = $1",
      [old.agency],
    );
    expect(await tried(vn, question)).toMatchObject({ rules: ['/to ADDRESSEE'] });
  });

  it.each<[string, object, (stored: Stored) => object, string]>([
    ['as it is granted', {}, () => ({}), 'accepted'],
    ['as it is denied', { act: 'DENY', reason: 'No.' }, () => ({}), 'accepted'],
    ['to the unit that asked', {}, () => ({ to: ['VN-CUS-AS'] }), 'accepted'],
    ['about another object', { targetId: randomUUID() }, () => ({}), 'SCOPE'],
    ['about another version', { targetDigest: `sha256:${'0'.repeat(64)}` }, () => ({}), 'SCOPE'],
    ['for another use', { for: 'PUBLICITY' }, () => ({}), 'SCOPE'],
    ['for another agency', { forAgency: 'TH-CUS' }, () => ({}), 'SCOPE'],
    ['for a whole agency', { forUnit: undefined }, () => ({}), 'SCOPE'],
    ['to somebody else', {}, () => ({ to: ['TH-CUS'] }), 'ADDRESSEE'],
    ['to others as well', {}, () => ({ to: ['TH-CUS', 'VN-CUS'] }), 'ADDRESSEE'],
    ['to the object', {}, ({ alert }) => ({ replySeq: alert }), 'LINK'],
    ['that takes back what was not granted', { act: 'REVOKE' }, () => ({}), 'LINK'],
    ['that asks', { act: 'ASK' }, () => ({}), 'CONSENT_STATE'],
    ['that is no consent', {}, () => ({ kind: 'note' }), 'LINK'],
  ])('an answer %s', async (_, body, submission, expected) => {
    const stored = await aStoredQuestion();
    const answer = { body: { act: 'GRANT', ...stored.scope, ...body }, to: ['VN-CUS'], replySeq: stored.question };
    expect(await fault('move_consent', la, { ...answer, ...submission(stored) })).toBe(expected);
  });

  it('an answer of who asked, of one that is answered, and of one whose time is over', async () => {
    const { question, scope } = await aStoredQuestion();
    const answer = { body: { act: 'GRANT', ...scope }, to: ['VN-CUS'], replySeq: question };
    expect(await fault('move_consent', vn, { ...answer, to: ['LA-CUS'] })).toBe('LINK');
    await t.database.sql('UPDATE hub.consent SET due_at = now() WHERE ask_seq = $1', [question]);
    expect(await fault('move_consent', la, answer)).toBe('CONSENT_STATE');
    const { id } = await submitted(vn, await aQuestion());
    await answerConsent(la, id);
    const { body } = payloadOf(await composeRevocation(la, id));
    const again = { ...body, act: 'GRANT', reason: undefined };
    expect(await fault('move_consent', la, { body: again, to: ['VN-CUS'], replySeq: await seqOf(t.database, id) })).toBe('CONSENT_STATE'); // prettier-ignore
  });
});

/** An alert of LA-CUS to VN-CUS and TH-CUS. */
function anAlert(handling: object = {}, rest: object = {}): Promise<Submitted> {
  return composeAndSubmit(la, { to: ['VN-CUS', 'TH-CUS'], addresseesSeeEachOther: true, agreement, handling: without(handling), ...rest }); // prettier-ignore
}

/** Id of a grant: VN-CUS may pass this object on to this reader. */
async function consentFor(object: string, reader: Partial<Party>, grant: object = {}): Promise<string> {
  const { id } = await askConsent(vn, object, reader);
  return (await answerConsent(la, id, grant)).id;
}

async function aQuestion(): Promise<Envelope> {
  const alert = await anAlert();
  return payloadOf(await composeQuestion(vn, alert.id, { forAgency: c04.agency, forUnit: c04.unit }));
}

function payloadOf({ text }: ComposedConsent): Envelope {
  return JSON.parse(text!) as Envelope;
}

function without(members: object): Record<string, never> {
  return JSON.parse(JSON.stringify(members)) as Record<string, never>;
}

async function submitted(party: Party, payload: object): Promise<Submitted> {
  const answer = await signAndTry(party, payload);
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.submit;
}

type Refusal = { code: string; sub?: string; message: string; rules?: string[] } | null;

/** How a payload is refused that this party signs, null when it is accepted; a refusal leaves no object. */
async function tried(party: Party, payload: Envelope): Promise<Refusal> {
  const refused = await refusal(signAndTry(party, payload));
  const stored = await t.database.sql('SELECT 1 FROM hub.object WHERE id = $1', [payload.id]);
  expect(stored).toHaveLength(refused === null ? 1 : 0);
  return refused;
}

async function refusal(answered: Promise<{ errors?: { message: string; extensions: object }[] }>): Promise<Refusal> {
  const { errors } = await answered;
  if (!errors) return null;
  const [{ message, extensions }] = errors as [{ message: string; extensions: NonNullable<Refusal> }];
  const { code, sub, problems } = extensions as typeof extensions & { problems?: { pointer: string; rule: string }[] };
  return { code, message, ...(sub ? { sub } : {}), ...(problems ? { rules: problems.map(({ pointer, rule }) => `${pointer} ${rule}`) } : {}) }; // prettier-ignore
}

async function standing(party: Party, id: string): Promise<Standing> {
  const { data, errors } = await party.ask<{ consent: Standing }>(OPEN, { id });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.consent;
}

async function about(party: Party, object: string): Promise<Standing[]> {
  return (await party.ask<{ consents: Standing[] }>(ABOUT, { object })).data!.consents;
}

interface Opened {
  parts: { name: string; withheld: string | null }[];
  passedOn: { to: string; until: string | null }[];
}

async function open(party: Party, id: string): Promise<Opened | undefined> {
  return (await party.ask<{ object: Opened }>(OBJECT, { id })).data?.object;
}

async function sees(party: Party, id: string): Promise<boolean> {
  return (await open(party, id)) !== undefined;
}

async function inboxOf(party: Party): Promise<{ id: string }[]> {
  return (await party.ask<{ inbox: { nodes: { id: string }[] } }>(INBOX)).data!.inbox.nodes;
}

/** How often the feed of a party tells of an object. */
async function feedOf({ agency }: Party, id: string): Promise<number> {
  const text = `SELECT 1 FROM hub.change c JOIN hub.membership m ON m.audience_id = c.audience_id WHERE m.agency_id = $1 AND c.object_id = $2`;
  return (await t.database.sql(text, [agency, id])).length;
}

/** The question that a grant answers. */
async function lastQuestion(grant: string): Promise<Standing> {
  return standing(la, grant);
}

async function lastConsentOf(object: string): Promise<string> {
  return (await about(la, object))[0]!.id;
}

/** The time to answer is over. */
async function itIsTooLateFor(question: string): Promise<string> {
  await t.database.sql('UPDATE hub.consent SET due_at = now() WHERE ask_seq = $1', [await seqOf(t.database, question)]);
  return question;
}

/** The time of what was granted is over. */
async function hasEnded(grant: string): Promise<string> {
  await t.database.sql('UPDATE hub.consent SET expires_at = now() WHERE answer_seq = $1', [
    await seqOf(t.database, grant),
  ]);
  return grant;
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
}
