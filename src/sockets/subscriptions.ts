import { BadRequestException, HttpException, Logger } from '@nestjs/common';
import {
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { CloseCode, makeServer, MessageType, type SubscribePayload } from 'graphql-ws';
import type { RawData } from 'ws';
import type { GraphqlContext } from '../access/current-caller.js';
import type { Clock } from '../common/clock.js';
import { HubError, LimitExceeded, RateLimited } from '../common/errors.js';
import { formatError, inLanguage } from '../common/format-error.js';
import { languageOf } from '../common/messages/messages.js';
import { costOf, readingCost } from '../edge/cost.js';
import { documentLimits, MAX_TOKENS } from '../edge/document-limits.js';
import { strictJson } from '../edge/json-body.js';
import { type Limits, principalOf } from '../edge/limits.js';
import { refuseUnknown, unknownIn } from '../edge/limits-plugin.js';
import type { DocumentRequest, TrustedDocuments } from '../edge/trusted-documents.js';
import { isSame } from '../session/people/secret.js';
import type { OpenSocket } from './open-sockets.js';

const INIT_MS = 3_000;
/** There is one subscription, and for each one the hub reads a feed at every signal. */
const MOST_SUBSCRIPTIONS = 2;
/** Points that each message costs. */
const MESSAGE = 10;
/** What clients may say; the rest is for the hub to say. */
const FROM_CLIENTS: ReadonlySet<unknown> = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);
/** RFC 6455 section 5.5: what a frame that closes has room for, beside its code. */
const LONGEST_REASON_BYTES = 123;
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule, documentLimits];

/** What subscriptions need of the hub. */
export interface SubscriptionParts {
  limits: Limits;
  clock: Clock;
  documents: TrustedDocuments;
  schema: () => GraphQLSchema;
  check: (open: OpenSocket) => Promise<boolean>;
}

const logger = new Logger('Sockets');

/**
 * Speaks graphql-transport-ws over a socket that was opened, for subscriptions and nothing else:
 *
 * - `connection_init` within three seconds, with the session's proof as `csrf` where a cookie opened the socket (4408, 4403)
 * - messages are JSON as strict as bodies, in text frames (4400), and each costs points (1013 when there are none)
 * - nothing before `connection_init` was acknowledged (4401), no id twice (4409), at most two subscriptions
 * - documents by id, or under the same limits as in a request
 * - before a hint leaves, its caller is looked up anew
 */
export function subscriptionServer(parts: SubscriptionParts): (open: OpenSocket) => void {
  const { limits, clock, check } = parts;
  const server = makeServer<Record<string, unknown>, OpenSocket>({
    connectionInitWaitTimeout: INIT_MS,
    onConnect: async ({ connectionParams, extra }) => {
      const { session } = extra.caller;
      if (session && !isSame(connectionParams?.['csrf'], session.csrf)) return false;
      return check(extra);
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      try {
        if (Object.keys(subscriptions).length > MOST_SUBSCRIPTIONS) {
          throw new LimitExceeded('SUBSCRIPTIONS', MOST_SUBSCRIPTIONS);
        }
        return await prepare(parts, extra, payload);
      } catch (error) {
        if (error instanceof GraphQLError) return [error];
        if (error instanceof HubError) return [new GraphQLError(error.message, { originalError: error })];
        throw error;
      }
    },
    onNext: async ({ extra }, _id, _payload, _args, result) => {
      await check(extra);
      const { errors, ...rest } = result;
      return errors ? { ...rest, errors: errors.map((error) => inWords(error, extra, clock)) } : rest;
    },
    onError: ({ extra }, _id, _payload, errors) => errors.map((error) => inWords(error, extra, clock)),
  });

  return (open) => {
    const { socket, request } = open;
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // The library repeats a client's id in some of its reasons.
        close: (code, reason) => socket.close(code, shortened(reason)),
        send: (text) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) resolve();
            else socket.send(text, (error) => (error ? reject(error) : resolve()));
          }),
        onMessage: (handle) => {
          const receive = async (data: RawData, isBinary: boolean): Promise<void> => {
            try {
              if (isBinary) throw new BadRequestException();
              await limits.points.take(principalOf(request), MESSAGE);
              await handle(JSON.stringify(withText(strictJson(data as Buffer))));
            } catch (error) {
              socket.close(...closeFor(error));
            }
          };
          socket.on('message', (data, isBinary) => void receive(data, isBinary));
        },
      },
      open,
    );
    socket.once('close', (code, reason) => void closed(code, String(reason)));
  };
}

/** What is to be executed. Throws HubError and GraphQLError; a subscription without errors costs its points. */
async function prepare(
  { limits, documents, schema: schemaNow }: SubscriptionParts,
  { request, caller }: OpenSocket,
  { query, operationName, variables, ...rest }: SubscribePayload & DocumentRequest,
): Promise<ExecutionArgs | GraphQLError[]> {
  const schema = schemaNow();
  const text = String(documents.textFor({ query: query === '' ? undefined : query, ...rest }, caller));
  const principal = principalOf(request);
  await limits.notFound.check(principal);
  await limits.points.take(principal, readingCost(text));
  const document = parse(text, { maxTokens: MAX_TOKENS });
  const errors = validate(schema, document, RULES);
  if (errors.length > 0) return [...errors];
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw new GraphQLError('A socket takes one subscription at a time; everything else goes to POST /graphql');
  }
  const variableValues = variables ?? {};
  refuseUnknown(unknownIn(variableValues, operation));
  const cost = costOf(schema, document, operation, variableValues);
  await limits.points.take(principal, cost);
  const contextValue: GraphqlContext = { request, caller };
  return { schema, document, operationName: operationName ?? null, variableValues, contextValue };
}

/** What a client may have said. graphql-ws knows documents by their text alone, so a message that names its document by id gets an empty one. */
function withText(message: unknown): unknown {
  const { payload, ...rest } = (message ?? {}) as { type?: unknown; payload?: unknown };
  if (!FROM_CLIENTS.has(rest.type)) throw new BadRequestException();
  if (typeof payload !== 'object' || payload === null || !('documentId' in payload)) return message;
  return { ...rest, payload: { query: '', ...payload } };
}

/** An error in the reader's language. One of GraphQL itself, about the document or its variables, is the client's mistake. */
function inWords(error: GraphQLError, { request }: OpenSocket, clock: Clock): GraphQLFormattedError {
  const { originalError } = error;
  const isMistake = originalError === undefined || originalError instanceof GraphQLError;
  const formatted = { ...error.toJSON(), ...(isMistake && { extensions: { code: 'BAD_REQUEST' } }) };
  return inLanguage(formatError(formatted, error, clock), languageOf(request.headers['accept-language']));
}

function shortened(reason = ''): string {
  return Buffer.byteLength(reason) <= LONGEST_REASON_BYTES ? reason : '';
}

function closeFor(error: unknown): [code: number, reason: string] {
  if (error instanceof RateLimited) return [1013, 'Try again later'];
  if (error instanceof HubError || error instanceof HttpException) return [CloseCode.BadRequest, 'Invalid message'];
  logger.error({ err: error }, 'A message over a socket failed unexpectedly');
  return [CloseCode.InternalServerError, 'Internal server error'];
}
