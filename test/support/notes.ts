import { COMPOSED, type ComposedObject, signAndSubmit, type Submitted } from './exchange.js';
import type { Party } from './hub.js';

export const COMPOSE_NOTE = `query($input: ComposeNoteInput!) { composeNote(input: $input) { ${COMPOSED} tier } }`;

/** What `composeNote` is given. */
export function aNoteInput(object: string, text = 'The container is at berth 4.', input: object = {}): object {
  return { object, body: { text, language: 'en' }, ...input };
}

export async function composeNote(
  party: Party,
  object: string,
  text?: string,
  input?: object,
): Promise<ComposedObject & { tier: string }> {
  const answer = await party.ask<{ composeNote: ComposedObject & { tier: string } }>(COMPOSE_NOTE, {
    input: aNoteInput(object, text, input),
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeNote;
}

/** Writes a note on an alert or a request. */
export async function note(party: Party, object: string, text?: string, input?: object): Promise<Submitted> {
  return signAndSubmit(party, await composeNote(party, object, text, input));
}

export interface NotePage {
  nodes: { id: string; from: string; unit: string; to: string[]; at: string; language: string; text: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const PAGE = `notes(first: $first, after: $after) {
  nodes { id from unit to at language text } pageInfo { hasNextPage endCursor }
}`;

export function notesDocument(kind: 'alert' | 'request'): string {
  return `query($id: ID!, $first: Int, $after: String) { opened: ${kind}(id: $id) { ${PAGE} } }`;
}

export async function notesOn(
  party: Party,
  kind: 'alert' | 'request',
  id: string,
  page: { first?: number; after?: string | null } = {},
): Promise<NotePage> {
  const variables = { first: 20, ...page, id };
  const answer = await party.ask<{ opened: { notes: NotePage } }>(notesDocument(kind), variables);
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.opened.notes;
}
