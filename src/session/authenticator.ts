import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller, CallerToken } from '../access/caller.js';
import { Purpose } from '../common/codes/handling-codes.js';
import { InvalidInput, NonceWanted, Unauthenticated } from '../common/errors.js';
import { isText } from '../common/text.js';
import { API } from './create-provider.js';
import { checkProof, type Proof } from './dpop-proof.js';
import { rightsOf } from './scopes.js';
import type { ServerNonces } from './server-nonces.js';
import type { UnitSystem, UnitSystems } from './unit-systems.js';

/** What the Authenticator looks at of a request. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The address of the client, as the edge knows it. */
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

/** The claims of a token that the provider has signed. */
interface AccessToken {
  readonly sub: string;
  readonly client_id: unknown;
  /** The key that the token was got with. */
  readonly auth_kid: unknown;
  readonly scope?: unknown;
  /** Thumbprint of the key that the token is bound to. */
  readonly cnf?: { readonly jkt?: unknown };
  readonly exp: number;
}

const TOKEN = /^DPoP ([\w-]+\.[\w-]+\.[\w-]+)$/i;
const PURPOSES = new Set<string>(Object.values(Purpose));

/**
 * Tells who calls. A request is believed if (RFC 9068 section 4, RFC 9449 section 7)
 *
 * - its token is signed by this hub's provider with Ed25519, and is an access token by its `typ`
 * - the token's issuer is this hub's provider, its audience this API, and it has not expired
 * - it comes with a proof, made for this request and this token, by the key that the token is bound to
 * - the proof carries a nonce of ours and was not used before
 * - agency, unit and connection are in force now, for where the request comes from, and so is the key that the token was got with
 *
 * A token brings identity; what the caller may do is the hub's record, which a scope can only narrow. Every refusal looks
 * the same from outside, but for the one that asks for a newer nonce.
 */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly keys: ReturnType<typeof createLocalJWKSet>;
  /** A token comes with every request of its five minutes. Its signature is checked once, its expiry and all else each time. */
  private readonly tokens = new LRUCache<string, AccessToken>({ max: 5_000 });

  constructor(
    private readonly publicUrl: string,
    private readonly issuer: string,
    publicKeys: { keys: JWK[] },
    private readonly nonces: ServerNonces,
    private readonly systems: UnitSystems,
  ) {
    this.keys = createLocalJWKSet(publicKeys);
  }

  /** The caller, undefined for a request without Authorization header. Throws Unauthenticated for any but a good token and proof. */
  async authenticate(request: IncomingRequest): Promise<Caller | undefined> {
    const { headers, ip } = request;
    if (headers.authorization === undefined) return undefined;

    const [, text] = TOKEN.exec(headers.authorization) ?? [];
    if (text === undefined) return this.refuse('not a token with proof of possession');
    const token = await this.verified(text);
    const proof = await this.proven(request, text);
    if (proof.jkt !== token.cnf?.jkt) return this.refuse('the token is bound to another key');
    if (!this.nonces.accepts(proof.nonce)) throw new NonceWanted();

    const system = token.sub === token.client_id ? await this.systems.findOnce(token.sub, ip, proof.mark) : undefined;
    if (!system) return this.refuse('agency, unit or connection is not in force here, or the proof was used before');
    const { auth_kid: kid, scope, exp } = token;
    const caller = callerOf(system, { kid, scope, expiresAt: exp * 1000, address: ip }, reasonsIn(headers));
    return caller ?? this.refuse('the key is not in force');
  }

  /** The same caller with the rights of this moment; undefined when the token has expired or its ground has gone. */
  async again({ unitId, token, purpose, caseRef = null }: Caller): Promise<Caller | undefined> {
    if (token === undefined || Date.now() >= token.expiresAt) return undefined;
    const system = await this.systems.find(unitId, token.address);
    return system && callerOf(system, token, { purpose, caseRef });
  }

  /** What an answer tells a client to make its next proof with. */
  nextNonce(): string {
    return this.nonces.current();
  }

  private async verified(text: string): Promise<AccessToken> {
    const known = this.tokens.get(text);
    if (known && Date.now() < known.exp * 1000) return known;
    try {
      const { payload } = await jwtVerify(text, this.keys, {
        algorithms: ['Ed25519'],
        typ: 'at+jwt',
        issuer: this.issuer,
        audience: API,
        requiredClaims: ['exp', 'sub', 'client_id', 'auth_kid', 'cnf'],
      });
      const token = payload as unknown as AccessToken;
      this.tokens.set(text, token);
      return token;
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : 'not a token');
    }
  }

  private async proven({ method, url, headers }: IncomingRequest, accessToken: string): Promise<Proof> {
    const [path] = url.split('?');
    try {
      return await checkProof(String(headers['dpop']), { method, url: `${this.publicUrl}${path}`, accessToken });
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : 'not a proof');
    }
  }

  private refuse(reason: string): never {
    this.logger.debug(`Refused a request: ${reason}`);
    throw new Unauthenticated();
  }
}

/** The unit's system as caller; undefined when the key that its token was got with is not in force. */
function callerOf(
  system: UnitSystem,
  token: Omit<CallerToken, 'isBoundToDocuments'>,
  reasons: Reasons,
): Caller | undefined {
  if (!system.keys.some(({ kid }) => kid === token.kid)) return undefined;
  const { permissions, kinds } = rightsOf(system.scopes, token.scope);
  return {
    agencyId: system.agencyId,
    unitId: system.unitId,
    officer: null,
    clearance: system.clearance,
    maySeeNominal: system.maySeeNominal,
    ...reasons,
    permissions,
    sending: { kinds, addressees: system.addressees },
    token: { ...token, isBoundToDocuments: !system.adhoc },
  };
}

/** Why the caller reads. */
export interface Reasons {
  purpose: string;
  caseRef: string | null;
}

const LONGEST_CASE_REF = 60;

/**
 * The purpose under which the caller works, and the case. They go into the access log, so a wrong one is refused rather than replaced. Who names
 * a case names the purpose too: for personal details none is taken for granted. A header is ASCII, so a case may be written percent-encoded.
 */
export function reasonsIn(headers: IncomingHttpHeaders): Reasons {
  const stated = headers['x-liaison-purpose'];
  const purpose = stated ?? Purpose.PREVENT_DETECT;
  if (typeof purpose !== 'string' || !PURPOSES.has(purpose)) throw wrongPurpose();
  const written = headers['x-liaison-case-ref'];
  if (written === undefined) return { purpose, caseRef: null };
  if (stated === undefined) throw wrongPurpose();
  const caseRef = decoded(written);
  if (isText(caseRef, LONGEST_CASE_REF, false)) return { purpose, caseRef };
  throw new InvalidInput([
    {
      pointer: '/headers/x-liaison-case-ref',
      rule: 'shortText',
      key: 'problem.shortText',
      params: { max: LONGEST_CASE_REF },
    },
  ]);
}

function decoded(header: string | string[]): unknown {
  try {
    return typeof header === 'string' ? decodeURIComponent(header) : undefined;
  } catch {
    return undefined;
  }
}

function wrongPurpose(): InvalidInput {
  return new InvalidInput([
    {
      pointer: '/headers/x-liaison-purpose',
      rule: 'enum',
      key: 'problem.code',
      params: { codes: [...PURPOSES].join(', ') },
    },
  ]);
}
