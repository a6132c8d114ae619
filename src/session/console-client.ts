import type { JWK } from 'jose';
import type { ClientMetadata } from 'oidc-provider';

/** The console at the hub's own provider: the one client for people. */
export const CONSOLE = 'liaison-console';

/** The one address that answers to the console may go to, at whatever issuer. */
export const RETURN_PATH = '/sign-in/return';

/** Pushed requests and PKCE alone, one exact return address, the hub's own client key (RFC 9126, 7636, 7523). */
export function consoleClient(issuer: string, jwks: { keys: JWK[] }): ClientMetadata {
  return {
    client_id: CONSOLE,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [issuer.replace(/\/oidc$/, RETURN_PATH)],
    require_pushed_authorization_requests: true,
    require_auth_time: true,
    dpop_bound_access_tokens: false,
    jwks,
  };
}
