import { Injectable } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { CallerSession } from '../../access/caller.js';
import { Unauthenticated } from '../../common/errors.js';
import { ConsoleSessions } from './console-sessions.js';
import { secretIn } from './cookies.js';
import { type Enrollee, EnrolmentLinks } from './enrolment-links.js';
import { SignInGate } from './gate.js';
import type { Identity } from './identity.js';
import { Passkeys } from './passkeys.js';
import { hashOf } from './secret.js';
import { inTransaction } from './transaction.js';

/** What happens when an officer signs in, steps up or enrols: each in one transaction, with a fresh session secret at its end. */
@Injectable()
export class SignInService {
  constructor(
    private readonly pool: Pool,
    private readonly sessions: ConsoleSessions,
    private readonly passkeys: Passkeys,
    private readonly links: EnrolmentLinks,
    private readonly gate: SignInGate,
  ) {}

  signInOptions(browser: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.requestOptions({ purpose: 'sign-in', browser });
  }

  /** The secret of a new session. Throws Unauthenticated. */
  signIn(request: FastifyRequest, response: AuthenticationResponseJSON): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const accountId = await this.passkeys.verify(tx, response, { purpose: 'sign-in', browser });
        return this.sessions.begin(tx, this.byPasskey(accountId), request);
      }),
    );
  }

  stepUpOptions(session: CallerSession, browser: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.requestOptions({ purpose: 'step-up', browser, subject: session.id }, session.accountId);
  }

  /** The new secret of the same session, fresh for five minutes. Throws Unauthenticated. */
  stepUp(request: FastifyRequest, session: CallerSession, response: AuthenticationResponseJSON): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const holder = { purpose: 'step-up', browser, subject: session.id } as const;
        const accountId = await this.passkeys.verify(tx, response, holder);
        return this.sessions.renew(tx, session, this.byPasskey(accountId));
      }),
    );
  }

  /** Opens an enrolment link: for whom it is, and what the browser is to make. Throws Forbidden. */
  openLink(
    token: string,
    browser: string,
  ): Promise<{ enrollee: Enrollee; options: PublicKeyCredentialCreationOptionsJSON }> {
    return this.gate.pass(async () => {
      const enrollee = await this.links.open(token, browser);
      const holder = { purpose: 'enrol', browser, subject: hashOf(token).toString('hex') } as const;
      const account = { id: enrollee.accountId, name: `${enrollee.titleEn} (${enrollee.agencyId})` };
      return { enrollee, options: await this.passkeys.creationOptions(holder, account) };
    });
  }

  /**
   * Uses the link: the new passkey takes the place of any that there were, whatever sessions there were end, what was proposed in them
   * lapses, and one begins. Recovery is the same as enrolment. Throws Forbidden for the link, Unauthenticated for the passkey.
   */
  enrol(request: FastifyRequest, token: string, response: RegistrationResponseJSON): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const accountId = await this.links.use(tx, token, browser);
        const holder = { purpose: 'enrol', browser, subject: hashOf(token).toString('hex') } as const;
        await this.passkeys.register(tx, response, holder, accountId);
        await tx.query('DELETE FROM auth.console_session WHERE account_id = $1', [accountId]);
        await tx.query('DELETE FROM auth.admission WHERE proposed_by = $1', [accountId]);
        return this.sessions.begin(tx, this.byPasskey(accountId), request);
      }),
    );
  }

  private byPasskey(accountId: string): Identity {
    return { issuer: this.sessions.issuer, subject: accountId, acr: 'phr', authTime: new Date() };
  }
}

/** The browser's mark. Without one it has asked for no challenge. */
function browserOf({ headers }: FastifyRequest): string {
  const browser = secretIn(headers, '__Host-liaison-login');
  if (browser === undefined) throw new Unauthenticated('error.signInRefused');
  return browser;
}
