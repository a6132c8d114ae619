import manifest from '../../cli/documents.json' with { type: 'json' };

const IDS = new Map(Object.entries(manifest).map(([id, text]) => [/^(?:query|mutation) (\w+)/.exec(text)?.[1], id]));

/** The id of the document with this operation: the command line sends no text, so it works where a system may send none. */
export function documentNamed(name: string): string {
  const id = IDS.get(name);
  if (id === undefined) throw new Error(`The command line has no document ${name}`);
  return id;
}
