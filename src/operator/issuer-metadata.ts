import type { IssuerMetadata } from '../session/people/issuers/trusted-issuer.js';
import { pinnedFetch } from '../session/people/issuers/pinned-fetch.js';
import { isRefusedLiteral } from '../session/people/issuers/vetted-address.js';
import { type IssuerEntry, isIssuerAddress } from './issuer-entry.js';

/** Why an issuer's metadata cannot be pinned; `member` is that which is missing or not acceptable, if it is one. */
export class MetadataRefused extends Error {
  constructor(readonly member: string) {
    super(`The metadata cannot be used: ${member}`);
  }
}

const ADDRESSES = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
const PUSHED = 'pushed_authorization_request_endpoint';

/**
 * What is pinned of an issuer: the addresses that the entry itself gives, or else those that the issuer publishes (OpenID Connect
 * Discovery 1.0, section 4), which must all be on its own origin. Asked once, by the operator, who looks at the result; the hub never
 * looks for addresses again. Throws MetadataRefused.
 */
export async function metadataToPin(entry: IssuerEntry): Promise<IssuerMetadata> {
  const isPublished = entry.metadata === undefined;
  const metadata = entry.metadata ?? (await published(entry));
  if (metadata['issuer'] !== entry.issuer) throw new MetadataRefused('issuer');
  const address = (member: string): string => {
    const value = metadata[member];
    if (!isIssuerAddress(value) || isRefusedLiteral(value, entry.network)) throw new MetadataRefused(member);
    if (isPublished && new URL(value).origin !== new URL(entry.issuer).origin) throw new MetadataRefused(member);
    return value;
  };
  const [authorization_endpoint, token_endpoint, jwks_uri] = ADDRESSES.map(address) as [string, string, string];
  return {
    issuer: entry.issuer,
    authorization_endpoint,
    token_endpoint,
    jwks_uri,
    ...(metadata[PUSHED] === undefined ? {} : { [PUSHED]: address(PUSHED) }),
    authorization_response_iss_parameter_supported: metadata['authorization_response_iss_parameter_supported'] === true,
    token_endpoint_auth_methods_supported: textsIn(metadata['token_endpoint_auth_methods_supported']),
    token_endpoint_auth_signing_alg_values_supported: textsIn(
      metadata['token_endpoint_auth_signing_alg_values_supported'],
    ),
  };
}

async function published({ issuer, network }: IssuerEntry): Promise<Record<string, unknown>> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const answer = await pinnedFetch([address], network)(address, {
      method: 'GET',
      headers: {},
      body: null,
      redirect: 'manual',
    });
    if (answer.status === 200) return (await answer.json()) as Record<string, unknown>;
  } catch {
    // Told below, like an answer that is not the document.
  }
  throw new MetadataRefused(address);
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
