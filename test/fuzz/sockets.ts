import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGED, headersOf, TestSocket } from '../support/socket.js';
import { type Dice, headerSafe, mutated, mutatedValue, oddText, oddValue } from './dice.js';
import { faultInText } from './judge.js';
import { ATTACKING_ROLES } from './people.js';
import type { Target } from './target.js';

const PATH = '/graphql/socket';
const DEADLINE_MS = 10_000;

/** Codes with which a socket may be closed: by RFC 6455 7.4.1, by graphql-transport-ws, and 1005 and 1006 where there was none. */
const CLOSES: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1005, 1006, 1007, 1009, 1013, 4400, 4401, 4403, 4408, 4409, 4429,
]);

/** What became of a conversation, and what is wrong with it. */
export interface Conversation {
  outcome: string;
  fault: string | null;
  /** What was said, for whoever looks for the cause. */
  said: string;
}

/** Opens a socket, as a machine or an officer, and says anything over it. */
export async function converse(dice: Dice, target: Target): Promise<Conversation> {
  if (dice.chance(15)) return shout(dice, target);
  const role = dice.chance(50) ? dice.pick(ATTACKING_ROLES) : null;
  const page = role === null ? null : await target.people.page(role);
  const headers = page ? headersOf(page.browser) : await machineHeaders(target);
  if (dice.chance(15)) {
    const name = dice.pick(['cookie', 'origin', 'authorization', 'dpop', 'sec-websocket-version', 'upgrade', 'host']);
    headers[name] = headerSafe(dice.chance(50) ? oddText(dice) : mutated(dice, headers[name] ?? 'x'));
  }
  const protocols = dice.chance(95) ? ['graphql-transport-ws'] : ['graphql-ws', 'x'];
  const socket = await Promise.race([
    TestSocket.open(target.hub.url, headers, { protocols }).catch(() => 0),
    sleep(DEADLINE_MS, null, { ref: false }),
  ]);
  if (socket === null) return { outcome: 'no answer', fault: 'was not answered', said: JSON.stringify(headers) };
  if (typeof socket === 'number') {
    if (page && socket === 401) target.people.forget(page);
    const fault = socket >= 500 ? `was refused with ${socket}` : null;
    return { outcome: `refused ${socket}`, fault, said: JSON.stringify(headers) };
  }
  const frames = conversation(dice, target, page?.browser.csrf);
  for (const frame of frames) if (socket.socket.readyState === socket.socket.OPEN) socket.send(frame);
  const code = await Promise.race([socket.closed, sleep(200, 0)]);
  socket.socket.terminate();
  const answers = JSON.stringify(socket.received);
  const fault = code !== 0 && !CLOSES.has(code) ? `was closed with ${code}` : faultInText(answers);
  return {
    outcome: `closed ${code || 'by us'}`,
    fault,
    said: `${role ?? 'machine'} ${frames.join('\n').slice(0, 20_000)}`,
  };
}

async function machineHeaders({ session }: Target): Promise<Record<string, string>> {
  return { ...(await session.headersFor('GET', PATH)) };
}

/** Mostly a good beginning, so that what follows is looked at; then messages in any order. */
function conversation(dice: Dice, target: Target, csrf: string | undefined): (string | Buffer)[] {
  const init = JSON.stringify({ type: 'connection_init', payload: csrf === undefined ? {} : { csrf } });
  const beginning = dice.chance(85) ? [init] : dice.chance(50) ? [mutated(dice, init)] : [];
  const rest = dice.chance(4)
    ? Array.from({ length: 2_000 }, (_, i) => subscription(String(i), { query: CHANGED }))
    : dice.some(0, 12, () => aFrame(dice, target, init));
  return [...beginning, ...rest];
}

function aFrame(dice: Dice, { documents }: Target, init: string): string | Buffer {
  const id = (): string => dice.pick(['1', '1', '2', 'x'.repeat(200), '__proto__', 'toString', oddText(dice) || '3']);
  const good = { type: 'subscribe', id: id(), payload: { query: CHANGED } };
  return dice.pick<() => string | Buffer>([
    () => JSON.stringify(good),
    () => JSON.stringify(good),
    () => JSON.stringify(mutatedValue(dice, good)),
    () => mutated(dice, JSON.stringify(good)),
    () => subscription(id(), { documentId: dice.pick(documents)[0], variables: oddValue(dice) }),
    () => subscription(id(), { query: dice.pick(documents)[1], operationName: oddValue(dice) }),
    () => subscription(id(), { query: mutated(dice, CHANGED), extensions: oddValue(dice) }),
    () => JSON.stringify({ type: 'complete', id: id() }),
    () => JSON.stringify({ type: dice.pick(['next', 'error', 'connection_ack', 'pong', 'start', 'stop']), id: id() }),
    () => JSON.stringify({ type: 'ping', payload: oddValue(dice) }),
    () => init,
    () => JSON.stringify(oddValue(dice)) ?? '',
    () => oddText(dice),
    () => Buffer.from(oddText(dice)),
    () => 'x'.repeat(dice.pick([60_000, 65_536, 65_537, 1_000_000])),
    () => `{"type":"ping","payload":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`,
  ])();
}

function subscription(id: string, payload: object): string {
  return JSON.stringify({ type: 'subscribe', id, payload });
}

/** Bytes that are hardly WebSocket: half a handshake, or a whole one and then frames that nobody would make. */
async function shout(dice: Dice, target: Target): Promise<Conversation> {
  const { hostname, port, host } = new URL(target.hub.url);
  const headers = dice.chance(70) ? await machineHeaders(target) : {};
  const lines = [
    `GET ${PATH} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  const sent = dice.chance(15) ? head.slice(0, dice.roll(head.length)) : dice.chance(20) ? mutated(dice, head) : head;
  const frames = Buffer.from(dice.some(0, 60, () => dice.roll(256)));
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.write(sent, 'latin1');
    setTimeout(() => socket.write(frames), 30);
    setTimeout(end, dice.pick([10, 100, 200]));
  });
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'nothing';
  const fault = status.startsWith('5') ? `was answered with ${status}` : faultInText(answer);
  return { outcome: `bytes ${status}`, fault, said: `${sent}\n${frames.toString('hex')}` };
}

/** Whether a subscriber who has done nothing still hears of what is sent to it. What is wrong, null when nothing is. */
export async function faultOfSubscriber({ hub, listener, sendToListener }: Target): Promise<string | null> {
  const socket = await TestSocket.of(hub.url, listener).catch((error: unknown) => String(error));
  if (typeof socket === 'string') return `lets nobody listen: ${socket}`;
  try {
    await socket.follow();
    await sendToListener();
    await socket.until(() => socket.hints.length > 0, DEADLINE_MS);
    return null;
  } catch (error) {
    return `does not tell its subscribers: ${String(error)}`;
  } finally {
    socket.socket.terminate();
  }
}
