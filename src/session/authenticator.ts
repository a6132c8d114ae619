import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Caller } from '../access/caller.js';
import type { Permission } from '../access/permission.js';
import { Purpose } from '../common/codes/handling-codes.js';
import { InvalidInput, Unauthenticated } from '../common/errors.js';
import { API, SCOPES } from './create-provider.js';
import type { UnitSystem, UnitSystems } from './unit-systems.js';

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;
const PURPOSES = new Set<string>(Object.values(Purpose));

/**
 * Tells who calls. A token is believed if (RFC 9068 section 4)
 *
 * - it is signed by this hub's provider with Ed25519, and is an access token by its `typ`
 * - its issuer is this hub's provider, its audience this API, and it has not expired
 * - agency, unit and connection are in force now, and so is the key that the token was got with
 *
 * A token brings identity; what the caller may do is the hub's record, which a scope can only narrow. Every refusal looks
 * the same from outside.
 */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly keys: ReturnType<typeof createLocalJWKSet>;

  constructor(
    private readonly issuer: string,
    publicKeys: { keys: JWK[] },
    private readonly systems: UnitSystems,
  ) {
    this.keys = createLocalJWKSet(publicKeys);
  }

  /** The caller, undefined for a request without Authorization header. Throws Unauthenticated for any but a good token. */
  async authenticate(headers: IncomingHttpHeaders): Promise<Caller | undefined> {
    if (headers.authorization === undefined) return undefined;
    const token = await this.verify(headers.authorization);
    const system = token.sub === token['client_id'] ? await this.systems.find(token.sub!) : undefined;
    if (!system?.keys.some(({ kid }) => kid === token['auth_kid'])) {
      return this.refuse('agency, unit, connection or key is not in force');
    }
    return {
      agencyId: system.agencyId,
      unitId: system.unitId,
      officer: null,
      clearance: system.clearance,
      maySeeNominal: system.maySeeNominal,
      purpose: purposeOf(headers),
      permissions: permissionsOf(system, token['scope']),
    };
  }

  private async verify(authorization: string): Promise<JWTPayload> {
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) return this.refuse('not a bearer token');
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: ['Ed25519'],
        typ: 'at+jwt',
        issuer: this.issuer,
        audience: API,
        requiredClaims: ['exp', 'sub', 'client_id', 'auth_kid'],
      });
      return payload;
    } catch (error) {
      return this.refuse(error instanceof Error ? error.message : 'not a token');
    }
  }

  private refuse(reason: string): never {
    this.logger.debug(`Refused a request: ${reason}`);
    throw new Unauthenticated();
  }
}

function permissionsOf(system: UnitSystem, scope: unknown): ReadonlySet<Permission> {
  const wanted = typeof scope === 'string' ? scope.split(' ') : SCOPES;
  const granted = SCOPES.filter((permission) => permission !== 'objects.submit' || system.maySubmit);
  return new Set(granted.filter((permission) => wanted.includes(permission)));
}

/** The purpose under which the caller works; it goes into the access log, so a wrong one is refused rather than replaced. */
export function purposeOf(headers: IncomingHttpHeaders): string {
  const purpose = headers['x-liaison-purpose'] ?? Purpose.PREVENT_DETECT;
  if (typeof purpose === 'string' && PURPOSES.has(purpose)) return purpose;
  const message = `One of ${[...PURPOSES].join(', ')}`;
  throw new InvalidInput([{ pointer: '/headers/x-liaison-purpose', rule: 'enum', message }]);
}
