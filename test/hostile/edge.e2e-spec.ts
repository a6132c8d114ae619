import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentId } from '../../src/edge/trusted-documents.js';
import { tokenRequest } from '../../src/cli/sign-in.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import { aSignedIn, Browser } from '../support/browser.js';
import { withoutServerTime } from '../support/server-time.js';
import { TestSocket } from '../support/socket.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { anAlert, fingerprint, signAs, submitText, SUBMIT_TEXT, verdictOf } from './hostile.js';

/**
 * What is refused before anything is looked at: rows G1 to G32 of the hostile inputs, as far as they concern documents, bodies and
 * connections, and what a caller may do in a minute. What a resolver refuses (G12, G13, G25, G26) stands in access.e2e-spec.ts, documents
 * (G14) in documents.e2e-spec.ts, texts (G27 to G29) in texts.e2e-spec.ts.
 */

let t: TestHub;
let vn: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
});
afterAll(() => t.stop());

type Headers = Record<string, string>;
interface Reply {
  status: number;
  headers: globalThis.Headers;
  text: string;
}

async function send(
  hub: TestHub,
  party: Party | null,
  body: string | Uint8Array,
  headers: Headers = {},
): Promise<Reply> {
  const request = { headers: { 'content-type': 'application/json', ...headers } as Headers, body: body as string };
  const response = party
    ? await party.send('/graphql', request)
    : await fetch(`${hub.url}/graphql`, { method: 'POST', ...request });
  return { status: response.status, headers: response.headers, text: withoutServerTime(await response.text()) };
}

/** Status, code and finer code of every error, each once; `answered` for an answer without error. */
function outcome({ status, text }: Reply): string {
  const { errors = [] } = JSON.parse(text) as { errors?: { extensions: Record<string, unknown> }[] };
  if (errors.length === 0) return `${status} answered`;
  const each = errors.map(({ extensions: { code, sub, problems } }) => {
    const rules = (problems as { rule: string }[] | undefined)?.map(({ rule }) => rule);
    return [code, sub, rules?.join()].filter(Boolean).join('/');
  });
  return `${status} ${[...new Set(each)].sort().join(' ')}`;
}

const post = async (body: string | Uint8Array, headers: Headers = {}): Promise<string> =>
  outcome(await send(t, vn, body, headers));
const ask = (query: string, rest: object = {}): Promise<string> => post(JSON.stringify({ query, ...rest }));
const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

