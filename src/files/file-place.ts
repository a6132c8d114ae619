import type { Readable } from 'node:stream';

/** The bytes of a stored file are others than those that were stored. One that is missing may come back with its folder or its bucket. */
export class AlteredFile extends Error {}

/** Where sealed files lie: a folder or a bucket. It is told names and ciphertext, and nothing else of a file. */
export interface FilePlace {
  /** Stores exactly so many bytes under a new name: whole, or not at all. Passes on what `bytes` throws. */
  put(name: string, size: number, bytes: AsyncIterable<Buffer>): Promise<void>;
  /** The bytes of this name. Rejects when there are none. */
  get(name: string): Promise<Readable>;
  /** Also when there are none: removing twice is removing once. */
  remove(name: string): Promise<void>;
  /** The names of what is whole and older than an hour: a younger one may be another process's that is at work. */
  names(): AsyncIterable<string>;
}

export const ABANDONED_AFTER_MS = 60 * 60 * 1000;
