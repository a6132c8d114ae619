import { InvalidInput } from './errors.js';

/** A UUID as the database writes it: in lower case. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id as PostgreSQL can compare it; anything else is the client's mistake. */
export function checkUuid(id: string, pointer: string): string {
  if (UUID.test(id)) return id;
  throw new InvalidInput([{ pointer, rule: 'uuid', key: 'problem.uuid' }]);
}
