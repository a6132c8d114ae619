import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Caller, CallerSession } from '../../access/caller.js';
import { ScopedDatabase } from '../../access/scoped-database.js';
import { databaseFault } from '../../common/database-fault.js';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../../common/errors.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { parseJson } from '../../protocol/canonical.js';
import { OBJECT_KINDS } from '../../protocol/envelope.js';
import { checkPossession, checkPublicKey, KID, type PublicJwk, thumbprint } from '../../protocol/keys.js';
import { distinct, matching } from '../../protocol/shape.js';
import { refusing } from '../../trust/protocol-faults.js';
import { checkDevice } from './input.js';
import type { KeyRequestInput } from './person-key.models.js';
import { CREDENTIAL_ID } from './passkeys.js';
import { inTransaction } from './transaction.js';

/** One of an officer's own keys. */
export interface OwnKey {
  kid: string;
  use: string;
  device: string;
  kinds: string[];
  state: string;
  requestedAt: Date;
  validUntil: Date | null;
  credential: string | null;
  wrapped: string | null;
}

/** A key that waits for an administrator. */
export interface KeyRequest {
  kid: string;
  officer: string;
  unit: string;
  titleEn: string;
  titleVi: string;
  use: string;
  device: string;
  kinds: string[];
  jwk: string;
  proof: string;
  requestedAt: Date;
}

/** A key of an officer of the agency that counts. */
export interface OfficerKey {
  kid: string;
  officer: string;
  /** Null where the hub has no such officer any more. */
  unit: string | null;
  titleEn: string | null;
  titleVi: string | null;
  use: string;
  /** Null for a key that was not made in a browser. */
  device: string | null;
  validFrom: Date;
  validUntil: Date;
}

/** An officer's signing key that was stopped here, while the agency's key set says nothing of it. */
export interface StoppedKey extends Pick<OfficerKey, 'kid' | 'officer' | 'unit' | 'titleEn' | 'titleVi' | 'device'> {
  stoppedAt: Date;
}

interface CheckedRequest {
  kid: string;
  jwk: PublicJwk;
  use: 'sig' | 'enrol';
  kinds: string[];
}

/** As many keys as one officer can have waiting. */
const MAX_WAITING = 5;
/** Characters of base64url: 1,000 bytes. */
const MAX_WRAPPED = 1334;
const WRAPPED = new RegExp(`^[A-Za-z0-9_-]{16,${MAX_WRAPPED}}$`);

/**
 * Officers' own signing keys before and beside the agency's key set (security.md 2.7): an officer asks, an administrator admits the key by
 * publishing the next set, signed with an enrolment key. Here stands who asked, and the private half as the officer's browser wrapped it.
 * The holder or an administrator stops a key at once, without any signature; the set says so later.
 */
@Injectable()
export class PersonKeys {
  constructor(
    private readonly pool: Pool,
    private readonly database: ScopedDatabase,
    private readonly hub: HubIdentity,
  ) {}

  /** The officer's own keys, the newest first. */
  async own({ accountId }: CallerSession): Promise<OwnKey[]> {
    const { rows } = await this.pool.query<OwnKey>(
      `${OWN} WHERE p.account_id = $1 ORDER BY p.requested_at DESC, p.kid`,
      [accountId],
    );
    return rows;
  }

  /** Asks that a key be admitted. Throws BadSignedObject for a key or proof that is not good, InvalidInput, Forbidden, Conflict. */
  async request(caller: Caller, input: KeyRequestInput): Promise<OwnKey> {
    const { accountId, roles } = caller.session!;
    const { kid, jwk, use, kinds } = await this.checked(caller, input);
    if (use === 'enrol' && !roles.includes('AGENCY_ADMIN')) throw new Forbidden();
    const wrapped = wrappedIn(input);
    await inTransaction(this.pool, async (tx) => {
      await tx.query('SELECT FROM auth.account WHERE id = $1 FOR UPDATE', [accountId]);
      const known = await tx.query<{ waiting: number; hasKey: boolean }>(KNOWN, [accountId, use]);
      if (known.rows[0]!.waiting >= MAX_WAITING) throw new Conflict('error.tooManyKeyRequests');
      const { rowCount } = await tx.query(REQUEST, [
        kid,
        accountId,
        jwk,
        use,
        input.proof,
        kinds,
        checkDevice(input.device, '/input/device'),
        wrapped && input.credential,
        wrapped,
        // An enrolment key waits for the roots, which need no word of an older one.
        use === 'enrol' || !known.rows[0]!.hasKey,
      ]);
      if (rowCount !== 1) throw new Conflict('error.keyReused', { sub: 'KEY_REUSED' });
    });
    return (await this.own(caller.session!)).find((key) => key.kid === kid)!;
  }

