import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Unavailable } from '../common/errors.js';
import { quickly } from '../common/quick-time.example.js';
import { FileBucket } from './file-bucket.js';

let silent: Server;
const tried: Socket[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  silent = createServer((socket) => {
    tried.push(socket.on('error', () => undefined));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  for (const socket of tried) socket.destroy();
  silent.close();
});

/** Asks the store for a file: why there is none. */
function refusal(): Promise<unknown> {
  const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const at = { address, region: 'local', bucket: 'files', isPathStyle: true, prefix: '' };
  const bucket = new FileBucket(at, { accessKeyId: 'id', secretAccessKey: 'key' });
  return bucket.get('file').catch((error: unknown) => error);
}

const within = (ms: number, answer: Promise<unknown>): Promise<unknown> =>
  Promise.race([answer, sleep(ms, 'waits', { ref: false })]);

describe('a store of files', () => {
  it('that says nothing is asked three times, half a minute each', async () => {
    quickly(100);
    const answer = refusal();
    expect(await within(250, answer)).toBe('waits');
    expect(await within(4_000, answer)).toBeInstanceOf(Unavailable);
    expect(tried).toHaveLength(3);
  });

  it('that lets nobody in is given up sooner', async () => {
    jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
      return Object.assign(this, { connecting: true });
    });
    quickly(10);
    const answer = refusal();
    expect(await within(250, answer)).toBe('waits');
    expect(await within(4_000, answer)).toBeInstanceOf(Unavailable);
  });
});
