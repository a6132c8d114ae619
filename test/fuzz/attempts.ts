import type { GraphQLSchema } from 'graphql';
import { canonicalize } from '../../src/protocol/canonical.js';
import { signRaw } from '../../src/protocol/testing.js';
import { aHeader, SUBMIT_TEXT } from '../hostile/hostile.js';
import { addressSafe, type Dice, headerSafe, mutated, mutatedValue, oddText, oddValue } from './dice.js';
import { operationOf } from './documents.js';
import { aFile } from './files.js';
import { anOfficersAttempt } from './officers.js';
import type { OfficersPage } from './people.js';
import type { Target } from './target.js';

/** One request, as it goes out. */
export interface Attempt {
  /** What kind of attempt it is. */
  name: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Whether the attacker's token and a fresh proof go with it. */
  isSignedIn: boolean;
  /** The officer whose page sends it, if nothing was done to the session's marks. */
  officer?: OfficersPage;
  /** Being taken would be a fault: it was changed after it was signed. */
  isForged?: boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GRAPHQL = { method: 'POST', path: '/graphql', headers: JSON_TYPE } as const;

/** Any attempt, of any kind. */
export function anAttempt(dice: Dice, target: Target, schema: GraphQLSchema): Promise<Attempt> {
  const kinds = [
    () => aDocument(dice, target, schema),
    () => aDocument(dice, target, schema),
    () => aDocument(dice, target, schema),
    () => aSignedObject(dice, target),
    () => aSignedObject(dice, target),
    () => aKeySet(dice, target),
    () => aBody(dice, target, schema),
    () => aProof(dice, target),
    () => aRoute(dice, target),
    async () => aFile(dice),
    () => anOfficersAttempt(dice, target, schema),
    () => anOfficersAttempt(dice, target, schema),
    () => anOfficersAttempt(dice, target, schema),
    () => anOfficersAttempt(dice, target, schema),
    () => anOfficersAttempt(dice, target, schema),
    () => aSignIn(dice),
  ];
  return dice.pick(kinds)();
}

async function aDocument(dice: Dice, { known }: Target, schema: GraphQLSchema): Promise<Attempt> {
  const request = operationOf(dice, schema, known);
  const headers = dice.chance(10)
    ? { ...JSON_TYPE, 'accept-language': dice.pick(['vi', 'en', 'xx', oddHeader(dice)]) }
    : JSON_TYPE;
  return { ...GRAPHQL, name: 'a document', headers, body: JSON.stringify(request), isSignedIn: !dice.chance(10) };
}

/** A submission of this text. */
function submission(object: string, name: string, isForged: boolean): Attempt {
  const body = JSON.stringify({ query: SUBMIT_TEXT, variables: { object, parts: [] } });
  return { ...GRAPHQL, name, body, isSignedIn: true, isForged };
}

/** An object whose text was changed after signing, or whose payload was changed and then truly signed. */
async function aSignedObject(dice: Dice, { attacker, genuine }: Target): Promise<Attempt> {
  if (dice.chance(50)) {
    const text = dice.chance(50)
      ? mutated(dice, genuine.text)
      : JSON.stringify(mutatedValue(dice, JSON.parse(genuine.text)));
    return submission(text, 'an object changed after signing', text !== genuine.text);
  }
  const payload = mutatedValue(dice, genuine.envelope);
  const header = dice.chance(30) ? mutatedValue(dice, aHeader(attacker.signing)) : aHeader(attacker.signing);
  const text = await signRaw(canonicalIfPossible(payload), canonicalIfPossible(header), attacker.signing);
  return submission(text, 'an object changed before signing', false);
}

async function aKeySet(dice: Dice, { attacker, genuine }: Target): Promise<Attempt> {
  const query = 'mutation($keySet: String!) { publishKeySet(keySet: $keySet) { seq } }';
  const outer = JSON.parse(genuine.keySet) as { payload: string; signatures: { protected: string }[] };
  let keySet = mutated(dice, genuine.keySet);
  if (dice.chance(50)) {
    const set = JSON.parse(Buffer.from(outer.payload, 'base64url').toString()) as Record<string, unknown>;
    // Without this no mutated set is ever taken: the attacker's own keys stay as they are.
    const changed = { ...(mutatedValue(dice, set) as object), seq: 99 };
    const header = Buffer.from(outer.signatures[0]!.protected, 'base64url').toString();
    keySet = await signRaw(canonicalIfPossible(changed), header, attacker.root);
  }
  const body = JSON.stringify({ query, variables: { keySet } });
  return { ...GRAPHQL, name: 'a key set', body, isSignedIn: true, isForged: keySet !== genuine.keySet };
}

/** A body that is hardly JSON, or JSON that is hardly a request. */
async function aBody(dice: Dice, { known }: Target, schema: GraphQLSchema): Promise<Attempt> {
  const request = JSON.stringify(operationOf(dice, schema, known));
  const body = dice.pick([
    () => mutated(dice, request),
    () => JSON.stringify(mutatedValue(dice, JSON.parse(request))),
    () => JSON.stringify(oddValue(dice)) ?? '',
    () => Buffer.from(mutated(dice, request), dice.pick(['utf16le', 'latin1', 'utf8'])),
  ])();
  const type = dice.chance(80)
    ? 'application/json'
    : dice.pick(['text/plain', 'application/json;charset=x', 'a/b', '']);
  const headers = {
    'content-type': type,
    ...(dice.chance(10) ? { 'content-encoding': dice.pick(['gzip', 'x']) } : {}),
  };
  return {
    ...GRAPHQL,
    name: 'a body',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
    isSignedIn: true,
  };
}

/** A token, proof or cookie that is nearly right. */
async function aProof(dice: Dice, { session }: Target): Promise<Attempt> {
  const headers: Record<string, string> = { ...JSON_TYPE, ...(await session.headersFor('POST', '/graphql')) };
  const name = dice.pick(['authorization', 'dpop']);
  if (dice.chance(80)) headers[name] = headerSafe(jwtMutated(dice, headers[name]!));
  if (dice.chance(30))
    headers['cookie'] = headerSafe(`__Host-liaison=${mutated(dice, 'A'.repeat(43))}; x=${oddText(dice)}`);
  if (dice.chance(20)) headers['x-liaison-csrf'] = oddHeader(dice);
  if (dice.chance(20)) headers['x-liaison-purpose'] = oddHeader(dice);
  const body = JSON.stringify({ query: '{ me { agency unit } }' });
  return { ...GRAPHQL, name: 'a proof', headers, body, isSignedIn: false };
}

/** Any method at any address. */
async function aRoute(dice: Dice, { known }: Target): Promise<Attempt> {
  const paths = [
    '/',
    '/graphql?query={__typename}',
    '/healthz',
    '/readyz',
    '/schemas',
    '/schemas/alert.v1.json',
    '/schema.graphql',
    '/session',
    '/account',
    '/sign-in',
    '/enrol/open',
    '/step-up/options',
    '/sign-out',
    '/demo/sign-in',
    '/oidc/jwks',
    `/files/${String(dice.pick(known['id']!))}/${'a'.repeat(64)}`,
  ];
  const path = dice.chance(60) ? mutated(dice, dice.pick(paths)) : dice.pick(paths);
  const method = dice.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);
  const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method);
  return {
    name: 'a route',
    method,
    path: addressSafe(path),
    headers: { ...(hasBody ? JSON_TYPE : {}), ...(dice.chance(20) ? { 'accept-language': oddHeader(dice) } : {}) },
    ...(hasBody ? { body: JSON.stringify(oddValue(dice)) ?? '' } : {}),
    isSignedIn: dice.chance(50),
  };
}

