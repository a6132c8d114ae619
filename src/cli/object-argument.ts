import { InvalidArgumentError } from 'commander';
import type { HubClient } from './client.js';
import { EXIT, Failure } from './failures.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What people quote, such as VN-REQ-2026-MPLRSA. */
const REFERENCE = /^[A-Z]{2}-(ALR|REQ)-\d{4}-[A-Z]{6}$/;
const HEADED = new Set(['alert', 'request']);

/** The id of an object; a file name and a variable of a query are made of it. */
export function objectId(value: string): string {
  if (UUID.test(value)) return value;
  throw new InvalidArgumentError('UUID');
}

/** An object as people name it: by its id, or by the reference of an alert or a request. */
export function objectName(value: string): string {
  if (UUID.test(value)) return value;
  const reference = value.toUpperCase();
  if (REFERENCE.test(reference)) return reference;
  throw new InvalidArgumentError('UUID, VN-REQ-2026-MPLRSA');
}

export function objectNames(value: string, before: string[] = []): string[] {
  return [...before, objectName(value)];
}

/**
 * The id behind a name. A reference is looked up among what was received and sent; the newest version counts, replies under the same
 * reference do not. Throws a failure when there is none, or when agencies chose the same.
 */
export async function idOf(client: HubClient, name: string): Promise<string> {
  if (UUID.test(name)) return name;
  const lookUp = { field: 'REFERENCE', value: name };
  const boxes = await Promise.all(
    (['inbox', 'outbox'] as const).map((box) => client.list({ box, first: 100, lookUp })),
  );
  const headed = boxes.flatMap(({ nodes }) => nodes).filter(({ kind }) => HEADED.has(kind));
  const current = headed.some((node) => !node.isSuperseded) ? headed.filter((node) => !node.isSuperseded) : headed;
  const ids = [...new Set(current.map(({ id }) => id))];
  if (ids.length === 1) return ids[0]!;
  if (ids.length === 0) throw new Failure(EXIT.refused, 'cli.failure.noSuchReference', { name });
  throw new Failure(EXIT.refused, 'cli.failure.manyOfReference', { name, ids: ids.join(', ') });
}
