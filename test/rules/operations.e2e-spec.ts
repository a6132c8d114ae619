import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  buildSchema,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  validate,
  parse,
} from 'graphql';
import { PROJECT_FOLDER, readEnvironment } from '../../config/environment.js';
import { AccessGuard } from '../../src/access/access.guard.js';
import { Allow, type Permission, Public, StepUp } from '../../src/access/permission.js';
import type { Visibility } from '../../src/access/visibility.js';
import { aPdf } from '../../src/files/files.example.js';
import { startHub } from '../../src/hub.js';
import { schemaText } from '../../src/schema.controller.js';
import { Clock } from '../../src/common/clock.js';
import { HttpErrorFilter } from '../../src/common/http-error.filter.js';
import { fingerprint, signInFingerprint } from '../hostile/hostile.js';
import { ACTS } from '../support/administration.js';
import { aSignedIn } from '../support/browser.js';
import { download, upload } from '../support/files.js';
import { composeAndSubmit } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { type NationalIssuer, startIssuer, trust } from '../support/issuer.js';
import { argumentsFor, type Operation, operationsOf, selectionFor } from '../support/operations.js';
import { aCaller } from '../support/world.js';

const SCHEMA_FILE = join(PROJECT_FOLDER, 'schema.graphql');

let t: TestHub;
let vn: Party;
let schema: GraphQLSchema;
let operations: Operation[];

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  schema = t.hub.app.get(GraphQLSchemaHost, { strict: false }).schema;
  operations = operationsOf(t.hub.app);
});
afterAll(() => t.stop());

const declaration = (key: string, { handler }: Operation): unknown => Reflect.getMetadata(key, handler);

describe('threats 1 every operation', () => {
  it('is found: all root fields of the schema, and the routes', () => {
    const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const graphql = operations.filter((each) => each.type !== 'HTTP').map((each) => each.name);
    expect(graphql.sort()).toEqual(rootFields.sort());
    expect(
      operations
        .filter((each) => each.type === 'HTTP')
        .map((each) => each.name)
        .sort(),
    ).toEqual(
      expect.arrayContaining([
        'GET /healthz',
        'GET /readyz',
        'GET /schema.graphql',
        'GET /schemas',
        'GET /schemas/:file',
      ]),
    );
  });

  it('declares one of @Allow and @Public', () => {
    const undeclared = operations.filter(
      (each) => (declaration(Allow.KEY, each) === undefined) === (declaration(Public.KEY, each) === undefined),
    );
    expect(undeclared.map((each) => each.name)).toEqual([]);
  });

  it('asks an officer for the passkey again where something cannot be taken back', () => {
    const careful = operations.filter((each) => declaration(StepUp.KEY, each) === true).map((each) => each.name);
    // `submit` asks for more: a touch for the very object (src/session/people/assertions.ts).
    const known = [
      'approveAdmission',
      'approveKey',
      'approvePasskey',
      'blockKey',
      'declineAdmission',
      'endNoticeAddress',
      'keepNoticeAddress',
      'keepNoticeRule',
      'keepRoster',
      'linkPasskey',
      'proposeAdmission',
      'publishKeySet',
      'removePasskey',
      'requestKey',
      'shareOnward',
      ...Object.keys(ACTS),
    ];
    expect(careful.sort()).toEqual(known.sort());
  });

  it('is public only where the reason is known', async () => {
    const openOf = (app: NestFastifyApplication): string[] =>
      operationsOf(app)
        .filter((each) => declaration(Public.KEY, each) === true)
        .map((each) => each.name)
        .sort();
    // Health is for whoever watches the process; JSON Schemas are the protocol, not data; who signs in is not signed in yet.
    const known = [
      'GET /',
      'GET /account',
      'GET /administration',
      'GET /enrol',
      'GET /healthz',
      'GET /pages/:file',
      'GET /readyz',
      'GET /schemas',
      'GET /schemas/:file',
      'GET /sign-in',
      'GET /sign-in/keys',
      'GET /sign-in/return',
      'GET /sign-in/return/:issuer',
      'GET /sign-in/with/:issuer',
      'GET /signing',
      'GET /step-up',
      'POST /enrol',
      'POST /enrol/open',
      'POST /enrol/password',
      'POST /enrol/password/options',
      'POST /enrol/with',
      'POST /sign-in',
      'POST /sign-in/options',
      'POST /sign-in/password',
    ];
    // A demonstration listens on loopback and shows its fictional world to whoever sits at the machine; nothing else does.
    const isOfDemonstration = (name: string): boolean => /^(GET|POST) \/demo\//.test(name);
    expect(openOf(t.hub.app).filter((name) => !isOfDemonstration(name))).toEqual(known);
    const environment = readEnvironment({
      HUB_ID: 'hub.example',
      PORT: '0',
      DATABASE_URL: t.database.url,
      DATA_FOLDER: t.database.dataFolder,
      LOG_LEVEL: 'fatal',
    });
    const real = await startHub(environment, t.database.url);
    try {
      expect(openOf(real.app)).toEqual(known);
      expect((await fetch(`${real.url}/demo/sign-in/${vn.unit}`)).status).toBe(404);
      const home = await fetch(real.url, { redirect: 'manual' });
      expect([home.status, home.headers.get('location')]).toEqual([303, '/account']);
    } finally {
      await real.stop();
    }
  });
});

