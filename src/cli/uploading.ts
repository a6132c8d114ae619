import { extname } from 'node:path';
import { FILE_TYPES, inspect, NotOfThatType } from '../files/file-type.js';
import type { Cli } from './cli.js';
import type { HubClient } from './client.js';
import type { Uploaded } from './client-models.js';
import { EXIT, Failure } from './failures.js';
import { readBytes } from './files.js';

const MEDIA_TYPES = new Map(Object.entries(FILE_TYPES).map(([type, ending]) => [`.${ending}`, type]));
MEDIA_TYPES.set('.jpeg', 'image/jpeg');

/** An uploaded file of this machine. */
export type UploadedFile = Uploaded & { file: string; isStripped: boolean };

/** Is told how many bytes of a long file have been sent. */
export type Teller = (file: string, sent: number, whole: number) => void;

/** Shows it on a terminal. */
export function tellerOf(cli: Cli): Teller {
  return (file, sent, whole) => {
    const [percent, megabytes] = [Math.floor((100 * sent) / whole), Math.ceil(whole / 2 ** 20)];
    cli.progress(cli.text('cli.upload.progress', { file, percent, megabytes }));
  };
}

/**
 * Uploads files. Images and videos go without their metadata unless the original is wanted, so that what is signed is what the recipient gets. The
 * hub's own checks are made here first: a file that it would refuse does not leave the machine.
 */
export async function uploadAll(
  client: HubClient,
  files: readonly string[],
  { isOriginal = false, tell }: { isOriginal?: boolean; tell?: Teller } = {},
): Promise<UploadedFile[]> {
  const read = await Promise.all(files.map((file) => readFor(file)));
  const uploaded: UploadedFile[] = [];
  for (const { file, mediaType, bytes, copy } of read) {
    const content = isOriginal ? bytes : copy;
    const answer = await client.upload(content, mediaType, (sent, whole) => tell?.(file, sent, whole));
    uploaded.push({ file, isStripped: !content.equals(bytes), ...answer });
  }
  return uploaded;
}

async function readFor(file: string): Promise<{ file: string; mediaType: string; bytes: Buffer; copy: Buffer }> {
  const bytes = readBytes(file);
  const mediaType = MEDIA_TYPES.get(extname(file).toLowerCase()) ?? '';
  try {
    return { file, mediaType, bytes, copy: await inspect(bytes, mediaType) };
  } catch (error) {
    if (!(error instanceof NotOfThatType)) throw error;
    throw new Failure(EXIT.refused, 'cli.upload.notOfType', { file });
  }
}
