import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { isNetwork } from '../src/common/identifiers/network.js';

/** The folder that holds package.json, whether the program runs from src (tests) or from dist. */
export const PROJECT_FOLDER = fileURLToPath(
  new URL(import.meta.url.includes('/dist/config/') ? '../..' : '..', import.meta.url),
).replace(/\/$/, '');

const DATABASE_URL_RULES = { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true };

const MOST = 1_000_000_000;

/** A variable that is a whole number from `least` to `most`. */
function Whole(least: number, most: number): PropertyDecorator {
  return (target, name) => {
    const message = `${String(name)} must be a whole number from ${least} to ${most}`;
    Transform(({ value }) => Number(value))(target, name);
    for (const rule of [IsInt({ message }), Min(least, { message }), Max(most, { message })]) rule(target, name);
  };
}

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
  @Whole(0, 65_535)
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
  @Whole(2, 200)
  DATABASE_POOL = 16;

  /** Addresses of proxies, or networks such as 10.0.0.0/8, whose X-Forwarded-For tells who calls; separated by commas. */
  @Transform(({ value }: { value: string | string[] }) =>
    typeof value === 'string' ? value.split(',').map((address) => address.trim()) : value,
  )
  @ValidateBy(
    { name: 'network', validator: { validate: isNetwork } },
    { each: true, message: 'TRUSTED_PROXIES must be IP addresses or networks, separated by commas' },
  )
  TRUSTED_PROXIES: string[] = [];

  /** How long a request may take to arrive: a file of 25 MB over a line of 2 Mbit/s. */
  @Whole(1, 600)
  REQUEST_TIMEOUT_SECONDS = 120;

  /** Points for GraphQL operations that each caller has in a minute; a page of 20 objects costs about 250, a submission 110. */
  @Whole(1, MOST)
  POINTS_PER_MINUTE = 300_000;

  /** GraphQL operations of one caller that may be under way at once. */
  @Whole(1, MOST)
  CONCURRENT_OPERATIONS = 20;

  /** WebSockets that one caller may have open at once. */
  @Whole(1, MOST)
  SOCKETS_PER_CALLER = 10;

  /** Answers NOT_FOUND that each caller may get in a minute before it has to wait. */
  @Whole(1, MOST)
  NOT_FOUND_PER_MINUTE = 300;

  /** Signed objects and key sets that may be refused to each caller in a minute before it has to wait. */
  @Whole(1, MOST)
  BAD_SIGNATURES_PER_MINUTE = 60;

  /** Sign-ins with passkeys, or from national services, of one address in a minute that may fail, or be under way, before it has to wait. */
  @Whole(1, MOST)
  FAILED_SIGN_INS_PER_MINUTE = 60;

  /** The same for tokens of units' systems. */
  @Whole(1, MOST)
  FAILED_TOKENS_PER_MINUTE = 60;

  /** The same for passwords with their codes. */
  @Whole(1, MOST)
  FAILED_PASSWORDS_PER_MINUTE = 20;

  /** The same for steps of enrolling with a link. */
  @Whole(1, MOST)
  FAILED_ENROLMENTS_PER_MINUTE = 20;

  /** Steps of signing in at a service that one address may begin in a minute, whatever becomes of them; each sign-in has one or two. */
  @Whole(1, MOST)
  BEGUN_SIGN_INS_PER_MINUTE = 240;

  /** ClamAV's clamd, which looks into every file: the path of its socket, or host:port. Unset: files are not scanned. */
  @IsOptional()
  @Matches(/^(\/[^\0]+|\[[0-9a-fA-F:]+\]:\d{1,5}|[0-9a-zA-Z.-]+:\d{1,5})$/, {
    message: 'CLAMD_SOCKET must be a path or host:port',
  })
  CLAMD_SOCKET?: string;

  /** Where attached files are stored instead of in DATA_FOLDER: the address of an S3-compatible store. Its key is a secret file. */
  @IsOptional()
  @IsUrl(
    {
      protocols: ['http', 'https'],
      require_tld: false,
      require_protocol: true,
      allow_query_components: false,
      disallow_auth: true,
    },
    { message: 'S3_ADDRESS must be an http(s) address without query, and without a key' },
  )
  S3_ADDRESS?: string;

  /** The bucket, which exists. The names of this hub begin with HUB_ID and a slash. */
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { message: 'S3_BUCKET must be the name of a bucket' })
  S3_BUCKET?: string;

  @Matches(/^[a-zA-Z0-9-]{1,64}$/, { message: 'S3_REGION must be a name such as us-east-1' })
  S3_REGION = 'us-east-1';

  /** Whether the bucket stands in the path, as most stores want it; false: in the host name. */
  @Transform(({ value }: { value: unknown }) => (value === 'true' || value === 'false' ? value === 'true' : value))
  @IsBoolean({ message: 'S3_PATH_STYLE must be true or false' })
  S3_PATH_STYLE = true;

  /** The mail server that notices are sent by, such as smtp://mail.example:587; smtps:// for TLS from the start. Unset: none are sent. */
  @IsOptional()
  @IsUrl(
    {
      protocols: ['smtp', 'smtps'],
      require_tld: false,
      require_protocol: true,
      allow_query_components: false,
      allow_fragments: false,
      disallow_auth: true,
    },
    { message: 'SMTP_URL must be smtp://host:port or smtps://host:port, without a password' },
  )
  SMTP_URL?: string;

  /** The address that notices come from. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}$/, {
    message: 'SMTP_FROM must be an address such as hub@customs.example',
  })
  SMTP_FROM?: string;

  /** After how long without a request a console session ends. */
  @Whole(1, 60)
  SESSION_IDLE_MINUTES = 20;

  /** After how long a console session ends in any case. */
  @Whole(1, 24)
  SESSION_HOURS = 10;

  /** A demonstration offers its fictional world and lets anybody of it sign in; nothing else does. */
  get isDemonstration(): boolean {
    return this.HUB_ID.startsWith('demo.');
  }

  /** Whose database holds nothing but a demonstration may run a simulated clock: a server that others use as well keeps real time. */
  get maySimulateClock(): boolean {
    return this.isDemonstration && this.DATABASE_URL === undefined;
  }

  /** Where the files that are attached to objects are stored, encrypted. */
  get filesFolder(): string {
    return resolve(this.DATA_FOLDER, 'files');
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
  'TRUSTED_PROXIES',
  'REQUEST_TIMEOUT_SECONDS',
  'POINTS_PER_MINUTE',
  'CONCURRENT_OPERATIONS',
  'SOCKETS_PER_CALLER',
  'NOT_FOUND_PER_MINUTE',
  'BAD_SIGNATURES_PER_MINUTE',
  'FAILED_SIGN_INS_PER_MINUTE',
  'FAILED_TOKENS_PER_MINUTE',
  'FAILED_PASSWORDS_PER_MINUTE',
  'FAILED_ENROLMENTS_PER_MINUTE',
  'BEGUN_SIGN_INS_PER_MINUTE',
  'CLAMD_SOCKET',
  'S3_ADDRESS',
  'S3_BUCKET',
  'S3_REGION',
  'S3_PATH_STYLE',
  'SMTP_URL',
  'SMTP_FROM',
  'SESSION_IDLE_MINUTES',
  'SESSION_HOURS',
] as const;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether an address names this machine, as browsers understand it. */
export function isThisMachine(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

/** Reads and checks the environment; an empty variable counts as unset. Throws BadConfiguration with every problem. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const given = Object.fromEntries(VARIABLES.filter((name) => variables[name]).map((name) => [name, variables[name]]));
  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const problems = validateSync(environment).flatMap((error) => Object.values(error.constraints ?? {}));
  if (environment.isDemonstration && !LOOPBACK.has(environment.HOST)) {
    problems.push('HOST must be 127.0.0.1, ::1 or localhost: a demonstration listens on this machine only');
  }
  const { PUBLIC_URL } = environment;
  if (PUBLIC_URL !== undefined && !isThisMachine(PUBLIC_URL)) {
    if (environment.isDemonstration)
      problems.push('PUBLIC_URL must name this machine: whoever reaches a demonstration signs in as anybody in it');
    if (!/^https:/i.test(PUBLIC_URL))
      problems.push(
        'PUBLIC_URL must begin with https: tokens, cookies and what officers read must not travel in the clear',
      );
  }
  const { S3_ADDRESS, S3_BUCKET } = environment;
  if ((S3_ADDRESS === undefined) !== (S3_BUCKET === undefined)) {
    problems.push('S3_ADDRESS and S3_BUCKET must be set together');
  }
  if (S3_ADDRESS !== undefined && !isThisMachine(S3_ADDRESS) && !/^https:/i.test(S3_ADDRESS)) {
    problems.push('S3_ADDRESS must begin with https: what is stored must not be replaced on its way');
  }
  if ((environment.SMTP_URL === undefined) !== (environment.SMTP_FROM === undefined)) {
    problems.push('SMTP_URL and SMTP_FROM must be set together');
  }
  if (problems.length > 0) throw new BadConfiguration(problems);
  return environment;
}