describe('a document', () => {
  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Alert") { fields { name } } }',
    'query { ...F } fragment F on Query { s: __schema { queryType { name } } }',
    '{\n#\n__schema\n{queryType{name}}}',
    '{__schema\t,,,{types{name}}}',
    '{ a: __type (name : "Query") @include(if: true) { ... on __Type { fields { name } } } }',
    'query I @skip(if: false) { __typename ...on Query { __schema { directives { name } } } }',
  ])('G1, threats 27 does not learn the schema: %s', async (query) => {
    const reply = await send(t, vn, JSON.stringify({ query }));
    expect([outcome(reply), reply.text.includes('"name"')]).toEqual(['400 BAD_REQUEST', false]);
  });

  it('threats 27 learns it on no other way either', async () => {
    const query = '{ __schema { types { name } } }';
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
    for (const body of [[{ query }], { query, extensions: { persistedQuery } }, { documentId: documentId(query) }]) {
      const reply = await send(t, vn, JSON.stringify(body));
      expect(outcome(reply)).toMatch(/^(200 BAD_REQUEST|400 BAD_REQUEST|400 DOCUMENT_NOT_TRUSTED)$/);
      expect(reply.text).not.toContain('"name"');
    }
    const address = `${t.url}/graphql?query=${encodeURIComponent(query)}`;
    expect((await fetch(address, { headers: { 'x-liaison-csrf': '1' } })).status).toBe(405);
    expect((await fetch(`${t.url}/schema.graphql`)).status).toBe(401);
  });

  it('threats 28 of 10 000 fields is refused in a tenth of a second', async () => {
    const query = `{ ${times(10_000, (i) => `a${i}`)} }`;
    const took: number[] = [];
    // The quickest of a few: the machine has other things to do.
    while (took.length < 25 && !took.some((ms) => ms < 100)) {
      const begun = performance.now();
      expect(await ask(query)).toBe('400 BAD_REQUEST');
      took.push(performance.now() - begun);
    }
    expect(Math.min(...took)).toBeLessThan(100);
  });

  it('threats 30 finds no page to play on, nor a way round POST and JSON', async () => {
    for (const path of ['/graphql', '/graphiql', '/playground', '/graphql/', '/altair', '/voyager']) {
      const response = await fetch(`${t.url}${path}`, { headers: { accept: 'text/html' } });
      expect([404, 405]).toContain(response.status);
      expect([path, await response.text()]).toEqual([path, expect.not.stringMatching(/<html|graphiql|sandbox/i)]);
    }
  });

  it('G2, threats 28 is at most 12 levels deep, also through fragments and in a circle of them', async () => {
    const deep = (levels: number): string => '{ a '.repeat(levels) + '}'.repeat(levels);
    expect(await ask(deep(12))).toBe('400 BAD_REQUEST');
    expect(await ask(deep(13))).toBe('400 BAD_REQUEST LIMIT_EXCEEDED/DEPTH');
    const chain = `{ ...F0 } ${times(6, (i) => `fragment F${i} on Query { a { a { a { ...F${i + 1} } } } }`)}
      fragment F6 on Query { a }`;
    expect(await ask(chain)).toBe('400 BAD_REQUEST LIMIT_EXCEEDED/DEPTH');
    const circle = '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }';
    expect(await ask(circle)).toBe('400 BAD_REQUEST');
  });

  it('G3 has at most 10 aliases, counted as often as they are spread', async () => {
    expect(await ask(`{ ${times(10, (i) => `a${i}: __typename`)} }`)).toBe('200 answered');
    expect(await ask(`{ ${times(50, (i) => `a${i}: __typename`)} }`)).toBe('400 LIMIT_EXCEEDED/ALIASES');
    const spread = `{ ${times(50, () => '...F')} } fragment F on Query { a: __typename }`;
    expect(await ask(spread)).toBe('400 LIMIT_EXCEEDED/ALIASES');
  });

  it('G4, threats 28 has at most 10 directives, 1000 tokens and 2000 selections', async () => {
    expect(await ask(`{ ${times(10, () => '__typename @skip(if: false)')} }`)).toBe('200 answered');
    expect(await ask(`{ ${times(150, () => '__typename @skip(if: false)')} }`)).toBe('400 BAD_REQUEST');
    expect(await ask(`{ ${times(11, () => '__typename @skip(if: false)')} }`)).toBe('400 LIMIT_EXCEEDED/DIRECTIVES');
    expect(await ask(`{ ${times(20_000, () => '__typename')} }`)).toBe('400 BAD_REQUEST');
    const doubling = `{ ...F0 } ${times(12, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)}
      fragment F12 on Query { __typename }`;
    expect(await ask(doubling)).toBe('400 LIMIT_EXCEEDED/SELECTIONS');
  });

  it('G5 of 240 overlapping fields is refused for its cost, and soon', async () => {
    await ask('{ __typename }');
    const begun = performance.now();
    expect(await ask(`{ inbox(first: 100) { nodes { ${times(240, () => 'from')} } } }`)).toBe(
      '400 LIMIT_EXCEEDED/COST',
    );
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  it.each([
    '{ inbx { nodes { id } } }',
    '{ inbox(frist: 1) { nodes { id } } }',
    '{ inbox { nodes { titel } } }',
    'query($x: Alrt) { __typename }',
  ])('G11 with a wrong name gets no suggestion: %s', async (query) => {
    const reply = await send(t, vn, JSON.stringify({ query }));
    expect([outcome(reply), /did you mean/i.test(reply.text)]).toEqual(['400 BAD_REQUEST', false]);
  });

  it('G16 of two operations runs neither without a name, nor one that is not there', async () => {
    const query = 'query A { me { agency } } query B { me { unit } }';
    expect(await ask(query)).toBe('400 BAD_REQUEST');
    expect(await ask(query, { operationName: 'C' })).toBe('400 BAD_REQUEST');
    expect(await ask(query, { operationName: 'B' })).toBe('200 answered');
  });

  it.each(['{ ... @defer { __typename } }', '{ inbox { nodes @stream { id } } }'])(
    'G19 cannot come in pieces: %s',
    async (query) => {
      expect(await ask(query)).toBe('400 BAD_REQUEST');
    },
  );

  it('G20 pays for each __typename like for any other field', async () => {
    const page = (fields: number): string => `{ inbox(first: 100) { nodes { ${times(fields, () => '__typename')} } } }`;
    expect(await ask(page(40))).toBe('200 answered');
    expect(await ask(page(60))).toBe('400 LIMIT_EXCEEDED/COST');
  });

  it('G20 pays for the page that a variable asks for', async () => {
    const query = `query($first: Int!) { inbox(first: $first) { nodes { ${times(60, () => 'id')} } } }`;
    expect(await ask(query, { variables: { first: 20 } })).toBe('200 answered');
    expect(await ask(query, { variables: { first: 100 } })).toBe('400 LIMIT_EXCEEDED/COST');
  });

  it('G32 has one mutation, and none is tried before the others are refused', async () => {
    const before = await fingerprint(t.database);
    const object = await signAs(vn.signing, anAlert(vn, ['TH-CUS'], 'none'));
    const variables = { object };
    const two = 'mutation($object: String!) { a: submit(object: $object) { id } b: submit(object: $object) { id } }';
    expect(await ask(two, { variables })).toBe('400 LIMIT_EXCEEDED/MUTATIONS');
    const spread =
      'mutation($object: String!) { ...F } fragment F on Mutation { submit(object: $object) { id } publishKeySet(keySet: "") { seq } }';
    expect(await ask(spread, { variables })).toBe('400 LIMIT_EXCEEDED/MUTATIONS');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('a body', () => {
  it('G6 is no batch', async () => {
    expect(await post(JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]))).toBe(
      '400 BAD_REQUEST',
    );
  });

  it('G7, threats 30 comes by POST alone, however the address is written', async () => {
    const before = await fingerprint(t.database);
    for (const query of ['{ me { agency } }', 'mutation { submit(object: "x") { id } }']) {
      for (const headers of [{}, { 'x-liaison-csrf': '1' }] as Headers[]) {
        for (const method of ['GET', 'OPTIONS']) {
          const response = await fetch(`${t.url}/graphql?query=${encodeURIComponent(query)}`, {
            method,
            headers: { ...(await vn.headersFor(method, '/graphql')), ...headers },
          });
          expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
          expect(await response.text()).toContain('"BAD_REQUEST"');
        }
      }
    }
    expect(
      (await fetch(`${t.url}/%67raphql?query=%7B__typename%7D`, { headers: { 'x-liaison-csrf': '1' } })).status,
    ).toBe(405);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it.each([
    ['text/plain', '{ "query": "{ me { agency } }" }'],
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent('{ me { agency } }')}`],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--\r\n',
    ],
    ['application/graphql', '{ me { agency } }'],
    ['application/json+x', '{ "query": "{ me { agency } }" }'],
  ])('G8, threats 30 is no %s', async (type, body) => {
    expect(await post(body, { 'content-type': type })).toBe('415 BAD_REQUEST');
  });

  it('G9 is at most 2 MB, and not compressed', async () => {
    const query = (size: number): string => JSON.stringify({ query: `# ${'x'.repeat(size)}\n{ __typename }` });
    expect(await post(query(1024 * 1024))).toBe('200 answered');
    expect(await post(query(2 * 1024 * 1024))).toBe('413 BAD_REQUEST');
    const bomb = gzipSync(query(50 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await post(bomb, { 'content-encoding': 'gzip' })).toBe('415 BAD_REQUEST');
    expect(await post(bomb)).toBe('400 BAD_REQUEST');
  });

  it('G9 is at most 64 kB of whoever has not signed in, to whatever address', async () => {
    const body = (size: number): string => JSON.stringify({ x: 'x'.repeat(size) });
    const statusOf = async (path: string, size: number, headers: Headers = {}): Promise<number> => {
      const chunks = new Blob([body(size)]).stream();
      const sent = Object.keys(headers).length > 0 ? { body: chunks, duplex: 'half' } : { body: body(size) };
      const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, ...sent };
      return (await fetch(`${t.url}${path}`, request as RequestInit)).status;
    };
    for (const path of ['/graphql', '/sign-in', '/enrol', '/nowhere']) {
      expect(await statusOf(path, 60_000)).toBeLessThan(413);
      expect([path, await statusOf(path, 70_000)]).toEqual([path, 413]);
      expect([path, await statusOf(path, 70_000, { 'x-length': 'not told' })]).toEqual([path, 413]);
    }
    const valued = async (values: number): Promise<number> =>
      (
        await fetch(`${t.url}/sign-in`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ a: Array.from({ length: values }, () => 1) }),
        })
      ).status;
    expect(await valued(100)).toBeLessThan(413);
    expect(await valued(1_100)).toBe(413);
  });

  it('G10 is UTF-8', async () => {
    const body = '{ "query": "{ __typename }" }';
    expect(await post(body, { 'content-type': 'application/json; charset=UTF-8' })).toBe('200 answered');
    for (const charset of ['utf-16', 'evil', 'utf-7', 'utf-8; charset=utf-16']) {
      expect(await post(body, { 'content-type': `application/json;charset=${charset}` })).toBe('415 BAD_REQUEST');
    }
    expect(await post(Buffer.from(body, 'utf16le'))).toBe('400 BAD_REQUEST');
    expect(await post(Buffer.from('{ "query": "{ __typename } # \xFF" }', 'latin1'))).toBe('400 BAD_REQUEST');
    expect(await post(`\uFEFF${body}`)).toBe('400 BAD_REQUEST');
  });

  it('G15 names no stored document', async () => {
    const persistedQuery = { version: 1, sha256Hash: '0'.repeat(64) };
    const reply = await send(t, vn, JSON.stringify({ query: '{ me { agency } }', extensions: { persistedQuery } }));
    expect(outcome(reply)).toBe('200 BAD_REQUEST');
    expect(reply.text).not.toContain('VN-CUS');
  });

  it('G17 has no deep nesting, no long list and no variable that the operation does not declare', async () => {
    const nested = (levels: number): string =>
      `{"query":"{ __typename }","variables":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    expect(await post(nested(18))).toBe('400 BAD_USER_INPUT/unknown');
    expect(await post(nested(19))).toBe('400 BAD_USER_INPUT/depth');
    expect(await post(nested(5_000))).toBe('400 BAD_USER_INPUT/depth');
    expect(await post(nested(500_000))).toBe('400 BAD_USER_INPUT/values');
    const list = (items: number): Promise<string> =>
      ask('query($a: [ID!]) { __typename }', { variables: { a: Array.from({ length: items }, () => 1) } });
    expect(await list(201)).toBe('400 BAD_USER_INPUT/list');
    expect(await list(19_000)).toBe('400 BAD_USER_INPUT/list');
    expect(await list(1_000_000)).toBe('400 BAD_USER_INPUT/values');
    expect(await ask(`{ inbox(kind: [${'"a" '.repeat(201)}]) { nodes { id } } }`)).toBe(
      '400 BAD_REQUEST LIMIT_EXCEEDED/LIST',
    );
    expect(
      await ask('query($first: Int) { inbox(first: $first) { nodes { id } } }', { variables: { first: 1, frist: 2 } }),
    ).toBe('400 BAD_USER_INPUT/unknown');
  });

  it('G17 is answered shortly, however many variables there are that nobody asked for', async () => {
    const variables = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${i}`.repeat(20), i]));
    const reply = await send(t, vn, JSON.stringify({ query: '{ __typename }', variables }));
    expect(outcome(reply)).toBe(`400 BAD_USER_INPUT/${Array<string>(10).fill('unknown').join(',')}`);
    expect(reply.text.length).toBeLessThan(4_000);
  });

  it('G17 does not repeat a wrong value of a variable', async () => {
    for (const value of ['SECRET-4711', { SECRET: 4711 }, ['SECRET']]) {
      const reply = await send(
        t,
        vn,
        JSON.stringify({
          query: 'query($first: Int!) { inbox(first: $first) { nodes { id } } }',
          variables: { first: value },
        }),
      );
      expect([outcome(reply), reply.text.includes('SECRET')]).toEqual(['400 BAD_REQUEST', false]);
    }
  });

  it('G18 changes no prototype', async () => {
    const polluted = '{"polluted":"yes"}';
    expect(await post(`{"query":"{ __typename }","__proto__":${polluted}}`)).toBe('400 BAD_USER_INPUT/name');
    expect(await post(`{"query":"{ __typename }","variables":{"a":[{"__proto__":${polluted}}]}}`)).toBe(
      '400 BAD_USER_INPUT/name',
    );
    expect(await post(`{"query":"{ __typename }","variables":{"\\u005f_proto__":${polluted}}}`)).toBe(
      '400 BAD_USER_INPUT/name',
    );
    expect(await post(`{"query":"{ __typename }","variables":{"constructor":{"prototype":${polluted}}}}`)).toBe(
      '400 BAD_USER_INPUT/unknown',
    );
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('G21 has no member twice', async () => {
    const [one, other] = ['{ __typename }', '{ me { agency } }'];
    expect(await post(`{"query":"${one}","query":"${other}"}`)).toBe('400 BAD_USER_INPUT/duplicate');
    expect(await post(`{"query":"${one}","qu\\u0065ry":"${other}"}`)).toBe('400 BAD_USER_INPUT/duplicate');
    const object = 'query($id: ID!) { object(id: $id) { id } }';
    expect(await post(`{"query":"${object}","variables":{"id":"a","id":"b"}}`)).toBe('400 BAD_USER_INPUT/duplicate');
    expect(await post(`{"query":"${one} # \\":\\" \\\\","operationName":null,"variables":{}}`)).toBe('200 answered');
  });

  it.each(['', 'null', '"x"', '1', '{', '{}', '{"query":1}', '{"query":null}'])(
    'that is no request is refused: %s',
    async (body) => {
      expect(await post(body)).toBe('400 BAD_REQUEST');
    },
  );

  it('of the sign-in is at most 56 kB', async () => {
    const response = await fetch(`${t.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'x'.repeat(100_000) }),
    });
    expect([response.status, await response.json()]).toEqual([
      413,
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) })] },
    ]);
  });
});

describe('every answer', () => {
  it.each([
    ['GraphQL', 'POST', '/graphql'],
    ['a refused method', 'GET', '/graphql'],
    ['the sign-in, which writes its own', 'POST', '/oidc/token'],
    ['health', 'GET', '/healthz'],
    ['the front page', 'GET', '/'],
    ['its style', 'GET', '/demo/front-page.css'],
    ['nothing', 'GET', '/nowhere'],
    ['the sign-in page', 'GET', '/sign-in'],
    ['an address that cannot be decoded', 'GET', '/%'],
    ['an address that is too long', 'GET', `/files/${'a'.repeat(300)}/b`],
    ['a bad token', 'GET', '/schema.graphql'],
  ])('tells browsers to be strict: %s', async (_, method, path) => {
    const headers: Headers = path === '/schema.graphql' ? { authorization: 'Bearer x' } : {};
    const response = await fetch(`${t.url}${path}`, { method, headers });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it.each(['/%', '/files/%ff/x', `/files/${'SECRET'.repeat(50)}/b`])(
    'G12 names neither the address nor the library: %s',
    async (path) => {
      const response = await fetch(`${t.url}${path}`);
      const text = withoutServerTime(await response.text());
      expect([response.status, JSON.parse(text)]).toEqual([
        path.includes('SECRET') ? 414 : 400,
        {
          errors: [
            {
              message: 'The address of the request is not valid.',
              extensions: { code: 'BAD_REQUEST', retryable: false },
            },
          ],
        },
      ]);
    },
  );

  it('13.4.4 is no echo: TRACE is answered like a route that does not exist', async () => {
    const { hostname, port } = new URL(t.url);
    const socket = connect(Number(port), hostname);
    socket.write('TRACE /healthz HTTP/1.1\r\nhost: x\r\nx-secret: echo-me\r\nconnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).not.toContain('echo-me');
  });

  it('of GraphQL is kept by no cache and read by no other origin', async () => {
    const { headers } = await send(t, vn, '{ "query": "{ me { agency } }" }', { origin: 'https://elsewhere.example' });
    expect([headers.get('cache-control'), headers.get('access-control-allow-origin')]).toEqual(['no-store', null]);
  });

  it('G22 is not changed by headers that speak of another method', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-http-method': 'PUT', 'x-method-override': 'PATCH' };
    expect(await post('{ "query": "{ __typename }" }', headers)).toBe('200 answered');
    const response = await fetch(`${t.url}/graphql?query=%7B__typename%7D`, {
      headers: { 'x-http-method-override': 'POST' },
    });
    expect(response.status).toBe(405);
  });
});

const ME_OF = '{ me { agency } }';

/** Limits that a few requests reach. */
const FEW = {
  POINTS_PER_MINUTE: '10000',
  CONCURRENT_OPERATIONS: '3',
  NOT_FOUND_PER_MINUTE: '20',
  BAD_SIGNATURES_PER_MINUTE: '5',
  FAILED_SIGN_INS_PER_MINUTE: '20',
  FAILED_TOKENS_PER_MINUTE: '20',
  FAILED_ENROLMENTS_PER_MINUTE: '10',
};

/** That the answer asks to wait, within the error and in the header of HTTP. */
function expectRateLimited(reply: Reply): void {
  expect(outcome(reply)).toBe('429 RATE_LIMITED');
  const { errors } = JSON.parse(reply.text) as { errors: { message: string; extensions: { retryAfter: number } }[] };
  const [{ message, extensions }] = errors as [(typeof errors)[0]];
  expect(extensions).toEqual({ code: 'RATE_LIMITED', retryable: true, retryAfter: expect.any(Number) });
  expect(extensions.retryAfter).toBeGreaterThanOrEqual(1);
  expect(extensions.retryAfter).toBeLessThanOrEqual(60);
  expect(reply.headers.get('retry-after')).toBe(String(extensions.retryAfter));
  expect(message).toContain(String(extensions.retryAfter));
}

describe('within a minute', () => {
  let few: TestHub;
  let lavish: Party;
  let busy: Party;
  let curious: Party;
  let forger: Party;
  let honest: Party;
  let reader: Party;
  let careless: Party;
  let wordy: Party;
  let agreement: string;
  beforeAll(async () => {
    few = await startTestHub(FEW);
    [lavish, busy, curious, forger, honest] = [
      await few.enrol('VN-CUS-AS'),
      await few.enrol('TH-CUS-LCB'),
      await few.enrol('LA-CUS-HQ'),
      await few.enrol('KH-CUS-HQ'),
      await few.enrol('PH-CUS-INV'),
    ];
    const units = Array.from({ length: 500 }, (_, i) => ({
      id: `MY-CUS-U${i}`,
      kind: 'ANTI_SMUGGLING' as const,
      nameEn: `Unit ${i}`,
      nameVi: `Đơn vị ${i}`,
    }));
    reader = await few.enrol('MY-CUS-HQ', { units });
    careless = await few.enrol('SG-CUS-HQ');
    wordy = await few.enrol('ID-CUS-HQ');
    for (const party of [lavish, busy, curious, forger, honest, reader, careless, wordy])
      await party.headersFor('GET', '/healthz');
    agreement = await few.agree([forger, honest]);
  });
  afterAll(() => few.stop());

  const of = (party: Party | null, query: string, variables: object = {}): Promise<Reply> =>
    send(few, party, JSON.stringify({ query, variables }));
  const ME = '{ me { agency } }';
  const OBJECT = 'query($id: ID!) { object(id: $id) { id } }';

  /** Asks again and again until it is refused for the caller's budget; gives how often it was answered. */
  const askUntilRefused = async (
    party: Party | null,
    query: (i: number) => string,
    answer: string,
  ): Promise<number> => {
    for (let i = 0; i < 100; i += 1) {
      const reply = await of(party, query(i));
      if (reply.status === 429) {
        expectRateLimited(reply);
        return i;
      }
      expect(outcome(reply)).toBe(answer);
    }
    throw new Error('It was never refused');
  };

  it('a caller has so many points and no more, and others have theirs', async () => {
    const page = `{ inbox(first: 100) { nodes { ${times(40, () => 'id')} } } }`; // 4111 points
    expect(await askUntilRefused(lavish, () => page, '200 answered')).toBe(2);
    expectRateLimited(await of(lavish, ME));
    expect(outcome(await of(honest, ME))).toBe('200 answered');
  });

  it('a caller pays for what an answer held beyond its estimate', async () => {
    const query = '{ agencies { units { id nameEn nameVi kind } } }'; // estimated at 140 points
    const answered = await askUntilRefused(reader, () => query, '200 answered');
    expect(answered).toBeGreaterThanOrEqual(1);
    expect(answered).toBeLessThanOrEqual(4);
  });

  it('a caller pays for bodies before they are read, also where nothing is', async () => {
    const body = JSON.stringify({ a: Array.from({ length: 150 }, () => Array.from({ length: 100 }, () => 1)) }); // about 1,530 points
    let answered = 0;
    for (; answered < 100; answered += 1) {
      const response = await wordy.send('/nowhere', { headers: { 'content-type': 'application/json' }, body });
      if (response.status === 429) break;
      expect(response.status).toBe(404);
    }
    expect(answered).toBe(6);
  });

  it('a caller pays for reading documents, also for bad ones', async () => {
    const bad = (i: number): string => `{ ${times(60, (j) => `nothing${i}x${j}`)} }`;
    expect(await askUntilRefused(careless, bad, '400 BAD_REQUEST')).toBeLessThanOrEqual(4);
    expectRateLimited(await of(careless, ME));
  });

  it('an address has points too, without sign-in', async () => {
    expect(outcome(await of(null, '{ __typename }'))).toBe('200 answered');
    expectRateLimited(await of(null, `{ ${times(450, () => '__typename')} }`));
    expectRateLimited(await of(null, '{ __typename }'));
    expect(outcome(await of(honest, ME))).toBe('200 answered');
  });

  it('so many operations of a caller run at once', async () => {
    const waiting = Array.from({ length: 3 }, () => of(busy, '{ changes(waitSeconds: 2) { endCursor } }'));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expectRateLimited(await of(busy, ME));
    expect(outcome(await of(honest, ME))).toBe('200 answered');
    for (const reply of await Promise.all(waiting)) expect(outcome(reply)).toBe('200 answered');
    expect(outcome(await of(busy, ME))).toBe('200 answered');
  });

  it('D20 a caller tries few random ids, and then not even a good one', async () => {
    const sent = await submitText(honest, await signAs(honest.signing, anAlert(honest, [forger.agency], agreement)));
    const { id } = sent.data!.submit;
    expect(outcome(await of(forger, OBJECT, { id }))).toBe('200 answered');
    for (let i = 0; i < 20; i += 1) {
      expect(outcome(await of(curious, OBJECT, { id: randomUUID() }))).toBe('200 NOT_FOUND');
    }
    const before = await fingerprint(few.database);
    expectRateLimited(await of(curious, OBJECT, { id: randomUUID() }));
    expectRateLimited(await of(curious, OBJECT, { id }));
    expectRateLimited(await of(curious, ME));
    expect(await fingerprint(few.database)).toEqual(before);
    expect(outcome(await of(honest, OBJECT, { id: randomUUID() }))).toBe('200 NOT_FOUND');
  });

  it('a caller has few bad signatures, then no submission is looked at, and still it may read', async () => {
    const good = await signAs(forger.signing, anAlert(forger, [honest.agency], agreement));
    const forged = await signAs(honest.signing, anAlert(forger, [honest.agency], agreement));
    for (let i = 0; i < 5; i += 1) expect(verdictOf(await submitText(forger, forged))).toMatch(/^BAD_SIGNED_OBJECT/);
    const before = await fingerprint(few.database);
    expectRateLimited(await of(forger, SUBMIT_TEXT, { object: forged }));
    expectRateLimited(await of(forger, SUBMIT_TEXT, { object: good }));
    expect(await fingerprint(few.database)).toEqual(before);
    expect(outcome(await of(forger, ME))).toBe('200 answered');
  });

  it('A14, G22, threats 24 an address has few failed sign-ins, whatever X-Forwarded-For says', async () => {
    const signIn = async (body: URLSearchParams, i: number): Promise<Reply> => {
      const response = await fetch(`${few.url}/oidc/${i % 2 === 0 ? 'token' : '%74oken'}`, {
        method: 'POST',
        headers: { 'x-forwarded-for': `203.0.113.${i % 250}`, forwarded: `for=203.0.113.${i % 250}` },
        body,
      });
      return { status: response.status, headers: response.headers, text: withoutServerTime(await response.text()) };
    };
    for (let i = 0; i < 30; i += 1) {
      // Being told a nonce is part of signing in, and no failure.
      await new UnitSession(few.url, honest.unit, honest.client.privateJwk).signIn();
    }
    const memory = process.memoryUsage().rss;
    const forged = await tokenRequest(few.url, honest.unit, forger.client.privateJwk);
    const flood = await Promise.all(Array.from({ length: 300 }, (_, i) => signIn(forged, i)));
    const statuses = Map.groupBy(flood, ({ status }) => status);
    expect(new Set(statuses.keys())).toEqual(new Set([401, 429]));
    expect(statuses.get(401)).toHaveLength(20);
    expectRateLimited(statuses.get(429)![0]!);
    expectRateLimited(await signIn(await tokenRequest(few.url, honest.unit, honest.client.privateJwk), 7));
    expect(process.memoryUsage().rss - memory).toBeLessThan(100 * 1024 * 1024);
    // Who is signed in works on.
    expect(outcome(await of(honest, ME))).toBe('200 answered');
  });
});

describe('an address', () => {
  it('A14, A17 fails few times at passkeys and links as well, however the address is written; pages and sessions go on', async () => {
    const hub = await startTestHub(FEW);
    try {
      const party = await hub.enrol('VN-CUS-AS');
      await party.headersFor('GET', '/healthz');
      const { browser, passkey } = await aSignedIn(hub, party, ['ANALYST']);
      const fail = async (path: string, i: number): Promise<Reply> => {
        const response = await fetch(`${hub.url}${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            origin: hub.url,
            'sec-fetch-site': 'same-origin',
            'x-forwarded-for': `203.0.113.${i}`,
          },
          body: JSON.stringify({ token: randomUUID(), response: {} }),
        });
        return { status: response.status, headers: response.headers, text: withoutServerTime(await response.text()) };
      };
      const [links, passkeys] = [
        ['/enrol/open', '/enrol', '/%65nrol'],
        ['/sign-in', '/%73ign-in', '/step-up'],
      ];
      for (let i = 0; i < 10; i += 1) expect([400, 401, 403]).toContain((await fail(links[i % 3]!, i)).status);
      for (const path of links) expectRateLimited(await fail(path, 99));
      // What went wrong with links keeps nobody from signing in.
      expect((await new Browser(hub.url).signIn(passkey)).status).toBe(200);
      for (let i = 0; i < 20; i += 1) expect([400, 401]).toContain((await fail(passkeys[i % 3]!, i)).status);
      for (const path of passkeys) expectRateLimited(await fail(path, 99));
      await new UnitSession(hub.url, party.unit, party.client.privateJwk).signIn();
      expect((await fetch(`${hub.url}/sign-in`)).status).toBe(200);
      expect((await browser.ask(ME_OF)).errors).toBeUndefined();
      expect(outcome(await send(hub, party, JSON.stringify({ query: ME_OF })))).toBe('200 answered');
    } finally {
      await hub.stop();
    }
  });

  it('D20 is no way round: random ids of files are counted like those of objects, and close sockets too', async () => {
    const hub = await startTestHub({ ...FEW, POINTS_PER_MINUTE: '1000000' });
    try {
      const party = await hub.enrol('VN-CUS-AS');
      const get = async (path: string): Promise<number> => (await party.send(path, { method: 'GET' })).status;
      const random = (): string => `/files/${randomUUID()}/${'0'.repeat(64)}`;
      for (let i = 0; i < 20; i += 1) expect(await get(random())).toBe(404);
      expect(await get(random())).toBe(429);
      expectRateLimited(await send(hub, party, JSON.stringify({ query: ME_OF })));
      const socket = await TestSocket.open(hub.url, await party.headersFor('GET', '/graphql/socket'));
      expect(socket).toBe(429);
    } finally {
      await hub.stop();
    }
  });

  it('that sent no token is told no nonce for its proofs', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const nonceOf = (headers: globalThis.Headers): string | null => headers.get('dpop-nonce');
    expect(nonceOf((await fetch(`${t.url}/healthz`)).headers)).toBeNull();
    expect(nonceOf((await browser.get('/session')).headers)).toBeNull();
    expect(nonceOf((await browser.post('/graphql', {}, { origin: 'null' })).headers)).toBeNull();
    expect(nonceOf((await vn.send('/healthz', { method: 'GET' })).headers)).toMatch(/^[\w-]{43}$/);
    expect(nonceOf((await fetch(`${t.url}/healthz`, { headers: { authorization: 'DPoP x' } })).headers)).not.toBeNull();
  });
});