async function aSignIn(dice: Dice): Promise<Attempt> {
  const names = [
    'grant_type',
    'client_assertion',
    'client_assertion_type',
    'scope',
    'client_id',
    'resource',
    'request',
  ];
  const values = [
    'client_credentials',
    'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    'LA-CUS-HQ',
    'urn:liaison:api',
  ];
  const form = dice.some(0, 6, (): [string, string] => [
    dice.pick(names),
    dice.chance(60) ? dice.pick(values) : oddText(dice),
  ]);
  const path = dice.pick(['/oidc/token', '/oidc/token', '/oidc/auth', '/oidc/token/introspection']);
  return {
    name: 'a sign-in',
    method: 'POST',
    path,
    headers: {
      'content-type': dice.chance(90) ? 'application/x-www-form-urlencoded' : 'application/json',
      ...(dice.chance(30) ? { dpop: oddHeader(dice) } : {}),
    },
    body: dice.chance(90) ? new URLSearchParams(form).toString() : oddText(dice),
    isSignedIn: false,
  };
}

/** The text of a value in canonical form, or in any other when it has none. */
function canonicalIfPossible(value: unknown): string {
  try {
    return canonicalize(value);
  } catch {
    return JSON.stringify(value) ?? '';
  }
}

/** A JWT with its text, header or claims changed, and not signed anew. */
function jwtMutated(dice: Dice, text: string): string {
  const [scheme, jwt] = text.includes(' ') ? (text.split(' ') as [string, string]) : ['', text];
  const parts = jwt.split('.');
  const at = dice.roll(2);
  if (dice.chance(50)) return mutated(dice, text);
  const claims = JSON.parse(Buffer.from(parts[at]!, 'base64url').toString()) as unknown;
  parts[at] = Buffer.from(JSON.stringify(mutatedValue(dice, claims)) ?? '').toString('base64url');
  return [scheme, parts.join('.')].filter(Boolean).join(' ');
}

const oddHeader = (dice: Dice): string => headerSafe(oddText(dice));
