import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aStandardRequestBody } from '../src/requests/body/request-body.example.js';
import { aRequestInput, COMPOSE_REQUEST, recall, signAndTry } from './support/exchange.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { answerWith, ask, composeRequest } from './support/requests.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

const { questions: QUESTIONS } = aStandardRequestBody();
const VIETNAMESE = { 'accept-language': 'vi' };

const OPEN = `query($id: ID!) { request(id: $id) {
  body { questions { no text standard { code slots { name value } } } }
  questions { no text language standard { code slots { name value } } }
} }`;

interface Opened {
  request: {
    body: { questions: object[] };
    questions: { no: number; text: string; language: string; standard: object | null }[];
  };
}

const LIST = `query($type: AssistanceType) { standardQuestions(assistanceType: $type) {
  code assistanceTypes text slots { name label form }
} }`;

interface Listed {
  standardQuestions: {
    code: string;
    assistanceTypes: string[];
    text: string;
    slots: { name: string; label: string }[];
  }[];
}

function container(value: string): object {
  return { code: 'Q-EXPORT-DECLARED', slots: [{ name: 'CONTAINER', value }] };
}

async function found(party: Party, box: 'inbox' | 'outbox', field: string, value: string): Promise<string[]> {
  const query = `{ ${box}(lookUp: { field: ${field}, value: "${value}" }) { nodes { id } } }`;
  const { data } = await party.ask<Record<string, { nodes: { id: string }[] }>>(query);
  return data![box]!.nodes.map(({ id }) => id);
}

function compose(questions: object[]): Promise<Answer<unknown>> {
  return vn.ask(COMPOSE_REQUEST, { input: aRequestInput(agreement, vn, [th], { questions }) });
}

const problemsOf = ({ errors }: Answer<unknown>): string[] =>
  (errors?.[0]?.extensions.problems ?? []).map(({ pointer, rule }) => `${pointer} ${rule}`);

