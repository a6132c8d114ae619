import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { quickly } from '../common/quick-time.example.js';
import { Scanner } from './scanner.js';

/** Scans so many chunks with a clamd that begins with these words, whatever it is sent. */
async function scanWith(answer: string, chunks: number): Promise<unknown> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined).resume();
    socket.write(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await new Scanner(`127.0.0.1:${(server.address() as AddressInfo).port}`).scan(slowly(chunks));
  } finally {
    server.close();
  }
}

async function* slowly(chunks: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < chunks; i += 1) {
    await sleep(20);
    yield Buffer.alloc(1000);
  }
}

describe('the answer of a scanner', () => {
  it('is waited for half a minute and no longer', async () => {
    quickly(100);
    try {
      const scanning = scanWith('', 1).catch((error: Error) => error.message);
      expect(await Promise.race([scanning, sleep(150, 'waits')])).toBe('waits');
      expect(await Promise.race([scanning, sleep(2_000, 'waits')])).toBe('clamd did not answer in time');
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('F1 is not believed before it has seen the whole file', async () => {
    await expect(scanWith('stream: OK\0', 20)).rejects.toThrow('had not seen to its end');
  });

  it('is believed at once when it has found something', async () => {
    expect(await scanWith('stream: Eicar FOUND\0', 20)).toEqual({ found: 'Eicar' });
  });

  it.each([
    'stream: OK',
    'OK\0',
    'stream: OK FOUNDx\0',
    'stream: not OK\0',
    '\0',
    'INSTREAM size limit exceeded. ERROR\0',
  ])('F1 is none when it is %j', async (answer) => {
    const scanning = scanWith(answer, 2);
    if (answer.endsWith('\0')) await expect(scanning).rejects.toThrow('clamd said');
    else expect(await Promise.race([scanning.catch(() => 'refused'), sleep(500, 'waits')])).toBe('waits');
  });
});
