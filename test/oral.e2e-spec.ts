import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DutySweeper } from '../src/duties/duty-sweeper.js';
import { asServer, seqOf, submitUnchecked, textWith, untilSomebodyWaits } from './support/commands.js';
import {
  aHandling,
  COMPOSED,
  type ComposedObject,
  recall,
  signAndSubmit,
  signAndTry,
  SUBMIT,
  type Submitted,
  untilFeedIsComplete,
} from './support/exchange.js';
import { type Answer, type Party, signRaw, startTestHub, type TestHub } from './support/hub.js';
import { composeRequest } from './support/requests.js';

/* Requests made by word of mouth: noted by who was asked, confirmed in writing by who asked, or lapsed. */

let t: TestHub;
/** Who asks by telephone. */
let vn: Party;
/** Another unit of the agency that asks. */
let vnOther: Party;
/** Who is asked. */
let th: Party;
/** Who has no part in it. */
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  vnOther = await t.enrol('VN-CUS-HCM', { beside: vn });
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const HOUR = 3_600_000;
const later = (milliseconds: number): void => t.hub.clock.set(new Date(t.hub.clock.now().getTime() + milliseconds));
const sweep = (): Promise<number> => t.hub.app.get(DutySweeper, { strict: false }).sweep();

const COMPOSE = `query($input: ComposeOralRequestInput!) { composeOralRequest(input: $input) { ${COMPOSED} } }`;
const OPEN = `query($id: ID!) { oralRequest(id: $id) {
  id from unit to state notedAt dueAt request body { ref by at text urgency } object { id }
} }`;
const DUTIES = `query($owed: DutySide!) { duties(owed: $owed, first: 100) {
  nodes { kind object objectKind ref owedBy owedByUnit owedTo dueAt isOverdue reminded because }
} }`;

interface Noted {
  state: string;
  dueAt: string;
  request: string | null;
}

const asked = (changes: object = {}): object => ({
  language: 'en',
  at: '2026-01-02T03:04:05Z',
  text: 'Please hold container CSQU3054383 until we have written.',
  urgency: 'URGENT',
  ...changes,
});

function composeNote(
  party: Party,
  to: string,
  body: object = {},
): Promise<Answer<{ composeOralRequest: ComposedObject }>> {
  return party.ask(COMPOSE, { input: { to, handling: aHandling(agreement), body: asked(body) } });
}

async function note(party = th, to = 'VN-CUS', body: object = {}): Promise<string> {
  const answer = await composeNote(party, to, body);
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return (await signAndSubmit(party, answer.data.composeOralRequest)).id;
}

async function open(party: Party, id: string): Promise<Noted | null> {
  return (await party.ask<{ oralRequest: Noted }>(OPEN, { id })).data?.oralRequest ?? null;
}

/** What a request in writing says of the call. */
const naming = (noted: string): object => ({
  oralRequest: { by: 'p:7f3k2m9q', to: 'TH-CUS-LCB', at: '2026-01-02T03:04:05Z', noted },
});

async function confirm(noted: string, party = vn, addressee = th, input: object = {}): Promise<Submitted> {
  return signAndSubmit(party, (await composeRequest(agreement, party, [addressee], naming(noted), input))[0]!);
}

async function dutiesOf(party: Party, owed: 'BY_US' | 'TO_US', id: string, language = 'en'): Promise<object[]> {
  const answer = await party.ask<{ duties: { nodes: { object: string }[] } }>(
    DUTIES,
    { owed },
    { 'accept-language': language },
  );
  return answer.data!.duties.nodes.filter(({ object }) => object === id);
}

/** That the request names this note is refused so when it is composed. */
async function refusalOf(noted: string, party = vn, addressee = th): Promise<string> {
  try {
    await composeRequest(agreement, party, [addressee], naming(noted));
    return 'accepted';
  } catch (error) {
    return String(error);
  }
}

const LINK = '"pointer":"/body/oralRequest/noted","rule":"link"';

