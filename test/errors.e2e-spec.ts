import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedIn } from './support/browser.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { TestSocket } from './support/socket.js';

let t: TestHub;
let vn: Party;

beforeAll(async () => {
  t = await startTestHub({ FAILED_TOKENS_PER_MINUTE: '1' });
  vn = await t.enrol('VN-CUS-AS');
  await vn.headersFor('GET', '/healthz');
});
afterAll(() => t.stop());

const post = (query: string): Promise<Response> =>
  vn.send('/graphql', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });

/** What the hub answers to something that is no HTTP. */
async function notHttp(): Promise<string> {
  const { hostname, port } = new URL(t.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('hello\r\n\r\n');
  return (await text(socket)).split('\r\n\r\n')[1]!;
}

/** An answer of each place that refuses, as text. */
async function refusals(): Promise<Record<string, string>> {
  const token = (): Promise<Response> =>
    fetch(`${t.url}/oidc/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) });
  await token();
  const socket = await TestSocket.of(t.url, vn);
  socket.subscribe({ query: '{ me { agency } }' });
  await socket.until(({ type }) => type === 'error');
  socket.socket.close();
  return {
    'a resolver': await (await post('{ inbox(first: 0) { nodes { id } } }')).text(),
    'a resolver, in Vietnamese': await (
      await vn.send('/graphql', {
        headers: { 'content-type': 'application/json', 'accept-language': 'vi' },
        body: JSON.stringify({ query: 'mutation { submit(object: "{}") { id } }' }),
      })
    ).text(),
    'the validation of a document': await (await post('{ nothing }')).text(),
    'the limits of an operation': await (await post('query($unknown: ID) { me { agency } }')).text(),
    'a budget': await (await token()).text(),
    'a body': await (await fetch(`${t.url}/graphql`, { method: 'POST', body: 'x' })).text(),
    'an address': await (await fetch(`${t.url}/%`)).text(),
    'a token': await (await fetch(`${t.url}/session`, { headers: { authorization: 'DPoP x' } })).text(),
    'a connection': await notHttp(),
    'a socket': JSON.stringify({ errors: socket.received.find(({ type }) => type === 'error')!.payload }),
  };
}

interface Refused {
  errors: { extensions: { code: string; serverTime: string } }[];
}

describe('every error', () => {
  it('says the hub’s time, wherever it comes from', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    for (const [place, answer] of Object.entries(await refusals())) {
      const times = (JSON.parse(answer) as Refused).errors.map(({ extensions }) => extensions.serverTime);
      expect([place, times]).toEqual([place, [expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)]]);
      expect(Date.parse(times[0]!)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(times[0]!)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('but NOT_FOUND, which is byte for byte the same for what is hidden and for what there is not', async () => {
    const { errors } = JSON.parse(
      await (await post(`{ object(id: "${crypto.randomUUID()}") { id } }`)).text(),
    ) as Refused;
    expect(errors[0]!.extensions).toEqual({ code: 'NOT_FOUND', retryable: false });
  });

  it('says it by the hub’s clock, which a demonstration may set', async () => {
    const instant = '2027-01-02T03:04:05Z';
    t.hub.clock.set(new Date(instant));
    try {
      for (const [place, answer] of Object.entries(await refusals())) {
        const times = (JSON.parse(answer) as Refused).errors.map(({ extensions }) => extensions.serverTime);
        expect([place, times]).toEqual([place, [instant]]);
      }
    } finally {
      t.hub.clock.set(null);
    }
  });

  it('tells an officer’s page the same', async () => {
    const { browser } = await aSignedIn(t, vn, ['ANALYST']);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${t.url}/step-up/options`, { method: 'POST', headers: { cookie } });
    expect([answer.status, await answer.text()]).toEqual([
      expect.any(Number),
      expect.stringMatching(/"code":"(FORBIDDEN|BAD_REQUEST)".*"serverTime":"\d{4}-/),
    ]);
  });
});
