import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody, aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import { openReceipt } from '../src/protocol/receipt.js';
import { signObject } from '../src/protocol/signing.js';
import { aHandling, COMPOSE_ALERT, composeAndSubmit, type ComposedAnswer, recall, SUBMIT } from './support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let plain: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  plain = await t.enrol('PH-BOC-HQ', { clearance: 0, maySeeNominal: false });
  agreement = await t.agree([vn, th, la, plain]);
});
afterAll(() => t.stop());

interface Listed {
  id: string;
  kind: string;
  ref: string | null;
  isSuperseded: boolean;
  isRecalled: boolean;
}

async function box(party: Party, name: 'inbox' | 'outbox', filter = ''): Promise<Listed[]> {
  const answer = await party.ask<Record<string, { nodes: Listed[] }>>(
    `{ ${name}(first: 100${filter}) { nodes { id kind ref isSuperseded isRecalled } } }`,
  );
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data[name]!.nodes;
}

const ids = (nodes: Listed[]): string[] => nodes.map((node) => node.id);

describe('what is exchanged', () => {
  it('comes with a receipt that the hub signed', async () => {
    const { id, receipt } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const keys = (await vn.ask<{ hubKeySet: string[] }>('{ hubKeySet }')).data!.hubKeySet.map((key) => JSON.parse(key));
    const opened = await openReceipt(receipt, keys, HUB_ID);
    const { data } = await th.ask<{ object: { digest: string; receipt: string } }>(
      'query($id: ID!) { object(id: $id) { digest receipt } }',
      { id },
    );
    expect(data!.object).toEqual({ digest: opened.objectDigest, receipt });
    expect(opened).toMatchObject({ from: 'VN-CUS', clock: 'wall' });
  });

  it('is found exactly by reference, partner, container, bill of lading and ship, in any spelling', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement });
    const [{ ref }] = (await box(la, 'inbox')) as [Listed];
    for (const [field, value] of [
      ['REFERENCE', ref!.toLowerCase()],
      ['PARTNER', 'VN-CUS'],
      ['CONTAINER', 'csqu 305438 3'],
      ['BILL_OF_LADING', 'ABCD 1234567'],
      ['IMO', 'IMO 9074729'],
    ]) {
      expect([field, ids(await box(la, 'inbox', `, lookUp: { field: ${field}, value: "${value}" }`))]).toEqual([
        field,
        [id],
      ]);
    }
    expect(await box(la, 'inbox', ', lookUp: { field: CONTAINER, value: "MWCU6059784" }')).toEqual([]);
    expect(await box(plain, 'inbox', ', lookUp: { field: CONTAINER, value: "CSQU3054383" }')).toEqual([]);
    expect(ids(await box(la, 'inbox', ', kind: "alert", lookUp: { field: PARTNER, value: "VN-CUS" }'))).toEqual([id]);
    const wrong = await la.ask('{ inbox(lookUp: { field: IMO, value: "hello" }) { nodes { id } } }');
    expect(wrong.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', pointer: '/lookUp/value' });
  });

  it('is one object for each addressee, who do not learn of each other', async () => {
    const { ref: _, ...body } = anAlertBody();
    const { data } = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
      input: { to: ['TH-CUS', 'LA-CUS'], handling: aHandling(agreement), body },
    });
    const [first, second] = data!.composeAlert;
    expect(JSON.parse(first!.text!).to).toEqual(['TH-CUS']);
    expect(JSON.parse(second!.text!).to).toEqual(['LA-CUS']);
    expect(JSON.parse(first!.text!).body.ref).not.toBe(JSON.parse(second!.text!).body.ref);
    expect(first!.preview.readers.map((reader) => reader.agency)).toEqual(['TH-CUS']);
  });

  it('reaches every member of a community, and the sender sees it in the outbox', async () => {
    const community = await t.community([vn, th, la]);
    const { id } = await composeAndSubmit(vn, { to: [community], agreement });
    expect(ids(await box(th, 'inbox'))).toContain(id);
    expect(ids(await box(la, 'inbox'))).toContain(id);
    expect(ids(await box(plain, 'inbox'))).not.toContain(id);
    expect(ids(await box(vn, 'outbox', `, lookUp: { field: PARTNER, value: "${community}" }`))).toEqual([id]);
  });

  it('pages through everything once, newest first', async () => {
    const expected = ids(await box(th, 'inbox'));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const {
        data,
      }: { data: { inbox: { nodes: Listed[]; pageInfo: { endCursor: string; hasNextPage: boolean } } } | null } =
        await th.ask(
          'query($after: String) { inbox(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }',
          { after },
        );
      seen.push(...ids(data!.inbox.nodes));
      after = data!.inbox.pageInfo.hasNextPage ? data!.inbox.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(expected);
    expect(seen.length).toBeGreaterThan(1);
  });
});