describe('G31 a connection', () => {
  let hasty: TestHub;
  beforeAll(async () => {
    hasty = await startTestHub({ REQUEST_TIMEOUT_SECONDS: '1' });
  });
  afterAll(() => hasty.stop());

  /** Writes the pieces, one each 200 ms, and gives what came until the server hung up, or for so long. */
  const raw = (
    pieces: readonly string[],
    milliseconds = 6_000,
    { url } = hasty,
  ): Promise<{ text: string; isClosed: boolean }> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      let text = '';
      const socket = connect(Number(port), hostname);
      const end = (isClosed: boolean): void => {
        clearInterval(writing);
        clearTimeout(over);
        socket.destroy();
        resolve({ text, isClosed });
      };
      const left = [...pieces];
      const writing = setInterval(() => {
        const piece = left.shift();
        if (piece !== undefined && socket.writable) socket.write(piece);
      }, 200);
      const over = setTimeout(() => end(false), milliseconds);
      socket.on('data', (bytes) => {
        text += bytes.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => end(true));
    });
  const head = (length: number): string =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`;

  it('that sends a byte now and then is answered 408 and cut off', async () => {
    const body = '{ "query": "{ __typename }" }'.padEnd(60);
    const slowBody = await raw([`${head(body.length)}\r\n`, ...body]);
    expect(slowBody).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 408 [\s\S]*BAD_REQUEST/), isClosed: true });
    const slowHead = await raw([...head(10)]);
    expect(slowHead).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 408 /), isClosed: true });
  });

  it('G9 that says at once that it is too long for a stranger is answered before it has come', async () => {
    const { text } = await raw([`${head(65_537)}\r\n`], 900, t);
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*BAD_REQUEST/);
    expect((await raw([`${head(65_536)}\r\n`], 900, t)).text).toBe('');
  });

  it('whose head takes more than ten seconds is cut off where a body may take its time', async () => {
    const length = 100;
    const begun = performance.now();
    const [slowHead, slowBody] = await Promise.all([
      raw([...head(length)].slice(0, 80), 15_000, t).then((end) => ({
        ...end,
        seconds: (performance.now() - begun) / 1000,
      })),
      raw([`${head(length)}\r\n`, ...' '.repeat(70)], 14_000, t),
    ]);
    expect(slowHead).toMatchObject({ text: expect.stringMatching(/^HTTP\/1\.1 408 /), isClosed: true });
    expect(slowHead.seconds).toBeGreaterThan(9);
    expect(slowBody).toEqual({ text: '', isClosed: false });
  });

  it('with 10 000 headers, or more than 16 kB of them, is answered 431', async () => {
    const many = times(10_000, (i) => `x-${i}: y\r\n`).replaceAll('\r\n ', '\r\n');
    const status = async (headers: string): Promise<string> =>
      (await raw([`GET /healthz HTTP/1.1\r\nhost: x\r\n${headers}\r\n`])).text.slice(9, 12);
    const long = (bytes: number): string => `x-long: ${'y'.repeat(bytes)}\r\n`;
    expect([await status(many), await status(long(17_000)), await status(long(15_000))]).toEqual(['431', '431', '200']);
  });

  it('that wants another protocol is a request like any other, but for WebSockets where there are any', async () => {
    const answer = async (path: string, upgrade: string): Promise<string> =>
      (await raw([`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`])).text;
    for (const upgrade of ['websocket', 'h2c']) expect((await answer('/healthz', upgrade)).slice(9, 12)).toBe('200');
    expect(await answer('/graphql/socket', 'h2c')).toContain('{"errors":[');
  });

  it('that pipelines gets each answer in its turn', async () => {
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const { text } = await raw(
      [get('/healthz') + get('/nowhere') + get('/schemas/alert.v1.json') + get('/healthz')],
      2_500,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['two lengths', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('with %s is answered 400 and cut off', async (_, text) => {
    expect(await raw([text])).toEqual({
      text: expect.stringMatching(/^HTTP\/1\.1 400 [\s\S]*BAD_REQUEST/),
      isClosed: true,
    });
  });
});

describe('behind a proxy that is known', () => {
  it('A14 X-Forwarded-For tells whose sign-ins failed, an IPv6 network being one', async () => {
    const hub = await startTestHub({ ...FEW, TRUSTED_PROXIES: '127.0.0.1, ::1' });
    try {
      const fail = async (address: string): Promise<number> =>
        (
          await fetch(`${hub.url}/oidc/token`, {
            method: 'POST',
            headers: { 'x-forwarded-for': address },
            body: new URLSearchParams({ grant_type: 'x' }),
          })
        ).status;
      for (let i = 0; i < 20; i += 1) expect(await fail('203.0.113.1')).toBe(400);
      expect(await fail('203.0.113.1')).toBe(429);
      // The client writes the first address itself; the proxy's is the last.
      expect(await fail('203.0.113.9, 203.0.113.1')).toBe(429);
      expect(await fail('203.0.113.2')).toBe(400);
      // Who has one address of an IPv6 network has all of them.
      for (let i = 0; i < 20; i += 1) expect(await fail(`2001:db8:1:2:${i + 1}::${i}`)).toBe(400);
      expect(await fail('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(429);
      expect(await fail('2001:db8:1:3::1')).toBe(400);
      expect(await fail('::ffff:203.0.113.1')).toBe(429);
      expect(await fail('203.0.113.1:50123')).toBe(429);
      expect(await fail('[2001:db8:1:2::9]:50123')).toBe(429);
      for (let i = 0; i < 20; i += 1) expect(await fail(`no-address-${i}`)).toBe(400);
      expect(await fail('no-address-at-all')).toBe(429);
    } finally {
      await hub.stop();
    }
  });
});
