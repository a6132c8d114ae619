import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { NoticeSender } from '../src/notices/notice-sender.js';
import type { JsonObject } from '../src/protocol/canonical.js';
import type { Envelope } from '../src/protocol/envelope.js';
import type { KeyPair } from '../src/protocol/keys.js';
import { anAlert, aReference, verdictOf } from './hostile/hostile.js';
import { anOfficer } from './support/browser.js';
import { aWaitingDraft, approve, giveBack, withdraw } from './support/drafts.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { type ReceivedMail, TestMailServer } from './support/mail.js';
import { anEnrolmentKey, aSigningOfficer, type SigningOfficer } from './support/signing-officers.js';

/* Who is told that a draft waits. What notices are otherwise stands in test/notices.e2e-spec.ts. */

const mail = new TestMailServer();
let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let enrolment: KeyPair;
let author: SigningOfficer;
let approver: SigningOfficer;
let began: number;

beforeAll(async () => {
  await mail.start();
  t = await startTestHub({ SMTP_URL: mail.url, SMTP_FROM: 'hub@liaison.example' });
  // Only what a test asks for is done, when it asks for it.
  clearInterval((sender() as unknown as { timer: NodeJS.Timeout }).timer);
  const unit = { kind: 'LIAISON_OFFICE', nameEn: 'Liaison office', nameVi: 'Văn phòng liên lạc' };
  vn = await t.enrol('VN-CUS-AS', { units: [{ id: 'VN-CUS-LO', ...unit }] });
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  enrolment = await anEnrolmentKey(vn);
  author = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
  approver = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  await t.database.sql(
    `INSERT INTO agency.notice_rule SELECT u.id, u.agency_id, NULL, 'en' FROM hub.unit u ON CONFLICT DO NOTHING`,
  );
});
afterEach(async () => {
  t.hub.clock.set(null);
  await t.database.sql('DELETE FROM agency.roster');
  await t.database.sql('DELETE FROM agency.notice_address');
  await t.database.sql('DELETE FROM hub.notice');
  await t.database.sql('UPDATE agency.draft SET tell_at = NULL');
  await t.database.sql(
    `UPDATE agency.draft SET state = 'WITHDRAWN', text = NULL, signature = NULL, ended_at = now() WHERE ended_at IS NULL`,
  );
  await t.database.sql('UPDATE hub.unit SET mailbox = NULL');
  mail.taken();
});
afterAll(async () => {
  await t.stop();
  await mail.stop();
});

const sender = (): NoticeSender => t.hub.app.get(NoticeSender, { strict: false });

async function onDuty(officer: string, name: string, rank: number, language = 'en', unit = 'VN-CUS-AS'): Promise<void> {
  await t.database.sql(
    `INSERT INTO agency.roster (agency_id, unit_id, officer, rank, begins_at, ends_at)
     VALUES ('VN-CUS', $1, $2, $3, now() - interval '1 day', now() + interval '2 days')`,
    [unit, officer, rank],
  );
  await t.database.sql(
    `INSERT INTO agency.notice_address (agency_id, officer, language, address, asked_at) VALUES ('VN-CUS', $1, $2, $3, now())`,
    [officer, language, `${name}@duty.example`],
  );
}

/** What came, to whom. */
async function told(): Promise<ReceivedMail[]> {
  await sender().run();
  return mail.taken();
}
const readers = (mails: ReceivedMail[]): string[] => mails.map(({ to }) => to.join().replace('@duty.example', ''));
const after = (minutes: number): void => t.hub.clock.set(new Date(began + minutes * 60_000));

async function waiting(urgency = 'ROUTINE', by = author, handling: object = {}): Promise<[string, Envelope]> {
  const body = anAlertBody({ ref: aReference('VN'), urgency } as never) as unknown as JsonObject;
  const payload = anAlert(vn, ['TH-CUS'], agreement, { authoredBy: by.officer, body });
  payload.handling = { ...payload.handling, ...handling };
  const id = await aWaitingDraft(by, payload);
  began = Date.now();
  return [id, payload];
}

