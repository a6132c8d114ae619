import type { EntityManager } from 'typeorm';

/** What of pg's client we use; TypeORM types its connections as any. */
export interface Connection {
  /** Of the server's process behind it. */
  processID: number;
  /** T inside a sound transaction, E in one of which a statement failed, I outside. */
  getTransactionStatus(): string | null;
  /** Whether the server has said what became of all statements sent: an error arrives before the status that follows from it. */
  readyForQuery: boolean;
  query(sql: string, values?: unknown[]): Promise<{ command: string }>;
  query(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
  connection: { stream: { cork(): void; uncork(): void } };
}

/**
 * Holds back what is written to the connection until the present turn of the event loop ends, so that statements which are sent
 * together leave in one packet: a write costs more than most of our statements take to run.
 */
export function sendTogether({ connection: { stream } }: Connection): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/**
 * Runs a statement whose plan each connection keeps under `name`. Under row-level security planning costs more than a page
 * itself (measured: 3.8 ms with planning, 1.5 ms without), so the hot reads go through here. Behind pgbouncer this needs
 * version 1.21 or newer with max_prepared_statements set.
 */
export async function prepared<Row>(
  tx: EntityManager,
  name: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const connection = (await tx.queryRunner!.connect()) as Connection;
  // After its transaction the connection may already be another caller's.
  if (tx.queryRunner!.isReleased) throw new Error('The transaction is over');
  sendTogether(connection);
  const { rows } = await connection.query({ name, text, values });
  return rows as Row[];
}