/** What a forgetful colleague might write. */
@Controller('forgotten')
class ForgottenController {
  @Get()
  nothing(): string {
    return 'secret';
  }

  @Get('open')
  @Public(true)
  open(): string {
    return 'open';
  }

  @Get('keys')
  @Allow('keys.publish')
  keys(): string {
    return 'keys';
  }
}

@Module({ controllers: [ForgottenController], providers: [{ provide: APP_GUARD, useClass: AccessGuard }] })
class ForgottenModule {}

describe('the guard', () => {
  let app: NestFastifyApplication;
  let isSignedIn = false;
  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(ForgottenModule, new FastifyAdapter(), { logger: false });
    app.useGlobalFilters(new HttpErrorFilter({ pageFor: () => undefined }, new Clock(false)));
    const caller = aCaller({ agencyId: 'VN-CUS', unitId: 'VN-CUS-AS', permissions: new Set(['objects.read']) });
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', async (request) => {
        if (isSignedIn) request.caller = caller;
      });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const get = async (url: string, signedIn: boolean): Promise<[number, string]> => {
    isSignedIn = signedIn;
    const response = await app.inject({ method: 'GET', url });
    return [response.statusCode, response.body];
  };

  it('refuses an operation that declares nothing, to everybody', async () => {
    const [status, body] = await get('/forgotten', true);
    expect(status).toBe(403);
    expect(body).toContain('FORBIDDEN');
    expect(body).not.toContain('secret');
    expect((await get('/forgotten', false))[0]).toBe(401);
  });

  it('refuses an operation whose permission the caller has not', async () => {
    expect((await get('/forgotten/keys', true))[0]).toBe(403);
    expect((await get('/forgotten/keys', false))[0]).toBe(401);
    expect(await get('/forgotten/open', false)).toEqual([200, 'open']);
  });
});

describe('threats 6 operations of one family', () => {
  /** A mutation is a verb and a noun: the noun's mutations belong together, and compose… to submit. */
  const familyOf = (name: string): string => (/^(compose|submit)/.test(name) ? 'submit' : name.replace(/^[a-z]+/, ''));
  const unequal = (each: readonly { name: string; needs: unknown }[]): string[] =>
    each
      .filter((one) => each.some((other) => familyOf(one.name) === familyOf(other.name) && one.needs !== other.needs))
      .map(({ name }) => name);

  it('need the same right', () => {
    const declared = operations
      .filter(({ type, name }) => type === 'Mutation' || name.startsWith('compose'))
      .map((each) => ({ name: each.name, needs: declaration(Allow.KEY, each) }));
    expect(declared.length).toBeGreaterThan(5);
    expect(unequal(declared)).toEqual([]);
    const weaker = { name: 'revokeKeySet', needs: 'directory.read' };
    expect(unequal([...declared, weaker])).toEqual(expect.arrayContaining(['publishKeySet', 'revokeKeySet']));
  });
});

