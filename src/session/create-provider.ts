import type { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { decodeProtectedHeader, type JWK } from 'jose';
import {
  type Configuration,
  errors,
  type Grant,
  type KoaContextWithOIDC,
  Provider,
  type ResourceServer,
} from 'oidc-provider';
import type { Pool } from 'pg';
import { CONSOLE, consoleClient } from './console-client.js';
import { PROOF_ALGORITHMS } from './dpop-proof.js';
import { ClientAdapter, PostgresAdapter } from './postgres-adapter.js';
import { SCOPES } from './scopes.js';
import type { SignInKeys } from './sign-in-keys.js';

/** The audience of access tokens: this hub's API. */
export const API = 'urn:liaison:api';

export interface ProviderOptions {
  issuer: string;
  pool: Pool;
  keys: SignInKeys;
  /** The hub's keys as a client of issuers, this one and others. */
  clientKeys: { keys: JWK[] };
  /** 256 random bits, base64url, for the nonces of the token endpoint. */
  nonceSecret: string;
  /** How long an access token lasts. */
  tokenSeconds?: number;
}

/** Where an interaction of the provider is answered. */
const PASSKEY_PAGE = '/sign-in';

/** Of the provider's cookies, which last as long as an interaction. */
export const COOKIE_NAMES = {
  session: 'liaison_provider_session',
  interaction: 'liaison_provider_interaction',
  resume: 'liaison_provider_resume',
};

const ASSERTION_SECONDS = 300;
const ASSERTION_TYPES = new Set<unknown>([undefined, 'JWT', 'client-authentication+jwt']);
const CLOCK_TOLERANCE = 15;

/** How long an officer may take for the passkey. */
const INTERACTION_SECONDS = 600;
/** What the console fetches the moment after it was made. */
const HANDOVER_SECONDS = 60;

/**
 * The embedded OpenID provider. What is not named here is switched off.
 *
 * - A unit's system shows that it holds a key of its own (a client assertion, RFC 7523) and gets an access token for the API (RFC 9068),
 *   bound to a second key of which it proves possession with every request (RFC 9449).
 * - The console asks who signs in (code flow, RFC 9126 and 7636). The interaction is the passkey page, each time anew: the provider's own
 *   session is not looked at again. The console's access token opens nothing.
 */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, pool, keys, clientKeys, nonceSecret, tokenSeconds = 300 } = options;
  const clients = new ClientAdapter(pool, consoleClient(issuer, clientKeys));
  const off = { enabled: false };
  const configuration: Configuration = {
    adapter: (model) => (model === 'Client' ? clients : new PostgresAdapter(model, pool)),
    jwks: keys.jwks,
    cookies: { keys: keys.cookieKeys, names: COOKIE_NAMES },
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'Ed25519',
      dpop_bound_access_tokens: true,
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['Ed25519', 'ES256'],
      idTokenSigningAlgValues: ['Ed25519'],
      dPoPSigningAlgValues: PROOF_ALGORITHMS,
    },
    clockTolerance: CLOCK_TOLERANCE,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) => checkAssertion(claims, header),
    extraTokenClaims: (ctx) => ({ auth_kid: assertionKid(ctx) }),
    scopes: ['openid', ...SCOPES],
    responseTypes: ['code'],
    pkce: { required: () => true },
    acrValues: ['phr'],
    interactions: { url: () => PASSKEY_PAGE },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: grantIdentity,
    expiresWithSession: () => false,
    ttl: {
      ClientCredentials: tokenSeconds,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
      Grant: INTERACTION_SECONDS,
      AuthorizationCode: HANDOVER_SECONDS,
      IdToken: HANDOVER_SECONDS,
      AccessToken: HANDOVER_SECONDS,
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, defaultResource: resourceOf, getResourceServerInfo: resourceServer },
      devInteractions: off,
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.from(nonceSecret, 'base64url'),
        requireNonce: () => true,
        allowReplay: false,
      },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      rpInitiatedLogout: off,
      userinfo: off,
    },
    clientBasedCORS: () => false,
    renderError: (ctx, out) => {
      // A browser whose request has lapsed begins again; programs are told.
      if (ctx.method === 'GET') ctx.redirect(PASSKEY_PAGE);
      else ctx.body = out;
    },
  };
  const provider = new Provider(issuer, configuration);
  // What x-forwarded-* says is set by mountSignIn alone.
  provider.proxy = true;
  // Without a listener Koa prints errors. Why a token was refused is for the operator alone.
  const logger = new Logger('SignIn');
  provider.on('server_error', (_ctx, error) => logger.error(error));
  (provider as EventEmitter).on('error', (error) => logger.error(error));
  provider.on('grant.error', (_ctx, error) => logger.debug(`Refused a token: ${error.error_detail ?? error.message}`));
  return provider;
}

/** A unit's system is given tokens for the API, the console none. */
function resourceOf(_ctx: KoaContextWithOIDC, { clientId }: { clientId: string }): string | undefined {
  return clientId === CONSOLE ? undefined : API;
}

/** The console may know who signed in: nobody is asked whether it may. */
async function grantIdentity({ oidc }: KoaContextWithOIDC): Promise<Grant> {
  const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}

/** What the library leaves open about an assertion; its signature, issuer, audience and expiry have been verified. */
function checkAssertion({ aud, exp }: Record<string, unknown>, { kid, typ }: Record<string, unknown>): void {
  // With a kid the library tries this key only, so `auth_kid` in the token names the key that signed.
  if (typeof kid !== 'string') throw new errors.InvalidClientAuth('kid is missing');
  if (!ASSERTION_TYPES.has(typ)) throw new errors.InvalidClientAuth('typ is not that of a client assertion');
  // One meant for others too could have been handed on by them.
  if (Array.isArray(aud) && aud.length !== 1) throw new errors.InvalidClientAuth('aud names others too');
  const latest = Date.now() / 1000 + ASSERTION_SECONDS + CLOCK_TOLERANCE;
  if (!(Number(exp) <= latest)) throw new errors.InvalidClientAuth('exp is more than five minutes ahead');
}

function assertionKid(ctx: KoaContextWithOIDC): string | undefined {
  return decodeProtectedHeader(String(ctx.oidc.params?.['client_assertion'])).kid;
}

function resourceServer(ctx: KoaContextWithOIDC, resource: string): ResourceServer {
  if (resource !== API) throw new errors.InvalidTarget();
  const unknown = [...ctx.oidc.requestParamScopes].find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) throw new errors.InvalidScope('there is no such scope', unknown);
  return { scope: SCOPES.join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'Ed25519' } } };
}
