import { promisify } from 'node:util';
import { MethodNotAllowedException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Forbidden, Unavailable } from '../common/errors.js';
import type { Bucket } from './bucket.js';
import { DOWNLOAD_ROUTES, UPLOAD_ROUTES } from './file-routes.js';
import { SharedTurn } from './file-turns.js';
import { takeOnlyJson } from './json-body.js';
import { rememberLanguage } from './language.js';
import { type Limits, OWN_ADDRESS, partyAt, principalOf, type Proof } from './limits.js';
import { securityHeaders } from './security-headers.js';
import type { DocumentRequest, TrustedDocuments } from './trusted-documents.js';

/** Where somebody shows who they are. A national service's page leads back by GET, with what may be anybody's invention. */
const PROOFS: ReadonlyMap<string, Proof> = new Map([
  ['POST /oidc/token', 'token'],
  ['POST /oidc/request', 'token'],
  ['POST /sign-in', 'signIn'],
  ['POST /step-up', 'signIn'],
  ['GET /sign-in/return', 'signIn'],
  ['HEAD /sign-in/return', 'signIn'],
  ['GET /sign-in/return/:issuer', 'signIn'],
  ['HEAD /sign-in/return/:issuer', 'signIn'],
  ['POST /sign-in/password', 'password'],
  ['POST /enrol/open', 'enrolment'],
  ['POST /enrol', 'enrolment'],
  ['POST /enrol/with', 'enrolment'],
  ['POST /enrol/password', 'enrolment'],
  ['POST /enrol/password/options', 'enrolment'],
]);
/** Where anybody has the hub begin a sign-in, or go on with one: it keeps a row, and may have to ask another service. */
const BEGINNINGS: ReadonlySet<string | undefined> = new Set([
  '/sign-in/with/:issuer',
  '/enrol/with',
  '/oidc/auth',
  '/oidc/auth/:uid',
]);
/** Points for a file that is read, or a part that is stored; for one that has to be looked into, and for each megabyte that comes. */
const DOWNLOAD = 500;
const UPLOAD = 2_500;
const MOST_MEGABYTES = 25;
const UPLOADED_MEGABYTE = 400;

/** Sets what stands before every route: headers of every answer, which bodies and methods are taken, how often one may sign in. */
export function mountEdge(
  fastify: FastifyInstance,
  publicUrl: string,
  limits: Limits,
  documents: TrustedDocuments,
): void {
  takeOnlyJson(fastify, limits);
  rememberLanguage(fastify);
  const setHeaders = promisify(securityHeaders);
  // On the raw answer, because the OpenID provider writes its own.
  fastify.addHook('onRequest', (request, reply) => setHeaders(request.raw, reply.raw));
  fastify.addHook('onRequest', async (request, reply) => {
    // By route, not by address: an address can be written in many ways.
    const route = request.routeOptions.url;
    // A query in an address would stand in the logs of every proxy.
    if (route === '/graphql') only('POST', request, reply);
    // Fastify would open and decrypt the file, and then send nothing of it.
    if (DOWNLOAD_ROUTES.has(route)) only('GET', request, reply);
    if (request.socket.remoteAddress === OWN_ADDRESS) return;
    if (BEGINNINGS.has(route)) await limits.begunSignIns.take(partyAt(request.ip));
    const proof = PROOFS.get(`${request.method} ${route}`);
    if (proof && isOfForeignPage(request)) throw new Forbidden('error.notFromOwnPage', { params: { url: publicUrl } });
    if (proof) await limitFailures(request, reply, limits.failures[proof]);
  });
  // The caller is known by now.
  fastify.addHook('preParsing', async (request, reply) => {
    const route = request.routeOptions.url;
    if (route === '/graphql') await limits.points.check(principalOf(request));
    const isOfFile = UPLOAD_ROUTES.has(route) || DOWNLOAD_ROUTES.has(route);
    if (request.caller && isOfFile) await limitFile(request, reply, limits);
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

/** Refuses every other method, and names the right one. */
function only(method: 'GET' | 'POST', request: FastifyRequest, reply: FastifyReply): void {
  if (request.method === method) return;
  void reply.header('allow', method);
  throw new MethodNotAllowedException();
}

/**
 * Whether a page of another site caused it, as the browser says (Fetch Metadata): such a page may stand open in the same office, and its
 * tries must cost that office nothing. To an address that a service leads back to, a browser goes as a whole.
 */
function isOfForeignPage({ method, headers }: FastifyRequest): boolean {
  if (method === 'POST') return ![undefined, 'same-origin'].includes(headers['sec-fetch-site']);
  return ![undefined, 'document'].includes(headers['sec-fetch-dest']);
}

/** Every try takes a point of its address at once, so that many at the same time count too; one that succeeds gets it back. */
async function limitFailures({ ip }: FastifyRequest, { raw }: FastifyReply, failures: Bucket): Promise<void> {
  const party = partyAt(ip);
  await failures.take(party);
  raw.once('finish', () => {
    // A client that has shown its key is told a nonce by an error (RFC 9449 section 8): that is a step of signing in.
    const isToldNonce = raw.statusCode === 400 && raw.hasHeader('dpop-nonce');
    if (raw.statusCode < 400 || isToldNonce) void failures.giveBack(party);
  });
}

/**
 * A file costs points, an upload as many as it says it is long: it is decrypted, taken apart and scanned. Only a few of a caller's
 * are under way at once, and so lie in the folder before their agency's quota is known. One that is not found counts as such.
 */
async function limitFile(request: FastifyRequest, { raw }: FastifyReply, limits: Limits): Promise<void> {
  const principal = principalOf(request);
  await limits.notFound.check(principal);
  await limits.points.take(principal, costOfFile(request));
  // Who has hung up meanwhile hears no answer: no work is begun for it.
  if (raw.closed) throw new Unavailable();
  limits.files.enter(principal.key);
  request.fileTurn = new SharedTurn(() => limits.files.leave(principal.key));
  const letGo = request.fileTurn.hold();
  const leave = (): void => {
    letGo();
    if (raw.statusCode === 404) void limits.notFound.charge(principal, 1);
  };
  raw.once('close', leave);
}

/** An upload in parts pays for being looked into at its beginning, and for each part; asking for that again costs what the longest file did. */
function costOfFile({ method, headers }: FastifyRequest): number {
  const megabytes = Math.min(Math.ceil(Number(headers['content-length'] ?? 0) / 2 ** 20), MOST_MEGABYTES);
  if (method === 'POST') return UPLOAD + UPLOADED_MEGABYTE * megabytes;
  if (method !== 'PATCH') return DOWNLOAD;
  const isAgain = megabytes === 0 && headers['upload-complete'] === '?1';
  return DOWNLOAD + UPLOADED_MEGABYTE * (isAgain ? MOST_MEGABYTES : megabytes);
}
