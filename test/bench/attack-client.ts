import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { tokenRequest } from '../../src/cli/sign-in.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import { generateKey, type PrivateJwk } from '../../src/protocol/keys.js';

/*
 * The attackers of the attack benchmark, a process of its own: five kinds of hostile requests in turn at a steady rate, whatever the
 * answers. Prints for each kind how many were answered 429, and after how long the first was.
 */

/** What the task's file holds. */
export interface AttackTask {
  url: string;
  /** The address that the attackers call from. */
  from: string;
  /** Hostile requests per second, of all kinds together. */
  perSecond: number;
  seconds: number;
  /** A signed-in system that tries ids. */
  curious: { unit: string; key: PrivateJwk };
  /** A signed-in system that submits `object`, whose signature is bad. */
  forger: { unit: string; key: PrivateJwk; object: string };
}

/** How the attack of one kind went. */
export interface AttackResult {
  kind: string;
  sent: number;
  limited: number;
  /** Seconds from its first request to the first 429; null when there was none. */
  limitedAfter: number | null;
  failed: number;
}

interface Shot {
  path: string;
  headers: Record<string, string>;
  /** Of a POST; a request without one is a GET. */
  body?: string;
}

const agent = new Agent({ keepAlive: true });
const JSON_BODY = { 'content-type': 'application/json' };

async function kinds({ url, curious, forger }: AttackTask): Promise<Record<string, () => Promise<Shot>>> {
  const stranger = await generateKey();
  const sessions = [curious, forger].map(({ unit, key }) => new UnitSession(url, unit, key));
  for (const session of sessions) await session.send('/healthz', { method: 'GET' });
  return {
    'sign-in': async () => ({
      path: '/oidc/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(await tokenRequest(url, curious.unit, stranger.privateJwk)),
    }),
    enrolment: async () => ({
      path: '/enrol/open',
      headers: { ...JSON_BODY, origin: url, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token: randomBytes(32).toString('base64url') }),
    }),
    'begun sign-in': async () => ({ path: '/sign-in/with/hub', headers: {} }),
    'not found': () => signed(sessions[0]!, 'query($id: ID!) { object(id: $id) { id } }', { id: randomUUID() }),
    'bad signature': () =>
      signed(sessions[1]!, 'mutation($object: String) { submit(object: $object) { id } }', { object: forger.object }),
  };
}

async function signed(session: UnitSession, query: string, variables: object): Promise<Shot> {
  return {
    path: '/graphql',
    headers: { ...JSON_BODY, ...(await session.headersFor('POST', '/graphql')) },
    body: JSON.stringify({ query, variables }),
  };
}

/** The status of the answer. */
function fire({ url, from }: AttackTask, { path, headers, body }: Shot): Promise<number> {
  const { port, host } = new URL(url);
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path, method, agent, localAddress: from, headers: { ...headers, host } },
      (response) => void text(response).then(() => resolve(response.statusCode!), reject),
    );
    call.on('error', reject);
    call.end(body);
  });
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as AttackTask;
const makers = Object.entries(await kinds(task));
const results: AttackResult[] = makers.map(([kind]) => ({ kind, sent: 0, limited: 0, limitedAfter: null, failed: 0 }));
const begun = performance.now();
const running: Promise<void>[] = [];
for (let i = 0; i < task.perSecond * task.seconds; i += 1) {
  await sleep(Math.max(0, begun + (i * 1000) / task.perSecond - performance.now()));
  const result = results[i % makers.length]!;
  const [, make] = makers[i % makers.length]!;
  result.sent += 1;
  const shoot = async (): Promise<void> => {
    if ((await fire(task, await make())) !== 429) return;
    result.limited += 1;
    result.limitedAfter ??= (performance.now() - begun) / 1000;
  };
  running.push(
    shoot().catch(() => {
      result.failed += 1;
    }),
  );
}
await Promise.all(running);
process.stdout.write(JSON.stringify(results));
process.exit();
