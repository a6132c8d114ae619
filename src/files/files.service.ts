import { createHash, type Hash, randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { databaseFault } from '../common/database-fault.js';
import { FileRefused, Unavailable } from '../common/errors.js';
import { WrappingKeys } from '../database/wrapping-keys.js';
import type { AttachmentLink } from '../protocol/envelope.js';
import { ABANDONED_AFTER_MS } from './file-place.js';
import { FileStore } from './file-store.js';
import { inspect, inspectVideo, NotOfThatType } from './file-type.js';
import { Scanner } from './scanner.js';
import { overwritten, VIDEO } from './video-copy.js';

/** What an upload says of itself before its first byte. */
export interface DeclaredFile {
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  mediaType: string;
}

export type FileState = 'QUARANTINED' | 'CLEAN' | 'REFUSED';

/** A file as it was kept. It can be attached when it is CLEAN. */
export interface KeptFile {
  /** As a signed object names it. */
  attachment: AttachmentLink;
  state: FileState;
  /** The bytes that recipients get, where they are not these: an image or a video without its metadata. */
  copy: { sha256: string; size: number } | null;
}

/** The row of a file, which may have been there before. */
interface KeptRow {
  id: string;
  state: FileState;
  /** False for one that is refused, unless an object names it already. */
  isStored: boolean;
}

/**
 * Takes files in. In this order, and leaving nothing behind when one of them fails:
 *
 * - the content is streamed through counting and hashing into an encrypted file, in a folder or a bucket
 * - length and digest are the declared ones
 * - the type is the declared one by content; the recipients' copy is made
 * - the scanner looks into it, if there is one; one that does not answer leaves the file in quarantine
 * - its row, which holds its wrapped key, is written
 */
@Injectable()
export class FilesService {
  private readonly logger = new Logger(FilesService.name);
  /** Files are looked into one after the other, so that memory holds one. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: ScopedDatabase,
    private readonly store: FileStore,
    private readonly wrappingKeys: WrappingKeys,
    private readonly scanner: Scanner,
  ) {}

  /**
   * Throws FileRefused for a file that is not what was declared, Unavailable for one that had to wait too long. The same bytes again are the
   * same file.
   */
  async receive(caller: Caller, declared: DeclaredFile, content: AsyncIterable<Buffer>): Promise<KeptFile> {
    const id = randomUUID();
    const key = randomBytes(32);
    let mayBeKept = false;
    try {
      await this.store.write(id, key, declared.size, checkedAgainst(declared, content));
      const stored = performance.now();
      const copy = await this.inTurn(() => this.examine(id, key, declared));
      const state = await this.judge(caller, id, key);
      // Where the sweeper may take the bytes for abandoned before they have a row, they get none.
      if (performance.now() - stored > ABANDONED_AFTER_MS / 2) throw new Unavailable();
      // Until the database has told: bytes without a row are found by the sweeper, a row without bytes would be found by the recipient.
      mayBeKept = true;
      const kept = await this.keep(caller, { id, key, declared, copy, state });
      mayBeKept = kept.id === id && kept.isStored;
      if (!kept.isStored) await this.discard(kept.id);
      const { sha256, size, mediaType } = declared;
      return { attachment: { sha256, size: String(size), mediaType }, state: kept.state, copy };
    } catch (error) {
      if (error instanceof FileRefused) mayBeKept = false;
      throw error;
    } finally {
      if (!mayBeKept) await this.discard(id);
    }
  }

  /** Looks at the type, and stores the recipients' copy if it differs from the original. */
  private async examine(id: string, key: Buffer, declared: DeclaredFile): Promise<KeptFile['copy']> {
    try {
      if (declared.mediaType === VIDEO) return await this.examineVideo(id, key, declared);
      const content = await buffer(await this.store.read(id, key));
      const copy = await inspect(content, declared.mediaType);
      if (copy.equals(content)) return null;
      await this.store.write(copyOf(id), key, copy.length, [copy]);
      return { sha256: createHash('sha256').update(copy).digest('hex'), size: copy.length };
    } catch (error) {
      if (error instanceof NotOfThatType) throw new FileRefused('TYPE');
      throw error;
    }
  }

  /** The same in two streams: one is looked at, one is written as the copy. */
  private async examineVideo(id: string, key: Buffer, { size, sha256 }: DeclaredFile): Promise<KeptFile['copy']> {
    const original = await this.store.read(id, key);
    const again = await this.store.read(id, key);
    try {
      const overwrites = await inspectVideo(original, size);
      const hash = createHash('sha256');
      await this.store.write(copyOf(id), key, size, hashed(overwritten(again, overwrites), hash));
      const digest = hash.digest('hex');
      if (digest !== sha256) return { sha256: digest, size };
      await this.store.remove(copyOf(id));
      return null;
    } finally {
      original.destroy();
      again.destroy();
    }
  }

  private async judge({ agencyId }: Caller, id: string, key: Buffer): Promise<FileState> {
    const content = await this.store.read(id, key);
    try {
      const { found } = await this.scanner.scan(content);
      if (found !== null) this.logger.warn(`The scanner found ${found} in a file of ${agencyId}`);
      return found === null ? 'CLEAN' : 'REFUSED';
    } catch (error) {
      this.logger.error({ err: error }, 'A file stays in quarantine: the scanner did not judge it');
      return 'QUARANTINED';
    } finally {
      content.destroy();
    }
  }

  private async keep(
    caller: Caller,
    {
      id,
      key,
      declared,
      copy,
      state,
    }: Omit<KeptFile, 'attachment'> & { id: string; key: Buffer; declared: DeclaredFile },
  ): Promise<KeptRow> {
    const wrapped = await this.wrappingKeys.wrap(key, caller.agencyId);
    const file = {
      id,
      ...declared,
      copySha256: copy?.sha256 ?? null,
      copySize: copy?.size ?? null,
      state,
      wrapped: wrapped.toString('base64'),
    };
    const text = 'SELECT kept_id AS id, kept_state AS state, is_stored AS "isStored" FROM cmd.keep_file($1)';
    try {
      const [row] = await this.database.as(caller, (tx) =>
        prepared<KeptRow>(tx, 'keep-file', text, [JSON.stringify(file)]),
      );
      return row!;
    } catch (error) {
      if (databaseFault(error) === 'UNATTACHED') throw new FileRefused('UNATTACHED');
      throw error;
    }
  }

  /** Removes the bytes of a file of which no row speaks. What cannot be removed now the sweeper will find. */
  async discard(id: string): Promise<void> {
    await this.store.remove(id, copyOf(id)).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'A file is left to the sweeper');
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

/** Passes so many bytes on. Throws FileRefused at the first one too many, and at the end if there are fewer. */
export async function* exactly(bytes: number, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > bytes) throw new FileRefused('LENGTH');
    yield chunk;
  }
  if (size !== bytes) throw new FileRefused('LENGTH');
}

async function* hashed(content: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The name under which the recipients' copy of an image or a video is stored. */
export function copyOf(id: string): string {
  return `${id}.copy`;
}

/** Passes the content on while it counts and hashes. Throws FileRefused at the first byte too many, and at the end if it is another file. */
async function* checkedAgainst(declared: DeclaredFile, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  yield* hashed(exactly(declared.size, content), hash);
  if (hash.digest('hex') !== declared.sha256) throw new FileRefused('DIGEST');
}
