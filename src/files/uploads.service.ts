import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { databaseFault } from '../common/database-fault.js';
import { Conflict, FileRefused, NotFound } from '../common/errors.js';
import { UUID } from '../common/uuid.js';
import { WrappingKeys } from '../database/wrapping-keys.js';
import { AlteredFile } from './file-place.js';
import { FileStore } from './file-store.js';
import { type DeclaredFile, exactly, FilesService, type KeptFile } from './files.service.js';

/** A file on its way, as its uploader may know it. */
export interface Upload extends DeclaredFile {
  id: string;
  /** How many bytes of it are here. */
  offset: number;
  secondsLeft: number;
  /** What became of it, once it was whole and judged. */
  kept: KeptFile | null;
}

/** What one request adds to an upload: so many bytes from a place on. */
export interface Part {
  at: number;
  size: number;
}

/** A part begins elsewhere than where the upload has come to. */
export class WrongOffset extends Conflict {
  constructor(readonly offset: number) {
    super('error.uploadOffset', { sub: 'OFFSET', params: { offset }, retryable: true });
  }
}

/** What of an upload was stored is no longer what came; the file that is made of it is another matter. */
class AlteredPart extends Error {}

interface UploadRow extends Omit<Upload, 'size' | 'offset'> {
  size: string;
  offset: string;
}

const FIND = `
  SELECT u.id, u.sha256, u.size::text AS size, u.media_type AS "mediaType", u.kept,
    ceil(extract(epoch FROM u.expires_at - now()))::integer AS "secondsLeft",
    CASE WHEN u.kept IS NULL THEN COALESCE((SELECT max(p.at + p.size) FROM hub.upload_part p WHERE p.upload_id = u.id), 0)
         ELSE u.size END::text AS offset
  FROM hub.upload u WHERE u.id = $1`;

/**
 * Files that arrive in parts. A part is stored whole or not at all, under a key of its own; when all are there they are read in order as
 * if the file had come at once, and go. An upload is its uploader's alone, for a day; to all others it is NotFound.
 */
@Injectable()
export class UploadsService {
  private readonly logger = new Logger(UploadsService.name);
  /** Completions under way, by upload. */
  private readonly completing = new Map<string, Promise<KeptFile>>();

  constructor(
    private readonly database: ScopedDatabase,
    private readonly store: FileStore,
    private readonly wrappingKeys: WrappingKeys,
    private readonly files: FilesService,
  ) {}

  /** The upload of this file: the caller's own that is under way, or a new one. Throws FileRefused where there are too many. */
  async begin(caller: Caller, declared: DeclaredFile): Promise<Upload> {
    const file = JSON.stringify({ ...declared, id: randomUUID() });
    try {
      const id = await this.database.as(caller, async (tx) => {
        const [row] = await prepared<{ id: string }>(tx, 'begin-upload', 'SELECT cmd.begin_upload($1) AS id', [file]);
        return row!.id;
      });
      return await this.find(caller, id);
    } catch (error) {
      const fault = databaseFault(error);
      if (fault === 'UPLOADS' || fault === 'UNATTACHED') throw new FileRefused(fault);
      throw error;
    }
  }

  async find(caller: Caller, id: string): Promise<Upload> {
    if (!UUID.test(id)) throw new NotFound();
    const [row] = await this.database.as(caller, (tx) => prepared<UploadRow>(tx, 'upload', FIND, [id]));
    if (!row) throw new NotFound();
    return { ...row, size: Number(row.size), offset: Number(row.offset) };
  }

