/**
 * Writes a function of hub_cmd anew with one piece of its text in the place of another, so that a later migration adds to what an earlier one
 * made without repeating it. Fails when the piece is not there.
 */
export function rewritten(name: string, before: string, after: string): string {
  return `
    DO $rewrite$
    DECLARE
      old text := pg_get_functiondef(${quoted(name)}::regprocedure);
      changed text := replace(old, ${quoted(before)}, ${quoted(after)});
    BEGIN
      IF changed = old THEN RAISE EXCEPTION '% does not read as expected', ${quoted(name)}; END IF;
      SET LOCAL ROLE hub_cmd;
      EXECUTE changed;
      RESET ROLE;
    END $rewrite$;
  `;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
