import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../config/environment.js';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { startHub } from '../src/hub.js';
import { SecretsFolder } from '../src/database/secrets.js';
import { MailServer } from '../src/notices/mail-server.js';
import { ScopedDatabase } from '../src/access/scoped-database.js';
import { NoticeSender } from '../src/notices/notice-sender.js';
import { anOfficer } from './support/browser.js';
import { CONSOLE_DOCUMENTS } from './support/documents.js';
import { composeAndSubmit, recall, type Submitted } from './support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';
import { type ReceivedMail, TestMailServer } from './support/mail.js';
import { answerWith, ask } from './support/requests.js';

/* What is sent, to whom and when. Whose business roster and addresses are stands in test/roster.e2e-spec.ts. */

const mail = new TestMailServer();
let t: TestHub;
let vn: Party;

const MONDAY = new Date('2027-04-26T03:00:00Z');
const MINUTE = 60_000;
const FOR_INFORMATION = {
  requestedAction: 'INFORM_ONLY',
  feedbackRequired: false,
  feedbackDueAt: undefined,
  validFrom: MONDAY.toISOString().replace('.000', ''),
  validTo: '2027-06-01T00:00:00Z',
};
/** What no mail may say: what an alert is about, and who sent it. */
const TITLE = 'Acetic anhydride in drums of sorbitol';
const SECRETS = [TITLE, 'acetic', 'VN-CUS', 'VN-ALR', 'Viet Nam', 'Unit VN-CUS-AS', '2915'];

beforeAll(async () => {
  await mail.start();
  t = await startTestHub({ SMTP_URL: mail.url, SMTP_FROM: 'hub@liaison.example' });
  vn = await t.enrol('VN-CUS-AS');
  // Only what a test asks for is done, when it asks for it.
  clearInterval((sender() as unknown as { timer: NodeJS.Timeout }).timer);
});
afterEach(async () => {
  mail.refusals.clear();
  await send();
  mail.taken();
  await t.database.sql('DELETE FROM agency.roster');
  await t.database.sql('UPDATE hub.unit SET mailbox = NULL');
  t.hub.clock.set(null);
});
afterAll(async () => {
  await t.stop();
  await mail.stop();
});

/** A unit that gets alerts of VN-CUS, and who of it is on duty. */
interface Desk {
  party: Party;
  agreement: string;
  /** Puts an officer on the roster, with an address made of this name. */
  onDuty(name: string, rank: number, language?: string, clearance?: number): Promise<string>;
}

let desks = 0;

/** A unit of an agency of its own, without a digest. */
async function aDesk({
  mailbox = null as string | null,
  language = 'en',
  digestHour = null as number | null,
} = {}): Promise<Desk> {
  const at = `${String.fromCharCode(65 + Math.floor(desks / 26))}${String.fromCharCode(65 + (desks++ % 26))}`;
  const party = await t.enrol(`${at}-CUS-D1`, { calendar: { timeZone: 'Asia/Bangkok' } });
  const agreement = await t.agree([vn, party]);
  await t.database.sql('UPDATE hub.unit SET mailbox = $2 WHERE id = $1', [party.unit, mailbox]);
  await t.database.sql('INSERT INTO agency.notice_rule VALUES ($1, $2, $3, $4)', [
    party.unit,
    party.agency,
    digestHour,
    language,
  ]);
  return {
    party,
    agreement,
    onDuty: async (name, rank, spoken = 'en', clearance = 1) => {
      const officer = await anOfficer(t, party, ['ANALYST'], { clearance });
      await putOnDuty(party, officer, name, rank, spoken);
      return officer;
    },
  };
}

/** The liaison office of the agency of a desk. */
async function aHeadUnit(desk: Desk, digestHour: number | null = null): Promise<Party> {
  const head = await t.enrol(`${desk.party.agency}-HQ`);
  await t.database.sql("UPDATE hub.unit SET kind = 'LIAISON_OFFICE' WHERE id = $1", [head.unit]);
  await t.database.sql("INSERT INTO agency.notice_rule VALUES ($1, $2, $3, 'en')", [
    head.unit,
    head.agency,
    digestHour,
  ]);
  return head;
}

