import { Readable } from 'node:stream';
import type { FilePlace } from './file-place.js';
import { seal, sealedSize, unseal } from './sealed-file.js';

/** Names are made by the hub alone: a UUID, or that of its copy for recipients. */
const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.copy)?$/;

/** Stored files, each encrypted under a key that is not there. */
export class FileStore {
  constructor(private readonly place: FilePlace) {}

  /** Encrypts the content, which has so many bytes, and stores it. Leaves nothing behind when it fails. */
  async write(
    name: string,
    key: Buffer,
    size: number,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): Promise<void> {
    await this.place.put(checked(name), sealedSize(size), seal(key, name, content));
  }

  /** The content. Rejects when there is no such file; the stream fails where the file was altered. */
  async read(name: string, key: Buffer): Promise<Readable> {
    const stored = await this.place.get(checked(name));
    const content = Readable.from(unseal(key, name, stored), { objectMode: false });
    // One that is never read to its end, or never read, closes its file as well.
    return content.on('close', () => stored.destroy());
  }

  async remove(...names: string[]): Promise<void> {
    for (const name of names) await this.place.remove(checked(name));
  }

  /** The names of whole files older than an hour. */
  async *names(): AsyncGenerator<string> {
    for await (const name of this.place.names()) {
      if (NAME.test(name)) yield name;
    }
  }
}

function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw new Error('Not the name of a stored file');
}
