import type { Permission } from '../access/permission.js';
import { OBJECT_KINDS } from '../protocol/envelope.js';

const SUBMIT = 'objects.submit';

/** The permissions that a unit's system can have. */
const PERMISSIONS: readonly Permission[] = ['directory.read', 'objects.read', SUBMIT, 'keys.publish'];

/** What a connection, and a token of it, may be for: permissions, and `objects.submit:alert` for sending one kind alone. */
export const SCOPES: readonly string[] = [...PERMISSIONS, ...OBJECT_KINDS.map((kind) => `${SUBMIT}:${kind}`)];

export interface Rights {
  permissions: ReadonlySet<Permission>;
  /** The kinds of objects that may be sent. */
  kinds: ReadonlySet<string>;
}

/** What the connection's scopes and the token's have in common. A token without scope is for all that the connection is for. */
export function rightsOf(connection: readonly string[], tokenScope: unknown): Rights {
  const wanted = typeof tokenScope === 'string' ? tokenScope.split(' ') : connection;
  const kinds = OBJECT_KINDS.filter((kind) =>
    [connection, wanted].every((scopes) => scopes.includes(SUBMIT) || scopes.includes(`${SUBMIT}:${kind}`)),
  );
  const permissions = PERMISSIONS.filter((permission) =>
    permission === SUBMIT ? kinds.length > 0 : connection.includes(permission) && wanted.includes(permission),
  );
  return { permissions: new Set(permissions), kinds: new Set(kinds) };
}
