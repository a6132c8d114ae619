import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { importJWK, SignJWT } from 'jose';
import { writeKey } from '../../src/cli/key-files.js';
import { tokenRequest } from '../../src/cli/sign-in.js';
import { algorithmOf, generateKey, type KeyPair } from '../../src/protocol/keys.js';
import { UnitSystems } from '../../src/session/unit-systems.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { newestKeySet, nextKeySet, nowSeconds, publish } from './hostile.js';

type Claims = Record<string, unknown>;

interface Held {
  token: string;
  key: KeyPair;
}

interface Asked {
  status: number;
  text: string;
  challenge: string | null;
  nonce: string;
}

let t: TestHub;
let vn: Party;
let held: Held;
let apiNonce: string;
let signInNonce: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
});
// Nonces are good for minutes; those of the last answer are taken over by `ask` and `askToken`.
beforeEach(async () => {
  const key = await generateKey();
  await ask({ authorization: 'DPoP x', dpop: 'x' });
  await askToken(vn, { key, claims: { nonce: undefined } });
  held = await tokenOf(vn, key);
});
afterAll(() => t.stop());

/** A proof by this key; everything in it can be told otherwise. */
async function proof(key: KeyPair, claims: Claims, header: Claims = {}): Promise<string> {
  const alg = algorithmOf(key.publicJwk);
  return new SignJWT({ jti: randomUUID(), iat: nowSeconds(), htm: 'POST', ...claims })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: key.publicJwk, ...header })
    .sign(await importJWK(key.privateJwk, alg));
}

/** A proof that fits `ask`, but for these changes. */
function apiProof({ token, key }: Held, claims: Claims = {}, header: Claims = {}): Promise<string> {
  const ath = createHash('sha256').update(token).digest('base64url');
  return proof(key, { htu: `${t.url}/graphql`, ath, nonce: apiNonce, ...claims }, header);
}

