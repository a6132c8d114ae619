import { type DynamicModule, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Provider } from 'oidc-provider';
import type { Pool } from 'pg';
import { ScopedDatabase } from '../../access/scoped-database.js';
import { ErrorPages } from '../../common/error-pages.js';
import { HubIdentity } from '../../common/hub-identity.js';
import { freshSecret } from '../../database/secrets.js';
import { POOL } from '../session.module.js';
import { Admissions } from './admissions.js';
import { AdmissionsResolver } from './admissions.resolver.js';
import { Challenges } from './challenges.js';
import { Assertions } from './assertions.js';
import { ConsoleSessions } from './console-sessions.js';
import { EnrolmentLinks } from './enrolment-links.js';
import { SignInGate } from './gate.js';
import { BegunSignIns } from './issuers/begun-sign-ins.js';
import { ClientKeys } from '../client-keys.js';
import { RETURN_PATH } from '../console-client.js';
import { IssuerClients } from './issuers/issuer-clients.js';
import { HomeController } from './home.controller.js';
import { IssuerController } from './issuers/issuer.controller.js';
import { IssuerSignIn } from './issuers/issuer-sign-in.js';
import { OwnInteractions } from './issuers/own-interactions.js';
import { innerFetch, ownIssuer } from './issuers/own-issuer.js';
import { TrustedIssuers } from './issuers/trusted-issuer.js';
import { CodeVault } from './codes.js';
import { PageFilesController } from './page-files.js';
import { OwnPasskeys } from './own-passkeys.js';
import { OwnPasskeysResolver } from './own-passkeys.resolver.js';
import { PeopleErrorPages } from './pages/people-error-pages.js';
import { PageSender } from './page-sender.js';
import { PagesController } from './pages.controller.js';
import { Passkeys } from './passkeys.js';
import { PasswordController } from './password.controller.js';
import { Passwords } from './passwords.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from './people-options.js';
import { PersonKeys } from './person-keys.js';
import { PersonKeysResolver } from './person-keys.resolver.js';
import { OwnPageGuard } from './same-origin.js';
import { ConsoleKey } from './secret.js';
import { SessionController } from './session.controller.js';
import { SessionsResolver } from './sessions.resolver.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

/** People sign in: passkeys, enrolment links, console sessions, and the plain pages for them. Uses the pool of SessionModule. */
@Module({})
export class PeopleModule {
  static forHub(options: PeopleOptions): DynamicModule {
    const consoleKey = async (): Promise<ConsoleKey> =>
      new ConsoleKey((await options.secrets.obtain('console-key', () => ({ key: freshSecret() }))).key);
    const sessions = (pool: Pool, key: ConsoleKey, hub: HubIdentity): ConsoleSessions =>
      new ConsoleSessions(pool, key, hub, options.limits);
    const inject = [POOL, ConsoleKey, HubIdentity];
    const signIn = [POOL, ConsoleSessions, Passkeys, EnrolmentLinks, SignInGate, Passwords];
    const codeVault = async (): Promise<CodeVault> =>
      new CodeVault((await options.secrets.obtain('code-key', () => ({ key: freshSecret() }))).key);
    return {
      module: PeopleModule,
      global: true,
      controllers: [
        PagesController,
        SessionController,
        SignInController,
        IssuerController,
        PasswordController,
        PageFilesController,
        ...(options.demonstrationPage === undefined ? [HomeController] : []),
      ],
      providers: [
        { provide: PEOPLE_OPTIONS, useValue: options },
        { provide: ConsoleKey, useFactory: consoleKey },
        { provide: ConsoleSessions, inject, useFactory: sessions },
        { provide: Passkeys, inject, useFactory: passkeys },
        { provide: CodeVault, useFactory: codeVault },
        { provide: Passwords, inject: [POOL, ConsoleKey, CodeVault], useFactory: passwords },
        { provide: EnrolmentLinks, inject: [POOL], useFactory: (pool: Pool) => new EnrolmentLinks(pool) },
        {
          provide: SignInService,
          inject: signIn,
          useFactory: (...parts: ConstructorParameters<typeof SignInService>) => new SignInService(...parts),
        },
        { provide: Admissions, inject: [POOL, HubIdentity], useFactory: admissions },
        { provide: IssuerClients, inject: [ClientKeys, HubIdentity, HttpAdapterHost], useFactory: issuerClients },
        { provide: TrustedIssuers, inject: [POOL, HubIdentity], useFactory: trustedIssuers },
        { provide: BegunSignIns, inject: [POOL], useFactory: (pool: Pool) => new BegunSignIns(pool) },
        {
          provide: OwnInteractions,
          inject: [Provider, BegunSignIns],
          useFactory: (...parts: ConstructorParameters<typeof OwnInteractions>) => new OwnInteractions(...parts),
        },
        { provide: ErrorPages, useClass: PeopleErrorPages },
        {
          provide: IssuerSignIn,
          inject: [POOL, TrustedIssuers, IssuerClients, BegunSignIns, ConsoleSessions, EnrolmentLinks],
          useFactory: (...parts: ConstructorParameters<typeof IssuerSignIn>) => new IssuerSignIn(...parts),
        },
        {
          provide: Assertions,
          inject: [POOL, Passkeys, SignInGate],
          useFactory: (...parts: ConstructorParameters<typeof Assertions>) => new Assertions(...parts),
        },
        {
          provide: PersonKeys,
          inject: [POOL, ScopedDatabase, HubIdentity],
          useFactory: (...parts: ConstructorParameters<typeof PersonKeys>) => new PersonKeys(...parts),
        },
        { provide: OwnPasskeys, inject: [POOL, HubIdentity], useFactory: ownPasskeys },
        OwnPasskeysResolver,
        PersonKeysResolver,
        OwnPageGuard,
        PageSender,
        AdmissionsResolver,
        SessionsResolver,
      ],
      exports: [Admissions, Assertions, ConsoleSessions, ErrorPages, PageSender],
    };
  }
}

function passkeys(pool: Pool, key: ConsoleKey, hub: HubIdentity): Passkeys {
  return new Passkeys(pool, new Challenges(key), hub);
}

function passwords(pool: Pool, key: ConsoleKey, vault: CodeVault): Passwords {
  return new Passwords(pool, key, vault);
}

function ownPasskeys(pool: Pool, hub: HubIdentity): OwnPasskeys {
  return new OwnPasskeys(pool, hub);
}

function admissions(pool: Pool, hub: HubIdentity): Admissions {
  return new Admissions(pool, hub);
}

function issuerClients(keys: ClientKeys, { publicUrl }: HubIdentity, { httpAdapter }: HttpAdapterHost): IssuerClients {
  const inner = innerFetch(() => httpAdapter.getInstance<FastifyInstance>(), publicUrl);
  return new IssuerClients(keys, `${publicUrl}${RETURN_PATH}`, inner);
}

function trustedIssuers(pool: Pool, { publicUrl }: HubIdentity): TrustedIssuers {
  return new TrustedIssuers(pool, ownIssuer(publicUrl));
}
