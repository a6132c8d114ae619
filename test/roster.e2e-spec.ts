import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NoticeSender } from '../src/notices/notice-sender.js';
import { asServer } from './support/commands.js';
import { anOfficer, aSignedIn, type Browser, makeStale } from './support/browser.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { TestMailServer } from './support/mail.js';

/* Whose business rosters, addresses and unsent notices are. What is sent when stands in test/notices.e2e-spec.ts. */

type SignedIn = Awaited<ReturnType<typeof aSignedIn>>;

const mail = new TestMailServer();
let t: TestHub;
let vn: Party;
let th: Party;
let administrator: SignedIn;
let analyst: SignedIn;
let foreign: SignedIn;
let operator: SignedIn;

beforeAll(async () => {
  await mail.start();
  t = await startTestHub({ SMTP_URL: mail.url, SMTP_FROM: 'hub@liaison.example' });
  [vn, th] = [await t.enrol('VN-CUS-AS'), await t.enrol('TH-CUS-LCB')];
  administrator = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
  analyst = await aSignedIn(t, vn, ['ANALYST']);
  foreign = await aSignedIn(t, th, ['AGENCY_ADMIN']);
  operator = await aSignedIn(t, th, ['SYSTEM_ADMIN']);
});
beforeEach(async () => {
  await t.database.sql('DELETE FROM agency.roster');
  await t.database.sql('DELETE FROM agency.notice_address');
  await t.database.sql('DELETE FROM hub.notice');
  mail.taken();
});
afterAll(async () => {
  await t.stop();
  await mail.stop();
});

const SHIFT = 'officer rank beginsAt endsAt isReachable';
const KEEP = `mutation($unit: ID!, $shifts: [ShiftInput!]!) { keepRoster(unit: $unit, shifts: $shifts) { ${SHIFT} } }`;
const ROSTER = `query($unit: ID!) { roster(unit: $unit) { ${SHIFT} } }`;
const RULE = 'query($unit: ID!) { noticeRule(unit: $unit) { digestHour language } }';
const KEEP_RULE = `mutation($unit: ID!, $input: NoticeRuleInput!) { keepNoticeRule(unit: $unit, input: $input) { digestHour language } }`;
const ADDRESS = '{ noticeAddress { address wanted language } }';
const KEEP_ADDRESS = `mutation($input: NoticeAddressInput!) { keepNoticeAddress(input: $input) { address wanted language } }`;
const CONFIRM = 'mutation($code: String!) { confirmNoticeAddress(code: $code) { address wanted language } }';
const STANDING = '{ noticeStanding { isSending unsent { kind unit toUnit officer problem } } }';

const shift = (officer: string, changes: object = {}): object => ({
  officer,
  rank: 1,
  beginsAt: '2037-04-26T00:00:00Z',
  endsAt: '2037-04-27T00:00:00Z',
  ...changes,
});

const codeOf = ({ errors }: Answer<unknown>): string =>
  [errors?.[0]?.extensions.code, errors?.[0]?.extensions.sub].filter(Boolean).join('/') || 'done';

/** The code that came to this address, once it was sent. */
async function codeSentTo(address: string): Promise<string> {
  const sender = t.hub.app.get(NoticeSender, { strict: false });
  await sender.run();
  await sender.run();
  const got = mail.mails.filter(({ to }) => to[0] === address).at(-1);
  return /\b\d{6}\b/.exec(got?.text ?? '')?.[0] ?? 'none';
}

const keepAddress = (browser: Browser, address: string, language = 'en'): Promise<Answer<Record<string, unknown>>> =>
  browser.ask(KEEP_ADDRESS, { input: { address, language } });
const aMinutePasses = (): Promise<unknown> =>
  t.database.sql("UPDATE agency.notice_address SET asked_at = asked_at - interval '61 seconds'");
const mayBeToldAnew = (): Promise<unknown> => t.database.sql('DELETE FROM hub.notice');

