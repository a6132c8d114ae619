import { MAX_APPEND_BYTES } from '../../src/files/file-type.js';
import type { Party } from './hub.js';
import { contentDigest } from './files.js';

/** Begins an upload in parts as a client should, but for these headers. */
export function tryBegin(
  party: Party,
  content: Buffer,
  mediaType: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const announced = {
    'content-type': mediaType,
    'upload-complete': '?0',
    'upload-length': String(content.length),
    'repr-digest': contentDigest(content),
    ...headers,
  };
  return party.send('/files', { headers: announced });
}

/** Begins an upload that is taken, and gives its path. */
export async function begin(party: Party, content: Buffer, mediaType: string): Promise<string> {
  const response = await tryBegin(party, content, mediaType);
  const path = response.headers.get('location');
  if (response.status !== 201 || path === null) throw new Error(await response.text());
  return path;
}

/** The headers of an append that is not the last, from this byte on. */
export function headersOfPart(at: number, isLast = false): Record<string, string> {
  return {
    'content-type': 'application/partial-upload',
    'upload-complete': isLast ? '?1' : '?0',
    'upload-offset': String(at),
  };
}

/** Sends the part of the content between these bytes; one that reaches the end completes the upload. */
export function append(
  party: Party,
  path: string,
  content: Buffer,
  from: number,
  to = content.length,
  headers: Record<string, string> = {},
): Promise<Response> {
  const part = new Uint8Array(content.subarray(from, to));
  return party.send(path, {
    method: 'PATCH',
    headers: { ...headersOfPart(from, to === content.length), ...headers },
    body: part,
    timeoutMs: 120_000,
  });
}

/** Where an upload stands: the status, and what the headers say. */
export async function stateOf(party: Party, path: string): Promise<[number, string | null, string | null]> {
  const { status, headers } = await party.send(path, { method: 'HEAD' });
  return [status, headers.get('upload-offset'), headers.get('upload-complete')];
}

/** Uploads everything from this byte on, and gives the last answer. */
export async function appendRest(party: Party, path: string, content: Buffer, from = 0): Promise<Response> {
  for (let at = from; ; at += MAX_APPEND_BYTES) {
    const to = Math.min(content.length, at + MAX_APPEND_BYTES);
    const response = await append(party, path, content, at, to);
    if (to === content.length || response.status !== 204) return response;
  }
}
