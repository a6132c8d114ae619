/** Our own SQLSTATE class, raised by the cmd functions; the message is the fault's code. */
const OURS = /^LH\d{3}$/;

/** The code of a refusal by one of our database commands, undefined for any other error. */
export function databaseFault(error: unknown): string | undefined {
  const cause = (error as { driverError?: unknown }).driverError ?? error;
  const { code, message } = cause as { code?: string; message?: string };
  return OURS.test(code ?? '') ? message : undefined;
}