async function putOnDuty(party: Party, officer: string, name: string, rank: number, language: string): Promise<void> {
  await t.database.sql(
    `INSERT INTO agency.roster (agency_id, unit_id, officer, rank, begins_at, ends_at)
     VALUES ($1, $2, $3, $4, '2027-01-01Z', '2028-01-01Z')`,
    [party.agency, party.unit, officer, rank],
  );
  await t.database.sql(
    `INSERT INTO agency.notice_address (agency_id, officer, language, address, asked_at) VALUES ($1, $2, $3, $4, '2027-01-01Z')`,
    [party.agency, officer, language, `${name}@duty.example`],
  );
}

/** Sends an alert to a desk that only has to be read. */
function alert(
  { party, agreement }: Desk,
  urgency = 'FLASH',
  body: object = {},
  input: object = {},
): Promise<Submitted> {
  const contact24h = { unit: 'VN-CUS-AS', phone: '+842439440833' };
  return composeAndSubmit(vn, {
    to: [party.unit],
    agreement,
    body: { urgency, contact24h, title: TITLE, ...FOR_INFORMATION, ...body },
    ...input,
  });
}

/** Lets notices be made and sent. */
async function send(): Promise<void> {
  await sender().run();
}

const sender = (): NoticeSender => t.hub.app.get(NoticeSender, { strict: false });

/** What came at these names, or at all of them, since the last time. */
async function sentTo(...names: string[]): Promise<ReceivedMail[]> {
  await send();
  const mails = mail.taken();
  return names.length === 0 ? mails : mails.filter(({ to }) => names.some((name) => to[0] === `${name}@duty.example`));
}

/** To whom something went, in order. */
const readers = (mails: ReceivedMail[]): string[] => mails.map(({ to }) => to.join().replace('@duty.example', ''));
const at = (minutes: number): void => t.hub.clock.set(new Date(MONDAY.getTime() + minutes * MINUTE));

