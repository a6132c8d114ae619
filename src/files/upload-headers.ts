import type { FastifyReply, FastifyRequest } from 'fastify';
import { FileRefused } from '../common/errors.js';
import { isTaken, MAX_APPEND_BYTES, maxBytes, MIN_APPEND_BYTES } from './file-type.js';
import type { DeclaredFile } from './files.service.js';
import type { Part, Upload } from './uploads.service.js';

/** The words of draft-ietf-httpbis-resumable-upload in which uploads in parts are spoken of. */

type Headers = FastifyRequest['headers'];

export const PARTIAL_UPLOAD = 'application/partial-upload';

/** RFC 9530: the SHA-256 of a message, or of what it is a part of. */
const DIGEST = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;
const INTEGER = /^\d{1,15}$/;

/** The digest in such a header, as hexadecimal digits. */
export function digestIn(header: string | string[] | undefined): string {
  const [, digest] = DIGEST.exec(String(header ?? '')) ?? [];
  if (digest === undefined) throw new FileRefused('DIGEST');
  return Buffer.from(digest, 'base64').toString('hex');
}

export function mediaTypeIn(headers: Headers): string {
  return (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}

/** Whether a request begins an upload of which further requests bring the content. */
export function isBeginning(headers: Headers): boolean {
  return headers['upload-complete'] === '?0';
}

/** What the beginning of an upload, which has no content yet, says of the file. */
export function announcedIn({ headers }: FastifyRequest, reply: FastifyReply): DeclaredFile {
  readAtMost(0, headers, reply);
  const size = numberIn(headers['upload-length']);
  const mediaType = mediaTypeIn(headers);
  if (size === 0 || lengthIn(headers) !== 0) throw new FileRefused('LENGTH');
  if (!isTaken(mediaType)) throw new FileRefused('TYPE');
  if (size > maxBytes(mediaType)) throw new FileRefused('SIZE');
  return { size, mediaType, sha256: digestIn(headers['repr-digest']) };
}

/** What an append adds to this upload, and whether it is the last. Its place is not judged. */
export function partIn(headers: Headers, { size: whole }: Upload): Part & { isLast: boolean } {
  const at = numberIn(headers['upload-offset']);
  const size = lengthIn(headers);
  const isLast = headers['upload-complete'] === '?1';
  if (!Number.isSafeInteger(size) || (!isLast && headers['upload-complete'] !== '?0')) throw new FileRefused('LENGTH');
  if (mediaTypeIn(headers) !== PARTIAL_UPLOAD) throw new FileRefused('PART_TYPE');
  const isTooSmall = !isLast && size < MIN_APPEND_BYTES && (size === 0 || at + size < whole);
  if (size > MAX_APPEND_BYTES || isTooSmall) throw new FileRefused('APPEND');
  if (at + size > whole || (isLast && at + size !== whole)) throw new FileRefused('LENGTH');
  return { at, size, isLast };
}

/** Says where an upload stands, and what may be sent. */
export function tellState(reply: FastifyReply, { offset, size, mediaType, kept, secondsLeft }: Upload): void {
  void reply
    .header('cache-control', 'no-store')
    .header('upload-complete', kept ? '?1' : '?0')
    .header('upload-offset', offset)
    .header('upload-length', size)
    .header(
      'upload-limit',
      `max-size=${maxBytes(mediaType)}, max-append-size=${MAX_APPEND_BYTES}, min-append-size=${MIN_APPEND_BYTES}, max-age=${secondsLeft}`,
    );
}

/** A body that is longer is not read to its end, whatever the answer. */
export function readAtMost(bytes: number, headers: Headers, reply: FastifyReply): void {
  if (!(lengthIn(headers) <= bytes)) void reply.header('connection', 'close');
}

/** How long the body is; NaN where it does not say. */
function lengthIn(headers: Headers): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding === undefined ? Number(length ?? 0) : NaN;
}

/** A whole number of at most 15 digits (RFC 9651, 3.3.1). */
function numberIn(header: string | string[] | undefined): number {
  if (typeof header !== 'string' || !INTEGER.test(header)) throw new FileRefused('LENGTH');
  return Number(header);
}