  /** Stores a part. Throws WrongOffset unless it begins where the upload has come to, also when another was faster. */
  async append(caller: Caller, upload: Upload, part: Part, content: AsyncIterable<Buffer>): Promise<void> {
    const name = randomUUID();
    const key = randomBytes(32);
    const wrapped = await this.wrappingKeys.wrap(key, caller.agencyId);
    let isStored = false;
    try {
      await this.store.write(name, key, part.size, exactly(part.size, content));
      isStored = true;
      await this.database.as(caller, (tx) =>
        prepared(tx, 'append-upload', 'SELECT cmd.append_upload($1, $2, $3, $4, $5)', [
          upload.id,
          part.at,
          part.size,
          name,
          wrapped,
        ]),
      );
    } catch (error) {
      const fault = databaseFault(error);
      // Where it is not known whether the row was written, the sweeper finds out.
      if (fault !== undefined || !isStored) await this.files.discard(name);
      if (fault === 'OFFSET') throw new WrongOffset((await this.find(caller, upload.id)).offset);
      if (fault === 'UPLOAD') throw new NotFound();
      throw error;
    }
  }

  /**
   * What became of an upload whose parts are all there. Asked again it is told again, or waits for what has begun, so that a client which
   * lost its patience makes no second copy; a file in quarantine is looked at again. A file that is not what was declared ends its upload, and
   * so does a part whose bytes were altered: the client begins again. Throws FileRefused, NotFound.
   */
  async complete(caller: Caller, id: string): Promise<KeptFile> {
    const upload = await this.find(caller, id);
    if (upload.kept) return upload.kept;
    if (upload.offset !== upload.size) throw new FileRefused('LENGTH');
    const begun = this.completing.get(id) ?? this.join(caller, upload).finally(() => this.completing.delete(id));
    this.completing.set(id, begun);
    return begun;
  }

  /** Makes one file of the parts. */
  private async join(caller: Caller, { id, size, sha256, mediaType }: Upload): Promise<KeptFile> {
    try {
      const kept = await this.files.receive(caller, { size, sha256, mediaType }, this.contentOf(caller, id));
      // One that was forgotten meanwhile is a kept file all the same.
      if (kept.state !== 'QUARANTINED') await this.end(caller, id, kept).catch(unlessForgotten);
      return kept;
    } catch (error) {
      // Another process of the hub may have been faster: its parts are gone then.
      const { kept } = await this.find(caller, id);
      if (kept) return kept;
      if (error instanceof FileRefused && error.details.sub !== 'UNATTACHED') await this.end(caller, id, null);
      if (!(error instanceof AlteredPart)) throw error;
      this.logger.error({ err: error }, 'An upload is forgotten: a part of it was altered');
      await this.end(caller, id, null);
      throw new NotFound();
    }
  }

  /** Forgets an upload and removes its parts. Throws NotFound. */
  async cancel(caller: Caller, id: string): Promise<void> {
    await this.find(caller, id);
    await this.end(caller, id, null);
  }

  private async end(caller: Caller, id: string, kept: KeptFile | null): Promise<void> {
    const text = 'SELECT cmd.end_upload($1, $2) AS name';
    try {
      const parts = await this.database.as(caller, (tx) =>
        prepared<{ name: string }>(tx, 'end-upload', text, [id, kept && JSON.stringify(kept)]),
      );
      for (const { name } of parts) await this.files.discard(name);
    } catch (error) {
      throw databaseFault(error) === 'UPLOAD' ? new NotFound() : error;
    }
  }

  private async *contentOf(caller: Caller, id: string): AsyncGenerator<Buffer> {
    const text = 'SELECT p.file_id AS name, p.wrapped FROM hub.upload_part p WHERE p.upload_id = $1 ORDER BY p.at';
    const parts = await this.database.as(caller, (tx) =>
      prepared<{ name: string; wrapped: Buffer }>(tx, 'upload-parts', text, [id]),
    );
    for (const { name, wrapped } of parts) {
      const part = await this.store.read(name, await this.wrappingKeys.unwrap(wrapped, caller.agencyId));
      try {
        yield* part;
      } catch (error) {
        throw error instanceof AlteredFile ? new AlteredPart(name, { cause: error }) : error;
      }
    }
  }
}

function unlessForgotten(error: unknown): void {
  if (!(error instanceof NotFound)) throw error;
}
