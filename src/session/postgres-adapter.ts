import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, type ClientMetadata, errors, Provider } from 'oidc-provider';
import type { Pool, QueryResult, QueryResultRow } from 'pg';
import { isDatabaseUnreachable } from '../common/database-fault.js';
import { algorithmOf } from '../protocol/keys.js';
import { UnitSystems } from './unit-systems.js';

type StoredRecord = { payload: AdapterPayload; consumed: number | null };

/** The provider's records of one model in auth.oidc_record. An id is a secret or leads to one, so only its hash is stored. */
export class PostgresAdapter implements Adapter {
  constructor(
    private readonly model: string,
    protected readonly pool: Pool,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti: _, ...kept } = payload;
    const grant = payload.grantId ? hash(payload.grantId) : null;
    // The provider looks for a replay mark and then writes it; two copies of an assertion or a proof at once would both find none.
    // Here one of them stores nothing. A mark stays a minute longer than needed, should PostgreSQL's clock be ahead.
    const isMark = this.model === 'ReplayDetection';
    const sql = isMark ? `${UPSERT} WHERE r.expires_at <= now()` : UPSERT;
    const ttl = isMark ? (expiresIn ?? 0) + 60 : (expiresIn ?? null);
    const { rowCount } = await this.ask(sql, [this.model, hash(id), kept, grant, ttl]);
    if (rowCount === 0) throw new errors.InvalidClientAuth('an assertion or a proof must only be used once');
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { rows } = await this.ask<StoredRecord>(FIND, [this.model, hash(id)]);
    const [row] = rows;
    return row && { ...row.payload, jti: id, ...(row.consumed === null ? {} : { consumed: row.consumed }) };
  }

  /** Only the first of several at once consumes. */
  async consume(id: string): Promise<void> {
    const { rowCount } = await this.ask(CONSUME, [this.model, hash(id)]);
    if (rowCount === 0) throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    await this.ask('DELETE FROM auth.oidc_record WHERE model = $1 AND id_hash = $2', [this.model, hash(id)]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    const sql = 'DELETE FROM auth.oidc_record WHERE model = $1 AND grant_hash = $2';
    await this.ask(sql, [this.model, hash(grantId)]);
  }

  /** Nothing of ours outlives an interaction, so there are neither sessions nor user codes to look up. */
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}

  private ask<R extends QueryResultRow>(text: string, values: unknown[]): Promise<QueryResult<R>> {
    return this.pool.query<R>(text, values).catch(sayUnavailable);
  }
}

/** What the provider answers a client with that is to come again: its own words, since it knows none of the hub's. */
function sayUnavailable(error: unknown): never {
  throw isDatabaseUnreachable(error) ? new errors.OIDCProviderError(503, 'temporarily_unavailable') : error;
}

/**
 * Clients are not stored: a client is the console, or a unit whose system may sign in from where it asks, as the hub's own records have it
 * at this moment.
 */
export class ClientAdapter extends PostgresAdapter {
  private readonly systems = new UnitSystems(this.pool);

  constructor(
    pool: Pool,
    private readonly console: ClientMetadata,
  ) {
    super('Client', pool);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    if (id === this.console.client_id) return this.console;
    const system = await this.systems.find(id, Provider.ctx?.ip ?? '').catch(sayUnavailable);
    if (!system || system.keys.length === 0) return undefined;
    // In a JWK `use: sig` says what the key does; what it may be used for is the key set's `use`, checked by UnitSystems.
    const keys = system.keys.map(({ kid, jwk }) => ({ ...jwk, kid, use: 'sig', alg: algorithmOf(jwk) }));
    return { client_id: system.unitId, jwks: { keys } };
  }
}

function hash(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}

/** Each insert sweeps two expired records, so the table cannot grow without end and nothing else need clean it. */
const UPSERT = `
  WITH swept AS (
    DELETE FROM auth.oidc_record WHERE (model, id_hash) IN (
      SELECT model, id_hash FROM auth.oidc_record WHERE expires_at <= now() AND (model, id_hash) <> ($1, $2)
      ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED))
  INSERT INTO auth.oidc_record AS r (model, id_hash, payload, grant_hash, expires_at)
  VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
  ON CONFLICT (model, id_hash) DO UPDATE SET payload = excluded.payload, grant_hash = excluded.grant_hash,
    expires_at = excluded.expires_at`;

const FIND = `
  SELECT payload, extract(epoch FROM consumed_at)::float8 AS consumed FROM auth.oidc_record
  WHERE model = $1 AND id_hash = $2 AND (expires_at IS NULL OR expires_at > now())`;

const CONSUME = `
  UPDATE auth.oidc_record SET consumed_at = now() WHERE model = $1 AND id_hash = $2 AND consumed_at IS NULL`;
