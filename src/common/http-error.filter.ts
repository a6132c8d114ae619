import { randomBytes } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, HubError, NotFound } from './errors.js';
import { extensionsOf } from './format-error.js';
import { languageOf, message, type MessageKey } from './messages/messages.js';
import { tellable } from './tellable.js';

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  STEP_UP_REQUIRED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/** What was wrong with a request that did not come as far as a route, where its status says more than that it was wrong. */
const WRONG_REQUESTS: Record<number, MessageKey> = {
  405: 'error.postOnly',
  413: 'error.tooLarge',
  415: 'error.jsonOnly',
};

/** The HTTP status that goes with an error. */
export function statusOf({ code, details }: HubError): number {
  return details.status ?? STATUS[code] ?? 400;
}

/** Errors of plain HTTP routes, in the same shape and words as GraphQL's. GraphQL errors pass on to formatError. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') throw error;
    // The route may have set another type already, for which Fastify refuses to write an object.
    const reply = host.switchToHttp().getResponse<FastifyReply>().type('application/json; charset=utf-8');
    const language = languageOf(host.switchToHttp().getRequest<FastifyRequest>().headers['accept-language']);
    const known = error instanceof HttpException && error.getStatus() === 404 ? new NotFound() : tellable(error);
    if (known instanceof HubError) {
      if (known.details.retryAfter !== undefined) reply.header('retry-after', String(known.details.retryAfter));
      return reply.status(statusOf(known)).send({
        errors: [
          { message: message(known.key, language, known.details.params), extensions: extensionsOf(known, language) },
        ],
      });
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      const text = message(WRONG_REQUESTS[error.getStatus()] ?? 'error.badRequest', language);
      return reply.status(error.getStatus()).send({
        errors: [{ message: text, extensions: { code: 'BAD_REQUEST', retryable: false } }],
      });
    }
    const ref = randomBytes(6).toString('hex');
    this.logger.error({ err: error, ref }, 'A request failed unexpectedly');
    return reply.status(500).send({
      errors: [
        {
          message: message('error.internal', language, { ref }),
          extensions: { code: 'INTERNAL', ref, retryable: true },
        },
      ],
    });
  }
}
