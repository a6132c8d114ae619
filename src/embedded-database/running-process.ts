import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * When this process began, as text that tells it from an earlier process with the same id; undefined when it does not
 * run. A zombie does not run: nobody may be there to collect it, as in a container without an init process.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps('lstart=', pid);
  const stat = read(`/proc/${pid}/stat`);
  // The name of the program stands in brackets and may itself hold spaces and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  // Field 22 counts ticks since boot, so it needs the boot beside it.
  return `${read('/proc/sys/kernel/random/boot_id')?.trim()} ${fields[19]}`;
}

/** Whether the process was started with this argument. Its other marks are hidden from root in a plain container. */
export function wasStartedWith(pid: number, argument: string): boolean {
  if (process.platform !== 'linux') return ps('args=', pid)?.includes(argument) ?? false;
  return read(`/proc/${pid}/cmdline`)?.split('\0').includes(argument) ?? false;
}

/** Whether the process has ended, or ends within the given time. */
export async function hasEnded(pid: number, milliseconds: number): Promise<boolean> {
  const start = startOf(pid);
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const now = startOf(pid);
    if (now === undefined || now !== start) return true;
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
}

function ps(column: string, pid: number): string | undefined {
  return spawnSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
