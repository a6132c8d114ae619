/** Our own SQLSTATE class, raised by the cmd functions; the message is the fault's code. */
const OURS = /^LH\d{3}$/;

/** PostgreSQL has given up: query_canceled, after statement_timeout, and lock_not_available, after lock_timeout. */
const GIVEN_UP = new Set(['57014', '55P03']);

/** The code of a refusal by one of our database commands, undefined for any other error. */
export function databaseFault(error: unknown): string | undefined {
  const { code, message } = databaseError(error);
  return OURS.test(code ?? '') ? message : undefined;
}

/** Whether a statement took too long, or waited too long for another. */
export function isDatabaseTimeout(error: unknown): boolean {
  return GIVEN_UP.has(databaseError(error).code ?? '');
}

function databaseError(error: unknown): { code?: string; message?: string } {
  return ((error as { driverError?: unknown }).driverError ?? error) as { code?: string; message?: string };
}
