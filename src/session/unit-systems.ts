import type { Pool } from 'pg';
import { addressOf } from '../edge/address.js';
import type { PublicJwk } from '../protocol/keys.js';
import { endOfUse, type Revocation } from '../protocol/signed-object.js';

/** A unit's system that may sign in now, from where it asks: what the hub lets it do, and the keys it may sign in with. */
export interface UnitSystem {
  readonly unitId: string;
  readonly agencyId: string;
  readonly clearance: number;
  readonly maySeeNominal: boolean;
  readonly scopes: readonly string[];
  /** Whom it may write to; null: whoever an agreement allows. */
  readonly addressees: readonly string[] | null;
  /** Whether it may send GraphQL documents of its own. */
  readonly adhoc: boolean;
  readonly keys: readonly { kid: string; jwk: PublicJwk }[];
}

type Row = Omit<UnitSystem, 'keys'> & {
  keys: (UnitSystem['keys'][number] & { revoked: Revocation | null })[] | null;
  isFirstUse: boolean;
};

const UNIT_ID = /^[A-Z0-9-]{1,60}$/;

/**
 * The one question behind every token and every request: may this unit's system use the hub now? Only if
 *
 * - its agency and the unit itself are in force and not suspended
 * - it has a connection that is not suspended and has not ended, and the address it comes from is in one of the connection's networks
 * - the key stands in its agency's newest key set, for sign-in (`use: auth`) and held by this very unit; `nbf ≤ now < exp`
 * - the key is not revoked
 *
 * Nothing is cached, so an end takes effect at the next request. Wall time, as for all tokens and sessions. A request's proof of
 * possession is marked as used by the same statement: the database is asked once.
 */
export class UnitSystems {
  constructor(private readonly pool: Pool) {}

  /** The system of this unit, coming from this address: as the edge knows it, behind trusted proxies. */
  find(unitId: string, address: string): Promise<UnitSystem | undefined> {
    return this.ask(unitId, address, null);
  }

  /** The same, for a request with this proof; undefined as well when the proof was used before. */
  findOnce(unitId: string, address: string, proofMark: Buffer): Promise<UnitSystem | undefined> {
    return this.ask(unitId, address, proofMark);
  }

  /** Forgets proofs that are too old to be accepted anyway. */
  async sweepProofs(): Promise<void> {
    await this.pool.query('DELETE FROM auth.used_proof WHERE expires_at <= now()');
  }

  private async ask(unitId: string, address: string, proofMark: Buffer | null): Promise<UnitSystem | undefined> {
    if (!UNIT_ID.test(unitId)) return undefined;
    const values = [unitId, proofMark, addressOf(address) ?? null];
    const { rows } = await this.pool.query<Row>({ name: 'unit-system', text: FIND, values });
    const row = rows[0];
    if (!row || (proofMark !== null && !row.isFirstUse)) return undefined;
    const { isFirstUse: _, keys, ...system } = row;
    return {
      ...system,
      keys: (keys ?? []).filter((key) => !isRevoked(key.revoked)).map(({ kid, jwk }) => ({ kid, jwk })),
    };
  }
}

/** A revocation that cannot be read revokes. */
function isRevoked(revoked: Revocation | null): boolean {
  return revoked !== null && !(Date.now() / 1000 < endOfUse(revoked));
}

/**
 * A proof is accepted for five minutes after it was made; its mark stays a minute longer, should PostgreSQL's clock be ahead. What is no
 * address is in no network.
 */
const FIND = `
  WITH first_use AS (
    INSERT INTO auth.used_proof (mark, expires_at) SELECT $2, now() + interval '6 minutes' WHERE $2::bytea IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING true)
  SELECT EXISTS (SELECT FROM first_use) AS "isFirstUse", u.id AS "unitId", a.id AS "agencyId", c.clearance, c.may_see_nominal AS "maySeeNominal", c.scopes, c.addressees, c.adhoc,
    (SELECT json_agg(json_build_object('kid', k.kid, 'jwk', k.jwk, 'revoked', k.revoked) ORDER BY k.kid) FROM hub.agency_key k
     WHERE k.holder = 'unit:' || u.id AND k.use = 'auth' AND k.agency_id = a.id AND k.in_set
       AND k.nbf <= extract(epoch FROM now()) AND k.exp > extract(epoch FROM now())) AS keys
  FROM hub.unit u JOIN hub.agency a ON a.id = u.agency_id JOIN auth.connection c ON c.unit_id = u.id
  WHERE u.id = $1
    AND u.suspended_at IS NULL AND u.valid_from <= now() AND (u.valid_until IS NULL OR u.valid_until > now())
    AND a.suspended_at IS NULL AND a.valid_from <= now() AND (a.valid_until IS NULL OR a.valid_until > now())
    AND c.suspended_at IS NULL AND c.valid_until > now()
    AND (c.networks IS NULL OR auth.unmapped($3::inet) <<= ANY (c.networks))`;
