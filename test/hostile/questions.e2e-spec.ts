import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { aPdf } from '../../src/files/files.example.js';
import {
  aHandling,
  COMPOSE_ALERT,
  composeAndSubmit,
  type ComposedAnswer,
  recall,
  untilFeedIsComplete,
} from '../support/exchange.js';
import { sha256, upload } from '../support/files.js';
import { type Answer, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { anAlert, aReference, fingerprint, signAs, submitText, verdictOf } from './hostile.js';

/** Questions that are odd in form: several in one, the same by two ways, ids in lists, ids and texts that are nearly right. */

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
/** An alert that LA-CUS may read, and one that it may not. */
let open: string;
let hidden: string;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '100000000' });
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
  open = (await composeAndSubmit(vn, { to: ['LA-CUS'], agreement })).id;
  hidden = (await composeAndSubmit(vn, { to: ['TH-CUS'], agreement })).id;
});
afterAll(() => t.stop());

/** The errors of an answer as they are for the one field that was asked for, whatever stands beside it. */
const errorsOf = ({ errors = [] }: Answer<unknown>): unknown[] =>
  errors.map(({ message, extensions }) => ({ message, extensions }));

describe('threats 8 and 47 several questions in one', () => {
  const FIELDS = 'id title text attachments { sha256 } parts { name text withheld }';
  const single = (id: string): Promise<Answer<{ object: object }>> => la.ask(`{ object(id: "${id}") { ${FIELDS} } }`);

  it('get for one object by every way what one question gets', async () => {
    const { data } = await single(open);
    const many = await la.ask<Record<string, { object: object }>>(
      `{ a: object(id: "${open}") { ${FIELDS} } b: object(id: "${open}") { ${FIELDS} } c: alert(id: "${open}") { object { ${FIELDS} } }
         ...Again d: inbox(first: 1, lookUp: { field: PARTNER, value: "VN-CUS" }) { nodes { id title } } }
       fragment Again on Query { e: alert(id: "${open}") { object { ${FIELDS} } } }`,
    );
    expect(many.errors).toBeUndefined();
    for (const name of ['a', 'b']) expect([name, many.data![name]]).toEqual([name, data!.object]);
    for (const name of ['c', 'e']) expect([name, many.data![name]!.object]).toEqual([name, data!.object]);
  });

  it('are refused for a hidden object, by every way, like the one question for a missing one', async () => {
    const missing = errorsOf(await single(randomUUID()));
    expect(missing).toHaveLength(1);
    const ways = [
      `a: object(id: "${hidden}") { id } b: object(id: "${hidden}") { id }`,
      `a: object(id: "${open}") { id } b: object(id: "${hidden}") { id }`,
      `a: alert(id: "${open}") { id } b: alert(id: "${hidden}") { id } c: object(id: "${randomUUID()}") { id }`,
      `a: objectAccess(id: "${hidden}", by: OWN) { nodes { at } } b: inbox { nodes { id } }`,
    ];
    for (const way of ways) {
      const answer = await la.ask(`{ ${way} }`);
      const distinct = [...new Set(errorsOf(answer).map((error) => JSON.stringify(error)))];
      expect([way, answer.data, distinct]).toEqual([way, null, [JSON.stringify(missing[0])]]);
    }
  });
});

describe('L7 an entry of what was opened', () => {
  const events = (): Promise<unknown> =>
    t.database.sql('SELECT (SELECT count(*) FROM audit.pending) AS log, (SELECT count(*) FROM audit.access) AS shown');

  it('is gone with the transaction when the answer fails after it, so nothing was shown', async () => {
    const before = await events();
    const answer = await la.ask(`{ a: object(id: "${open}") { text } b: object(id: "${hidden}") { text } }`);
    expect([answer.data, verdictOf(answer)]).toEqual([null, 'NOT_FOUND']);
    expect(await events()).toEqual(before);
    await la.ask(`{ a: object(id: "${open}") { text } }`);
    expect(await events()).not.toEqual(before);
  });
});

