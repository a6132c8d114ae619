import { Logger } from '@nestjs/common';
import { isDatabaseUnreachable } from './database-fault.js';
import { Unavailable } from './errors.js';

const logger = new Logger('Database');

/** The error as it may be told: a database that cannot be reached is Unavailable, which callers may try again; the operator reads why. */
export function tellable(error: unknown): unknown {
  if (!isDatabaseUnreachable(error)) return error;
  logger.error({ err: error }, 'The database cannot be reached');
  return new Unavailable();
}
