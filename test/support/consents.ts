import { COMPOSED, type ComposedObject, signAndSubmit, type Submitted } from './exchange.js';
import type { Answer, Party } from './hub.js';

export const COMPOSE_CONSENT_REQUEST = `query($input: ComposeConsentRequestInput!) { composeConsentRequest(input: $input) { ${COMPOSED} tier } }`;
export const COMPOSE_CONSENT_ANSWER = `query($input: ComposeConsentAnswerInput!) { composeConsentAnswer(input: $input) { ${COMPOSED} tier } }`;
export const COMPOSE_CONSENT_REVOCATION = `query($input: ComposeConsentRevocationInput!) { composeConsentRevocation(input: $input) { ${COMPOSED} tier } }`;

export const STANDING = `id object objectDigest from to side for forAgency forUnit urgency state askedAt dueAt codes conditions expiresAt
  passedOnAt permittedActs`;
export const SHARE_ONWARD = `mutation($object: ID!, $to: String!, $consent: ID) {
  shareOnward(object: $object, to: $to, consent: $consent) { ${STANDING} }
}`;

export interface ComposedConsent extends ComposedObject {
  tier: string;
}

async function compose(party: Party, document: string, input: object): Promise<ComposedConsent> {
  const answer = await party.ask<Record<string, ComposedConsent>>(document, { input });
  const composed = Object.values(answer.data ?? {})[0];
  if (!composed?.text) throw new Error(JSON.stringify(answer.errors ?? composed?.preview.refusals));
  return composed;
}

export function composeQuestion(
  party: Party,
  object: string,
  body: object = {},
  input: object = {},
): Promise<ComposedConsent> {
  const question = { for: 'ONWARD', reason: 'They work on the same case.', urgency: 'ROUTINE', ...body };
  return compose(party, COMPOSE_CONSENT_REQUEST, { object, body: question, ...input });
}

export function composeConsentAnswer(party: Party, consent: string, body: object = {}): Promise<ComposedConsent> {
  return compose(party, COMPOSE_CONSENT_ANSWER, { consent, body: { act: 'GRANT', ...body } });
}

export function composeRevocation(party: Party, consent: string): Promise<ComposedConsent> {
  return compose(party, COMPOSE_CONSENT_REVOCATION, { consent, body: { reason: 'The source has asked for it.' } });
}

/** Asks the sender of an object whether it may be passed on to this agency or unit. */
export async function askConsent(
  party: Party,
  object: string,
  reader: Partial<Party>,
  body: object = {},
): Promise<Submitted> {
  const forReader = { forAgency: reader.agency, ...(reader.unit ? { forUnit: reader.unit } : {}) };
  return signAndSubmit(party, await composeQuestion(party, object, { ...forReader, ...body }));
}

export async function answerConsent(party: Party, consent: string, body: object = {}): Promise<Submitted> {
  return signAndSubmit(party, await composeConsentAnswer(party, consent, body));
}

export async function revokeConsent(party: Party, consent: string): Promise<Submitted> {
  return signAndSubmit(party, await composeRevocation(party, consent));
}

export function share(
  party: Party,
  object: string,
  to: string,
  consent?: string,
): Promise<Answer<{ shareOnward: object }>> {
  return party.ask(SHARE_ONWARD, { object, to, ...(consent === undefined ? {} : { consent }) });
}
