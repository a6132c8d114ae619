import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aMethodAlertBody, aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import { ExpirySweeper } from '../../src/exchange/expiry-sweeper.js';
import { aRecallBody, someNominalData } from '../../src/exchange/body/body.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import { formatTimestamp } from '../../src/protocol/timestamp.js';
import {
  aHandling,
  COMPOSE_ALERT,
  COMPOSED,
  type ComposedAnswer,
  type ComposedObject,
  signAndSubmit,
  type Submitted,
  untilFeedIsComplete,
} from '../support/exchange.js';
import { FOR_A_CASE, type Party, startTestHub, type TestHub } from '../support/hub.js';
import {
  addKeys,
  aHeader,
  anAlert,
  anEntry,
  aReference,
  fingerprint,
  newestKeySet,
  nextKeySet,
  publish,
  signAs,
  submitText,
  SUBMIT_TEXT,
  verdictOf,
} from './hostile.js';
import { freePort, WaitingHub } from './hub-process.js';
import { generateKey } from '../../src/protocol/keys.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let kh: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  kh = await t.enrol('KH-CUS-HQ', { clearance: 0, maySeeNominal: false });
  agreement = await t.agree([vn, th, la, kh]);
});
afterAll(() => t.stop());

const draft = (changes: object = {}): object => {
  const { ref: _, ...body } = aMethodAlertBody();
  return { ...body, ...changes };
};

/** Composes an alert to one addressee, signs it as composed and submits it. */
async function send(
  from: Party,
  to: string,
  { body = draft(), handling = {}, nominal }: { body?: object; handling?: object; nominal?: object } = {},
): Promise<Submitted> {
  const input = { to: [to], handling: aHandling(agreement, handling), body, nominal };
  const answer = await from.ask<ComposedAnswer>(COMPOSE_ALERT, { input });
  const [composed] = answer.data?.composeAlert ?? [];
  if (!composed?.text) throw new Error(JSON.stringify(answer));
  return signAndSubmit(from, composed);
}

const OBJECT = 'query($id: ID!) { object(id: $id) { id title text receipt parts { name text withheld } } }';
const ALERT = 'query($id: ID!) { alert(id: $id) { id state body { title } object { text parts { text } } } }';
const RECALL = `query($input: RecallInput!) { composeRecall(input: $input) { ${COMPOSED} } }`;
const COMPOSE = 'query($input: ComposeAlertInput!) { composeAlert(input: $input) { id text } }';
const LIST = (box: string): string => `query($first: Int, $after: String, $kind: String, $lookUp: LookUp) {
  ${box}(first: $first, after: $after, kind: $kind, lookUp: $lookUp) { nodes { id title isRecalled } pageInfo { endCursor hasNextPage } } }`;
const CHANGES = `query($first: Int, $after: String) { changes(first: $first, after: $after) {
  changes { act objectId object { id title } } endCursor hasMore } }`;

