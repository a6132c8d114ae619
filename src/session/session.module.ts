import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Provider } from 'oidc-provider';
import { Pool } from 'pg';
import type { SecretsFolder } from '../database/secrets.js';
import { Authenticator } from './authenticator.js';
import { ClientKeys } from './client-keys.js';
import { createProvider } from './create-provider.js';
import { SignInGate } from './people/gate.js';
import { ServerNonces } from './server-nonces.js';
import { obtainNonceSecret, obtainSignInKeys, publicKeysOf, type SignInKeys } from './sign-in-keys.js';
import { UnitSystems } from './unit-systems.js';

/** What sign-in needs of the hub. */
export interface SessionOptions {
  /** The address by which clients reach the hub; the issuer is /oidc below it. */
  publicUrl: string;
  /** The database's address for the role hub_auth. */
  authUrl: string;
  secrets: SecretsFolder;
}

/** Connections as hub_auth, for everything that signs in. */
export const POOL = Symbol('pool of hub_auth');
const KEYS = Symbol('keys of the provider');
const NONCE_SECRET = Symbol('secret of the nonces');
const SWEEP_INTERVAL_MS = 60_000;

/** Sign-in: the embedded OpenID provider (mounted by `mountSignIn`) and the Authenticator that believes its tokens. */
@Module({})
export class SessionModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SignIn');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    private readonly systems: UnitSystems,
  ) {}

  static forHub(options: SessionOptions): DynamicModule {
    const publicUrl = options.publicUrl.replace(/\/+$/, '');
    const issuer = `${publicUrl}/oidc`;
    return {
      module: SessionModule,
      global: true,
      providers: [
        { provide: POOL, useFactory: () => openPool(options.authUrl) },
        { provide: KEYS, useFactory: () => obtainSignInKeys(options.secrets) },
        { provide: NONCE_SECRET, useFactory: () => obtainNonceSecret(options.secrets) },
        { provide: SignInGate, useFactory: () => new SignInGate() },
        { provide: UnitSystems, inject: [POOL], useFactory: (pool: Pool) => new UnitSystems(pool) },
        {
          provide: Provider,
          inject: [POOL, KEYS, NONCE_SECRET, ClientKeys],
          useFactory: (pool: Pool, keys: SignInKeys, nonceSecret: string, clientKeys: ClientKeys) =>
            createProvider({ issuer, pool, keys, nonceSecret, clientKeys: clientKeys.publicKeys() }),
        },
        { provide: ClientKeys, useFactory: () => ClientKeys.open(options.secrets) },
        {
          provide: Authenticator,
          inject: [KEYS, NONCE_SECRET, UnitSystems],
          useFactory: (keys: SignInKeys, nonceSecret: string, systems: UnitSystems) =>
            new Authenticator(publicUrl, issuer, publicKeysOf(keys), new ServerNonces(nonceSecret), systems),
        },
      ],
      exports: [Provider, Authenticator, ClientKeys, SignInGate, POOL],
    };
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.end();
  }

  private async sweep(): Promise<void> {
    try {
      await this.systems.sweepProofs();
    } catch (error) {
      this.logger.error({ err: error }, 'Sweeping used proofs failed; it will be tried again');
    }
  }
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: 8,
    application_name: 'liaison-hub-sign-in',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
  });
  // An idle connection that breaks would otherwise end the process; the next query opens another.
  pool.on('error', (error) => new Logger('SignIn').warn(`A database connection broke: ${error.message}`));
  return pool;
}
