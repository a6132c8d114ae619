import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Pool, PoolClient } from 'pg';
import type { Caller, CallerSession } from '../../access/caller.js';
import { Forbidden, NotFound, Unauthenticated } from '../../common/errors.js';
import type { HubIdentity } from '../../common/hub-identity.js';
import { freshSecret } from '../../database/secrets.js';
import { UPLOAD_ROUTES } from '../../edge/file-routes.js';
import { type Reasons, reasonsIn } from '../authenticator.js';
import { RETURN_PATH } from '../console-client.js';
import { secretIn } from './cookies.js';
import type { Identity, Strength } from './identity.js';
import { holderOf } from './issuers/issuer-subjects.js';
import { ADMINISTRATORS, BASE, rightsOf } from './role-rights.js';
import { isFromOwnPage, isOfOwnOrigin } from './same-origin.js';
import { type ConsoleKey, hashOf, isSame } from './secret.js';

/** How long a session lasts: without a request, and at most. */
export interface SessionLimits {
  idleMinutes: number;
  hours: number;
}

/** One of an officer's own sessions. */
export interface OwnSession {
  id: string;
  userAgent: string;
  beganAt: Date;
  seenAt: Date;
  expiresAt: Date;
  isCurrent: boolean;
}

interface Row {
  id: string;
  accountId: string;
  agencyId: string;
  unitId: string;
  officer: string;
  roles: string[];
  /** All that the officer holds, whatever an issuer's claims left of them. */
  held: string[];
  clearance: number;
  maySeeNominal: boolean;
  acr: Strength;
  isFresh: boolean;
  isUnseen: boolean;
  isNominalCareful: boolean;
}

/**
 * Console sessions: an opaque secret in a cookie, of which the hub stores the SHA-256. Every request looks the session up, together with
 * account, officer, unit and agency, so that whatever ends one of them ends the session at its next request. Wall time.
 */
@Injectable()
export class ConsoleSessions {
  /** The hub as an issuer of identities. */
  readonly issuer: string;

  constructor(
    private readonly pool: Pool,
    private readonly key: ConsoleKey,
    private readonly hub: HubIdentity,
    /** The hub's own; an agency's administrators may set shorter ones for their officers (agency.session_rule). */
    readonly limits: SessionLimits,
  ) {
    this.issuer = `${hub.publicUrl}/oidc`;
  }

  /**
   * The officer who calls, undefined without a session that lives. Throws Forbidden when a living session comes with a request that
   * another site may have caused: one that changes something, or any to /graphql, needs the three marks of our own pages
   * (JSON by POST, or a file to where files are uploaded; Origin and Sec-Fetch-Site; `x-liaison-csrf`).
   */
  async authenticate(request: FastifyRequest): Promise<Caller | undefined> {
    // A national service on a host beside ours leads back with the cookie; what it answers is for the sign-in that was begun, not for a caller.
    if (RETURNS.has(request.routeOptions.url)) return undefined;
    const secret = secretIn(request.headers, '__Host-liaison');
    const row = secret === undefined ? undefined : await this.find(hashOf(secret));
    if (secret === undefined || !row) return undefined;
    const csrf = this.csrfOf(secret);
    if (!this.isOurs(request, csrf))
      throw new Forbidden('error.notFromOwnPage', { params: { url: this.hub.publicUrl } });
    return callerOf(row, csrf, reasonsIn(request.headers));
  }

  /**
   * The same caller with the rights of this moment; undefined when the session has ended. It does not count as a request: who only
   * keeps a socket open is idle.
   */
  async again({ session, purpose, caseRef = null }: Caller): Promise<Caller | undefined> {
    const row = session && (await this.read('id', session.id));
    return row && callerOf(row, session.csrf, { purpose, caseRef });
  }