describe('the roster of a unit', () => {
  it('is kept by the agency’s administrators, whole, and without a word of an address', async () => {
    const both = [shift(analyst.officer), shift(administrator.officer, { rank: 3 })];
    const { data } = await administrator.browser.ask(KEEP, { unit: vn.unit, shifts: both });
    const days = { beginsAt: '2037-04-26T00:00:00.000Z', endsAt: '2037-04-27T00:00:00.000Z' };
    expect(data).toEqual({
      keepRoster: [
        { officer: analyst.officer, rank: 1, ...days, isReachable: false },
        { officer: administrator.officer, rank: 3, ...days, isReachable: false },
      ],
    });
    await keepAddress(analyst.browser, 'analyst@duty.example');
    await analyst.browser.ask(CONFIRM, { code: await codeSentTo('analyst@duty.example') });
    const again = await administrator.browser.ask(KEEP, { unit: vn.unit, shifts: [shift(analyst.officer)] });
    expect(again.data).toEqual({ keepRoster: [{ officer: analyst.officer, rank: 1, ...days, isReachable: true }] });
    expect((await administrator.browser.ask(ROSTER, { unit: vn.unit })).data).toEqual({
      roster: again.data!['keepRoster'],
    });
    expect((await administrator.browser.ask(KEEP, { unit: vn.unit, shifts: [] })).data).toEqual({ keepRoster: [] });
  });

  it('is no business of other agencies, officers or the operator', async () => {
    const shifts = [shift(analyst.officer)];
    await administrator.browser.ask(KEEP, { unit: vn.unit, shifts });
    for (const unit of [vn.unit, 'VN-CUS-NONE', 'x']) {
      const asked: [string, object][] = [
        [ROSTER, { unit }],
        [KEEP, { unit, shifts }],
        [RULE, { unit }],
        [KEEP_RULE, { unit, input: { language: 'en' } }],
      ];
      for (const [query, variables] of asked) {
        expect(codeOf(await foreign.browser.ask(query, variables))).toBe('NOT_FOUND');
        expect(codeOf(await analyst.browser.ask(query, variables))).toBe('FORBIDDEN');
        expect(codeOf(await operator.browser.ask(query, variables))).toBe('FORBIDDEN');
        expect(codeOf(await vn.ask(query, variables))).toBe('FORBIDDEN');
      }
    }
    expect(await t.database.sql('SELECT officer FROM agency.roster')).toEqual([{ officer: analyst.officer }]);
  });

  it.each<[string, (other: string) => object[]]>([
    ['officer of another agency', (other) => [shift(other)]],
    ['officer whom there is not', () => [shift('p:nobody-at-all')]],
    ['rank beyond the third', () => [shift(analyst.officer, { rank: 4 })]],
    ['shift that ends before it begins', () => [shift(analyst.officer, { endsAt: '2037-04-25T00:00:00Z' })]],
    ['time of no calendar', () => [shift(analyst.officer, { endsAt: '2037-02-30T00:00:00Z' })]],
    ['list longer than anybody has', () => Array.from({ length: 1_201 }, () => shift(analyst.officer))],
  ])('takes no %s, and stays as it was', async (_, shifts) => {
    await administrator.browser.ask(KEEP, { unit: vn.unit, shifts: [shift(analyst.officer, { rank: 2 })] });
    const answer = await administrator.browser.ask(KEEP, {
      unit: vn.unit,
      shifts: shifts(await anOfficer(t, th, ['ANALYST'])),
    });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(await t.database.sql('SELECT rank FROM agency.roster')).toEqual([{ rank: 2 }]);
  });

  it('is left to an administrator who is still one, with a passkey just used', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    await makeStale(t, officer);
    expect(codeOf(await browser.ask(KEEP, { unit: vn.unit, shifts: [] }))).toBe('STEP_UP_REQUIRED');
  });
});

describe('in the database', () => {
  const seenBy = (party: Party, officer: string | null): Promise<unknown[]> =>
    asServer(
      t.database,
      party,
      async () => [
        await t.database.sql('SELECT officer FROM agency.roster'),
        await t.database.sql('SELECT officer FROM agency.notice_address'),
        await t.database.sql('SELECT kind FROM hub.notice'),
        await t.database.sql('SELECT * FROM cmd.own_notice_rule($1)', [vn.unit]),
        await t.database.sql('SELECT cmd.reachable_officers($1) AS officers', [vn.unit]),
      ],
      { officer },
    );

  it('too, each sees what is its own, whatever the server would ask', async () => {
    await administrator.browser.ask(KEEP, { unit: vn.unit, shifts: [shift(analyst.officer)] });
    await keepAddress(analyst.browser, 'row@duty.example');
    await analyst.browser.ask(CONFIRM, { code: await codeSentTo('row@duty.example') });
    const [him, rule] = [[{ officer: analyst.officer }], [{ digest_hour: expect.anything(), language: 'vi' }]];
    expect(await seenBy(vn, administrator.officer)).toEqual([
      him, [], [{ kind: 'CONFIRM' }], rule, [{ officers: [analyst.officer] }],
    ]); // prettier-ignore
    expect(await seenBy(vn, analyst.officer)).toEqual([[], him, [], [], [{ officers: [] }]]);
    for (const [party, officer] of [
      [vn, null],
      [th, foreign.officer],
      [th, operator.officer],
    ] as const) {
      // prettier-ignore
      expect(await seenBy(party, officer)).toEqual([[], [], [], [], [{ officers: [] }]]);
    }
  });

  it.each([
    ["SELECT cmd.keep_roster($1, '[]')", 'FORBIDDEN'],
    ["SELECT cmd.keep_notice_rule($1, 9::smallint, 'en')", 'FORBIDDEN'],
  ])('%s is refused to who is no administrator', async (text, fault) => {
    for (const [party, officer] of [
      [vn, analyst.officer],
      [vn, null],
      [th, operator.officer],
    ] as const) {
      // prettier-ignore
      await expect(asServer(t.database, party, () => t.database.sql(text, [vn.unit]), { officer })).rejects.toThrow(fault);
    }
  });
});

