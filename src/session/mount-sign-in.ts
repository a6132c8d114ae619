import type { FastifyInstance, HTTPMethods } from 'fastify';
import type Provider from 'oidc-provider';
import type { SignInGate } from './people/gate.js';

/** What of the provider can be reached; anything else under /oidc is not found. */
const ROUTES: readonly [HTTPMethods, string][] = [
  ['POST', '/token'],
  ['GET', '/jwks'],
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/.well-known/oauth-authorization-server'],
];

/**
 * Mounts the provider under /oidc, in a scope of its own because it reads the request's body itself. Whoever asks for a token goes
 * through the gate.
 */
export function mountSignIn(fastify: FastifyInstance, provider: Provider, gate: SignInGate): void {
  const answer = provider.callback();
  const plugin = async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    for (const [method, url] of ROUTES) {
      scope.route({
        method,
        url,
        handler: (request, reply) =>
          gate.pass(async () => {
            reply.hijack();
            // The provider derives its addresses, and so the audiences it accepts, from originalUrl: with the issuer's
            // address there it never looks at the Host header.
            Object.assign(request.raw, { url, originalUrl: `${provider.issuer}${url}` });
            await answer(request.raw, reply.raw);
          }),
      });
    }
  };
  void fastify.register(plugin, { prefix: '/oidc' });
}
