import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { recordAccess } from '../audit/record-access.js';
import { databaseFault } from '../common/database-fault.js';
import { BadSignedObject, NotFound, StepUpRequired } from '../common/errors.js';
import { WrappingKeys } from '../database/wrapping-keys.js';
import type { AttachmentLink } from '../protocol/envelope.js';
import { FileStore } from './file-store.js';
import { copyOf } from './files.service.js';

/** A clean file of the caller's agency. */
export interface AttachableFile extends AttachmentLink {
  wrapped: Buffer;
}

/** The bytes of an attachment as the caller may have them. */
export interface OpenedAttachment {
  content: Readable;
  mediaType: string;
  size: number;
  sha256: string;
}

interface AttachmentRow {
  seq: string;
  from_agency: string;
  file_id: string;
  sha256: string;
  size: string;
  media_type: string;
  copy_sha256: string | null;
  copy_size: string | null;
  is_nominal: boolean;
  wrapped: Buffer;
}

/** Files as signed objects name them: which may be named, who gets them, and how they are read. */
@Injectable()
export class AttachmentsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly store: FileStore,
    private readonly wrappingKeys: WrappingKeys,
  ) {}

  /** The caller's agency's clean files of these digests, in their order; undefined for any other digest, whatever the reason. */
  async readAttachable(tx: EntityManager, digests: readonly string[]): Promise<(AttachableFile | undefined)[]> {
    if (digests.length === 0) return [];
    const files = await prepared<AttachableFile>(
      tx,
      'attachable-files',
      `SELECT f.sha256, f.size::text AS size, f.media_type AS "mediaType", f.wrapped FROM hub.file f
       WHERE f.sha256 = ANY ($1) AND f.state = 'CLEAN'`,
      [digests],
    );
    return digests.map((digest) => files.find((file) => file.sha256 === digest));
  }

  /** Throws ATTACHMENT unless each is a clean file of the caller's agency, as it is described, and none is named twice or in `others`. */
  async checkAttachable(
    tx: EntityManager,
    named: readonly AttachmentLink[],
    pointer = '/attachments',
    others: readonly AttachmentLink[] = [],
  ): Promise<AttachableFile[]> {
    const files = await this.readAttachable(
      tx,
      named.map(({ sha256 }) => sha256),
    );
    return named.map(({ sha256, size, mediaType }, index) => {
      const file = files[index];
      const isFirst = [...others, ...named].findIndex((other) => other.sha256 === sha256) === others.length + index;
      if (file && isFirst && file.size === size && file.mediaType === mediaType) return file;
      throw new BadSignedObject('ATTACHMENT', { pointer: `${pointer}/${index}` });
    });
  }

  /** Gives the readers of an object that was just accepted the files that it names, those of its part `nominal` to whom may read the part. */
  async attach(
    tx: EntityManager,
    caller: Caller,
    seq: string,
    files: readonly AttachableFile[],
    agencies: readonly string[],
    nominal: string | null,
  ): Promise<void> {
    if (files.length === 0) return;
    const keys: Record<string, Record<string, string>> = {};
    for (const { sha256, wrapped } of files) {
      const key = await this.wrappingKeys.unwrap(wrapped, caller.agencyId);
      const each = agencies.map(
        async (agency) => [agency, (await this.wrappingKeys.wrap(key, agency)).toString('base64')] as const,
      );
      keys[sha256] = Object.fromEntries(await Promise.all(each));
    }
    try {
      await prepared(tx, 'attach', 'SELECT cmd.attach($1, $2, $3)', [seq, JSON.stringify(keys), nominal]);
    } catch (error) {
      // A file that was clean a moment ago has been swept meanwhile.
      throw databaseFault(error) === 'ATTACHMENT'
        ? new BadSignedObject('ATTACHMENT', { pointer: '/attachments' })
        : error;
    }
  }

  /** The keys of an object's files that are no personal details, as the caller has them, wrapped for one more agency. */
  async keysFor(tx: EntityManager, { agencyId }: Caller, seq: string, agency: string): Promise<Record<string, string>> {
    const files = await prepared<{ sha256: string; wrapped: Buffer }>(
      tx,
      'attachment-keys',
      `SELECT k.sha256, k.wrapped FROM hub.attachment_key k JOIN hub.attachment a ON a.seq = k.seq AND a.sha256 = k.sha256
       WHERE k.seq = $1 AND k.agency_id = $2 AND NOT a.is_nominal`,
      [seq, agencyId],
    );
    const keys: Record<string, string> = {};
    for (const { sha256, wrapped } of files) {
      const key = await this.wrappingKeys.unwrap(wrapped, agencyId);
      keys[sha256] = (await this.wrappingKeys.wrap(key, agency)).toString('base64');
    }
    return keys;
  }

  /**
   * An attachment of an object that the caller may see: the original for the agency that sent it, the recipients' copy for others. The
   * download is recorded and committed before this returns, so before the first byte. Throws NotFound for everything else, and
   * Unavailable when the store does not answer, CaseRefRequired for personal details of others without a case, and RestrictionUnread. An officer whose agency's rule asks for a step-up is told so instead of NotFound.
   */
  async open(caller: Caller, object: string, sha256: string): Promise<OpenedAttachment> {
    const row = await this.database.as(caller, (tx) => readAttachment(tx, caller, object, sha256));
    // Whether there is such a file is not told: the same for one that is not there.
    if (!row) throw caller.session?.nominalNeedsStepUp ? new StepUpRequired() : new NotFound();
    const isCopy = row.copy_sha256 !== null && row.from_agency !== caller.agencyId;
    const key = await this.wrappingKeys.unwrap(row.wrapped, caller.agencyId);
    // Nothing of the database is held while the store is waited for; sight is checked again when the download is recorded.
    const content = await this.store.read(isCopy ? copyOf(row.file_id) : row.file_id, key);
    try {
      await this.database.as(caller, async (tx) => {
        if (row.is_nominal) await recordAccess(tx, 'nominal.viewed', [row], caller.caseRef);
        if ((await recordAccess(tx, 'file.downloaded', [row])).length === 0) throw new NotFound();
      });
    } catch (error) {
      content.destroy();
      throw error;
    }
    return {
      content,
      mediaType: row.media_type,
      size: Number(isCopy ? row.copy_size : row.size),
      sha256: (isCopy ? row.copy_sha256 : null) ?? row.sha256,
    };
  }
}

/** The attachment of an object in sight, with its key for the caller's agency. */
async function readAttachment(
  tx: EntityManager,
  { agencyId }: Caller,
  object: string,
  sha256: string,
): Promise<AttachmentRow | undefined> {
  const text = `SELECT o.seq, o.from_agency, a.file_id, a.sha256, a.size, a.media_type, a.copy_sha256, a.copy_size, a.is_nominal, k.wrapped
    FROM hub.object o JOIN hub.attachment a ON a.seq = o.seq AND a.sha256 = $2
    JOIN hub.attachment_key k ON k.seq = a.seq AND k.sha256 = a.sha256 AND k.agency_id = $3
    WHERE o.id = $1 ORDER BY o.seq LIMIT 1`;
  return (await prepared<AttachmentRow>(tx, 'attachment', text, [object, sha256, agencyId]))[0];
}
