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
import { forgetHolders } from './issuers/issuer-subjects.js';
import { Passkeys } from './passkeys.js';
import { type PasswordOffer, type PasswordProof, Passwords } from './passwords.js';
import { recordAct } from './record-act.js';
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
    private readonly passwords: Passwords,
  ) {}

  signInOptions(browser: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.requestOptions({ purpose: 'sign-in', browser });
  }

  /** The account whose passkey it was. Throws Unauthenticated. */
  prove(request: FastifyRequest, response: AuthenticationResponseJSON): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, (tx) => this.passkeys.verify(tx, response, { purpose: 'sign-in', browser })),
    );
  }

  /** The secret of a new session. Throws Unauthenticated. */
  signIn(request: FastifyRequest, response: AuthenticationResponseJSON): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const accountId = await this.passkeys.verify(tx, response, { purpose: 'sign-in', browser });
        return this.sessions.begin(tx, this.identity(accountId, 'phr'), request);
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
        return this.sessions.renew(tx, session, this.identity(accountId, 'phr'));
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
      return { enrollee, options: await this.passkeys.creationOptions(holder, account, enrollee.adds !== null) };
    });
  }

  /**
   * Uses the link: the new passkey takes the place of whatever the officer signed in with before, whatever sessions there were end, what
   * was proposed in them lapses, and one begins. Recovery is the same as enrolment. By a link that its own holder made, the passkey is
   * added to the others and waits for its approval; nothing begins (null). Throws Forbidden for the link, Unauthenticated for the passkey.
   */
  enrol(request: FastifyRequest, token: string, response: RegistrationResponseJSON): Promise<string | null> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const link = await this.links.use(tx, hashOf(token), browser);
        const holder = { purpose: 'enrol', browser, subject: hashOf(token).toString('hex') } as const;
        if (link.adds === null) await forgetHolders(tx, link.accountId);
        else await recordAct(tx, 'passkey.added', link.accountId);
        const userAgent = request.headers['user-agent'] ?? '';
        await this.passkeys.register(tx, response, holder, { ...link, userAgent });
        return link.adds === null ? this.sessions.begin(tx, this.identity(link.accountId, 'phr'), request) : null;
      }),
    );
  }

  /** What a password and its codes would be made of, for whoever holds the link. Throws Forbidden. */
  offerPassword(request: FastifyRequest, token: string): Promise<PasswordOffer> {
    const browser = browserOf(request);
    return this.gate.pass(async () => {
      const { agencyId } = await this.links.openToEnrol(token, browser);
      return this.passwords.offer(agencyId, token, browser);
    });
  }

  /** As `enrol`, with a password and codes in place of a passkey. Throws Forbidden for the link, InvalidInput for the rest. */
  enrolPassword(request: FastifyRequest, given: { token: string; password: string; code: string }): Promise<string> {
    const browser = browserOf(request);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const accountId = await this.links.useToEnrol(tx, hashOf(given.token), browser);
        await this.passwords.enrol(tx, accountId, { ...given, browser });
        return this.sessions.begin(tx, this.identity(accountId, 'aal2'), request);
      }),
    );
  }

  /** The secret of a new session, in which nothing can be stepped up. Throws Unauthenticated. */
  async signInByPassword(request: FastifyRequest, proof: PasswordProof): Promise<string> {
    const proven = await this.passwords.verify(proof);
    return this.gate.pass(() =>
      inTransaction(this.pool, async (tx) => {
        const secret = await this.sessions.begin(tx, this.identity(proven.accountId, 'aal2'), request);
        await this.passwords.hold(tx, proven);
        return secret;
      }),
    );
  }

  private identity(accountId: string, acr: 'phr' | 'aal2'): Identity {
    return { issuer: this.sessions.issuer, subject: accountId, acr, authTime: new Date() };
  }
}

/** The browser's mark. Without one it has asked for no challenge. */
function browserOf({ headers }: FastifyRequest): string {
  const browser = secretIn(headers, '__Host-liaison-login');
  if (browser === undefined) throw new Unauthenticated('error.signInRefused');
  return browser;
}
