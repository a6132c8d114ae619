import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, validateSync } from 'class-validator';

/** The folder that holds package.json, whether the program runs from src (tests) or from dist. */
export const PROJECT_FOLDER = fileURLToPath(
  new URL(import.meta.url.includes('/dist/config/') ? '../..' : '..', import.meta.url),
).replace(/\/$/, '');

const DATABASE_URL_RULES = { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true };

/** Everything the hub reads from its environment, checked before anything starts. Secrets are files, never variables. */
export class Environment {
  /** Who this hub is: a host name, part of everything that is signed. Ids that begin with `demo.` are demonstrations. */
  @Matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/, {
    message: 'HUB_ID must be a lower-case host name such as hub.example',
  })
  HUB_ID = 'demo.liaison-hub.localhost';

  /** PostgreSQL 16 or newer. Unset: the hub runs its own PostgreSQL under DATA_FOLDER. */
  @IsOptional()
  @IsUrl(DATABASE_URL_RULES, { message: 'DATABASE_URL must be a postgres:// address' })
  DATABASE_URL?: string;

  /** Where the embedded database and the hub's secrets live. */
  @Transform(({ value }: { value: string }) => (isAbsolute(value) ? value : resolve(PROJECT_FOLDER, value)))
  @Matches(/^\/[^\0]*$/, { message: 'DATA_FOLDER must be a path' })
  DATA_FOLDER = resolve(PROJECT_FOLDER, 'data');

  /** The address to listen on. A demonstration listens on loopback only. */
  @Matches(/^[0-9a-zA-Z.:-]+$/, { message: 'HOST must be an address to listen on, such as 127.0.0.1' })
  HOST = '127.0.0.1';

  /** The port to listen on; 0 takes a free one. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'PORT must be a number' })
  @Min(0, { message: 'PORT must be 0 or more' })
  @Max(65_535, { message: 'PORT must be at most 65535' })
  PORT = 3000;

  /** The address by which clients reach the hub, when a proxy stands before it. Unset: http://localhost:PORT. */
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_tld: false, require_protocol: true, allow_query_components: false },
    { message: 'PUBLIC_URL must be an http(s) address without query' },
  )
  PUBLIC_URL?: string;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
  })
  LOG_LEVEL = 'warn';

  /** Connections of one process to the database. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'DATABASE_POOL must be a number' })
  @Min(2, { message: 'DATABASE_POOL must be 2 or more' })
  @Max(200, { message: 'DATABASE_POOL must be at most 200' })
  DATABASE_POOL = 16;

  /** After how long without a request a console session ends. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'SESSION_IDLE_MINUTES must be a number' })
  @Min(1, { message: 'SESSION_IDLE_MINUTES must be 1 or more' })
  @Max(60, { message: 'SESSION_IDLE_MINUTES must be at most 60' })
  SESSION_IDLE_MINUTES = 20;

  /** After how long a console session ends in any case. */
  @Transform(({ value }) => Number(value))
  @IsInt({ message: 'SESSION_HOURS must be a number' })
  @Min(1, { message: 'SESSION_HOURS must be 1 or more' })
  @Max(24, { message: 'SESSION_HOURS must be at most 24' })
  SESSION_HOURS = 10;

  /** A demonstration may run a simulated clock and offers its fictional world; nothing else may. */
  get isDemonstration(): boolean {
    return this.HUB_ID.startsWith('demo.');
  }

  get secretsFolder(): string {
    return resolve(this.DATA_FOLDER, 'secrets');
  }
}

/** A configuration that cannot be used; `problems` has one sentence for each bad value. */
export class BadConfiguration extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const VARIABLES = [
  'HUB_ID',
  'DATABASE_URL',
  'DATA_FOLDER',
  'HOST',
  'PORT',
  'PUBLIC_URL',
  'LOG_LEVEL',
  'DATABASE_POOL',
  'SESSION_IDLE_MINUTES',
  'SESSION_HOURS',
] as const;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Reads and checks the environment; an empty variable counts as unset. Throws BadConfiguration with every problem. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const given = Object.fromEntries(VARIABLES.filter((name) => variables[name]).map((name) => [name, variables[name]]));
  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const problems = validateSync(environment).flatMap((error) => Object.values(error.constraints ?? {}));
  if (environment.isDemonstration && !LOOPBACK.has(environment.HOST)) {
    problems.push('HOST must be 127.0.0.1, ::1 or localhost: a demonstration listens on this machine only');
  }
  if (problems.length > 0) throw new BadConfiguration(problems);
  return environment;
}