describe('threats 7 a connection', () => {
  const PAGE = `query($first: Int!, $after: String) { inbox(first: $first, after: $after) {
    nodes { __typename id alert { __typename } request { __typename } } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;
  interface Page {
    inbox: {
      nodes: { id: string }[];
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  }

  it('has no edge, no further page and no type for what is hidden', async () => {
    for (let i = 0; i < 3; i += 1) await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const shown: string[] = [];
    for (let after: string | null = null; ;) {
      const answer: Answer<Page> = await la.ask<Page>(PAGE, { first: 1, after });
      const { nodes, edges, pageInfo }: Page['inbox'] = answer.data!.inbox;
      expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
      shown.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(shown).toEqual([open]);
  });
});

describe('threats 9 an unknown and a hidden id', () => {
  const CALLS = 200;
  const OBJECT = 'query($id: ID!) { object(id: $id) { id text parts { text } } }';

  /** How many milliseconds, in the middle, an answer about each takes, asked in turn so that slow moments fall on both alike. */
  const medians = async (): Promise<[hidden: number, missing: number]> => {
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < CALLS; i += 1) {
      const ids = [hidden, randomUUID()];
      for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) {
        const begun = performance.now();
        await la.askRaw(OBJECT, { id: ids[which] });
        times[which]!.push(performance.now() - begun);
      }
    }
    const middle = (values: number[]): number => values.sort((a, b) => a - b)[CALLS / 2]!;
    return [middle(times[0]), middle(times[1])];
  };

  it('get the same bytes, and take the same time within a fifth', async () => {
    expect(await la.askRaw(OBJECT, { id: hidden })).toBe(await la.askRaw(OBJECT, { id: randomUUID() }));
    await medians(); // until everything is warm
    const apart: number[] = [];
    // A machine that is busy for a moment may tell apart what is alike; it does not make alike, three times over, what is not.
    while (apart.length < 3 && !apart.some((share) => share <= 0.2)) {
      const [a, b] = await medians();
      apart.push(Math.abs(a - b) / b);
    }
    expect(Math.min(...apart)).toBeLessThanOrEqual(0.2);
  }, 120_000);
});

describe('threats 4 a foreign id in the middle of a list', () => {
  const draft = (): object => {
    const { ref: _, ...body } = anAlertBody();
    return body;
  };

  it('among the addressees: that one alone is refused where each gets an object of its own', async () => {
    const community = await t.community([vn, th]);
    const to = ['VN-CUS', community, 'TH-CUS'];
    const input = { to, handling: aHandling(agreement), body: draft() };
    const { data } = await la.ask<ComposedAnswer>(COMPOSE_ALERT, { input });
    expect(data!.composeAlert.map(({ to: [each], text }) => [each, text !== null])).toEqual([
      ['VN-CUS', true],
      [community, false],
      ['TH-CUS', true],
    ]);
    // And of another unit's community no more is told than of none.
    const [, refused] = data!.composeAlert;
    const none = `community:${randomUUID()}`;
    const missing = await la.ask<ComposedAnswer>(COMPOSE_ALERT, { input: { ...input, to: [none] } });
    const said = (preview: object, name: string): string => JSON.stringify(preview).replaceAll(name, '<to>');
    expect(said(refused!.preview, community)).toBe(said(missing.data!.composeAlert[0]!.preview, none));
  });

  it('among the addressees of a signed object: all is refused', async () => {
    const community = await t.community([vn, th]);
    const before = await fingerprint(t.database);
    const to = ['TH-CUS', 'VN-CUS', community].sort();
    const answer = await submitText(la, await signAs(la.signing, anAlert(la, to, agreement)));
    expect([answer.data, verdictOf(answer)]).toEqual([
      null,
      expect.stringMatching(/^BAD_USER_INPUT.*\/to\/2 ADDRESSEE/),
    ]);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('among attachments: all is refused, composed or signed', async () => {
    const digests = [];
    for (const [party, name] of [
      [la, 'one'],
      [vn, 'foreign'],
      [la, 'two'],
    ] as const) {
      digests.push(await upload(t, party, aPdf(`% ${name} ${randomUUID()}\n`), 'application/pdf'));
    }
    const before = await fingerprint(t.database);
    const input = { to: ['VN-CUS'], handling: aHandling(agreement), body: draft(), attachments: digests };
    const composed = await la.ask(COMPOSE_ALERT, { input });
    expect([composed.data ?? null, verdictOf(composed)]).toEqual([null, 'BAD_USER_INPUT//attachments/1 attachment']);
    const attachments = digests.map((each) => ({ sha256: each, size: '1', mediaType: 'application/pdf' }));
    const signed = await submitText(la, await signAs(la.signing, anAlert(la, ['VN-CUS'], agreement, { attachments })));
    expect([signed.data, verdictOf(signed)]).toEqual([null, expect.stringMatching(/^BAD_SIGNED_OBJECT\/ATTACHMENT/)]);
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('threats 13 the ids in an answer', () => {
  const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const EVERYTHING = `{ inbox(first: 100) { nodes { id digest request { ref } alert { state } } }
    changes(first: 100) { changes { act objectId object { id } } } me { communities { id } } }`;

  it('can be opened, or were told by a tombstone or the signed text itself', async () => {
    const community = await t.community([vn, th]);
    const before = await composeAndSubmit(vn, { to: [community], agreement });
    await t.database.sql(
      `INSERT INTO hub.membership (audience_id, agency_id, since_seq) SELECT audience_id, 'LA-CUS',
         (SELECT last_value + 1 FROM hub.object_seq_seq) FROM hub.community WHERE 'community:' || id = $1`,
      [community],
    );
    const after = await composeAndSubmit(vn, { to: [community], agreement, supersedes: before.id });
    const gone = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement });
    await recall(vn, gone.id);

    await untilFeedIsComplete(t.database);
    const { changes, ...lists } = (await la.ask<Record<string, object>>(EVERYTHING)).data!;
    const acts = (changes as unknown as { changes: { act: string; objectId: string }[] }).changes;
    const tombstones = acts.filter(({ act }) => act !== 'RELEASED').map(({ objectId }) => objectId);
    expect(tombstones).toEqual([gone.id]);
    const communities = JSON.stringify(lists['me']).match(UUIDS)!;
    const ids = new Set([...JSON.stringify(lists).match(UUIDS)!, ...JSON.stringify(changes).match(UUIDS)!]);
    for (const id of ids) {
      if (tombstones.includes(id) || communities.includes(id)) continue;
      expect([id, verdictOf(await la.ask('query($id: ID!) { object(id: $id) { id } }', { id }))]).toEqual([
        id,
        'accepted',
      ]);
    }
    expect(ids).toContain(after.id);
    expect(ids).not.toContain(before.id);
    expect(ids).not.toContain(hidden);
  });
});

/** What has opened other programs: SQL, NoSQL, shells, paths, formats and nothing at all. */
const INJECTIONS = [
  `'`,
  `''`,
  `' OR '1'='1`,
  `' OR 1=1 --`,
  `'; DROP TABLE hub.object; --`,
  `') UNION SELECT text FROM hub.object --`,
  `1; SELECT pg_sleep(5)`,
  `$$; SELECT 1; $$`,
  `E'\\x27'`,
  `\\'; SELECT 1 --`,
  `%27%20OR%201=1`,
  `" OR ""="`,
  `id::text`,
  `title DESC, (SELECT 1)`,
  `hub.object.text`,
  `../../etc/passwd`,
  `\u0000`,
  `a\u0000b`,
  `%s%n`,
  `x{"$gt":""}`,
  'x'.repeat(10_000),
];

describe('D17 and threats 40 SQL in every text', () => {
  const LIST = `query($kind: String, $after: String, $field: LookUpField!, $value: String!) {
    inbox(kind: $kind, after: $after, lookUp: { field: $field, value: $value }) { nodes { id } } }`;
  const KIND = 'query($kind: String) { inbox(kind: $kind) { nodes { id } } }';
  /** Every place for a text, with one that is as wrong, or finds as little, as the injections should. */
  const PLACES: Record<string, { query: string; variables: (text: string) => object; harmless: string }> = {
    'the id of an object': {
      query: 'query($id: ID!) { object(id: $id) { id } }',
      variables: (id) => ({ id }),
      harmless: 'nothing',
    },
    'the id of an alert': {
      query: 'query($id: ID!) { alert(id: $id) { id } }',
      variables: (id) => ({ id }),
      harmless: 'nothing',
    },
    'the id of a request': {
      query: 'query($id: ID!) { request(id: $id) { id } }',
      variables: (id) => ({ id }),
      harmless: 'nothing',
    },
    'the id of what was opened': {
      query: 'query($id: ID!) { objectAccess(id: $id) { nodes { at } } }',
      variables: (id) => ({ id }),
      harmless: 'nothing',
    },
    'an agency': {
      query: 'query($agency: ID!) { keySets(agency: $agency) }',
      variables: (agency) => ({ agency }),
      harmless: 'ZZ-NONE',
    },
    'a kind': { query: KIND, variables: (kind) => ({ kind }), harmless: 'no kind' },
    'a page mark': {
      query: 'query($after: String) { outbox(after: $after) { nodes { id } } }',
      variables: (after) => ({ after }),
      harmless: 'nothing',
    },
    'a place in the feed': {
      query: 'query($after: String) { changes(after: $after) { endCursor } }',
      variables: (after) => ({ after }),
      harmless: 'nothing',
    },
    'a partner': {
      query: LIST,
      variables: (value) => ({ field: 'PARTNER', value }),
      harmless: 'no partner',
    },
    'a reference': {
      query: LIST,
      variables: (value) => ({ field: 'REFERENCE', value }),
      harmless: 'no reference',
    },
    'a container': {
      query: LIST,
      variables: (value) => ({ field: 'CONTAINER', value }),
      harmless: 'no container',
    },
    'a signed object': {
      query: 'mutation($object: String!) { submit(object: $object) { id } }',
      variables: (object) => ({ object }),
      harmless: 'nothing',
    },
    'a key set': {
      query: 'mutation($keySet: String!) { publishKeySet(keySet: $keySet) { seq } }',
      variables: (keySet) => ({ keySet }),
      harmless: 'nothing',
    },
  };

  it.each(Object.keys(PLACES))('makes no difference as %s', async (name) => {
    const { query, variables, harmless } = PLACES[name]!;
    const before = await fingerprint(t.database);
    const expected = await la.askRaw(query, variables(harmless));
    expect(expected).toMatch(/"(NOT_FOUND|BAD_USER_INPUT|BAD_SIGNED_OBJECT)"/);
    for (const text of INJECTIONS) {
      expect([text.slice(0, 40), await la.askRaw(query, variables(text))]).toEqual([text.slice(0, 40), expected]);
    }
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('names no field to look up, to order or to group by', async () => {
    for (const field of ['TITLE', 'container', 'seq', 'id; DROP TABLE hub.object', '__proto__', 'constructor', '']) {
      const answer = await la.ask(LIST, { field, value: 'x' });
      expect([field, answer.data ?? null, verdictOf(answer)]).toEqual([field, null, 'BAD_REQUEST']);
    }
    for (const argument of ['orderBy: "id"', 'sort: "id"', 'filter: { id: "x" }', 'groupBy: "from"', 'where: {}']) {
      expect(verdictOf(await la.ask(`{ inbox(${argument}) { nodes { id } } }`))).toBe('BAD_REQUEST');
    }
  });

  it('is kept as text in the texts of an alert', async () => {
    for (const text of INJECTIONS.filter((each) => !each.includes('\u0000') && each.length < 100)) {
      const body = { ...anAlertBody({ ref: aReference('LA') }), title: `About ${text} and more` };
      const sent = anAlert(la, ['VN-CUS'], agreement, { body: body as never });
      const answer = await submitText(la, await signAs(la.signing, sent));
      expect([text, verdictOf(answer)]).toEqual([text, 'accepted']);
      const read = await vn.ask<{ object: { title: string } }>('query($id: ID!) { object(id: $id) { title } }', {
        id: sent.id,
      });
      expect(read.data!.object.title).toBe(body.title);
    }
  });
});

describe('threats 48 an id', () => {
  const OBJECT = 'query($id: ID!) { object(id: $id) { id } }';

  it('of an object is compared as it is written: in another case or form it is none', async () => {
    const forms = (id: string): string[] => [
      id.toUpperCase(),
      `{${id}}`,
      id.replaceAll('-', ''),
      ` ${id}`,
      `${id}\n`,
      `urn:uuid:${id}`,
      `${id}\u200b`,
      id.replace(/\d/, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ];
    expect(verdictOf(await la.ask(OBJECT, { id: open }))).toBe('accepted');
    for (const [i, form] of forms(open).entries()) {
      const answer = await la.askRaw(OBJECT, { id: form });
      expect([form, answer]).toEqual([form, await la.askRaw(OBJECT, { id: forms(randomUUID())[i] })]);
      expect(answer).toContain('BAD_USER_INPUT');
    }
  });

  it('of an agency or a unit is compared by code point', async () => {
    const KEY_SETS = 'query($agency: ID!) { keySets(agency: $agency) }';
    const missing = await la.askRaw(KEY_SETS, { agency: 'ZZ-NONE' });
    expect(missing).toContain('NOT_FOUND');
    for (const agency of [
      'vn-cus',
      'VN-cus',
      'VN-CUS ',
      'VN–CUS',
      'ＶＮ-CUS',
      'VN-CUS\u200b',
      'VN-CUЅ',
      'VN\u00adCUS',
    ]) {
      expect([agency, await la.askRaw(KEY_SETS, { agency })]).toEqual([agency, missing]);
      const answer = await submitText(la, await signAs(la.signing, anAlert(la, [agency], agreement)));
      expect([agency, answer.data, verdictOf(answer)]).toEqual([agency, null, expect.stringMatching(/^BAD_/)]);
    }
  });

  it('of a file is compared as it is written', async () => {
    const pdf = aPdf(`% ${randomUUID()}\n`);
    const digest = await upload(t, vn, pdf, 'application/pdf');
    const { id } = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement, attachments: [digest] });
    expect(digest).toBe(sha256(pdf));
    const get = async (path: string): Promise<number> => (await la.send(path, { method: 'GET' })).status;
    expect(await get(`/files/${id}/${digest}`)).toBe(200);
    for (const path of [`${id.toUpperCase()}/${digest}`, `${id}/${digest.toUpperCase()}`, `${id}/${digest}%00`]) {
      expect([path, await get(`/files/${path}`)]).toEqual([path, 404]);
    }
  });
});
