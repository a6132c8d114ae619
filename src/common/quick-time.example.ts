import { Socket } from 'node:net';
import { jest } from '@jest/globals';

/** Timers and sockets run so many times as fast, until jest.restoreAllMocks(); those of node:timers/promises do not. */
export function quickly(times: number): void {
  const timer = globalThis.setTimeout;
  const quick = ((act: () => void, ms?: number) => timer(act, (ms ?? 0) / times)) as typeof setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(quick);
  const timeout: (this: Socket, ms: number, act?: () => void) => Socket = Reflect.get(Socket.prototype, 'setTimeout');
  jest.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, ms, act) {
    return timeout.call(this, ms / times, act);
  });
}