interface Page {
  nodes: { id: string; title: string; isRecalled: boolean }[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
}
async function list(party: Party, box: 'inbox' | 'outbox', variables: object = {}): Promise<Page> {
  const answer = await party.ask<Record<string, Page>>(LIST(box), { first: 100, ...variables });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data[box]!;
}
const idsOf = (page: Page): string[] => page.nodes.map((node) => node.id);

interface ChangePage {
  changes: { act: string; objectId: string; object: { id: string; title: string } | null }[];
  endCursor: string;
}
/** The feed once it has everything that is committed. */
async function changes(party: Party, after: string | null = null): Promise<ChangePage> {
  await untilFeedIsComplete(t.database);
  const answer = await party.ask<{ changes: ChangePage }>(CHANGES, { first: 100, after });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.changes;
}

async function recall(party: Party, id: string): Promise<Submitted> {
  const answer = await party.ask<{ composeRecall: ComposedObject }>(RECALL, {
    input: { object: id, body: aRecallBody() },
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return signAndSubmit(party, answer.data.composeRecall);
}

/** Whether the party finds the object in any way there is. */
async function traces(party: Party, id: string, ref: string): Promise<Record<string, boolean>> {
  const opened = await party.ask<{ object: unknown }>(OBJECT, { id });
  const alert = await party.ask<{ alert: unknown }>(ALERT, { id });
  return {
    listed: idsOf(await list(party, 'inbox')).includes(id) || idsOf(await list(party, 'outbox')).includes(id),
    ofKind: idsOf(await list(party, 'inbox', { kind: 'alert' })).includes(id),
    byReference: idsOf(await list(party, 'inbox', { lookUp: { field: 'REFERENCE', value: ref } })).includes(id),
    byPartner: idsOf(
      await list(party, 'inbox', { kind: 'alert', lookUp: { field: 'PARTNER', value: 'VN-CUS' } }),
    ).includes(id),
    opened: Boolean(opened.data?.object),
    alert: Boolean(alert.data?.alert),
    told: (await changes(party)).changes.some((change) => change.object?.id === id),
  };
}
const EVERYWHERE = {
  listed: true,
  ofKind: true,
  byReference: true,
  byPartner: true,
  opened: true,
  alert: true,
  told: true,
};
const NOWHERE = Object.fromEntries(Object.keys(EVERYWHERE).map((way) => [way, false]));

describe('D1 an id of another agency', () => {
  it('gets, byte for byte and in every operation, the answer that a random id gets', async () => {
    const { id } = await send(vn, 'TH-CUS');
    const questions: [name: string, query: string, variables: (id: string) => object][] = [
      ['object', OBJECT, (each) => ({ id: each })],
      ['alert', ALERT, (each) => ({ id: each })],
      ['composeRecall', RECALL, (each) => ({ input: { object: each, body: aRecallBody() } })],
      [
        'composeAlert superseding',
        COMPOSE,
        (each) => ({ input: { to: ['VN-CUS'], handling: aHandling(agreement), body: draft(), supersedes: each } }),
      ],
      ['aliases', 'query($id: ID!) { a: object(id: $id) { id } b: alert(id: $id) { id } }', (each) => ({ id: each })],
      [
        'by reference',
        LIST('inbox'),
        (each) => ({ lookUp: { field: 'REFERENCE', value: `VN-ALR-2026-${letters(each)}` } }),
      ],
    ];
    for (const [name, query, variables] of questions) {
      const before = await fingerprint(t.database);
      const hidden = await la.askRaw(query, variables(id));
      const missing = await la.askRaw(query, variables(randomUUID()));
      expect([name, hidden]).toEqual([name, missing]);
      if (name !== 'by reference') expect(hidden).toContain('NOT_FOUND');
      expect(await fingerprint(t.database)).toEqual(before);
    }
  });

  it('cannot be linked to: an object that answers or replaces it is refused like one that links to nothing', async () => {
    const sent = anAlert(vn, ['TH-CUS'], agreement);
    expect(verdictOf(await submitText(vn, await signAs(vn.signing, sent)))).toBe('accepted');
    const digest = digestOf(
      Buffer.from((JSON.parse(await signAs(vn.signing, sent)) as { payload: string }).payload, 'base64url'),
    );
    for (const link of ['supersedes', 'inReplyTo'] as const) {
      const answers = [];
      for (const id of [sent.id, randomUUID()]) {
        const object = await signAs(la.signing, anAlert(la, ['VN-CUS'], agreement, { [link]: { id, digest } }));
        answers.push(await la.askRaw(SUBMIT_TEXT, { object, parts: [] }));
      }
      expect(answers[0]).toBe(answers[1]);
      expect(answers[0]).toContain('LINK');
    }
  });

  it('G26 of another kind gets the answer of a missing one, even when it can be read', async () => {
    const { id } = await send(vn, 'TH-CUS');
    const { id: recalled } = await recall(vn, id);
    expect((await th.ask<{ object: { id: string } }>(OBJECT, { id: recalled })).data?.object.id).toBe(recalled);
    expect(await th.askRaw(ALERT, { id: recalled })).toBe(await th.askRaw(ALERT, { id: randomUUID() }));
  });
});

describe('D5, threats 14 and 15 an id or a reference that another agency has used', () => {
  it('is free: the object is accepted as one of its own', async () => {
    const theirs = anAlert(vn, ['TH-CUS'], agreement);
    await submitText(vn, await signAs(vn.signing, theirs));
    const mine = anAlert(la, ['TH-CUS'], agreement, { id: theirs.id, body: { ...theirs.body, title: 'From Laos' } });
    const answer = await submitText(la, await signAs(la.signing, mine));
    expect(answer.data?.submit).toMatchObject({ id: theirs.id, repeated: false, object: { id: theirs.id } });
    const opened = await la.ask<{ object: { title: string } }>(OBJECT, { id: theirs.id });
    expect(opened.data?.object.title).toBe('From Laos');
    const same = await vn.ask<{ object: { title: string } }>(OBJECT, { id: theirs.id });
    expect(same.data?.object.title).toBe(theirs.body['title']);
    // The addressee of both keeps reading the one that came first.
    const both = await th.ask<{ object: { title: string } }>(OBJECT, { id: theirs.id });
    expect(both.data?.object.title).toBe(theirs.body['title']);
  });

  it('is not free to a reader of the original, who could make others take the copy for it', async () => {
    const theirs = anAlert(vn, ['TH-CUS', 'LA-CUS'], agreement);
    expect(verdictOf(await submitText(vn, await signAs(vn.signing, theirs)))).toBe('accepted');
    const before = await fingerprint(t.database);
    const copy = anAlert(th, ['LA-CUS'], agreement, { id: theirs.id });
    expect(verdictOf(await submitText(th, await signAs(th.signing, copy)))).toBe('BAD_SIGNED_OBJECT/ID_REUSED');
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('is refused as taken only to the agency that took it', async () => {
    const ref = aReference('VN');
    const with_ = (party: Party): Promise<string> =>
      signAs(
        party.signing,
        anAlert(party, ['TH-CUS'], agreement, { body: aMethodAlertBody({ ref }) as unknown as JsonObject }),
      );
    expect(verdictOf(await submitText(vn, await with_(vn)))).toBe('accepted');
    expect(verdictOf(await submitText(vn, await with_(vn)))).toBe('CONFLICT/REF_TAKEN');
    expect(verdictOf(await submitText(la, await with_(la)))).toBe('accepted');
  });
});

describe('D6, D7, threats 12, 17 and 18 joining and leaving a community', () => {
  const audienceOf = `(SELECT audience_id FROM hub.community WHERE 'community:' || id = $1)`;
  const leave = (community: string, party: Party): Promise<unknown> =>
    t.database.sql(
      `UPDATE hub.membership SET until_seq = (SELECT last_value + 1 FROM hub.object_seq_seq)
       WHERE audience_id = ${audienceOf} AND agency_id = $2`,
      [community, party.agency],
    );
  const join = (community: string, party: Party): Promise<unknown> =>
    t.database.sql(
      `INSERT INTO hub.membership (audience_id, agency_id, since_seq)
       SELECT ${audienceOf}, $2, last_value + 1 FROM hub.object_seq_seq`,
      [community, party.agency],
    );

  it('a new member sees nothing of before, and everything from then on', async () => {
    const community = await t.community([vn, th]);
    const ref = aReference('VN');
    const before = await send(vn, community, { body: draft({ ref }) });
    await join(community, la);
    expect(await traces(la, before.id, ref)).toEqual(NOWHERE);
    const after = await send(vn, community, { body: draft({ ref: aReference('VN') }) });
    expect(idsOf(await list(la, 'inbox'))).toContain(after.id);
    expect((await changes(la)).changes.map((change) => change.objectId)).toContain(after.id);
    expect((await changes(la)).changes.map((change) => change.objectId)).not.toContain(before.id);
    // A recall of what it never saw tells it nothing either.
    await recall(vn, before.id);
    expect((await changes(la)).changes.map((change) => change.objectId)).not.toContain(before.id);
    expect(
      (await changes(th)).changes.filter((change) => change.act === 'RECALLED').map((change) => change.objectId),
    ).toContain(before.id);
  });

  it('a member that left gets nothing new: not in an open page, not in the feed, not by id', async () => {
    const community = await t.community([vn, th, la]);
    const kept = [await send(vn, community), await send(vn, community), await send(vn, community)];
    const page = await list(la, 'inbox', { first: 1 });
    const feed = await changes(la);
    await leave(community, la);
    const ref = aReference('VN');
    const after = await send(vn, community, { body: draft({ ref }) });

    expect(await traces(la, after.id, ref)).toEqual(NOWHERE);
    expect((await changes(la, feed.endCursor)).changes).toEqual([]);
    // The open page goes on with what it had.
    const rest = await list(la, 'inbox', { after: page.pageInfo.endCursor });
    expect(idsOf(page)).toEqual([kept[2]!.id]);
    expect(idsOf(rest).slice(0, 2)).toEqual([kept[1]!.id, kept[0]!.id]);
    const missing = await la.askRaw(OBJECT, { id: randomUUID() });
    expect(await la.askRaw(OBJECT, { id: after.id })).toBe(missing);
    expect(await traces(th, after.id, ref)).toEqual(EVERYWHERE);
  });

  it('a former member can no longer write to it, as if it did not exist, and it is not among its communities', async () => {
    const community = await t.community([vn, th, la]);
    await leave(community, la);
    const refused = await submitText(la, await signAs(la.signing, anAlert(la, [community], agreement)));
    expect(verdictOf(refused)).toBe('BAD_USER_INPUT//to/0 ADDRESSEE');
    const me = await la.ask<{ me: { communities: { id: string }[] } }>('{ me { communities { id } } }');
    expect(me.data?.me.communities.map(({ id }) => `community:${id}`)).not.toContain(community);
  });
});

describe('D8, threats 11 the end of a release', () => {
  it('by recall takes everything away at once, leaves recipients one tombstone, and the sender its own copy', async () => {
    const ref = aReference('VN');
    const { ref: _, ...person } = aPersonAlertBody();
    const { id } = await send(vn, 'TH-CUS', {
      body: { ...person, ref },
      nominal: someNominalData(),
    });
    expect(await traces(th, id, ref)).toEqual(EVERYWHERE);
    const page = await changes(th);
    const { id: recalling } = await recall(vn, id);

    expect(await traces(th, id, ref)).toEqual(NOWHERE);
    expect(await th.askRaw(OBJECT, { id })).toBe(await th.askRaw(OBJECT, { id: randomUUID() }));
    const told = (await changes(th, page.endCursor)).changes;
    expect(told.filter((change) => change.objectId === id)).toEqual([{ act: 'RECALLED', objectId: id, object: null }]);
    expect(told.map((change) => change.objectId).sort()).toEqual([id, recalling].sort());
    // From the beginning the feed speaks of it once, too.
    const all = (await changes(th)).changes.filter((change) => change.objectId === id);
    expect(all).toEqual([{ act: 'RECALLED', objectId: id, object: null }]);

    const own = await vn.ask<{ alert: { state: string; object: { parts: { text: string }[] } } }>(ALERT, { id });
    expect(own.data?.alert).toMatchObject({
      state: 'RECALLED',
      object: { parts: [{ text: expect.stringContaining('SOMXAY') }] },
    });
    expect((await list(vn, 'outbox')).nodes.find((node) => node.id === id)).toMatchObject({ isRecalled: true });
  });

  it('by recall takes every version away', async () => {
    const body = draft({ ref: aReference('VN') });
    const first = await send(vn, 'TH-CUS', { body });
    const composed = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
      input: { to: ['TH-CUS'], handling: aHandling(agreement), body: draft(), supersedes: first.id },
    });
    const second = await signAndSubmit(vn, composed.data!.composeAlert[0]!);
    await recall(vn, second.id);
    for (const { id } of [first, second]) {
      expect((await th.ask(OBJECT, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
      const told = (await changes(th)).changes.filter((change) => change.objectId === id);
      expect(told).toEqual([{ act: 'RECALLED', objectId: id, object: null }]);
    }
  });

  it('by expiry takes everything away before anybody sweeps, and the sweep leaves one tombstone', async () => {
    const ref = aReference('VN');
    const expiresAt = formatTimestamp(new Date(Date.now() + 2_500));
    const { id } = await send(vn, 'TH-CUS', { body: draft({ ref }), handling: { expiresAt } });
    expect(await traces(th, id, ref)).toEqual(EVERYWHERE);
    const open = await changes(th);
    await new Promise((resolve) => setTimeout(resolve, new Date(expiresAt).getTime() - Date.now() + 50));

    expect(await traces(th, id, ref)).toEqual(NOWHERE);
    expect(await th.askRaw(OBJECT, { id })).toBe(await th.askRaw(OBJECT, { id: randomUUID() }));
    const sweeper = t.hub.app.get(ExpirySweeper, { strict: false });
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    expect(await traces(th, id, ref)).toEqual(NOWHERE);
    expect((await changes(th, open.endCursor)).changes).toEqual([{ act: 'EXPIRED', objectId: id, object: null }]);
    expect((await vn.ask<{ object: { id: string } }>(OBJECT, { id })).data?.object.id).toBe(id);
  });

  it('leaves nothing of a restricted object to a reader without clearance, not even its end', async () => {
    const { id } = await send(vn, 'KH-CUS', { handling: { classification: 'RESTRICTED' } });
    await recall(vn, id);
    expect((await changes(kh)).changes.filter((change) => change.objectId === id)).toEqual([]);
    expect(await kh.askRaw(OBJECT, { id })).toBe(await kh.askRaw(OBJECT, { id: randomUUID() }));
  });
});

describe('pages', () => {
  it.each([0, -1, 101, 2147483648, -2147483649, 1.5])('G13 first: %s is refused', async (first) => {
    for (const query of [LIST('inbox'), LIST('outbox'), CHANGES]) {
      const answer = await vn.ask(query, { first });
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.[0]?.extensions.code).toMatch(/^BAD_(USER_INPUT|REQUEST)$/);
    }
  });

  it('G25 a cursor that was edited, or belongs to another caller, list or filter, is refused', async () => {
    for (let i = 0; i < 3; i += 1) await send(vn, 'TH-CUS');
    const { endCursor } = (await list(th, 'inbox', { first: 1 })).pageInfo;
    const of = async (party: Party, box: 'inbox' | 'outbox', after: unknown, more: object = {}): Promise<string> =>
      verdictOf(await party.ask(LIST(box), { first: 1, after, ...more }));
    expect(await of(th, 'inbox', endCursor)).toBe('accepted');
    const refused = 'BAD_USER_INPUT//after cursor';
    const edits = Array.from({ length: endCursor.length }, (_, i) => {
      const other = endCursor[i] === 'A' ? 'B' : 'A';
      return endCursor.slice(0, i) + other + endCursor.slice(i + 1);
    });
    for (const edited of edits) {
      // The last character may carry bits that decode to nothing.
      if (Buffer.from(edited, 'base64url').equals(Buffer.from(endCursor, 'base64url'))) continue;
      expect([edited, await of(th, 'inbox', edited)]).toEqual([edited, refused]);
    }
    for (const broken of [
      '',
      'x',
      '1',
      endCursor.slice(0, -4),
      endCursor.slice(4),
      `${endCursor}AAAA`,
      endCursor + endCursor,
    ]) {
      expect([broken, await of(th, 'inbox', broken)]).toEqual([broken, refused]);
    }
    expect(await of(vn, 'inbox', endCursor)).toBe(refused);
    expect(await of(la, 'inbox', endCursor)).toBe(refused);
    expect(await of(th, 'outbox', endCursor)).toBe(refused);
    expect(await of(th, 'inbox', endCursor, { kind: 'alert' })).toBe(refused);
    expect(await of(th, 'inbox', endCursor, { lookUp: { field: 'PARTNER', value: 'VN-CUS' } })).toBe(refused);
    expect(verdictOf(await th.ask(CHANGES, { after: endCursor }))).toBe(refused);
    const feed = (await changes(th)).endCursor;
    expect(await of(th, 'inbox', feed)).toBe(refused);
    expect(verdictOf(await vn.ask(CHANGES, { after: feed }))).toBe(refused);
  });
});

describe('D13 nominal data', () => {
  const MARK = 'ZYXWVUNAMEDPERSON';
  const TITLE_MARK = 'QPONMLTITLETEXT';
  const CASE_MARK = 'JIHGFCASENUMBER';
  const nominal = (): object => {
    const data = someNominalData();
    return { parties: [{ ...data.parties[0]!, names: [{ text: MARK }], birthPlace: `${MARK} town` }] };
  };
  const person = (): object => {
    const { ref: _, ...body } = aPersonAlertBody();
    return { ...body, title: TITLE_MARK };
  };
  const events = async (id: string): Promise<string[]> => {
    const rows = await t.database.sql<{ event: string; agency_id: string }>(
      `SELECT e.event, e.agency_id FROM audit.pending e JOIN hub.object o ON o.seq = e.object_seq WHERE o.id = $1 ORDER BY e.id`,
      [id],
    );
    return rows.map((row) => `${row.event} ${row.agency_id}`);
  };

  it('is withheld, with its reason, from a reader who is not cleared; and nothing is noted as viewed', async () => {
    const { id } = await send(vn, 'KH-CUS', { body: person(), nominal: nominal() });
    const answer = await kh.ask<{ object: { parts: object[] } }>(OBJECT, { id });
    expect(answer.data?.object.parts).toEqual([{ name: 'nominal', text: null, withheld: 'NOT_CLEARED' }]);
    expect(await events(id)).toEqual(['object.accepted VN-CUS', 'object.opened KH-CUS']);
  });

  it('is given to a cleared reader, and each opening and each sight of it is noted once', async () => {
    const { id } = await send(vn, 'TH-CUS', { body: person(), nominal: nominal() });
    const opened = await th.ask<{ object: { parts: { text: string }[] } }>(OBJECT, { id });
    expect(opened.data?.object.parts[0]?.text).toContain(MARK);
    expect(await events(id)).toEqual(['object.accepted VN-CUS', 'object.opened TH-CUS', 'nominal.viewed TH-CUS']);
    await th.ask('query($id: ID!) { alert(id: $id) { id } }', { id });
    expect((await events(id)).slice(3)).toEqual(['object.opened TH-CUS']);
    // Lists and the feed open nothing; a refused opening is none.
    await list(th, 'inbox');
    await changes(th);
    await la.ask(OBJECT, { id });
    await th.ask('query($id: ID!) { object(id: $id) { id nosuchfield } }', { id });
    expect(await events(id)).toHaveLength(4);
  });

  it('stands nowhere in the database in the clear', async () => {
    await send(vn, 'TH-CUS', { body: person(), nominal: nominal() });
    const tables = await t.database.sql<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    const found = async (text: string): Promise<string[]> => {
      const forms = [text, Buffer.from(text).toString('hex'), ...base64Forms(text)];
      const hits: string[] = [];
      for (const { name } of tables) {
        const [row] = await t.database.sql<{ n: number }>(
          `SELECT count(*)::integer AS n FROM ${name} x WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) f WHERE position(f IN x::text) > 0)`,
          [forms],
        );
        if (row!.n > 0) hits.push(name);
      }
      return hits;
    };
    expect(await found(MARK)).toEqual([]);
    // The search itself works: the title stands in the clear, and in the signed text as base64url.
    expect(await found(TITLE_MARK)).toEqual(['hub.object']);
  });

  it('stands in no log, however much is logged, and neither do titles, tokens or signatures', async () => {
    const process_ = await new WaitingHub({ database: t.database, port: await freePort(), logLevel: 'trace' }).start();
    try {
      const sender = new UnitSession(process_.url, vn.unit, vn.client.privateJwk);
      const reader = new UnitSession(process_.url, th.unit, th.client.privateJwk);
      const ask = async (
        query: string,
        variables: object,
        session = sender,
      ): Promise<{ data: Record<string, never>; errors?: unknown }> => {
        const response = await session.send(`/graphql?note=${MARK}`, {
          headers: { 'content-type': 'application/json', ...FOR_A_CASE, 'x-liaison-case-ref': CASE_MARK },
          body: JSON.stringify({ query, variables }),
        });
        return (await response.json()) as { data: Record<string, never> };
      };
      const input = { to: ['TH-CUS'], handling: aHandling(agreement), body: person(), nominal: nominal() };
      const composed = (await ask(COMPOSE_ALERT, { input })).data['composeAlert'] as unknown as ComposedObject[];
      const object = await signAs(vn.signing, JSON.parse(composed[0]!.text!) as object);
      expect((await ask(SUBMIT_TEXT, { object, parts: composed[0]!.parts })).errors).toBeUndefined();
      const opened = await ask(OBJECT, { id: composed[0]!.id }, reader);
      expect(JSON.stringify(opened)).toContain(MARK);
      // Refusals of every kind, each with the mark in what was sent.
      await ask(COMPOSE_ALERT, {
        input: { ...input, nominal: { parties: [{ key: MARK, names: [{ text: MARK }], phones: [MARK] }] } },
      });
      await ask(COMPOSE_ALERT, { input: { ...input, nominal: MARK } });
      await ask(SUBMIT_TEXT, { object: `${object}${MARK}`, parts: [{ name: 'nominal', text: MARK }] });
      await ask(`query { object(id: "${MARK}") { id } }`, {});
      await ask(`query { ${MARK} }`, {});
      const files = `/files/${composed[0]!.id}/${'0'.repeat(64)}`;
      expect((await reader.send(files, { method: 'GET' })).status).toBe(404);
      await reader.send(`/nowhere/${composed[0]!.id}`, { method: 'GET' });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const log = process_.output();
      // Each request has its line, with who asked.
      expect(log).toMatch(
        /"method":"POST","path":"\/graphql","status":200,"ms":\d+,"agency":"VN-CUS","unit":"VN-CUS-AS"/,
      );
      // Addresses name objects, so the line has the route.
      expect(log).toContain('"path":"/files/:object/:sha256","status":404');
      const credentials = await Promise.all([sender, reader].map((each) => each.headersFor('POST', '/graphql')));
      const tokens = credentials.map(({ authorization }) => authorization.replace('DPoP ', ''));
      const secrets = [
        MARK,
        TITLE_MARK,
        CASE_MARK,
        ...tokens,
        ...base64Forms(MARK),
        ...base64Forms(TITLE_MARK),
        composed[0]!.id,
      ];
      expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
    } finally {
      await process_.kill();
    }
  });

  /** A rule that our own code does not know, so that the database complains as it would of a mistake of ours. */
  const provokeInternal = async (work: (object: string) => Promise<void>): Promise<void> => {
    await t.database.sql(
      `ALTER TABLE hub.object ADD CONSTRAINT provoked CHECK (title NOT LIKE '${TITLE_MARK}%') NOT VALID`,
    );
    try {
      const body = aMethodAlertBody({ ref: aReference('VN'), title: TITLE_MARK }) as unknown as JsonObject;
      await work(await signAs(vn.signing, anAlert(vn, ['TH-CUS'], agreement, { body })));
    } finally {
      await t.database.sql('ALTER TABLE hub.object DROP CONSTRAINT provoked');
    }
  };

  it('G12 an error of the database leaves as INTERNAL with a reference and without its words, and stores nothing', async () => {
    await provokeInternal(async (object) => {
      const before = await fingerprint(t.database);
      const text = await vn.askRaw(SUBMIT_TEXT, { object, parts: [] });
      expect(JSON.parse(text)).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'INTERNAL', ref: expect.stringMatching(/^[0-9a-f]{12}$/) } }],
      });
      expect(text).not.toMatch(/violates|constraint|provoked|QPONML|23514|hub\.object/);
      expect(await fingerprint(t.database)).toEqual(before);
    });
  });

  it('what the database says of an unexpected error is logged without the row that it quotes', async () => {
    const process_ = await new WaitingHub({ database: t.database, port: await freePort(), logLevel: 'error' }).start();
    try {
      const session = new UnitSession(process_.url, vn.unit, vn.client.privateJwk);
      await provokeInternal(async (object) => {
        await session.send('/graphql', {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: SUBMIT_TEXT, variables: { object, parts: [] } }),
        });
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(process_.output()).toContain('failed unexpectedly');
      expect(process_.output()).not.toContain(TITLE_MARK);
    } finally {
      await process_.kill();
    }
  });

  it('is not repeated by an error that it caused', async () => {
    const input = { to: ['TH-CUS'], handling: aHandling(agreement), body: person(), nominal: nominal() };
    const party = (nominal() as { parties: object[] }).parties[0]!;
    const attempts: [query: string, variables: object][] = [
      [COMPOSE_ALERT, { input: { ...input, nominal: { parties: [{ ...party, key: MARK }] } } }],
      [
        COMPOSE_ALERT,
        { input: { ...input, nominal: { parties: [{ ...party, birthDate: MARK, phones: [MARK], emails: [MARK] }] } } },
      ],
      [
        COMPOSE_ALERT,
        { input: { ...input, nominal: { parties: [{ ...party, documents: [{ type: MARK, number: MARK }] }] } } },
      ],
      [COMPOSE_ALERT, { input: { ...input, nominal: MARK } }],
      [COMPOSE_ALERT, { input: { ...input, nominal: { parties: [{ ...party, names: MARK }] } } }],
      [COMPOSE_ALERT, { input: { ...input, nominal: { parties: [{ ...party, birthPlace: { x: MARK } }] } } }],
      [COMPOSE_ALERT, { input: { ...input, body: { ...person(), severity: MARK, language: MARK } } }],
      [COMPOSE_ALERT, { input: { ...input, purpose: MARK } }],
      [LIST('inbox'), { first: MARK }],
      [LIST('inbox'), { first: [MARK, { MARK }] }],
      [LIST('inbox'), { after: MARK }],
      [LIST('inbox'), { kind: MARK }],
      [LIST('inbox'), { lookUp: { field: MARK, value: MARK } }],
      [LIST('inbox'), { lookUp: { field: 'CONTAINER', value: MARK } }],
      [OBJECT, { id: MARK }],
      [OBJECT, { id: { x: MARK } }],
      [SUBMIT_TEXT, { object: MARK, parts: [] }],
      [SUBMIT_TEXT, { object: MARK, parts: [{ name: MARK }] }],
      [SUBMIT_TEXT, { object: MARK, parts: MARK }],
    ];
    for (const [query, variables] of attempts) {
      const text = await vn.askRaw(query, variables);
      const { data, errors } = JSON.parse(text) as { data: Record<string, unknown> | null; errors?: unknown };
      // A composition may be accepted (a free purpose); then what it repeats is not an error.
      if (errors === undefined) expect(Object.keys(data ?? {})).not.toEqual([]);
      expect([JSON.stringify(variables).slice(0, 60), JSON.stringify(errors ?? '').includes(MARK)]).toEqual([
        JSON.stringify(variables).slice(0, 60),
        false,
      ]);
    }
  });
});