describe('a FLASH alert', () => {
  it('tells who is on duty at once, in exactly these words', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('first', 1);
    await alert(desk);
    const [only, ...more] = await sentTo();
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      to: ['first@duty.example'],
      headers: {
        from: 'hub@liaison.example',
        to: 'first@duty.example',
        subject: `FLASH: Unit ${desk.party.unit}`,
        'auto-submitted': 'auto-generated',
        'message-id': expect.stringMatching(/^<[0-9a-f-]{36}@demo\.test\.localhost>$/),
      },
    });
    expect(only!.text).toBe(
      [
        'Urgency: flash',
        'Waiting: 1',
        'Due: Monday, April 26, 2027 at 12:00 GMT+7',
        `Unit: Unit ${desk.party.unit}`,
        '',
        `${t.url}/`,
        '',
      ].join('\n'),
    );
    expect(Object.keys(only!.headers).toSorted()).toEqual([
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    for (const secret of SECRETS) expect([secret, only!.raw.includes(secret)]).toEqual([secret, false]);
  });

  it('tells in the language of the reader', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('hoa', 1, 'vi');
    await alert(desk);
    const [only] = await sentTo();
    expect(only!.headers['subject']).toBe(`HỎA TỐC: Đơn vị ${desk.party.unit}`);
    expect(only!.text).toBe(
      [
        'Độ khẩn: hỏa tốc',
        'Đang chờ: 1',
        'Đến hạn: lúc 12:00 GMT+7 Thứ Hai, 26 tháng 4, 2027',
        `Đơn vị: Đơn vị ${desk.party.unit}`,
        '',
        `${t.url}/`,
        '',
      ].join('\n'),
    );
  });

  it('goes to the next after 10, 20 and 30 minutes, and in the end to the mailbox and the head unit', async () => {
    at(0);
    const desk = await aDesk({ mailbox: 'unit@duty.example' });
    await desk.onDuty('c', 3);
    await desk.onDuty('a', 1);
    await desk.onDuty('b', 2);
    const head = await aHeadUnit(desk);
    await putOnDuty(head, await anOfficer(t, head, ['NCP_OFFICER']), 'head', 1, 'en');
    await alert(desk);
    const told: [number, string[]][] = [];
    for (const minutes of [0, 1, 9, 10, 15, 20, 29, 30, 31, 40, 90]) {
      at(minutes);
      const names = readers(await sentTo());
      if (names.length > 0) told.push([minutes, names.toSorted()]);
    }
    expect(told).toEqual([
      [0, ['a']],
      [10, ['b']],
      [20, ['c']],
      [30, ['head', 'unit']],
    ]);
  });

  it('goes to the mailbox and the head unit as soon as nobody is left', async () => {
    at(0);
    const desk = await aDesk({ mailbox: 'last@duty.example' });
    await desk.onDuty('alone', 1);
    await alert(desk);
    expect(readers(await sentTo())).toEqual(['alone']);
    at(10);
    expect(readers(await sentTo())).toEqual(['last']);
    at(20);
    expect(readers(await sentTo())).toEqual([]);
  });

  it('that is RESTRICTED is told to no officer of the head unit who may not read it, but to its mailbox', async () => {
    at(0);
    const desk = await aDesk();
    const head = await aHeadUnit(desk);
    const low = await anOfficer(t, head, ['NCP_OFFICER'], { clearance: 0 });
    await putOnDuty(head, low, 'low', 1, 'en');
    const handling = { classification: 'RESTRICTED' };
    await alert(desk, 'FLASH', {}, { handling });
    expect(readers(await sentTo())).toEqual([]);
    await t.database.sql("UPDATE hub.unit SET mailbox = 'head@duty.example' WHERE id = $1", [head.unit]);
    await alert(desk, 'FLASH', {}, { handling });
    at(2);
    expect(readers(await sentTo())).toEqual(['head']);
    await putOnDuty(head, await anOfficer(t, head, ['NCP_OFFICER']), 'cleared', 2, 'en');
    await alert(desk, 'FLASH', {}, { handling });
    at(4);
    expect(readers(await sentTo())).toEqual(['cleared']);
    // Who may no longer read it when the mail leaves is not told.
    mail.refusals.set('cleared@duty.example', 450);
    await alert(desk, 'FLASH', {}, { handling });
    at(6);
    await send();
    mail.refusals.clear();
    await t.database.sql('UPDATE agency.officer SET clearance = 0 WHERE agency_id = $1', [head.agency]);
    at(9);
    expect(readers(await sentTo())).toEqual([]);
  });

  it.each<[string, (desk: Desk, sent: Submitted) => Promise<unknown>]>([
    ['it is opened', ({ party }, { id }) => party.ask('query($id: ID!) { alert(id: $id) { id } }', { id })],
    ['it is recalled', (_, { id }) => recall(vn, id)],
  ])('goes no further once %s', async (_, act) => {
    at(0);
    const desk = await aDesk({ mailbox: 'unit@duty.example' });
    await desk.onDuty('a', 1);
    await desk.onDuty('b', 2);
    const sent = await alert(desk);
    expect(readers(await sentTo())).toEqual(['a']);
    await act(desk, sent);
    for (const minutes of [10, 20, 30]) {
      at(minutes);
      expect(readers(await sentTo())).toEqual([]);
    }
  });

  it('is not told of when it was opened before the mail went', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('late', 1);
    mail.refusals.set('late@duty.example', 450);
    const { id } = await alert(desk);
    expect(await sentTo()).toEqual([]);
    await desk.party.ask('query($id: ID!) { alert(id: $id) { id } }', { id });
    mail.refusals.clear();
    at(2);
    expect(await sentTo()).toEqual([]);
  });

  it('of a hub that stood still goes to whom it would go now, once', async () => {
    const desk = await aDesk({ mailbox: 'unit@duty.example' });
    for (const [name, rank] of [['a', 1], ['b', 2], ['c', 3]] as const) await desk.onDuty(name, rank); // prettier-ignore
    at(0);
    await alert(desk);
    at(25);
    const names = readers(await sentTo('a', 'b', 'c', 'unit'));
    expect(names).toEqual(['c']);
    at(29);
    expect(readers(await sentTo('a', 'b', 'c', 'unit'))).toEqual([]);
    at(30);
    expect(readers(await sentTo('a', 'b', 'c', 'unit'))).toEqual(['unit']);
  });

  it('that is restricted tells nobody who may not read it', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('cleared', 2, 'en', 1);
    await desk.onDuty('uncleared', 1, 'en', 0);
    await composeAndSubmit(vn, {
      to: [desk.party.unit],
      agreement: desk.agreement,
      handling: { classification: 'RESTRICTED' },
      body: {
        urgency: 'FLASH',
        contact24h: { unit: 'VN-CUS-AS', phone: '+842439440833' },
        ...FOR_INFORMATION,
      },
    });
    expect(readers(await sentTo())).toEqual(['cleared']);
  });
});

