import { randomBytes } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { formatTimestamp } from '../protocol/timestamp.js';
import type { Clock } from './clock.js';
import { HubError, type Problem } from './errors.js';
import { type Language, message } from './messages/messages.js';
import { tellable } from './tellable.js';

const logger = new Logger('GraphQL');

/** Set aside for the plugin that knows the reader's language; never serialised. */
const CAUSE = Symbol('cause');
type WithCause = GraphQLFormattedError & { [CAUSE]?: HubError };

/** The only place where an error becomes an answer: our own with their code, clients' mistakes as BAD_REQUEST, all else INTERNAL. */
export function formatError(formatted: GraphQLFormattedError, error: unknown, clock: Clock): GraphQLFormattedError {
  const cause = tellable(causeOf(error));
  const path = formatted.path ? { path: formatted.path } : {};
  if (cause instanceof HubError) {
    const answer = {
      message: message(cause.key, 'en', cause.details.params),
      ...path,
      extensions: extensionsOf(cause, 'en', clock),
    };
    return Object.defineProperty(answer, CAUSE, { value: cause, enumerable: false });
  }
  if (CLIENT_MISTAKES.has(String(formatted.extensions?.['code']))) {
    return {
      message: withoutValues(formatted.message),
      ...path,
      extensions: timed({ code: 'BAD_REQUEST', retryable: false }, clock),
    };
  }
  const ref = randomBytes(6).toString('hex');
  logger.error({ err: cause, ref }, 'An operation failed unexpectedly');
  return {
    message: message('error.internal', 'en', { ref }),
    ...path,
    extensions: timed({ code: 'INTERNAL', ref, retryable: true }, clock),
  };
}

/** The same error in the reader's language. */
export function inLanguage(error: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const cause = (error as WithCause)[CAUSE];
  if (cause) {
    return {
      ...error,
      message: message(cause.key, language, cause.details.params),
      extensions: { ...error.extensions, ...detailsOf(cause, language) },
    };
  }
  const ref = error.extensions?.['ref'];
  if (typeof ref === 'string') return { ...error, message: message('error.internal', language, { ref }) };
  return error;
}

/** What a partner's program can act on (security.md 7.6), and for each problem what a person can. */
export function extensionsOf(error: HubError, language: Language, clock: Clock): Record<string, unknown> {
  return timed(detailsOf(error, language), clock);
}

/**
 * With `serverTime`, the hub's own time (RFC 3339, UTC): who is refused for a time can compare clocks. NOT_FOUND has none: the answer for
 * what is hidden is, byte for byte, that for what there is not.
 */
export function timed(extensions: Record<string, unknown>, clock: Clock): Record<string, unknown> {
  return extensions['code'] === 'NOT_FOUND' ? extensions : { ...extensions, serverTime: formatTimestamp(clock.now()) };
}

function detailsOf(error: HubError, language: Language): Record<string, unknown> {
  const { sub, pointer, problems, retryable, retryAfter } = error.details;
  return {
    code: error.code,
    ...(sub === undefined ? {} : { sub }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(problems === undefined ? {} : { problems: problems.map((problem) => inWords(problem, language)) }),
    retryable: retryable ?? false,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function inWords({ pointer, rule, key, params }: Problem, language: Language): Record<string, string> {
  return { pointer, rule, message: message(key, language, params) };
}

/** Our own error inside GraphQL's, whether a resolver threw it or the operation was refused before any ran. */
function causeOf(error: unknown): unknown {
  const origin = error instanceof GraphQLError ? error.originalError : undefined;
  return origin instanceof HubError ? origin : unwrapResolverError(error);
}

const CLIENT_MISTAKES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** graphql-js repeats wrong values of variables and literals, which may be personal details, and suggests names. */
function withoutValues(text: string): string {
  return text
    .replace(/ cannot represent [\s\S]*$/, ' cannot represent this value')
    .replace(/ got invalid value [\s\S]* at "/, ' has a wrong value at "')
    .replace(/ got invalid value [\s\S]*; /, ' has a wrong value; ')
    .replace(/Value "[\s\S]*?" does not exist in/, 'The value does not exist in')
    .replace(/ Did you mean [\s\S]*$/, '');
}
