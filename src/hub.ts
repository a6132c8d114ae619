import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
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
import { HubError } from './common/errors.js';
import { extensionsOf } from './common/format-error.js';
import { statusOf } from './common/http-error.filter.js';
import { HubIdentity } from './common/hub-identity.js';
import { languageOf, message } from './common/messages/messages.js';
import { databaseAccess } from './database/prepare-database.js';
import { freshSecret, SecretsFolder } from './database/secrets.js';
import { DemoTokens } from './demo/demo-tokens.js';
import { ChangeSignal } from './exchange/change-signal.js';
import { PartVault } from './exchange/part-vault.js';
import { Authenticator } from './session/authenticator.js';
import { ConsoleSessions } from './session/people/console-sessions.js';
import { mountSignIn } from './session/mount-sign-in.js';
import { HubKeys } from './trust/hub-keys.js';

const BODY_LIMIT = 2 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 40_000;

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
 * protect every row.
 */
export async function startHub(environment: Environment, databaseUrl: string): Promise<RunningHub> {
  const secrets = new SecretsFolder(environment.secretsFolder);
  const access = await databaseAccess(databaseUrl, secrets);
  const clock = new Clock(environment.isDemonstration);
  const dataSource = await appDataSource(access.appUrl, environment.DATABASE_POOL).initialize();
  try {
    await assertFloorIsSafe(dataSource);
    const port = environment.PORT === 0 ? await freePort(environment.HOST) : environment.PORT;
    const publicUrl = (environment.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/+$/, '');
    const identity = new HubIdentity(environment.HUB_ID, publicUrl);
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
        vault: new PartVault(secrets),
        signal,
        session: { publicUrl, authUrl: access.authUrl, secrets },
        people: {
          secrets,
          limits: { idleMinutes: environment.SESSION_IDLE_MINUTES, hours: environment.SESSION_HOURS },
          ...(environment.isDemonstration ? { demonstrationPage: '/demo/sign-in' } : {}),
        },
        logLevel: environment.LOG_LEVEL,
        demonstration: environment.isDemonstration
          ? new DemoTokens(join(environment.DATA_FOLDER, 'demo'), identity)
          : null,
      }),
      new FastifyAdapter({ bodyLimit: BODY_LIMIT, requestTimeout: REQUEST_TIMEOUT_MS, trustProxy: false }),
      { bufferLogs: true, abortOnError: false },
    );
    app.useLogger(app.get(Logger));
    app.flushLogs();
    signInBefore(app, publicUrl);
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

/** Mounts the OpenID provider, and finds out who calls before anything else looks at a request. */
function signInBefore(app: NestFastifyApplication, publicUrl: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  const authenticator = app.get(Authenticator);
  const sessions = app.get(ConsoleSessions);
  mountSignIn(fastify, app.get(Provider));
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/oidc/')) return undefined;
    try {
      const caller = (await authenticator.authenticate(request.headers)) ?? (await sessions.authenticate(request));
      if (caller) request.caller = caller;
      return undefined;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const language = languageOf(request.headers['accept-language']);
      return reply
        .status(statusOf(error))
        .header('www-authenticate', `Bearer realm="${publicUrl}"`)
        .send({
          errors: [{ message: message(error.key, language, error.details.params), extensions: extensionsOf(error) }],
        });
    }
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
