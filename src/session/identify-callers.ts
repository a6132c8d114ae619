import type { FastifyInstance } from 'fastify';
import type { Clock } from '../common/clock.js';
import { HubError, NonceWanted } from '../common/errors.js';
import { extensionsOf } from '../common/format-error.js';
import { statusOf } from '../common/http-error.filter.js';
import { languageOf, message } from '../common/messages/messages.js';
import { tellable } from '../common/tellable.js';
import type { Authenticator } from './authenticator.js';
import { PROOF_ALGORITHMS } from './dpop-proof.js';
import type { ConsoleSessions } from './people/console-sessions.js';

/** Finds out who calls before anything else looks at a request, and refuses whoever claims to be someone and is not. */
export function identifyCallers(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  publicUrl: string,
  clock: Clock,
  sessions?: ConsoleSessions,
): void {
  fastify.addHook('onRequest', async (request, reply) => {
    // The provider asks for proofs of its own.
    if (request.routeOptions.url?.startsWith('/oidc/')) return undefined;
    if (request.headers.authorization !== undefined) reply.header('dpop-nonce', authenticator.nextNonce());
    try {
      const caller = (await authenticator.authenticate(request)) ?? (await sessions?.authenticate(request));
      if (caller) request.caller = caller;
      return undefined;
    } catch (cause) {
      const error = tellable(cause);
      if (!(error instanceof HubError)) throw error;
      const language = languageOf(request.headers['accept-language']);
      if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', challengeFor(error, publicUrl));
      return reply.status(statusOf(error)).send({
        errors: [
          {
            message: message(error.key, language, error.details.params),
            extensions: extensionsOf(error, language, clock),
          },
        ],
      });
    }
  });
}

/** What a refused client should do instead (RFC 9449 sections 7.1 and 9). */
function challengeFor(error: HubError, publicUrl: string): string {
  const reason = error instanceof NonceWanted ? 'use_dpop_nonce' : 'invalid_token';
  return `DPoP realm="${publicUrl}", error="${reason}", algs="${PROOF_ALGORITHMS.join(' ')}"`;
}
