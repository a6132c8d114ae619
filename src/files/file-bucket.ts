import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Logger } from '@nestjs/common';
import { Unavailable } from '../common/errors.js';
import { ABANDONED_AFTER_MS, type FilePlace } from './file-place.js';

/** Who the hub is at the store. */
export interface BucketKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A bucket, and how it is reached. */
export interface BucketAddress {
  address: string;
  region: string;
  bucket: string;
  /** Whether the bucket stands in the path (`/bucket/name`) and not in the host name. */
  isPathStyle: boolean;
  /** What the names of this hub begin with. */
  prefix: string;
}

/** A store that says nothing for so long is not there. */
const SILENCE_MS = 30_000;
const CONNECT_MS = 3_000;

const quiet = (): void => undefined;
/** What the library would write may hold keys; what matters is logged here. */
const SILENT = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

/**
 * A bucket of an S3-compatible store. A file is one PUT of a known length, which a store takes whole or not at all, so nothing has to be
 * put together or taken back. Reading, removing and listing are tried three times; a PUT cannot be, since its bytes come from the
 * client, who is asked to send them again. A store that does not answer, or not as it should, is Unavailable: the log is told its
 * error's name and status, and never more, since a store repeats keys and what it was asked.
 */
export class FileBucket implements FilePlace {
  private readonly logger = new Logger(FileBucket.name);
  private readonly client: S3Client;

  constructor(
    private readonly at: BucketAddress,
    credentials: BucketKey,
  ) {
    this.client = new S3Client({
      endpoint: at.address,
      region: at.region,
      forcePathStyle: at.isPathStyle,
      credentials,
      maxAttempts: 3,
      logger: SILENT,
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      // The files prove themselves when they are read; not every store knows the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(name: string, size: number, bytes: AsyncIterable<Buffer>): Promise<void> {
    const ending = new AbortController();
    const body = Readable.from(bytes, { objectMode: false });
    let fault: unknown;
    body.on('error', (error) => {
      fault = error;
      ending.abort();
    });
    try {
      const put = new PutObjectCommand({ ...this.nameOf(name), Body: body, ContentLength: size });
      await this.client.send(put, { abortSignal: ending.signal });
    } catch (error) {
      throw fault ?? this.unavailable(error);
    } finally {
      body.destroy();
    }
  }

  async get(name: string): Promise<Readable> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand(this.nameOf(name)));
      return Body as Readable;
    } catch (error) {
      if (error instanceof NoSuchKey) throw new Error('A stored file is not in its bucket', { cause: error });
      throw this.unavailable(error);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await this.client.send(new DeleteObjectCommand(this.nameOf(name)));
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  async *names(): AsyncGenerator<string> {
    const { bucket, prefix } = this.at;
    try {
      for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key = '', LastModified } of page.Contents ?? []) {
          if (LastModified && Date.now() - LastModified.getTime() > ABANDONED_AFTER_MS) yield Key.slice(prefix.length);
        }
      }
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  private nameOf(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.at.bucket, Key: `${this.at.prefix}${name}` };
  }

  private unavailable(error: unknown): Unavailable {
    const { name, code } = error as { name?: string; code?: unknown };
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    this.logger.error({ type: name, code, status }, 'The store of files did not answer as it should');
    return new Unavailable();
  }
}
