import { canonicalize, type JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import type { KeyEntry } from '../../src/protocol/key-set.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import { signObject } from '../../src/protocol/signing.js';
import { anEntry, newestKeySet, nextKeySet, nowSeconds, publish, type Submission } from '../hostile/hostile.js';
import type { SoftwareAuthenticator } from './authenticator.js';
import { aSignedIn, type Browser } from './browser.js';
import type { Party, TestHub } from './hub.js';

/** An officer who is signed in at a browser, with a signing key of the officer's own. */
export interface SigningOfficer {
  officer: string;
  browser: Browser;
  passkey: SoftwareAuthenticator;
  key: KeyPair;
}

export const PERSON_KINDS = ['alert', 'request', 'oral', 'answer', 'feedback', 'consent', 'note', 'recall'];
const HOUR = 3600;

/** An administrator's enrolment key, brought into the set by the agency's root. */
export async function anEnrolmentKey(party: Party, holder = 'p:administrator'): Promise<KeyPair> {
  const pair = await generateKey();
  const entry = anEntry(party, pair, { use: 'enrol', holder, kinds: PERSON_KINDS, exp: nowSeconds() + 30 * 86_400 });
  const { fields } = await newestKeySet(party);
  const answer = await publish(party, await nextKeySet(party, { keys: [...fields.keys, entry] }));
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return pair;
}

/** A person's key as an entry of the next set. */
export function aPersonEntry(party: Party, pair: KeyPair, holder: string, changes: Partial<KeyEntry> = {}): KeyEntry {
  return anEntry(party, pair, { holder, kinds: PERSON_KINDS, nbf: nowSeconds() - HOUR, ...changes });
}

/** Publishes the next set with these entries changed or added, signed by an enrolment key. */
export async function admit(
  party: Party,
  enrolment: KeyPair,
  entries: readonly KeyEntry[],
): ReturnType<typeof publish> {
  const { fields } = await newestKeySet(party);
  const kids = new Set(entries.map(({ kid }) => kid));
  const keys = [...fields.keys.filter(({ kid }) => !kids.has(kid)), ...entries];
  return publish(party, await nextKeySet(party, { keys }, [enrolment]));
}

/** An officer with these roles whose key an enrolment key has admitted. */
export async function aSigningOfficer(
  t: TestHub,
  party: Party,
  enrolment: KeyPair,
  roles: string[],
): Promise<SigningOfficer> {
  const signedIn = await aSignedIn(t, party, roles);
  const key = await generateKey();
  const answer = await admit(party, enrolment, [aPersonEntry(party, key, signedIn.officer)]);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return { ...signedIn, key };
}

export const SUBMIT_AS_OFFICER = `mutation($object: String!, $parts: [PartInput!], $assertion: String) {
  submit(object: $object, parts: $parts, assertion: $assertion) { id receipt repeated object { id digest } }
}`;

/** The touch of this officer's passkey for an object: WebAuthn's answer to its digest. */
export function touchFor(officer: Pick<SigningOfficer, 'passkey'>, payload: object): string {
  const hex = digestOf(canonicalize(payload)).slice('sha256:'.length);
  return JSON.stringify(officer.passkey.get({ challenge: Buffer.from(hex, 'hex').toString('base64url') }));
}

/** Signs as these officers, the last of whom sends it from the console with a touch. */
export async function sendAs(
  signers: readonly Pick<SigningOfficer, 'key'>[],
  sender: SigningOfficer,
  payload: Envelope | JsonObject,
  { assertion = touchFor(sender, payload), parts = [] }: { assertion?: string | null; parts?: object[] } = {},
): Promise<Submission> {
  const object = await signObject(payload as Envelope, ...signers.map(({ key }) => key));
  return sender.browser.ask(SUBMIT_AS_OFFICER, { object, parts, assertion }) as Promise<Submission>;
}