describe('what changes', () => {
  it('replaces a version by the next, which keeps the reference', async () => {
    const first = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const second = await composeAndSubmit(vn, {
      to: ['TH-CUS'],
      agreement,
      body: { title: 'Container of steel parts, now two' },
      supersedes: first.id,
    });
    const inbox = await box(th, 'inbox');
    const [next, before] = [second.id, first.id].map((id) => inbox.find((node) => node.id === id)!);
    expect(before).toMatchObject({ isSuperseded: true, ref: next!.ref });
    expect(next).toMatchObject({ isSuperseded: false });
  });

  it('goes out of sight with every version when it is recalled; the recall arrives', async () => {
    const first = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const second = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, supersedes: first.id });
    const start = await feed(th);
    const taken = await recall(vn, second.id);

    const inbox = await box(th, 'inbox');
    expect(ids(inbox)).not.toContain(first.id);
    expect(ids(inbox)).not.toContain(second.id);
    expect(inbox[0]).toMatchObject({ id: taken.id, kind: 'recall' });
    expect((await box(vn, 'outbox')).find((node) => node.id === second.id)).toMatchObject({ isRecalled: true });

    // The feed waits for every writing transaction on the server, those of other tests' databases too.
    const recalled: [string, unknown][] = [];
    for (let after = start.endCursor; recalled.length < 2;) {
      const { changes, endCursor } = await feed(th, after, 20);
      recalled.push(
        ...changes.flatMap((each) =>
          each.act === 'RECALLED' ? [[each.objectId, each.object] as [string, unknown]] : [],
        ),
      );
      after = endCursor;
    }
    expect(new Map(recalled)).toEqual(
      new Map([
        [first.id, null],
        [second.id, null],
      ]),
    );
  });

  it('arrives in the feed once, in order, and wakes who waits', async () => {
    const { endCursor } = await feed(la);
    const waiting = feed(la, endCursor, 20);
    const begun = Date.now();
    const { id } = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement });
    const { changes, endCursor: next } = await waiting;
    expect(changes.map((change) => [change.act, change.objectId])).toEqual([['RELEASED', id]]);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect((await feed(la, next)).changes).toEqual([]);
  });
});

interface Feed {
  changes: { act: string; objectId: string; object: { id: string } | null }[];
  endCursor: string;
}

async function feed(party: Party, after: string | null = null, waitSeconds = 0): Promise<Feed> {
  const answer = await party.ask<{ changes: Feed }>(
    `query($after: String, $wait: Int!) { changes(first: 100, after: $after, waitSeconds: $wait) {
       changes { act objectId object { id } } endCursor } }`,
    { after, wait: waitSeconds },
  );
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.changes;
}

