import { randomBytes } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from './clock.js';
import { ErrorPages } from './error-pages.js';
import { type ErrorCode, HubError, NotFound } from './errors.js';
import { extensionsOf, timed } from './format-error.js';
import { type Language, languageOf, message, type MessageKey } from './messages/messages.js';
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

/** What is told of an error. */
interface Told {
  status: number;
  sentence: string;
  extensions: Record<string, unknown>;
}

/** The HTTP status that goes with an error. */
export function statusOf({ code, details }: HubError): number {
  return details.status ?? STATUS[code] ?? 400;
}

/**
 * Errors of plain HTTP routes, in the same shape and words as GraphQL's; on a page as a page with the same sentence. GraphQL errors pass on
 * to formatError.
 */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('HTTP');

  constructor(
    private readonly pages: ErrorPages,
    private readonly clock: Clock,
  ) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const language = languageOf(request.headers['accept-language']);
    const { status, sentence, extensions } = this.toldOf(error, language);
    if (typeof extensions['retryAfter'] === 'number') reply.header('retry-after', String(extensions['retryAfter']));
    const page = this.pages.pageFor(request, sentence, language);
    if (page) return reply.status(status).headers(page.headers).send(page.html);
    // The route may have set another type already, for which Fastify refuses to write an object.
    void reply.type('application/json; charset=utf-8');
    return reply.status(status).send({ errors: [{ message: sentence, extensions }] });
  }

  private toldOf(error: unknown, language: Language): Told {
    const known = error instanceof HttpException && error.getStatus() === 404 ? new NotFound() : tellable(error);
    if (known instanceof HubError) {
      const sentence = message(known.key, language, known.details.params);
      return { status: statusOf(known), sentence, extensions: extensionsOf(known, language, this.clock) };
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      const sentence = message(WRONG_REQUESTS[error.getStatus()] ?? 'error.badRequest', language);
      return {
        status: error.getStatus(),
        sentence,
        extensions: timed({ code: 'BAD_REQUEST', retryable: false }, this.clock),
      };
    }
    const ref = randomBytes(6).toString('hex');
    this.logger.error({ err: error, ref }, 'A request failed unexpectedly');
    const sentence = message('error.internal', language, { ref });
    return { status: 500, sentence, extensions: timed({ code: 'INTERNAL', ref, retryable: true }, this.clock) };
  }
}