describe('a request with standard questions', () => {
  it('is read by each side in its own language, and what was asked in own words as it was written', async () => {
    const { id } = await ask(agreement, vn, th, { questions: QUESTIONS });
    const english = (await th.ask<Opened>(OPEN, { id })).data!.request;
    expect(english.questions.map(({ text, language }) => [language, text])).toEqual([
      ['en', expect.stringMatching(/^Were the goods in container MWCU6059784 declared for export in your country\?/)],
      [
        'en',
        'Was invoice EX-4471 of 1 November 2026 issued by “Example Steel Works”, and does the attached copy agree with the records of the seller?',
      ],
      ['en', 'Is party P1 of this request known to you from breaches of customs law, and from which?'],
      ['en', 'Who received the goods?'],
    ]);
    const vietnamese = (await vn.ask<Opened>(OPEN, { id }, VIETNAMESE)).data!.request;
    expect(vietnamese.questions.map(({ text, language }) => [language, text])).toEqual([
      ['vi', expect.stringMatching(/^Hàng hóa trong container MWCU6059784 có được khai báo xuất khẩu/)],
      [
        'vi',
        'Hóa đơn EX-4471 ngày 01/11/2026 có phải do “Example Steel Works” phát hành không, và bản sao kèm theo có khớp với sổ sách của người bán không?',
      ],
      ['vi', 'Đối tượng P1 trong yêu cầu này có từng vi phạm pháp luật hải quan không, và đó là những vi phạm nào?'],
      ['en', 'Who received the goods?'],
    ]);
    expect(vietnamese.questions.map(({ standard }) => standard)).toEqual(
      QUESTIONS.map(({ standard }) => standard ?? null),
    );
    expect(vietnamese.body.questions).toEqual(
      QUESTIONS.map(({ no, text = null, standard = null }) => ({ no, text, standard })),
    );
  });

  it('is tagged with the language of the request where a question stands in own words', async () => {
    const questions = [{ no: 1, text: 'Ai đã nhận hàng?' }];
    const { id } = await ask(agreement, vn, th, { language: 'vi', questions });
    expect((await th.ask<Opened>(OPEN, { id })).data!.request.questions).toEqual([
      { no: 1, text: 'Ai đã nhận hàng?', language: 'vi', standard: null },
    ]);
  });

  it('is found by the container that a question names, by the two sides and nobody else', async () => {
    const questions = [
      { no: 1, standard: container('CBHU3202732') },
      { no: 2, standard: { code: 'Q-FREIGHT-COST', slots: [{ name: 'BILL_OF_LADING', value: 'hlcu 77-1' }] } },
    ];
    const { id } = await ask(agreement, vn, th, { questions, consignment: undefined });
    expect(await found(th, 'inbox', 'CONTAINER', 'cbhu 320273-2')).toEqual([id]);
    expect(await found(vn, 'outbox', 'CONTAINER', 'CBHU3202732')).toEqual([id]);
    expect(await found(th, 'inbox', 'BILL_OF_LADING', 'HLCU771')).toEqual([id]);
    expect(await found(la, 'inbox', 'CONTAINER', 'CBHU3202732')).toEqual([]);
    expect(await found(la, 'outbox', 'CONTAINER', 'CBHU3202732')).toEqual([]);
    const nowhere = await la.askRaw(OPEN, { id: randomUUID() });
    expect(await la.askRaw(OPEN, { id })).toBe(nowhere);
  });

  it('is read after its withdrawal too', async () => {
    const { id } = await ask(agreement, vn, th, { questions: QUESTIONS });
    await recall(vn, id);
    const { questions } = (await th.ask<Opened>(OPEN, { id }, VIETNAMESE)).data!.request;
    expect(questions[2]!.text).toMatch(/^Đối tượng P1/);
  });

  it('keeps a question that has had an answer: neither another code, nor other slots, nor own words replace it', async () => {
    const questions = [
      { no: 1, standard: container('MWCU6059784') },
      { no: 2, text: 'Who paid?' },
    ];
    const { id } = await ask(agreement, vn, th, { questions });
    const results = [{ questionNo: 1, result: 'ANSWERED', text: 'Yes.' }];
    await answerWith(th, id, { kind: 'INTERIM', results });
    const [, second] = questions;
    for (const first of [
      { no: 1, standard: container('CBHU3202732') },
      { no: 1, standard: { ...container('MWCU6059784'), code: 'Q-IMPORT-DECLARED' } },
      { no: 1, text: 'Was it declared?' },
    ]) {
      const input = { ...aRequestInput(agreement, vn, [th], { questions: [first, second] }), supersedes: id };
      const { errors } = await vn.ask(COMPOSE_REQUEST, { input });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', sub: 'QUESTION_ANSWERED' });
    }
    const more = [...questions, { no: 3, standard: container('CBHU3202732') }];
    const { id: newer } = await ask(agreement, vn, th, { questions: more }, { supersedes: id });
    expect((await th.ask<Opened>(OPEN, { id: newer })).data!.request.questions).toHaveLength(3);
  });
});

