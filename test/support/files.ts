import { createHash } from 'node:crypto';
import type { KeptFile } from '../../src/files/files.service.js';
import type { Party, TestHub } from './hub.js';
import { withoutServerTime } from './server-time.js';

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export function contentDigest(content: Buffer): string {
  return `sha-256=:${Buffer.from(sha256(content), 'hex').toString('base64')}:`;
}

/** Sends a file as a client should, but for these headers. */
export async function tryUpload(
  _t: TestHub,
  party: Party,
  content: Buffer,
  mediaType: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return party.send('/files', {
    headers: { 'content-type': mediaType, 'content-digest': contentDigest(content), ...headers },
    body: new Uint8Array(content),
  });
}

/** Uploads a file that is taken, and gives its digest. */
export async function upload(t: TestHub, party: Party, content: Buffer, mediaType: string): Promise<string> {
  const response = await tryUpload(t, party, content, mediaType);
  const kept = (await response.json()) as KeptFile;
  if (response.status !== 201 || kept.state !== 'CLEAN') throw new Error(JSON.stringify(kept));
  return kept.attachment.sha256;
}

export async function download(_t: TestHub, party: Party, object: string, digest: string): Promise<Response> {
  return party.send(`/files/${object}/${digest}`, { method: 'GET' });
}

/** Everything of an answer that a client can see, without the time and the next nonce. */
export async function wholeAnswer(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'dpop-nonce');
  return `${response.status} ${JSON.stringify(headers)} ${withoutServerTime(await response.text())}`;
}
