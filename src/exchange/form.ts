import { BadSignedObject, InvalidInput, type Problem } from '../common/errors.js';
import type { Envelope } from '../protocol/envelope.js';
import { checkPart } from '../protocol/part.js';
import { refusing } from '../trust/protocol-faults.js';
import { Handling } from './body/handling.js';
import { checked } from './body/validate.js';
import type { ObjectKind, ObjectKinds } from './object-kind.js';

/** A part as it is sent beside its object: its name and its canonical text. */
export interface SubmittedPart {
  name: string;
  text: string;
}

/** What keeps the form of its kind. */
export interface Formed {
  kind: ObjectKind;
  body: object;
  handling: Handling;
}

/** Checks the form of body, handling and parts. Throws KIND, PART or InvalidInput. */
export async function checkForm(
  kinds: ObjectKinds,
  envelope: Envelope,
  parts: readonly SubmittedPart[],
): Promise<Formed> {
  const kind = kinds.get(envelope.kind);
  if (!kind) throw new BadSignedObject('KIND', { pointer: '/kind' });
  const problems: Problem[] = [];
  const body = checked(kind.body, envelope.body, '/body', problems);
  const handling = checked(Handling, envelope.handling, '/handling', problems);
  await checkParts(kind, envelope, parts, problems);
  if (!body || !handling || problems.length > 0) throw new InvalidInput(problems);
  return { kind, body, handling };
}

async function checkParts(
  kind: ObjectKind,
  envelope: Envelope,
  parts: readonly SubmittedPart[],
  problems: Problem[],
): Promise<void> {
  if (parts.length !== envelope.parts.length) throw new BadSignedObject('PART', { pointer: '/parts' });
  for (const [index, link] of envelope.parts.entries()) {
    const form = Object.hasOwn(kind.parts, link.name) ? kind.parts[link.name] : undefined;
    const sent = parts.find((part) => part.name === link.name);
    if (!form || !sent) throw new BadSignedObject('PART', { pointer: `/parts/${index}` });
    const data = await refusing(() => checkPart(sent.text, link));
    checked(form, data, `/parts/${index}/data`, problems);
  }
}
