import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { signObject } from '../../src/protocol/signing.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import type { TestDatabase } from './database.js';
import { type Answer, type Party, signRaw } from './hub.js';

/** Handling that a test alert or request carries, under this agreement. */
export function aHandling(agreement: string, changes: object = {}): object {
  return {
    codes: ['H0'],
    classification: 'UNCLASSIFIED',
    onwardRule: 'NONE',
    evidenceUse: 'NO',
    legalBasis: { agreement, article: 'art10' },
    ...changes,
  };
}

export interface ComposedAnswer {
  composeAlert: ComposedObject[];
}

export interface ComposedObject {
  id: string;
  to: string[];
  text: string | null;
  digest: string | null;
  signing: { kid: string; alg: string; protected: string; signingInput: string }[];
  parts: { name: string; text: string }[];
  preview: {
    readers: {
      agency: string;
      unit: string;
      officers: number;
      notReading: { reason: string; officers: number }[];
    }[];
    refusals: { to: string; code: string; message: string }[];
    notes: string[];
  };
}

export const COMPOSED = `id to text digest signing { kid alg protected signingInput } parts { name text }
  preview { readers { agency unit officers notReading { reason officers } } refusals { to code message } notes }`;

export const COMPOSE_ALERT = `query($input: ComposeAlertInput!) { composeAlert(input: $input) { ${COMPOSED} } }`;
export const COMPOSE_REQUEST = `query($input: ComposeRequestInput!) { composeRequest(input: $input) { ${COMPOSED} } }`;
export const COMPOSE_ANSWER = `query($input: ComposeAnswerInput!) { composeAnswer(input: $input) { ${COMPOSED} } }`;
export const COMPOSE_FEEDBACK = `query($input: ComposeFeedbackInput!) { composeFeedback(input: $input) { ${COMPOSED} } }`;

export const SUBMIT = `mutation($object: String, $composition: SignedComposition, $parts: [PartInput!]) {
  submit(object: $object, composition: $composition, parts: $parts) { id receipt repeated }
}`;

export interface Submitted {
  id: string;
  receipt: string;
  repeated: boolean;
}

/** Signs what was composed, raw, and submits it. */
export async function signAndSubmit(party: Party, composed: ComposedObject): Promise<Submitted> {
  const [signing] = composed.signing;
  const answer = await party.ask<{ submit: Submitted }>(SUBMIT, {
    composition: {
      text: composed.text,
      signatures: [{ protected: signing!.protected, signature: await signRaw(party, signing!.signingInput) }],
    },
    parts: composed.parts,
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.submit;
}

export const COMPOSE_RECALL = `query($input: RecallInput!) { composeRecall(input: $input) { ${COMPOSED} } }`;

/** Recalls an alert or withdraws a request. */
export async function recall(party: Party, object: string): Promise<Submitted> {
  const body = { reason: 'WRONG_FACTS', text: 'Sent by mistake. Fictional example.' };
  const answer = await party.ask<{ composeRecall: ComposedObject }>(COMPOSE_RECALL, { input: { object, body } });
  if (!answer.data?.composeRecall) throw new Error(JSON.stringify(answer.errors));
  return signAndSubmit(party, answer.data.composeRecall);
}

/** Composes an alert, signs and submits it. */
export async function composeAndSubmit(
  party: Party,
  {
    to,
    agreement,
    body = {},
    handling = {},
    ...rest
  }: {
    to: string[];
    agreement: string;
    body?: object;
    handling?: object;
    nominal?: object;
    supersedes?: string;
    addresseesSeeEachOther?: boolean;
    attachments?: string[];
    nominalAttachments?: string[];
  },
): Promise<Submitted> {
  const { ref: _, ...draft } = { ...anAlertBody(), ...body };
  const answer = await party.ask<ComposedAnswer>(COMPOSE_ALERT, {
    input: { to, handling: aHandling(agreement, handling), body: draft, ...rest },
  });
  const composed = answer.data?.composeAlert[0];
  if (!composed?.text) throw new Error(JSON.stringify(answer.errors ?? composed?.preview.refusals));
  return signAndSubmit(party, composed);
}

/** What `composeRequest` is given for a request of this party to these. */
export function aRequestInput(
  agreement: string,
  party: Party,
  addressees: readonly Party[],
  body: object = {},
): { to: string[]; handling: object; body: object } {
  const { ref: _, requestedAuthority: __, ...draft } = aRequestBody();
  const requesting = { ...draft.requesting, authority: party.agency, unit: party.unit };
  return {
    to: addressees.map(({ agency }) => agency),
    handling: aHandling(agreement),
    body: { ...draft, requesting, legalBasis: { agreement, article: 'art10' }, ...body },
  };
}

/** Signs any payload as this party's unit and submits it, whatever compose would have said. */
export async function signAndTry(party: Party, payload: object): Promise<Answer<{ submit: Submitted }>> {
  const object = await signObject(payload as { kind: string; hub: string }, party.signing);
  return party.ask<{ submit: Submitted }>(SUBMIT, { object });
}

/**
 * Waits until the feed tells everything that is committed: it holds back what is newer than any writing transaction of the whole
 * PostgreSQL server, and the files that run beside this one have theirs.
 */
export async function untilFeedIsComplete(database: TestDatabase): Promise<void> {
  for (let isComplete = false; !isComplete;) {
    const [row] = await database.sql<{ complete: boolean }>(
      'SELECT COALESCE(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) AS complete FROM hub.change',
    );
    isComplete = row!.complete;
  }
}

/** Reads the sender's own condition on an object (H3), and says so. */
export async function readCondition(party: Pick<Party, 'ask'>, id: string): Promise<void> {
  const { data } = await party.ask<{ objectSummary: { restriction: { digest: string } } }>(
    'query($id: ID!) { objectSummary(id: $id) { restriction { digest } } }',
    { id },
  );
  const { digest } = data!.objectSummary.restriction;
  const text = 'mutation($id: ID!, $digest: String!) { acknowledgeRestriction(id: $id, digest: $digest) { digest } }';
  const { errors } = await party.ask(text, { id, digest });
  if (errors) throw new Error(JSON.stringify(errors));
}
