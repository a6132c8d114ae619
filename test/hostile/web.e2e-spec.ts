import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf } from '../../src/session/people/page-files.js';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { tokenRequest } from '../../src/cli/sign-in.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { aLink, aSignedIn, Browser, makeStale } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aHeader, anAlert, aReference, fingerprint, signAs, submitText, verdictOf } from './hostile.js';

/** What pages, headers, addresses and JSON can be made to do. */

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
});
afterAll(() => t.stop());

describe('threats 22 an identity in a header', () => {
  const CLAIMS = ['VN-CUS-AS', 'VN-CUS', 'admin', 'CN=VN-CUS-AS', 'p:officer1'];
  const NAMES = [
    'x-user',
    'x-unit',
    'x-agency',
    'x-forwarded-user',
    'x-forwarded-email',
    'x-forwarded-for',
    'x-forwarded-client-cert',
    'x-remote-user',
    'remote-user',
    'x-auth-request-user',
    'x-authenticated-userid',
    'x-ssl-client-s-dn',
    'x-client-verify',
    'x-liaison-agency',
    'x-liaison-unit',
    'x-original-url',
    'forwarded',
  ];

  it('makes nobody somebody', async () => {
    for (const name of NAMES) {
      for (const value of CLAIMS) {
        const headers = { 'content-type': 'application/json', [name]: value };
        const body = JSON.stringify({ query: '{ me { agency } }' });
        const answer = await fetch(`${t.url}/graphql`, { method: 'POST', headers, body });
        expect([name, await answer.text()]).toEqual([name, expect.stringContaining('"UNAUTHENTICATED"')]);
      }
    }
  });

  it('makes nobody somebody else', async () => {
    const headers = Object.fromEntries(NAMES.map((name) => [name, 'VN-CUS-AS']));
    const answer = await th.ask<{ me: object }>('{ me { agency unit } }', {}, headers);
    expect(answer.data!.me).toEqual({ agency: 'TH-CUS', unit: 'TH-CUS-LCB' });
  });
});

