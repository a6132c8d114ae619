import { IntrinsicException } from '@nestjs/common';
import type { MessageKey, MessageParams } from './messages/messages.js';

/** The closed list of error codes that leave the hub. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'LIMIT_EXCEEDED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONSENT_REQUIRED'
  | 'BAD_USER_INPUT'
  | 'BAD_SIGNED_OBJECT'
  | 'CONFLICT'
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
  /** HTTP status of a plain route, where the code's own does not say enough. */
  status?: number;
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
  constructor() {
    super('error.unauthenticated');
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

/** A file was not taken, and nothing of it was kept; `sub` says why. */
export class FileRefused extends HubError {
  readonly code: ErrorCode;
  constructor(sub: keyof typeof FILE_REFUSALS) {
    const { code, key, status, header } = FILE_REFUSALS[sub];
    super(key, { sub, status, pointer: `/headers/${header}` });
    this.code = code;
  }
}

const FILE_REFUSALS = {
  TYPE: { code: 'BAD_USER_INPUT', key: 'error.fileType', status: 415, header: 'content-type' },
  LENGTH: { code: 'BAD_USER_INPUT', key: 'error.fileLength', status: 400, header: 'content-length' },
  DIGEST: { code: 'BAD_USER_INPUT', key: 'error.fileDigest', status: 400, header: 'content-digest' },
  UNATTACHED: { code: 'LIMIT_EXCEEDED', key: 'error.filesUnattached', status: 413, header: 'content-length' },
  SIZE: { code: 'LIMIT_EXCEEDED', key: 'error.fileSize', status: 413, header: 'content-length' },
} as const;

export class Unavailable extends HubError {
  readonly code = 'UNAVAILABLE';
  constructor() {
    super('error.unavailable', { retryable: true });
  }
}
