import type { EntityManager } from 'typeorm';
import { prepared } from './prepared.js';

/**
 * Everything that was ever or may yet be released to the caller, in one text. It changes when the caller joins or leaves a community,
 * and not when something is released.
 */
export async function sightOf(tx: EntityManager): Promise<string | null> {
  const [row] = await prepared<{ sight: string | null }>(tx, 'sight', 'SELECT cmd.my_sight()::text AS sight');
  return row!.sight;
}
