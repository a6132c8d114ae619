import type { Attempt } from './attempts.js';
import { CANARIES } from './target.js';

/** An answer that came. */
export interface Reply {
  status: number;
  type: string;
  text: string;
  milliseconds: number;
}

export const DEADLINE_MS = 10_000;

/** The closed list of codes (src/common/errors.ts), without INTERNAL: that one is a fault. */
const CODES = new Set([
  'BAD_REQUEST',
  'DOCUMENT_NOT_TRUSTED',
  'LIMIT_EXCEEDED',
  'UNAUTHENTICATED',
  'STEP_UP_REQUIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONSENT_REQUIRED',
  'BAD_USER_INPUT',
  'BAD_SIGNED_OBJECT',
  'CONFLICT',
  'RATE_LIMITED',
  'UNAVAILABLE',
]);

const INTERNALS =
  /node_modules|\/src\/|\.ts:\d|\.js:\d|SELECT |pg_|violates|relation "|at Object|at async|ECONN|driverError/;

/** What is wrong with an answer, null when nothing is. */
export function faultOf(attempt: Attempt, { status, type, text, milliseconds }: Reply): string | null {
  if (milliseconds > DEADLINE_MS) return `took ${Math.round(milliseconds)} ms`;
  if (status >= 500) return `was answered with ${status}`;
  const leak = leakIn(text);
  if (leak) return leak;
  // What a caller has sent may come back in data; errors never repeat it.
  if (
    attempt.path.startsWith('/graphql') &&
    status !== 405 &&
    attempt.method !== 'HEAD' &&
    !type.includes('application/json')
  )
    return `was answered with ${type}`;
  if (!type.includes('application/json') || attempt.method === 'HEAD') {
    const told = status >= 400 ? INTERNALS.exec(text) : null;
    return told ? `tells of its internals: ${told[0]}` : null;
  }
  const body = parsed(text);
  if (body === undefined) return 'was answered with broken JSON';
  return faultInJson(attempt, status, body);
}

/** What is wrong with what was said over a socket, null when nothing is. */
export function faultInText(text: string): string | null {
  const code = [...text.matchAll(/"code":"(\w*)"/g)].find(([, each]) => !CODES.has(each!));
  const internal = INTERNALS.exec(text);
  return (
    leakIn(text) ?? (code ? `has the code ${code[1]}` : internal ? `tells of its internals: ${internal[0]}` : null)
  );
}

function leakIn(text: string): string | null {
  const canary = CANARIES.find((word) => text.includes(word) || text.includes(Buffer.from(word).toString('base64url')));
  return canary ? `leaked ${canary}` : null;
}

function faultInJson({ path, isForged }: Attempt, status: number, body: unknown): string | null {
  const { data, errors, error } = (typeof body === 'object' && body !== null ? body : {}) as {
    data?: Record<string, unknown> | null;
    errors?: { message?: unknown; extensions?: { code?: string } }[];
    error?: unknown;
  };
  if (errors === undefined) {
    if (isForged && data) return 'was taken, though it was changed after signing';
    if (status >= 400 && !(path.startsWith('/oidc') && typeof error === 'string'))
      return `has status ${status} and no error`;
    return null;
  }
  for (const { message, extensions } of errors) {
    if (!CODES.has(extensions?.code ?? '')) return `has the code ${extensions?.code}`;
    if (typeof message !== 'string' || message === '') return 'has an error without a sentence';
  }
  const internal = INTERNALS.exec(JSON.stringify(errors));
  return internal ? `tells of its internals: ${internal[0]}` : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