async function ask(headers: Record<string, string>, path = '/graphql'): Promise<Asked> {
  const response = await fetch(`${t.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ me { unit } }"}',
  });
  apiNonce = response.headers.get('dpop-nonce')!;
  return {
    status: response.status,
    text: await response.text(),
    challenge: response.headers.get('www-authenticate'),
    nonce: apiNonce,
  };
}

const asDpop = ({ token }: Held, dpop: string): Promise<Asked> => ask({ authorization: `DPoP ${token}`, dpop });

async function askToken(party: Party, { key, claims = {} }: { key: KeyPair; claims?: Claims }, dpop?: string) {
  const given = dpop ?? (await proof(key, { htu: `${t.url}/oidc/token`, nonce: signInNonce, ...claims }));
  const response = await fetch(`${t.url}/oidc/token`, {
    method: 'POST',
    headers: given === '' ? {} : { dpop: given },
    body: await tokenRequest(t.url, party.unit, party.client.privateJwk),
  });
  const body = (await response.json()) as { access_token?: string; token_type?: string; error?: string };
  signInNonce = response.headers.get('dpop-nonce') ?? signInNonce;
  return { status: response.status, body, nonce: signInNonce };
}

async function tokenOf(party: Party, key: KeyPair): Promise<Held> {
  const { body } = await askToken(party, { key });
  return { token: body.access_token!, key };
}

const REFUSED = {
  status: 401,
  text: expect.stringContaining('"UNAUTHENTICATED"'),
  challenge: expect.stringContaining('error="invalid_token"'),
};
const NONCE_WANTED = {
  status: 401,
  text: expect.stringContaining('"DPOP_NONCE"'),
  challenge: expect.stringContaining('error="use_dpop_nonce"'),
};

describe('a token', () => {
  it('is bound to the key that signed the proof', async () => {
    const { status, body } = await askToken(vn, { key: held.key });
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    const claims = JSON.parse(Buffer.from(body.access_token!.split('.')[1]!, 'base64url').toString()) as Claims;
    expect(claims).toMatchObject({ cnf: { jkt: held.key.kid }, client_id: vn.unit });
  });

  it('is not given without proof, nor for one without our nonce, nor twice for one', async () => {
    expect((await askToken(vn, { key: held.key }, '')).body.error).toBe('invalid_grant');
    for (const nonce of [undefined, 'A'.repeat(43)]) {
      const { body, nonce: given } = await askToken(vn, { key: held.key, claims: { nonce } });
      expect(body.error).toBe('use_dpop_nonce');
      expect(given).toMatch(/^[\w-]{43}$/);
    }
    const once = await proof(held.key, { htu: `${t.url}/oidc/token`, nonce: signInNonce });
    expect((await askToken(vn, { key: held.key }, once)).status).toBe(200);
    expect((await askToken(vn, { key: held.key }, once)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'grant request is invalid',
    });
  });
});

describe('the API', () => {
  it('answers a token with a proof that fits, and tells the nonce to go on with', async () => {
    const answer = await asDpop(held, await apiProof(held));
    expect(answer).toMatchObject({ status: 200, text: '{"data":{"me":{"unit":"VN-CUS-AS"}}}\n', challenge: null });
    expect(answer.nonce).toMatch(/^[\w-]{43}$/);
  });

  it('A1 refuses bearer use, no proof, and two proofs', async () => {
    const fits = await apiProof(held);
    const { token } = held;
    expect(await ask({ authorization: `Bearer ${token}`, dpop: fits })).toMatchObject(REFUSED);
    expect(await ask({ authorization: `Bearer ${token}` })).toMatchObject(REFUSED);
    expect(await ask({ authorization: `DPoP ${token}` })).toMatchObject(REFUSED);
    expect(await asDpop(held, `${fits}, ${await apiProof(held)}`)).toMatchObject(REFUSED);
    expect(await asDpop(held, fits)).toMatchObject({ status: 200 });
  });

  it.each<[string, () => Claims, Claims?]>([
    ['another method', () => ({ htm: 'GET' })],
    ['the method in small letters', () => ({ htm: 'post' })],
    ['no method', () => ({ htm: undefined })],
    ['another path', () => ({ htu: `${t.url}/graphql2` })],
    ['the token endpoint', () => ({ htu: `${t.url}/oidc/token` })],
    ['another host', () => ({ htu: 'https://hub.example/graphql' })],
    ['another port', () => ({ htu: 'http://localhost:1/graphql' })],
    ['a path alone', () => ({ htu: '/graphql' })],
    ['no address', () => ({ htu: undefined })],
    ['addresses in a list', () => ({ htu: [`${t.url}/graphql`] })],
    ['another token', () => ({ ath: createHash('sha256').update('x').digest('base64url') })],
    ['no token', () => ({ ath: undefined })],
    ['a moment six minutes ago', () => ({ iat: nowSeconds() - 360 })],
    ['a moment to come', () => ({ iat: nowSeconds() + 60 })],
    ['no moment', () => ({ iat: undefined })],
    ['a moment in words', () => ({ iat: 'now' })],
    ['no jti', () => ({ jti: undefined })],
    ['a jti that is a number', () => ({ jti: 7 })],
    ['an endless jti', () => ({ jti: 'x'.repeat(257) })],
    ['what is no proof by its type', () => ({}), { typ: 'JWT' }],
    ['what has no type', () => ({}), { typ: undefined }],
    ['a key that does not stand in it', () => ({}), { jwk: undefined }],
    ['a key that is looked up', () => ({}), { jwk: undefined, kid: '../../../../dev/null' }],
  ])('A2 refuses a proof for %s', async (_name, claims, header = {}) => {
    expect(await asDpop(held, await apiProof(held, claims(), header))).toMatchObject(REFUSED);
  });

  it('A2 refuses a proof by another key, and one that shows the private key', async () => {
    const other = await generateKey();
    expect(await asDpop(held, await apiProof({ ...held, key: other }))).toMatchObject(REFUSED);
    expect(await asDpop(held, await apiProof({ ...held, key: other }, {}, { jwk: held.key.publicJwk }))).toMatchObject(
      REFUSED,
    );
    const shown = { jwk: { ...held.key.publicJwk, d: held.key.privateJwk.d } };
    expect(await asDpop(held, await apiProof(held, {}, shown))).toMatchObject(REFUSED);
    expect(await asDpop(held, await apiProof({ ...held, key: vn.client }))).toMatchObject(REFUSED);
  });

  it('A18 refuses a proof with another algorithm, or none', async () => {
    const [, payload] = (await apiProof(held)).split('.');
    const headerOf = (alg: string): string =>
      Buffer.from(JSON.stringify({ alg, typ: 'dpop+jwt', jwk: held.key.publicJwk })).toString('base64url');
    expect(await asDpop(held, `${headerOf('none')}.${payload}.`)).toMatchObject(REFUSED);
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Claims;
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: held.key.publicJwk })
      .sign(Buffer.from(JSON.stringify(held.key.publicJwk)));
    expect(await asDpop(held, symmetric)).toMatchObject(REFUSED);
    expect(await asDpop(held, await apiProof(held, {}, { alg: 'EdDSA' }))).toMatchObject(REFUSED);
  });

  it('A2 refuses under the key of small order for which one signature fits every message', async () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString('base64url'),
    };
    expect(await asDpop(held, await apiProof(held, {}, { jwk }))).toMatchObject(REFUSED);
  });

  it('takes a proof by a P-256 key for a token that is bound to it', async () => {
    const bound = await tokenOf(vn, await generateKey('ES256'));
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject({ status: 200 });
  });

  it('compares the address without query and fragment, and never with the Host header', async () => {
    const fits = await apiProof(held, { htu: `${t.url}/graphql?a=b#c` });
    expect(await ask({ authorization: `DPoP ${held.token}`, dpop: fits }, '/graphql?d=e')).toMatchObject({
      status: 200,
    });
    const forOther = await apiProof(held, { htu: 'http://other.example/graphql' });
    expect(await statusUnderHost('other.example', forOther)).toBe(401);
    expect(await statusUnderHost('other.example', await apiProof(held))).toBe(200);
  });

  it('asks for a nonce of its own, and is content with the one it gave', async () => {
    for (const nonce of [undefined, 'A'.repeat(43), signInNonce, 7]) {
      const refused = await asDpop(held, await apiProof(held, { nonce }));
      expect(refused).toMatchObject(NONCE_WANTED);
      expect(await asDpop(held, await apiProof(held, { nonce: refused.nonce }))).toMatchObject({ status: 200 });
    }
  });

  it('A3 takes a proof once, however many come at once', async () => {
    const once = await apiProof(held);
    expect(await asDpop(held, once)).toMatchObject({ status: 200 });
    expect(await asDpop(held, once)).toMatchObject(REFUSED);
    const many = await apiProof(held);
    const answers = await Promise.all(Array.from({ length: 8 }, () => asDpop(held, many)));
    const count = (status: number): number => answers.filter((each) => each.status === status).length;
    expect([count(200), count(401)]).toEqual([1, 7]);
  });

  it('A3 takes a jti once for each key, whatever else the proof says', async () => {
    const jti = randomUUID();
    expect(await asDpop(held, await apiProof(held, { jti }))).toMatchObject({ status: 200 });
    expect(await asDpop(held, await apiProof(held, { jti, iat: nowSeconds() - 1 }))).toMatchObject(REFUSED);
    const other = await tokenOf(vn, await generateKey());
    expect(await asDpop(other, await apiProof(other, { jti }))).toMatchObject({ status: 200 });
  });

  it('forgets a proof only when it could not be used any more', async () => {
    await asDpop(held, await apiProof(held));
    const pool = { query: (text: string) => t.database.sql(text) } as unknown as ConstructorParameters<
      typeof UnitSystems
    >[0];
    const count = async (): Promise<number> =>
      (await t.database.sql<{ n: number }>('SELECT count(*)::integer AS n FROM auth.used_proof'))[0]!.n;
    const before = await count();
    await new UnitSystems(pool).sweepProofs();
    expect(await count()).toBe(before);
    expect(before).toBeGreaterThan(0);
    await t.database.sql('UPDATE auth.used_proof SET expires_at = now()');
    await new UnitSystems(pool).sweepProofs();
    expect(await count()).toBe(0);
  });

  it('refuses all alike: byte for byte one answer', async () => {
    const answers = await Promise.all([
      ask({ authorization: 'DPoP a.b.c', dpop: 'x' }),
      ask({ authorization: `Bearer ${held.token}` }),
      asDpop(held, await apiProof(held, { htm: 'GET' })),
      asDpop(held, await apiProof({ ...held, key: await generateKey() })),
    ]);
    expect(new Set(answers.map(({ text, challenge }) => `${text}${challenge}`)).size).toBe(1);
  });
});

