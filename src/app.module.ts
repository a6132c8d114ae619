import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoggerModule } from 'nestjs-pino';
import { DataSource } from 'typeorm';
import { AdministrationModule } from './administration/administration.module.js';
import { AccessGuard } from './access/access.guard.js';
import type { GraphqlContext } from './access/current-caller.js';
import { ScopedDatabase } from './access/scoped-database.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { Clock } from './common/clock.js';
import { Cursors } from './common/cursor.js';
import { HttpErrorFilter } from './common/http-error.filter.js';
import { formatError } from './common/format-error.js';
import { loggedError } from './common/log-error.js';
import { HubIdentity } from './common/hub-identity.js';
import { DemoSignIn } from './demo/demo-sign-in.js';
import { DemoController } from './demo/demo.controller.js';
import { DemoSignInController } from './demo/demo-sign-in.controller.js';
import { documentLimits, MAX_TOKENS } from './edge/document-limits.js';
import { Limits } from './edge/limits.js';
import { limitsPlugin } from './edge/limits-plugin.js';
import { TrustedDocuments } from './edge/trusted-documents.js';
import { WrappingKeys } from './database/wrapping-keys.js';
import { ConsentsModule } from './consents/consents.module.js';
import { DirectoryModule } from './directory/directory.module.js';
import { ChangeSignal } from './exchange/change-signal.js';
import { ExchangeModule } from './exchange/exchange.module.js';
import { PartVault } from './exchange/part-vault.js';
import { FileStore } from './files/file-store.js';
import { DeskModule } from './desk/desk.module.js';
import { DraftsModule } from './drafts/drafts.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { FilesModule } from './files/files.module.js';
import { Scanner } from './files/scanner.js';
import { MailServer } from './notices/mail-server.js';
import { NoticesModule } from './notices/notices.module.js';
import { HealthController } from './health.controller.js';
import { operationPlugin } from './operation-plugin.js';
import { DutiesModule } from './duties/duties.module.js';
import { NotesModule } from './notes/notes.module.js';
import { RegisterModule } from './register/register.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { SchemaController } from './schema.controller.js';
import { PeopleModule } from './session/people/people.module.js';
import type { PeopleOptions } from './session/people/people-options.js';
import { SessionModule, type SessionOptions } from './session/session.module.js';
import { HubKeys } from './trust/hub-keys.js';
import { TrustModule } from './trust/trust.module.js';

/** What is made before Nest starts, and shared by all modules. */
export interface HubParts {
  dataSource: DataSource;
  database: ScopedDatabase;
  clock: Clock;
  cursors: Cursors;
  identity: HubIdentity;
  hubKeys: HubKeys;
  wrappingKeys: WrappingKeys;
  vault: PartVault;
  files: FileStore;
  scanner: Scanner;
  mail: MailServer;
  signal: ChangeSignal;
  session: SessionOptions;
  limits: Limits;
  documents: TrustedDocuments;
  people: PeopleOptions;
  logLevel: string;
  /** Signs in as the fictional units; null unless this is a demonstration. */
  demonstration: DemoSignIn | null;
}

/**
 * Fields, and arguments, whose answer counts as opening or finding an object: they write an access event in their transaction. One that is
 * left out runs in a read-only transaction, where its event is refused, and so its answer.
 */
const RECORDED_NAMES = new Set([
  'object',
  'alert',
  'request',
  'oralRequest',
  'consent',
  'composeRecall',
  'composeAnswer',
  'composeFeedback',
  'composeNote',
  'feedback',
  'composeConsentRequest',
  'composeConsentAnswer',
  'composeConsentRevocation',
  'alsoOnDesk',
  'lookUp',
]);

@Module({})
export class AppModule {
  static forHub(parts: HubParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PartsModule.of(parts),
        LoggerModule.forRoot({ pinoHttp: loggingOptions(parts.logLevel) }),
        SessionModule.forHub(parts.session),
        PeopleModule.forHub(parts.people),
        GraphQLModule.forRoot<ApolloDriverConfig>(graphqlOptions(parts)),
        DirectoryModule,
        TrustModule,
        FilesModule,
        ExchangeModule,
        AlertsModule,
        ConsentsModule,
        DutiesModule,
        RequestsModule,
        FeedbackModule,
        NotesModule,
        DeskModule,
        DraftsModule,
        NoticesModule,
        RegisterModule,
        AdministrationModule,
      ],
      controllers: [
        HealthController,
        SchemaController,
        ...(parts.demonstration ? [DemoController, DemoSignInController] : []),
      ],
      providers: [
        ...(parts.demonstration ? [{ provide: DemoSignIn, useValue: parts.demonstration }] : []),
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
      ],
    };
  }
}

@Global()
@Module({})
class PartsModule {
  static of(parts: HubParts): DynamicModule {
    const providers: Provider[] = [
      { provide: DataSource, useValue: parts.dataSource },
      { provide: ScopedDatabase, useValue: parts.database },
      { provide: Clock, useValue: parts.clock },
      { provide: Cursors, useValue: parts.cursors },
      { provide: HubIdentity, useValue: parts.identity },
      { provide: HubKeys, useValue: parts.hubKeys },
      { provide: WrappingKeys, useValue: parts.wrappingKeys },
      { provide: PartVault, useValue: parts.vault },
      { provide: FileStore, useValue: parts.files },
      { provide: Scanner, useValue: parts.scanner },
      { provide: MailServer, useValue: parts.mail },
      { provide: ChangeSignal, useValue: parts.signal },
      { provide: TrustedDocuments, useValue: parts.documents },
    ];
    return { module: PartsModule, providers, exports: providers };
  }
}

/** Structured logs; `logRequests` in hub.ts writes the line of each request. */
function loggingOptions(level: string): object {
  return { level, autoLogging: false, serializers: { err: loggedError } };
}

function graphqlOptions({ database, limits, clock }: HubParts): ApolloDriverConfig {
  return {
    driver: ApolloDriver,
    path: '/graphql',
    autoSchemaFile: true,
    sortSchema: true,
    introspection: false,
    playground: false,
    graphiql: false,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: { requestHeaders: ['x-liaison-csrf'] },
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [documentLimits],
    cache: 'bounded',
    stopOnTerminationSignals: false,
    autoTransformHttpErrors: false,
    context: (request: FastifyRequest, _reply: FastifyReply): GraphqlContext => ({ request, caller: request.caller }),
    plugins: [limitsPlugin(limits), operationPlugin(database, RECORDED_NAMES, clock)],
    formatError: (formatted, error) => formatError(formatted, error, clock),
  };
}