describe('threats 26 what asks for the passkey again', () => {
  const OPERATIONS = [
    'mutation { requestKey(input: { device: "x", jwk: "{}", kinds: [], proof: "x", use: "sig" }) { kid } }',
    'mutation { approveKey(kid: "x", by: "y", proof: "z") { kid } }',
    `{ object(id: "${randomUUID()}", forExport: true) { id } }`,
    'mutation { publishKeySet(keySet: "{}") { seq } }',
    'mutation { proposeAdmission(officer: "p:officer1") { expiresAt } }',
    `mutation { approveAdmission(id: "${randomUUID()}") { expiresAt } }`,
  ];
  const ACCEPTED = ['application/json', 'application/graphql-response+json', '*/*', 'text/html', undefined];

  it('asks for it whatever the request accepts, and does nothing before', async () => {
    const { officer, browser } = await aSignedIn(t, vn, ['RELEASER', 'AGENCY_ADMIN']);
    await makeStale(t, officer);
    const before = await fingerprint(t.database);
    for (const query of OPERATIONS) {
      for (const accept of ACCEPTED) {
        const { body } = await browser.post(
          '/graphql',
          { documentId: trusted(query) },
          { accept, 'x-requested-with': 'XMLHttpRequest' },
        );
        const codes = body.errors?.map(({ extensions }) => extensions.code);
        // A page is no answer of the API: such a request goes no further.
        const refusal = accept === 'text/html' ? 'BAD_REQUEST' : 'STEP_UP_REQUIRED';
        expect([query, accept, codes]).toEqual([query, accept, [refusal]]);
      }
    }
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('threats 31 the public answers', () => {
  /** The secret values of a JSON file; what of a key is public is no secret. */
  const secretsIn = (value: unknown, name = ''): string[] => {
    if (typeof value === 'string') return value.length >= 16 && !['x', 'y', 'n', 'kid'].includes(name) ? [value] : [];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, each]) => secretsIn(each, key));
  };

  it('hold no secret of the hub, and nothing of where and how it runs', async () => {
    const real = await startTestHub({ HUB_ID: 'hub.example', CLAMD_SOCKET: '/run/no-such-clamd.sock' });
    try {
      const folder = join(real.database.dataFolder, 'secrets');
      const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
      const secrets = files.flatMap((file) => secretsIn(JSON.parse(file)));
      expect(secrets.length).toBeGreaterThan(5);
      const words = [...secrets, real.database.url, new URL(real.database.url).password, real.database.dataFolder];
      const environment = [
        ...words.filter(Boolean),
        '/run/no-such-clamd.sock',
        'postgres',
        'node_modules',
        process.cwd(),
      ];
      const paths = [
        '/',
        '/healthz',
        '/readyz',
        '/schemas',
        '/sign-in',
        '/enrol',
        '/account',
        '/administration',
        '/step-up',
        '/nowhere',
      ];
      const more = [addressOf('browser'), '/oidc/jwks', '/oidc/.well-known/openid-configuration', '/oidc/token'];
      const answers: [string, string][] = [];
      for (const path of [...paths, ...more, '/.env', '/package.json', '/graphql', '/metrics', '/config']) {
        for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
          const response = await fetch(`${real.url}${path}`, { method, redirect: 'manual' });
          answers.push([`${method} ${path}`, `${JSON.stringify([...response.headers])} ${await response.text()}`]);
        }
      }
      for (const query of ['{ me { agency } }', '{ settings { env } }', '{ __schema { types { name } } }', '{']) {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`${real.url}/graphql`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ query }),
        });
        answers.push([query, await response.text()]);
      }
      for (const [name, text] of answers) {
        expect([name, environment.filter((word) => text.includes(word))]).toEqual([name, []]);
      }
      // The search would find what stands there.
      expect(answers.some(([, text]) => text.includes(real.url))).toBe(true);
    } finally {
      await real.stop();
    }
  });
});

