import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** The user under which PostgreSQL runs, because it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Undefined means: as the hub itself. Root runs a cluster that exists as its owner, whoever made it (an earlier hub of
 * an ordinary user, or an image in which `postgres` had another number), and a new one as `postgres`.
 */
export function accountFor(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return idsOf('postgres') ?? newAccount() ?? idsOf('nobody') ?? { uid: 65_534, gid: 65_534 };
}

/** Whether the account may read (`-r`) the file, or run the program or enter the folder (`-x`): asked of the system. */
export function may(account: Account, access: '-r' | '-x', path: string): boolean {
  const result = spawnSync('/bin/sh', ['-c', 'test "$1" "$2"', 'sh', access, path], { ...account, cwd: '/' });
  if (!result.error) return result.status === 0;
  throw new Error(
    `PostgreSQL does not run as root, and this root may not act as user id ${account.uid}. ` +
      'Start the hub as an ordinary user, or set DATABASE_URL',
    { cause: result.error },
  );
}

function newAccount(): Account | undefined {
  spawnSync('groupadd', ['--system', '--force', 'postgres']);
  const home = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  spawnSync('useradd', ['--system', '--gid', 'postgres', ...home, 'postgres']);
  return idsOf('postgres');
}

function idsOf(user: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((which) => Number.parseInt(String(spawnSync('id', [which, user]).stdout), 10));
  return uid && gid ? { uid, gid } : undefined;
}