describe('what is urgent', () => {
  it('tells who is on duty once; what is routine tells nobody', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('a', 1);
    await desk.onDuty('b', 2);
    await alert(desk, 'URGENT');
    await alert(desk, 'ROUTINE');
    const mails = await sentTo();
    expect(mails.map(({ to, headers }) => [to[0], headers['subject']])).toEqual([
      ['a@duty.example', `Urgent: Unit ${desk.party.unit}`],
    ]);
    at(30);
    expect(await sentTo()).toEqual([]);
  });

  it('makes one mail of many, and no second one within a minute', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('busy', 1);
    const counts = async (): Promise<string[]> =>
      (await sentTo('busy')).map(({ text }) => /Waiting: (\d+)/.exec(text)![1]!);
    for (let n = 0; n < 4; n++) await alert(desk, 'URGENT');
    expect(await counts()).toEqual(['4']);
    for (let n = 0; n < 2; n++) {
      await alert(desk, 'URGENT');
      expect(await counts()).toEqual([]);
    }
    at(1);
    expect(await counts()).toEqual(['2']);
  });
});

describe('a duty', () => {
  const sweepAt = async (hours: number): Promise<string[]> => {
    at(hours * 60);
    await t.hub.app.get(DutySweeper, { strict: false }).sweep();
    return (await sentTo())
      .map(({ to, headers }) => `${to[0]!.split('@')[0]} ${headers['subject']!.split(':')[0]}`)
      .toSorted();
  };

  it('reminds the first at half its time, the deputy too at four fifths, and all when it is due', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('a', 1);
    await desk.onDuty('b', 2);
    await desk.onDuty('c', 3);
    await alert(desk, 'ROUTINE');
    expect(await sweepAt(11)).toEqual([]);
    expect(await sweepAt(12)).toEqual(['a Reminder']);
    expect(await sweepAt(20)).toEqual(['a Reminder', 'b Reminder']);
    expect(await sweepAt(24)).toEqual(['a Overdue', 'b Overdue', 'c Overdue']);
    expect(await sweepAt(48)).toEqual([]);
  });

  it('reminds the unit’s mailbox when nobody is on duty, in the language of the unit', async () => {
    at(0);
    const desk = await aDesk({ mailbox: 'box@duty.example', language: 'vi' });
    await alert(desk, 'ROUTINE');
    expect(await sweepAt(12)).toEqual(['box Nhắc việc']);
  });

  it.each([
    ['suspended', 'suspended_at = now()'],
    ['dissolved', "valid_until = now() - interval '1 hour'"],
  ])('reminds the head unit of what a unit owes that was %s', async (_, ends) => {
    at(0);
    const desk = await aDesk({ mailbox: 'gone@duty.example' });
    await desk.onDuty('gone', 1);
    const head = await aHeadUnit(desk);
    await putOnDuty(head, await anOfficer(t, head, ['NCP_OFFICER']), 'head', 1, 'en');
    await alert(desk, 'ROUTINE');
    await t.database.sql(`UPDATE hub.unit SET ${ends} WHERE id = $1`, [desk.party.unit]);
    expect(await sweepAt(12)).toEqual(['head Reminder']);
    expect(await sweepAt(24)).toEqual(['head Overdue']);
  });

  it('of an agency none of whose units speaks any more keeps no other from being told', async () => {
    at(0);
    const [gone, other] = [await aDesk(), await aDesk()];
    await other.onDuty('other', 1);
    await alert(gone, 'ROUTINE');
    await alert(other, 'ROUTINE');
    await t.database.sql('UPDATE hub.unit SET suspended_at = now() WHERE agency_id = $1', [gone.party.agency]);
    expect(await sweepAt(12)).toEqual(['other Reminder']);
  });

  it('goes to a mailbox that was entered after one reached nobody', async () => {
    at(0);
    const desk = await aDesk();
    await alert(desk, 'ROUTINE');
    expect(await sweepAt(12)).toEqual([]);
    await t.database.sql("UPDATE hub.unit SET mailbox = 'late@duty.example' WHERE id = $1", [desk.party.unit]);
    at(12 * 60 + 5);
    await alert(desk, 'ROUTINE');
    expect(await sweepAt(24.2)).toContain('late Reminder');
  });

  it('that reaches nobody is shown to administrators, once a day', async () => {
    at(0);
    const desk = await aDesk();
    const unsent = async (): Promise<object[]> =>
      t.database.sql('SELECT kind, problem FROM hub.notice WHERE unit_id = $1 ORDER BY made_at', [desk.party.unit]);
    const nobody = { problem: 'NO_ADDRESS' };
    await alert(desk, 'ROUTINE');
    expect(await sweepAt(12)).toEqual([]);
    expect(await unsent()).toEqual([{ kind: 'REMINDER', ...nobody }]);
    expect(await sweepAt(20)).toEqual([]);
    expect(await unsent()).toHaveLength(1);
    expect(await sweepAt(24)).toEqual([]);
    expect(await unsent()).toEqual([
      { kind: 'REMINDER', ...nobody },
      { kind: 'OVERDUE', ...nobody },
    ]);
  });
});