describe('threats 32 an address that the server is to fetch', () => {
  let trap: Server;
  let address: string;
  let caught: string[];
  beforeAll(async () => {
    caught = [];
    trap = createServer((request, response) => {
      caught.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  });
  afterAll(() => void trap.close());

  it('is never fetched: in the headers of what is signed, in assertions and forms, in texts', async () => {
    for (const name of ['jku', 'x5u', 'kid', 'url']) {
      const text = await signAs(
        vn.signing,
        anAlert(vn, ['TH-CUS'], agreement),
        aHeader(vn.signing, { [name]: `${address}/${name}` }),
      );
      expect(verdictOf(await submitText(vn, text))).toMatch(/^BAD_SIGNED_OBJECT/);
    }
    const form = await tokenRequest(t.url, vn.unit, vn.client.privateJwk);
    for (const name of ['request_uri', 'jwks_uri', 'redirect_uri', 'sector_identifier_uri', 'client_id', 'resource']) {
      const body = new URLSearchParams(form);
      body.set(name, `${address}/${name}`);
      expect((await fetch(`${t.url}/oidc/token`, { method: 'POST', body })).status).toBeGreaterThanOrEqual(400);
    }
    for (const form of [address, `${address}/a`, address.replace('127.0.0.1', '0x7f.1'), 'file:///etc/passwd']) {
      const body = { ...anAlertBody({ ref: aReference('VN') }), title: form, summary: form } as unknown as JsonObject;
      await submitText(vn, await signAs(vn.signing, anAlert(vn, ['TH-CUS'], agreement, { body })));
      await vn.ask('query($agency: ID!) { keySets(agency: $agency) }', { agency: form });
    }
    expect(caught).toEqual([]);
    await fetch(`${address}/the-trap-works`);
    expect(caught).toEqual(['/the-trap-works']);
  });
});

describe('threats 33 and 37 a script or a template', () => {
  const SCRIPTS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    '<svg/onload=alert(1)>',
    'javascript:alert(1)//',
    '</title><script>alert(1)</script>',
    '</main><iframe srcdoc="x">',
    '<!--<script>',
    '&lt;script&gt;',
    '{{7*7}}',
    '<%= 7*7 %>',
    '${7*7}',
    '#{7*7}',
    '\u202e<b>',
    'a\u0000b<',
  ];
  /** How a text looks on a page where it is text. */
  const asShown = (text: string): string => text.replace('\u202e', '‹U+202E›');
  const asText = (text: string): string => asShown(text).replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

  it.each(SCRIPTS.filter((text) => !text.includes('\0')))(
    'is text on the pages, in the title of an officer and the name of a browser: %s',
    async (text) => {
      const { officer, browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
      await t.database.sql('UPDATE agency.officer SET title_en = $2, title_vi = $2 WHERE pseudonym = $1', [
        officer,
        text,
      ]);
      const second = new Browser(t.url);
      const agent = Buffer.from(`Agent ${text}`).toString('latin1');
      const options = await second.post('/sign-in/options');
      const response = passkey.get(options.body as { challenge: string } & object);
      expect((await second.post('/sign-in', { response }, { 'user-agent': agent })).status).toBe(200);
      for (const lang of ['en', 'vi']) {
        const page = await browser.get(`/account?lang=${lang}`);
        expect(page.text).toContain(`<strong>${asText(text)}</strong>`);
        expect(page.text).toContain('Agent ');
        if (/[<>"']/.test(text)) expect(page.text.replaceAll(asText(text), '')).not.toContain(text);
        // The page's own markup is all the markup that it has.
        expect(page.text.match(/<script[^>]*/g)).toEqual([`<script type="module" src="${addressOf('browser')}"`]);
        // The account page's own square has no content of anybody's.
        expect(page.text.replace('<svg data-qr role="img" ', '')).not.toMatch(/<(img|svg|iframe|object|embed)\b/);
        expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      }
      const opened = await new Browser(t.url).post('/enrol/open', { token: await aLink(t, vn, officer) });
      expect(opened.headers.get('content-type')).toMatch(/^application\/json/);
      expect(opened.body['title']).toBe(asShown(text));
    },
  );

  it('comes back from no error and no address as a page', async () => {
    for (const text of SCRIPTS) {
      const path = encodeURIComponent(text);
      for (const each of [`/${path}`, `/schemas/${path}`, `/files/${path}/${path}`, `/sign-in?lang=${path}`]) {
        const response = await fetch(`${t.url}${each}`, { headers: { 'accept-language': path, accept: 'text/html' } });
        const type = response.headers.get('content-type') ?? '';
        const body = await response.text();
        expect([each, response.headers.get('x-content-type-options')]).toEqual([each, 'nosniff']);
        expect([each, response.status < 500]).toEqual([each, true]);
        if (type.includes('html')) expect([each, body.includes(text) && /[<>]/.test(text)]).toEqual([each, false]);
        else expect([each, type]).toEqual([each, expect.stringContaining('application/json')]);
      }
    }
  });

  it('is text in what is exchanged, and JSON is never a page', async () => {
    for (const text of SCRIPTS.filter((each) => !each.includes('\u0000') && !each.includes('\u202e'))) {
      const body = { ...anAlertBody({ ref: aReference('VN') }), title: `A title ${text}` } as unknown as JsonObject;
      const sent = anAlert(vn, ['TH-CUS'], agreement, { body });
      expect([text, verdictOf(await submitText(vn, await signAs(vn.signing, sent)))]).toEqual([text, 'accepted']);
      const response = await th.send('/graphql', {
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: `{ object(id: "${sent.id}") { title } }` }),
      });
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await response.json()).toEqual({ data: { object: { title: `A title ${text}` } } });
    }
  });

  it('with control characters is refused in a text', async () => {
    for (const character of ['\u0000', '\u0007', '\u001b[31m', '\u007f']) {
      const body = {
        ...anAlertBody({ ref: aReference('VN') }),
        title: `A ${character} title`,
      } as unknown as JsonObject;
      const answer = await submitText(vn, await signAs(vn.signing, anAlert(vn, ['TH-CUS'], agreement, { body })));
      expect([JSON.stringify(character), verdictOf(answer)]).toEqual([
        JSON.stringify(character),
        expect.stringMatching(/^BAD_USER_INPUT.*\/body\/title/),
      ]);
    }
  });
});

describe('threats 36 JSON at its edges', () => {
  const post = async (body: string): Promise<{ status: number; code: string | undefined }> => {
    const response = await vn.send('/graphql', { headers: { 'content-type': 'application/json' }, body });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return { status: response.status, code: errors?.[0]?.extensions.code };
  };

  it.each([
    [
      'a number that is infinite',
      '{"query":"query($first: Int) { inbox(first: $first) { nodes { id } } }","variables":{"first":1e400}}',
    ],
    [
      '2^63',
      '{"query":"query($first: Int) { inbox(first: $first) { nodes { id } } }","variables":{"first":9223372036854775808}}',
    ],
    [
      'a thousand digits',
      `{"query":"query($first: Int) { inbox(first: $first) { nodes { id } } }","variables":{"first":${'9'.repeat(1000)}}}`,
    ],
    ['minus zero', '{"query":"query($first: Int) { inbox(first: $first) { nodes { id } } }","variables":{"first":-0}}'],
    [
      'a lone surrogate as an id',
      String.raw`{"query":"query($id: ID!) { object(id: $id) { id } }","variables":{"id":"\ud800"}}`,
    ],
    [
      'a lone surrogate as a kind',
      String.raw`{"query":"query($kind: String) { inbox(kind: $kind) { nodes { id } } }","variables":{"kind":"\udfff"}}`,
    ],
    [
      'a lone surrogate as an agency',
      String.raw`{"query":"query($agency: ID!) { keySets(agency: $agency) }","variables":{"agency":"\ud800"}}`,
    ],
    [
      'a lone surrogate in a look-up',
      String.raw`{"query":"query($value: String!) { inbox(lookUp: { field: CONTAINER, value: $value }) { nodes { id } } }","variables":{"value":"\ud800"}}`,
    ],
    [
      'a lone surrogate in a signed object',
      String.raw`{"query":"mutation($object: String!) { submit(object: $object) { id } }","variables":{"object":"\ud800"}}`,
    ],
    ['NaN', '{"query":"{ __typename }","variables":{"a":NaN}}'],
    ['a comma too many', '{"query":"{ __typename }",}'],
    ['something after the end', '{"query":"{ me { agency } }"} {"query":"{ me { unit } }"}'],
    ['a comment', '{"query":"{ __typename }" /* x */}'],
    ['single quotes', "{'query':'{ __typename }'}"],
    ['a control character in a string', '{"query":"{ __typename \u0001 }"}'],
    ['constructor as an operation', '{"query":"{ constructor }"}'],
    ['__proto__ as an operation', '{"query":"{ __proto__ }"}'],
    [
      'toString as the name of an operation',
      '{"query":"query a { me { agency } } query b { me { unit } }","operationName":"toString"}',
    ],
  ])('is refused, not failed at: %s', async (_, body) => {
    const { status, code } = await post(body);
    expect([status < 500, code]).toEqual([
      true,
      expect.stringMatching(/^(BAD_REQUEST|BAD_USER_INPUT|BAD_SIGNED_OBJECT|NOT_FOUND)$/),
    ]);
  });

  it('names no officer', async () => {
    const { browser } = await aSignedIn(t, vn, ['AGENCY_ADMIN']);
    const propose = 'mutation($officer: ID!) { proposeAdmission(officer: $officer) { id } }';
    for (const officer of ['p:nobody', 'p:no\u0000body', '\u0000', '\ud800', '']) {
      const { errors } = await browser.ask(propose, { officer });
      expect([officer, errors?.[0]?.extensions.code]).toEqual([officer, 'NOT_FOUND']);
    }
  });

  it('is refused in the texts of an alert that is composed', async () => {
    const { ref: _, ...body } = anAlertBody();
    const input = { to: ['TH-CUS'], handling: {}, body: { ...body, title: 'XXXX' } };
    const query = 'query($input: ComposeAlertInput!) { composeAlert(input: $input) { text } }';
    const handling = { codes: ['H0'], classification: 'UNCLASSIFIED', onwardRule: 'NONE', evidenceUse: 'NO' };
    const legalBasis = { agreement, article: 'art10' };
    const text = JSON.stringify({ query, variables: { input: { ...input, handling: { ...handling, legalBasis } } } });
    expect((await post(text)).code).toBeUndefined();
    for (const title of [String.raw`\ud800 and more`, String.raw`\u0000 and more`, String.raw`a\udc00b`]) {
      expect([title, (await post(text.replace('XXXX', title))).code]).toEqual([title, 'BAD_USER_INPUT']);
    }
  });
});

describe('threats 38 an address in a link or a redirect', () => {
  const EVIL = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '%2f%2fevil.example',
  ];

  it('is never the one that a request asks for', async () => {
    for (const evil of EVIL) {
      for (const path of ['/account', '/step-up', '/sign-in', '/enrol', '/graphql', '/']) {
        for (const name of ['next', 'return', 'redirect', 'redirect_uri', 'url']) {
          const response = await fetch(`${t.url}${path}?${name}=${encodeURIComponent(evil)}`, { redirect: 'manual' });
          const to = response.headers.get('location');
          expect([path, to === null || to === '/sign-in', (await response.text()).includes('evil.example')]).toEqual([
            path,
            true,
            false,
          ]);
        }
      }
    }
  });

  it('is never made of a path or a Host header', async () => {
    for (const path of [
      '//evil.example/',
      '/\\evil.example',
      '/%2f%2fevil.example',
      '/sign-in/',
      '/account//',
      '/..//evil.example',
    ]) {
      const response = await fetch(`${t.url}${path}`, { redirect: 'manual' });
      expect([path, response.headers.get('location')]).toEqual([path, null]);
      expect(response.status).toBeLessThan(500);
      await response.text();
    }
    const forwarded = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'x' };
    for (const path of ['/account', '/sign-in', '/oidc/.well-known/openid-configuration', '/schemas']) {
      const response = await fetch(`${t.url}${path}`, { redirect: 'manual', headers: forwarded });
      expect([path, `${response.headers.get('location')} ${await response.text()}`.includes('evil')]).toEqual([
        path,
        false,
      ]);
    }
  });

  it('on the pages leads within the hub', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    for (const path of ['/', '/sign-in', '/enrol', '/step-up', '/account', '/demo/sign-in']) {
      const { text } = await browser.get(path);
      const links = [...text.matchAll(/(?:href|src|action|data-path)="([^"]*)"/g)].map(([, link]) => link!);
      expect(links.length).toBeGreaterThan(0);
      expect([path, links.filter((link) => !/^(\/[\w-]|\/$|\?lang=)/.test(link))]).toEqual([path, []]);
    }
  });

  it('after signing in is the hub’s own choice', async () => {
    const { passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const browser = new Browser(t.url);
    const options = await browser.post('/sign-in/options?next=//evil.example');
    const response = passkey.get(options.body as { challenge: string } & object);
    const { body } = await browser.post('/sign-in?next=//evil.example', { response, next: '//evil.example' });
    expect(JSON.stringify(body)).not.toContain('evil');
  });
});
