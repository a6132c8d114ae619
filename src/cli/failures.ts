import type { MessageKey, Phrase } from '../common/messages/messages.js';
import { ProtocolError } from '../protocol/errors.js';
import { HubRefused, HubUnreachable, NotSignedIn, type ReportedProblem } from './client-errors.js';
import { NothingToSign } from './sign-composition.js';

/** What the program's end tells a script. Stable; `liaison help exit-codes` explains them. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  refused: 3,
  notSignedIn: 4,
  unreachable: 5,
  verification: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that the user can act on, in words of the catalogue. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly exitCode: ExitCode,
    readonly key: MessageKey,
    readonly params: NonNullable<Phrase['params']> = {},
  ) {
    super(key);
  }
}

/** A failure ready to be told. */
export interface Told {
  exitCode: ExitCode;
  message: string;
  code?: string;
  sub?: string;
  pointer?: string;
  problems?: readonly ReportedProblem[];
}

type Text = (key: MessageKey, params?: Phrase['params']) => string;

/** Whatever was thrown, in the user's language and with its exit code. */
export function tell(error: unknown, text: Text): Told {
  if (error instanceof Failure) return { exitCode: error.exitCode, message: text(error.key, error.params) };
  if (error instanceof HubRefused) return tellRefusal(error, text);
  if (error instanceof NotSignedIn) return { exitCode: EXIT.notSignedIn, message: text('cli.failure.notSignedIn') };
  if (error instanceof HubUnreachable) {
    const { url, reason } = error;
    return { exitCode: EXIT.unreachable, message: text('cli.failure.unreachable', { url, reason }) };
  }
  if (error instanceof NothingToSign) return { exitCode: EXIT.refused, message: text(REASONS[error.reason]) };
  if (error instanceof ProtocolError) return tellFault(error, EXIT.verification, text);
  const detail = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.unexpected, message: text('cli.failure.unexpected', { detail }) };
}

/** Runs a check of the user's own input: what the protocol says against it is a refusal, not a failed verification. */
export async function refusing<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { sub, pointer = '' } = error;
    throw new Failure(EXIT.refused, 'cli.failure.protocol', { sub, pointer, sentence: { key: `cli.fault.${sub}` } });
  }
}

const REASONS = {
  REFUSED: 'cli.failure.compositionRefused',
  KEY_NOT_ASKED: 'cli.failure.keyNotAsked',
} as const;

function tellRefusal({ message, code, sub, pointer, problems }: HubRefused, text: Text): Told {
  const exitCode = code === 'INTERNAL' ? EXIT.unexpected : EXIT.refused;
  return {
    exitCode,
    message: text('cli.failure.hub', { code: sub === undefined ? code : `${code} ${sub}`, message }),
    code,
    ...(sub === undefined ? {} : { sub }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

function tellFault({ sub, pointer = '' }: ProtocolError, exitCode: ExitCode, text: Text): Told {
  const message = text('cli.failure.protocol', { sub, pointer, sentence: { key: `cli.fault.${sub}` } });
  return { exitCode, message, code: 'BAD_SIGNED_OBJECT', sub, ...(pointer === '' ? {} : { pointer }) };
}