describe('the digest of a unit', () => {
  const LOCAL = new Date('2027-04-26T00:00:00+07:00').getTime();
  /** The mails of a moment by the desk's clock. */
  const digestsAt = async (day: number, time: string): Promise<string[]> => {
    const [hour, minute] = time.split(':').map(Number);
    t.hub.clock.set(new Date(LOCAL + ((day * 24 + hour!) * 60 + minute!) * MINUTE));
    return (await sentTo('desk')).map(({ text }) => text.split('\n').slice(0, 3).join(', '));
  };

  it('comes once a day at its hour by the agency’s clock, and not when nothing is open', async () => {
    at(0);
    const desk = await aDesk({ mailbox: 'desk@duty.example', digestHour: 8 });
    expect(await digestsAt(0, '10:00')).toEqual([]);
    const { id } = await alert(desk, 'ROUTINE');
    expect(await digestsAt(0, '10:01')).toEqual(['Open: 1, Due today: 0, Overdue: 0']);
    expect(await digestsAt(0, '23:59')).toEqual([]);
    expect(await digestsAt(1, '07:59')).toEqual([]);
    expect(await digestsAt(1, '08:00')).toEqual(['Open: 1, Due today: 1, Overdue: 0']);
    // A hub that stood still for two days sends that of today.
    expect(await digestsAt(4, '15:00')).toEqual(['Open: 1, Due today: 0, Overdue: 1']);
    expect(await digestsAt(4, '15:01')).toEqual([]);
    await desk.party.ask('query($id: ID!) { alert(id: $id) { id } }', { id });
    expect(await digestsAt(5, '09:00')).toEqual([]);
  });

  it('of the head unit counts what suspended units owe, and of another unit what that owes alone', async () => {
    at(0);
    const other = await aDesk({ mailbox: 'other@duty.example', digestHour: 8 });
    const head = await aHeadUnit(other, 8);
    await t.database.sql("UPDATE hub.unit SET mailbox = 'desk@duty.example' WHERE id = $1", [head.unit]);
    await alert(other, 'ROUTINE');
    await alert(other, 'ROUTINE');
    expect(await digestsAt(0, '10:00')).toEqual([]);
    expect(readers(await sentTo('other'))).toEqual([]);
    await alert(other, 'ROUTINE', {}, { to: [other.party.agency] });
    expect(await digestsAt(0, '11:00')).toEqual([]);
    await t.database.sql('DELETE FROM hub.digest_day');
    const counts = (mails: ReceivedMail[]): string[] => mails.map(({ to, text }) => `${to[0]} ${text.split('\n')[0]}`);
    expect(counts(await sentTo('other', 'desk')).toSorted()).toEqual([
      'desk@duty.example Open: 1',
      'other@duty.example Open: 2',
    ]);
    await t.database.sql('UPDATE hub.unit SET suspended_at = now() WHERE id = $1', [other.party.unit]);
    expect(await digestsAt(1, '10:00')).toEqual(['Open: 3, Due today: 0, Overdue: 3']);
    expect(readers(await sentTo('other'))).toEqual([]);
  });

  it('says nothing else', async () => {
    at(0);
    const desk = await aDesk({ mailbox: 'desk@duty.example', digestHour: 8, language: 'vi' });
    await alert(desk, 'ROUTINE');
    const [only] = await sentTo('desk');
    expect(only!.headers['subject']).toBe(`Việc chưa xong: Đơn vị ${desk.party.unit}`);
    expect(only!.text).toBe(
      [
        'Chưa xong: 1',
        'Đến hạn hôm nay: 0',
        'Quá hạn: 0',
        `Đơn vị: Đơn vị ${desk.party.unit}`,
        '',
        `${t.url}/`,
        '',
      ].join('\n'),
    );
    for (const secret of SECRETS) expect([secret, only!.raw.includes(secret)]).toEqual([secret, false]);
  });

  it('goes to who is on duty where there is no mailbox, and nowhere when the unit wants none', async () => {
    at(0);
    const [wanted, unwanted] = [await aDesk({ digestHour: 8 }), await aDesk()];
    for (const [desk, name] of [
      [wanted, 'on'],
      [unwanted, 'off'],
    ] as const) {
      // prettier-ignore
      await desk.onDuty(name, 1);
      await alert(desk, 'ROUTINE');
    }
    expect(readers(await sentTo('on', 'off'))).toEqual(['on']);
  });
});