describe('a request by word of mouth', () => {
  it('is noted by who was asked, and owed in writing by who asked, which both see', async () => {
    const id = await note(th, 'VN-CUS-AS', { by: 'p:7f3k2m9q' });
    for (const party of [th, vn]) {
      expect(await open(party, id)).toMatchObject({
        id,
        from: 'TH-CUS',
        unit: 'TH-CUS-LCB',
        to: ['VN-CUS-AS'],
        state: 'ORAL_RECEIVED',
        request: null,
        body: { ref: expect.stringMatching(/^TH-ORL-\d{4}-[A-Z]{6}$/), by: 'p:7f3k2m9q', urgency: 'URGENT' },
        object: { id },
      });
    }
    const [duty] = await dutiesOf(vn, 'BY_US', id);
    expect(duty).toMatchObject({
      kind: 'CONFIRM',
      objectKind: 'oral',
      owedBy: 'VN-CUS',
      owedByUnit: 'VN-CUS-AS',
      owedTo: 'TH-CUS',
      isOverdue: false,
      because: expect.stringContaining('A request by word of mouth (urgent) is confirmed in writing within 24 hours'),
    });
    expect(await dutiesOf(th, 'TO_US', id)).toEqual([duty]);
    expect(await dutiesOf(vn, 'BY_US', id, 'vi')).toMatchObject([
      { because: expect.stringContaining('phải được xác nhận bằng văn bản trong vòng 24 giờ') },
    ]);
  });

  it.each([
    ['FLASH', 24],
    ['URGENT', 24],
    ['ROUTINE', 72],
  ])('has its time by its urgency: %s', async (urgency, hours) => {
    t.hub.clock.set(new Date('2026-11-26T03:30:00Z'));
    const { dueAt } = (await open(vn, await note(th, 'VN-CUS', { urgency })))!;
    expect(Date.parse(dueAt) - Date.parse('2026-11-26T03:30:00Z')).toBe(hours * HOUR);
  });

  it('is reminded of at half and at four fifths of its time, before it lapses', async () => {
    t.hub.clock.set(new Date());
    const id = await note(th, 'VN-CUS', { urgency: 'ROUTINE' });
    for (const [hours, reminded] of [
      [35, 0],
      [2, 50],
      [21, 80],
    ] as const) {
      later(hours * HOUR);
      await sweep();
      expect(await dutiesOf(vn, 'BY_US', id)).toMatchObject([{ reminded }]);
    }
  });

  it('is nobody else’s affair: not a third agency’s, nor another unit’s than the one it went to', async () => {
    const id = await note(th, 'VN-CUS-AS');
    for (const party of [la, vnOther]) {
      expect((await party.ask(OPEN, { id })).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
      expect(await dutiesOf(party, 'BY_US', id)).toEqual([]);
    }
  });

  it.each<[string, string, object, string]>([
    ['of the future', 'VN-CUS', { at: '2099-01-01T00:00:00Z' }, '/body/at'],
    ['without words', 'VN-CUS', { text: ' ' }, '/body/text'],
    ['with more than 2,000 characters', 'VN-CUS', { text: 'x'.repeat(2001) }, '/body/text'],
    ['to a community', `community:${randomUUID()}`, {}, '/to'],
  ])('is no note %s', async (_, to, body, pointer) => {
    const { errors } = await composeNote(th, to, body);
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', problems: [expect.objectContaining({ pointer })] } },
    ]);
  });

  it('is no note to the own agency, whatever the server has checked', async () => {
    const text = textWith({ body: { urgency: 'URGENT' }, handling: {} });
    const noting = asServer(t.database, th, async () => {
      const seq = await submitUnchecked(t.database, th, { kind: 'oral', to: ['TH-CUS'], text });
      await t.database.sql('SELECT cmd.note_oral($1)', [seq]);
    });
    await expect(noting).rejects.toThrow('ADDRESSEE');
  });
});

