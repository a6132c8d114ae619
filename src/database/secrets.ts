import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Secrets are files of mode 0600 in one folder of mode 0700. A file is written whole or not at all, and never
 * overwritten: losing a key that once sealed or signed something cannot be mended.
 */
export class SecretsFolder {
  constructor(readonly folder: string) {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The JSON secret of this name, made by `make` when there is none yet. */
  async obtain<T>(name: string, make: () => T | Promise<T>): Promise<T> {
    const known = this.read<T>(name);
    if (known !== undefined) return known;
    this.writeNew(name, await make());
    return this.read<T>(name)!;
  }

  read<T>(name: string): T | undefined {
    const path = this.path(name);
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
  }

  /** Stores the secret unless another process was first: a link, unlike a rename, never replaces a file. */
  private writeNew(name: string, value: unknown): void {
    const draft = `${this.path(name)}.${process.pid}.${Date.now()}.new`;
    writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, this.path(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
  }

  private path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

/** 256 random bits, base64url. */
export function freshSecret(): string {
  return randomBytes(32).toString('base64url');
}