describe('personal details', () => {
  const PARTS = 'query($id: ID!) { object(id: $id) { text parts { name text withheld } } }';

  it('travel beside the object and only to readers who are cleared for them', async () => {
    const { ref: _, ...body } = aPersonAlertBody();
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, body, nominal: someNominalData() });
    const cleared = await th.ask<{ object: { text: string; parts: { text: string; withheld: string | null }[] } }>(
      PARTS,
      { id },
    );
    expect(cleared.data!.object.parts).toMatchObject([{ withheld: null }]);
    expect(cleared.data!.object.parts[0]!.text).toContain('SOMXAY TOUAYANG');
    expect(Buffer.from(JSON.parse(cleared.data!.object.text).payload, 'base64url').toString()).not.toContain('SOMXAY');

    const other = await composeAndSubmit(vn, { to: ['PH-BOC'], agreement, body, nominal: someNominalData() });
    const uncleared = await plain.ask<{ object: object }>(PARTS, { id: other.id });
    expect(uncleared.data!.object).toMatchObject({ parts: [{ name: 'nominal', text: null, withheld: 'NOT_CLEARED' }] });
  });

  it('are refused under an agreement that does not allow them, with the reason', async () => {
    const strict = await t.agree([vn, th], { nominalAllowed: false });
    const { ref: _, ...body } = aPersonAlertBody();
    const input = { to: ['TH-CUS'], handling: aHandling(strict), body, nominal: someNominalData() };
    const { data } = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, { input });
    expect(data!.composeAlert[0]).toMatchObject({
      text: null,
      signing: [],
      preview: { refusals: [{ code: 'NOMINAL', to: 'TH-CUS' }] },
    });
    const inVietnamese = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, { input }, { 'accept-language': 'vi' });
    expect(inVietnamese.data!.composeAlert[0]!.preview.refusals[0]!.message).toContain('dữ liệu cá nhân');
  });
});

