import type { EntityManager } from 'typeorm';
import type { IssuerMetadata } from '../session/people/issuers/trusted-issuer.js';
import type { IssuerEntry } from './issuer-entry.js';

/** Why the operator's change of an issuer was refused; `detail` is the agency or the issuer that it is about. */
export class IssuerRefused extends Error {
  constructor(
    readonly reason: 'unknownAgency' | 'otherIssuer' | 'unknown',
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

/** An issuer as the operator sees it. */
export interface ListedIssuer {
  id: string;
  issuer: string;
  agencies: string[];
  /** Subjects that are linked to accounts. */
  subjects: number;
  alarms: number;
  lastAlarm: Date | null;
  suspendedAt: Date | null;
}

/**
 * Records an issuer, or brings one up to date, as the operator's role hub_migrate. A suspended one stays suspended. Whom it knows as which
 * subject is linked to its address, so an id never passes to another issuer. Throws IssuerRefused.
 */
export async function recordIssuer(tx: EntityManager, entry: IssuerEntry, metadata: IssuerMetadata): Promise<void> {
  const known = await tx.query<{ id: string }[]>('SELECT id FROM hub.agency WHERE id = ANY ($1)', [entry.agencies]);
  const stranger = entry.agencies.find((agency) => !known.some(({ id }) => id === agency));
  if (stranger !== undefined) throw new IssuerRefused('unknownAgency', stranger);
  const recorded = await tx.query<{ id: string; issuer: string }[]>(
    'SELECT id, issuer FROM auth.trusted_issuer WHERE id = $1 OR issuer = $2',
    [entry.id, entry.issuer],
  );
  const other = recorded.find(({ id, issuer }) => id !== entry.id || issuer !== entry.issuer);
  if (other) throw new IssuerRefused('otherIssuer', `${other.id} ${other.issuer}`);
  await tx.query(RECORD, [
    entry.id,
    entry.issuer,
    entry.nameEn,
    entry.nameVi,
    entry.clientId,
    JSON.stringify(metadata),
    entry.algorithms,
    entry.agencies,
    JSON.stringify(entry.strengths),
    entry.maxAgeSeconds,
    JSON.stringify(entry.lowering),
    entry.network,
  ]);
}

/** Shuts an issuer out, or lets it in again: at once, and with every session that began there. Throws IssuerRefused. */
export async function suspendIssuer(tx: EntityManager, id: string, isSuspended: boolean): Promise<void> {
  const changed = await tx.query<[unknown[], number]>(
    'UPDATE auth.trusted_issuer SET suspended_at = CASE WHEN $2 THEN COALESCE(suspended_at, now()) END WHERE id = $1',
    [id, isSuspended],
  );
  if (changed[1] !== 1) throw new IssuerRefused('unknown', id);
}

export function listIssuers(tx: EntityManager): Promise<ListedIssuer[]> {
  return tx.query<ListedIssuer[]>(
    `SELECT i.id, i.issuer, i.agencies, i.suspended_at AS "suspendedAt",
       (SELECT count(*)::int FROM auth.issuer_subject l WHERE l.issuer_id = i.id) AS subjects,
       (SELECT count(*)::int FROM auth.issuer_alarm a WHERE a.issuer_id = i.id) AS alarms,
       (SELECT max(at) FROM auth.issuer_alarm a WHERE a.issuer_id = i.id) AS "lastAlarm"
     FROM auth.trusted_issuer i ORDER BY i.id`,
  );
}

const RECORD = `
  INSERT INTO auth.trusted_issuer
    (id, issuer, name_en, name_vi, client_id, metadata, algorithms, agencies, strengths, max_age_seconds, lowering, network)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (id) DO UPDATE SET name_en = excluded.name_en, name_vi = excluded.name_vi, client_id = excluded.client_id,
    metadata = excluded.metadata, algorithms = excluded.algorithms, agencies = excluded.agencies, strengths = excluded.strengths,
    max_age_seconds = excluded.max_age_seconds, lowering = excluded.lowering, network = excluded.network`;
