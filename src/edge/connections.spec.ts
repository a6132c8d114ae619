import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { isForSocket } from './connections.js';

describe('a request', () => {
  it.each<[isForSocket: boolean, url: string | undefined, upgrade: string | undefined]>([
    [true, '/graphql/socket', 'websocket'],
    [true, '/graphql/socket?x', 'WebSocket'],
    [false, '/graphql/socket', undefined],
    [false, '/graphql/socket', 'h2c'],
    [false, '/graphql/socket', 'websocket, h2c'],
    [false, '/graphql', 'websocket'],
    [false, '/graphql/socket/', 'websocket'],
    [false, '/?/graphql/socket', 'websocket'],
    [false, undefined, 'websocket'],
  ])('is for a socket: %s, at %s with Upgrade %s', (expected, url, upgrade) => {
    expect(isForSocket({ url, headers: { upgrade } } as IncomingMessage)).toBe(expected);
  });
});