describe('a FLASH request', () => {
  it.each([
    ['is acknowledged', { kind: 'ACKNOWLEDGEMENT' }],
    ['is answered', { kind: 'NEGATIVE' }],
  ])('tells until it %s', async (_, answer) => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('x', 1);
    await desk.onDuty('y', 2);
    await desk.onDuty('z', 3);
    const body = { urgency: 'FLASH', urgencyReason: 'It sails tonight.' };
    const { id } = await ask(desk.agreement, vn, desk.party, body, { to: [desk.party.unit] });
    expect(readers(await sentTo('x', 'y', 'z'))).toEqual(['x']);
    at(10);
    expect(readers(await sentTo('x', 'y', 'z'))).toEqual(['y']);
    await answerWith(desk.party, id, answer);
    at(20);
    expect(readers(await sentTo('x', 'y', 'z'))).toEqual([]);
  });
});

describe('the mail server', () => {
  it.each([
    ['offers no TLS', false],
    ['has a certificate of its own making', true],
  ])('gets nothing when it is another machine and %s', async (_, offersTls) => {
    // An address of this machine that the hub does not know as such.
    const elsewhere = new TestMailServer('127.0.0.2', offersTls);
    await elsewhere.start();
    try {
      const environment = readEnvironment({ SMTP_URL: elsewhere.url, SMTP_FROM: 'hub@liaison.example' });
      const server = MailServer.open(environment, new SecretsFolder(t.database.dataFolder));
      const problem = await server.send({ to: 'a@duty.example', subject: 'x', text: 'x', id: 'x' });
      expect([problem, elsewhere.mails]).toEqual(['UNREACHABLE', []]);
    } finally {
      await elsewhere.stop();
    }
  });

  it('that is down gets it when it is there again, once', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('patient', 1);
    await mail.stop();
    await alert(desk);
    await send();
    at(2);
    await send();
    await mail.start();
    at(3);
    expect(readers(await sentTo('patient'))).toEqual([]);
    at(8);
    expect(readers(await sentTo('patient'))).toEqual(['patient']);
    at(9);
    expect(readers(await sentTo('patient'))).toEqual([]);
  });

  it('that was away for long gets one mail for each reader, not one for each try', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('patient', 1);
    mail.refusals.set('*', 450);
    for (const minutes of [0, 3, 6]) {
      at(minutes);
      await alert(desk, 'URGENT');
      expect(await sentTo('patient')).toEqual([]);
    }
    mail.refusals.clear();
    at(70);
    const mails = await sentTo('patient');
    expect(mails.map(({ text }) => /Waiting: (\d+)/.exec(text)![1])).toEqual(['3']);
  });

  it('is forgotten with what it got after a week', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('week', 1);
    await alert(desk, 'URGENT');
    expect(readers(await sentTo('week'))).toEqual(['week']);
    const kept = (): Promise<unknown[]> =>
      t.database.sql('SELECT kind FROM hub.notice WHERE agency_id = $1', [desk.party.agency]);
    at(7 * 24 * 60 - 1);
    await send();
    expect(await kept()).toContainEqual({ kind: 'URGENT' });
    at(7 * 24 * 60 + 1);
    await send();
    expect(await kept()).not.toContainEqual({ kind: 'URGENT' });
  });

  it('gets each notice once from two processes that send at once', async () => {
    at(0);
    const other = await startHub(
      readEnvironment({
        HUB_ID,
        PORT: '0',
        DATA_FOLDER: t.database.dataFolder,
        LOG_LEVEL: 'fatal',
        SMTP_URL: mail.url,
        SMTP_FROM: 'hub@liaison.example',
      }),
      t.database.url,
      CONSOLE_DOCUMENTS,
    );
    try {
      const desksAtOnce = await Promise.all(Array.from({ length: 4 }, () => aDesk()));
      for (const [n, desk] of desksAtOnce.entries()) {
        await desk.onDuty(`both${n}`, 1);
        await alert(desk);
      }
      other.clock.set(t.hub.clock.now());
      await Promise.all([sender().run(), other.app.get(NoticeSender, { strict: false }).run()]);
      expect(readers(await sentTo()).toSorted()).toEqual(['both0', 'both1', 'both2', 'both3']);
    } finally {
      await other.stop();
    }
  });

  it('gets nothing that another process has taken and not yet sent, and nobody waits for that one', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('taken', 1);
    await alert(desk);
    const database = t.hub.app.get(ScopedDatabase);
    await database.asHub((tx) => tx.query('SELECT cmd.make_notices(500)'));
    const taken = Promise.withResolvers<unknown>();
    const ended = Promise.withResolvers<void>();
    const other = database.asHub(async (tx) => {
      taken.resolve(await tx.query('SELECT address FROM cmd.claim_notice()'));
      await ended.promise;
    });
    const claimed = await taken.promise;
    const running = send();
    const isWaiting = await Promise.race([running.then(() => false), sleep(500).then(() => true)]);
    ended.resolve();
    await other;
    await running;
    expect([claimed, isWaiting, readers(mail.taken())]).toEqual([[{ address: 'taken@duty.example' }], false, []]);
    // That process ended without sending it.
    at(1);
    expect(readers(await sentTo('taken'))).toEqual(['taken']);
  });

  it('that knows no such reader is not asked again, and the administrator sees it', async () => {
    at(0);
    const desk = await aDesk();
    const officer = await desk.onDuty('unknown', 1);
    mail.refusals.set('unknown@duty.example', 550);
    await alert(desk);
    expect(await sentTo()).toEqual([]);
    mail.refusals.clear();
    at(5);
    expect(await sentTo('unknown')).toEqual([]);
    const rows = await t.database.sql(
      'SELECT problem, failed_at IS NOT NULL AS failed FROM hub.notice WHERE officer = $1',
      [officer],
    );
    expect(rows).toEqual([{ problem: 'REFUSED', failed: true }]);
  });

  it('gets a notice again under the same Message-ID when the hub ended before it was noted', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('twice', 1);
    await alert(desk);
    const [first] = await sentTo('twice');
    await t.database.sql("UPDATE hub.notice SET sent_at = NULL WHERE agency_id = $1 AND kind = 'FLASH'", [
      desk.party.agency,
    ]);
    at(1);
    const [again] = await sentTo('twice');
    expect(again!.headers['message-id']).toBe(first!.headers['message-id']);
  });

  it('gets no header that a name brings', async () => {
    at(0);
    const desk = await aDesk();
    await desk.onDuty('victim', 1);
    const name = 'Unit\r\nBcc: thief@elsewhere.example\r\n\r\nX\u2028Y\u202eZ';
    await t.database.sql('UPDATE hub.unit SET name_en = $2 WHERE id = $1', [desk.party.unit, name]);
    await alert(desk);
    const mails = await sentTo();
    expect(mails.map(({ to }) => to)).toEqual([['victim@duty.example']]);
    expect(mails[0]!.headers).not.toHaveProperty('bcc');
    expect(mails[0]!.headers['subject']).toBe('FLASH: Unit Bcc: thief@elsewhere.example X Y Z');
    expect(mails[0]!.text.split('\n')).toHaveLength(7);
  });
});
