import { IntrinsicException } from '@nestjs/common';
import type { MessageKey, MessageParams, Phrase } from './messages/messages.js';

/** The closed list of error codes that leave the hub. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'DOCUMENT_NOT_TRUSTED'
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

/** One fault in the input, and the sentence that says what would be right; never with the value, which may be a personal detail. */
export interface Problem extends Phrase {
  /** JSON Pointer (RFC 6901) into the input; "" is the input itself. */
  pointer: string;
  /** Name of the broken rule, for programs. */
  rule: string;
}

export interface ErrorDetails {
  params?: MessageParams;
  /** A finer code within the code, such as ID_REUSED within BAD_SIGNED_OBJECT. */
  sub?: string;
  /** JSON pointer into the input. */
  pointer?: string;
  problems?: Problem[];
  retryable?: boolean;
  /** Seconds after which it is worth trying again. */
  retryAfter?: number;
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
  constructor(key: MessageKey = 'error.unauthenticated', details: ErrorDetails = {}) {
    super(key, details);
  }
}

/** All is well but the nonce in the request's proof of possession: the answer's own is to be used (RFC 9449 section 9). */
export class NonceWanted extends Unauthenticated {
  constructor() {
    super('error.nonceWanted', { sub: 'DPOP_NONCE', retryable: true });
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

/** The provider's own condition (H3) on this object is to be read first. */
export class RestrictionUnread extends Forbidden {
  constructor(object = '') {
    super('error.restrictionUnread', { sub: 'RESTRICTION_UNREAD', params: { object } });
  }
}

/** Whoever sent the object has not agreed to this. */
export class ConsentRequired extends HubError {
  readonly code = 'CONSENT_REQUIRED';
  constructor() {
    super('error.consentRequired');
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

/** Personal details that others sent are given out for a purpose and a case of the reader's agency, which the request did not name. */
export class CaseRefRequired extends InvalidInput {
  constructor() {
    super([{ pointer: '/headers/x-liaison-case-ref', rule: 'required', key: 'problem.caseRef' }]);
  }
}

/** A signed object was refused; `sub` is the exact check of the profile that failed. */
export class BadSignedObject extends HubError {
  readonly code = 'BAD_SIGNED_OBJECT';
  constructor(sub: string, details: ErrorDetails = {}, key: MessageKey = 'error.badSignedObject') {
    super(key, { ...details, sub, params: { sub } });
  }
}

/** One request asked for more than it may. `sub` names the limit: DEPTH, ALIASES, COST, … */
export class LimitExceeded extends HubError {
  readonly code = 'LIMIT_EXCEEDED';
  constructor(sub: string, limit: number) {
    super('error.limitExceeded', { sub, params: { sub, limit } });
  }
}

/** A document of the caller's own where only those of the console are taken, or an id that none of them has. */
export class DocumentNotTrusted extends HubError {
  readonly code = 'DOCUMENT_NOT_TRUSTED';
  constructor() {
    super('error.documentNotTrusted');
  }
}

/** The caller has used up what a minute allows, or has too much under way; `retryAfter` is in seconds. */
export class RateLimited extends HubError {
  readonly code = 'RATE_LIMITED';
  constructor(retryAfter: number) {
    super('error.rateLimited', { retryable: true, retryAfter, params: { retryAfter } });
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
  UPLOADS: { code: 'LIMIT_EXCEEDED', key: 'error.uploads', status: 429, header: 'upload-length' },
  APPEND: { code: 'LIMIT_EXCEEDED', key: 'error.append', status: 413, header: 'content-length' },
  PART_TYPE: { code: 'BAD_USER_INPUT', key: 'error.partType', status: 415, header: 'content-type' },
  SIZE: { code: 'LIMIT_EXCEEDED', key: 'error.fileSize', status: 413, header: 'content-length' },
} as const;

export class Unavailable extends HubError {
  readonly code = 'UNAVAILABLE';
  constructor(key: MessageKey = 'error.unavailable') {
    super(key, { retryable: true });
  }
}