  /**
   * Begins a session in this transaction; the one that the browser had before ends. The secret for the cookie. Throws Unauthenticated,
   * and for an identity of another issuer what `holderOf` throws.
   */
  async begin(tx: PoolClient, identity: Identity, { headers }: Pick<FastifyRequest, 'headers'>): Promise<string> {
    const isOwn = identity.issuer === this.issuer;
    const { accountId, issuerId } = isOwn
      ? { accountId: identity.subject, issuerId: null }
      : await holderOf(tx, identity);
    const { roles = null, clearance = null, withoutNominal = false } = identity.lowering ?? {};
    const before = secretIn(headers, '__Host-liaison');
    if (before !== undefined)
      await tx.query('DELETE FROM auth.console_session WHERE secret_hash = $1', [hashOf(before)]);
    await tx.query('DELETE FROM auth.console_session WHERE expires_at <= now()');
    const secret = freshSecret();
    const { rowCount } = await tx.query(
      `INSERT INTO auth.console_session (secret_hash, account_id, unit_id, roles, clearance, may_see_nominal, acr, user_agent,
         authenticated_at, expires_at, issuer_id, subject, roles_kept, clearance_most, without_nominal)
       SELECT $1, o.account_id, o.unit_id, o.roles, o.clearance, o.may_see_nominal, $3, $4, $5, now() + make_interval(hours => $6),
         $7, $8, $9, $10, $11
       FROM auth.officer_in_force o WHERE o.account_id = $2 AND ($9::text[] IS NULL OR o.roles && $9)`,
      [
        hashOf(secret),
        accountId,
        identity.acr,
        (headers['user-agent'] ?? '').slice(0, 200),
        identity.authTime,
        this.limits.hours,
        issuerId,
        issuerId === null ? null : identity.subject,
        roles,
        clearance,
        withoutNominal,
      ],
    );
    if (rowCount !== 1) {
      if (!isOwn) throw new Forbidden('error.issuerRefused');
      throw new Unauthenticated('error.signInRefused');
    }
    return secret;
  }

  /** After a step-up: the same session under a new secret, fresh again; its end stays where it was. */
  async renew(tx: PoolClient, session: CallerSession, identity: Identity): Promise<string> {
    if (identity.issuer !== this.issuer || identity.subject !== session.accountId) {
      throw new Unauthenticated('error.signInRefused');
    }
    const secret = freshSecret();
    const { rowCount } = await tx.query(
      'UPDATE auth.console_session SET secret_hash = $2, authenticated_at = $3, acr = $4, seen_at = now() WHERE id = $1',
      [session.id, hashOf(secret), identity.authTime, identity.acr],
    );
    if (rowCount !== 1) throw new Unauthenticated();
    return secret;
  }

  /** The officer's sessions that live, the newest first. */
  async own(session: CallerSession): Promise<OwnSession[]> {
    const { rows } = await this.pool.query<OwnSession>(
      `SELECT s.id, s.user_agent AS "userAgent", s.began_at AS "beganAt", s.seen_at AS "seenAt", s.id = $4 AS "isCurrent",
         LEAST(s.expires_at, s.began_at + make_interval(hours => LEAST(r.hours, $3))) AS "expiresAt"
       FROM auth.console_session s JOIN auth.account a ON a.id = s.account_id LEFT JOIN agency.session_rule r ON r.agency_id = a.agency_id
       WHERE s.account_id = $1 AND ${IN_TIME} ORDER BY s.began_at DESC, s.id`,
      [session.accountId, this.limits.idleMinutes, this.limits.hours, session.id],
    );
    return rows;
  }

  /** The officer's post, as the directory has it. */
  async titleOf(session: CallerSession): Promise<{ en: string; vi: string }> {
    const { rows } = await this.pool.query<{ en: string; vi: string }>(
      'SELECT title_en AS en, title_vi AS vi FROM auth.officer_in_force WHERE account_id = $1',
      [session.accountId],
    );
    if (!rows[0]) throw new Unauthenticated();
    return rows[0];
  }

  /** Ends one of the officer's own sessions. Throws NotFound for any other. */
  async end(session: CallerSession, id: string): Promise<void> {
    const { rowCount } = await this.pool.query('DELETE FROM auth.console_session WHERE id = $1 AND account_id = $2', [
      id,
      session.accountId,
    ]);
    if (rowCount === 0) throw new NotFound();
  }

  private async read(by: 'id' | 'secret_hash', value: string | Buffer): Promise<Row | undefined> {
    const { rows } = await this.pool.query<Row>({
      name: `console-session-by-${by}`,
      text: `${FIND} AND s.${by} = $1`,
      values: [value, this.limits.idleMinutes, this.limits.hours],
    });
    // What has ended once stays ended, also when an account is opened again.
    if (!rows[0]) await this.pool.query(`DELETE FROM auth.console_session WHERE ${by} = $1`, [value]);
    return rows[0];
  }

  private async find(hash: Buffer): Promise<Row | undefined> {
    const row = await this.read('secret_hash', hash);
    if (row?.isUnseen)
      await this.pool.query('UPDATE auth.console_session SET seen_at = now() WHERE secret_hash = $1', [hash]);
    return row;
  }