describe('the request in writing', () => {
  it('confirms it: nothing more is owed for the call, and its own clocks run', async () => {
    const id = await note();
    const request = await confirm(id);
    for (const party of [vn, th])
      expect(await open(party, id)).toMatchObject({ state: 'CONFIRMED', request: request.id });
    expect(await dutiesOf(vn, 'BY_US', id)).toEqual([]);
    expect(await dutiesOf(th, 'BY_US', request.id)).toMatchObject([{ kind: 'ACKNOWLEDGE' }, { kind: 'ANSWER' }]);
    const [row] = await t.database.sql(
      `SELECT d.outcome, s.id FROM hub.duty d JOIN hub.object o ON o.seq = d.thread_seq JOIN hub.object s ON s.seq = d.settled_seq
       WHERE o.id = $1`,
      [id],
    );
    expect(row).toEqual({ outcome: 'DONE', id: request.id });
  });

  it('may repeat the note in its next version, and may name it there for the first time', async () => {
    const id = await note();
    const first = await confirm(id);
    const second = await confirm(id, vn, th, { supersedes: first.id });
    expect(await open(th, id)).toMatchObject({ state: 'CONFIRMED', request: first.id });

    const forgotten = await note();
    const third = await confirm(forgotten, vn, th, { supersedes: second.id });
    expect(third.id).toEqual(expect.any(String));
    expect(await open(th, forgotten)).toMatchObject({ state: 'CONFIRMED', request: first.id });
  });

  it('confirms a note once', async () => {
    const id = await note();
    await confirm(id);
    expect(await refusalOf(id)).toMatch(/"code":"CONFLICT".*ORAL_STATE/);
  });

  it('names no note of others, none to others, and nothing else: each is answered like one that is not there', async () => {
    const missing = await refusalOf(randomUUID());
    expect(missing).toContain(LINK);
    const ofLaos = await note(la, 'TH-CUS');
    const toLaos = await note(th, 'LA-CUS');
    const fromLaos = await note(la, 'VN-CUS');
    const alike = [ofLaos, toLaos, fromLaos, (await confirm(await note())).id];
    const withoutId = (text: string): string => text.replaceAll(/"requestId":"[^"]*"/g, '');
    for (const id of alike) expect(withoutId(await refusalOf(id))).toBe(withoutId(missing));
    for (const [party, id] of [
      [th, ofLaos],
      [la, toLaos],
      [vn, fromLaos],
    ] as const) {
      expect(await open(party, id)).toMatchObject({ state: 'ORAL_RECEIVED' });
    }
  });

  it('of another unit confirms no note that this unit does not see', async () => {
    const id = await note(th, 'VN-CUS-AS');
    expect(await refusalOf(id, vnOther)).toContain(LINK);
    expect(await open(th, id)).toMatchObject({ state: 'ORAL_RECEIVED' });
  });

  it('comes too late after the note was taken back, and after it lapsed', async () => {
    const id = await note();
    await recall(th, id);
    expect(await open(vn, id)).toMatchObject({ state: 'WITHDRAWN' });
    expect(await dutiesOf(vn, 'BY_US', id)).toEqual([]);
    expect(await refusalOf(id)).toMatch(/"code":"CONFLICT".*ORAL_STATE/);

    t.hub.clock.set(new Date());
    const late = await note();
    later(25 * HOUR);
    await sweep();
    expect(await refusalOf(late)).toMatch(/has lapsed.*"code":"CONFLICT".*ORAL_STATE/);
  });

  it('of two at once, one confirms the note, and the other is told', async () => {
    const id = await note();
    const [one] = await composeRequest(agreement, vn, [th], naming(id));
    const [two] = await composeRequest(agreement, vn, [th], naming(id));
    // While the row is held, both pass the checks before; PostgreSQL decides between them.
    await t.database.sql('BEGIN');
    await t.database.sql(
      'SELECT 1 FROM hub.oral_request n JOIN hub.object o ON o.seq = n.seq WHERE o.id = $1 FOR UPDATE OF n',
      [id],
    );
    const sent = [one!, two!].map((composed) => trySubmit(vn, composed));
    await untilSomebodyWaits(t.database);
    await t.database.sql('COMMIT');
    const answers = await Promise.all(sent);
    expect(answers.filter(({ data }) => data)).toHaveLength(1);
    expect(answers.find(({ errors }) => errors)!.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    expect(await open(th, id)).toMatchObject({ state: 'CONFIRMED' });
  });
});

describe('a request by word of mouth that is not confirmed in time', () => {
  it('lapses, and both sides find it so in their lists and in their feed', async () => {
    t.hub.clock.set(new Date());
    const id = await note();
    later(23 * HOUR);
    await sweep();
    expect(await open(vn, id)).toMatchObject({ state: 'ORAL_RECEIVED' });
    later(2 * HOUR);
    await sweep();
    await untilFeedIsComplete(t.database);
    for (const [party, owed] of [
      [vn, 'BY_US'],
      [th, 'TO_US'],
    ] as const) {
      expect(await open(party, id)).toMatchObject({ state: 'LAPSED', request: null });
      expect(await dutiesOf(party, owed, id)).toEqual([]);
      expect(await changesOf(party, id)).toContain('LAPSED');
    }
    expect(await changesOf(la, id)).toEqual([]);
  });

  it('stays confirmed when it was, and lapses once', async () => {
    t.hub.clock.set(new Date());
    const confirmed = await note();
    await confirm(confirmed);
    const waiting = await note();
    later(25 * HOUR);
    await sweep();
    await sweep();
    await untilFeedIsComplete(t.database);
    expect(await open(vn, confirmed)).toMatchObject({ state: 'CONFIRMED' });
    expect((await changesOf(vn, waiting)).filter((act) => act === 'LAPSED')).toHaveLength(1);
  });
});

describe('the floor under requests by word of mouth', () => {
  /** Stores a request that names the note, whatever the server has checked before. */
  const forge = (noted: string, party: Party, to: string): Promise<void> =>
    asServer(t.database, party, async () => {
      const body = { ...naming(noted), questions: [{ no: 1 }], urgency: 'URGENT', neededBy: '2027-01-01T00:00:00Z' };
      const text = textWith({ body, handling: {} });
      const request = { kind: 'request', to: [to], ref: 'VN-REQ-2026-ABCDEF', text };
      await t.database.sql('SELECT cmd.open_request($1)', [await submitUnchecked(t.database, party, request)]);
    });

  it('lets only the side that asked, of what it sees, confirm a note: to the side that noted it, and once', async () => {
    const id = await note(th, 'VN-CUS-AS');
    await expect(forge(id, la, 'TH-CUS')).rejects.toThrow('ORAL_LINK');
    await expect(forge(id, vn, 'LA-CUS')).rejects.toThrow('ORAL_LINK');
    await expect(forge(id, vnOther, 'TH-CUS')).rejects.toThrow('ORAL_LINK');
    await forge(id, vn, 'TH-CUS'); // is undone
    expect(await open(th, id)).toMatchObject({ state: 'ORAL_RECEIVED' });
    await confirm(id);
    await expect(forge(id, vn, 'TH-CUS')).rejects.toThrow('ORAL_STATE');
  });

  it('begins a note for its sender alone, and once', async () => {
    const seq = await seqOf(t.database, await note());
    for (const [party, fault] of [
      [la, 'LINK'],
      [vn, 'LINK'],
      [th, 'duplicate key'],
    ] as const) {
      const again = asServer(t.database, party, () => t.database.sql('SELECT cmd.note_oral($1)', [seq]));
      await expect(again).rejects.toThrow(fault);
    }
  });

  it.each([
    "UPDATE hub.oral_request SET state = 'LAPSED'",
    'DELETE FROM hub.oral_request',
    "INSERT INTO hub.oral_request (seq, from_agency, to_agency) VALUES (1, 'A', 'B')",
    'SELECT cmd.confirm_oral()',
  ])('gives the server no way to change one: %s', async (statement) => {
    await expect(asServer(t.database, th, () => t.database.sql(statement))).rejects.toThrow(/permission denied/);
  });

  it('shows a row to the two sides alone', async () => {
    const seq = await seqOf(t.database, await note(th, 'VN-CUS-AS'));
    const rows = (party: Party): Promise<object[]> =>
      asServer(t.database, party, () =>
        t.database.sql('SELECT n.state FROM hub.oral_request n WHERE n.seq = $1', [seq]),
      );
    const row = { state: 'ORAL_RECEIVED' };
    expect([await rows(vn), await rows(th), await rows(vnOther), await rows(la)]).toEqual([[row], [row], [], []]);
  });

  it('takes no note that answers something', async () => {
    const answer = await composeNote(th, 'VN-CUS');
    const composed = answer.data!.composeOralRequest;
    const request = await confirm(await note());
    const [row] = await t.database.sql<{ digest: string }>('SELECT digest FROM hub.object WHERE id = $1', [request.id]);
    const payload = {
      ...JSON.parse(composed.text!),
      id: randomUUID(),
      inReplyTo: { id: request.id, digest: row!.digest },
    };
    expect((await signAndTry(th, payload)).errors).toMatchObject([
      { extensions: { problems: [expect.objectContaining({ pointer: '/inReplyTo', rule: 'alone' })] } },
    ]);
  });
});

async function trySubmit(party: Party, { text, signing }: ComposedObject): Promise<Answer<{ submit: Submitted }>> {
  const [first] = signing;
  const signatures = [{ protected: first!.protected, signature: await signRaw(party, first!.signingInput) }];
  return party.ask<{ submit: Submitted }>(SUBMIT, { composition: { text, signatures }, parts: [] });
}

async function changesOf(party: Party, id: string): Promise<string[]> {
  const acts: string[] = [];
  interface Page {
    changes: { changes: { act: string; objectId: string }[]; endCursor: string; hasMore: boolean };
  }
  const document =
    'query($after: String) { changes(first: 100, after: $after) { changes { act objectId } endCursor hasMore } }';
  let after: string | null = null;
  for (let more = true; more;) {
    const answer: Answer<Page> = await party.ask<Page>(document, { after });
    const { changes, endCursor, hasMore } = answer.data!.changes;
    acts.push(...changes.filter(({ objectId }) => objectId === id).map(({ act }) => act));
    [after, more] = [endCursor, hasMore];
  }
  return acts;
}
