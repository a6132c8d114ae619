import type { FastifyInstance } from 'fastify';
import type { Clock } from '../common/clock.js';
import type { ErrorPages } from '../common/error-pages.js';
import { HubError, NonceWanted, Unauthenticated } from '../common/errors.js';
import { extensionsOf } from '../common/format-error.js';
import { statusOf } from '../common/http-error.filter.js';
import { languageOf, message } from '../common/messages/messages.js';
import { tellable } from '../common/tellable.js';
import type { Authenticator } from './authenticator.js';
import { PROOF_ALGORITHMS } from './dpop-proof.js';
import type { ConsoleSessions } from './people/console-sessions.js';

/** A request that was longer under way is looked at again when it is all there. */
const SLOW_MS = 500;

/** Finds out who calls before anything else looks at a request, and refuses whoever claims to be someone and is not. */
export function identifyCallers(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  publicUrl: string,
  clock: Clock,
  people?: { sessions: ConsoleSessions; pages: ErrorPages },
): void {
  // Who takes long to say what is wanted may not be who began: a session that was ended meanwhile does nothing any more.
  fastify.addHook('preValidation', async (request, reply) => {
    const { caller } = request;
    if (!caller || reply.elapsedTime < SLOW_MS) return;
    const now = await (caller.session ? people?.sessions : authenticator)?.again(caller);
    if (!now) throw new Unauthenticated();
    request.caller = now;
  });
  fastify.addHook('onRequest', async (request, reply) => {
    // The provider asks for proofs of its own.
    if (request.routeOptions.url?.startsWith('/oidc/')) return undefined;
    if (request.headers.authorization !== undefined) reply.header('dpop-nonce', authenticator.nextNonce());
    try {
      const caller = (await authenticator.authenticate(request)) ?? (await people?.sessions.authenticate(request));
      if (caller) request.caller = caller;
      return undefined;
    } catch (cause) {
      const error = tellable(cause);
      if (!(error instanceof HubError)) throw error;
      const language = languageOf(request.headers['accept-language']);
      if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', challengeFor(error, publicUrl));
      const sentence = message(error.key, language, error.details.params);
      const page = people?.pages.pageFor(request, sentence, language);
      void reply.status(statusOf(error));
      if (page) return reply.headers(page.headers).send(page.html);
      return reply.send({ errors: [{ message: sentence, extensions: extensionsOf(error, language, clock) }] });
    }
  });
}

/** What a refused client should do instead (RFC 9449 sections 7.1 and 9). */
function challengeFor(error: HubError, publicUrl: string): string {
  const reason = error instanceof NonceWanted ? 'use_dpop_nonce' : 'invalid_token';
  return `DPoP realm="${publicUrl}", error="${reason}", algs="${PROOF_ALGORITHMS.join(' ')}"`;
}
