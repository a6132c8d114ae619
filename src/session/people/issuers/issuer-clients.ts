import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { LRUCache } from 'lru-cache';
import * as openid from 'openid-client';
import type { Identity } from '../identity.js';
import type { ClientKeys } from '../../client-keys.js';
import { loweringBy } from './lowering.js';
import { OWN } from './own-issuer.js';
import { pinnedFetch } from './pinned-fetch.js';
import type { IssuerMetadata, TrustedIssuer } from './trusted-issuer.js';

/** What a browser takes along to the issuer, and what stays here to check the answer with. */
export interface BegunSignIn {
  state: string;
  nonce: string;
  /** Of PKCE (RFC 7636). */
  verifier: string;
}

const CLOCK_TOLERANCE_SECONDS = 15;
/** An ID token is looked at once, a moment after it was made; one that is good for longer than a day is not meant for that. */
const LONGEST_TOKEN_SECONDS = 86_400;
/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const CONFIGURATIONS_KEPT = 200;

/** The hub as a client of its issuers: OpenID Connect Core 1.0, code flow with PKCE, and pushed requests (RFC 9126) where they are offered. */
@Injectable()
export class IssuerClients {
  /** By everything that the row says, so that a change counts at once. With each goes what it has fetched of the issuer's keys. */
  private readonly configurations = new LRUCache<string, openid.Configuration>({ max: CONFIGURATIONS_KEPT });

  constructor(
    private readonly keys: ClientKeys,
    /** The address that the hub's own answers come back to; those of another issuer come to its own, below it. */
    private readonly redirectUri: string,
    /** How the hub asks itself. */
    private readonly innerFetch: openid.CustomFetch,
  ) {}

  /** The address to send the browser to. `isAnew` has the officer sign in there again, whatever session there is. */
  async begin(issuer: TrustedIssuer, { state, nonce, verifier }: BegunSignIn, isAnew: boolean): Promise<URL> {
    const configuration = await this.configurationOf(issuer);
    const parameters = {
      redirect_uri: this.redirectUriOf(issuer),
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      acr_values: Object.keys(issuer.strengths).join(' '),
      max_age: String(issuer.maxAgeSeconds),
      ...(isAnew ? { prompt: 'login' } : {}),
    };
    return issuer.metadata.pushed_authorization_request_endpoint === undefined
      ? openid.buildAuthorizationUrl(configuration, parameters)
      : openid.buildAuthorizationUrlWithPAR(configuration, parameters);
  }

  /**
   * Who has signed in, by the issuer's answer (its query string). Throws for anything but a good one:
   *
   * - `iss` is the issuer's where it comes or is promised (RFC 9207), `state` ours
   * - the code is taken by the token endpoint together with our verifier and, where the issuer has it registered, our key
   * - the ID token is signed by a key of the pinned JWKS with an algorithm of the row, for us (`aud`, `azp`), now (`iat`, `exp`), with
   *   our nonce, and `at_hash` fits
   * - `sub` is one, `auth_time` is there, in the past and not older than the row allows; `acr` is one of the row's
   */
  async finish(issuer: TrustedIssuer, query: string, { state, nonce, verifier }: BegunSignIn): Promise<Identity> {
    const tokens = await openid.authorizationCodeGrant(
      await this.configurationOf(issuer),
      new URL(`${this.redirectUriOf(issuer)}?${query}`),
      {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        maxAge: issuer.maxAgeSeconds,
        idTokenExpected: true,
      },
    );
    const claims = tokens.claims()!;
    checkAccessTokenHash(tokens.id_token!, claims['at_hash'], tokens.access_token);
    if (claims.exp - claims.iat > LONGEST_TOKEN_SECONDS) throw new Error('the ID token is good for more than a day');
    const latest = Date.now() / 1000 + CLOCK_TOLERANCE_SECONDS;
    if (claims.iat > latest || !(claims.auth_time! <= latest)) throw new Error('iat or auth_time is in the future');
    const { acr, sub } = claims;
    if (!SUBJECT.test(sub)) throw new Error('sub is not one');
    if (typeof acr !== 'string' || !Object.hasOwn(issuer.strengths, acr))
      throw new Error('acr is not one of those agreed on');
    return {
      issuer: issuer.metadata.issuer,
      subject: sub,
      acr: issuer.strengths[acr]!,
      authTime: new Date(Math.min(claims.auth_time! * 1000, Date.now())),
      lowering: loweringBy(issuer.lowering, claims),
    };
  }

  /** Each has one of its own (RFC 9700, 4.4.2.2): so a code says whose it is also where the issuer does not (RFC 9207). */
  private redirectUriOf({ id }: TrustedIssuer): string {
    return id === OWN ? this.redirectUri : `${this.redirectUri}/${id}`;
  }

  private async configurationOf(issuer: TrustedIssuer): Promise<openid.Configuration> {
    const mark = JSON.stringify(issuer);
    const known = this.configurations.get(mark);
    if (known) return known;
    const { metadata, clientId, algorithms, network } = issuer;
    const server = { ...metadata, id_token_signing_alg_values_supported: [...algorithms] } as openid.ServerMetadata;
    const configuration = new openid.Configuration(server, clientId, {}, await this.authenticationAt(metadata));
    configuration[openid.customFetch] =
      issuer.id === OWN ? this.innerFetch : pinnedFetch(addressesOf(metadata), network);
    // Addresses are https, or on this machine (`liaison issuer add` takes no others).
    openid.allowInsecureRequests(configuration);
    // Without this the library takes the ID token's signature for granted in the code flow.
    openid.enableNonRepudiationChecks(configuration);
    this.configurations.set(mark, configuration);
    return configuration;
  }

  /** Our key where the issuer knows what to do with it; else PKCE alone ties the code to us. */
  private async authenticationAt(metadata: IssuerMetadata): Promise<openid.ClientAuth> {
    if (!provesItself(metadata)) return openid.None();
    const takesEd25519 = metadata.token_endpoint_auth_signing_alg_values_supported?.includes('Ed25519') ?? false;
    return openid.PrivateKeyJwt(await this.keys.signingKey(takesEd25519 ? 'Ed25519' : 'ES256'));
  }
}

/** Whether the hub shows this issuer its key. */
export function provesItself({ token_endpoint_auth_methods_supported: methods }: IssuerMetadata): boolean {
  return methods?.includes('private_key_jwt') ?? false;
}

/** What the hub itself asks of the issuer; the browser alone goes to the authorization endpoint. */
function addressesOf(metadata: IssuerMetadata): (string | undefined)[] {
  return [metadata.token_endpoint, metadata.jwks_uri, metadata.pushed_authorization_request_endpoint];
}

/** OpenID Connect Core 1.0, section 3.1.3.8: the left half of the hash that goes with the signature's algorithm. */
function checkAccessTokenHash(idToken: string, expected: unknown, accessToken: string): void {
  if (expected === undefined) return;
  const { alg = '' } = decodeProtectedHeader(idToken);
  const hash = createHash(alg === 'Ed25519' ? 'sha512' : `sha${alg.slice(-3)}`)
    .update(accessToken)
    .digest();
  if (hash.subarray(0, hash.length / 2).toString('base64url') !== expected) throw new Error('at_hash does not fit');
}
