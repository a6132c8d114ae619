import type { JsonValue } from '../protocol/canonical.js';
import { pointerTo } from '../protocol/canonical.js';
import { NOMINAL_ATTACHMENTS, type NominalAttachments } from '../exchange/body/nominal-attachments.js';
import type { Envelope } from '../protocol/envelope.js';
import { EXIT, Failure } from './failures.js';
import { type Composable, COMPOSERS, type PartText } from './client-models.js';

/**
 * Whether the hub composed what was asked: an object of this kind about the same object, with every value of the input's
 * body, handling and parts, exactly the files that were to be attached, and no further addressee. What the hub added to the body, such as a reference, is given back to
 * be shown.
 */
export function checkFaithful(
  asked: { kind: Composable; input: Record<string, unknown> },
  envelope: Envelope,
  parts: readonly PartText[],
): string[] {
  const { to, body, handling, request, object, consent, supersedes, attachments, nominalAttachments } = asked.input;
  const made: { kind: string; acts?: readonly unknown[] } = COMPOSERS[asked.kind];
  mustHold(envelope.kind === made.kind, '/kind');
  mustHold(made.acts === undefined || made.acts.includes(envelope.body['act']), '/body/act');
  mustHold((envelope.inReplyTo?.id ?? null) === (request ?? object ?? consent ?? null), '/inReplyTo');
  mustHold((envelope.supersedes?.id ?? null) === (supersedes ?? null), '/supersedes');
  if (Array.isArray(to) || typeof to === 'string') {
    const asTo = [to].flat();
    mustHold(
      envelope.to.every((addressee) => asTo.includes(addressee)),
      '/to',
    );
  }
  const attached = envelope.attachments.map(({ sha256 }) => sha256);
  hold(attachments ?? [], attached, '/attachments');
  if (isRecord(handling)) hold(handling, envelope.handling, '/handling');
  if (isRecord(body)) hold(body, envelope.body, '/body');
  hold(nominalAttachments ?? [], nominalDigestsIn(parts), '/nominalAttachments');
  for (const { name, text } of parts.filter((part) => part.name !== NOMINAL_ATTACHMENTS)) {
    const { data } = JSON.parse(text) as { data: JsonValue };
    const given = asked.input[name];
    mustHold(isRecord(given), `/${name}`);
    hold(given, data, `/${name}`);
  }
  return isRecord(body)
    ? Object.keys(envelope.body).filter((name) => body[name] === undefined || body[name] === null)
    : [];
}

function nominalDigestsIn(parts: readonly PartText[]): string[] {
  const text = parts.find(({ name }) => name === NOMINAL_ATTACHMENTS)?.text;
  return text === undefined
    ? []
    : (JSON.parse(text) as { data: NominalAttachments }).data.attachments.map(({ sha256 }) => sha256);
}

/** GraphQL drops what is null; everything else must stand there as it was given. */
function hold(asked: unknown, got: unknown, pointer: string): void {
  if (asked === null || asked === undefined) return mustHold(got === undefined || got === null, pointer);
  if (Array.isArray(asked)) {
    mustHold(Array.isArray(got) && got.length === asked.length, pointer);
    return asked.forEach((entry, i) => hold(entry, (got as unknown[])[i], pointerTo(pointer, i)));
  }
  if (!isRecord(asked)) return mustHold(asked === got, pointer);
  mustHold(isRecord(got), pointer);
  const isAtTop = pointer === '/body';
  for (const [name, value] of Object.entries(asked)) {
    const isLeftToHub = isAtTop && (value === null || value === undefined);
    if (!isLeftToHub) hold(value, (got as Record<string, unknown>)[name], pointerTo(pointer, name));
  }
}

function mustHold(isSo: boolean, pointer: string): void {
  if (!isSo) throw new Failure(EXIT.verification, 'cli.failure.unfaithful', { pointer });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
