import { aFeedbackBody } from '../../src/feedback/body/feedback-body.example.js';
import {
  aRequestInput,
  COMPOSE_ANSWER,
  COMPOSE_FEEDBACK,
  COMPOSE_REQUEST,
  type ComposedObject,
  signAndSubmit,
  type Submitted,
} from './exchange.js';
import type { Party } from './hub.js';

/** A time so many days from now, as a body writes it. */
export function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

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
  const { targetRef: _, ...body } = aFeedbackBody();
  return { ...body, indicatorOutcomes: undefined, ...changes };
}

/** A report on an alert or a request, as it is composed. */
export async function composeFeedback(party: Party, object: string, body: object): Promise<ComposedObject> {
  const answer = await party.ask<{ composeFeedback: ComposedObject }>(COMPOSE_FEEDBACK, { input: { object, body } });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.composeFeedback;
}

export async function report(party: Party, object: string, body: object): Promise<Submitted> {
  return signAndSubmit(party, await composeFeedback(party, object, body));
}

export function composeClosing(party: Party, request: string, changes: object = {}): Promise<ComposedObject> {
  return composeFeedback(party, request, closing(changes));
}

export async function close(party: Party, request: string, changes: object = {}): Promise<Submitted> {
  return signAndSubmit(party, await composeClosing(party, request, changes));
}
