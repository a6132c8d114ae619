import { promisify } from 'node:util';
import { MethodNotAllowedException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { takeOnlyJson } from './json-body.js';
import { type Limits, principalOf } from './limits.js';
import { securityHeaders } from './security-headers.js';
import type { DocumentRequest, TrustedDocuments } from './trusted-documents.js';

/** Where one signs in, by a token's assertion, a passkey or an enrolment link. */
const SIGN_INS: ReadonlySet<string | undefined> = new Set([
  '/oidc/token',
  '/sign-in',
  '/enrol/open',
  '/enrol',
  '/step-up',
]);

/** Sets what stands before every route: headers of every answer, which bodies and methods are taken, how often one may sign in. */
export function mountEdge(fastify: FastifyInstance, limits: Limits, documents: TrustedDocuments): void {
  takeOnlyJson(fastify);
  const setHeaders = promisify(securityHeaders);
  // On the raw answer, because the OpenID provider writes its own.
  fastify.addHook('onRequest', (request, reply) => setHeaders(request.raw, reply.raw));
  fastify.addHook('onRequest', async (request, reply) => {
    // By route, not by address: an address can be written in many ways.
    const route = request.routeOptions.url;
    if (route === '/graphql') onlyPost(request, reply);
    if (request.method === 'POST' && SIGN_INS.has(route)) await limitSignIn(request, reply, limits);
  });
  // The caller is known by now.
  fastify.addHook('preParsing', async (request) => {
    if (request.caller) await limits.notFound.check(principalOf(request));
    if (request.routeOptions.url === '/graphql') await limits.points.check(principalOf(request));
  });
  // GraphQL's answers NOT_FOUND are 200, and counted by its plugin.
  fastify.addHook('onResponse', async (request, { statusCode }) => {
    if (request.caller && statusCode === 404) await limits.notFound.charge(principalOf(request), 1);
  });
  fastify.addHook('preValidation', async (request) => {
    if (request.routeOptions.url === '/graphql') request.body = withText(request, documents);
  });
}

/** The body with the text of its document; what is no request at all is for GraphQL to refuse. */
function withText({ body, caller }: FastifyRequest, documents: TrustedDocuments): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { documentId: _, ...rest } = body as DocumentRequest;
  return { ...rest, query: documents.textFor(body, caller) };
}

/** A query in an address would stand in the logs of every proxy. */
function onlyPost(request: FastifyRequest, reply: FastifyReply): void {
  if (request.method === 'POST') return;
  void reply.header('allow', 'POST');
  throw new MethodNotAllowedException();
}

/** Every sign-in takes a point of its address at once, so that many at the same time count too; one that succeeds gets it back. */
async function limitSignIn({ ip }: FastifyRequest, { raw }: FastifyReply, { signIns }: Limits): Promise<void> {
  await signIns.take(ip);
  raw.once('finish', () => {
    // A client that has shown its key is told a nonce by an error (RFC 9449 section 8): that is a step of signing in.
    const isToldNonce = raw.statusCode === 400 && raw.hasHeader('dpop-nonce');
    if (raw.statusCode < 400 || isToldNonce) void signIns.giveBack(ip);
  });
}