describe('a demonstration', () => {
  it('hands out the headers of one request, for curl: good once, for its own units alone', async () => {
    const file = join(t.database.dataFolder, 'demo', vn.unit, 'client.key.json');
    mkdirSync(dirname(file), { recursive: true });
    writeKey(file, 'client', vn.client);
    const lines = (await (await fetch(`${t.url}/demo/sign-in/${vn.unit}`)).text()).trim().split('\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
    expect(Object.keys(headers)).toEqual(['authorization', 'dpop']);
    expect(await ask(headers)).toMatchObject({ status: 200 });
    expect(await ask(headers)).toMatchObject(REFUSED);
    expect((await fetch(`${t.url}/demo/sign-in/TH-CUS-LCB`)).status).toBe(404);
  });
});

/** Sets a column of a row about LA-CUS or its unit. */
const set = (table: string, column: string, id: string, value: string) => (): Promise<unknown> => {
  const key = table === 'auth.connection' ? 'unit_id' : 'id';
  return t.database.sql(`UPDATE ${table} SET ${column} = ${value} WHERE ${key} = $1`, [id]);
};

describe('threats 23 from the very next request on, a token is worth nothing', () => {
  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    [
      'when the agency is suspended',
      set('hub.agency', 'suspended_at', 'LA-CUS', 'now()'),
      set('hub.agency', 'suspended_at', 'LA-CUS', 'NULL'),
    ],
    [
      'when the unit is suspended',
      set('hub.unit', 'suspended_at', 'LA-CUS-HQ', 'now()'),
      set('hub.unit', 'suspended_at', 'LA-CUS-HQ', 'NULL'),
    ],
    [
      'when the connection is suspended',
      set('auth.connection', 'suspended_at', 'LA-CUS-HQ', 'now()'),
      set('auth.connection', 'suspended_at', 'LA-CUS-HQ', 'NULL'),
    ],
  ])('%s', async (_name, end, begin) => {
    const la = await t.enrol('LA-CUS-HQ');
    const bound = await tokenOf(la, await generateKey());
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject({ status: 200 });
    await end();
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject(REFUSED);
    await begin();
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject({ status: 200 });
  });

  it('when the key that it was got with is revoked by the agency', async () => {
    const ph = await t.enrol('PH-CUS-INV');
    const bound = await tokenOf(ph, await generateKey());
    const { fields } = await newestKeySet(ph);
    const revoked = { at: nowSeconds() - 1, invalidFrom: nowSeconds() - 1, reason: 'keyCompromise' as const };
    const keys = fields.keys.map((key) => (key.kid === ph.client.kid ? { ...key, revoked } : key));
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject({ status: 200 });
    expect((await publish(ph, await nextKeySet(ph, { keys }))).errors).toBeUndefined();
    expect(await asDpop(bound, await apiProof(bound))).toMatchObject(REFUSED);
  });
});

/** The answer's status under another Host header; fetch would not send one. */
function statusUnderHost(host: string, dpop: string): Promise<number | undefined> {
  const headers = { host, dpop, authorization: `DPoP ${held.token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${t.url}/graphql`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end('{"query":"{ me { unit } }"}');
  });
}
