import 'reflect-metadata';
import { join } from 'node:path';
import { Logger as RequestLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { Provider } from 'oidc-provider';
import { appDataSource } from '../config/data-source.js';
import type { Environment } from '../config/environment.js';
import { assertFloorIsSafe } from './access/row-security.js';
import { ScopedDatabase } from './access/scoped-database.js';
import { AppModule } from './app.module.js';
import { Clock } from './common/clock.js';
import { Cursors } from './common/cursor.js';
import { ErrorPages } from './common/error-pages.js';
import { HubIdentity } from './common/hub-identity.js';
import { databaseAccess } from './database/prepare-database.js';
import { checkVersion } from './database/schema-version.js';
import { freshSecret, SecretsFolder } from './database/secrets.js';
import { WrappingKeys } from './database/wrapping-keys.js';
import { DemoSignIn } from './demo/demo-sign-in.js';
import { connectionOptions } from './edge/connections.js';
import { Limits } from './edge/limits.js';
import { mountEdge } from './edge/mount-edge.js';
import { readManifest, TrustedDocuments } from './edge/trusted-documents.js';
import { ChangeSignal } from './exchange/change-signal.js';
import { PartVault } from './exchange/part-vault.js';
import { FileStore } from './files/file-store.js';
import { openFilePlace } from './files/open-file-place.js';
import { Scanner } from './files/scanner.js';
import { takeUploads } from './files/take-uploads.js';
import { MailServer } from './notices/mail-server.js';
import { Authenticator } from './session/authenticator.js';
import { identifyCallers } from './session/identify-callers.js';
import { ConsoleSessions } from './session/people/console-sessions.js';
import { mountSignIn } from './session/mount-sign-in.js';
import { SignInGate } from './session/people/gate.js';
import { mountSockets } from './sockets/mount-sockets.js';
import { HubKeys } from './trust/hub-keys.js';

/** A hub that serves requests. */
export interface RunningHub {
  app: NestFastifyApplication;
  /** Address by which clients reach it. */
  url: string;
  clock: Clock;
  stop(): Promise<void>;
}

/**
 * Starts the server on a database that `liaison init` (prepareDatabase) has made ready. Refuses when the database does not
 * protect every row. `manifest` has the documents that the console may ask, by id.
 */
export async function startHub(
  environment: Environment,
  databaseUrl: string,
  manifest: ReadonlyMap<string, string> = readManifest('web'),
): Promise<RunningHub> {
  const secrets = new SecretsFolder(environment.secretsFolder);
  const access = await databaseAccess(databaseUrl, secrets);
  const wrappingKeys = new WrappingKeys(secrets);
  const filePlace = await openFilePlace(environment, secrets);
  const clock = new Clock(environment.maySimulateClock);
  const dataSource = await appDataSource(access.appUrl, environment.DATABASE_POOL).initialize();
  try {
    await checkVersion(dataSource);
    await assertFloorIsSafe(dataSource);
    const port = environment.PORT === 0 ? await freePort(environment.HOST) : environment.PORT;
    const publicUrl = (environment.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/+$/, '');
    const identity = new HubIdentity(environment.HUB_ID, publicUrl);
    const limits = new Limits(environment);
    const documents = new TrustedDocuments(manifest, readManifest('cli'));
    const signal = new ChangeSignal(access.appUrl);
    await signal.listen();
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forHub({
        dataSource,
        database: new ScopedDatabase(dataSource, access.contextKey, clock),
        clock,
        cursors: new Cursors((await secrets.obtain('cursor-key', () => ({ key: freshSecret() }))).key),
        identity,
        hubKeys: await HubKeys.open(secrets),
        wrappingKeys,
        vault: new PartVault(wrappingKeys),
        files: new FileStore(filePlace),
        scanner: new Scanner(environment.CLAMD_SOCKET),
        mail: MailServer.open(environment, secrets),
        signal,
        limits,
        documents,
        session: { publicUrl, authUrl: access.authUrl, secrets },
        people: {
          secrets,
          limits: { idleMinutes: environment.SESSION_IDLE_MINUTES, hours: environment.SESSION_HOURS },
          ...(environment.isDemonstration ? { demonstrationPage: '/demo/sign-in' } : {}),
        },
        logLevel: environment.LOG_LEVEL,
        demonstration: environment.isDemonstration
          ? new DemoSignIn(join(environment.DATA_FOLDER, 'demo'), identity)
          : null,
      }),
      new FastifyAdapter(connectionOptions(environment, clock)),
      { bufferLogs: true, abortOnError: false, bodyParser: false },
    );
    app.useLogger(app.get(Logger));
    app.flushLogs();
    logRequests(app);
    const fastify = app.getHttpAdapter().getInstance();
    mountEdge(fastify, publicUrl, limits, documents);
    mountSignIn(fastify, app.get(Provider), app.get(SignInGate));
    const people = { sessions: app.get(ConsoleSessions), pages: app.get(ErrorPages) };
    identifyCallers(fastify, app.get(Authenticator), publicUrl, clock, people);
    takeUploads(fastify);
    mountSockets(fastify, {
      limits,
      clock,
      documents,
      publicUrl,
      database: app.get(ScopedDatabase),
      again: (caller) => app.get(caller.session ? ConsoleSessions : Authenticator).again(caller),
      schema: () => app.get(GraphQLSchemaHost, { strict: false }).schema,
    });
    await app.listen(port, environment.HOST);
    return {
      app,
      url: publicUrl,
      clock,
      stop: async () => {
        await signal.onApplicationShutdown();
        await app.close();
        if (dataSource.isInitialized) await dataSource.destroy();
      },
    };
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  }
}

/**
 * One line for each request at level info: which agency and unit asked what kind of thing, how it went and how many milliseconds it
 * took. The path is the route's, since an address names objects. No query string, body, header, address or officer. (nestjs-pino's own
 * lines need a middleware that Fastify does not run.)
 */
function logRequests(app: NestFastifyApplication): void {
  const logger = new RequestLogger('Request');
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', async ({ id, method, routeOptions, caller }, { statusCode, elapsedTime }) => {
      const path = routeOptions.url;
      const [agency, unit] = [caller?.agencyId, caller?.unitId];
      logger.log({ request: id, method, path, status: statusCode, ms: Math.round(elapsedTime), agency, unit });
    });
}

/** A port that is free now. The issuer's address is part of every token, so it must be known before listening. */
async function freePort(host: string): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
