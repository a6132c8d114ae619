import type { DataSource } from 'typeorm';

/** The floor has a hole; `faults` names each. The server does not start on such a database. */
export class FloorNotSafe extends Error {
  constructor(readonly faults: string[]) {
    super(
      `The database does not protect every row, so the hub will not start:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
  }
}

/**
 * Checks what must hold before any request is served (security.md 6.8):
 * - the connected role is not superuser, cannot bypass row security, is a member of nothing and owns nothing;
 * - every relation it can read, in any schema, has row security enabled and forced with a policy for it; no materialised view;
 * - no policy for it or for everybody says just "true", which on an empty table would not show
 * - every view runs with the caller's rights (security_invoker);
 * - every SECURITY DEFINER function has a fixed search_path, an owner who is bound by row security, and is not PUBLIC's to call;
 * - without a context, no protected table shows a row.
 */
export async function assertFloorIsSafe(dataSource: DataSource): Promise<void> {
  const faults = (await dataSource.query<{ fault: string }[]>(CATALOGUE_CHECKS)).map((row) => row.fault);
  const tables = await dataSource.query<{ name: string }[]>(READABLE_TABLES);
  for (const { name } of tables) {
    const [row] = await dataSource.query<{ shown: boolean }[]>(`SELECT EXISTS (SELECT 1 FROM ${name}) AS shown`);
    if (row?.shown) faults.push(`${name} shows rows to a caller without context`);
  }
  if (faults.length > 0) throw new FloorNotSafe(faults);
}

const OUTSIDE = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'`;

const READABLE_TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND ${OUTSIDE} AND has_schema_privilege(n.oid, 'USAGE')
    AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  ORDER BY 1`;

const CATALOGUE_CHECKS = `
  SELECT format('role %s is a superuser', rolname) AS fault FROM pg_roles WHERE rolname = current_user AND rolsuper
  UNION ALL SELECT format('role %s may bypass row security', rolname) FROM pg_roles WHERE rolname = current_user AND rolbypassrls
  UNION ALL SELECT format('role %s is a member of %s', current_user, m.roleid::regrole) FROM pg_auth_members m
    WHERE m.member = current_user::regrole
  UNION ALL SELECT format('role %s owns %s', current_user, c.oid::regclass) FROM pg_class c WHERE c.relowner = current_user::regrole
  UNION ALL
  SELECT format('%I.%I has no %s', n.nspname, c.relname, CASE
           WHEN c.relkind = 'm' THEN 'row security (it is a materialised view)'
           WHEN NOT c.relrowsecurity THEN 'row security'
           WHEN NOT c.relforcerowsecurity THEN 'forced row security'
           ELSE 'policy for ' || current_user END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f') AND ${OUTSIDE}
    AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
         OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
    AND (c.relkind IN ('m', 'f') OR NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR NOT EXISTS (
      SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND current_user::regrole::oid = ANY (p.polroles)))
  UNION ALL
  SELECT format('policy %I on %I.%I lets everybody through', p.polname, n.nspname, c.relname)
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE p.polpermissive AND ${OUTSIDE} AND (0 = ANY (p.polroles) OR current_user::regrole::oid = ANY (p.polroles))
    AND 'true' IN (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  UNION ALL
  SELECT format('view %I.%I runs with its owner''s rights', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'v' AND ${OUTSIDE} AND NOT COALESCE(c.reloptions, '{}') @> ARRAY['security_invoker=true']
  UNION ALL
  SELECT format('function %s %s', p.oid::regprocedure, CASE
           WHEN r.rolsuper THEN 'belongs to a superuser'
           WHEN r.rolbypassrls THEN 'belongs to a role that may bypass row security'
           WHEN NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) x WHERE x LIKE 'search_path=%') THEN 'has no fixed search_path'
           ELSE 'may be called by everybody' END)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
  WHERE p.prosecdef AND ${OUTSIDE}
    AND (r.rolsuper OR r.rolbypassrls OR NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) x WHERE x LIKE 'search_path=%')
         OR has_function_privilege('public', p.oid, 'EXECUTE'))`;
