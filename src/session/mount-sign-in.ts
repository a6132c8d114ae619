import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import type Provider from 'oidc-provider';
import { COOKIE_NAMES } from './create-provider.js';
import type { SignInGate } from './people/gate.js';

/** What of the provider can be reached; anything else under /oidc is not found. */
const ROUTES: readonly [HTTPMethods, string][] = [
  ['POST', '/token'],
  ['POST', '/request'],
  ['GET', '/auth'],
  ['GET', '/auth/:uid'],
  ['GET', '/jwks'],
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/.well-known/oauth-authorization-server'],
];

/**
 * The provider keeps no sign-in for a next time: whoever shares a browser would be the officer before. So it is not told of its own
 * session. What its cookies are to be it learns from the issuer's address, and who asks from the edge, not from headers that anybody can send.
 */
function isolate({ raw: { headers }, ip }: FastifyRequest, issuer: string): void {
  const cookies = (headers.cookie ?? '').split(/; */).filter((cookie) => !cookie.startsWith(COOKIE_NAMES.session));
  headers.cookie = cookies.join('; ');
  headers['x-forwarded-proto'] = new URL(issuer).protocol.slice(0, -1);
  headers['x-forwarded-for'] = ip;
  delete headers['x-forwarded-host'];
}

/** As much as the provider itself would read, in bytes. */
const LARGEST_BODY = 56 * 1024;

/** The body, which has come whole, for the provider to read as if it came now. */
function giveBack({ raw, body }: FastifyRequest): void {
  const chunks = body === undefined || body === null ? [] : [body];
  Object.defineProperties(raw, { readable: { value: true }, iterator: { value: () => chunks } });
}

function uidIn({ params }: FastifyRequest): string {
  return encodeURIComponent((params as { uid?: string }).uid ?? '');
}

function queryOf({ url }: FastifyRequest): string {
  return url.includes('?') ? url.slice(url.indexOf('?')) : '';
}

/**
 * Mounts the provider under /oidc, in a scope of its own because it reads the request's body itself. Whoever asks for a token goes
 * through the gate.
 */
export function mountSignIn(fastify: FastifyInstance, provider: Provider, gate: SignInGate): void {
  const answer = provider.callback();
  const plugin = async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    // Read to its end before the gate: a body that never comes must not hold a place.
    const whole = { parseAs: 'buffer', bodyLimit: LARGEST_BODY } as const;
    scope.addContentTypeParser('*', whole, (_request, body, done) => done(null, body));
    for (const [method, url] of ROUTES) {
      scope.route({
        method,
        url,
        handler: (request, reply) => {
          const work = async (): Promise<void> => {
            reply.hijack();
            // The provider derives its addresses, and so the audiences it accepts, from originalUrl: with the issuer's
            // address there it never looks at the Host header.
            const asked = `${url.replace(':uid', uidIn(request))}${url === '/auth' ? queryOf(request) : ''}`;
            Object.assign(request.raw, { url: asked, originalUrl: `${provider.issuer}${asked}` });
            giveBack(request);
            isolate(request, provider.issuer);
            await answer(request.raw, reply.raw);
          };
          return url === '/token' ? gate.pass(work) : work();
        },
      });
    }
  };
  void fastify.register(plugin, { prefix: '/oidc' });
}