/** The permissions with which fields of each visibility may be reached. */
const REACHED_WITH: Record<Visibility, readonly Permission[] | 'any'> = {
  signedIn: 'any',
  caller: 'any',
  released: ['objects.read', 'objects.submit', 'desk.work'],
  nominal: ['objects.read', 'objects.submit', 'desk.work'],
  owner: ['objects.read'],
  ownAgency: ['objects.read', 'objects.submit', 'desk.work'],
  administrator: ['officers.enrol', 'agency.administer', 'hub.administer'],
  operator: ['hub.administer'],
  list: 'any',
};

describe('threats 1 every field of every type', () => {
  const visibilityOf = (type: GraphQLObjectType, name: string): unknown =>
    type.getFields()[name]!.extensions['visibility'] ?? type.extensions['visibility'];

  it('says who may see it', () => {
    expect(undeclaredFields(schema)).toEqual([]);
    const forgetful = buildSchema('type Query { forgotten: Forgotten } type Forgotten { secret: String }');
    expect(undeclaredFields(forgetful)).toEqual(['Forgotten.secret']);
  });

  it('is reached by operations only whose permission lets one see it', () => {
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const operation of operations.filter(({ type }) => type === 'Query' || type === 'Mutation')) {
      const root = operation.type === 'Query' ? schema.getQueryType()! : schema.getMutationType()!;
      const permission = declaration(Allow.KEY, operation) as Permission;
      for (const type of typesBehind(root.getFields()[operation.name]!.type)) {
        for (const name of Object.keys(type.getFields())) {
          const visibility = visibilityOf(type, name) as Visibility;
          const allowed = REACHED_WITH[visibility];
          seen.add(visibility);
          if (allowed !== 'any' && !allowed.includes(permission))
            wrong.push(`${operation.name} -> ${type.name}.${name}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen].toSorted()).toEqual(Object.keys(REACHED_WITH).toSorted());
  });

  it('that holds personal details may be withheld, with the reason beside it', () => {
    const types = objectTypes(schema).filter((type) =>
      Object.keys(type.getFields()).some((name) => visibilityOf(type, name) === 'nominal'),
    );
    expect(types.map(({ name }) => name)).toContain('ObjectPart');
    for (const type of types) {
      expect([type.name, Object.keys(type.getFields())]).toEqual([type.name, expect.arrayContaining(['withheld'])]);
      for (const field of Object.values(type.getFields())) {
        if (visibilityOf(type, field.name) === 'nominal')
          expect([field.name, isNonNullType(field.type)]).toEqual([field.name, false]);
      }
    }
  });
});

describe('threats 39 GET', () => {
  let issuer: NationalIssuer;
  beforeAll(async () => {
    issuer = await startIssuer('th-customs');
  });
  afterAll(() => issuer.stop());

  it('changes nothing: no route, and no query with everything that it takes', async () => {
    const to = await t.enrol('TH-CUS-LCB');
    await trust(t, issuer, ['TH-CUS']);
    const agreement = await t.agree([vn, to]);
    const digest = await upload(t, vn, aPdf(`% ${randomUUID()}\n`), 'application/pdf');
    const { id } = await composeAndSubmit(vn, { to: [to.agency], agreement, attachments: [digest] });
    const { browser } = await aSignedIn(t, to, ['ANALYST', 'RELEASER']);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const get = async (path: string): Promise<void> => {
      const system = await to.headersFor('GET', path);
      for (const caller of [system, { cookie }, {}]) {
        const headers = { ...caller, 'x-liaison-csrf': browser.csrf ?? '1' } as Record<string, string>;
        await (await fetch(`${t.url}${path}`, { headers, redirect: 'manual' })).arrayBuffer();
      }
    };
    const before = [await fingerprint(t.database), await signInFingerprint(t.database)];
    for (const { path, method } of operations.filter((each) => each.type === 'HTTP')) {
      if (method !== 'GET') continue;
      for (const value of ['x', id, issuer.id, 'hub']) await get(path!.replace(/:\w+/g, value));
    }
    const fields = Object.values(schema.getQueryType()!.getFields());
    for (const field of fields) {
      const given = argumentsFor(field.args).replaceAll('00000000-0000-4000-8000-000000000000', id);
      for (const more of ['', ' changes { endCursor }']) {
        const query = `{ ${field.name}${given} ${selectionFor(field.type)}${field.name === 'changes' ? '' : more} }`;
        await get(`/graphql?query=${encodeURIComponent(query)}`);
      }
    }
    expect([await fingerprint(t.database), await signInFingerprint(t.database)]).toEqual(before);
    // A file alone leaves something, and that is who opened it.
    expect((await download(t, to, id, digest)).status).toBe(200);
    const after = await fingerprint(t.database);
    const written = Object.keys(after).filter((table) => after[table] !== before[0]![table]);
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((table) => !table.startsWith('audit.'))).toEqual([]);
    // Links that begin a sign-in were among them.
    const begun = await t.database.sql<{ issuer: string }>(
      'SELECT DISTINCT issuer_id AS issuer FROM auth.begun_sign_in',
    );
    expect(begun.map((each) => each.issuer).toSorted()).toEqual(['hub', issuer.id]);
    // The same by POST leaves its event, so there was something to change; and so there was in what sign-in keeps.
    await to.ask(`{ object(id: "${id}") { id } }`);
    expect(await fingerprint(t.database)).not.toEqual(before[0]);
    await browser.post('/sign-out');
    expect(await signInFingerprint(t.database)).not.toEqual(before[1]);
  });
});

describe('without sign-in', () => {
  it('every query and mutation answers UNAUTHENTICATED and nothing else', async () => {
    const roots = { query: schema.getQueryType(), mutation: schema.getMutationType() };
    for (const [kind, type] of Object.entries(roots)) {
      for (const field of Object.values(type?.getFields() ?? {})) {
        const document = `${kind} { ${field.name}${argumentsFor(field.args)} ${selectionFor(field.type)} }`;
        expect([document, validate(schema, parse(document)).map((error) => error.message)]).toEqual([document, []]);
        const response = await post(document, {});
        const answer = (await response.json()) as { data: unknown; errors: { extensions: { code: string } }[] };
        expect([field.name, answer.data ?? null, answer.errors.map((error) => error.extensions)]).toEqual([
          field.name,
          null,
          [{ code: 'UNAUTHENTICATED', retryable: false, serverTime: expect.any(String) }],
        ]);
      }
    }
  });

  it('a bad token is answered 401 before anything is read', async () => {
    const { authorization: genuine, dpop } = await vn.headersFor('POST', '/graphql');
    const token = genuine.replace('DPoP ', '');
    const [header, payload, signature] = token.split('.');
    const bad = [
      'DPoP x',
      'DPoP a.b.c',
      `DPoP ${header}.${payload}.${'A'.repeat(86)}`,
      `DPoP ${header}.${payload}.`,
      `DPoP ${payload}.${payload}.${signature}`,
      `DPoP ${token}x`,
      `Bearer ${token}`,
      `Basic ${token}`,
      '',
    ];
    for (const authorization of bad) {
      const response = await post('{ __typename }', { authorization, dpop });
      expect([authorization, response.status]).toEqual([authorization, 401]);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    expect((await post('{ __typename }', { authorization: genuine, dpop })).status).toBe(200);
  });

  it('every route that is not public answers 401', async () => {
    for (const operation of operations.filter((each) => each.type === 'HTTP')) {
      const url = `${t.url}${operation.path!.replace(/:\w+/g, 'x')}`;
      const isOpen = declaration(Public.KEY, operation) === true;
      const open = await fetch(url, { method: operation.method! });
      expect([operation.name, open.status === 401]).toEqual([operation.name, !isOpen]);
      const wrong = await fetch(url, { method: operation.method!, headers: { authorization: 'DPoP a.b.c' } });
      expect([operation.name, wrong.status]).toEqual([operation.name, 401]);
    }
  });
});

describe('the schema', () => {
  /** Names that say all there is to say. Any other field or argument needs a description. */
  const PLAIN =
    /^(id|agency|unit|officer|country|kind|name(En|Vi)?|title(En|Vi)?|text|body|handling|to|from|digest|receipt|cursor|node|nodes|edges|pageInfo|hasNextPage|object|objects|changes|preview|parts|parties|input|field|value|message|valid(From|Until)|severity|phone24h|mailbox|permissions|agreements|communities|articles|assistanceTypes|languages|officers|protected|agencyId|reason|lookUp|composition|urgency)$/;

  it('describes every type, every operation, every value of a list of codes, and every other name that needs it', () => {
    const bare: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
      const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
        (each) => each === type,
      );
      if (!type.description && !isRoot) bare.push(type.name);
      if (isEnumType(type))
        bare.push(
          ...type
            .getValues()
            .filter((value) => !value.description)
            .map((value) => `${type.name}.${value.name}`),
        );
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          if (!field.description && (isRoot || !PLAIN.test(field.name))) bare.push(`${type.name}.${field.name}`);
          bare.push(
            ...field.args
              .filter((argument) => !argument.description && !PLAIN.test(argument.name))
              .map((argument) => `${type.name}.${field.name}(${argument.name})`),
          );
        }
      }
      if (isInputObjectType(type)) {
        const fields = Object.values(type.getFields()).filter((field) => !field.description && !PLAIN.test(field.name));
        bare.push(...fields.map((field) => `${type.name}.${field.name}`));
      }
    }
    expect(bare).toEqual([]);
  });

  /** UPDATE_SCHEMA=1 npm test -- test/rules/operations writes the file. */
  it('stands in the repository as the server has it', () => {
    const text = schemaText(t.hub.app.get(GraphQLSchemaHost, { strict: false }));
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(SCHEMA_FILE, text);
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(text);
  });

  it('is given out as it stands in the repository', async () => {
    const response = await vn.send('/schema.graphql', { method: 'GET' });
    expect(await response.text()).toBe(schemaText(t.hub.app.get(GraphQLSchemaHost, { strict: false })));
  });
});

function objectTypes(of: GraphQLSchema): GraphQLObjectType[] {
  const roots: unknown[] = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()];
  return Object.values(of.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__') && !roots.includes(type),
  );
}

/** Fields for which neither they nor their type have a @Visible. */
function undeclaredFields(of: GraphQLSchema): string[] {
  return objectTypes(of).flatMap((type) =>
    Object.values(type.getFields())
      .filter(
        (field) =>
          !Object.hasOwn(REACHED_WITH, String(field.extensions['visibility'] ?? type.extensions['visibility'])),
      )
      .map((field) => `${type.name}.${field.name}`),
  );
}

/** The object types that a field leads to, at any depth. */
function typesBehind(type: GraphQLOutputType, known = new Set<GraphQLObjectType>()): Set<GraphQLObjectType> {
  const named = getNamedType(type);
  if (!isObjectType(named) || known.has(named)) return known;
  known.add(named);
  for (const field of Object.values(named.getFields())) typesBehind(field.type, known);
  return known;
}

function post(query: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${t.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}
