import { aFeedbackBody } from '../../src/requests/body/request-body.example.js';
import {
  aRequestInput,
  COMPOSE_ANSWER,
  COMPOSE_CLOSING,
  COMPOSE_REQUEST,
  type ComposedObject,
  signAndSubmit,
  type Submitted,
} from './exchange.js';
import type { Party } from './hub.js';

export async function composeRequest(
  agreement: string,
  party: Party,
  addressees: readonly Party[],
  body: object = {},
  input: object = {},
): Promise<ComposedObject[]> {
  const answer = await party.ask<{ composeRequest: ComposedObject[] }>(COMPOSE_REQUEST, {
    input: { ...aRequestInput(agreement, party, addressees, body), ...input },
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeRequest;
}

/** Sends a request, or its next version. */
export async function ask(
  agreement: string,
  party: Party,
  addressee: Party,
  body: object = {},
  input: object = {},
): Promise<Submitted> {
  return signAndSubmit(party, (await composeRequest(agreement, party, [addressee], body, input))[0]!);
}

export async function composeAnswer(
  party: Party,
  request: string,
  body: object,
  input: object = {},
): Promise<ComposedObject> {
  const answer = await party.ask<{ composeAnswer: ComposedObject }>(COMPOSE_ANSWER, {
    input: { request, body: { language: 'en', ...body }, ...input },
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeAnswer;
}

export async function answerWith(party: Party, request: string, body: object, input: object = {}): Promise<Submitted> {
  return signAndSubmit(party, await composeAnswer(party, request, body, input));
}

/** The last report on a request, as it is composed. */
export function closing(changes: object = {}): object {
  const { targetRef: _, stage: __, ...body } = aFeedbackBody();
  return { ...body, indicatorOutcomes: undefined, ...changes };
}

export async function composeClosing(party: Party, request: string, changes: object = {}): Promise<ComposedObject> {
  const answer = await party.ask<{ composeClosing: ComposedObject }>(COMPOSE_CLOSING, {
    input: { request, body: closing(changes) },
  });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeClosing;
}

export async function close(party: Party, request: string, changes: object = {}): Promise<Submitted> {
  return signAndSubmit(party, await composeClosing(party, request, changes));
}
