import { canonicalize } from '../../src/protocol/canonical.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import type { KeyPair } from '../../src/protocol/keys.js';
import { signObject } from '../../src/protocol/signing.js';
import type { Answer } from './hub.js';
import { type SigningOfficer, touchFor } from './signing-officers.js';

const FIELDS = 'id state object author note decidedBy text digest ref urgency handedInAt endedAt';
export const KEEP = `mutation($input: DraftInput!) { keepDraft(input: $input) { ${FIELDS} signing { kid } } }`;
const HAND_IN = `mutation($draft: ID!, $signature: SignatureInput!) { handInDraft(draft: $draft, signature: $signature) { ${FIELDS} } }`;
const RETURN = `mutation($draft: ID!, $reason: String!) { returnDraft(draft: $draft, reason: $reason) { ${FIELDS} } }`;
const WITHDRAW = `mutation($draft: ID!) { withdrawDraft(draft: $draft) { ${FIELDS} } }`;
const SEND = `mutation($draft: ID!, $signature: SignatureInput!, $assertion: String) {
  sendDraft(draft: $draft, signature: $signature, assertion: $assertion) { id repeated object { id digest } } }`;
export const READ = `query($id: ID!) { draft(id: $id) { ${FIELDS} parts { name text withheld } signing { kid } } }`;
export const LIST = 'query($state: DraftState) { drafts(state: $state) { nodes { id state } } }';

export interface ShownDraft {
  id: string;
  state: string;
  object: string;
  author: string;
  note: string | null;
  decidedBy: string | null;
  text: string | null;
  digest: string;
  parts?: { name: string; text: string | null; withheld: string | null }[];
}

/** One signature over a payload, as the mutations take it. */
export async function signatureOf(payload: object, key: KeyPair, iat?: number): Promise<object> {
  const signer = iat === undefined ? key : { ...key, iat };
  const { signatures } = JSON.parse(await signObject(payload as Envelope, signer)) as { signatures: object[] };
  return signatures[0]!;
}

export const keep = (
  { browser }: Pick<SigningOfficer, 'browser'>,
  payload: object,
  { draft = null, parts = [] }: { draft?: string | null; parts?: object[] } = {},
): Promise<Answer<{ keepDraft: ShownDraft }>> =>
  browser.ask(KEEP, { input: { draft, text: canonicalize(payload), parts } });

export const handIn = async (
  { browser, key }: SigningOfficer,
  draft: string,
  payload: object,
): Promise<Answer<{ handInDraft: ShownDraft }>> =>
  browser.ask(HAND_IN, { draft, signature: await signatureOf(payload, key) });

export const giveBack = (
  { browser }: Pick<SigningOfficer, 'browser'>,
  draft: string,
  reason = 'The port is wrong.',
): Promise<Answer<{ returnDraft: ShownDraft }>> => browser.ask(RETURN, { draft, reason });

export const withdraw = (
  { browser }: Pick<SigningOfficer, 'browser'>,
  draft: string,
): Promise<Answer<{ withdrawDraft: ShownDraft }>> => browser.ask(WITHDRAW, { draft });

export const approve = async (
  officer: SigningOfficer,
  draft: string,
  payload: object,
  { key = officer.key, assertion = touchFor(officer, payload) }: { key?: KeyPair; assertion?: string | null } = {},
): Promise<Answer<{ sendDraft: { id: string; object: { digest: string } } }>> =>
  officer.browser.ask(SEND, { draft, signature: await signatureOf(payload, key), assertion });

/** A draft of this officer that waits for another; its id. */
export async function aWaitingDraft(officer: SigningOfficer, payload: object, parts: object[] = []): Promise<string> {
  const kept = await keep(officer, payload, { parts });
  if (!kept.data) throw new Error(JSON.stringify(kept.errors));
  const { id } = kept.data.keepDraft;
  const handed = await handIn(officer, id, payload);
  if (!handed.data) throw new Error(JSON.stringify(handed.errors));
  return id;
}
