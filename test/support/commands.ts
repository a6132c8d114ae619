import type { Caller } from '../../src/access/caller.js';
import { randomUUID } from 'node:crypto';
import { contextToken } from '../../src/access/context-token.js';
import type { TestDatabase } from './database.js';
import type { Party } from './hub.js';
import { aCaller } from './world.js';

/** The members of what cmd.submit takes that tests change. */
export interface Submission {
  id?: string;
  kind?: string;
  unit?: string;
  to?: string[];
  digest?: string;
  ref?: string;
  clearance?: number;
  replySeq?: string | null;
  supersedesSeq?: string;
  text?: string;
}

/** What cmd.submit takes: an alert of this party, with these members changed. */
export function aSubmission(party: Party, changes: Submission = {}): string {
  const row = {
    id: randomUUID(),
    kind: 'alert',
    from: party.agency,
    unit: party.unit,
    to: ['TH-CUS'],
    digest: `sha256:${'0'.repeat(64)}`,
    text: textWith({ body: {} }),
    receipt: '{}',
    clearance: 0,
    createdAt: '2026-11-22T00:00:00Z',
    receivedAt: '2026-11-22T00:00:00Z',
    hides: false,
    termsReceived: [],
    termsSent: [],
    parts: [],
    ...changes,
  };
  return JSON.stringify(row);
}

/** The stored form of a signed object with this payload, as far as commands read it. */
export function textWith(payload: object): string {
  return JSON.stringify({ payload: Buffer.from(JSON.stringify(payload)).toString('base64url') });
}

/** Submits it, whatever the hub's own checks would have said; its seq. */
export async function submitUnchecked(database: TestDatabase, party: Party, changes: Submission = {}): Promise<string> {
  const text = 'SELECT object_seq AS seq FROM cmd.submit($1)';
  const [row] = await database.sql<{ seq: string }>(text, [aSubmission(party, changes)]);
  return row!.seq;
}

export async function seqOf(database: TestDatabase, id: string): Promise<string> {
  const [row] = await database.sql<{ seq: string }>('SELECT seq FROM hub.object WHERE id = $1', [id]);
  return row!.seq;
}

/** Does something with the rights of the server's role and of this unit's system, or of another caller of the unit, and undoes it. */
export async function asServer<T>(
  database: TestDatabase,
  { agency, unit }: Party,
  work: () => Promise<T>,
  changes: Partial<Caller> = {},
): Promise<T> {
  const token = contextToken(database.access.contextKey, aCaller({ agencyId: agency, unitId: unit, ...changes }));
  await database.sql('BEGIN');
  try {
    await database.sql('SET LOCAL ROLE hub_app');
    await database.sql("SELECT set_config('app.ctx', $1, true)", [token]);
    return await work();
  } finally {
    await database.sql('ROLLBACK');
  }
}

/** Waits until so many other transactions stand still because of ours. */
export async function untilSomebodyWaits(database: TestDatabase, count = 1): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const [row] = await database.sql<{ wait: boolean }>(
      `SELECT count(DISTINCT l.pid) >= $1 AS wait FROM pg_locks l WHERE NOT l.granted AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))`,
      [count],
    );
    if (row?.wait) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('Nobody waited');
}
