import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Provider } from 'oidc-provider';
import { Pool } from 'pg';
import type { SecretsFolder } from '../database/secrets.js';
import { Authenticator } from './authenticator.js';
import { createProvider } from './create-provider.js';
import { obtainSignInKeys, publicKeysOf, type SignInKeys } from './sign-in-keys.js';
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

/** Sign-in: the embedded OpenID provider (mounted by `mountSignIn`) and the Authenticator that believes its tokens. */
@Module({})
export class SessionModule implements OnApplicationShutdown {
  constructor(@Inject(POOL) private readonly pool: Pool) {}

  static forHub(options: SessionOptions): DynamicModule {
    const issuer = `${options.publicUrl.replace(/\/+$/, '')}/oidc`;
    const inject = [POOL, KEYS];
    const provider = (pool: Pool, keys: SignInKeys) => createProvider({ issuer, pool, keys });
    const authenticator = (pool: Pool, keys: SignInKeys) =>
      new Authenticator(issuer, publicKeysOf(keys), new UnitSystems(pool));
    return {
      module: SessionModule,
      global: true,
      providers: [
        { provide: POOL, useFactory: () => openPool(options.authUrl) },
        { provide: KEYS, useFactory: () => obtainSignInKeys(options.secrets) },
        { provide: Provider, inject, useFactory: provider },
        { provide: Authenticator, inject, useFactory: authenticator },
      ],
      exports: [Provider, Authenticator, POOL],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
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