describe('in the database, for whom there is no such thing,', () => {
  it.each<[string, () => [Party, string, string, unknown[]]]>([
    ['the roster of another agency', () => [th, foreign.officer, "SELECT cmd.keep_roster($1, '[]')", [vn.unit]]],
    ['its rule', () => [th, foreign.officer, "SELECT cmd.keep_notice_rule($1, 9::smallint, 'en')", [vn.unit]]],
    ['the address of nobody', () => [vn, 'p:nobody1', "SELECT cmd.keep_notice_address('a@duty.example', 'en')", []]],
  ])('%s is missing', async (_, attempt) => {
    const [party, officer, text, values] = attempt();
    await expect(asServer(t.database, party, () => t.database.sql(text, values), { officer })).rejects.toThrow(
      'MISSING',
    );
  });
});

describe('how a unit is told', () => {
  it('is at eight in the language of the country, until its administrators say otherwise', async () => {
    const ask = async (): Promise<unknown> =>
      (await administrator.browser.ask(RULE, { unit: vn.unit })).data!['noticeRule'];
    expect(await ask()).toEqual({ digestHour: 8, language: 'vi' });
    await administrator.browser.ask(KEEP_RULE, { unit: vn.unit, input: { digestHour: 17, language: 'en' } });
    expect(await ask()).toEqual({ digestHour: 17, language: 'en' });
    await administrator.browser.ask(KEEP_RULE, { unit: vn.unit, input: { language: 'en' } });
    expect(await ask()).toEqual({ digestHour: null, language: 'en' });
    for (const input of [{ digestHour: 24, language: 'en' }, { language: 'fr' }]) {
      expect(codeOf(await administrator.browser.ask(KEEP_RULE, { unit: vn.unit, input }))).toBe('BAD_USER_INPUT');
    }
  });
});

