import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';

/** What a reader does with an object; its owner will see each. */
export type AccessEvent = 'object.opened' | 'nominal.viewed' | 'file.downloaded';

/** Records an access in the caller's transaction, so that nothing is shown without its event. */
export async function recordAccess(tx: EntityManager, event: AccessEvent, objectSeq: string): Promise<void> {
  await prepared(tx, 'record-access', 'INSERT INTO audit.pending (event, object_seq) VALUES ($1, $2)', [
    event,
    objectSeq,
  ]);
}
