import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { NotFound } from '../../../common/errors.js';
import type { Strength } from '../identity.js';
import type { LoweringClaims } from './lowering.js';
import type { IssuerNetwork } from './vetted-address.js';

/** What the hub uses of an issuer's metadata (OpenID Connect Discovery 1.0; RFC 8414, 9126, 9207). */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly pushed_authorization_request_endpoint?: string;
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
}

/** An issuer whose word the hub takes for who signed in. */
export interface TrustedIssuer {
  readonly id: string;
  readonly clientId: string;
  readonly metadata: IssuerMetadata;
  /** With which of these its ID tokens must be signed. */
  readonly algorithms: readonly string[];
  /** Its acr values that are strong enough, and how strong. */
  readonly strengths: Readonly<Record<string, Strength>>;
  /** How long ago the officer may have signed in there. */
  readonly maxAgeSeconds: number;
  readonly lowering: LoweringClaims;
  /** Where the hub may ask it. */
  readonly network: IssuerNetwork;
}

/** An issuer as the sign-in page shows it. */
export interface IssuerChoice {
  id: string;
  nameEn: string;
  nameVi: string;
}

const ID = /^[a-z0-9-]{1,31}$/;

/** The issuers in force: the hub itself, and national ones. What the operator changes counts for the next sign-in. */
@Injectable()
export class TrustedIssuers {
  constructor(
    private readonly pool: Pool,
    /** Row 0, the hub itself. */
    private readonly own: TrustedIssuer,
  ) {}

  /** Throws NotFound for one that is unknown or suspended. */
  async find(id: string): Promise<TrustedIssuer> {
    if (id === this.own.id) return this.own;
    if (!ID.test(id)) throw new NotFound();
    const { rows } = await this.pool.query<TrustedIssuer>(
      `SELECT id, client_id AS "clientId", metadata, algorithms, strengths, max_age_seconds AS "maxAgeSeconds", lowering, network
       FROM auth.trusted_issuer WHERE id = $1 AND suspended_at IS NULL`,
      [id],
    );
    if (!rows[0]) throw new NotFound();
    return rows[0];
  }

  /** All national ones that are in force, or those that speak for this agency. */
  async choices(agencyId?: string): Promise<IssuerChoice[]> {
    const { rows } = await this.pool.query<IssuerChoice>(
      `SELECT id, name_en AS "nameEn", name_vi AS "nameVi" FROM auth.trusted_issuer
       WHERE suspended_at IS NULL AND ($1::text IS NULL OR $1 = ANY (agencies)) ORDER BY id`,
      [agencyId ?? null],
    );
    return rows;
  }
}
