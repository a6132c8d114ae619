import { WebSocket } from 'ws';
import type { Browser } from './browser.js';
import { trusted } from './documents.js';
import type { Party } from './hub.js';

const PROTOCOL = 'graphql-transport-ws';
const PATH = '/graphql/socket';

export interface SocketMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

/** A client's end of a WebSocket, as far as graphql-transport-ws needs it. */
export class TestSocket {
  readonly received: SocketMessage[] = [];
  /** The code with which it was closed. */
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as SocketMessage));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Opens a socket, or gives the status with which the hub refuses. */
  static open(
    url: string,
    headers: Record<string, string>,
    { protocols = [PROTOCOL], path = PATH }: { protocols?: string[]; path?: string } = {},
  ): Promise<TestSocket | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, protocols, { headers });
      const made = new TestSocket(socket);
      socket.once('open', () => resolve(made));
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode!);
        socket.on('error', () => undefined);
        socket.terminate();
      });
      socket.once('error', reject);
    });
  }

  /** A unit's socket, ready for subscriptions. */
  static async of(url: string, party: Pick<Party, 'headersFor'>): Promise<TestSocket> {
    return (await opened(url, await party.headersFor('GET', PATH))).begin({});
  }

  /** The socket of an officer's page, ready for subscriptions. */
  static async ofPage(browser: Browser): Promise<TestSocket> {
    return (await opened(browser.url, headersOf(browser))).begin({ csrf: browser.csrf });
  }

  send(message: SocketMessage | string | Buffer): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  async begin(payload: object): Promise<this> {
    this.send({ type: 'connection_init', payload });
    await this.until(({ type }) => type === 'connection_ack');
    return this;
  }

  /** Subscribes to `changed` and waits for its first hint. */
  async follow(id = '1'): Promise<this> {
    this.subscribe({ documentId: trusted(CHANGED) }, id);
    await this.until((message) => message.type === 'next' && message.id === id);
    return this;
  }

  subscribe(payload: object, id = '1'): void {
    this.send({ type: 'subscribe', id, payload });
  }

  /** What the hub answered to this id, hints apart from the first. */
  get hints(): unknown[] {
    const hints = this.received.filter(({ type }) => type === 'next').map(({ payload }) => payload);
    return hints.slice(1);
  }

  /** The first message of this kind; fails when there is none in time. */
  async until(isIt: (message: SocketMessage) => boolean, milliseconds = 5_000): Promise<SocketMessage> {
    for (const end = Date.now() + milliseconds; Date.now() < end;) {
      const found = this.received.find(isIt);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`It did not come: ${JSON.stringify(this.received)}, state ${this.socket.readyState}`);
  }
}

export const CHANGED = 'subscription Changed { changed { kind resync } }';

/** What a browser sends along when a page opens a socket. */
export function headersOf(browser: Browser): Record<string, string> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return { cookie, origin: browser.url, 'sec-fetch-site': 'same-origin' };
}

async function opened(url: string, headers: Record<string, string>): Promise<TestSocket> {
  const socket = await TestSocket.open(url, headers);
  if (typeof socket === 'number') throw new Error(`The hub refused with ${socket}`);
  return socket;
}