describe('a draft that waits', () => {
  it('is told of to who is on duty and may approve it, without a word of what it says', async () => {
    const analyst = await anOfficer(t, vn, ['ANALYST'], { clearance: 1 });
    await onDuty(analyst, 'analyst', 1);
    await onDuty(author.officer, 'author', 1);
    await onDuty(approver.officer, 'approver', 2);
    await waiting('URGENT');
    await waiting('ROUTINE');
    const [only, ...more] = await told();
    expect(more).toEqual([]);
    expect(only!.to).toEqual(['approver@duty.example']);
    expect(only!.headers['subject']).toBe('Waits for approval: Unit VN-CUS-AS');
    expect(only!.text).toBe(`Urgency: urgent\nWaiting: 2\nUnit: Unit VN-CUS-AS\n\n${t.url}/\n`);
    expect(await told()).toEqual([]);
  });

  it('is told of in Vietnamese', async () => {
    await onDuty(approver.officer, 'approver', 1, 'vi');
    await waiting('FLASH');
    const [only] = await told();
    expect([only!.headers['subject'], only!.text.split('\n')[1]]).toEqual([
      'Chờ duyệt: Đơn vị VN-CUS-AS',
      'Đang chờ: 1',
    ]);
  });

  it('goes on to the next every ten minutes when it is FLASH, then to the mailbox and the head of the agency', async () => {
    const [deputy, head] = [
      await anOfficer(t, vn, ['NCP_OFFICER'], { clearance: 1 }),
      await anOfficer(t, { ...vn, unit: 'VN-CUS-LO' }, ['NCP_OFFICER'], { clearance: 1 }),
    ];
    await onDuty(approver.officer, 'first', 1);
    await onDuty(deputy, 'second', 2);
    await onDuty(head, 'head', 1, 'en', 'VN-CUS-LO');
    await t.database.sql(`UPDATE hub.unit SET mailbox = 'unit@duty.example' WHERE id = 'VN-CUS-AS'`);
    await waiting('FLASH');
    expect(readers(await told())).toEqual(['first']);
    after(9);
    expect(readers(await told())).toEqual([]);
    after(11);
    expect(readers(await told())).toEqual(['second']);
    after(22);
    expect(readers(await told()).toSorted()).toEqual(['head', 'unit']);
    after(60);
    expect(await told()).toEqual([]);
  });

  it('that is RESTRICTED is told to no officer of the head unit who may not read it, but to its mailbox', async () => {
    const low = await anOfficer(t, { ...vn, unit: 'VN-CUS-LO' }, ['NCP_OFFICER'], { clearance: 0 });
    await onDuty(low, 'low', 1, 'en', 'VN-CUS-LO');
    await t.database.sql(`UPDATE hub.unit SET mailbox = 'head@duty.example' WHERE id = 'VN-CUS-LO'`);
    await waiting('FLASH', author, { classification: 'RESTRICTED' });
    expect(readers(await told())).toEqual(['head']);
  });

  it('that is over or given back before the mail leaves is told of to nobody', async () => {
    await onDuty(approver.officer, 'approver', 1);
    const [first] = await waiting();
    await giveBack(approver, first);
    const [second, payload] = await waiting();
    expect(verdictOf((await approve(approver, second, payload)) as never)).toBe('accepted');
    const [third] = await waiting();
    await t.database.sql('SELECT cmd.tell_drafts(10)');
    await withdraw(author, third);
    expect(await told()).toEqual([]);
  });

  it('is told of to nobody who may not approve it any more when the mail leaves', async () => {
    const officer = await anOfficer(t, vn, ['RELEASER'], { clearance: 1 });
    await onDuty(officer, 'officer', 1);
    await waiting();
    await t.database.sql('SELECT cmd.tell_drafts(10)');
    await t.database.sql(`UPDATE agency.officer SET roles = '{ANALYST}' WHERE pseudonym = $1`, [officer]);
    expect(await told()).toEqual([]);
    await onDuty(author.officer, 'author', 1);
    await t.database.sql(
      `INSERT INTO hub.notice (kind, agency_id, unit_id, to_unit, officer, duties, made_at, send_at)
       VALUES ('DRAFT', 'VN-CUS', 'VN-CUS-AS', 'VN-CUS-AS', $1, '{}', now(), now())`,
      [author.officer],
    );
    expect(await told()).toEqual([]);
  });

  it('is told of to nobody who is not cleared for it; where nobody is left, to the mailbox, and without one administrators see it', async () => {
    const uncleared = await anOfficer(t, vn, ['RELEASER'], { clearance: 0 });
    await onDuty(uncleared, 'uncleared', 1);
    await waiting('ROUTINE', author, { classification: 'RESTRICTED' });
    expect(await told()).toEqual([]);
    const unsent = await t.database.sql('SELECT kind, officer, problem FROM hub.notice');
    expect(unsent).toEqual([{ kind: 'DRAFT', officer: null, problem: 'NO_ADDRESS' }]);
    await t.database.sql(`UPDATE hub.unit SET mailbox = 'unit@duty.example' WHERE id = 'VN-CUS-AS'`);
    await t.database.sql('DELETE FROM hub.notice');
    await waiting('ROUTINE', author, { classification: 'RESTRICTED' });
    expect(readers(await told())).toEqual(['unit']);
  });
});
