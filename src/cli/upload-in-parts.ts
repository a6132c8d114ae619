import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_APPEND_BYTES, MIN_APPEND_BYTES } from '../files/file-type.js';
import { HubRefused, HubUnreachable } from './client-errors.js';
import type { Outgoing } from './unit-session.js';

/** A file that is to be uploaded, and who is told how far it has come. */
export interface Sending {
  content: Buffer;
  mediaType: string;
  /** SHA-256, in base64. */
  digest: string;
  tell: (sent: number, whole: number) => void;
  /** Milliseconds before the second and, doubled, before each further try. */
  retryDelayMs: number;
}

/** Sends a request about files; gives an answer that is no refusal. Throws HubRefused and HubUnreachable. */
type Send = (path: string, request: Outgoing) => Promise<Response>;

const TRIES = 9;
const MOST_DELAY_MS = 60_000;
const PATH = /^\/uploads\/[0-9a-f-]{36}$/;

/**
 * Uploads a file part by part (docs/api-guide.md). After a broken connection it asks again for the same upload, which tells how far it has
 * come, and goes on from there in smaller parts; so does another process that uploads the same file. Gives up when nothing has got through
 * in nine tries, some two minutes.
 */
export async function uploadInParts(send: Send, sending: Sending): Promise<Response> {
  const progress = { partBytes: MAX_APPEND_BYTES, failures: 0 };
  for (;;) {
    try {
      return await goOn(send, sending, progress);
    } catch (error) {
      progress.failures += 1;
      if (!isPassing(error) || progress.failures === TRIES) throw error;
      if (error instanceof HubUnreachable) {
        progress.partBytes = Math.max(MIN_APPEND_BYTES, progress.partBytes / 2);
      }
      await sleep(Math.min(MOST_DELAY_MS, sending.retryDelayMs * 2 ** (progress.failures - 1)));
    }
  }
}

async function goOn(
  send: Send,
  { content, mediaType, digest, tell }: Sending,
  progress: { partBytes: number; failures: number },
): Promise<Response> {
  const begun = await send('/files', {
    headers: {
      'content-type': mediaType,
      'upload-complete': '?0',
      'upload-length': String(content.length),
      'repr-digest': `sha-256=:${digest}:`,
    },
  });
  const path = begun.headers.get('location') ?? '';
  const offset = Number(begun.headers.get('upload-offset') ?? NaN);
  if (!PATH.test(path) || !Number.isSafeInteger(offset)) throw new HubUnreachable(begun.url, `HTTP ${begun.status}`);
  for (let at = offset; ;) {
    tell(at, content.length);
    const end = Math.min(content.length, at + progress.partBytes);
    const isLast = end === content.length;
    const answer = await send(path, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/partial-upload',
        'upload-complete': isLast ? '?1' : '?0',
        'upload-offset': String(at),
      },
      body: new Uint8Array(content.subarray(at, end)),
    });
    if (isLast) return answer;
    progress.failures = 0;
    at = end;
  }
}

/** No answer; too much in a minute; an answer that was lost, so that the upload is further on; an upload that is too old. */
function isPassing(error: unknown): boolean {
  if (error instanceof HubUnreachable) return true;
  return error instanceof HubRefused && ['RATE_LIMITED', 'CONFLICT', 'NOT_FOUND'].includes(error.code);
}
