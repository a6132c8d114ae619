/** Our own SQLSTATE class, raised by the cmd functions; the message is the fault's code. */
const OURS = /^LH\d{3}$/;

/** PostgreSQL has given up: query_canceled, after statement_timeout, lock_not_available, after lock_timeout, and deadlock_detected. */
const GIVEN_UP = new Set(['57014', '55P03', '40P01']);

/** The code of a refusal by one of our database commands, undefined for any other error. */
export function databaseFault(error: unknown): string | undefined {
  const { code, message } = databaseError(error);
  return OURS.test(code ?? '') ? message : undefined;
}

/** What a refusal says beside its code, such as the id of what it is about. */
export function databaseDetail(error: unknown): string | undefined {
  return databaseError(error).detail;
}

/** Whether a statement took too long, or waited too long for another. */
export function isDatabaseTimeout(error: unknown): boolean {
  return GIVEN_UP.has(databaseError(error).code ?? '');
}

/** What Node and pg call a connection that cannot be made or has broken; pg has no codes for some. */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const BROKEN =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/** Whether PostgreSQL cannot be reached, has ended the connection, or takes none now (its severity FATAL ends every session). */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message, severity } = databaseError(error);
  return severity === 'FATAL' || UNREACHABLE.test(code ?? '') || BROKEN.test(message ?? '');
}

function databaseError(error: unknown): { code?: string; message?: string; severity?: string; detail?: string } {
  return ((error as { driverError?: unknown }).driverError ?? error) as ReturnType<typeof databaseError>;
}
