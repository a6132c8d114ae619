import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { Allow, type Permission, StepUp } from '../../src/access/permission.js';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { message, type MessageKey } from '../../src/common/messages/messages.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import { permittedActs, REQUEST_STATES } from '../../src/requests/request-states.js';
import { ROLES } from '../../src/session/people/role-rights.js';
import { anOfficer, aSignedIn, type Browser } from '../support/browser.js';
import { aHandling, COMPOSE_ALERT, type ComposedAnswer } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { trusted } from '../support/documents.js';
import { argumentsFor, type Operation, operationsOf, selectionFor } from '../support/operations.js';
import { TestSocket } from '../support/socket.js';

/*
 * Threats 5: the table of roles, every cell of it tried on a running hub. docs/roles.md is written from the same table:
 * UPDATE_ROLES=1 npx jest test/rules/roles writes it.
 */

const PAGE = join(PROJECT_FOLDER, 'docs/roles.md');

let t: TestHub;
let vn: Party;
let schema: GraphQLSchema;
/** What needs a permission, by operation. */
let operations: (Operation & { needs: Permission; isStepUp: boolean })[];

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '1000000' });
  vn = await t.enrol('VN-CUS-AS');
  schema = t.hub.app.get(GraphQLSchemaHost, { strict: false }).schema;
  operations = operationsOf(t.hub.app).flatMap((operation) => {
    const needs = Reflect.getMetadata(Allow.KEY, operation.handler) as Permission | undefined;
    if (needs === undefined) return [];
    return [{ ...operation, needs, isStepUp: Reflect.getMetadata(StepUp.KEY, operation.handler) === true }];
  });
});
afterAll(() => t.stop());

const FORBIDDEN = message('error.forbidden', 'en');

function ask(browser: Browser, method: string, address: string): ReturnType<Browser['post']> {
  if (method === 'GET') return browser.get(address);
  if (method === 'POST') return browser.post(address);
  return browser.send(address, { method }, browser.ofOwnPage());
}

/** Whether the guard lets an operation through; what the operation itself says of such arguments is its own affair. */
async function isLetThrough(browser: Browser, { type, name, path, method }: Operation): Promise<boolean> {
  if (type === 'HTTP') {
    const address = path!.replace(/:\w+/g, 'x');
    const { status, body } = await ask(browser, method!, address);
    // An answer to HEAD has no words, and needs no proof that it could lack.
    return !(status === 403 && (method === 'HEAD' || body.errors?.[0]?.message === FORBIDDEN));
  }
  if (type === 'Subscription') return isSubscribed(browser, name);
  const root = type === 'Query' ? schema.getQueryType()! : schema.getMutationType()!;
  const field = root.getFields()[name]!;
  const document = `${type.toLowerCase()} { ${name}${argumentsFor(field.args)} ${selectionFor(field.type)} }`;
  const { errors } = await browser.ask(document);
  expect([document, errors?.[0]?.extensions.code]).not.toEqual([document, 'BAD_REQUEST']);
  return errors?.[0]?.message !== FORBIDDEN;
}

async function isSubscribed(browser: Browser, name: string): Promise<boolean> {
  const field = schema.getSubscriptionType()!.getFields()[name]!;
  const socket = await TestSocket.ofPage(browser);
  socket.subscribe({ documentId: trusted(`subscription { ${name} ${selectionFor(field.type)} }`) });
  const answer = await socket.until(({ id }) => id === '1');
  socket.socket.close();
  return !JSON.stringify(answer).includes(FORBIDDEN);
}

