import { IntrinsicException } from '@nestjs/common';
import type { MessageKey, MessageParams } from './messages/messages.js';

/** The closed list of error codes that leave the hub. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'LIMIT_EXCEEDED'
  | 'UNAUTHENTICATED'
  | 'STEP_UP_REQUIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONSENT_REQUIRED'
  | 'BAD_USER_INPUT'
  | 'BAD_SIGNED_OBJECT'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** One fault in the input: where (JSON pointer, RFC 6901), the broken rule, and a sentence without the value. */
export interface Problem {
  pointer: string;
  rule: string;
  message: string;
}

export interface ErrorDetails {
  params?: MessageParams;
  /** A finer code within the code, such as ID_REUSED within BAD_SIGNED_OBJECT. */
  sub?: string;
  /** JSON pointer into the input. */
  pointer?: string;
  problems?: Problem[];
  retryable?: boolean;
}

/** An error the caller may read, in words of the message catalogue. Every other error leaves as INTERNAL and is only logged. */
export abstract class HubError extends IntrinsicException {
  abstract readonly code: ErrorCode;

  constructor(
    readonly key: MessageKey,
    readonly details: ErrorDetails = {},
  ) {
    super(key);
  }
}

/** There is no such thing, or the caller may not know of it: one answer for both, without details. */
export class NotFound extends HubError {
  readonly code = 'NOT_FOUND';
  constructor() {
    super('error.notFound');
  }
}

export class Unauthenticated extends HubError {
  readonly code = 'UNAUTHENTICATED';
  constructor(key: MessageKey = 'error.unauthenticated') {
    super(key);
  }
}

/** The officer may do this, but only with a passkey used within the last five minutes. */
export class StepUpRequired extends HubError {
  readonly code = 'STEP_UP_REQUIRED';
  constructor() {
    super('error.stepUpRequired');
  }
}

/** The caller knows the thing and may not do this with it. */
export class Forbidden extends HubError {
  readonly code = 'FORBIDDEN';
  constructor(key: MessageKey = 'error.forbidden', details: ErrorDetails = {}) {
    super(key, details);
  }
}

/** The thing is no longer as the caller thought. */
export class Conflict extends HubError {
  readonly code = 'CONFLICT';
}

/** The input broke rules; `problems` says which, at the field. */
export class InvalidInput extends HubError {
  readonly code = 'BAD_USER_INPUT';
  constructor(problems: Problem[], key: MessageKey = 'error.invalidInput') {
    super(key, { problems, ...(problems[0] ? { pointer: problems[0].pointer } : {}) });
  }
}

/** A signed object was refused; `sub` is the exact check of the profile that failed. */
export class BadSignedObject extends HubError {
  readonly code = 'BAD_SIGNED_OBJECT';
  constructor(sub: string, details: ErrorDetails = {}) {
    super('error.badSignedObject', { ...details, sub, params: { sub } });
  }
}

/** Too much at once; the same request may succeed in a moment. */
export class RateLimited extends HubError {
  readonly code = 'RATE_LIMITED';
  constructor() {
    super('error.rateLimited', { retryable: true });
  }
}

export class Unavailable extends HubError {
  readonly code = 'UNAVAILABLE';
  constructor() {
    super('error.unavailable', { retryable: true });
  }
}
