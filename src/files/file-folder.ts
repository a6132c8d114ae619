import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ABANDONED_AFTER_MS, type FilePlace } from './file-place.js';

const UNFINISHED = '.new';

/** A folder. A file has its name only when it is whole and on the disk. Several processes may share the folder. */
export class FileFolder implements FilePlace {
  constructor(private readonly folder: string) {}

  async put(name: string, _size: number, bytes: AsyncIterable<Buffer>): Promise<void> {
    const path = this.pathOf(name);
    const draft = `${path}${UNFINISHED}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await pipeline(bytes, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }));
      await rename(draft, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async get(name: string): Promise<Readable> {
    return (await open(this.pathOf(name), 'r')).createReadStream();
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  /** Removes on its way what a process that was killed left unfinished more than an hour ago. */
  async *names(): AsyncGenerator<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const found = entry.isFile() ? await stat(path).catch(() => undefined) : undefined;
      if (!found || Date.now() - found.mtimeMs <= ABANDONED_AFTER_MS) continue;
      if (entry.name.endsWith(UNFINISHED)) await rm(path, { force: true });
      else yield entry.name;
    }
  }

  private pathOf(name: string): string {
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
