import type { FastifyInstance } from 'fastify';
import type { CustomFetch } from 'openid-client';
import { OWN_ADDRESS } from '../../../edge/limits.js';
import { CONSOLE } from '../../console-client.js';
import type { TrustedIssuer } from './trusted-issuer.js';

/** The id of row 0. */
export const OWN = 'hub';

const LONGEST_SECONDS = 600;

/** Row 0: the hub's own provider, where officers sign in with passkeys. It speaks for every agency, and its subjects are the accounts. */
export function ownIssuer(publicUrl: string): TrustedIssuer {
  const issuer = `${publicUrl}/oidc`;
  return {
    id: OWN,
    clientId: CONSOLE,
    metadata: {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      pushed_authorization_request_endpoint: `${issuer}/request`,
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['Ed25519'],
    },
    algorithms: ['Ed25519'],
    strengths: { phr: 'phr' },
    maxAgeSeconds: LONGEST_SECONDS,
    lowering: {},
    network: 'public',
  };
}

/** fetch() of the hub's own addresses without leaving the process: behind its proxy the hub need not reach its own public name. */
export function innerFetch(fastify: () => FastifyInstance, publicUrl: string): CustomFetch {
  return async (address, { method, headers, body }) => {
    const url = address.slice(publicUrl.length);
    const payload = body instanceof URLSearchParams ? body.toString() : '';
    const remoteAddress = OWN_ADDRESS;
    const answer = await fastify().inject({ method: method as 'GET' | 'POST', url, headers, payload, remoteAddress });
    return new Response(answer.body, { status: answer.statusCode, headers: answer.headers as Record<string, string> });
  };
}
