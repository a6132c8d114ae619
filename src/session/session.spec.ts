import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { importJWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { errors, Provider } from 'oidc-provider';
import { Pool } from 'pg';
import { Clock } from '../common/clock.js';
import { type PreparedDatabase, prepareDatabase } from '../database/prepare-database.js';
import { SecretsFolder } from '../database/secrets.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../embedded-database/embedded-database.js';
import { OBJECT_KINDS } from '../protocol/envelope.js';
import { algorithmOf, generateKey, type KeyPair } from '../protocol/keys.js';
import { Authenticator } from './authenticator.js';
import { ClientKeys } from './client-keys.js';
import { CONSOLE, RETURN_PATH } from './console-client.js';
import { createProvider } from './create-provider.js';
import { SignInGate } from './people/gate.js';
import { identifyCallers } from './identify-callers.js';
import { mountSignIn } from './mount-sign-in.js';
import { PostgresAdapter } from './postgres-adapter.js';
import { SessionModule } from './session.module.js';
import type { SignInKeys } from './sign-in-keys.js';

type Claims = Record<string, unknown>;
type Fields = Record<string, string>;

interface TestUnit {
  agencyId: string;
  unitId: string;
  key: KeyPair;
}

let folder: string;
let database: EmbeddedDatabase;
let prepared: PreparedDatabase;
let secrets: SecretsFolder;
let records: Pool;
let signInPool: Pool;
let hub: INestApplicationContext;
let server: FastifyInstance;
let address: string;
let issuer: string;
/** The key that all tokens are bound to, unless a test says otherwise. */
let proofKey: KeyPair;
let signInNonce: string | undefined;
let apiNonce: string | undefined;
const printed: unknown[][] = [];

beforeAll(async () => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(console, method).mockImplementation((...words) => printed.push(words));
  }
  Logger.overrideLogger(false);
  folder = mkdtempSync(join(tmpdir(), 'session-'));
  chmodSync(folder, 0o755);
  database = await startEmbeddedDatabase({ folder: join(folder, 'data'), durable: false });
  secrets = new SecretsFolder(join(folder, 'secrets'));
  prepared = await prepareDatabase(database.url, secrets);
  records = aPool(prepared.migrateUrl);
  signInPool = aPool(prepared.authUrl);

  address = `http://127.0.0.1:${await freePort()}`;
  issuer = `${address}/oidc`;
  hub = await NestFactory.createApplicationContext(
    SessionModule.forHub({ publicUrl: `${address}/`, authUrl: prepared.authUrl, secrets }),
    { logger: false },
  );
  server = Fastify();
  // Nest reads forms for the whole server; the provider must still get its body.
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  mountSignIn(server, hub.get(Provider), hub.get(SignInGate));
  identifyCallers(server, hub.get(Authenticator), address, new Clock(false));
  server.get('/whoami', async ({ caller }) =>
    caller
      ? {
          ...caller,
          permissions: [...caller.permissions].sort(),
          sending: { ...caller.sending, kinds: [...caller.sending!.kinds] },
        }
      : null,
  );
  proofKey = await generateKey();
  await server.listen({ host: '127.0.0.1', port: Number(new URL(address).port) });
}, 60_000);

// Nonces are good for minutes; those of the last answer are taken over by `ask` and `askWhoami`.
beforeEach(async () => {
  await askToken(await assertion(await aUnit()));
  await askWhoami({ authorization: 'DPoP x' });
});

