import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generateKey } from '../protocol/keys.js';
import { HubClient } from './client.js';

let server: Server;
afterEach(() => new Promise((done) => server.close(done)));

type Reply = (response: ServerResponse) => void;

const dropped: Reply = (response) => response.destroy();
const data = (value: object): Reply => reply(200, { data: value });
const refusal = (code: string): Reply => reply(200, { errors: [{ message: 'no', extensions: { code } }] });

function reply(status: number, body: object | string): Reply {
  return (response) => response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A client of a false hub that gives out tokens and answers with these replies, one after the other. */
async function clientOf(...replies: Reply[]) {
  const asked = { tokens: 0, operations: 0 };
  server = createServer((request: IncomingMessage, response) => {
    request.resume();
    if (request.url === '/oidc/token') {
      asked.tokens++;
      return reply(200, { access_token: `token-${asked.tokens}` })(response);
    }
    replies[asked.operations++]!(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { privateJwk } = await generateKey();
  const url = `http://127.0.0.1:${port}/`;
  return { client: new HubClient({ url, unit: 'VN-CUS-AS', clientKey: privateJwk, retryDelayMs: 1 }), asked };
}

const accepted = data({ submit: { id: 'x', receipt: 'r', repeated: true } });
const signed = { text: '{}', parts: [] };

describe('a client of a hub', () => {
  it('sends a submission again when no answer came, three times at most', async () => {
    const lucky = await clientOf(dropped, reply(502, '<html>'), accepted);
    await expect(lucky.client.submit(signed)).resolves.toMatchObject({ repeated: true });
    expect(lucky.asked.operations).toBe(3);
    server.close();
    const unlucky = await clientOf(dropped, dropped, dropped, accepted);
    await expect(unlucky.client.submit(signed)).rejects.toMatchObject({ name: 'HubUnreachable' });
  });

  it('does not repeat what was refused', async () => {
    const { client, asked } = await clientOf(refusal('BAD_SIGNED_OBJECT'), accepted);
    await expect(client.submit(signed)).rejects.toMatchObject({ name: 'HubRefused', code: 'BAD_SIGNED_OBJECT' });
    expect(asked.operations).toBe(1);
  });

  it('signs in once for many questions, and anew when the token has run out', async () => {
    const me = data({ me: {} });
    const { client, asked } = await clientOf(me, me, refusal('UNAUTHENTICATED'), me);
    await client.me();
    await client.me();
    expect(asked.tokens).toBe(1);
    await client.me();
    expect(asked).toEqual({ tokens: 2, operations: 4 });
  });

  it('gives up when even a fresh token is refused', async () => {
    const { client } = await clientOf(refusal('UNAUTHENTICATED'));
    await expect(client.me()).rejects.toMatchObject({ name: 'NotSignedIn' });
  });

  it('follows no redirect', async () => {
    const { client } = await clientOf((response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    await expect(client.me()).rejects.toMatchObject({ name: 'HubUnreachable' });
  });
});
