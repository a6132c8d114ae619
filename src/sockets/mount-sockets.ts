import websocket from '@fastify/websocket';
import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../access/caller.js';
import type { ScopedDatabase } from '../access/scoped-database.js';
import type { Clock } from '../common/clock.js';
import { Forbidden, Unauthenticated } from '../common/errors.js';
import { isForSocket, SOCKET_PATH } from '../edge/connections.js';
import { type Limits, principalOf } from '../edge/limits.js';
import type { TrustedDocuments } from '../edge/trusted-documents.js';
import { OpenSockets } from './open-sockets.js';
import { subscriptionServer } from './subscriptions.js';

const MAX_MESSAGE_BYTES = 64 * 1024;
/** Points that opening a socket costs. */
const OPENING = 100;

/** What sockets need of the hub. */
export interface SocketParts {
  limits: Limits;
  clock: Clock;
  documents: TrustedDocuments;
  publicUrl: string;
  database: ScopedDatabase;
  /** The same caller with the rights of this moment; undefined when it has none any more. */
  again: (caller: Caller) => Promise<Caller | undefined>;
  schema: () => GraphQLSchema;
}

/**
 * Takes WebSockets for subscriptions at /graphql/socket. The request that asks for one goes the way of every request, so its caller is
 * known by a token with proof (GET, and the address with http: or https:) or by a session's cookie. Refused before there is a socket are
 *
 * - whoever is not signed in
 * - with a cookie, any Origin but the hub's own: a browser lets every page open sockets, and sends the cookie along
 * - any sub-protocol but graphql-transport-ws
 * - who has used up what a minute allows
 */
export function mountSockets(
  fastify: FastifyInstance,
  { limits, clock, documents, publicUrl, database, again, schema }: SocketParts,
): void {
  const { origin } = new URL(publicUrl);
  const sockets = new OpenSockets(limits, database, again);
  const serve = subscriptionServer({ limits, clock, documents, schema, check: (open) => sockets.check(open) });
  void fastify.register(websocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL },
    // The library has told the peer already; a frame that is too large closes with 1009.
    errorHandler: (_error, socket) => socket.close(),
    preClose: (done) => {
      sockets.closeAll();
      done();
    },
  });
  // A refusal, by whichever hook, leaves Node without a keeper of the connection: it would stay half open for ever.
  fastify.addHook('onResponse', async ({ raw }) => {
    if (isForSocket(raw)) raw.socket.destroySoon();
  });
  const admit = async (request: FastifyRequest): Promise<void> => {
    const { caller, headers } = request;
    const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
    if (!protocols.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL)) throw new BadRequestException();
    if (!caller) throw new Unauthenticated();
    if (caller.session && headers.origin !== origin) {
      throw new Forbidden('error.notFromOwnPage', { params: { url: publicUrl } });
    }
    const principal = principalOf(request);
    await limits.notFound.check(principal);
    await limits.points.take(principal, OPENING);
  };
  void fastify.register(async (scope) => {
    scope.get(SOCKET_PATH, { websocket: true, preValidation: admit }, (socket, request) => {
      const open = sockets.take(socket, request);
      if (open) serve(open);
    });
  });
}