describe('an officer’s address', () => {
  it('counts once the code that was sent there has come back; until then the old one does', async () => {
    expect((await keepAddress(analyst.browser, 'one@duty.example')).data).toEqual({
      keepNoticeAddress: { address: null, wanted: 'one@duty.example', language: 'en' },
    });
    const code = await codeSentTo('one@duty.example');
    expect(mail.mails.at(-1)).toMatchObject({
      headers: { subject: 'Confirm your address for notices' },
      text: `Code: ${code}\nEnter it at the hub within one hour. If you did not ask for it, do nothing.\n\nUnit: Unit VN-CUS-AS\n\n${t.url}/\n`,
    });
    const confirmed = await analyst.browser.ask(CONFIRM, { code });
    expect(confirmed.data).toEqual({
      confirmNoticeAddress: { address: 'one@duty.example', wanted: null, language: 'en' },
    });
    expect(codeOf(await analyst.browser.ask(CONFIRM, { code }))).toBe('CONFLICT/WRONG_CODE');
    await aMinutePasses();
    expect((await keepAddress(analyst.browser, 'two@duty.example', 'vi')).data).toEqual({
      keepNoticeAddress: { address: 'one@duty.example', wanted: 'two@duty.example', language: 'vi' },
    });
    await analyst.browser.ask('mutation { endNoticeAddress }');
    expect((await analyst.browser.ask(ADDRESS)).data).toEqual({
      noticeAddress: { address: null, wanted: null, language: null },
    });
  });

  it('is seen by its officer alone', async () => {
    await keepAddress(analyst.browser, 'mine@duty.example');
    for (const { browser } of [administrator, foreign, operator]) {
      expect((await browser.ask(ADDRESS)).data).toEqual({
        noticeAddress: { address: null, wanted: null, language: null },
      });
    }
    expect(codeOf(await vn.ask(ADDRESS))).toBe('FORBIDDEN');
  });

  it('cannot be guessed: the sixth code is none, though it be the right one', async () => {
    await keepAddress(analyst.browser, 'guess@duty.example');
    const code = await codeSentTo('guess@duty.example');
    const wrong = code === '000000' ? '000001' : '000000';
    for (let n = 0; n < 5; n++)
      expect(codeOf(await analyst.browser.ask(CONFIRM, { code: wrong }))).toBe('CONFLICT/WRONG_CODE');
    expect(codeOf(await analyst.browser.ask(CONFIRM, { code }))).toBe('CONFLICT/WRONG_CODE');
  });

  it('cannot be confirmed with the code of somebody else, or after an hour', async () => {
    await keepAddress(analyst.browser, 'hour@duty.example');
    await keepAddress(administrator.browser, 'other@duty.example');
    const [ours, theirs] = [await codeSentTo('hour@duty.example'), await codeSentTo('other@duty.example')];
    if (ours !== theirs)
      expect(codeOf(await analyst.browser.ask(CONFIRM, { code: theirs }))).toBe('CONFLICT/WRONG_CODE');
    await t.database.sql("UPDATE agency.notice_address SET code_until = now() - interval '1 second'");
    expect(codeOf(await analyst.browser.ask(CONFIRM, { code: ours }))).toBe('CONFLICT/WRONG_CODE');
  });

  it('floods nobody: one code a minute', async () => {
    expect(codeOf(await keepAddress(analyst.browser, 'a@duty.example'))).toBe('done');
    expect(codeOf(await keepAddress(analyst.browser, 'b@duty.example'))).toBe('CONFLICT/TOO_SOON');
    await aMinutePasses();
    await mayBeToldAnew();
    expect(codeOf(await keepAddress(analyst.browser, 'b@duty.example'))).toBe('done');
    await codeSentTo('b@duty.example');
    expect(mail.mails.map(({ to }) => to)).toEqual([['b@duty.example']]);
  });

  it('floods nobody: ten codes in a row, then none for a day, whatever is taken back meanwhile', async () => {
    for (let n = 0; n < 10; n++) {
      await aMinutePasses();
      expect([n, codeOf(await keepAddress(analyst.browser, 'a@duty.example'))]).toEqual([n, 'done']);
    }
    await aMinutePasses();
    await analyst.browser.ask('mutation { endNoticeAddress }');
    expect(codeOf(await keepAddress(analyst.browser, 'a@duty.example'))).toBe('CONFLICT/TOO_MANY');
    await t.database.sql("UPDATE agency.notice_address SET asked_at = asked_at - interval '1 day'");
    expect(codeOf(await keepAddress(analyst.browser, 'a@duty.example'))).toBe('done');
  });

  it.each(['x', 'a@b', 'a@duty.example\r\nBcc: c@duty.example', 'A <a@duty.example>', 'a@duty.example,b@duty.example'])(
    'is an address: %j is not',
    async (address) => {
      expect(codeOf(await keepAddress(analyst.browser, address))).toBe('BAD_USER_INPUT');
    },
  );
});

describe('a notice that was not sent', () => {
  it('is seen by the administrators of its agency alone', async () => {
    const made = `INSERT INTO hub.notice (kind, agency_id, unit_id, to_unit, duties, made_at, send_at, failed_at, problem)
      VALUES ('FLASH', 'VN-CUS', 'VN-CUS-AS', 'VN-CUS-AS', '{}', now(), now(), now(), 'NO_ADDRESS')`;
    await t.database.sql(made);
    const unsent = [{ kind: 'FLASH', unit: 'VN-CUS-AS', toUnit: 'VN-CUS-AS', officer: null, problem: 'NO_ADDRESS' }];
    expect((await administrator.browser.ask(STANDING)).data).toEqual({ noticeStanding: { isSending: true, unsent } });
    expect((await foreign.browser.ask(STANDING)).data).toEqual({ noticeStanding: { isSending: true, unsent: [] } });
    for (const { browser } of [analyst, operator]) expect(codeOf(await browser.ask(STANDING))).toBe('FORBIDDEN');
  });
});

describe('a hub without a mail server', () => {
  it('says so to administrators, and gives up what it could not send after a day', async () => {
    const silent = await startTestHub();
    try {
      const party = await silent.enrol('VN-CUS-AS');
      const { browser } = await aSignedIn(silent, party, ['AGENCY_ADMIN']);
      await keepAddress(browser, 'nowhere@duty.example');
      await silent.database.sql("UPDATE hub.notice SET made_at = made_at - interval '25 hours'");
      const sender = silent.hub.app.get(NoticeSender, { strict: false });
      await sender.run();
      await sender.run();
      expect((await browser.ask(STANDING)).data).toMatchObject({
        noticeStanding: { isSending: false, unsent: [{ kind: 'CONFIRM', problem: 'UNREACHABLE' }] },
      });
    } finally {
      await silent.stop();
    }
  });
});
