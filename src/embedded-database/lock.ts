import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from './running-process.js';

/**
 * Writes this process into the lock file, or gives the id of the running process that stands in it. A process is known
 * by its id and its start, so a lock left by a killed hub is taken over even when its id belongs to another by now.
 */
export async function takeLock(file: string): Promise<{ heldBy?: number }> {
  const own = `${process.pid}\n${startOf(process.pid)}\n`;
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o644 });
      return {};
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = await readLock(file);
    if (found === undefined) continue;
    const [pid, start] = found.split('\n');
    if (start && startOf(Number(pid)) === start) return { heldBy: Number(pid) };
    removeStale(file, found);
  }
}

export function releaseLock(file: string): void {
  rmSync(file, { force: true });
}

/** The lock's text, or undefined when it is gone. Empty means that its writer has only begun, or was killed there. */
async function readLock(file: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const text = readFileSync(file, 'utf8');
      if (text.endsWith('\n') || attempt === 20) return text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    await sleep(10);
  }
}

/** Moves the stale lock aside before removing it, and puts it back if another start has renewed it in between. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === stale) rmSync(aside);
  else renameSync(aside, file);
}