afterAll(async () => {
  await server?.close();
  await hub?.close();
  await records?.end();
  await signInPool?.end();
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a unit's system", () => {
  it('gets a token with its client key, and is known by it', async () => {
    const unit = await aUnit();
    const answer = await askToken(await assertion(unit));
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP', expires_in: 300 } });
    expect(answer.cacheControl).toBe('no-store');
    expect(await whoami(answer.body['access_token'] as string)).toEqual({
      status: 200,
      body: {
        agencyId: unit.agencyId,
        unitId: unit.unitId,
        officer: null,
        clearance: 1,
        maySeeNominal: false,
        purpose: 'PREVENT_DETECT',
        caseRef: null,
        permissions: ['directory.read', 'keys.publish', 'objects.read', 'objects.submit'],
        sending: { kinds: [...OBJECT_KINDS], addressees: null },
        token: {
          kid: unit.key.kid,
          expiresAt: expect.any(Number),
          address: expect.any(String),
          isBoundToDocuments: true,
        },
      },
    });
  });

  it('may sign in with a P-256 key and ES256, and address the assertion to the token endpoint', async () => {
    const unit = await aUnit(await generateKey('ES256'));
    const answer = await askToken(
      await assertion(unit, { aud: `${issuer}/token` }, { typ: 'client-authentication+jwt' }),
    );
    expect(answer.status).toBe(200);
  });

  it('may do what its connection says at this moment, not what it was when the token was made', async () => {
    const unit = await aUnit();
    const token = await tokenOf(unit);
    await setScopes(unit, 'directory.read', 'objects.read', 'keys.publish');
    await records.query('UPDATE auth.connection SET may_see_nominal = true, clearance = 0 WHERE unit_id = $1', [
      unit.unitId,
    ]);
    expect((await whoami(token)).body).toMatchObject({
      clearance: 0,
      maySeeNominal: true,
      permissions: ['directory.read', 'keys.publish', 'objects.read'],
    });
  });

  it('can narrow a token, and never widen one', async () => {
    const unit = await aUnit();
    await setScopes(unit, 'directory.read', 'objects.read');
    const { body } = await askToken(await assertion(unit), { scope: 'objects.read objects.submit' });
    expect((await whoami(body['access_token'] as string)).body).toMatchObject({ permissions: ['objects.read'] });
    const unknown = await askToken(await assertion(unit), { scope: 'objects.read everything' });
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('can be for one kind of object alone, by its connection or by the scope of a token', async () => {
    const unit = await aUnit();
    const asked = async (scope?: string) => {
      const { body } = await askToken(await assertion(unit), scope === undefined ? {} : { scope });
      return (await whoami(body['access_token'] as string)).body;
    };
    const alertsOnly = { permissions: ['objects.submit'], sending: { kinds: ['alert'] } };
    expect(await asked('objects.submit:alert')).toMatchObject(alertsOnly);
    await setScopes(unit, 'objects.submit:alert', 'objects.submit:recall', 'unheard.of');
    expect(await asked()).toMatchObject({
      permissions: ['objects.submit'],
      sending: { kinds: ['alert', 'recall'] },
    });
    expect(await asked('objects.read objects.submit')).toMatchObject({ sending: { kinds: ['alert', 'recall'] } });
    expect(await asked('objects.submit:alert objects.submit:request')).toMatchObject(alertsOnly);
    expect(await asked('objects.submit:request')).toMatchObject({ permissions: [], sending: { kinds: [] } });
  });

  it('P5 states the purpose of its work by header, from the closed list', async () => {
    const token = await tokenOf(await aUnit());
    const withPurpose = (purpose: string) => whoami(token, { 'x-liaison-purpose': purpose });
    expect((await withPurpose('INVESTIGATE')).body).toMatchObject({ purpose: 'INVESTIGATE' });
    expect((await withPurpose('CURIOSITY')).body).toEqual({ code: 'BAD_USER_INPUT' });
    expect((await withPurpose('__proto__')).body).toEqual({ code: 'BAD_USER_INPUT' });
  });

  it('P5 that names a case names its purpose: none is taken for granted', async () => {
    const token = await tokenOf(await aUnit());
    const forCase = { 'x-liaison-case-ref': '12/2026' };
    expect((await whoami(token, forCase)).body).toEqual({ code: 'BAD_USER_INPUT' });
    expect((await whoami(token, { ...forCase, 'x-liaison-purpose': 'INVESTIGATE' })).body).toMatchObject({
      purpose: 'INVESTIGATE',
    });
  });

  it('is nobody without an Authorization header', async () => {
    expect(await whoami(undefined)).toEqual({ status: 200, body: null });
  });
});

describe('the token endpoint refuses', () => {
  const refused = { status: 401, body: { error: 'invalid_client', error_description: 'client authentication failed' } };

  it.each(['sig', 'enc', 'enrol'])('a key of the unit that is for use "%s"', async (use) => {
    const unit = await aUnit();
    const other = await aKey(unit, { use });
    expect(await askToken(await assertion({ ...unit, key: other }))).toMatchObject(refused);
  });

  it('A4 the same assertion a second time', async () => {
    const once = await assertion(await aUnit());
    expect((await askToken(once)).status).toBe(200);
    expect(await askToken(once)).toMatchObject(refused);
  });

  it('A4 all but one of the same assertion sent many times at once', async () => {
    const once = await assertion(await aUnit());
    const answers = await Promise.all(Array.from({ length: 12 }, () => askToken(once)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(11);
  });

  it.each<[string, unknown]>([
    ['another issuer', 'https://other.example/oidc'],
    ['the API', 'urn:liaison:api'],
    ['this hub and someone else', () => [issuer, 'https://other.example/oidc']],
    ['this hub under another name', 'http://other.example/oidc/token'],
    ['nobody', undefined],
  ])('A4 an assertion meant for %s', async (_name, aud) => {
    const audience = typeof aud === 'function' ? (aud as () => string[])() : aud;
    expect(await askToken(await assertion(await aUnit(), { aud: audience }))).toMatchObject(refused);
  });

  it('A4 an assertion meant for another host, whatever the Host header says', async () => {
    const stolen = await assertion(await aUnit(), { aud: 'http://other.example/oidc/token' });
    expect(await askAs('other.example', stolen)).toBe(401);
    expect(await askAs('other.example', await assertion(await aUnit()))).toBe(200);
  });

  it.each<[string, Claims]>([
    ['has expired', { exp: seconds(-60) }],
    ['lasts an hour', { exp: seconds(3600) }],
    ['lasts until 2099', { exp: 4_080_000_000 }],
    ['never expires', { exp: undefined }],
    ['is not yet valid', { nbf: seconds(120) }],
    ['has no jti', { jti: undefined }],
    ['has another issuer than subject', { iss: 'VN-CUS-OTHER' }],
    ['has an object as subject', { sub: { unit: 'VN-CUS' } }],
  ])('an assertion that %s', async (_name, claims) => {
    const { status } = await askToken(await assertion(await aUnit(), claims));
    expect([400, 401]).toContain(status);
  });

  it('an assertion whose subject no unit can have', async () => {
    const unit = await aUnit();
    for (const name of [
      "VN-CUS' OR 1=1--",
      '../../etc/passwd',
      'VN-CUS\u0000',
      '__proto__',
      'x'.repeat(5000),
      'VN-NOBODY',
    ]) {
      expect(await askToken(await assertion(unit, { iss: name, sub: name }))).toMatchObject(refused);
    }
  });

  it.each<[string, Partial<JWTHeaderParameters>]>([
    ['a kid that is a path', { kid: '../../dev/null' }],
    ['a kid that nobody has', { kid: 'A'.repeat(43) }],
    ['no kid', { kid: undefined }],
    ['the type of a signed alert', { typ: 'liaison-alert+jws' }],
    ['the type of an access token', { typ: 'at+jwt' }],
  ])('an assertion with %s', async (_name, header) => {
    expect(await askToken(await assertion(await aUnit(), {}, header))).toMatchObject(refused);
  });

  it('HS256 with the public key as secret, EdDSA, and none', async () => {
    const unit = await aUnit();
    const secret = new TextEncoder().encode(JSON.stringify(unit.key.publicJwk));
    const claims = assertionClaims(unit);
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: unit.key.kid }).sign(secret);
    expect(await askToken(symmetric)).toMatchObject(refused);
    expect(await askToken(await assertion(unit, {}, { alg: 'EdDSA' }))).toMatchObject(refused);
    expect(await askToken(`${part({ alg: 'none', kid: unit.key.kid })}.${part(claims)}.`)).toMatchObject(refused);
  });

  it("another unit's key, by its own kid and under this unit's", async () => {
    const unit = await aUnit();
    const other = await aUnit();
    expect(await askToken(await assertion({ ...unit, key: other.key }))).toMatchObject(refused);
    expect(await askToken(await assertion({ ...unit, key: other.key }, {}, { kid: unit.key.kid }))).toMatchObject(
      refused,
    );
  });

  it('the key of a sister unit or of a person of the same agency', async () => {
    const unit = await aUnit();
    for (const holder of [`unit:${unit.agencyId}-PCU`, 'p:9c3f21ab', unit.unitId]) {
      const key = await aKey(unit, { holder });
      expect(await askToken(await assertion({ ...unit, key }))).toMatchObject(refused);
    }
  });

  it('a key that another agency has put into its own key set for this unit', async () => {
    const unit = await aUnit();
    const foreign = await aKey({ ...unit, agencyId: (await aUnit()).agencyId });
    expect(await askToken(await assertion({ ...unit, key: foreign }))).toMatchObject(refused);
  });

  it.each<[string, Claims]>([
    ['has left the key set', { in_set: false }],
    ['is not valid yet', { nbf: seconds(60) }],
    ['has expired', { exp: seconds(-1) }],
    ['is compromised', { revoked: revocation('keyCompromise', -3600) }],
    ['was superseded', { revoked: revocation('superseded', -1) }],
    ['has a revocation that nobody can read', { revoked: { on: 'some day' } }],
  ])('a key that %s', async (_name, state) => {
    const unit = await aUnit();
    const key = await aKey(unit, state);
    expect(await askToken(await assertion({ ...unit, key }))).toMatchObject(refused);
    expect((await askToken(await assertion(unit))).status).toBe(200);
  });

  it('a key from its revocation on, at the very next request', async () => {
    const unit = await aUnit();
    expect((await askToken(await assertion(unit))).status).toBe(200);
    await setKey(unit, 'revoked', revocation('superseded', 3600));
    expect((await askToken(await assertion(unit))).status).toBe(200);
    await setKey(unit, 'revoked', revocation('keyCompromise', 0));
    expect(await askToken(await assertion(unit))).toMatchObject(refused);
  });

  it('a secret instead of a key, no credentials, and other grants', async () => {
    const unit = await aUnit();
    const basic = { authorization: `Basic ${Buffer.from(`${unit.unitId}:secret`).toString('base64')}` };
    expect((await ask({ grant_type: 'client_credentials' }, basic)).status).toBe(401);
    expect((await ask({ grant_type: 'client_credentials', client_id: unit.unitId })).status).toBe(401);
    for (const grant_type of ['authorization_code', 'password', 'implicit']) {
      expect((await askToken(await assertion(unit), { grant_type })).status).toBe(400);
    }
  });

  it('a token for anything but the API', async () => {
    const answer = await askToken(await assertion(await aUnit()), { resource: 'urn:other:api' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  it('JSON, a body of a megabyte, and cross-site pages', async () => {
    expect((await postBody('{}', 'application/json')).status).toBe(400);
    const type = 'application/x-www-form-urlencoded';
    expect((await postBody(`client_assertion=${'x'.repeat(1_000_000)}`, type)).status).toBe(413);
    const origin = { origin: 'https://other.example', accept: 'text/html' };
    const proven = { ...origin, dpop: await tokenProof() };
    const crossSite = await ask(form(await assertion(await aUnit())), proven);
    expect(crossSite).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(crossSite.allowOrigin).toBeNull();
  });
});

describe.each<[string, (unit: TestUnit) => Promise<unknown>]>([
  ['a suspended unit', (unit) => set('hub.unit', 'suspended_at', unit.unitId)],
  ['a closed unit', (unit) => set('hub.unit', 'valid_until', unit.unitId)],
  [
    'a unit that is not in force yet',
    (unit) => set('hub.unit', 'valid_from', unit.unitId, "now() + interval '1 hour'"),
  ],
  ['a suspended agency', (unit) => set('hub.agency', 'suspended_at', unit.agencyId)],
  ['an agency that has ended', (unit) => set('hub.agency', 'valid_until', unit.agencyId)],
  [
    'an agency that is not in force yet',
    (unit) => set('hub.agency', 'valid_from', unit.agencyId, "now() + interval '1 hour'"),
  ],
  [
    'a suspended connection',
    (unit) => records.query('UPDATE auth.connection SET suspended_at = now() WHERE unit_id = $1', [unit.unitId]),
  ],
  [
    'a connection that has ended',
    (unit) => records.query('UPDATE auth.connection SET valid_until = now() WHERE unit_id = $1', [unit.unitId]),
  ],
  [
    'a unit without connection',
    (unit) => records.query('DELETE FROM auth.connection WHERE unit_id = $1', [unit.unitId]),
  ],
  ['a key that was compromised', (unit) => setKey(unit, 'revoked', revocation('keyCompromise', 0))],
  ['a key that left the key set', (unit) => setKey(unit, 'in_set', false)],
  ['a key that has expired', (unit) => setKey(unit, 'exp', seconds(-1))],
])('%s', (_name, end) => {
  it('gets no token, and the token it has is worth nothing from the next request on', async () => {
    const unit = await aUnit();
    const old = await tokenOf(unit);
    expect((await whoami(old)).status).toBe(200);
    await end(unit);
    expect(await whoami(old)).toEqual(UNAUTHENTICATED);
    expect((await askToken(await assertion(unit))).status).toBe(401);
  });
});

const UNAUTHENTICATED = { status: 401, body: { code: 'UNAUTHENTICATED' } };

describe('the API refuses', () => {
  it('the token of a revoked key though the unit has another key', async () => {
    const unit = await aUnit();
    const other = { ...unit, key: await aKey(unit) };
    const [revoked, good] = [await tokenOf(unit), await tokenOf(other)];
    await setKey(unit, 'revoked', revocation('keyCompromise', 0));
    expect(await whoami(revoked)).toEqual(UNAUTHENTICATED);
    expect((await whoami(good)).status).toBe(200);
  });

  it('a token whose payload or signature was altered', async () => {
    const [unit, victim] = [await aUnit(), await aUnit()];
    const [header, payload, signature] = (await tokenOf(unit)).split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const altered = part({ ...claims, sub: victim.unitId, client_id: victim.unitId, auth_kid: victim.key.kid });
    expect(await whoami(`${header}.${altered}.${signature}`)).toEqual(UNAUTHENTICATED);
    expect(await whoami(`${header}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`)).toEqual(
      UNAUTHENTICATED,
    );
    expect(await whoami(`${header}.${payload}.`)).toEqual(UNAUTHENTICATED);
  });

  it('a token after it has expired', async () => {
    const unit = await aUnit();
    const keys = secrets.read<SignInKeys>('oidc')!;
    const shortLived = Fastify();
    const nonceSecret = secrets.read<{ secret: string }>('dpop-nonce')!.secret;
    const clientKeys = hub.get(ClientKeys).publicKeys();
    mountSignIn(
      shortLived,
      createProvider({ issuer, pool: signInPool, keys, nonceSecret, tokenSeconds: 1, clientKeys }),
      new SignInGate(),
    );
    const place = await shortLived.listen({ host: '127.0.0.1', port: 0 });
    const answer = await askToken(await assertion(unit), {}, `${place}/oidc/token`);
    await shortLived.close();
    expect(answer.body['expires_in']).toBe(1);
    await sleep(2_050);
    expect(await whoami(answer.body['access_token'] as string)).toEqual(UNAUTHENTICATED);
  });

  it.each<[string, Claims, Partial<JWTHeaderParameters>]>([
    ['another issuer', { iss: 'https://other.example/oidc' }, {}],
    ['another audience', { aud: 'urn:other:api' }, {}],
    ['no audience', { aud: undefined }, {}],
    ['no expiry', { exp: undefined }, {}],
    ['an expiry in the past', { exp: seconds(-1) }, {}],
    ['a start in the future', { nbf: seconds(60) }, {}],
    ['the type of an ID token', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['no key named', { auth_kid: undefined }, {}],
    ['a client other than its subject', { client_id: 'VN-CUS-OTHER' }, {}],
    ['a subject that is an object', { sub: {}, client_id: {} }, {}],
    ['a kid that is a path', {}, { kid: '../../../../dev/null' }],
    ['a kid that is SQL', {}, { kid: "' OR 1=1--" }],
  ])('A5, threats 20 a token with %s, though signed with the right key', async (_name, claims, header) => {
    const unit = await aUnit();
    expect((await whoami(await forged(unit, {}, {}))).status).toBe(200);
    expect(await whoami(await forged(unit, claims, header))).toEqual(UNAUTHENTICATED);
  });

  it("A18, threats 20 a token until 2099 signed by a stranger, and one signed with the unit's own key", async () => {
    const unit = await aUnit();
    const stranger = await generateKey();
    expect(await whoami(await forged(unit, { exp: 4_080_000_000 }, {}, stranger))).toEqual(UNAUTHENTICATED);
    const kid = { kid: stranger.kid, jwk: stranger.publicJwk };
    expect(await whoami(await forged(unit, {}, kid, stranger))).toEqual(UNAUTHENTICATED);
    expect(await whoami(await forged(unit, {}, {}, unit.key))).toEqual(UNAUTHENTICATED);
    expect(await whoami(await assertion(unit, { aud: 'urn:liaison:api' }))).toEqual(UNAUTHENTICATED);
  });

  it('A18, threats 20 none, HS256 with the public key as secret, and EdDSA', async () => {
    const unit = await aUnit();
    const own = secrets.read<SignInKeys>('oidc')!.jwks.keys[0]!;
    const claims = accessClaims(unit);
    expect(await whoami(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`)).toEqual(UNAUTHENTICATED);
    const secret = Buffer.from(own.x!, 'base64url');
    const header = { alg: 'HS256', typ: 'at+jwt', kid: own.kid };
    expect(await whoami(await new SignJWT(claims).setProtectedHeader(header).sign(secret))).toEqual(UNAUTHENTICATED);
    expect(await whoami(await forged(unit, {}, { alg: 'EdDSA' }))).toEqual(UNAUTHENTICATED);
  });

  it('A1 bearer use of a token, and anything that is no token with proof', async () => {
    const token = await tokenOf(await aUnit());
    for (const authorization of [
      '',
      'DPoP',
      'DPoP x',
      `Bearer ${token}`,
      `DPoP ${token}, DPoP ${token}`,
      token,
      'DPoP ..',
    ]) {
      expect(await whoami(token, { authorization })).toEqual(UNAUTHENTICATED);
    }
    expect((await whoami(token, { authorization: `dpop ${token}` })).status).toBe(200);
  });
});

describe('the provider', () => {
  it('takes no request of the console but a pushed one, with its key', async () => {
    const asked = new URLSearchParams({
      client_id: CONSOLE,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${address}${RETURN_PATH}`,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const direct = await fetch(`${issuer}/auth?${asked.toString()}`, { redirect: 'manual' });
    const refused = new URL(direct.headers.get('location')!);
    expect([refused.pathname, refused.searchParams.get('error')]).toEqual([RETURN_PATH, 'invalid_request']);
    expect((await fetch(`${issuer}/auth`, { redirect: 'manual' })).headers.get('location')).toBe('/sign-in');
    expect((await fetch(`${issuer}/auth/x`, { redirect: 'manual' })).headers.get('location')).toBe('/sign-in');
    const pushed = await fetch(`${issuer}/request`, { method: 'POST', body: asked });
    expect(pushed.status).toBe(401);
  });

  it('can be reached only where it is needed', async () => {
    const description = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Claims;
    expect(description).toMatchObject({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` });
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: Claims[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    for (const path of ['/me', '/reg', '/session/end', '/token/introspection', '/interaction/x', '/']) {
      expect((await fetch(`${issuer}${path}`)).status).toBe(404);
      expect((await fetch(`${issuer}${path}`, { method: 'POST' })).status).toBe(404);
    }
  });

  it('prints nothing on the console', () => {
    expect(printed).toEqual([]);
  });
});

describe('records of the provider', () => {
  it('hold one mark for an assertion, though the provider looked for it twice before either was stored', async () => {
    const marks = new PostgresAdapter('ReplayDetection', signInPool);
    const stored = await Promise.allSettled([1, 2].map(() => marks.upsert('assertion-1', { iss: 'VN-CUS-AS' }, 60)));
    expect(stored.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(marks.upsert('assertion-1', { iss: 'VN-CUS-AS' }, 60)).rejects.toThrow(errors.InvalidClientAuth);
  });

  it('are kept by the hash of their id, consumed once, and gone with their grant', async () => {
    const codes = new PostgresAdapter('AuthorizationCode', signInPool);
    await codes.upsert('code-1', { jti: 'code-1', grantId: 'grant-1', kind: 'AuthorizationCode' }, 60);
    expect(await codes.find('code-1')).toEqual({ jti: 'code-1', grantId: 'grant-1', kind: 'AuthorizationCode' });
    const { rows } = await records.query<{ row: string }>('SELECT r::text AS row FROM auth.oidc_record r');
    expect(rows.filter(({ row }) => row.includes('code-1'))).toEqual([]);

    const consumed = await Promise.allSettled([codes.consume('code-1'), codes.consume('code-1')]);
    expect(consumed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(codes.consume('code-1')).rejects.toThrow(errors.InvalidGrant);
    expect(await codes.find('code-1')).toMatchObject({ consumed: expect.any(Number) });
    await codes.revokeByGrantId('grant-1');
    expect(await codes.find('code-1')).toBeUndefined();
  });

  it('are not found once expired, and are swept by later ones', async () => {
    const codes = new PostgresAdapter('AuthorizationCode', signInPool);
    for (const id of ['old-1', 'old-2', 'old-3']) await codes.upsert(id, { jti: id }, 60);
    await records.query(
      "UPDATE auth.oidc_record SET expires_at = now() - interval '1 hour' WHERE model = 'AuthorizationCode'",
    );
    expect(await codes.find('old-1')).toBeUndefined();
    await codes.upsert('new-1', { jti: 'new-1' }, 60);
    await codes.upsert('new-2', { jti: 'new-2' }, 60);
    const { rows } = await records.query('SELECT 1 FROM auth.oidc_record WHERE expires_at < now()');
    expect(rows).toEqual([]);
    expect(await codes.find('new-1')).toBeDefined();
  });
});

/** pg's end() returns before the server has noticed, so stopping it right after would be an unhandled error. */
function aPool(connectionString: string): Pool {
  return new Pool({ connectionString, max: 2 }).on('error', () => undefined);
}

/** A new unit of a new agency with a connection and a client key, all in force. */
async function aUnit(pair?: KeyPair): Promise<TestUnit> {
  const agencyId = `VN-${randomUUID().slice(0, 8).toUpperCase()}`;
  const unitId = `${agencyId}-AS`;
  const names = `'Example', 'Ví dụ', now() - interval '1 year'`;
  await records.query(`INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from)
    VALUES ('${agencyId}', 'CUSTOMS', 'VN', ${names})`);
  await records.query(`INSERT INTO hub.unit (id, agency_id, kind, name_en, name_vi, valid_from)
    VALUES ('${unitId}', '${agencyId}', 'ANTI_SMUGGLING', ${names})`);
  await records.query(`INSERT INTO auth.connection (unit_id, clearance) VALUES ('${unitId}', 1)`);
  return { agencyId, unitId, key: await aKey({ agencyId, unitId }, {}, pair) };
}

async function aKey(unit: Omit<TestUnit, 'key'>, state: Claims = {}, pair?: KeyPair): Promise<KeyPair> {
  const key = pair ?? (await generateKey());
  const holder = `unit:${unit.unitId}`;
  const row = { holder, use: 'auth', nbf: seconds(-60), exp: seconds(86_400), revoked: null, in_set: true, ...state };
  await records.query(
    `INSERT INTO hub.agency_key (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
     VALUES ($1, $2, $3, $4, '{}', $5, $6, $7, $8, $9)`,
    [key.kid, unit.agencyId, row.holder, row.use, key.publicJwk, row.nbf, row.exp, row.revoked, row.in_set],
  );
  return key;
}

function setKey({ key }: TestUnit, column: string, value: unknown): Promise<unknown> {
  return records.query(`UPDATE hub.agency_key SET ${column} = $2 WHERE kid = $1`, [key.kid, value]);
}

function set(table: string, column: string, id: string, value = 'now()'): Promise<unknown> {
  return records.query(`UPDATE ${table} SET ${column} = ${value} WHERE id = $1`, [id]);
}

function setScopes({ unitId }: TestUnit, ...scopes: string[]): Promise<unknown> {
  return records.query('UPDATE auth.connection SET scopes = $2 WHERE unit_id = $1', [unitId, scopes]);
}

function revocation(reason: string, from: number): Claims {
  return { at: seconds(0), invalidFrom: seconds(from), reason };
}

function assertionClaims({ unitId }: TestUnit): Claims {
  return { iss: unitId, sub: unitId, aud: issuer, exp: seconds(60), iat: seconds(0), jti: randomUUID() };
}

async function assertion(
  unit: TestUnit,
  claims: Claims = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const alg = algorithmOf(unit.key.publicJwk);
  const key = await importJWK(unit.key.privateJwk, alg);
  return new SignJWT({ ...assertionClaims(unit), ...claims })
    .setProtectedHeader({ alg, kid: unit.key.kid, ...header })
    .sign(key);
}

function accessClaims({ unitId, key }: TestUnit): Claims {
  const cnf = { jkt: proofKey.kid };
  return {
    iss: issuer,
    aud: 'urn:liaison:api',
    sub: unitId,
    client_id: unitId,
    auth_kid: key.kid,
    exp: seconds(60),
    cnf,
  };
}

/** A proof of possession with these claims and header members changed. */
async function proofOf(claims: Claims, header: Claims = {}, pair = proofKey): Promise<string> {
  const alg = algorithmOf(pair.publicJwk);
  return new SignJWT({ jti: randomUUID(), iat: seconds(0), ...claims })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: pair.publicJwk, ...header })
    .sign(await importJWK(pair.privateJwk, alg));
}

/** The claims of a proof that fits a request for `whoami` with this token. */
function proofClaims(token: string): Claims {
  const ath = createHash('sha256').update(token).digest('base64url');
  return { htm: 'GET', htu: `${address}/whoami`, ath, nonce: apiNonce };
}

/** An access token made by hand, with the provider's own key unless another is given. */
async function forged(
  unit: TestUnit,
  claims: Claims,
  header: Partial<JWTHeaderParameters>,
  by?: KeyPair,
): Promise<string> {
  const own = secrets.read<SignInKeys>('oidc')!.jwks.keys[0]!;
  const alg = header.alg ?? 'Ed25519';
  const key = await importJWK({ ...(by?.privateJwk ?? own), alg }, alg);
  const full = { alg, typ: 'at+jwt', kid: own.kid, ...header };
  return new SignJWT({ ...accessClaims(unit), ...claims }).setProtectedHeader(full).sign(key);
}

async function tokenOf(unit: TestUnit): Promise<string> {
  return (await askToken(await assertion(unit))).body['access_token'] as string;
}

/** Asks with a fresh proof. */
async function askToken(clientAssertion: string, fields: Fields = {}, at?: string): ReturnType<typeof ask> {
  return ask(form(clientAssertion, fields), { dpop: await tokenProof() }, at);
}

function tokenProof(claims: Claims = {}, header: Claims = {}): Promise<string> {
  return proofOf({ htm: 'POST', htu: `${issuer}/token`, nonce: signInNonce, ...claims }, header);
}

function form(clientAssertion: string, fields: Fields = {}): Fields {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: clientAssertion,
    ...fields,
  };
}

async function ask(fields: Fields, headers: Fields = {}, at = `${issuer}/token`) {
  const response = await fetch(at, { method: 'POST', body: new URLSearchParams(fields), headers });
  signInNonce = response.headers.get('dpop-nonce') ?? signInNonce;
  return {
    status: response.status,
    body: (await response.json()) as Claims,
    cacheControl: response.headers.get('cache-control'),
    allowOrigin: response.headers.get('access-control-allow-origin'),
  };
}

function postBody(body: string, type: string): Promise<Response> {
  return fetch(`${issuer}/token`, { method: 'POST', body, headers: { 'content-type': type } });
}

/** Asks for a token under another Host header; fetch would not send one. */
async function askAs(host: string, clientAssertion: string): Promise<number | undefined> {
  const dpop = await tokenProof();
  return new Promise((resolve, reject) => {
    const headers = { host, dpop, 'content-type': 'application/x-www-form-urlencoded' };
    const request = httpRequest(`${issuer}/token`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end(new URLSearchParams(form(clientAssertion)).toString());
  });
}

/** What the hub takes the bearer of this token for; with a proof that fits, unless `headers` brings another. */
async function whoami(token: string | undefined, headers: Fields = {}): Promise<{ status: number; body: unknown }> {
  const signed: Fields =
    token === undefined ? {} : { authorization: `DPoP ${token}`, dpop: await proofOf(proofClaims(token)) };
  const { status, body } = await askWhoami({ ...signed, ...headers });
  return { status, body: isRefusal(body) ? { code: body.errors[0]!.extensions['code'] } : body };
}

async function askWhoami(headers: Fields): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${address}/whoami`, { headers });
  apiNonce = response.headers.get('dpop-nonce') ?? apiNonce;
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

function isRefusal(body: unknown): body is { errors: { extensions: Claims }[] } {
  return body !== null && typeof body === 'object' && 'errors' in body;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