  private isOurs(request: FastifyRequest, csrf: string): boolean {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (isReading && request.routeOptions.url !== '/graphql') {
      return [undefined, 'none', 'same-origin'].includes(request.headers['sec-fetch-site']);
    }
    const isOwn = UPLOAD_ROUTES.has(request.routeOptions.url) ? isOfOwnOrigin : isFromOwnPage;
    return isOwn(request, this.hub.publicUrl) && isSame(request.headers['x-liaison-csrf'], csrf);
  }

  private csrfOf(secret: string): string {
    return this.key.mac('csrf', secret).toString('base64url');
  }
}

function callerOf(row: Row, csrf: string, reasons: Reasons): Caller {
  const { id, accountId, acr, isFresh } = row;
  // Administrators need a passkey; a password from before they were appointed administers nothing.
  const roles = acr === 'aal2' ? row.roles.filter((role) => !ADMINISTRATORS.includes(role)) : row.roles;
  const { permissions, nominal } = rightsOf(roles);
  // Whoever is signed in can sign out.
  const allowed = new Set([...permissions, ...BASE]);
  // A role that keeps personal details away does so also where a claim took the role away.
  const isCleared = row.maySeeNominal && nominal && rightsOf(row.held).nominal && acr !== 'aal2';
  const nominalNeedsStepUp = isCleared && row.isNominalCareful && !isFresh;
  return {
    agencyId: row.agencyId,
    unitId: row.unitId,
    officer: row.officer,
    clearance: row.clearance,
    maySeeNominal: isCleared && !nominalNeedsStepUp,
    ...reasons,
    permissions: allowed,
    session: { id, accountId, roles: row.roles, acr, isFresh, nominalNeedsStepUp, csrf },
  };
}

const RETURNS: ReadonlySet<string | undefined> = new Set([RETURN_PATH, `${RETURN_PATH}/:issuer`]);
const FRESH_MINUTES = 5;

/** Of a session `s` and the rule `r` of its agency: the hub's limits, $2 minutes and $3 hours, or shorter ones. */
const IN_TIME = `s.expires_at > now() AND s.began_at > now() - make_interval(hours => LEAST(r.hours, $3))
    AND s.seen_at > now() - make_interval(mins => LEAST(r.idle_minutes, $2))`;

/**
 * A session is touched at most every half minute, so its idle time is counted that exactly. It ends when the officer's unit or roles
 * change, and when the officer is cleared for more than at sign-in; less takes effect in it. What an issuer's claims left of the
 * officer's rights at sign-in meets what the hub grants now: the lesser counts. One that began at an issuer needs issuer and link in force.
 */
const FIND = `
  SELECT s.id, s.account_id AS "accountId", o.agency_id AS "agencyId", o.unit_id AS "unitId", o.officer,
    CASE WHEN s.roles_kept IS NULL THEN o.roles ELSE ARRAY(SELECT r FROM unnest(o.roles) r WHERE r = ANY (s.roles_kept)) END AS roles,
    o.roles AS held,
    LEAST(o.clearance, s.clearance_most) AS clearance, o.may_see_nominal AND NOT s.without_nominal AS "maySeeNominal", s.acr,
    s.acr <> 'aal2' AND s.authenticated_at > now() - make_interval(mins => ${FRESH_MINUTES}) AS "isFresh",
    s.seen_at < now() - interval '30 seconds' AS "isUnseen",
    EXISTS (SELECT FROM agency.signing_rule r WHERE r.agency_id = o.agency_id AND r.nominal_step_up) AS "isNominalCareful"
  FROM auth.console_session s JOIN auth.officer_in_force o ON o.account_id = s.account_id
    LEFT JOIN agency.session_rule r ON r.agency_id = o.agency_id
  WHERE ${IN_TIME}
    AND s.roles = o.roles AND s.unit_id = o.unit_id AND o.clearance <= s.clearance AND (s.may_see_nominal OR NOT o.may_see_nominal)
    AND (s.issuer_id IS NULL OR EXISTS (
      SELECT FROM auth.issuer_subject l JOIN auth.trusted_issuer i ON i.id = l.issuer_id
      WHERE l.issuer_id = s.issuer_id AND l.subject = s.subject AND l.account_id = s.account_id
        AND i.suspended_at IS NULL AND o.agency_id = ANY (i.agencies)))`;