describe('what a caller hears of mistakes', () => {
  it('is every bad field at once, with a pointer and no value', async () => {
    const { ref: _, ...body } = anAlertBody({ validTo: '2026-11-21T00:00:00Z' });
    const answer = await vn.askRaw(COMPOSE_ALERT, {
      input: {
        to: ['TH-CUS'],
        handling: aHandling(agreement, { codes: ['H0', 'H1'] }),
        body: { ...body, conveyance: { mode: 'SEA', vessel: { name: 'SECRET SHIP', imo: '9074728' } } },
      },
    });
    const [error] = JSON.parse(answer).errors;
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    const pointers = error.extensions.problems.map((problem: { pointer: string }) => problem.pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(['/body/validTo', '/handling/codes', '/body/conveyance/vessel/imo']),
    );
    expect(answer).not.toContain('9074728');
  });

  it('is that an alert goes to nobody, or has too many files', async () => {
    const { ref: _, ...body } = anAlertBody();
    const pointers = async (changes: object): Promise<unknown> => {
      const input = { to: ['TH-CUS'], handling: aHandling(agreement), body, ...changes };
      const { errors } = await vn.ask(COMPOSE_ALERT, { input });
      return errors?.[0]?.extensions.problems?.map(({ pointer, rule }) => `${pointer} ${rule}`);
    };
    for (const addresseesSeeEachOther of [true, false]) {
      expect(await pointers({ to: [], addresseesSeeEachOther })).toEqual(['/to required']);
    }
    const digests = Array.from({ length: 101 }, (_each, i) => i.toString(16).padStart(64, '0'));
    expect(await pointers({ attachments: digests })).toEqual(['/attachments count']);
    expect(await pointers({ attachments: digests.slice(1) })).not.toContain('/attachments count');
  });

  it('is that a submission is an object or a composition, not both and not neither', async () => {
    const composition = { text: '{}', signatures: [] };
    for (const given of [{}, { object: null, composition: null }, { object: '{}', composition }]) {
      const query = `mutation($object: String, $composition: SignedComposition) {
        submit(object: $object, composition: $composition) { id } }`;
      const { errors } = await vn.ask(query, given);
      expect(errors?.[0]?.extensions.problems).toMatchObject([{ pointer: '', rule: 'oneOf' }]);
    }
  });

  it('is that the feed waits for half a minute at most', async () => {
    for (const seconds of [-1, 31]) {
      const { errors } = await vn.ask('query($s: Int!) { changes(waitSeconds: $s) { endCursor } }', { s: seconds });
      expect(errors?.[0]?.extensions.problems).toMatchObject([{ pointer: '/waitSeconds', rule: 'range' }]);
    }
  });

  it('is what would be right at each field, in the language of the caller', async () => {
    const { ref: _, ...body } = anAlertBody({
      urgency: 'FLASH',
      contact24h: undefined,
      validTo: '2026-11-21T00:00:00Z',
      title: 'Hàng\ncấm',
      conveyance: { mode: 'SEA', vessel: { name: 'Ship', imo: '9074728' }, railWagon: '1' },
    });
    const input = { to: ['TH-CUS'], handling: aHandling(agreement, { codes: ['H0', 'H1'] }), body };
    const heard = async (language: string): Promise<Record<string, string>> => {
      const answer = await vn.ask(COMPOSE_ALERT, { input }, { 'accept-language': language });
      const { problems = [] } = answer.errors![0]!.extensions;
      return Object.fromEntries(problems.map(({ pointer, message }) => [pointer, message]));
    };
    expect(await heard('vi-VN, en;q=0.5')).toEqual({
      '/body/validTo': 'phải sau validFrom',
      '/body/title':
        'phải là một dòng chữ từ 1 đến 160 ký tự, không có khoảng trắng ở đầu hoặc cuối và không có ký tự điều khiển',
      '/body/conveyance/vessel/imo': 'phải là số IMO của tàu: bảy chữ số với chữ số kiểm tra đúng',
      '/body/conveyance/railWagon': 'chỉ được khai khi vận chuyển bằng đường sắt',
      '/body/contact24h': 'bắt buộc phải có khi cảnh báo hỏa tốc (FLASH)',
      '/handling/codes': 'chỉ được có riêng H0, hoặc không có H0',
    });
    expect(await heard('en')).toEqual({
      '/body/validTo': 'must be later than validFrom',
      '/body/title':
        'must be a text of one line, 1 to 160 characters, without blanks at its ends and without control characters',
      '/body/conveyance/vessel/imo': 'must be an IMO ship number: seven digits with a right check digit',
      '/body/conveyance/railWagon': 'may be given only by rail',
      '/body/contact24h': 'is required for a FLASH alert',
      '/handling/codes': 'must be H0 alone, or without H0',
    });
  });

  it('is in their language for what was signed, too', async () => {
    const { ref: _, ...body } = anAlertBody();
    const composed = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
      input: { to: ['TH-CUS'], handling: aHandling(agreement), body },
    });
    const payload = JSON.parse(composed.data!.composeAlert[0]!.text!);
    const { evaluation: _evaluation, ...ungraded } = payload.body;
    const heard = async (changed: object): Promise<object | undefined> => {
      const object = await signObject({ ...payload, ...changed }, vn.signing);
      const answer = await vn.ask(SUBMIT, { object }, { 'accept-language': 'vi' });
      return answer.errors?.[0]?.extensions.problems;
    };
    expect(await heard({ body: ungraded })).toEqual([
      { pointer: '/body/evaluation', rule: 'required', message: 'bắt buộc phải có' },
    ]);
    expect(await heard({ to: ['ZZ-NOBODY'] })).toEqual([
      {
        pointer: '/to/0',
        rule: 'ADDRESSEE',
        message: 'ZZ-NOBODY không phải là nơi nhận mà đơn vị của bạn có thể gửi tới.',
      },
    ]);
  });

  it('is the form of what stands around the body, where an addressee or an officer is none', async () => {
    const { ref: _, ...body } = anAlertBody();
    for (const [pointer, changed] of [
      ['/to/0', { to: ['th-cus'] }],
      ['/authoredBy', { authoredBy: 'Nguyen Van A' }],
    ] as const) {
      const input = { to: ['TH-CUS'], handling: aHandling(agreement), body, ...changed };
      const { errors } = await vn.ask(COMPOSE_ALERT, { input }, { 'accept-language': 'vi' });
      const message = expect.stringMatching(/^không đúng dạng: nơi nhận là mã như TH-CUS/);
      expect(errors?.[0]?.extensions.problems).toEqual([{ pointer, rule: 'SHAPE', message }]);
    }
  });

  it('is an unknown addressee or a missing agreement as a refusal of that addressee only', async () => {
    const { ref: _, ...body } = anAlertBody();
    const { data } = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
      input: { to: ['TH-CUS', 'ZZ-NOBODY', 'VN-CUS'], handling: aHandling(agreement), body },
    });
    expect(data!.composeAlert.map((each) => each.preview.refusals.map((refusal) => refusal.code))).toEqual([
      [],
      ['ADDRESSEE'],
      ['ADDRESSEE'],
    ]);
    expect(data!.composeAlert[0]!.text).not.toBeNull();
  });
});
