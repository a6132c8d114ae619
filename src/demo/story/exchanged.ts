import type { Party } from './party.js';

/** An object of the demonstration, who sent it and who may read it. */
export interface Exchanged {
  id: string;
  kind: string;
  sender: Party;
  /** Everyone who may read it, the sender among them; empty after a recall but for the sender. */
  readers: Party[];
}

const READS: Record<string, string> = {
  'object(id)': 'query($id: ID!) { object(id: $id) { text receipt parts { name text } } }',
  'alert(id)': 'query($id: ID!) { alert(id: $id) { title: state body { title } object { text } } }',
  'request(id)': 'query($id: ID!) { request(id: $id) { ref state } }',
  'composeRecall(object)':
    'query($id: ID!) { composeRecall(input: { object: $id, body: { reason: OTHER, text: "Try" } }) { text } }',
};

/**
 * Tries every read of every object as each party that may not see it. The answer must be, byte for byte, the answer for an id that
 * does not exist; and the object must be there for those who may see it, in the same run. Throws on the first difference.
 */
export async function tryForbiddenReads(objects: readonly Exchanged[], parties: readonly Party[]): Promise<number> {
  let tried = 0;
  for (const object of objects) {
    await checkReadable(object);
    for (const party of parties.filter((each) => !object.readers.includes(each))) {
      for (const [name, query] of Object.entries(READS)) {
        const [hidden, missing] = await Promise.all([
          party.askRaw(query, { id: object.id }),
          party.askRaw(query, { id: crypto.randomUUID() }),
        ]);
        if (hidden !== missing)
          throw new Error(`${party.unit} can tell that ${object.id} exists, by ${name}: ${hidden}`);
        tried += 1;
      }
      await checkNotListed(object, party);
      tried += 1;
    }
  }
  return tried;
}

async function checkReadable({ id, readers }: Exchanged): Promise<void> {
  for (const reader of readers) {
    const { object } = await reader.ask<{ object: { id: string } }>('query($id: ID!) { object(id: $id) { id } }', {
      id,
    });
    if (object.id !== id) throw new Error(`${reader.unit} cannot read ${id}`);
  }
}

/** No list, look-up or feed names the object either. */
async function checkNotListed({ id, sender }: Exchanged, party: Party): Promise<void> {
  const answer = await party.askRaw(
    `query($partner: String!) {
       inbox(first: 100) { nodes { id } }
       outbox(first: 100) { nodes { id } }
       found: inbox(first: 100, lookUp: { field: PARTNER, value: $partner }) { nodes { id } }
     }`,
    { partner: sender.agency },
  );
  if (answer.includes('"errors"')) throw new Error(`${party.unit} could not list: ${answer}`);
  if (answer.includes(id)) throw new Error(`${party.unit} finds ${id} in a list`);
}