describe('threats 5 each role and each operation', () => {
  it.each(Object.entries(ROLES))('%s may do what its row says, and nothing else', async (role, { permissions }) => {
    const { browser } = await aSignedIn(t, vn, [role]);
    expect(operations.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const operation of operations.filter(({ name }) => name !== 'POST /sign-out')) {
      const may = await isLetThrough(browser, operation);
      if (may !== permissions.includes(operation.needs)) wrong.push(`${operation.name}: ${may}`);
    }
    expect(wrong).toEqual([]);
    // The row ends with the session.
    expect((await browser.post('/sign-out')).status).toBe(200);
  });

  it.each(Object.entries(ROLES))('%s sees personal details as its row says', async (role, { nominal }) => {
    const { browser } = await aSignedIn(t, vn, [role], { maySeeNominal: true });
    expect(await browser.ask('{ me { maySeeNominal } }')).toEqual({
      data: { me: { maySeeNominal: nominal === 'IF_CLEARED' } },
    });
    // NEVER outweighs any other role; the operator holds no other.
    if (role === 'SYSTEM_ADMIN') return;
    const both = await aSignedIn(t, vn, [role, 'ANALYST'], { maySeeNominal: true });
    expect(await both.browser.ask('{ me { maySeeNominal } }')).toEqual({
      data: { me: { maySeeNominal: nominal !== 'NEVER' } },
    });
  });

  it('count as readers of what a unit gets exactly if they may read, and of personal details if they may have those', async () => {
    const la = await t.enrol('LA-CUS-HQ');
    const agreement = await t.agree([vn, la]);
    const { ref: _, ...body } = aPersonAlertBody();
    const input = { to: [la.unit], handling: aHandling(agreement), body, nominal: someNominalData() };
    const readers = async (): Promise<[number, number]> => {
      const { data } = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, { input });
      const { officers, notReading } = data!.composeAlert[0]!.preview.readers[0]!;
      return [officers, notReading.find(({ reason }) => reason === 'NO_PERSONAL_DETAILS')?.officers ?? 0];
    };
    let [reading, withoutNominal] = [0, 0];
    for (const [role, { permissions, nominal }] of Object.entries(ROLES)) {
      await anOfficer(t, la, [role]);
      const reads = permissions.includes('objects.read');
      reading += reads ? 1 : 0;
      withoutNominal += reads && nominal !== 'IF_CLEARED' ? 1 : 0;
      expect([role, await readers()]).toEqual([role, [reading, withoutNominal]]);
    }
    expect([reading, withoutNominal]).toEqual([10, 2]);
  });

  it('has a page, written from the same table', async () => {
    const text = await format(page(), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    if (process.env['UPDATE_ROLES'] === '1') writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });
});

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function page(): string {
  const permissions = [...new Set(Object.values(ROLES).flatMap((role) => role.permissions))].toSorted();
  const nominal = { IF_CLEARED: 'if cleared', NO: '', NEVER: 'never' };
  const givenBy = { AGENCY: 'two administrators of the agency', OPERATOR: 'the operator, at enrolment' };
  const rows = Object.entries(ROLES).map(([name, role]) => [
    `${name}<br>${message(`role.${name}` as MessageKey, 'en')}`,
    ...permissions.map((permission) => (role.permissions.includes(permission) ? '●' : '')),
    nominal[role.nominal],
    givenBy[role.givenBy],
  ]);
  const verbs = permissions.map((permission) => {
    const named = operations.filter(({ needs }) => needs === permission);
    const words = named.map(({ name, isStepUp }) => `\`${name}\`${isStepUp ? '\\*' : ''}`).toSorted();
    return [`\`${permission}\``, words.join(', ')];
  });
  const states = REQUEST_STATES.map((state) => [
    `\`${state}\``,
    ...(['REQUESTER', 'REQUESTED'] as const).map((side) =>
      permittedActs(state, side)
        .map((act) => `\`${act}\``)
        .join(', '),
    ),
  ]);
  return `# Roles

Written from the table that the hub decides by (\`src/session/people/role-rights.ts\`); \`test/rules/roles\` tries every cell of it on a running hub
and compares this page. An officer has what the roles give together; a unit's system has its connection's scopes instead. Who may do a thing still
sees only what was released to the agency and unit: that is decided by row-level security.

${table(['role', ...permissions.map((permission) => `\`${permission}\``), 'personal details', 'given by'], rows)}

"Never" outweighs every other role. An officer is at most one of operator (SYSTEM_ADMIN, with no other role), regional liaison office and
coordination unit. Duty officers (FIELD_OFFICER, PCU_MEMBER) read and prepare; only who holds \`objects.submit\` sends for the administration.

## What each permission is for

An asterisk asks for a passkey used within the last five minutes.

${table(['permission', 'operations'], verbs)}

## What may be sent on a request, by its state

Whoever holds \`objects.submit\` may send for the side of their own unit, and only this (\`src/requests/request-states.ts\`). The database decides by
the same table. A version of an alert may be followed by the next, or recalled, by the unit that sent it, once.

${table(['state', 'the side that asks', 'the side that is asked'], states)}
`;
}
