import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What a platform or file system says that has no fsync for folders. */
const CANNOT_SYNC_FOLDERS = new Set(['EINVAL', 'EISDIR']);

/**
 * Secrets are files of mode 0600 in one folder of mode 0700. A file is written whole or not at all, and never
 * overwritten: losing a key that once sealed or signed something cannot be mended. So a secret is on the disk before it is
 * used: a power cut must not take the key and leave what the database committed under it.
 */
export class SecretsFolder {
  constructor(readonly folder: string) {
    makeFolder(dirname(folder));
    makeFolder(folder, 0o700);
  }

  /** The JSON secret of this name, made by `make` when there is none yet. */
  async obtain<T>(name: string, make: () => T | Promise<T>): Promise<T> {
    const known = this.read<T>(name);
    if (known !== undefined) return known;
    this.writeNew(name, await make());
    return this.read<T>(name)!;
  }

  /** Throws for a file that is not whole: to make another in its place would hide the loss. */
  read<T>(name: string): T | undefined {
    const path = this.path(name);
    if (!existsSync(path)) return undefined;
    const value = parsed(readFileSync(path, 'utf8'));
    if (value !== undefined) return value as T;
    throw new Error(
      `The secret file ${path} is empty or broken. Put it back from a backup; only if nothing was ever sealed or signed with ` +
        'it, remove it, and a new one is made',
    );
  }

  /**
   * Stores the secret unless another process was first: a link, unlike a rename, never replaces a file. The other's may not be
   * safe in the folder yet when we go on to use it, so the folder is brought to the disk in either case.
   */
  private writeNew(name: string, value: unknown): void {
    const draft = `${this.path(name)}.${process.pid}.${Date.now()}.new`;
    writeThrough(draft, `${JSON.stringify(value, null, 2)}\n`);
    try {
      linkSync(draft, this.path(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
    syncFolder(this.folder);
  }

  private path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

/** The JSON in a text, undefined when there is none. The parser's own message is not passed on: it quotes the content. */
function parsed(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Writes a new file, and returns when it is on the disk. */
function writeThrough(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder and those above it, each safe in the one that holds it. */
function makeFolder(folder: string, mode?: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { recursive: true, ...(mode !== undefined && { mode }) });
  syncFolder(dirname(folder));
}

/** Brings a folder's entries to the disk, where the platform knows how. */
function syncFolder(folder: string): void {
  let entries: number | undefined;
  try {
    entries = openSync(folder, 'r');
    fsyncSync(entries);
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    if (entries !== undefined) closeSync(entries);
  }
}

/** 256 random bits, base64url. */
export function freshSecret(): string {
  return randomBytes(32).toString('base64url');
}