describe('a standard question that is not right', () => {
  const AT = '/body/questions/0/standard';

  it.each<[string, object, string[]]>([
    ['a code that there is none of', { code: 'Q-NOTHING' }, [`${AT}/code standardQuestion`]],
    ['a missing slot', { code: 'Q-BUSINESSES-RELATED', slots: [{ name: 'BUSINESS', value: 'A' }] }, [`${AT}/slots needsOTHER_BUSINESS`]],
    ['no slots', { code: 'Q-PARTY-KNOWN' }, [`${AT}/slots required`]],
    ['a slot of another question', { ...container('MWCU6059784'), slots: [{ name: 'CONTAINER', value: 'MWCU6059784' }, { name: 'GOODS', value: 'x' }] }, [`${AT}/slots/1/name slotUnknown`]],
    ['a slot twice', { code: 'Q-EXPORT-DECLARED', slots: [{ name: 'CONTAINER', value: 'MWCU6059784' }, { name: 'CONTAINER', value: 'CBHU3202732' }] }, [`${AT}/slots uniqueBy`]],
    ['a wrong check digit', container('MWCU6059785'), [`${AT}/slots/0/value container`]],
    ['a value that is too long', { code: 'Q-LAW-TEXT', slots: [{ name: 'SUBJECT', value: 'x'.repeat(301) }] }, [`${AT}/slots/0/value shortText`]],
    ['a party that the request has not', { code: 'Q-PARTY-KNOWN', slots: [{ name: 'PARTY', value: 'P9' }] }, [`${AT}/slots/0/value partyOfSlot`]],
  ])('%s: is neither composed nor taken in when it was signed all the same', async (_, standard, broken) => {
    expect(problemsOf(await compose([{ no: 1, standard }]))).toEqual(broken);
    const [composed] = await composeRequest(agreement, vn, [th]);
    const payload = JSON.parse(composed!.text!) as { body: object };
    const signed = { ...payload, body: { ...payload.body, questions: [{ no: 1, standard }] } };
    expect(problemsOf(await signAndTry(vn, signed))).toEqual(broken);
  }); // prettier-ignore

  it('is asked either so or in own words, not both and not neither', async () => {
    const at = '/body/questions/0/text';
    expect(problemsOf(await compose([{ no: 1, text: 'Who?', standard: container('MWCU6059784') }]))).toEqual([
      `${at} unexpected`,
    ]);
    expect(problemsOf(await compose([{ no: 1 }]))).toEqual([`${at} required`]);
  });

  it('is told in the language of who asks, and never with the value', async () => {
    const input = aRequestInput(agreement, vn, [th], { questions: [{ no: 1, standard: container('MWCU6059785') }] });
    const { errors } = await vn.ask(COMPOSE_REQUEST, { input }, VIETNAMESE);
    expect(errors?.[0]?.extensions.problems?.[0]?.message).toMatch(/^phải là số container: .* chữ số kiểm tra đúng/);
    expect(JSON.stringify(errors)).not.toContain('MWCU6059785');
  });
});

describe('the list of standard questions', () => {
  it('is that of one kind of assistance, or all, in the reader’s language', async () => {
    const all = (await th.ask<Listed>(LIST)).data!.standardQuestions;
    expect(all.length).toBeGreaterThanOrEqual(40);
    const some = (await th.ask<Listed>(LIST, { type: 'SURVEILLANCE_PLACE' }, VIETNAMESE)).data!.standardQuestions;
    expect(some).toEqual([
      {
        code: 'Q-WATCH-PLACE',
        assistanceTypes: ['SURVEILLANCE_PLACE'],
        text: expect.stringContaining('Quý cơ quan có thể giám sát địa điểm {SUBJECT} gần {PLACE}'),
        slots: [
          { name: 'SUBJECT', label: 'nội dung', form: expect.stringContaining('300 ký tự') },
          { name: 'PLACE', label: 'địa điểm', form: expect.stringContaining('UN/LOCODE') },
          { name: 'PERIOD', label: 'khoảng thời gian', form: expect.stringContaining('2026-01-01/2026-03-31') },
        ],
      },
    ]);
    expect((await th.ask<Listed>(LIST, { type: 'OTHER' })).data!.standardQuestions).toEqual([]);
  });

  it('has the codes and slots that the schema of requests allows', async () => {
    const answer = await fetch(`${t.url}/schemas/request.v1.json`);
    const { $defs } = (await answer.json()) as {
      $defs: Record<string, { properties: Record<string, { enum: string[] }> }>;
    };
    const all = (await th.ask<Listed>(LIST)).data!.standardQuestions;
    expect($defs['StandardQuestion']!.properties['code']!.enum).toEqual(all.map(({ code }) => code));
    const names = new Set(all.flatMap(({ slots }) => slots.map(({ name }) => name)));
    expect($defs['FilledSlot']!.properties['name']!.enum.toSorted()).toEqual([...names].toSorted());
  });
});
