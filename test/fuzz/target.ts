import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import { makePart } from '../../src/protocol/part.js';
import { documentId, readManifest } from '../../src/edge/trusted-documents.js';
import { anAlert, nextKeySet, signAs, SUBMIT_TEXT, submitText } from '../hostile/hostile.js';
import { freePort, type HubProcess, WaitingHub } from '../hostile/hub-process.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { CHANGED } from '../support/socket.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import type { Known } from './documents.js';
import { People } from './people.js';

/** Limits that stop nobody: the fuzzer wants to be looked at each time. */
const NO_LIMITS = {
  POINTS_PER_MINUTE: '1000000000',
  CONCURRENT_OPERATIONS: '1000',
  NOT_FOUND_PER_MINUTE: '1000000000',
  BAD_SIGNATURES_PER_MINUTE: '1000000000',
  FAILED_SIGN_INS_PER_MINUTE: '1000000000',
  FAILED_TOKENS_PER_MINUTE: '1000000000',
  FAILED_PASSWORDS_PER_MINUTE: '1000000000',
  FAILED_ENROLMENTS_PER_MINUTE: '1000000000',
  BEGUN_SIGN_INS_PER_MINUTE: '1000000000',
};

/** Words that stand in what others exchange, and may reach nobody who is not among them. */
export const CANARIES = ['CANARYTITLEQX', 'CANARYNAMEQX', 'CANARYSUMMARYQX'];

/** A hub in a process of its own, with something to hide. */
export interface Target {
  hub: HubProcess;
  /** LA-CUS, who attacks: signed in, with an alert of its own and one that it was sent; it may see no canary. */
  attacker: Party;
  session: UnitSession;
  /** A genuine object and key set of the attacker, as they were taken. */
  genuine: { envelope: Envelope; text: string; keySet: string };
  /** Officers of KH-CUS, who attack from their consoles; they may see no canary either. */
  people: People;
  /** TH-CUS, who does nothing but listen, and an alert that is sent to it. */
  listener: Pick<Party, 'headersFor'>;
  sendToListener: () => Promise<void>;
  /** The documents that the hub trusts, by id. */
  documents: readonly (readonly [id: string, text: string])[];
  known: Known;
  stop(): Promise<void>;
}

/** `texts` are documents that the hub trusts besides those of its console. */
export async function startTarget(texts: readonly string[]): Promise<Target> {
  await prepareDatabases();
  const t = await startTestHub(NO_LIMITS);
  const vn = await t.enrol('VN-CUS-AS');
  const th = await t.enrol('TH-CUS-LCB');
  const attacker = await t.enrol('LA-CUS-HQ');
  const kh = await t.enrol('KH-CUS-HQ');
  const agreement = await t.agree([vn, th, attacker, kh]);
  const community = await t.community([vn, th]);
  const hidden = [await hide(vn, [th.agency], agreement), await hide(vn, [community], agreement)];
  const received = await sent(vn, anAlert(vn, [attacker.agency, kh.agency], agreement));
  const request = await sent(vn, aRequest(vn, attacker, agreement));
  const own = await sent(attacker, anAlert(attacker, [vn.agency], agreement));
  const keySet = await nextKeySet(attacker);

  const ofOfficers = await sent(kh, anAlert(kh, [vn.agency], agreement));

  const documents = [...readManifest('web'), ...[...texts, CHANGED].map((text) => [documentId(text), text] as const)];
  const hub = await new WaitingHub({
    database: t.database,
    port: await freePort(),
    logLevel: 'error',
    variables: NO_LIMITS,
  }).start(Object.fromEntries(documents));
  const ids = [...hidden, ...[received, request, own, ofOfficers].map(({ envelope }) => envelope.id)];
  return {
    hub,
    attacker,
    session: new UnitSession(hub.url, attacker.unit, attacker.client.privateJwk),
    genuine: { ...own, keySet },
    people: new People({ ...t, url: hub.url }, kh),
    listener: {
      headersFor: (method, path) => freshHeaders(new UnitSession(hub.url, th.unit, th.client.privateJwk), method, path),
    },
    sendToListener: () =>
      sendAnew(new UnitSession(hub.url, vn.unit, vn.client.privateJwk), vn, anAlert(vn, [th.agency], agreement)),
    documents,
    known: {
      ...knownValues(ids, [vn.agency, th.agency, attacker.agency, community], agreement, own.text),
      unit: [vn, th, attacker, kh].map(({ unit }) => unit),
      kid: [vn, th, kh].flatMap(({ signing, client }) => [signing.kid, client.kid]),
      keySet: [keySet],
    },
    stop: () => stop(t, hub),
  };
}

