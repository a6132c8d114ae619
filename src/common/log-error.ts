interface Fault {
  name?: string;
  message?: string;
  stack?: string;
  code?: unknown;
  driverError?: Fault;
  severity?: unknown;
}

/**
 * An error as the log may have it. The messages, parameters and details of database errors quote rows and inputs, so only their code
 * and where it happened are kept.
 */
export function loggedError(error: unknown): object {
  const fault = (error ?? {}) as Fault;
  const database = fault.driverError ?? (fault.severity === undefined ? undefined : fault);
  const frames = (fault.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  if (database) return { type: fault.name ?? 'Error', sqlState: database.code, stack: frames.join('\n') };
  return { type: fault.name ?? typeof error, message: fault.message, code: fault.code, stack: frames.join('\n') };
}
