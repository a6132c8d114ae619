import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seal, unseal } from './sealed-file.js';

/** Names are made by the hub alone: a UUID, or that of an image's copy. */
const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.copy)?$/;
const UNFINISHED = '.new';
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Stored files in a folder, each encrypted under a key that is not there. A file has its name only when it is whole and on the
 * disk. Several processes may share the folder.
 */
export class FileStore {
  constructor(private readonly folder: string) {}

  /** Encrypts the content and stores it. Leaves nothing behind when it fails. */
  async write(name: string, key: Buffer, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    const path = this.pathOf(name);
    const draft = `${path}${UNFINISHED}`;
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    try {
      await pipeline(seal(key, name, content), createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }));
      await rename(draft, path);
      await syncFolder(join(path, '..'));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** The content. Rejects when there is no such file; the stream fails where the file was altered. */
  async read(name: string, key: Buffer): Promise<Readable> {
    const stored = (await open(this.pathOf(name), 'r')).createReadStream();
    const content = Readable.from(unseal(key, name, stored), { objectMode: false });
    // One that is never read to its end, or never read, closes its file as well.
    return content.on('close', () => stored.destroy());
  }

  async remove(...names: string[]): Promise<void> {
    for (const name of names) await rm(this.pathOf(name), { force: true });
  }

  /**
   * Removes what a process that was killed left unfinished, and gives the names of the whole files. Both only if they are older than an
   * hour: a younger one may be another's that is at work.
   */
  async sweep(): Promise<string[]> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const names: string[] = [];
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const found = entry.isFile() ? await stat(path).catch(() => undefined) : undefined;
      if (!found || Date.now() - found.mtimeMs <= ABANDONED_AFTER_MS) continue;
      if (entry.name.endsWith(UNFINISHED)) await rm(path, { force: true });
      else if (NAME.test(entry.name)) names.push(entry.name);
    }
    return names;
  }

  private pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error('Not the name of a stored file');
    return join(this.folder, name.slice(0, 2), name);
  }
}

/** Brings a folder's entries to the disk, where the platform knows how. */
async function syncFolder(folder: string): Promise<void> {
  const entries = await open(folder, 'r');
  try {
    await entries.sync().catch(() => undefined);
  } finally {
    await entries.close();
  }
}