/** The test database server, in the same way as the tests get theirs. */
async function prepareDatabases(): Promise<void> {
  const { default: setUp } = (await import(join(PROJECT_FOLDER, 'test/support/global-setup.mjs'))) as {
    default: () => Promise<void>;
  };
  await setUp();
}

async function stop(t: TestHub, hub: HubProcess): Promise<void> {
  await hub.kill();
  await t.stop();
  const { default: tearDown } = (await import(join(PROJECT_FOLDER, 'test/support/global-teardown.mjs'))) as {
    default: () => Promise<void>;
  };
  await tearDown();
}

/** Headers of a session that has just begun: tokens are good for five minutes, and a run may be longer. */
async function freshHeaders(
  session: UnitSession,
  method: string,
  path: string,
): Promise<{ authorization: string; dpop: string }> {
  await session.send('/healthz', { method: 'GET' });
  return session.headersFor(method, path);
}

async function sendAnew(session: UnitSession, from: Party, envelope: Envelope): Promise<void> {
  const variables = { object: await signAs(from.signing, envelope), parts: [] };
  const answer = await session.send('/graphql', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SUBMIT_TEXT, variables }),
  });
  const text = await answer.text();
  if (text.includes('"errors"')) throw new Error(text);
}

async function sent(
  from: Party,
  envelope: Envelope,
  parts: { name: string; text: string }[] = [],
): Promise<{ envelope: Envelope; text: string }> {
  const text = await signAs(from.signing, envelope, {
    alg: 'Ed25519',
    hub: envelope.hub,
    iat: Math.floor(Date.now() / 1000),
    kid: from.signing.kid,
    typ: `liaison-${envelope.kind}+jws`,
  });
  const { errors } = await submitText(from, text, parts);
  if (errors) throw new Error(JSON.stringify(errors));
  return { envelope, text };
}

/** An alert full of canaries, with personal details, that the attacker is not among the readers of; its id. */
async function hide(from: Party, to: string[], agreement: string): Promise<string> {
  const [title, name, summary] = CANARIES;
  const part = await makePart('nominal', { parties: [{ key: 'P1', names: [{ text: name! }] }] });
  const letters = Math.random()
    .toString(36)
    .replaceAll(/[^a-z]/g, '')
    .toUpperCase()
    .padEnd(6, 'Q')
    .slice(0, 6);
  const body = { ...aPersonAlertBody({ ref: `VN-ALR-2026-${letters}` }), title: title!, summary: summary! };
  const envelope = anAlert(from, to, agreement, {
    body: body as unknown as JsonObject,
    parts: [{ name: part.name, sha256: part.sha256 }],
  });
  await sent(from, envelope, [{ name: part.name, text: part.text }]);
  return envelope.id;
}

function aRequest(from: Party, to: Party, agreement: string): Envelope {
  const body = aRequestBody({ ref: 'VN-REQ-2026-FUZZED', requestedAuthority: to.agency });
  const requesting = { ...body.requesting, authority: from.agency, unit: from.unit };
  const whole = { ...body, requesting, legalBasis: { agreement, article: 'art10' } };
  return anAlert(from, [to.agency], agreement, { kind: 'request', body: whole as unknown as JsonObject });
}

function knownValues(ids: readonly string[], addressees: readonly string[], agreement: string, object: string): Known {
  const { body, handling } = JSON.parse(
    Buffer.from((JSON.parse(object) as { payload: string }).payload, 'base64url').toString(),
  ) as Envelope;
  const { ref: _, ...draft } = body;
  return {
    id: ids,
    request: ids,
    object: [...ids, object],
    supersedes: [null, ...ids],
    agency: addressees,
    to: addressees,
    agreement: [agreement, 'NO-SUCH-ONE'],
    article: ['art10'],
    kind: ['alert', 'request', 'recall', null],
    body: [draft],
    handling: [handling],
    value: ['CSQU3054383', 'VN-CUS', 'VN-ALR-2026-KXQWPD', '9074729'],
    waitSeconds: [0],
    parts: [[]],
    attachments: [[]],
    officer: ['p:officer1', 'p:officer2', 'p:officer5', 'p:officer9'],
  };
}