  /** Approves a key that was made at a further device, with a signature by one that is in force. Throws NotFound, BadSignedObject. */
  async approve(caller: Caller, kid: string, approval: { by: string; proof: string }): Promise<OwnKey> {
    const { session, agencyId: agency } = caller;
    if (!KID.test(kid) || !KID.test(approval.by)) throw new NotFound();
    const by = (await this.pool.query<{ jwk: PublicJwk }>(APPROVING, [session!.accountId, approval.by])).rows[0];
    if (!by) throw new NotFound();
    const claim = { hub: this.hub.id, agency, use: 'sig', kid: approval.by, admits: kid } as const;
    await refusing(() => checkPossession(by.jwk, claim, approval.proof));
    const { rowCount } = await this.pool.query(
      `UPDATE auth.person_key SET approved_at = now() WHERE kid = $1 AND account_id = $2 AND approved_at IS NULL
         AND NOT EXISTS (SELECT FROM hub.blocked_key b WHERE b.kid = person_key.kid)`,
      [kid, session!.accountId],
    );
    if (rowCount !== 1) throw new NotFound();
    return (await this.own(session!)).find((key) => key.kid === kid)!;
  }

  /**
   * Stops a key for ever, in the set or only asked for: the officer's own, or as an administrator any officer's of the agency. Stopping it
   * again changes nothing. Throws NotFound.
   */
  async block(caller: Caller, kid: string): Promise<void> {
    if (!KID.test(kid)) throw new NotFound();
    // Of the session, because an issuer's claims may have lowered it.
    const administers = caller.permissions.has('agency.administer');
    try {
      await this.database.as(caller, (tx) => tx.query('SELECT cmd.block_key($1, $2)', [kid, administers]));
    } catch (error) {
      throw databaseFault(error) === 'NOT_FOUND' ? new NotFound() : error;
    }
  }

  /** The keys of the agency's officers that count now, whoever brought them into the set. */
  async ofOfficers({ agencyId }: Caller): Promise<OfficerKey[]> {
    const { rows } = await this.pool.query<OfficerKey>(OF_OFFICERS, [agencyId]);
    return rows;
  }

  /** Stopped keys of the agency's officers that its key set still vouches for to whoever checks without this hub; the oldest first. */
  async stopped({ agencyId }: Caller): Promise<StoppedKey[]> {
    const { rows } = await this.pool.query<StoppedKey>(STOPPED, [agencyId]);
    return rows;
  }

  /** What waits for an administrator of the agency. */
  async requests({ agencyId }: Caller): Promise<KeyRequest[]> {
    const { rows } = await this.pool.query<KeyRequest>(REQUESTS, [agencyId]);
    return rows;
  }

  private checked({ agencyId: agency }: Caller, input: KeyRequestInput): Promise<CheckedRequest> {
    return refusing(async () => {
      const jwk = checkPublicKey(parseJson(input.jwk));
      const kid = await thumbprint(jwk);
      const use = matching(input.use, /^(sig|enrol)$/, '/use') as 'sig' | 'enrol';
      const kinds = distinct(
        input.kinds,
        new RegExp(`^(${OBJECT_KINDS.join('|')})$`),
        1,
        OBJECT_KINDS.length,
        '/kinds',
      );
      await checkPossession(jwk, { hub: this.hub.id, agency, use, kid }, input.proof);
      return { kid, jwk, use, kinds };
    });
  }
}

function wrappedIn({ wrapped, credential }: KeyRequestInput): Buffer | null {
  if (!wrapped || !credential) return null;
  if (WRAPPED.test(wrapped) && CREDENTIAL_ID.test(credential)) return Buffer.from(wrapped, 'base64url');
  throw new InvalidInput([
    { pointer: '/input/wrapped', rule: 'text', key: 'problem.textUpTo', params: { max: MAX_WRAPPED } },
  ]);
}

const KEYS = `auth.person_key p LEFT JOIN hub.agency_key k ON k.kid = p.kid AND k.in_set LEFT JOIN hub.blocked_key b ON b.kid = p.kid`;
const IN_FORCE = `k.kid IS NOT NULL AND k.revoked IS NULL AND b.kid IS NULL AND k.exp > extract(epoch FROM now())`;

/** Its private half is wrapped under a passkey that is gone: nobody can open it again. */
const LOCKED = `p.wrapped IS NOT NULL AND p.credential_id IS NULL`;
const USABLE = `${IN_FORCE} AND NOT (${LOCKED})`;

