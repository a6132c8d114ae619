import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readIssuerEntry } from '../../src/operator/issuer-entry.js';
import { metadataToPin } from '../../src/operator/issuer-metadata.js';
import { pinnedFetch } from '../../src/session/people/issuers/pinned-fetch.js';
import type { IssuerNetwork } from '../../src/session/people/issuers/vetted-address.js';
import { Browser } from '../support/browser.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { entryFor, type NationalIssuer, trust } from '../support/issuer.js';

/** A service inside, which counts who asks it. */
let inside: Server;
let port: number;
let asked = 0;

beforeAll(async () => {
  inside = createServer((_request, response) => {
    asked += 1;
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ request_uri: 'urn:example:1', expires_in: 60 }));
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  port = (inside.address() as AddressInfo).port;
});
afterAll(() => {
  inside.closeAllConnections();
  inside.close();
});

/** The status of the answer, or why there is none. */
async function get(url: string, network: IssuerNetwork): Promise<number | string> {
  try {
    const request = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;
    return (await pinnedFetch([url], network)(url, request)).status;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('threats 32 the hub asks an issuer', () => {
  it('at the pinned addresses alone, whatever an answer says', async () => {
    const before = asked;
    const elsewhere = pinnedFetch([`http://127.0.0.1:${port}/token`], 'private');
    const request = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;
    await expect(elsewhere(`http://127.0.0.1:${port}/other`, request)).rejects.toThrow('not pinned');
    expect(asked).toBe(before);
    expect((await elsewhere(`http://127.0.0.1:${port}/token`, request)).status).toBe(201);
  });

  it.each([
    'http://169.254.169.254',
    'https://10.0.0.1',
    'https://172.16.0.1',
    'https://192.168.1.1',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://224.0.0.1',
    'https://255.255.255.255',
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::]',
    'http://[::127.0.0.1]',
    'http://[::ffff:10.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[64:ff9b::a00:1]',
    'http://[2002:a00:1::1]',
    'http://[fd00::1]',
    'http://[fe80::1]',
    'http://localhost',
  ])('at no address of a network inside, however it is written: %s', async (address) => {
    const before = asked;
    expect(await get(`${address}:${port}/`, 'public')).toBe('an address that is not public');
    expect(asked).toBe(before);
  });

  it('inside where the operator has said so, by name and by address', async () => {
    expect(await get(`http://localhost:${port}/`, 'private')).toBe(201);
    expect(await get(`http://127.0.0.1:${port}/`, 'private')).toBe(201);
  });

  it.each(['http://169.254.169.254', 'http://[fe80::1]', 'http://[::ffff:169.254.169.254]', 'http://0.0.0.0'])(
    'even then at no address of the link, nor at none: %s',
    async (address) => {
      expect(await get(`${address}:${port}/`, 'private')).toBe('an address that no issuer has');
    },
  );

  it('and waits for no answer, and for the end of none, beyond its time', async () => {
    const half = createServer((request, response) => {
      if (request.url === '/half') response.writeHead(200).write('{');
    });
    await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(half.address() as AddressInfo).port}`;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const clock = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 20));
    try {
      const orWaits = (path: string): Promise<unknown> =>
        Promise.race([get(`${url}${path}`, 'private'), sleep(2_000, 'waits')]);
      expect(await Promise.all([orWaits('/none'), orWaits('/half')])).toEqual(['no answer', 'half an answer']);
    } finally {
      clock.mockRestore();
      half.closeAllConnections();
      half.close();
    }
  });

  it('at pinned addresses alone, which are public ones unless the entry says otherwise', async () => {
    const metadata = {
      issuer: 'https://login.example',
      authorization_endpoint: 'https://login.example/auth',
      token_endpoint: 'https://login.example/token',
      jwks_uri: 'https://10.0.0.1/jwks',
    };
    const pin = (network: IssuerNetwork): Promise<unknown> => {
      const issuer = { id: 'vn-customs', url: metadata.issuer } as NationalIssuer;
      const entry = readIssuerEntry({ ...entryFor(issuer, ['VN-CUS'], { metadata, network }) });
      return 'pointer' in entry ? Promise.reject(new Error(entry.pointer)) : metadataToPin(entry);
    };
    await expect(pin('public')).rejects.toMatchObject({ member: 'jwks_uri' });
    expect(await pin('private')).toMatchObject({ jwks_uri: 'https://10.0.0.1/jwks' });
    await expect(pin('everywhere' as IssuerNetwork)).rejects.toThrow('/network');
  });
});

describe('threats 32 a sign-in at a service', () => {
  let t: TestHub;
  beforeAll(async () => {
    t = await startTestHub();
    await t.enrol('VN-CUS-AS');
  });
  afterAll(() => t.stop());

  it('whose name leads inside is not begun, and nothing is asked, until the operator says that it is there', async () => {
    const url = `http://localhost:${port}`;
    const metadata = {
      issuer: url,
      authorization_endpoint: `${url}/auth`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/jwks`,
      pushed_authorization_request_endpoint: `${url}/request`,
    };
    const issuer = { id: 'vn-customs', url } as NationalIssuer;
    const begin = async (): Promise<number> => (await new Browser(t.url).get('/sign-in/with/vn-customs')).status;
    const before = asked;
    await trust(t, issuer, ['VN-CUS'], { metadata, network: 'public' });
    expect([await begin(), asked]).toEqual([503, before]);
    await trust(t, issuer, ['VN-CUS'], { metadata, network: 'private' });
    expect([await begin(), asked]).toEqual([303, before + 1]);
  });
});