describe('an answer', () => {
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> => {
    const response = await vn.send('/graphql', { headers: { 'content-type': 'application/json', ...headers }, body });
    return [response.status, await response.text()];
  };
  const query = (text: string): string => JSON.stringify({ query: text });

  it('threats 29 gives away no stack, no SQL, no path in any answer', async () => {
    const answers = await Promise.all([
      post('{'),
      post('null'),
      post('"x"'),
      post(query('{')),
      post(query('{ inbox(kind: "\'; DROP TABLE hub.object --") { nodes { id } } }')),
      post(JSON.stringify({ query: OBJECT, variables: { id: "' OR 1=1 --" } })),
      post(JSON.stringify({ query: LIST('inbox'), variables: { lookUp: { field: 'REFERENCE', value: "' OR ''='" } } })),
      post(JSON.stringify({ query: LIST('inbox'), variables: { lookUp: { field: 'PARTNER', value: 'A\u0000B' } } })),
      post(JSON.stringify({ query: OBJECT, variables: { id: '\u0000' } })),
      post(
        JSON.stringify({ query: 'query($agency: ID!) { keySets(agency: $agency) }', variables: { agency: '\u0000' } }),
      ),
      post(JSON.stringify({ query: SUBMIT_TEXT, variables: { object: '\u0000', parts: [] } })),
      fetch(`${t.url}/schemas/..%2f..%2fpackage.json`).then(
        async (r) => [r.status, await r.text()] as [number, string],
      ),
      fetch(`${t.url}/schemas/__proto__.v1.json`).then(async (r) => [r.status, await r.text()] as [number, string]),
      fetch(`${t.url}/nowhere`).then(async (r) => [r.status, await r.text()] as [number, string]),
    ]);
    for (const [status, body] of answers) {
      expect([status, body]).toEqual([
        expect.any(Number),
        expect.not.stringMatching(/node_modules|\/src\/|\.ts:|SELECT|pg_|stack|at Object/),
      ]);
      expect([status < 500, body]).toEqual([true, body]);
      expect(body).not.toContain('INTERNAL');
    }
  });
});