/** Whether a key waits for the word of another, which its holder can still give. */
const WAITS_FOR_ANOTHER = `p.approved_at IS NULL AND EXISTS (
  SELECT FROM (SELECT p.account_id, p.use) mine CROSS JOIN LATERAL (
    SELECT FROM ${KEYS} WHERE p.account_id = mine.account_id AND p.use = mine.use AND ${USABLE}) other)`;

const OWN = `
  SELECT p.kid, p.use, p.device, p.kinds, p.requested_at AS "requestedAt", to_timestamp(k.exp) AS "validUntil",
    p.credential_id AS credential, translate(encode(p.wrapped, 'base64'), E'+/=\\n', '-_') AS wrapped,
    CASE WHEN k.kid IS NULL AND b.kid IS NOT NULL THEN 'REFUSED' WHEN b.kid IS NOT NULL OR k.revoked IS NOT NULL THEN 'REVOKED'
      WHEN ${USABLE} THEN 'IN_FORCE' WHEN ${IN_FORCE} THEN 'LOCKED' WHEN k.kid IS NOT NULL THEN 'EXPIRED'
      WHEN ${WAITS_FOR_ANOTHER} THEN 'OTHER_DEVICE' ELSE 'REQUESTED' END AS state
  FROM ${KEYS}`;

const KNOWN = `
  SELECT count(*) FILTER (WHERE k.kid IS NULL AND b.kid IS NULL)::int AS waiting,
    COALESCE(bool_or(p.use = $2 AND ${USABLE}), false) AS "hasKey"
  FROM ${KEYS} WHERE p.account_id = $1`;

/** Only a passkey of the account itself can have wrapped the key. */
const REQUEST = `
  INSERT INTO auth.person_key (kid, account_id, jwk, use, proof, kinds, device, credential_id, wrapped, approved_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10 THEN now() END
  WHERE $8::text IS NULL OR EXISTS (SELECT FROM auth.passkey WHERE credential_id = $8 AND account_id = $2)
  ON CONFLICT DO NOTHING`;

const APPROVING = `SELECT p.jwk FROM ${KEYS} WHERE p.account_id = $1 AND p.kid = $2 AND p.use = 'sig' AND ${USABLE}`;

const OF_OFFICERS = `
  SELECT k.kid, k.holder AS officer, o.unit_id AS unit, o.title_en AS "titleEn", o.title_vi AS "titleVi", k.use, p.device,
    to_timestamp(k.nbf) AS "validFrom", to_timestamp(k.exp) AS "validUntil"
  FROM hub.agency_key k LEFT JOIN auth.person_key p ON p.kid = k.kid LEFT JOIN hub.blocked_key b ON b.kid = k.kid
    LEFT JOIN agency.officer o ON o.agency_id = k.agency_id AND o.pseudonym = k.holder
  WHERE k.agency_id = $1 AND k.in_set AND starts_with(k.holder, 'p:') AND ${IN_FORCE}
  ORDER BY k.holder, k.exp DESC, k.kid`;

const STOPPED = `
  SELECT k.kid, k.holder AS officer, o.unit_id AS unit, o.title_en AS "titleEn", o.title_vi AS "titleVi", p.device, b.at AS "stoppedAt"
  FROM hub.agency_key k JOIN hub.blocked_key b ON b.kid = k.kid LEFT JOIN auth.person_key p ON p.kid = k.kid
    LEFT JOIN agency.officer o ON o.agency_id = k.agency_id AND o.pseudonym = k.holder
  WHERE k.agency_id = $1 AND k.in_set AND k.use = 'sig' AND starts_with(k.holder, 'p:')
    AND k.revoked IS NULL AND k.exp > extract(epoch FROM now())
  ORDER BY b.at, k.kid`;

const REQUESTS = `
  SELECT p.kid, o.officer, o.unit_id AS unit, o.title_en AS "titleEn", o.title_vi AS "titleVi", p.use, p.device, p.kinds,
    p.jwk::text AS jwk, p.proof, p.requested_at AS "requestedAt"
  FROM auth.person_key p JOIN auth.officer_in_force o ON o.account_id = p.account_id
  WHERE o.agency_id = $1 AND NOT (${WAITS_FOR_ANOTHER})
    AND NOT EXISTS (SELECT FROM hub.agency_key k WHERE k.kid = p.kid)
    AND NOT EXISTS (SELECT FROM hub.blocked_key b WHERE b.kid = p.kid)
  ORDER BY p.requested_at, p.kid`;
