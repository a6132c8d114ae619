import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { Pool } from 'pg';
import { HubError, NotFound, Unauthenticated, Unavailable } from '../../../common/errors.js';
import type { ConsoleSessions } from '../console-sessions.js';
import { secretIn } from '../cookies.js';
import type { EnrolmentLinks } from '../enrolment-links.js';
import type { Identity } from '../identity.js';
import { hashOf } from '../secret.js';
import { inTransaction } from '../transaction.js';
import type { BegunSignIns, SignInPurpose } from './begun-sign-ins.js';
import type { IssuerClients } from './issuer-clients.js';
import { IssuerGates } from './issuer-gates.js';
import { ForeignAgency, isStillHolder, linkSubject } from './issuer-subjects.js';
import { OWN } from './own-issuer.js';
import { NoAnswer } from './pinned-fetch.js';
import type { TrustedIssuer, TrustedIssuers } from './trusted-issuer.js';

/** How a browser goes to an issuer. */
export interface Going {
  /** The browser's mark. */
  browser: string;
  /** The token of the enrolment link that is used by it. */
  linkToken?: string;
  /** Whether the officer must sign in there again. */
  isAnew?: boolean;
}

/**
 * Signing in at an issuer: there and back. Why an answer was refused is for the operator's log; whoever signs in is told one sentence,
 * the same for a subject that is unknown and one that may not come in.
 */
@Injectable()
export class IssuerSignIn {
  private readonly logger = new Logger('SignIn');
  /** Of their own, so that an issuer that answers slowly keeps nobody from a passkey, or from another issuer. */
  private readonly gates = new IssuerGates();

  constructor(
    private readonly pool: Pool,
    private readonly issuers: TrustedIssuers,
    private readonly clients: IssuerClients,
    private readonly begun: BegunSignIns,
    private readonly sessions: ConsoleSessions,
    private readonly links: EnrolmentLinks,
  ) {}

  /** Where to send the browser. Throws NotFound for an issuer that is not in force, Forbidden for a link, Unavailable. */
  async begin(request: FastifyRequest, issuerId: string, going: Going): Promise<URL> {
    const { browser, linkToken, isAnew = false } = going;
    const issuer = await this.issuers.find(issuerId);
    if (linkToken !== undefined) await this.checkLink(linkToken, browser, issuerId);
    const signIn = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const before = secretIn(request.headers, '__Host-liaison');
    const address = await this.gates.pass(issuerId, () =>
      this.clients.begin(issuer, signIn, isAnew).catch((error: unknown) => {
        this.logger.error(`${issuerId} does not take a sign-in: ${reasonOf(error)}`);
        throw new Unavailable('error.issuerUnreachable');
      }),
    );
    await this.begun.keep(browser, signIn, {
      issuerId,
      linkHash: linkToken === undefined ? null : hashOf(linkToken),
      sessionHash: before === undefined ? null : hashOf(before),
    });
    return address;
  }

  /**
   * The secret of a new session, for an issuer's answer. Throws Conflict for an answer to nothing that this browser has begun,
   * Unauthenticated for one that is not to be believed, Forbidden for a subject that is not linked to an account, or may not be; Unavailable.
   */
  async finish(request: FastifyRequest, at: string): Promise<string> {
    const query = request.url.split('?')[1] ?? '';
    const [state = null] = new URLSearchParams(query).getAll('state');
    const browser = secretIn(request.headers, '__Host-liaison-login');
    const { issuerId, linkHash, sessionHash, ...kept } = await this.begun.take(browser, state);
    // The answer came to another issuer's address: its code is not for this one to see (mix-up).
    if (issuerId !== at) throw new Unauthenticated('error.issuerRefused');
    const issuer = await this.issuers.find(issuerId);
    return this.gates.pass(issuerId, async () => {
      const identity = await this.identityFrom(issuer, query, { ...kept, state: state! });
      return this.beginSession(request, identity, { issuerId, linkHash, sessionHash }, browser!);
    });
  }

  private async checkLink(token: string, browser: string, issuerId: string): Promise<void> {
    const { agencyId } = await this.links.openToEnrol(token, browser);
    const choices = await this.issuers.choices(agencyId);
    if (!choices.some(({ id }) => id === issuerId)) throw new NotFound();
  }

  private async identityFrom(
    issuer: TrustedIssuer,
    query: string,
    kept: Parameters<IssuerClients['finish']>[2],
  ): Promise<Identity> {
    try {
      return await this.clients.finish(issuer, query, kept);
    } catch (error) {
      this.logger.warn(`Refused an answer of ${issuer.id}: ${reasonOf(error)}`);
      if (isOutage(error)) throw new Unavailable('error.issuerUnreachable');
      throw new Unauthenticated('error.issuerRefused');
    }
  }

  private async beginSession(
    request: FastifyRequest,
    identity: Identity,
    { issuerId, linkHash, sessionHash }: SignInPurpose,
    browser: string,
  ): Promise<string> {
    try {
      return await inTransaction(this.pool, async (tx) => {
        if (linkHash !== null) await linkSubject(tx, identity, await this.links.useToEnrol(tx, linkHash, browser));
        const isOwn = issuerId === OWN;
        if (isOwn && !(await isStillHolder(tx, identity))) throw new Unauthenticated('error.signInRefused');
        if (sessionHash !== null)
          await tx.query('DELETE FROM auth.console_session WHERE secret_hash = $1', [sessionHash]);
        return this.sessions.begin(tx, identity, request);
      });
    } catch (error) {
      if (error instanceof ForeignAgency) await this.raiseAlarm(error);
      else if (error instanceof HubError) this.logger.warn(`Refused a subject of ${issuerId}: ${error.key}`);
      throw error;
    }
  }

  private async raiseAlarm({ issuerId, agencyId }: ForeignAgency): Promise<void> {
    this.logger.error(`ALARM: ${issuerId} spoke for ${agencyId}, which is not an agency of its own`);
    const sql = `INSERT INTO auth.issuer_alarm (issuer_id, event, agency_id) VALUES ($1, 'foreign-agency', $2)`;
    await this.pool.query(sql, [issuerId, agencyId]);
  }
}

/** Error, code and cause in the library's words, which quote no token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an answer';
  const { code, cause } = error as Error & { code?: unknown };
  return [code, error.message, cause instanceof Error ? cause.message : undefined].filter(Boolean).join(': ');
}

/** No answer came, or one that tells of a fault of the issuer's own. */
function isOutage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof NoAnswer || (cause instanceof Response && cause.status >= 500);
}