describe('threats 42 a key that is revoked', () => {
  it('signs no more from the moment the set is published', async () => {
    const pair = await generateKey();
    await addKeys(la, [anEntry(la, pair)]);
    const text = (): Promise<string> => signAs(pair, anAlert(la, ['TH-CUS'], agreement), aHeader(pair));
    const sent = await text();
    expect(verdictOf(await submitText(la, sent))).toBe('accepted');
    const { fields } = await newestKeySet(la);
    const now = Math.floor(Date.now() / 1000) - 1;
    const keys = fields.keys.map((key) =>
      key.kid === pair.kid ? { ...key, revoked: { at: now, invalidFrom: now, reason: 'superseded' as const } } : key,
    );
    expect(verdictOf(await publish(la, await nextKeySet(la, { keys })))).toBe('accepted');
    expect(verdictOf(await submitText(la, await text()))).toBe('BAD_SIGNED_OBJECT/KEY_REVOKED');
    expect(verdictOf(await submitText(la, sent))).toBe('BAD_SIGNED_OBJECT/KEY_REVOKED');
  });
});

/** The six letters of a reference, from an id. */
function letters(id: string): string {
  return Array.from(id.slice(0, 6), (digit) => String.fromCharCode(65 + Number.parseInt(digit, 16))).join('');
}

/** What base64 makes of a text, wherever in a longer text it stands. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64url');
    return encoded.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + text.length) * 4) / 3) - 1);
  });
}
