import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../common/clock.js';
import { timed } from '../common/format-error.js';
import { securityHeaders } from './security-headers.js';

/** What of a connection can be set; the names are those of config/environment.ts. */
export interface ConnectionSettings {
  REQUEST_TIMEOUT_SECONDS: number;
  TRUSTED_PROXIES: string[];
}

/** A signed object has at most 1 MB, and is longer as a string within JSON. */
const BODY_LIMIT = 2 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** How long the head of a request may take to arrive, however long its body may: nobody's head is long. */
const HEAD_MS = 10_000;
const CHECK_MS = 1_000;
/** How much longer than a request a connection may stand still: what came in the last second is answered as well. */
const ANSWERING_MS = 5_000;
/** Where WebSockets are taken; anywhere else a wish to change the protocol counts for nothing. */
export const SOCKET_PATH = '/graphql/socket';

/**
 * How the server takes requests: a request has to arrive whole, its head within ten seconds, in time and in size; whoever sends a byte now and
 * then is answered 408 and cut off, and so is whoever does not read the answer. An address in X-Forwarded-For is believed from known proxies alone.
 */
export function connectionOptions(settings: ConnectionSettings, clock: Clock): FastifyHttpOptions<Server> {
  const timeout = settings.REQUEST_TIMEOUT_SECONDS * 1_000;
  return {
    bodyLimit: BODY_LIMIT,
    requestTimeout: timeout,
    connectionTimeout: timeout + ANSWERING_MS,
    keepAliveTimeout: 72_000,
    http: {
      headersTimeout: Math.min(HEAD_MS, timeout),
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: CHECK_MS,
      shouldUpgradeCallback: isForSocket,
    },
    trustProxy: settings.TRUSTED_PROXIES.length > 0 ? settings.TRUSTED_PROXIES : false,
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, clock),
    frameworkErrors: (error, request, reply) => answerBrokenAddress(error, request, reply, clock),
  };
}

/** Whether a request asks for a WebSocket where there are any. */
export function isForSocket({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && url?.split('?')[0] === SOCKET_PATH;
}

const STATUS: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Answers what is not whole enough of a request to be one, and hangs up. */
function answerBrokenRequest(error: { code?: string }, socket: Socket, clock: Clock): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(badRequest('The request is not valid HTTP.', clock));
  const head = [
    `HTTP/1.1 ${STATUS[error.code ?? ''] ?? '400 Bad Request'}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/json; charset=utf-8',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers an address that cannot be decoded, or is longer than any of ours, for which no hook runs. It is not repeated. */
function answerBrokenAddress(
  { statusCode = 400 }: { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
  clock: Clock,
): void {
  securityHeaders(request.raw, reply.raw, () => {
    void reply.status(statusCode).send(badRequest('The address of the request is not valid.', clock));
  });
}

function badRequest(message: string, clock: Clock): object {
  return { errors: [{ message, extensions: timed({ code: 'BAD_REQUEST', retryable: false }, clock) }] };
}
